"""Sessions as ticks over the predicted window, one panel per treatment: did they fall where the window is open?"""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import shade, told
from plasticity.figures.doses import doses, since
from plasticity.figures.pens import PALE, pens
from plasticity.figures.reading import HOURS_PER_DAY, last_shown, require
from plasticity.figures.runs import levels, windows
from plasticity.figures.session_marks import draw_sessions, session_entries, sessions
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN = "#fdf0d0"
PANEL_MM = 30.0


def draw(ds: "xarray.Dataset", *, until: str | float | None = None) -> "Figure":
    """Draw the sessions of a protocol over the window.

    Parameters
    ----------
    ds : xarray.Dataset
        `depth` along `time`; `t_open`, `t_close`, `censored_left`, `censored_right` along `window`; all along
        `compound` too, where treatments are an axis. The sessions are those of the recorded protocol.
    until : str or float, optional
        End of the time axis, text with a unit or a number [h]; the whole run if not given.
    """
    several = ("compound",) if "compound" in ds.dims else ()
    spans = dict.fromkeys(("t_open", "t_close", "censored_left", "censored_right"), (*several, "window"))
    require(ds, {"time": ("time",), "depth": (*several, "time"), **spans})
    end = last_shown(ds, until)
    labels = [str(name) for name in ds["compound"].values] if several else [""]
    inks, given, held = pens(labels), doses(ds), sessions(ds)
    figure = sheet(PAGE_MM, PANEL_MM * len(labels) + 24.0)
    *panels, below = figure.subplots(len(labels) + 1, height_ratios=[PANEL_MM] * len(labels) + [8.0])
    highest = float(ds["depth_band" if "depth_band" in ds else "depth"].max())
    for row, (axes, ink) in enumerate(zip(panels, inks, strict=True)):
        run = ds.isel(compound=row) if several else ds
        _draw_window(axes, run, max(highest, 0.11))
        draw_sessions(axes, held, end)
        _draw_doses(axes, [time for time, _ in (given[row] if row < len(given) else [])], end)
        day_axis(axes, end)
        axes.set_ylabel("Depth of\nthe threshold")
        name = ink.name if several else ""
        axes.annotate(name, (1.0, 0.93), (-3, 0), "axes fraction", "offset points", ha="right", va="top", size=7)
        if len(panels) > 1:
            letter(axes, "abcdefgh"[row])
        if axes is not panels[-1]:
            axes.tick_params(axis="x", labelbottom=False)
    panels[-1].set_xlabel(f"Time after {since(ds)} (d)")
    figure.align_ylabels(panels)
    key(below, _entries(held, bool(given)), 7)
    return figure


def _draw_window(axes: "Axes", run: "xarray.Dataset", highest: float) -> None:
    opening, closing = levels(run)
    axes.axhspan(1.0 - closing, 1.0 - opening, color=PALE, linewidth=0.0, zorder=-1)
    for opens, closes, _, _ in windows(run):
        axes.axvspan(opens / HOURS_PER_DAY, closes / HOURS_PER_DAY, color=OPEN, linewidth=0.0, zorder=-2)
    axes.plot(run["time"].values / HOURS_PER_DAY, run["depth"].values, color="black", clip_on=False)
    shade(axes, run, "depth", "black", HOURS_PER_DAY)
    axes.set_ylim(-0.02 * highest, 1.45 * highest)
    axes.set_yticks([0.0, 0.1, 0.2] if highest < 0.3 else [0.0, 0.2, 0.4])


def _draw_doses(axes: "Axes", times: list[float], end: float) -> None:
    shown = [time / HOURS_PER_DAY for time in times if time <= end]
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False, "zorder": 5}
    axes.plot(shown, [1.03] * len(shown), "v", color="black", markersize=4.5, **above)


def _entries(held: list[tuple[str, float, float]], dosed: bool) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks = [Line2D([], [], linestyle="none", marker="v", color="black", markersize=4.5, label="dose")] if dosed else []
    bars = session_entries(held)
    return [*marks, *bars, Patch(color=OPEN, label="window open"), Patch(color=PALE, label="opening and closing level")]


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    opening, closing = levels(ds)
    return [
        "Timetable of sessions over the window of plasticity. Curve: relative depth of the LTP threshold.",
        f"Shaded: window open, from depth {1.0 - opening:.2g} until its return to {1.0 - closing:.2g}.",
        "Bars: sessions, by kind, as wide as they last and at least a line. Triangles: doses.",
        told(ds, marks="Pale band of the curve"),
    ]
