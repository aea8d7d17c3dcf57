"""Doses and inputs as plain records, and the events in time that they become."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from plasticity.compound import DOSE_UNITS, Compound
from plasticity.errors import InputError
from plasticity.kernels import channels
from plasticity.units import quantity_among, written

Numbers = Callable[[str, str], float]


@dataclass(frozen=True)
class Dose:
    """One dose of one compound.

    Attributes
    ----------
    compound : str
        Its name.
    amount : float
        Active moiety before bioavailability [nmol].
    at : float
        Time of administration, or of the start of an infusion [h].
    route : str
        One of `plasticity.compound.ROUTES`.
    form : str
        Salt or prodrug that a mass refers to.
    over : float or None
        Length of an infusion [h].
    name : str or None
        What a sweep calls it.
    text : str
        The amount as it was given.
    row : int
        Which entry of the protocol it comes from: the doses of ``every`` and ``times`` share one.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> Protocol().dose("lsd", "100 ug").doses[0].route
    'oral'
    """

    compound: str
    amount: float
    at: float
    route: str
    form: str
    over: float | None
    name: str | None
    text: str
    row: int = field(default=0, compare=False)

    def plain(self) -> dict[str, str]:
        """The dose as plain data with canonical units; parts that it lacks are left out."""
        amount = written(*quantity_among(self.text, DOSE_UNITS, f"dose of {self.compound}"))
        parts = {"compound": self.compound, "amount": amount, "at": written(self.at, "h")}
        parts |= {"route": self.route, "form": self.form}
        parts |= {} if self.over is None else {"over": written(self.over, "h")}
        return parts if self.name is None else {**parts, "name": self.name}


@dataclass(frozen=True)
class InputRecord:
    """One input held at a value for a while.

    Attributes
    ----------
    channel : str
        One of `plasticity.kernels.channels`.
    start, end : float
        It holds while start <= t < end [h].
    value : float
        The value [1].

    Examples
    --------
    >>> InputRecord("cue", 24.0, 24.01, 1.0).channel
    'cue'
    """

    channel: str
    start: float
    end: float
    value: float

    def plain(self) -> dict[str, str | float]:
        """The record as plain data with canonical units."""
        times = {"start": written(self.start, "h"), "end": written(self.end, "h")}
        return {"channel": self.channel, **times, "value": self.value}


@dataclass(frozen=True)
class Event:
    """One instant at which the integration stops and something jumps.

    Attributes
    ----------
    time : float
        When [h]; values at this time are those after the event.
    kind : str
        ``"add"`` to a state, or ``"set"`` an input.
    compound : str or None
        Whose state or input it is; None for an input of the whole model.
    name : str
        State (``gut``, ``central``, ``metabolite_gut``) [nmol], input ``infusion`` [nmol/h] or a channel [1].
    value : float
        What is added, or the new value.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.protocol import Protocol
    >>> plan = Protocol().dose("dmt", "18.827 mg")
    >>> plan.events(lambda compound, name: load_compound(compound).numbers[name].value)
    (Event(time=0.0, kind='add', compound='dmt', name='central', value=100000.0),)
    """

    time: float
    kind: Literal["add", "set"]
    compound: str | None
    name: str
    value: float


def dose_events(doses: Iterable[Dose], compounds: Sequence[Compound], numbers: Numbers) -> list[Event]:
    """What enters the gut or the circulation at once.

    Parameters
    ----------
    doses : iterable of Dose
        Infusions among them are left to `infusion_events`.
    compounds : sequence of Compound
        Those of the doses.
    numbers : callable
        ``numbers(compound, parameter)`` gives the value in force, overrides included.

    Returns
    -------
    list of Event
        In the order of the doses.

    Raises
    ------
    InputError
        When the values in force would create drug from nothing, or have it absorbed before it is given.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.protocol import Protocol
    >>> plan = Protocol().dose("ketanserin", "39.543 mg")
    >>> force = {"absorption_lag": 0.5, "bioavailability": 0.4}
    >>> dose_events(plan.doses, plan.compounds, lambda compound, name: force[name])
    [Event(time=0.5, kind='add', compound='ketanserin', name='gut', value=40000.0)]
    """
    known = {compound.name: compound for compound in compounds}
    events = []
    for dose in doses:
        if dose.route == "iv_bolus":
            events.append(Event(dose.at, "add", dose.compound, "central", dose.amount))
        elif dose.route in ("oral", "intraperitoneal"):
            lag, shares = _absorption(known[dose.compound], numbers)
            for state, share in shares.items():
                events.append(Event(dose.at + lag, "add", dose.compound, state, share * dose.amount))
    return events


def infusion_events(doses: Iterable[Dose]) -> list[Event]:
    """The steps of the total infusion rate of each compound.

    Parameters
    ----------
    doses : iterable of Dose
        Those without a length are left to `dose_events`.

    Returns
    -------
    list of Event
        A new total rate [nmol/h] at every start and end; exactly 0 when no infusion is left.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> plan = Protocol().dose("dmt", "1 umol", over="1 h").dose("dmt", "1 umol", at="30 min", over="1 h")
    >>> [(event.time, event.value) for event in infusion_events(plan.doses)]
    [(0.0, 1000.0), (0.5, 2000.0), (1.0, 1000.0), (1.5, 0.0)]
    """
    running: dict[str, list[tuple[float, float, float]]] = {}
    for dose in doses:
        if dose.over is not None:
            spans = running.setdefault(dose.compound, [])
            spans.append((dose.at, dose.at + dose.over, dose.amount / dose.over))
    events = []
    for compound, spans in running.items():
        for time in sorted({edge for start, end, _ in spans for edge in (start, end)}):
            total = math.fsum(rate for start, end, rate in spans if start <= time < end)
            events.append(Event(time, "set", compound, "infusion", total))
    return events


def input_events(records: Sequence[InputRecord]) -> list[Event]:
    """The steps of every input channel; of two records that overlap, the later in the sequence holds.

    Parameters
    ----------
    records : sequence of InputRecord
        In any order of time.

    Returns
    -------
    list of Event
        The value [1] at every start and end of a record; the channel's default where none holds.

    Examples
    --------
    >>> records = [InputRecord("evidence", 0.0, 6.0, 1.0), InputRecord("evidence", 2.0, 3.0, 0.5)]
    >>> [(event.time, event.value) for event in input_events(records)]
    [(0.0, 1.0), (2.0, 0.5), (3.0, 1.0), (6.0, 0.0)]
    """
    events = []
    for channel, declared in channels().items():
        own = [record for record in records if record.channel == channel]
        for time in sorted({edge for record in own for edge in (record.start, record.end)}):
            held = [record.value for record in own if record.start <= time < record.end]
            events.append(Event(time, "set", None, channel, held[-1] if held else declared.default))
    return events


def absorption(compound: Compound, numbers: Callable[[str, str], Any]) -> tuple[Any, dict[str, Any], Any]:
    """Give the lag of a dose that is absorbed, and the share of it that enters each state.

    Parameters
    ----------
    compound : Compound
    numbers : callable
        ``numbers(compound, parameter)`` gives the value in force, or an array of them.

    Returns
    -------
    lag : float or ndarray
        [h]
    shares : dict of str to float or ndarray
        By state [1].
    sound : bool or ndarray of bool
        Whether the lag is no less than 0 and the shares make no drug out of nothing.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> absorption(load_compound("lsd"), lambda compound, name: {"absorption_lag": 0.1, "bioavailability": 0.8}[name])
    (0.1, {'gut': 0.8}, True)
    """
    lag = numbers(compound.name, "absorption_lag")
    shares = {"gut": numbers(compound.name, "bioavailability")}
    if "metabolite_gut" in compound.states:
        shares["metabolite_gut"] = numbers(compound.name, "presystemic_fraction")
    sound = (lag >= 0.0) & (lag < math.inf) & (sum(shares.values()) <= 1.0 + 1e-12)  # 0.55 + 0.45 exceeds 1 by rounding
    for share in shares.values():
        sound = sound & (share >= 0.0)
    return lag, shares, sound


def _absorption(compound: Compound, numbers: Numbers) -> tuple[float, dict[str, float]]:
    lag, shares, sound = absorption(compound, numbers)
    if not np.all(sound):
        low, total = np.min(lag), np.max(sum(shares.values()))
        if not 0.0 <= low < math.inf:
            raise InputError(f"{compound.name}.absorption_lag: {low:g} h; allowed: 0 h or more")
        parts = " + ".join(["bioavailability", "presystemic_fraction"][: len(shares)])
        raise InputError(f"{compound.name}: {parts} is {total:g}; allowed: each 0 or more, 1 at most in all")
    return lag, shares
