"""How a store begins: all arrays described and none of their chunks there, in one step; and how that is repaired."""

import json
import logging
import shutil
import tempfile
import uuid
import warnings
from pathlib import Path
from typing import Any

import zarr
from zarr.codecs import ZstdCodec
from zarr.errors import ZarrUserWarning

from plasticity.provenance import plain
from plasticity.sweeps.storage import durable, fingerprint, records
from plasticity.sweeps.storage.damage import StoreError, damage
from plasticity.sweeps.storage.records import Seals
from plasticity.sweeps.storage.sealed import Sealed
from plasticity.sweeps.storage.store import FOLDER, PLAN, ROOT, Store, content, with_objects
from plasticity.sweeps.work import NOT_COMPUTED, Plan, labelled, shape

_log = logging.getLogger("plasticity")


def create(plan: Plan, path: Path) -> bool:
    """Make the store of a plan, with nothing computed yet, in one step.

    Parameters
    ----------
    plan : Plan
    path : pathlib.Path
        Its folder must exist.

    Returns
    -------
    bool
        False if another program made it first.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind then.

    Examples
    --------
    >>> create.__name__  # see plasticity.sweeps.execution.computing.fill
    'create'
    """
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}{durable.UNFINISHED}")
    seals: Seals = {}
    try:
        _empty(plan, Sealed(unfinished, seals))
        planned = {
            "study": fingerprint.study(plan),
            "description": described(plan),
            "writer": fingerprint.writer(),
            "shape": list(plan.dims.values()),
            "chunks": list(plan.chunks),
            "extra": {name: len(v.dims) - len(plan.dims) for name, v in plan.variables.items()},
            "files": seals,
        }
        durable.replace(unfinished / FOLDER / PLAN, records.line(planned))
        for folder in [unfinished, *(part for part in unfinished.rglob("*") if part.is_dir())]:
            durable.synced(folder)
        try:
            unfinished.rename(path)
        except OSError:
            if not (path / FOLDER / PLAN).is_file():
                raise
            return False
        durable.synced(path.parent)
        return True
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def heal(store: Store, plan: Plan) -> None:
    """Write damaged coordinates and metadata of a store again, as its plan gives them.

    Parameters
    ----------
    store : Store
    plan : Plan
        The plan that made it.

    Raises
    ------
    StoreError
        If this program would write them differently.

    Examples
    --------
    >>> heal.__name__  # see plasticity.sweeps.execution.computing.fill
    'heal'
    """
    planned, now = store.plan["files"], {name: content(store.path / name) for name in store.plan["files"]}
    good = {name: [seal] if name != ROOT else [*store.record.attributes, seal] for name, seal in planned.items()}
    wrong = [name for name, data in now.items() if all(damage(expected, data) for expected in good[name])]
    if not wrong:
        return
    with tempfile.TemporaryDirectory(prefix=".heal-", dir=store.path / FOLDER) as folder:
        _empty(plan, Sealed(Path(folder), {}))
        for name in wrong:
            _log.warning("%s is damaged; it is written anew", store.path / name)
            data = (Path(folder) / name).read_bytes()
            if damage(planned[name], data):
                raise StoreError(f"{store.path / name} is damaged, and this program writes it in another way")
            durable.replace(store.path / name, data)


def described(plan: Plan) -> Any:
    """Give a plan's description as it reads after it was written.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    plain data

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> described(SimpleNamespace(description={"doses": (1, 2)}))
    {'doses': [1, 2]}
    """
    return json.loads(json.dumps(plan.description))


def _empty(plan: Plan, files: Sealed) -> None:
    """Write coordinates, attributes and the arrays without their chunks."""
    ds = with_objects(labelled(plan), "UT")
    lengths = dict(zip(plan.dims, plan.chunks, strict=True))
    cut = {
        str(name): {"chunks": tuple(lengths.get(str(d), v.sizes[d]) for d in v.dims)} for name, v in ds.coords.items()
    }
    ds.to_zarr(files, zarr_format=3, consolidated=False, encoding={n: c for n, c in cut.items() if c["chunks"]})
    group = zarr.open_group(files, mode="r+")
    group.create_group(FOLDER)
    for name, variable in plan.variables.items():
        whole = shape(plan, variable)
        group.create_array(
            name,
            shape=whole,
            chunks=(*plan.chunks, *whole[len(plan.dims) :]),
            dtype=variable.dtype,
            fill_value=NOT_COMPUTED if name == "status" else variable.fill,
            compressors=ZstdCodec(level=1),
            dimension_names=variable.dims,
            attributes=dict(plain(variable.attrs)),
            chunk_key_encoding={"name": "default", "separator": "."},
            config={"write_empty_chunks": True},
        )
    with warnings.catch_warnings():
        # what xarray looks for first; other readers find the same metadata beside every array
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(files)
