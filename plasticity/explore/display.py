"""What a comparison looks like: its numbers, its plots, what was published, and files of all that."""

import html
import io
from collections.abc import Iterable
from functools import partial

from plasticity.explore.comparison import MOST, Comparison
from plasticity.explore.look import COLOURS, FONT, LETTERS
from plasticity.explore.pictures import picture
from plasticity.explore.plots import WIDE, ScenarioPlots

SHOWN = {"12 h": 12.0, "48 h": 48.0, "7 d": 168.0, "Whole run": float("inf")}


class Display:
    """Table, plots and files of a comparison.

    Parameters
    ----------
    comparison : Comparison
    width : int
        Of the plots of threshold and windows [pixels].

    Attributes
    ----------
    message, table : panel.pane.HTML
        One line about what was refused; the numbers.
    bar : panel.Row
        What is shown, and the files.
    plots : ScenarioPlots

    Examples
    --------
    >>> from plasticity.explore.scenario import Scenario
    >>> plan = Scenario({"protocol": {"doses": [{"compound": "psilocybin", "amount": "25 mg"}]}})
    >>> "17.5 d" in Display(Comparison([plan])).table.object
    True
    """

    def __init__(self, comparison: Comparison, width: int = WIDE) -> None:
        import panel

        self.comparison = comparison
        self.plots = ScenarioPlots(width)
        self.message = panel.pane.HTML("", width=WIDE, margin=(0, 8))
        self.table = panel.pane.HTML("", width=WIDE, margin=(0, 8))
        self.part = panel.widgets.RadioButtonGroup(label="Stages shown", options=list(SHOWN), value="48 h", width=290)
        self.published = panel.widgets.Toggle(label="Published data", value=True, width=120)
        self.files = {
            kind: panel.widgets.FileDownload(
                callback=partial(self._content, kind), filename=f"scenario.{kind}", label=label, width=112,
                embed=False, auto=True,
            )
            for kind, label in (("yaml", "Save study"), ("png", "Save PNG"), ("svg", "Save SVG"))
        }  # fmt: skip
        self.bar = panel.Row(self.part, self.published, *self.files.values(), margin=0)
        self.part.param.watch(lambda _: self._parts(), "value")
        self.published.param.watch(lambda _: self._overlay(), "value")
        self.refresh()

    def refresh(self, numbers: Iterable[int] = range(MOST)) -> None:
        """Show the state of the comparison, where only the curves of some scenarios have changed."""
        for number in numbers:
            there = number < len(self.comparison.outcomes)
            self.plots.show(number, self.comparison.outcomes[number] if there else None)
        self.table.object = summary(self.comparison)
        self._parts()
        self._overlay()
        self.tell()

    def tell(self) -> None:
        """Show what is wrong with the last change, if anything is."""
        told = html.escape(self.comparison.error)
        style = f"margin:2px 0;color:#B22222;font-family:{FONT};font-size:12px"
        self.message.object = f"<p role='alert' style='{style}'>{told}</p>" if told else ""

    def wait(self) -> None:
        """Say that what comes next takes longer."""
        told = "Preparing another model: if it was never used before, it is compiled now, ten to twenty seconds."
        self.message.object = f"<p role='status' style='margin:2px 0;font-family:{FONT};font-size:12px'>{told}</p>"

    def _parts(self) -> None:
        end = max(float(one.time[-1]) for one in self.comparison.outcomes)
        self.plots.show_part(min(SHOWN[self.part.value], end))

    def _overlay(self) -> None:
        seen = self.comparison.published() if self.published.value else ([], [])
        self.plots.compare(self.comparison.outcomes, *seen)

    def _content(self, kind: str) -> io.BytesIO:
        name, content = self.comparison.exported()
        if kind == "yaml":
            self.files[kind].filename = name
            return io.BytesIO(content)
        seen = self.comparison.published() if self.published.value else ([], [])
        labels = [one.label for one in self.comparison.scenarios]
        return io.BytesIO(picture(self.comparison.outcomes, labels, *seen, self.plots.part.end, kind))


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
    >>> from plasticity.explore.scenario import Scenario
    >>> page = Comparison([Scenario({"protocol": {"doses": [{"compound": "psilocybin", "amount": "25 mg"}]}})])
    >>> "<td title='420.00" in summary(page)
    True
    """
    heads = ["", "Scenario", *comparison.outcomes[0].numbers]
    rows = []
    for letter, colour, one, found in zip(LETTERS, COLOURS, comparison.scenarios, comparison.outcomes, strict=False):
        cells = [f"<th scope='row' style='color:{colour}'>{letter}</th>", f"<td>{html.escape(one.label)}</td>"]
        cells += [f"<td title='{exact}'>{printed}</td>" for printed, exact in found.numbers.values()]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    top = "".join(f"<th scope='col'>{head}</th>" for head in heads)
    style = f"font-family:{FONT};font-size:11px;text-align:left;border-spacing:9px 1px;line-height:1.25"
    return f"<table aria-live='polite' style='{style}'><tr>{top}</tr>{''.join(rows)}</table>"
