"""Controls of the page: a slider with the quantity beside it as text, for what a dial offers."""

from collections.abc import Callable
from typing import Any

from plasticity.explore.dials import Dial

WIDTH, TEXT_WIDTH = 318, 88


class QuantityControl:
    """A slider and a text for one quantity; whichever is changed, the other follows.

    Parameters
    ----------
    changed : callable
        Called with the quantity as text when a person changes it.
    width : int
        [pixels]

    Examples
    --------
    >>> control = QuantityControl(print)
    >>> control.show(Dial("Amount", 0.0, 75.0, 0.5, 25.0, "mg", "25 mg"))
    >>> control.slider.value = 30.0
    30 mg
    """

    def __init__(self, changed: Callable[[str], None], width: int = WIDTH) -> None:
        import panel

        self.changed = changed
        self.dial: Dial | None = None
        self.quiet = False
        self.slider = panel.widgets.FloatSlider(
            start=0.0, end=1.0, show_value=False, width=width - TEXT_WIDTH - 22, margin=(2, 6, 2, 8)
        )
        self.text = panel.widgets.TextInput(width=TEXT_WIDTH, margin=(2, 4, 2, 0))
        self.view = panel.Row(self.slider, self.text, margin=0)
        self.slider.param.watch(self._slid, "value")
        self.text.param.watch(self._typed, "value")

    def show(self, dial: Dial) -> None:
        """Show a quantity without calling anyone."""
        self.quiet, self.dial = True, dial
        low, high = min(dial.start, dial.value), max(dial.end, dial.value)
        # Ends first where they widen, so that no value ever lies beyond them.
        self.slider.param.update(
            start=low,
            end=high,
            step=dial.step,
            value=dial.value,
            label=f"{dial.label} ({dial.unit})".replace(" ()", ""),
        )
        self.text.param.update(value=dial.text, label="As text")
        self.text.description = dial.told or None
        self.quiet = False

    def _slid(self, event: Any) -> None:
        if not self.quiet and self.dial is not None:
            self.changed(self.dial.written(event.new))

    def _typed(self, event: Any) -> None:
        if not self.quiet:
            self.changed(event.new)
