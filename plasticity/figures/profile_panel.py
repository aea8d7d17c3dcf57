"""A panel of profile likelihoods: how fast the fit worsens as one number leaves its best value."""

from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.figures.pens import GREY

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

LIMIT = -1.92
"""Fall of the log-likelihood at the ends of a 95 % interval: half a point of chi-squared with one degree of freedom."""
LOWEST = -6.0


def profiles(
    axes: "Axes", ds: "xarray.Dataset", labels: dict[int, str], colours: tuple[str, ...], **style: Any
) -> None:
    """Draw the profile of some numbers over their best values, and the limit of the 95 % interval.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        `value` along `estimate`, `profile_value` and `profile_log_likelihood` along `estimate` and `point`.
    labels : dict of int to str
        What the key calls the estimates that are drawn, by their places.
    colours : tuple of str
        By place, from the first again where there are more.
    **style
        Of the lines, as Matplotlib takes it.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> cells = {name: (("estimate", "point"), [[1.0, 2.0]]) for name in ("profile_value", "profile_log_likelihood")}
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> profiles(axes, xarray.Dataset({**cells, "value": ("estimate", [2.0])}), {0: "clearance"}, ("black",))
    >>> axes.lines[0].get_xdata().tolist(), axes.lines[0].get_ydata().tolist()
    ([0.5, 1.0], [-1.0, 0.0])
    """
    for place, label in labels.items():
        one = ds.isel(estimate=place)
        height = one["profile_log_likelihood"].values
        ratio = one["profile_value"].values / float(one["value"])
        colour = colours[place % len(colours)]
        axes.plot(ratio, height - np.nanmax(height), "-o", label=label, color=colour, **style)
    axes.axhline(LIMIT, color=GREY, linewidth=0.6, dashes=(3, 2))
    axes.set_xlabel("Number over its best value")
    axes.set_ylabel("Profile log-likelihood, less its maximum")
