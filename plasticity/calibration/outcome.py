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
from plasticity.calibration.laws import BASELINE, Law
from plasticity.calibration.likelihood import Error
from plasticity.calibration.members import closing_days
from plasticity.calibration.observed import Observation
from plasticity.calibration.profiles import confidence, identified, profile
from plasticity.calibration.sampling import inference, sampled
from plasticity.calibration.separation import separation
from plasticity.errors import InputError
from plasticity.model import Model

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Report = Callable[[int, int, str], None]
DRAWS = 200
"""Draws of the posterior that predictions are made with."""


@dataclass(frozen=True)
class Plan:
    """What is fitted to what, and how hard.

    Attributes
    ----------
    laws : tuple of Law
    rows, holdout : tuple of Observation
        Fitted to, and only predicted; no row may be in both.
    error : Error
    screen, starts, profile, walkers, steps, burn, seed : int
    experiments : tuple of str
        Doses, as in `plasticity.calibration.asked.asked`, that might tell the laws apart.
    study : str
        Hash of the study.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> lsd = tuple(chosen({"critical_period_windows": ["lsd"]}))
    >>> Plan((), lsd, lsd, Error("normal", 1.5), 64, 4, 9, 8, 10, 2, 0, (), "")
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
    walkers: int
    steps: int
    burn: int
    seed: int
    experiments: tuple[str, ...]
    study: str

    def __post_init__(self) -> None:
        both = {(one.table, one.id) for one in self.rows} & {(one.table, one.id) for one in self.holdout}
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
        `direction` what windows identify.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> rows = tuple(chosen({"critical_period_windows": ["ketamine", "psilocybin"]}))
    >>> ds = calibrated(Plan((line,), rows, (), Error("normal", 1.5), 64, 4, 5, 8, 20, 5, 0, (), "a"))
    >>> ds["value"].round(2).values.tolist()
    [4.5, 9.0]
    """
    everything = (*plan.rows, *plan.holdout)
    parts = [f"fit of {law.name}" for law in plan.laws] + ["experiments", "identifiability"]
    found = []
    for i, law in enumerate(plan.laws):
        if report is not None:
            report(i, len(parts), parts[i])
        found.append(_of_law(plan, law, everything, chains))
    if report is not None:
        report(len(plan.laws), len(parts), parts[-2])
    ds = _joined(plan, [one for one, _ in found], everything)
    ds = ds.merge(_experiments(plan, [draws for _, draws in found]))
    if report is not None:
        report(len(parts) - 1, len(parts), parts[-1])
    return ds.merge(_identified(plan, everything)) if any(law.name != BASELINE for law in plan.laws) else ds


def _of_law(
    plan: Plan, law: Law, everything: Sequence[Observation], chains: Path | None
) -> tuple[dict[str, Any], Floats]:
    target = Target(law, plan.rows, plan.error)
    best = fitted(target, screen=plan.screen, starts=plan.starts, seed=plan.seed)
    with TemporaryDirectory() as folder:
        chain = sampled(
            target,
            best,
            walkers=plan.walkers,
            steps=plan.steps,
            seed=plan.seed,
            file=chains or Path(folder) / "chains.h5",
            name=law.name,
            study=plan.study,
        )
    kept = chain[plan.burn :].reshape(-1, len(law.free))
    draws = kept[np.linspace(0, len(kept) - 1, min(DRAWS, len(kept))).astype(int)]
    days, spread = law.days(best.cube[None], everything)[0], law.days(draws, everything)
    count = len(plan.rows)
    whole = Target(law, everything, plan.error)
    each, many = whole.each(days[None])[0], whole.each(spread)
    told = {
        "log_likelihood": best.log_likelihood,
        "holdout_log_likelihood": each[count:].sum(),
        "predictive_log_likelihood": np.log(np.mean(np.exp(many[:, count:].sum(axis=1)))),
        "closing_day": days,
        "closing_day_low": np.quantile(spread, 0.025, axis=0),
        "closing_day_high": np.quantile(spread, 0.975, axis=0),
        "starts": best.starts,
        "estimates": [
            _estimate(plan, target, best, i, inference(target, chain, plan.burn)) for i in range(len(law.free))
        ],
    }
    return told, draws


