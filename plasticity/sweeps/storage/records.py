"""The completion record: one line per chunk, on the disk before the chunk counts, each line guarding itself."""

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plasticity.sweeps.storage import durable
from plasticity.sweeps.storage.damage import StoreError

Seals = dict[str, str]


def line(data: Any) -> bytes:
    """Write plain data as one line that notices any change of itself.

    Parameters
    ----------
    data : plain data

    Returns
    -------
    bytes
        CRC-32 of the JSON text, the text, and the end of the line.

    Examples
    --------
    >>> line({"chunk": 1})
    b'32ae6be3 {"chunk":1}\\n'
    """
    text = json.dumps(data, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read(data: bytes) -> Iterator[Any]:
    """Read such lines.

    Parameters
    ----------
    data : bytes

    Yields
    ------
    plain data
        None for a damaged line; a last line without its end was never complete and is left out.

    Examples
    --------
    >>> list(read(line({"chunk": 1}) + b"something" + line(2) + b"torn"))
    [{'chunk': 1}, None]
    """
    *whole, _ = data.split(b"\n")
    for text in whole:
        told, _, rest = text.partition(b" ")
        yield json.loads(rest) if told == b"%08x" % zlib.crc32(rest) else None


@dataclass
class Record:
    """What the logs of a store say.

    Attributes
    ----------
    chunks : dict of int to dict of str
        By number of a complete chunk: seals of its files.
    turns : dict of int to int
        How often each was written: once, and again after damage.
    seals : dict of str
        By file: its seal.
    attributes : list of str
        Seals that the file of the attributes may have.
    writers : list of dict
        Distinct programs that wrote.
    damaged : list of str
        Lines that cannot be read.
    shards : set of int
        Numbers of shards that the work was cut into.

    Examples
    --------
    >>> Record().chunks
    {}
    """

    chunks: dict[int, Seals] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)
    seals: Seals = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)
    writers: list[dict[str, str]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    shards: set[int] = field(default_factory=set)

    @classmethod
    def load(cls, folder: Path) -> "Record":
        """Read every log in a folder."""
        record = cls()
        for path in sorted(folder.glob("*.log")):
            record.shards.add(int(path.stem.rpartition("-")[2]))
            for number, told in enumerate(read(path.read_bytes()), start=1):
                record._take(told, f"{path.name}, line {number}")
        return record

    def _take(self, told: Any, where: str) -> None:
        if told is None:
            self.damaged.append(where)
        elif "chunk" in told:
            self.take(told["chunk"], told["turn"], told["files"])
        elif "attributes" in told:
            self.attributes.append(told["attributes"])
        else:
            self.note(told["writer"])

    def take(self, number: int, turn: int, files: Seals) -> None:
        """Count a chunk as complete, unless it was written again after that."""
        if turn >= self.turns.get(number, 0):
            self.chunks[number], self.turns[number] = files, turn
            self.seals |= files

    def forget(self, number: int) -> None:
        """Take a chunk out that turned out damaged."""
        for name in self.chunks.pop(number):
            del self.seals[name]

    def note(self, writer: dict[str, str]) -> None:
        """Take note of a program that writes."""
        if writer not in self.writers:
            self.writers.append(writer)


class Log:
    """The log of one writer, open for more lines.

    Parameters
    ----------
    path : pathlib.Path
        Made if it is not there; half a line that a killed writer left is cut off, and damaged lines are taken out.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Log(Path(folder, "1-of-1.log")) as log:
    ...         log.add({"chunk": 0, "turn": 1, "files": {}})
    ...     Record.load(Path(folder)).chunks
    {0: {}}
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            before = path.read_bytes()
            good = b"".join(line(told) for told in read(before) if told is not None)
            if good != before:
                durable.replace(path, good)
        self.handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        durable.synced(path.parent)

    def add(self, data: Any) -> None:
        """Append one line; it is on the disk when this returns, or not in the log at all."""
        text = line(data)
        before = os.fstat(self.handle).st_size
        try:
            if os.write(self.handle, text) < len(text):
                raise StoreError(28, "No space left on device")
            os.fsync(self.handle)
        except OSError:
            os.ftruncate(self.handle, before)
            raise

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.handle)

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
