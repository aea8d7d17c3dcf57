"""A finished store as one NetCDF file."""

from pathlib import Path

from plasticity import provenance
from plasticity.sweeps.storage import store


def export(path: str | Path, file: str | Path) -> Path:
    """Write a complete store as NetCDF-4; every chunk is checked while it is read.

    Parameters
    ----------
    path : str or pathlib.Path
        Of the store.
    file : str or pathlib.Path
        To write, in one step; its folder must exist.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If there is no store.
    OSError
        If the store is damaged or not complete, or the file cannot be written; there is no file then.

    Notes
    -----
    One variable at a time is in memory: 80 MB for ten million points of a summary.

    Examples
    --------
    >>> export("nowhere.zarr", "map.nc")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.zarr: no store of a sweep; allowed: a folder that a sweep wrote
    """
    return provenance.write(store.open(path), file)
