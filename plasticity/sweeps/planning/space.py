"""The space of a sweep: its dimensions with their numbers read, drawn, checked and labelled."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.population import subjects
from plasticity.sweeps.planning.design import Asked, same_length, sampled
from plasticity.sweeps.planning.knobs import Knob, check_values, knob, plausible
from plasticity.sweeps.planning.meetings import check_row
from plasticity.sweeps.planning.ranges import Drawn, Listed, read
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.work import Variable

Floats = NDArray[np.float64]
MOST = 1_000_000_000
"""Larger sweeps are refused: nobody waits for them, and no store holds them."""
SAMPLE = "sample"
PLAUSIBLE = "plausible"
"""What stands on an axis that is drawn evenly from the declared range of its parameter."""


@dataclass(frozen=True)
class Dimension:
    """One dimension of a sweep.

    Attributes
    ----------
    name : str
    size : int
    labels : dict of str to list of str
        Names along it, for its axes of structure; empty if it changes only numbers.
    columns : dict of str to ndarray, shape (size,)
        Values along it, by the name of the axis.

    Examples
    --------
    >>> Dimension("dose", 2, {}, {"dose": np.array([1.0, 2.0])}).structural
    False
    """

    name: str
    size: int
    labels: dict[str, list[str]]
    columns: dict[str, Floats]

    @property
    def structural(self) -> bool:
        """Whether places along it have compiled models or compounds of their own."""
        return bool(self.labels)


@dataclass(frozen=True)
class Space:
    """All dimensions, and what their numbers change.

    Attributes
    ----------
    dimensions : tuple of Dimension
    knobs : dict of str to Knob
    units : dict of str to str
    drawn : dict of str to Drawn
    warnings : list of str

    Examples
    --------
    >>> Space((), {}, {}, {}, []).points
    1
    """

    dimensions: tuple[Dimension, ...]
    knobs: dict[str, Knob]
    units: dict[str, str]
    drawn: dict[str, Drawn]
    warnings: list[str]

    @property
    def points(self) -> int:
        """How many points it has."""
        return math.prod(one.size for one in self.dimensions)

    def coordinates(self) -> dict[str, Variable]:
        """Coordinates with units, labels and sources."""
        found: dict[str, Variable] = {}
        for one in self.dimensions:
            dims = (one.name,)
            for axis, names in one.labels.items():
                name = one.name if len(one.labels) + len(one.columns) == 1 else axis
                told = {"long_name": _LABELS.get(axis, f"Kernel of {axis}"), "source": "axis of the sweep"}
                found[name] = Variable(dims, "str", 0, told, np.array(names))
            for axis, values in one.columns.items():
                knob = self.knobs[axis]
                told = {"long_name": knob.label, "units": self.units[axis].removesuffix(" free"), **knob.attributes}
                found[axis] = Variable(dims, "float64", np.nan, {"source": "axis of the sweep", **told}, values)
            if one.name not in found:
                told = {"long_name": f"Number of the {one.name}", "source": "axis of the sweep"}
                found[one.name] = Variable(dims, "int64", -1, told, np.arange(one.size))
        return found

    def plain(self) -> list[dict[str, Any]]:
        """All that determines its numbers, as plain data."""

        def column(name: str, values: Floats) -> dict[str, Any]:
            told: dict[str, Any] = {"units": self.units[name], "sha256": hashlib.sha256(values.tobytes()).hexdigest()}
            if name in self.drawn:
                return told | self.drawn[name].plain()
            return told | (
                {"values": values.tolist()} if values.size <= 1000 else {"first": values[0], "last": values[-1]}
            )

        return [
            {
                "name": one.name,
                "size": one.size,
                "labels": one.labels,
                "columns": {name: column(name, values) for name, values in one.columns.items()},
            }
            for one in self.dimensions
        ]


_LABELS = {"compound": "Compound", "treatment": "Treatment", "species": "Species"}


def space(
    asked: Sequence[Asked], settings: Sequence[Setting], design: str, samples: int | None, seed: int,
    *, number_allowed: bool = True,
) -> Space:  # fmt: skip
    """Read, draw and check the numbers of all dimensions.

    Parameters
    ----------
    asked : sequence of Asked
    settings : sequence of Setting
    design, samples, seed
        As in `plasticity.sweep`.
    number_allowed : bool
        As in `plasticity.units.quantity`.

    Returns
    -------
    Space

    Raises
    ------
    InputError
        If an axis is none, a value is not allowed, or there are too many points.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> from plasticity.sweeps.planning.design import asked
    >>> from plasticity.model import Model
    >>> space(asked({"brake_tau": ["5 d", "7 d"]}, Model()), [Setting(Protocol())], "grid", None, 0).points
    2
    """
    knobs: dict[str, Knob] = {}
    units: dict[str, str] = {}
    drawn: dict[str, Drawn] = {}
    warnings: list[str] = []
    dimensions: list[Dimension] = []
    for one in asked:
        columns: dict[str, Floats] = {}
        for name, given in one.numbers.items():
            knobs[name] = knob(name, settings)
            if isinstance(given, str) and given == PLAUSIBLE:
                found: Listed | Drawn = plausible(knobs[name])
            else:
                found = read(name, given, knobs[name].units, number_allowed=number_allowed, repeats=one.together)
            units[name] = found.unit
            if not isinstance(found, Drawn):
                columns[name] = found.values
                warnings += check_values(knobs[name], found.unit, found.values, settings)
            elif one.together:
                raise InputError(f"axis {one.name}: {name} is drawn, and so goes with no list; allowed: lists")
            else:
                drawn[name] = found
        if one.population is not None:
            columns, more = _population(one.population, settings, seed)
            for name, unit in more.items():
                if name in units:
                    raise InputError(f"over: {name} is an axis, and varies between subjects; allowed: one of them")
                knobs[name], units[name] = (
                    knob(name, [s for s in settings if name == "body_weight" or s.knows(name)]),
                    unit,
                )
            dimensions.append(Dimension(one.name, len(next(iter(columns.values()))), {}, columns))
        elif columns or one.choices:
            lengths = {name: len(values) for name, values in columns.items()}
            lengths |= {axis: len(names) for axis, names in one.labels.items()}
            dimensions.append(Dimension(one.name, same_length(one.name, lengths), one.labels, columns))
    table = sampled(drawn, design, samples, seed)
    if table:
        if SAMPLE in (one.name for one in dimensions):
            raise InputError(f"over: {SAMPLE!r} is the dimension of the design; allowed: another name")
        dimensions.append(Dimension(SAMPLE, len(next(iter(table.values()))), {}, table))
    made = Space(tuple(dimensions), knobs, units, drawn, list(dict.fromkeys(warnings)))
    _check_size(dimensions)
    _check_knobs(knobs)
    _check_rows(knobs, settings)
    return made


def _population(
    given: Mapping[str, Any], settings: Sequence[Setting], seed: int
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Draw subjects that are the same persons in every setting."""
    species = {setting.protocol.species for setting in settings}
    if len(species) > 1:
        raise InputError("over: a population is of one species; allowed: no axis species beside it")
    compounds = [compound for setting in settings for compound in setting.protocol.compounds]
    typical: dict[str, float] = {}
    for setting in settings:
        typical |= setting.numbers
    return subjects(given, compounds, typical, species.pop(), seed)


def _check_size(dimensions: Sequence[Dimension]) -> None:
    points = math.prod(one.size for one in dimensions)
    if points > MOST:
        told = " x ".join(f"{one.size:,} {one.name}" for one in dimensions)
        raise InputError(f"sweep: {told} is {points:,} points; allowed: up to {MOST:,}")


def _check_knobs(knobs: Mapping[str, Knob]) -> None:
    seen: dict[object, str] = {}
    for name, one in knobs.items():
        met = None if one.change is None else (one.change.label, one.change.aspect)
        key = met or (one.kind if one.kind != "parameter" else name, one.dose)
        if key in seen:
            raise InputError(f"over: {seen[key]} and {name} change the same thing; allowed: one of them")
        seen[key] = name


def _check_rows(knobs: Mapping[str, Knob], settings: Sequence[Setting]) -> None:
    """Refuse a number or interval of sessions that have neither, unless both are axes."""
    changed = [one.change for one in knobs.values() if one.change is not None]
    for name, one in knobs.items():
        if one.change is not None:
            others = {other.aspect for other in changed if other.label == one.change.label and other != one.change}
            check_row(name, one.change, bool(others & {"every", "times"}), settings)
