"""Measured order of convergence of every method and of its dense output, traced, called, and with a given Jacobian."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp as reference
from standard_problems import swing, swing_branched

from plasticity import solve_ivp

END = 4.0
TIMES = np.linspace(0.0, END, 33)[:-1] + 0.017  # between the ends of the steps
PUSH = 0.4


def swing_jacobian(t, y, p):
    return np.array([[0.0, 1.0], [-np.cos(y[0]), 0.0]])


@pytest.fixture(scope="module")
def exact():
    """SciPy's DOP853 at 1e-13, four digits below the smallest error that is measured."""
    times = np.append(TIMES, END)
    return reference(
        lambda t, y: swing(t, y, [PUSH]), (0.0, END), [1.0, 0.0], "DOP853", times, rtol=1e-13, atol=1e-13
    ).y


def errors(exact, steps, **options):
    """Errors at the end and between, with all steps of one length: any error is accepted."""
    fun = options.pop("fun", swing)
    found = solve_ivp(
        fun, (0.0, END), [1.0, 0.0], [PUSH], t_eval=np.append(TIMES, END), rtol=0.9, atol=1e6,
        max_step=END / steps, **options,
    )  # fmt: skip
    assert found.nsteps in (steps, steps + 1)
    assert found.status == 0
    gap = np.abs(found.y - exact).max(axis=0)
    return gap[-1], gap[:-1].max()


@pytest.mark.parametrize(
    "options",
    [
        {"method": "DormandPrince"},
        {"method": "Rodas5P"},
        {"method": "DormandPrince", "fun": swing_branched},
        {"method": "Rodas5P", "fun": swing_branched},
        {"method": "Rodas5P", "jac": swing_jacobian},
    ],
    ids=["explicit", "stiff", "explicit-called", "stiff-differenced", "stiff-given"],
)
def test_orders(exact, options):
    """Halving the step divides the error by 2^5 at the end, by 2^4 or more between (dense output of order 4).

    The problem is nonlinear and driven, so that a wrong Jacobian or time derivative lowers the order of Rodas5P.
    From 40 to 80 steps the next order still shows: 0.6 on either side.
    """
    (coarse, coarse_between), (fine, fine_between) = (errors(exact, n, **options) for n in (40, 80))
    assert np.log2(coarse / fine) == pytest.approx(5.0, abs=0.6)
    assert np.log2(coarse_between / fine_between) > 3.9


def test_given_differenced_and_traced_jacobians_agree(exact):
    """Same steps (no error is too large), same method: the difference is that of the Jacobians, below 1e-9."""
    options = {"method": "Rodas5P", "t_eval": TIMES, "rtol": 0.9, "atol": 1e6, "max_step": END / 40}
    traced = solve_ivp(swing, (0.0, END), [1.0, 0.0], [PUSH], **options)
    given = solve_ivp(swing, (0.0, END), [1.0, 0.0], [PUSH], jac=swing_jacobian, **options)
    differenced = solve_ivp(swing_branched, (0.0, END), [1.0, 0.0], [PUSH], **options)
    assert given.nsteps == differenced.nsteps == traced.nsteps
    np.testing.assert_allclose(given.y, traced.y, atol=1e-9)
    np.testing.assert_allclose(differenced.y, traced.y, atol=1e-9)
