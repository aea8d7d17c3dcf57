"""The page that compares scenarios: controls on the left, what they give on the right."""

import html
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from plasticity.compound import compound_names, load_compound
from plasticity.errors import InputError
from plasticity.explore.comparison import MOST, Comparison
from plasticity.explore.controls import WIDTH, QuantityControl
from plasticity.explore.dials import amount_dial, parameter_dial, parameters, time_dial
from plasticity.explore.display import Display
from plasticity.explore.look import FONT, LETTERS, page
from plasticity.explore.plots import WIDER
from plasticity.explore.scenario import Scenario
from plasticity.kernels import declared_kernels

DOSES = 2
"""Doses that have controls; further ones stay as they are."""
AWAY = 36
"""Pixels for the button that takes a slider away."""
FIRST_PARAMETERS = ("brake_tau", "brake_gain")
SECOND_AT = "7 d"
SHOWN_FIRST = 100
"""Milliseconds in which the page can say that it is about to be busy."""


def scenario_page(comparison: Comparison, title: str) -> Any:
    """Make the page.

    Parameters
    ----------
    comparison : Comparison
    title : str

    Returns
    -------
    panel.Template

    Examples
    --------
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "psilocybin", "amount": "25 mg"}]}})
    >>> type(scenario_page(Comparison([plan]), "Psilocybin")).__name__
    'Template'
    """
    import panel

    display = Display(comparison)
    plots = panel.pane.Bokeh(display.plots.view(), margin=0, sizing_mode=WIDER)
    rows: list[list[Any]] = [[display.bar], [display.message], [display.table], [plots]]
    return page(title, ScenarioControls(comparison, display).view(), rows)


