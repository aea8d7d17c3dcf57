"""When a recorded quantity runs below a level, with hysteresis: compiled, exact on the steps' polynomials.

Roots are isolated by the signs of Bernstein coefficients, in whose hull a polynomial lies (Farouki 2012,
doi:10.1016/j.cagd.2012.03.001), and by halving, so that an excursion shorter than a step cannot be missed.
"""

import numpy as np
from numba import njit

FIELDS = ("start", "end", "lowest", "time_of_lowest", "area")
"""What is known of an excursion: its end is NaN if it lasts; the area is that below the upper level."""
START, END, LOWEST, TIME_OF_LOWEST, AREA = range(5)
COMPILED = {"cache": True, "nogil": True, "error_model": "numpy"}
INLINED = {"cache": True, "forceinline": True, "error_model": "numpy"}
FINE = 1e-15
DEEP = 64


@njit(**COMPILED)
def _value(c, s):
    """Value of the polynomial."""
    return c[0] + s * (c[1] + s * (c[2] + s * (c[3] + s * c[4])))


@njit(**COMPILED)
def _bernstein(c, sign, level, start, room):
    """Bernstein coefficients of `sign` times the polynomial, less `level`, on the interval from `start` to 1: row 0."""
    s = start
    width = 1.0 - s
    p0 = sign * _value(c, s) - level
    p1 = sign * width * (c[1] + s * (2.0 * c[2] + s * (3.0 * c[3] + s * 4.0 * c[4])))
    p2 = sign * width**2 * (c[2] + s * (3.0 * c[3] + s * 6.0 * c[4]))
    p3 = sign * width**3 * (c[3] + s * 4.0 * c[4])
    room[0, 0] = p0
    room[0, 1] = p0 + p1 / 4.0
    room[0, 2] = p0 + p1 / 2.0 + p2 / 6.0
    room[0, 3] = p0 + 0.75 * p1 + 0.5 * p2 + p3 / 4.0
    room[0, 4] = p0 + p1 + p2 + p3 + sign * width**4 * c[4]


@njit(**COMPILED)
def _only_root(c, sign, level, above, below):
    """Where `sign` times the polynomial falls through `level`, once between two fractions: Newton, kept inside."""
    s = 0.5 * (above + below)
    rounding = 1e-16 * (abs(level) + abs(c[0]) + abs(c[1]) + abs(c[2]) + abs(c[3]) + abs(c[4]))
    for _ in range(60):
        gap = sign * _value(c, s) - level
        slope = sign * (c[1] + s * (2.0 * c[2] + s * (3.0 * c[3] + s * 4.0 * c[4])))
        if abs(gap) <= rounding and slope < 0.0:  # it falls: just beyond the root
            return s if gap <= 0.0 else min(s - 2.0 * rounding / slope, below)
        if gap > 0.0:
            above = s
        else:
            below = s
        step = gap / slope if slope != 0.0 else np.inf
        new = s - step
        if not above < new < below:
            new = 0.5 * (above + below)
        if abs(new - s) <= 2e-16 or below - above <= FINE:
            return new
        s = new
    return s


@njit(**INLINED)
def _put(room, row, b0, b1, b2, b3, b4, low, width):
    """Fill a row: coefficients and their interval."""
    room[row, 0], room[row, 1], room[row, 2], room[row, 3], room[row, 4] = b0, b1, b2, b3, b4
    room[row, 5], room[row, 6] = low, width


