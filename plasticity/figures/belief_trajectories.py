"""A belief under drug, window, both and neither: precision and belief over hours, the re-learned prior over weeks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import last_ends, outline_entry, shade, told, with_ends
from plasticity.figures.doses import since
from plasticity.figures.pens import GREY
from plasticity.figures.reading import HOURS_PER_DAY, last_shown, require, span
from plasticity.figures.session_marks import sessions
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import day_axis, hour_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SWITCHES = ("belief_relaxation", "belief_openness_gain")
"""Parameters that, at 0, take the acute effect of the receptor and the effect of the window out of the account."""
INKS: dict[tuple[bool, bool], tuple[str, dict[str, Any]]] = {
    (False, False): ("neither", {"color": GREY, "linestyle": (0, (1, 1))}),
    (True, False): ("receptor alone", {"color": "#0072B2", "linestyle": (0, (4, 1.3))}),
    (False, True): ("window alone", {"color": "#D55E00", "linestyle": (0, (5, 1.2, 1.2, 1.2))}),
    (True, True): ("both", {"color": "black"}),
}


def draw(ds: "xarray.Dataset", *, acute: str | float = "60 h", until: str | float | None = None) -> "Figure":
    """Draw precision of the prior, belief and prior for the four combinations of two switches.

    Parameters
    ----------
    ds : xarray.Dataset
        `prior_precision`, `belief_mean` and `belief_prior` along `time`, `belief_relaxation` and
        `belief_openness_gain`, each of these two with 0 and another value.
    acute : str or float
        End of the time axis in hours, text with a unit or a number [h].
    until : str or float, optional
        End of the time axis in days, likewise; the whole run if not given.
    """
    curves = dict.fromkeys(("prior_precision", "belief_mean", "belief_prior"), (*SWITCHES, "time"))
    require(ds, {"time": ("time",), **curves})
    end, hours = last_shown(ds, until), span("acute", acute)
    figure = sheet(PAGE_MM, 72.0)
    rows = "abc;kkk"
    panels = figure.subplot_mosaic(rows, height_ratios=(60.0, 8.0), width_ratios=(1.0, 1.0, 1.25))
    below = panels.pop("k")
    precision, belief, prior = panels.values()
    handles = []
    for name, ink, run in _cases(ds):
        early = run.sel(time=slice(0.0, hours))
        precision.plot(early["time"].values, early["prior_precision"].values, **ink)
        belief.plot(early["time"].values, early["belief_mean"].values, **ink)
        dashes = ink.get("linestyle", "-")
        shade(precision, early, "prior_precision", ink["color"], dashes=dashes)
        shade(belief, early, "belief_mean", ink["color"], dashes=dashes)
        shade(prior, run, "belief_prior", ink["color"], HOURS_PER_DAY, dashes=dashes)
        (line,) = prior.plot(run["time"].values / HOURS_PER_DAY, run["belief_prior"].values, label=name, **ink)
        handles.append(line)
    precision.set_ylabel("Precision of the prior")
    belief.set_ylabel("Belief held now")
    prior.set_ylabel("Prior: belief returned to")
    precision.set_ylim(bottom=0.0)
    _label_ends(prior, ds, end)
    hour_axis(precision, hours)
    hour_axis(belief, hours)
    day_axis(prior, end)
    for (text, axes), unit in zip(panels.items(), "hhd", strict=True):
        _mark_sessions(axes, ds, HOURS_PER_DAY if unit == "d" else 1.0, end if unit == "d" else hours)
        axes.set_xlabel(f"Time after {since(ds)} ({unit})")
        letter(axes, text)
    key(below, [*handles, *outline_entry(ds)], 5)
    return figure


def _cases(ds: "xarray.Dataset") -> Iterator[tuple[str, dict[str, Any], "xarray.Dataset"]]:
    for place in range(ds.sizes[SWITCHES[0]]):
        for other in range(ds.sizes[SWITCHES[1]]):
            run = ds.isel({SWITCHES[0]: place, SWITCHES[1]: other})
            name, ink = INKS[float(run[SWITCHES[0]]) > 0.0, float(run[SWITCHES[1]]) > 0.0]
            yield name, ink, run


def _label_ends(axes: "Axes", ds: "xarray.Dataset", end: float) -> None:
    """Write where each prior ends beside the axis, spread so that no number hides another."""
    shown = [run.sel(time=slice(0.0, end)) for *_, run in _cases(ds)]
    found = [(float(run["belief_prior"][-1]), last_ends(run, "belief_prior")) for run in shown]
    low, high = axes.get_ylim()
    last = low
    for value, interval in sorted(found, key=lambda end: end[0]):
        last = max(value, last + 0.055 * (high - low))
        beside = ("axes fraction", "data"), "offset points"
        axes.annotate(with_ends(value, interval), (1.0, last), (3, 0), *beside, va="center", size=6)


def _mark_sessions(axes: "Axes", ds: "xarray.Dataset", scale: float, end: float) -> None:
    for _, start, stop in sessions(ds):
        if start < end:
            axes.axvspan(start / scale, min(stop, end) / scale, color="#eeeeee", linewidth=0.0, zorder=-1)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "A belief with the receptor effect and the window effect of the drug each on and off: (a) precision of the",
        "prior and (b) belief over hours, (c) mean of the prior over days; numbers: where it ends.",
        "Grey bands: sessions, in which evidence contradicts the belief.",
        told(ds, "in (c) written where they end, the two effects held", "Bands between thin lines"),
    ]
