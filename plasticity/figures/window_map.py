"""How long the window is open, as a map over two axes of a sweep, with days as contours."""

from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError
from plasticity.figures.bands import INNER, told
from plasticity.figures.map_bands import BAND, DASHES, DOTS, lattice, line
from plasticity.figures.maps import COLOURS, contours, days, frame, left_out, mark, scale, thinned
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.sheet import COLUMN_MM, key, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the total time that the window is open over two axes of a sweep.

    Parameters
    ----------
    ds : xarray.Dataset
        `total_open_time` [h], `number_of_windows`, `censored` and `status` along two dimensions with numbers; the
        first goes up, the second across. Where it has them, `total_open_time_interval` and `window_chance` on the
        lattice that its attribute `uncertainty` names.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    shown = ds.get("total_open_time")
    if shown is None or shown.ndim != 2:
        given = "no variable 'total_open_time'" if shown is None else "total_open_time has dimensions "
        given += "" if shown is None else ", ".join(map(str, shown.dims)) or "none"
        raise InputError(f"{given}; needed: two of numbers")
    dims = [str(name) for name in shown.dims]
    require(ds, dict.fromkeys(("total_open_time", "number_of_windows", "censored", "status"), dims))
    whole, ds = ds, thinned(ds[["total_open_time", "number_of_windows", "censored", "status"]])
    up, across = (scale(ds, name) for name in dims)
    length = days(ds, "total_open_time")
    figure = sheet(COLUMN_MM, 80.0)
    axes, below = figure.subplots(2, 1, height_ratios=[1.0, 0.14])
    longest = max(float(length.max()), 1e-6)
    mesh = axes.pcolormesh(
        across.values, up.values, length.values, cmap=COLOURS, vmin=0.0, vmax=longest, shading="nearest",
        rasterized=True,
    )  # fmt: skip
    frame(axes, across, up)
    handles = mark(axes, across, up, ds)
    levels = [level for level in MaxNLocator(8).tick_values(0.0, longest) if 0.0 < level < longest]
    opened = length.where(ds["number_of_windows"] > 0).values
    handles += _bands(axes, whole, (across.values, up.values, opened), levels)
    edge = []
    apart = ds["number_of_windows"].where((ds["status"] >= 0) & (ds["number_of_windows"] > 0)).values
    if (apart == 1).any() and (apart >= 2).any():
        edge.append(axes.contour(across.values, up.values, apart, levels=[1.5], colors="black", linewidths=1.2))
        handles.append(Line2D([], [], color="black", linewidth=1.2, label="Beyond: windows apart from each other"))
    contours(axes, across.values, up.values, opened, levels, "%g d", edge)
    axes.set_xlabel(across.label)
    axes.set_ylabel(up.label)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=26)
    bar.set_label("Window open in total (d)")
    bar.outline.set_linewidth(0.5)
    key(below, handles, 1)
    return figure


def _bands(axes: "Axes", ds: "xarray.Dataset", drawn: "tuple[Any, Any, Any]", levels: list[float]) -> "list[Artist]":
    """Draw the middle contour with nine tenths of the draws on either side, and how often a window opens at all."""
    from matplotlib.lines import Line2D

    found = lattice(ds)
    handles: list[Artist] = []
    if found is None:
        return handles
    if levels:
        level = levels[len(levels) // 2]
        axes.contour(*drawn, levels=[level], colors=BAND, linewidths=1.2)
        spread = found["total_open_time_interval"] / HOURS_PER_DAY
        for at in (INNER, 1.0 - INNER):
            line(axes, found, spread.sel(quantile=at, method="nearest"), level, **_style(BAND, DASHES))
        label = f"Open for {level:g} d, and in 5 and 95 % of draws (dashed)"
        handles.append(Line2D([], [], color=BAND, linewidth=1.2, label=label))
    for share in (INNER, 0.5, 1.0 - INNER):
        edge = line(axes, found, found["window_chance"], share, **_style("black", DOTS))
        if edge is not None:
            axes.clabel(edge, fontsize=5.5, fmt=lambda value: f"{100.0 * value:.0f} %")
            label = "Share of draws in which a window opens"
            handles = [one for one in handles if one.get_label() != label]
            handles.append(Line2D([], [], color="black", linewidth=0.8, linestyle=DOTS, label=label))
    return handles


def _style(colour: str, dashes: Any) -> dict[str, Any]:
    return {"colors": colour, "linewidths": 0.9, "linestyles": [dashes]}


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Total time that the window of raised plasticity is open, over two axes of a sweep; grey: it never opens;",
        "hatched: it was still open when the simulation ended, so that the number is a lower bound. White:",
        "contours; black: beyond it there are several windows, apart from each other.",
        told(ds, marks="Coloured and dotted lines") if lattice(ds) is not None else "",
        left_out(ds),
    ]
