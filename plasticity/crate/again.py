"""Running the study of a crate again, and how far its numbers are from those in the crate."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plasticity.crate.packing import METADATA
from plasticity.errors import InputError
from plasticity.study import Study

if TYPE_CHECKING:
    import xarray


class Difference(NamedTuple):
    """How one variable came out again.

    Examples
    --------
    >>> Difference("theta", True, 0.0).equal
    True
    """

    name: str
    equal: bool
    """Every value, bit by bit; what is undefined is so in both."""
    largest: float
    """Of all values, relative to the larger of the two; infinite where only one is defined, or texts differ."""


def packed(folder: str | Path) -> Path:
    """Find the dataset or store in an unpacked crate.

    Parameters
    ----------
    folder : str or pathlib.Path

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If it is no crate of a study.

    Examples
    --------
    >>> packed("nowhere")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere: no crate; allowed: an unpacked crate, with ro-crate-metadata.json
    """
    metadata = Path(folder) / METADATA
    if not metadata.is_file():
        raise InputError(f"{folder}: no crate; allowed: an unpacked crate, with {METADATA}")
    try:
        described = {one["@id"]: one for one in json.loads(metadata.read_text(encoding="utf-8"))["@graph"]}
        main = Path(described["./"]["mainEntity"]["@id"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{metadata}: describes no run of a study; allowed: what `plasticity crate` wrote") from error
    place = Path(folder) / main
    if main.is_absolute() or ".." in main.parts or not place.exists():
        raise InputError(f"{metadata}: {str(main)!r} is not in the crate; allowed: a crate with all its files")
    return place


def again(data: Path, report: Callable[[int, int, str], None] | None = None) -> list[Difference]:
    """Run the study that a dataset records, and compare.

    Parameters
    ----------
    data : pathlib.Path
        A dataset (``.nc``) or store (``.zarr``).
    report : callable, optional
        As for `Study.run`.

    Returns
    -------
    list of Difference
        Of every variable.

    Raises
    ------
    InputError
        If the dataset records no study.

    Examples
    --------
    >>> import tempfile
    >>> from plasticity import provenance
    >>> study = Study.load("psilocybin_stages", reduced=True)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     all(one.equal for one in again(provenance.write(study.run(), Path(place) / "run.nc")))
    True
    """
    before = opened(data)
    return differences(before, Study.of(before).run(report))


def opened(data: Path) -> "xarray.Dataset":
    """Read a dataset or a store.

    Parameters
    ----------
    data : pathlib.Path

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> opened(Path("nowhere.nc"))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.nc: no such file; allowed: a NetCDF file
    """
    if data.suffix == ".zarr":
        from plasticity.sweeps.storage import store

        return store.open(data).load()
    from plasticity import provenance

    return provenance.read(data)


def differences(before: "xarray.Dataset", after: "xarray.Dataset") -> list[Difference]:
    """Compare two datasets variable by variable.

    Parameters
    ----------
    before, after : xarray.Dataset

    Returns
    -------
    list of Difference
        Of every variable and coordinate of either.

    Examples
    --------
    >>> import xarray
    >>> a = xarray.Dataset({"theta": ("time", [1.0, np.nan])})
    >>> differences(a, a.fillna(2.0))
    [Difference(name='theta', equal=False, largest=inf)]
    """
    names = dict.fromkeys([*map(str, before.variables), *map(str, after.variables)])
    return [_difference(name, before, after) for name in names]


def _difference(name: str, before: "xarray.Dataset", after: "xarray.Dataset") -> Difference:
    if name not in before.variables or name not in after.variables:
        return Difference(name, False, np.inf)
    old, new = np.asarray(before[name].values), np.asarray(after[name].values)
    if old.shape != new.shape:
        return Difference(name, False, np.inf)
    if old.dtype.kind not in "fiub" or new.dtype.kind not in "fiub":
        same = bool((old.astype(str) == new.astype(str)).all())
        return Difference(name, same, 0.0 if same else np.inf)
    old, new = old.astype(float), new.astype(float)
    if np.array_equal(old, new, equal_nan=True):
        return Difference(name, True, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(old - new) / np.maximum(np.abs(old), np.abs(new))
    apart = np.where((old == new) | (np.isnan(old) & np.isnan(new)), 0.0, apart)
    return Difference(name, False, float(np.max(np.where(np.isnan(apart), np.inf, apart))))
