"""Events: found once each, in order, on the right side, to 1e-10 of the time scale; terminal ones end the run."""

# ruff: noqa: ARG005  (every function has the signature fun(t, y, p), whatever it reads)

import numpy as np
import pytest
from standard_problems import decay, turn

from plasticity import Event, solve_ensemble, solve_ivp

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
@pytest.mark.parametrize(("direction", "first"), [(0, 0), (-1, 0), (1, 1)])
def test_crossings_of_an_oscillator(method, direction, first):
    """cos(t) is zero at the odd multiples of pi/2; the solution itself is good to 1e-11 here."""
    crossing = Event(lambda t, y, p: y[0], direction=direction)
    found = solve_ivp(turn, (0.0, 20.0), [1.0, 0.0], events=[crossing], method=method, **TIGHT)
    expected = np.pi / 2 + np.pi * np.arange(6)
    np.testing.assert_allclose(found.t_events[0], expected if not direction else expected[first::2], atol=2e-10)
    assert found.status == 0


def test_times_are_roots_of_the_continuous_solution():
    """Whatever the tolerance: time to 1e-10 of the span, on the very solution that `sol` gives."""
    level = Event(lambda t, y, p: y[0] - 0.3)
    found = solve_ivp(turn, (0.0, 50.0), [1.0, 0.0], rtol=1e-3, atol=1e-3, events=[level], dense_output=True)
    times = found.t_events[0]
    assert len(times) == 16
    slope = (found.sol(times + 1e-6)[0] - found.sol(times - 1e-6)[0]) / 2e-6
    assert np.all(np.abs((found.sol(times)[0] - 0.3) / slope) < 1e-10)


def test_events_of_time_alone_are_exact():
    """No error of the solution enters: 1e-12 of the time scale."""
    at = [0.1, 1.23456789, 7.5]
    found = solve_ivp(decay, (0.0, 8.0), [1.0], [1.0], events=[Event(lambda t, y, p, a=a: t - a) for a in at])
    np.testing.assert_allclose([times.item() for times in found.t_events], at, rtol=0, atol=8e-12)


def test_the_first_terminal_event_ends_the_run():
    """Events after it are dropped, those before kept; the last value lies on the event."""
    events = [
        Event(lambda t, y, p: y[0] - 0.9),
        Event(lambda t, y, p: y[0] - 0.5, terminal=True),
        Event(lambda t, y, p: y[0] - 0.2, terminal=True),
        Event(lambda t, y, p: y[0] - 0.1),
    ]
    found = solve_ivp(decay, (0.0, 10.0), [1.0], [1.0], events=events, rtol=1e-10, atol=1e-10)
    assert (found.status, found.success, found.message) == (1, True, "a terminal event")
    assert [len(times) for times in found.t_events] == [1, 1, 0, 0]
    assert found.t[-1] == found.t_events[1][0] == found.t_reached
    assert found.t_reached == pytest.approx(np.log(2.0), abs=1e-9)
    assert found.y[0, -1] == pytest.approx(0.5, abs=1e-12)


def test_output_times_end_at_a_terminal_event():
    """As in SciPy: the times up to the event, no values beyond."""
    events = [Event(lambda t, y, p: y[0] - 0.5, terminal=True)]
    found = solve_ivp(decay, (0.0, 2.0), [1.0], [1.0], events=events, t_eval=[0.0, 0.5, 1.0, 2.0])
    assert found.t.tolist() == [0.0, 0.5]
    assert np.all(np.isfinite(found.y))


def test_a_jump_over_the_level_is_an_event_at_the_jump():
    """A dose at 1 lifts the state over the level, decay brings it back; at the end of the span likewise."""
    level = Event(lambda t, y, p: y[0] - 2.0)
    found = solve_ivp(decay, (0.0, 3.0), [1.0], [1.0], jumps=[(1.0, 0, 4.0)], events=[level], **TIGHT)
    up, down = found.t_events[0]
    assert up == 1.0
    assert down == pytest.approx(1.0 + np.log((np.exp(-1.0) + 4.0) / 2.0), abs=1e-10)
    found = solve_ivp(decay, (0.0, 3.0), [1.0], [1.0], jumps=[(3.0, 0, 4.0)], events=[level], **TIGHT)
    assert found.t_events[0].tolist() == [3.0]


def parabola(t, y, p):
    """y = (t - 1/2)^2 + a constant, of which a step takes as much as it likes."""
    return (2.0 * (t - 0.5),)


def test_two_crossings_within_one_step():
    """Down at 0.46, up at 0.54; no step ends between."""
    crossing = Event(lambda t, y, p: y[0] + 0.1684)  # (t - 1/2)^2 - 0.04^2
    found = solve_ivp(parabola, (0.0, 1.0), [0.08], rtol=1e-4, atol=1e-2, events=[crossing])
    assert not np.any((found.t > 0.46) & (found.t < 0.54))
    np.testing.assert_allclose(found.t_events[0], [0.46, 0.54], atol=1e-10)


def test_a_touch_is_no_event_and_a_zero_at_a_step_is_one():
    """Signs count: (t - 1/2)^2 never changes its own; t - 1/2 changes it once, wherever the steps end."""
    events = [Event(lambda t, y, p: (t - 0.5) ** 2), Event(lambda t, y, p: t - 0.5), Event(lambda t, y, p: t - 1.0)]
    found = solve_ivp(parabola, (0.0, 1.0), [0.25], stops=[0.5], events=events)
    assert [times.tolist() for times in found.t_events] == [[], [0.5], [1.0]]


