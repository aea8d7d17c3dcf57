"""This package: `plasticity.solver.ensemble.run` on the compiled model, which is what studies and sweeps use."""

from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.problem import STEP_LIMIT, Floats, Problem
from plasticity.solver.ensemble import Ensemble, run
from plasticity.solver.task import Below, Changes, Task


def version() -> str:
    """Version and commit."""
    from plasticity import provenance

    return f"{provenance.package_version()} ({provenance.commit()})"


class Ours:
    """The benchmark's work on the package's own ensemble.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.compiled = problem.assembly.compiled()

    def run(self, rtol: float, parameters: Floats, hourly: bool = True, threads: int = 1) -> tuple[float, Any, Any]:
        """Integrate an ensemble.

        Parameters
        ----------
        rtol : float
        parameters : ndarray, shape (n, parameters)
        hourly : bool
            Whether the observed states are evaluated at the hours.
        threads : int

        Returns
        -------
        seconds : float
            Processor time with one thread, time on the clock with more.
        outputs : ndarray, shape (n, 3, hours), or None
        windows : tuple of ndarray
            Number of windows of each member, and their openings and closings.
        """
        clock = process_time if threads == 1 else perf_counter
        started = clock()
        found = self.found(self.task(rtol, parameters), hourly, threads)
        return clock() - started, found.values if hourly else None, (found.count, found.excursions[:, :, :2])

    def task(self, rtol: float, parameters: Floats) -> Task:
        """Say what is integrated: resting starts, the dose, and the tolerances."""
        problem, n = self.problem, len(parameters)
        return Task(
            self.compiled,
            (float(problem.hours[0]), float(problem.hours[-1])),
            problem.starts(parameters),
            np.tile(problem.assembly.resting_inputs(), (n, 1)),
            parameters,
            Changes.table(*(np.full((n, 1), part) for part in problem.jump)),
            rtol,
            rtol * problem.sizes,
            max_steps=STEP_LIMIT,
        )

    def found(self, task: Task, hourly: bool = True, threads: int = 1) -> Ensemble:
        """Integrate, locate the windows, and evaluate the observed states."""
        problem, parameters = self.problem, task.parameters
        observed = np.asarray(problem.observed, dtype=np.int64)
        keys = list(problem.assembly.parameters)
        rest = parameters[:, keys.index("theta_rest")]
        levels = [rest * parameters[:, keys.index(f"window_{name}_ratio")] for name in ("open", "close")]
        merge = np.ascontiguousarray(parameters[:, keys.index("window_merge_gap")])
        below = Below(list(problem.assembly.states).index("theta"), *levels, merge)
        grid = np.asarray(problem.hours) if hourly else np.empty(0)
        return run(task, grid, observed if hourly else observed[:0], below, threads)
