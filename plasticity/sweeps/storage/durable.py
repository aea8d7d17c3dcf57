"""Files that are on the disk when a function returns, whole or not at all."""

import os
from pathlib import Path

UNFINISHED = ".part"


def synced(folder: Path) -> None:
    """Make the names in a folder survive a loss of power.

    Parameters
    ----------
    folder : pathlib.Path

    Examples
    --------
    >>> synced(Path("."))
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, data: bytes | bytearray | memoryview, tag: str = "new") -> None:
    """Write a file in one step: after this call, and after any crash, it is the old one or the new one.

    Parameters
    ----------
    path : pathlib.Path
    data : bytes-like
    tag : str
        Tells writers of the same folder apart.

    Raises
    ------
    OSError
        If it cannot be written; the old file is still there then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a")
    ...     replace(path, b"one"), replace(path, b"two"), path.read_bytes()
    (None, None, b'two')
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{tag}{UNFINISHED}")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    synced(path.parent)


def sweep_up(folder: Path, tag: str | None = None) -> None:
    """Remove what writers that were killed left unfinished.

    Parameters
    ----------
    folder : pathlib.Path
        Searched with all its folders.
    tag : str, optional
        Of one writer; all writers if not given.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, ".a.new.part").write_text("ha")
    ...     sweep_up(Path(folder)), list(Path(folder).iterdir())
    (None, [])
    """
    for left in folder.rglob(f".*.{tag or '*'}{UNFINISHED}"):
        left.unlink(missing_ok=True)
