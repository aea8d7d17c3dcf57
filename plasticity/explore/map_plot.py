"""The map of a sweep: a plane of places, ticks where round numbers lie, and the chosen point."""

from collections.abc import Callable
from typing import Any

import numpy as np

from plasticity.explore.look import FONT, styled
from plasticity.explore.stored import Axis, Plane
from plasticity.figures.maps import CANNOT, COLOURS
from plasticity.figures.pens import PALE

WIDTH, HEIGHT = 500, 360
LATE = "#ffffff66"
NOTES = {"none": "grey: no value", "late": "pale: still open at the end, a lower bound", "failed": "red: failed"}


class MapPlot:
    """A map, or a line where a sweep has one dimension; places are numbers, so that any axis can be drawn.

    Parameters
    ----------
    chosen : callable, optional
        Called with the place across and up that a person clicks.
    width : int
        [pixels]

    Examples
    --------
    >>> MapPlot(print).figure.width
    500
    """

    def __init__(self, chosen: Callable[[int, int], None] | None = None, width: int = WIDTH) -> None:
        from bokeh.events import Tap
        from bokeh.models import ColorBar, ColumnDataSource, CustomJSHover, HoverTool, LinearColorMapper, Range1d
        from bokeh.plotting import figure

        self.figure = styled(
            figure(width=width, height=HEIGHT, x_range=Range1d(), y_range=Range1d(), tools="box_zoom,wheel_zoom,reset")
        )
        self.colours = LinearColorMapper(_viridis(), low=0.0, high=1.0, nan_color=PALE)
        self.cells = ColumnDataSource({name: [] for name in ("values", "late", "failed", "x", "y", "dw", "dh")})
        box = {"x": "x", "y": "y", "dw": "dw", "dh": "dh", "source": self.cells}
        self.image = self.figure.image("values", color_mapper=self.colours, **box)
        over = {"late": ["#00000000", LATE], "failed": ["#00000000", CANNOT]}
        for name, palette in over.items():
            self.figure.image(name, color_mapper=LinearColorMapper(palette, low=0.0, high=1.0), **box)
        self.line = ColumnDataSource({"place": [], "value": []})
        self.curve = self.figure.line("place", "value", source=self.line, color="#0072B2", line_width=1.6)
        self.dots = self.figure.scatter("place", "value", source=self.line, color="#0072B2", size=4)
        self.here = ColumnDataSource({"x": [], "y": []})
        self.figure.scatter("x", "y", source=self.here, marker="cross", size=16, color="black", line_width=3.0)
        self.figure.scatter("x", "y", source=self.here, marker="cross", size=14, color="white", line_width=1.2)
        self.bar = ColorBar(color_mapper=self.colours, width=10, padding=4, major_label_text_font=FONT)
        self.figure.add_layout(self.bar, "right")
        self.hover = HoverTool(renderers=[self.image, self.dots])
        named = CustomJSHover(args={"figure": self.figure}, code="return figure.tags[0][value]")
        self.hover.formatters = {"$x": self._place(0), "$y": self._place(1), "@place": named}
        self.figure.add_tools(self.hover)
        if chosen is not None:
            self.figure.on_event(Tap, lambda event: self._tapped(event, chosen))
        self.plane: Plane | None = None

    def show(self, plane: Plane) -> None:
        """Show a plane of the sweep."""
        self.plane = plane
        across, up = plane.across, plane.up
        flat = up.size == 1
        _ticks(self.figure.xaxis[0], across)
        self.figure.xaxis.axis_label = across.label
        self.figure.x_range.update(start=-0.5, end=across.size - 0.5)
        unit = f" ({plane.unit})" if plane.unit else ""
        self.figure.title.text = f"{plane.label}{unit}"
        high = float(np.nanmax(plane.values, initial=0.0)) or 1.0
        low = min(float(np.nanmin(plane.values, initial=0.0)), 0.0)
        self.image.visible = self.bar.visible = not flat
        self.curve.visible = self.dots.visible = flat
        if flat:
            places = np.arange(plane.values.shape[1]) * plane.step[1]
            self.line.data = {"place": places, "value": plane.values[0]}
            self.figure.y_range.update(start=low, end=high + 0.08 * (high - low))
            self.figure.yaxis.axis_label = plane.unit or "value"
        else:
            self.colours.update(low=low, high=high)
            _ticks(self.figure.yaxis[0], up)
            self.figure.yaxis.axis_label = up.label
            self.figure.y_range.update(start=-0.5, end=up.size - 0.5)
        rows, columns = plane.values.shape
        self.cells.data = {
            "values": [plane.values.astype("float32")],
            "late": [plane.late.astype("float32")],
            "failed": [plane.failed.astype("float32")],
            "x": [-0.5], "y": [-0.5], "dw": [columns * plane.step[1]], "dh": [rows * plane.step[0]],
        }  # fmt: skip
        self.figure.tags = [across.labels, up.labels, plane.step[1], plane.step[0]]
        self.hover.tooltips = tips(plane)

    def point(self, across: int, up: float) -> None:
        """Mark the chosen point, on a line at its value."""
        self.here.data = {"x": [across], "y": [up]}

    def _place(self, number: int) -> Any:
        """Name the drawn place under the pointer: labels and steps stand in the tags of the figure."""
        from bokeh.models import CustomJSHover

        code = """
            const [labels, step] = [figure.tags[number], figure.tags[2 + number]]
            const place = step * Math.floor(((number == 0 ? special_vars.x : special_vars.y) + 0.5) / step)
            return labels[Math.max(0, Math.min(labels.length - 1, place))]
        """
        return CustomJSHover(args={"figure": self.figure, "number": number}, code=code)

    def _tapped(self, event: Any, chosen: Callable[[int, int], None]) -> None:
        if self.plane is None or event.x is None or event.y is None:
            return
        at = [
            int(np.clip(step * np.floor((value + 0.5) / step), 0, axis.size - 1))
            for value, axis, step in (
                (event.x, self.plane.across, self.plane.step[1]),
                (event.y, self.plane.up, self.plane.step[0]),
            )
        ]
        chosen(*at)


