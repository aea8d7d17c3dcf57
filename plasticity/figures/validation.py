"""Published intervals and predictions, row by row: in or out, calibration or hold-out."""

from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.figures.pens import GREY, PALE
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, key, sheet
from plasticity.units import rounded

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"calibration": "#0072B2", "holdout": "#D55E00"}
MARKS = {"in": "o", "out": "x", "no interval": "o"}
ROW_MM = 3.1
SCALE = (0.4, 2.5)
"""Ratios to the observed value beyond these are drawn at the edge."""
WANTED = dict.fromkeys(
    ("observed", "observed_low", "observed_high", "predicted", "predicted_low", "predicted_high", "verdict", "role"),
    ("row",),
)


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw every row as a ratio to what was observed.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study with a section `validation`.
    """
    require(ds, WANTED)
    count = ds.sizes["row"]
    half = max((count + 1) // 2, 1)
    figure = sheet(PAGE_MM, ROW_MM * half + 37.0)
    upper, below = np.ravel(np.asarray(figure.subfigures(2, height_ratios=(ROW_MM * half + 12.0, 17.0))))
    panels = upper.subplots(1, 2)
    for axes, part in zip(panels, (slice(0, half), slice(half, count)), strict=True):
        _panel(axes, ds.isel(row=part), half)
    key(below.subplots(), entries(), 3)
    return figure


def _panel(axes: "Axes", ds: "xarray.Dataset", rows: int) -> None:
    names = [str(name).replace("_", " ") for name in ds["row"].values]
    for place in range(ds.sizes["row"]):
        one = ds.isel(row=place)
        _row(axes, one, place)
    axes.axvline(1.0, color=GREY, linewidth=0.5, zorder=0)
    axes.set_yticks(range(len(names)), names, size=5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xscale("log", base=2)
    axes.set_xlim(*SCALE)
    axes.set_xticks([0.5, 0.7, 1.0, 1.4, 2.0], ["0.5", "0.7", "1", "1.4", "2"])
    axes.minorticks_off()
    axes.set_xlabel("Ratio to the observed value")


def _row(axes: "Axes", one: "xarray.Dataset", place: int) -> None:
    verdict, role = str(one["verdict"].values), str(one["role"].values)
    value, low, high, predicted = (
        float(one[name]) for name in ("observed", "observed_low", "observed_high", "predicted")
    )
    colour = COLOURS[role]
    middle = reference(value, low, high)
    if verdict == "no prediction" or not np.isfinite(middle) or middle <= 0.0 or low == high:
        told = _words(verdict, value, low, high, predicted)
        axes.text(SCALE[0] * 1.05, place, told, size=5, va="center", color=colour)
        return
    if np.isfinite(low):
        end = min(high / middle, SCALE[1])
        start = max(low / middle, SCALE[0])
        axes.barh(place, end - start, 0.62, start, color=PALE, zorder=1)
    drawn = np.array([float(one["predicted_low"]), float(one["predicted_high"])]) / middle
    if np.isfinite(drawn).all():
        axes.plot(np.clip(drawn, *SCALE), [place, place], color=colour, linewidth=0.6, zorder=2)
    at = float(np.clip(predicted / middle, SCALE[0] * 1.03, SCALE[1] / 1.03))
    face = "none" if verdict == "no interval" else colour
    axes.plot(at, place, MARKS[verdict], color=colour, markerfacecolor=face, markersize=3.6, zorder=3, clip_on=False)


def reference(value: float, low: float, high: float) -> float:
    """Give what a prediction is divided by: the value, or else the middle of its interval, or the end that it has.

    Parameters
    ----------
    value, low, high : float
        Published; NaN, 0 or infinite where there is none.

    Returns
    -------
    float
        The geometric middle where no value was published; NaN where there is nothing.

    Examples
    --------
    >>> none = float("nan")
    >>> float(reference(none, 1.0, 4.0)), float(reference(none, 0.0, 3.0)), float(reference(none, 28.0, float("inf")))
    (2.0, 3.0, 28.0)
    """
    if np.isfinite(value):
        return value
    if low == 0.0:
        return high
    return float(np.sqrt(low * high)) if np.isfinite(low * high) else low


def _words(verdict: str, value: float, low: float, high: float, predicted: float) -> str:
    if verdict == "no prediction":
        return "the model cannot be asked"
    if np.isfinite(low) and low < high:
        return f"observed {rounded(low)} to {rounded(high)}, model {rounded(predicted)}: {verdict}"
    if not np.isfinite(value):
        return f"direction only; model {rounded(predicted)}"
    if value in (0.0, 1.0) and predicted in (0.0, 1.0):
        state = ("closed", "open")
        return f"seen {state[int(value)]}, model {state[int(predicted)]}: {verdict}"
    return f"observed {rounded(value)}, model {rounded(predicted)}: {verdict}"


def entries() -> "list[Artist]":
    """Make the handles that say what boxes and symbols are.

    Returns
    -------
    list of matplotlib.artist.Artist
        With labels.

    Examples
    --------
    >>> entries()[0].get_label()
    'Published interval'
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = [Patch(color=PALE, label="Published interval")]
    for role, name in (("calibration", "a number was set with it"), ("holdout", "held out")):
        for verdict, word in (("in", "in"), ("out", "out"), ("no interval", "no interval published")):
            face = "none" if verdict == "no interval" else COLOURS[role]
            pen: dict[str, Any] = {"color": COLOURS[role], "linestyle": "none", "markersize": 3.6}
            handles.append(Line2D([], [], marker=MARKS[verdict], markerfacecolor=face, label=f"{word}, {name}", **pen))
    return handles


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself.

    Examples
    --------
    >>> import xarray
    >>> cells = {"role": ("row", ["holdout"]), "verdict": ("row", ["out"])}
    >>> caption(xarray.Dataset(cells))[2]
    'Hold-out: 0 in, 1 out, 0 not judged.'
    """
    told = []
    for role, word in (("calibration", "Calibration"), ("holdout", "Hold-out")):
        of = [int(((ds["role"] == role) & (ds["verdict"] == one)).sum()) for one in ("in", "out")]
        other = int((ds["role"] == role).sum()) - sum(of)
        told.append(f"{word}: {of[0]} in, {of[1]} out, {other} not judged.")
    rest = (
        "Symbols: prediction over the observed value (its interval's geometric middle, or its end, where no value was "
        "published); beyond the axis, at its edge. Boxes: published interval, of the mean where one was given."
    )
    return ["Published observations and predictions.", *told, rest, lines(ds)]


def lines(ds: "xarray.Dataset") -> str:
    """Say in a caption what the lines over the symbols are; empty where nothing was drawn.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> lines(xarray.Dataset({"predicted_low": ("row", [float("nan")])}))
    ''
    """
    if "predicted_low" not in ds or not np.isfinite(ds["predicted_low"]).any():
        return ""
    return (
        "Lines: 5 to 95 % of draws of the recalled, assumed and fitted numbers, together so that they give the "
        "calibrating windows, and of derived numbers, with a standard error of a tenth."
    )
