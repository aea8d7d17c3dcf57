"""What a figure asks of a dataset and its options before it draws: variables, units, lengths of time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

HOURS_PER_DAY = 24.0
PRINTED_UNITS = {"uM": "µM", "1/(uM h)": "1/(µM h)", "uM/h": "µM/h", "1": "", "nM free": "nM, free"}


def require(ds: "xarray.Dataset", wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse a dataset that lacks what a figure draws.

    Parameters
    ----------
    ds : xarray.Dataset
    wanted : mapping
        Dimensions of each variable that the figure reads.

    Raises
    ------
    InputError
        If a variable is missing, has other dimensions, or time is not in hours.

    Examples
    --------
    >>> import xarray
    >>> require(xarray.Dataset({"theta": ("time", [1.3])}), {"theta": ["time"]})
    """
    for name, dimensions in wanted.items():
        if name not in ds.variables:
            raise InputError(f"the dataset has no variable {name!r}; needed: {', '.join(wanted)}")
        if set(ds[name].dims) != set(dimensions):
            given = ", ".join(map(str, ds[name].dims)) or "none"
            raise InputError(f"{name} has dimensions {given}; needed: {', '.join(dimensions) or 'none'}")
    unit = ds["time"].attrs.get("units", "h") if "time" in ds.variables else "h"
    if unit != "h":
        raise InputError(f"time is in {unit!r}; allowed: h")


def span(option: str, given: str | float) -> float:
    """Read an option of a figure that is a length of time.

    Parameters
    ----------
    option : str
    given : str or float
        Text with a unit, or a number [h].

    Returns
    -------
    float
        Length [h].

    Raises
    ------
    InputError
        If it is not a length of time above 0.

    Examples
    --------
    >>> span("until", "35 d")
    840.0
    """
    from plasticity.units import quantity

    length = quantity(given, "h", option)
    if length <= 0.0:
        raise InputError(f"{option}: {given!r}; allowed: more than 0 h")
    return length


def whole(ds: "xarray.Dataset") -> float:
    """Give the last time of a dataset [h].

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    float
        Time [h]; 0 if there is none.

    Examples
    --------
    >>> import xarray
    >>> whole(xarray.Dataset(coords={"time": [0.0, 48.0]}))
    48.0
    """
    return float(ds["time"].values[-1]) if ds.sizes["time"] else 0.0


def last_shown(ds: "xarray.Dataset", until: str | float | None) -> float:
    """Give the end of a time axis [h]: that of the dataset, unless the option `until` names another.

    Parameters
    ----------
    ds : xarray.Dataset
    until : str or float, optional
        Text with a unit, or a number [h].

    Returns
    -------
    float
        Time [h].

    Raises
    ------
    InputError
        If it is not a length of time above 0.

    Examples
    --------
    >>> import xarray
    >>> run = xarray.Dataset(coords={"time": [0.0, 48.0]})
    >>> last_shown(run, None), last_shown(run, "1 d")
    (48.0, 24.0)
    """
    return span("until", whole(ds) if until is None else until)


def printed_unit(ds: "xarray.Dataset", name: str) -> str:
    """Give the unit of a variable as an axis prints it; empty for a number without one.

    Parameters
    ----------
    ds : xarray.Dataset
        Its variables carry `units`.
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> printed_unit(xarray.Dataset({"calcium": ("time", [0.1], {"units": "uM"})}), "calcium")
    'µM'
    """
    unit = str(ds[name].attrs.get("units", ""))
    return PRINTED_UNITS.get(unit, unit)
