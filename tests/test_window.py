"""Windows are exact on polynomials with known roots, and agree with dense sampling where sampling can see them."""

import numpy as np
import pytest
import xarray
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.interpolate import BPoly, PPoly

from plasticity.errors import InputError
from plasticity.window import PER_WINDOW, SUMMARIES, labelled, window_columns, windows
from plasticity.window import locate as locate_pieces

EXACT = 1e-9  # the accuracy that is promised for times [h]
HOURLY = {"theta_rest": 1.0, "open_ratio": 0.9, "close_ratio": 0.92, "merge_gap": 6.0}
# Binary fractions, so that a level can be met exactly.
BINARY = {"theta_rest": 1.0, "open_ratio": 0.875, "close_ratio": 0.90625, "merge_gap": 0.0}


def locate(theta, **numbers):
    """Windows of a piecewise polynomial in time."""
    coefficients = np.zeros((5, theta.c.shape[1]))
    coefficients[: len(theta.c)] = theta.c[::-1]
    return locate_pieces(theta.x, (coefficients * np.diff(theta.x) ** np.arange(5)[:, None]).T, **numbers)


def window_dataset(found):
    columns, window = window_columns(found)
    return labelled(columns, window)


def polyline(times, values):
    return PPoly([np.diff(values) / np.diff(times), values[:-1]], np.asarray(times, dtype=float))


def parabola(lowest, curvature, at, start, end):
    """``lowest + curvature (t - at)^2`` as one piece."""
    back = start - at
    return PPoly([[curvature], [2 * curvature * back], [lowest + curvature * back**2]], [start, end])


def smooth(knots, values, slopes):
    return PPoly.from_bernstein_basis(BPoly.from_derivatives(knots, np.column_stack([values, slopes])))


def split(theta, at):
    """The same function with more breakpoints."""
    knots = np.union1d(theta.x, at)
    columns = [[theta.derivative(k)(a) / np.prod(np.arange(1, k + 1)) for a in knots[:-1]] for k in range(len(theta.c))]
    return PPoly(np.array(columns)[::-1], knots)


def test_one_window_has_exact_times_depth_and_area():
    found = locate(polyline([0, 10, 30, 100], [1.0, 0.8, 1.0, 1.0]), **HOURLY)
    assert found.t_open == pytest.approx([5.0], abs=EXACT)
    assert found.t_close == pytest.approx([22.0], abs=EXACT)
    assert found.duration == pytest.approx([17.0], abs=EXACT)
    assert found.peak_depth == pytest.approx([0.2], abs=1e-15)
    assert found.time_of_peak.tolist() == [10.0]
    assert found.area * 24 == pytest.approx([5 * (0.02 + 0.12) / 2 + 12 * 0.12 / 2], abs=1e-12)
    assert (found.number_of_windows, found.censored) == (1, False)
    assert (found.first_open, found.last_close) == (found.t_open[0], found.t_close[0])
    assert (found.total_open_time, found.total_area) == (found.duration[0], found.area[0])
    assert found.margin == pytest.approx(-0.1, abs=1e-15)


def test_the_levels_scale_with_the_resting_threshold():
    plain = polyline([0, 10, 30, 100], [1.0, 0.8, 1.0, 1.0])
    scaled = locate(PPoly(1.3 * plain.c, plain.x), **HOURLY | {"theta_rest": 1.3})
    reference = locate(plain, **HOURLY)
    for name in ("t_open", "t_close", "peak_depth", "area"):
        assert getattr(scaled, name) == pytest.approx(getattr(reference, name), abs=EXACT)


def test_never_opening_is_a_result():
    found = locate(polyline([0, 10, 30], [1.0, 0.93, 1.0]), **HOURLY)
    assert (found.number_of_windows, found.total_open_time, found.total_area, found.censored) == (0, 0.0, 0.0, False)
    assert np.isnan(found.first_open) and np.isnan(found.last_close)
    assert found.max_depth == pytest.approx(0.07, abs=1e-15)
    assert found.margin == pytest.approx(0.03, abs=1e-15)


