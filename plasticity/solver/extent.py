"""How high a function of time gets, when, and how long it stays near that: crossings narrowed to round-off."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
SECTIONS = 32
"""Into how many parts a bracket is cut at once: few calls with many times cost less than many calls with few."""
ROUNDS = 8
"""How often; a crossing is then known to 1e-12 of its bracket."""


def extent(function: Function, breakpoints: Floats, *, share: float, near: float) -> tuple[float, float, float]:
    """Maximum of a function, when it is reached, and how long the function exceeds a share of it.

    Turning points and crossings are bracketed on a grid of eight points a piece and then narrowed to round-off.

    Parameters
    ----------
    function : callable
        Values at an array of times, of the same shape; continuous, and smooth within every piece.
    breakpoints : ndarray, shape (n,)
        Ascending ends of the pieces.
    share : float
        Share of the maximum that is to be exceeded, 0 to 1.
    near : float
        How close to the maximum, relative, a time counts as a time of the maximum.

    Returns
    -------
    maximum, time, duration : float
        The largest value; the earliest time at which the function is near it; the total time above the share of it,
        0 if the function is never positive. All NaN if the function is not finite everywhere.

    Examples
    --------
    >>> maximum, time, duration = extent(np.sin, np.array([0.0, 2.0, 4.0]), share=0.5, near=0.0)
    >>> round(maximum, 9), round(duration / np.pi, 9)
    (1.0, 0.666666667)
    """
    within = breakpoints[:-1, None] + np.diff(breakpoints)[:, None] * np.arange(8) / 8
    times = np.append(within.ravel(), breakpoints[-1])
    values = function(times)
    if not np.isfinite(values).all():
        return np.nan, np.nan, np.nan

    rise = np.diff(values)
    bent = (rise[:-1] * rise[1:] <= 0) & (rise[:-1] != rise[1:]) & (values[1:-1] > share / 2 * values.max())
    turns = np.flatnonzero(bent) + 1
    turning = _turning_times(function, times[turns - 1], times[turns + 1], np.sign(rise[turns - 1] - rise[turns]))
    times, order = np.unique(np.append(times, turning), return_index=True)
    values = np.append(values, function(turning) if turning.size else turning)[order]

    maximum = float(values.max())
    summit, level = maximum - near * abs(maximum), share * max(maximum, 0.0)
    above = values > level
    cut = np.flatnonzero(above[:-1] != above[1:])
    before = max(int(np.argmax(values >= summit)) - 1, 0)
    left, levels = np.append(cut, before), np.append(np.full(cut.size, level), summit)
    crossing = _crossing_times(function, times[left], times[left + 1], levels, np.append(above[cut + 1], True))
    length = np.diff(times) * (above[:-1] & above[1:])
    length[cut] = np.where(above[cut], crossing[:-1] - times[cut], times[cut + 1] - crossing[:-1])
    time = times[0] if values[0] >= summit else crossing[-1]
    return maximum, float(time), float(length.sum())


def _turning_times(function: Function, lower: Floats, upper: Floats, sign: Floats) -> Floats:
    """Time of the maximum (sign 1) or minimum (sign -1) in every bracket."""
    for _ in range(ROUNDS if lower.size else 0):
        times, values = _sampled(function, lower, upper)
        row, best = np.arange(lower.size), np.argmax(sign[:, None] * values, axis=1)
        lower, upper = times[row, np.maximum(best - 1, 0)], times[row, np.minimum(best + 1, SECTIONS)]
    return (lower + upper) / 2.0


def _crossing_times(
    function: Function, lower: Floats, upper: Floats, level: Floats, upward: NDArray[np.bool_]
) -> Floats:
    """Time at which the function crosses the level of every bracket, in a direction that is known."""
    for _ in range(ROUNDS):
        times, values = _sampled(function, lower, upper)
        crossed = (values > level[:, None]) == upward[:, None]
        crossed[:, -1] = True
        row, first = np.arange(lower.size), np.argmax(crossed[:, 1:], axis=1) + 1
        lower, upper = times[row, first - 1], times[row, first]
    return (lower + upper) / 2.0


def _sampled(function: Function, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Times and values at the ends of all sections of every bracket, shape (brackets, SECTIONS + 1)."""
    times = np.linspace(lower, upper, SECTIONS + 1, axis=-1)
    return times, function(times.ravel()).reshape(times.shape)
