"""`python -m benchmarks.causes`: what a trajectory consists of, for this package and its peers, counted and timed.

Counts need no quiet machine, times do. Run it beside `python -m benchmarks`, with and without ``--equations
as-written``; the pages put the three together.
"""

from collections.abc import Callable, Mapping
from functools import partial
from time import process_time
from typing import Any

import numpy as np
from numba import carray, cfunc, njit
from scipy.integrate import odeint, solve_ivp

from benchmarks import ours, record, report
from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import LEVELS, STEP_LIMIT, Floats, Problem, default_problem
from plasticity.solver.ensemble import BLOCK, integrate
from plasticity.solver.task import Task

COUNTED = 20
"""Members whose steps are counted."""
TIMED = 2048
REPEATS = 9
STAGES = 8
STEPPED = (1e-3, 1e-4, 1e-5, 1e-6)
"""Tolerances that give the cost of an attempted step, by a straight line through times over attempts."""


def fastest(acts: Mapping[Any, Callable[[], object]], per: int) -> dict[Any, float]:
    """Processor seconds of the fastest of some calls of each, divided; in turn, so that a slow minute slows all."""
    found: dict[Any, list[float]] = {name: [] for name in acts}
    for repeat in range(REPEATS + 1):
        for name, act in acts.items():
            started = process_time()
            act()
            if repeat:
                found[name].append((process_time() - started) / per)
    return {name: min(seconds) for name, seconds in found.items()}


def evaluations(problem: Problem, equations: Equations, times: int = 20_000) -> dict[str, float]:
    """Nanoseconds of one call of the compiled rates and of the Jacobian, at states far from rest."""
    compiled, size = equations.compiled, equations.states
    rates, jacobian = compiled.rates, compiled.jacobian

    @njit
    def many(y: Any, k: Any, dy: Any, n: int) -> None:
        for _ in range(n):
            rates(y, k, dy)

    @njit
    def many_jacobians(y: Any, k: Any, j: Any, n: int) -> None:
        for _ in range(n):
            jacobian(y, k, j)

    members = Members(problem, equations, problem.parameters(1))
    y, k = members.starts[0] + 0.1 * problem.sizes / equations.scales, members.constants[0]
    acts = {
        "rates_ns": lambda: many(y, k, np.empty(size), times),
        "jacobian_ns": lambda: many_jacobians(y, k, np.zeros((size, size)), times),
    }
    return {name: 1e9 * seconds for name, seconds in fastest(acts, times).items()}


def counts(problem: Problem, equations: Equations, rtol: float) -> dict[str, dict[str, float]]:
    """Count per trajectory, means over members: steps, evaluations of the rates and of the Jacobian."""
    compiled, tolerances = equations.compiled, rtol * equations.tolerances
    size, width, rates = equations.states, compiled.CONSTANTS, compiled.rates
    members = Members(problem, equations, problem.parameters(COUNTED))
    totals: dict[str, Floats] = {}

    def by(name: str, stretch: Callable[[Floats, Floats, Floats], tuple[Floats, list[float]]]) -> None:
        found = np.zeros(3)

        def counted(y: Floats, k: Floats, times: Floats) -> tuple[Floats, Floats]:
            values, numbers = stretch(y, k, times)
            found.__iadd__(numbers)
            return values[:, problem.observed], values[-1]

        members.integrate(counted)
        totals[name] = found / COUNTED

    def with_odeint(y: Floats, k: Floats, times: Floats) -> tuple[Floats, list[float]]:
        options = {"tfirst": True, "rtol": rtol, "atol": tolerances, "mxstep": STEP_LIMIT, "full_output": True}
        values, told = odeint(compiled.rates_at, y, times, (k,), compiled.jacobian_at, **options)
        return values, [told["nst"][-1], told["nfe"][-1], told["nje"][-1]]

    def with_solve_ivp(y: Floats, k: Floats, times: Floats) -> tuple[Floats, list[float]]:
        options = {"t_eval": times, "args": (k,), "jac": compiled.jacobian_at, "rtol": rtol, "atol": tolerances}
        solved = solve_ivp(compiled.rates_at, (times[0], times[-1]), y, "LSODA", dense_output=True, **options)
        return solved.y.T, [len(solved.sol.ts) - 1, solved.nfev, solved.njev]

    by("scipy_odeint", with_odeint)
    by("scipy_solve_ivp", with_solve_ivp)
    try:
        from numbalsoda import lsoda, lsoda_sig
    except ImportError:
        pass
    else:

        @cfunc(lsoda_sig)
        def counting(t, y, dy, k):  # type: ignore[no-untyped-def]  # noqa: ARG001
            all_ = carray(k, (width + 1,))
            all_[width] += 1.0
            rates(carray(y, (size,)), all_[:width], carray(dy, (size,)))

        def with_numbalsoda(y: Floats, k: Floats, times: Floats) -> tuple[Floats, list[float]]:
            counter = np.append(k, 0.0)
            least = float(tolerances.min())
            values, _ = lsoda(counting.address, y, times, counter, rtol=rtol, atol=least, mxstep=STEP_LIMIT)
            return values, [np.nan, counter[width], 0.0]

        by("numbalsoda_lsoda", with_numbalsoda)
    return {name: dict(zip(("steps", "rates", "jacobians"), found, strict=True)) for name, found in totals.items()}


