"""One run, stage by stage: first hours on the left, whole run on the right, open windows shaded, doses marked."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import shade, told
from plasticity.figures.doses import doses, since
from plasticity.figures.pens import GREY, PALE, pen
from plasticity.figures.reading import HOURS_PER_DAY, last_shown, printed_unit, require, span
from plasticity.figures.runs import effect_sites, levels, windows
from plasticity.figures.sheet import PAGE_MM, letter, sheet
from plasticity.figures.time_axis import day_axis, hour_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DECADES = 4.5
"""Decades of concentration shown below the highest one."""
OPEN = "#fdf0d0"
INKS: tuple[dict[str, Any], ...] = (
    {"color": "#0072B2"},
    {"color": "#D55E00", "linestyle": (0, (4, 1.3))},
    {"color": "#009E73", "linestyle": (0, (1, 1))},
)
PANELS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Receptor drive\n(fraction)", {"r_g": r"$r_{\mathrm{g}}$ (Gq)", "r_glu": r"$r_{\mathrm{glu}}$ (glutamate)"}),
    ("Calcium\n({calcium})", {"calcium": ""}),
    ("Signal\n(fraction)", {"calcium_signal": "decoded calcium", "creb_phosphorylated": "pCREB"}),
    ("BDNF\n(fold of rest)", {"bdnf_mrna": "mRNA", "bdnf_pro": "proBDNF", "bdnf_mature": "mature BDNF"}),
    ("TrkB signal\n(fraction)", {"trkb_signal": ""}),
    ("Permissiveness\n(half-effect = 1)", {"permissiveness": ""}),
)
"""Name of each panel between drug and threshold, with the variables drawn in it and what the key calls them."""


def draw(ds: "xarray.Dataset", *, acute: str | float = "48 h", until: str | float | None = None) -> "Figure":
    """Draw every stage of one run.

    Parameters
    ----------
    ds : xarray.Dataset
        Along `time` alone: `<compound>_effect` [nM], `r_g`, `r_glu`, `calcium` [uM], `calcium_signal`,
        `creb_phosphorylated`, `bdnf_mrna`, `bdnf_pro`, `bdnf_mature`, `trkb_signal`, `permissiveness`, `depth`;
        `t_open`, `t_close`, `censored_left`, `censored_right` along `window`.
    acute : str or float
        End of the time axis on the left, text with a unit or a number [h].
    until : str or float, optional
        End of the time axis on the right, likewise; the whole run if not given.
    """
    curves = ["time", *(name for _, shown in PANELS for name in shown), "depth"]
    spans = ("t_open", "t_close", "censored_left", "censored_right")
    require(ds, {**dict.fromkeys(curves, ("time",)), **dict.fromkeys(spans, ("window",))})
    end, hours = last_shown(ds, until), span("acute", acute)
    figure = sheet(PAGE_MM, 200.0)
    grid = figure.subplots(len(PANELS) + 2, 2, sharex="col", sharey="row")
    for axes, scale, limit in ((grid[:, 0], 1.0, hours), (grid[:, 1], HOURS_PER_DAY, end)):
        _draw_drug(axes[0], ds, scale, limit)
        for panel, (_, shown) in zip(axes[1:-1], PANELS, strict=True):
            for ink, (name, label) in zip(INKS, shown.items(), strict=False):
                panel.plot(ds["time"].values / scale, ds[name].values, label=label or None, **ink)
                shade(panel, ds, name, ink["color"], scale)
        _draw_threshold(axes[-1], ds, scale)
        _shade(axes, ds, scale)
    for panel, (name, _) in zip(grid[1:-1, 0], PANELS, strict=True):
        panel.set_ylabel(name.format(calcium=printed_unit(ds, "calcium")))
    hour_axis(grid[-1, 0], hours)
    day_axis(grid[-1, 1], end)
    grid[-1, 0].set_xlabel(f"Time after {since(ds)} (h)")
    grid[-1, 1].set_xlabel(f"Time after {since(ds)} (d)")
    for text, panel in zip("abcdefgh", grid[:, 0], strict=True):
        letter(panel, text)
    for panel in grid[:, 1]:
        if panel.get_legend_handles_labels()[0]:
            panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=2.2, borderaxespad=0.3)
    figure.align_ylabels(grid[:, 0])
    return figure


def _draw_drug(axes: "Axes", ds: "xarray.Dataset", scale: float, limit: float) -> None:
    """Draw the effect sites on a logarithmic axis, thin for metabolites, and a triangle for each dose."""
    sites = effect_sites(ds)
    highest = max((float(ds[name].max()) for name in sites), default=0.0)
    for index, (name, compound) in enumerate(sites.items()):
        ink, active = pen(compound, index), "metabolite" in name
        axes.plot(
            ds["time"].values / scale,
            ds[name].values,
            color=ink.colour,
            linestyle=ink.dashes,
            linewidth=0.6 if active else 1.1,
            label=f"{ink.name}, metabolite" if active else ink.name,
        )
        shade(axes, ds, name, ink.colour, scale, floor=highest * 10.0**-DECADES / 10.0)
        axes.set_ylabel(f"Effect site\n({printed_unit(ds, name)})" if scale == 1.0 else "")
    if highest > 0.0:
        axes.set_yscale("log", nonpositive="mask")
        axes.set_ylim(highest * 10.0**-DECADES, highest * 3.0)
    times = [time / scale for given in doses(ds) for time, _ in given if time <= limit]
    if times:
        above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
        axes.plot(times, [1.05] * len(times), "v", color=GREY, markersize=4.0, label="dose", **above)


def _draw_threshold(axes: "Axes", ds: "xarray.Dataset", scale: float) -> None:
    opening, closing = levels(ds)
    axes.plot(ds["time"].values / scale, 1.0 - ds["depth"].values, color="black", label="threshold")
    shade(axes, ds, "depth", "black", scale, complement=True)
    axes.axhspan(opening, closing, color=PALE, linewidth=0.0, label=f"opens {opening:.2f},\ncloses {closing:.2f}")
    if scale == 1.0:
        axes.set_ylabel("LTP threshold\n" + r"($\theta/\theta_{\mathrm{rest}}$)")


def _shade(column: Any, ds: "xarray.Dataset", scale: float) -> None:
    for index, (opens, closes, _, _) in enumerate(windows(ds)):
        for axes in column:
            label = "window open" if index == 0 and axes is column[-1] else None
            axes.axvspan(opens / scale, closes / scale, color=OPEN, linewidth=0.0, zorder=-1, label=label)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    opening, closing = levels(ds)
    return [
        "One run, stage by stage: (a) concentration at the effect site (triangles: doses; thin line: metabolite),",
        "(b) receptor drives, (c) calcium, (d) decoded calcium and phosphorylated CREB, (e) BDNF,",
        "(f) TrkB activation above rest, (g) permissiveness, (h) LTP threshold relative to rest.",
        "Left, hours; right, the same over days.",
        f"Shaded: window open, from the threshold's fall to {opening:g} to its return to {closing:g}.",
        told(ds),
    ]
