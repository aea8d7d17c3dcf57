"""What is uncertain about a run, as pale bands behind its curves and thin lines over its bars."""

import json
from typing import TYPE_CHECKING, Any

from plasticity.figures.pens import GREY

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

PALENESS = 0.15
OVERLAPPING: Any = {"alpha": 0.05, "linewidth": 0.0}
OUTLINE: Any = {"alpha": 0.7, "linewidth": 0.5}
INNER = 0.05
"""Lower quantile of a band; the upper one is as far from 1."""


def edges(values: "xarray.DataArray") -> "tuple[xarray.DataArray, xarray.DataArray]":
    """Give both ends of the middle nine tenths of draws.

    Parameters
    ----------
    values : xarray.DataArray
        Along `quantile`, and what else there is.

    Returns
    -------
    low, high : xarray.DataArray
        Without `quantile`.

    Examples
    --------
    >>> import xarray
    >>> low, high = edges(xarray.DataArray([1.0, 2.0, 3.0], {"quantile": [0.05, 0.5, 0.95]}, "quantile"))
    >>> float(low), float(high)
    (1.0, 3.0)
    """
    low, high = (values.sel(quantile=at, method="nearest") for at in (INNER, 1.0 - INNER))
    return low, high


def shade(
    axes: "Axes",
    ds: "xarray.Dataset",
    name: str,
    colour: str,
    scale: float = 1.0,
    *,
    complement: bool = False,
    floor: float | None = None,
    dashes: Any = None,
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
    dashes : optional
        As `fill` takes it.

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
    low, high = (end.values for end in edges(ds[f"{name}_band"]))
    if complement:
        low, high = 1.0 - high, 1.0 - low
    if floor is not None:
        low, high = low.clip(floor), high.clip(floor)
    fill(axes, ds["time"].values / scale, low, high, colour, dashes)


def fill(
    axes: "Axes",
    across: "numpy.ndarray",
    low: "numpy.ndarray",
    high: "numpy.ndarray",
    colour: str,
    dashes: Any = None,
) -> None:
    """Draw a band.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    across, low, high : ndarray
        Where its points stand, and its ends there.
    colour : str
    dashes : optional
        Of its outline, as Matplotlib takes it: a band that overlaps others is told apart by its outline, and is
        hardly filled.

    Examples
    --------
    >>> import numpy
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes, two = sheet(COLUMN_MM, 60.0).subplots(), numpy.array([0.0, 1.0])
    >>> fill(axes, two, two, two + 1.0, "black", ":")
    >>> len(axes.collections), len(axes.lines)
    (1, 2)
    """
    style = {"alpha": PALENESS, "linewidth": 0.0} if dashes is None else OVERLAPPING
    axes.fill_between(across, low, high, color=colour, zorder=0.5, **style)
    for end in () if dashes is None else (low, high):
        axes.plot(across, end, color=colour, linestyle=dashes, zorder=0.6, **OUTLINE)


def outline_entry(ds: "xarray.Dataset") -> "list[Line2D]":
    """Make the handle that says what the outlines of bands are.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    list of matplotlib.lines.Line2D
        Empty where the dataset has no bands.

    Examples
    --------
    >>> import xarray
    >>> [line.get_label() for line in outline_entry(xarray.Dataset(attrs={"uncertainty": "{}"}))]
    ['thin: 5 and 95 % of draws']
    """
    from matplotlib.lines import Line2D

    label = f"thin: {100.0 * INNER:g} and {100.0 * (1.0 - INNER):g} % of draws"
    return [Line2D([], [], color=GREY, label=label, **OUTLINE)] if "uncertainty" in ds.attrs else []


def curve_band(
    axes: "Axes",
    one: "xarray.Dataset",
    name: str,
    across: "numpy.ndarray",
    colour: str,
    scale: float = 1.0,
    dashes: Any = None,
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
    dashes : optional
        As `fill` takes it.

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
    low, high = (end.values / scale for end in edges(one[f"{name}_interval"]))
    fill(axes, across, low, high, colour, dashes)


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
    low, high = (float(end) for end in edges(ds[f"{name}_interval"]))
    return None if low != low or high != high else (low, high)


def last_ends(run: "xarray.Dataset", name: str) -> "tuple[float, float] | None":
    """Give the interval of the last value of a curve.

    Parameters
    ----------
    run : xarray.Dataset
        One run, with ``<name>_band`` along `quantile` and `time` where there is one.
    name : str

    Returns
    -------
    tuple of float, or None
        As `ends` gives it.

    Examples
    --------
    >>> import xarray
    >>> band = {"fear_band": (("quantile", "time"), [[0.9, 0.1], [0.9, 0.6]])}
    >>> last_ends(xarray.Dataset(band, {"quantile": [0.05, 0.95], "time": [0.0, 1.0]}), "fear")
    (0.1, 0.6)
    """
    if f"{name}_band" not in run:
        return None
    return ends(run.isel(time=-1).rename({f"{name}_band": f"{name}_interval"}), name)


def with_ends(value: float, found: "tuple[float, float] | None") -> str:
    """Write a number with its interval behind it, where it has one.

    Parameters
    ----------
    value : float
    found : tuple of float, or None
        As `ends` gives it.

    Returns
    -------
    str

    Examples
    --------
    >>> with_ends(0.7931, (0.42, 0.98)), with_ends(0.7931, None)
    ('0.793 (0.420–0.980)', '0.793')
    """
    return f"{value:.3f}" if found is None else f"{value:.3f} ({found[0]:.3f}–{found[1]:.3f})"


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
