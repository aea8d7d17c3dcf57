"""Morris' plane: the mean size of a factor's elementary effects against how much they differ from place to place."""

from typing import TYPE_CHECKING

from plasticity.figures.pens import GREY
from plasticity.figures.ranked_factors import BLUE, Panel, names, panels, quantity_unit, told
from plasticity.figures.sheet import COLUMN_MM, PAGE_MM, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED = 8
"""Factors that are named, those with the largest effects."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the mean size of elementary effects against their standard deviation, a panel per quantity.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.sensitivity_indices` with the method ``morris``.
    """
    found = panels(ds, "mu_star", ("mu_star", "mu_star_low", "mu_star_high", "sigma"))
    columns = min(len(found), 2)
    rows = -(-len(found) // columns)
    named = min(NAMED, found[0].ds.sizes["factor"])
    figure = sheet(COLUMN_MM if columns == 1 else PAGE_MM, rows * (58.0 + 3.4 * named))
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[52.0, 3.4 * named] * rows)
    for place in range(rows * columns):
        plane, below = (grid[2 * (place // columns) + i, place % columns] for i in (0, 1))
        below.axis("off")
        if place >= len(found):
            plane.axis("off")
            continue
        _plane(plane, below, found[place])
        if len(found) > 1:
            letter(plane, "abcdef"[place])
    return figure


def _plane(axes: "Axes", below: "Axes", panel: Panel) -> None:
    """Draw one panel, and the names that go with its numbers below it."""
    from matplotlib.lines import Line2D

    one = panel.ds.isel(factor=(-panel.ds["mu_star"].values).argsort(kind="stable"))
    star, sigma = one["mu_star"].values, one["sigma"].values
    ends = [star - one["mu_star_low"].values, one["mu_star_high"].values - star]
    axes.errorbar(star, sigma, xerr=ends, fmt="o", color=BLUE, markersize=3, elinewidth=0.6, capsize=1.2)
    side = max(float(one["mu_star_high"].max()), float(sigma.max())) * 1.08
    axes.plot([0.0, side], [0.0, side], color=GREY, linewidth=0.7, dashes=(3, 2))
    axes.set_xlim(left=min(0.0, float(one["mu_star_low"].min())), right=float(one["mu_star_high"].max()) * 1.12)
    axes.set_ylim(-0.03 * float(sigma.max()), float(sigma.max()) * 1.2)
    unit = quantity_unit(one)
    axes.set_xlabel("Mean size of the effects" + (f" ({unit})" if unit else ""))
    axes.set_ylabel("Their standard deviation" + (f" ({unit})" if unit else ""))
    axes.set_title(panel.title, size=6.5)
    labels = names(one, 60)[:NAMED]
    for number, (x, y) in enumerate(zip(star, sigma, strict=True), start=1):
        if number <= len(labels):
            above = bool(number % 2)
            shift, side_of = ((2, 2), ("left", "bottom")) if above else ((-2, -2), ("right", "top"))
            axes.annotate(str(number), (x, y), shift, textcoords="offset points", size=6, ha=side_of[0], va=side_of[1])
    handles = [Line2D([], [], linestyle="none", label=f"{i}  {label}") for i, label in enumerate(labels, start=1)]
    below.legend(handles=handles, loc="upper left", handlelength=0, handletextpad=0, borderaxespad=0.0)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Elementary effects: change of the quantity over the whole range of a factor, from steps at many places.",
        "Their mean size says how much a factor matters, their standard deviation how much its effect depends on the",
        "place: on the line (dashed) both are equal.",
        f"Bars: {100.0 * float(ds.attrs['level']):g} % intervals (bootstrap)." if "level" in ds.attrs else "",
        f"Named: the {NAMED} largest." if ds.sizes.get("factor", 0) > NAMED else "",
        *told(ds, "mu_star"),
    ]
