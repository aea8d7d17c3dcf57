"""The problem section for a function that cannot be traced: called lane by lane, with a dense Jacobian.

The functions below become part of a generated module, which supplies the sizes, the offsets and `fun`, with
``ANALYTIC`` also `jac`, and `bound` for the longest step (see `growth`). Differences are central, so that the
Jacobian's error stays near 1e-10 of its size: the order of a Rosenbrock method rests on it. The LU exchanges rows.
"""

import numpy as np
from numba import njit

PLAIN = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}
STATES = PARAMETERS = LANES = 1
STATE = STAGE = VALUE = PARAMETER = ENTRY = PIVOT = INVERSE = TIME = NOW = DRIFT = 0
COUPLED = RECIPROCAL = WEIGHT = 0
ANALYTIC = False


@njit(**PLAIN)
def fun(t, y, p):
    """Decay, until a module supplies its own."""
    return (-y[0],)


@njit(**PLAIN)
def jac(t, y, p):
    """Jacobian of decay, until a module supplies its own."""
    return -np.eye(1)


@njit(**PLAIN)
def bound(w, l, a):
    """Leave the longest step in LIMIT, until a module supplies its own."""


# <problem>
@njit(**PLAIN)
def prepare(w):
    """Nothing depends on the parameters alone."""


@njit(**PLAIN)
def fill(w, offset, count, l, into):
    """Copy one lane of the workspace into an array."""
    for s in range(count):
        into[s] = w[offset + s * LANES + l]


@njit(**PLAIN)
def rates(w):
    """Rates of the stage values."""
    y = np.empty(STATES)
    p = np.empty(PARAMETERS)
    for l in range(LANES):
        fill(w, STAGE, STATES, l, y)
        fill(w, PARAMETER, PARAMETERS, l, p)
        f = fun(w[TIME + l], y, p)
        for s in range(STATES):
            w[VALUE + s * LANES + l] = f[s]


@njit(**PLAIN)
def slope(t, y, p, into):
    """Jacobian by central differences."""
    for j in range(STATES):
        old = y[j]
        delta = 6e-6 * max(abs(old), 1e-3)
        y[j] = old + delta
        above = fun(t, y, p)
        y[j] = old - delta
        below = fun(t, y, p)
        y[j] = old
        for i in range(STATES):
            into[i, j] = (above[i] - below[i]) / (2.0 * delta)


@njit(**PLAIN)
def factor(w):
    """LU factors of I / (h gamma) - J at the state, the derivative by time, and the rates."""
    y = np.empty(STATES)
    p = np.empty(PARAMETERS)
    a = np.empty((STATES, STATES))
    for l in range(LANES):
        fill(w, STATE, STATES, l, y)
        fill(w, PARAMETER, PARAMETERS, l, p)
        t = w[NOW + l]
        if ANALYTIC:
            given = jac(t, y, p)
            for i in range(STATES):
                for j in range(STATES):
                    a[i, j] = given[i][j]
        else:
            slope(t, y, p, a)
        bound(w, l, a)
        step = 1.0 / w[INVERSE + l]  # gamma times the step, so t + delta does not reach the next stop
        delta = 1e-4 * step
        now = fun(t, y, p)
        later = fun(t + delta, y, p)
        for i in range(STATES):
            w[VALUE + i * LANES + l] = now[i]
            w[DRIFT + i * LANES + l] = (later[i] - now[i]) / delta
            for j in range(STATES):
                a[i, j] = -a[i, j]
            a[i, i] += w[INVERSE + l]
        for k in range(STATES):
            pivot = k
            for i in range(k + 1, STATES):
                if abs(a[i, k]) > abs(a[pivot, k]):
                    pivot = i
            w[PIVOT + k * LANES + l] = pivot
            if pivot != k:
                for j in range(STATES):
                    a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            for i in range(k + 1, STATES):
                a[i, k] /= a[k, k]
                for j in range(k + 1, STATES):
                    a[i, j] -= a[i, k] * a[k, j]
        for i in range(STATES):
            for j in range(STATES):
                w[ENTRY + (i * STATES + j) * LANES + l] = a[i, j]


@njit(**PLAIN)
def solve(w):
    """Solve with the factors for the slope of a stage: its rates, and what they gain from earlier slopes and time."""
    b = np.empty(STATES)
    for l in range(LANES):
        for s in range(STATES):
            e = s * LANES + l
            b[s] = w[VALUE + e] + w[COUPLED + e] * w[RECIPROCAL + l] + w[WEIGHT + l] * w[DRIFT + e]
        for k in range(STATES):
            pivot = int(w[PIVOT + k * LANES + l])
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(STATES):
            for j in range(i):
                b[i] -= w[ENTRY + (i * STATES + j) * LANES + l] * b[j]
        for i in range(STATES - 1, -1, -1):
            for j in range(i + 1, STATES):
                b[i] -= w[ENTRY + (i * STATES + j) * LANES + l] * b[j]
            b[i] /= w[ENTRY + (i * STATES + i) * LANES + l]
        for i in range(STATES):
            w[VALUE + i * LANES + l] = b[i]


# </problem>
