"""Who computes chunks: the threads of this process, or the workers of a Dask cluster."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from plasticity.errors import InputError, missing_extra
from plasticity.sweeps.storage import fingerprint
from plasticity.sweeps.storage.damage import StoreError
from plasticity.sweeps.work import Arrays, Block, Plan

ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss|inproc)://\S+")
WAIT = 30
"""Seconds to wait for a scheduler or a first worker."""


@dataclass(frozen=True)
class Crew:
    """Takes blocks and gives them back computed.

    Attributes
    ----------
    start : callable
        From a block to a future, with `add_done_callback` as in `concurrent.futures`.
    finish : callable
        From a future that is done to the arrays, and the program that computed them.
    width : callable
        How many blocks to give it at once.

    Examples
    --------
    >>> Crew.__name__  # see `threads`
    'Crew'
    """

    start: Callable[[Block], Any]
    finish: Callable[[Any], tuple[Arrays, dict[str, str]]]
    width: Callable[[], int]


def cores() -> int:
    """Count the cores that this process may use.

    Returns
    -------
    int

    Examples
    --------
    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def threads(plan: Plan, number: int) -> Iterator[Crew]:
    """Compute in this process: one chunk at a time by all threads, the next one ready to start.

    Parameters
    ----------
    plan : Plan
    number : int
        Threads.

    Yields
    ------
    Crew

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> with threads(SimpleNamespace(evaluate=lambda block, threads: {"status": threads}), 2) as crew:
    ...     crew.finish(crew.start(()))[0]
    {'status': 2}
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1, "sweep")
    me = fingerprint.writer()
    try:
        yield Crew(lambda block: pool.submit(plan.evaluate, block, number), lambda done: (done.result(), me), lambda: 2)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def check(scheduler: Any) -> None:
    """Refuse what cannot be a scheduler; nobody is called yet.

    Parameters
    ----------
    scheduler : str, distributed.Client or None
        Address such as ``tcp://host:8786``.

    Raises
    ------
    InputError
        If it is something else, or the extra is not installed.

    Examples
    --------
    >>> check("nowhere")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: scheduler: 'nowhere'; allowed: an address such as tcp://host:8786, or a Client
    """
    allowed = "allowed: an address such as tcp://host:8786, or a Client"
    if scheduler is None:
        return
    if isinstance(scheduler, str) and not ADDRESS.fullmatch(scheduler):
        raise InputError(f"scheduler: {scheduler!r}; {allowed}")
    try:
        from distributed import Client
    except ImportError as error:
        raise missing_extra("scheduler", "dask") from error
    if not isinstance(scheduler, str | Client):
        raise InputError(f"scheduler: {scheduler!r}; {allowed}")


@contextmanager
def dask(plan: Plan, scheduler: Any) -> Iterator[Crew]:
    """Compute on a Dask cluster, a chunk to a task; a worker that dies loses nothing but its unfinished tasks.

    Parameters
    ----------
    plan : Plan
    scheduler : str or distributed.Client
        Address such as ``tcp://host:8786``, or a client that the caller closes.

    Yields
    ------
    Crew

    Raises
    ------
    InputError
        If the address cannot be one, or the extra is not installed.
    StoreError
        If nobody answers there, or no worker comes.

    Examples
    --------
    >>> with dask(None, "nowhere"):
    ...     pass
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: scheduler: 'nowhere'; allowed: an address such as tcp://host:8786, or a Client
    """
    check(scheduler)
    from distributed import Client

    client: Any
    try:
        if isinstance(scheduler, str):
            client = Client(scheduler, timeout=WAIT, set_as_default=False)  # type: ignore[no-untyped-call]
        else:
            client = scheduler
    except ValueError as error:
        raise InputError(f"scheduler: {scheduler!r}: {error}; allowed: an address such as tcp://host:8786") from error
    except OSError as error:
        raise StoreError(f"scheduler {scheduler}: no answer within {WAIT} s") from error
    try:
        _await_worker(client, scheduler)
        held = client.submit(_same, plan, pure=False)

        def finish(done: Any) -> tuple[Arrays, dict[str, str]]:
            return _result(done, client)

        yield Crew(
            lambda block: client.submit(_evaluated, held, block, pure=False),
            finish,
            lambda: max(2, 2 * sum(client.nthreads().values())),
        )
    finally:
        if client is not scheduler:
            client.close()


def _await_worker(client: Any, scheduler: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError as error:
        raise StoreError(f"scheduler {scheduler}: no worker came within {WAIT} s") from error


def _result(done: Any, client: Any) -> tuple[Arrays, dict[str, str]]:
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        arrays, who = done.result()
    except (KilledWorker, CancelledError, OSError) as error:
        what = " ".join(str(error).split())[:200]
        raise StoreError(f"the cluster at {client.scheduler.address} gave a chunk up: {what}") from error
    return arrays, who


def _same(plan: Plan) -> Plan:
    return plan


def _evaluated(plan: Plan, block: Block) -> tuple[Arrays, dict[str, str]]:
    return plan.evaluate(block, 1), fingerprint.writer()
