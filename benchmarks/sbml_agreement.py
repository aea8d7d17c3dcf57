"""Exported models in libRoadRunner beside our own runs, written as a table.

`python -m benchmarks.sbml_agreement TABLE.csv [STUDY ...]`; the oscillating study takes long. For every run of every
bundled study: how far apart any state gets at any output time of the study, relative to the larger of its value and
a ten-thousandth of its largest value.
"""

import csv
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import plasticity as pl
from plasticity.simulation import integrated


class Agreement(NamedTuple):
    """How far two simulations of one protocol are apart."""

    states: int
    times: int
    worst_state: str
    deviation: float


def agreement(run: Any, times: np.ndarray, rtol: float = 1e-9) -> Agreement:
    """Compare libRoadRunner (CVODE, relative tolerance 1e-10) with `plasticity.simulate` on every state."""
    import roadrunner

    document = pl.to_sbml(run.protocol, run.model, run.parameters, run.parameter_set)
    ours = integrated(run.protocol, run.model, run.parameters, run.parameter_set, rtol=rtol).states(times)
    names = [key.replace(".", "_") for key in ours]
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    theirs = roadrunner.RoadRunner(document)
    theirs.integrator.relative_tolerance = 1e-10
    theirs.integrator.absolute_tolerance = 1e-14
    theirs.integrator.maximum_num_steps = 10_000_000
    longest = min(kernel.longest_step for kernel in run.model.kernels)
    if np.isfinite(longest):
        theirs.integrator.maximum_time_step = longest
    table = np.array(theirs.simulate(times=list(map(float, times)), selections=["time", *names]))
    worst, where = 0.0, ""
    for name, mine, other in zip(names, ours.values(), table.T[1:], strict=True):
        size = np.maximum(np.abs(mine), 1e-4 * np.abs(mine).max())
        apart = float(np.max(np.abs(other - mine) / np.where(size > 0.0, size, 1.0)))
        if not apart <= worst:
            worst, where = apart, name
    return Agreement(len(names), len(times), where, worst)


def main(path: str, *studies: str) -> None:
    """Write the table of all bundled studies, or of those that are named."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["study", "run", "states", "times", "worst state", "largest deviation"])
        for name in studies or pl.Study.names():
            study = pl.Study.load(name)
            for run in study.runs:
                found = agreement(run, study.times, 1e-11 if run.model.variants["calcium"] == "oscillator" else 1e-9)
                label = ", ".join(map(str, run.labels.values())) or run.protocol.title
                writer.writerow([name, label, found.states, found.times, found.worst_state, f"{found.deviation:.1e}"])
                print(name, label, *found, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
