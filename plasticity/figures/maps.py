"""What figures of sweeps share: days, axes with their units, and marks where a number is not what it seems."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError
from plasticity.figures.pens import PALE
from plasticity.figures.reading import HOURS_PER_DAY, printed_unit

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet

COLOURS = "viridis"
"""Perceptually uniform, and told apart with every common colour vision."""
HATCH, HATCH_COLOUR = "/////", "white"
NO_WINDOW, STILL_OPEN, FAILED = "No window", "Still open at the end of the run: a lower bound", "Failed point"
NOT_COMPUTED = -128
CANNOT = "#B22222"
MOST = 600
"""Points along an axis of a map: as many as a journal column shows at 170 dots to the centimetre."""
EDGE = 0.05
"""Share of a map, along each side, in which no contour bears its value."""
APART, OFF = (0.13, 0.08), (0.05, 0.025)
"""Shares of a map, across and up, between the middles of two texts, and of a text and a line."""
LINE = 36
"""Letters of a label in one line."""


@dataclass(frozen=True)
class Scale:
    """One axis of a map.

    Attributes
    ----------
    values : ndarray
        As printed: hours as days where they reach two days.
    label : str
    logarithmic : bool
    default : float or None
        Value of the parameter that nobody changed.

    Examples
    --------
    >>> import numpy
    >>> Scale(numpy.array([1.0, 2.0]), "Dose (mg)", False).default is None
    True
    """

    values: "numpy.ndarray"
    label: str
    logarithmic: bool
    default: float | None = None


def scale(ds: "xarray.Dataset", name: str) -> Scale:
    """Read a coordinate of numbers as an axis.

    Parameters
    ----------
    ds : xarray.Dataset
        The coordinate carries `units`, `long_name` and, for a parameter, `default`.
    name : str

    Returns
    -------
    Scale

    Raises
    ------
    InputError
        If it has fewer than two numbers, or they do not ascend.

    Examples
    --------
    >>> import xarray
    >>> told = {"units": "h", "long_name": "Decay time of permissiveness", "default": 156.0}
    >>> found = scale(xarray.Dataset(coords={"brake_tau": ("brake_tau", [120.0, 168.0], told)}), "brake_tau")
    >>> found.values.tolist(), found.label, found.default
    ([5.0, 7.0], 'Decay time of permissiveness (d)', 6.5)
    """
    import numpy

    found = ds[name]
    if found.dtype.kind not in "fiu" or found.size < 2 or not bool((numpy.diff(found.values) > 0).all()):
        raise InputError(f"{name} is no axis of a map; allowed: two ascending numbers or more")
    values, unit, default = found.values.astype(float), printed_unit(ds, name), found.attrs.get("default")
    if unit == "h" and values[-1] >= 2.0 * HOURS_PER_DAY:
        values, unit = values / HOURS_PER_DAY, "d"
        default = None if default is None else float(default) / HOURS_PER_DAY
    first, middle, last = (float(values[index]) for index in (0, values.size // 2, -1))
    near_geometric = first > 0.0 and last > 4.0 * first and 2.0 * middle < (first * last) ** 0.5 + (first + last) / 2.0
    label = str(found.attrs.get("long_name", name))
    label = fill(f"{label} ({unit})" if unit else label, LINE)
    return Scale(values, label, near_geometric, default)


def thinned(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Leave out points that no printer shows, so that memory is bounded whatever the size of the map.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    xarray.Dataset
        In memory; along each dimension every so-manieth point, so that at most `MOST` are left.

    Examples
    --------
    >>> import numpy, xarray
    >>> thinned(xarray.Dataset({"status": ("dose", numpy.zeros(1201))})).sizes["dose"]
    401
    """
    return ds.isel({name: slice(None, None, -(-size // MOST)) for name, size in ds.sizes.items()}).load()


def left_out(ds: "xarray.Dataset") -> str:
    """Say what `thinned` leaves out; empty where it leaves nothing.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    str
        A sentence for the caption.

    Examples
    --------
    >>> import numpy, xarray
    >>> left_out(xarray.Dataset({"status": ("dose", numpy.zeros(1201))}))
    'Drawn: 1 of 3 points along dose.'
    """
    told = [f"1 of {-(-size // MOST)} points along {name}" for name, size in ds.sizes.items() if size > MOST]
    return f"Drawn: {', '.join(told)}." if told else ""


def days(ds: "xarray.Dataset", name: str) -> "xarray.DataArray":
    """Give a length of time in days; NaN where the point failed.

    Parameters
    ----------
    ds : xarray.Dataset
        With `status`; the variable is in hours, as its attribute `units` says.
    name : str

    Returns
    -------
    xarray.DataArray

    Raises
    ------
    InputError
        If it is in another unit.

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset({"last_close": ("x", [48.0, 24.0], {"units": "h"}), "status": ("x", [0, -1])})
    >>> days(ds, "last_close").values.tolist()
    [2.0, nan]
    """
    unit = ds[name].attrs.get("units")
    if unit != "h":
        raise InputError(f"{name} is in {unit!r}; allowed: h")
    return (ds[name] / HOURS_PER_DAY).where(ds["status"] >= 0)


def mark(axes: "Axes", across: Scale, up: Scale, ds: "xarray.Dataset") -> "list[Artist]":
    """Hatch what was still open at the end, grey what has no window, cross out what failed.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    across, up : Scale
    ds : xarray.Dataset
        `censored`, `number_of_windows`, `status`, all of shape (up, across).

    Returns
    -------
    list of matplotlib.artist.Artist
        For the key, of what is there.

    Examples
    --------
    >>> import numpy, xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> line, cells = Scale(numpy.array([0.0, 1.0]), "", False), ("y", "x")
    >>> values = {"censored": [[0, 1], [0, 1]], "number_of_windows": [[1, 1], [1, 1]], "status": [[0, 0], [0, 0]]}
    >>> ds = xarray.Dataset({name: (cells, table) for name, table in values.items()})
    >>> [patch.get_label() for patch in mark(sheet(COLUMN_MM, 60.0).subplots(), line, line, ds)]
    ['Still open at the end of the run: a lower bound']
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    x, y, good = across.values, up.values, ds["status"].values >= 0
    found: list[Artist] = []
    none = good & (ds["number_of_windows"].values == 0)
    if none.any():
        axes.pcolormesh(x, y, none, cmap=_single(PALE), vmin=0, vmax=1, shading="nearest", rasterized=True)
        found.append(Patch(facecolor=PALE, label=NO_WINDOW))
    late = good & (ds["censored"].values > 0)
    if late.any():
        marks: Any = {"levels": [0.5, 1.5], "colors": "none", "hatches": [HATCH]}
        axes.contourf(x, y, late.astype(float), **marks).set_edgecolor(HATCH_COLOUR)
        found.append(Patch(facecolor="#B8B020", edgecolor=HATCH_COLOUR, hatch=HATCH, linewidth=0, label=STILL_OPEN))
    if not good.all():
        rows, columns = (~good).nonzero()
        axes.plot(x[columns], y[rows], "x", color=CANNOT, markersize=2.5, markeredgewidth=0.6)
        label = FAILED if (ds["status"].values[rows, columns] != NOT_COMPUTED).all() else f"{FAILED} or not computed"
        found.append(Line2D([], [], color=CANNOT, marker="x", linestyle="none", markersize=3.5, label=label))
    return found


def contours(
    axes: "Axes",
    x: "numpy.ndarray",
    y: "numpy.ndarray",
    values: "numpy.ndarray",
    levels: Any,
    written: str = "%g",
    beside: "Sequence[ContourSet]" = (),
) -> None:
    """Draw white contours with their values on them, apart from the edge of the map and from what stands there.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With its limits set, and all other texts on it.
    x, y : ndarray
    values : ndarray, shape (y, x)
    levels : sequence of float
    written : str
        How a value is written.
    beside : sequence of matplotlib.contour.ContourSet
        Other lines that no value shall stand on.

    Examples
    --------
    >>> import numpy
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> line = numpy.array([0.0, 0.5, 1.0])
    >>> contours(axes, line, line, numpy.add.outer(line, line), [0.5])
    >>> len(axes.collections)
    1
    """
    import numpy

    if min(values.shape) < 2 or not len(levels):
        return
    style: Any = {"colors": "white", "linewidths": 0.6, "zorder": 1.9}  # below lines that tell more
    to_share = axes.transAxes.inverted()
    boxes = [text.get_window_extent() for text in axes.texts]
    taken = [(to_share.transform([(box.x0 + box.x1) / 2.0, (box.y0 + box.y1) / 2.0]), APART) for box in boxes]
    others = [numpy.asarray(path.vertices) for line in beside for path in line.get_paths()]
    taken += [((axes.transData + to_share).transform(point), OFF) for points in others for point in points]
    free: list[Any] = []
    for level in levels:
        trial = axes.contour(x, y, values, levels=[level], **style)
        wanted = [text.get_position() for text in axes.clabel(trial, inline=False)]
        for at in wanted:
            found = _free(axes, at, numpy.asarray(trial.get_paths()[0].vertices), taken)
            if found is not None:
                free.append(found)
                taken.append(((axes.transData + to_share).transform(found), APART))
        trial.remove()
    lines = axes.contour(x, y, values, levels=levels, **style)
    if free:
        axes.clabel(lines, fontsize=5.5, fmt=written, manual=free)


def _free(axes: "Axes", wanted: Any, along: "numpy.ndarray", taken: list[Any]) -> Any:
    """Find the place on a contour nearest to the wanted one that is neither at the edge nor beside what is taken."""
    import numpy

    points = numpy.vstack([[wanted], along])
    at = (axes.transData + axes.transAxes.inverted()).transform(points)
    free = ((at > EDGE) & (at < 1.0 - EDGE)).all(axis=1)
    for other, apart in taken:
        free &= (abs(at - other) > apart).any(axis=1)
    if not free.any():
        return None
    far = numpy.where(free, ((at - at[0]) ** 2).sum(axis=1), numpy.inf)
    return tuple(points[far.argmin()])


def frame(axes: "Axes", across: Scale, up: Scale) -> None:
    """Give a map its scales, limits and full frame; labels are the caller's.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    across, up : Scale

    Examples
    --------
    >>> import numpy
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes, line = sheet(COLUMN_MM, 60.0).subplots(), Scale(numpy.array([1.0, 9.0]), "", True)
    >>> frame(axes, line, line)
    >>> axes.get_xscale(), [float(end) for end in axes.get_ylim()]
    ('log', [1.0, 9.0])
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for one, axis, place in ((across, axes.xaxis, axes.set_xscale), (up, axes.yaxis, axes.set_yscale)):
        if one.logarithmic:
            place("log")
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())
    axes.set_xlim(across.values[0], across.values[-1])
    axes.set_ylim(up.values[0], up.values[-1])
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)


def _single(colour: str) -> Any:
    """One colour where true, nothing where false."""
    from matplotlib.colors import ListedColormap

    return ListedColormap(["#00000000", colour])
