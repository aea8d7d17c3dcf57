"""How duration and depth of the window grow with the dose, one line per compound."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import curve_band, told
from plasticity.figures.doses import dose_text
from plasticity.figures.maps import STILL_OPEN, days, frame, scale
from plasticity.figures.origin import origin
from plasticity.figures.pens import GREY, pens
from plasticity.figures.reading import require
from plasticity.figures.records import attribute, sentences
from plasticity.figures.sheet import PAGE_MM, finish, key, letter, sheet
from plasticity.figures.style import look

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

KIND = "window_by_dose"
DOSE = "dose.multiple"


def draw(ds: "xarray.Dataset", *, title: str = "", disclaimer: bool = True) -> "Figure":
    """Draw total time open and depth of the window against the dose, as a multiple of the usual one.

    Parameters
    ----------
    ds : xarray.Dataset
        `total_open_time` [h], `number_of_windows`, `censored`, `max_depth` and `status` along `compound` and
        `dose.multiple`.
    title : str
        Printed on top where given.
    disclaimer : bool
        Print what the figure is not.

    Returns
    -------
    matplotlib.figure.Figure
        Two journal columns wide.

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
    plasticity.errors.InputError: figure window_by_dose: total_open_time has dimensions dose; needed: compound, ...
    """
    from matplotlib.lines import Line2D

    wanted = ("total_open_time", "number_of_windows", "censored", "max_depth", "status")
    require(ds, KIND, dict.fromkeys(wanted, ("compound", DOSE)))
    ds = ds.load()
    across = scale(ds, DOSE)
    open_ = (ds["number_of_windows"] > 0) & (ds["status"] >= 0)
    length, depth = days(ds, "total_open_time").where(open_), ds["max_depth"].where(open_)
    late = open_ & (ds["censored"] > 0)
    names = [str(name) for name in ds["compound"].values]
    usual = _usual(ds, names)
    with look():
        figure = sheet(PAGE_MM, 78.0)
        panels = figure.subplot_mosaic([["a", "b"], ["key", "key"]], height_ratios=[1.0, 0.2])
        handles: list[Any] = []
        for row, (compound, ink) in enumerate(zip(names, pens(names), strict=True)):
            line: Any = {"color": ink.colour, "linestyle": ink.dashes, "clip_on": False}
            for panel, values, name in (("a", length, "total_open_time"), ("b", depth, "max_depth")):
                drawn, axes = values.isel(compound=row).values, panels[panel]
                axes.plot(across.values, drawn, **line)
                curve_band(axes, ds.isel(compound=row), name, across.values, ink.colour, 24.0 if panel == "a" else 1.0)
                first = int(open_.isel(compound=row).values.argmax())
                if bool(open_.isel(compound=row)[first]):
                    axes.plot(across.values[first], drawn[first], "o", color=ink.colour, markersize=3)
            marked = length.isel(compound=row).where(late.isel(compound=row)).values
            panels["a"].plot(across.values, marked, "^", color=ink.colour, markersize=2.5, markerfacecolor="white")
            label = f"{ink.name}, usual dose {usual[compound]}" if compound in usual else ink.name
            handles.append(Line2D([], [], **line, label=label))
        handles.append(Line2D([], [], color=GREY, marker="o", linestyle="none", markersize=3,
                              label="Smallest dose of the sweep that opens a window"))  # fmt: skip
        if bool(late.any()):
            handles.append(Line2D([], [], color=GREY, marker="^", markerfacecolor="white", linestyle="none",
                                  markersize=3, label=STILL_OPEN))  # fmt: skip
        failed = int((ds["status"] < 0).sum())
        if failed:
            handles.append(Line2D([], [], linestyle="none", label=f"Gaps in the lines: {failed} failed points"))
        for panel, label in (("a", "Window open in total (d)"), ("b", "Largest depth of the window")):
            axes = panels[panel]
            frame(axes, across, across)
            axes.set_yscale("linear")
            axes.relim()
            axes.autoscale(axis="y")
            axes.set_ylim(bottom=0.0)
            axes.axvline(1.0, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
            axes.set_xlabel("Dose, as a multiple of the usual one")
            axes.set_ylabel(label)
            letter(axes, panel)
            for side in ("top", "right"):
                axes.spines[side].set_visible(False)
        key(panels["key"], handles, 3)
        return finish(figure, caption(ds), title, disclaimer)


def _usual(ds: "xarray.Dataset", names: list[str]) -> dict[str, str]:
    """Find the dose of every compound that is multiplied, in the sweep's own description."""
    told = attribute(ds, "sweep")
    settings = told.get("settings", []) if isinstance(told, dict) else []
    doses = [one["protocol"]["doses"] for one in settings]
    if len(doses) != len(names) or any(len(given) != 1 for given in doses):
        return {}
    return {name: dose_text(given[0]).split(" ", 1)[1] for name, given in zip(names, doses, strict=True)}


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
    >>> caption(xarray.Dataset())[:16]
    '(a) Total time t'
    """
    return sentences(
        [
            "(a) Total time that the window of raised plasticity is open and (b) its largest depth, against the dose",
            "as a multiple of the usual one (dotted). A line begins (dot) at the smallest dose of the sweep that opens",
            "a window; triangles: still open when the simulation ended, a lower bound.",
            told(ds),
            origin(ds),
        ]
    )
