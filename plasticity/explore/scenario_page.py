"""The page that compares scenarios: controls on the left, windows and stages on the right."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

from plasticity.compound import compound_names, load_compound
from plasticity.errors import InputError
from plasticity.explore.comparison import MOST, Comparison
from plasticity.explore.controls import WIDTH, QuantityControl
from plasticity.explore.dials import amount_dial, parameter_dial, parameters, time_dial
from plasticity.explore.look import COLOURS, FONT, LETTERS, heading
from plasticity.explore.pictures import picture
from plasticity.explore.plots import WIDE, ScenarioPlots
from plasticity.explore.scenario import Scenario
from plasticity.kernels import declared_kernels

DOSES = 2
"""Doses that have controls; further ones stay as they are."""
SHOWN = {"12 h": 12.0, "48 h": 48.0, "7 d": 168.0, "Whole run": float("inf")}
FIRST_PARAMETERS = ("brake_tau", "brake_gain")


class ScenarioPage:
    """Widgets and plots of a comparison.

    Parameters
    ----------
    comparison : Comparison
    title : str

    Examples
    --------
    >>> ScenarioPage.__name__  # see tests/browser/test_explorer.py
    'ScenarioPage'
    """

    def __init__(self, comparison: Comparison, title: str) -> None:
        import panel

        self.comparison, self.title, self.quiet = comparison, title, False
        self.plots = ScenarioPlots()
        widgets = panel.widgets
        self.message = panel.pane.HTML("", width=WIDE, margin=(0, 8))
        self.table = panel.pane.HTML("", width=WIDE, margin=(0, 8))
        self.which = widgets.RadioButtonGroup(name="Scenario", options=["A"], width=140, button_type="default")
        self.add = widgets.Button(name="Copy", width=62, description="Add a copy of this scenario, up to four")
        self.remove = widgets.Button(name="Remove", width=78)
        self.compounds = [widgets.Select(name=f"Compound of dose {n + 1}", width=WIDTH - 20) for n in range(DOSES)]
        self.amounts = [QuantityControl(partial(self._dose, n, "amount")) for n in range(DOSES)]
        self.times = [QuantityControl(partial(self._dose, n, "at")) for n in range(DOSES)]
        self.second = widgets.Checkbox(name="Second dose", margin=(4, 10))
        self.further = panel.pane.HTML("", width=WIDTH - 20, margin=(0, 10))
        self.laws = {
            layer: widgets.Select(name=f"Law of {layer}", options=_laws(layer), width=(WIDTH - 46) // 2)
            for layer in ("calcium", "brake")
        }
        self.duration = widgets.TextInput(name="Duration", width=(WIDTH - 46) // 2)
        self.names = widgets.MultiChoice(name="Parameters with a slider", width=WIDTH - 20, max_items=8)
        self.numbers: dict[str, QuantityControl] = {}
        self.sliders = panel.Column(margin=0)
        self.part = widgets.RadioButtonGroup(name="Stages shown", options=list(SHOWN), value="48 h", width=300)
        self.published = widgets.Checkbox(name="Published data", value=True, margin=(8, 10))
        self.files = [self._file("Study (YAML)", "yaml"), self._file("PNG", "png"), self._file("SVG", "svg")]
        self.names.value = [name for name in FIRST_PARAMETERS if name in parameters(comparison.scenario)]
        self._watch()
        self.refresh()

    def view(self) -> Any:
        """Lay the page out."""
        import panel

        controls = panel.Column(
            panel.Row(self.which, self.add, self.remove, margin=0),
            self.compounds[0], self.amounts[0].view, self.times[0].view,
            self.second, self.compounds[1], self.amounts[1].view, self.times[1].view, self.further,
            panel.Row(*self.laws.values(), margin=0), self.duration,
            self.names, self.sliders,
            width=WIDTH, margin=(0, 4), scroll=True, height=700, styles={"border-right": "1px solid #dddddd"},
        )  # fmt: skip
        main = panel.Column(
            panel.Row(self.part, self.published, *self.files, margin=0),
            self.message, self.table, panel.pane.Bokeh(self.plots.view(), margin=0),
            width=WIDE + 16, margin=0,
        )  # fmt: skip
        return panel.Column(
            heading(self.title),
            panel.Row(controls, main, margin=0),
            margin=0,
        )

    def _file(self, name: str, kind: str) -> Any:
        import panel

        return panel.widgets.FileDownload(
            callback=partial(self._content, kind), filename=f"scenario.{kind}", label=name, width=110, embed=False,
            button_type="default", auto=True,
        )  # fmt: skip

    def _content(self, kind: str) -> Any:
        import io

        name, content = self.comparison.exported()
        if kind == "yaml":
            self.files[0].filename = name
        else:
            seen = self.comparison.published() if self.published.value else ([], [])
            labels = [one.label for one in self.comparison.scenarios]
            content = picture(self.comparison.outcomes, labels, *seen, self.plots.part.end, kind)
        return io.BytesIO(content)

    def _watch(self) -> None:
        def on(widget: Any, call: Callable[[Any], Any]) -> None:
            widget.param.watch(lambda event: None if self.quiet else call(event.new), "value")

        on(self.which, lambda letter: self._chosen(LETTERS.index(letter)))
        self.add.on_click(lambda _: self._then(self.comparison.add))
        self.remove.on_click(lambda _: self._then(self.comparison.remove))
        for n, widget in enumerate(self.compounds):
            on(widget, lambda compound, n=n: self._changed(lambda old: old.with_dose(n, compound=compound)))
        on(self.second, self._second)
        for layer, widget in self.laws.items():
            on(widget, lambda law, layer=layer: self._changed(lambda old: old.with_model(layer, law)))
        on(self.duration, lambda text: self._changed(lambda old: old.with_duration(text)))
        on(self.names, lambda _: self.refresh())
        on(self.part, lambda _: self._parts())
        on(self.published, lambda _: self._overlay())

    def _dose(self, place: int, key: str, text: str) -> None:
        self._changed(lambda old: old.with_dose(place, **{key: text}))

    def _second(self, wanted: bool) -> None:
        def with_second(old: Scenario) -> Scenario:
            if not wanted:
                return old.without_dose(1)
            first = old.doses[0] if old.doses else {"compound": "psilocybin"}
            return old.with_dose(1, compound=first["compound"], at="7 d")

        self._changed(with_second)

    def _number(self, name: str, text: str) -> None:
        self._changed(lambda old: old.with_parameter(name, text))

    def _changed(self, how: Callable[[Scenario], Scenario]) -> None:
        if self.comparison.change(how):
            self.refresh()
        else:
            self._tell()

    def _chosen(self, place: int) -> None:
        self.comparison.choose(place)
        self.refresh()

    def _then(self, call: Callable[[], None]) -> None:
        call()
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the comparison in all widgets and plots."""
        self.quiet = True
        scenario = self.comparison.scenario
        letters = list(LETTERS[: len(self.comparison.scenarios)])
        self.which.param.update(options=letters, value=letters[self.comparison.chosen])
        self.add.disabled = len(letters) == MOST
        self.remove.disabled = len(letters) == 1
        self.duration.value = scenario.protocol.get("duration", "28 d")
        for layer, widget in self.laws.items():
            widget.value = scenario.model[layer]
        self._doses(scenario)
        self._parameters(scenario)
        for number in range(MOST):
            there = number < len(self.comparison.outcomes)
            self.plots.show(number, self.comparison.outcomes[number] if there else None)
        self.table.object = summary(self.comparison)
        self._parts()
        self._overlay()
        self._tell()
        self.quiet = False

    def _doses(self, scenario: Scenario) -> None:
        doses = scenario.doses
        self.second.value, self.second.disabled = len(doses) > 1, not doses
        for n in range(DOSES):
            there = n < len(doses)
            for view in (self.compounds[n], self.amounts[n].view, self.times[n].view):
                view.visible = there
            if there:
                self.compounds[n].param.update(options=_compounds(scenario.species), value=doses[n]["compound"])
                self.amounts[n].show(amount_dial(scenario, n))
                self.times[n].show(time_dial(scenario, n))
        rest = ", ".join(f"{dose['compound']} {dose['amount']} at {dose['at']}" for dose in doses[DOSES:])
        self.further.object = f"Further doses: {html.escape(rest)}" if rest else ""

    def _parameters(self, scenario: Scenario) -> None:
        known = parameters(scenario)
        chosen = [name for name in self.names.value if name in known]
        chosen += [name for name in scenario.parameters if name in known and name not in chosen]
        self.names.param.update(options=known, value=chosen)
        for name in chosen:
            self.numbers.setdefault(name, QuantityControl(partial(self._number, name))).show(
                parameter_dial(scenario, name)
            )
        views = [self.numbers[name].view for name in chosen]
        if self.sliders.objects != views:
            self.sliders.objects = views

    def _parts(self) -> None:
        end = max(float(one.time[-1]) for one in self.comparison.outcomes)
        self.plots.show_part(min(SHOWN[self.part.value], end))

    def _overlay(self) -> None:
        seen = self.comparison.published() if self.published.value else ([], [])
        self.plots.compare(self.comparison.outcomes, *seen)

    def _tell(self) -> None:
        told = html.escape(self.comparison.error)
        self.message.object = f"<p role='alert' style='margin:2px 0;color:#B22222'>{told}</p>" if told else ""


