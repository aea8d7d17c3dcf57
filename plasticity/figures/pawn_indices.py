"""PAWN indices as bars: how far the distribution of a quantity moves when one factor is held in a slice."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.pens import GREY
from plasticity.figures.ranked_factors import BLUE, bars_sheet, panels, told

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the median and the largest distance over slices, and what chance alone gives, a panel per quantity.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.sensitivity_indices` with the method ``pawn``.
    """
    found = panels(ds, "pawn", ("pawn", "pawn_maximum", "noise"))
    figure, filled = bars_sheet(found)
    for axes, panel in filled:
        at = np.arange(panel.ds.sizes["factor"])
        axes.barh(at, panel.ds["pawn"].values, 0.6, color=BLUE, label="Median over slices")
        axes.plot(panel.ds["pawn_maximum"].values, at, "|", color="black", markersize=6, label="Largest")
        noise = float(panel.ds["noise"][0])
        axes.axvline(noise, color=GREY, linewidth=0.8, dashes=(3, 2), label="Chance alone")
        axes.set_xlim(0.0, 1.05 * float(ds["pawn_maximum"].max()))
        axes.set_xlabel("PAWN index")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    share = f"{100.0 * float(ds.attrs['level']):g} %" if "level" in ds.attrs else "most"
    return [
        "Largest distance (Kolmogorov-Smirnov) between the distribution of the quantity and that within slices of a",
        f"factor: median (bar) and largest (tick) over the slices. Dashed: the median that {share} of factors of pure",
        "chance stay below.",
        *told(ds, "pawn"),
    ]
