"""How duration and depth of the window grow with the dose, one column of panels per compound."""

from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.errors import InputError
from plasticity.figures.bands import curve_band, told
from plasticity.figures.doses import dose_text
from plasticity.figures.maps import STILL_OPEN, Scale, days, frame, scale
from plasticity.figures.pens import GREY, PALE, pens
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.records import attribute
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOSE = "dose.multiple"
LABELS = ("Window open in total (d)", "Largest depth of the window")
TIMES = ("total_open_time",)
MOST = 8
"""Compounds that have room side by side."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw total time open and depth of the window against the dose, as a multiple of the usual one.

    Parameters
    ----------
    ds : xarray.Dataset
        `total_open_time` [h], `number_of_windows`, `censored`, `max_depth` and `status` along `compound` and
        `dose.multiple`.
    """
    wanted = ("total_open_time", "number_of_windows", "censored", "max_depth", "status")
    require(ds, dict.fromkeys(wanted, ("compound", DOSE)))
    ds = ds.load()
    names = [str(name) for name in ds["compound"].values]
    if len(names) > MOST:
        raise InputError(f"{len(names)} compounds; allowed: up to {MOST}")
    across = scale(ds, DOSE)
    open_ = (ds["number_of_windows"] > 0) & (ds["status"] >= 0)
    shown = {"total_open_time": days(ds, "total_open_time").where(open_), "max_depth": ds["max_depth"].where(open_)}
    usual = _usual(ds, names)
    figure = sheet(PAGE_MM, 92.0)
    upper, below = np.ravel(np.asarray(figure.subfigures(2, height_ratios=(11.0, 1.0))))
    panels = upper.subplots(2, len(names), sharex=True, sharey="row", squeeze=False)
    for axes in panels.flat:
        _frame(axes, across)
    for column, (compound, ink) in enumerate(zip(names, pens(names), strict=True)):
        for axes, (name, values) in zip(panels[:, column], shown.items(), strict=True):
            for other in values:
                axes.plot(across.values, other.values, color=PALE, linewidth=0.8, zorder=0.2)
            one, drawn = ds.isel(compound=column), values.isel(compound=column).values
            curve_band(axes, one, name, across.values, ink.colour, HOURS_PER_DAY if name in TIMES else 1.0)
            axes.plot(across.values, drawn, color=ink.colour)
            _mark(axes, across, drawn, ink.colour, open_.isel(compound=column).values)
        late = shown["total_open_time"].where(open_ & (ds["censored"] > 0)).isel(compound=column).values
        panels[0, column].plot(across.values, late, "^", color=ink.colour, markersize=2.5, markerfacecolor="white")
        panels[0, column].set_title(f"{ink.name}\n{usual.get(compound, '')}".strip(), size=6.5)
    for axes, name, label, text in zip(panels[:, 0], shown, LABELS, "ab", strict=True):
        axes.set_ylim(0.0, _highest(ds, name) / (HOURS_PER_DAY if name in TIMES else 1.0))
        axes.set_ylabel(label)
        letter(axes, text)
    upper.supxlabel("Dose, as a multiple of the usual one, which stands above", size=7)
    key(below.subplots(), _handles(ds, bool((open_ & (ds["censored"] > 0)).any())), 3)
    return figure


def _frame(axes: "Axes", across: Scale) -> None:
    frame(axes, across, across)
    axes.set_yscale("linear")
    axes.axvline(1.0, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _highest(ds: "xarray.Dataset", name: str) -> float:
    """Find a little more than the largest number that is drawn."""
    drawn = [float(ds[one].max()) for one in (name, f"{name}_interval") if one in ds]
    return 1.05 * max(*drawn, 1e-9)


def _mark(axes: "Axes", across: Scale, drawn: "np.ndarray", colour: str, opens: "np.ndarray") -> None:
    """Put a dot on the smallest dose that opens a window."""
    first = int(opens.argmax())
    if opens[first]:
        axes.plot(across.values[first], drawn[first], "o", color=colour, markersize=3)


def _handles(ds: "xarray.Dataset", late: bool) -> "list[Artist]":
    from matplotlib.lines import Line2D

    dot: Any = {"color": GREY, "linestyle": "none", "markersize": 3}
    found: list[Artist] = [
        Line2D([], [], marker="o", label="Smallest dose of the sweep that opens a window", **dot),
        Line2D([], [], color=PALE, label="The other compounds"),
    ]
    if late:
        found.append(Line2D([], [], marker="^", markerfacecolor="white", label=STILL_OPEN, **dot))
    failed = int((ds["status"] < 0).sum())
    if failed:
        found.append(Line2D([], [], linestyle="none", label=f"Gaps in the lines: {failed} failed points"))
    return found


def _usual(ds: "xarray.Dataset", names: list[str]) -> dict[str, str]:
    """Find the dose of every compound that is multiplied, in the sweep's own description."""
    told = attribute(ds, "sweep")
    settings = told.get("settings", []) if isinstance(told, dict) else []
    doses = [one["protocol"]["doses"] for one in settings]
    if len(doses) != len(names) or any(len(given) != 1 for given in doses):
        return {}
    return {name: dose_text(given[0]).split(" ", 1)[1] for name, given in zip(names, doses, strict=True)}


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "(a) Total time that the window of raised plasticity is open and (b) its largest depth, against the dose",
        "as a multiple of the usual one (dotted), a column for each compound, the others pale. A line begins (dot)",
        "at the smallest dose of the sweep that opens a window; triangles: still open when the simulation ended, a",
        "lower bound.",
        told(ds),
    ]
