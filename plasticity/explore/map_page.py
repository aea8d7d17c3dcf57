"""The page of a stored sweep: a slider for every dimension, the map, and the runs at the points that are chosen."""

import html
import io
from functools import partial
from typing import Any

import numpy as np

from plasticity.errors import InputError
from plasticity.explore.comparison import MOST, Comparison
from plasticity.explore.controls import WIDTH
from plasticity.explore.display import Display
from plasticity.explore.look import FONT, page
from plasticity.explore.map_plot import WIDTH as MAP_WIDTH
from plasticity.explore.map_plot import MapPlot, note
from plasticity.explore.pictures import map_picture
from plasticity.explore.plots import WIDE, WIDER
from plasticity.explore.point import record, scenario_at
from plasticity.explore.scenario import Scenario
from plasticity.explore.stored import Plane, Stored

ALONE = "(one dimension)"


def first_scenario(found: Stored) -> Scenario:
    """Give the scenario that the page starts with: the middle of the sweep, or a point near it that means something.

    Parameters
    ----------
    found : Stored

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        If no run can be made of any point.

    Examples
    --------
    >>> import plasticity as pl
    >>> from plasticity.explore.stored import stored
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> first_scenario(stored(pl.sweep(plan, {"dose": ["5 mg", "20 mg"]}, keep=["max_depth"]))).label
    'psilocybin 20 mg'
    """
    middle = tuple(axis.size // 2 for axis in found.axes)
    status = found.ds["status"].transpose(*(axis.name for axis in found.axes)).values
    sound = np.argwhere(status >= 0).tolist()
    if not sound:
        raise InputError("no sweep to explore: every point failed; allowed: a sweep with at least one sound point")
    place = middle if status[middle] >= 0 else sound[len(sound) // 2]
    try:
        return scenario_at(found.ds, {axis.name: at for axis, at in zip(found.axes, place, strict=True)})
    except KeyError as error:
        raise InputError(f"no sweep of this version: {error} is not recorded; allowed: run it again") from error


class MapPage:
    """Widgets, map and runs of a stored sweep.

    Parameters
    ----------
    found : Stored

    Examples
    --------
    >>> import plasticity as pl
    >>> from plasticity.explore.stored import stored
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> page = MapPage(stored(pl.sweep(plan, {"dose": ["5 mg", "20 mg"]}, keep=["max_depth"])))
    >>> page.places["dose"].value = "5 mg"
    >>> page.comparison.scenario.label
    'psilocybin 5 mg'
    """

    def __init__(self, found: Stored) -> None:
        import panel

        self.found, self.quiet = found, False
        self.comparison = Comparison([first_scenario(found)])
        self.display = Display(self.comparison, WIDE - MAP_WIDTH)
        self.map = MapPlot(self._clicked)
        widgets, names = panel.widgets, [axis.name for axis in found.axes]
        texts = {label: name for name, label in found.variables.items()}
        self.variable = widgets.Select(label="Shown", options=texts, width=WIDTH - 20)
        numeric = [name for name in names if found.axis(name).size > 1] or names
        numeric = sorted(numeric, key=lambda name: found.ds[name].dtype.kind not in "fiu")
        half = (WIDTH - 46) // 2
        self.across = widgets.Select(label="Across", options=names, value=numeric[0], width=half)
        up = [*names, ALONE] if len(names) > 1 else [ALONE]
        self.up = widgets.Select(label="Up", options=up, value=numeric[1] if len(numeric) > 1 else ALONE, width=half)
        self.places: dict[str, Any] = {
            axis.name: widgets.DiscreteSlider(
                label=axis.label, options=axis.labels, value=axis.labels[axis.size // 2], width=WIDTH - 30
            )
            for axis in found.axes
            if len(set(axis.labels)) == axis.size > 1
        }
        for axis in found.axes:
            if axis.name not in self.places:
                self.places[axis.name] = widgets.IntSlider(label=axis.label, start=0, end=max(axis.size - 1, 1),
                                                           value=axis.size // 2, width=WIDTH - 30)  # fmt: skip
        self.keep = widgets.Button(label="Keep point, choose another", width=WIDTH - 20)
        self.note = panel.pane.HTML("", width=WIDTH - 20, styles={"font-family": FONT, "font-size": "11px"})
        self.files = [
            widgets.FileDownload(callback=partial(self._picture, kind), filename=f"map.{kind}", embed=False, auto=True,
                                 label=f"Save map as {kind.upper()}", width=half)
            for kind in ("png", "svg")
        ]  # fmt: skip
        for widget in (self.variable, self.across, self.up, *self.places.values()):
            widget.param.watch(lambda _: None if self.quiet else self._changed(), "value")
        self.keep.on_click(lambda _: self._keep())
        self.refresh()

    def view(self) -> Any:
        """Lay the page out: dimensions, map, windows, and the stages below."""
        import panel

        controls = panel.Column(
            self.variable, panel.Row(self.across, self.up, margin=0), *self.places.values(), self.note, self.keep,
            panel.Row(*self.files, margin=0),
            width=WIDTH, margin=(0, 4),
        )  # fmt: skip
        plots = self.display.plots
        wide = {"margin": 0, "sizing_mode": WIDER}
        windows = [panel.pane.Bokeh(part, **wide) for part in (plots.threshold, plots.lanes)]
        top = [panel.pane.Bokeh(self.map.figure, margin=0), panel.Column(*windows, **wide)]
        stages = panel.pane.Bokeh(plots.stages(), **wide)
        rows: list[list[Any]] = [[self.display.bar], [self.display.message], [self.display.table], top, [stages]]
        return page(record(self.found.ds), controls, rows)

    def point(self) -> dict[str, int]:
        """Place of the chosen point along each dimension."""
        found = {}
        for name, widget in self.places.items():
            labels = self.found.axis(name).labels
            found[name] = labels.index(widget.value) if isinstance(widget.value, str) else int(widget.value)
        return found

    def plane(self) -> Plane:
        """What the map shows."""
        up = None if self.up.value in (ALONE, self.across.value) else str(self.up.value)
        return self.found.plane(self.variable.value, self.across.value, up, self.point())

    def refresh(self) -> None:
        """Show the plane and the chosen point."""
        plane, point = self.plane(), self.point()
        self.map.show(plane)
        exact = self.found.at(self.variable.value, point, plane.unit)
        self.map.point(point[plane.across.name], exact if plane.up.size == 1 else point[plane.up.name])
        value = "none" if np.isnan(exact) else f"{exact:.6g} {plane.unit}".strip()
        told = "; ".join(self.found.axis(name).labels[at] for name, at in point.items())
        self.note.object = f"<p role='status'>At {html.escape(told)}: {html.escape(value)}<br>{note(plane)}</p>"

    def _clicked(self, across: int, up: int) -> None:
        plane = self.plane()
        self.quiet = True
        for axis, place in ((plane.across, across), (plane.up, up)):
            if axis.name in self.places:
                slider = self.places[axis.name]
                slider.value = axis.labels[place] if isinstance(slider.value, str) else place
        self.quiet = False
        self._changed()

    def _changed(self) -> None:
        import panel

        point = self.point()
        with panel.io.hold():  # one message to the browser
            self.refresh()
            self.comparison.change(lambda _: scenario_at(self.found.ds, point))
            self.display.refresh([self.comparison.chosen])

    def _keep(self) -> None:
        if len(self.comparison.scenarios) == MOST:
            self.comparison.choose(0)
            self.comparison.remove()
            self.comparison.choose(len(self.comparison.scenarios) - 1)
        self.comparison.add()
        self.display.refresh()

    def _picture(self, kind: str) -> io.BytesIO:
        plane, point = self.plane(), self.point()
        exact = self.found.at(self.variable.value, point, plane.unit)
        at = (point[plane.across.name], exact if plane.up.size == 1 else point[plane.up.name])
        return io.BytesIO(map_picture(plane, at, record(self.found.ds), kind))