def tips(plane: Plane) -> list[tuple[str, str]]:
    """Say what is told of the place under the pointer: where it is, and the value with its unit.

    Parameters
    ----------
    plane : Plane

    Returns
    -------
    list of tuple
        Label and format, as Bokeh takes them.

    Examples
    --------
    >>> one, no = Axis("dose", "Dose (mg)", ["1 mg"], {}), np.zeros((1, 1), bool)
    >>> tips(Plane(one, Axis("", "", [""], {}), np.ones((1, 1)), "Opens", "h", no, no, (1, 1)))
    [('Dose (mg)', '@place{custom}'), ('Opens', '@value{0.000} h')]
    """
    if plane.up.size == 1:
        return [(plane.across.label, "@place{custom}"), (plane.label, f"@value{{0.000}} {plane.unit}".strip())]
    places = [(plane.across.label, "$x{custom}"), (plane.up.label, "$y{custom}")]
    return [*places, (plane.label, f"@values{{0.000}} {plane.unit}".strip())]


def note(plane: Plane) -> str:
    """Say what the colours beside the scale mean, as far as they are there.

    Parameters
    ----------
    plane : Plane

    Returns
    -------
    str

    Examples
    --------
    >>> one, no = Axis("dose", "Dose (mg)", ["1 mg"], {}), np.zeros((1, 1), bool)
    >>> note(Plane(one, one, np.array([[np.nan]]), "Opens", "h", no, no, (1, 1)))
    'grey: no value'
    """
    there = {"none": bool((np.isnan(plane.values) & ~plane.failed).any()), "late": bool(plane.late.any()),
             "failed": bool(plane.failed.any())}  # fmt: skip
    parts = [NOTES[name] for name, found in there.items() if found]
    if max(plane.step) > 1:
        parts.append(f"drawn: 1 of {plane.step[1]} places across, 1 of {plane.step[0]} up")
    return "; ".join(parts)


def _ticks(axis: Any, shown: Axis) -> None:
    from bokeh.models import FixedTicker

    axis.ticker = FixedTicker(ticks=list(shown.ticks))
    axis.major_label_overrides = dict(shown.ticks)


def _viridis() -> list[str]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colour) for colour in colormaps[COLOURS](np.linspace(0.0, 1.0, 256))]
