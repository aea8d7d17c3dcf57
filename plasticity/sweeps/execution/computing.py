"""A plan carried out: into memory, or into a store that can be continued after whatever ended the program."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from signal import Signals
from typing import TYPE_CHECKING, Any

from plasticity.alongside import alongside
from plasticity.errors import InputError
from plasticity.sweeps.execution import crews
from plasticity.sweeps.execution.crews import Crew
from plasticity.sweeps.execution.estimates import estimate, room
from plasticity.sweeps.execution.failures import Failures
from plasticity.sweeps.execution.interrupts import held_back
from plasticity.sweeps.execution.progress import Progress
from plasticity.sweeps.storage import durable, fingerprint, locks
from plasticity.sweeps.work import Arrays, Grid, Plan, dataset, grid, shape

if TYPE_CHECKING:
    import xarray

    from plasticity.sweeps.storage.store import Store

Shard = tuple[int, int]
Put = Callable[[int, Arrays, dict[str, str]], None]

LONG, LARGE = 2.0, 100_000_000
"""Seconds and bytes from which on the size of a sweep is told before it starts."""

_log = logging.getLogger("plasticity")


@dataclass(frozen=True)
class Outcome:
    """What became of a sweep.

    Attributes
    ----------
    path : pathlib.Path
    points, chunks : int
        Of the whole store.
    computed : int
        Chunks that this call computed.
    missing : int
        Chunks of the store that nobody has computed yet.
    missing_shards : str
        The shards they belong to.
    failures : Failures
        In this store, or in this shard.
    seconds, storing : float
        What this call took, and what of it went into writing [s].

    Examples
    --------
    >>> Outcome(Path("map.zarr"), 10, 2, 2, 0, "").complete
    True
    """

    path: Path
    points: int
    chunks: int
    computed: int
    missing: int
    missing_shards: str
    failures: Failures = field(default_factory=Failures)
    seconds: float = 0.0
    storing: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether nothing is left to compute."""
        return self.missing == 0


def collect(plan: Plan, threads: int | None = None, progress: bool = False) -> "xarray.Dataset":
    """Compute a plan into memory.

    Parameters
    ----------
    plan : Plan
    threads : int, optional
        All cores if not given; the numbers do not depend on it.
    progress : bool
        Say on stderr how far it is, once it takes more than two seconds.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        If `threads` is not positive.

    Examples
    --------
    >>> import plasticity as pl
    >>> collect.__name__  # see plasticity.sweep
    'collect'
    """
    import numpy

    arrays = {name: numpy.full(shape(plan, v), v.fill, v.dtype) for name, v in plan.variables.items()}
    cut = grid(plan)

    def put(number: int, found: Arrays, who: dict[str, str]) -> None:  # noqa: ARG001 as for a store
        for name, array in arrays.items():
            array[cut.block(number)] = found[name]

    _carry_out(crews.threads(plan, _threads(threads)), cut, list(range(len(cut))), put, progress)
    return dataset(plan, arrays)


