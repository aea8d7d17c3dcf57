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
class Changes:
    """The changes of all members, one after another.

    Attributes
    ----------
    first : ndarray of int, shape (n + 1,)
        Where those of each member begin; the last entry is their number.
    time : ndarray, shape (changes,)
        Ascending for each member, none after the end.
    slot : ndarray of int, shape (changes,)
    value : ndarray, shape (changes,)

    Examples
    --------
    >>> Changes.none(2).first.tolist()
    [0, 0, 0]
    """

    first: Counts
    time: Floats
    slot: Counts
    value: Floats

    @classmethod
    def none(cls, members: int) -> "Changes":
        """Nothing happens to any member."""
        return cls(np.zeros(members + 1, np.int64), np.empty(0), np.empty(0, np.int64), np.empty(0))

    @classmethod
    def listed(cls, members: Sequence[Sequence[Change]]) -> "Changes":
        """Give every member its own list, sorted by time."""
        flat = [change for member in members for change in member]
        if not flat:
            return cls.none(len(members))
        return cls(
            np.concatenate([[0], np.cumsum([len(member) for member in members])]).astype(np.int64),
            np.array([change.time for change in flat], dtype=float),
            np.array([change.slot for change in flat], dtype=np.int64),
            np.array([change.value for change in flat], dtype=float),
        )

    @classmethod
    def table(cls, time: Floats, slot: Counts, value: Floats) -> "Changes":
        """Give every member as many changes as the others: a row each, of shape (n, changes), in any order of time."""
        time, slot, value = np.broadcast_arrays(time, slot, value)
        order = np.argsort(time, axis=1, kind="stable")
        columns = [np.take_along_axis(column, order, axis=1).ravel() for column in (time, slot, value)]
        first = np.arange(len(time) + 1, dtype=np.int64) * time.shape[1]
        return cls(first, columns[0].astype(float), columns[1].astype(np.int64), columns[2].astype(float))

    def of(self, members: slice) -> "Changes":
        """Give those of neighbouring members."""
        if members == slice(None):
            return self
        n = len(self.first) - 1
        start, stop, _ = members.indices(n)
        inside = slice(self.first[start], self.first[max(start, stop)])
        first = self.first[start : max(start, stop) + 1] - self.first[start]
        return Changes(first, self.time[inside], self.slot[inside], self.value[inside])

    @property
    def most(self) -> int:
        """Largest number of changes of one member."""
        return int(np.diff(self.first).max()) if self.time.size else 0


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
    changes : Changes
    rtol : float
    atol : ndarray, shape (states,) or (n, states)
        The same for every member, or for each its own.
    max_step : float
    max_steps : int
        Steps, rejected ones included, after which a member is given up.

    Examples
    --------
    >>> one, none = np.ones((1, 1)), np.empty((1, 0))
    >>> Task(None, (0.0, 1.0), one, none, one, Changes.none(1), 1e-6, np.array([1e-9])).members
    1
    """

    module: ModuleType
    span: tuple[float, float]
    states: Floats
    inputs: Floats
    parameters: Floats
    changes: Changes
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
