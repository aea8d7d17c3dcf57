"""What may stand on an axis: a list of values, a range with its spacing, or a distribution to draw from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.units import quantity_among

Floats = NDArray[np.float64]
Given = str | float
MOST_POINTS = 10_000_000
"""More values than this on one axis are refused, so that no slip can fill the memory."""
SPACINGS = ("linear", "log")
SHAPES = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "cv"),
    "uniform": ("from", "to"),
    "loguniform": ("from", "to"),
}
"""Distributions and the numbers that each of them takes."""


@dataclass(frozen=True)
class Range:
    """From a first value to a last one.

    Attributes
    ----------
    start, stop : str or float
        Text with a unit, or a number in the canonical unit of the axis.
    points : int or None
        How many values, both ends included; None where a design draws them.
    spacing : {"linear", "log"}

    Examples
    --------
    >>> Range("1 mg", "40 mg", 5).spacing
    'linear'
    """

    start: Given
    stop: Given
    points: int | None = None
    spacing: str = "linear"


def linspace(start: Given, stop: Given, points: int) -> Range:
    """Evenly spaced values of a quantity, for an axis of a sweep.

    Parameters
    ----------
    start, stop : str or float
        First and last value: text with a unit, or a number in the canonical unit of the axis.
    points : int
        How many values, both ends included.

    Returns
    -------
    Range

    Raises
    ------
    InputError
        When `points` is not a whole number from 2 to ten million.

    Examples
    --------
    >>> linspace("4.5 d", "8 d", 100).points
    100
    """
    return Range(start, stop, _count(points), "linear")


def geomspace(start: Given, stop: Given, points: int) -> Range:
    """Values of a quantity with a constant ratio, for an axis of a sweep.

    Parameters
    ----------
    start, stop : str or float
        First and last value, both more than 0, as in `linspace`.
    points : int
        How many values, both ends included.

    Returns
    -------
    Range

    Raises
    ------
    InputError
        When `points` is not a whole number from 2 to ten million.

    Examples
    --------
    >>> geomspace("1 mg", "40 mg", 200).spacing
    'log'
    """
    return Range(start, stop, _count(points), "log")


@dataclass(frozen=True)
class Listed:
    """Values of an axis, in one canonical unit.

    Examples
    --------
    >>> Listed(np.array([1.0, 2.0]), "mg").unit
    'mg'
    """

    values: Floats
    unit: str


@dataclass(frozen=True)
class Drawn:
    """A distribution, in one canonical unit.

    Attributes
    ----------
    shape : str
        One of `SHAPES`.
    first, second : float
        Its numbers, in the order of `SHAPES` [`unit`; a coefficient of variation 1].
    unit : str

    Examples
    --------
    >>> Drawn("lognormal", 25.0, 0.3, "mg").at(np.array([0.5])).tolist()
    [25.0]
    """

    shape: str
    first: float
    second: float
    unit: str

    @property
    def bounded(self) -> bool:
        """Whether it has a smallest and a largest value."""
        return SHAPES[self.shape] == ("from", "to")

    def at(self, share: Floats) -> Floats:
        """Quantiles at shares of probability, of the same shape."""
        from scipy.special import ndtri

        if self.shape == "uniform":
            return np.asarray(self.first + share * (self.second - self.first))
        if self.shape == "loguniform":
            return np.asarray(self.first * np.exp(share * math.log(self.second / self.first)))
        if self.shape == "normal":
            return np.asarray(self.first + self.second * ndtri(share))
        return np.asarray(self.first * np.exp(math.sqrt(math.log1p(self.second**2)) * ndtri(share)))

    def plain(self) -> dict[str, Any]:
        """The distribution as plain data."""
        names = SHAPES[self.shape]
        return {"distribution": self.shape, names[0]: self.first, names[1]: self.second, "units": self.unit}


def read(
    name: str, given: Any, units: tuple[str, ...], *, number_allowed: bool = True, repeats: bool = False
) -> Listed | Drawn:
    """Read what stands on an axis of numbers.

    Parameters
    ----------
    name : str
        Of the axis, for errors.
    given : Range, mapping or sequence
        A list of quantities; ``{from, to, points, spacing}``; without ``points``, or as
        ``{distribution: lognormal, median, cv}``, what a design draws from.
    units : tuple of str
        Canonical units that are allowed; all values are in one of them.
    number_allowed : bool
        As in `plasticity.units.quantity`.
    repeats : bool
        Whether a value may stand twice, as in a table.

    Returns
    -------
    Listed or Drawn

    Raises
    ------
    InputError
        When it is empty, repeats a value, has a wrong unit, or is no range.

    Examples
    --------
    >>> read("brake_tau", ["5 d", "7 d"], ("h",)).values.tolist()
    [120.0, 168.0]
    >>> read("dose", geomspace("1 mg", "4 mg", 3), ("mg",)).values.tolist()
    [1.0, 2.0, 4.0]
    >>> read("dose", {"distribution": "lognormal", "median": "25 mg", "cv": 0.3}, ("mg",)).shape
    'lognormal'
    """
    what = f"axis {name}"
    if isinstance(given, Mapping):
        given = _from_mapping(what, given)
    if isinstance(given, Range):
        return _ranged(what, given, units, number_allowed)
    if isinstance(given, dict):
        return _distribution(what, given, units, number_allowed)
    if isinstance(given, str) or not (isinstance(given, Sequence) or np.ndim(given) == 1):
        raise InputError(f"{what}: {given!r} is neither a list nor a range; allowed: [a, b, ...] or from, to, points")
    if len(given) == 0:
        raise InputError(f"{what}: an empty list; allowed: one value or more")
    if len(given) > MOST_POINTS:
        raise InputError(f"{what}: {len(given):,} values; allowed: up to {MOST_POINTS:,}")
    found = [quantity_among(_number(one), units, what, number_allowed=number_allowed) for one in given]
    unit = found[0][1]
    for (_, other), one in zip(found, given, strict=True):
        if other != unit:
            raise InputError(f"{what}: {one!r} is in {other}, {given[0]!r} in {unit}; allowed: one kind of unit")
    values = np.array([value for value, _ in found])
    if repeats:
        return Listed(values, unit)
    order = np.argsort(values, kind="stable")
    twice = np.flatnonzero(np.diff(values[order]) == 0.0)
    if twice.size:
        raise InputError(f"{what}: {given[int(order[twice[0] + 1])]!r} stands twice; allowed: each value once")
    return Listed(values, unit)


def _number(given: Any) -> Any:
    return given.item() if isinstance(given, np.generic) else given


def _count(points: Any) -> int:
    whole = isinstance(points, int | np.integer) and not isinstance(points, bool)
    if not whole or not 2 <= points <= MOST_POINTS:
        shown = f"{points:,}" if whole else repr(points)
        raise InputError(f"points: {shown}; allowed: a whole number from 2 to {MOST_POINTS:,}")
    return int(points)


def _from_mapping(what: str, given: Mapping[str, Any]) -> Range | dict[str, Any]:
    if "distribution" in given:
        shape = given["distribution"]
        if shape not in SHAPES:
            raise unknown_name(f"distribution of {what}", str(shape), SHAPES)
        _keys(what, given, ("distribution", *SHAPES[shape]), ("distribution", *SHAPES[shape]))
        return dict(given)
    _keys(what, given, ("from", "to", "points", "spacing"), ("from", "to"))
    return Range(given["from"], given["to"], given.get("points"), given.get("spacing", "linear"))


def _keys(what: str, given: Mapping[str, Any], allowed: Sequence[str], needed: Sequence[str]) -> None:
    for key in given:
        if key not in allowed:
            raise unknown_name(f"key of {what}", str(key), allowed)
    missing = [key for key in needed if key not in given]
    if missing:
        raise InputError(f"{what}: {missing[0]!r} is missing; allowed: all of {', '.join(needed)}")


def _pair(what: str, ends: tuple[Any, Any], units: tuple[str, ...], number_allowed: bool) -> tuple[float, float, str]:
    (low, unit), (high, other) = (quantity_among(end, units, what, number_allowed=number_allowed) for end in ends)
    if unit != other:
        raise InputError(f"{what}: {ends[0]!r} is in {unit}, {ends[1]!r} in {other}; allowed: one kind of unit")
    return low, high, unit


def _ranged(what: str, given: Range, units: tuple[str, ...], number_allowed: bool) -> Listed | Drawn:
    low, high, unit = _pair(what, (given.start, given.stop), units, number_allowed)
    if given.spacing not in SPACINGS:
        raise unknown_name(f"spacing of {what}", str(given.spacing), SPACINGS)
    if low == high:
        raise InputError(f"{what}: from {given.start!r} to {given.stop!r} is one value; allowed: two different ends")
    if given.spacing == "log" and not (low > 0.0 and high > 0.0):
        raise InputError(f"{what}: log spacing from {low:g} to {high:g} {unit}; allowed: both ends more than 0")
    if given.points is None:
        return Drawn("loguniform" if given.spacing == "log" else "uniform", low, high, unit)
    try:
        points = _count(given.points)
    except InputError as error:
        raise InputError(f"{what}, {error}") from None
    spaced = np.geomspace if given.spacing == "log" else np.linspace
    values = np.asarray(spaced(low, high, points))
    if np.any(np.diff(values) == 0.0):
        raise InputError(f"{what}: {points:,} points from {low!r} to {high!r} {unit} repeat; allowed: fewer points")
    return Listed(values, unit)


def _distribution(what: str, given: dict[str, Any], units: tuple[str, ...], number_allowed: bool) -> Drawn:
    shape = given["distribution"]
    names = SHAPES[shape]
    if shape == "lognormal":
        (first, unit) = quantity_among(given["median"], units, what, number_allowed=number_allowed)
        second = quantity_among(given["cv"], ("1",), f"{what}, cv")[0]
    else:
        first, second, unit = _pair(what, (given[names[0]], given[names[1]]), units, number_allowed)
    if shape in ("normal", "lognormal") and not second > 0.0:
        raise InputError(f"{what}: {names[1]} {given[names[1]]!r}; allowed: more than 0")
    if shape in ("lognormal", "loguniform") and not (first > 0.0 and second > 0.0):
        raise InputError(f"{what}: {names[0]} {given[names[0]]!r}; allowed: more than 0")
    if shape in ("uniform", "loguniform") and first == second:
        raise InputError(f"{what}: from {given['from']!r} to {given['to']!r} is one value; allowed: two different ends")
    return Drawn(shape, first, second, unit)
