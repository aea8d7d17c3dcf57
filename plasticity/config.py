"""Read a strict YAML 1.2 file into a tree that knows the file, line and column of every key and value."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plasticity.node import ConfigError, Node

__all__ = ["ConfigError", "Node", "load", "parse"]

#: A file nested deeper than this is refused, so that no file can exhaust the stack.
MAX_DEPTH = 40

# the core schema of YAML 1.2.2, section 10.3.2: no sexagesimal, date, underscore or yes/no
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def load(path: str | Path) -> Node:
    """Read a YAML file whose top is a mapping.

    Nothing in the file is executed: tags, anchors, aliases, merge keys, directives and second documents are refused,
    and so are repeated keys, keys that are not text and numbers that are not finite.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, in UTF-8.

    Returns
    -------
    Node
        The top mapping.

    Raises
    ------
    ConfigError
        With the position of what is wrong; or without one, when the file cannot be read at all.

    Examples
    --------
    >>> load("no/such/plan.yaml")
    Traceback (most recent call last):
    ...
    plasticity.node.ConfigError: no/such/plan.yaml: cannot be read: No such file or directory; allowed: a YAML file
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; allowed: a YAML file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; allowed: a YAML file in UTF-8") from error
    return parse(text, str(path))


def parse(text: str, file: str = "<text>", *, mapping: bool = True) -> Node:
    """Read YAML from text, as strictly as `load`.

    Parameters
    ----------
    text : str
        The YAML.
    file : str
        What errors call it.
    mapping : bool
        Whether the top must be a mapping; false reads a single value, such as that of ``--set key=VALUE``.

    Returns
    -------
    Node

    Raises
    ------
    ConfigError

    Examples
    --------
    >>> parse("brake_tau: 7 d").plain(), parse("[1, 2]", mapping=False).plain()
    ({'brake_tau': '7 d'}, [1, 2])
    >>> parse("a: 1\\nb: 2\\na: 3\\n", "plan.yaml")
    Traceback (most recent call last):
    ...
    plasticity.node.ConfigError: plan.yaml:3:1: a: repeated key, first at line 1; allowed: each key once
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError
    from ruamel.yaml.reader import ReaderError

    try:
        top = _composed(text, file)
    except MarkedYAMLError as error:
        said = ", ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark or error.context_mark
        raise _error(file, mark, (), f"not YAML: {said}", "valid YAML 1.2") from error
    except ReaderError as error:
        before = text[: error.position].split("\n")
        where = f"{file}:{len(before)}:{len(before[-1]) + 1}"
        raise ConfigError(f"{where}: a control character is not allowed in YAML; allowed: plain text") from error
    except YAMLStreamError as error:
        raise ConfigError(f"{file}: not YAML: {' '.join(str(error).split())}; allowed: valid YAML 1.2") from error
    found = top or Node(None, (), file, 1, 1, 1, 1)
    if mapping and not isinstance(found.value, dict):
        raise found.error("no mapping", "key: value at the top")
    return found


def _error(file: str, mark: Any, path: tuple[str | int, ...], problem: str, allowed: str) -> ConfigError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Node(None, path, file, line, column, line, column).error(problem, allowed)


def _composed(text: str, file: str) -> Node | None:
    from ruamel.yaml import YAML

    return _Composer(YAML(typ="safe", pure=True).parse(text), file).document()


class _Composer:
    """Build nodes from the parser's events and refuse every feature that plain data does not need."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self.events = events
        self.file = file

    def document(self) -> Node | None:
        top = None
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if event.version or event.tags:
                    raise self.refusal(event, (), "a directive", "no directive")
                if top is not None:
                    raise self.refusal(event, (), "a second document", "one document")
                top = self.node(next(self.events), (), None)
        return top

    def node(self, event: Any, path: tuple[str | int, ...], key: Any) -> Node:
        kind = type(event).__name__
        if kind == "AliasEvent":
            raise self.refusal(event, path, f"an alias *{event.anchor}", "the value itself")
        if event.anchor is not None:
            raise self.refusal(event, path, f"an anchor &{event.anchor}", "the value itself")
        if event.ctag is not None:
            raise self.refusal(event, path, f"a tag {event.tag}", "no tag")
        if len(path) > MAX_DEPTH:
            raise self.refusal(event, path, "nested too deep", f"{MAX_DEPTH} levels")
        value: Any
        if kind == "MappingStartEvent":
            value = self.mapping(path)
        else:
            value = self.items(path) if kind == "SequenceStartEvent" else self.scalar(event, path)
        start, at = event.start_mark, (key or event).start_mark
        return Node(value, path, self.file, start.line + 1, start.column + 1, at.line + 1, at.column + 1)

    def mapping(self, path: tuple[str | int, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key = self.node(event, path, None)
            if not isinstance(key.value, str) or (key.value == "<<" and event.implicit[0]):
                given = event.value if type(event).__name__ == "ScalarEvent" else "a collection"
                raise key.error(f"{given!r} is not a key", "a name")
            child = self.node(next(self.events), (*path, key.value), event)
            if key.value in found:
                first = found[key.value].key_line
                raise child.error(f"repeated key, first at line {first}", "each key once", at_key=True)
            found[key.value] = child
        return found

    def items(self, path: tuple[str | int, ...]) -> list[Node]:
        found: list[Node] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            found.append(self.node(event, (*path, len(found)), None))
        return found

    def scalar(self, event: Any, path: tuple[str | int, ...]) -> str | int | float | bool | None:
        text: str = event.value
        if not text.isprintable() and any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in text):
            raise self.refusal(event, path, "an unpaired surrogate or a null character", "text")
        if not event.implicit[0]:
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        try:
            if _INTEGER.fullmatch(text):
                return int(text, 0) if text.startswith("0") and text[1:2] in ("o", "x") else int(text)
            number = float(text) if _FLOAT.fullmatch(text) else 0.0
        except ValueError:  # Python reads no integer of more than 4300 digits
            number = math.inf
        if not math.isfinite(number) or _NOT_FINITE.fullmatch(text):
            raise self.refusal(event, path, f"{text[:40]!r} is not finite", "a finite number")
        return number if _FLOAT.fullmatch(text) else text

    def refusal(self, event: Any, path: tuple[str | int, ...], problem: str, allowed: str) -> ConfigError:
        return _error(self.file, event.start_mark, path, problem, allowed)
