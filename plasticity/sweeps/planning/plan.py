"""A planned sweep: what is computed for which points, block by block, and how it is labelled."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.solver.ensemble import MESSAGES
from plasticity.sweeps.planning.integration import Ask, outcome
from plasticity.sweeps.planning.intervals import Intervals
from plasticity.sweeps.planning.kept import MOST_WINDOWS, Kept
from plasticity.sweeps.planning.points import FAILURES
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.planning.space import Space
from plasticity.sweeps.planning.tracks import Tracks
from plasticity.sweeps.work import Arrays, Block, Variable
from plasticity.uncertainty import QUANTILES

Floats = NDArray[np.float64]
SECONDS_PER_CHUNK = 1.0
POINTS_PER_CHUNK = (64, 8192)
"""A chunk takes about a second of one core, within these numbers of points."""
NUMBERS_PER_CHUNK = 16_000_000
COST = {"point": 6e-6, "jump": 5.5e-5, "hour": 4e-8, "followed": 2e-5, "oscillating hour": 0.02}
"""Seconds of one core: for every point, jump, hour (if anything jumps at all), state that is followed, and hour of
calcium spikes. Measured on one processor; the bundled sweeps keep within a factor of two."""


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """All that is needed to compute a sweep; pure, and able to travel to another process.

    Attributes
    ----------
    space : Space
    settings : tuple of Setting
        One for every combination of the dimensions of structure, in their order.
    kept : tuple of Kept
    tracks : Tracks or None
        The trajectories that are kept.
    solver : dict
        `rtol` and `atol`.
    recipe : dict
        Design, samples, seed and title, as plain data.
    attributes : dict
        Of the dataset.
    intervals : Intervals or None
        Draws behind the intervals of curves and maps.

    Examples
    --------
    >>> from plasticity.sweeps.asking import planned
    >>> from plasticity.protocol import Protocol
    >>> plan = planned(Protocol("1 d").dose("lsd", "100 ug"), over={"dose": ["50 ug", "100 ug"]}, keep=["max_depth"])
    >>> plan.dims, plan.evaluate((slice(0, 2),), threads=1)["max_depth"].round(4).tolist()
    ({'dose': 2}, [0.216, 0.2559])
    """

    space: Space
    settings: tuple[Setting, ...]
    kept: tuple[Kept, ...]
    tracks: Tracks | None
    solver: dict[str, float | None]
    recipe: dict[str, Any]
    attributes: dict[str, str | int | float] = field(default_factory=dict)
    intervals: Intervals | None = None

    @property
    def dims(self) -> dict[str, int]:
        """Dimensions and their lengths."""
        return {one.name: one.size for one in self.space.dimensions}

    @property
    def chunks(self) -> tuple[int, ...]:
        """Shape of a chunk: one place along a dimension of structure, about a second's work along the others."""
        left = int(
            min(max(SECONDS_PER_CHUNK / self._seconds(self.settings[0]), POINTS_PER_CHUNK[0]), POINTS_PER_CHUNK[1])
        )
        width = len(self.kept) + 2 + (len(self.tracks.grid) * len(self.tracks.names) if self.tracks else 0)
        left = max(1, min(left, NUMBERS_PER_CHUNK // width))
        found = []
        for one in reversed(self.space.dimensions):
            found.append(1 if one.structural else min(one.size, left))
            left = max(1, left // found[-1])
        return tuple(reversed(found))

    @property
    def coords(self) -> dict[str, Variable]:
        """Coordinates with units, labels and sources."""
        found = self.space.coordinates()
        if any(one.per_window for one in self.kept):
            told = {"long_name": "Index of the window", "source": "simulated"}
            found["window"] = Variable(("window",), "int64", -1, told, np.arange(MOST_WINDOWS))
        if self.intervals is not None:
            told = {"units": "1", "long_name": "Quantile over draws", "source": "uncertainty"}
            found["quantile"] = Variable(("quantile",), "float64", np.nan, told, np.array(QUANTILES))
        if self.tracks is not None:
            told = {"units": "h", "long_name": "Time after the start", "source": "trajectories of the sweep"}
            found["time"] = Variable(("time",), "float64", np.nan, told, self.tracks.grid)
        return found

    @property
    def variables(self) -> dict[str, Variable]:
        """What is computed for every point."""
        dims = tuple(self.dims)
        meaning = "; ".join(f"{code} {text}" for code, text in ({-128: "not computed"} | MESSAGES | FAILURES).items())
        told = {"long_name": "Whether the point reached its end", "meaning": meaning, "source": "simulated"}
        reached = {"units": "h", "long_name": "Time that was reached", "source": "simulated"}
        found = {one.name: one.variable(dims) for one in self.kept}
        if self.tracks is not None:
            found |= self.tracks.variables(dims, self.settings)
        if self.intervals is not None:
            found |= self.intervals.variables(dims, self.kept)
        return {
            **found,
            "status": Variable(dims, "int8", -128, told),
            "reached": Variable(dims, "float64", np.nan, reached),
        }

    @property
    def description(self) -> dict[str, Any]:
        """All that determines the numbers, as plain data."""
        return {
            **self.recipe,
            "axes": self.space.plain(),
            "settings": [one.plain() for one in self.settings],
            "keep": [one.name for one in self.kept],
            "trajectories": None if self.tracks is None else self.tracks.plain(),
            "solver": {**self.solver, "method": "Rodas5P"},
            **({} if self.intervals is None else {"intervals": self.intervals.told}),
        }

    def cost(self) -> float:
        """Guess how long one core takes for all points, compiled models at hand [s]."""
        each = self.space.points / len(self.settings)
        return sum(each * self._seconds(one) for one in self.settings)

    def _seconds(self, setting: Setting) -> float:
        hours = setting.protocol.duration
        held = max(len(setting.protocol.sessions), self._most_sessions())
        jumps = len(setting.protocol.doses) + 2 * len(setting.protocol.inputs) + 2 * held
        spiking = COST["oscillating hour"] * hours if setting.layers.get("calcium") == "oscillator" else 0.0
        after = COST["hour"] * hours + COST["jump"] * jumps if jumps else 0.0
        followed = COST["followed"] * len({one.of for one in self.kept if one.ending})
        runs = 1.0 if self.intervals is None else 1.0 + self.intervals.samples * self.intervals.share(self.space)
        return runs * (COST["point"] + after + followed + spiking)

    def _most_sessions(self) -> int:
        """Largest number of sessions that axes ask for."""
        counted = [
            int(values.max())
            for one in self.space.dimensions
            for name, values in one.columns.items()
            if (change := self.space.knobs[name].change) is not None and change.aspect == "times"
        ]
        return sum(counted)

    def evaluate(self, block: Block, threads: int = 1) -> Arrays:
        """Compute every variable of a block.

        Parameters
        ----------
        block : tuple of slice
            One for each dimension.
        threads : int

        Returns
        -------
        dict of str to ndarray
            The same numbers for any block around a point, and for any number of threads.
        """
        dimensions = self.space.dimensions
        parts = [range(one.size)[part] for one, part in zip(dimensions, block, strict=True)]
        coords = self.coords
        arrays: Arrays = {}
        for name, variable in self.variables.items():
            own = [len(_values(coords[dim])) for dim in variable.dims[len(parts) :]]
            arrays[name] = np.full([*map(len, parts), *own], variable.fill, variable.dtype)
        places: list[Any] = [
            part if one.structural else (slice(None),) for one, part in zip(dimensions, parts, strict=True)
        ]
        for place in itertools.product(*places):
            found = self._at(place, parts, threads)
            into: Any = tuple(
                at if isinstance(at, slice) else at - part.start for at, part in zip(place, parts, strict=True)
            )
            for name, values in found.items():
                arrays[name][into] = values.reshape(arrays[name][into].shape)
        return arrays

    def _at(self, place: Sequence[int | slice], parts: Sequence[range], threads: int) -> Arrays:
        """Compute the points of a block that share a setting."""
        dimensions = self.space.dimensions
        sizes = [one.size for one in dimensions if one.structural]
        where = [at for at in place if not isinstance(at, slice)]
        setting = self.settings[int(np.ravel_multi_index(where, sizes)) if sizes else 0]
        free = [len(part) for one, part in zip(dimensions, parts, strict=True) if not one.structural]
        n = math.prod(free)
        columns: dict[str, Floats] = {}
        followed, uncertain = np.ones(n, bool), np.ones(n, bool)
        axis = 0
        for one, part, at in zip(dimensions, parts, place, strict=True):
            shape = [1] * len(free)
            if not one.structural:
                shape[axis] = len(part)
                axis += 1

            def spread(values: NDArray[Any], shape: list[int] = shape) -> NDArray[Any]:
                return np.ascontiguousarray(np.broadcast_to(np.reshape(values, shape), free)).reshape(n)

            taken = slice(part.start, part.stop) if isinstance(at, slice) else slice(at, at + 1)
            for name, values in one.columns.items():
                knob = self.space.knobs[name]
                if knob.kind != "parameter" or setting.knows(name):
                    columns[name] = spread(values[taken])
            for chosen, wanted in ((followed, self.tracks), (uncertain, self.intervals)):
                if wanted is not None and one.name in wanted.places:
                    chosen &= spread(np.isin(np.arange(one.size)[taken], wanted.places[one.name]))
        knobs = {name: self.space.knobs[name] for name in columns}
        ask = Ask(setting, knobs, self.space.units, columns, n, self.kept, self.solver, threads)
        found = outcome(ask, self.tracks, followed)
        return found if self.intervals is None else found | self.intervals.outcome(ask, self.space, uncertain)


def _values(variable: Variable) -> Mapping[int, Any] | NDArray[Any]:
    assert variable.values is not None
    return variable.values
