"""Windows as horizontal bars, one row per compound, with the published open and closed days behind them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import ends
from plasticity.figures.pens import GREY, PALE, pens
from plasticity.figures.reading import HOURS_PER_DAY
from plasticity.figures.runs import windows
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

ROLES = {"calibration": "fitted", "holdout": "predicted"}
WHISKER: dict[str, Any] = {"color": "black", "linewidth": 0.8, "marker": "|", "markersize": 4, "zorder": 5}
BAR = 0.34
BAND = 0.78
BESIDE: dict[str, Any] = {"xytext": (5, 0), "xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
DOT: dict[str, Any] = {"color": GREY, "markersize": 3.6, "clip_on": False, "zorder": 4}
WANTED: Mapping[str, Sequence[str]] = dict.fromkeys(
    ("t_open", "t_close", "censored_left", "censored_right"), ("compound", "window")
)
"""Variables that the bars are drawn from."""
COUNTED = (
    "Bars: the model. Behind them what was published of mice (Nardou et al. 2019, 2023): line to the last day on which "
    "the window was seen open (dot), grey box to the first day on which it was seen closed (circle), or to the end of "
    "the axis where it was not seen closed. The closing day lies somewhere in the box; doses and closing days are "
    "recalled. Fitted: the model was calibrated on this row; predicted: it was not."
)
"""What a caption says of the bars."""


def published() -> "xarray.Dataset":
    """Give the published days that the bars are drawn over.

    Returns
    -------
    xarray.Dataset
        Along `row`.

    Examples
    --------
    >>> published().sizes["row"]
    5
    """
    from plasticity import data

    return data.load("critical_period_windows")


def draw_bars(axes: "Axes", ds: "xarray.Dataset", observed: "xarray.Dataset", until: float) -> None:
    """Draw the rows: model above, in the compound's colour; published days of the same compound behind.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        With the window variables along `compound` and `window`.
    observed : xarray.Dataset
        As ``data.load("critical_period_windows")`` gives it; drawn where the compound's name is the whole label, not
        behind other doses (``"psilocybin 10 mg"``), to which nothing was fitted.
    until : float
        End of the time axis [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> cells = {name: (("compound", "window"), [[value]]) for name, value in
    ...          {"t_open": 8.0, "t_close": 420.0, "censored_left": 0.0, "censored_right": 0.0}.items()}
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> draw_bars(axes, xarray.Dataset(cells, {"compound": ["psilocybin"]}), published(), 840.0)
    >>> [text.get_text().split() for text in axes.get_yticklabels()]
    [['Psilocybin', 'fitted']]
    """
    names = [str(name) for name in ds["compound"].values]
    labels, days = [], until / HOURS_PER_DAY
    human = ds.attrs.get("species", "human") == "human"  # by the exposure of another species nothing was fitted
    for row, (name, ink) in enumerate(zip(names, pens(names), strict=True)):
        role = draw_published(axes, observed, name, row, days)
        draw_model(axes, ds.isel(compound=row), ink.colour, row, days)
        labels.append(f"{ink.name}\n{role if human else ''}".strip())
    axes.set_yticks(range(len(names)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.45, -0.55)
    day_axis(axes, until)
    axes.spines["left"].set_visible(False)
    axes.annotate("model\ncloses (d)", (1.0, -0.55), va="bottom", size=6, **BESIDE)


def draw_model(axes: "Axes", run: "xarray.Dataset", colour: str, row: int, days: float) -> None:
    """Draw the windows of one run as bars of one row, and write when the last one closes beside it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    run : xarray.Dataset
        With the window variables along `window`.
    colour : str
    row : int
        Where the bars stand.
    days : float
        End of the time axis [d].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> numbers = {"t_open": 8.0, "t_close": 420.0, "censored_left": 0.0, "censored_right": 0.0}
    >>> draw_model(axes, xarray.Dataset({name: ("window", [one]) for name, one in numbers.items()}), "black", 0, 28.0)
    >>> axes.texts[0].get_text()
    '17.5'
    """
    spans = windows(run)
    for opens, closes, _, still_open in spans:
        start, end = min(opens / HOURS_PER_DAY, days), min(closes / HOURS_PER_DAY, days)
        axes.barh(row, end - start, BAR, start, color=colour, zorder=3)
        if still_open or closes / HOURS_PER_DAY > days:
            axes.plot(end, row, ">", color=colour, markersize=5, clip_on=False, zorder=4)
    text, between = "–", ends(run, "last_close")
    if between is not None:
        axes.plot([min(end / HOURS_PER_DAY, days) for end in between], [row, row], **WHISKER)
    if spans:
        _, closes, _, still_open = spans[-1]
        text = f"> {closes / HOURS_PER_DAY:.0f}" if still_open else f"{closes / HOURS_PER_DAY:.1f}"
    else:
        failed = "status" in run and int(run["status"]) != 0
        said, where = "run failed" if failed else "never opens", "center" if between is None else "bottom"
        axes.text(0.01 * days, row, said, va=where, size=6, zorder=5)
    axes.annotate(text, (1.0, row), va="center", size=6.5, **BESIDE)


def draw_published(axes: "Axes", observed: "xarray.Dataset", name: str, row: int, days: float) -> str:
    """Draw the published days of a compound in one row.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    observed : xarray.Dataset
        As ``data.load("critical_period_windows")`` gives it.
    name : str
        Of the compound.
    row : int
    days : float
        End of the time axis [d].

    Returns
    -------
    str
        Whether the model was fitted to them; empty where nothing was published.

    Examples
    --------
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> draw_published(sheet(COLUMN_MM, 60.0).subplots(), published(), "psilocybin", 0, 28.0)
    'fitted'
    """
    import numpy

    which = numpy.flatnonzero(observed["compound"].values == name.lower())
    if which.size == 0:
        return ""
    record = observed.isel(row=int(which[0]))
    last_open, first_closed = float(record["last_open_day"]), float(record["first_closed_day"])
    never = bool(numpy.isnan(first_closed))
    start, end = min(last_open, days), days if never else min(first_closed, days)
    axes.barh(row, end - start, BAND, start, color=PALE, zorder=1)
    rail = row + BAND / 2.0
    axes.plot([0.0, start], [rail, rail], color=GREY, linewidth=0.8, zorder=2)
    if last_open <= days:
        axes.plot(last_open, rail, "o", **DOT)
    if never and last_open <= days:
        axes.plot([start, days], [rail, rail], ":", color=GREY, linewidth=0.8, zorder=2)
        axes.plot(days, rail, ">", **DOT)
    if first_closed <= days:
        axes.plot(first_closed, rail, "o", markerfacecolor="white", **DOT)
    return ROLES.get(str(record["role"].values), "")


def legend_entries(species: str, intervals: bool = False) -> list["Artist"]:
    """Make the handles that say what is model and what is data.

    Parameters
    ----------
    species : str
        Whose exposure drove the model.
    intervals : bool
        Say what the thin lines are.

    Returns
    -------
    list of matplotlib.artist.Artist
        With labels, for ``legend(handles=...)``.

    Examples
    --------
    >>> legend_entries("human")[0].get_label()
    'Model, driven by human exposure: window open'
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    driven = f", driven by {species} exposure" if species else ""
    dot: dict[str, Any] = {"color": GREY, "marker": "o", "markersize": 3.6}
    lines = [Line2D([], [], **{**WHISKER, "markersize": 5}, label="Model: closing day, 5 to 95 % of draws")]
    return [
        Patch(color="#4d4d4d", label=f"Model{driven}: window open"),
        Line2D([], [], linewidth=0.8, **dot, label="Mice: last day seen open"),
        Line2D([], [], linestyle="none", **dot, markerfacecolor="white", label="Mice: first day seen closed"),
        Line2D([], [], linestyle=":", linewidth=0.8, **dot | {"marker": ">"}, label="Mice: not seen closed"),
        Patch(color=PALE, label="Mice: closing day lies within"),
        *(lines if intervals else []),
    ]
