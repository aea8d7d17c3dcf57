"""Every published number that the model can be asked about, against what the model says: in, out, or not judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity import data
from plasticity.calibration.asked import asked
from plasticity.calibration.batch import Batch
from plasticity.calibration.members import runs
from plasticity.calibration.observed import Observation
from plasticity.calibration.quantities import quantity
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.uncertainty import plausible_numbers

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Report = Callable[[int, int, str], None]
HOURS = {"closing_day": 120 * 24.0, "ever_opens": 60 * 24.0}
"""How long a run must be for a quantity; a week and a little for all others."""
SHORT = 7.5 * 24.0
VERDICTS = ("in", "out", "no interval", "no prediction")
MISSES = "known_misses"
"""Table that says what would cure a miss."""
LEVELS = (0.05, 0.95)


@dataclass(frozen=True)
class Comparison:
    """Which rows, which model, and how many draws of its uncertain numbers.

    Attributes
    ----------
    rows : tuple of Observation
    model : Model
    parameters : dict of str to float
        Overrides, where the compound is dosed or the number shared.
    draws : int
        Of the uncertain numbers, see `plasticity.uncertainty.plausible_numbers`; 0 for none.
    seed : int

    Examples
    --------
    >>> Comparison((), Model(), {}, 0, 0).draws
    0
    """

    rows: tuple[Observation, ...]
    model: Model
    parameters: Mapping[str, float]
    draws: int
    seed: int


def validated_rows(plan: Comparison, report: Report | None = None) -> "xarray.Dataset":
    """Predict every row.

    Parameters
    ----------
    plan : Comparison
    report : callable, optional
        Called before each protocol with how many are done, how many there are, and which comes next.

    Returns
    -------
    xarray.Dataset
        Along `row`: `observed`, `observed_low`, `observed_high`, `predicted`, `predicted_low`, `predicted_high` (5 and
        95 % of draws of the recalled, assumed, fitted and derived numbers, as the calibrating windows allow),
        `verdict`, `role`, `remedy` and where the row comes from; `table` and `unit` tell what the numbers are.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> rows = tuple(chosen({"plasma_maxima": ["psilocybin_25mg_cmax"], "bdnf_folds": ["doi_mrna"]}))
    >>> ds = validated_rows(Comparison(rows, Model(), {}, 0, 0))
    >>> ds["verdict"].values.tolist(), round(float(ds["predicted"][0]), 1)
    (['in', 'no prediction'], 17.3)
    """
    protocols: dict[tuple[str, float], list[int]] = {}
    for i, row in enumerate(plan.rows):
        if row.modelled:
            protocols.setdefault((row.modelled, HOURS.get(row.quantity, SHORT)), []).append(i)
    found = np.full((len(plan.rows), 1 + plan.draws), np.nan)
    failed = 0
    for done, ((text, hours), members) in enumerate(protocols.items()):
        if report is not None:
            report(done, len(protocols), text)
        protocol = asked(text, hours)
        points = _points(plan, protocol)
        made = runs(protocol, plan.model, points)
        good = np.array([run.trajectory.status == 0 for run in made])
        failed += int((~good).sum())
        batch = Batch([run for run, fine in zip(made, good, strict=True) if fine])
        for i in members if good.any() else ():
            row = plan.rows[i]
            found[i, good] = quantity(row.quantity)(batch, row.compound, row.at)
    return _dataset(plan, found, failed)


def _points(plan: Comparison, protocol: Protocol) -> list[dict[str, float]]:
    """Give the numbers in force, then draws of the uncertain ones."""
    assembly = plan.model.assemble(protocol.compounds)
    dosed = {compound.name for compound in assembly.compounds}
    mine = {
        name: value for name, value in plan.parameters.items() if name.partition(".")[0] in dosed or "." not in name
    }
    drawn = plausible_numbers(protocol, plan.model, mine, plan.draws, plan.seed) if plan.draws else []
    return [mine, *({name: one[name] for name in assembly.parameters} for one in drawn)]


def verdict(row: Observation, predicted: float) -> str:
    """Say whether a prediction lies in the observed interval.

    Parameters
    ----------
    row : Observation
    predicted : float
        NaN where the model cannot be asked.

    Returns
    -------
    str
        One of `VERDICTS`.

    Examples
    --------
    >>> from plasticity.calibration.observed import rows
    >>> verdict(rows("critical_period_windows")["lsd"], 19.9)
    'out'
    """
    if np.isnan(predicted):
        return "no prediction"
    if not row.judged:
        return "no interval"
    return "in" if row.low <= predicted <= row.high else "out"


def _dataset(plan: Comparison, found: Floats, failed: int) -> "xarray.Dataset":
    import xarray

    known = data.load(MISSES)
    remedies = dict(zip(known["id"].values.tolist(), known["remedy"].values.tolist(), strict=True))
    verdicts = [verdict(row, value) for row, value in zip(plan.rows, found[:, 0], strict=True)]
    low, high = np.full((2, len(plan.rows)), np.nan)
    drawn = np.isfinite(found[:, 1:]).any(axis=1) if plan.draws else np.zeros(len(plan.rows), bool)
    if drawn.any():
        low[drawn], high[drawn] = np.nanquantile(found[drawn, 1:], LEVELS, axis=1)
    numbers: dict[str, tuple[Any, str]] = {
        "observed": ([row.value for row in plan.rows], "Published value"),
        "observed_low": ([row.low for row in plan.rows], "Lower end of the interval that agrees"),
        "observed_high": ([row.high for row in plan.rows], "Upper end of the interval that agrees"),
        "predicted": (found[:, 0], "Of the model, by the numbers in force"),
        "predicted_low": (low, "5 % of draws of the uncertain numbers"),
        "predicted_high": (high, "95 % of draws of the uncertain numbers"),
        "predicted_share": (_shares(plan, found), "Share of draws that open a window, where that is what was seen"),
        "at": ([row.at for row in plan.rows], "Time of the observation [h]"),
        "n": ([row.n for row in plan.rows], "Subjects"),
    }
    columns: dict[str, Any] = {
        name: ("row", np.array(values, dtype=float), {"long_name": label}) for name, (values, label) in numbers.items()
    }
    texts: dict[str, Sequence[str]] = {
        name: [getattr(row, name) for row in plan.rows]
        for name in (
            *("table", "quantity", "unit", "compound", "species", "dose", "modelled"),
            *("spread", "role", "flag", "source", "note"),
        )
    }
    texts |= {"verdict": verdicts, "remedy": [remedies.get(row.id, "") for row in plan.rows]}
    columns |= {name: ("row", np.array(values, dtype=str)) for name, values in texts.items()}
    columns["status"] = ((), int(failed), {"long_name": "Runs that did not reach their end"})
    return xarray.Dataset(columns, coords={"row": [row.id for row in plan.rows]})


def _shares(plan: Comparison, found: Floats) -> Floats:
    drawn = np.array([row.spread == "exact" for row in plan.rows], dtype=bool) & np.isfinite(found[:, 1:]).any(axis=1)
    shares = np.full(len(plan.rows), np.nan)
    if drawn.any():
        shares[drawn] = np.nanmean(found[drawn, 1:], axis=1)
    return shares


def counts(ds: "xarray.Dataset") -> dict[str, dict[str, int]]:
    """Count the verdicts, calibration and hold-out apart.

    Parameters
    ----------
    ds : xarray.Dataset
        From `validated_rows`.

    Returns
    -------
    dict
        For each role, how many rows have each verdict.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> rows = tuple(chosen({"bdnf_folds": ["doi_mrna"]}))
    >>> counts(validated_rows(Comparison(rows, Model(), {}, 0, 0)))["holdout"]["no prediction"]
    1
    """
    return {
        role: {one: int(((ds["role"] == role) & (ds["verdict"] == one)).sum()) for one in VERDICTS}
        for role in ("calibration", "holdout")
    }
