"""scikit-sundae: SUNDIALS CVODE with a compiled right-hand side and exact Jacobian, called through Python."""

from typing import Any

import numpy as np
from sksundae.cvode import CVODE

from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import STEP_LIMIT, Floats, Problem

NAME = "scikit-sundae {} CVODE, compiled"
PACKAGE = "scikit-sundae"


def solver(problem: Problem, equations: Equations) -> Any:
    """Give the run."""
    compiled, tolerances = equations.compiled, equations.tolerances

    def run(rtol: float, parameters: Floats) -> Floats:
        def stretch(y: Floats, k: Floats, times: Floats) -> tuple[Floats, Floats]:
            cvode = CVODE(
                lambda t, y, dy: compiled.rates(y, k, dy),  # noqa: ARG005
                jacfn=lambda t, y, dy, j: compiled.jacobian(y, k, j),  # noqa: ARG005
                rtol=rtol,
                atol=rtol * tolerances,
                max_num_steps=STEP_LIMIT,
            )
            solved = cvode.solve(times, y)
            found = solved.y if solved.success else np.full((len(times), len(y)), np.nan)
            found = found if len(times) > 2 else found[[0, -1]]  # two times mean: every step between
            return found[:, problem.observed], found[-1]

        return Members(problem, equations, parameters).integrate(stretch)

    return run
