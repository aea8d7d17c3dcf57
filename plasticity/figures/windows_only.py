"""The windows alone, as bars over the published days, one journal column wide."""

from typing import TYPE_CHECKING

from plasticity.figures.bands import told
from plasticity.figures.doses import since
from plasticity.figures.pens import spoken
from plasticity.figures.reading import last_shown, require
from plasticity.figures.sheet import COLUMN_MM, key, sheet
from plasticity.figures.window_bars import COUNTED, WANTED, draw_bars, legend_entries, published

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

ROW_MM = 9.0
"""Height of a row of bars [mm]."""


def draw(
    ds: "xarray.Dataset",
    *,
    until: str | float | None = None,
    observed: "xarray.Dataset | None" = None,
) -> "Figure":
    """Draw the windows of each compound.

    Parameters
    ----------
    ds : xarray.Dataset
        `t_open`, `t_close`, `censored_left`, `censored_right` along `compound` and `window`, and `time` [h].
    until : str or float, optional
        End of the time axis, text with a unit or a number [h]; the whole run if not given.
    observed : xarray.Dataset, optional
        Published days; those of the package if not given.
    """
    require(ds, {"time": ("time",), **WANTED})
    end = last_shown(ds, until)
    rows = ROW_MM * ds.sizes["compound"]
    figure = sheet(COLUMN_MM, rows + 42.0)
    axes, below = figure.subplots(2, height_ratios=(rows, 14.0))
    draw_bars(axes, ds, published() if observed is None else observed, end)
    axes.set_xlabel(f"Time after {since(ds)} (d)")
    key(below, legend_entries(str(ds.attrs.get("species", "")), "last_close_interval" in ds), 1)
    return figure


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    names = ", ".join(spoken(str(name)) for name in ds["compound"].values)
    interval = told(ds).replace("Pale bands:", "Thin lines, closing day:")
    return [f"Windows of plasticity after {names}.", COUNTED, interval]
