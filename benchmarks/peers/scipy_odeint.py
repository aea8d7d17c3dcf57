"""SciPy's odeint (LSODA) with a compiled right-hand side and exact Jacobian."""

from typing import Any

import numpy as np
from scipy.integrate import odeint

from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import STEP_LIMIT, Floats, Problem

NAME = "SciPy {} odeint, compiled"
PACKAGE = "scipy"


def solver(problem: Problem, equations: Equations) -> Any:
    """Give the run."""
    compiled, tolerances = equations.compiled, equations.tolerances

    def run(rtol: float, parameters: Floats) -> Floats:
        def stretch(y: Floats, k: Floats, times: Floats) -> tuple[Floats, Floats]:
            found, told = odeint(
                *(compiled.rates_at, y, times, (k,), compiled.jacobian_at),
                tfirst=True, rtol=rtol, atol=rtol * tolerances, mxstep=STEP_LIMIT, full_output=True,
            )  # fmt: skip
            if told["message"] != "Integration successful.":
                found[:] = np.nan
            return found[:, problem.observed], found[-1]

        return Members(problem, equations, parameters).integrate(stretch)

    return run
