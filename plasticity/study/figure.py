"""The section ``figure`` of a study: a known kind, and options that it has."""

from typing import Any, get_args

from plasticity.config import Node
from plasticity.errors import unknown_name
from plasticity.study.sections import Settings
from plasticity.units import quantity


def check_figure(settings: Settings, tree: Node) -> None:
    """Refuse a kind of figure, an option or a value that does not exist, before anything is computed.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.

    Raises
    ------
    ConfigError

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}, figure: {kind: stagse}}", "plan.yaml")
    >>> check_figure(validated(tree), tree)
    Traceback (most recent call last):
    ...
    plasticity.node.ConfigError: plan.yaml:1:31: figure.kind: unknown kind of figure 'stagse'; did you ...
    """
    from plasticity import figures

    if settings.figure is None:
        return
    node = tree.find(("figure",))
    kind = node.find(("kind",)).text(figures.kinds(), "kind of figure")
    allowed = {name: taken for name, taken in figures.options(kind).items() if name != "observed"}
    for name in settings.figure.options:
        child = node.find((name,))
        if name not in allowed:
            raise child.error(str(unknown_name("option", name, ["kind", *allowed])), at_key=True)
        _check_value(child, allowed[name])


def _check_value(node: Node, taken: Any) -> None:
    """Refuse a value that the option of a figure cannot take: a truth value, a text, or else a time."""
    if taken is bool:
        if not isinstance(node.value, bool):
            raise node.error(f"{node.plain()!r} is no truth value", "true, false")
    elif taken is str:
        node.text()
    elif node.value is not None or type(None) not in get_args(taken):
        with node.located():
            time = quantity(node.plain(), "h", "time", number_allowed=False)
        if time < 0.0:
            raise node.error(f"{node.value!r} is negative", "0 h or more")
