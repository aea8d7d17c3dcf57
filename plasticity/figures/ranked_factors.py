"""What all figures of sensitivity share: panels by quantity and compound, factors in order, their printed names."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.figures.pens import pen
from plasticity.figures.reading import PRINTED_UNITS, require
from plasticity.figures.sheet import COLUMN_MM, PAGE_MM, letter, sheet

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 6
MOST_FACTORS = 20
"""Factors that have room; those that matter least are left out and counted in the caption."""
WIDTH = 30
"""Letters of a factor's name on one line."""
TITLE_WIDTH = 40
"""Letters of a panel's title on one line."""
BLUE, ORANGE = "#0072B2", "#E69F00"


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes
    ----------
    title : str
    ds : xarray.Dataset
        Along `factor`, in the order in which they are drawn.

    Examples
    --------
    >>> Panel("LSD", None).title
    'LSD'
    """

    title: str
    ds: "xarray.Dataset"


def panels(ds: "xarray.Dataset", by: str, needed: tuple[str, ...]) -> list[Panel]:
    """Cut a dataset into panels with the same factors in the same order, those that matter most in the first one first.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.sensitivity_indices` or `plasticity.local_derivatives`.
    by : str
        Variable whose size orders the factors.
    needed : tuple of str
        Variables that are drawn.

    Returns
    -------
    list of Panel

    Raises
    ------
    InputError
        If a variable is missing, or there are more than 6 panels.

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset({"total": ("factor", [0.1, 0.9])}, {"factor": ["a", "b"], "quantity": "margin"})
    >>> panels(ds, "total", ("total",))[0].ds["factor"].values.tolist()
    ['b', 'a']
    """
    others = [dim for dim in (ds[by].dims if by in ds else ()) if dim != "factor"]
    require(ds, {name: [*map(str, others), "factor"] for name in needed} | {"factor": ["factor"]})
    count = int(np.prod([ds.sizes[dim] for dim in others]))
    if count > MOST_PANELS:
        told = ", ".join(f"{ds.sizes[dim]} {dim}" for dim in others)
        raise InputError(f"{count} panels ({told}); allowed: up to {MOST_PANELS}, by ds.sel or ds.isel")
    sizes = np.nan_to_num(np.abs(ds[by].transpose("factor", *others).values.reshape(ds.sizes["factor"], -1)))
    chosen = np.argsort(-sizes.max(axis=1), kind="stable")[:MOST_FACTORS]
    order = chosen[np.argsort(-sizes[chosen, 0], kind="stable")]
    found = []
    for place in itertools.product(*(range(ds.sizes[dim]) for dim in others)):
        one = ds.isel(dict(zip(others, place, strict=True))).isel(factor=order)
        words = [pen(str(one[dim].values)).name for dim in others if dim != "quantity"]
        title = fill(quantity_label(one), TITLE_WIDTH)
        found.append(Panel("\n".join([title, *words]), one))
    return found


def quantity_label(ds: "xarray.Dataset") -> str:
    """Give the printed name of the quantity of a panel, with its unit.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> quantity_label(xarray.Dataset(coords={"quantity_label": "Sum of all windows", "quantity_units": "h"}))
    'Sum of all windows (h)'
    """
    label = str(ds["quantity_label"].values) if "quantity_label" in ds.coords else str(ds["quantity"].values)
    unit = quantity_unit(ds)
    return f"{label} ({unit})" if unit else label


def quantity_unit(ds: "xarray.Dataset") -> str:
    """Give the printed unit of the quantity of a panel; empty where it is a pure number.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> quantity_unit(xarray.Dataset(coords={"quantity_units": "1"}))
    ''
    """
    unit = str(ds["quantity_units"].values) if "quantity_units" in ds.coords else ""
    return PRINTED_UNITS.get(unit, unit)


def names(ds: "xarray.Dataset", width: int = WIDTH) -> list[str]:
    """Give the printed names of factors: their labels where declared, up to a semicolon.

    Parameters
    ----------
    ds : xarray.Dataset
        Along `factor`.
    width : int
        Letters to a line.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import xarray
    >>> names(xarray.Dataset(coords={"factor": ["dose"], "factor_label": ("factor", ["Amount of the dose"])}))
    ['Amount of the dose']
    """
    own = [str(name) for name in ds["factor"].values]
    told = [str(name) for name in ds["factor_label"].values] if "factor_label" in ds.coords else own
    return [fill(label.partition(";")[0] or name, width) for name, label in zip(own, told, strict=True)]


def bars_sheet(found: list[Panel]) -> "tuple[Figure, Iterator[tuple[Axes, Panel]]]":
    """Make a figure with a row for every factor in every panel.

    Parameters
    ----------
    found : list of Panel

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : iterator of (matplotlib.axes.Axes, Panel)

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset(coords={"factor": ["dose"], "quantity": "margin"})
    >>> len(list(bars_sheet([Panel("", ds)])[1]))
    1
    """
    columns = min(len(found), 3 if len(found) != 4 else 2)
    rows = -(-len(found) // columns)
    labels = names(found[0].ds)
    lines = sum(label.count("\n") + 1 for label in labels)
    figure = sheet(COLUMN_MM if columns == 1 else PAGE_MM, rows * (24.0 + 2.8 * lines + 1.2 * len(labels)) + 6.0)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    return figure, _filled(grid, found, labels)


def _filled(grid: NDArray[np.object_], found: list[Panel], labels: list[str]) -> "Iterator[tuple[Axes, Panel]]":
    for place, axes in enumerate(grid.ravel()):
        if place >= len(found):
            axes.axis("off")
            continue
        axes.set_title(found[place].title, size=6.5)
        if len(found) > 1:
            letter(axes, "abcdef"[place])
        yield axes, found[place]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)


def told(ds: "xarray.Dataset", by: str) -> list[str]:
    """Say how many factors and points there are, and what was left out.

    Parameters
    ----------
    ds : xarray.Dataset
    by : str
        Variable that orders the factors.

    Returns
    -------
    list of str
        Sentences for a caption.

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset({"total": ("factor", [0.1] * 25), "left_out": ((), 3)}, attrs={"points": 640})
    >>> told(ds, "total")
    ['Of 25 factors those 20 that matter most.', '640 points.', 'Blocks or points left out: 3.']
    """
    attributes: Mapping[str, object] = ds.attrs
    count = ds.sizes.get("factor", 0)
    skipped = int(ds["left_out"].sum()) if "left_out" in ds else 0
    found = [
        f"Of {count} factors those {MOST_FACTORS} that matter most." if by in ds and count > MOST_FACTORS else "",
        f"{attributes['points']:,} points." if "points" in attributes else "",
        f"Blocks or points left out: {skipped}." if skipped else "",
        f"Source of the method: {attributes['source']}." if "source" in attributes else "",
    ]
    return [sentence for sentence in found if sentence]
