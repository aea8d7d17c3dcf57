"""From doses, times and inputs as they are written to plain numbers: nmol, hours, routes and repeats."""

import math
from numbers import Integral, Real
from typing import Any

from plasticity.compound import DOSE_UNITS, ROUTES, Compound
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import channels
from plasticity.units import quantity, quantity_among

#: More repeats than this are refused, so that no slip can fill the memory.
MOST_REPEATS = 10_000

Given = str | float


def moiety(amount: Given, form: str, compound: Compound, body_weight: float) -> float:
    """Convert a dose to the amount of the active moiety.

    Parameters
    ----------
    amount : str or float
        Mass of the form, mass per body weight, or amount of the moiety; a number is in mg.
    form : str
        One of the compound's forms.
    compound : Compound
        What is given.
    body_weight : float
        Of the subject [kg].

    Returns
    -------
    float
        Before bioavailability [nmol].

    Raises
    ------
    InputError
        When the amount is negative, not finite or of a wrong unit.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> round(moiety("125 mg", "hydrochloride", load_compound("mdma"), 70.0))
    543984
    """
    what = f"dose of {compound.name}"
    value, unit = quantity_among(amount, DOSE_UNITS, what)
    if value < 0.0:
        raise InputError(f"{what}: {amount!r} is negative; allowed: 0 {unit} or more")
    found: float = moles(value, unit, form, compound, body_weight)
    if not math.isfinite(found):
        raise InputError(f"{what}: {amount!r} is beyond all numbers; allowed: a finite amount")
    return found


def moles(value: Any, unit: str, form: str, compound: Compound, body_weight: Any) -> Any:
    """Convert a number in one of the units of a dose, or an array of them, to the amount of the active moiety.

    Parameters
    ----------
    value : float or ndarray
        [`unit`]
    unit : str
        One of `plasticity.compound.DOSE_UNITS`.
    form : str
        One of the compound's forms.
    compound : Compound
        What is given.
    body_weight : float or ndarray
        Of the subject [kg].

    Returns
    -------
    float or ndarray
        Before bioavailability [nmol].

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> round(moles(0.5, "mg/kg", "base", load_compound("ketamine"), 70.0))
    147226
    """
    if unit == "nmol":
        return value
    mass = value * body_weight if unit == "mg/kg" else value
    return mass * compound.forms[form] * 1e6 / compound.numbers["molecular_weight"].value


def chosen_route(compound: Compound, route: str | None, over: Given | None) -> tuple[str, float | None]:
    """Choose the route of a dose and the length of its infusion.

    Parameters
    ----------
    compound : Compound
        What is given.
    route : str or None
        As asked for; None takes that of the reference dose, an infusion's length included.
    over : str, float or None
        Length of an infusion; with no route asked for, a compound given into a vein is then infused.

    Returns
    -------
    route : str
        One of `plasticity.compound.ROUTES`.
    over : float or None
        Length of the infusion [h]; None for the other routes.

    Raises
    ------
    InputError
        When the compound cannot be absorbed, or length and route do not go together.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> chosen_route(load_compound("dmt"), None, "90 min")
    ('iv_infusion', 1.5)
    """
    what = f"dose of {compound.name}"
    if route is None:
        veined = compound.default_route in ("iv_bolus", "iv_infusion")
        route = "iv_infusion" if veined and over is not None else compound.default_route
        over = compound.reference.over if route == "iv_infusion" and over is None else over
    if route not in ROUTES:
        raise unknown_name(f"route of {compound.name}", str(route), ROUTES)
    if route in ("oral", "intraperitoneal") and "absorption_rate" not in compound.numbers:
        lacks = f"{what}: no absorption rate is known in {compound.species}, so it is not given by route {route!r}"
        raise InputError(f"{lacks}; allowed: iv_bolus, iv_infusion")
    if (route == "iv_infusion") != (over is not None):
        said = "needs a length" if over is None else f"takes no length, given {over!r}"
        raise InputError(f"{what}: route {route!r} {said}; allowed: over= for an iv_infusion, and only there")
    return route, None if over is None else positive(over, "h", f"{what}, over")


