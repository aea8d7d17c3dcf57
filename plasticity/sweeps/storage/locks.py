"""Who may write: locks that the kernel holds and lets go of when a program dies, however it dies."""

import errno
import fcntl
import logging
import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from plasticity.sweeps.storage.damage import StoreError

ABSENT = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What a file system without locks answers."""


@contextmanager
def writing(folder: Path, shard: tuple[int, int] | None) -> Iterator[None]:
    """Hold a store for writing: all of it, or one shard beside other shards of the same cut.

    Parameters
    ----------
    folder : pathlib.Path
        Where lock files stand.
    shard : (int, int) or None
        Number of the shard, from 1, and how many there are; None for the whole store.

    Raises
    ------
    StoreError
        If another program writes there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, writing(Path(folder), (1, 2)), writing(Path(folder), (2, 2)):
    ...     with writing(Path(folder), None):
    ...         pass
    Traceback (most recent call last):
    ...
    plasticity.sweeps.storage.damage.StoreError: another program writes there (...); wait for it, or write elsewhere
    """
    with ExitStack() as held:
        held.enter_context(_locked(folder / "writers.lock", fcntl.LOCK_EX if shard is None else fcntl.LOCK_SH))
        if shard is not None:
            mine = folder / f"{shard[0]}-of-{shard[1]}.lock"
            held.enter_context(_locked(mine, fcntl.LOCK_EX))
            for other in folder.glob("*-of-*.lock"):  # shards of another cut share chunks with this one
                if not other.stem.endswith(f"-of-{shard[1]}"):
                    with _locked(other, fcntl.LOCK_SH):
                        pass
        yield


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = os.pread(handle, 200, 0).decode(errors="replace").strip() or "a shard"
            raise StoreError(f"another program writes there ({who}); wait for it, or write elsewhere") from error
        except OSError as error:
            if error.errno not in ABSENT:
                raise
            logging.getLogger("plasticity").warning("%s: no locks on this file system; start no second writer", path)
        if kind == fcntl.LOCK_EX:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()} on {platform.node()}".encode(), 0)
        yield
    finally:
        os.close(handle)
