"""Headline figure: every stage from dose to window, one line per compound, and the windows against published days."""

from typing import TYPE_CHECKING

from plasticity.figures.bands import told
from plasticity.figures.compound_panels import (
    draw_curves,
    draw_drive,
    draw_drug,
    draw_permissiveness,
    draw_threshold,
    leading_glutamate,
)
from plasticity.figures.doses import since
from plasticity.figures.pens import spoken
from plasticity.figures.reading import last_shown, printed_unit, require, span
from plasticity.figures.runs import levels
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import day_axis, hour_axis
from plasticity.figures.window_bars import COUNTED, WANTED, draw_bars, legend_entries, published

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

PANEL_MM = 45.0
ROW_MM = 9.0
"""Height of a panel on the right, and of a row of bars [mm]."""
CURVES = ("effect", "r_g", "r_glu", "calcium", "bdnf_mature", "trkb_signal", "permissiveness", "depth")


def draw(
    ds: "xarray.Dataset",
    *,
    acute: str | float = "48 h",
    until: str | float | None = None,
    observed: "xarray.Dataset | None" = None,
) -> "Figure":
    """Draw the stages over hours on the left, the slow stages and the windows over days on the right.

    Parameters
    ----------
    ds : xarray.Dataset
        A run per `compound`: `effect` [nM], `r_g`, `r_glu`, `calcium`, `bdnf_mature`, `trkb_signal`,
        `permissiveness`, `depth` along `compound` and `time`; `t_open`, `t_close`, `censored_left`, `censored_right`
        along `compound` and `window`; `metabolite_effect` [nM] where present.
    acute : str or float
        End of the time axis on the left, text with a unit or a number [h].
    until : str or float, optional
        End of the time axis on the right, likewise; the whole run if not given.
    observed : xarray.Dataset, optional
        Published days; those of the package if not given.
    """
    require(ds, {"time": ("time",), **dict.fromkeys(CURVES, ("compound", "time")), **WANTED})
    end = last_shown(ds, until)
    hours = span("acute", acute)
    early = ds.isel(time=ds["time"].values <= hours)
    rows = max(PANEL_MM, ROW_MM * ds.sizes["compound"])
    figure = sheet(PAGE_MM, 127.0 + rows)
    grid = figure.add_gridspec(3, 2, width_ratios=(1.0, 1.25), height_ratios=(0.03, 1.0, 0.06))
    hours_grid, days_grid = (
        grid[1, 0].subgridspec(6, 1),
        grid[1, 1].subgridspec(3, 1, height_ratios=(PANEL_MM, PANEL_MM, rows)),
    )
    fast = [figure.add_subplot(hours_grid[row]) for row in range(6)]
    slow = [figure.add_subplot(days_grid[row]) for row in range(3)]
    draw_drug(fast[0], early)
    draw_drive(fast[1], early)
    draw_curves(fast[2], early, "calcium", f"Calcium\n({printed_unit(ds, 'calcium')})")
    draw_curves(fast[3], early, "bdnf_mature", "Mature BDNF\n(fold of rest)")
    draw_curves(fast[4], early, "trkb_signal", "TrkB signal\n(fraction)")
    draw_threshold(fast[5], early)
    draw_permissiveness(slow[0], ds)
    draw_threshold(slow[1], ds, slow=True)
    draw_bars(slow[2], ds, published() if observed is None else observed, end)
    for axes in fast:
        hour_axis(axes, hours)
        axes.tick_params(labelbottom=axes is fast[-1])
    for axes in slow:
        day_axis(axes, end)
    fast[-1].set_xlabel(f"Time after {since(ds)} (h)")
    slow[-1].set_xlabel(f"Time after {since(ds)} (d)")
    for text, axes in zip("abcdefghi", [*fast, *slow], strict=True):
        letter(axes, text)
    figure.align_ylabels(fast)
    lines = fast[3].get_lines()
    key(figure.add_subplot(grid[0, :]), lines, min(len(lines), 6))
    key(
        figure.add_subplot(grid[2, :]),
        legend_entries(str(ds.attrs.get("species", "")), "last_close_interval" in ds),
        3,
    )
    return figure


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    names = ", ".join(spoken(str(name)) for name in ds["compound"].values)
    opening, closing = levels(ds)
    glutamate = ", ".join(spoken(name) for name in leading_glutamate(ds))
    drive = f"glutamate drive r_glu for {glutamate}, Gq drive r_g for the others" if glutamate else "Gq drive r_g"
    return [
        f"From dose to window of plasticity for {names}.",
        "(a) Concentration at the effect site; thin line: active metabolite.",
        f"(b) Drive of the receptors: {drive}. (c) Calcium. (d) Mature BDNF.",
        "(e) TrkB activation above rest. (f, h) LTP threshold relative to rest, over hours and over days.",
        f"A window opens when it falls to {opening:g} (triangle down) and closes when it returns to {closing:g}",
        "(triangle up); grey band: between the two. (g) Permissiveness.",
        f"(i) Windows. {COUNTED}",
        told(ds, "panel h, and thin lines over the bars, closing day"),
    ]
