"""libRoadRunner: the model as SBML, compiled by its own LLVM, integrated by SUNDIALS CVODE."""

from types import ModuleType
from typing import Any

import antimony
import numpy as np
import roadrunner

from benchmarks.members import Members
from benchmarks.problem import STEP_LIMIT, Floats, Problem

NAME = "libRoadRunner {} CVODE"
PACKAGE = "libroadrunner"


def solver(problem: Problem, compiled: ModuleType, text: str) -> Any:
    """Load the model."""
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise RuntimeError(antimony.getLastError())
    runner = roadrunner.RoadRunner(antimony.getSBMLString())
    ids = list(runner.model.getGlobalParameterIds())
    states = [f"y{i}" for i in range(len(problem.sizes))]
    where = np.array([ids.index(name) for name in states], np.int32)
    known = [name for name in ids if name in compiled.SLOTS]
    constant = np.array([ids.index(name) for name in known], np.int32)
    slots = np.array([compiled.SLOTS[name] for name in known])
    integrator = runner.getIntegrator()
    integrator.maximum_num_steps = STEP_LIMIT
    runner.timeCourseSelections = [states[i] for i in problem.observed]

    def run(rtol: float, parameters: Floats) -> Floats:
        integrator.relative_tolerance = rtol
        # A scalar would be multiplied by the current value of each state (roadrunner issue 1349).
        integrator.absolute_tolerance = [rtol] * len(states)

        def stretch(y: Floats, k: Floats, times: Floats) -> tuple[Floats, Floats]:
            runner.model.setGlobalParameterValues(constant, k[slots])
            runner.model.setGlobalParameterValues(where, y)
            runner.model.setTime(times[0])
            integrator.restart(times[0])
            found = np.array(runner.simulate(times=times))
            return found, runner.model.getGlobalParameterValues(where)

        return Members(problem, compiled, parameters).integrate(stretch)

    return run
