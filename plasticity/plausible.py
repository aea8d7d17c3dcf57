"""Draws of the uncertain numbers of a model within their plausible ranges."""

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.compound_rules import Number

Shares = NDArray[np.float64]
UNCERTAIN = ("recalled", "assumed", "fitted")
"""Flags of numbers that are drawn over their plausible range; those derived have an error, those seen are kept."""
DERIVED_ERROR = Number(
    *(0.1, "1", (0.05, 0.2), "assumed", ()),
    "relative standard error of what was derived from published means; those of one laboratory leave 3 to 4 %",
)
"""Standard error, relative to the number, of what was derived from published means."""


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
    return {name: ends for name, (flag, _, ends) in _ranged(assembly).items() if flag in UNCERTAIN}


def derived(assembly: Assembly) -> dict[str, tuple[float, float]]:
    """List the numbers of a model that were derived from published means.

    Parameters
    ----------
    assembly : Assembly

    Returns
    -------
    dict
        Plausible range by name [unit of the number], without those that stand at an end of it.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.model import Model
    >>> found = derived(Model().assemble([load_compound("psilocybin")]))
    >>> "psilocybin.clearance" in found, "psilocybin.bioavailability" in found
    (True, False)
    """
    known = _ranged(assembly)
    return {n: ends for n, (flag, value, ends) in known.items() if flag == "derived" and ends[0] < value < ends[1]}


def _ranged(assembly: Assembly) -> dict[str, tuple[str | None, float, tuple[float, float]]]:
    """Flag, value and plausible range of what has one, without what only says what is called a window, or is smooth."""
    found = {}
    for name, parameter in assembly.parameters.items():
        head, dot, tail = name.partition(".")
        number = next(c.numbers[tail] for c in assembly.compounds if c.name == head) if dot else parameter
        conventions = name.startswith("window_") or name.endswith(("_smoothing", "_initial"))
        if number.range is not None and number.value is not None and not conventions:
            found[name] = (number.flag, number.value, number.range)
    return found


def drawn(assembly: Assembly, given: Mapping[str, float] | None, count: int, seed: int = 0) -> list[dict[str, float]]:
    """Draw what is not known exactly about a model.

    Each recalled, assumed or fitted number is drawn by itself from a Latin hypercube over the plausible ranges, with
    its default as the median and evenly on either side (in logarithms where the range is positive). A number that was
    derived from published means inherits their error: it is log-normal about its default by `DERIVED_ERROR`, within
    its plausible range, unless it stands at an end of that, as a bioavailability of 1 by convention.

    Parameters
    ----------
    assembly : Assembly
    given : mapping of str to float or None
        Numbers set by hand; they are not drawn.
    count : int
        How many.
    seed : int

    Returns
    -------
    list of dict
        The drawn numbers by name, the same for the same seed; not every draw describes a physical system.

    Examples
    --------
    >>> from plasticity.model import Model
    >>> [105.0 <= values["brake_tau"] <= 195.0 for values in drawn(Model().assemble([]), None, 3)]
    [True, True, True]
    """
    middle = assembly.defaults() | dict(given or {})
    ranges = {name: ends for name, ends in uncertain(assembly).items() if name not in (given or {})}
    shares = latin_hypercube(count, len(ranges), seed)
    columns = {n: quantile(shares[:, i], *ends, middle[n]) for i, (n, ends) in enumerate(ranges.items())}
    spread = float(np.sqrt(np.log1p(DERIVED_ERROR.value**2)))
    for name, (low, high) in derived(assembly).items():
        if name not in (given or {}):
            score = np.random.default_rng([seed, zlib.crc32(name.encode())]).standard_normal(count)
            columns[name] = np.clip(middle[name] * np.exp(spread * score), low, high)
    return [{name: float(column[i]) for name, column in columns.items()} for i in range(count)]


def latin_hypercube(points: int, dimensions: int, seed: int) -> Shares:
    """Draw points of the unit cube of which each dimension has one in every layer (McKay et al. 1979).

    Parameters
    ----------
    points, dimensions : int
    seed : int

    Returns
    -------
    ndarray, shape (points, dimensions)

    Notes
    -----
    As `scipy.stats.qmc.LatinHypercube`, without half a second for the import of SciPy's distributions. The method:
    doi:10.1080/00401706.1979.10489755.

    Examples
    --------
    >>> np.sort(np.floor(4 * latin_hypercube(4, 2, 0)), axis=0)[:, 1].tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    random = np.random.default_rng(seed)
    layers = random.permuted(np.tile(np.arange(points), (dimensions, 1)), axis=1).T
    return np.asarray((layers + random.random((points, dimensions))) / points)


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
