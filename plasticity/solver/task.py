"""What is integrated, how exactly, and what is followed on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Change:
    """At `time`, `value` is added to state number `slot`, or, where `slot` counts on past the states, set on an input.

    Examples
    --------
    >>> Change(1.0, 0, 5.0).time
    1.0
    """

    time: float
    slot: int
    value: float


@dataclass(frozen=True)
class Task:
    """What is integrated, and how exactly.

    Attributes
    ----------
    module : module
        A compiled model.
    span : tuple of float
        Start and end.
    states : ndarray, shape (n, states)
        Values before the changes at the start.
    inputs : ndarray, shape (n, inputs)
    parameters : ndarray, shape (n, parameters)
    changes : sequence of sequence of Change
        For each member, sorted by time, none after the end.
    rtol : float
    atol : ndarray, shape (states,)
    max_step : float
    max_steps : int
        Steps, rejected ones included, after which a member is given up.

    Examples
    --------
    >>> one, none = np.ones((1, 1)), np.empty((1, 0))
    >>> Task(None, (0.0, 1.0), one, none, one, [[]], 1e-6, np.array([1e-9])).members
    1
    """

    module: ModuleType
    span: tuple[float, float]
    states: Floats
    inputs: Floats
    parameters: Floats
    changes: Sequence[Sequence[Change]]
    rtol: float
    atol: Floats
    max_step: float = np.inf
    max_steps: int = 10_000_000

    @property
    def members(self) -> int:
        """Number of members."""
        return len(self.states)


@dataclass(frozen=True)
class Below:
    """Which state to follow below which levels; see `plasticity.solver.excursions`.

    Attributes
    ----------
    state : int
        Its number.
    low, high, merge : ndarray, shape (n,)
        Levels at which an excursion starts and ends, and the gap below which two are one, for every member.
    most : int
        How many excursions of a member are kept.

    Examples
    --------
    >>> Below(0, np.array([1.0]), np.array([2.0]), np.array([0.0])).most
    8
    """

    state: int
    low: Floats
    high: Floats
    merge: Floats
    most: int = 8
