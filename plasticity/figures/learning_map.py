"""What sessions achieve, as a map over two axes of a sweep: delay and dose, number and spacing, or any others."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.errors import InputError
from plasticity.figures.bands import edges, told
from plasticity.figures.map_bands import lattice, spell
from plasticity.figures.maps import CANNOT, COLOURS, FAILED, contours, frame, left_out, scale, thinned
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.sheet import COLUMN_MM, key, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DELAY = ".after_dose"
READ = {"belief_prior_end": "Retained belief change", "fear_end": "Fear lost"}
BEFORE = {"belief_prior_end": "belief_prior_initial", "fear_end": "memory_engram_initial"}
CLOSED = "Close of the window"


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw what is retained of a belief change, or the fear that is lost, over two axes of a sweep.

    Parameters
    ----------
    ds : xarray.Dataset
        `belief_prior_end` or `fear_end`, and `status`, along two dimensions with numbers: the first goes up, the second
        across. With `last_close` [h] and a delay after the dose as one axis, the close of the window is drawn. Where
        it has intervals on a lattice, they are written at some of its points.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    name = next((one for one in READ if one in ds), None)
    if name is None or ds[name].ndim != 2:
        given = "no variable belief_prior_end or fear_end" if name is None else f"{name} has dimensions "
        given += "" if name is None else ", ".join(map(str, ds[name].dims)) or "none"
        raise InputError(f"{given}; needed: two of numbers")
    dims = [str(one) for one in ds[name].dims]
    require(ds, {name: dims, "status": dims})
    whole, ds = ds, thinned(ds[[one for one in (name, "status", "last_close") if one in ds]])
    up, across = (scale(ds, one) for one in dims)
    gained = abs(_before(whole, BEFORE[name]) - ds[name].where(ds["status"] >= 0)).values
    figure = sheet(COLUMN_MM, 80.0)
    failed, since = _failed(ds), _since_close(ds)
    ratios = (11.0, 1.0) if failed.any() or since is not None else (1.0,)
    upper, *below = figure.subfigures(len(ratios), height_ratios=ratios, squeeze=False).flat
    axes = upper.subplots()
    most = max(float(gained[gained == gained].max(initial=0.0)), 1e-9)
    mesh = axes.pcolormesh(
        across.values, up.values, gained, cmap=COLOURS, vmin=0.0, vmax=most, shading="nearest", rasterized=True
    )
    frame(axes, across, up)
    levels = [level for level in MaxNLocator(6).tick_values(0.0, most) if 0.0 < level < most]
    _intervals(axes, whole, name)
    contours(axes, across.values, up.values, gained, levels)
    handles: list[Artist] = []
    if failed.any():
        rows, columns = failed.nonzero()
        axes.plot(across.values[columns], up.values[rows], "x", color=CANNOT, markersize=2.5, markeredgewidth=0.6)
        handles.append(Line2D([], [], color=CANNOT, marker="x", linestyle="none", markersize=3.5, label=FAILED))
    if since is not None:
        axes.contour(across.values, up.values, since, levels=[0.0], colors="black", linewidths=1.2)
        handles.append(Line2D([], [], color="black", linewidth=1.2, label=CLOSED))
    axes.set_xlabel(across.label)
    axes.set_ylabel(up.label)
    bar = upper.colorbar(mesh, ax=axes, pad=0.02, aspect=26)
    bar.set_label(READ[name])
    bar.outline.set_linewidth(0.5)
    for row in below:
        key(row.subplots(), handles, 2)
    return figure


def _before(ds: "xarray.Dataset", name: str) -> Any:
    """Value at the start: that of the axis where it is one, else the number in force."""
    if name in ds.coords:
        return ds[name]
    settings = json.loads(ds.attrs.get("sweep", "{}")).get("settings", [])
    if not settings:
        raise InputError(f"the dataset records no settings of its sweep; needed: {name}")
    return float(settings[0]["parameters"][name])


def _intervals(axes: "Axes", ds: "xarray.Dataset", name: str) -> None:
    """Write intervals at some points; the value at the start is a convention and the same in every draw."""
    found = lattice(ds)
    if found is None:
        return
    up, across = (scale(found, str(one)).values for one in ds[name].dims)
    gained = abs(_before(found, BEFORE[name]) - found[f"{name}_interval"])
    low, high = (end.transpose(*ds[name].dims).values for end in edges(gained))
    spell(axes, across, up, np.minimum(low, high), np.maximum(low, high))


def _failed(ds: "xarray.Dataset") -> Any:
    """Which points failed."""
    return ds["status"].values < 0


def _since_close(ds: "xarray.Dataset") -> Any:
    """Days from the first session to the close of the window, where both signs occur; else none."""
    delay = next((str(name) for name in ds["status"].dims if str(name).endswith(DELAY)), None)
    if delay is None or "last_close" not in ds or ds["last_close"].dims != ds["status"].dims:
        return None
    since = (ds["last_close"] - ds[delay]).values / HOURS_PER_DAY
    return since if (since < 0.0).any() and (since > 0.0).any() else None


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself."""
    name = next((one for one in READ if one in ds), "belief_prior_end")
    black = "; black: the first session starts as the window closes" * (_since_close(ds) is not None)
    crosses = "; crosses: points that failed, for example because sessions that exclude each other would overlap"
    return [
        f"{READ[name]} at the end of the run, over two axes of a sweep.",
        f"White: contours{black}{crosses * bool(_failed(ds).any())}.",
        told(ds, marks="Dots") if f"{name}_interval" in ds else "",
        left_out(ds),
    ]
