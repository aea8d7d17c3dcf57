"""The windows alone, as bars over the published days, one journal column wide."""

from typing import TYPE_CHECKING

from plasticity.figures.bands import told
from plasticity.figures.doses import since
from plasticity.figures.origin import origin
from plasticity.figures.pens import spoken
from plasticity.figures.reading import require, span, whole
from plasticity.figures.records import sentences
from plasticity.figures.sheet import COLUMN_MM, finish, key, sheet
from plasticity.figures.style import look
from plasticity.figures.window_bars import COUNTED, WANTED, draw_bars, legend_entries, published

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

KIND = "windows_only"
ROW_MM = 9.0
"""Height of a row of bars [mm]."""


def draw(
    ds: "xarray.Dataset",
    *,
    until: str | float | None = None,
    title: str = "",
    disclaimer: bool = True,
    observed: "xarray.Dataset | None" = None,
) -> "Figure":
    """Draw the windows of each compound.

    Parameters
    ----------
    ds : xarray.Dataset
        `t_open`, `t_close`, `censored_left`, `censored_right` along `compound` and `window`, and `time` [h].
    until : str or float, optional
        End of the time axis, text with a unit or a number [h]; the whole run if not given.
    title : str
        Printed on top where given.
    disclaimer : bool
        Print what the figure is not.
    observed : xarray.Dataset, optional
        Published days; those of the package if not given.

    Returns
    -------
    matplotlib.figure.Figure
        One journal column wide.

    Raises
    ------
    InputError
        If the dataset lacks a variable, or an option is not allowed.

    Examples
    --------
    >>> import xarray
    >>> draw(xarray.Dataset(coords={"time": [0.0]}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: figure windows_only: the dataset has no variable 't_open'; needed: ...
    """
    require(ds, KIND, {"time": ("time",), **WANTED})
    end = span(KIND, "until", whole(ds) if until is None else until)
    with look():
        rows = ROW_MM * ds.sizes["compound"]
        figure = sheet(COLUMN_MM, rows + 42.0)
        axes, below = figure.subplots(2, height_ratios=(rows, 14.0))
        draw_bars(axes, ds, published() if observed is None else observed, end)
        axes.set_xlabel(f"Time after {since(ds)} (d)")
        key(below, legend_entries(str(ds.attrs.get("species", "")), "last_close_interval" in ds), 1)
        return finish(figure, caption(ds), title, disclaimer)


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
    >>> caption(xarray.Dataset(coords={"compound": ["lsd"]}))[:34]
    'Windows of plasticity after LSD. B'
    """
    names = ", ".join(spoken(str(name)) for name in ds["compound"].values)
    interval = told(ds).replace("Pale bands:", "Thin lines, closing day:")
    return sentences([f"Windows of plasticity after {names}.", COUNTED, interval, origin(ds)])
