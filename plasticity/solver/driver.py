"""The loop over the members of an ensemble: each is put into a lane, stepped from event to event, and read out.

The text below becomes part of every generated module, after that of `stepper`. What is decided lane by lane stands
here; what the lanes do alike, on vector registers, stands there.
"""

import numpy as np
from numba import njit

from plasticity.solver.stepper import (
    ACCEPTED,
    BEFORE,
    GROWS,
    INPUT,
    INPUTS,
    LANES,
    LATEST,
    LIMIT,
    NEXT,
    NORM,
    NOW,
    PARAMETER,
    PARAMETERS,
    PLAIN,
    RUNNING,
    SIZE,
    STAGE,
    STATE,
    STATES,
    TARGET,
    TIME,
    TOLERANCE,
    VALUE,
    WANTED,
    WIDTH,
    advance,
    assess,
    attempt,
    choose,
    polynomial,
    prepare,
    rates,
    stiff,
)

REACHED_END = 0
STEP_LIMIT = -1
NOT_FINITE = -2
STEP_TOO_SMALL = -3
STIFF = -9
RECORD_FULL = -10
STIFF_STEPS = 15
CALLED = PLAIN | {"no_cpython_wrapper": False}  # from Python


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


@njit(cache=True, nogil=True, **CALLED)
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
        w[LIMIT + l] = 1e300  # until `factor` knows better
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
                w[BEFORE + l] = 0.0
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
