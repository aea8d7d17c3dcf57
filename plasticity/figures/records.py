"""What a dataset records in its attributes, and the sentences of a caption."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray


def attribute(ds: "xarray.Dataset", name: str) -> Any:
    """Read an attribute that holds JSON text; None where it is missing or not JSON.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.
    name : str
        Of the attribute.

    Returns
    -------
    Any
        What the JSON text holds.

    Examples
    --------
    >>> import xarray
    >>> attribute(xarray.Dataset(attrs={"kernels": '{"brake": "first_order"}'}), "kernels")
    {'brake': 'first_order'}
    """
    try:
        return json.loads(str(ds.attrs[name]))
    except (KeyError, json.JSONDecodeError):
        return None


def sentences(parts: Iterable[str]) -> str:
    """Join the parts of a caption that say anything.

    Parameters
    ----------
    parts : iterable of str
        Empty ones are left out.

    Returns
    -------
    str

    Examples
    --------
    >>> sentences(["One.", "", "Two."])
    'One. Two.'
    """
    return " ".join(part for part in parts if part)
