"""How much the window differs between virtual subjects, and what makes it differ."""

from textwrap import fill
from typing import TYPE_CHECKING, Any

from plasticity.figures.maps import days
from plasticity.figures.pens import GREY, pens
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, letter, sheet

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHANCE = 3.0
FEW = 8
"""Subjects with a window below which no distribution is drawn."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the distribution of the time that the window is open, by compound, and the ranks it goes with.

    Parameters
    ----------
    ds : xarray.Dataset
        `total_open_time` [h], `number_of_windows`, `censored` and `status` along `compound` and `subject`; what was
        drawn for every subject stands in the coordinates along `subject` (``lsd.clearance``, ``body_weight``).
    """
    wanted = ("total_open_time", "number_of_windows", "censored", "status")
    require(ds, dict.fromkeys(wanted, ("compound", "subject")))
    ds = ds.load().transpose("compound", "subject")
    names = [str(name) for name in ds["compound"].values]
    length = days(ds, "total_open_time")
    inks = pens(names)
    figure = sheet(PAGE_MM, 22.0 * len(names) + 24.0)
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1.0])
    for row, ink in enumerate(inks):
        one = ds.isel(compound=row)
        values = length.isel(compound=row).where(one["number_of_windows"] > 0).dropna("subject").values
        _distribution(left, values, row, ink.colour)
        left.annotate(_counts(one), (0.0, row + 0.34), (3, 0), ("axes fraction", "data"), "offset points",
                      va="center", size=5.5, color=GREY)  # fmt: skip
    left.set_yticks(range(len(names)), [ink.name for ink in inks])
    left.set_ylim(len(names) - 0.45, -0.75)
    left.set_xlim(left=0.0)
    left.tick_params(axis="y", length=0)
    left.set_xlabel("Window open in total (d), of the subjects in whom it opens")
    _drivers(right, ds, length, [(name, ink.colour) for name, ink in zip(names, inks, strict=True)])
    letter(left, "a")
    letter(right, "b")
    return figure


def _distribution(axes: "Axes", values: "numpy.ndarray", row: int, colour: str) -> None:
    """A histogram standing on its row, and below it the quantiles."""
    import numpy

    if values.size < FEW:
        axes.plot(values, numpy.full(values.size, row), "|", color=colour)
        return
    counts, edges = numpy.histogram(values, bins=min(60, max(8, values.size // 20)))
    axes.stairs(row - 0.6 * counts / counts.max(), edges, baseline=row, fill=True, color=colour, alpha=0.55)
    low, quarter, middle, upper, high = (float(q) for q in numpy.quantile(values, QUANTILES))
    below = row + 0.12
    axes.plot([low, high], [below, below], color=colour, linewidth=0.9)
    axes.plot([quarter, upper], [below, below], color=colour, linewidth=3.2, solid_capstyle="butt")
    axes.plot(middle, below, "o", color="white", markeredgecolor=colour, markersize=4)
    axes.annotate(f"{middle:.1f} ({low:.1f} to {high:.1f}) d", (high, below), (5, 0), textcoords="offset points",
                  va="center", size=6)  # fmt: skip


def _counts(one: "xarray.Dataset") -> str:
    """Say how many subjects have no window, one that is still open at the end, or failed."""
    good = one["status"] >= 0
    n = int(good.sum())
    never, late = int((good & (one["number_of_windows"] == 0)).sum()), int((good & (one["censored"] > 0)).sum())
    told = [f"{n:,} subjects", f"no window in {never:,}" if never else "a window in all"]
    told += [f"still open at the end in {late:,}"] if late else []
    told += [f"{int((~good).sum()):,} failed, left out"] if not bool(good.all()) else []
    return ", ".join(told)


def _drivers(axes: "Axes", ds: "xarray.Dataset", length: "xarray.DataArray", inks: list[tuple[str, str]]) -> None:
    """Bars of Spearman's rank correlation of the time open with everything that differs between subjects."""
    labels: list[str] = []
    spots: list[float] = []
    spot = 0.0
    for name, colour in inks:
        values = length.sel(compound=name)
        good = values.notnull().values
        for label, drawn in _drawn(ds, name):
            share = _spearman(values.values[good], drawn[good])
            axes.barh(spot, share, height=0.7, color=colour, alpha=0.8)
            axes.annotate(_shown(share, int(good.sum())), (share, spot), (3 if share >= 0.0 else -3, 0),
                          textcoords="offset points", ha="left" if share >= 0.0 else "right", va="center",
                          size=5.5)  # fmt: skip
            labels.append(fill(label, 20))
            spots.append(spot)
            spot += 1.0
        spot += 0.6
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.set_yticks(spots, labels)
    axes.set_ylim(spot - 0.9, -0.7)
    axes.set_xlim(-1.4, 1.4)
    axes.set_xticks([-1.0, -0.5, 0.0, 0.5, 1.0])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Rank correlation with the time open")


def _shown(share: float, n: int) -> str:
    """Write a correlation; one within three standard errors of none (1 over the root of n) is told as such."""
    return f"{share:+.2f}" if abs(share) * max(n, 1) ** 0.5 > CHANCE else "none seen"


def _drawn(ds: "xarray.Dataset", compound: str) -> "list[tuple[str, numpy.ndarray]]":
    """What differs between subjects and concerns a compound, with its printed name."""
    found: list[tuple[str, Any]] = []
    for name, values in ds.coords.items():
        head, dot, _ = str(name).rpartition(".")
        if values.dims == ("subject",) and str(name) != "subject" and (not dot or head == compound):
            label = str(values.attrs.get("long_name", name)).removesuffix(f", {compound}")
            found.append((label, values.values))
    return found


def _spearman(one: "numpy.ndarray", other: "numpy.ndarray") -> float:
    """Rank correlation, with 0 where nothing varies."""
    import numpy
    from scipy.stats import spearmanr

    if one.size < FEW or numpy.ptp(one) == 0.0 or numpy.ptp(other) == 0.0:
        return 0.0
    return float(spearmanr(one, other).statistic)


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "(a) Distribution of the total time that the window is open over virtual subjects in whom it opens: median",
        "(circle), quartiles (thick), 5 to 95 % (thin; numbers in brackets). Subjects without a window are counted",
        "in the text; where it was still open when the simulation ended, the time is a lower bound. (b) Spearman's",
        "rank correlation of the time open (0 without a window) with what was drawn for each subject; quantities",
        "that are correlated with each other share it. Only kinetics and body weight differ between subjects, and",
        "only as far as the compound's studies report.",
    ]