@njit(**COMPILED)
def first_at_most(c, sign, level, start, room):
    """Smallest fraction from `start` to 1 at which `sign` times the polynomial is `level` or less.

    Parameters
    ----------
    c : ndarray, shape (5,)
        Coefficients in ascending powers of the fraction.
    sign : float
        1 or -1.
    level, start : float
    room : ndarray, shape (`DEEP` + 1, 7)
        Scratch.

    Returns
    -------
    float
        The fraction, or 2 where there is none.

    Examples
    --------
    >>> float(first_at_most(np.array([1.0, -2.0, 0.0, 0.0, 0.0]), 1.0, 0.0, 0.0, np.empty((DEEP + 1, 7))))
    0.5
    """
    _bernstein(c, sign, level, start, room)
    room[0, 5] = start
    room[0, 6] = 1.0 - start
    top = 1
    while top > 0:
        top -= 1
        b0, b1, b2, b3, b4 = room[top, 0], room[top, 1], room[top, 2], room[top, 3], room[top, 4]
        low = room[top, 5]
        width = room[top, 6]
        if min(b0, b1, b2, b3, b4) > 0.0:
            continue
        if b0 <= 0.0:
            return low
        if width < FINE or top + 2 >= DEEP:
            return low + width
        if b4 < 0.0:
            signs = (b0 > 0.0, b1 > 0.0, b2 > 0.0, b3 > 0.0, b4 > 0.0)
            changes = 0
            for m in range(4):
                changes += signs[m] != signs[m + 1]
            if changes == 1:
                return _only_root(c, sign, level, low, low + width)
        a1, a2, a3, a4 = 0.5 * (b0 + b1), 0.5 * (b1 + b2), 0.5 * (b2 + b3), 0.5 * (b3 + b4)
        d2, d3, d4 = 0.5 * (a1 + a2), 0.5 * (a2 + a3), 0.5 * (a3 + a4)
        e3, e4 = 0.5 * (d2 + d3), 0.5 * (d3 + d4)
        middle = 0.5 * (e3 + e4)
        _put(room, top, middle, e4, d4, a4, b4, low + 0.5 * width, 0.5 * width)
        _put(room, top + 1, b0, a1, d2, e3, middle, low, 0.5 * width)
        top += 2
    return 2.0


@njit(**COMPILED)
def _lowest(c, start, end, best, room):
    """Smallest value between two fractions and where it is, if it is below `best`; else `best` and -1."""
    where = -1.0
    found = _value(c, start)
    if found < best:
        best = found
        where = start
    found = _value(c, end)
    if found < best:
        best = found
        where = end
    if abs(c[1]) >= 2.0 * abs(c[2]) + 3.0 * abs(c[3]) + 4.0 * abs(c[4]):  # it only rises, or only falls
        return best, where
    slope = room[DEEP]
    for m in range(4):
        slope[m] = (m + 1.0) * c[m + 1]
    slope[4] = 0.0
    s = start
    for _ in range(6):
        falls = _value(slope, s) < 0.0
        s = first_at_most(slope, -1.0 if falls else 1.0, 0.0, s if falls else s + 1e-13, room)
        if s >= end:
            break
        found = _value(c, s)
        if found < best:
            best = found
            where = s
    return best, where


@njit(**COMPILED)
def _integral(c, end):
    """Integral of the polynomial from 0 to a fraction."""
    return end * (c[0] + end * (c[1] / 2.0 + end * (c[2] / 3.0 + end * (c[3] / 4.0 + end * c[4] / 5.0))))


@njit(**COMPILED)
def _area_below(c, level, start, end):
    """Integral of ``level - value`` between two fractions, in units of the step."""
    return level * (end - start) - (_integral(c, end) - _integral(c, start))


@njit(**COMPILED)
def _positive_area_below(c, level, start, room):
    """Integral of the positive part of ``level - value`` from a fraction to the end of the step."""
    total = 0.0
    s = start
    skip = 1e-13
    while s < 1.0:
        enters = first_at_most(c, 1.0, level, s, room)
        if enters > 1.0:
            break
        leaves = min(first_at_most(c, -1.0, -level, enters + 1e-13, room), 1.0)
        total += _area_below(c, level, enters, leaves)
        s = max(leaves, s + skip)
        skip *= 2.0
    return total


