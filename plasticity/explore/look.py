"""Colours, letters and axes of the explorer, in line with the figures of the package."""

from collections.abc import Sequence
from html import escape
from typing import Any

from plasticity.figures.pens import GREY, SCENARIOS
from plasticity.simulation import DISCLAIMER
from plasticity.window import HOURS_PER_DAY

LETTERS = "ABCD"
COLOURS = SCENARIOS[: len(LETTERS)]
"""One for each scenario."""
DASHES = ("solid", "dashed", "dotted")
FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
STEPS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0, 336.0, 672.0, 2184.0)
"""Hours between ticks of a time axis, as clocks and calendars have them."""

TEMPLATE = f"""
{{% extends base %}}
{{% block postamble %}}
<style>
  body {{ margin: 0; background: white; color: #222222; font-family: {FONT}; font-size: 11px; }}
  header {{ display: flex; align-items: baseline; gap: 16px; padding: 6px 12px 2px 12px; }}
  h1 {{ font-size: 16px; margin: 0; }}
  header b {{ color: #B22222; }}
  .page {{ display: flex; align-items: flex-start; }}
  .controls {{ border-right: 1px solid #dddddd; flex: none; }}
  .row {{ display: flex; align-items: flex-start; }}
  .row > :last-child {{ flex: 1; min-width: 0; }}
  main {{ flex: 1; min-width: 0; }}
  @media (max-width: 900px) {{ /* a phone: controls above, plots in a box that scrolls sideways */
    header, .page {{ flex-direction: column; }}
    .controls {{ border-right: none; }}
    main {{ width: 100%; overflow-x: auto; }}
    main > * {{ min-width: 900px; }}
  }}
</style>
{{% endblock %}}
{{% block contents %}}
<header><h1>TITLE</h1> <b>{DISCLAIMER}</b></header>
<div class="page">
  <nav class="controls" aria-label="Controls">{{{{ embed(roots.controls) }}}}</nav>
  <main>BODY</main>
</div>
{{% endblock %}}
"""


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

    axis, days = figure.xaxis[0], end > 4.0 * HOURS_PER_DAY
    most = max(width / 55.0, 3.0)
    step = next((step for step in STEPS if end / step <= most and (not days or step >= HOURS_PER_DAY)), end / 4.0)
    # A new model makes Bokeh walk through the whole page, a third of a second: these are made once, then changed.
    if not isinstance(axis.ticker, SingleIntervalTicker):
        axis.ticker, axis.formatter = SingleIntervalTicker(num_minor_ticks=0), CustomJSTickFormatter()
    axis.ticker.interval = step
    axis.formatter.code = f"return String(+(tick / {HOURS_PER_DAY if days else 1}).toFixed(2))"
    axis.axis_label = f"Time ({'d' if days else 'h'})"


def page(title: str, controls: Any, rows: Sequence[Sequence[Any]]) -> Any:
    """Lay a page out: its title and what the results are not, controls on the left, rows of parts on the right.

    Parameters
    ----------
    title : str
    controls : panel.viewable.Viewable
    rows : sequence of sequence of panel.viewable.Viewable

    Returns
    -------
    panel.Template
        Every part is a root of its own, because Bokeh lays a whole root out anew when any text in it changes.

    Examples
    --------
    >>> import panel
    >>> type(page("Map", panel.Column(), [[panel.Row()]])).__name__
    'Template'
    """
    import panel

    names = [[f"part_{row}_{column}" for column in range(len(parts))] for row, parts in enumerate(rows)]
    body = "".join(
        f"<div class='row'>{''.join(f'{{{{ embed(roots.{name}) }}}}' for name in row)}</div>" for row in names
    )
    made = panel.Template(TEMPLATE.replace("BODY", body).replace("TITLE", escape(title)))
    made.add_panel("controls", controls)
    for row, parts in zip(names, rows, strict=True):
        for name, part in zip(row, parts, strict=True):
            made.add_panel(name, part)
    return made
