"""How likely an observation is: seen between two days (interval-censored), or measured with an error (ordinary)."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from plasticity.errors import InputError

Floats = NDArray[np.float64]
KINDS = ("normal", "lognormal")


@dataclass(frozen=True)
class Error:
    """How far the day that an animal shows may lie from that of the model.

    Attributes
    ----------
    kind : str
        ``normal`` (in days) or ``lognormal`` (relative).
    sd : float
        Standard deviation, [d] or of the logarithm.

    Examples
    --------
    >>> Error("normal", 1.5).standardised(np.array([4.5]), 6.0).tolist()
    [1.0]
    """

    kind: str
    sd: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"error: {self.kind!r}; allowed: {', '.join(KINDS)}")
        if not 0.0 < self.sd < np.inf:
            raise InputError(f"error: standard deviation {self.sd!r}; allowed: more than 0")

    def standardised(self, model: Floats, day: float) -> Floats:
        """Distance of a day from the model's, in standard deviations."""
        if self.kind == "normal":
            return np.asarray((day - model) / self.sd)
        with np.errstate(divide="ignore"):
            return np.asarray((np.log(day) - np.log(model)) / self.sd)

    def middle(self, low: float, high: float) -> float:
        """Model day at which an interval is most likely; infinite where the interval has no end."""
        if np.isinf(high):
            return np.inf
        return 0.5 * (low + high) if self.kind == "normal" else float(np.sqrt(low * high))


def log_between(lower: Floats, upper: Floats) -> Floats:
    """Logarithm of the probability of a standard normal variable between two values, exact in the tails.

    Parameters
    ----------
    lower, upper : ndarray
        Of one shape, `lower` below `upper`; infinite values are allowed.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.exp(log_between(np.array([-1.0]), np.array([1.0]))).round(4).tolist()
    [0.6827]
    """
    flip = lower > 0.0
    near, far = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
    top, rest = log_ndtr(near), log_ndtr(far)
    with np.errstate(invalid="ignore"):
        return np.asarray(top + np.log1p(-np.exp(rest - top)))


def interval(model: Floats, low: float, high: float, error: Error) -> Floats:
    """Log-likelihood of a window seen open on one day and closed on a later one.

    Parameters
    ----------
    model : ndarray
        Closing day of the model [d]. NaN, and 0 for a window that never opens, give minus infinity: what never opens
        cannot be seen open, whatever the error of an animal's day.
    low, high : float
        Last day seen open, first day seen closed [d]; `high` is infinite where it was never seen closed.
    error : Error

    Returns
    -------
    ndarray

    Examples
    --------
    >>> interval(np.array([4.5, 9.0]), 2.0, 7.0, Error("normal", 1.0)).round(3).tolist()
    [-0.012, -3.783]
    """
    found = log_between(error.standardised(model, low), error.standardised(model, high))
    return np.where(model > 0.0, found, -np.inf)


def ordinary(model: Floats, value: float, error: float) -> Floats:
    """Log-likelihood of a measured mean with a normal error.

    Parameters
    ----------
    model : ndarray
    value, error : float
        The mean and its standard error, in the unit of `model`.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> ordinary(np.array([1.0]), 1.0, 1.0).round(4).tolist()
    [-0.9189]
    """
    found = -0.5 * ((model - value) / error) ** 2 - np.log(error * np.sqrt(2.0 * np.pi))
    return np.where(np.isnan(model), -np.inf, found)


def residual(model: Floats, low: float, high: float, error: Error) -> Floats:
    """Signed root of the deviance, so that least squares of it is the maximum of the likelihood.

    Parameters
    ----------
    model, low, high, error
        As for `interval`.

    Returns
    -------
    ndarray
        Its square, halved, is what the log-likelihood lacks to its largest value; 1e3 where that is infinite.

    Examples
    --------
    >>> residual(np.array([4.5]), 2.0, 7.0, Error("normal", 1.0)).tolist()
    [0.0]
    """
    best = error.middle(low, high)
    top = 0.0 if np.isinf(best) else float(interval(np.array([best]), low, high, error)[0])
    lacking = np.minimum(np.maximum(top - interval(model, low, high, error), 0.0), 5e5)
    return np.where(model >= best, 1.0, -1.0) * np.sqrt(2.0 * lacking)


def information(model: Floats, low: float, high: float, error: Error) -> Floats:
    """Fisher information that seeing on two days whether a window is open gives about the model's closing day.

    Parameters
    ----------
    model, low, high, error
        As for `interval`.

    Returns
    -------
    ndarray
        Per unit of `Error.standardised`, squared: expected over the three outcomes (closed before, between, after); 0
        where the model's window never opens.

    Examples
    --------
    >>> information(np.array([2.0]), 2.0, np.inf, Error("normal", 1.0)).round(4).tolist()  # a coin: 4 times 1/(2 pi)
    [0.6366]
    """
    from scipy.stats import norm

    at = [np.full_like(model, -np.inf), error.standardised(model, low), error.standardised(model, high)]
    at.append(np.full_like(model, np.inf))
    total = np.zeros_like(model)
    for lower, upper in itertools.pairwise(at):
        chance = np.exp(log_between(lower, np.maximum(upper, lower)))
        slope = norm.pdf(upper) - norm.pdf(lower)
        total = total + np.where(chance > 1e-300, slope**2 / np.maximum(chance, 1e-300), 0.0)
    return np.where(model > 0.0, total, 0.0)
