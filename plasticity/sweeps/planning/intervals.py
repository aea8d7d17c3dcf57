"""Intervals of a sweep: its points again with draws of what is uncertain; along a curve all, on a map a lattice."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.model import Model
from plasticity.named_sets import values_of
from plasticity.sweeps.planning.integration import Ask, outcome
from plasticity.sweeps.planning.kept import Kept
from plasticity.sweeps.planning.knobs import Knob
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.planning.space import Space
from plasticity.sweeps.work import Arrays, Variable
from plasticity.uncertainty import MEANING, QUANTILES, SPIKING, members

Floats = NDArray[np.float64]
FAMILY = 4
"""An axis with at most so many places tells curves apart; a longer one is what they run along."""
COUNTED = ("number_of_windows", "censored", "margin")
"""Counts and flags: the chance of a window stands for them."""


@dataclass(frozen=True)
class Intervals:
    """How many draws, which, and at which points.

    Attributes
    ----------
    samples, seed : int
    lattice : int
        Places along each axis of a map that have intervals, first and last among them; 0 for maps without.
    places : mapping of str to tuple of int
        These places, by dimension; a dimension that is not there has intervals at all of its own.

    Examples
    --------
    >>> Intervals(64, 0).told["samples"]
    64
    >>> over = {"dose": ["1 mg", "9 mg"], "brake_tau": ["5 d", "6 d"]}
    >>> from plasticity.protocol import Protocol
    >>> from plasticity.sweeps.asking import planned
    >>> space = planned(Protocol("1 d").dose("lsd", "100 ug"), over, ["max_depth"]).space
    >>> Intervals(64, 0).over(space, "grid").places, Intervals(64, 0).over(space, "sobol")
    ({}, None)
    """

    samples: int
    seed: int
    lattice: int = 0
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def over(self, space: Space, design: str) -> "Intervals | None":
        """Choose the points of a sweep that have intervals; None where `missing` says why there are none."""
        if self.missing(space, design):
            return None
        long = _long(space)
        places = {one.name: _even(one.size, self.lattice) for one in long}
        return replace(self, places=places) if len(long) > 1 else self

    def missing(self, space: Space, design: str, spiking: bool = False) -> str:
        """Say why a sweep has no intervals; empty where it has."""
        if spiking:
            return SPIKING
        if design != "grid":
            return "none: the points are a sample, and their spread is what is asked for"
        if any(one.name == "subject" for one in space.dimensions):
            return "none: the points are virtual subjects; all else is as the numbers in force have it"
        names = [one.name for one in _long(space)]
        if len(names) > 1 and not self.lattice:
            return f"none: a map over {', '.join(names)} has them where its study asks for a lattice of draws"
        return ""

    def share(self, space: Space) -> float:
        """Part of all points that have intervals."""
        sizes = {one.name: one.size for one in space.dimensions}
        return math.prod(len(places) / sizes[name] for name, places in self.places.items())

    @property
    def told(self) -> dict[str, Any]:
        """What was drawn and where, for attributes and captions."""
        where = " and ".join(f"{len(places)} places along {name}" for name, places in self.places.items())
        meaning = MEANING.format(count=self.samples) + (f", at {where}" if where else "")
        told = {"samples": self.samples, "seed": self.seed, "meaning": meaning}
        return told | ({"at": {name: list(places) for name, places in self.places.items()}} if where else {})

    def variables(self, dims: tuple[str, ...], kept: Sequence[Kept]) -> dict[str, Variable]:
        """Declare the quantiles over the dimensions of a sweep."""
        found = {
            f"{one.name}_interval": Variable(
                (*dims, "quantile"),
                "float64",
                np.nan,
                {"long_name": f"Quantiles over draws: {one.label}", "units": one.unit, "source": "simulated"},
            )
            for one in shown(kept)
        }
        told = {"long_name": "Share of draws in which a window opens", "units": "1", "source": "simulated"}
        return found | {"window_chance": Variable(dims, "float64", np.nan, told)}

    def outcome(self, ask: Ask, space: Space, chosen: NDArray[np.bool_]) -> Arrays:
        """Integrate the chosen points of a block with every draw.

        Parameters
        ----------
        ask : Ask
        space : Space
            Its axes; what stands on them is not drawn.
        chosen : ndarray of bool, shape (n,)

        Returns
        -------
        dict of str to ndarray, shape (n, ...)
            NaN at all other points; empty where no point is chosen.
        """
        if not chosen.any():
            return {}
        columns = {name: np.asarray(values)[chosen] for name, values in ask.columns.items()}
        found = self._drawn(replace(ask, columns=columns, n=int(chosen.sum())), space)
        arrays = {name: np.full((ask.n, *values.shape[1:]), np.nan) for name, values in found.items()}
        for name, values in found.items():
            arrays[name][chosen] = values
        return arrays

    def _drawn(self, ask: Ask, space: Space) -> Arrays:
        weights, columns = _table(ask.setting, tuple(space.knobs), self.samples, self.seed)
        many = {name: np.repeat(values, self.samples) for name, values in ask.columns.items()}
        knobs = dict(ask.knobs)
        for name, values in columns.items():
            many[name] = np.tile(values, ask.n)
            knobs[name] = Knob(name, "parameter", ("1",), "")
        if "body_weight" not in space.knobs:
            many["body_weight"] = np.tile(weights, ask.n)
            knobs["body_weight"] = Knob("body_weight", "body_weight", ("kg",), "Body weight")
        wanted = (*shown(ask.kept), _COUNT)
        drawn = replace(
            ask,
            knobs=knobs,
            units={**ask.units, "body_weight": "kg"},
            columns=many,
            n=ask.n * self.samples,
            kept=tuple(dict.fromkeys(wanted)),
        )
        found = outcome(drawn, None, np.zeros(drawn.n, bool))
        good = (found["status"] >= 0).reshape(ask.n, self.samples)
        opened = found[_COUNT.name].reshape(good.shape) > 0.0
        arrays = {}
        for one in shown(ask.kept):
            values = found[one.name].reshape(good.shape)
            if one.name == "last_close":
                values = np.where(np.isnan(values) & opened, ask.setting.protocol.duration, values)
            arrays[f"{one.name}_interval"] = quantiles(np.where(good, values, np.nan))
        with np.errstate(invalid="ignore"):
            arrays["window_chance"] = opened.sum(axis=1) / good.sum(axis=1)
        return arrays


_COUNT = Kept("number_of_windows", "", "", "1", "Number of windows", per_window=False)


def shown(kept: Sequence[Kept]) -> list[Kept]:
    """Choose what has an interval: numbers of which there is one at each point, no counts.

    Parameters
    ----------
    kept : sequence of Kept

    Returns
    -------
    list of Kept

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> from plasticity.sweeps.planning.kept import kept
    >>> [one.name for one in shown(kept(["max_depth", "t_open", "censored"], [Setting(Protocol())]))]
    ['max_depth']
    """
    return [one for one in kept if not one.per_window and one.name not in COUNTED]


def _long(space: Space) -> list[Any]:
    """Axes along which curves and maps run; the others tell them apart."""
    return [one for one in space.dimensions if not one.structural and one.size > FAMILY]


def _even(size: int, count: int) -> tuple[int, ...]:
    """Places evenly along an axis, both ends among them."""
    return tuple(dict.fromkeys(np.linspace(0.0, size - 1.0, count).round().astype(int).tolist()))


def quantiles(values: Floats) -> Floats:
    """Quantiles of every row, over what is defined in it.

    Parameters
    ----------
    values : ndarray, shape (n, draws)

    Returns
    -------
    ndarray, shape (n, quantiles)
        NaN where nothing is defined.

    Examples
    --------
    >>> quantiles(np.array([[1.0, np.nan, 3.0], [np.nan] * 3])).round(1).tolist()
    [[1.1, 2.0, 2.9], [nan, nan, nan]]
    """
    found = np.full((len(values), len(QUANTILES)), np.nan)
    some = np.isfinite(values).any(axis=1)
    if some.any():
        found[some] = np.nanquantile(values[some], QUANTILES, axis=1).T
    return found


@lru_cache(maxsize=64)
def _table(setting: Setting, axes: tuple[str, ...], samples: int, seed: int) -> tuple[Floats, dict[str, Floats]]:
    """Body weight and uncertain numbers of every draw, without those that are set by hand, by a set or on an axis."""
    dosed = [compound.name for compound in setting.assembly.compounds]
    named = {**values_of(setting.parameter_set, dosed), **setting.parameters}
    given = {name: setting.numbers[name] for name in (*named, *axes) if name in setting.numbers}
    plans, numbers = members(setting.protocol, Model(**setting.layers), given, samples, seed)
    columns = {name: np.array([one[name] for one in numbers]) for name in numbers[0] if name not in given}
    varied = {name: values for name, values in columns.items() if (values != setting.numbers[name]).any()}
    return np.array([plan.body_weight for plan in plans]), varied
