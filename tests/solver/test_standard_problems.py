"""Standard problems: published end values, achieved error against tolerance, invariants, and which method is chosen."""

import numpy as np
import pytest
from standard_problems import (
    ARENSTORF,
    PERIOD,
    STIFF,
    arenstorf,
    hires,
    kepler,
    lotka_volterra,
    robertson,
    scalars,
    scalars_exact,
    van_der_pol,
)

from plasticity import solve_ivp

TOLERANCES = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10]


@pytest.mark.parametrize("name", STIFF)
def test_published_end_values(name):
    """At rtol 1e-9 at least eight digits of every component, as published; a hundredth of what 100 x rtol allows."""
    problem = STIFF[name]
    rtol = 1e-7 if name == "robertson" else 1e-9  # 1e11 over 1e-5: its smallest values leave no room for 1e-9
    found = solve_ivp(
        problem.fun, (0.0, problem.end), problem.start, problem.parameters, rtol=rtol, atol=rtol * problem.atol
    )
    assert found.status == 0
    np.testing.assert_allclose(found.y[:, -1], problem.published, rtol=10 * rtol)


@pytest.mark.parametrize("name", STIFF)
def test_error_is_proportional_to_tolerance(name):
    """The promise: at most 100 x rtol in every component, or a status that is not zero; to 1e-6 it succeeds."""
    problem = STIFF[name]
    for rtol in TOLERANCES:
        found = solve_ivp(
            problem.fun, (0.0, problem.end), problem.start, problem.parameters, rtol=rtol, atol=rtol * problem.atol
        )
        assert found.status in (0, -3)
        assert found.success or rtol < 1e-6
        if found.success:
            error = np.abs(found.y[:, -1] / problem.published - 1.0).max()
            assert error <= 100 * rtol, rtol


@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
def test_error_of_scalar_problems_is_proportional_to_tolerance(method):
    """DETEST A1 to A4 at ten times up to 20, dense output included; errors by the weights that the control uses."""
    times = np.linspace(0.0, 20.0, 41)
    exact = scalars_exact(times)
    errors = []
    for rtol in TOLERANCES:
        found = solve_ivp(scalars, (0.0, 20.0), [1.0, 1.0, 1.0, 1.0], t_eval=times, rtol=rtol, atol=rtol, method=method)
        assert found.status == 0
        errors.append(np.abs((found.y - exact) / (1.0 + np.abs(exact))).max())
        assert errors[-1] <= 100 * rtol, rtol
    slope = np.polyfit(np.log10(TOLERANCES), np.log10(errors), 1)[0]
    assert 0.75 < slope < 1.1  # error control of h^5: 1 for an error of order 5, 4/5 for dense output of order 4


def test_arenstorf_orbit_closes():
    """After one period the body is back. Errors grow 1e5-fold near the moon, so 1e-12 leaves about 1e-6."""
    found = solve_ivp(arenstorf, (0.0, PERIOD), ARENSTORF, rtol=1e-12, atol=1e-12)
    assert found.status == 0
    assert found.method == "DormandPrince"
    np.testing.assert_allclose(found.y[:2, -1], ARENSTORF[:2], atol=1e-6)


def test_lotka_volterra_invariant():
    """log prey terms and predator terms: x - b log x + y - a log y stays, over ten orbits, to 100 x rtol."""
    a, b = 1.5, 1.0
    found = solve_ivp(lotka_volterra, (0.0, 60.0), [2.0, 1.0], [a, b], rtol=1e-9, atol=1e-9)
    prey, predator = found.y
    invariant = prey - b * np.log(prey) + predator - a * np.log(predator)
    assert np.ptp(invariant) < 1e-7
    assert found.method == "DormandPrince"


@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
def test_kepler_energy_momentum_and_period(method):
    """Eccentricity 0.6, as DETEST D3 but longer: after one turn back at the start; energy and momentum stay."""
    e = 0.6
    start = np.array([1 - e, 0.0, 0.0, np.sqrt((1 + e) / (1 - e))])
    found = solve_ivp(kepler, (0.0, 2 * np.pi), start, rtol=1e-10, atol=1e-10, method=method)
    x, y, u, v = found.y
    np.testing.assert_allclose((u**2 + v**2) / 2 - 1 / np.hypot(x, y), -0.5, atol=1e-8)
    np.testing.assert_allclose(x * v - y * u, np.sqrt(1 - e**2), atol=1e-8)
    np.testing.assert_allclose(found.y[:, -1], start, atol=1e-7)


def test_auto_finds_out():
    """What is stiff is left to Rodas5P, after few steps; what is not stays explicit; by the parameter, not the name."""
    assert solve_ivp(robertson, (0.0, 1e3), [1.0, 0.0, 0.0], atol=1e-12).method == "Rodas5P"
    assert solve_ivp(hires, (0.0, 321.8122), STIFF["hires"].start).method == "Rodas5P"
    assert solve_ivp(van_der_pol, (0.0, 2.0), [2.0, 0.0], [1e-6]).method == "Rodas5P"
    assert solve_ivp(van_der_pol, (0.0, 20.0), [2.0, 0.0], [1.0]).method == "DormandPrince"
    assert solve_ivp(arenstorf, (0.0, PERIOD), ARENSTORF).method == "DormandPrince"


def test_explicit_method_says_that_a_problem_is_stiff():
    """Forced onto a stiff problem it stops early and names the way out."""
    found = solve_ivp(van_der_pol, (0.0, 2.0), [2.0, 0.0], [1e-6], method="DormandPrince")
    assert found.status == -9
    assert not found.success
    assert "auto" in found.message
    assert found.nsteps < 2000


@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
def test_mass_is_conserved(method):
    """Robertson's rates sum to zero. Linear invariants survive either method up to rounding: 1e-14 for each step."""
    end = 10.0 if method == "DormandPrince" else 1e6
    found = solve_ivp(robertson, (0.0, end), [1.0, 0.0, 0.0], rtol=1e-5, atol=1e-8, method=method, dense_output=True)
    steps = found.nsteps
    assert np.abs(found.y.sum(axis=0) - 1.0).max() < 1e-14 * max(steps, 10)
    between = found.sol(np.linspace(0.0, found.t[-1], 101)[:-1])
    assert np.abs(between.sum(axis=0) - 1.0).max() < 1e-13 * max(steps, 10)
