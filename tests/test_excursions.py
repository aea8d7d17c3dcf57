"""Excursions of an ensemble against the windows of single runs: two ways to the same numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline, PPoly

from plasticity.solver.excursions import AREA, DEEP, END, LOWEST, START, excursions, first_at_most
from plasticity.window import locate


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), merge=st.sampled_from([0.0, 3.0, 10.0, 50.0]))
def test_excursions_are_the_windows(seed, merge):
    """On random splines with many dips: times to 1e-8 h, depths and areas to 1e-9."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(0.1, 10.0, n))])
    waves = np.abs(np.sin(np.linspace(0.0, rng.uniform(1.0, 12.0), n + 1)))
    theta = 1.3 * (1.0 - rng.uniform(-0.05, 0.3) * waves + rng.normal(size=n + 1) * rng.choice([0.0, 0.01, 0.05]))
    path = PPoly(np.vstack([np.zeros(n), CubicSpline(times, theta).c]), times)
    windows = locate(path, theta_rest=1.3, open_ratio=0.9, close_ratio=0.92, merge_gap=merge)
    record = np.zeros((1, n, 1, 5))
    record[0, :, 0, :] = (path.c[::-1] * np.diff(times) ** np.arange(5)[:, None]).T
    found, count, least = np.full((1, 64, 5), np.nan), np.zeros(1, np.int64), np.empty((1, 2))
    levels = (np.array([1.3 * 0.9]), np.array([1.3 * 0.92]), np.array([merge]))
    excursions(times[None], record, np.array([n]), 0, *levels, found, count, least)
    kept = found[0, : count[0]]
    assert count[0] == windows.number_of_windows
    np.testing.assert_allclose(kept[:, START], windows.t_open, atol=1e-8)
    np.testing.assert_allclose(kept[:, END], windows.t_close, atol=1e-8)
    np.testing.assert_allclose(1.0 - kept[:, LOWEST] / 1.3, windows.peak_depth, atol=1e-9)
    np.testing.assert_allclose(kept[:, AREA] / 1.3 / 24.0, windows.area, atol=1e-9)
    assert 1.0 - least[0, 0] / 1.3 == pytest.approx(windows.max_depth, abs=1e-10)


@settings(max_examples=300, deadline=None)
@given(
    coefficients=st.lists(st.floats(-3.0, 3.0), min_size=5, max_size=5),
    level=st.floats(-1.0, 1.0),
    start=st.floats(0.0, 0.9),
)
def test_first_crossing_is_the_first(coefficients, level, start):
    """No sample before it is clearly below the level, and the value there is at the level or below."""
    c = np.array(coefficients)
    fraction = first_at_most(c, 1.0, level, start, np.empty((DEEP + 1, 7)))
    if fraction == start:
        assert np.polynomial.polynomial.polyval(start, c) <= level + 1e-12
        return
    samples = np.linspace(start, min(fraction, 1.0), 2001)
    values = np.polynomial.polynomial.polyval(samples, c)
    assert values[:-1].min() > level - 1e-12
    if fraction <= 1.0:
        assert values[-1] <= level + 1e-12
