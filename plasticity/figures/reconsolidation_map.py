"""Reconsolidation against extinction, as maps over the gap from reminder to extinction and openness of the window."""

import json
from typing import TYPE_CHECKING, Any

from plasticity import evaluated
from plasticity.errors import InputError
from plasticity.figures.bands import edges, told
from plasticity.figures.map_bands import lattice, spell
from plasticity.figures.maps import COLOURS, contours, thinned
from plasticity.figures.pens import GREY
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, sheet

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = "extinction.after_reminder"
TICKS = {1.0 / 6.0: "10 min", 1.0: "1 h", 6.0: "6 h", 24.0: "24 h"}
STUDIES = ("Monfils2009", "Schiller2010", "Golkar2012")


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw fear at the end, and how much of the fear that was lost was taken out of the engram.

    Parameters
    ----------
    ds : xarray.Dataset
        `fear_end`, `memory_engram_end` and `status` along another axis that opens the window, such as `dose`, and
        `extinction.after_reminder` [h]; `theta` along these and `time`, with the time of the reminder in it.
    """
    import numpy

    other = next((str(name) for name in ds["fear_end"].dims if name != GAP), "dose") if "fear_end" in ds else "dose"
    maps = dict.fromkeys(("fear_end", "memory_engram_end", "status"), (other, GAP))
    require(ds, {**maps, "theta": (other, GAP, "time"), "time": ("time",), GAP: (GAP,)})
    whole, ds = ds, thinned(ds[[*maps, "theta"]]).transpose(other, GAP, ...)
    numbers = _numbers(whole)
    at = _reminder(whole)
    theta = ds["theta"].isel({GAP: 0}).sel(time=at, method="nearest", tolerance=1e-6)
    openness = evaluated.openness(theta.values, numbers)
    if not (numpy.diff(openness) > 0.0).all():
        raise InputError(f"openness does not rise with {other}; needed: an axis that opens the window")
    fear = ds["fear_end"].where(ds["status"] >= 0)
    before = numbers["memory_engram_initial"]
    rewritten = (before - ds["memory_engram_end"]) / (before - fear)
    figure = sheet(PAGE_MM, 80.0)
    panels = figure.subplots(1, 2, sharey=True)
    gaps = ds[GAP].values
    for axes in panels:
        axes.set_xscale("log")
        axes.set_xlim(gaps[0], gaps[-1])
        axes.set_ylim(openness[0], openness[-1])
    found = lattice(whole)
    if found is not None:
        low, high = (end.transpose(other, GAP).values for end in edges(found["fear_end_interval"]))
        at_lattice = numpy.interp(found[other].values, ds[other].values, openness)
        spell(panels[0], found[GAP].values, numpy.asarray(at_lattice), low, high)
    _panel(panels[0], figure, gaps, openness, fear.values, "Fear at the end", before, "a")
    share = 100.0 * rewritten.values
    _panel(panels[1], figure, gaps, openness, share, "Fear lost that left the engram (%)", 100.0, "b")
    panels[0].set_ylabel("Openness of the window at the reminder")
    _mark_published(panels[0])
    return figure


def _numbers(ds: "xarray.Dataset") -> dict[str, float]:
    settings = json.loads(ds.attrs.get("sweep", "{}")).get("settings", [])
    if not settings:
        raise InputError("the dataset records no settings of its sweep; needed: that of `sweep`")
    return dict(settings[0]["parameters"])


def _reminder(ds: "xarray.Dataset") -> float:
    from plasticity.units import quantity

    held = json.loads(ds.attrs["sweep"])["settings"][0]["protocol"]["sessions"]
    found = [one for one in held if one.get("name", one["kind"]) == "reminder"]
    if not found:
        raise InputError("the protocol has no reminder; needed: one")
    return float(quantity(found[0]["start"], "h", "start"))


def _panel(
    axes: "Axes", figure: "Figure", gaps: "numpy.ndarray", openness: "numpy.ndarray", values: "numpy.ndarray",
    label: str, most: float, name: str,
) -> None:  # fmt: skip
    from matplotlib.ticker import MaxNLocator, NullLocator

    mesh = axes.pcolormesh(
        gaps, openness, values, cmap=COLOURS, vmin=0.0, vmax=most, shading="nearest", rasterized=True
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    contours(axes, gaps, openness, values, MaxNLocator(9).tick_values(0.0, most)[1:-1])
    axes.set_xlabel("From reminder to extinction")
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=26)
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)
    axes.set_title(name, loc="left", weight="bold", x=-0.1)


def _mark_published(axes: "Axes") -> None:
    """Mark, below the map, the gaps after which fear was published to return (full) or not to (empty)."""
    from plasticity import data

    table = data.load("reconsolidation_boundaries")
    mark: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False, "color": GREY, "markersize": 3.6}
    for place, study in enumerate(STUDIES):
        rows = table.isel(row=(table["source"].values == study))
        height = 1.03 + 0.045 * place
        for gap, finding in zip(rows["gap"].values, rows["finding"].values, strict=True):
            axes.plot(gap, height, "s", markerfacecolor=GREY if finding == "returns" else "white", **mark)
        axes.annotate(
            f"{study[:-4]} {study[-4:]}", (0.205, height), xycoords=axes.get_xaxis_transform(), size=5.5, color=GREY,
            va="center", annotation_clip=False,
        )  # fmt: skip


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "A reminder, then extinction, by the gap between their starts and by how open the window is at the",
        "reminder: (a) fear at the end of the run, (b) how much of the fear that was lost was taken out of the",
        "engram; the rest is held down by a safe trace that fades. Squares: published gaps, without any drug,",
        "after which fear returned (full) or did not (empty); they say nothing of openness.",
        told(ds, marks="Dots in (a)") if "fear_end_interval" in ds else "",
    ]
