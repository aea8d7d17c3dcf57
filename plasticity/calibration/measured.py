"""Measured plasma concentrations, of many points at once: largest value, its time, and the terminal half-life."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.asked import asked
from plasticity.calibration.members import Point, concentrations
from plasticity.calibration.observed import Observation
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.protocol import Protocol

Floats = NDArray[np.float64]
QUANTITIES = ("plasma_maximum", "plasma_time_of_maximum", "plasma_half_life")
SHARES = (1.0 / 16.0, 1.0 / 64.0)
"""The half-life is that of the fall between these shares of the maximum, as in `plasticity.calibration.quantities`."""
HOURS = 48.0
STEP = 0.05


def measured(points: Sequence[Point], rows: Sequence[Observation], rtol: float) -> Floats:
    """Predict measured rows at many points.

    Parameters
    ----------
    points : sequence of mapping
        Overrides.
    rows : sequence of Observation
        Of quantities in `QUANTITIES`.
    rtol : float

    Returns
    -------
    ndarray, shape (points, rows)
        In the units of the rows.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> rows = chosen({"plasma_maxima": ["psilocybin_25mg_cmax"], "plasma_times": ["psilocybin_25mg_half_life"]})
    >>> measured([{}, {"psilocybin.volume_central": 600.0}], rows, 1e-6).round(2).tolist()
    [[17.33, 1.63], [16.2, 1.81]]
    """
    times = np.arange(0.0, HOURS + 0.5 * STEP, STEP)
    found = np.empty((len(points), len(rows)))
    for text in dict.fromkeys(row.modelled for row in rows):
        mine = [i for i, row in enumerate(rows) if row.modelled == text]
        course = concentrations(_plan(text), Model(), points, rows[mine[0]].compound, times, rtol)
        for i in mine:
            found[:, i] = _QUANTITY[rows[i].quantity](times, course)
    return found


@lru_cache
def _plan(text: str) -> Protocol:
    return asked(text, HOURS)


def measured_only(found: Sequence[Observation]) -> None:
    """Refuse rows that no ordinary likelihood can be made of.

    Parameters
    ----------
    found : sequence of Observation

    Raises
    ------
    InputError

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> measured_only(chosen({"plasma_times": ["psilocybin_25mg_tmax"]}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: row psilocybin_25mg_tmax of plasma_times: no standard error was published; ...
    """
    for row in found:
        told = f"row {row.id} of {row.table}"
        if row.quantity not in QUANTITIES or not row.modelled:
            raise InputError(f"{told} is a {row.quantity}; allowed for kinetics: {', '.join(QUANTITIES)}")
        if math.isnan(row.error):
            raise InputError(
                f"{told}: no standard error was published; allowed: rows with an interval of the mean or sd"
            )


def _summit(times: Floats, course: Floats) -> tuple[Floats, Floats]:
    """Time and height of the maximum, by the parabola through the three highest points."""
    at = np.clip(course.argmax(axis=1), 1, len(times) - 2)
    row = np.arange(len(course))
    before, top, after = (course[row, at + step] for step in (-1, 0, 1))
    bend = before - 2.0 * top + after
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend < 0.0, 0.5 * (before - after) / bend, 0.0)
    return times[at] + STEP * shift, top - 0.25 * (before - after) * shift


def _half_life(times: Floats, course: Floats) -> Floats:
    """From the times at which the logarithm has fallen to each share, between neighbouring points."""
    summit, height = _summit(times, course)
    reached = []
    for share in SHARES:
        below = (course < share * height[:, None]) & (times > summit[:, None])
        at = below.argmax(axis=1)
        row, some = np.arange(len(course)), below.any(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            high, low = np.log(course[row, at - 1]), np.log(course[row, at])
            time = times[at - 1] + STEP * (high - np.log(share * height)) / (high - low)
        reached.append(np.where(some, time, np.nan))
    return np.asarray((reached[1] - reached[0]) / 2.0)


_QUANTITY = {
    "plasma_maximum": lambda times, course: _summit(times, course)[1],
    "plasma_time_of_maximum": lambda times, course: _summit(times, course)[0],
    "plasma_half_life": _half_life,
}
