"""How high a function of time gets, when, and how long it stays near that: crossings narrowed to round-off."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Owners = NDArray[np.int64]
Function = Callable[[Floats], Floats]
Functions = Callable[[Floats, Owners], Floats]
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
    maximum, time, duration = extents(lambda times, _: function(times), [breakpoints], share=share, near=near)
    return float(maximum[0]), float(time[0]), float(duration[0])


def extents(
    functions: Functions, breakpoints: Sequence[Floats], *, share: float, near: float
) -> tuple[Floats, Floats, Floats]:
    """Find the extents of many functions with as many calls as one function takes.

    Parameters
    ----------
    functions : callable
        Values at an array of times, given which function each time is of, in ascending order.
    breakpoints : sequence of ndarray
        For each function as in `extent`.
    share, near : float
        As in `extent`.

    Returns
    -------
    maximum, time, duration : ndarray, shape (functions,)
        As `extent` gives them.

    Examples
    --------
    >>> steps = np.array([0.0, 2.0, 4.0])
    >>> found = extents(lambda t, i: (1.0 + i) * np.sin(t), [steps, steps], share=0.5, near=0.0)
    >>> found[0].round(9).tolist(), (found[2] / np.pi).round(9).tolist()
    ([1.0, 2.0], [0.666666667, 0.666666667])
    """
    times = [_grid(ends) for ends in breakpoints]
    values = _each(functions, times)
    good = [i for i, own in enumerate(values) if np.isfinite(own).all()]
    found = np.full((3, len(times)), np.nan)
    if not good:
        return found[0], found[1], found[2]

    (lower, upper, sign), owner = _joined([_bends(times[i], values[i], share) for i in good], good)
    turning = _turning_times(functions, owner, lower, upper, sign)
    turned = functions(turning, owner) if turning.size else turning
    for i in good:
        mine = owner == i
        times[i], order = np.unique(np.append(times[i], turning[mine]), return_index=True)
        values[i] = np.append(values[i], turned[mine])[order]

    (lower, upper, level, upward), owner = _joined([_cuts(times[i], values[i], share, near) for i in good], good)
    crossing = _crossing_times(functions, owner, lower, upper, level, upward > 0.0)
    for i in good:
        found[:, i] = _read(times[i], values[i], crossing[owner == i], share, near)
    return found[0], found[1], found[2]


def _grid(breakpoints: Floats) -> Floats:
    within = breakpoints[:-1, None] + np.diff(breakpoints)[:, None] * np.arange(8) / 8
    return np.append(within.ravel(), breakpoints[-1])


def _each(functions: Functions, times: Sequence[Floats]) -> list[Floats]:
    sizes = [own.size for own in times]
    whole = functions(np.concatenate(times), np.repeat(np.arange(len(times)), sizes))
    return np.split(whole, np.cumsum(sizes)[:-1])


def _joined(parts: Sequence[tuple[Floats, ...]], owners: Sequence[int]) -> tuple[list[Floats], Owners]:
    """Put what was found of each function one after the other, and say whose it is."""
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    return joined, np.repeat(np.array(owners), [part[0].size for part in parts])


def _bends(times: Floats, values: Floats, share: float) -> tuple[Floats, Floats, Floats]:
    """Brackets of the turning points that matter, with 1 for a maximum and -1 for a minimum."""
    rise = np.diff(values)
    bent = (rise[:-1] * rise[1:] <= 0) & (rise[:-1] != rise[1:]) & (values[1:-1] > share / 2 * values.max())
    turns = np.flatnonzero(bent) + 1
    return times[turns - 1], times[turns + 1], np.sign(rise[turns - 1] - rise[turns])


def _levels(values: Floats, share: float, near: float) -> tuple[float, float, float]:
    maximum = float(values.max())
    return maximum, maximum - near * abs(maximum), share * max(maximum, 0.0)


def _cuts(times: Floats, values: Floats, share: float, near: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Brackets of the crossings of the share, then that of the summit: ends, level, and 1 where it is upward."""
    _, summit, level = _levels(values, share, near)
    above = values > level
    cut = np.flatnonzero(above[:-1] != above[1:])
    left = np.append(cut, max(int(np.argmax(values >= summit)) - 1, 0))
    upward = np.append(above[cut + 1], True)
    return times[left], times[left + 1], np.append(np.full(cut.size, level), summit), upward.astype(float)


def _read(times: Floats, values: Floats, crossing: Floats, share: float, near: float) -> tuple[float, float, float]:
    maximum, summit, level = _levels(values, share, near)
    above = values > level
    cut = np.flatnonzero(above[:-1] != above[1:])
    length = np.diff(times) * (above[:-1] & above[1:])
    length[cut] = np.where(above[cut], crossing[:-1] - times[cut], times[cut + 1] - crossing[:-1])
    time = times[0] if values[0] >= summit else crossing[-1]
    return maximum, float(time), float(length.sum())


def _turning_times(functions: Functions, owner: Owners, lower: Floats, upper: Floats, sign: Floats) -> Floats:
    """Time of the maximum (sign 1) or minimum (sign -1) in every bracket."""
    for _ in range(ROUNDS if lower.size else 0):
        times, values = _sampled(functions, owner, lower, upper)
        row, best = np.arange(lower.size), np.argmax(sign[:, None] * values, axis=1)
        lower, upper = times[row, np.maximum(best - 1, 0)], times[row, np.minimum(best + 1, SECTIONS)]
    return (lower + upper) / 2.0


def _crossing_times(
    functions: Functions, owner: Owners, lower: Floats, upper: Floats, level: Floats, upward: NDArray[np.bool_]
) -> Floats:
    """Time at which the function crosses the level of every bracket, in a direction that is known."""
    for _ in range(ROUNDS):
        times, values = _sampled(functions, owner, lower, upper)
        crossed = (values > level[:, None]) == upward[:, None]
        crossed[:, -1] = True
        row, first = np.arange(lower.size), np.argmax(crossed[:, 1:], axis=1) + 1
        lower, upper = times[row, first - 1], times[row, first]
    return (lower + upper) / 2.0


def _sampled(functions: Functions, owner: Owners, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Times and values at the ends of all sections of every bracket, shape (brackets, SECTIONS + 1)."""
    times = np.linspace(lower, upper, SECTIONS + 1, axis=-1)
    return times, functions(times.ravel(), np.repeat(owner, SECTIONS + 1)).reshape(times.shape)