@njit(**COMPILED)
def extremes(times, record, steps, watched, highest, lowest, integral):
    """Find the largest and the smallest value of every member's quantities, when they are reached, and the integral.

    Parameters
    ----------
    times : ndarray, shape (n, room + 1)
    record : ndarray, shape (n, room, k, 5)
    steps : ndarray of int, shape (n,)
    watched : ndarray of int, shape (m,)
        Numbers of the quantities among the k.
    highest, lowest : ndarray, shape (n, m, 2)
        Filled: the value and its time, the first one of several; infinite and NaN without a step.
    integral : ndarray, shape (n, m)
        Filled: the integral over time.

    Examples
    --------
    >>> dip = np.array([[[[1.0, -4.0, 4.0, 0.0, 0.0]]]])  # (1 - 2 s)^2 on a step from 0 to 8
    >>> highest, lowest, integral = np.empty((1, 1, 2)), np.empty((1, 1, 2)), np.empty((1, 1))
    >>> extremes(np.array([[0.0, 8.0]]), dip, np.array([1]), np.array([0]), highest, lowest, integral)
    >>> highest.tolist(), lowest.round(9).tolist(), integral.round(9).tolist()
    ([[[1.0, 0.0]]], [[[0.0, 4.0]]], [[2.666666667]])
    """
    room = np.empty((DEEP + 1, 7))
    mirrored = np.empty(5)
    for i in range(times.shape[0]):
        for m in range(watched.size):
            high = np.inf
            low = np.inf
            high_time = np.nan
            low_time = np.nan
            total = 0.0
            for piece in range(steps[i]):
                c = record[i, piece, watched[m]]
                start = times[i, piece]
                width = times[i, piece + 1] - start
                spread = abs(c[1]) + abs(c[2]) + abs(c[3]) + abs(c[4])
                if c[0] - spread < low:
                    low, where = _lowest(c, 0.0, 1.0, low, room)
                    if where >= 0.0:
                        low_time = start + where * width
                if -c[0] - spread < high:
                    for r in range(5):
                        mirrored[r] = -c[r]
                    high, where = _lowest(mirrored, 0.0, 1.0, high, room)
                    if where >= 0.0:
                        high_time = start + where * width
                total += width * _integral(c, 1.0)
            highest[i, m, 0] = -high
            highest[i, m, 1] = high_time
            lowest[i, m, 0] = low
            lowest[i, m, 1] = low_time
            integral[i, m] = total


@njit(**INLINED)
def _hull(record, i, piece, k):
    """Bounds of a piece, and whether it only falls or only rises: by its Bernstein coefficients."""
    c0, c1, c2 = record[i, piece, k, 0], record[i, piece, k, 1], record[i, piece, k, 2]
    c3, c4 = record[i, piece, k, 3], record[i, piece, k, 4]
    b1 = c0 + 0.25 * c1
    b2 = c0 + (0.5 * c1 + c2 / 6.0)
    b3 = c0 + (0.75 * c1 + 0.5 * c2 + 0.25 * c3)
    b4 = c0 + (c1 + (c2 + (c3 + c4)))
    below = min(min(min(c0, b1), min(b2, b3)), b4)
    above = max(max(max(c0, b1), max(b2, b3)), b4)
    falls = c0 >= b1 and b1 >= b2 and b2 >= b3 and b3 >= b4
    rises = c0 <= b1 and b1 <= b2 and b2 <= b3 and b3 <= b4
    return below, above, falls, rises


@njit(**INLINED)
def _end(record, i, piece, k):
    """Value at the end of a piece."""
    late = record[i, piece, k, 3] + record[i, piece, k, 4]
    return record[i, piece, k, 0] + (record[i, piece, k, 1] + (record[i, piece, k, 2] + late))


@njit(**INLINED)
def _mean(record, i, piece, k):
    """Mean of a piece."""
    late = record[i, piece, k, 3] / 4.0 + record[i, piece, k, 4] / 5.0
    return record[i, piece, k, 0] + (record[i, piece, k, 1] / 2.0 + (record[i, piece, k, 2] / 3.0 + late))


