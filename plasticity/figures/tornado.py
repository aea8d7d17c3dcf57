"""Local derivatives as a tornado: the relative change of a quantity per relative change of each number, with errors."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.errors import InputError
from plasticity.figures.ranked_factors import BLUE, ORANGE, bars_sheet, panels, told

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw elasticities as bars, largest first, with their errors as lines and in words, a panel per quantity.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.local_derivatives`.
    """
    found = panels(ds, "elasticity", ("elasticity", "elasticity_error", "status"))
    for panel in found:
        if not np.isfinite(panel.ds["elasticity"].values).any():
            raise InputError(f"{panel.title} has no elasticity; needed: a quantity that is not 0")
    figure, filled = bars_sheet(found)
    for axes, panel in filled:
        values, errors = panel.ds["elasticity"].values, panel.ds["elasticity_error"].values
        at = np.arange(len(values))
        axes.barh(at, np.nan_to_num(values), 0.66, color=[BLUE if value > 0.0 else ORANGE for value in values])
        axes.errorbar(values, at, xerr=errors, fmt="none", ecolor="black", elinewidth=0.8, capsize=1.6)
        axes.axvline(0.0, color="black", linewidth=0.6)
        reach = 1.15 * float(np.nanmax(np.abs(values) + errors)) or 1.0
        axes.set_xlim(-reach, reach)
        for place, (value, error) in enumerate(zip(values, errors, strict=True)):
            axes.annotate(
                _shown(float(value), float(error)), (1.0, place), (3, 0), ("axes fraction", "data"),
                "offset points", va="center", size=5.5,
            )  # fmt: skip
        axes.set_xlabel("Elasticity (relative change per relative change)" if len(found) > 1 else "Elasticity")
    return figure


def _shown(value: float, error: float) -> str:
    """Write a number with the power of ten of its error; what has none is told as such."""
    if not np.isfinite(value):
        return "no derivative"
    return "0" if value == error == 0.0 else f"{value:+.3f} ± {error:.0e}".replace("-", "−")


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    missing = int((ds["status"] != 0).sum()) if "status" in ds else 0
    return [
        "Local derivatives of the quantity with respect to each number, as relative change per relative change (1: the",
        "quantity is proportional to it); a number that is 0 has 0. Lines and the column on the right: estimated error",
        "of the differences, truncation and solver together.",
        f"Without a derivative: {missing}." if missing else "",
        *told(ds, "elasticity"),
    ]
