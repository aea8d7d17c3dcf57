"""libRoadRunner: the model as SBML, compiled by its own LLVM, integrated by SUNDIALS CVODE."""

from typing import Any

import antimony
import numpy as np
import roadrunner

import plasticity
from benchmarks.equations import Equations
from benchmarks.members import Members
from benchmarks.problem import STEP_LIMIT, Floats, Problem, protocol

NAME = "libRoadRunner {} CVODE"
PACKAGE = "libroadrunner"


def solver(problem: Problem, equations: Equations) -> Any:
    """Load the model: the document that the package exports where the equations are wanted as written."""
    return exported(problem) if equations.as_written else scaled(problem, equations)


def scaled(problem: Problem, equations: Equations) -> Any:
    """Load the scaled equations."""
    compiled = equations.compiled
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(equations.antimony()) < 0:
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

        return Members(problem, equations, parameters).integrate(stretch)

    return run


def exported(problem: Problem) -> Any:
    """Load the document of the protocol, with its dose as an event."""
    runner = roadrunner.RoadRunner(plasticity.to_sbml(protocol()))
    ids = list(runner.model.getGlobalParameterIds())

    def places(keys: Any) -> Any:
        return np.array([ids.index(key.replace(".", "_")) for key in keys], np.int32)

    names = [key.replace(".", "_") for key in problem.assembly.states]
    states, known = places(problem.assembly.states), places(problem.assembly.parameters)
    integrator = runner.getIntegrator()
    integrator.maximum_num_steps = STEP_LIMIT
    runner.timeCourseSelections = [names[i] for i in problem.observed]

    def run(rtol: float, parameters: Floats) -> Floats:
        integrator.relative_tolerance = rtol
        for name, size in zip(names, problem.sizes, strict=True):
            integrator.setIndividualTolerance(name, rtol * float(size))
        found = np.empty((len(parameters), len(problem.observed), len(problem.hours)))
        for i, (p, start) in enumerate(zip(parameters, problem.starts(parameters), strict=True)):
            runner.reset()
            runner.model.setGlobalParameterValues(known, p)
            runner.model.setGlobalParameterValues(states, start)
            integrator.restart(0.0)
            found[i] = np.array(runner.simulate(times=problem.hours)).T
        return found

    return run
