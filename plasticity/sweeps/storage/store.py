"""The store of a sweep: a Zarr group that any reader opens, and beside its arrays the record of what is complete."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import zarr

from plasticity.errors import InputError
from plasticity.sweeps.storage import durable, records
from plasticity.sweeps.storage.damage import StoreError, damage, seal
from plasticity.sweeps.storage.records import Record
from plasticity.sweeps.storage.sealed import Sealed
from plasticity.sweeps.work import Arrays, Grid

if TYPE_CHECKING:
    import xarray

FOLDER, PLAN, ROOT = "completion", "plan", "zarr.json"


@dataclass(frozen=True, eq=False)
class Store:
    """A store on a disk, as its record describes it.

    Attributes
    ----------
    path : pathlib.Path
    plan : dict
        What was planned: `study` (hash), `description`, `shape`, `chunks`, `extra` (number of dimensions that a
        variable has beyond the points', by name), `files` (seals of what was written at the start).
    record : Record

    Examples
    --------
    >>> Store.load("nowhere.zarr")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.zarr: no store of a sweep; allowed: a folder that a sweep wrote
    """

    path: Path
    plan: dict[str, Any]
    record: Record

    @classmethod
    def load(cls, path: str | Path) -> "Store":
        """Read what a store says of itself; no data yet."""
        path = Path(path)
        if not (path / FOLDER / PLAN).is_file():
            raise InputError(f"{path}: no store of a sweep; allowed: a folder that a sweep wrote")
        told = next(records.read((path / FOLDER / PLAN).read_bytes()), None)
        if told is None:
            raise StoreError(f"{path / FOLDER / PLAN} is damaged; remove the store, or take it from a copy")
        return cls(path, told, Record.load(path / FOLDER))

    @property
    def grid(self) -> Grid:
        """Chunks of this store."""
        return Grid(tuple(self.plan["shape"]), tuple(self.plan["chunks"]))

    @property
    def writers(self) -> list[dict[str, str]]:
        """Distinct programs that wrote; who made the store comes first."""
        first = self.plan["writer"]
        return [first, *(who for who in self.record.writers if who != first)]

    @cached_property
    def names(self) -> list[str]:
        """Variables in the order in which a chunk is written: `status` last."""
        return sorted(self.plan["extra"], key=lambda name: name == "status")

    def key(self, name: str, number: int) -> str:
        """File of a chunk."""
        return "/".join((name, ".".join(map(str, ("c", *self.grid.place(number), *[0] * self.plan["extra"][name])))))

    def missing(self) -> list[int]:
        """Numbers of the chunks that are not complete."""
        return [number for number in range(len(self.grid)) if number not in self.record.chunks]

    def damages(self, chunks: Iterable[int] | None = None, *, quick: bool = False) -> dict[int, str]:
        """Find complete chunks whose files are not as they were written.

        Parameters
        ----------
        chunks : iterable of int, optional
            All complete chunks if not given.
        quick : bool
            Look only whether files are there and how large they are.

        Returns
        -------
        dict of int to str
            By number of the chunk: which file, and what is wrong with it.
        """
        found = {}
        for number in self.record.chunks if chunks is None else chunks:
            for name, expected in self.record.chunks[number].items():
                wrong = _unlike(self.path / name, expected) if quick else damage(expected, content(self.path / name))
                if wrong:
                    found[number] = f"{self.path / name} {wrong}"
        return found

    def readable(self) -> Sealed:
        """Give what Zarr reads this store through: only what is complete, checked while it is read."""
        data = content(self.path / ROOT)
        if data is None or seal(data) not in [*self.record.attributes, self.plan["files"][ROOT]]:
            raise StoreError(f"{self.path / ROOT} is damaged; --resume writes it anew")
        return Sealed(self.path, self.record.seals | self.plan["files"] | {ROOT: seal(data)}, read_only=True)


class Writer:
    """Puts chunks into a store, each complete on the disk when `put` returns.

    Parameters
    ----------
    store : Store
    log : records.Log
    tag : str
        Of this writer.

    Examples
    --------
    >>> Writer.put.__name__  # see plasticity.sweeps.execution.computing.fill
    'put'
    """

    def __init__(self, store: Store, log: records.Log, tag: str) -> None:
        self.store, self.log = store, log
        self.files = Sealed(store.path, dict(store.readable().seals), tag=tag)
        group = zarr.open_group(self.files, mode="r+")
        self.arrays: dict[str, Any] = {}
        for name in store.names:
            found = group[name]
            assert isinstance(found, zarr.Array)
            self.arrays[name] = found.with_config({"write_empty_chunks": True})

    def put(self, number: int, block: Arrays) -> None:
        """Write a chunk: its files, `status` last, then the line that makes it count."""
        place = self.store.grid.block(number)
        wanted = tuple(part.stop - part.start for part in place)
        for name, array in self.arrays.items():
            given = numpy.asarray(block[name])
            if given.shape != (*wanted, *array.shape[len(wanted) :]):
                raise ValueError(f"{name}: shape {given.shape} for a block of {wanted} points")
            array[place] = given.astype(array.dtype, copy=False)
        files = {key: self.files.seals[key] for key in (self.store.key(name, number) for name in self.store.names)}
        turn = self.store.record.turns.get(number, 0) + 1
        self.log.add({"chunk": number, "turn": turn, "files": files})
        self.store.record.take(number, turn, files)

    def finish(self, failures: int) -> None:
        """Say in the attributes how many points failed, and who wrote."""
        data = json.loads((self.store.path / ROOT).read_bytes())
        data["attributes"] |= {"failures": failures, "writers": json.dumps(self.store.writers)}
        text = json.dumps(data, indent=2).encode()
        self.log.add({"attributes": seal(text)})
        self.store.record.attributes.append(seal(text))
        durable.replace(self.store.path / ROOT, text, self.files.tag)


def open(path: str | Path, *, partial: bool = False) -> "xarray.Dataset":  # noqa: A001 as in xarray.open_dataset
    """Open the store of a sweep; every chunk is checked when it is read.

    Parameters
    ----------
    path : str or pathlib.Path
    partial : bool
        Open a store that is not complete, too: `status` is -128 where nothing was computed yet.

    Returns
    -------
    xarray.Dataset
        Read from the disk where it is used.

    Raises
    ------
    InputError
        If there is no store.
    StoreError
        If chunks are missing, torn, changed or from elsewhere; an `OSError` that names them. What only reading shows
        is raised by the reading.

    Examples
    --------
    >>> open("nowhere.zarr")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: nowhere.zarr: no store of a sweep; allowed: a folder that a sweep wrote
    """
    import xarray

    store = Store.load(path)
    if store.record.damaged and not partial:
        raise StoreError(f"{path}: damaged lines in the record: {'; '.join(store.record.damaged[:5])}; try --resume")
    missing = store.missing()
    if missing and not partial:
        told = f"{path}: {len(missing)} of {len(store.grid)} chunks are not computed yet"
        raise StoreError(f"{told}{missing_shards(store)}; go on with --resume")
    wrong = store.damages(quick=True)
    if wrong:
        raise StoreError(f"{'; '.join(list(wrong.values())[:5])}; --resume computes {len(wrong)} chunk(s) anew")
    ds = xarray.open_zarr(store.readable(), chunks=None, consolidated=True)
    for variable in ds.variables.values():
        variable.encoding = {}  # how Zarr held it is nothing to NetCDF
    return with_objects(ds, "T")


def missing_shards(store: Store) -> str:
    """Name the shards that are not complete, if the work was cut into shards.

    Parameters
    ----------
    store : Store

    Returns
    -------
    str
        Empty if it was not.

    Examples
    --------
    >>> missing_shards(Store(Path("a"), {"shape": [4], "chunks": [1]}, Record({0: {}, 2: {}}, shards={2})))
    ': shard 2/2 (2)'
    """
    of = max(store.record.shards, default=1)
    if of == 1:
        return ""
    missing = store.missing()
    counts = {shard: sum(number % of == shard - 1 for number in missing) for shard in range(1, of + 1)}
    return ": " + ", ".join(f"shard {shard}/{of} ({count})" for shard, count in counts.items() if count)


def with_objects(ds: "xarray.Dataset", kinds: str) -> "xarray.Dataset":
    """Hold text as objects, which is what Zarr and NetCDF both write without a word.

    Parameters
    ----------
    ds : xarray.Dataset
    kinds : str
        Of the coordinates that are text, as NumPy names them.

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> import xarray
    >>> str(with_objects(xarray.Dataset(coords={"compound": ["lsd"]}), "U")["compound"].dtype)
    'object'
    """
    text = {name: v.astype(object) for name, v in ds.coords.items() if v.dtype.kind in kinds}
    return ds.assign_coords(text) if text else ds


def content(path: Path) -> bytes | None:
    """Read a file.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    bytes or None
        None if it is missing.

    Examples
    --------
    >>> content(Path("nowhere")) is None
    True
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _unlike(path: Path, expected: str) -> str | None:
    wanted = int(expected.partition(":")[0])
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "is missing"
    return None if size == wanted else f"is torn ({size} of {wanted} bytes)"
