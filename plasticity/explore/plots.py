"""The plots of compared scenarios: threshold, windows as bars, and the stages before them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.explore.look import COLOURS, DASHES, LETTERS, styled, time_axis
from plasticity.explore.outcome import CONCENTRATION, KINDS, LEARNING, MOST_COMPOUNDS, PANELS, Outcome, key
from plasticity.explore.published import SeenMaximum, SeenWindow
from plasticity.figures.pens import GREY, PALE, pen

Floats = NDArray[np.float64]
WIDE, PANEL_WIDTH, PANEL_HEIGHT, THRESHOLD_HEIGHT = 936, 234, 158, 170
"""Pixels on a screen of 1280; on a wider one, plots grow wider."""
LANE_HEIGHT, LANES_MARGIN, LEFT = 15, 52, 96
IN_A_ROW = 4
SEEN_OPEN, NOT_SEEN = "#8a8a8a", "#d9d9d9"
"""Of published windows: while they were seen open, and between then and when they were seen closed."""
WIDER = "stretch_width"
TOOLS = "xpan,box_zoom,xwheel_zoom,reset"
UNITS = {CONCENTRATION: "nM", "Acute effect": "%", "Calcium": "µM"}
TIPS = [("", "$name"), ("time", "$snap_x{0.0} h")]


class ScenarioPlots:
    """Plots that show up to four outcomes together; made once, then fed.

    Parameters
    ----------
    width : int
        Of the plots over the whole run [pixels].

    Attributes
    ----------
    threshold, lanes : bokeh.plotting.figure
        Over the whole run.
    panels : dict of str to bokeh.plotting.figure
        The stages, with a common time axis.

    Examples
    --------
    >>> sorted(ScenarioPlots().panels) == sorted(PANELS)
    True
    """

    def __init__(self, width: int = WIDE) -> None:
        from bokeh.models import BoxAnnotation, ColumnDataSource, FactorRange, HoverTool, Range1d
        from bokeh.plotting import figure

        self.sources = [ColumnDataSource({"time": []}) for _ in COLOURS]
        self.whole, self.part = Range1d(0.0, 672.0), Range1d(0.0, 48.0)
        self.lines: dict[tuple[str, int, int], Any] = {}
        self.threshold = styled(
            figure(
                width=width,
                height=THRESHOLD_HEIGHT,
                x_range=self.whole,
                sizing_mode=WIDER,
                tools=TOOLS,
                title="LTP threshold",
                min_border_left=LEFT,
            )
        )
        self.threshold.yaxis.axis_label = "Relative to rest"
        self.threshold.xaxis.visible = False
        self.band = BoxAnnotation(bottom=0.9, top=0.92, fill_color=PALE, fill_alpha=1.0, level="underlay")
        self.threshold.add_layout(self.band)
        self._lines(self.threshold, "threshold", 1, "")
        self.lanes = styled(
            figure(
                width=width, height=90, x_range=self.whole, y_range=FactorRange(), sizing_mode=WIDER, tools="",
                min_border_left=LEFT,
            )
        )  # fmt: skip
        self.lanes.title.visible = False
        self.lanes.ygrid.grid_line_color = None
        self.bars = ColumnDataSource({name: [] for name in ("lane", "left", "right", "colour", "told")})
        self.given = ColumnDataSource({name: [] for name in ("lane", "time", "colour", "told")})
        drawn = self.lanes.hbar("lane", left="left", right="right", height=0.62, color="colour", source=self.bars)
        marks = self.lanes.scatter(
            "time", "lane", marker="inverted_triangle", size=8, line_color="white", fill_color="colour",
            source=self.given,
        )  # fmt: skip
        self.lanes.add_tools(HoverTool(renderers=[drawn, marks], tooltips="@told"))
        self.seen = ColumnDataSource({name: [] for name in ("panel", "time", "value", "low", "high", "told")})
        self.panels = {panel: self._panel(panel) for panel in PANELS}
        self.show_part(48.0)

    def view(self) -> Any:
        """Lay the plots out: what matters most on top."""
        from bokeh.layouts import column

        return column(self.threshold, self.lanes, self.stages(), sizing_mode=WIDER)

    def stages(self) -> Any:
        """Lay the stages out, from left to right."""
        from bokeh.layouts import column, row

        shown = list(self.panels.values())
        rows = [row(*shown[at : at + IN_A_ROW], sizing_mode=WIDER) for at in range(0, len(shown), IN_A_ROW)]
        return column(*rows, sizing_mode=WIDER)

    def _panel(self, panel: str) -> Any:
        from bokeh.plotting import figure

        shown = styled(
            figure(
                width=PANEL_WIDTH, height=PANEL_HEIGHT, x_range=self.part, title=panel, tools=TOOLS,
                y_axis_type="log" if panel == CONCENTRATION else "linear", sizing_mode=WIDER,
            )
        )  # fmt: skip
        unit = UNITS.get(panel, "")
        shown.title.text = f"{panel} ({unit})" if unit else panel
        shown.yaxis.ticker.desired_num_ticks = 4
        count = len(KINDS) * MOST_COMPOUNDS if panel == CONCENTRATION else len(PANELS[panel])
        self._lines(shown, panel, count, unit)
        if key(panel):
            self._key(shown, key(panel), "bottom_left" if panel == CONCENTRATION else "top_right")
        if panel in (CONCENTRATION, "Acute effect"):
            self._maxima(shown, panel)
        return shown

    def _lines(self, shown: Any, panel: str, count: int, unit: str) -> None:
        from bokeh.models import HoverTool

        for number, (source, colour) in enumerate(zip(self.sources, COLOURS, strict=True)):
            for place in range(count):
                column = f"{panel} {place}"
                source.data[column] = []
                self.lines[panel, number, place] = shown.line(
                    "time", column, source=source, color=colour, line_width=1.6, name=f"{LETTERS[number]}: {panel}",
                    line_dash=DASHES[place % len(DASHES)], visible=False,
                )  # fmt: skip
        drawn = [line for (of, _, _), line in self.lines.items() if of == panel]
        value = ("value", f"$snap_y{{0.0000}} {unit}".strip())
        shown.add_tools(HoverTool(renderers=drawn, tooltips=[*TIPS, value], line_policy="interp"))

    @staticmethod
    def _key(shown: Any, names: Sequence[str], where: str) -> None:
        from bokeh.models import Legend, LegendItem

        nothing = [np.nan, np.nan]
        empty = [shown.line(nothing, nothing, color=GREY, line_dash=dash) for dash in DASHES[: len(names)]]
        items = [LegendItem(label=name, renderers=[line]) for name, line in zip(names, empty, strict=True)]
        shown.add_layout(
            Legend(
                items=items, location=where, label_text_font_size="9px", padding=1, spacing=-4, margin=2,
                glyph_width=18, border_line_color=None, background_fill_alpha=0.6, label_height=11, glyph_height=11,
            )
        )  # fmt: skip

    def _maxima(self, shown: Any, panel: str) -> None:
        """Published maxima: a diamond with its interval, those of this panel only."""
        from bokeh.models import CDSView, GroupFilter, HoverTool

        view = CDSView(filter=GroupFilter(column_name="panel", group=panel))
        pen = {"source": self.seen, "view": view, "line_color": "black"}
        bars = shown.segment("time", "low", "time", "high", line_width=1.2, **pen)
        marks = shown.scatter("time", "value", marker="diamond", size=9, fill_color="white", **pen)
        shown.add_tools(HoverTool(renderers=[marks, bars], tooltips="@told"))

    def show(self, number: int, found: Outcome | None) -> None:
        """Show an outcome in the place of a scenario, or nothing there."""
        drawn = np.zeros(0, int) if found is None else drawn_points(found.time)
        data: dict[str, Any] = {"time": [] if found is None else found.time[drawn]}
        for (panel, of, place), line in self.lines.items():
            if of == number:
                curves = [] if found is None else found.curves.get(panel, [])
                curves = [found.threshold] if found is not None and panel == "threshold" else curves
                curve = next((one for one in curves if one.place == place), None)
                line.visible = curve is not None
                if curve is not None:
                    line.name = f"{LETTERS[number]}: {curve.name}"
                data[f"{panel} {place}"] = np.full(len(drawn), np.nan) if curve is None else curve.values[drawn]
        self.sources[number].data = data

    def compare(
        self, outcomes: Sequence[Outcome | None], windows: Sequence[SeenWindow], maxima: Sequence[SeenMaximum]
    ) -> None:
        """Show windows of all scenarios as bars, with published ones below them, and the published maxima."""
        there = [(LETTERS[number], COLOURS[number], one) for number, one in enumerate(outcomes) if one is not None]
        end = max((float(one.time[-1]) for _, _, one in there), default=672.0)
        bars: list[tuple[Any, ...]] = []
        given: list[tuple[Any, ...]] = []
        for letter, colour, one in there:
            for opens, closes, left, right in one.windows:
                late = "still open at the end" if right else f"closes {closes / 24.0:.2f} d"
                early = "open at the start" if left else f"opens {opens:.2f} h"
                told = f"{letter}: {early}, {late}, open {(closes - opens) / 24.0:.2f} d"
                bars.append((letter, opens, closes, colour, told))
            given += [(letter, time, colour, f"{letter}: {what} at {time:g} h") for time, what in one.doses]
        for seen in windows:
            lane, told = _lane(seen), f"Published, {pen(seen.compound).name}: {seen.told}"
            bars.append((lane, 0.0, seen.open_until, SEEN_OPEN, told))
            last = end if np.isnan(seen.closed_from) else seen.closed_from
            if last > seen.open_until:
                bars.append((lane, seen.open_until, last, NOT_SEEN, told))
        self.bars.data = _columns(("lane", "left", "right", "colour", "told"), bars)
        self.given.data = _columns(("lane", "time", "colour", "told"), given)
        self.lanes.y_range.factors = [
            *(_lane(seen) for seen in reversed(windows)),
            *(one[0] for one in reversed(there)),
        ]
        self.lanes.height = LANES_MARGIN + LANE_HEIGHT * len(self.lanes.y_range.factors)
        self.seen.data = _columns(
            ("panel", "time", "value", "low", "high", "told"),
            [(one.panel, one.time, one.value, one.low, one.high, one.told) for one in maxima],
        )
        if there:
            self.band.bottom, self.band.top = there[0][2].levels
            self.whole.start, self.whole.end = -0.008 * end, end
            time_axis(self.lanes, end, self.lanes.width)
        self.panels[LEARNING].visible = any(LEARNING in one.curves for _, _, one in there)

    def show_part(self, end: float) -> None:
        """Let the stages show the time from 0 to `end` [h]."""
        self.part.end = end
        for shown in self.panels.values():
            time_axis(shown, end, PANEL_WIDTH)


def drawn_points(time: Floats) -> NDArray[np.int64]:
    """Choose the points of a run that a screen can tell apart: all at first, then ever fewer.

    Parameters
    ----------
    time : ndarray, shape (times,)
        [h]

    Returns
    -------
    ndarray of int
        Places of the chosen times.

    Examples
    --------
    >>> len(drawn_points(np.arange(0.0, 672.0, 0.05)))
    732
    """
    spacing = np.where(time < 12.0, 0.05, np.where(time < 48.0, 0.2, np.maximum(2.0, time[-1] / 600.0)))
    passed = np.floor(np.concatenate([[0.0], np.cumsum(np.diff(time) / spacing[1:])]) + 1e-6)
    chosen = np.flatnonzero(np.diff(passed, prepend=-1.0) > 0.0)
    return np.unique(np.append(chosen, len(time) - 1))


def _lane(seen: SeenWindow) -> str:
    return f"{pen(seen.compound).name}, mice"


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
