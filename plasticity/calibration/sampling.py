"""The posterior of a law's free numbers by emcee: seeded, kept on disk as it grows, resumable."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.fitting import Fit, Target
from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
SPREAD = 0.02
"""Walkers start around the best point, this far apart as a share of the searched range."""


def sampled(
    target: Target, best: Fit, *, walkers: int, steps: int, seed: int, file: Path, name: str, study: str
) -> Floats:
    """Sample the posterior, uniform in the searched range before the data.

    Parameters
    ----------
    target : Target
    best : Fit
    walkers, steps : int
        The chain is `steps` long in all; what the file already holds is not done again.
    seed : int
    file : pathlib.Path
        HDF5, one group per law.
    name : str
        Of the group.
    study : str
        Hash of the study; a chain of another one is refused.

    Returns
    -------
    ndarray, shape (steps, walkers, free)
        Points of the unit cube. A chain that was interrupted and resumed equals one that was not.

    Raises
    ------
    InputError
        If the file holds the chain of another study, or there are too few walkers.

    Notes
    -----
    The affine-invariant sampler of Goodman and Weare, as implemented by Foreman-Mackey et al. 2013,
    doi:10.1086/670067.

    Examples
    --------
    >>> import tempfile
    >>> from plasticity.calibration.fitting import fitted
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.likelihood import Error
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     where = {"file": Path(folder) / "chain.h5", "name": "line", "study": "a"}
    ...     sampled(target, fitted(target), walkers=8, steps=5, seed=0, **where).shape
    (5, 8, 2)
    """
    import emcee
    import h5py

    size = len(target.law.free)
    if walkers < 2 * size:
        raise InputError(f"sampling.walkers: {walkers}; allowed: {2 * size} or more, twice the free numbers")
    if file.exists():
        with h5py.File(file) as held:
            if held.attrs.get("study") != study:
                raise InputError(f"{file}: holds the chains of another study; allowed: another --out, or remove it")
    else:
        with h5py.File(file, "w") as held:
            held.attrs["study"] = study
    backend = emcee.backends.HDFBackend(str(file), name=name)
    sampler: Any = emcee.EnsembleSampler(walkers, size, target.log_likelihood, vectorize=True, backend=backend)
    done = backend.iteration if backend.initialized else 0
    if done == 0:
        random = np.random.RandomState(seed)
        start = np.clip(best.cube + SPREAD * random.standard_normal((walkers, size)), 0.001, 0.999)
        sampler.reset()
        state: Any = emcee.State(start, random_state=random.get_state())
    else:
        state = backend.get_last_sample()
    if done < steps:
        sampler.run_mcmc(state, steps - done, progress=False)
    return np.asarray(backend.get_chain()[:steps])


def inference(target: Target, chain: Floats, burn: int) -> "xarray.Dataset":
    """Write a chain in the units of its numbers, with convergence and effective size as ArviZ counts them.

    Parameters
    ----------
    target : Target
    chain : ndarray, shape (steps, walkers, free)
    burn : int
        Steps that are left out.

    Returns
    -------
    xarray.Dataset
        Every free number along `chain` (walkers) and `draw`, with `r_hat` and `ess` as attributes: the form of
        ArviZ's group ``posterior``.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.likelihood import Error
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> cube = np.random.default_rng(0).uniform(size=(40, 4, 2))
    >>> dict(inference(Target(line, [], Error("normal", 1.5)), cube, 10).sizes)
    {'chain': 4, 'draw': 30}
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # ArviZ announces its next version on import
        import arviz

    kept = chain[burn:]
    named = {free.name: free.value(kept[..., i]).T for i, free in enumerate(target.law.free)}
    measures: Any = arviz
    found: xarray.Dataset = arviz.from_dict(named)["posterior"].copy()
    for name in named:
        found[name].attrs = {
            "r_hat": float(measures.rhat(named[name])),
            "ess": float(measures.ess(named[name])),
        }
    return found
