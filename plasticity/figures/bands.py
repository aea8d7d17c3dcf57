"""What is uncertain about a run, as pale bands behind its curves and thin lines over its bars."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes

PALENESS = 0.15
INNER = 0.05
"""Lower quantile of a band; the upper one is as far from 1."""


def shade(
    axes: "Axes",
    ds: "xarray.Dataset",
    name: str,
    colour: str,
    scale: float = 1.0,
    *,
    complement: bool = False,
    floor: float | None = None,
) -> None:
    """Draw the band of one curve.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        One run, with ``<name>_band`` along `quantile` and `time` [h] where there is one.
    name : str
    colour : str
    scale : float
        Hours per unit of the time axis.
    complement : bool
        Draw 1 less the values, as for the threshold from its depth.
    floor : float, optional
        Smaller values are drawn there, for logarithmic axes.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> band = {"depth_band": (("quantile", "time"), [[0.0, 0.1], [0.0, 0.2]])}
    >>> shade(axes, xarray.Dataset(band, {"quantile": [0.05, 0.95], "time": [0.0, 1.0]}), "depth", "black")
    >>> len(axes.collections)
    1
    """
    if f"{name}_band" not in ds:
        return
    low, high = (ds[f"{name}_band"].sel(quantile=at, method="nearest").values for at in (INNER, 1.0 - INNER))
    if complement:
        low, high = 1.0 - high, 1.0 - low
    if floor is not None:
        low, high = low.clip(floor), high.clip(floor)
    axes.fill_between(ds["time"].values / scale, low, high, color=colour, alpha=PALENESS, linewidth=0.0, zorder=0.5)


def curve_band(
    axes: "Axes", one: "xarray.Dataset", name: str, across: "numpy.ndarray", colour: str, scale: float = 1.0
) -> None:
    """Draw the band of one curve of a sweep.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    one : xarray.Dataset
        With ``<name>_interval`` along `quantile` and one other dimension, where there is one.
    name : str
    across : ndarray
        Where the points of the curve stand.
    colour : str
    scale : float
        Units of the quantity per unit of the axis.

    Examples
    --------
    >>> import numpy, xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> one = xarray.Dataset({"depth_interval": (("dose", "quantile"), [[0.0, 0.2]])}, {"quantile": [0.05, 0.95]})
    >>> curve_band(axes, one, "depth", numpy.array([1.0]), "black")
    >>> len(axes.collections)
    1
    """
    if f"{name}_interval" not in one:
        return
    band = one[f"{name}_interval"]
    low, high = (band.sel(quantile=at, method="nearest").values / scale for at in (INNER, 1.0 - INNER))
    axes.fill_between(across, low, high, color=colour, alpha=PALENESS, linewidth=0.0, zorder=0.5)


def ends(ds: "xarray.Dataset", name: str) -> "tuple[float, float] | None":
    """Give the interval of a number.

    Parameters
    ----------
    ds : xarray.Dataset
        One run.
    name : str

    Returns
    -------
    tuple of float, or None
        The ends of the middle nine tenths of the draws; None where there are none.

    Examples
    --------
    >>> import xarray
    >>> cells = {"last_close_interval": ("quantile", [300.0, 420.0, 500.0])}
    >>> ends(xarray.Dataset(cells, {"quantile": [0.05, 0.5, 0.95]}), "last_close")
    (300.0, 500.0)
    """
    if f"{name}_interval" not in ds:
        return None
    values: numpy.ndarray = ds[f"{name}_interval"].sel(quantile=[INNER, 1.0 - INNER], method="nearest").values
    return None if bool((values != values).any()) else (float(values[0]), float(values[1]))


def told(ds: "xarray.Dataset", lines: str = "", marks: str = "Pale bands") -> str:
    """Say in a caption what the bands are.

    Parameters
    ----------
    ds : xarray.Dataset
    lines : str
        What thin lines show, as in ``"thin lines: the closing day"``.
    marks : str
        What the bands are drawn as, where not so.

    Returns
    -------
    str
        Empty where the dataset has none.

    Examples
    --------
    >>> import xarray
    >>> told(xarray.Dataset(attrs={"uncertainty": '{"meaning": "5 to 95 % of 64 draws"}'}))
    'Pale bands: 5 to 95 % of 64 draws.'
    >>> told(xarray.Dataset())
    ''
    """
    if "uncertainty" not in ds.attrs:
        return ""
    meaning = json.loads(str(ds.attrs["uncertainty"]))["meaning"]
    return f"{marks}{f', {lines}' if lines else ''}: {meaning}."
