"""Calcium of the full oscillating kernel beside the averaged one, what each makes of it, and how far they differ."""

from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.figures.bands import shade, told
from plasticity.figures.doses import since
from plasticity.figures.mismatch import CURVES, both_kernels, mismatch
from plasticity.figures.pens import PALE
from plasticity.figures.reading import last_shown, printed_unit, span
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import hour_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INKS = {
    "oscillator": {"color": "#56B4E9", "linewidth": 0.7, "label": "oscillator: open-cell Li-Rinzel with IP3"},
    "averaged": {"color": "#D55E00", "linewidth": 1.3, "label": "averaged: default kernel"},
}


def draw(
    ds: "xarray.Dataset",
    *,
    until: str | float | None = None,
    zoom: str | float = "5 min",
    zoom_at: str | float | None = None,
) -> "Figure":
    """Draw calcium over hours and over a few minutes, the decoded signal, and phosphorylated CREB, for both kernels.

    Parameters
    ----------
    ds : xarray.Dataset
        `calcium` [uM], `calcium_signal`, `creb_phosphorylated` along `calcium_kernel` and `time` [h], sampled finely
        enough to follow spikes (a few seconds); `mismatch_signal_rms` and `mismatch_creb_integral` where present,
        else they are computed (`mismatch`).
    until : str or float, optional
        End of the time axis, text with a unit or a number [h]; the whole run if not given.
    zoom : str or float
        Length of the close-up, likewise.
    zoom_at : str or float, optional
        Start of the close-up, likewise; where calcium moves most if not given.
    """
    both_kernels(ds, CURVES)
    end, length = last_shown(ds, until), span("zoom", zoom)
    start = liveliest(ds, length) if zoom_at is None else span("zoom_at", zoom_at)
    shown = ds.isel(time=(ds["time"].values >= start) & (ds["time"].values <= start + length))
    if shown.sizes["time"] < 2:
        raise InputError(f"{shown.sizes['time']} times in the close-up at {start:g} h; needed: 2 or more")
    numbers = ds if "mismatch_signal_rms" in ds and "mismatch_creb_integral" in ds else mismatch(ds)
    calcium = f"Calcium\n({printed_unit(ds, 'calcium')})"
    figure = sheet(PAGE_MM, 108.0)
    grid = figure.add_gridspec(3, 2, height_ratios=(0.04, 1.0, 1.0), width_ratios=(1.25, 1.0))
    hours_of, minutes_of, signal, creb = (figure.add_subplot(grid[row, column]) for row in (1, 2) for column in (0, 1))
    _draw_kernels(hours_of, ds, "calcium", calcium)
    hours_of.axvspan(start, start + length, color=PALE, linewidth=0.0, zorder=0)
    at = (start + length / 2.0, 1.0)
    hours_of.annotate("b", at, (0, 1), ("data", "axes fraction"), "offset points", ha="center", size=6)
    _draw_kernels(minutes_of, shown.assign_coords(time=(shown["time"] - start) * 60.0), "calcium", calcium)
    minutes_of.set_xlim(0.0, 60.0 * length)
    minutes_of.set_xlabel(f"Time after {start:.2f} h (min)")
    minutes_of.set_ylim(hours_of.get_ylim())
    _draw_kernels(signal, ds, "calcium_signal", "Decoded calcium\n(fraction)")
    _note(signal, f"rms difference: {float(numbers['mismatch_signal_rms']):.3f}")
    percent = f"{100.0 * float(numbers['mismatch_creb_integral']):+.1f} %".replace("-", "−")
    _draw_kernels(creb, ds, "creb_phosphorylated", "Phosphorylated CREB\n(fraction)")
    _note(creb, f"integral, averaged against oscillator: {percent}")
    for axes in (hours_of, signal, creb):
        hour_axis(axes, end)
        axes.set_xlabel(f"Time after {since(ds)} (h)")
    for text, axes in zip("abcd", (hours_of, minutes_of, signal, creb), strict=True):
        letter(axes, text)
    key(figure.add_subplot(grid[0, :]), signal.get_lines(), 2)
    return figure


def liveliest(ds: "xarray.Dataset", length: float) -> float:
    """Find where the oscillator's calcium moves most.

    Parameters
    ----------
    ds : xarray.Dataset
        As for `draw`.
    length : float
        Of the close-up [h].

    Returns
    -------
    float
        Start of the close-up [h], within the run.

    Examples
    --------
    >>> import xarray
    >>> calcium = [[0.1] * 5, [0.1, 0.1, 0.9, 0.1, 0.1]]
    >>> run = xarray.Dataset({"calcium": (("calcium_kernel", "time"), calcium)},
    ...                      {"calcium_kernel": ["averaged", "oscillator"], "time": [0.0, 1.0, 2.0, 3.0, 4.0]})
    >>> liveliest(run, 2.0)
    1.0
    """
    import numpy

    time = ds["time"].values
    travelled = numpy.abs(numpy.diff(ds["calcium"].sel(calcium_kernel="oscillator").values))
    total = numpy.concatenate([[0.0], numpy.cumsum(travelled)])
    starts = time[time <= max(time[-1] - length, time[0])]
    return float(starts[numpy.argmax(numpy.interp(starts + length, time, total) - total[: starts.size])])


def _draw_kernels(axes: "Axes", ds: "xarray.Dataset", name: str, label: str) -> None:
    for kernel, ink in INKS.items():
        run = ds.sel(calcium_kernel=kernel)
        axes.plot(ds["time"].values, run[name].values, **ink)  # type: ignore[arg-type]
        shade(axes, run, name, str(ink["color"]))
    axes.set_ylabel(label)


def _note(axes: "Axes", text: str) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.12 * (high - low))
    axes.text(0.99, 0.99, text, transform=axes.transAxes, ha="right", va="top", size=6.5)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Two kernels for calcium: the open-cell Li-Rinzel oscillator with IP3 (blue) and its average, the default",
        "(red). (a) Calcium; grey, the minutes shown in (b). (c) Decoded signal, with the root mean square",
        "difference over the run. (d) Phosphorylated CREB, with the relative difference of its integrals.",
        told(ds, marks="Pale bands of the average"),
    ]
