"""The posterior of a law's free numbers by emcee: seeded, kept on disk as it grows, resumable."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from plasticity.calibration.fitting import Target
from plasticity.errors import InputError

Floats = NDArray[np.float64]
SCREEN = 512
"""Points of a Sobol sequence of which walkers are drawn, each by its likelihood: they start all over the posterior."""
SPREAD = 0.02
"""So far from such a point each walker starts, as a share of the searched range."""
RTOL = 1e-6
"""Relative tolerance of the engine while sampling: closing days to about 1e-5 d."""


def sampled(
    target: Target, *, ensembles: int, walkers: int, steps: int, seed: int, file: Path, name: str, study: str
) -> Floats:
    """Sample the posterior, uniform in the searched range before the data.

    Parameters
    ----------
    target : Target
    ensembles : int
        Of walkers that know nothing of each other.
    walkers, steps : int
        Of each ensemble; the chain is `steps` long in all, and what the file already holds is not done again.
    seed : int
    file : pathlib.Path
        HDF5, one group per law and ensemble.
    name : str
        Of the law.
    study : str
        Hash of the study; a chain of another one is refused.

    Returns
    -------
    ndarray, shape (ensembles, steps, walkers, free)
        Points of the unit cube. A chain that was interrupted and resumed equals one that was not.

    Raises
    ------
    InputError
        If the file holds the chain of another study, or there are too few walkers.

    Notes
    -----
    emcee (Foreman-Mackey et al. 2013, doi:10.1086/670067) with two moves: a walker jumps to a place drawn from the
    density of the other walkers, or along the difference of two of them (ter Braak 2006,
    doi:10.1007/s11222-006-8769-1). The walkers of half an ensemble are one call of the engine.

    Examples
    --------
    >>> import tempfile
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.likelihood import Error
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     where = {"file": Path(folder) / "chain.h5", "name": "line", "study": "a"}
    ...     sampled(target, ensembles=2, walkers=8, steps=5, seed=0, **where).shape
    (2, 5, 8, 2)
    """
    import h5py

    size = len(target.law.free)
    if walkers < 4 * size:
        raise InputError(f"sampling.walkers: {walkers}; allowed: {4 * size} or more, four times the free numbers")
    if file.exists():
        with h5py.File(file) as held:
            if held.attrs.get("study") != study:
                raise InputError(f"{file}: holds the chains of another study; allowed: another --out, or remove it")
    else:
        with h5py.File(file, "w") as held:
            held.attrs["study"] = study
    return np.array([_ensemble(target, walkers, steps, [seed, at], file, f"{name}_{at}") for at in range(ensembles)])


def _ensemble(target: Target, walkers: int, steps: int, seed: list[int], file: Path, group: str) -> Floats:
    import emcee

    density = partial(target.log_likelihood, rtol=RTOL)
    backend = emcee.backends.HDFBackend(str(file), name=group)
    moves = [(_density_move(), 0.6), (emcee.moves.DEMove(), 0.4)]
    options: Any = {"vectorize": True, "backend": backend, "moves": moves}
    sampler: Any = emcee.EnsembleSampler(walkers, len(target.law.free), density, **options)
    done = backend.iteration if backend.initialized else 0
    if done == 0:
        random = np.random.RandomState(seed)
        sampler.reset()
        state: Any = emcee.State(_starts(target, walkers, random), random_state=random.get_state())
    else:
        state = backend.get_last_sample()
    if done < steps:
        sampler.run_mcmc(state, steps - done, progress=False)
    return np.asarray(backend.get_chain()[:steps])


def _starts(target: Target, walkers: int, random: np.random.RandomState) -> Floats:
    points = qmc.Sobol(len(target.law.free), seed=0).random(SCREEN)
    height = target.log_likelihood(points, RTOL)
    if not np.isfinite(height.max()):
        raise InputError(f"{target.law.name}: gives the rows nowhere in the searched ranges; allowed: other ranges")
    chance = np.exp(height - height.max())
    picked = points[random.choice(SCREEN, walkers, p=chance / chance.sum())]
    moved = np.clip(picked + SPREAD * random.standard_normal(picked.shape), 0.001, 0.999)
    possible = np.isfinite(target.log_likelihood(moved, RTOL))
    return np.asarray(np.where(possible[:, None], moved, picked))


def _density_move() -> Any:
    """Emcee's own KDEMove draws from NumPy's global generator, which neither seed nor chain file would hold."""
    import emcee
    from scipy.stats import gaussian_kde

    class DensityMove(emcee.moves.RedBlueMove):  # type: ignore[misc]
        def get_proposal(self, sample: Floats, others: Any, random: Any) -> tuple[Floats, Floats]:
            density = gaussian_kde(np.concatenate(others, axis=0).T)
            proposed = density.resample(len(sample), seed=random)
            return proposed.T, density.logpdf(sample.T) - density.logpdf(proposed)

    return DensityMove()
