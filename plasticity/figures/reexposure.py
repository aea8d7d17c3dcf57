"""Fear after re-exposure of seconds to hours, with and without a block of protein synthesis, by accounts of memory."""

import json
from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.bands import curve_band, told
from plasticity.figures.pens import GREY
from plasticity.figures.reading import require
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LENGTH, BLOCK = "extinction.over", "protein_synthesis_block.protein_synthesis"
ACCOUNT = "memory_kernel"
COLOURS = ("#D55E00", "#0072B2", "#009E73", "black")
TICKS = {10.0 / 3600.0: "10 s", 1.0 / 60.0: "1 min", 1.0 / 6.0: "10 min", 1.0: "1 h"}


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw fear at the end of the run over the length of re-exposure.

    Parameters
    ----------
    ds : xarray.Dataset
        `fear_end`, `memory_engram_end` and `status` along `memory_kernel`, the protein synthesis left [1] and
        `extinction.over` [h].
    """
    from matplotlib.lines import Line2D

    dims = (ACCOUNT, BLOCK, LENGTH)
    require(ds, {**dict.fromkeys(("fear_end", "memory_engram_end", "status"), dims), LENGTH: (LENGTH,)})
    wanted = [name for name in ("fear_end", "memory_engram_end", "fear_end_interval") if name in ds]
    good = ds[wanted].where(ds["status"] >= 0).load()
    figure = sheet(PAGE_MM, 70.0)
    upper, below = np.ravel(np.asarray(figure.subfigures(2, height_ratios=(9.0, 1.0))))
    panels = upper.subplots(1, ds.sizes[ACCOUNT], sharey=True, squeeze=False)[0]
    for place, axes in enumerate(panels):
        _panel(axes, good.isel({ACCOUNT: place}), _before(ds))
        axes.set_title(str(ds[ACCOUNT].values[place]).replace("_", " "), size=7)
        letter(axes, "abcdefgh"[place])
    panels[0].set_ylabel("Expressed fear at the end")
    lines = [
        Line2D([], [], color=colour, label="no block" if left == 1.0 else f"protein synthesis {left:g}")
        for colour, left in zip(COLOURS, ds[BLOCK].values, strict=False)
    ]
    thin = Line2D([], [], color=GREY, linewidth=0.8, linestyle=":", label="engram alone, colours as above")
    key(below.subplots(), [*lines, thin], len(lines) + 1)
    return figure


def _panel(axes: "Axes", one: "xarray.Dataset", before: float | None) -> None:
    if before is not None:
        axes.axhline(before, color=GREY, linewidth=0.5)
    lengths = one[LENGTH].values
    for colour, place in zip(COLOURS, range(one.sizes[BLOCK]), strict=False):
        row = one.isel({BLOCK: place})
        axes.plot(lengths, row["fear_end"].values, color=colour)
        curve_band(axes, row, "fear_end", lengths, colour)
        axes.plot(lengths, row["memory_engram_end"].values, color=colour, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    axes.minorticks_off()
    axes.set_xlim(lengths[0], lengths[-1])
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel("Length of re-exposure")


def _before(ds: "xarray.Dataset") -> float | None:
    settings = json.loads(ds.attrs.get("sweep", "{}")).get("settings", [])
    return float(settings[0]["parameters"]["memory_engram_initial"]) if settings else None


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    return [
        "Fear at the end of the run after re-exposure to the cue, by its length, with and without a block of",
        "protein synthesis from its start, by account of memory. Dotted: the engram. Grey line: before.",
        "After a short re-exposure a block was published to destroy the memory, after a long one to protect it.",
        told(ds),
    ]
