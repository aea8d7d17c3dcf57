"""Scenarios over each other, a colour for each: the stages over hours, the threshold and the windows over days."""

from math import ceil
from typing import TYPE_CHECKING

from plasticity.figures.bands import told
from plasticity.figures.reading import last_shown, require, span
from plasticity.figures.runs import levels
from plasticity.figures.scenario_panels import (
    Track,
    draw_concentrations,
    draw_lanes,
    draw_stage,
    draw_threshold,
    entries,
    seen_of,
    tracks,
)
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.stages import PANELS
from plasticity.figures.time_axis import day_axis, hour_axis
from plasticity.figures.window_bars import published

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

FAST = (*PANELS[:1], ("Acute effect\n(%)", {"acute_effect": ""}), *PANELS[1:-1])
SLOW = (
    *PANELS[-1:],
    ("Learning\n(1)", {"belief_prior": "prior", "belief_mean": "belief", "fear": "fear"}),
)
"""Panels over hours and over days; one of which the dataset has nothing is left out."""
PANEL_MM, ROW_MM, KEY_MM = 22.0, 5.5, 3.8
MOST_NAMES = 6
"""In one column of the key."""


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
        A run per `scenario`: `<compound>_effect` [nM], `r_g`, `r_glu`, `acute_effect` [%], `calcium` [uM],
        `calcium_signal`, `creb_phosphorylated`, `bdnf_mrna`, `bdnf_pro`, `bdnf_mature`, `trkb_signal`,
        `permissiveness`, `depth` along `scenario` and `time`; `t_open`, `t_close`, `censored_left`, `censored_right`
        along `scenario` and `window`; `scenario_label` where present.
    acute : str or float
        End of the time axis on the left, text with a unit or a number [h].
    until : str or float, optional
        End of the time axis on the right, likewise; the longest run if not given.
    observed : xarray.Dataset, optional
        Published days; those of the package if not given.
    """
    curves = [*(name for _, shown in (*FAST, *SLOW[:1]) for name in shown), "depth"]
    spans = ("t_open", "t_close", "censored_left", "censored_right")
    along = {**dict.fromkeys(curves, ("scenario", "time")), **dict.fromkeys(spans, ("scenario", "window"))}
    require(ds, {"scenario": ("scenario",), "time": ("time",), **along})
    end, hours = last_shown(ds, until), span("acute", acute)
    shown, slow = tracks(ds), [one for one in SLOW if any(name in ds for name in one[1])]
    late = any(time > hours for one in shown for time, _ in one.doses)
    seen = seen_of(shown, published() if observed is None else observed)
    bars, columns = ROW_MM * (len(shown) + seen.sizes["row"]) + 12.0, ceil(len(shown) / MOST_NAMES)
    names = KEY_MM * (1 + ceil(len(shown) / columns))
    above = late + len(slow) + 1  # panels on the right that stand above the bars
    height = max(PANEL_MM * (len(FAST) + 1), PANEL_MM * above + bars)
    figure = sheet(PAGE_MM, height + names + 14.0)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.0, 1.25), height_ratios=(names, height))
    left = grid[1, 0].subgridspec(len(FAST) + 1, 1)
    right = grid[1, 1].subgridspec(above + 1, 1, height_ratios=(*[(height - bars) / above] * above, bars))
    over_hours = [figure.add_subplot(left[row]) for row in range(len(FAST) + 1)]
    over_days = [figure.add_subplot(right[row]) for row in range(above + 1)]
    draw_concentrations(over_hours[0], shown, hours, 1.0)
    for axes, (name, drawn) in zip(over_hours[1:], FAST, strict=True):
        draw_stage(axes, shown, name, drawn, hours, 1.0)
    if late:
        draw_concentrations(over_days[0], shown, end)
    for axes, (name, drawn) in zip(over_days[late:-2], slow, strict=True):
        draw_stage(axes, shown, name, drawn, end)
    draw_threshold(over_days[-2], shown, levels(ds), end)
    draw_lanes(over_days[-1], shown, seen, end)
    for axes in over_hours:
        hour_axis(axes, hours)
        axes.tick_params(labelbottom=axes is over_hours[-1])
    for axes in over_days:
        day_axis(axes, end)
        axes.tick_params(labelbottom=axes is over_days[-1])
    over_hours[-1].set_xlabel("Time after the start (h)")
    over_days[-1].set_xlabel("Time after the start (d)")
    for text, axes in zip("abcdefghijklmn", [*over_hours, *over_days], strict=False):
        letter(axes, text)
    figure.align_ylabels(over_hours)
    key(figure.add_subplot(grid[0, :]), entries(shown), columns)
    return figure


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    opening, closing = levels(ds)
    return [
        f"Scenarios over each other: {'; '.join(map(_told, tracks(ds)))}.",
        "Left, over hours: concentration at the effect site (thin line: metabolite; on the right too, where there",
        "are later doses), receptor drives, acute effect,",
        "calcium, decoded calcium and phosphorylated CREB, BDNF, TrkB activation above rest.",
        "Right, over days: permissiveness, LTP threshold relative to rest, and windows as bars, from",
        f"the threshold's fall to {opening:g} to its return to {closing:g}; triangles: doses.",
        "Below them what was published of mice (Nardou et al. 2019, 2023), whatever the dose: line to the last day",
        "on which the window was seen open, grey box to the first day on which it was seen closed.",
        told(ds),
    ]


def _told(track: Track) -> str:
    return track.name if track.label == track.name else f"{track.name}, {track.label}"
