"""The step of the explicit method, which replaces the Rosenbrock step in modules for problems that are not stiff.

The method is that of Dormand and Prince 1980 (doi:10.1016/0771-050X(80)90013-3), order 5 with seven stages, the last
of which opens the next step, and the dense output of order 4 of Shampine 1986 (doi:10.2307/2008219).
"""

import numpy as np
from numba import njit

from plasticity.solver.stepper import (
    LANES,
    LATEST,
    NOW,
    PLAIN,
    SLOPE,
    STAGE,
    STATE,
    STATES,
    STEP,
    TIME,
    VALUE,
    WIDTH,
    rates,
)

STAGES = 7
ORDER = 5
NODES = np.zeros(7)
A = np.zeros((7, 7))
B = np.zeros(7)
E = np.zeros(7)
P = np.zeros((7, 4))


# <step>
NEAR = 2.6


@njit(**PLAIN)
def attempt(w):
    """Take one step in every lane; the new values are left in STAGE, the error estimate in VALUE."""
    for i in range(STAGES):
        for l in range(LANES):
            w[TIME + l] = min(w[NOW + l] + NODES[i] * w[STEP + l], w[LATEST + l])
        for e in range(WIDTH):
            w[STAGE + e] = w[STATE + e]
        for j in range(i):
            for s in range(STATES):
                for l in range(LANES):
                    w[STAGE + s * LANES + l] += w[STEP + l] * A[i, j] * w[SLOPE + j * WIDTH + s * LANES + l]
        rates(w)
        for e in range(WIDTH):
            w[SLOPE + i * WIDTH + e] = w[VALUE + e]
    for s in range(STATES):
        for l in range(LANES):
            w[VALUE + s * LANES + l] = 0.0
            for i in range(STAGES):
                w[VALUE + s * LANES + l] += w[STEP + l] * E[i] * w[SLOPE + i * WIDTH + s * LANES + l]


@njit(**PLAIN)
def estimate(w, e):
    """Error estimate of one state in one lane."""
    return w[VALUE + e]


@njit(**PLAIN)
def polynomial(w, s, into):
    """Polynomial of the step for one state in every lane, in powers of the fraction of the step."""
    for l in range(LANES):
        into[0, l] = w[STATE + s * LANES + l]
        for m in range(4):
            total = 0.0
            for i in range(STAGES):
                total += w[STEP + l] * P[i, m] * w[SLOPE + i * WIDTH + s * LANES + l]
            into[m + 1, l] = total


@njit(**PLAIN)
def stiff(w, l):
    """Whether the step is about as long as stability allows, |h lambda| < 3.3 (Hairer and Wanner 1996, IV.2)."""
    h = w[STEP + l]
    rate = 0.0
    distance = 0.0
    for s in range(STATES):
        k = s * LANES + l
        before = w[STATE + k]
        for j in range(5):
            before += h * A[5, j] * w[SLOPE + j * WIDTH + k]
        rate += (w[SLOPE + 6 * WIDTH + k] - w[SLOPE + 5 * WIDTH + k]) ** 2
        distance += (w[STAGE + k] - before) ** 2
    return distance > 0.0 and h * np.sqrt(rate / distance) > NEAR


# </step>
