"""Sobol indices as bars: the share of the variance that a factor explains alone, and with all its interactions."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.ranked_factors import BLUE, ORANGE, bars_sheet, panels, told

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

BARS = (("first_order", BLUE, "First order: alone", -0.2), ("total", ORANGE, "Total: with interactions", 0.2))


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw first-order and total indices with their intervals, a panel per quantity.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.sensitivity_indices` with the method ``sobol``.
    """
    needed = tuple(f"{name}{end}" for name, *_ in BARS for end in ("", "_low", "_high"))
    found = panels(ds, "total", needed)
    low_end = min(0.0, float(ds["first_order_low"].min()), float(ds["total_low"].min()))
    high_end = 1.05 * max(float(ds["first_order_high"].max()), float(ds["total_high"].max()))
    figure, filled = bars_sheet(found)
    for axes, panel in filled:
        for name, colour, label, shift in BARS:
            values, low, high = (panel.ds[f"{name}{end}"].values for end in ("", "_low", "_high"))
            at = np.arange(len(values)) + shift
            axes.barh(at, values, 0.36, color=colour, label=label)
            axes.errorbar(
                values, at, xerr=[values - low, high - values], fmt="none", ecolor="black", elinewidth=0.7,
                capsize=1.4,
            )  # fmt: skip
        axes.axvline(0.0, color="black", linewidth=0.6)
        axes.set_xlim(low_end, high_end)
        axes.set_xlabel("Share of the variance (Sobol index)")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Share of the variance of the quantity that each factor explains alone (first order) and together with all",
        "others (total), when all factors vary over their ranges.",
        f"Lines: {100.0 * float(ds.attrs['level']):g} % intervals (bootstrap)." if "level" in ds.attrs else "",
        *told(ds, "total"),
    ]
