"""SciPy's solve_ivp with method LSODA and a compiled right-hand side and exact Jacobian."""

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import Floats, Problem

NAME = "SciPy {} solve_ivp LSODA, compiled"
PACKAGE = "scipy"


def solver(problem: Problem, equations: Equations, method: str = "LSODA") -> Any:
    """Give the run."""
    compiled, tolerances = equations.compiled, equations.tolerances

    def run(rtol: float, parameters: Floats) -> Floats:
        def stretch(y: Floats, k: Floats, times: Floats) -> tuple[Floats, Floats]:
            solved = solve_ivp(
                *(compiled.rates_at, (times[0], times[-1]), y, method), t_eval=times, args=(k,),
                jac=compiled.jacobian_at, rtol=rtol, atol=rtol * tolerances,
            )  # fmt: skip
            found = solved.y.T if solved.success else np.full((len(times), len(y)), np.nan)
            return found[:, problem.observed], found[-1]

        return Members(problem, equations, parameters).integrate(stretch)

    return run
