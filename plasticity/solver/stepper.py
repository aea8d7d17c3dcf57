"""The stepping loop: many trajectories at once, each in its own lane with its own step, by a Rosenbrock method.

This file is complete for one trivial problem (decay), between the two marks below. A compiled model is this very text
with that section replaced by its own equations, so that everything is constant offsets into one flat workspace and
every loop over lanes can run on vector registers.
"""

import numpy as np
from numba import njit

from plasticity.solver.elementary import exp, log, power, sigmoid, softplus, sqrt  # noqa: F401

PLAIN = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}

# <problem>
STATES = 1
INPUTS = 0
PARAMETERS = 1
LANES = 8
TIMED = False
PROBED = False
STATE = 0
STAGE = 8
VALUE = 16
INPUT = 24
PARAMETER = 24
CONSTANT = 32
ENTRY = 40
INVERSE = 48
TIME = 56
NOW = 64
RECIPROCAL = 72
COUPLED = 80
TOLERANCE = 88
NORM = 96
GROWTH = 104
DRIFT = 112
SLOPE = 112
SIZE = 120


@njit(**PLAIN)
def prepare(w):
    """Everything that depends on the parameters alone."""
    for l in range(LANES):
        w[32 + l] = -w[24 + l]


@njit(**PLAIN)
def rates(w):
    """Rates of the stage values."""
    for l in range(LANES):
        w[16 + l] = w[32 + l] * w[8 + l]


@njit(**PLAIN)
def factor(w):
    """LU factors of I / (h gamma) - J at the state."""
    for l in range(LANES):
        w[40 + l] = 1.0 / (w[48 + l] - w[32 + l])


@njit(**PLAIN)
def solve(w):
    """Solve with the factors, in place."""
    for l in range(LANES):
        w[16 + l] = w[16 + l] * w[40 + l]


# </problem>
WIDTH = STATES * LANES

# <method>
STAGES = 1
ORDER = 1
GAMMA = 1.0
H = np.zeros((3, 1))
NODES = np.zeros(1)
TIME_WEIGHTS = np.ones(1)


@njit(**PLAIN)
def combine(w, i):
    """Sum the slopes so far: values of stage `i` or, after the last, of the step; and what its rates gain, times h."""
    for e in range(WIDTH):
        if i == 0:
            w[STAGE + e] = w[STATE + e]
        else:
            w[STAGE + e] = w[STATE + e] + w[SLOPE + e]


# </method>

REACHED_END = 0
STEP_LIMIT = -1
NOT_FINITE = -2
STEP_TOO_SMALL = -3
STIFF = -9
RECORD_FULL = -10
STIFF_STEPS = 15
SAFETY = 0.9
SHRINK = 0.2
GROW = 6.0


# <step>
@njit(**PLAIN)
def attempt(w, time, h, latest):
    """Take one step in every lane; the new values are left in STAGE, the error estimate in the last slope."""
    for l in range(LANES):
        w[INVERSE + l] = 1.0 / (h[l] * GAMMA)
        w[NOW + l] = time[l]
        for s in range(STATES):
            w[RECIPROCAL + s * LANES + l] = 1.0 / h[l]
    factor(w)
    for i in range(STAGES):
        for l in range(LANES):
            w[TIME + l] = min(time[l] + NODES[i] * h[l], latest[l])
        combine(w, i)
        rates(w)
        if i > 0:
            for e in range(WIDTH):
                w[VALUE + e] += w[COUPLED + e] * w[RECIPROCAL + e]
        if TIMED:
            for s in range(STATES):
                for l in range(LANES):
                    w[VALUE + s * LANES + l] += TIME_WEIGHTS[i] * h[l] * w[DRIFT + s * LANES + l]
        solve(w)
        for e in range(WIDTH):
            w[SLOPE + i * WIDTH + e] = w[VALUE + e]
    combine(w, i + 1)
    if PROBED:
        probe(w, time, h, latest)


@njit(**PLAIN)
def probe(w, time, h, latest):
    """Leave in VALUE the error of the step's polynomial at mid-step: its defect, filtered by the factors of the step.

    A stiff state that follows a drive is right at both ends of a step of any length: the last slope is blind to it.
    """
    for e in range(WIDTH):
        middle = 0.5 * (w[STATE + e] + w[STAGE + e])
        for i in range(STAGES):
            middle += (0.25 * H[0, i] + 0.125 * H[1, i] + 0.0625 * H[2, i]) * w[SLOPE + i * WIDTH + e]
        w[STAGE + e] = middle
    for l in range(LANES):
        w[TIME + l] = min(time[l] + 0.5 * h[l], latest[l])
    rates(w)
    combine(w, i + 1)
    for e in range(WIDTH):
        rise = w[STAGE + e] - w[STATE + e]
        for i in range(STAGES):
            rise += 0.25 * (H[1, i] + H[2, i]) * w[SLOPE + i * WIDTH + e]
        w[VALUE + e] -= rise * w[RECIPROCAL + e]
    solve(w)


