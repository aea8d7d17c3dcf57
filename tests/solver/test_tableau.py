"""Order conditions of the Rosenbrock method, and its measured order."""

import numpy as np
import pytest

from plasticity.solver.tableau import RODAS5P

METHOD = RODAS5P
BETA = METHOD.alphas + METHOD.gammas
WEIGHTS = np.array(METHOD.b) @ METHOD.gammas  # weights of the untransformed stages


def test_order_conditions_up_to_four():
    """Conditions of a Rosenbrock method (Hairer and Wanner 1996, Solving Ordinary Differential Equations II, IV.7)."""
    a, b, w = METHOD.alphas, BETA, WEIGHTS
    c, s = a.sum(axis=1), b.sum(axis=1)
    conditions = {
        "1": (w.sum(), 1),
        "2": (w @ s, 1 / 2),
        "3a": (w @ c**2, 1 / 3),
        "3b": (w @ (b @ s), 1 / 6),
        "4a": (w @ c**3, 1 / 4),
        "4b": (w @ (c * (a @ s)), 1 / 8),
        "4c": (w @ (b @ c**2), 1 / 12),
        "4d": (w @ (b @ (b @ s)), 1 / 24),
    }
    for name, (left, right) in conditions.items():
        assert left == pytest.approx(right, abs=1e-12), name  # coefficients carry 16 digits, sums have 8 terms


def test_stiffly_accurate_and_l_stable():
    """The stability function vanishes at infinity and stays below 1 on the negative axis."""
    size = METHOD.stages
    for z in [-1e-2, -1.0, -10.0, -1e3, -1e6, -1e10]:
        amplification = 1 + z * WEIGHTS @ np.linalg.solve(np.eye(size) - z * BETA, np.ones(size))
        assert abs(amplification) < 1.0
    assert abs(amplification) < 1e-8


def step(f, jacobian, y, h, s=1.0):
    """One step by the formulas, and the dense output at fraction `s`."""
    w = np.eye(len(y)) / (h * METHOD.gamma) - jacobian(y)
    k = []
    for i in range(METHOD.stages):
        stage = y + sum((a * kj for a, kj in zip(METHOD.a[i], k, strict=True)), np.zeros_like(y))
        k.append(
            np.linalg.solve(w, f(stage) + sum((c / h * kj for c, kj in zip(METHOD.c_matrix[i], k, strict=True)), 0.0))
        )
    end = y + sum(b * kj for b, kj in zip(METHOD.b, k, strict=True))
    h1, h2, h3 = (sum(c * kj for c, kj in zip(row, k, strict=True)) for row in METHOD.dense)
    return end, (1 - s) * y + s * (end + (1 - s) * (h1 + s * (h2 + s * h3)))


def test_measured_orders():
    """On a pendulum, halving the step divides the error by 2^5, and that of the dense output by 2^4 at least."""
    f = lambda y: np.array([y[1], -np.sin(y[0])])  # noqa: E731
    jacobian = lambda y: np.array([[0.0, 1.0], [-np.cos(y[0]), 0.0]])  # noqa: E731

    def errors(n):
        y, h = np.array([1.0, 0.0]), 2.0 / n
        for i in range(n):
            new, middle = step(f, jacobian, y, h, 0.4)
            if i == n // 2:
                reference = y
                for _ in range(50):
                    reference, _ = step(f, jacobian, reference, 0.4 * h / 50)
                dense = abs(middle - reference).max()
            y = new
        return y, dense

    (coarse, dense_coarse), (fine, dense_fine), (exact, _) = errors(20), errors(40), errors(640)
    assert np.log2(abs(coarse - exact).max() / abs(fine - exact).max()) == pytest.approx(5.0, abs=0.35)
    assert np.log2(dense_coarse / dense_fine) > 4.6  # local error of order 5 for a dense output of order 4
