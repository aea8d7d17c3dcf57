"""A whole calibration: every law fitted to the same rows, held against the others, and what would tell them apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.asked import asked
from plasticity.calibration.fitting import Fit, Target, fitted
from plasticity.calibration.joint import conditioned
from plasticity.calibration.laws import BASELINE, KINETICS, Law, units_of
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import Observation
from plasticity.calibration.posterior import converged, posterior, thinned
from plasticity.calibration.profiles import confidence, identified, profile
from plasticity.calibration.sampling import sampled
from plasticity.calibration.separation import separation
from plasticity.errors import InputError
from plasticity.model import Model

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Report = Callable[[int, int, str], None]
DRAWS = 200
"""Draws of the posterior that predictions are made with."""
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Plan:
    """What is fitted to what, and how hard.

    Attributes
    ----------
    laws : tuple of Law
    rows, holdout : tuple of Observation
        Fitted to, and only predicted; no row may be in both.
    error : Error
    screen, starts, profile, ensembles, walkers, steps, burn, seed : int
    experiments : tuple of str
        Doses, as in `plasticity.calibration.asked.asked`, that might tell the laws apart.
    joint : tuple of int or None
        Draws of all uncertain numbers by the first law (`plasticity.calibration.joint`): how many are made, and kept.
    study : str
        Hash of the study.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> lsd = tuple(chosen({"critical_period_windows": ["lsd"]}))
    >>> Plan((), lsd, lsd, Error("normal", 1.5), 64, 4, 9, 2, 8, 10, 2, 0, (), None, "")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: calibration: row lsd of critical_period_windows is both fitted and held out; ...
    """

    laws: tuple[Law, ...]
    rows: tuple[Observation, ...]
    holdout: tuple[Observation, ...]
    error: Error
    screen: int
    starts: int
    profile: int
    ensembles: int
    walkers: int
    steps: int
    burn: int
    seed: int
    experiments: tuple[str, ...]
    joint: tuple[int, int] | None
    study: str

    def __post_init__(self) -> None:
        both = {(one.table, one.id) for one in self.rows} & {(one.table, one.id) for one in self.holdout}
        if self.burn >= self.steps:
            raise InputError(f"calibration: sampling.burn: {self.burn}; allowed: less than steps, {self.steps}")
        for table, name in sorted(both):
            raise InputError(
                f"calibration: row {name} of {table} is both fitted and held out; allowed: each row in one of the two"
            )


def calibrated(plan: Plan, chains: Path | None = None, report: Report | None = None) -> "xarray.Dataset":
    """Fit, profile, sample and compare.

    Parameters
    ----------
    plan : Plan
    chains : pathlib.Path, optional
        File that keeps the chains, so that an interrupted run goes on; a temporary one if not given.
    report : callable, optional
        Called with how many parts are done, how many there are, and which comes next.

    Returns
    -------
    xarray.Dataset
        Along `estimate` every free number of every law (`value`, `low`, `high` of its profile, `profile`, posterior
        quantiles), along `law` the likelihoods, along `law` and `row` the closing days with their posterior interval,
        along `experiment` and `test_day` the information that would tell the laws apart, along `parameter` and
        `direction` what windows identify. Where the chains of a law do not agree (`converged`), all that rests on its
        posterior is NaN.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> rows = tuple(chosen({"critical_period_windows": ["ketamine", "psilocybin"]}))
    >>> ds = calibrated(Plan((line,), rows, (), Error("normal", 1.5), 64, 4, 5, 2, 8, 20, 5, 0, (), None, "a"))
    >>> ds["value"].round(2).values.tolist(), float(ds["converged"][0]), float(ds["posterior_low"][0])
    ([4.5, 9.0], 0.0, nan)
    """
    everything = (*plan.rows, *plan.holdout)
    parts = [f"fit of {law.name}" for law in plan.laws] + ["experiments", "draws of all numbers", "identifiability"]
    found = []
    for i, law in enumerate(plan.laws):
        if report is not None:
            report(i, len(parts), parts[i])
        found.append(_of_law(plan, law, everything, chains))
    if report is not None:
        report(len(plan.laws), len(parts), parts[-3])
    ds = _joined(plan, [one for one, _ in found], everything)
    ds = ds.merge(_experiments(plan, [draws for _, draws in found]))
    if report is not None:
        report(len(parts) - 2, len(parts), parts[-2])
    ds = ds.merge(_joint(plan))
    if report is not None:
        report(len(parts) - 1, len(parts), parts[-1])
    mechanisms = any(law.name not in (BASELINE, KINETICS) for law in plan.laws)
    return ds.merge(_identified(plan, everything)) if mechanisms else ds


def _of_law(
    plan: Plan, law: Law, everything: Sequence[Observation], chains: Path | None
) -> tuple[dict[str, Any], Floats]:
    target = Target(law, plan.rows, plan.error)
    best = fitted(target, screen=plan.screen, starts=plan.starts, seed=plan.seed)
    with TemporaryDirectory() as folder:
        chain = sampled(
            target,
            ensembles=plan.ensembles,
            walkers=plan.walkers,
            steps=plan.steps,
            seed=plan.seed,
            file=chains or Path(folder) / "chains.h5",
            name=law.name,
            study=plan.study,
        )
    found = posterior(law, chain, plan.burn)
    agree = converged(found)
    draws = thinned(chain, plan.burn, DRAWS) if agree else np.empty((0, len(law.free)))
    days = law.predicted(best.cube[None], everything)[0]
    spread = law.predicted(draws, everything, 1e-6) if agree else np.empty((0, len(everything)))
    low, high = np.quantile(spread, ENDS, axis=0) if agree else np.full((2, len(everything)), np.nan)
    count = len(plan.rows)
    whole = Target(law, everything, plan.error)
    each, many = whole.each(days[None])[0], whole.each(spread)
    told = {
        "log_likelihood": best.log_likelihood,
        "holdout_log_likelihood": each[count:].sum(),
        "predictive_log_likelihood": _log_mean(many[:, count:].sum(axis=1)),
        "predicted": days,
        "predicted_low": low,
        "predicted_high": high,
        "starts": best.starts,
        "converged": float(agree),
        "estimates": [_estimate(plan, target, best, i, found) for i in range(len(law.free))],
    }
    return told, draws


def _log_mean(heights: Floats) -> float:
    """Logarithm of the mean probability; NaN where there is no draw."""
    from scipy.special import logsumexp

    return float(logsumexp(heights) - np.log(len(heights))) if len(heights) else np.nan


def _estimate(plan: Plan, target: Target, best: Fit, index: int, found: "xarray.Dataset") -> dict[str, Any]:
    free = target.law.free[index]
    grid, height = profile(target, best, index, plan.profile)
    low, high = confidence(grid, height)
    values = found[free.name]
    quantiles = np.quantile(values, (ENDS[0], 0.5, ENDS[1])) if converged(found) else np.full(3, np.nan)
    return {
        "name": f"{target.law.name}.{free.name}",
        "unit": units_of(target.law.name, [free.name])[free.name],
        "value": float(free.value(best.cube[index])),
        "low": float(free.value(np.array(low))),
        "high": float(free.value(np.array(high))),
        "at_bound": free.name in best.at_bound,
        **dict(zip(("posterior_low", "posterior_median", "posterior_high"), quantiles.tolist(), strict=True)),
        **values.attrs,
        "profile_value": free.value(grid),
        "profile_log_likelihood": height,
        "sample": values.values,
    }


def _joined(plan: Plan, found: Sequence[dict[str, Any]], everything: Sequence[Observation]) -> "xarray.Dataset":
    import xarray

    estimates = [one for each in found for one in each["estimates"]]
    widest = max(len(one["profile_value"]) for one in estimates)

    def padded(name: str) -> Floats:
        rows = [one[name] for one in estimates]
        return np.array([np.pad(row, (0, widest - len(row)), constant_values=np.nan) for row in rows])

    single = {
        "value": "Value of largest likelihood",
        "low": "Lower end of the 95 % interval of the profile; NaN where the data do not bound it",
        "high": "Upper end of the 95 % interval of the profile; NaN where the data do not bound it",
        "at_bound": "Whether the value lies at an end of the searched range",
        "posterior_low": "2.5 % quantile of the posterior; NaN where the chains do not agree",
        "posterior_median": "Median of the posterior; NaN where the chains do not agree",
        "posterior_high": "97.5 % quantile of the posterior; NaN where the chains do not agree",
        "r_hat": "Convergence of the chains (rank-normalised split R-hat), 1 where they agree",
        "ess_bulk": "Effective size of the sample in the bulk of the posterior",
        "ess_tail": "Effective size of the sample in the tails of the posterior",
    }
    columns: dict[str, Any] = {
        name: ("estimate", np.array([float(one[name]) for one in estimates]), {"long_name": label})
        for name, label in single.items()
    }
    columns["unit"] = ("estimate", np.array([one["unit"] for one in estimates], dtype=str))
    for name in ("profile_value", "profile_log_likelihood"):
        columns[name] = (("estimate", "point"), padded(name))
    label = "Chains of the posterior, those of all walkers, after the burn-in"
    columns["sample"] = (
        ("estimate", "chain", "draw"),
        np.array([one["sample"] for one in estimates]),
        {"long_name": label},
    )
    labels = {
        "log_likelihood": "Log-likelihood of the fitted rows at the best point",
        "holdout_log_likelihood": "Log-likelihood of the held-out rows at the best point",
        "predictive_log_likelihood": "Logarithm of the held-out rows' probability, averaged over the posterior",
        "converged": "Whether the chains agree: R-hat at most 1.01, effective sizes of 400 or more",
    }
    for name, label in labels.items():
        columns[name] = ("law", np.array([each[name] for each in found]), {"long_name": label})
    days = all(row.quantity == "closing_day" for row in everything)
    said = "closing_day" if days else "predicted"
    told = {"units": "d", "long_name": "Closing day"} if days else {"long_name": "Prediction, in the unit of the row"}
    for name in ("predicted", "predicted_low", "predicted_high"):
        columns[name.replace("predicted", said)] = (("law", "row"), np.array([each[name] for each in found]), told)
    seen = {
        "low": "Last day seen open" if days else "Lower end of the published interval",
        "high": "First day seen closed; infinite where it was not" if days else "Upper end of the published interval",
    }
    for name, label in seen.items():
        ends = np.array([getattr(row, name) for row in everything])
        columns[f"observed_{name}"] = ("row", ends, {"long_name": label} | ({"units": "d"} if days else {}))
    if not days:
        columns["observed"] = ("row", np.array([row.value for row in everything]), {"long_name": "Published mean"})
        columns["observed_error"] = ("row", np.array([row.error for row in everything]), {"long_name": "Its error"})
        columns["quantity"] = ("row", np.array([row.quantity for row in everything], dtype=str))
        columns["row_unit"] = ("row", np.array([row.unit for row in everything], dtype=str))
    roles = ["calibration"] * len(plan.rows) + ["holdout"] * len(plan.holdout)
    columns["role"] = ("row", np.array(roles))
    columns["flag"] = ("row", np.array([row.flag for row in everything]))
    coords = {
        "law": [law.name for law in plan.laws],
        "row": [row.id for row in everything],
        "estimate": [one["name"] for one in estimates],
    }
    ds = xarray.Dataset(columns, coords=coords)
    inside = (ds[said] >= ds["observed_low"]) & (ds[said] <= ds["observed_high"])
    ds["inside"] = inside.astype(float).assign_attrs(long_name="Whether the prediction lies in the observed interval")
    ds["status"] = ((), 0 if np.isfinite(ds[said]).all() else 1)
    ds.attrs["error"] = (
        f"{plan.error.kind}, standard deviation {plan.error.sd:g}" if days else "normal, standard errors as published"
    )
    return ds


def _experiments(plan: Plan, draws: Sequence[Floats]) -> "xarray.Dataset":
    """Information that each experiment would give about which law of closure holds, of those with a posterior."""
    import xarray

    laws = [(law, draw) for law, draw in zip(plan.laws, draws, strict=True) if law.name != BASELINE and len(draw)]
    if not plan.experiments or len(laws) < 2:
        return xarray.Dataset()
    tests = np.arange(1.0, min(law.duration for law, _ in laws) / 24.0, 1.0)
    information, middle = [], []
    for text in plan.experiments:
        days = {law.name: law.closing(asked(text, law.duration), law.values(draw), 1e-6) for law, draw in laws}
        information.append(separation(days, tests.tolist(), plan.error))
        middle.append([float(np.median(each)) for each in days.values()])
    coords = {"experiment": list(plan.experiments), "test_day": tests, "rival": [law.name for law, _ in laws]}
    label = {"units": "bit", "long_name": "Information about the law from one animal looked at on a day"}
    columns = {
        "information": (("experiment", "test_day"), np.array(information), label),
        "experiment_closing_day": (("experiment", "rival"), np.array(middle), {"units": "d"}),
    }
    return xarray.Dataset(columns, coords=coords)


def _joint(plan: Plan) -> "xarray.Dataset":
    import xarray

    if plan.joint is None:
        return xarray.Dataset()
    found = conditioned(plan.laws[0], plan.rows, plan.error, *plan.joint, plan.seed)
    columns = {
        "joint": (("joint_draw", "number"), found.values, {"long_name": "Draws that give the fitted rows"}),
        "joint_unit": ("number", np.array(list(found.units.values()), dtype=str)),
        "joint_label": ("number", np.array(list(found.labels.values()), dtype=str)),
        "joint_effective": ((), found.effective, {"long_name": "Independent draws that the weighted sample is worth"}),
    }
    return xarray.Dataset(columns, coords={"number": list(found.units)})


def _identified(plan: Plan, everything: Sequence[Observation]) -> "xarray.Dataset":
    import xarray

    law = next(law for law in plan.laws if law.name != BASELINE)
    found = identified(everything, plan.error, Model(brake=law.name), law.duration)
    columns = {
        "log_sd_alone": ("parameter", found.alone, {"long_name": "What all windows leave open of ln(number) alone"}),
        "log_sd_known": ("parameter", found.known, {"long_name": "Spread of ln(number) over its plausible range"}),
        "identified": ("parameter", found.identified.astype(float)),
        "eigenvalue": ("direction", found.eigenvalues, {"long_name": "Of the scaled Fisher information"}),
        "eigenvector": (("direction", "parameter"), found.directions),
    }
    return xarray.Dataset(columns, coords={"parameter": list(found.names)})
