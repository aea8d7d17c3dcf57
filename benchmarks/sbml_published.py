"""Published models, read by `plasticity.from_sbml`, beside libRoadRunner: `python -m benchmarks.sbml_published FOLDER`.

FOLDER holds the documents of `MODELS` as NAME.xml, from the repositories NAME of github.com/biomodels. `--compiled`
integrates with this package's engine, otherwise SciPy steps the same equations; `--record` writes the table of the
docs. Named models alone run alone: `python -m benchmarks.sbml_published FOLDER BIOMD0000000005`.
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import plasticity as pl
from benchmarks import sbml_tables
from plasticity.sbml.importing import SbmlModel

MODELS = {
    "BIOMD0000000005": ("cell cycle (Tyson 1991)", 100.0),
    "BIOMD0000000006": ("cell cycle, two variables (Tyson 1991)", 100.0),
    "BIOMD0000000009": ("MAPK cascade (Huang 1996), in a cell of 4e-12 L", 150.0),
    "BIOMD0000000026": ("MAPK (Markevich 2004)", 4000.0),
    "BIOMD0000000051": ("carbon metabolism (Chassagnole 2002)", 20.0),
    "BIOMD0000000055": ("circadian clock (Locke 2005)", 48.0),
    "BIOMD0000000056": ("cell cycle of budding yeast (Chen 2004)", 200.0),
    "BIOMD0000000301": ("genetic counter (Friedland 2009)", 100.0),
}
"""What each is about, and until when it is run, in its own unit of time."""
HEAD = ("model", "states", "events", "until", "largest difference")
POINTS = 201


class Compared(NamedTuple):
    """One model: its size, and how far apart any quantity gets, relative to max(value, 1e-4 of its largest)."""

    states: int
    events: int
    worst: str
    difference: float


def compared(path: Path, until: float, *, compiled: bool) -> Compared:
    """Simulate one model twice."""
    times = np.linspace(0.0, until, POINTS)
    read = pl.from_sbml(path, time_unit="s")
    run = read.simulate(times, rtol=1e-9, atol=1e-14, compiled=compiled)
    names, theirs, events = by_roadrunner(path, times, read)
    ours = np.array([run[name].values for name in names])
    largest = np.nanmax(np.abs(ours), axis=1, keepdims=True)
    size = np.maximum(np.abs(ours), 1e-4 * largest)
    apart = np.abs(ours - theirs) / np.where(size > 0.0, size, 1.0)
    undefined = np.isnan(ours) != np.isnan(theirs)
    by_name = np.where(undefined, np.inf, np.nan_to_num(apart)).max(axis=1)
    worst = int(np.argmax(by_name))
    return Compared(len(read.states), events, names[worst], float(by_name[worst]))


def by_roadrunner(path: Path, times: np.ndarray, read: SbmlModel) -> tuple[list[str], np.ndarray, int]:
    """Simulate in libRoadRunner: names that both know, their values (names, times), and how many events there are."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    runner: Any = roadrunner.RoadRunner(str(path))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-10, 1e-15
    runner.integrator.maximum_num_steps = 1_000_000
    model = runner.model
    known = {*model.getFloatingSpeciesIds(), *model.getBoundarySpeciesIds(), *model.getGlobalParameterIds()}
    known |= {*model.getCompartmentIds()}
    names = [name for name in read.names if name in known]
    selections = [f"[{name}]" if name in read.concentrations else name for name in names]
    return names, np.array(runner.simulate(times=list(times), selections=selections)).T, model.getNumEvents()


def main(arguments: list[str]) -> None:
    """Compare all models, or those that are named."""
    folder, *chosen = [text for text in arguments if not text.startswith("--")]
    for name in chosen or MODELS:
        about, until = MODELS[name]
        found = compared(Path(folder) / f"{name}.xml", until, compiled="--compiled" in arguments)
        print(name, found, flush=True)
        if "--record" in arguments:
            row = [
                f"{name}, {about}",
                found.states,
                found.events,
                f"{until:g}",
                f"{found.difference:.1e}".replace("e-0", "e-"),
            ]
            sbml_tables.replace("sbml_published", HEAD, row)


if __name__ == "__main__":
    main(sys.argv[1:])
