"""Sparse LU without pivoting for one fixed pattern, worked out once: who is eliminated when, and what fills in.

The order of elimination is chosen to keep fill-in small (Markowitz 1957, doi:10.1287/mnsc.3.3.255), with pivots on the
diagonal: the matrices are I / (h gamma) - J, whose diagonal dominates in compartment and rate equations.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Elimination:
    """A plan for factoring and solving with one pattern.

    Attributes
    ----------
    order : tuple of int
        Pivots, first to last.
    lower, upper : dict of int to tuple of int
        For each pivot the rows below and the columns to the right that take part, in order.

    Examples
    --------
    >>> plan = eliminate(3, {(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)})
    >>> plan.order, plan.entries
    ((0, 1, 2), 5)
    """

    order: tuple[int, ...]
    lower: dict[int, tuple[int, ...]]
    upper: dict[int, tuple[int, ...]]

    @property
    def entries(self) -> int:
        """Number of entries of L and U, fill-in included."""
        return len(self.order) + sum(map(len, self.lower.values())) + sum(map(len, self.upper.values()))


def eliminate(size: int, pattern: Iterable[tuple[int, int]]) -> Elimination:
    """Choose the order of elimination of a sparse matrix with a full diagonal.

    Parameters
    ----------
    size : int
        Number of rows.
    pattern : iterable of tuple of int
        Positions (row, column) of the entries; the diagonal is added.

    Returns
    -------
    Elimination

    Examples
    --------
    >>> arrow = {(0, 1), (0, 2), (1, 0), (2, 0)}  # the full row and column go last, so that nothing fills in
    >>> eliminate(3, arrow).order
    (1, 0, 2)
    """
    rows = {i: {i} | {c for r, c in pattern if r == i} for i in range(size)}
    columns = {j: {r for r in rows if j in rows[r]} for j in range(size)}
    left = set(range(size))
    order: list[int] = []
    lower: dict[int, tuple[int, ...]] = {}
    upper: dict[int, tuple[int, ...]] = {}
    while left:
        pivot = min(left, key=lambda k: ((len(rows[k] & left) - 1) * (len(columns[k] & left) - 1), k))
        left.remove(pivot)
        order.append(pivot)
        below = sorted(columns[pivot] & left)
        right = sorted(rows[pivot] & left)
        for i in below:
            rows[i].update(right)
        for j in right:
            columns[j].update(below)
        lower[pivot], upper[pivot] = tuple(below), tuple(right)
    return Elimination(tuple(order), lower, upper)
