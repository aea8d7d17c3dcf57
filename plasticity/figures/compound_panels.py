"""Panels with one line per compound: drug, receptor drive, permissiveness, threshold, or any other curve."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import shade
from plasticity.figures.pens import PALE, pen, pens
from plasticity.figures.reading import HOURS_PER_DAY, printed_unit
from plasticity.figures.runs import levels, windows

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

DECADES = 4.5
"""Decades of concentration shown below the highest one."""
TIGHT: dict[str, Any] = {"textcoords": "offset points", "size": 6, "annotation_clip": False}


def draw_curves(axes: "Axes", ds: "xarray.Dataset", name: str, label: str, scale: float = 1.0, **style: Any) -> None:
    """Draw one variable, a line per compound in its own colour and dashes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        With the variable along `compound` and `time` [h].
    name, label : str
        Variable, and what the axis is called.
    scale : float
        Hours per unit of the time axis.
    **style
        Passed on to the lines.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> run = xarray.Dataset({"r_g": (("compound", "time"), [[0.0, 0.7]])}, {"compound": ["lsd"], "time": [0.0, 1.0]})
    >>> draw_curves(axes, run, "r_g", "Drive")
    >>> axes.get_lines()[0].get_label()
    'LSD'
    """
    for row, ink in enumerate(pens(ds["compound"].values)):
        options = {"color": ink.colour, "linestyle": ink.dashes, "label": ink.name} | style
        axes.plot(ds["time"].values / scale, ds[name].isel(compound=row).values, **options)
    axes.set_ylabel(label)


def draw_drug(axes: "Axes", ds: "xarray.Dataset") -> None:
    """Draw effect-site concentrations on a logarithmic axis, where a half-life is a slope; thin line: metabolite.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        `effect` [nM], and `metabolite_effect` [nM] where present, along `compound` and `time` [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> courses = {name: (("compound", "time"), [course]) for name, course in
    ...            {"effect": [0.0, 5.0]}.items()}
    >>> run = xarray.Dataset(courses, {"compound": ["lsd"], "time": [0.0, 1.0]})
    >>> draw_drug(axes, run)
    >>> axes.get_yscale()
    'log'
    """
    import numpy

    label = f"Effect site\n({printed_unit(ds, 'effect')})"
    draw_curves(axes, ds, "effect", label)
    highest = float(ds["effect"].max())
    if "metabolite_effect" in ds:
        metabolite = ds["metabolite_effect"].fillna(0.0)
        draw_curves(axes, ds, "metabolite_effect", label, linewidth=0.6)
        highest = max(highest, float(metabolite.max()))
        for row in numpy.flatnonzero((metabolite.max("time") > 0.0).values):
            colour = pens(ds["compound"].values)[row].colour
            course = metabolite.isel(compound=row).values
            peak = int(course.argmax())
            at = (float(ds["time"][peak]), float(course[peak]))
            axes.annotate("metabolite", at, (12, 2), va="bottom", color=colour, **TIGHT)
    if highest > 0.0:
        axes.set_yscale("log", nonpositive="mask")
        axes.set_ylim(highest * 10.0**-DECADES, highest * 6.0)


def draw_drive(axes: "Axes", ds: "xarray.Dataset") -> None:
    """Draw for each compound the larger of its two drives, Gq or glutamate, and say which it is.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        `r_g` and `r_glu` along `compound` and `time` [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> courses = {name: (("compound", "time"), [course]) for name, course in
    ...            {"r_g": [0.0, 0.7], "r_glu": [0.0, 0.1]}.items()}
    >>> run = xarray.Dataset(courses, {"compound": ["lsd"], "time": [0.0, 1.0]})
    >>> draw_drive(axes, run)
    >>> float(axes.get_lines()[0].get_ydata()[-1])
    0.7
    """
    glutamate = leading_glutamate(ds)
    larger = ds["r_g"].where(~ds["compound"].isin(glutamate), ds["r_glu"])
    draw_curves(axes, ds.assign(larger_drive=larger), "larger_drive", "Receptor drive\n(fraction)")
    axes.set_ylim(0.0, 1.0)
    if glutamate:
        shown = ", ".join(pen(name).name for name in glutamate)
        text = rf"$r_{{\mathrm{{glu}}}}$: {shown}" + "\n" + r"$r_{\mathrm{g}}$: the others"
        axes.text(0.98, 0.98, text, transform=axes.transAxes, ha="right", va="top", size=6)


def leading_glutamate(ds: "xarray.Dataset") -> list[str]:
    """List the compounds whose glutamate drive `r_glu` exceeds their Gq drive `r_g`.

    Parameters
    ----------
    ds : xarray.Dataset
        `r_g` and `r_glu` along `compound` and `time`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import xarray
    >>> drives = {"r_g": (("compound", "time"), [[0.0], [0.7]]), "r_glu": (("compound", "time"), [[0.6], [0.1]])}
    >>> leading_glutamate(xarray.Dataset(drives, {"compound": ["ketamine", "lsd"]}))
    ['ketamine']
    """
    larger = (ds["r_glu"].max("time") > ds["r_g"].max("time")).values
    return [str(name) for name, is_larger in zip(ds["compound"].values, larger, strict=True) if is_larger]


def draw_permissiveness(axes: "Axes", ds: "xarray.Dataset") -> None:
    """Draw permissiveness over days on a logarithmic axis, where first-order closure is a straight line.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        `permissiveness` along `compound` and `time` [h].

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> courses = {name: (("compound", "time"), [course]) for name, course in
    ...            {"permissiveness": [0.0, 6.0]}.items()}
    >>> run = xarray.Dataset(courses, {"compound": ["lsd"], "time": [0.0, 1.0]})
    >>> draw_permissiveness(axes, run)
    >>> axes.get_yscale()
    'log'
    """
    draw_curves(axes, ds, "permissiveness", "Permissiveness\n(half-effect level = 1)", HOURS_PER_DAY)
    highest = float(ds["permissiveness"].max())
    if highest > 0.0:
        axes.set_yscale("log", nonpositive="mask")
        axes.set_ylim(highest / 1000.0, highest * 2.0)


def draw_threshold(axes: "Axes", ds: "xarray.Dataset", slow: bool = False) -> None:
    """Draw theta / theta_rest with the band between closing and opening level.

    Over hours it marks where windows open, over days (`slow`) where they close.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    ds : xarray.Dataset
        `depth` along `compound` and `time` [h]; `t_open`, `t_close`, `censored_left`, `censored_right` along
        `compound` and `window`.
    slow : bool
        Over days rather than hours.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> courses = {name: (("compound", "time"), [course]) for name, course in
    ...            {"depth": [0.0, 0.2]}.items()}
    >>> run = xarray.Dataset(courses, {"compound": ["lsd"], "time": [0.0, 1.0]})
    >>> never = {name: (("compound", "window"), [[float("nan")]]) for name in
    ...          ("t_open", "t_close", "censored_left", "censored_right")}
    >>> draw_threshold(axes, run.assign(never))
    >>> [float(value) for value in axes.get_lines()[0].get_ydata()]
    [1.0, 0.8]
    """
    opening, closing = levels(ds)
    name = r"LTP threshold" + "\n" + r"($\theta/\theta_{\mathrm{rest}}$)"
    axes.axhspan(opening, closing, color=PALE, linewidth=0.0, zorder=0)
    scale = HOURS_PER_DAY if slow else 1.0
    draw_curves(axes, ds.assign(ratio=1.0 - ds["depth"]), "ratio", name, scale)
    for row, ink in enumerate(pens(ds["compound"].values)):
        if slow:
            shade(axes, ds.isel(compound=row), "depth", ink.colour, scale, complement=True)
        style: dict[str, Any] = {"color": ink.colour, "markersize": 3.2, "zorder": 4}
        for opens, closes, from_start, to_end in windows(ds.isel(compound=row)):
            if slow and not to_end:
                axes.plot(closes / HOURS_PER_DAY, closing, "^", **style)
            if not slow and not from_start:
                axes.plot(opens, opening, "v", **style)
    if slow:
        axes.annotate(f"closes {closing:.2f}", (1.0, closing), (3, 0), ("axes fraction", "data"), va="bottom", **TIGHT)
        axes.annotate(f"opens {opening:.2f}", (1.0, opening), (3, 0), ("axes fraction", "data"), va="top", **TIGHT)
