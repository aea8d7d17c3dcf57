"""A piecewise polynomial cut into stretches on which it only rises or only falls: its crossings, extrema, integrals.

However short an excursion is, it has a turning point, so nothing that happens between two breakpoints is missed.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Nodes = NDArray[np.intp]
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Stretches:
    """A piecewise polynomial and its nodes, between which it only rises or only falls.

    The nodes of a piece include both its ends, so two nodes stand at every breakpoint, one for either side. Some nodes
    are repeated. The horizontal axis is called time here, in whatever unit the breakpoints have.

    Attributes
    ----------
    coefficients : ndarray, shape (degree + 1, pieces)
        In ascending powers of the fraction of the piece.
    breakpoints : ndarray, shape (pieces + 1,)
        Ascending times.
    piece : ndarray of int, shape (nodes,)
        Piece in which each node stands.
    fraction : ndarray, shape (nodes,)
        Where in its piece the node stands, 0 to 1.
    value : ndarray, shape (nodes,)
        The polynomial there.

    Examples
    --------
    >>> parabola = cut(np.array([[1.0], [-2.0], [0.0]]), np.array([0.0, 4.0]))  # t^2 - 2 t
    >>> parabola.value.tolist()
    [0.0, -1.0, 8.0]
    """

    coefficients: Floats
    breakpoints: Floats
    piece: Nodes
    fraction: Floats
    value: Floats

    def times(self, nodes: Nodes, fraction: Floats) -> Floats:
        """Time at a fraction of the pieces in which the nodes stand."""
        start, end = self.breakpoints[self.piece[nodes]], self.breakpoints[self.piece[nodes] + 1]
        return np.where(fraction == 1.0, end, np.minimum(start + fraction * (end - start), end))

    def crossings(self, nodes: Nodes, level: float) -> Floats:
        """Fraction of a node's piece at which the level was reached on the way from the node before."""
        found = self.fraction[nodes]
        within = (found > 0.0) & (self.value[nodes] != level)
        ends = nodes[within]
        shifted = self.coefficients[:, self.piece[ends]]
        shifted[0] -= level
        if ends.size:
            found[within] = _root(shifted, self.fraction[ends - 1], self.fraction[ends])
        return found

    def integral(self, nodes: Nodes, start: Floats, end: Floats, level: float) -> Floats:
        """Integral of ``level - value`` over time between two fractions of the pieces of the nodes."""
        gap = -self.coefficients[:, self.piece[nodes]]
        gap[0] += level
        powers = np.arange(1, len(gap) + 1)[:, None]
        whole = np.concatenate([np.zeros((1, nodes.size)), gap / powers])
        width = self.breakpoints[self.piece[nodes] + 1] - self.breakpoints[self.piece[nodes]]
        return (_value(whole, end) - _value(whole, start)) * width

    def below(self, level: float) -> Floats:
        """Integral of the positive part of ``level - value`` over time, from every node to the next."""
        start, end = self.fraction[:-1].copy(), self.fraction[1:].copy()
        low = self.value < level
        falls = np.flatnonzero(~low[:-1] & low[1:] & (end > 0.0))
        rises = np.flatnonzero(low[:-1] & ~low[1:] & (end > 0.0))
        start[falls] = self.crossings(falls + 1, level)
        end[rises] = self.crossings(rises + 1, level)
        some = (low[:-1] | low[1:]) & (self.piece[:-1] == self.piece[1:])
        return np.where(some, self.integral(np.arange(start.size), start, end, level), 0.0)


def cut(coefficients: Floats, breakpoints: Floats) -> Stretches:
    """Cut a piecewise polynomial at its breakpoints and turning points.

    Parameters
    ----------
    coefficients : ndarray, shape (degree + 1, pieces)
        In descending powers of the time since the start of the piece, as SciPy's ``PPoly.c``.
    breakpoints : ndarray, shape (pieces + 1,)
        Ascending times.

    Returns
    -------
    Stretches

    Examples
    --------
    >>> cut(np.array([[1.0], [-2.0], [0.0]]), np.array([0.0, 4.0])).fraction.tolist()
    [0.0, 0.25, 1.0]
    """
    widths = np.diff(breakpoints)
    scaled = coefficients[::-1] * widths ** np.arange(len(coefficients))[:, None]
    nodes = _turning_points(scaled)
    piece = np.repeat(np.arange(widths.size), len(nodes))
    return Stretches(scaled, breakpoints, piece, nodes.T.ravel(), _value(scaled, nodes).T.ravel())


def _value(coefficients: Floats, fraction: Floats) -> Floats:
    total: Floats = np.broadcast_to(coefficients[-1], fraction.shape)
    for coefficient in coefficients[-2::-1]:
        total = total * fraction + coefficient
    return total


def _derivative(coefficients: Floats) -> Floats:
    return coefficients[1:] * np.arange(1, len(coefficients))[:, None]


def _turning_points(coefficients: Floats) -> Floats:
    """Ends and extrema of every piece, in order, some of them repeated; shape (degree + 1 or 2, pieces).

    Between two neighbouring roots of a derivative the function before it is monotone, so that its roots can be
    bracketed: from the linear derivative up to the first.
    """
    degree = len(coefficients) - 1
    nodes = np.zeros((max(degree, 1) + 1, coefficients.shape[1]))
    nodes[-1] = 1.0
    bent = np.flatnonzero(~_monotone(coefficients)) if degree > 1 else np.arange(0)
    if bent.size:
        chain = [_derivative(coefficients[:, bent])]
        while len(chain[-1]) > 2:
            chain.append(_derivative(chain[-1]))
        found = np.zeros((2, bent.size))
        found[1] = 1.0
        for slopes in reversed(chain):
            negative = _value(slopes, found) < 0.0
            roots = found[:-1].copy()
            row, column = np.nonzero(negative[:-1] != negative[1:])
            roots[row, column] = _root(slopes[:, column], found[row, column], found[row + 1, column])
            found = np.concatenate([found[:1], roots, found[-1:]])
        nodes[:, bent] = found
    return nodes


def _monotone(coefficients: Floats) -> NDArray[np.bool_]:
    """Pieces whose Bernstein coefficients only rise or only fall, which no turning point can have."""
    degree = len(coefficients) - 1
    bernstein = np.array([[comb(i, j) / comb(degree, j) for j in range(degree + 1)] for i in range(degree + 1)])
    steps = np.diff(bernstein @ coefficients, axis=0)
    return np.asarray((steps >= 0.0).all(axis=0) | (steps <= 0.0).all(axis=0))


def _root(coefficients: Floats, lower: Floats, upper: Floats) -> Floats:
    """Root of every polynomial in its bracket, by Newton's method, halving the bracket where that is slow.

    A root is as good as it can be where the value is no more than round-off.
    """
    slopes = _derivative(coefficients)
    rising = _value(coefficients, lower) < 0.0
    noise = EPSILON * np.abs(coefficients).sum(axis=0)
    x = (lower + upper) / 2.0
    step = upper - lower
    for _ in range(200):
        value = _value(coefficients, x)
        done = (np.abs(value) <= noise) | (np.abs(step) <= EPSILON)
        if done.all():
            break
        before = (value < 0.0) == rising
        lower, upper = np.where(before, x, lower), np.where(before, upper, x)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = value / _value(slopes, x)
        good = (x - newton >= lower) & (x - newton <= upper) & (2.0 * np.abs(newton) < np.abs(step))
        step = np.where(done, 0.0, np.where(good, newton, x - (lower + upper) / 2.0))
        x = x - step
    return x
