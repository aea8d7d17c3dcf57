"""What a slider offers: the range of a dose, a time or a parameter, in a unit that people write it in."""

import math
import re
from dataclasses import dataclass
from typing import Any

from plasticity.compound import DOSE_UNITS, load_compound
from plasticity.explore.scenario import Scenario
from plasticity.sweeps.planning.knobs import knob
from plasticity.units import quantity, quantity_among
from plasticity.window import HOURS_PER_DAY

SPAN = 3.0
"""Doses reach this many times the usual one, or parameters without a declared range their value."""
PARTS = 120
_NUMBER = re.compile(r"\s*([-+.\deE]+)\s*(.*)")


@dataclass(frozen=True)
class Dial:
    """One quantity that a slider sets.

    Attributes
    ----------
    label : str
    start, end, step, value : float
        In `unit`; the value lies within the ends.
    unit : str
        As written after a number; empty for a pure number.
    text : str
        The value as it is written in the study.
    told : str
        What to know about it: its default, its flag, its source.

    Examples
    --------
    >>> Dial("Amount", 0.0, 75.0, 0.5, 25.0, "mg", "25 mg").written(12.5)
    '12.5 mg'
    """

    label: str
    start: float
    end: float
    step: float
    value: float
    unit: str
    text: str
    told: str = ""

    def written(self, value: float) -> str:
        """Write a place of the slider as the study writes it."""
        return f"{value:.6g} {self.unit}".strip()


def amount_dial(scenario: Scenario, place: int) -> Dial:
    """Give the dial of the amount of a dose.

    Parameters
    ----------
    scenario : Scenario
    place : int
        Of the dose.

    Returns
    -------
    Dial
        From nothing to three times the usual dose, or to what is given, in the unit of the usual dose.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "lsd", "amount": "0.2 mg"}]}})
    >>> dial = amount_dial(plan, 0)
    >>> dial.value, dial.end, dial.unit
    (200.0, 300.0, 'ug')
    """
    dose = scenario.doses[place]
    usual = load_compound(dose["compound"], scenario.species).reference.amount
    number, unit = _split(usual)
    (value, kind), (one, usual_kind) = (
        quantity_among(text, DOSE_UNITS, "dose") for text in (dose["amount"], f"1 {unit}")
    )
    if kind != usual_kind:
        number, unit = _split(dose["amount"])
        value = number
    else:
        value = float(f"{value / one:.12g}")
    return _dial("Amount", 0.0, max(SPAN * number, value), value, unit, dose["amount"], f"usual dose: {usual}")


def time_dial(scenario: Scenario, place: int) -> Dial:
    """Give the dial of the time of a dose, in days.

    Parameters
    ----------
    scenario : Scenario
    place : int
        Of the dose.

    Returns
    -------
    Dial

    Examples
    --------
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "lsd", "amount": "1 ug", "at": "7 d"}]}})
    >>> time_dial(plan, 0).value
    7.0
    """
    at = scenario.doses[place].get("at", "0 h")
    value = quantity(at, "h", "at") / HOURS_PER_DAY
    end = quantity(scenario.protocol.get("duration", "28 d"), "h", "duration") / HOURS_PER_DAY
    step = 0.25 if end > 4.0 else 1.0 / HOURS_PER_DAY
    return Dial("Time", 0.0, max(end, value), step, value, "d", at)


def parameters(scenario: Scenario) -> list[str]:
    """List the parameters that can be changed.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of str
        Sorted; those of compounds with the compound before a dot.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "lsd", "amount": "100 ug"}]}})
    >>> [name in parameters(plan) for name in ("brake_tau", "lsd.clearance", "mdma.clearance")]
    [True, True, False]
    """
    setting = scenario.setting
    return sorted(name for name in setting.numbers if setting.knows(name))


def parameter_dial(scenario: Scenario, name: str) -> Dial:
    """Give the dial of a parameter over its plausible range.

    Parameters
    ----------
    scenario : Scenario
    name : str

    Returns
    -------
    Dial

    Raises
    ------
    InputError
        If the scenario has no such parameter.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"duration": "2 d"}, "parameters": {"brake_tau": "7 d"}})
    >>> dial = parameter_dial(plan, "brake_tau")
    >>> dial.start, dial.value, dial.end, dial.unit, dial.text
    (105.0, 168.0, 195.0, 'h', '7 d')
    """
    setting = scenario.setting
    found = knob(name, [setting])
    value, unit = setting.numbers[name], found.units[0].removesuffix(" free")
    low, high = found.range or (value / SPAN, SPAN * value or 1.0)
    unit = "" if unit == "1" else unit
    default = found.attributes["default"]
    told = f"{found.label}; default {default:g} {unit}".rstrip() + f" ({found.attributes['flag']})"
    text = scenario.parameters.get(name, f"{value:.10g} {unit}".strip())
    return _dial(name, min(low, value), max(high, value), value, unit, text, told)


def _dial(label: str, start: float, end: float, value: float, unit: str, text: str, told: str) -> Dial:
    if not end > start:
        end = start + 1.0
    decade = 10.0 ** math.floor(math.log10((end - start) / PARTS))
    step = next(decade * digit for digit in (1.0, 2.0, 5.0, 10.0) if decade * digit * PARTS >= 0.999 * (end - start))
    return Dial(label, start, end, float(f"{step:.3g}"), value, unit, text, told)


def _split(text: str) -> tuple[float, str]:
    found: Any = _NUMBER.fullmatch(text)
    return float(found[1]), found[2]
