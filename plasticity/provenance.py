"""Where numbers come from: versions, commit and hashes, in attributes that a NetCDF file can hold and give back."""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity import __version__
from plasticity.conventions import from_cf, to_cf, unfilled_coordinates
from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

STACK = ("numpy", "scipy", "numba", "sympy", "xarray")
"""The packages whose versions go into every file."""


def package_version() -> str:
    """Version of this package, installed or not.

    Returns
    -------
    str

    Examples
    --------
    >>> package_version().count(".")
    2
    """
    return __version__


@cache
def commit() -> str:
    """Commit of the checkout that this package runs from (``git describe``), or ``"unknown"`` outside one.

    Returns
    -------
    str

    Examples
    --------
    >>> commit() != ""
    True
    """
    checkout = Path(__file__).resolve().parent.parent
    if not (checkout / ".git").exists():
        return "unknown"
    asked = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--tags"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return told.stdout.strip() or "unknown"


@cache
def versions() -> dict[str, str]:
    """Versions of the numerical stack; do not change what is returned.

    Returns
    -------
    dict of str
        By the names in `STACK`.

    Examples
    --------
    >>> sorted(versions())
    ['numba', 'numpy', 'scipy', 'sympy', 'xarray']
    """
    return {name: metadata.version(name) for name in STACK}


def origin() -> dict[str, str]:
    """Attributes that say which program made a dataset.

    Returns
    -------
    dict of str
        `package_version`, `commit` and, as JSON text, `versions`.

    Examples
    --------
    >>> sorted(origin())
    ['commit', 'package_version', 'versions']
    """
    return {"package_version": package_version(), "commit": commit(), "versions": json.dumps(versions())}


def digest(data: object) -> str:
    """Hash plain data by its content, whatever the order of its keys.

    Parameters
    ----------
    data : dict, list, str, number, bool or None

    Returns
    -------
    str
        SHA-256, in hexadecimal.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}), len(digest({}))
    (True, 64)
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(attributes: Mapping[Any, Any]) -> dict[str, str | int | float]:
    """Write attributes so that a NetCDF file can hold them.

    Parameters
    ----------
    attributes : mapping
        Values of any kind.

    Returns
    -------
    dict
        Text and numbers as they are; lists, mappings and truth values as JSON text; None left out.

    Examples
    --------
    >>> plain({"units": "h", "source": ["Li1994"], "contested": True, "note": None})
    {'units': 'h', 'source': '["Li1994"]', 'contested': 'true'}
    """
    kept: dict[str, str | int | float] = {}
    for name, value in attributes.items():
        value = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            value = json.dumps(value.tolist() if hasattr(value, "tolist") else value, ensure_ascii=False)
        if value is not None:
            kept[str(name)] = value
    return kept


def write(ds: "xarray.Dataset", path: str | Path, group: str | None = None) -> Path:
    """Write a dataset as NetCDF-4 in one step: either the whole file is there, or the one before.

    Parameters
    ----------
    ds : xarray.Dataset
        Its attributes are written as `plain` makes them, units as the CF conventions want them (nmol L-1 for nM).
    path : str or pathlib.Path
        The folder must exist.
    group : str, optional
        Of the file; its root if not given.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind then.

    Examples
    --------
    >>> import tempfile, xarray
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read(write(xarray.Dataset(attrs={"species": "human"}), folder + "/run.nc")).attrs
    {'species': 'human'}
    """
    path = Path(path)
    ds = to_cf(ds, package_version())
    ds.attrs = plain(ds.attrs)
    for variable in ds.variables.values():
        variable.attrs = plain(variable.attrs)
    packed: dict[str, dict[str, Any]] = {
        str(name): {"zlib": True, "complevel": 1, "shuffle": True} if v.size > 1 else {}
        for name, v in ds.variables.items()
        if v.dtype.kind == "f"
    }
    for name, unfilled in unfilled_coordinates(ds).items():
        packed[name] = {**packed[name], **unfilled}
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        ds.to_netcdf(unfinished, engine="h5netcdf", encoding=packed, group=group)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def read(path: str | Path) -> "xarray.Dataset":
    """Read a dataset into memory.

    Parameters
    ----------
    path : str or pathlib.Path
        A NetCDF-4 file.

    Returns
    -------
    xarray.Dataset
        Units as this package spells them.

    Raises
    ------
    InputError
        If there is no such file.
    OSError
        If it cannot be read as NetCDF-4.

    Examples
    --------
    >>> read("nowhere.nc")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.nc: no such file; allowed: a NetCDF file
    """
    import xarray

    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; allowed: a NetCDF file")
    try:
        with xarray.open_dataset(path, engine="h5netcdf") as ds:
            return from_cf(ds.load())
    except (OSError, ValueError, KeyError) as error:
        raise OSError(f"{path}: not a NetCDF-4 file: {error}") from error
