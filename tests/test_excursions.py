"""Excursions below a level, against what a fine grid sees."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline, PPoly

from plasticity.solver.excursions import AREA, DEEP, END, LOWEST, START, excursions, first_at_most

GRID = 400  # points of the fine grid in every step


def dense_turns(path, low, high, merge):
    """Openings and closings on a fine grid, closer than `GRID` of a step to the truth; gaps below `merge` joined."""
    times = np.unique(np.concatenate([np.linspace(*ends, GRID) for ends in zip(path.x[:-1], path.x[1:], strict=True)]))
    inside, turns = False, []
    for time, value in zip(times, path(times), strict=True):
        if not inside and value <= low:
            inside = True
            if turns and time - turns[-1][1] < merge:
                turns[-1][1] = np.nan
            else:
                turns.append([time, np.nan])
        elif inside and value >= high:
            inside = False
            turns[-1][1] = time
    return np.array(turns).reshape(-1, 2)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), merge=st.sampled_from([0.0, 3.0, 10.0, 50.0]))
def test_excursions_are_those_that_a_fine_grid_sees(seed, merge):
    """On random splines with many dips: turns within a part of the grid, areas and extrema to its square."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(0.1, 10.0, n))])
    waves = np.abs(np.sin(np.linspace(0.0, rng.uniform(1.0, 12.0), n + 1)))
    theta = 1.3 * (1.0 - rng.uniform(-0.05, 0.3) * waves + rng.normal(size=n + 1) * rng.choice([0.0, 0.01, 0.05]))
    path = PPoly(np.vstack([np.zeros(n), CubicSpline(times, theta).c]), times)
    record = np.zeros((1, n, 1, 5))
    record[0, :, 0, :] = (path.c[::-1] * np.diff(times) ** np.arange(5)[:, None]).T
    found, count, least = np.full((1, 64, 5), np.nan), np.zeros(1, np.int64), np.empty((1, 2))
    levels = (np.array([1.3 * 0.9]), np.array([1.3 * 0.92]), np.array([merge]))
    excursions(times[None], record, np.array([n]), 0, *levels, found, count, least)
    kept, apart = found[0, : count[0]], 10.0 / GRID
    seen = dense_turns(path, levels[0][0], levels[1][0], merge)
    assume(len(seen) == len(kept) or np.min(np.abs(np.diff(kept[:, START]) - merge)) < 1.0)  # a gap at the limit
    if len(seen) == len(kept):
        np.testing.assert_allclose(seen, kept[:, [START, END]], atol=apart)
    fine = np.unique(np.concatenate([np.linspace(times[i], times[i + 1], GRID) for i in range(n)]))
    assert least[0, 0] <= path(fine).min() + 1e-12
    assert least[0, 0] == pytest.approx(path(least[0, 1]), abs=1e-10)
    for row in kept:
        end = times[-1] if np.isnan(row[END]) else row[END]
        grid = np.linspace(row[START], end, 20_001)
        depth = np.maximum(levels[1][0] - path(grid), 0.0)
        below = float(np.sum((depth[:-1] + depth[1:]) / 2.0 * np.diff(grid)))
        assert row[AREA] == pytest.approx(below, abs=1e-5 * max(1.0, end - row[START]))
        assert row[LOWEST] <= path(grid).min() + 1e-12
        assert row[START] == times[0] or path(row[START]) == pytest.approx(levels[0][0], abs=1e-9)
        assert np.isnan(row[END]) or path(row[END]) == pytest.approx(levels[1][0], abs=1e-9)


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