@njit(**PLAIN)
def estimate(w, s, l):
    """Error estimate of one state in one lane: the last slope, or the error at mid-step where that is larger."""
    last = w[SLOPE + (STAGES - 1) * WIDTH + s * LANES + l]
    if not PROBED:
        return last
    middle = w[VALUE + s * LANES + l]
    return last if abs(last) >= abs(middle) else middle  # the middle too where it is no number


@njit(**PLAIN)
def polynomial(w, s, h, into):
    """Polynomial of the step for one state in every lane, in powers of the fraction of the step."""
    before = w[STATE + s * LANES : STATE + (s + 1) * LANES]
    after = w[STAGE + s * LANES : STAGE + (s + 1) * LANES]
    slopes = w[SLOPE + s * LANES :]
    for l in range(LANES):
        old = before[l]
        new = after[l]
        first = 0.0
        second = 0.0
        third = 0.0
        for i in range(STAGES):
            slope = slopes[i * WIDTH + l]
            first += H[0, i] * slope
            second += H[1, i] * slope
            third += H[2, i] * slope
        into[0, l] = old
        into[1, l] = new - old + first
        into[2, l] = second - first
        into[3, l] = third - second
        into[4, l] = -third


@njit(**PLAIN)
def stiff(w, l, h):
    """No step of this method is limited by stability."""
    return False


# </step>


@njit(**PLAIN)
def assess(w, rtol):
    """Leave in NORM the RMS of error over tolerance, not finite where the step is not; in GROWTH the next step."""
    for l in range(LANES):
        w[NORM + l] = 0.0
    for s in range(STATES):
        for l in range(LANES):
            old = w[STATE + s * LANES + l]
            new = w[STAGE + s * LANES + l]
            ratio = estimate(w, s, l) / (w[TOLERANCE + s * LANES + l] + rtol * max(abs(old), abs(new)))
            w[NORM + l] += ratio * ratio + 0.0 * new
    for l in range(LANES):
        w[NORM + l] = sqrt(w[NORM + l] / STATES)
        w[GROWTH + l] = SAFETY * exp(log(min(max(w[NORM + l], 1e-10), 1e100)) * (-1.0 / ORDER))


@njit(**PLAIN)
def starting_step(w, l, left, rtol):
    """Step that changes the state by a hundredth of itself, or by ten times the tolerance where that is more.

    All that is left where nothing moves; NaN if a rate is not finite.
    """
    size = 0.0
    speed = 0.0
    for s in range(STATES):
        value = w[STATE + s * LANES + l]
        scale = w[TOLERANCE + s * LANES + l] + rtol * abs(value)
        size += (value / scale) ** 2
        speed += (w[VALUE + s * LANES + l] / scale) ** 2
    if not np.isfinite(speed):
        return np.nan
    if speed * left * left <= 1e-8 * size or speed == 0.0:
        return left
    return min(left, np.sqrt(max(1e-4 * size, 100.0) / speed))


@njit(**PLAIN)
def settle(w, l, time, cursor, last, event_time, event_slot, event_value):
    """Apply the events that are due: amounts added to states, values set on inputs. Returns the next event."""
    while cursor < last and event_time[cursor] <= time:
        slot = event_slot[cursor]
        if slot < STATES:
            w[STATE + slot * LANES + l] += event_value[cursor]
        else:
            w[INPUT + (slot - STATES) * LANES + l] = event_value[cursor]
        cursor += 1
    return cursor


@njit(**PLAIN)
def load(w, l, y, u, p, atol):
    """Put one member into a lane."""
    for s in range(STATES):
        w[STATE + s * LANES + l] = y[s]
        w[TOLERANCE + s * LANES + l] = atol[s]
    for s in range(INPUTS):
        w[INPUT + s * LANES + l] = u[s]
    for s in range(PARAMETERS):
        w[PARAMETER + s * LANES + l] = p[s]


