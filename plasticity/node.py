"""One value of a config file, where it stands in the file, and the errors that point there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from plasticity.errors import InputError, unknown_name
from plasticity.units import quantity, quantity_among


class ConfigError(InputError):
    """Bad input in a file: ``file:line:column: key: what was given; allowed: ...``, always one line.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> parse("duration: 28 d\\n", "plan.yaml").value["duration"].error("too long", "up to 14 d")
    ConfigError('plan.yaml:1:11: duration: too long; allowed: up to 14 d')
    """


@dataclass(frozen=True)
class Node:
    """One value of a file and where it stands.

    Attributes
    ----------
    value : dict of str to Node, list of Node, str, int, float, bool or None
        What the file says. Numbers are finite; text is never converted to a number with a unit.
    path : tuple of str and int
        The keys that lead here from the top: ``("protocol", "doses", 0, "amount")``.
    file : str
        The file as it was given.
    line, column : int
        Where the value begins, counted from 1.
    key_line, key_column : int
        Where its key begins; for an item of a list and the top, where the value begins.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> tree = parse("protocol: {duration: 28 d}\\n", "plan.yaml")
    >>> duration = tree.find(("protocol", "duration"))
    >>> duration.key, duration.value, duration.line, duration.column
    ('protocol.duration', '28 d', 1, 22)
    """

    value: Any
    path: tuple[str | int, ...]
    file: str
    line: int
    column: int
    key_line: int
    key_column: int

    @property
    def key(self) -> str:
        """The path as dotted text, such as ``protocol.doses.0.amount``.

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("a: [{b: 1}]", "x.yaml").find(("a", 0, "b")).key
        'a.0.b'
        """
        return ".".join(str(part) for part in self.path)

    def error(self, problem: str, allowed: str = "", *, at_key: bool = False) -> ConfigError:
        """Build the error for this value, to be raised by the caller.

        Parameters
        ----------
        problem : str
            What is wrong with it.
        allowed : str
            What would be accepted; left out when empty.
        at_key : bool
            Point at the key and not at the value.

        Returns
        -------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("a: 1", "x.yaml").value["a"].error("1 is odd", "even numbers")
        ConfigError('x.yaml:1:4: a: 1 is odd; allowed: even numbers')
        """
        line, column = (self.key_line, self.key_column) if at_key else (self.line, self.column)
        where = ": ".join(part for part in (f"{self.file}:{line}:{column}", self.key) if part)
        text = f"{where}: {problem}" + (f"; allowed: {allowed}" if allowed else "")
        return ConfigError(" ".join(text.split()))

    def check_keys(self, allowed: Iterable[str], kind: str = "key", required: Iterable[str] = ()) -> None:
        """Refuse the first key that is not allowed, and a missing one that is required.

        Parameters
        ----------
        allowed : iterable of str
            The keys that may stand here.
        kind : str
            What the keys are, for the error.
        required : iterable of str
            The keys that must stand here.

        Raises
        ------
        ConfigError
            At the unknown key, with the nearest name; or where the mapping begins, if a key is missing.

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("at: 1 h", "x.yaml").check_keys(["end"])
        Traceback (most recent call last):
        ...
        plasticity.node.ConfigError: x.yaml:1:1: at: unknown key 'at'; allowed: end
        """
        names, present = list(allowed), self.mapping()
        for name, child in present.items():
            if name not in names:
                raise child.error(str(unknown_name(kind, name, names)), at_key=True)
        for name in required:
            if name not in present:
                raise self.error(f"{kind} {name!r} is missing", ", ".join(names))

    def mapping(self) -> dict[str, "Node"]:
        """The named values below this one; an error when this is not a mapping.

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> list(parse("a: 1", "x.yaml").mapping())
        ['a']
        """
        if not isinstance(self.value, dict):
            raise self.error(f"{_shown(self.value)} is not a mapping", "key: value")
        return self.value

    def items(self) -> list["Node"]:
        """The items of a list; an error when this is not a list.

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> [item.value for item in parse("a: [1, 2]", "x.yaml").value["a"].items()]
        [1, 2]
        """
        if not isinstance(self.value, list):
            raise self.error(f"{_shown(self.value)} is not a list", "[item, ...]")
        return self.value

    def text(self, allowed: Iterable[str] | None = None, kind: str = "name") -> str:
        """The value as text, optionally one of given names; an error otherwise.

        Parameters
        ----------
        allowed : iterable of str, optional
            The names that are accepted; any text when left out.
        kind : str
            What the names are, for the error.

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("species: mouse", "x.yaml").value["species"].text(["human", "mouse"], "species")
        'mouse'
        """
        if not isinstance(self.value, str):
            raise self.error(f"{_shown(self.value)} is not text", "text")
        names = None if allowed is None else list(allowed)
        if names is not None and self.value not in names:
            raise self.error(str(unknown_name(kind, self.value, names)))
        return self.value

    def quantity(self, unit: str) -> float:
        """The value in a canonical unit; a bare number where a unit is needed is refused.

        Parameters
        ----------
        unit : str
            The canonical unit, as in `plasticity.units.quantity`.

        Returns
        -------
        float
            The value [`unit`].

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("brake_tau: 7 d", "x.yaml").value["brake_tau"].quantity("h")
        168.0
        """
        with self.located():
            return quantity(self.value, unit, "value", number_allowed=False)

    def quantity_text(self, *units: str) -> str:
        """The text of a quantity, as given, once it is known to be in one of the units.

        Parameters
        ----------
        *units : str
            The canonical units that are accepted, as in `plasticity.units.quantity_among`.

        Returns
        -------
        str

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("amount: 25 mg", "x.yaml").value["amount"].quantity_text("mg", "mg/kg", "nmol")
        '25 mg'
        """
        with self.located():
            quantity_among(self.value, units, "value", number_allowed=False)
        return str(self.value)

    def find(self, path: Iterable[str | int]) -> "Node":
        """The node at a path, or the last one on the way that exists.

        Parameters
        ----------
        path : iterable of str and int
            Keys and list positions from here, such as the ``loc`` of a pydantic error.

        Returns
        -------
        Node

        Examples
        --------
        >>> from plasticity.config import parse
        >>> tree = parse("a: {b: [1, 2]}", "x.yaml")
        >>> tree.find(("a", "b", 1)).value, tree.find(("a", "missing", 3)).key
        (2, 'a')
        """
        node = self
        for part in path:
            known: Any = node.value if isinstance(node.value, dict) else ()
            if isinstance(node.value, list):
                known = range(len(node.value))
            if part not in known:
                break
            node = node.value[part]
        return node

    @contextmanager
    def located(self, *, at_key: bool = False) -> Iterator[None]:
        """Give any `InputError` raised inside this block the position of this value.

        An error that has a position already passes through unchanged.

        Parameters
        ----------
        at_key : bool
            Point at the key and not at the value.

        Raises
        ------
        ConfigError

        Examples
        --------
        >>> from plasticity.config import parse
        >>> with parse("dose: -5 mg", "x.yaml").value["dose"].located():
        ...     raise InputError("-5 mg is negative; allowed: 0 mg or more")
        Traceback (most recent call last):
        ...
        plasticity.node.ConfigError: x.yaml:1:7: dose: -5 mg is negative; allowed: 0 mg or more
        """
        try:
            yield
        except ConfigError:
            raise
        except InputError as error:
            raise self.error(str(error), at_key=at_key) from error

    def replaced(self, path: tuple[str | int, ...], new: "Node") -> "Node":
        """This tree with one value exchanged or added; mappings on the way that are missing are made.

        Parameters
        ----------
        path : tuple of str and int
            Where the new value goes, from here.
        new : Node
            The new value; errors about it point to where it came from, such as ``--set``.

        Returns
        -------
        Node
            A new tree; this one stays as it is.

        Raises
        ------
        ConfigError
            When the path goes through a single value, or past the end of a list.

        Examples
        --------
        >>> from plasticity.config import parse
        >>> tree = parse("a: {b: 1}", "x.yaml")
        >>> tree.replaced(("a", "c"), parse("2 h", "--set", mapping=False)).plain()
        {'a': {'b': 1, 'c': '2 h'}}
        """
        if not path:
            return _moved(new, self.path)
        part, rest = path[0], path[1:]
        if isinstance(self.value, dict) and isinstance(part, str):
            empty = replace(new, value={}, path=(*self.path, part))
            return replace(self, value={**self.value, part: self.value.get(part, empty).replaced(rest, new)})
        if isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value):
            items = list(self.value)
            items[part] = items[part].replaced(rest, new)
            return replace(self, value=items)
        place = ".".join(str(name) for name in (*self.path, part))
        raise new.error(f"{place} does not exist in {self.file}", "a key or a position in a list")

    def plain(self) -> Any:
        """The same tree as dictionaries, lists and scalars, without positions.

        Returns
        -------
        dict, list, str, int, float, bool or None

        Examples
        --------
        >>> from plasticity.config import parse
        >>> parse("a: [1, {b: 2 h}]", "x.yaml").plain()
        {'a': [1, {'b': '2 h'}]}
        """
        if isinstance(self.value, dict):
            return {name: child.plain() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def _shown(value: object) -> str:
    kind = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value))
    return kind or repr(value)


def _moved(node: Node, path: tuple[str | int, ...]) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {name: _moved(child, (*path, name)) for name, child in value.items()}
    elif isinstance(value, list):
        value = [_moved(child, (*path, place)) for place, child in enumerate(value)]
    return replace(node, value=value, path=path)
