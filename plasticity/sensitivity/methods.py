"""SALib's analyses of one quantity at a time, each behind what it needs so as not to answer with silent zeros."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity.sweeps.planning.salib_designs import LEVELS, unit_problem

Floats = NDArray[np.float64]
SLICES = 10
"""Slices of a factor's range between which PAWN compares distributions; SALib cannot divide by every number."""
DUMMIES = 20
"""Factors of pure chance that tell how large a PAWN index is without any influence."""


@dataclass(frozen=True)
class Asked:
    """How an analysis is done.

    Attributes
    ----------
    resamples : int
        Of the bootstrap.
    level : float
        Probability of its intervals.
    seed : int
        Of all that is drawn in the analysis.

    Examples
    --------
    >>> Asked(200, 0.95, 0).level
    0.95
    """

    resamples: int
    level: float
    seed: int


@dataclass(frozen=True)
class Sample:
    """The points that count.

    Attributes
    ----------
    names : list of str
        Of the factors.
    table : ndarray, shape (points, factors)
        Values of the factors.
    values : ndarray, shape (points,)
        Of the quantity.

    Examples
    --------
    >>> Sample(["dose"], np.array([[1.0], [2.0]]), np.array([3.0, 4.0])).values.size
    2
    """

    names: list[str]
    table: Floats
    values: Floats


@dataclass(frozen=True)
class Method:
    """One way to rank factors.

    Attributes
    ----------
    designs : tuple of str
        Designs whose samples it takes; empty for any that draws independent points.
    found : dict of str to (str, bool)
        What it gives: a label, and whether that has the unit of the quantity.
    source : str
    analyse : callable
        What gives it, from the points that count.

    Examples
    --------
    >>> METHODS["morris"].designs
    ('morris',)
    """

    designs: tuple[str, ...]
    found: Mapping[str, tuple[str, bool]]
    source: str
    analyse: Callable[[Sample, Asked], dict[str, Floats]]


def sobol(sample: Sample, asked: Asked) -> dict[str, Floats]:
    """Estimate Sobol indices and their bootstrap intervals.

    Parameters
    ----------
    sample : Sample
        Whole blocks of Saltelli's design.
    asked : Asked

    Returns
    -------
    dict of str to ndarray, shape (factors,)

    Examples
    --------
    >>> from plasticity.sweeps.planning.salib_designs import block_shares
    >>> table = block_shares("saltelli", 2, 256, 0)
    >>> found = sobol(Sample(["a", "b"], table, table @ [2.0, 1.0]), Asked(50, 0.95, 0))
    >>> [round(float(one), 1) for one in found["total"]]  # 4 to 1
    [0.8, 0.2]
    """
    from SALib.analyze import sobol as salib

    told = salib.analyze(
        unit_problem(sample.names), sample.values, calc_second_order=False, num_resamples=asked.resamples,
        conf_level=asked.level, seed=np.random.default_rng(asked.seed),  # a plain seed of 0 would be taken for none
    )  # fmt: skip
    found: dict[str, Floats] = {}
    for name, key in (("first_order", "S1"), ("total", "ST")):
        found |= _between(name, told[key], told[f"{key}_conf"])
    return found


def morris(sample: Sample, asked: Asked) -> dict[str, Floats]:
    """Average the elementary effects of whole trajectories.

    Parameters
    ----------
    sample : Sample
        Whole trajectories of Morris' design.
    asked : Asked

    Returns
    -------
    dict of str to ndarray, shape (factors,)

    Examples
    --------
    >>> from plasticity.sweeps.planning.salib_designs import block_shares
    >>> table = block_shares("morris", 2, 4, 0)
    >>> morris(Sample(["a", "b"], table, table @ [2.0, -1.0]), Asked(50, 0.95, 0))["mu"].round(9).tolist()
    [2.0, -1.0]
    """
    from SALib.analyze import morris as salib

    told = salib.analyze(
        unit_problem(sample.names), sample.table, sample.values, num_resamples=asked.resamples,
        conf_level=asked.level, num_levels=LEVELS, seed=asked.seed,
    )  # fmt: skip
    star, half = np.asarray(told["mu_star"], float), np.asarray(told["mu_star_conf"], float)
    plain = {name: np.asarray(told[name], float) for name in ("mu", "sigma")}
    return _between("mu_star", star, half) | plain


def pawn(sample: Sample, asked: Asked) -> dict[str, Floats]:
    """Compare the distribution of a quantity with that within slices of each factor.

    Parameters
    ----------
    sample : Sample
        Any points.
    asked : Asked

    Returns
    -------
    dict of str to ndarray, shape (factors,)
        `noise` is the same for all of them.

    Examples
    --------
    >>> table = np.random.default_rng(0).random((400, 2))
    >>> found = pawn(Sample(["a", "b"], table, table @ [1.0, 0.0]), Asked(50, 0.95, 0))
    >>> (found["pawn"] > found["noise"]).tolist()
    [True, False]
    """
    from SALib.analyze import pawn as salib

    chance = np.random.default_rng(asked.seed).random((len(sample.values), DUMMIES))
    names = [*sample.names, *(f"chance {i}" for i in range(DUMMIES))]
    told = salib.analyze(unit_problem(names), np.hstack([sample.table, chance]), sample.values, S=SLICES)
    median, most = (np.asarray(told[key], float) for key in ("median", "maximum"))
    k = len(sample.names)
    return {"pawn": median[:k], "pawn_maximum": most[:k], "noise": np.full(k, np.quantile(median[k:], asked.level))}


def _between(name: str, middle: Floats, half: Floats) -> dict[str, Floats]:
    return {name: np.asarray(middle), f"{name}_low": middle - half, f"{name}_high": middle + half}


def _bounds(name: str, label: str, has_unit: bool) -> dict[str, tuple[str, bool]]:
    ends = {f"{name}_{end}": (f"{label}, {text} end of its interval", has_unit)
            for end, text in (("low", "lower"), ("high", "upper"))}  # fmt: skip
    return {name: (label, has_unit), **ends}


METHODS = {
    "sobol": Method(
        ("saltelli",),
        {**_bounds("first_order", "First-order Sobol index", False), **_bounds("total", "Total Sobol index", False)},
        "first order: Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018; total: Jansen 1999, "
        "doi:10.1016/S0010-4655(98)00154-4",
        sobol,
    ),
    "morris": Method(
        ("morris",),
        {
            **_bounds("mu_star", "Mean size of the elementary effects", True),
            "mu": ("Mean elementary effect", True),
            "sigma": ("Standard deviation of the elementary effects", True),
        },
        "Morris 1991, doi:10.1080/00401706.1991.10484804; mean size: Campolongo et al. 2007, "
        "doi:10.1016/j.envsoft.2006.10.004",
        morris,
    ),
    "pawn": Method(
        (),
        {
            "pawn": ("PAWN index (median over slices)", False),
            "pawn_maximum": ("PAWN index (maximum over slices)", False),
            "noise": ("PAWN index that factors of pure chance stay below", False),
        },
        "Pianosi and Wagener 2015, doi:10.1016/j.envsoft.2015.01.004, and 2018, doi:10.1016/j.envsoft.2018.07.019; "
        "noise: Khorashadi Zadeh et al. 2017, doi:10.1016/j.envsoft.2017.02.001",
        pawn,
    ),
}
"""Methods by name; the first that takes a design is the one for it."""
