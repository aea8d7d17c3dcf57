"""The branch-free exponential and logarithm against 40 digits."""

import mpmath
import numpy as np
from numba import njit

from plasticity.solver import elementary

ROUNDING = 4e-16
"""What `elementary` promises: less than two units in the last place."""


def largest_error(ours, exact, points):
    """Compile a loop over the points, as models do, and give the largest relative error."""

    @njit
    def run(x, out):
        for i in range(x.size):
            out[i] = ours(x[i])

    found = np.empty_like(points)
    run(points, found)
    with mpmath.workdps(40):
        return max(abs(float(mpmath.mpf(f) / exact(mpmath.mpf(x)) - 1)) for x, f in zip(points, found, strict=True))


def test_exp():
    """Around 0, where the polynomial works, and over the whole range."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.uniform(-1.0, 1.0, 2000), rng.uniform(-700.0, 700.0, 1000), [0.0, -707.9, 708.9]])
    assert largest_error(elementary.exp, mpmath.exp, points) < ROUNDING


def test_log():
    """Close to 1, where a logarithm loses digits if it can, around the ends of the reduced interval, and all over."""
    rng = np.random.default_rng(0)
    near = 1.0 + np.array([-1e-3, -1e-9, -1e-15, 2e-16, 1e-9, 1e-3])
    ends = np.array([np.nextafter(root, side) for root in (0.5**0.5, 2.0**0.5) for side in (0.0, 1.0, 2.0)])
    points = np.concatenate(
        [np.exp(rng.uniform(-1.0, 1.0, 2000)), np.exp(rng.uniform(-690.0, 690.0, 1000)), near, ends]
    )
    assert largest_error(elementary.log, mpmath.log, points) < ROUNDING