def positive(given: Given, unit: str, what: str) -> float:
    """Read a quantity that must be more than 0.

    Parameters
    ----------
    given : str or float
        Text with a unit, or a number in `unit`.
    unit, what : str
        As in `plasticity.units.quantity`.

    Returns
    -------
    float
        The value [`unit`].

    Raises
    ------
    InputError

    Examples
    --------
    >>> positive("28 d", "h", "duration")
    672.0
    """
    value = quantity(given, unit, what)
    if value <= 0.0:
        raise InputError(f"{what}: {given!r} is not more than 0; allowed: more than 0 {unit}")
    return value


def starts(at: Given, every: Given | None, times: Any, what: str) -> list[float]:
    """List the times of something that happens once or is repeated.

    Parameters
    ----------
    at : str or float
        The first time; a number is in h.
    every : str, float or None
        The interval.
    times : int
        How often.
    what : str
        For the error.

    Returns
    -------
    list of float
        The times [h].

    Raises
    ------
    InputError

    Examples
    --------
    >>> starts("1 d", "12 h", 3, "dose of lsd")
    [24.0, 36.0, 48.0]
    """
    first = quantity(at, "h", f"{what}, time")
    if first < 0.0:
        raise InputError(f"{what}: time {at!r} is negative; allowed: 0 h or later")
    whole = isinstance(times, Integral) and not isinstance(times, bool)
    if not whole or not 1 <= int(times) <= MOST_REPEATS:
        raise InputError(f"{what}: times {times!r}; allowed: a whole number from 1 to {MOST_REPEATS}")
    if (every is None) != (times == 1):
        raise InputError(f"{what}: every {every!r} with times {times}; allowed: both, times 2 or more, or neither")
    interval = 0.0 if every is None else positive(every, "h", f"{what}, every")
    return [first + place * interval for place in range(int(times))]


def spans(start: Given, end: Given, every: Given | None, times: Any, what: str) -> list[tuple[float, float]]:
    """List the starts and ends of something that lasts, once or repeatedly.

    Parameters
    ----------
    start, end : str or float
        Of the first; a number is in h.
    every, times, what
        As in `starts`.

    Returns
    -------
    list of tuple of float
        Start and end of each [h].

    Raises
    ------
    InputError
        When it would end before it starts.

    Examples
    --------
    >>> spans("0 h", "6 h", "1 d", 2, "input evidence")
    [(0.0, 6.0), (24.0, 30.0)]
    """
    first = starts(start, every, times, what)
    length = quantity(end, "h", f"{what}, end") - first[0]
    if length <= 0.0:
        raise InputError(f"{what}: end {end!r} is not after start {start!r}; allowed: start < end")
    return [(begin, begin + length) for begin in first]


def held_value(channel: str, value: Given) -> float:
    """Check an input channel and the value that it is to hold.

    Parameters
    ----------
    channel : str
        One of `plasticity.kernels.channels`.
    value : str or float
        A pure number.

    Returns
    -------
    float
        The value [1].

    Raises
    ------
    InputError
        When the channel is unknown, or the value is out of its bounds.

    Examples
    --------
    >>> held_value("cue", 1)
    1.0
    """
    known = channels()
    if channel not in known:
        raise unknown_name("input channel", str(channel), known)
    number = quantity(value, "1", f"input {channel}")
    if not known[channel].bound.holds(number):
        raise InputError(f"input {channel}: {value!r}; allowed: {known[channel].bound}")
    return number


def initial_value(name: str, value: object) -> float:
    """Check the value of a state at t = 0.

    Parameters
    ----------
    name : str
        The state; whether the model has it is checked by the model.
    value : float
        In the unit of the state.

    Returns
    -------
    float
        The value.

    Raises
    ------
    InputError
        When it is not a finite number.

    Examples
    --------
    >>> initial_value("permissiveness", 2)
    2.0
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"initial {name}: {value!r}; allowed: a finite number in the unit of the state")
    return float(value)