@pytest.mark.parametrize(("gap", "count"), [(5.999, 1), (6.0, 2), (6.001, 2)])
def test_windows_merge_below_the_gap_and_only_there(gap, count):
    """Down to 0.85 and back twice; from closing at 0.92 to opening at 0.90 pass exactly `gap` hours."""
    peak = 0.92 + 0.01 * (gap - 2.0) / 2.0  # 0.01 per hour up, down to 0.92, and 2 h more to 0.90
    top, second = 15 + (peak - 0.85) * 100, 15 + (2 * peak - 1.7) * 100
    theta = polyline([0, 15, top, second, second + 15], [1.0, 0.85, peak, 0.85, 1.0])
    found = locate(theta, **HOURLY | {"merge_gap": 6.0 - 1e-9})
    assert found.number_of_windows == count
    apart = locate(theta, **HOURLY | {"merge_gap": 0.0})
    assert apart.t_open[1] - apart.t_close[0] == pytest.approx(gap, abs=EXACT)
    assert found.t_open[0] == apart.t_open[0] and found.t_close[-1] == apart.t_close[-1]
    falling = 2 * 0.02 / 2 / 24  # area from 0.92 down to 0.90 before the second opening belongs to the gap
    assert found.total_area == pytest.approx(apart.total_area + (falling if count == 1 else 0.0), abs=1e-12)
    if count == 1:
        assert found.duration[0] == found.t_close[0] - found.t_open[0] > apart.total_open_time


def test_merging_goes_on_from_window_to_window():
    dips = np.tile([1.0, 0.85], 4)
    found = locate(polyline(np.arange(8) * 5.0, dips), **HOURLY | {"merge_gap": 10.0})
    assert found.number_of_windows == 1
    assert found.censored_right.tolist() == [True] and np.isnan(found.t_close[0])
    assert found.duration[0] == pytest.approx(35.0 - found.t_open[0], abs=EXACT)


ROUND_OFF = 1e-14  # of polynomials of size 1; a level is reached or missed where it is passed by more
TOUCHED = 1e-6  # where a parabola only touches a level, the time of it is known to the root of round-off


def test_reaching_the_opening_level_counts_and_missing_it_does_not():
    touching = locate(parabola(0.875 - ROUND_OFF, 1 / 32, 5.0, 0.0, 10.0), **BINARY)
    assert touching.t_open == pytest.approx([5.0], abs=TOUCHED)
    assert touching.t_close == pytest.approx([6.0], abs=EXACT)
    assert touching.margin == pytest.approx(0.0, abs=2 * ROUND_OFF)
    above = locate(parabola(0.875 + ROUND_OFF, 1 / 32, 5.0, 0.0, 10.0), **BINARY)
    assert above.number_of_windows == 0
    assert above.margin == pytest.approx(ROUND_OFF, rel=0.1)


def test_reaching_the_closing_level_closes():
    up = parabola(0.90625 + ROUND_OFF, -1 / 64, 6.0, 4.0, 12.0)  # from 0.84375 up to 0.90625 at 6 h, and down again
    found = locate(up, **BINARY)
    assert found.censored_left.tolist() == [True, False]
    assert found.t_close[0] == pytest.approx(6.0, abs=TOUCHED)
    assert found.t_open[1] == pytest.approx(6.0 + np.sqrt(2.0), abs=EXACT)


def test_a_window_much_shorter_than_a_step_is_found():
    """One step of 1000 h; a window of 108 s at an hour that no grid would meet."""
    middle, half, curvature = 500.123, 0.01, 4e-7
    below = curvature * half**2
    theta = parabola(0.9 - below, curvature, middle, 0.0, 1000.0)
    found = locate(theta, **HOURLY | {"close_ratio": 0.9 + 3 * below})
    # Round-off of 2e-16 in the threshold over a slope of 8e-9 per hour.
    assert found.t_open == pytest.approx([middle - half], abs=1e-6)
    assert found.t_close == pytest.approx([middle + 2 * half], abs=1e-6)
    assert found.time_of_peak == pytest.approx([middle], abs=1e-6)


