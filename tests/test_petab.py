"""pyPESTO finds what our own fit finds, through our engine."""

import numpy as np
import pytest

from plasticity.calibration.fitting import Target, fitted
from plasticity.calibration.laws import Free, Law
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import chosen
from plasticity.petab import pypesto_problem

pytest.importorskip("pypesto", reason="needs pypesto (extra test)")
ROWS = chosen({"critical_period_windows": ["ketamine", "psilocybin"]})
LINE = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
BRAKE = Law("first_order", (Free("brake_gain", 2.0, 40.0, True), Free("brake_tau", 24.0, 960.0, True)), 1440.0)


def minimised(target):
    from pypesto import optimize

    found = optimize.minimize(
        pypesto_problem(target),
        optimizer=optimize.ScipyOptimizer("L-BFGS-B"),
        n_starts=4,
        startpoint_method=None,
        progress_bar=False,
    )
    return found.optimize_result


@pytest.mark.parametrize("law", [LINE, pytest.param(BRAKE, marks=pytest.mark.slow)], ids=["line", "engine"])
def test_pypesto_and_our_fit_find_the_same_optimum(law):
    """To 1e-3 in the log-likelihood: L-BFGS-B ends where the differenced slope vanishes."""
    np.random.seed(0)  # noqa: NPY002 pyPESTO draws its starts from it
    target = Target(law, ROWS, Error("normal", 1.5))
    best = minimised(target)
    assert -best.fval[0] == pytest.approx(fitted(target, screen=16, starts=2).log_likelihood, abs=1e-3)


def test_the_slope_is_that_of_the_value():
    problem = pypesto_problem(Target(LINE, ROWS, Error("normal", 1.5)))
    x, step = np.array([3.0, 5.0]), 1e-4
    differences = [(problem.objective(x + e) - problem.objective(x - e)) / (2 * step) for e in step * np.eye(2)]
    np.testing.assert_allclose(problem.objective.get_grad(x), differences, rtol=1e-4)  # both differenced, 2e-4 apart