def _estimate(plan: Plan, target: Target, best: Fit, index: int, posterior: "xarray.Dataset") -> dict[str, Any]:
    free = target.law.free[index]
    grid, height = profile(target, best, index, plan.profile)
    low, high = confidence(grid, height)
    values = posterior[free.name].values.ravel()
    parameters = Model(brake=target.law.name).assemble([]).parameters if target.law.name != BASELINE else {}
    return {
        "name": f"{target.law.name}.{free.name}",
        "unit": parameters[free.name].unit if parameters else "d",
        "value": float(free.value(best.cube[index])),
        "low": float(free.value(np.array(low))),
        "high": float(free.value(np.array(high))),
        "at_bound": free.name in best.at_bound,
        "posterior_low": float(np.quantile(values, 0.025)),
        "posterior_median": float(np.quantile(values, 0.5)),
        "posterior_high": float(np.quantile(values, 0.975)),
        "r_hat": posterior[free.name].attrs["r_hat"],
        "ess": posterior[free.name].attrs["ess"],
        "profile_value": free.value(grid),
        "profile_log_likelihood": height,
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
        "posterior_low": "2.5 % quantile of the posterior",
        "posterior_median": "Median of the posterior",
        "posterior_high": "97.5 % quantile of the posterior",
        "r_hat": "Convergence of the chains, 1 where they agree",
        "ess": "Effective size of the sample",
    }
    columns: dict[str, Any] = {
        name: ("estimate", np.array([float(one[name]) for one in estimates]), {"long_name": label})
        for name, label in single.items()
    }
    columns["unit"] = ("estimate", np.array([one["unit"] for one in estimates], dtype=str))
    for name in ("profile_value", "profile_log_likelihood"):
        columns[name] = (("estimate", "point"), padded(name))
    labels = {
        "log_likelihood": "Log-likelihood of the fitted rows at the best point",
        "holdout_log_likelihood": "Log-likelihood of the held-out rows at the best point",
        "predictive_log_likelihood": "Logarithm of the held-out rows' probability, averaged over the posterior",
    }
    for name, label in labels.items():
        columns[name] = ("law", np.array([each[name] for each in found]), {"long_name": label})
    for name in ("closing_day", "closing_day_low", "closing_day_high"):
        values = np.array([each[name] for each in found])
        columns[name] = (("law", "row"), values, {"units": "d", "long_name": "Closing day"})
    for name, ends in (("low", [r.low for r in everything]), ("high", [r.high for r in everything])):
        label = "Last day seen open" if name == "low" else "First day seen closed; infinite where it was not"
        columns[f"observed_{name}"] = ("row", np.array(ends), {"units": "d", "long_name": label})
    roles = ["calibration"] * len(plan.rows) + ["holdout"] * len(plan.holdout)
    columns["role"] = ("row", np.array(roles))
    columns["flag"] = ("row", np.array([row.flag for row in everything]))
    coords = {
        "law": [law.name for law in plan.laws],
        "row": [row.id for row in everything],
        "estimate": [one["name"] for one in estimates],
    }
    ds = xarray.Dataset(columns, coords=coords)
    inside = (ds["closing_day"] >= ds["observed_low"]) & (ds["closing_day"] <= ds["observed_high"])
    ds["inside"] = inside.astype(float).assign_attrs(long_name="Whether the day lies in the observed interval")
    ds["status"] = ((), 0 if np.isfinite(ds["closing_day"]).all() else 1)
    ds.attrs["error"] = f"{plan.error.kind}, standard deviation {plan.error.sd:g}"
    return ds


def _experiments(plan: Plan, draws: Sequence[Floats]) -> "xarray.Dataset":
    """Information that each experiment would give about which of the laws of closure holds, by the day of the test."""
    import xarray

    laws = [(law, draw) for law, draw in zip(plan.laws, draws, strict=True) if law.name != BASELINE]
    if not plan.experiments or len(laws) < 2:
        return xarray.Dataset()
    tests = np.arange(1.0, min(law.duration for law, _ in laws) / 24.0, 1.0)
    information, middle = [], []
    for text in plan.experiments:
        days = {
            law.name: closing_days(asked(text, law.duration), Model(brake=law.name), law.values(draw), 1e-6)
            for law, draw in laws
        }
        information.append(separation(days, tests.tolist(), plan.error))
        middle.append([float(np.median(each)) for each in days.values()])
    coords = {"experiment": list(plan.experiments), "test_day": tests, "rival": [law.name for law, _ in laws]}
    label = {"units": "bit", "long_name": "Information about the law from one animal looked at on a day"}
    columns = {
        "information": (("experiment", "test_day"), np.array(information), label),
        "experiment_closing_day": (("experiment", "rival"), np.array(middle), {"units": "d"}),
    }
    return xarray.Dataset(columns, coords=coords)


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
