"""The text of an SBML document, looked at before libSBML gets it: what would take libSBML down with it is refused."""

from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from plasticity.errors import InputError

DEPTH = 1000
"""Elements inside each other. libSBML walks a document by recursion in C, and overflows the stack at some 10,000."""
FORMULA = 10_000
"""Characters of a formula that is an attribute (Level 1): its parts nest no deeper than that."""
FILE = "an SBML file, or the text of one"


def text_of(source: object) -> tuple[str, str]:
    """Read a document's text and look it over.

    Parameters
    ----------
    source : str or pathlib.Path
        A file, or the text of a document.

    Returns
    -------
    text : str
    name : str
        The file's, or ``"text"``.

    Raises
    ------
    InputError
        If it is no file, no UTF-8 or no well-formed XML, declares entities or nests too deeply.

    Examples
    --------
    >>> text_of(" <sbml/>")
    ('<sbml/>', 'text')
    >>> text_of("<sbml>")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: SBML import: text: line 1: no well-formed XML (no element found); ...
    """
    if isinstance(source, str) and (text := source.lstrip("\ufeff \t\r\n")).startswith("<"):
        name = "text"
    elif isinstance(source, str | Path):
        text, name = _contents(source), str(source)
    else:
        raise InputError(f"SBML import: {source!r} is no text; allowed: {FILE}")
    _look_over(text, name)
    return text, name


def _contents(source: str | Path) -> str:
    said = repr(str(source)) if len(str(source)) < 300 else f"a text of {len(str(source))} characters"
    try:
        if not Path(source).is_file():
            raise InputError(f"SBML import: {said} is no file; allowed: {FILE}")
        return Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"SBML import: {source}: cannot be read: {error}; allowed: UTF-8, as SBML requires") from error
    except OSError as error:
        raise InputError(f"SBML import: {said} cannot be read: {error.strerror}; allowed: {FILE}") from error


def _look_over(text: str, name: str) -> None:
    parser, depth = expat.ParserCreate(), 0

    def refuse(what: str) -> NoReturn:
        raise InputError(f"SBML import: {name}: line {parser.CurrentLineNumber}: {what}")

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            refuse(f"{element} stands inside {depth - 1} elements; allowed: up to {DEPTH}")
        if len(attributes.get("formula", "")) > FORMULA:
            refuse(f"a formula of {len(attributes['formula'])} characters; allowed: up to {FORMULA}")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(declared: str, *_: object) -> None:
        refuse(f"declares the entity {declared!r}; allowed: SBML without declarations of entities")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        refuse(f"no well-formed XML ({expat.errors.messages[error.code]}); allowed: an SBML document")
