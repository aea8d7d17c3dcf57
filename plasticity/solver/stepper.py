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
NEXT = 72
TARGET = 80
LATEST = 88
WANTED = 96
STEP = 104
RECIPROCAL = 112
WEIGHT = 120
NORM = 128
RUNNING = 136
ACCEPTED = 144
GROWS = 152
COUPLED = 160
TOLERANCE = 168
DRIFT = 176
SLOPE = 176
SIZE = 184


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
    """Solve with the factors for the slope of a stage: its rates, and what they gain from earlier slopes, times h."""
    for l in range(LANES):
        w[16 + l] = (w[16 + l] + w[160 + l] * w[112 + l]) * w[40 + l]


@njit(forceinline=True, **PLAIN)
def squares(w, l, rtol):
    """Sum over the states of the squares of error over tolerance, in one lane."""
    return relative(w, 0, l, rtol)


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
    """Keep the last slope and sum those so far: values of stage `i`, at the end of the step; what its rates gain, times h."""
    for e in range(WIDTH):
        if i == 0:
            w[STAGE + e] = w[STATE + e]
            w[COUPLED + e] = 0.0
        else:
            w[SLOPE + e] = w[VALUE + e]
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
def attempt(w):
    """Take one step in every lane; the new values are left in STAGE, the error estimate in VALUE."""
    for l in range(LANES):
        w[INVERSE + l] = w[RECIPROCAL + l] * (1.0 / GAMMA)
    factor(w)
    for i in range(STAGES):
        combine(w, i)
        if TIMED:
            for l in range(LANES):
                w[TIME + l] = min(w[NOW + l] + NODES[i] * w[STEP + l], w[LATEST + l])
                w[WEIGHT + l] = TIME_WEIGHTS[i] * w[STEP + l]
        rates(w)
        solve(w)
    combine(w, STAGES)
    if PROBED:
        probe(w)


@njit(**PLAIN)
def probe(w):
    """Leave in VALUE the error of the step's polynomial at mid-step: its defect, filtered by the factors of the step.

    A stiff state that follows a drive is right at both ends of a step of any length: the last slope is blind to it.
    """
    for e in range(WIDTH):
        new = w[STAGE + e]
        middle = 0.5 * (w[STATE + e] + new)
        for i in range(STAGES):
            middle += (0.25 * H[0, i] + 0.125 * H[1, i] + 0.0625 * H[2, i]) * w[SLOPE + i * WIDTH + e]
        w[COUPLED + e] = new
        w[STAGE + e] = middle
    for l in range(LANES):
        w[TIME + l] = min(w[NOW + l] + 0.5 * w[STEP + l], w[LATEST + l])
        w[WEIGHT + l] = 0.0
    rates(w)
    for e in range(WIDTH):
        new = w[COUPLED + e]
        rise = new - w[STATE + e]
        for i in range(STAGES):
            rise += 0.25 * (H[1, i] + H[2, i]) * w[SLOPE + i * WIDTH + e]
        w[STAGE + e] = new
        w[COUPLED + e] = -rise
    solve(w)


@njit(**PLAIN)
def estimate(w, s, l):
    """Error estimate of one state in one lane: the last slope, or the error at mid-step where that is larger."""
    middle = w[VALUE + s * LANES + l]
    if not PROBED:
        return middle  # it is the last slope
    last = w[SLOPE + (STAGES - 1) * WIDTH + s * LANES + l]
    return last if abs(last) >= abs(middle) else middle  # the middle too where it is no number


@njit(**PLAIN)
def polynomial(w, s, into):
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
def stiff(w, l):
    """No step of this method is limited by stability."""
    return False


# </step>


@njit(forceinline=True, **PLAIN)
def relative(w, s, l, rtol):
    """Square of error over tolerance of one state in one lane, not finite where the step is not."""
    old = w[STATE + s * LANES + l]
    new = w[STAGE + s * LANES + l]
    ratio = estimate(w, s, l) / (w[TOLERANCE + s * LANES + l] + rtol * max(abs(old), abs(new)))
    return ratio * ratio + 0.0 * new


@njit(**PLAIN)
def choose(w, longest):
    """Choose the step of every lane: what is wanted, or what is left until the next event, or half of that."""
    for l in range(LANES):
        left = w[TARGET + l] - w[NOW + l]
        h = min(w[WANTED + l], longest)
        h = left if h >= left * 0.999999 else (0.5 * left if h > 0.5 * left else h)
        w[STEP + l] = h
        w[RECIPROCAL + l] = 1.0 / h


@njit(**PLAIN)
def assess(w, rtol):
    """Judge the step of every lane by the RMS of error over tolerance, and leave the next time and step."""
    for l in range(LANES):
        h = w[STEP + l]
        time = w[NOW + l]
        wanted = w[WANTED + l]
        norm = sqrt(squares(w, l, rtol) * (1.0 / STATES))
        growth = SAFETY * exp(log(min(max(norm, 1e-10), 1e100)) * (-1.0 / ORDER))
        longer = max(h * min(growth, GROW if w[GROWS + l] > 0.0 else 1.0), min(wanted, h) * SHRINK)
        shorter = h * (max(SHRINK, growth) if norm <= 1e300 else SHRINK)
        good = w[RUNNING + l] if norm <= 1.0 else 0.0
        w[NORM + l] = norm
        w[ACCEPTED + l] = good
        w[GROWS + l] = good
        w[NEXT + l] = w[TARGET + l] if h == w[TARGET + l] - time else time + h
        w[WANTED + l] = longer if good > 0.0 else shorter


