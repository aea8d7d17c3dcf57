"""The chains of a calibration in the form of ArviZ, for its plots, tables and files."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity.calibration.fitting import Target
from plasticity.calibration.sampling import inference
from plasticity.errors import InputError

if TYPE_CHECKING:
    from plasticity.calibration.outcome import Plan


def posteriors(plan: "Plan", chains: str | Path) -> dict[str, Any]:
    """Read the chains that `plasticity calibrate` left beside its dataset.

    Parameters
    ----------
    plan : Plan
        What was calibrated: ``plasticity.Study.load("brake_calibration").evidence``.
    chains : str or pathlib.Path
        The file ending in ``.chains.h5``.

    Returns
    -------
    dict of str to arviz.InferenceData
        By law: every free number in its unit along ``chain`` (walkers) and ``draw``, without the steps that the study
        leaves out, and its log-likelihood as ``sample_stats.lp``. Whether chains agree is for `arviz.summary` to say;
        walkers of one ensemble are no independent chains.

    Raises
    ------
    InputError
        If there is no such file, or it holds the chains of another study.

    Notes
    -----
    Kumar et al. 2019, Journal of Open Source Software 4: 1143, doi:10.21105/joss.01143.

    Examples
    --------
    >>> from plasticity.study import Study
    >>> posteriors(Study.load("brake_calibration").evidence, "nowhere.chains.h5")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.chains.h5: no such file; allowed: chains that `plasticity calibrate` left
    """
    import emcee
    import h5py
    import xarray

    path = Path(chains)
    if not path.is_file():
        raise InputError(f"{path}: no such file; allowed: chains that `plasticity calibrate` left")
    with h5py.File(path) as held:
        if held.attrs.get("study") != plan.study:
            raise InputError(f"{path}: holds the chains of another study; allowed: those of this one")
        sampled = {law.name for law in plan.laws if law.name in held}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # ArviZ announces its next version on import
        import arviz

    found = {}
    for law in (law for law in plan.laws if law.name in sampled):
        backend = emcee.backends.HDFBackend(str(path), name=law.name, read_only=True)
        posterior = inference(Target(law, plan.rows, plan.error), backend.get_chain()[: plan.steps], plan.burn)
        likelihood = backend.get_log_prob()[plan.burn : plan.steps].T
        stats = xarray.Dataset({"lp": (("chain", "draw"), likelihood)}, coords=posterior.coords)
        found[law.name] = arviz.InferenceData(posterior=posterior, sample_stats=stats)
    return found
