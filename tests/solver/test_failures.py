"""Failures are values: a status, a message that says what to do, how far it got, NaN beyond; never a wrong success."""

# ruff: noqa: ARG005  (every function has the signature fun(t, y, p), whatever it reads)

import numpy as np
import pytest
from standard_problems import decay, lotka_volterra, square

from plasticity import Event, solve_ensemble, solve_ivp

METHODS = ["auto", "DormandPrince", "Rodas5P"]


def root(t, y, p):
    """Falls to zero at t = 1, beyond which the root is no number."""
    return (-np.sqrt(y[0]) - 1.0,)


def root_branched(t, y, p):
    """Give the same by a way that cannot be recorded."""
    return (-np.sqrt(y[0]) - 1.0 if y[0] < 1e9 else 0.0,)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rtol", [1e-1, 1e-3, 1e-6, 1e-10])
def test_blow_up_is_never_a_success(method, rtol):
    """y' = y^2 has its pole at t = 1; however long the span, no method may step over it."""
    for end in [1.5, 2.0, 1e4]:
        found = solve_ivp(square, (0.0, end), [1.0], rtol=rtol, atol=rtol, method=method)
        assert found.status < 0
        assert not found.success
        assert found.t_reached == pytest.approx(1.0, abs=2 * rtol)
        assert found.t_reached == found.t[-1]


@pytest.mark.parametrize("method", METHODS)
def test_values_are_missing_beyond_the_time_reached(method):
    """Right before, NaN after; the same in an ensemble, whose other member goes on."""
    times = np.array([0.0, 0.5, 0.9, 1.5, 3.0])
    found = solve_ivp(square, (0.0, 3.0), [1.0], t_eval=times, method=method, rtol=1e-8)
    np.testing.assert_allclose(found.y[0, :3], 1.0 / (1.0 - times[:3]), rtol=1e-6)
    assert np.all(np.isnan(found.y[0, 3:]))
    many = solve_ensemble(square, (0.0, 3.0), [[1.0], [0.1]], np.empty((2, 0)), t_eval=times, method=method, rtol=1e-8)
    assert many.status.tolist() == [found.status, 0]
    assert many.success.tolist() == [False, True]
    assert many.t_reached.tolist() == [found.t_reached, 3.0]
    np.testing.assert_array_equal(many.y[0], found.y)
    np.testing.assert_allclose(many.y[1, 0], 1.0 / (10.0 - times), rtol=1e-6)
    assert many.message(0) == found.message


@pytest.mark.parametrize("method", METHODS)
def test_step_limit(method):
    """The message names the way out, the values up to there are right."""
    found = solve_ivp(lotka_volterra, (0.0, 1e3), [2.0, 1.0], [1.5, 1.0], max_steps=50, method=method, rtol=1e-6)
    assert found.status == -1
    assert "max_steps" in found.message
    assert 0.0 < found.t_reached < 1e3
    assert found.nsteps + found.nrejected == 50
    prey, predator = found.y
    invariant = prey - np.log(prey) + predator - 1.5 * np.log(predator)
    assert np.ptp(invariant) < 1e-3


@pytest.mark.parametrize("fun", [root, root_branched])
@pytest.mark.parametrize("method", METHODS)
def test_rates_that_become_no_number(fun, method):
    """Where the state leaves the domain of a rate it stops there: at most the zero of y, 2 - 2 log 2 for y0 = 1."""
    found = solve_ivp(fun, (0.0, 10.0), [1.0], t_eval=[0.1, 9.0], method=method)
    assert found.status in (-2, -3)
    assert "rate" in found.message
    assert found.t_reached == pytest.approx(2.0 - 2.0 * np.log(2.0), abs=1e-3)
    assert np.isfinite(found.y[0, 0]) and np.isnan(found.y[0, 1])


@pytest.mark.parametrize("fun", [root, root_branched])
def test_rates_that_are_no_number_at_the_start(fun):
    """Nothing is integrated, nothing raised."""
    found = solve_ivp(fun, (0.0, 10.0), [-1.0], t_eval=[0.0, 1.0])
    assert (found.status, found.t_reached, found.nsteps) == (-2, 0.0, 0)
    assert "not finite" in found.message
    assert np.isnan(found.y[0, 1])


@pytest.mark.parametrize("method", METHODS)
def test_overflow(method):
    """Growth to beyond 1e308: stops near log(1.8e308) = 709.8, and is no success."""
    found = solve_ivp(decay, (0.0, 2000.0), [1.0], [-1.0], method=method, rtol=1e-4)
    assert found.status < 0
    assert found.t_reached < 720.0


def test_a_division_by_zero_is_a_value():
    """No exception leaves compiled code, whether the function is recorded or called."""

    def called(t, y, p):
        return (1.0 / p[0] if p[0] == 0.0 else -y[0],)

    for fun in [lambda t, y, p: (1.0 / p[0],), called]:
        assert solve_ivp(fun, (0.0, 1.0), [1.0], [0.0], method="DormandPrince").status == -2


def test_a_terminal_event_before_the_failure_is_a_success():
    """What would have failed later does not matter."""
    found = solve_ivp(square, (0.0, 2.0), [1.0], events=[Event(lambda t, y, p: y[0] - 4.0, terminal=True)], rtol=1e-8)
    assert found.status == 1
    assert found.t_reached == pytest.approx(0.75, abs=1e-6)


def test_simplification_does_not_hide_what_is_no_number():
    """exp(log(y)) is y only for y > 0, and y - y is not 0 where y is none: the called function is what counts."""
    for fun in [
        lambda t, y, p: (np.exp(np.log(y[0])),),
        lambda t, y, p: (np.sqrt(y[0]) ** 2,),
        lambda t, y, p: (np.log(y[0]) - np.log(y[0]),),
    ]:
        assert solve_ivp(fun, (0.0, 1.0), [-1.0], method="DormandPrince").status == -2


@pytest.mark.parametrize("events", [[], [Event(lambda t, y, p: y[0] - 0.5)]], ids=["plain", "events"])
def test_a_member_that_is_no_number_fails_alone(events):
    """NaN or infinity in its parameters or start values: status -2, NaN, the start as time reached; others go on."""
    rates = np.array([[np.nan], [1.0], [np.inf], [2.0]])
    found = solve_ensemble(decay, (0.0, 1.0), [1.0], rates, t_eval=[0.0, 1.0], events=events)
    alone = solve_ensemble(decay, (0.0, 1.0), [1.0], rates[[1, 3]], t_eval=[0.0, 1.0], events=events)
    assert found.status.tolist() == [-2, 0, -2, 0]
    assert found.t_reached.tolist() == [0.0, 1.0, 0.0, 1.0]
    assert np.isnan(found.y[[0, 2]]).all()
    assert found.y[[1, 3]].tobytes() == alone.y.tobytes()
    start = np.array([[np.nan], [np.inf]])
    found = solve_ensemble(decay, (0.0, 1.0), start, np.ones((2, 1)), events=events)
    assert found.status.tolist() == [-2, -2]
    assert "not finite" in found.message(0)
