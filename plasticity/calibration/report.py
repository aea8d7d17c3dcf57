"""A validation or a calibration as a table of text: on the screen, as Markdown and as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from plasticity.calibration.validation import counts

if TYPE_CHECKING:
    import xarray

Table = tuple[Sequence[str], list[tuple[str, ...]]]


def report_table(ds: "xarray.Dataset") -> Table | None:
    """Lay out what was compared or fitted.

    Parameters
    ----------
    ds : xarray.Dataset
        Of any study.

    Returns
    -------
    tuple of head and rows, or None
        None for a study that neither validates nor calibrates.

    Examples
    --------
    >>> import xarray
    >>> report_table(xarray.Dataset()) is None
    True
    """
    if "verdict" in ds:
        return _validation(ds)
    if "agrees" in ds:
        return _findings(ds)
    return _calibration(ds) if "estimate" in ds.dims else None


def summary(ds: "xarray.Dataset") -> list[str]:
    """Say in a few lines what came out.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study that validates or calibrates.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import xarray
    >>> cells = {"role": ("row", ["holdout"]), "verdict": ("row", ["out"])}
    >>> summary(xarray.Dataset(cells))[1]
    'holdout: 0 in, 1 out, 0 no interval, 0 no prediction'
    """
    if "verdict" in ds:
        return [f"{role}: {', '.join(f'{n} {word}' for word, n in of.items())}" for role, of in counts(ds).items()]
    if "agrees" in ds:
        return [_agreement(ds, str(account)) for account in ds["account"].values]
    lines = []
    for law in ds["law"].values:
        one = ds.sel(law=law)
        said = "closing_day" if "closing_day" in ds else "predicted"
        days = ", ".join(f"{row} {float(day):.2f}" for row, day in zip(ds["row"].values, one[said], strict=True))
        fit, held, mean = (float(one[f"{name}log_likelihood"]) for name in ("", "holdout_", "predictive_"))
        word = "closes (d)" if said == "closing_day" else "predicts"
        over = f"over the posterior {mean:.2f}" if float(one["converged"]) else "chains do not agree: no intervals"
        lines.append(f"{law}: log-likelihood {fit:.3f}, held out {held:.2f} ({over}); {word} {days}")
    if "observed_error" in ds:
        lines += [_held(ds, place) for place in range(ds.sizes["row"])]
    if "information" in ds:
        best = ds["information"].where(ds["information"] == ds["information"].max(), drop=True)
        test = f"{best['experiment'].values[0]}, looked at on day {float(best['test_day'][0]):g}"
        lines.append(
            f"best experiment to tell the laws of closure apart: {test} ({float(best.max()):.2f} bit per animal)"
        )
    if "identified" in ds:
        known = [str(name) for name in ds["parameter"].values[ds["identified"].values > 0.0]]
        rest = [str(name) for name in ds["parameter"].values[ds["identified"].values == 0.0]]
        lines.append(f"numbers that windows inform (each alone): {', '.join(known) or 'none'}")
        lines.append(f"numbers that windows cannot identify: {', '.join(rest)}")
    return lines


def markdown(ds: "xarray.Dataset") -> str:
    """Write the report as a Markdown page.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study that validates or calibrates.

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> markdown(xarray.Dataset(attrs={"title": "Nothing"}))
    '# Nothing\\n'
    """
    found = report_table(ds)
    lines = [f"# {ds.attrs.get('title', 'Report')}", ""]
    if found is None:
        return "\n".join(lines)
    head, rows = found
    lines += [f"- {line}" for line in summary(ds)] + [""]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (head, ["---"] * len(head), *rows)
    ]
    if ds.attrs.get("disclaimer"):
        lines += ["", str(ds.attrs["disclaimer"])]
    return "\n".join(lines) + "\n"


def comma_separated(ds: "xarray.Dataset") -> str:
    """Write the table as CSV.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study that validates or calibrates.

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> comma_separated(xarray.Dataset())
    ''
    """
    found, out = report_table(ds), io.StringIO()
    if found is not None:
        csv.writer(out, lineterminator="\n").writerows([found[0], *found[1]])
    return out.getvalue()


def number_text(value: object) -> str:
    """Write a number to four digits.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Empty for NaN.

    Examples
    --------
    >>> number_text(17.30042), number_text(float("nan"))
    ('17.3', '')
    """
    number = float(str(value))
    return "" if np.isnan(number) else f"{number:.4g}"


def interval_text(low: object, high: object) -> str:
    """Write an interval.

    Parameters
    ----------
    low, high : object

    Returns
    -------
    str
        Empty where both are NaN, one number where both are the same.

    Examples
    --------
    >>> interval_text(14.0, 21.0), interval_text(1.0, 1.0)
    ('14 to 21', '1')
    """
    ends = (number_text(low), number_text(high))
    return "" if not any(ends) else ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _validation(ds: "xarray.Dataset") -> Table:
    head = ("row", "quantity", "unit", "observed", "interval", "kind", "n", "predicted", "5 to 95 %", "verdict", "role")
    rows = []
    for i in range(ds.sizes["row"]):
        one = {str(name): ds[name].values[i] for name in (*ds.data_vars, "row") if "row" in ds[name].dims}
        rows.append(
            (
                *(str(one[name]) for name in ("row", "quantity", "unit")),
                number_text(one["observed"]),
                interval_text(one["observed_low"], one["observed_high"]),
                str(one["spread"]),
                number_text(one["n"]),
                number_text(one["predicted"]),
                interval_text(one["predicted_low"], one["predicted_high"]),
                str(one["verdict"]),
                str(one["role"]),
                *(str(one[name]) for name in ("flag", "source", "remedy", "note")),
            )
        )
    return (*head, "flag", "source", "what would cure it", "note"), rows


def _findings(ds: "xarray.Dataset") -> Table:
    accounts = [str(account) for account in ds["account"].values]
    words = ("role", "fear 1 d, 30 d", "says")
    heads = [f"{account.replace('_', ' ')}: {word}" for account in accounts for word in words]
    rows = []
    for i in range(ds.sizes["row"]):
        one = ds.isel(row=i)
        said = []
        for account in accounts:
            own = one.sel(account=account)
            mark = "" if bool(own["agrees"]) else " (not as published)"
            said += [
                str(own["role"].values),
                f"{float(own['fear_soon']):.2f}, {float(own['fear_late']):.2f}",
                f"{own['predicted'].values}{mark}",
            ]
        known = [str(one[name].values) for name in ("finding", "effect_flag", "gap_flag", "note")]
        rows.append((str(one["row"].values), known[0], *said, *known[1:]))
    return ("row", "published", *heads, "effect known", "gap known", "note"), rows


def _agreement(ds: "xarray.Dataset", account: str) -> str:
    of = []
    for role in ("calibration", "holdout"):
        one = ds.sel(account=account)
        right = one["agrees"].values[one["role"].values == role]
        of.append(f"{role} {int(right.sum())} of {right.size}")
    drawn = ""
    if "count_interval" in ds:
        ends = ds["count_interval"].sel(account=account, quantile=[0.05, 0.95])
        spans = zip(ends["part"].values, ends.values, strict=True)
        drawn = "; 5 to 95 % of draws: " + ", ".join(f"{role} {low:.0f} to {high:.0f}" for role, (low, high) in spans)
    return f"{account}: {', '.join(of)} as published{drawn}"


def _held(ds: "xarray.Dataset", place: int) -> str:
    """Say of a measured row what was seen, and what the first law makes of it."""
    one = ds.isel(row=place, law=0)
    seen = f"{float(one['observed']):.4g} ({interval_text(float(one['observed_low']), float(one['observed_high']))})"
    drawn = interval_text(float(one["predicted_low"]), float(one["predicted_high"])) or "chains do not agree"
    verdict = "in" if float(one["inside"]) else "OUT"
    told = f"{one['row'].values} [{one['row_unit'].values}], {one['role'].values}: published {seen}"
    return f"{told}, predicted {float(one['predicted']):.4g} ({drawn}): {verdict}"


def _calibration(ds: "xarray.Dataset") -> Table:
    head = (
        "number",
        "unit",
        "value",
        "profile 95 %",
        "at bound",
        "posterior 95 %",
        "median",
        "r_hat",
        "ess bulk, tail",
    )
    rows = []
    for i in range(ds.sizes["estimate"]):
        one = ds.isel(estimate=i)
        ends = [number_text(float(one[name])) or "not bounded" for name in ("low", "high")]
        rows.append(
            (
                *(str(one[name].values) for name in ("estimate", "unit")),
                f"{float(one['value']):.5g}",
                " to ".join(ends),
                "yes" if float(one["at_bound"]) else "no",
                interval_text(float(one["posterior_low"]), float(one["posterior_high"])) or "chains do not agree",
                number_text(float(one["posterior_median"])),
                f"{float(one['r_hat']):.3f}",
                f"{float(one['ess_bulk']):.0f}, {float(one['ess_tail']):.0f}",
            )
        )
    return head, rows
