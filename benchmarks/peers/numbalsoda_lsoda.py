"""numbalsoda: LSODA in C++, the right-hand side a C function, the loop over trajectories compiled too."""

from typing import Any

import numpy as np
from numba import carray, cfunc, njit
from numbalsoda import lsoda, lsoda_sig

from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import STEP_LIMIT, Floats, Problem

NAME = "numbalsoda {} LSODA"
PACKAGE = "numbalsoda"


@njit(nogil=True)
def _ensemble(
    address: int, starts: Any, constants: Any, before: Any, after: Any, slot: int, amount: float, rtol: float,
    atol: float, observed: Any, found: Any,
) -> None:  # fmt: skip
    first = len(before) - 1
    for i in range(len(starts)):
        y, good = lsoda(address, starts[i], before, constants[i], rtol, atol, STEP_LIMIT)
        jumped = y[first].copy()
        jumped[slot] += amount
        later, good_too = lsoda(address, jumped, after, constants[i], rtol, atol, STEP_LIMIT)
        for o in range(len(observed)):
            found[i, o, :first] = y[:first, observed[o]]
            found[i, o, first:] = later[1:, observed[o]]
        if not (good and good_too):
            found[i] = np.nan


def solver(problem: Problem, equations: Equations) -> Any:
    """Compile the right-hand side for numbalsoda."""
    size, width, rates = len(problem.sizes), equations.compiled.CONSTANTS, equations.compiled.rates
    scales, tolerance = equations.scales, float(equations.tolerances.min())  # it takes one number for all states

    @cfunc(lsoda_sig)
    def right_hand_side(t, y, dy, k):  # type: ignore[no-untyped-def]  # noqa: ARG001
        rates(carray(y, (size,)), carray(k, (width,)), carray(dy, (size,)))

    def run(rtol: float, parameters: Floats) -> Floats:
        members = Members(problem, equations, parameters)
        found = np.empty((len(parameters), len(problem.observed), len(problem.hours)))
        _, slot, amount = problem.jump
        _ensemble(
            *(right_hand_side.address, members.starts, members.constants, members.before, members.after),
            *(slot, amount / scales[slot], rtol, rtol * tolerance, problem.observed, found),
        )
        return found * scales[problem.observed][:, None]

    return run
