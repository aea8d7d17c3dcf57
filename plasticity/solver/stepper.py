"""One step of many trajectories at once, each in its own lane with its own size, by a Rosenbrock method.

This file is complete for one trivial problem (decay), between the two marks below. A compiled model is this very text
with that section replaced by its own equations, followed by that of `driver`, so that everything is constant offsets
into one flat workspace and every loop over lanes can run on vector registers.
"""

import numpy as np
from numba import njit

from plasticity.solver.elementary import exp, log, positive, power, sigmoid, softplus, sqrt  # noqa: F401

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
LIMIT = 128
NORM = 136
BEFORE = 144
RUNNING = 152
ACCEPTED = 160
GROWS = 168
COUPLED = 176
TOLERANCE = 184
DRIFT = 192
SLOPE = 192
SIZE = 200


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
    """LU factors of I / (h gamma) - J at the state, and the rates there, which have much in common with J."""
    for l in range(LANES):
        w[16 + l] = w[32 + l] * w[0 + l]
        w[40 + l] = 1.0 / (w[48 + l] - w[32 + l])


@njit(**PLAIN)
def solve(w):
    """Solve with the factors for the slope of a stage: its rates, and what they gain from earlier slopes, times h."""
    for l in range(LANES):
        w[16 + l] = (w[16 + l] + w[176 + l] * w[112 + l]) * w[40 + l]


@njit(forceinline=True, **PLAIN)
def squares(w, l, rtol):
    """Sum over the states of the squares of error over tolerance, in one lane."""
    return relative(w, 0 + l, rtol)


@njit(forceinline=True, **PLAIN)
def go_on(w, l, good):
    """Take the new value of every state of one lane where the step is good."""
    w[STATE + 0 + l] = w[STAGE + 0 + l] if good else w[STATE + 0 + l]


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
    """Keep the last slope and sum all: values of stage `i`, at the end of the step; what its rates gain, times h."""
    for e in range(WIDTH):
        if i == 0:
            w[STAGE + e] = w[STATE + e]
            w[COUPLED + e] = 0.0
        else:
            w[SLOPE + e] = w[VALUE + e]
            w[STAGE + e] = w[STATE + e] + w[SLOPE + e]


# </method>

SAFETY = 0.9
PROPORTIONAL = 0.85 / ORDER
INTEGRAL = 0.2 / ORDER
SHRINK = 0.2
GROW = 6.0
SMALLEST = -9.210340371976182  # logarithm of the smallest error that counts as one before, 1e-4
NEAR_LIMIT = 1.25  # a limit that the last step did not know may be passed by this much


# <step>
@njit(**PLAIN)
def attempt(w):
    """Take one step in every lane; the new values are left in STAGE, the error estimate in VALUE."""
    for l in range(LANES):
        w[INVERSE + l] = w[RECIPROCAL + l] * (1.0 / GAMMA)
    factor(w)
    for i in range(STAGES + 1):
        combine(w, i)
        if i == STAGES:
            break
        if TIMED:
            for l in range(LANES):
                w[TIME + l] = min(w[NOW + l] + NODES[i] * w[STEP + l], w[LATEST + l])
                w[WEIGHT + l] = TIME_WEIGHTS[i] * w[STEP + l]
        if i > 0:
            rates(w)
        solve(w)
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
def estimate(w, e):
    """Error estimate of one state in one lane: the last slope, or the error at mid-step where that is larger."""
    middle = w[VALUE + e]
    if not PROBED:
        return middle  # it is the last slope
    last = w[SLOPE + (STAGES - 1) * WIDTH + e]
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
def relative(w, e, rtol):
    """Square of error over tolerance of one state in one lane, not finite where the step is not."""
    old = w[STATE + e]
    new = w[STAGE + e]
    ratio = estimate(w, e) / (w[TOLERANCE + e] + rtol * max(abs(old), abs(new)))
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
    """Judge the step of every lane by the RMS of error over tolerance, and leave the next time and step.

    The next step follows from this error and the one before (Hairer, Norsett and Wanner 1993, Solving Ordinary
    Differential Equations I, section II.4, doi:10.1007/978-3-540-78862-1); weights and safety are of their DOPRI5.
    """
    for l in range(LANES):
        h = w[STEP + l]
        time = w[NOW + l]
        wanted = w[WANTED + l]
        norm = sqrt(squares(w, l, rtol) * (1.0 / STATES))
        error = log(min(max(norm, 1e-10), 1e100))
        growth = SAFETY * exp(INTEGRAL * w[BEFORE + l] - PROPORTIONAL * error)
        longer = max(h * min(growth, GROW if w[GROWS + l] > 0.0 else 1.0), min(wanted, h) * SHRINK)
        shorter = h * (max(SHRINK, growth) if norm <= 1e300 else SHRINK)
        good = w[RUNNING + l] if norm <= 1.0 and h <= NEAR_LIMIT * w[LIMIT + l] else 0.0
        w[NORM + l] = norm
        w[ACCEPTED + l] = good
        w[GROWS + l] = good
        w[BEFORE + l] = max(error, SMALLEST) if good > 0.0 else w[BEFORE + l]
        w[NEXT + l] = w[TARGET + l] if h == w[TARGET + l] - time else time + h
        w[WANTED + l] = min(longer if good > 0.0 else shorter, w[LIMIT + l])


@njit(**PLAIN)
def advance(w):
    """Go on from the new values where the step was accepted."""
    for l in range(LANES):
        good = w[ACCEPTED + l] > 0.0
        w[NOW + l] = w[NEXT + l] if good else w[NOW + l]
        go_on(w, l, good)
