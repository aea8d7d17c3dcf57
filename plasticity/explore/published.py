"""Published observations that fit a scenario: windows of its compounds, and plasma and acute effect after its dose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from plasticity.calibration.asked import asked
from plasticity.calibration.observed import Observation, rows
from plasticity.compound import load_compound
from plasticity.protocol import Dose, Protocol

PAIRS = {
    "Concentration": ("plasma_maxima", "_cmax", "plasma_times", "_tmax"),
    "Acute effect": ("acute_maxima", "_effect", "acute_times", "_effect_peak"),
}
"""Panels with published maxima, and the tables that hold their values and times, with the endings of their rows."""
NG_PER_ML = 1000.0
"""nM for each ng/mL, over the molecular weight in g/mol."""


@dataclass(frozen=True)
class SeenWindow:
    """When a window was seen open and seen closed.

    Attributes
    ----------
    compound : str
    open_until, closed_from : float
        [h] after the dose; `closed_from` is NaN where it was never seen closed.
    told : str
        Who, which dose, how well known, from where.

    Examples
    --------
    >>> seen_windows(["ketamine"])[0].open_until
    48.0
    """

    compound: str
    open_until: float
    closed_from: float
    told: str


@dataclass(frozen=True)
class SeenMaximum:
    """A published maximum, where it lies in a panel.

    Attributes
    ----------
    panel : str
    time : float
        [h]
    value, low, high : float
        In the unit of the panel; low and high are NaN where no interval was published.
    told : str

    Examples
    --------
    >>> SeenMaximum("Acute effect", 2.0, 73.0, 61.5, 84.7, "").time
    2.0
    """

    panel: str
    time: float
    value: float
    low: float
    high: float
    told: str


def seen_windows(compounds: Sequence[str]) -> list[SeenWindow]:
    """List what was seen of the windows of some compounds, in mice, whatever the dose.

    Parameters
    ----------
    compounds : sequence of str

    Returns
    -------
    list of SeenWindow

    Examples
    --------
    >>> seen_windows(["ketamine"])[0].told
    'mouse, 3 mg/kg: seen open on day 2, closed on day 7; Nardou2023 (verified_secondary (open), recalled (closed))'
    """
    found = []
    for row in _rows("critical_period_windows").values():
        if row.compound in compounds:
            closed = f"closed on day {row.high:g}" if np.isfinite(row.high) else "never seen closed"
            told = f"{row.species}, {row.dose}: seen open on day {row.low:g}, {closed}; {row.source} ({row.flag})"
            high = 24.0 * row.high if np.isfinite(row.high) else np.nan
            found.append(SeenWindow(row.compound, 24.0 * row.low, high, told))
    return found


def seen_maxima(protocol: Protocol) -> list[SeenMaximum]:
    """List published maxima after the very dose of a protocol with a single one.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    list of SeenMaximum
        Those with a published time; empty where there are several doses.

    Examples
    --------
    >>> for one in seen_maxima(Protocol().dose("psilocybin", "25 mg")):
    ...     print(one.panel, one.time, round(one.value, 1), round(one.low, 1), round(one.high, 1))
    Concentration 2.0 83.2 78.3 93.0
    Acute effect 2.0 73.0 61.3 84.7
    """
    if len(protocol.doses) != 1 or protocol.species != "human":
        return []
    given = protocol.doses[0]
    found = []
    for panel, (values, ending, times, other) in PAIRS.items():
        moments = {name.removesuffix(other): row for name, row in _rows(times).items() if name.endswith(other)}
        for name, row in _rows(values).items():
            at = moments.get(name.removesuffix(ending))
            if name.endswith(ending) and at is not None and row.modelled and _same(row, given):
                found.append(_maximum(panel, row, given.at + _middle(at)))
    return found


@cache
def _rows(table: str) -> dict[str, Observation]:
    return rows(table)


def _maximum(panel: str, row: Observation, time: float) -> SeenMaximum:
    scale, unit = 1.0, "%"
    if panel == "Concentration":
        scale = NG_PER_ML / load_compound(row.compound, row.species).numbers["molecular_weight"].value
        unit = "ng/mL"
    number = f"n = {row.n:g}; " if np.isfinite(row.n) else ""
    told = f"published maximum {_middle(row):g} {unit}, {row.dose} ({number}{row.source}, {row.flag})"
    return SeenMaximum(panel, time, scale * _middle(row), scale * row.low, scale * row.high, told)


def _middle(row: Observation) -> float:
    return row.value if np.isfinite(row.value) else 0.5 * (row.low + row.high)


def _same(row: Observation, given: Dose) -> bool:
    doses = _asked(row.modelled)
    return len(doses) == 1 and replace(doses[0], at=given.at, name=given.name, text=given.text) == given


@cache
def _asked(modelled: str) -> tuple[Dose, ...]:
    return asked(modelled, 1.0).doses
