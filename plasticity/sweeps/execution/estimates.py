"""How large a sweep is before it starts: points, bytes on the disk and in memory, seconds."""

import errno
import math
import os
import resource
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from plasticity.sweeps.amounts import in_bytes, in_time
from plasticity.sweeps.storage.damage import StoreError
from plasticity.sweeps.work import Plan, Variable, grid, shape

BLOCK = 4096
"""Files take whole blocks of the disk [bytes]."""
LIBRARIES = 250_000_000
"""What this package and its libraries take once they are in use [bytes]."""
CHUNKS_AT_ONCE = 6
"""How often a chunk is in memory: computed, waiting, being written, and copies that the encoding makes."""


@dataclass(frozen=True)
class Estimate:
    """The size of a sweep.

    Attributes
    ----------
    points, chunks : int
    files : int
        In the store.
    size : int
        On the disk [bytes], before compression, so that it is seldom more.
    memory : int
        Resident in this process [bytes], with what the process holds already.
    cost : float
        Of all points on one core [s], roughly.

    Examples
    --------
    >>> Estimate(1000, 1, 3, 8_000, 300_000_000, 90.0).told(threads=2)
    '1,000 points in 1 chunks: at most 8 kB on the disk, 300 MB of memory, about 45 s on 2 threads'
    """

    points: int
    chunks: int
    files: int
    size: int
    memory: int
    cost: float

    def told(self, threads: int) -> str:
        """Say it in one line."""
        return (
            f"{self.points:,} points in {self.chunks:,} chunks: at most {in_bytes(self.size)} on the disk, "
            f"{in_bytes(self.memory)} of memory, about {in_time(self.cost / threads)} on {threads} threads"
        )


def estimate(plan: Plan) -> Estimate:
    """Say how large a sweep is; nothing is computed.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Estimate

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> told = {"status": Variable(("dose",), "int8", -128), "reached": Variable(("dose",), "float64", 0.0)}
    >>> plan = SimpleNamespace(dims={"dose": 10}, chunks=(4,), coords={}, variables=told, cost=lambda: 3.0)
    >>> estimate(plan).chunks, estimate(plan).size
    (3, 57920)
    """
    chunks, variables = len(grid(plan)), plan.variables.values()
    points = math.prod(plan.dims.values())
    coords = sum(_bytes(one) for one in plan.coords.values())
    widths = [_width(one.dtype) * math.prod(shape(plan, one)[len(plan.dims) :]) for one in variables]
    each, largest = sum(widths), math.prod(plan.chunks)
    data = sum(-(-width * largest // BLOCK) * BLOCK for width in widths) * chunks
    files = chunks * len(plan.variables)
    record = chunks * 64 * (1 + len(plan.variables))
    return Estimate(
        points,
        chunks,
        files,
        size=data + coords + record + 4 * BLOCK * (len(plan.variables) + len(plan.coords)),
        memory=max(_resident(), LIBRARIES) + CHUNKS_AT_ONCE * each * largest + 2 * coords + 4 * record,
        cost=plan.cost(),
    )


def room(told: Estimate, path: Path, share: float = 1.0) -> None:
    """Refuse what the disk cannot hold.

    Parameters
    ----------
    told : Estimate
    path : pathlib.Path
        Of the store, which need not be there yet.
    share : float
        Part of the store that is still to be written.

    Raises
    ------
    StoreError
        With the estimate and what is free.

    Examples
    --------
    >>> room(Estimate(10**12, 10**8, 10**9, 8 * 10**18, 0, 0.0), Path("map.zarr"))
    Traceback (most recent call last):
    ...
    plasticity.sweeps.storage.damage.StoreError: [Errno 28] map.zarr: 1,000,000,000,000 points need up to 8 EB ...
    """
    there = path.absolute()
    while not there.exists():
        there = there.parent
    free, names = shutil.disk_usage(there).free, os.statvfs(there)
    if told.size * share > free:
        shown = f"{path}: {told.points:,} points need up to {in_bytes(told.size * share)} on the disk"
        raise StoreError(errno.ENOSPC, f"{shown}, {in_bytes(free)} are free; allowed: fewer points or variables")
    if names.f_files and told.files * share > names.f_favail:
        raise StoreError(errno.ENOSPC, f"{path}: {told.files:,} files, but the disk has room for {names.f_favail:,}")


def _bytes(coordinate: Variable) -> int:
    assert coordinate.values is not None
    return int(coordinate.values.nbytes)


def _width(dtype: str) -> int:
    import numpy

    return numpy.dtype(dtype).itemsize


def _resident() -> int:
    """Memory of this process now [byte]; the peak of getrusage would begin with that of whoever started it."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
