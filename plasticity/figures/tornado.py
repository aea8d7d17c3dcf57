"""Local derivatives as a tornado: the relative change of a quantity per relative change of each number, with errors."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.errors import InputError
from plasticity.figures.origin import origin
from plasticity.figures.ranked_factors import BLUE, ORANGE, bars_sheet, panels, told
from plasticity.figures.records import sentences
from plasticity.figures.sheet import finish
from plasticity.figures.style import look

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

KIND = "tornado"


def draw(ds: "xarray.Dataset", *, title: str = "", disclaimer: bool = True) -> "Figure":
    """Draw elasticities as bars, largest first, with their errors as lines and in words, a panel per quantity.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.local_derivatives`.
    title : str
        Printed on top where given.
    disclaimer : bool
        Print what the figure is not.

    Returns
    -------
    matplotlib.figure.Figure
        One journal column wide, or two with several panels.

    Raises
    ------
    InputError
        If the dataset lacks a variable, there are more than 6 panels, or the quantity is 0 so that nothing is relative
        to it.

    Examples
    --------
    >>> import xarray
    >>> draw(xarray.Dataset())
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: figure tornado: the dataset has no variable 'elasticity'; needed: ...
    """
    found = panels(ds, KIND, "elasticity", ("elasticity", "elasticity_error", "status"))
    for panel in found:
        if not np.isfinite(panel.ds["elasticity"].values).any():
            raise InputError(f"figure {KIND}: {panel.title} has no elasticity; needed: a quantity that is not 0")
    with look():
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
        return finish(figure, caption(ds), title, disclaimer)


def _shown(value: float, error: float) -> str:
    """Write a number with the power of ten of its error; what has none is told as such."""
    if not np.isfinite(value):
        return "no derivative"
    return "0" if value == error == 0.0 else f"{value:+.3f} ± {error:.0e}".replace("-", "−")


def caption(ds: "xarray.Dataset") -> str:
    """Say in words what the figure shows, from the dataset itself.

    Parameters
    ----------
    ds : xarray.Dataset
        As for `draw`.

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> caption(xarray.Dataset())[:36]
    'Local derivatives of the quantity wi'
    """
    missing = int((ds["status"] != 0).sum()) if "status" in ds else 0
    parts = [
        "Local derivatives of the quantity with respect to each number, as relative change per relative change (1: the",
        "quantity is proportional to it); a number that is 0 has 0. Lines and the column on the right: estimated error",
        "of the differences, truncation and solver together.",
        f"Without a derivative: {missing}." if missing else "",
        *told(ds, "elasticity"),
        origin(ds),
    ]
    return sentences(parts)
