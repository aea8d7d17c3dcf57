"""What the CF conventions ask of a file beside names and units: spelling that their unit library knows, attributes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray

CONVENTIONS = "CF-1.11"
ORIGIN = "written by plasticity"

SPELLED = {"nM": "nmol L-1", "uM": "umol L-1", "uM/h": "umol L-1 h-1", "1/(uM h)": "L umol-1 h-1"}
"""Units of this package that UDUNITS does not know, as it knows them."""

_CANONICAL = {spelled: unit for unit, spelled in SPELLED.items()}


def to_cf(ds: "xarray.Dataset", version: str) -> "xarray.Dataset":
    """Follow the CF conventions, Version 1.11, without touching a number.

    Parameters
    ----------
    ds : xarray.Dataset
    version : str
        Of this package, for the attribute ``history``.

    Returns
    -------
    xarray.Dataset
        A copy with `Conventions`, `history` and units as UDUNITS spells them.

    Notes
    -----
    Time is the time since the start of a protocol, which has no date. It therefore has the unit of a time and no
    reference date, calendar, ``axis`` or ``standard_name``: readers leave its numbers as they are.

    Examples
    --------
    >>> import xarray
    >>> plasma = xarray.Dataset({"lsd_plasma": ("time", [1.0], {"units": "nM"})})
    >>> to_cf(plasma, "0.1.0").lsd_plasma.attrs
    {'units': 'nmol L-1'}
    """
    named = _respelled(ds, SPELLED)
    named.attrs = {"Conventions": CONVENTIONS, **named.attrs}
    named.attrs.setdefault("history", f"{ORIGIN} {version}")
    return named


def unfilled_coordinates(ds: "xarray.Dataset") -> dict[str, dict[str, None]]:
    """Tell xarray to write no fill value where CF allows none: on coordinates, which lack nothing.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    dict of str to dict
        For the argument ``encoding`` of `xarray.Dataset.to_netcdf`.

    Examples
    --------
    >>> import xarray
    >>> unfilled_coordinates(xarray.Dataset(coords={"time": [0.0, 1.0], "compound": ["lsd"]}))
    {'time': {'_FillValue': None}}
    """
    complete = {str(name): c for name, c in ds.coords.items() if c.dtype.kind == "f" and not bool(c.isnull().any())}
    return {name: {"_FillValue": None} for name in complete}


def from_cf(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Take back what `to_cf` did.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    xarray.Dataset
        A copy, with units as this package spells them.

    Examples
    --------
    >>> import xarray
    >>> plasma = xarray.Dataset({"lsd_plasma": ("time", [1.0], {"units": "nM"})})
    >>> from_cf(to_cf(plasma, "0.1.0")).lsd_plasma.attrs
    {'units': 'nM'}
    """
    named = _respelled(ds, _CANONICAL)
    named.attrs.pop("Conventions", None)
    if str(named.attrs.get("history", "")).startswith(ORIGIN):
        del named.attrs["history"]
    return named


def _respelled(ds: "xarray.Dataset", spelling: dict[str, str]) -> "xarray.Dataset":
    copied = ds.copy()
    for variable in copied.variables.values():
        variable.attrs = dict(variable.attrs)
        if variable.attrs.get("units") in spelling:
            variable.attrs["units"] = spelling[variable.attrs["units"]]
    return copied
