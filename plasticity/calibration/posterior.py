"""What chains say once they agree: convergence as ArviZ measures it, and no interval where it is not reached."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.laws import Law

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
LARGEST_R_HAT = 1.01
LEAST_ESS = 400.0
"""Limits of Vehtari et al. 2021, doi:10.1214/20-BA1221: rank-normalised split R-hat, and effective size of the
sample in the bulk and in the tails."""


def posterior(law: Law, chain: Floats, burn: int) -> "xarray.Dataset":
    """Write a chain in the units of its numbers, with convergence and effective size as ArviZ counts them.

    Parameters
    ----------
    law : Law
    chain : ndarray, shape (ensembles, steps, walkers, free)
        Points of the unit cube.
    burn : int
        Steps that are left out.

    Returns
    -------
    xarray.Dataset
        Every free number along `chain` (the walkers of all ensembles) and `draw`, with `r_hat`, `ess_bulk` and
        `ess_tail` as attributes: the form of ArviZ's group ``posterior``.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> cube = np.random.default_rng(0).uniform(size=(2, 40, 4, 2))
    >>> dict(posterior(line, cube, 10).sizes)
    {'chain': 8, 'draw': 30}
    """
    import xarray

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # ArviZ announces its next version on import
        import arviz

    kept = np.swapaxes(chain[:, burn:], 1, 2)
    merged = kept.reshape(-1, *kept.shape[2:])
    named = {free.name: free.value(merged[..., i]) for i, free in enumerate(law.free)}
    measures: Any = arviz
    found = xarray.Dataset({name: (("chain", "draw"), values) for name, values in named.items()})
    for name, values in named.items():
        found[name].attrs = {
            "r_hat": float(measures.rhat(values)),
            "ess_bulk": float(measures.ess(values, method="bulk")),
            "ess_tail": float(measures.ess(values, method="tail")),
        }
    return found


def converged(found: "xarray.Dataset") -> bool:
    """Tell whether chains agree well enough to quote their intervals.

    Parameters
    ----------
    found : xarray.Dataset
        From `posterior`.

    Returns
    -------
    bool
        Whether every number has an R-hat of at most `LARGEST_R_HAT` and effective sizes of at least `LEAST_ESS`.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> random = np.random.default_rng(0)
    >>> [converged(posterior(line, random.uniform(size=(2, steps, 8, 2)), 0)) for steps in (5, 200)]
    [False, True]
    """
    measured = [values.attrs for values in found.data_vars.values()]
    return all(one["r_hat"] <= LARGEST_R_HAT and min(one["ess_bulk"], one["ess_tail"]) >= LEAST_ESS for one in measured)


def thinned(chain: Floats, burn: int, count: int) -> Floats:
    """Take evenly spaced draws of all walkers.

    Parameters
    ----------
    chain : ndarray, shape (ensembles, steps, walkers, free)
    burn : int
        Steps that are left out.
    count : int

    Returns
    -------
    ndarray, shape (count, free)
        Fewer where the chain is shorter.

    Examples
    --------
    >>> thinned(np.zeros((2, 50, 8, 2)), 10, 200).shape
    (200, 2)
    """
    kept = chain[:, burn:].reshape(-1, chain.shape[-1])
    return np.asarray(kept[np.linspace(0, len(kept) - 1, min(count, len(kept))).astype(int)])


def inference_data(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Write the chains of a calibration as ArviZ names them.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study that calibrates.

    Returns
    -------
    xarray.Dataset
        Every free number as ``law.number`` along `chain` and `draw`: the group ``posterior`` of ArviZ's files.

    Examples
    --------
    >>> import xarray
    >>> chains = {"sample": (("estimate", "chain", "draw"), np.zeros((1, 4, 9)))}
    >>> dict(inference_data(xarray.Dataset(chains, {"estimate": ["log_law.slope"]})).sizes)
    {'chain': 4, 'draw': 9}
    """
    found = ds["sample"].to_dataset("estimate")
    found.attrs = dict(ds.attrs)
    return found