@njit(cache=True, nogil=True, **PLAIN)
def integrate(
    start, end, y, u, p, event_from, event_time, event_slot, event_value,
    rtol, atol, longest, step_limit, watched, record_time, record, status, steps, rejected, reached,
):  # fmt: skip
    """Integrate every member of an ensemble from `start` to `end`.

    Shapes: y (n, states), u (n, inputs), p (n, parameters), event_from (n + 1,), events (all,), atol (n, states),
    watched (k,), record_time (n, room + 1), record (n, room, k, 5), status, steps, rejected (n,), reached (n,).
    `y` holds the values at the end afterwards, `u` the inputs.
    """
    members = y.shape[0]
    room = record.shape[1]
    room_for_line = np.zeros(SIZE + 8)
    misplaced = (room_for_line.ctypes.data // 8) % 8
    w = room_for_line[(8 - misplaced) % 8 :][:SIZE]  # a vector never crosses a line of the cache
    pieces = np.zeros((watched.size, 5, LANES))
    member, cursor, limited = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    fresh, grows = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    time, target, latest = np.zeros(LANES), np.zeros(LANES), np.zeros(LANES)
    wanted, h = np.zeros(LANES), np.zeros(LANES)
    waiting = running = 0
    for l in range(LANES):
        m = min(l, members - 1)
        load(w, l, y[m], u[m], p[m], atol[m])
        member[l] = -1
    while True:
        loaded = False
        for l in range(LANES):
            if member[l] < 0 and waiting < members:
                m = waiting
                waiting += 1
                running += 1
                loaded = True
                member[l] = m
                load(w, l, y[m], u[m], p[m], atol[m])
                time[l] = start
                cursor[l] = settle(w, l, start, event_from[m], event_from[m + 1], event_time, event_slot, event_value)
                fresh[l] = 1
                limited[l] = 0
                record_time[m, 0] = start
                steps[m] = 0
                rejected[m] = 0
                status[m] = REACHED_END
        if loaded:
            prepare(w)
        if running == 0:
            return
        starting = 0
        for l in range(LANES):
            starting += fresh[l] if member[l] >= 0 else 0
        if starting > 0:
            for e in range(WIDTH):
                w[STAGE + e] = w[STATE + e]
            for l in range(LANES):
                w[TIME + l] = time[l]
            rates(w)
        for l in range(LANES):
            m = member[l]
            if m < 0:
                h[l] = 1.0
                continue
            if fresh[l]:
                following = event_from[m + 1]
                target[l] = min(end, event_time[cursor[l]]) if cursor[l] < following else end
                latest[l] = np.nextafter(target[l], start)
                wanted[l] = starting_step(w, l, target[l] - time[l], rtol)
                if wanted[l] < 1e-14 * abs(time[l]):  # a step that time can resolve
                    wanted[l] = min(1e-14 * abs(time[l]), target[l] - time[l])
                fresh[l] = 0
                grows[l] = 1
            left = target[l] - time[l]
            h[l] = min(wanted[l], longest)
            if h[l] >= left * 0.999999:
                h[l] = left
            elif h[l] > 0.5 * left:
                h[l] = 0.5 * left
        attempt(w, time, h, latest)
        assess(w, rtol)
        if room > 0:
            for k in range(watched.size):
                polynomial(w, watched[k], h, pieces[k])
        for l in range(LANES):
            m = member[l]
            if m < 0:
                continue
            outcome = 1
            error = w[NORM + l]
            if not np.isfinite(wanted[l]):
                outcome = NOT_FINITE
            elif not error <= 1.0:
                rejected[m] += 1
                wanted[l] = h[l] * (max(SHRINK, w[GROWTH + l]) if np.isfinite(error) else SHRINK)
                grows[l] = 0
                if wanted[l] <= 4e-16 * max(abs(time[l]), abs(target[l])):
                    outcome = STEP_TOO_SMALL if np.isfinite(error) else NOT_FINITE
            else:
                if room > 0:
                    if steps[m] < room:
                        for k in range(watched.size):
                            for r in range(5):
                                record[m, steps[m], k, r] = pieces[k, r, l]
                    else:
                        outcome = RECORD_FULL
                limited[l] = limited[l] + 1 if stiff(w, l, h[l]) else max(limited[l] - 1, 0)
                if limited[l] >= STIFF_STEPS:
                    outcome = STIFF
                scale = min(GROW, w[GROWTH + l])
                if not grows[l]:
                    scale = min(scale, 1.0)
                wanted[l] = max(h[l] * scale, min(wanted[l], h[l]) * SHRINK)
                grows[l] = 1
                before = time[l]
                time[l] = target[l] if h[l] == target[l] - time[l] else time[l] + h[l]
                if time[l] == before:
                    outcome = STEP_TOO_SMALL
                if outcome != RECORD_FULL and outcome != STEP_TOO_SMALL:
                    steps[m] += 1
                    if room > 0:
                        record_time[m, steps[m]] = time[l]
                for s in range(STATES):
                    w[STATE + s * LANES + l] = w[STAGE + s * LANES + l]
                if time[l] >= target[l]:
                    cursor[l] = settle(w, l, time[l], cursor[l], event_from[m + 1], event_time, event_slot, event_value)
                    fresh[l] = 1
                    if time[l] >= end:
                        outcome = REACHED_END if outcome == 1 else outcome
            if outcome == 1 and steps[m] + rejected[m] >= step_limit:
                outcome = STEP_LIMIT
            if outcome != 1:
                status[m] = outcome
                reached[m] = time[l]
                for s in range(STATES):
                    y[m, s] = w[STATE + s * LANES + l]
                for s in range(INPUTS):
                    u[m, s] = w[INPUT + s * LANES + l]
                member[l] = -1
                running -= 1
