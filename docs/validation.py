"""Write the page of the validation report from two runs: `python docs/validation.py BASELINE.nc IMPROVED.nc`."""

import argparse
import sys
from pathlib import Path

import xarray

from plasticity import figures, provenance
from plasticity.calibration.report import comma_separated, interval_text, number_text
from plasticity.calibration.validation import VERDICTS, counts
from plasticity.errors import InputError

HERE = Path(__file__).parent
PAGE, TABLE = HERE / "reference" / "validation.md", HERE / "reference" / "validation.csv"
FIGURE = HERE / "_static" / "validation.png"
MADE = (
    "Made from data by `docs/validation.py`, after `plasticity run validation` and the same with "
    "`--set parameter_set=improved`."
)
MEANT = (
    "Calibration: a number of the model was set with the row in view. Hold-out: none was, though not blindly. *No "
    "interval*: nothing was published to lie in. *No prediction*: the model cannot be asked. Observed intervals are of "
    "the mean where one was given; predicted ones are 5 to 95 % of draws of the recalled, assumed and fitted numbers, "
    "drawn together so that they give the calibrating windows, and of numbers derived from published means, with a "
    "standard error of a tenth. Nothing was widened."
)
UNCOUNTED = (
    "**Tolerance to daily LSD** was published in words alone: substantial after a day, largest about day 4, gone "
    "after five days (review of Buchborn et al. 2016). So no row counts it, and the model misses it: largest acute "
    "effects of {{ daily_lsd_baseline }} % on five days in a row, {{ daily_lsd_improved }} % by the improved model, "
    "which lowers receptors no further than pigs allow a day after one dose. What would cure it: a loss that grows "
    "over days and hardly shows within a session (in rats 5-HT2 sites fell after five daily doses and not after "
    "one; Buckholtz et al. 1990, recalled). No number of it was found for people; ratings by day of repeated "
    "dosing, or receptor density after it, would set one. Chosen to meet these words, it would only repeat them."
)
MOVED = "Rows whose prediction moves by more than 2 %, or whose verdict changes, from `baseline` to `improved`."


def plain(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|$#~" else c for c in text)


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a table."""
    return ["| " + " | ".join(row) + " |" for row in (header, ("---",) * len(header), *rows)] + [""]


def counted(name: str, ds: xarray.Dataset) -> list[tuple[str, ...]]:
    """Count the verdicts of one model."""
    return [(name, role, *(str(of[verdict]) for verdict in VERDICTS)) for role, of in counts(ds).items()]


def cells(ds: xarray.Dataset, place: int) -> tuple[str, ...]:
    """Write one row: what was seen, what is predicted, the verdict, and where it comes from."""
    one = {str(name): ds[name].values[place] for name in (*ds.data_vars, "row") if "row" in ds[name].dims}
    value, between = number_text(one["observed"]), interval_text(one["observed_low"], one["observed_high"])
    seen = f"{value} ({between})" if value and between else value or between
    told = number_text(one["predicted"])
    drawn = interval_text(one["predicted_low"], one["predicted_high"])
    drawn = "held" if drawn == told and "to" not in drawn and drawn else drawn
    verdict = f"**{one['verdict']}**" if one["verdict"] == "out" else str(one["verdict"])
    cured = plain(str(one["remedy"])) if one["verdict"] == "out" else ""
    return (plain(str(one["row"])), plain(f"{one['quantity']} [{one['unit']}]"), seen, told, drawn, verdict,
            str(one["role"]), plain(str(one["flag"])), plain(str(one["source"])), cured)  # fmt: skip


def moved(baseline: xarray.Dataset, improved: xarray.Dataset) -> list[tuple[str, ...]]:
    """List the rows whose prediction moves by more than 2 %, or whose verdict changes."""
    found = []
    for place in range(baseline.sizes["row"]):
        first, second = (float(ds["predicted"].values[place]) for ds in (baseline, improved))
        verdicts = list(dict.fromkeys(str(ds["verdict"].values[place]) for ds in (baseline, improved)))
        if len(verdicts) > 1 or abs(second - first) > 0.02 * abs(first):
            name = plain(str(baseline["row"].values[place]))
            found.append((name, number_text(first), number_text(second), ", then ".join(verdicts)))
    return found


def page(baseline: xarray.Dataset, improved: xarray.Dataset) -> str:
    """Write the whole page."""
    shown = figures.caption("validation", baseline).replace("\n", " ")
    head = ("row", "quantity", "observed", "predicted", "5 to 95 %", "verdict", "role", "flag", "source")
    return "\n".join(
        [
            *("# Validation report", "", MADE, ""),
            *table(("model", "role", *VERDICTS), [*counted("baseline", baseline), *counted("improved", improved)]),
            *(MEANT, "", f"```{{image}} ../_static/validation.png\n:alt: {shown}\n```", ""),
            *("## What the improved model changes", "", MOVED, ""),
            *table(("row", "baseline", "improved", "verdict"), moved(baseline, improved)),
            *("## Missed, and in no table", "", UNCOUNTED, ""),
            *("## Every row", "", "By the baseline; the same, with notes, as [a file](validation.csv).", ""),
            *table((*head, "what would cure the miss"), [cells(baseline, i) for i in range(baseline.sizes["row"])]),
            *(str(baseline.attrs.get("disclaimer", "")), ""),
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Write page, table and figure."""
    told = argparse.ArgumentParser(
        prog="python docs/validation.py",
        description="Write the page of the validation report, its table and its figure, from two runs.",
        epilog=MADE.replace("`", ""),
    )
    told.add_argument("baseline", metavar="BASELINE.nc", type=Path, help="of `plasticity run validation`")
    told.add_argument("improved", metavar="IMPROVED.nc", type=Path, help="the same by the improved set")
    asked = told.parse_args(arguments)
    try:
        first, second = (provenance.read(path) for path in (asked.baseline, asked.improved))
    except (OSError, InputError) as error:
        told.error(str(error))
    PAGE.write_text(page(first, second), encoding="utf-8")
    TABLE.write_text(comma_separated(first), encoding="utf-8")
    figures.draw("validation", first).savefig(FIGURE, dpi=200)
    return 0


if __name__ == "__main__":
    sys.exit(main())