@njit(**COMPILED)
def excursions(times, record, steps, watched, low, high, merge, found, count, least):
    """Locate all excursions of every member.

    An excursion starts where the quantity falls to `low` and ends where it rises to `high`; excursions less than
    `merge` apart are one, and what lies below `high` between them belongs to its area.

    Parameters
    ----------
    times : ndarray, shape (n, room + 1)
    record : ndarray, shape (n, room, k, 5)
    steps : ndarray of int, shape (n,)
    watched : int
        Number of the quantity among the k.
    low, high, merge : ndarray, shape (n,)
    found : ndarray, shape (n, most, 5)
        Filled, in the order of `FIELDS`. Of more than `most` excursions the rest is counted but not kept.
    count : ndarray of int, shape (n,)
        Filled.
    least : ndarray, shape (n, 2)
        Filled: the smallest value of all, and its time.

    Examples
    --------
    >>> dip = np.array([[[[1.0, -4.0, 4.0, 0.0, 0.0]]]])  # (1 - 2 s)^2 on a step from 0 to 8
    >>> found, count, least = np.empty((1, 4, 5)), np.zeros(1, np.int64), np.empty((1, 2))
    >>> level = (np.array([0.25]), np.array([0.36]), np.array([0.0]))
    >>> excursions(np.array([[0.0, 8.0]]), dip, np.array([1]), 0, *level, found, count, least)
    >>> int(count[0]), found[0, 0, :4].round(9).tolist()
    (1, [2.0, 6.4, 0.0, 4.0])
    """
    most = found.shape[1]
    room = np.empty((DEEP + 1, 7))
    e, c = np.empty(5), np.empty(5)
    for i in range(times.shape[0]):
        count[i] = 0
        least[i, 0] = np.inf
        least[i, 1] = np.nan
        inside = False
        closed = -np.inf
        pending = 0.0
        for piece in range(steps[i]):
            start = times[i, piece]
            width = times[i, piece + 1] - start
            below, above, falls, rises = _hull(record, i, piece, watched)
            open_or_far = above < high[i] if inside else below > low[i] and start - closed >= merge[i]
            floor = max(least[i, 0], e[LOWEST]) if inside else least[i, 0]
            if open_or_far and (below >= floor or falls or rises):
                c0 = record[i, piece, watched, 0]
                end = _end(record, i, piece, watched)
                smallest = end if end < c0 else c0
                time = start + (width if end < c0 else 0.0 * width)
                if smallest < least[i, 0]:
                    least[i, 0] = smallest
                    least[i, 1] = time
                if inside:
                    if smallest < e[LOWEST]:
                        e[LOWEST] = smallest
                        e[TIME_OF_LOWEST] = time
                    e[AREA] += width * (high[i] - _mean(record, i, piece, watched))
                continue
            for r in range(5):
                c[r] = record[i, piece, watched, r]
            spread = abs(c[1]) + abs(c[2]) + abs(c[3]) + abs(c[4])
            if c[0] - spread < least[i, 0]:
                smallest, where = _lowest(c, 0.0, 1.0, least[i, 0], room)
                if where >= 0.0:
                    least[i, 0] = smallest
                    least[i, 1] = start + where * width
            s = 0.0
            while s <= 1.0:
                if not inside:
                    opens = first_at_most(c, 1.0, low[i], s, room) if c[0] - spread <= low[i] else 2.0
                    if start + s * width - closed < merge[i]:
                        pending += width * _positive_area_below(c, high[i], s, room)
                    if opens > 1.0:
                        break
                    if start + s * width - closed < merge[i]:
                        pending -= width * _positive_area_below(c, high[i], opens, room)
                    time = start + opens * width
                    if time - closed < merge[i]:
                        e[AREA] += pending
                    else:
                        count[i] += 1
                        e[START] = time
                        e[LOWEST] = np.inf
                        e[AREA] = 0.0
                    e[END] = np.nan
                    inside = True
                    s = opens
                ends = first_at_most(c, -1.0, -high[i], s, room) if c[0] + spread >= high[i] else 2.0
                until = min(ends, 1.0)
                e[AREA] += width * _area_below(c, high[i], s, until)
                if c[0] - spread < e[LOWEST]:
                    smallest, where = _lowest(c, s, until, e[LOWEST], room)
                    if where >= 0.0:
                        e[LOWEST] = smallest
                        e[TIME_OF_LOWEST] = start + where * width
                if ends <= 1.0:
                    inside = False
                    closed = start + ends * width
                    e[END] = closed
                    pending = 0.0
                    if count[i] <= most:
                        found[i, count[i] - 1] = e
                s = ends
        if inside and count[i] <= most:
            found[i, count[i] - 1] = e
