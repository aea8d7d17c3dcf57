"""A study's file checked against its sections: every refusal in one line, with its position."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from plasticity.config import ConfigError, Node
from plasticity.study.section import shown
from plasticity.study.sections import Settings, SummarySection


def validated(tree: Node) -> Settings:
    """Check a study's form: its keys, types, units and signs.

    Parameters
    ----------
    tree : Node
        As `plasticity.config.load` gives it.

    Returns
    -------
    Settings

    Raises
    ------
    ConfigError
        For the first thing in the file that is not allowed.

    Examples
    --------
    >>> from plasticity import config
    >>> validated(config.parse("protocol: {duration: 28}", "plan.yaml"))
    Traceback (most recent call last):
    ...
    plasticity.node.ConfigError: plan.yaml:1:22: protocol.duration: 28 has no unit; allowed: ...
    """
    sweep = tree.value.get("sweep")
    parts = sweep.value if sweep is not None and isinstance(sweep.value, dict) else {}
    for name in SummarySection.model_fields if "keep" not in parts else ():
        if name in parts and name != "over":
            raise parts[name].error(f"{name!r} needs 'keep'", "keep: [total_open_time, ...] beside it", at_key=True)
    try:
        return Settings.model_validate(tree.plain())
    except ValidationError as error:
        found = [_translated(tree, dict(one)) for one in error.errors(include_url=False)]
        raise min(found, key=lambda one: one[0])[1] from None


def locate(tree: Node, path: Iterable[str | int]) -> Node:
    """Find the node of a Pydantic location, leaving out parts that name a type and not a key.

    Parameters
    ----------
    tree : Node
    path : iterable of str and int

    Returns
    -------
    Node

    Examples
    --------
    >>> from plasticity import config
    >>> locate(config.parse("times: [2 h]"), ("times", "a list", 0)).value
    '2 h'
    """
    node = tree
    for part in path:
        below = node.find((part,))
        node = node if below is node else below
    return node


def _translated(tree: Node, error: dict[str, Any]) -> tuple[tuple[int, int], ConfigError]:
    node = locate(tree, error["loc"])
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "unknown_key":
        child = node.value[context["key"]]
        return (child.key_line, child.key_column), child.error(context["told"], at_key=True)
    if kind == "missing":
        return (node.line, node.column), node.error(f"{error['loc'][-1]} is missing", f"{error['loc'][-1]}: ...")
    if kind == "value_error":
        return (node.line, node.column), node.error(str(context["error"]).removeprefix("value: "))
    allowed = error["msg"].removeprefix("Input should be ")
    for word, plain in _WORDS.items():
        allowed = plain if kind.startswith(word) else allowed
    return (node.line, node.column), node.error(f"{shown(given)} was given", allowed)


_WORDS = {"string": "text", "float": "a number", "list": "a list", "dict": "key: value", "model": "key: value"}
