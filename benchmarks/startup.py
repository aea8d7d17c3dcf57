"""What users wait for: one trajectory, a new process, the command line's help, and what a second thread gains."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import median
from time import perf_counter

from benchmarks.ours import Ours
from benchmarks.problem import Problem
from benchmarks.robertson import solve

SOLVE = "from benchmarks.robertson import solve; solve()"
SIMULATE = "import plasticity as pl; pl.simulate(pl.Protocol(duration='28 d').dose('psilocybin', '25 mg'))"


def clocked(act: Callable[[], object], times: int) -> list[float]:
    """Seconds on the clock of each of some calls."""
    seconds = []
    for _ in range(times):
        started = perf_counter()
        act()
        seconds.append(perf_counter() - started)
    return seconds


def summary(seconds: list[float]) -> list[float]:
    """Give the smallest, the median and the largest of some times.

    >>> summary([3.0, 1.0, 2.0])
    [1.0, 2.0, 3.0]
    """
    ordered = sorted(seconds)
    return [ordered[0], median(ordered), ordered[-1]]


def process(*arguments: str, cache: str | None = None) -> Callable[[], object]:
    """Give a call that runs Python with these arguments in a new process."""
    environment = os.environ | ({"PLASTICITY_CACHE": cache} if cache else {})
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)


def wild_windows() -> Callable[[], object]:
    """Give a call that locates several hundred windows of a random smooth threshold."""
    import numpy
    from scipy.interpolate import CubicHermiteSpline

    from plasticity.window import locate

    random = numpy.random.default_rng(0)
    knots = numpy.cumsum(random.uniform(0.05, 0.4, 3001))
    cubic = CubicHermiteSpline(knots, random.uniform(0.8, 1.0, 3001), random.normal(size=3001)).c[::-1]
    pieces = (numpy.vstack([cubic, numpy.zeros(3000)]) * numpy.diff(knots) ** numpy.arange(5)[:, None]).T.copy()
    levels = {"theta_rest": 1.0, "open_ratio": 0.9, "close_ratio": 0.92, "merge_gap": 0.0}
    return lambda: locate(knots, pieces, **levels)


def waiting(ours: Ours, problem: Problem, repeats: int) -> list[tuple[str, list[float], float | None]]:
    """Measure; one row per question: what, seconds of every repeat, how many seconds are allowed."""
    import plasticity

    plan = plasticity.Protocol(duration="28 d").dose("psilocybin", "25 mg")
    one = ours.task(1e-6, problem.parameters(1))
    ours.found(one)
    plasticity.simulate(plan)
    solve()
    rows = [
        ("one trajectory of the model alone, hourly, rtol 1e-6", clocked(lambda: ours.found(one), 300), 300e-6),
        ("solve_ivp of Robertson's problem to t = 100, rtol 1e-6", clocked(solve, 300), 300e-6),
        ("windows among 3,000 steps of a wild threshold", clocked(wild_windows(), 300), 0.05),
        ("one simulate() in a running process", clocked(lambda: plasticity.simulate(plan), 20), None),
        ("new process to its first solve_ivp(), warm", clocked(process("-c", SOLVE), repeats), 1.0),
        ("new process to its first simulate(), warm", clocked(process("-c", SIMULATE), repeats), 2.0),
        ("plasticity --help", clocked(process("-m", "plasticity", "--help"), repeats), 0.5),
    ]
    with tempfile.TemporaryDirectory() as cache:
        cold = clocked(process("-c", SIMULATE, cache=cache), 1)
    return [*rows, ("new process to its first simulate(), cold", cold, 15.0)]


def threads(ours: Ours, problem: Problem, n: int, repeats: int, rtol: float) -> list[tuple[str, list[float], float]]:
    """How many times faster two threads are than one; one row for hourly output, one for summaries."""
    parameters = problem.parameters(n)
    rows = []
    for label, hourly in (("hourly", True), ("summaries", False)):
        ours.run(rtol, parameters, hourly)
        gains = []
        for _ in range(repeats):
            (one,) = clocked(lambda hourly=hourly: ours.run(rtol, parameters, hourly, threads=1), 1)
            (two,) = clocked(lambda hourly=hourly: ours.run(rtol, parameters, hourly, threads=2), 1)
            gains.append(one / two)
        rows.append((label, gains, 1.6))
    return rows
