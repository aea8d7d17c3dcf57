"""Kinetics fitted to published means: every row over what was observed, and the profiles of the free numbers."""

from typing import TYPE_CHECKING

from plasticity.figures.pens import GREY, PALE
from plasticity.figures.profile_panel import LOWEST, profiles
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
ROLES = {"calibration": "fitted", "holdout": "held out"}
QUANTITIES = {
    "plasma_maximum": "maximum",
    "plasma_time_of_maximum": "time of maximum",
    "plasma_half_life": "half-life",
}
WANTED = {
    "predicted": ("law", "row"),
    **dict.fromkeys(("observed", "observed_low", "observed_high", "role", "quantity"), ("row",)),
    **dict.fromkeys(("profile_value", "profile_log_likelihood"), ("estimate", "point")),
}


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw predictions over published means, and profile likelihoods.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study that calibrates kinetics.
    """
    require(ds, WANTED)
    figure = sheet(PAGE_MM, 70.0)
    left, right = figure.subplots(1, 2, width_ratios=(1.4, 1.0))
    _rows(left, ds)
    _profiles(right, ds)
    for axes, text in zip((left, right), "ab", strict=True):
        letter(axes, text)
    return figure


def _rows(axes: "Axes", ds: "xarray.Dataset") -> None:
    for place in range(ds.sizes["row"]):
        one = ds.isel(row=place, law=0)
        scale = float(one["observed"])
        low, high = float(one["observed_low"]) / scale, float(one["observed_high"]) / scale
        axes.barh(place, high - low, 0.7, low, color=PALE, zorder=1)
        colour = COLOURS[0] if str(one["role"].values) == "calibration" else COLOURS[1]
        ends = [float(one[name]) / scale for name in ("predicted_low", "predicted_high")]
        axes.plot(ends, [place, place], color=colour, linewidth=1.0)
        axes.plot(float(one["predicted"]) / scale, place, "o", color=colour, markersize=3.5)
    names = [str(row).split("_") for row in ds["row"].values]
    told = [
        f"{name[0]} {name[1]}, {QUANTITIES.get(str(quantity), str(quantity))}\n{ROLES[str(role)]}"
        for name, quantity, role in zip(names, ds["quantity"].values, ds["role"].values, strict=True)
    ]
    axes.set_yticks(range(len(told)), told)
    axes.set_ylim(ds.sizes["row"] - 0.4, -0.6)
    axes.axvline(1.0, color=GREY, linewidth=0.6)
    axes.set_xlabel("Over the published mean")


def _profiles(axes: "Axes", ds: "xarray.Dataset") -> None:
    shown = zip(ds["estimate"].values, ds["value"].values, ds["unit"].values, strict=True)
    labels = {
        place: f"{str(name).rpartition('.')[2].replace('_', ' ')} {float(value):.3g} {unit}"
        for place, (name, value, unit) in enumerate(shown)
    }
    profiles(axes, ds, labels, COLOURS, markersize=2, linewidth=0.9)
    axes.set_ylim(LOWEST, 2.2)  # room for the legend above the curves
    axes.set_xlim(0.6, 1.5)
    axes.legend(loc="upper center", fontsize=6)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "a, Predictions of the best fit (dots) with 95 % of the posterior (lines), over the published mean; boxes:",
        "95 % interval of the mean. b, Profile likelihood of each free number; dashed: 95 % limit.",
        f"Errors: {ds.attrs['error']}." if "error" in ds.attrs else "",
    ]
