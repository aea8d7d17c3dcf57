"""Maximum likelihood by least squares from many starts, all neighbours of a point through the engine at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import qmc

from plasticity.calibration.laws import Law
from plasticity.calibration.likelihood import Error, interval, ordinary, residual
from plasticity.calibration.observed import Observation

Floats = NDArray[np.float64]
STEP = 1e-4
"""Step of the differenced Jacobian, as a share of the searched range: far above the engine's error at rtol 1e-8."""


@dataclass(frozen=True)
class Target:
    """A law held against rows.

    Attributes
    ----------
    law : Law
    rows : sequence of Observation
    error : Error

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> round(float(target.log_likelihood(np.array([[0.6125, 0.5]]))[0]), 3)
    -0.1
    """

    law: Law
    rows: Sequence[Observation]
    error: Error

    def log_likelihood(self, cube: Floats, rtol: float = 1e-8) -> Floats:
        """Sum over the rows at points of the unit cube, shape (points, free); minus infinity outside it."""
        inside = np.all((cube >= 0.0) & (cube <= 1.0), axis=1)
        found = np.full(len(cube), -np.inf)
        if inside.any():
            found[inside] = self.each(self.law.predicted(cube[inside], self.rows, rtol)).sum(axis=1)
        return found

    def each(self, predicted: Floats) -> Floats:
        """Log-likelihood of every row for predictions of shape (points, rows)."""
        columns = [height(predicted[:, i], row, self.error) for i, row in enumerate(self.rows)]
        return np.stack(columns, axis=1)

    def residuals(self, cube: Floats) -> Floats:
        """Signed roots of the deviance at points of the unit cube, shape (points, rows)."""
        predicted = self.law.predicted(cube, self.rows)
        columns = [distance(predicted[:, i], row, self.error) for i, row in enumerate(self.rows)]
        return np.stack(columns, axis=1)


def height(predicted: Floats, row: Observation, error: Error) -> Floats:
    """Log-likelihood of one row: of an interval for a closing day, of a mean with its error for what was measured.

    Parameters
    ----------
    predicted : ndarray
    row : Observation
    error : Error
        Of closing days.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> from plasticity.calibration.observed import rows
    >>> row = rows("plasma_maxima")["psilocybin_25mg_cmax"]
    >>> height(np.array([17.0, 18.0]), row, Error("normal", 1.5)).round(2).tolist()
    [-0.65, -1.5]
    """
    if row.quantity == "closing_day":
        return interval(predicted, row.low, row.high, error)
    return ordinary(predicted, row.value, row.error)


def distance(predicted: Floats, row: Observation, error: Error) -> Floats:
    """Signed root of what the log-likelihood of one row lacks to its largest value, doubled.

    Parameters
    ----------
    predicted, row, error
        As for `height`.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> from plasticity.calibration.observed import rows
    >>> row = rows("plasma_maxima")["psilocybin_25mg_cmax"]
    >>> distance(np.array([17.0, 18.0]), row, Error("normal", 1.5)).round(2).tolist()
    [0.0, 1.31]
    """
    if row.quantity == "closing_day":
        return residual(predicted, row.low, row.high, error)
    return np.nan_to_num((predicted - row.value) / row.error, nan=1e3)


@dataclass(frozen=True)
class Fit:
    """The best point that was found.

    Attributes
    ----------
    cube : ndarray, shape (free,)
    log_likelihood : float
    starts : ndarray, shape (starts,)
        Log-likelihood that each start reached, so that a rugged surface shows.
    at_bound : tuple of str
        Free numbers that ended at an end of their range.

    Examples
    --------
    >>> Fit(np.array([0.5]), -1.0, np.array([-1.0]), ()).at_bound
    ()
    """

    cube: Floats
    log_likelihood: float
    starts: Floats
    at_bound: tuple[str, ...]


def fitted(target: Target, *, screen: int = 64, starts: int = 4, seed: int = 0) -> Fit:
    """Find the point of largest likelihood.

    Parameters
    ----------
    target : Target
    screen : int
        Points of a Sobol sequence, a power of 2, that are looked at first.
    starts : int
        How many of the best of them are improved.
    seed : int

    Returns
    -------
    Fit

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> rows = chosen({"critical_period_windows": ["ketamine", "psilocybin"]})
    >>> best = fitted(Target(line, rows, Error("normal", 1.5)))
    >>> line.days(best.cube[None], rows).round(3).tolist()  # the middles of both intervals
    [[4.5, 17.5]]
    """
    points = qmc.Sobol(len(target.law.free), seed=seed).random(screen)
    promising = points[np.argsort(-target.log_likelihood(points), kind="stable")[:starts]]
    ends = np.array([improved(target, start) for start in promising])
    reached = target.log_likelihood(ends)
    best = int(np.argmax(reached))
    bound = tuple(free.name for free, x in zip(target.law.free, ends[best], strict=True) if min(x, 1.0 - x) < 1e-6)
    return Fit(ends[best], float(reached[best]), reached, bound)


def improved(target: Target, start: Floats, held: dict[int, float] | None = None, tolerance: float = 1e-12) -> Floats:
    """Climb from one point, with some coordinates held.

    Parameters
    ----------
    target : Target
    start : ndarray, shape (free,)
    held : dict of int to float, optional
        Coordinates of the cube that stay where they are.
    tolerance : float
        Relative, of the point and of the sum of squares, at which the climb ends.

    Returns
    -------
    ndarray, shape (free,)

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> improved(target, np.array([0.5, 0.5]), {1: 0.5}).round(4).tolist()  # acute duration 1 h, so offset 4.5 d
    [0.6125, 0.5]
    """
    held = held or {}
    moving = [i for i in range(len(start)) if i not in held]
    at = start.copy()
    for i, value in held.items():
        at[i] = value
    if not moving:
        return at

    def whole(x: Floats) -> Floats:
        full = np.tile(at, (len(x), 1))
        full[:, moving] = x
        return full

    def residuals(x: Floats) -> Floats:
        return np.asarray(target.residuals(whole(x[None]))[0])

    def jacobian(x: Floats) -> Floats:
        steps = STEP * np.eye(len(x))
        ahead, back = np.minimum(x + steps, 1.0), np.maximum(x - steps, 0.0)
        found = target.residuals(whole(np.concatenate([ahead, back])))
        widths = (ahead - back).sum(axis=1)
        return np.asarray(((found[: len(x)] - found[len(x) :]) / widths[:, None]).T)

    options: Any = {"bounds": (0.0, 1.0), "xtol": tolerance, "ftol": tolerance, "gtol": tolerance, "max_nfev": 40}
    at[moving] = least_squares(residuals, np.clip(at[moving], 1e-6, 1.0 - 1e-6), jacobian, **options).x
    return at