def test_an_event_at_the_start_is_not_counted():
    """Starting on the level is no change of sign; coming back to it is."""
    found = solve_ivp(turn, (0.0, 7.0), [0.0, 1.0], events=[Event(lambda t, y, p: y[0])], **TIGHT)
    np.testing.assert_allclose(found.t_events[0], [np.pi, 2 * np.pi], atol=1e-10)


def test_order_of_many_events():
    """Times of each event ascend, and levels are met in the order in which decay meets them."""
    levels = np.linspace(0.95, 0.05, 19)
    events = [Event(lambda t, y, p, level=level: y[0] - level) for level in levels]
    found = solve_ivp(decay, (0.0, 4.0), [1.0], [1.0], events=events, **TIGHT)
    times = np.concatenate(found.t_events)
    np.testing.assert_allclose(times, -np.log(levels), atol=1e-10)
    assert np.all(np.diff(times) > 0)


def test_events_of_an_ensemble_are_those_of_its_members():
    """Bit by bit, terminal ones with the time reached."""
    events = [Event(lambda t, y, p: y[0] - 0.5), Event(lambda t, y, p: y[0] - 0.25, terminal=True)]
    rates = np.array([[0.5], [1.0], [4.0]])
    found = solve_ensemble(decay, (0.0, 2.0), [1.0], rates, events=events, t_eval=[0.0, 0.1, 1.0, 2.0])
    assert found.status.tolist() == [0, 1, 1]
    for i, rate in enumerate(rates):
        alone = solve_ivp(decay, (0.0, 2.0), [1.0], rate, events=events, t_eval=[0.0, 0.1, 1.0, 2.0])
        assert [t.tolist() for t in found.t_events[i]] == [t.tolist() for t in alone.t_events]
        assert found.t_reached[i] == alone.t_reached
        assert np.array_equal(found.y[i, :, : len(alone.t)], alone.y)
        assert np.all(np.isnan(found.y[i, :, len(alone.t) :]))


def test_work_behind_a_terminal_event_is_saved():
    """A run of 16 million turns that ends after a quarter of one: the same first steps as without the event."""
    ends = Event(lambda t, y, p: y[0], terminal=True)
    found = solve_ivp(turn, (0.0, 1e8), [1.0, 0.0], events=[ends], dense_output=True)
    free = solve_ivp(turn, (0.0, 2.0), [1.0, 0.0], max_step=1e9)
    assert found.status == 1
    assert found.nsteps < 64
    same = min(found.nsteps, free.nsteps) - 2  # the last two lead to the end of each
    assert found.t[:same].tobytes() == free.t[:same].tobytes()
    after = found.sol(np.array([-1.0, 0.0, found.t_reached, found.t_reached + 1e-9]))
    assert np.isnan(after[:, [0, 3]]).all()
    np.testing.assert_array_equal(after[:, 1:3], found.y[:, [0, -1]])


def test_a_late_terminal_event_is_found():
    """After more steps than are looked at first: the level is out of reach until t = 300."""
    late = Event(lambda t, y, p: y[0] - 0.9 * (t > 300.0) - 2.0 * (t <= 300.0), terminal=True, direction=1)
    found = solve_ivp(turn, (0.0, 1000.0), [1.0, 0.0], events=[late], **TIGHT)
    expected = 2 * np.pi * 48 - np.arccos(0.9)  # the first after 300 at which cos(t) rises through 0.9
    assert found.nsteps > 256
    assert found.t_reached == pytest.approx(expected, abs=1e-8)


def test_an_event_that_is_not_resolved_is_a_failure():
    """A sign that changes a million times in each step: a status that says so, not a list of chance crossings."""
    fast = Event(lambda t, y, p: np.sin(1e7 * t + 0.1))
    found = solve_ivp(turn, (0.0, 20.0), [1.0, 0.0], events=[fast], t_eval=[0.0, 10.0, 20.0])
    assert (found.status, found.success) == (-4, False)
    assert "max_step" in found.message
    assert found.t_reached < 20.0
    assert np.isnan(found.y[:, -1]).all()
    slow = Event(lambda t, y, p: np.sin(10.0 * t + 0.1))
    found = solve_ivp(turn, (0.0, 20.0), [1.0, 0.0], events=[slow], max_step=0.5)
    np.testing.assert_allclose(found.t_events[0], (np.pi * np.arange(1, 64) - 0.1) / 10.0, atol=1e-10)


def test_events_of_an_ensemble_do_not_depend_on_threads():
    """Three blocks, one or two threads, terminal or not, both methods of one call."""
    rates = np.random.default_rng(0).uniform(0.1, 5.0, (150, 1))
    events = [Event(lambda t, y, p: y[0] - 0.5), Event(lambda t, y, p: y[0] - 0.25, terminal=True)]
    one, two = (
        solve_ensemble(decay, (0.0, 2.0), [1.0], rates, events=events, t_eval=[0.0, 0.1, 1.0, 2.0], threads=threads)
        for threads in (1, 2)
    )
    assert one.y.tobytes() == two.y.tobytes()
    assert one.status.tolist() == two.status.tolist() == (rates[:, 0] > np.log(4.0) / 2.0).astype(int).tolist()
    for ours, theirs in zip(one.t_events, two.t_events, strict=True):
        assert [times.tobytes() for times in ours] == [times.tobytes() for times in theirs]
