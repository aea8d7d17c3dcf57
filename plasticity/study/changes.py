"""Dotted keys that change a study after it was read: ``--set key=VALUE`` and the section ``reduced``."""

from collections.abc import Iterable

from plasticity.config import ConfigError, Node, parse

FLAT = (("parameters",), ("sweep", "over"))
"""Sections whose keys may hold dots themselves, such as ``mdma.clearance``."""


def reduced(tree: Node) -> Node:
    """Apply the section ``reduced`` of a study.

    Parameters
    ----------
    tree : Node
        The whole study.

    Returns
    -------
    Node
        The study for a quick check.

    Raises
    ------
    ConfigError
        If there is no such section, or one of its keys leads nowhere.

    Examples
    --------
    >>> reduced(parse("times: {every: 1 h}\\nreduced: {times.every: 6 h}")).find(("times", "every")).value
    '6 h'
    """
    if "reduced" not in tree.value:
        raise ConfigError(f"{tree.file}: this study has no section 'reduced'; allowed: a run without --reduced")
    changes = tree.value["reduced"].mapping()
    for key, value in changes.items():
        tree = changed(tree, key, value)
    return tree


def assigned(tree: Node, assignments: Iterable[str]) -> tuple[Node, dict[str, object]]:
    """Apply assignments such as ``parameters.brake_tau=7 d``.

    Parameters
    ----------
    tree : Node
        The whole study.
    assignments : iterable of str
        Dotted key, equals sign, and the value as YAML.

    Returns
    -------
    tree : Node
        The changed study; errors about what was assigned say ``--set``.
    changes : dict
        What was assigned, as plain data, in order.

    Raises
    ------
    ConfigError
        If an assignment is not one, its value is not YAML, or its key leads nowhere.

    Examples
    --------
    >>> tree, changes = assigned(parse("title: Window"), ["parameters.brake_tau=7 d"])
    >>> tree.plain(), changes
    ({'title': 'Window', 'parameters': {'brake_tau': '7 d'}}, {'parameters.brake_tau': '7 d'})
    """
    changes: dict[str, object] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        if not equals or not all(key.split(".")):
            raise ConfigError(f"--set: {text!r} is not an assignment; allowed: dotted.key=VALUE")
        # blanks in place of the key keep the columns of errors those of what was typed
        node = parse(" " * (len(key) + 1) + value, "--set", mapping=False)
        changes[key] = node.plain()
        tree = changed(tree, key, node)
    return tree, changes


def changed(tree: Node, key: str, value: Node) -> Node:
    """Exchange or add the value at a dotted key.

    Parameters
    ----------
    tree : Node
    key : str
        Such as ``protocol.doses.0.amount``; ``parameters.mdma.clearance`` is the parameter of that whole name.
    value : Node

    Returns
    -------
    Node
        A new tree.

    Raises
    ------
    ConfigError
        At `value`, if the key leads through a single value or past the end of a list.

    Examples
    --------
    >>> tree = parse("protocol: {doses: [{amount: 25 mg}]}")
    >>> changed(tree, "protocol.doses.0.amount", parse("5 mg", "--set", mapping=False)).plain()
    {'protocol': {'doses': [{'amount': '5 mg'}]}}
    """
    path: list[str | int] = []
    parts, node = key.split("."), tree
    while parts:
        taken, step = 1, parts[0]
        if isinstance(node.value, dict):
            whole = [count for count in range(len(parts), 0, -1) if ".".join(parts[:count]) in node.value]
            taken = whole[0] if whole else len(parts) if tuple(path) in FLAT else 1
            step = ".".join(parts[:taken])
        elif isinstance(node.value, list) and not (step.isascii() and step.isdigit() and int(step) < len(node.value)):
            last = len(node.value) - 1
            raise value.error(f"{key!r}: {step!r} is no item of {'.'.join(map(str, path))}", f"0 to {last}")
        elif not isinstance(node.value, list):
            raise value.error(f"{key!r}: {'.'.join(map(str, path))} is a single value", "a key of the study")
        path.append(int(step) if isinstance(node.value, list) else step)
        node = node.find((path[-1],)) if _below(node, path[-1]) else Node({}, (), "", 1, 1, 1, 1)
        parts = parts[taken:]
    return tree.replaced(tuple(path), value)


def _below(node: Node, step: str | int) -> bool:
    return node.find((step,)) is not node
