"""When the window closes over two numbers of the brake, with the days on which mice were seen open and closed."""

from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError
from plasticity.figures.bands import INNER, told
from plasticity.figures.map_bands import BAND, DOTS, lattice, line
from plasticity.figures.maps import COLOURS, Scale, days, frame, left_out, mark, scale, thinned
from plasticity.figures.pens import pens
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.window_bars import ROLES, published

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 8
"""Compounds that have room on a page."""
OPEN: Any = "-"
CLOSED: Any = (0, (3, 1.5))
"""Dashes of the contours."""


def draw(ds: "xarray.Dataset", *, observed: "xarray.Dataset | None" = None) -> "Figure":
    """Draw the closing day over two parameters, a panel per compound, and where all published intervals are met.

    Parameters
    ----------
    ds : xarray.Dataset
        `last_close` [h], `total_open_time` [h], `number_of_windows`, `censored` and `status` along `compound` and two
        dimensions with numbers; the first of these goes across, the second up. Where it has it,
        `last_close_interval` on the lattice that its attribute `uncertainty` names.
    observed : xarray.Dataset, optional
        As ``data.load("critical_period_windows")`` gives it, which is taken if nothing is given.
    """
    from matplotlib.lines import Line2D

    dims = [str(name) for name in ds["last_close"].dims] if "last_close" in ds else []
    if len(dims) != 3 or "compound" not in dims:
        given = f"last_close has dimensions {', '.join(dims) or 'none'}"
        raise InputError(f"{given}; needed: compound and two of numbers")
    if ds.sizes["compound"] > MOST:
        raise InputError(f"{ds.sizes['compound']} compounds; allowed: up to {MOST}")
    wanted = ("last_close", "total_open_time", "number_of_windows", "censored", "status")
    require(ds, dict.fromkeys(wanted, dims))
    sides = [name for name in dims if name != "compound"]
    whole, ds = ds, thinned(ds[list(wanted)]).transpose("compound", sides[1], sides[0])
    across, up = scale(ds, sides[0]), scale(ds, sides[1])
    names = [str(name) for name in ds["compound"].values]
    intervals = _intervals(published() if observed is None else observed)
    day = days(ds, "last_close")
    shown = float(day.max()) if bool(day.notnull().any()) else 1.0
    spread = lattice(whole)
    known = day.where(ds["censored"] == 0, float("inf")).where(ds["number_of_windows"] > 0, 0.0)
    closing = known.where(ds["status"] >= 0).values
    columns = 3 if len(names) < 6 else (len(names) + 2) // 2
    rows = -(-(len(names) + 1) // columns)
    figure = sheet(PAGE_MM, 55.0 * rows + 20.0)
    places = [f"p{i}" for i in range(rows * columns)]
    grid: list[Any] = [places[i * columns : (i + 1) * columns] for i in range(rows)]
    panels = figure.subplot_mosaic([*grid, ["key"] * columns], height_ratios=[*[1.0] * rows, 0.22])
    handles: dict[str, Any] = {}
    mesh: Any = None
    for at, (name, ink) in enumerate(zip(names, pens(names), strict=True)):
        axes, one = panels[places[at]], ds.isel(compound=at)
        mesh = axes.pcolormesh(across.values, up.values, day.isel(compound=at).values, cmap=COLOURS, vmin=0.0,
                               vmax=shown, shading="nearest", rasterized=True)  # fmt: skip
        frame(axes, across, up)
        late = one["censored"].values > 0
        if late.any():
            axes.pcolormesh(across.values, up.values, _where(late, shown), cmap=COLOURS, vmin=0.0, vmax=shown,
                            shading="nearest", rasterized=True)  # fmt: skip
        handles |= {str(artist.get_label()): artist for artist in mark(axes, across, up, one)}
        opened, closed, role = intervals.get(name, (None, None, ""))
        _contour(axes, across, up, closing[at], opened, OPEN)
        _contour(axes, across, up, closing[at], closed, CLOSED)
        if spread is not None:
            _reach(axes, spread.isel(compound=at).transpose(sides[1], sides[0], ...), opened, closed)
        seen = f"seen open on day {opened:g}" if opened is not None else "nothing published"
        seen += f", closed on {closed:g}" if closed is not None else ", never closed" if opened is not None else ""
        axes.set_title(f"{ink.name} ({role})\n{seen}" if role else f"{ink.name}\n{seen}", size=6.5)
    rest = panels[places[len(names)]]
    met = _met(closing, names, intervals)
    counted = sum(name in intervals for name in names)
    table = rest.pcolormesh(across.values, up.values, met, cmap=_steps(counted), vmin=-0.5, vmax=counted + 0.5,
                            shading="nearest", rasterized=True)  # fmt: skip
    frame(rest, across, up)
    rest.set_title("Published intervals that are met\n(of as many compounds)", size=6.5)
    bars = [(mesh, [panels[place] for place in places[: min(columns, len(names))]], "Window closes (d)")]
    for drawn, beside, label in [*bars, (table, [rest], "Intervals met")]:
        bar = figure.colorbar(drawn, ax=beside, pad=0.01, aspect=20)
        bar.set_label(label)
        bar.outline.set_linewidth(0.5)
    bar.set_ticks(range(counted + 1))
    for at, place in enumerate(places):
        axes = panels[place]
        if at > len(names):
            axes.axis("off")
            continue
        letter(axes, "abcdefghi"[at])
        axes.set_xlabel(across.label)
        axes.set_ylabel(up.label if at % columns == 0 else "")
        if across.default is not None and up.default is not None:
            axes.plot(across.default, up.default, "o", color="white", markeredgecolor="black", markersize=4)
    lines = [
        Line2D([], [], color="black", linestyle=OPEN, label="Closes on the last day seen open"),
        Line2D([], [], color="black", linestyle=CLOSED, label="Closes on the first day seen closed"),
        Line2D([], [], color="white", markeredgecolor="black", marker="o", linestyle="none", markersize=4,
               label="Default numbers of the brake"),
    ]  # fmt: skip
    if spread is not None:
        lines.append(Line2D([], [], color=BAND, linestyle=DOTS, label="The same in one draw of twenty"))
    key(panels["key"], [*lines, *handles.values()], 3)
    return figure


Interval = tuple[float | None, float | None, str]


def _intervals(observed: "xarray.Dataset") -> dict[str, Interval]:
    """Last day seen open and first day seen closed, with what the row was used for, by compound."""
    found: dict[str, Interval] = {}
    for row in range(observed.sizes["row"]):
        one = observed.isel(row=row)
        opened, closed = (float(one[name]) for name in ("last_open_day", "first_closed_day"))
        role = ROLES.get(str(one["role"].values), "")
        found[str(one["compound"].values)] = (
            opened if opened == opened else None,
            closed if closed == closed else None,
            role,
        )
    return found


def _met(closing: "numpy.ndarray", names: list[str], intervals: dict[str, Interval]) -> "numpy.ndarray":
    """Count the published intervals that a pair of numbers meets; NaN where any of its points failed."""
    import numpy

    total = numpy.zeros(closing.shape[1:])
    for at, name in enumerate(names):
        opened, closed, _ = intervals.get(name, (None, None, ""))
        if opened is None and closed is None:
            continue
        inside = (closing[at] >= (opened or 0.0)) & (closing[at] <= (closed if closed is not None else numpy.inf))
        total += numpy.where(numpy.isnan(closing[at]), numpy.nan, inside)
    return total


def _contour(axes: "Axes", across: Scale, up: Scale, closing: "numpy.ndarray", day: float | None, dashes: Any) -> None:
    """Draw where the window closes on a day; what is open to the end closes later than any day."""
    import numpy

    late = 2.0 * max(float(numpy.nanmax(closing, where=numpy.isfinite(closing), initial=0.0)), day or 0.0)
    values = numpy.where(numpy.isposinf(closing), late, closing)
    if day is not None and numpy.nanmin(values) < day < numpy.nanmax(values):
        for width, colour in ((2.0, "white"), (1.0, "black")):
            axes.contour(across.values, up.values, values, levels=[day], colors=colour, linewidths=width,
                         linestyles=[dashes] if width == 1.0 else "-")  # fmt: skip


def _reach(axes: "Axes", found: "xarray.Dataset", opened: float | None, closed: float | None) -> None:
    """Draw how far from the lines a twentieth of the draws still closes late enough, or early enough."""
    days_ = found["last_close_interval"] / HOURS_PER_DAY
    for day, at in ((opened, 1.0 - INNER), (closed, INNER)):
        if day is not None:
            line(
                axes,
                found,
                days_.sel(quantile=at, method="nearest"),
                day,
                colors=BAND,
                linewidths=1.2,
                linestyles=[DOTS],
            )


def _where(mask: "numpy.ndarray", value: float) -> "numpy.ndarray":
    import numpy

    return numpy.where(mask, value, numpy.nan)


def _steps(count: int) -> Any:
    """As many greys to blue as there are counts, light to dark."""
    from matplotlib import colormaps

    return colormaps["cividis_r"].resampled(count + 1)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Day on which the window of raised plasticity closes, over two numbers of the brake, a panel per compound.",
        "Lines: it closes on the last day on which mice were seen open (solid) or the first on which they were",
        "seen closed (dashed; Nardou et al. 2019, 2023; doses and closing days are recalled); a pair of numbers",
        "between them agrees. Last panel: how many compounds agree. Fitted: the default (dot) was fitted to this",
        "compound; predicted: it was not.",
        told(ds, marks="Dotted lines, 5 and 95 %") if lattice(ds) is not None else "",
        left_out(ds),
    ]
