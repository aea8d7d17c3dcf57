"""What a figure asks of a dataset and its options before it draws: variables, units, lengths of time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

HOURS_PER_DAY = 24.0
PRINTED_UNITS = {"uM": "µM", "1/(uM h)": "1/(µM h)", "uM/h": "µM/h", "1": "", "nM free": "nM, free"}


def require(ds: "xarray.Dataset", kind: str, wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse a dataset that lacks what a figure draws.

    Parameters
    ----------
    ds : xarray.Dataset
    kind : str
    wanted : mapping
        Dimensions of each variable that the figure reads.

    Raises
    ------
    InputError
        If a variable is missing, has other dimensions, or time is not in hours.

    Examples
    --------
    >>> import xarray
    >>> require(xarray.Dataset({"theta": ("time", [1.3])}), "stages", {"theta": ["time"]})
    """
    for name, dimensions in wanted.items():
        if name not in ds.variables:
            raise InputError(f"figure {kind}: the dataset has no variable {name!r}; needed: {', '.join(wanted)}")
        if set(ds[name].dims) != set(dimensions):
            given = ", ".join(map(str, ds[name].dims)) or "none"
            raise InputError(f"figure {kind}: {name} has dimensions {given}; needed: {', '.join(dimensions) or 'none'}")
    unit = ds["time"].attrs.get("units", "h") if "time" in ds.variables else "h"
    if unit != "h":
        raise InputError(f"figure {kind}: time is in {unit!r}; allowed: h")


def span(kind: str, option: str, given: str | float) -> float:
    """Read an option of a figure that is a length of time.

    Parameters
    ----------
    kind, option : str
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
    >>> span("stages", "until", "35 d")
    840.0
    """
    from plasticity.units import quantity

    length = quantity(given, "h", f"figure {kind}: {option}")
    if length <= 0.0:
        raise InputError(f"figure {kind}: {option}: {given!r}; allowed: more than 0 h")
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
