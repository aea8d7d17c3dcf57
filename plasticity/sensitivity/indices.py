"""Sensitivity indices of what a sweep kept, as a labelled dataset; failures are refused until told what to do."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.sensitivity.factors import Factors, factors
from plasticity.sensitivity.methods import METHODS, Asked, Method, Sample
from plasticity.sweeps.analysis import sound
from plasticity.sweeps.planning.salib_designs import unit_problem
from plasticity.sweeps.planning.space import SAMPLE

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
MOST_RESAMPLED = 50_000_000
"""Blocks times resamples: SALib holds all of them at once, some 60 bytes each."""
FEWEST = 2
"""Blocks, or for PAWN slices' worth of points, without which there is nothing to estimate from."""


def sensitivity_indices(
    ds: "xarray.Dataset",
    of: str | Sequence[str],
    *,
    method: str | None = None,
    failures: str = "refuse",
    censored: str = "refuse",
    undefined: str = "refuse",
    resamples: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> "xarray.Dataset":
    """Say how much of a quantity hangs on each factor of a sweep.

    Parameters
    ----------
    ds : xarray.Dataset
        What `sweep` returned for a design that draws. ``design="saltelli"`` is made for Sobol indices, ``"morris"`` for
        elementary effects; PAWN takes the others. Dimensions beside the samples (`compound`, `brake_kernel`, ...) stay.
    of : str or sequence of str
        Quantities that the sweep kept, one number for each point. With ``total_open_time`` a point without a window
        counts with its duration of 0 h; `first_open` and others are undefined there.
    method : {"sobol", "morris", "pawn"}, optional
        That of the design if not given.
    failures : {"refuse", "skip"}
        What to do where points failed. Of a Saltelli or Morris design whole blocks are left out, those with such a
        point; the indices are then those of the region that remains.
    censored : {"refuse", "skip", "as_is"}
        The same for durations, areas and closings where a window was open at an end.
    undefined : {"refuse", "skip"}
        The same where sound points have no such number, as the time of opening of a window that never opened.
    resamples : int
        Of the bootstrap over blocks.
    level : float
        Probability of the bootstrap intervals, and of the noise of PAWN.
    seed : int
        Of the resampling.

    Returns
    -------
    xarray.Dataset
        Along `factor` (and `quantity` for several): for ``sobol`` `first_order` and `total` with ``_low`` and ``_high``
        [1]; for ``morris`` `mu_star` with its interval, `mu` and `sigma` [unit of the quantity, for a change from the
        lower end of the factor's range to the upper]; for ``pawn`` `pawn` and `pawn_maximum`, and the `noise` that
        factors of pure chance stay below [1]. `sd` is the standard deviation of the quantity, `left_out` the number of
        blocks or points left out. Attributes: those of the sweep, method, source, resamples, level, version of SALib.

    Raises
    ------
    InputError
        If points failed, are censored or undefined and nothing was said of them, if the quantity does not vary, or if
        method and design do not fit together.

    Notes
    -----
    All estimates are SALib's (Iwanaga et al. 2022, doi:10.18174/sesmo.18155). Intervals are symmetric: the bootstrap's
    standard error times the normal quantile. Indices of a finite sample scatter around the true ones, and may be
    slightly negative or add up to more than one. Sources of the methods stand in the attribute `source`.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol("28 d").dose("psilocybin", "25 mg")
    >>> over = {"brake_tau": "plausible", "creb_tau": "plausible"}
    >>> grid = pl.sweep(plan, over, ["total_open_time", "censored"], design="saltelli", samples=64)
    >>> found = pl.sensitivity_indices(grid, "total_open_time")
    >>> found["factor"].values.tolist(), found["total"].round(1).values.tolist()
    (['brake_tau', 'creb_tau'], [1.0, 0.0])
    """
    import xarray

    drawn = factors(ds)
    chosen = method_for(method, drawn.design)
    asked = _asked(resamples, level, seed)
    if chosen == "sobol" and resamples * drawn.samples > MOST_RESAMPLED:
        told = f"resamples: {resamples:,} of {drawn.samples:,} blocks do not fit into memory"
        raise InputError(f"{told}; allowed: up to {MOST_RESAMPLED // drawn.samples:,}")
    unit_problem(drawn.names)
    names = [of] if isinstance(of, str) else [str(name) for name in of]
    if not names or len(set(names)) < len(names):
        raise InputError(f"of: {of!r}; allowed: quantities that the sweep kept, each once")
    parts = [_of(ds, name, drawn, METHODS[chosen], (failures, censored, undefined), asked) for name in names]
    found = parts[0]
    if not isinstance(of, str):
        each: Any = {"data_vars": "all", "coords": ["quantity_label", "quantity_units"], "compat": "equals"}
        found = xarray.concat(parts, "quantity", join="exact", combine_attrs="drop_conflicts", **each)
    found.attrs = ds.attrs | _told(chosen, drawn, asked)
    return found


def _told(method: str, drawn: Factors, asked: Asked) -> dict[str, str | int | float]:
    from importlib.metadata import version

    return {
        "method": method,
        "source": METHODS[method].source,
        "samples": drawn.samples,
        "points": len(drawn.values),
        "resamples": asked.resamples,
        "level": asked.level,
        "resampling_seed": asked.seed,
        "salib_version": version("SALib"),
    }


def method_for(given: str | None, design: str) -> str:
    """Choose the method that a design is made for, or make sure that the given one is.

    Parameters
    ----------
    given : str or None
        A key of `plasticity.sensitivity.methods.METHODS`.
    design : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the method is unknown or needs another design.

    Examples
    --------
    >>> method_for(None, "saltelli"), method_for(None, "halton")
    ('sobol', 'pawn')
    """
    fitting = [name for name, one in METHODS.items() if design in one.designs]
    fitting += [name for name, one in METHODS.items() if not fitting and not one.designs]
    if given is None:
        return fitting[0]
    if given not in METHODS:
        raise unknown_name("method", given, METHODS)
    if given not in fitting:
        needed = " or ".join(METHODS[given].designs) or "latin_hypercube, sobol or halton"
        raise InputError(
            f"method {given}: the samples are of design {design}; allowed: {fitting[0]}, or design {needed}"
        )
    return given


def _asked(resamples: Any, level: float, seed: Any) -> Asked:
    if isinstance(resamples, bool) or not isinstance(resamples, int) or not 2 <= resamples <= 100_000:
        raise InputError(f"resamples: {resamples!r}; allowed: a whole number from 2 to 100,000")
    if not 0.0 < level < 1.0:
        raise InputError(f"level: {level!r}; allowed: more than 0, less than 1")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed: {seed!r}; allowed: a whole number, 0 or more")
    return Asked(resamples, level, seed)


def _of(
    ds: "xarray.Dataset", name: str, drawn: Factors, method: Method, ways: tuple[str, str, str], asked: Asked
) -> "xarray.Dataset":
    """Analyse one quantity at every place of the other dimensions."""
    import xarray

    values, counted = sound(ds, name, *ways)
    points = ds["status"].dims
    if set(values.dims) != set(points):
        given = ", ".join(map(str, values.dims))
        raise InputError(f"{name}: has dimensions {given}; allowed: one number for each point")
    others = [dim for dim in points if dim != SAMPLE]
    shape = [ds.sizes[dim] for dim in others]
    table, whole = values.transpose(*others, SAMPLE).values, counted.transpose(*others, SAMPLE).values
    arrays = {key: np.empty([*shape, len(drawn.names)]) for key in method.found}
    sd, left_out = np.empty(shape), np.empty(shape, int)
    for place in itertools.product(*map(range, shape)):
        kept = whole[place].reshape(-1, drawn.blocks).all(axis=1)
        rows = np.flatnonzero(np.repeat(kept, drawn.blocks))
        _check(name, table[place][rows], int(kept.sum()), len(kept), drawn)
        sample = Sample(drawn.names, drawn.values[rows], table[place][rows])
        sd[place], left_out[place] = table[place][rows].std(), int((~kept).sum())
        for key, one in method.analyse(sample, asked).items():
            arrays[key][place] = one
    unit = str(values.attrs.get("units", "1"))
    what = "Blocks" if drawn.blocks > 1 else "Points"
    variables: dict[str, Any] = {
        key: ((*others, "factor"), arrays[key], {"units": unit if has_unit else "1", "long_name": label})
        for key, (label, has_unit) in method.found.items()
    }
    variables["sd"] = (others, sd, {"units": unit, "long_name": "Standard deviation over the samples"})
    variables["left_out"] = (others, left_out, {"units": "1", "long_name": f"{what} left out"})
    kept_coords = {
        key: one for key, one in ds.coords.items() if SAMPLE not in one.dims and set(one.dims) <= set(others)
    }
    return xarray.Dataset(variables, {**kept_coords, **_labels(ds, name, drawn)})


def _labels(ds: "xarray.Dataset", name: str, drawn: Factors) -> dict[str, Any]:
    own = [ds[factor].attrs for factor in drawn.names]
    return {
        "factor": ("factor", drawn.names, {"long_name": "Factor"}),
        "factor_label": ("factor", [str(one.get("long_name", "")) for one in own], {"long_name": "What the factor is"}),
        "factor_units": ("factor", [str(one.get("units", "1")) for one in own], {"long_name": "Unit of the factor"}),
        "factor_range": ("factor", drawn.ranges(), {"long_name": "What the factor was drawn from"}),
        "quantity": ((), name, {"long_name": "Quantity"}),
        "quantity_label": ((), str(ds[name].attrs.get("long_name", name)), {"long_name": "What the quantity is"}),
        "quantity_units": ((), str(ds[name].attrs.get("units", "1")), {"long_name": "Unit of the quantity"}),
    }


def _check(name: str, values: Floats, kept: int, of: int, drawn: Factors) -> None:
    """Refuse what SALib would answer with zeros or NaN."""
    least = FEWEST if drawn.blocks > 1 else 10 * FEWEST
    if kept < least:
        what = "blocks" if drawn.blocks > 1 else "points"
        raise InputError(f"{name}: {kept} of {of} {what} are left; allowed: {least} or more, so narrower ranges")
    if np.ptp(values) == 0.0:
        raise InputError(f"{name}: is {values[0]:g} at every point, so nothing hangs on it; allowed: what varies")
