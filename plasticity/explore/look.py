"""Colours, letters and axes of the explorer, in line with the figures of the package."""

from html import escape
from typing import Any

from plasticity.figures.pens import GREY
from plasticity.simulation import DISCLAIMER

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""One for each scenario; of the palette of Okabe and Ito, as all figures are."""
LETTERS = "ABCD"
DASHES = ("solid", "dashed", "dotted")
FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
STEPS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0, 336.0, 672.0, 2184.0)
"""Hours between ticks of a time axis, as clocks and calendars have them."""
def styled(figure: Any) -> Any:
    """Give a Bokeh figure the letters and lines of the package's figures.

    Parameters
    ----------
    figure : bokeh.plotting.figure

    Returns
    -------
    bokeh.plotting.figure
        The same.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> styled(figure()).title.text_font_size
    '11px'
    """
    figure.title.text_font = FONT
    figure.title.text_font_size = "11px"
    figure.title.text_font_style = "bold"
    figure.title.text_color = "#222222"
    for axis in figure.axis:
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size = "11px"
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_color = axis.major_label_text_color = "#222222"
        axis.major_label_text_font_size = "10px"
        axis.minor_tick_line_color = None
        axis.axis_line_color = axis.major_tick_line_color = GREY
        axis.axis_label_standoff = 3
    figure.grid.grid_line_color = "#eeeeee"
    figure.outline_line_color = None
    figure.toolbar.autohide = True
    figure.toolbar.logo = None
    return figure


def time_axis(figure: Any, end: float, width: int) -> None:
    """Let the time axis of a figure run from 0, in days where it is long.

    Parameters
    ----------
    figure : bokeh.plotting.figure
        Its data are in hours.
    end : float
        [h]
    width : int
        Of the figure [pixels].

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> shown = figure()
    >>> time_axis(shown, 672.0, 1000)
    >>> shown.xaxis[0].axis_label, shown.xaxis[0].ticker.interval
    ('Time (d)', 48.0)
    """
    from bokeh.models import CustomJSTickFormatter, SingleIntervalTicker

    axis, days = figure.xaxis[0], end > 96.0
    most = max(width / 55.0, 3.0)
    step = next((step for step in STEPS if end / step <= most and (not days or step >= 24.0)), end / 4.0)
    axis.ticker = SingleIntervalTicker(interval=step, num_minor_ticks=0)
    axis.formatter = CustomJSTickFormatter(code=f"return String(+(tick / {24 if days else 1}).toFixed(2))")
    axis.axis_label = f"Time ({'d' if days else 'h'})"


def heading(title: str) -> Any:
    """Give the head of a page: its title, and what the results are not.

    Parameters
    ----------
    title : str

    Returns
    -------
    panel.pane.HTML

    Examples
    --------
    >>> DISCLAIMER in heading("Map").object
    True
    """
    import panel

    style = f"font-family:{FONT};margin:0"
    return panel.pane.HTML(
        f"<h1 style='{style};font-size:16px;display:inline'>{escape(title)}</h1> "
        f"<b style='{style};font-size:11px;color:#B22222;margin-left:16px'>{DISCLAIMER}</b>",
        margin=(4, 12, 2, 12),
    )