def fill(
    plan: Plan,
    path: str | Path,
    *,
    threads: int | None = None,
    resume: bool = False,
    shard: str | Shard | None = None,
    scheduler: Any = None,
    mix: bool = False,
    progress: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> Outcome:
    """Compute a plan into a store, or go on with one.

    Parameters
    ----------
    plan : Plan
    path : str or pathlib.Path
        Of the store: a name that is not taken, or a store of the same plan.
    threads : int, optional
        All cores if not given; the numbers do not depend on it.
    resume : bool
        Go on with a store: complete chunks are checked and kept, damaged ones are named and computed anew.
    shard : str or (int, int), optional
        Compute one part of several, as in ``"2/8"``. Shards may run at the same time and in any order, and go on with
        their part when they are started again.
    scheduler : str or distributed.Client, optional
        Compute on a Dask cluster; this process writes.
    mix : bool
        Go on with a store that another kind of processor, other versions or other code wrote.
    progress : bool
        Say on stderr how far it is, once it takes more than two seconds.
    meanwhile : callable, optional
        Called beside the solver: it loads what is needed once the store is closed.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If the path is taken by something else, by another study or by another kind of program; nothing was touched.
    OSError
        If the disk cannot hold it, another program writes there, or writing failed; what is complete stays so.
    KeyboardInterrupt
        After Ctrl-C, between two chunks.

    Examples
    --------
    >>> fill.__name__  # tests/sweeps/fake.py has a plan to try
    'fill'
    """
    began = time.monotonic()
    path, part, number = Path(path), shard_of(shard), _threads(threads)
    crews.check(scheduler)
    me = fingerprint.writer()
    _enter(plan, path, me, resume=resume or part is not None, mix=mix)
    from plasticity.sweeps.storage import creation
    from plasticity.sweeps.storage import store as stores
    from plasticity.sweeps.storage.records import Log

    folder = path / stores.FOLDER
    with locks.writing(folder, part):
        tag = "{}-of-{}".format(*part or (1, 1))
        with Log(folder / f"{tag}.log") as log:
            durable.sweep_up(path, tag if part else None)
            store = stores.Store.load(path)
            creation.heal(store, plan)
            log.add({"writer": me})
            store.record.note(me)
            mine = range(len(store.grid)) if part is None else range(part[0] - 1, len(store.grid), part[1])
            failures = _kept(store, mine)
            todo = [chunk for chunk in mine if chunk not in store.record.chunks]
            size = estimate(plan)
            room(size, path, len(todo) / max(1, len(store.grid)))
            if size.cost > LONG or size.size > LARGE:
                _log.info("%s", size.told(number))
            writer, spent = stores.Writer(store, log, tag), 0.0

            def put(chunk: int, found: Arrays, who: dict[str, str]) -> None:
                nonlocal spent
                started = time.monotonic()
                if who not in store.record.writers:
                    _alike(store, who, mix)
                    log.add({"writer": who})
                    store.record.note(who)
                writer.put(chunk, found)
                failures.add(store.grid.block(chunk), found["status"], found["reached"])
                spent += time.monotonic() - started

            crew = crews.threads(plan, number) if scheduler is None else crews.dask(plan, scheduler)
            try:
                computed = _carry_out(crew, store.grid, todo, put, progress, len(mine) - len(todo), meanwhile)
            finally:
                there = stores.Store.load(path)
                left = len(there.missing())
                if any(chunk not in there.record.chunks for chunk in mine):
                    _log.warning("%s: %d of %d chunks are complete; go on with --resume", path, len(there.grid) - left,
                                 len(there.grid))  # fmt: skip
            if not left:
                stores.Writer(there, log, tag).finish(_all_failures(there, failures, part))
    points = sum(store.grid.points(chunk) for chunk in range(len(store.grid)))
    return Outcome(path, points, len(store.grid), computed, left, stores.missing_shards(there), failures,
                   time.monotonic() - began, spent)  # fmt: skip


def shard_of(given: str | Shard | None) -> Shard | None:
    """Read which part of how many is meant.

    Parameters
    ----------
    given : str, (int, int) or None

    Returns
    -------
    (int, int) or None
        Number of the shard, from 1, and how many there are.

    Raises
    ------
    InputError
        If it is not such a pair.

    Examples
    --------
    >>> shard_of("2/8")
    (2, 8)
    """
    if given is None:
        return None
    parts = given.split("/") if isinstance(given, str) else [str(part) for part in given]
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        at, of = int(parts[0]), int(parts[1])
        if 1 <= at <= of:
            return at, of
    raise InputError(f"shard: {given!r}; allowed: I/N with I from 1 to N, as in 2/8")


def _threads(given: int | None) -> int:
    if given is not None and given < 1:
        raise InputError(f"threads: {given}; allowed: 1 or more")
    return given or crews.cores()


def _enter(plan: Plan, path: Path, me: dict[str, str], *, resume: bool, mix: bool) -> None:
    """Make the store, or refuse what stands in its place; nothing is touched before it is clear that it may be."""
    from plasticity.sweeps.storage import creation
    from plasticity.sweeps.storage import store as stores

    if not path.exists():
        room(estimate(plan), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if creation.create(plan, path):
            return
    if not (path / stores.FOLDER / stores.PLAN).is_file():
        kind = "a folder" if path.is_dir() else "a file"
        raise InputError(f"{path}: is {kind} and no store of a sweep; allowed: a new name, or a store of this study")
    there = stores.Store.load(path)
    if there.plan["study"] != fingerprint.study(plan):
        where = fingerprint.changed(there.plan["description"], creation.described(plan)) or "another grid of points"
        raise InputError(f"{path}: holds another study: {where}; allowed: another path")
    done = len(there.record.chunks)
    if done and not resume:
        if done == len(there.grid):
            raise InputError(f"{path}: holds all of this study; allowed: draw, --resume to check it, or another path")
        told = f"{path}: holds {done} of {len(there.grid)} chunks of this study"
        raise InputError(f"{told}; allowed: --resume to go on with it, or another path")
    _alike(there, me, mix)


def _alike(store: "Store", who: dict[str, str], mix: bool) -> None:
    for other in store.writers:
        found = fingerprint.differences(other, who)
        if found and not mix:
            told = f"{store.path}: written by another kind of processor, other versions or other code: {found}"
            raise InputError(f"{told}; allowed: the same, or --mix to mix them")


def _kept(store: "Store", mine: Iterable[int]) -> Failures:
    """Check the complete chunks of this part; forget the damaged ones, count the failed points of the others."""
    import zarr

    failures = Failures()
    done = [chunk for chunk in mine if chunk in store.record.chunks]
    for chunk, what in store.damages(done).items():
        _log.warning("%s; it is computed anew", what)
        store.record.forget(chunk)
    for name in store.record.damaged:
        _log.warning("%s: %s is damaged; its chunk is computed anew", store.path, name)
    group = zarr.open_group(store.readable(), mode="r")
    for chunk in done:
        if chunk in store.record.chunks:
            block = store.grid.block(chunk)
            status: Any = group["status"][block]  # type: ignore[index]
            if status.any():
                failures.add(block, status, group["reached"][block])  # type: ignore[index]
    return failures


def _all_failures(store: "Store", mine: Failures, part: Shard | None) -> int:
    return mine.total if part is None else _kept(store, range(len(store.grid))).total


def _carry_out(
    crew: AbstractContextManager[Crew],
    cut: Grid,
    todo: list[int],
    put: Put,
    progress: bool,
    before: int = 0,
    meanwhile: Callable[[], None] | None = None,
) -> int:
    """Let chunks be computed, a bounded number at once, and put each away; a signal ends it between two chunks.

    What is done meanwhile begins with the second chunk: with the first, the solver itself is loaded.
    """
    if not todo:
        return 0
    total, computed = sum(map(cut.points, todo)), 0
    each = total // len(todo)
    happened: SimpleQueue[Any] = SimpleQueue()
    running: dict[Any, int] = {}
    waiting = iter(todo)
    shown = Progress(total + before * each, before * each)
    with crew as hired, shown, held_back(happened.put), ExitStack() as beside:
        while True:
            for chunk in islice(waiting, max(0, hired.width() - len(running))):
                future = hired.start(cut.block(chunk))
                running[future] = chunk
                future.add_done_callback(happened.put)
            if not running:
                return computed
            event = happened.get()
            if isinstance(event, Signals):
                return computed
            chunk = running.pop(event)
            put(chunk, *hired.finish(event))
            computed += 1
            if meanwhile is not None and computed == 1:
                beside.enter_context(alongside(meanwhile))
            if progress:
                shown(cut.points(chunk))