class ScenarioControls:
    """Widgets that change the chosen scenario of a comparison.

    Parameters
    ----------
    comparison : Comparison
    display : Display
        Refreshed after every change.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "psilocybin", "amount": "25 mg"}]}})
    >>> page = Comparison([plan])
    >>> controls = ScenarioControls(page, Display(page))
    >>> controls.amounts[0].slider.value = 20.0
    >>> page.scenario.label, controls.amounts[0].text.value
    ('psilocybin 20 mg', '20 mg')
    """

    def __init__(self, comparison: Comparison, display: Display) -> None:
        import panel

        self.comparison, self.display, self.quiet = comparison, display, False
        widgets = panel.widgets
        self.which = widgets.RadioButtonGroup(label="Scenario", options=["A"], width=140, margin=(5, 2))
        self.add = widgets.Button(label="Copy", width=62, margin=(5, 2))
        self.remove = widgets.Button(label="Remove", width=78, margin=(5, 2))
        self.compounds = [widgets.Select(label=f"Compound of dose {n + 1}", width=WIDTH - 20) for n in range(DOSES)]
        self.amounts = [QuantityControl(partial(self._dose, n, "amount")) for n in range(DOSES)]
        self.times = [QuantityControl(partial(self._dose, n, "at")) for n in range(DOSES)]
        self.second = widgets.Toggle(label="Second dose", width=120, margin=(6, 10))
        self.further = panel.pane.HTML("", width=WIDTH - 20, margin=(0, 10))
        half = (WIDTH - 46) // 2
        self.laws = {
            layer: widgets.Select(label=f"Law of {layer}", options=_laws(layer), width=half)
            for layer in ("calcium", "brake")
        }
        self.duration = widgets.TextInput(label="Duration", width=half)
        self.more = widgets.Select(label="Add a slider for", width=WIDTH - 20)
        self.names = list(FIRST_PARAMETERS)
        self.numbers: dict[str, tuple[QuantityControl, Any]] = {}
        self.sliders = panel.Column(margin=0)
        self._watch()
        self._show()

    def view(self) -> Any:
        """Lay the controls out, from doses to numbers."""
        import panel

        return panel.Column(
            panel.Row(self.which, self.add, self.remove, margin=0),
            self.compounds[0], self.amounts[0].view, self.times[0].view,
            self.second, self.compounds[1], self.amounts[1].view, self.times[1].view, self.further,
            self.sliders, self.more, panel.Row(*self.laws.values(), margin=0), self.duration,
            width=WIDTH, margin=(0, 4),
        )  # fmt: skip

    def _watch(self) -> None:
        def on(widget: Any, call: Callable[[Any], Any]) -> None:
            widget.param.watch(lambda event: None if self.quiet else call(event.new), "value")

        on(self.which, lambda letter: self._then(partial(self.comparison.choose, LETTERS.index(letter))))
        self.add.on_click(lambda _: self._then(self.comparison.add))
        self.remove.on_click(lambda _: self._then(self.comparison.remove))
        for n, widget in enumerate(self.compounds):
            on(widget, partial(self._dose, n, "compound"))
        on(self.second, self._second)
        for layer, widget in self.laws.items():
            on(widget, partial(self._law, layer))
        on(self.duration, lambda text: self._change(lambda old: old.with_duration(text)))
        on(self.more, self._with_slider)

    def _dose(self, place: int, key: str, text: str) -> None:
        self._change(lambda old: old.with_dose(place, **{key: text}))

    def _second(self, wanted: bool) -> None:
        def changed(old: Scenario) -> Scenario:
            return old.with_dose(1, compound=old.doses[0]["compound"], at=SECOND_AT) if wanted else old.without_dose(1)

        self._change(changed)

    def _law(self, layer: str, law: str) -> None:
        self._change(lambda old: old.with_model(layer, law))

    def _number(self, name: str, text: str) -> None:
        self._change(lambda old: old.with_parameter(name, text))

    def _with_slider(self, name: str) -> None:
        self.names.append(name)
        self._show()

    def _without_slider(self, name: str) -> None:
        """Take a slider away, and what it changed back."""
        self.names.remove(name)
        if name in self.comparison.scenario.parameters:
            self._change(lambda old: old.with_parameter(name, None))
        else:
            self._show()

    def _change(self, how: Callable[[Scenario], Scenario]) -> None:
        import panel

        document = panel.state.curdoc
        if document is not None and self.comparison.is_new(how):
            self.display.wait()
            document.add_timeout_callback(partial(self._apply, how), SHOWN_FIRST)
        else:
            self._apply(how)

    def _apply(self, how: Callable[[Scenario], Scenario]) -> None:
        import panel

        with panel.io.hold():  # one message to the browser
            if self.comparison.change(how):
                self._show()
                self.display.refresh([self.comparison.chosen])
            else:
                self.display.tell()

    def _then(self, call: Callable[[], None]) -> None:
        call()
        self._show()
        self.display.refresh()

    def _show(self) -> None:
        """Show the chosen scenario in all widgets."""
        self.quiet = True
        scenario = self.comparison.scenario
        letters = list(LETTERS[: len(self.comparison.scenarios)])
        self.which.param.update(options=letters, value=letters[self.comparison.chosen])
        self.add.disabled = len(letters) == MOST
        self.remove.disabled = len(letters) == 1
        self.duration.value = scenario.protocol.get("duration", "28 d")
        for layer, widget in self.laws.items():
            widget.value = scenario.model[layer]
        self._show_doses(scenario)
        self._show_parameters(scenario)
        self.quiet = False

    def _show_doses(self, scenario: Scenario) -> None:
        doses = scenario.doses
        self.second.value, self.second.disabled = len(doses) > 1, len(doses) != 1 and len(doses) != DOSES
        for n in range(DOSES):
            there = n < len(doses)
            for view in (self.compounds[n], self.amounts[n].view, self.times[n].view):
                view.visible = there
            if there:
                self.compounds[n].param.update(options=_compounds(scenario.species), value=doses[n]["compound"])
                self.amounts[n].show(amount_dial(scenario, n))
                self.times[n].show(time_dial(scenario, n))
        self.further.object = further(doses)

    def _show_parameters(self, scenario: Scenario) -> None:
        known = parameters(scenario)
        self.names += [name for name in scenario.parameters if name not in self.names]
        chosen = [name for name in self.names if name in known]
        self.more.param.update(options=["", *(name for name in known if name not in chosen)], value="")
        for name in chosen:
            control, _ = self.numbers.setdefault(name, self._row(name))
            control.show(parameter_dial(scenario, name))
        views = [self.numbers[name][1] for name in chosen]
        if self.sliders.objects != views:
            self.sliders.objects = views

    def _row(self, name: str) -> tuple[QuantityControl, Any]:
        """Make the slider of a parameter, with a button that takes it away."""
        import panel

        control = QuantityControl(partial(self._number, name), WIDTH - AWAY)
        away = panel.widgets.Button(label="✕", description=f"Without {name}", width=AWAY - 8, margin=(21, 0, 0, 0))
        away.on_click(lambda _: self._without_slider(name))
        return control, panel.Row(control.view, away, margin=0)


def further(doses: Sequence[Mapping[str, Any]]) -> str:
    """Say which doses have no controls, and that they are simulated as they are.

    Parameters
    ----------
    doses : sequence of mapping
        As a study has them.

    Returns
    -------
    str
        HTML; empty where every dose has controls.

    Examples
    --------
    >>> dose = {"compound": "lsd", "amount": "100 ug", "at": "14 d", "every": "7 d", "times": 2}
    >>> further([dose, dose, dose])
    "<p role='note' ...><b>1 more dose</b> without controls, kept as it is: lsd 100 ug at 14 d, 2 times, every 7 d</p>"
    >>> further([dose, dose])
    ''
    """
    rest = doses[DOSES:]
    if not rest:
        return ""
    told = [
        f"{dose['compound']} {dose['amount']} at {dose.get('at', '0 h')}"
        + (f", {dose['times']} times, every {dose['every']}" if dose.get("times", 1) > 1 else "")
        for dose in rest
    ]
    count, kept = ("1 more dose", "it is") if len(rest) == 1 else (f"{len(rest)} more doses", "they are")
    said = f"<b>{count}</b> without controls, kept as {kept}"
    style = f"margin:2px 0;font-family:{FONT};font-size:11px"
    return f"<p role='note' style='{style}'>{said}: {html.escape('; '.join(told))}</p>"


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
