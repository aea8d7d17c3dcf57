"""Which numbers the data can tell: profile likelihoods, and the directions of the Fisher information."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.asked import asked
from plasticity.calibration.fitting import Fit, Target, improved
from plasticity.calibration.likelihood import Error, information
from plasticity.calibration.members import closing_days
from plasticity.calibration.observed import Observation
from plasticity.declare import Parameter
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.protocol import Protocol

Floats = NDArray[np.float64]
DROP = 1.920729
"""Half the 95 % point of chi-squared with one degree of freedom: the fall of a profile to the ends of its interval."""
STEP = 0.01


def profile(target: Target, best: Fit, index: int, points: int) -> tuple[Floats, Floats]:
    """Largest log-likelihood with one free number held, all others refitted.

    Parameters
    ----------
    target : Target
    best : Fit
    index : int
        Of the free number.
    points : int

    Returns
    -------
    fractions : ndarray, shape (points,)
        Of the searched range, the best point among them.
    log_likelihood : ndarray, shape (points,)

    Examples
    --------
    >>> from plasticity.calibration.fitting import fitted
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> grid, height = profile(target, fitted(target), 1, 5)
    >>> bool(np.ptp(height) < 1e-6)  # one row cannot tell the slope
    True
    """
    grid = np.unique(np.append(np.linspace(0.0, 1.0, points - 1), best.cube[index]))
    ends = np.empty((len(grid), len(best.cube)))
    start = int(np.searchsorted(grid, best.cube[index]))
    for order in (range(start, len(grid)), range(start - 1, -1, -1)):
        at = best.cube
        for i in order:
            at = improved(target, at, {index: float(grid[i])}, tolerance=1e-5)
            ends[i] = at
    return grid, target.log_likelihood(ends)


def confidence(fractions: Floats, height: Floats) -> tuple[float, float]:
    """Where a profile has fallen by `DROP` on either side of its maximum.

    Parameters
    ----------
    fractions, height : ndarray, shape (points,)
        From `profile`.

    Returns
    -------
    low, high : float
        Fractions of the range; NaN where the range ends first, so that the data do not bound the number there.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 101)
    >>> [round(float(end), 2) for end in confidence(x, -0.5 * ((x - 0.5) / 0.1) ** 2)]
    [0.3, 0.7]
    """
    top = int(np.argmax(height))
    level = height[top] - DROP

    def crossed(order: range) -> float:
        for i, j in itertools.pairwise(order):
            if height[j] < level:
                share = (height[i] - level) / (height[i] - height[j]) if np.isfinite(height[j]) else 0.5
                return float(fractions[i] + share * (fractions[j] - fractions[i]))
        return np.nan

    return crossed(range(top, -1, -1)), crossed(range(top, len(height)))


@dataclass(frozen=True)
class Identified:
    """What windows can tell about every number of the model, near its values in force.

    Attributes
    ----------
    names : tuple of str
    alone : ndarray, shape (names,)
        Standard deviation of the number's logarithm if all others were known; infinite where nothing moves.
    known : ndarray, shape (names,)
        Standard deviation of its logarithm if it were uniform over its plausible range.
    eigenvalues : ndarray, shape (directions,)
        Of the Fisher information in logarithms, each number scaled by `known`; descending.
    directions : ndarray, shape (directions, names)
    identified : ndarray of bool, shape (names,)
        Whether the windows would at least halve what is not known of it, were all others known.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> Identified(("brake_tau",), one, one, one, one[None], one > 0.0).names
    ('brake_tau',)
    """

    names: tuple[str, ...]
    alone: Floats
    known: Floats
    eigenvalues: Floats
    directions: Floats
    identified: NDArray[np.bool_]


def identified(rows: Sequence[Observation], error: Error, model: Model, duration: float) -> Identified:
    """Fisher information of windows about every shared number of a model that is not zero.

    Parameters
    ----------
    rows : sequence of Observation
    error : Error
    model : Model
    duration : float
        Of every simulation [h].

    Returns
    -------
    Identified

    Notes
    -----
    Expected over the outcomes of looking on the two published days (`plasticity.calibration.likelihood.information`),
    by central differences of one percent. A window that such a step would close tells nothing here.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> rows = chosen({"critical_period_windows": ["psilocybin"]})
    >>> found = identified(rows, Error("normal", 1.5), Model(), 28 * 24.0)
    >>> round(float(found.alone[found.names.index("brake_tau")]), 1), int((found.eigenvalues > 1e-9).sum())
    (0.2, 1)
    """
    protocols = [asked(row.modelled, duration) for row in rows]
    declared = model.assemble(protocols[0].compounds).parameters
    shared = {name: p for name, p in declared.items() if "." not in name and _movable(p)}
    defaults = {name: float(p.value or 0.0) for name, p in shared.items()}
    points = [{name: defaults[name] * (1.0 + sign * STEP)} for name in shared for sign in (1.0, -1.0)]
    gradient = np.zeros((len(rows), len(shared)))
    weight = np.zeros(len(rows))
    for i, (row, protocol) in enumerate(zip(rows, protocols, strict=True)):
        days = closing_days(protocol, model, [{}, *_allowed(model, protocol, points)])
        moved = days[1:].reshape(-1, 2)
        scale = error.sd if error.kind == "normal" else error.sd * days[0]
        good = (moved > 0.0).all(axis=1) & np.isfinite(moved).all(axis=1)
        gradient[i] = np.where(good, (moved[:, 0] - moved[:, 1]) / (2.0 * STEP), 0.0) / scale
        weight[i] = float(information(days[:1], row.low, row.high, error)[0])
    matrix = gradient.T @ (weight[:, None] * gradient)
    known = np.array([_spread(p) for p in shared.values()])
    with np.errstate(divide="ignore"):
        alone = 1.0 / np.sqrt(np.diag(matrix))
    values, vectors = np.linalg.eigh(matrix * np.outer(known, known))
    top = min(len(rows), len(values))
    values, vectors = np.maximum(values[::-1][:top], 0.0), vectors[:, ::-1][:, :top].T
    return Identified(tuple(shared), alone, known, values, vectors, alone < 0.5 * known)


def _movable(parameter: Parameter) -> bool:
    return bool(parameter.value) and parameter.range is not None and parameter.range[0] < parameter.range[1]


def _spread(parameter: Parameter) -> float:
    assert parameter.range is not None
    low, high = parameter.range
    value = float(parameter.value or 1.0)
    return float(np.log(high / low) / np.sqrt(12.0)) if low > 0.0 else (high - low) / value / float(np.sqrt(12.0))


def _allowed(model: Model, protocol: Protocol, points: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """Leave out steps that break a relation between numbers: there the default stays, and nothing is learned."""
    from plasticity.values import in_force

    assembly = model.assemble(protocol.compounds)
    kept = []
    for point in points:
        try:
            in_force(assembly, point)
            kept.append(point)
        except InputError:
            kept.append({})
    return kept
