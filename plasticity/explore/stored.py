"""A stored sweep as it is shown: its dimensions as axes and sliders, and the plane that a map shows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity import provenance
from plasticity.errors import InputError, unknown_name
from plasticity.figures.maps import MOST, scale
from plasticity.figures.reading import HOURS_PER_DAY, PRINTED_UNITS

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
FIRST = "total_open_time"
NEVER = ("time", "window")
"""Dimensions that are none of the sweep's."""


@dataclass(frozen=True)
class Axis:
    """One dimension of a sweep.

    Attributes
    ----------
    name : str
    label : str
        As printed, with its unit.
    labels : list of str
        Every place as printed, with its unit.
    ticks : dict of float to str
        Where a map has ticks, in places, and what stands there.

    Examples
    --------
    >>> Axis("dose", "Dose (mg)", ["1 mg", "2 mg"], {0.0: "1", 1.0: "2"}).size
    2
    """

    name: str
    label: str
    labels: list[str]
    ticks: dict[float, str]

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.labels)


@dataclass(frozen=True)
class Plane:
    """Values over two dimensions, or along one.

    Attributes
    ----------
    across, up : Axis
        `up` has a single place where the sweep has one dimension.
    values : ndarray, shape (up, across)
        NaN where there is none.
    label, unit : str
        What the values are.
    late, failed : ndarray of bool, shape (up, across)
        Still open at the end, so that the number is a lower bound; not computed.
    step : tuple of int
        Only every so-manieth place is drawn, up and across.

    Examples
    --------
    >>> one = Axis("dose", "Dose (mg)", ["1 mg"], {})
    >>> no = np.zeros((1, 1), bool)
    >>> Plane(one, one, np.zeros((1, 1)), "Depth", "1", no, no, (1, 1)).step
    (1, 1)
    """

    across: Axis
    up: Axis
    values: Floats
    label: str
    unit: str
    late: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    step: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Stored:
    """A sweep that was stored.

    Attributes
    ----------
    ds : xarray.Dataset
        Read from the disk where it is used.
    axes : tuple of Axis
    variables : dict of str to str
        What can be shown, by name: its label.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> found = stored(pl.sweep(plan, {"dose": ["5 mg", "20 mg"], "brake_tau": ["5 d", "7 d"]}, keep=["max_depth"]))
    >>> [axis.labels for axis in found.axes]
    [['5 mg', '20 mg'], ['5 d', '7 d']]
    >>> found.plane("max_depth", "dose", "brake_tau", {}).values.round(2).tolist()
    [[0.01, 0.23], [0.01, 0.24]]
    """

    ds: "xarray.Dataset"
    axes: tuple[Axis, ...]
    variables: dict[str, str]

    def axis(self, name: str) -> Axis:
        """Find a dimension by its name."""
        return next(axis for axis in self.axes if axis.name == name)

    def plane(self, variable: str, across: str, up: str | None, places: Mapping[str, int]) -> Plane:
        """Cut a plane out of the sweep.

        Raises
        ------
        InputError
            If there is no such variable.
        OSError
            If what is stored is damaged.
        """
        if variable not in self.variables:
            raise unknown_name("variable", variable, self.variables)
        x, y = self.axis(across), Axis("", "", [""], {}) if up is None else self.axis(up)
        step = (-(-y.size // MOST), -(-x.size // MOST))
        other = {axis.name: places.get(axis.name, 0) for axis in self.axes if axis.name not in (across, up)}
        drawn = {name: slice(None, None, by) for name, by in ((up, step[0]), (across, step[1])) if name is not None}

        def cut(name: str) -> Floats:
            found = self.ds[name].isel(other | drawn)
            return np.atleast_2d(np.asarray(found.transpose(*drawn).values, float))

        values = cut(variable)
        failed = cut("status") < 0 if "status" in self.ds else np.isnan(values)
        late = cut("censored") > 0.0 if "censored" in self.ds else np.zeros(values.shape, bool)
        values = np.where(failed, np.nan, values)
        unit, values = self.printed(variable, values)
        late &= ~failed & (unit in ("h", "d"))
        return Plane(x, y, values, self.variables[variable], unit, late, failed, step)

    def at(self, variable: str, places: Mapping[str, int], unit: str) -> float:
        """Read one number in the unit in which a plane shows it; NaN where the point failed."""
        point = self.ds.isel({axis.name: places[axis.name] for axis in self.axes})
        good = "status" not in self.ds or int(point["status"]) >= 0
        scale = 1.0 / HOURS_PER_DAY if unit == "d" and self.ds[variable].attrs.get("units") == "h" else 1.0
        return scale * float(point[variable]) if good else float("nan")

    def printed(self, variable: str, values: Floats) -> tuple[str, Floats]:
        """Give the unit in which values of a variable are printed, and the values in it: long times in days."""
        unit = str(self.ds[variable].attrs.get("units", ""))
        if unit == "h" and np.nanmax(values, initial=0.0) >= 2.0 * HOURS_PER_DAY:
            return "d", values / HOURS_PER_DAY
        return PRINTED_UNITS.get(unit, unit), values


def stored(ds: "xarray.Dataset") -> Stored:
    """Read what can be shown of a dataset.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    Stored

    Raises
    ------
    InputError
        If it is no sweep.

    Examples
    --------
    >>> import xarray
    >>> stored(xarray.Dataset({"theta": ("time", [1.3])}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: no sweep: the dataset has no numbers over axes; allowed: a store or dataset of a sweep
    """
    dims = tuple(str(name) for name in ds["status"].dims) if "status" in ds else ()
    on_lattice = "at" in json.loads(str(ds.attrs.get("uncertainty", "{}")))  # chances, at a few points of a map only
    left_out = {"status", "reached", *(["window_chance"] if on_lattice else [])}
    shown = {
        str(name): str(one.attrs.get("long_name", name))
        for name, one in ds.data_vars.items()
        if dims and one.dims == dims and one.dtype.kind in "fiub" and name not in left_out
    }
    if not shown or any(name in NEVER for name in dims):
        raise InputError("no sweep: the dataset has no numbers over axes; allowed: a store or dataset of a sweep")
    first = {FIRST: shown[FIRST]} if FIRST in shown else {}
    return Stored(ds, tuple(_axis(ds, name) for name in dims), first | shown)


def is_sweep(ds: "xarray.Dataset") -> bool:
    """Tell whether a dataset has axes beside time.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    bool

    Examples
    --------
    >>> import xarray
    >>> is_sweep(xarray.Dataset({"status": ((), 0)}))
    False
    """
    return "status" in ds and ds["status"].ndim > 0


def read(path: str | Path) -> "xarray.Dataset":
    """Open a stored dataset.

    Parameters
    ----------
    path : str or pathlib.Path
        Ending in ``.zarr`` (read from the disk where it is used) or ``.nc`` (read whole).

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        If there is none.
    OSError
        If it is damaged or not complete.

    Examples
    --------
    >>> read("nowhere.zarr")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.zarr: no store of a sweep; allowed: a folder that a sweep wrote
    """
    if Path(path).suffix == ".nc":
        return provenance.read(path)
    from plasticity.sweeps.storage import store

    return store.open(path)


def _axis(ds: "xarray.Dataset", name: str) -> Axis:
    found = ds[name]
    label = str(found.attrs.get("long_name", name))
    try:
        read_as = scale(ds, name)
    except InputError:  # names, or numbers that do not ascend: every place has its own tick
        unit = PRINTED_UNITS.get(str(found.attrs.get("units", "")), str(found.attrs.get("units", "")))
        texts = [_text(value, unit) for value in found.values.tolist()]
        by = -(-len(texts) // 12)
        return Axis(name, label, texts, {float(at): texts[at] for at in range(0, len(texts), by)})
    values, label = read_as.values, " ".join(read_as.label.split())
    unit = label.rpartition("(")[2].rstrip(")") if label.endswith(")") else ""
    places = np.arange(len(values))
    ticks = {float(np.interp(at, values, places)): f"{at:g}" for at in _nice(values, read_as.logarithmic)}
    return Axis(name, label, [_text(value, unit) for value in values.tolist()], ticks)


def _nice(values: Floats, logarithmic: bool) -> list[float]:
    from matplotlib.ticker import LogLocator, MaxNLocator

    low, high = float(values[0]), float(values[-1])
    locator = LogLocator(subs=(1.0, 2.0, 5.0)) if logarithmic else MaxNLocator(7, steps=[1, 2, 2.5, 5, 10])
    return [float(at) for at in locator.tick_values(low, high) if low * (1 - 1e-12) <= at <= high * (1 + 1e-12)]


def _text(value: object, unit: str) -> str:
    return f"{value:.5g} {unit}".strip() if isinstance(value, int | float) else str(value)
