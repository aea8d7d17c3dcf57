"""Trajectories that a sweep keeps: some states, at coarse times, of chosen points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.solver.ensemble import run
from plasticity.solver.task import Task
from plasticity.sweeps.planning.kept import Quantity, quantity_of
from plasticity.sweeps.planning.points import Points
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.planning.space import Dimension, Space
from plasticity.sweeps.work import Arrays, Variable
from plasticity.units import quantity

Floats = NDArray[np.float64]
MOST_NUMBERS = 1_000_000_000
KEYS = ("states", "every", "at")


@dataclass(frozen=True)
class Tracks:
    """Which trajectories are kept.

    Attributes
    ----------
    names : tuple of str
        States, or ``<compound>_plasma``.
    grid : ndarray, shape (times,)
        [h]
    places : dict of str to list of int
        Places along a dimension; all along one that is not named.

    Examples
    --------
    >>> Tracks(("theta",), np.array([0.0, 6.0]), {}).plain()["every"]
    6.0
    """

    names: tuple[str, ...]
    grid: Floats
    places: dict[str, list[int]]

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        every = float(self.grid[1] - self.grid[0])
        return {"states": list(self.names), "every": every, "end": float(self.grid[-1]), "at": self.places}

    def variables(self, dims: tuple[str, ...], settings: Sequence[Setting]) -> dict[str, Variable]:
        """Declare them over the dimensions of a sweep."""
        found = {}
        for name in self.names:
            known = _quantity(name, settings[0])
            told = {"units": known.unit, "long_name": known.label, "source": "simulated"}
            found[name] = Variable((*dims, "time"), "float64", np.nan, told)
        return found

    def outcome(
        self, setting: Setting, given: Points, chosen: NDArray[np.bool_], task: Callable[[NDArray[np.intp]], Task]
    ) -> Arrays:
        """Integrate the chosen points once more and sample them; all others are NaN."""
        found = {name: np.full((len(given.status), len(self.grid)), np.nan) for name in self.names}
        rows = np.flatnonzero(chosen[given.status == 0])
        if len(rows):
            places = np.flatnonzero(chosen & (given.status == 0))
            known = [_quantity(name, setting) for name in self.names]
            watched = np.array(sorted({one.state for one in known}), np.int64)
            sampled = run(task(rows), self.grid, watched).values
            for name, one in zip(self.names, known, strict=True):
                values = sampled[:, int(np.searchsorted(watched, one.state))]
                if one.divisor is not None:
                    volume = np.broadcast_to(given.values[one.divisor], len(given.states))[rows]
                    values = values / volume[:, None]
                found[name][places] = values
        return dict(found)


def tracks(given: Mapping[str, Any] | None, space: Space, settings: Sequence[Setting]) -> Tracks | None:
    """Read which trajectories are to be kept.

    Parameters
    ----------
    given : mapping or None
        ``{states: [theta], every: 6 h, at: {dose: [25 mg]}}``; `at` gives values on an axis (numbers of the points
        where the dimension has none), and without it all points are kept.
    space : Space
    settings : sequence of Setting

    Returns
    -------
    Tracks or None

    Raises
    ------
    InputError

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> tracks({"states": ["theta"], "every": "6 h"}, Space((), {}, {}, {}, []), [Setting(Protocol("1 d"))]).grid.size
    5
    """
    if given is None:
        return None
    for key in given:
        if key not in KEYS:
            raise unknown_name("key of trajectories", str(key), KEYS)
    names = given.get("states")
    if isinstance(names, str) or not names or len(set(names)) < len(names):
        raise InputError(f"trajectories: states {names!r}; allowed: a list of states, each once")
    for setting in settings:
        for name in names:
            _quantity(name, setting)
    end = min(setting.protocol.duration for setting in settings)
    every = quantity(given.get("every", "1 h"), "h", "trajectories, every")
    if not 0.0 < every <= end:
        raise InputError(f"trajectories: every {given.get('every')!r}; allowed: more than 0 h, up to {end:g} h")
    at = given.get("at", {})
    if not isinstance(at, Mapping):
        raise InputError(f"trajectories: at {at!r}; allowed: {{axis: [values]}}")
    places: dict[str, list[int]] = {}
    for axis, wanted in at.items():
        places |= _places(str(axis), wanted, space)
    if space.points * len(names) * (end / every + 1) > MOST_NUMBERS:
        told = f"{space.points:,} points of {end / every + 1:,.0f} times"
        raise InputError(f"trajectories: {told} for {len(names)} states; allowed: {MOST_NUMBERS:,} numbers")
    grid = every * np.arange(np.floor(end / every + 1e-9) + 1.0)
    return Tracks(tuple(names), np.minimum(grid, end), places)


def _quantity(name: str, setting: Setting) -> Quantity:
    found = quantity_of(name, setting)
    if found is None:
        raise unknown_name("state in trajectories", name, [key.replace(".", "_") for key in setting.assembly.states])
    return found


def _places(axis: str, wanted: Any, space: Space) -> dict[str, list[int]]:
    known: dict[str, Dimension] = {}
    for one in space.dimensions:
        known |= dict.fromkeys((one.name, *one.labels, *one.columns), one)
    if axis not in known:
        raise unknown_name("axis in trajectories", axis, known)
    if isinstance(wanted, str) or not isinstance(wanted, Sequence) or not wanted:
        raise InputError(f"trajectories: at {axis} {wanted!r}; allowed: a list of its values")
    one = known[axis]
    labels = one.labels.get(axis) or (next(iter(one.labels.values())) if axis == one.name and one.labels else None)
    found = []
    for value in wanted:
        if labels is not None:
            if value not in labels:
                raise unknown_name(f"value of {axis}", str(value), labels)
            found.append(labels.index(value))
        elif axis in one.columns:
            number = quantity(value, space.units[axis], f"trajectories, {axis}")
            near = int(np.argmin(np.abs(one.columns[axis] - number)))
            if not np.isclose(one.columns[axis][near], number, rtol=1e-9, atol=0.0):
                raise InputError(f"trajectories: {axis} has no {value!r}; nearest: {one.columns[axis][near]:g}")
            found.append(near)
        elif isinstance(value, int) and 0 <= value < one.size:
            found.append(value)
        else:
            raise InputError(f"trajectories: {axis} {value!r}; allowed: numbers of points, 0 to {one.size - 1}")
    return {one.name: found}
