"""What the solver gives back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity.solver.ensemble import MESSAGES
from plasticity.solver.task import Floats
from plasticity.solver.trajectory import Trajectory


@dataclass(frozen=True)
class Solution:
    """What `solve_ivp` found; names as in `scipy.integrate.solve_ivp`.

    Attributes
    ----------
    t : ndarray, shape (times,)
        `t_eval`, or the ends of the steps.
    y : ndarray, shape (states, times)
    status : int
        0 reached the end, 1 a terminal event, negative for a failure.
    message : str
        What the status means and what to do.
    t_events : list of ndarray
        Times of every event.
    sol : Trajectory or None
        Continuous solution, if asked for.
    nsteps, nrejected : int
    method : str
        The method that was used.
    t_reached : float
        The end, the time of the terminal event, or how far integration got before it failed.

    Examples
    --------
    >>> empty = np.empty(0)
    >>> Solution(empty, empty, -1, "step limit reached", [], None, 9, 0, "Rodas5P", 0.5).success
    False
    """

    t: Floats
    y: Floats
    status: int
    message: str
    t_events: list[Floats]
    sol: Trajectory | None
    nsteps: int
    nrejected: int
    method: str
    t_reached: float

    @property
    def success(self) -> bool:
        """Whether the end, or a terminal event, was reached."""
        return self.status >= 0


@dataclass(frozen=True)
class EnsembleSolution:
    """What `solve_ensemble` found.

    Attributes
    ----------
    t : ndarray, shape (times,)
        `t_eval`, or the end alone.
    y : ndarray, shape (n, states, times)
    status : ndarray of int, shape (n,)
        0 reached the end, 1 a terminal event, negative for a failure.
    t_reached : ndarray, shape (n,)
    t_events : list of list of ndarray
        For every member the times of every event.
    nsteps, nrejected : ndarray of int, shape (n,)

    Examples
    --------
    >>> empty, none = np.empty((2, 1, 0)), np.zeros(2, np.int64)
    >>> EnsembleSolution(np.empty(0), empty, np.array([0, -1]), np.empty(2), [], none, none).success.tolist()
    [True, False]
    """

    t: Floats
    y: Floats
    status: NDArray[np.int64]
    t_reached: Floats
    t_events: list[list[Floats]]
    nsteps: NDArray[np.int64]
    nrejected: NDArray[np.int64]

    @property
    def success(self) -> NDArray[np.bool_]:
        """Whether each member reached the end or a terminal event, shape (n,)."""
        return self.status >= 0

    def message(self, i: int) -> str:
        """Say what the status of a member means and what to do."""
        return MESSAGES[int(self.status[i])]
