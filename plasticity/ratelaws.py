"""Small smooth laws that kernels share.

Each works on numbers and on NumPy arrays; SymPy reads the primitive ones (`power`, `sigmoid`, `softplus`, ...) under
the same names and the rest from their code, and compiled models use fast branch-free versions of the primitives.
"""

from typing import Any

import numpy as np

SMALLEST = 1e-300
"""Bases of powers are kept above this, so that value and slope stay finite at zero."""


def exp(z: Any) -> Any:
    """Exponential function.

    Examples
    --------
    >>> float(exp(0.0))
    1.0
    """
    return np.exp(z)


def log(z: Any) -> Any:
    """Natural logarithm.

    Examples
    --------
    >>> float(log(1.0))
    0.0
    """
    return np.log(z)


def sqrt(z: Any) -> Any:
    """Square root.

    Examples
    --------
    >>> float(sqrt(4.0))
    2.0
    """
    return np.sqrt(z)


def power(base: Any, exponent: Any) -> Any:
    """Real power that is 0 for a base of 0 or below, with a finite slope there (exponents of 1 and above).

    Examples
    --------
    >>> float(power(4.0, 0.5)), float(power(0.0, 2.5)), float(power(-1e-20, 2.5))
    (2.0, 0.0, 0.0)
    """
    return np.exp(exponent * np.log(np.maximum(base, SMALLEST)))


def sigmoid(z: Any) -> Any:
    """Logistic function, 1 / (1 + exp(-z)).

    Examples
    --------
    >>> float(sigmoid(0.0)), float(sigmoid(-1000.0))
    (0.5, 0.0)
    """
    small = np.exp(-np.abs(z))
    return np.where(np.greater_equal(z, 0.0), 1.0, small) / (1.0 + small)


def softplus(z: Any) -> Any:
    """Smooth positive part, ln(1 + exp(z)), without overflow.

    Examples
    --------
    >>> float(softplus(1000.0)), float(softplus(-1000.0))
    (1000.0, 0.0)
    """
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def saturation(z: Any) -> Any:
    """Fraction bound by ligand at `z` times its dissociation constant, z / (1 + z).

    Examples
    --------
    >>> saturation(1.0)
    0.5
    """
    return z / (1.0 + z)


def hill(z: Any, half: Any, exponent: Any) -> Any:
    """Hill's law with a real exponent; 0 for z of 0 or below.

    Examples
    --------
    >>> float(hill(2.0, 2.0, 2.5)), float(hill(0.0, 2.0, 2.5))
    (0.5, 0.0)
    """
    return saturation(power(z / half, exponent))


def hill_square(z: Any, half: Any) -> Any:
    """Hill's law with exponent 2, smooth for every z.

    Examples
    --------
    >>> hill_square(2.0, 2.0)
    0.5
    """
    return z**2 / (z**2 + half**2)


def hill_fourth(z: Any, half: Any) -> Any:
    """Hill's law with exponent 4, smooth for every z.

    Examples
    --------
    >>> hill_fourth(2.0, 2.0)
    0.5
    """
    return z**4 / (z**4 + half**4)


def either(a: Any, b: Any) -> Any:
    """Union of two independent fractions, 1 - (1 - a)(1 - b).

    Examples
    --------
    >>> either(0.5, 0.5)
    0.75
    """
    return 1.0 - (1.0 - a) * (1.0 - b)


def positive_part(z: Any, smoothing: Any) -> Any:
    """Smooth max(z, 0).

    Examples
    --------
    >>> round(float(positive_part(1.0, 1e-3)), 5)
    1.0
    """
    return 0.5 * (z + sqrt(z**2 + smoothing**2))


def smooth_absolute(z: Any, smoothing: Any) -> Any:
    """Smooth absolute value, exactly 0 at 0.

    Examples
    --------
    >>> float(smooth_absolute(0.0, 1e-3))
    0.0
    """
    return sqrt(z**2 + smoothing**2) - smoothing