@njit(**PLAIN)
def advance(w):
    """Go on from the new values where the step was accepted."""
    for l in range(LANES):
        good = w[ACCEPTED + l] > 0.0
        w[NOW + l] = w[NEXT + l] if good else w[NOW + l]
    for s in range(STATES):
        for l in range(LANES):
            old = w[STATE + s * LANES + l]
            new = w[STAGE + s * LANES + l]
            w[STATE + s * LANES + l] = new if w[ACCEPTED + l] > 0.0 else old


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
    fresh = np.zeros(LANES, np.int64)
    waiting = running = starting = 0
    for l in range(LANES):
        m = min(l, members - 1)
        load(w, l, y[m], u[m], p[m], atol[m])
        member[l] = -1
        w[TARGET + l] = 1.0  # an idle lane takes the same step again and again
        w[WANTED + l] = 1.0
    while True:
        loaded = False
        while running < LANES and waiting < members:
            l = 0
            while member[l] >= 0:
                l += 1
            m = waiting
            waiting += 1
            running += 1
            starting += 1
            loaded = True
            member[l] = m
            load(w, l, y[m], u[m], p[m], atol[m])
            w[NOW + l] = start
            w[RUNNING + l] = 1.0
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
        if starting > 0:
            for e in range(WIDTH):
                w[STAGE + e] = w[STATE + e]
            for l in range(LANES):
                w[TIME + l] = w[NOW + l]
            rates(w)
            for l in range(LANES):
                if fresh[l] == 0:
                    continue
                m = member[l]
                time = w[NOW + l]
                target = min(end, event_time[cursor[l]]) if cursor[l] < event_from[m + 1] else end
                wanted = starting_step(w, l, target - time, rtol)
                if wanted < 1e-14 * abs(time):  # a step that time can resolve
                    wanted = min(1e-14 * abs(time), target - time)
                w[TARGET + l] = target
                w[LATEST + l] = np.nextafter(target, start)
                w[WANTED + l] = wanted
                w[GROWS + l] = 1.0
                fresh[l] = 0 if np.isfinite(wanted) else -1
            starting = 0
        choose(w, longest)
        attempt(w)
        assess(w, rtol)
        if room > 0:
            for k in range(watched.size):
                polynomial(w, watched[k], pieces[k])
        for l in range(LANES):
            m = member[l]
            if m < 0:
                continue
            outcome = 1
            time = w[NEXT + l]
            if fresh[l] < 0:
                outcome = NOT_FINITE
            elif w[ACCEPTED + l] == 0.0:
                rejected[m] += 1
                if w[WANTED + l] <= 4e-16 * max(abs(w[NOW + l]), abs(w[TARGET + l])):
                    outcome = STEP_TOO_SMALL if np.isfinite(w[NORM + l]) else NOT_FINITE
            elif room > 0 and steps[m] >= room:
                outcome = RECORD_FULL
            elif time == w[NOW + l]:
                outcome = STEP_TOO_SMALL
            else:
                step = steps[m]
                if room > 0:
                    for k in range(watched.size):
                        for r in range(5):
                            record[m, step, k, r] = pieces[k, r, l]
                    record_time[m, step + 1] = time
                steps[m] = step + 1
                limited[l] = limited[l] + 1 if stiff(w, l) else max(limited[l] - 1, 0)
                if limited[l] >= STIFF_STEPS:
                    outcome = STIFF
                if time >= w[TARGET + l]:
                    fresh[l] = 1
                    starting += 1
                    if time >= end:
                        outcome = REACHED_END if outcome == 1 else outcome
            if outcome == 1 and steps[m] + rejected[m] >= step_limit:
                outcome = STEP_LIMIT
            if outcome != 1:
                status[m] = outcome
                member[l] = -1 - m
        advance(w)
        for l in range(LANES):
            m = member[l]
            if fresh[l] > 0:
                last = m if m >= 0 else -1 - m
                cursor[l] = settle(
                    w, l, w[NOW + l], cursor[l], event_from[last + 1], event_time, event_slot, event_value
                )  # fmt: skip
            if m < 0 and w[RUNNING + l] > 0.0:
                m = -1 - m
                reached[m] = w[NOW + l]
                for s in range(STATES):
                    y[m, s] = w[STATE + s * LANES + l]
                for s in range(INPUTS):
                    u[m, s] = w[INPUT + s * LANES + l]
                w[RUNNING + l] = 0.0
                w[NOW + l] = 0.0
                w[TARGET + l] = 1.0
                w[WANTED + l] = 1.0
                member[l] = -1
                starting -= fresh[l] > 0
                fresh[l] = 0
                running -= 1