def test_opening_exactly_at_a_breakpoint_is_seen_once():
    found = locate(polyline([0, 4, 8, 16, 24], [1.0, 0.875, 0.75, 0.90625, 1.0]), **BINARY)
    assert (found.t_open.tolist(), found.t_close.tolist()) == ([4.0], [16.0])


@pytest.mark.parametrize("noise", [-(2.0**-52), 0.0, 2.0**-52])
def test_round_off_between_pieces_neither_hides_nor_doubles_a_crossing(noise):
    """Each side of the breakpoint misses the level by round-off, one way or the other."""
    falls = PPoly([[-0.03125, -0.03125], [1.0, 0.875 - noise]], [0.0, 4.0, 8.0])
    falls.c[1, 0] += noise
    found = locate(falls, **BINARY)
    assert found.t_open == pytest.approx([4.0], abs=EXACT)
    rises = PPoly([[0.03125, 0.03125], [0.78125, 0.90625 - noise]], [0.0, 4.0, 8.0])
    rises.c[1, 0] += noise
    assert locate(rises, **BINARY).t_close == pytest.approx([4.0], abs=EXACT)


def test_noise_at_a_level_does_not_multiply_windows():
    """A threshold that rests at the opening level, up to round-off, for a thousand steps."""
    rest = 0.9 + 2.0**-53 * np.random.default_rng(0).integers(-2, 3, 1000)
    values = np.concatenate([[1.0], rest, [1.0, 1.0]])
    theta = PPoly([np.append(values[1:-1], 1.0) - values[:-1], values[:-1]], np.arange(values.size, dtype=float))
    found = locate(theta, **HOURLY)
    assert found.number_of_windows == 1
    assert found.t_close == pytest.approx([1000.2], abs=EXACT)


def test_open_at_the_start_and_at_the_end_is_censored():
    found = locate(polyline([0, 10, 30, 50], [0.85, 0.95, 0.95, 0.85]), **HOURLY)
    assert found.t_open == pytest.approx([0.0, 40.0], abs=EXACT)
    assert found.t_close[0] == pytest.approx(7.0, abs=EXACT) and np.isnan(found.t_close[1])
    assert found.duration == pytest.approx([7.0, 10.0], abs=EXACT)
    assert found.censored_left.tolist() == [True, False]
    assert found.censored_right.tolist() == [False, True]
    assert found.censored and np.isnan(found.last_close) and found.first_open == 0.0
    assert found.peak_depth == pytest.approx([0.15, 0.15], abs=1e-15)
    assert found.time_of_peak.tolist() == [0.0, 50.0]


def test_a_window_open_throughout_is_censored_on_both_sides():
    found = locate(PPoly([[0.8]], [0.0, 48.0]), **HOURLY)
    assert (found.t_open[0], found.duration[0], found.number_of_windows) == (0.0, 48.0, 1)
    assert found.censored_left.all() and found.censored_right.all()
    assert found.total_area == pytest.approx(2 * 0.12, abs=1e-14)


def test_starting_between_the_levels_is_closed():
    assert locate(PPoly([[0.91]], [0.0, 48.0]), **HOURLY).number_of_windows == 0


def test_wandering_between_the_levels_opens_nothing_and_closes_nothing():
    wander = 0.91 + 0.009 * (-1.0) ** np.arange(50)
    never = locate(polyline(np.arange(51.0), np.append(1.0, wander)), **HOURLY)
    assert never.number_of_windows == 0
    values = np.concatenate([[1.0, 0.89], wander, [1.0]])
    once = locate(polyline(np.arange(values.size), values), **HOURLY | {"merge_gap": 0.0})
    assert once.number_of_windows == 1
    assert once.t_open == pytest.approx([0.1 / 0.11], abs=EXACT)
    assert once.t_close == pytest.approx([51.0 + (0.92 - wander[-1]) / (1.0 - wander[-1])], abs=EXACT)


