"""What every peer needs of an ensemble: scaled starts, constants, and the two stretches between restarts."""

from collections.abc import Callable

import numpy as np

from benchmarks.equations import Equations
from benchmarks.problem import Floats, Problem

Stretch = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
"""``stretch(y, k, times)`` integrates scaled states from the first of the times through the rest: observed, final."""


class Members:
    """The members of an ensemble, in the units of `Equations`.

    Attributes
    ----------
    starts : ndarray, shape (n, states)
    constants : ndarray, shape (n, k)
    before, after : ndarray
        Times of the stretches before and after the dose [h]; the dose's own time belongs to both.
    """

    def __init__(self, problem: Problem, equations: Equations, parameters: Floats) -> None:
        self.problem, self.scales = problem, equations.scales
        compiled = equations.compiled
        self.starts = problem.starts(parameters) / self.scales
        self.constants = np.empty((len(parameters), compiled.CONSTANTS))
        compiled.prepare_all(parameters, self.constants)
        time = problem.jump[0]
        hours = problem.hours
        self.before = np.append(hours[hours < time], time)
        self.after = np.append(time, hours[hours > time])

    def integrate(self, stretch: Stretch) -> Floats:
        """Run every member through both stretches, shape (n, 3, hours)."""
        problem, first = self.problem, len(self.before) - 1
        _, slot, amount = problem.jump
        found = np.empty((len(self.starts), len(problem.observed), len(problem.hours)))
        for i, (start, k) in enumerate(zip(self.starts, self.constants, strict=True)):
            observed, final = stretch(start, k, self.before)
            found[i, :, :first] = observed[:-1].T
            jumped = final.copy()
            jumped[slot] += amount / self.scales[slot]
            found[i, :, first:] = stretch(jumped, k, self.after)[0][1:].T
        return found * self.scales[problem.observed][:, None]
