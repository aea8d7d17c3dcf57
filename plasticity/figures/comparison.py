"""One published comparison: every row with its observed interval, its prediction, both in words, and the verdict."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.pens import GREY, PALE
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, key, sheet
from plasticity.figures.validation import COLOURS, MARKS, WANTED, entries, lines, reference
from plasticity.units import rounded

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_MM = 4.4
UNITS = {"1": "", "h": "h", "d": "d", "%": "%"}
OUTCOMES = {0.0: "closed", 1.0: "open"}
COLUMNS = (0.0, 0.45)
"""Where the words stand, as shares of their panel."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the rows of one comparison as ratios to what was observed, with the numbers beside them.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study with a section `validation`.
    """
    require(ds, WANTED)
    count = max(ds.sizes["row"], 1)
    figure = sheet(PAGE_MM, ROW_MM * count + 40.0)
    panels = figure.subplot_mosaic(
        [["rows", "words"], ["key", "key"]], height_ratios=(ROW_MM * count + 14.0, 14.0), width_ratios=(1.0, 0.85)
    )
    axes, words = panels["rows"], panels["words"]
    last = ""
    for place in range(ds.sizes["row"]):
        one = ds.isel(row=place)
        _row(axes, one, place)
        _words(words, one, place)
        quantity = str(one["quantity"].values).replace("_", " ")
        if quantity != last and place:
            axes.axhline(place - 0.5, color=PALE, linewidth=0.6)
        last = quantity
    _frame(axes, words, ds)
    key(panels["key"], entries(), 3)
    legend = panels["key"].get_legend()
    assert legend is not None
    legend.set_loc("center right")  # names of rows take the left of the page
    return figure


def _frame(axes: "Axes", words: "Axes", ds: "xarray.Dataset") -> None:
    names = [str(name).replace("_", " ") for name in ds["row"].values]
    axes.axvline(1.0, color=GREY, linewidth=0.5, zorder=0)
    axes.set_yticks(range(len(names)), names, size=6)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axes.set_xscale("log", base=2)
    axes.set_xlim(0.25, 4.0)
    axes.set_xticks([0.25, 0.5, 1.0, 2.0, 4.0], ["0.25", "0.5", "1", "2", "4"])
    axes.minorticks_off()
    axes.set_xlabel("Ratio to the observed value")
    words.axis("off")
    words.set_ylim(axes.get_ylim())
    model = "model (5 to 95 % of draws)" if lines(ds) else "model"
    for at, text in zip(COLUMNS, ("observed", model), strict=True):
        words.text(at, -0.7, text, va="bottom", size=6)


def _row(axes: "Axes", one: "xarray.Dataset", place: int) -> None:
    value, low, high, model, model_low, model_high = (float(one[name]) for name in tuple(WANTED)[:6])
    verdict, colour = str(one["verdict"].values), COLOURS[str(one["role"].values)]
    outcome = str(one["spread"].values) == "exact"
    middle = reference(value, low, high)
    if verdict == "no prediction" or outcome or not np.isfinite(middle) or middle <= 0.0:
        return
    if np.isfinite(low):
        start, end = max(low / middle, 0.25), min(high / middle, 4.0)
        axes.barh(place, end - start, 0.66, start, color=PALE, zorder=1)
    if np.isfinite(model_low):
        axes.plot(
            np.clip([model_low / middle, model_high / middle], 0.25, 4.0), [place] * 2, color=colour, linewidth=0.7
        )
    face = "none" if verdict == "no interval" else colour
    at = float(np.clip(model / middle, 0.26, 3.9))
    axes.plot(at, place, MARKS[verdict], color=colour, markerfacecolor=face, markersize=4, zorder=3, clip_on=False)


def _words(words: "Axes", one: "xarray.Dataset", place: int) -> None:
    value, low, high, model, model_low, model_high = (float(one[name]) for name in tuple(WANTED)[:6])
    colour, unit = COLOURS[str(one["role"].values)], str(one["unit"].values)
    if str(one["spread"].values) == "exact":
        share = float(one["predicted_share"])
        drawn = f" ({100.0 * share:.0f} % open)" if np.isfinite(share) else ""
        written, told = OUTCOMES.get(value, ""), OUTCOMES.get(model, "cannot be asked") + drawn
    else:
        written = _said(value, low, high, unit)
        told = "cannot be asked" if np.isnan(model) else _said(model, model_low, model_high, unit)
    weight = "bold" if str(one["verdict"].values) == "out" else "normal"
    for at, text in zip(COLUMNS, (written, told), strict=True):
        words.text(at, place, text, va="center", size=5.5, color=colour, weight=weight)


def _said(value: float, low: float, high: float, unit: str) -> str:
    shown = rounded(value) if np.isfinite(value) else ""
    ends = f"{rounded(low)} to {rounded(high)}" if np.isfinite(low) and np.isfinite(high) else ""
    ends = f"at most {rounded(high)}" if low == 0.0 and np.isfinite(high) and not shown else ends
    ends = f"{rounded(low)} or more" if np.isfinite(low) and np.isinf(high) else ends
    apart = rounded(low) != rounded(high)
    both = f"{shown} ({ends})" if shown and ends and apart else shown or ends or "direction only"
    return f"{both} {UNITS.get(unit, unit)}".strip()


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself.

    Examples
    --------
    >>> import xarray
    >>> cells = {"role": ("row", ["holdout"]), "verdict": ("row", ["out"]), "source": ("row", ["Holze2023"])}
    >>> caption(xarray.Dataset(cells, {"row": ["psilocybin_25mg_cmax"]}))[2:4]
    ['Hold-out: 0 in, 1 out, 0 not judged.', 'Outside: psilocybin 25mg cmax.']
    """
    counted = []
    for role, word in (("calibration", "Calibration"), ("holdout", "Hold-out")):
        of = [int(((ds["role"] == role) & (ds["verdict"] == one)).sum()) for one in ("in", "out")]
        counted.append(f"{word}: {of[0]} in, {of[1]} out, {int((ds['role'] == role).sum()) - sum(of)} not judged.")
    missed = [str(name).replace("_", " ") for name in ds["row"].values[ds["verdict"].values == "out"]]
    sources = sorted({one for text in ds["source"].values for one in str(text).split()})
    return [
        f"{str(ds.attrs.get('title', '') or 'Observed and predicted').rstrip('.')}.",
        *counted,
        f"Outside: {', '.join(missed)}." if missed else "None outside.",
        "Boxes: published interval, of the mean where one was given; symbols: prediction.",
        lines(ds),
        f"Data: {', '.join(sources)}." if sources else "",
    ]