def test_a_quartic_with_known_roots():
    """``0.9 + k (t - 1)(t - 3)(t - 5)(t - 7)`` crosses the opening level at its roots."""
    coefficients = 1e-3 * np.poly([1, 3, 5, 7])
    coefficients[-1] += 0.9
    crossing = PPoly(coefficients[:, None], [0.0, 10.0])
    found = locate(crossing, **HOURLY | {"merge_gap": 0.0, "close_ratio": 0.9 + 1e-12})
    assert found.t_open == pytest.approx([1.0, 5.0], abs=EXACT)
    assert found.t_close == pytest.approx([3.0, 7.0], abs=EXACT)


profiles = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0.5, 20.0), min_size=n - 1, max_size=n - 1),
        st.lists(st.floats(0.8, 1.0), min_size=n, max_size=n),
        st.lists(st.floats(-0.1, 0.1), min_size=n, max_size=n),
    )
)


@given(profiles, st.sampled_from([0.0, 6.0]))
def test_agrees_with_dense_sampling(profile, gap):
    widths, values, slopes = profile
    theta = smooth(np.append(0.0, np.cumsum(widths)), values, slopes)
    times = np.linspace(0.0, theta.x[-1], 20_001)
    sampled = theta(times)
    turns = sampled[1:-1][(np.diff(sampled)[:-1] * np.diff(sampled)[1:]) <= 0]
    edge = np.concatenate([turns, sampled[[0, -1]]])
    assume(np.abs(edge[:, None] - [0.9, 0.92]).min() > 1e-3)  # else a sample may miss a crossing

    spans, gaps, is_open = [], [], False
    for index, value in enumerate(sampled):
        if not is_open and value <= 0.9:
            is_open = True
            gaps += [times[index] - times[end] for _, end in spans[-1:]]
            first = spans.pop()[0] if spans and gaps[-1] < gap else index
            spans.append((first, None))
        elif is_open and value >= 0.92:
            is_open = False
            spans[-1] = (spans[-1][0], index)
    assume(all(abs(one - gap) > 0.1 for one in gaps))

    found = locate(theta, **HOURLY | {"merge_gap": gap})
    step = times[1]
    assert found.number_of_windows == len(spans)
    assert found.max_depth == pytest.approx(1.0 - sampled.min(), abs=2e-4)
    beyond = np.maximum(0.92 - sampled, 0.0)
    for row, (start, end) in enumerate(spans):
        assert 0.0 <= times[start] - found.t_open[row] < step or found.censored_left[row]
        assert found.censored_right[row] == (end is None)
        assert end is None or 0.0 <= times[end] - found.t_close[row] < step
        inside = slice(start, None if end is None else end + 1)
        assert found.peak_depth[row] == pytest.approx(1.0 - sampled[inside].min(), abs=2e-4)
        assert found.area[row] * 24 == pytest.approx(np.trapezoid(beyond[inside], times[inside]), abs=0.1 * step)


@given(profiles, st.lists(st.floats(0.0, 1.0), max_size=8))
def test_more_breakpoints_change_nothing(profile, fractions):
    widths, values, slopes = profile
    theta = smooth(np.append(0.0, np.cumsum(widths)), values, slopes)
    more = split(theta, theta.x[-1] * np.array(fractions))
    assume(np.diff(more.x).min() > 1e-6)
    whole, parts = locate(theta, **HOURLY), locate(more, **HOURLY)
    turns = theta(theta.derivative().roots(extrapolate=False))
    edge = np.concatenate([turns[np.isfinite(turns)], theta(theta.x)])
    assume(np.abs(edge[:, None] - [0.9, 0.92]).min() > 1e-6)
    assert parts.max_depth == pytest.approx(whole.max_depth, abs=1e-12)
    assert parts.number_of_windows == whole.number_of_windows
    assert parts.area == pytest.approx(whole.area, abs=1e-10)
    for name in ("t_open", "t_close"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=EXACT, nan_ok=True)


