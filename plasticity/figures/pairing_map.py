"""Which pairing frequencies potentiate, and on which days: synaptic change as a map, contour where nothing changes."""

from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.figures.bands import edges, ends, told
from plasticity.figures.doses import since
from plasticity.figures.map_bands import DOTS
from plasticity.figures.reading import HOURS_PER_DAY, last_shown, require
from plasticity.figures.runs import windows
from plasticity.figures.sheet import COLUMN_MM, sheet
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(ds: "xarray.Dataset", *, until: str | float | None = None) -> "Figure":
    """Draw the change of a synapse after pairings, by day and frequency: red potentiates, blue depresses.

    Parameters
    ----------
    ds : xarray.Dataset
        `pairing_change` [1, fold of the weight before] along `time` [h] and `frequency` [Hz], two or more of each;
        `t_open`, `t_close`, `censored_left`, `censored_right` along `window` where present.
    until : str or float, optional
        End of the time axis, text with a unit or a number [h]; the whole run if not given.
    """
    import numpy
    from matplotlib.colors import CenteredNorm

    require(ds, {"pairing_change": ("time", "frequency"), "time": ("time",), "frequency": ("frequency",)})
    ds = ds.sortby(["time", "frequency"])
    change = ds["pairing_change"].transpose("frequency", "time").values
    if min(change.shape) < 2 or not numpy.isfinite(change).any():
        raise InputError(f"pairing_change of shape {change.shape}; needed: finite, 2 x 2 or more")
    last = last_shown(ds, until)
    day, frequency = ds["time"].values / HOURS_PER_DAY, ds["frequency"].values
    lowest, highest = min(float(numpy.nanmin(change)), 1.0), max(float(numpy.nanmax(change)), 1.0)
    figure = sheet(COLUMN_MM, 72.0)
    axes = figure.subplots()
    norm = CenteredNorm(1.0, max(highest - 1.0, 1.0 - lowest, 1e-6))
    mesh = axes.pcolormesh(day, frequency, change, cmap="RdBu_r", norm=norm, shading="nearest", rasterized=True)
    if lowest < 1.0 < highest:
        axes.contour(day, frequency, change, levels=[1.0], colors="black", linewidths=0.9)
    for end in edges(ds["pairing_change_band"]) if "pairing_change_band" in ds else ():
        values = end.transpose("frequency", "time").values
        if values.min() < 1.0 < values.max():
            axes.contour(day, frequency, values, levels=[1.0], colors="black", linewidths=0.9, linestyles=[DOTS])
    if _is_geometric(frequency):
        axes.set_yscale("log")
    _mark_windows(axes, ds, last)
    day_axis(axes, last)
    axes.set_ylim(float(frequency[0]), float(frequency[-1]))
    axes.set_xlabel(f"Time after {since(ds)} (d)")
    axes.set_ylabel("Pairing frequency (Hz)")
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=26)
    bar.set_label("Synaptic weight, after / before (fold)")
    bar.ax.annotate("LTP", (0.5, 1.0), (0, 2), "axes fraction", "offset points", ha="center", size=6)
    bar.ax.annotate("LTD", (0.5, 0.0), (0, -2), "axes fraction", "offset points", ha="center", va="top", size=6)
    bar.ax.set_ylim(lowest, max(highest, lowest + 1e-6))
    bar.outline.set_linewidth(0.5)
    return figure


def _is_geometric(frequency: "numpy.ndarray") -> bool:
    """Tell whether the middle frequency is nearer to the geometric than to the arithmetic mean of the ends."""
    first, middle, last = (float(frequency[index]) for index in (0, frequency.size // 2, -1))
    return first > 0.0 and 2.0 * middle < (first * last) ** 0.5 + (first + last) / 2.0


def _mark_windows(axes: "Axes", ds: "xarray.Dataset", end: float) -> None:
    """Mark opening and closing by dashed lines, joined by a bar above the map."""
    days, above = end / HOURS_PER_DAY, axes.get_xaxis_transform()
    for opens, closes, from_start, to_end in windows(ds) if "t_open" in ds else []:
        start, stop = opens / HOURS_PER_DAY, closes / HOURS_PER_DAY
        if start >= days:
            continue
        for day, known in ((start, not from_start), (stop, not to_end and stop < days)):
            if known:
                axes.axvline(day, color="black", linewidth=0.7, linestyle=(0, (4, 2)))
        shown = [start, min(stop, days)]
        axes.plot(shown, [1.025, 1.025], color="black", linewidth=2.0, transform=above, clip_on=False)
        text = f"window from {start:.1f} d" if to_end else f"window {start:.1f} to {stop:.1f} d"
        found = ends(ds, "last_close") if ds.sizes["window"] == 1 and not to_end else None
        text += "" if found is None else " ({:.1f}–{:.1f})".format(*(one / HOURS_PER_DAY for one in found))
        middle = sum(shown) / 2.0
        at, side = ((start, 1.03), "left") if middle < 0.2 * days else ((middle, 1.03), "center")
        axes.annotate(text, at, (0, 2), ("data", "axes fraction"), "offset points", ha=side, size=6)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    known = ds["pairing_change"].attrs if "pairing_change" in ds else {}
    protocol = ", ".join(f"{name} {known[name]}" for name in ("pairs", "delta_t", "parameter_set") if name in known)
    return [
        "Synaptic change after pairings at a given frequency, applied at a given time after the dose:",
        "red, potentiation; blue, depression; black line, no change; dashed, where the window opens and closes.",
        "Calcium-based rule of Graupner and Brunel (2012), potentiation threshold scaled by theta / theta_rest.",
        f"Pairing: {protocol}." if protocol else "",
        told(ds, "no change, and in brackets the closing day", "Dotted lines") if "pairing_change_band" in ds else "",
    ]
