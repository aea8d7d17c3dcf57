"""A stored sweep as one HTML file that works without a server or a network: map, sliders, thresholds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.explore.look import FONT, styled, time_axis
from plasticity.explore.map_plot import MapPlot, note
from plasticity.explore.point import record, scenario_at
from plasticity.explore.stored import Stored
from plasticity.figures.pens import PALE
from plasticity.simulation import DISCLAIMER, simulate

Floats = NDArray[np.float64]
GENERATOR = '<meta name="generator" content="plasticity explore">'
"""What a page says of itself."""
NO_ICON = '<link rel="icon" href="data:,">'
"""Browsers ask for a file of their own choice otherwise, which is not there."""
MOST_NUMBERS, MOST_TRACKS, TRACK_POINTS = 2_000_000, 400, 320
"""Of a page: numbers of all variables, thresholds over time, and points of each of these."""
CONTROLS, MAP = 260, 490
"""Widths [pixels], which fit into a page of the documentation."""


def static_page(found: Stored) -> str:
    """Write a sweep as a page.

    Parameters
    ----------
    found : Stored

    Returns
    -------
    str
        HTML with all scripts and numbers in it.

    Raises
    ------
    InputError
        If the sweep is too large for a page, or no run can be made of its points.

    Examples
    --------
    >>> import plasticity as pl
    >>> from plasticity.explore.stored import stored
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> page = static_page(stored(pl.sweep(plan, {"dose": ["5 mg", "20 mg"]}, keep=["max_depth"])))
    >>> GENERATOR in page[:2000]
    True
    """
    from bokeh.embed import file_html
    from bokeh.resources import INLINE

    sizes = [axis.size for axis in found.axes]
    numbers = int(np.prod(sizes)) * len(found.variables)
    if numbers > MOST_NUMBERS:
        raise InputError(f"--static: {numbers:,} numbers; allowed: {MOST_NUMBERS:,}, which a page can hold")
    page: str = file_html(
        _document(found), resources=INLINE, title=f"{found.ds.attrs.get('title', 'Sweep')}: plasticity"
    )
    return page.replace("<head>", f"<head>\n    {GENERATOR}\n    {NO_ICON}", 1)


def _document(found: Stored) -> Any:
    from bokeh.document import Document
    from bokeh.events import DocumentReady, Tap
    from bokeh.layouts import column, row
    from bokeh.models import (
        BoxAnnotation,
        ColumnDataSource,
        CustomJS,
        CustomJSTickFormatter,
        Div,
        HoverTool,
        Select,
        Slider,
    )
    from bokeh.plotting import figure

    names = [axis.name for axis in found.axes]
    numeric = sorted(names, key=lambda name: found.axis(name).size == 1 or found.ds[name].dtype.kind not in "fiu")
    middle = {axis.name: axis.size // 2 for axis in found.axes}
    first = next(iter(found.variables))
    shown = MapPlot(width=MAP)
    up = numeric[1] if len(names) > 1 else None
    plane = found.plane(first, numeric[0], up, middle)
    shown.show(plane)
    tracks, levels = _tracks(found)
    trace = ColumnDataSource({"time": [], "value": []})
    threshold = styled(figure(width=MAP, height=220, tools="xpan,xwheel_zoom,box_zoom,reset", title="LTP threshold"))
    threshold.add_layout(BoxAnnotation(bottom=levels[0], top=levels[1], fill_color=PALE, level="underlay"))
    line = threshold.line("time", "value", source=trace, color="#0072B2", line_width=1.6)
    tips = [("time", "$snap_x{0.0} h"), ("relative to rest", "$snap_y{0.0000}")]
    threshold.add_tools(HoverTool(renderers=[line], tooltips=tips, line_policy="interp"))
    time_axis(threshold, float(tracks["time"][-1]), MAP)
    pick = Select(title="Shown", value=found.variables[first], options=list(found.variables.values()), width=CONTROLS)
    across = Select(title="Across", value=numeric[0], options=names, width=CONTROLS)
    higher = Select(title="Up", value=up or numeric[0], options=names, width=CONTROLS, visible=len(names) > 1)
    sliders = [
        Slider(start=0, end=max(axis.size - 1, 1), step=1, value=middle[axis.name], title=axis.label, width=CONTROLS,
               disabled=axis.size == 1,
               format=CustomJSTickFormatter(args={"labels": axis.labels}, code="return labels[Math.round(tick)]"))
        for axis in found.axes
    ]  # fmt: skip
    told = Div(width=CONTROLS, styles={"font-family": FONT, "font-size": "11px"})
    parts = {"figure": shown.figure, "image": shown.image, "bar": shown.bar, "curve": shown.curve, "dots": shown.dots,
             "cells": shown.cells, "line": shown.line, "here": shown.here, "colours": shown.colours,
             "hover": shown.hover, "trace": trace, "threshold": threshold}  # fmt: skip
    axes = [
        {
            "name": axis.name,
            "label": axis.label,
            "labels": axis.labels,
            "ticks": [list(one) for one in axis.ticks.items()],
        }
        for axis in found.axes
    ]
    given = {"axes": axes, "sizes": [axis.size for axis in found.axes], "variables": _variables(found),
             "marks": _marks(found), "tracks": tracks, "pick": pick, "across": across, "up": higher,
             "sliders": sliders, "told": told, **parts}  # fmt: skip
    callback = CustomJS(args=given, code=(Path(__file__).parent / "static_page.js").read_text(encoding="utf-8"))
    for widget in (pick, across, higher, *sliders):
        widget.js_on_change("value", callback)
    shown.figure.js_on_event(Tap, callback)
    style = f"font-family:{FONT};margin:0"
    head = Div(text=f"<h1 style='{style};font-size:16px'>{record(found.ds)}</h1>"
                    f"<b style='{style};font-size:11px;color:#B22222'>{DISCLAIMER}</b>")  # fmt: skip
    marked = Div(text=note(replace(plane, step=(1, 1))), styles={"font-family": FONT, "font-size": "11px"})
    maps = column(shown.figure, marked, threshold)
    document = Document()
    document.add_root(column(head, row(column(pick, across, higher, *sliders, told), maps)))
    document.js_on_event(DocumentReady, callback)
    return document


def _values(found: Stored, name: str) -> Floats:
    dims = [axis.name for axis in found.axes]
    return np.asarray(found.ds[name].transpose(*dims).values, float).ravel()


def _variables(found: Stored) -> list[dict[str, Any]]:
    """All variables as flat arrays, in the units in which they are printed."""
    made = []
    good = _marks(found)["failed"] == 0.0
    for name, label in found.variables.items():
        unit, values = found.printed(name, _values(found, name))
        values = np.where(good, values, np.nan).astype("float32")
        made.append({"label": label, "unit": unit, "timed": unit in ("h", "d"), "values": values})
    return made


def _marks(found: Stored) -> dict[str, NDArray[np.float32]]:
    nothing = np.zeros(int(np.prod([axis.size for axis in found.axes])), bool)
    late = _values(found, "censored") > 0.0 if "censored" in found.ds else nothing
    failed = _values(found, "status") < 0
    return {"late": (late & ~failed).astype("float32"), "failed": failed.astype("float32")}


def _tracks(found: Stored) -> tuple[dict[str, Any], tuple[float, float]]:
    """Run a part of the points, evenly spread, and keep their thresholds."""
    steps = [1] * len(found.axes)
    sizes = [axis.size for axis in found.axes]
    while np.prod([-(-size // step) for size, step in zip(sizes, steps, strict=True)]) > MOST_TRACKS:
        largest = max(range(len(sizes)), key=lambda axis: sizes[axis] / steps[axis])
        steps[largest] += 1
    kept = [-(-size // step) for size, step in zip(sizes, steps, strict=True)]
    values: list[Floats | None] = []
    time, levels = np.zeros(1), (0.9, 0.92)
    for at in np.ndindex(*kept):
        places = {axis.name: place * step for axis, place, step in zip(found.axes, at, steps, strict=True)}
        try:
            run = scenario_at(found.ds, places).study.runs[0]
        except InputError:  # a point that failed has no trajectory
            values.append(None)
            continue
        time = np.linspace(0.0, run.protocol.duration, TRACK_POINTS)
        ds = simulate(run.protocol, run.model, run.parameters, run.parameter_set, time)
        levels = (float(ds["theta"].attrs["open_ratio"]), float(ds["theta"].attrs["close_ratio"]))
        values.append(1.0 - ds["depth"].values)
    if all(one is None for one in values):
        raise InputError("--static: no point of this sweep can be run; allowed: a sweep with at least one sound point")
    table = np.array([np.full(len(time), np.nan) if one is None else one for one in values], "float32")
    return {"time": time.astype("float32"), "values": table.ravel(), "sizes": kept, "steps": steps}, levels
