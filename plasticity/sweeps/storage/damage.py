"""What is known of a file when it was written, and what is wrong with it when it is read."""

import hashlib


class StoreError(OSError):
    """A store that cannot be used as it is: damaged, incomplete, or in use.

    Examples
    --------
    >>> issubclass(StoreError, OSError)
    True
    """


def seal(data: bytes | bytearray | memoryview) -> str:
    """Describe a file's content so that a change of it is noticed.

    Parameters
    ----------
    data : bytes-like

    Returns
    -------
    str
        Number of bytes, and the first 128 bits of their SHA-256.

    Examples
    --------
    >>> seal(b"")
    '0:e3b0c44298fc1c149afbf4c8996fb924'
    """
    return f"{memoryview(data).nbytes}:{hashlib.sha256(data).hexdigest()[:32]}"


def damage(expected: str, data: bytes | bytearray | memoryview | None) -> str | None:
    """Say what is wrong with a file.

    Parameters
    ----------
    expected : str
        From `seal`.
    data : bytes-like or None
        What was read; None if the file is missing.

    Returns
    -------
    str or None
        None if it is as it was written.

    Examples
    --------
    >>> damage(seal(b"abc"), b"ab"), damage(seal(b"abc"), b"abd")
    ('is torn (2 of 3 bytes)', 'is not what was written: damaged, or from elsewhere')
    """
    if data is None:
        return "is missing"
    size = memoryview(data).nbytes
    wanted = int(expected.partition(":")[0])
    if size < wanted:
        return f"is torn ({size} of {wanted} bytes)"
    return None if seal(data) == expected else "is not what was written: damaged, or from elsewhere"
