"""Accounts of memory against published findings: what each says of every row, calibration and hold-out apart."""

from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.figures.bands import edges, told
from plasticity.figures.pens import GREY, PALE
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, key, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AGREES, DIFFERS = "#0072B2", "#D55E00"
ROW_MM = 4.6
SPREAD: dict[str, Any] = {"color": GREY, "linewidth": 2.4, "alpha": 0.35, "solid_capstyle": "butt", "zorder": 0.5}
PARTS = {"calibration": "the constants were chosen for these", "holdout": "not looked at for that"}
SEEN = "calibration here"
WORDS = {"calibration": "calibration", "holdout": "hold-out"}
SAID = {
    "extinction": "reminder, extinction {gap} later",
    "protein_synthesis_block": "reminder, block {gap} later",
    "block_after_short": "short re-exposure, block at once",
    "block_after_long": "long re-exposure, block at once",
    "block_after_expected": "expected outcome, block at once",
    "reexposure_short": "short re-exposure",
    "reexposure_long": "long re-exposure",
}


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw fear a day and 30 days after every procedure, by every account.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study whose section `validation` names accounts: `fear_soon`, `fear_late`, `agrees` along `account` and
        `row`, and `role`; `source`, `procedure`, `gap` [h] and `finding` along `row`; `fear_before` along `account`.
        Where present, `fear_late_interval` and `count_interval` along `quantile` too.
    """
    both = dict.fromkeys(("fear_soon", "fear_late", "agrees", "role"), ("account", "row"))
    published = dict.fromkeys(("source", "procedure", "gap", "finding"), ("row",))
    require(ds, {**both, **published, "fear_before": ("account",)})
    chosen = (ds["role"] == "calibration").all("account").values
    order = [*np.flatnonzero(chosen), *np.flatnonzero(~chosen)]
    ds = ds.isel(row=order)
    split = int(chosen.sum())
    places = [i if i < split else i + 1.0 for i in range(len(order))]
    figure = sheet(PAGE_MM, ROW_MM * (len(order) + 2) + 26.0)
    height = ROW_MM * (len(order) + 2)
    upper, below = np.ravel(np.asarray(figure.subfigures(2, height_ratios=(height + 16.0, 10.0))))
    panels = np.atleast_1d(upper.subplots(1, ds.sizes["account"], sharey=True))
    for axes, account in zip(panels, ds["account"].values, strict=True):
        _panel(axes, ds.sel(account=account), places, split)
    panels[0].set_yticks(places, [_words(ds.isel(row=i)) for i in range(len(order))], size=5.5)
    pen: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "size": 5.5, "color": GREY, "style": "italic"}
    for (role, meaning), at in zip(PARTS.items(), (-1.0, split), strict=True):
        panels[0].annotate(f"{WORDS[role]}: {meaning}", (-0.02, at), ha="right", va="center", **pen)
    key(below.subplots(), _entries("fear_late_interval" in ds), 4)
    return figure


def _panel(axes: "Axes", one: "xarray.Dataset", places: list[float], split: int) -> None:
    before = float(one["fear_before"])
    axes.axvline(before, color=PALE, linewidth=1.0, zorder=0)
    for place, at in enumerate(places):
        row = one.isel(row=place)
        colour = AGREES if bool(row["agrees"]) else DIFFERS
        soon, late = float(row["fear_soon"]), float(row["fear_late"])
        if "fear_late_interval" in row:
            axes.plot([float(end) for end in edges(row["fear_late_interval"])], [at, at], **SPREAD)
        axes.plot([soon, late], [at, at], color=colour, linewidth=0.8)
        axes.plot(soon, at, "o", color=colour, markerfacecolor="white", markersize=3.2)
        axes.plot(late, at, "o" if bool(row["agrees"]) else "X", color=colour, markersize=3.6)
        if place >= split and row["role"] == "calibration":
            axes.text(0.02, at, SEEN, size=5.5, color=GREY, style="italic", va="center")
    axes.set_xlim(0.0, 1.05 * max(before, 0.95))
    axes.set_ylim(places[-1] + 0.7, -1.6)
    axes.set_xticks([0.0, 0.5, before], ["0", "0.5", f"{before:g}"])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Expressed fear")
    counted = [
        f"{WORDS[role]} {int(of['agrees'].sum())} of {of.sizes['row']}{_counted(one, role)}"
        for role in PARTS
        for of in [one.isel(row=one["role"].values == role)]
    ]
    axes.set_title("\n".join([f"{str(one['account'].values).replace('_', ' ')}", *counted]), size=6.5)


def _counted(one: "xarray.Dataset", role: str) -> str:
    """Say how many findings a draw gives; nothing where nothing was drawn."""
    if "count_interval" not in one:
        return ""
    return " ({:.0f}–{:.0f})".format(*map(float, edges(one["count_interval"].sel(part=role))))


def _words(row: "xarray.Dataset") -> str:
    gap, source = float(row["gap"]), str(row["source"].values)
    said = f"{gap:.3g} h" if gap >= 1.0 else f"{60.0 * gap:.3g} min" if gap > 0.0 else "at once"
    what = SAID.get(str(row["procedure"].values), str(row["procedure"].values)).format(gap=said)
    what = what.replace("at once later", "at once")
    return f"{source[:-4]} {source[-4:]}: {what}: {row['finding'].values}"


def _entries(drawn: bool) -> list[Any]:
    from matplotlib.lines import Line2D

    pen: dict[str, Any] = {"linestyle": "none", "markersize": 3.6}
    return [
        Line2D([], [], marker="o", color=GREY, markerfacecolor="white", label="a day after", **pen),
        Line2D([], [], marker="o", color=AGREES, label="30 days after; as published", **pen),
        Line2D([], [], marker="X", color=DIFFERS, label="30 days after; not as published", **pen),
        Line2D([], [], color=PALE, linewidth=1.0, label="before"),
        *([Line2D([], [], label="30 days after, 5 to 95 % of draws", **SPREAD)] if drawn else []),
    ]


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself.

    Examples
    --------
    >>> import xarray
    >>> both = ("account", "row")
    >>> cells = {"agrees": (both, [[True, False]]), "role": (both, [["holdout", "calibration"]])}
    >>> caption(xarray.Dataset(cells, {"account": ["dominance"]}))[1]
    'dominance: 0 of 1 calibration rows and 1 of 1 hold-out rows as published.'
    """
    counted = []
    for account in ds["account"].values:
        one = ds.sel(account=account)
        right, own = one["agrees"].values, one["role"].values
        of = [f"{right[own == role].sum()} of {(own == role).sum()} {WORDS[role]} rows" for role in PARTS]
        counted.append(f"{str(account).replace('_', ' ')}: {' and '.join(of)} as published.")
    return [
        "Accounts of memory against findings.",
        "  ".join(counted),
        "Each row names the source, the procedure and what became of the fear; open symbols: a day after the",
        "procedure, filled: 30 days after. A finding is a sign and no size; the rows of Golkar et al. 2012 and",
        f"Schiller et al. 2010 contradict each other. Where a panel says {SEEN!r}, the account was made after the",
        "failure of another at that row was known. Gaps are recalled unless the abstract has them.",
        told(ds, "and in brackets the number of findings that a draw gives", "Pale lines"),
    ]
