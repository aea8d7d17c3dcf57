"""Read the list of papers that numbers point to, ``sources.bib``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from plasticity.errors import InputError

#: The papers behind the numbers that the package ships.
BUNDLED = Path(__file__).parent / "sources.bib"

_ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[^,\s]+),\s*$", re.MULTILINE)
_FIELD = re.compile(r"^\s*(?P<name>\w+)\s*=\s*\{(?P<text>.*)\},?\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """One paper.

    Attributes
    ----------
    key : str
        What numbers call it, such as ``"Holze2023"``.
    author, title, year : str
        As in the file; empty where the file has none.
    doi : str
        Empty where it was not seen.
    note : str
        What about the entry was recalled and not checked.

    Examples
    --------
    >>> read_sources()["Holze2023"].doi
    '10.1002/cpt.2821'
    """

    key: str
    author: str = ""
    title: str = ""
    year: str = ""
    doi: str = ""
    note: str = ""


def read_sources(path: Path = BUNDLED) -> dict[str, Source]:
    """Read a BibTeX file with one field a line.

    Parameters
    ----------
    path : pathlib.Path
        The file; the one that the package ships when left out.

    Returns
    -------
    dict of str to Source
        By key, in the order of the file. It is shared between callers: do not change it.

    Raises
    ------
    InputError
        When the file cannot be read or a key stands twice.

    Examples
    --------
    >>> read_sources()["Graupner2012"].year
    '2012'
    """
    try:
        found = path.stat()
        return _read(path, (found.st_mtime_ns, found.st_size))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; allowed: a BibTeX file") from error


@lru_cache(maxsize=8)
def _read(path: Path, state: tuple[int, int]) -> dict[str, Source]:  # noqa: ARG001
    """Read the file; its `state` makes an edited file be read again."""
    text = path.read_text(encoding="utf-8")
    starts = list(_ENTRY.finditer(text))
    found: dict[str, Source] = {}
    for start, end in zip(starts, [*(entry.start() for entry in starts[1:]), len(text)], strict=True):
        key = start["key"]
        if key in found:
            raise InputError(f"{path}: source {key!r} stands twice; allowed: each key once")
        fields = {field["name"].lower(): field["text"] for field in _FIELD.finditer(text, start.end(), end)}
        known = {name: fields[name] for name in ("author", "title", "year", "doi", "note") if name in fields}
        found[key] = Source(key, **known)
    return found
