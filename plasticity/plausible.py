"""Draws of the uncertain numbers of a model within their plausible ranges."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.values import in_force

Shares = NDArray[np.float64]
UNCERTAIN = ("recalled", "assumed", "fitted")
"""Flags of numbers that are drawn; numbers seen in a source, or derived, are kept."""
SPARE = 4
"""So many times more draws are made than wanted, as some describe no physical system."""


def uncertain(assembly: Assembly) -> dict[str, tuple[float, float]]:
    """List the uncertain numbers of a model.

    Parameters
    ----------
    assembly : Assembly

    Returns
    -------
    dict
        Plausible range by name [unit of the number]: every number flagged as one of `UNCERTAIN`, but for those that
        only say what is called a window, how sharp corners are smoothed, or what is there to be changed at first.

    Examples
    --------
    >>> from plasticity.model import Model
    >>> uncertain(Model().assemble([]))["brake_tau"]
    (105.0, 195.0)
    """
    found = {}
    for name, parameter in assembly.parameters.items():
        head, dot, tail = name.partition(".")
        number = next(c.numbers[tail] for c in assembly.compounds if c.name == head) if dot else parameter
        conventions = name.startswith("window_") or name.endswith(("_smoothing", "_initial"))
        if number.flag in UNCERTAIN and number.range is not None and not conventions:
            found[name] = number.range
    return found


def draws(
    assembly: Assembly, given: Mapping[str, float] | None = None, count: int = 64, seed: int = 0
) -> list[dict[str, float]]:
    """Draw sets of all numbers: a Latin hypercube over the plausible ranges.

    Each number is drawn by itself, with its default as the median and evenly on either side (in logarithms where the
    range is positive). Numbers that were fitted together are drawn apart, so the draws spread wider than the data
    would let them: they show what the declared ranges leave open, and are no posterior distribution.

    Parameters
    ----------
    assembly : Assembly
    given : mapping of str to float, optional
        Numbers set by hand; they are kept.
    count : int
        How many.
    seed : int

    Returns
    -------
    list of dict
        Every number in force by name; the same for the same seed.

    Raises
    ------
    InputError
        If the ranges hardly hold a physical system.

    Examples
    --------
    >>> from plasticity.model import Model
    >>> [105.0 <= values["brake_tau"] <= 195.0 for values in draws(Model().assemble([]), count=3)]
    [True, True, True]
    """
    from scipy.stats import qmc

    middle, _ = in_force(assembly, given)
    ranges = {name: ends for name, ends in uncertain(assembly).items() if name not in (given or {})}
    points = qmc.LatinHypercube(max(len(ranges), 1), seed=seed).random(SPARE * count)
    found: list[dict[str, float]] = []
    for point in points:
        drawn = {n: float(quantile(np.array(u), *ranges[n], middle[n])) for n, u in zip(ranges, point, strict=False)}
        try:
            found.append(in_force(assembly, {**(given or {}), **drawn})[0])
        except InputError:
            continue
        if len(found) == count:
            return found
    raise InputError(f"draws: {len(found)} of {SPARE * count} are physical; allowed: ranges that hold {count}")


def quantile(share: Shares, low: float, high: float, middle: float) -> Shares:
    """Quantiles of a number over its plausible range, with its default as the median and even on either side.

    Parameters
    ----------
    share : ndarray
        0 to 1.
    low, high : float
        The range; even means in logarithms where it is positive.
    middle : float
        The median.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> quantile(np.array([0.0, 0.5, 0.75]), 1.0, 100.0, 4.0).round(2).tolist()
    [1.0, 4.0, 20.0]
    """
    low, high = min(low, middle), max(high, middle)
    ends, positions = np.array([low, middle, high]), np.array([0.0, 0.5, 1.0])
    if low > 0.0:
        return np.asarray(np.exp(np.interp(share, positions, np.log(ends))))
    return np.asarray(np.interp(share, positions, ends))
