"""What is on show as PNG or SVG, drawn with the settings of the package's figures."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plasticity.explore.look import COLOURS, LETTERS
from plasticity.explore.map_plot import LATE, note
from plasticity.explore.outcome import Outcome, key, logarithmic
from plasticity.explore.published import SeenMaximum, SeenWindow
from plasticity.explore.stored import Plane
from plasticity.figures.maps import CANNOT
from plasticity.figures.maps import COLOURS as MAP_COLOURS
from plasticity.figures.pens import GREY, PALE, pen
from plasticity.figures.sheet import COLUMN_MM, PAGE_MM, finish, sheet
from plasticity.figures.style import look
from plasticity.figures.time_axis import day_axis, hour_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES: tuple[Any, ...] = ("-", (0, (4, 1.3)), (0, (1, 1)))
IN_A_ROW, ROW_MM, LANE_MM = 3, 38.0, 3.6
DAYS = 24.0


def picture(
    outcomes: Sequence[Outcome],
    labels: Sequence[str],
    windows: Sequence[SeenWindow],
    maxima: Sequence[SeenMaximum],
    end: float,
    kind: str,
) -> bytes:
    """Draw the compared scenarios: threshold, windows, stages.

    Parameters
    ----------
    outcomes : sequence of Outcome
        At least one, at most four.
    labels : sequence of str
        What each scenario is.
    windows, maxima : sequence
        Published ones.
    end : float
        Until when the stages are shown [h].
    kind : {"png", "svg"}

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> import plasticity as pl
    >>> from plasticity.explore.outcome import outcome
    >>> found = outcome(pl.simulate(pl.Protocol("28 d").dose("psilocybin", "25 mg")))
    >>> picture([found], ["psilocybin 25 mg"], [], [], 48.0, "svg")[:5]
    b'<?xml'
    """
    panels = list(dict.fromkeys(panel for one in outcomes for panel in one.curves))
    rows = -(-len(panels) // IN_A_ROW)
    lanes = LANE_MM * (len(outcomes) + len(windows)) + 9.0
    with look():
        figure = sheet(PAGE_MM, 48.0 + lanes + ROW_MM * rows + 6.0)
        grid = figure.add_gridspec(rows + 2, IN_A_ROW, height_ratios=[48.0, lanes, *[ROW_MM] * rows])
        top, below = figure.add_subplot(grid[0, :]), figure.add_subplot(grid[1, :])
        _threshold(top, outcomes, labels)
        _lanes(below, outcomes, windows)
        for place, panel in enumerate(panels):
            axes = figure.add_subplot(grid[2 + place // IN_A_ROW, place % IN_A_ROW])
            _stage(axes, panel, outcomes, end)
            for seen in (one for one in maxima if one.panel == panel and one.time <= end):
                x = seen.time / (DAYS if end > 4.0 * DAYS else 1.0)
                axes.plot([x, x], [seen.low, seen.high], color="black", linewidth=0.7)
                axes.plot([x], [seen.value], "D", color="black", markerfacecolor="white", markersize=3.0)
        told = "Scenarios of the explorer: " + "; ".join(
            f"{letter}, {label}" for letter, label in zip(LETTERS, labels, strict=False)
        )
        return _written(finish(figure, told), kind)


def _threshold(axes: "Axes", outcomes: Sequence[Outcome], labels: Sequence[str]) -> None:
    for letter, colour, label, one in zip(LETTERS, COLOURS, labels, outcomes, strict=False):
        axes.plot(one.time / DAYS, one.threshold.values, color=colour, label=f"{letter}: {label}")
    low, high = outcomes[0].levels
    axes.axhspan(low, high, color=PALE, linewidth=0.0, zorder=0)
    axes.set_ylabel("LTP threshold\n(relative to rest)")
    day_axis(axes, max(float(one.time[-1]) for one in outcomes))
    axes.legend(loc="lower right")


def _lanes(axes: "Axes", outcomes: Sequence[Outcome], windows: Sequence[SeenWindow]) -> None:
    """Draw windows as bars: those of the scenarios, then what was published."""
    end = max(float(one.time[-1]) for one in outcomes)
    names = [*LETTERS[: len(outcomes)], *(f"{pen(seen.compound).name}, mice" for seen in windows)]
    for lane, (colour, one) in enumerate(zip(COLOURS, outcomes, strict=False)):
        for opens, closes, _, _ in one.windows:
            axes.barh(lane, (closes - opens) / DAYS, 0.62, opens / DAYS, color=colour)
        axes.plot([time / DAYS for time, _ in one.doses], [lane] * len(one.doses), "v", color=colour, markersize=4.0)
    for lane, seen in enumerate(windows, start=len(outcomes)):
        axes.barh(lane, seen.open_until / DAYS, 0.62, color=GREY)
        last = end if seen.closed_from != seen.closed_from else seen.closed_from
        axes.barh(lane, max(last - seen.open_until, 0.0) / DAYS, 0.62, seen.open_until / DAYS, color=PALE)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel("Time (d); windows: open. Published: seen open (dark), not seen (pale)" if windows else "Time (d)")
    day_axis(axes, end)


def _stage(axes: "Axes", panel: str, outcomes: Sequence[Outcome], end: float) -> None:
    scale, axis, unit = (DAYS, day_axis, "d") if end > 4.0 * DAYS else (1.0, hour_axis, "h")
    printed = ""
    for colour, one in zip(COLOURS, outcomes, strict=False):
        for curve in one.curves.get(panel, []):
            dashes = DASHES[curve.place % len(DASHES)]
            axes.plot(one.time / scale, curve.values, color=colour, linestyle=dashes, linewidth=0.9)
            printed = curve.unit
    if logarithmic(panel):
        axes.set_yscale("log")
    kinds = {curve.place % len(DASHES) for one in outcomes for curve in one.curves.get(panel, [])}
    for place, name in enumerate(key(panel)):
        if place in kinds:
            axes.plot([], [], color=GREY, linestyle=DASHES[place], linewidth=0.9, label=name)
    if key(panel):
        axes.legend(fontsize=5.5, loc="upper right", handlelength=2.2, borderaxespad=0.0)
    axes.set_ylabel(f"{panel} ({printed})" if printed else panel)
    axes.set_xlabel(f"Time ({unit})")
    axis(axes, end)


def _written(figure: "Figure", kind: str) -> bytes:
    out = io.BytesIO()
    told = {"Description": figure.get_label()}
    figure.savefig(out, format=kind, metadata=told if kind == "png" else told | {"Date": None})
    return out.getvalue()


def map_picture(plane: Plane, point: tuple[int, float], title: str, kind: str) -> bytes:
    """Draw the map on show.

    Parameters
    ----------
    plane : Plane
    point : tuple
        What is marked: its place across, and its place up, or on a line its value.
    title : str
        What the sweep is of; goes into the file's description.
    kind : {"png", "svg"}

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> import numpy as np
    >>> from plasticity.explore.stored import Axis
    >>> axis, no = Axis("dose", "Dose (mg)", ["1 mg", "2 mg"], {0.0: "1", 1.0: "2"}), np.zeros((2, 2), bool)
    >>> map_picture(Plane(axis, axis, np.eye(2), "Open", "d", no, no, (1, 1)), (0, 0), "Map", "png")[1:4]
    b'PNG'
    """
    import numpy as np
    from matplotlib.colors import ListedColormap

    across, up = plane.across, plane.up
    label = f"{plane.label} ({plane.unit})" if plane.unit else plane.label
    with look():
        figure = sheet(COLUMN_MM, 75.0)
        axes = figure.subplots()
        axes.set_xticks(list(across.ticks), list(across.ticks.values()))
        axes.set_xlabel(across.label)
        axes.set_xlim(-0.5, across.size - 0.5)
        if up.size == 1:
            places = np.arange(plane.values.shape[1]) * plane.step[1]
            axes.plot(places, plane.values[0], color=COLOURS[0])
            axes.plot([point[0]], [point[1]], "+", color="black")
            axes.set_ylabel(label)
        else:
            rows, columns = plane.values.shape
            box: Any = {"extent": (-0.5, columns * plane.step[1] - 0.5, -0.5, rows * plane.step[0] - 0.5),
                        "origin": "lower", "aspect": "auto", "interpolation": "nearest"}  # fmt: skip
            axes.set_facecolor(PALE)
            shown = axes.imshow(plane.values, cmap=MAP_COLOURS, **box)
            for there, colour in ((plane.late, LATE), (plane.failed, CANNOT)):
                axes.imshow(there, cmap=ListedColormap(["#00000000", colour]), vmin=0, vmax=1, **box)
            axes.plot([point[0]], [point[1]], "+", color="white", markersize=6.0)
            axes.set_yticks(list(up.ticks), list(up.ticks.values()))
            axes.set_ylabel(up.label)
            axes.set_ylim(-0.5, up.size - 0.5)
            figure.colorbar(shown, ax=axes, pad=0.02, aspect=26).set_label(label)
        return _written(finish(figure, f"{title}: {label}. {note(plane)}".strip()), kind)
