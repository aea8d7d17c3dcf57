"""Exported models in libRoadRunner beside our own runs: `python -m benchmarks.sbml_agreement [STUDY ...] [--record]`.

For every run of every bundled study, or of those that are named: how far apart any state gets at any output time of the
study, relative to the larger of its value and a ten-thousandth of its largest value. `--record` writes what was found
into the table of the docs.
"""

import sys
from typing import Any, NamedTuple

import numpy as np

import plasticity as pl
from benchmarks import sbml_tables
from plasticity.sbml.scheduled import sbml_id
from plasticity.simulation import integrated

HEAD = ("study", "run", "states", "times", "worst state", "largest deviation")


class Settings(NamedTuple):
    """How tightly both sides integrate: our relative tolerance, that of CVODE, and whether CVODE takes BDF or Adams."""

    ours: float = 1e-9
    theirs: float = 1e-10
    stiff: bool = True


SPIKING = Settings(1e-13, 1e-15, stiff=False)
"""For the oscillating kernel, whose spikes are so steep that a small error in time is a large one in calcium."""


class Agreement(NamedTuple):
    """How far two simulations of one protocol are apart: the number of output times, and the largest by state."""

    times: int
    deviations: dict[str, float]


def settings(run: Any) -> Settings:
    """Choose how tightly a run is integrated."""
    return SPIKING if run.model.variants["calcium"] == "oscillator" else Settings()


def agreement(run: Any, times: np.ndarray) -> Agreement:
    """Compare libRoadRunner (CVODE) with `plasticity.simulate` on every state.

    CVODE gets an absolute tolerance for each state, a hundredth of the relative one times the state's largest value:
    amounts reach 1e5 nmol and fractions 1e-3, and with one tolerance for all CVODE does not get through the oscillating
    kernel.
    """
    chosen = settings(run)
    document = pl.to_sbml(run.protocol, run.model, run.parameters, run.parameter_set)
    states = integrated(run.protocol, run.model, run.parameters, run.parameter_set, rtol=chosen.ours).states(times)
    names, ours = [sbml_id(key) for key in states], np.array(list(states.values()))
    largest = np.abs(ours).max(axis=1)
    table = by_roadrunner(document, times, dict(zip(names, largest, strict=True)), chosen)
    size = np.maximum(np.abs(ours), 1e-4 * largest[:, None])
    apart = np.abs(table - ours) / np.where(size > 0.0, size, 1.0)
    return Agreement(len(times), dict(zip(names, map(float, apart.max(axis=1)), strict=True)))


def by_roadrunner(document: str, times: np.ndarray, largest: dict[str, float], chosen: Settings) -> np.ndarray:
    """Simulate a document in libRoadRunner; the states of `largest`, shape (states, times)."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    runner = roadrunner.RoadRunner(document)
    runner.integrator.stiff = chosen.stiff
    runner.integrator.relative_tolerance = chosen.theirs
    runner.integrator.maximum_num_steps = 10_000_000
    for name, size in largest.items():
        runner.integrator.setIndividualTolerance(name, 1e-2 * chosen.theirs * float(size) or 1e-14)
    return np.array(runner.simulate(times=list(map(float, times)), selections=list(largest))).T


def label(run: Any) -> str:
    """Name a run of a study."""
    told = [f"{one:g}" if isinstance(one, float) else str(one) for one in run.labels.values()]
    return ", ".join(told) or str(run.protocol.title)


def main(arguments: list[str]) -> None:
    """Compare all studies, or those that are named, and print a line for each run."""
    studies = {name: pl.Study.load(name) for name in pl.Study.names()}
    places = [(name, label(run)) for name, study in studies.items() for run in study.runs]
    rows: dict[tuple[str, str], list[Any]] = {(row[0], row[1]): list(row) for row in sbml_tables.read("sbml_agreement")}
    for name in [text for text in arguments if not text.startswith("--")] or studies:
        for run in studies[name].runs:
            found = agreement(run, studies[name].times)
            worst = max(found.deviations, key=found.deviations.__getitem__)
            row = [name, label(run), len(found.deviations), found.times, worst, f"{found.deviations[worst]:.1e}"]
            print(*row, flush=True)
            rows[name, label(run)] = row
            if "--record" in arguments:
                sbml_tables.write("sbml_agreement", HEAD, [rows[place] for place in places if place in rows])


if __name__ == "__main__":
    main(sys.argv[1:])