def own(problem: Problem) -> dict[str, Any]:
    """What a trajectory of this package consists of: attempted steps, their cost, and what it costs besides."""
    mine, parameters = ours.Ours(problem), problem.parameters(TIMED)
    theta = problem.observed[-1:]
    blocks = [slice(i, i + BLOCK) for i in range(0, TIMED, BLOCK)]
    tasks = {rtol: mine.task(rtol, parameters) for rtol in STEPPED}
    task, kept = tasks[LEVELS[0]], np.zeros((TIMED, len(problem.observed), len(problem.hours)))

    def stepped(one: Task) -> None:
        for block in blocks:  # none is kept, as in a run
            integrate(one, block, theta)

    acts: dict[Any, Callable[[], object]] = {rtol: partial(stepped, one) for rtol, one in tasks.items()}
    acts |= {
        "summaries": lambda: mine.found(task, hourly=False),
        "hourly": lambda: mine.found(task),
        "written": lambda: kept.fill(0.0),
        "fresh": lambda: np.empty(kept.shape).fill(0.0),
    }
    seconds = fastest(acts, TIMED)
    ends = {rtol: integrate(one, slice(0, TIMED), theta) for rtol, one in tasks.items()}
    attempts = [float((end.steps + end.rejected).mean()) for end in ends.values()]
    slope, fixed = np.polyfit(attempts, [seconds[rtol] for rtol in STEPPED], 1)
    return {
        "rows": [{"rtol": r, "steps": ends[r].steps.mean(), "rejected": ends[r].rejected.mean()} for r in LEVELS],
        "attempt_ns": 1e9 * slope,
        "evaluations_per_attempt": STAGES,
        "fixed_us": 1e6 * fixed,
        "windows_us": 1e6 * (seconds["summaries"] - seconds[LEVELS[0]]),
        "hourly_us": 1e6 * (seconds["hourly"] - seconds["summaries"]),
        "written_us": 1e6 * seconds["written"],
        "fresh_us": 1e6 * (seconds["fresh"] - seconds["written"]),
    }


def main() -> None:
    """Measure, print and keep."""
    problem = default_problem()
    content: dict[str, Any] = {"members": COUNTED, "repeats": REPEATS, "ours": own(problem)}
    for section, as_written in (("compared", False), ("as_written", True)):
        equations = Equations(problem, as_written=as_written)
        content[section] = evaluations(problem, equations)
        content[section]["counts"] = {f"{rtol:g}": counts(problem, equations, rtol) for rtol in LEVELS}
    print(report.machine())
    for name, told in content.items():
        print(f"{name}: {told}")
    print(record.write("causes", content))


if __name__ == "__main__":
    main()
