"""What a number on an axis changes: a parameter, the body weight, or something about a dose or a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.declare import Parameter
from plasticity.dosing import moles
from plasticity.errors import InputError, unknown_name
from plasticity.sweeps.planning.meetings import ASPECTS as MEETINGS
from plasticity.sweeps.planning.meetings import Change, change, check_numbers
from plasticity.sweeps.planning.ranges import Drawn
from plasticity.sweeps.planning.setting import Setting
from plasticity.timeline import Dose
from plasticity.units import quantity_among
from plasticity.values import in_force

Columns = Mapping[str, NDArray[np.float64] | float]
DOSE_UNITS = ("mg", "mg/kg", "nmol")
ASPECTS = {
    "amount": (DOSE_UNITS, "Amount of the dose"),
    "multiple": (("1",), "Dose, as a multiple of the usual one"),
    "at": (("h",), "Time of the dose"),
    "every": (("h",), "Interval between equal doses"),
}
"""What an axis can change about a dose: the units it is read in, and its label."""


@dataclass(frozen=True)
class Knob:
    """What one axis of numbers changes.

    Attributes
    ----------
    name : str
        As on the axis: ``brake_tau``, ``mdma.clearance``, ``body_weight``, ``dose``, ``first.at``.
    kind : {"parameter", "body_weight", "amount", "multiple", "at", "every", "session"}
    units : tuple of str
        Canonical units that its values may be in.
    label : str
    dose : str or None
        Name of the dose; None for the only one.
    attributes : dict
        Further attributes of the coordinate: default, flag and sources of a parameter.
    range : tuple of float or None
        Declared plausible range of a parameter.
    change : Change or None
        What it changes about sessions.

    Examples
    --------
    >>> Knob("dose", "amount", DOSE_UNITS, "Amount of the dose").dose is None
    True
    """

    name: str
    kind: str
    units: tuple[str, ...]
    label: str
    dose: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    range: tuple[float, float] | None = None
    change: Change | None = None


def knob(name: str, settings: Sequence[Setting]) -> Knob:
    """Find what an axis of that name changes, in all settings alike.

    Parameters
    ----------
    name : str
        ``dose`` (the only dose, or row of equal doses), ``dose.multiple``, ``dose.at``, ``dose.every``, or with the
        name of a dose in place of ``dose``: ``first.amount``, ``first.at``; of sessions as in
        `plasticity.sweeps.planning.meetings.change`; ``body_weight``; or a parameter.
    settings : sequence of Setting

    Returns
    -------
    Knob

    Raises
    ------
    InputError
        If there is no such thing, or `dose` could mean several doses; the nearest name is offered.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> knob("dose.every", [Setting(Protocol().dose("lsd", "10 ug", every="3 d", times=9))]).units
    ('h',)
    """
    if name == "body_weight":
        return Knob(name, "body_weight", ("kg",), "Body weight")
    head, _, aspect = name.partition(".")
    named = {dose.name for one in settings for dose in one.protocol.doses if dose.name}
    if head == "dose" or head in named:
        aspect = aspect or "amount"
        if aspect not in ASPECTS:
            raise unknown_name("axis", name, [f"{head}.{known}" for known in ASPECTS])
        found = Knob(name, aspect, *ASPECTS[aspect], dose=head if head in named else None)
        for one in settings:
            row = chosen(one.protocol.doses, found)
            if aspect == "every" and len(row) < 2:
                raise InputError(f"axis {name}: a single dose has no interval; allowed: a dose with every= and times=")
        return found
    met = change(name, settings)
    if met is not None:
        return Knob(name, "session", (met[1],), met[2], change=met[0])
    without = [one for one in settings if not one.knows(name)]
    if not without:
        return _parameter(name, settings[0])
    if any(one.knows(name) for one in settings):
        lacking = without[0].treated or without[0].protocol.title
        raise InputError(f"axis {name}: {lacking} has no such parameter; allowed: a parameter of every point")
    shared = [key for key in without[0].assembly.parameters if "." not in key]
    own = [
        f"{c.name}.{n}" for c in without[0].assembly.compounds for n in c.numbers if n in without[0].assembly.declared
    ]
    aspects = [f"{dose}.{known}" for dose in sorted(named) for known in ASPECTS]
    labels = dict.fromkeys(session.label for one in settings for session in one.protocol.sessions)
    met_at = [f"{label}.{known}" for label in labels for known in (*MEETINGS, "after_dose")]
    raise unknown_name("axis", name, [*_AXES, *aspects, *met_at, *shared, *own])


def plausible(knob: Knob) -> Drawn:
    """Give the declared plausible range of a parameter, to be drawn from evenly.

    Parameters
    ----------
    knob : Knob

    Returns
    -------
    Drawn

    Raises
    ------
    InputError
        If nothing is declared.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> plausible(knob("brake_tau", [Setting(Protocol())])).plain()
    {'distribution': 'uniform', 'from': 105.0, 'to': 195.0, 'units': 'h'}
    """
    if knob.range is None:
        raise InputError(f"axis {knob.name}: no plausible range is declared; allowed: from and to")
    return Drawn("uniform", *knob.range, knob.units[0])


_AXES = (
    *("dose", "dose.multiple", "dose.at", "dose.every", "body_weight"),
    *("compound", "treatment", "species", "calcium", "brake"),
)


def chosen(doses: Sequence[Dose], knob: Knob) -> list[int]:
    """Places of the doses that a knob changes.

    Parameters
    ----------
    doses : sequence of Dose
    knob : Knob

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        If the protocol has no dose, or several, not in one row, and the knob names none.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> row = Protocol().dose("lsd", "10 ug", every="3 d", times=3).doses
    >>> chosen(row, Knob("dose", "amount", DOSE_UNITS, ""))
    [0, 1, 2]
    """
    found = [i for i, dose in enumerate(doses) if knob.dose is None or dose.name == knob.dose]
    rows = {doses[i].row for i in found}
    if not rows:
        raise InputError(f"axis {knob.name}: the protocol has no dose; allowed: a protocol with one")
    if len(rows) > 1:
        names = sorted({dose.name for dose in doses if dose.name})
        allowed = ", ".join(f"{name}.{knob.kind}" for name in names) or "a name for each dose, as in name: first"
        raise InputError(f"axis {knob.name}: the protocol has {len(rows)} doses; allowed: {allowed}")
    return found


def dosed(setting: Setting, knobs: Mapping[str, Knob], units: Mapping[str, str], columns: Columns) -> tuple[Dose, ...]:
    """The doses of many points at once.

    Parameters
    ----------
    setting : Setting
    knobs : mapping of str to Knob
    units : mapping of str to str
        Unit of each axis.
    columns : mapping of str to ndarray, shape (n,)
        Value of each axis.

    Returns
    -------
    tuple of Dose
        As in the protocol; where an axis acts, `amount` and `at` are arrays of shape (n,).

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> one, dose = Setting(Protocol().dose("dmt", "18.827 mg")), Knob("dose", "amount", DOSE_UNITS, "")
    >>> dosed(one, {"dose": dose}, {"dose": "nmol"}, {"dose": np.array([5.0, 7.0])})[0].amount.tolist()
    [5.0, 7.0]
    """
    protocol = setting.protocol
    known = {compound.name: compound for compound in protocol.compounds}
    doses = list(protocol.doses)
    given = [quantity_among(dose.text, DOSE_UNITS, "dose") for dose in doses]
    weight: Any = next((columns[name] for name, one in knobs.items() if one.kind == "body_weight"), None)
    amounts: list[tuple[Any, str]] = [*given]
    for name, one in knobs.items():
        if one.kind == "amount":
            for i in chosen(protocol.doses, one):
                amounts[i] = (columns[name], units[name])
    for name, one in knobs.items():
        if one.kind == "multiple":
            for i in chosen(protocol.doses, one):
                amounts[i] = (amounts[i][0] * columns[name], amounts[i][1])
    for i, (value, unit) in enumerate(amounts):
        changed = value is not given[i][0] or unit != given[i][1]
        if changed or (weight is not None and unit == "mg/kg"):
            compound, kilograms = known[doses[i].compound], protocol.body_weight if weight is None else weight
            doses[i] = replace(doses[i], amount=moles(value, unit, doses[i].form, compound, kilograms))
    for name, one in knobs.items():
        if one.kind in ("at", "every"):
            row = chosen(protocol.doses, one)
            first = doses[row[0]].at
            for place, i in enumerate(row):
                if one.kind == "every":
                    doses[i] = replace(doses[i], at=first + place * columns[name])  # type: ignore[arg-type]
                else:
                    doses[i] = replace(doses[i], at=columns[name] + (doses[i].at - first))  # type: ignore[arg-type]
    return tuple(doses)


def check_values(knob: Knob, unit: str, values: NDArray[np.float64], settings: Sequence[Setting]) -> list[str]:
    """Refuse a value that is unphysical by itself; say which are implausible.

    Parameters
    ----------
    knob : Knob
    unit : str
    values : ndarray, shape (n,)
    settings : sequence of Setting

    Returns
    -------
    list of str
        One line for the smallest and the largest value, where outside the plausible range.

    Raises
    ------
    InputError

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> here = [Setting(Protocol())]
    >>> check_values(knob("brake_tau", here), "h", np.array([120.0, 720.0]), here)
    ['brake_tau = 720 h is outside its plausible range, 105 to 195 h']
    """
    low, high = float(values.min()), float(values.max())
    if knob.change is not None:
        check_numbers(knob.name, knob.change, values, settings[0].protocol.duration)
        return []
    if knob.kind != "parameter":
        least = "more than 0" if knob.kind in ("body_weight", "every") else "0 or more"
        if low < 0.0 or (low == 0.0 and least != "0 or more"):
            raise InputError(f"axis {knob.name}: {low:g} {unit}; allowed: {least}")
        if knob.kind in ("at", "every"):
            end = settings[0].protocol.duration
            if high >= end:
                raise InputError(f"axis {knob.name}: {high:g} h; allowed: less than the duration, {end:g} h")
        return []
    bound = _declared(knob.name, settings[0]).bound
    for value in (low, high):
        if not bound.holds(value):
            raise InputError(f"axis {knob.name}: {value:g} is unphysical; allowed: {bound} [{unit}]")
    lone = [name for one in settings for value in (low, high) for name in _alone(one, knob.name, value)]
    return list(dict.fromkeys(lone))


def _alone(setting: Setting, name: str, value: float) -> list[str]:
    """Warnings about one value with everything else at its own, relations aside."""
    try:
        return [line for line in in_force(setting.assembly, {name: value})[1] if line.startswith(f"{name} =")]
    except InputError:
        return []


def _declared(name: str, setting: Setting) -> Parameter:
    head, dot, tail = name.partition(".")
    return setting.assembly.declared[tail] if dot else setting.assembly.parameters[head]


def _parameter(name: str, setting: Setting) -> Knob:
    declared = _declared(name, setting)
    head, dot, tail = name.partition(".")
    known: Any = next(c for c in setting.assembly.compounds if c.name == head).numbers[tail] if dot else declared
    label = f"{declared.label}, {head}" if dot else declared.label
    told = {"default": known.value, "flag": known.flag, "source": ", ".join(known.source) or known.note or known.flag}
    return Knob(name, "parameter", (declared.unit,), label, attributes=told, range=known.range)
