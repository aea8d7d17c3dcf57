"""A Zarr store on a disk whose files are written durably and checked against their seals whenever they are read."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from zarr.abc.store import ByteRequest
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import LocalStore

from plasticity.sweeps.storage import durable
from plasticity.sweeps.storage.damage import StoreError, damage, seal
from plasticity.sweeps.storage.records import Seals


class Sealed(LocalStore):
    """Files under a folder; those that nobody sealed are not there for a reader.

    Parameters
    ----------
    root : pathlib.Path
    seals : dict of str
        By key: what is known of the file. What is written is added to it.
    read_only : bool
    tag : str
        Tells writers of the same folder apart.

    Examples
    --------
    >>> import tempfile, zarr
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     seals = {}
    ...     array = zarr.create_array(Sealed(Path(folder), seals), shape=3, chunks=3, dtype="int8", fill_value=0)
    ...     array[:] = 7
    ...     sorted(seals), zarr.open_array(Sealed(Path(folder), {}, read_only=True))
    Traceback (most recent call last):
    ...
    zarr.errors.ArrayNotFoundError: ...
    """

    def __init__(self, root: Path, seals: Seals, *, read_only: bool = False, tag: str = "new") -> None:
        super().__init__(root, read_only=read_only)
        self.seals = seals
        self.tag = tag

    def with_read_only(self, read_only: bool = False) -> "Sealed":
        """Give the same store for reading, or for writing."""
        return type(self)(self.root, self.seals, read_only=read_only, tag=self.tag)

    def get_sync(
        self, key: str, *, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Read a whole file and check it."""
        expected = self.seals.get(key)
        if expected is None:
            return None
        found = super().get_sync(key, prototype=prototype)
        wrong = damage(expected, None if found is None else found.as_buffer_like())
        if wrong:
            raise StoreError(f"{self.root / key} {wrong}; --resume computes a damaged chunk anew")
        return found if byte_range is None else super().get_sync(key, prototype=prototype, byte_range=byte_range)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Write a file that is on the disk when this returns."""
        data = value.as_buffer_like()
        durable.replace(self.root / key, data, self.tag)
        self.seals[key] = seal(data)

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Read a whole file and check it."""
        return await asyncio.to_thread(self.get_sync, key, prototype=prototype, byte_range=byte_range)

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Read parts of files, each checked as a whole."""
        return [await self.get(key, prototype, part) for key, part in key_ranges]

    async def set(self, key: str, value: Buffer) -> None:
        """Write a file that is on the disk when this returns."""
        await asyncio.to_thread(self.set_sync, key, value)

    async def set_if_not_exists(self, key: str, value: Buffer) -> None:
        """Write a file unless it is there."""
        if key not in self.seals:
            await self.set(key, value)

    async def exists(self, key: str) -> bool:
        """Say whether a file was sealed."""
        return key in self.seals
