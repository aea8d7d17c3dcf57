"""How long the window is open, as a map over two axes of a sweep, with days as contours."""

from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.figures.maps import COLOURS, days, frame, left_out, mark, scale, thinned
from plasticity.figures.origin import origin
from plasticity.figures.reading import require
from plasticity.figures.records import sentences
from plasticity.figures.sheet import COLUMN_MM, finish, key, sheet
from plasticity.figures.style import look

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

KIND = "window_map"


def draw(ds: "xarray.Dataset", *, title: str = "", disclaimer: bool = True) -> "Figure":
    """Draw the total time that the window is open over two axes of a sweep.

    Parameters
    ----------
    ds : xarray.Dataset
        `total_open_time` [h], `number_of_windows`, `censored` and `status` along two dimensions with numbers; the
        first goes up, the second across.
    title : str
        Printed on top where given.
    disclaimer : bool
        Print what the figure is not.

    Returns
    -------
    matplotlib.figure.Figure
        One journal column wide.

    Raises
    ------
    InputError
        If the dataset lacks a variable, or has other dimensions.

    Examples
    --------
    >>> import xarray
    >>> draw(xarray.Dataset({"total_open_time": ("dose", [1.0])}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: figure window_map: total_open_time has dimensions dose; needed: two of numbers
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    shown = ds.get("total_open_time")
    if shown is None or shown.ndim != 2:
        given = "no variable 'total_open_time'" if shown is None else "total_open_time has dimensions "
        given += "" if shown is None else ", ".join(map(str, shown.dims)) or "none"
        raise InputError(f"figure {KIND}: {given}; needed: two of numbers")
    dims = [str(name) for name in shown.dims]
    require(ds, KIND, dict.fromkeys(("total_open_time", "number_of_windows", "censored", "status"), dims))
    whole, ds = ds, thinned(ds[["total_open_time", "number_of_windows", "censored", "status"]])
    up, across = (scale(ds, name) for name in dims)
    length = days(ds, "total_open_time")
    with look():
        figure = sheet(COLUMN_MM, 80.0)
        axes, below = figure.subplots(2, 1, height_ratios=[1.0, 0.14])
        longest = max(float(length.max()), 1e-6)
        mesh = axes.pcolormesh(
            across.values, up.values, length.values, cmap=COLOURS, vmin=0.0, vmax=longest, shading="nearest",
            rasterized=True,
        )  # fmt: skip
        frame(axes, across, up)
        handles = mark(axes, across, up, ds)
        levels = [level for level in MaxNLocator(8).tick_values(0.0, longest) if 0.0 < level < longest]
        opened = length.where(ds["number_of_windows"] > 0).values
        lines = axes.contour(across.values, up.values, opened, levels=levels, colors="white", linewidths=0.7)
        axes.clabel(lines, fontsize=5.5, fmt="%g d")
        apart = ds["number_of_windows"].where((ds["status"] >= 0) & (ds["number_of_windows"] > 0)).values
        if (apart == 1).any() and (apart >= 2).any():
            axes.contour(across.values, up.values, apart, levels=[1.5], colors="black", linewidths=1.2)
            handles.append(Line2D([], [], color="black", linewidth=1.2, label="Beyond: windows apart from each other"))
        axes.set_xlabel(across.label)
        axes.set_ylabel(up.label)
        bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=26)
        bar.set_label("Window open in total (d)")
        bar.outline.set_linewidth(0.5)
        key(below, handles, 1)
        return finish(figure, caption(whole), title, disclaimer)


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
    >>> caption(xarray.Dataset())[:24]
    'Total time that the wind'
    """
    return sentences(
        [
            "Total time that the window of raised plasticity is open, over two axes of a sweep; grey: it never opens;",
            "hatched: it was still open when the simulation ended, so that the number is a lower bound. White:",
            "contours; black: beyond it there are several windows, apart from each other.",
            left_out(ds),
            origin(ds),
        ]
    )
