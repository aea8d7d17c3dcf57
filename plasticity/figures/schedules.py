"""Best and naive schedules: where their sessions fall, what they achieve, and how much of it is drug or session."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.bands import edges, fill, told
from plasticity.figures.doses import doses, since
from plasticity.figures.pens import GREY, PALE
from plasticity.figures.reading import HOURS_PER_DAY, require, whole
from plasticity.figures.runs import levels, windows
from plasticity.figures.sheet import PAGE_MM, letter, sheet
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN = "#fdf0d0"
BEST, OTHER = "#009E73", "#0072B2"
NAMES = {"best": "Best found", "daily": "Daily", "weekly": "Weekly", "first_week": "All in a week"}
CAUSES = {"drug": "drug alone", "sessions": "sessions alone", "overlap": "only together", "total": "total"}
MIDDLE = (0.1, 0.5, 0.9)


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw what a search for a schedule found.

    Parameters
    ----------
    ds : xarray.Dataset
        `starts` along `schedule` and `session` [h], `gain` along `schedule` and `draw`, `score` and `regret` along
        `schedule`, `decomposition` along `part` and `draw`; `depth` along `time` and the windows of the best one.
    """
    spans = dict.fromkeys(("t_open", "t_close", "censored_left", "censored_right"), ("window",))
    found = {"starts": ("schedule", "session"), "gain": ("schedule", "draw"), "decomposition": ("part", "draw")}
    along = dict.fromkeys(("score", "regret"), ("schedule",))
    require(ds, {"time": ("time",), "depth": ("time",), **spans, **found, **along})
    figure = sheet(PAGE_MM, 92.0)
    panels = figure.subplot_mosaic("aa;bc", height_ratios=(1.0, 0.9), width_ratios=(1.25, 1.0))
    _draw_times(panels["a"], ds)
    _draw_gains(panels["b"], ds)
    _draw_causes(panels["c"], ds)
    for name, axes in panels.items():
        letter(axes, name)
    return figure


def _draw_times(axes: "Axes", ds: "xarray.Dataset") -> None:
    names = [str(name) for name in ds["schedule"].values]
    for opens, closes, _, _ in windows(ds):
        axes.axvspan(opens / HOURS_PER_DAY, closes / HOURS_PER_DAY, color=OPEN, linewidth=0.0, zorder=-2)
    highest = max(float(ds["depth_band" if "depth_band" in ds else "depth"].max()), 1e-9)
    depth = ds["depth"].values / highest
    rows = len(names)
    axes.plot(ds["time"].values / HOURS_PER_DAY, rows + 0.35 - 0.9 * depth, color="black", label="depth")
    rest = rows + 0.35
    axes.fill_between(ds["time"].values / HOURS_PER_DAY, rest, rest - 0.9 * depth, color=PALE, linewidth=0.0, zorder=-1)
    if "depth_band" in ds:
        low, high = (rest - 0.9 * end.values / highest for end in edges(ds["depth_band"]))
        fill(axes, ds["time"].values / HOURS_PER_DAY, low, high, "black", "-")
    for row, name in enumerate(names):
        at = ds["starts"].sel(schedule=name).values / HOURS_PER_DAY
        axes.axhline(row, color=PALE, linewidth=0.6, zorder=-1)
        axes.plot(at, [row] * len(at), "s", markersize=4.5, color=BEST if name == "best" else OTHER)
    axes.set_yticks([*range(rows), rows], [*(NAMES.get(name, name) for name in names), "Depth of the\nthreshold"])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rest, -0.6)
    given = [time / HOURS_PER_DAY for treatment in doses(ds) for time, _ in treatment]
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    axes.plot(given, [1.04] * len(given), "v", color="black", markersize=4.5, **above)
    day_axis(axes, whole(ds))
    axes.set_xlabel(f"Time after {since(ds)} (d); squares: sessions; shaded: window open with the best schedule")


def _draw_gains(axes: "Axes", ds: "xarray.Dataset") -> None:
    names = [str(name) for name in ds["schedule"].values]
    low, middle, high = ds["gain"].quantile(MIDDLE, "draw").values
    for row, name in enumerate(names):
        colour = BEST if name == "best" else OTHER
        axes.plot([low[row], high[row]], [row, row], color=colour, linewidth=1.4)
        axes.plot(middle[row], row, "o", color=colour, markersize=4)
        axes.plot(float(ds["score"].sel(schedule=name)), row, "|", color=colour, markersize=9, markeredgewidth=1.4)
        regret = float(ds["regret"].sel(schedule=name))
        share = regret / max(float(ds["score"].sel(schedule="best")), 1e-9)
        told = "" if name == "best" else f"regret {100.0 * share:.0f} %"
        axes.annotate(told, (1.0, row), (3, 0), ("axes fraction", "data"), "offset points", va="center", size=6)
    axes.set_yticks(range(len(names)), [NAMES.get(name, name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(left=min(0.0, float(low.min())))
    axes.set_xlabel(str(ds["gain"].attrs.get("long_name", "Gain")))


def _draw_causes(axes: "Axes", ds: "xarray.Dataset") -> None:
    parts = [str(part) for part in ds["part"].values]
    low, middle, high = ds["decomposition"].quantile(MIDDLE, "draw").values
    axes.barh(range(len(parts)), middle, 0.55, color=[GREY if part == "total" else PALE for part in parts])
    for row in range(len(parts)):
        axes.plot([low[row], high[row]], [row, row], color="black", linewidth=0.8)
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.set_yticks(range(len(parts)), [CAUSES.get(part, part) for part in parts])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.set_xlabel("Part of it, best schedule")


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    opening, closing = levels(ds)
    quantile, tried = ds.attrs.get("schedule_quantile", 0.1), ds.attrs.get("schedule_tried", 0)
    return [
        "Best and naive schedules: (a) when their sessions start, each naive one moved to the next start that the",
        "constraints allow, over the depth of the threshold",
        f"(window open from depth {1.0 - opening:.2g} until its return to {1.0 - closing:.2g});",
        "(b) what they achieve: median (dot) and middle 80 % (line) over fresh draws of all uncertain numbers;",
        f"stroke: the {quantile:g} quantile, which the search maximised, and what others lose of it (regret);",
        "(c) two by two factorial of the best schedule over drug and sessions, median and middle 80 % of the",
        "same draws.",
        told(ds, marks="Thin lines in (a)"),
        f"{tried} schedules tried by {ds.attrs.get('schedule_method', 'search')}." if tried else "",
    ]
