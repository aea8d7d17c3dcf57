"""What is uncertain about a map: where quantiles over draws, known on a lattice of its points, reach a level."""

import json
from typing import TYPE_CHECKING, Any

from plasticity.figures.maps import scale

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes

BAND = "#D55E00"
DASHES: Any = (0, (3, 1.5))
DOTS: Any = (0, (1, 1.5))
BEHIND: Any = {"boxstyle": "square,pad=0.15", "facecolor": "black", "alpha": 0.35, "linewidth": 0.0}
"""What keeps lines out of an interval that is written over them."""
SPREAD = (0.2, 0.5, 0.8)
"""Where along an axis intervals are written."""
FINE = 121
"""Points along each axis between which the lattice is filled in, for lines without corners."""


def lattice(ds: "xarray.Dataset") -> "xarray.Dataset | None":
    """Take the points of a map that have intervals.

    Parameters
    ----------
    ds : xarray.Dataset
        A sweep; its attribute `uncertainty` names the places, unless all points have intervals.

    Returns
    -------
    xarray.Dataset or None
        Along the same dimensions, in memory; None where the sweep has none.

    Examples
    --------
    >>> import xarray
    >>> told = {"uncertainty": '{"meaning": "draws", "at": {"dose": [0, 2]}}'}
    >>> lattice(xarray.Dataset({"window_chance": ("dose", [0.1, float("nan"), 0.9])}, attrs=told)).window_chance.values
    array([0.1, 0.9])
    >>> lattice(xarray.Dataset()) is None
    True
    """
    if "uncertainty" not in ds.attrs or "window_chance" not in ds:
        return None
    places = json.loads(str(ds.attrs["uncertainty"])).get("at", {})
    names = [str(name) for name in ds.data_vars if str(name).endswith("_interval")]
    return ds[[*names, "window_chance"]].isel(places).load()


def line(axes: "Axes", found: "xarray.Dataset", values: "xarray.DataArray", level: float, **style: Any) -> Any:
    """Draw where a number that is known on a lattice reaches a level.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of a map.
    found : xarray.Dataset
        From `lattice`, for its axes.
    values : xarray.DataArray
        Along two dimensions, the first up and the second across; NaN where nothing is known.
    level : float
    **style
        As Matplotlib's `contour` takes it.

    Returns
    -------
    matplotlib.contour.QuadContourSet or None
        None where the level is not reached anywhere.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> table = xarray.DataArray([[0.0, 1.0], [0.0, 1.0]], {"y": [1.0, 2.0], "x": [1.0, 2.0]}, ("y", "x"))
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> [line(axes, table.to_dataset(name="z"), table, level) is None for level in (0.5, 2.0)]
    [False, True]
    """
    import numpy

    up, across = (_filled(scale(found, str(name)).values) for name in values.dims)
    known = values.values[numpy.isfinite(values.values)]
    if not known.size or not known.min() < level < known.max():
        return None
    table = numpy.apply_along_axis(_filled, 1, numpy.apply_along_axis(_filled, 0, values.values))
    return axes.contour(across, up, table, levels=[level], **style)


def spell(
    axes: "Axes", across: "numpy.ndarray", up: "numpy.ndarray", low: "numpy.ndarray", high: "numpy.ndarray"
) -> None:
    """Write intervals on a map at some points of a lattice, for a number that is uncertain everywhere.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    across, up : ndarray
        Where the points stand.
    low, high : ndarray, shape (up, across)

    Examples
    --------
    >>> import numpy
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes, ends = sheet(COLUMN_MM, 60.0).subplots(), numpy.array([0.0, 1.0, 2.0])
    >>> axes.set_xlim(0.0, 2.0), axes.set_ylim(0.0, 2.0)
    ((0.0, 2.0), (0.0, 2.0))
    >>> spell(axes, ends, ends, numpy.zeros((3, 3)), numpy.ones((3, 3)))
    >>> {text.get_text() for text in axes.texts}
    {'0.00–1.00'}
    """
    for row in _spread(axes, up, upward=True):
        for column in _spread(axes, across, upward=False):
            text = f"{low[row, column]:.2f}–{high[row, column]:.2f}"
            axes.plot(across[column], up[row], ".", color="white", markersize=3)
            axes.annotate(text, (across[column], up[row]), (0, 3), textcoords="offset points", size=5, color="white",
                          ha="center", va="bottom", bbox=BEHIND)  # fmt: skip


def _spread(axes: "Axes", values: "numpy.ndarray", *, upward: bool) -> list[int]:
    """Choose the places nearest to a sixth, a half and five sixths of the axis, as it is drawn."""
    import numpy

    first = values[0]
    ends = numpy.array([(first, value) if upward else (value, first) for value in values])
    shares = axes.transAxes.inverted().transform(axes.transData.transform(ends))[:, int(upward)]
    return sorted({int(numpy.argmin(abs(shares - share))) for share in SPREAD})


def _filled(values: "numpy.ndarray") -> "numpy.ndarray":
    """Fill in between evenly placed points, in proportion."""
    import numpy

    places = numpy.linspace(0.0, len(values) - 1.0, FINE)
    return numpy.asarray(numpy.interp(places, numpy.arange(len(values)), values))
