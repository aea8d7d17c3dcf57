"""Panels in which each scenario has a colour, and each quantity its dashes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import shade
from plasticity.figures.doses import doses
from plasticity.figures.pens import GREY, PALE, pen, scenario_colours
from plasticity.figures.reading import HOURS_PER_DAY, printed_unit
from plasticity.figures.runs import effect_sites
from plasticity.figures.window_bars import draw_model, draw_published

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

DECADES = 4.5
"""Decades of concentration shown below the highest one."""
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.3)), (0, (1, 1)))
THIN, STEP, SPREAD = 1.0, 0.45, 1.35
"""Widths of lines: the last scenario is thinnest, so that one which it hides is seen on both sides of it."""


@dataclass(frozen=True, eq=False)
class Track:
    """One scenario as it is drawn.

    Attributes
    ----------
    name, label : str
        Along its dimension, and in a few words.
    colour : str
    width : float
        Of its lines.
    run : xarray.Dataset
        Its curves, as far as it was simulated.
    doses : list of tuple
        Time [h] and what was given.
    compounds : tuple of str
        Those given.

    Examples
    --------
    >>> import xarray
    >>> Track("A", "LSD 100 ug", "black", 1.0, xarray.Dataset(), [], ("lsd",)).compounds
    ('lsd',)
    """

    name: str
    label: str
    colour: str
    width: float
    run: "xarray.Dataset"
    doses: list[tuple[float, str]]
    compounds: tuple[str, ...]


def tracks(ds: "xarray.Dataset") -> list[Track]:
    """Take the scenarios of a dataset apart.

    Parameters
    ----------
    ds : xarray.Dataset
        A run per `scenario`, with `scenario_label` where its study told one.

    Returns
    -------
    list of Track

    Examples
    --------
    >>> import xarray
    >>> [one.label for one in tracks(xarray.Dataset(coords={"scenario": ["single", "double"]}))]
    ['single', 'double']
    """
    names = [str(name) for name in ds["scenario"].values]
    labels = ds["scenario_label"] if "scenario_label" in ds.coords else ds["scenario"]
    protocols = json.loads(labels.attrs.get("protocols", "{}"))
    step = min(STEP, SPREAD / max(len(names) - 1, 1))
    found = []
    for place, (name, colour) in enumerate(zip(names, scenario_colours(len(names)), strict=True)):
        run = ds.isel(scenario=place)
        if "depth" in run:
            run = run.isel(time=run["depth"].notnull().values)  # later than its own end there is nothing
        protocol = protocols.get(name, {})
        given = [dose for treatment in doses(run.assign_attrs(protocol=json.dumps(protocol))) for dose in treatment]
        compounds = tuple(dict.fromkeys(str(dose["compound"]) for dose in protocol.get("doses", [])))
        width = THIN + step * (len(names) - 1 - place)
        found.append(Track(name, str(labels.values[place]), colour, width, run, given, compounds))
    return found


def entries(shown: Sequence[Track]) -> list["Artist"]:
    """Make the handles that say which colour is which scenario.

    Parameters
    ----------
    shown : sequence of Track

    Returns
    -------
    list of matplotlib.artist.Artist
        With labels, for ``legend(handles=...)``.

    Examples
    --------
    >>> import xarray
    >>> one = Track("A", "LSD 100 ug", "black", 1.0, xarray.Dataset(), [], ("lsd",))
    >>> entries([one])[0].get_label()
    'A: LSD 100 ug'
    """
    from matplotlib.lines import Line2D

    said = {one.name: one.name if one.label == one.name else f"{one.name}: {one.label}" for one in shown}
    return [Line2D([], [], color=one.colour, linewidth=2.5, label=said[one.name]) for one in shown]


def draw_concentrations(axes: "Axes", shown: Sequence[Track], limit: float, scale: float = HOURS_PER_DAY) -> None:
    """Draw effect sites on a logarithmic axis, where a half-life is a slope; thin line: metabolite.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    shown : sequence of Track
    limit : float
        End of the time axis [h].
    scale : float
        Hours per unit of the time axis.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> run = xarray.Dataset({"lsd_effect": ("time", [0.0, 5.0], {"units": "nM"})}, {"time": [0.0, 1.0]})
    >>> draw_concentrations(axes, [Track("A", "", "black", 1.0, run, [], ("lsd",))], 48.0)
    >>> axes.get_yscale(), axes.get_ylabel()
    ('log', 'Effect site\\n(nM)')
    """
    highest, unit = 0.0, "nM"
    for one in shown:
        run = _early(one.run, limit)
        for name in effect_sites(run):
            if run[name].notnull().any():
                width = 0.5 * THIN if "metabolite" in name else one.width
                axes.plot(run["time"].values / scale, run[name].values, color=one.colour, linewidth=width)
                shade(axes, run, name, one.colour, scale, floor=1e-9)
                highest, unit = max(highest, float(run[name].max())), printed_unit(run, name)
    axes.set_ylabel(f"Effect site\n({unit})")
    if highest > 0.0:
        axes.set_yscale("log", nonpositive="mask")
        axes.set_ylim(highest * 10.0**-DECADES, highest * 3.0)


def draw_stage(
    axes: "Axes",
    shown: Sequence[Track],
    label: str,
    names: Mapping[str, str],
    limit: float,
    scale: float = HOURS_PER_DAY,
) -> None:
    """Draw the variables of one stage, the colour by scenario, the dashes by variable.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    shown : sequence of Track
    label : str
        Of the axis; ``{calcium}`` in it becomes the unit of calcium.
    names : mapping of str to str
        Variables, and what the key calls them.
    limit : float
        End of the time axis [h].
    scale : float
        Hours per unit of the time axis.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> run = xarray.Dataset({"r_g": ("time", [0.0, 0.5])}, {"time": [0.0, 1.0]})
    >>> draw_stage(axes, [Track("A", "", "black", 1.0, run, [], ("lsd",))], "Drive", {"r_g": "Gq", "r_glu": ""}, 48.0)
    >>> len(axes.get_lines())
    1
    """
    from matplotlib.lines import Line2D

    for one in shown:
        run = _early(one.run, limit)
        for name, dashes in zip(names, DASHES, strict=False):
            if name in run:
                style: dict[str, Any] = {"color": one.colour, "linewidth": one.width, "linestyle": dashes}
                axes.plot(run["time"].values / scale, run[name].values, **style)
                shade(axes, run, name, one.colour, scale)
    first = shown[0].run
    axes.set_ylabel(label.format(calcium=printed_unit(first, "calcium") if "calcium" in first else ""))
    if len(names) > 1:
        style = {"color": GREY, "linewidth": THIN}
        handles = [
            Line2D([], [], linestyle=dashes, label=text, **style)
            for text, dashes in zip(names.values(), DASHES, strict=False)
        ]
        above: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": len(handles)}
        axes.legend(handles=handles, fontsize=6, handlelength=2.2, columnspacing=1.0, borderaxespad=0.0, **above)


def draw_threshold(axes: "Axes", shown: Sequence[Track], levels: tuple[float, float], limit: float) -> None:
    """Draw theta / theta_rest over days with the band between closing and opening level.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    shown : sequence of Track
    levels : tuple of float
        At which the window opens and closes.
    limit : float
        End of the time axis [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> run = xarray.Dataset({"depth": ("time", [0.0, 0.2])}, {"time": [0.0, 1.0]})
    >>> draw_threshold(axes, [Track("A", "", "black", 1.0, run, [], ("lsd",))], (0.9, 0.92), 48.0)
    >>> [float(value) for value in axes.get_lines()[0].get_ydata()]
    [1.0, 0.8]
    """
    opening, closing = levels
    axes.axhspan(opening, closing, color=PALE, linewidth=0.0, zorder=0)
    for one in shown:
        run = _early(one.run, limit)
        axes.plot(run["time"].values / HOURS_PER_DAY, 1.0 - run["depth"].values, color=one.colour, linewidth=one.width)
        shade(axes, run, "depth", one.colour, HOURS_PER_DAY, complement=True)
    axes.set_ylabel("LTP threshold\n" + r"($\theta/\theta_{\mathrm{rest}}$)")
    beside: dict[str, Any] = {"textcoords": "offset points", "size": 6, "annotation_clip": False}
    axes.annotate(f"closes {closing:.2f}", (1.0, closing), (3, 0), ("axes fraction", "data"), va="bottom", **beside)
    axes.annotate(f"opens {opening:.2f}", (1.0, opening), (3, 0), ("axes fraction", "data"), va="top", **beside)


def seen_of(shown: Sequence[Track], observed: "xarray.Dataset") -> "xarray.Dataset":
    """Choose the published windows of the compounds that scenarios give.

    Parameters
    ----------
    shown : sequence of Track
    observed : xarray.Dataset
        As ``data.load("critical_period_windows")`` gives it.

    Returns
    -------
    xarray.Dataset
        Its rows, in their own order.

    Examples
    --------
    >>> import xarray
    >>> from plasticity import data
    >>> seen = data.load("critical_period_windows")
    >>> seen_of([Track("A", "", "black", 1.0, xarray.Dataset(), [], ("lsd",))], seen).sizes["row"]
    1
    """
    given = {compound for one in shown for compound in one.compounds}
    return observed.isel(row=[str(name) in given for name in observed["compound"].values])


def draw_lanes(axes: "Axes", shown: Sequence[Track], seen: "xarray.Dataset", limit: float) -> None:
    """Draw windows as bars, a row per scenario with a triangle at each dose, and published days below them.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    shown : sequence of Track
    seen : xarray.Dataset
        From `seen_of`.
    limit : float
        End of the time axis [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> from plasticity import data
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> numbers = {"t_open": 8.0, "t_close": 420.0, "censored_left": 0.0, "censored_right": 0.0}
    >>> run = xarray.Dataset({name: ("window", [one]) for name, one in numbers.items()})
    >>> one = Track("A", "", "black", 1.0, run, [(0.0, "psilocybin 25 mg")], ("psilocybin",))
    >>> draw_lanes(axes, [one], seen_of([one], data.load("critical_period_windows")), 672.0)
    >>> [text.get_text() for text in axes.get_yticklabels()]
    ['A', 'Psilocybin, mice']
    """
    days = limit / HOURS_PER_DAY
    for row, one in enumerate(shown):
        draw_model(axes, one.run, one.colour, row, days)
        times = [time / HOURS_PER_DAY for time, _ in one.doses if time <= limit]
        if times:
            axes.plot(times, [row - 0.3] * len(times), "v", color=GREY, markersize=3.2, clip_on=False, zorder=6)
    names = [str(name) for name in seen["compound"].values]
    for place, name in enumerate(names):
        draw_published(axes, seen, name, len(shown) + place, days)
    labels = [*(one.name for one in shown), *(f"{pen(name).name}, mice" for name in names)]
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(labels) - 0.4, -0.65)
    axes.spines["left"].set_visible(False)
    beside: dict[str, Any] = {"xytext": (5, 0), "xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
    axes.annotate("closes (d)", (1.0, -0.6), va="bottom", size=6, **beside)


def _early(run: "xarray.Dataset", limit: float) -> "xarray.Dataset":
    """Cut a run at the end of the time axis, so that a vertical axis is not stretched by what is not shown."""
    return run.isel(time=run["time"].values <= limit)
