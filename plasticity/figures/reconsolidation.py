"""Fear after extinction at different gaps from a reminder, and how it returns, with the window closed and open."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import edges, fill, outline_entry, shade, told
from plasticity.figures.pens import GREY
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.session_marks import sessions
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = "sessions.1.start"
COLOURS = ("black", "#D55E00", "#0072B2", "#009E73")
SOON, LATE = 24.0, 720.0
TICKS = {1.0 / 6.0: "10 min", 1.0: "1 h", 3.0: "3 h", 6.0: "6 h", 24.0: "24 h"}


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw fear one day and thirty days after extinction, and its course after a short and a long gap.

    Parameters
    ----------
    ds : xarray.Dataset
        `fear` along `compound` (window closed, open, ...), `sessions.1.start` (extinction) [h] and `time` [h]; the
        reminder is the first session of the recorded protocol.
    """
    require(ds, {"time": ("time",), "fear": ("compound", GAP, "time")})
    figure = sheet(PAGE_MM, 80.0)
    panels = figure.subplot_mosaic("ab;kk", height_ratios=(66.0, 10.0))
    _draw_gaps(panels["a"], ds)
    _draw_courses(panels["b"], ds)
    key(panels["k"], _entries(ds), 4)
    letter(panels["a"], "a")
    letter(panels["b"], "b")
    return figure


def _reminder(ds: "xarray.Dataset") -> float:
    held = sessions(ds)
    return held[0][1] if held else 0.0


def _fear_after(fear: "xarray.DataArray", hours: float) -> "numpy.ndarray":
    """Fear that long after the start of extinction, at every gap."""
    import numpy

    times, starts = fear["time"].values, fear[GAP].values
    rows = fear.transpose(GAP, "time").values
    return numpy.array([numpy.interp(at + hours, times, row) for at, row in zip(starts, rows, strict=True)])


def _draw_gaps(axes: "Axes", ds: "xarray.Dataset") -> None:
    gaps = ds[GAP].values - _reminder(ds)
    for colour, place in zip(COLOURS, range(ds.sizes["compound"]), strict=False):
        run = ds.isel(compound=place)
        axes.plot(gaps, _fear_after(run["fear"], LATE), "o-", color=colour, markersize=3)
        axes.plot(gaps, _fear_after(run["fear"], SOON), "o--", color=colour, markersize=3, markerfacecolor="white")
        for hours, dashes in ((LATE, "-"), (SOON, "--")) if "fear_band" in run else ():
            low, high = (_fear_after(end, hours) for end in edges(run["fear_band"]))
            fill(axes, gaps, low, high, colour, dashes)
    axes.set_xscale("log")
    axes.set_xticks(list(TICKS), list(TICKS.values()), minor=False)
    axes.minorticks_off()
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel("From reminder to extinction")
    axes.set_ylabel("Expressed fear")
    _mark_published(axes)


def _mark_published(axes: "Axes") -> None:
    """Mark the gaps after which fear was published to return (full) or not to (empty)."""
    from plasticity import data

    table = data.load("reconsolidation_boundaries")
    beside: dict[str, Any] = {"textcoords": "offset points", "size": 5.5, "color": GREY, "va": "center"}
    for height, study in ((0.97, "Monfils2009"), (0.90, "Schiller2010"), (0.83, "Golkar2012")):
        rows = table.isel(row=(table["source"].values == study))
        for gap, returns in zip(rows["gap"].values, rows["finding"].values, strict=True):
            face = GREY if returns == "returns" else "white"
            axes.plot(gap, height, "s", color=GREY, markerfacecolor=face, markersize=3.6)
        axes.annotate(f"{study[:-4]} {study[-4:]}", (1.0 / 6.0, height), (6, 0), ha="left", **beside)


def _draw_courses(axes: "Axes", ds: "xarray.Dataset") -> None:
    gaps = ds[GAP].values - _reminder(ds)
    short, long = abs(gaps - 1.0).argmin(), gaps.argmax()
    for colour, place in zip(COLOURS, range(ds.sizes["compound"]), strict=False):
        for at, dashes in ((short, "-"), (long, (0, (4, 1.3)))):
            run = ds.isel({"compound": place, GAP: int(at)})
            axes.plot(ds["time"].values / HOURS_PER_DAY, run["fear"].values, color=colour, linestyle=dashes)
            shade(axes, run, "fear", colour, HOURS_PER_DAY, dashes=dashes)
    axes.set_ylim(0.0, 1.0)
    day_axis(axes, float(ds["time"].values[-1]))
    axes.set_xlabel(f"Time (d); solid: extinction {gaps[short]:.2g} h after the reminder, dashed: {gaps[long]:.2g} h")
    axes.set_ylabel("Expressed fear")


def _entries(ds: "xarray.Dataset") -> list[Any]:
    from matplotlib.lines import Line2D

    dot: dict[str, Any] = {"color": GREY, "marker": "o", "markersize": 3}
    square: dict[str, Any] = {"color": GREY, "marker": "s", "markersize": 3.6, "linestyle": "none"}
    names = [str(name) for name in ds["compound"].values]
    lines = [Line2D([], [], color=colour, label=f"window {name}") for colour, name in zip(COLOURS, names, strict=False)]
    return [
        *lines,
        Line2D([], [], linestyle="--", markerfacecolor="white", label="(a) one day after", **dot),
        Line2D([], [], label="(a) thirty days after", **dot),
        Line2D([], [], markerfacecolor="white", label="published: fear does not return", **square),
        Line2D([], [], label="published: fear returns", **square),
        *outline_entry(ds),
    ]


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Extinction after a reminder: (a) fear one and thirty days after extinction, by the gap between the two,",
        "(b) its course. Squares: published findings in rats (Monfils et al. 2009) and in people",
        "(Schiller et al. 2010, disputed by Golkar et al. 2012), times recalled.",
        "The model's constants were chosen to give the pattern in rats; draws of them need not give it.",
        told(ds, marks="Bands between thin lines"),
    ]