def test_every_one_of_hundreds_of_windows_is_a_pair_of_roots():
    rng = np.random.default_rng(0)
    knots = np.cumsum(rng.uniform(0.05, 0.4, 3001))
    theta = smooth(knots, rng.uniform(0.8, 1.0, 3001), rng.normal(size=3001))
    found = locate(theta, **HOURLY | {"merge_gap": 0.0})
    assert found.number_of_windows > 500
    opens, closes = found.t_open[~found.censored_left], found.t_close[~found.censored_right]
    np.testing.assert_allclose(theta(opens), 0.90, atol=1e-9)  # roots are located to 1e-9 h, slopes are of order 1 / h
    np.testing.assert_allclose(theta(closes), 0.92, atol=1e-9)
    times = np.column_stack([found.t_open, found.t_close]).ravel()
    assert np.all(np.diff(times[np.isfinite(times)]) > 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"open_ratio": 0.92}, "window_open_ratio 0.92, window_close_ratio 0.92; allowed"),
        ({"open_ratio": 0.0}, "window_open_ratio 0.0"),
        ({"close_ratio": float("nan")}, "window_close_ratio nan"),
        ({"theta_rest": 0.0}, "theta_rest: 0.0"),
        ({"merge_gap": -1.0}, "window_merge_gap: -1.0 h; allowed: 0 h or more"),
    ],
)
def test_impossible_levels_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        locate(PPoly([[1.0]], [0.0, 1.0]), **HOURLY | change)


def test_a_threshold_that_is_no_single_ascending_polynomial_is_refused():
    with pytest.raises(InputError, match="all finite"):
        locate(PPoly([[np.nan]], [0.0, 1.0]), **HOURLY)
    with pytest.raises(InputError, match=r"shape \(1, 2\)"):
        locate_pieces(np.array([0.0, 1.0]), np.ones((1, 2)), **HOURLY)
    with pytest.raises(InputError, match="ascending"):
        locate(PPoly([[1.0]], [1.0, 0.0]), **HOURLY)


def test_windows_tabulates_what_a_run_holds():
    found = locate(polyline([0, 10, 30, 50], [0.85, 0.95, 0.95, 0.85]), **HOURLY)
    run = xarray.Dataset({"theta": ("time", [1.0])}, {"time": [0.0]}, {"species": "human"}).merge(window_dataset(found))
    table = windows(run)
    assert set(table.data_vars) == {*PER_WINDOW, *SUMMARIES}
    assert table.sizes == {"window": 2}
    assert table.attrs == {"species": "human"}
    for name in PER_WINDOW:
        np.testing.assert_array_equal(table[name], getattr(found, name))
    for name in SUMMARIES:
        np.testing.assert_equal(table[name].item(), getattr(found, name))
    assert (table.t_open.attrs["units"], table.area.attrs["units"]) == ("h", "d")
    assert all(variable.attrs["long_name"] for variable in table.variables.values())


def test_a_table_of_no_windows_is_empty_not_missing():
    table = windows(window_dataset(locate(PPoly([[1.0]], [0.0, 1.0]), **HOURLY)))
    assert table.sizes["window"] == 0
    assert table.total_open_time.item() == 0.0
    assert np.isnan(table.first_open.item())


def test_windows_names_what_a_dataset_lacks():
    run = window_dataset(locate(PPoly([[1.0]], [0.0, 1.0]), **HOURLY))
    with pytest.raises(InputError, match="no variable 'margin'"):
        windows(run.drop_vars("margin"))
    with pytest.raises(InputError, match="DataArray given"):
        windows(run["margin"])