def summary(comparison: Comparison) -> str:
    """Write the numbers of all scenarios as a table; each cell shows its value in full when pointed at.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> page = Comparison([Scenario({"protocol": {"doses": [{"compound": "psilocybin", "amount": "25 mg"}]}})])
    >>> "<td title='420.00" in summary(page)
    True
    """
    heads = ["", "Scenario", *comparison.outcomes[0].numbers]
    rows = []
    for letter, colour, one, found in zip(LETTERS, COLOURS, comparison.scenarios, comparison.outcomes, strict=False):
        cells = [f"<th style='color:{colour}'>{letter}</th>", f"<td>{html.escape(one.label)}</td>"]
        cells += [f"<td title='{exact}'>{printed}</td>" for printed, exact in found.numbers.values()]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    top = "".join(f"<th scope='col'>{head}</th>" for head in heads)
    style = f"font-family:{FONT};font-size:11px;text-align:left;border-spacing:9px 1px"
    return f"<table aria-live='polite' style='{style}'><tr>{top}</tr>{''.join(rows)}</table>"


def _laws(layer: str) -> list[str]:
    return [kernel.variant for kernel in declared_kernels() if kernel.layer == layer]


def _compounds(species: str) -> list[str]:
    found = []
    for name in compound_names():
        try:
            load_compound(name, species)
        except InputError:  # no data for this species
            continue
        found.append(name)
    return found
