"""Rival laws of closure on the same windows, the profiles of their numbers, and the experiment that separates them."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.pens import PALE, spoken
from plasticity.figures.profile_panel import LOWEST, profiles
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#000000", "#CC79A7", "#E69F00")
MARKS = ("o", "s", "^", "D", "v", "P")
WANTED = {
    "closing_day": ("law", "row"),
    "observed_low": ("row",),
    "observed_high": ("row",),
    "role": ("row",),
    "profile_value": ("estimate", "point"),
    "profile_log_likelihood": ("estimate", "point"),
}
SHOWN = 5
"""Experiments that are drawn, the most telling first."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw closing days by law, profile likelihoods, and what experiments would tell.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study with a section `calibration`.
    """
    require(ds, WANTED)
    figure = sheet(PAGE_MM, 82.0)
    left, middle, right = figure.subplots(1, 3)
    _days(left, ds)
    _profiles(middle, ds)
    _experiments(right, ds)
    for axes, text in zip((left, middle, right), "abc", strict=True):
        letter(axes, text)
    return figure


def _days(axes: "Axes", ds: "xarray.Dataset") -> None:
    last = 80.0
    laws = [str(law) for law in ds["law"].values]
    for place in range(ds.sizes["row"]):
        low, high = float(ds["observed_low"][place]), float(ds["observed_high"][place])
        axes.barh(place, min(high, last) - low, 0.8, low, color=PALE, zorder=1)
        for i, law in enumerate(laws):
            one = ds.isel(law=i, row=place)
            at = place + 0.6 * ((i + 0.5) / len(laws) - 0.5)
            ends = np.clip([float(one["closing_day_low"]), float(one["closing_day_high"])], 0.0, last)
            axes.plot(ends, [at, at], color=COLOURS[i], linewidth=0.8)
            label = law.replace("_", " ") if place == 0 else None
            day = min(float(one["closing_day"]), last)
            axes.plot(day, at, MARKS[i], color=COLOURS[i], markersize=3, label=label, linestyle="none")
    roles = {"calibration": "fitted", "holdout": "held out"}
    names = [
        f"{spoken(str(row))}\n{roles[str(role)]}" for row, role in zip(ds["row"].values, ds["role"].values, strict=True)
    ]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(ds.sizes["row"] - 0.4, -0.6)
    axes.set_xlim(0.0, last)
    axes.set_xlabel("Closing day (d)")
    axes.legend(loc="upper right", fontsize=5.5)


def _profiles(axes: "Axes", ds: "xarray.Dataset") -> None:
    labels = {
        place: str(name).partition(".")[2]
        for place, name in enumerate(ds["estimate"].values)
        if float(ds["value"][place]) > 0.0 and not str(name).startswith("log_law")
    }
    profiles(axes, ds, labels, COLOURS, markersize=1.8, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_ylim(LOWEST, 2.4)  # room for the legend above the curves
    axes.set_yticks([-6.0, -4.0, -2.0, 0.0])
    axes.legend(loc="upper center", ncols=2, fontsize=5)


def _experiments(axes: "Axes", ds: "xarray.Dataset") -> None:
    if "information" not in ds:
        axes.axis("off")
        return
    best = ds["information"].max("test_day").values
    for i, at in enumerate(np.argsort(-best)[:SHOWN]):
        line = ds["information"].isel(experiment=int(at))
        axes.plot(line["test_day"], line, color=COLOURS[i], label=str(ds["experiment"].values[at]), linewidth=0.9)
    axes.set_xlabel("Test day (d)")
    axes.set_ylabel("Information about the law (bit per animal)")
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="upper right", fontsize=5)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    laws = ", ".join(str(law).replace("_", " ") for law in ds["law"].values)
    return [
        f"Closing days by {laws}.",
        (
            "a, Grey boxes: last day seen open to first day seen closed (Nardou et al. 2019, 2023); symbols: best fit "
            "of each law to the fitted rows; lines: 95 % of the posterior; both end at 80 d."
        ),
        "b, Profile likelihood of each number over its searched range; dashed: 95 % limit.",
        "c, Expected information about which law of closure holds, from one animal looked at once.",
        f"Error of an animal's day: {ds.attrs['error']}." if "error" in ds.attrs else "",
    ]
