"""How one quantity follows from others: what it reads, its text, and the order in which many can be computed."""

from collections.abc import Callable, Iterable
from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.mathematics import names_in, truth

Line = tuple[list[str], Callable[[Callable[[str], str]], str]]
"""What an expression reads, and its text, given the text of what it reads."""


def ordered(wanted: Iterable[str], line: Callable[[str], Line | None]) -> list[str]:
    """Sort what must be computed so that everything is known before it is read.

    Parameters
    ----------
    wanted : iterable of str
        Names that are read in the end.
    line : callable
        Gives what a name reads; None for one that is known already.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        If quantities depend on each other in a circle.

    Examples
    --------
    >>> chain = {"a": (["b"], None), "b": ([], None)}
    >>> ordered(["a", "c"], chain.get)
    ['b', 'a']
    """
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in done:
            return
        if name in path:
            circle = " needs ".join((*path[path.index(name) :], name))
            raise InputError(f"SBML import: an algebraic loop: {circle}; allowed: quantities that can be put in order")
        found = line(name)
        if found is not None:
            for below in found[0]:
                visit(below, (*path, name))
            done[name] = None

    for name in wanted:
        visit(name, ())
    return list(done)


def condition(node: Any, where: str) -> Line:
    """Read a formula that is true or false, as 1 or 0.

    Parameters
    ----------
    node : libsbml.ASTNode
    where : str
        Whose it is, for the error.

    Returns
    -------
    names : list of str
    text : callable

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> names, text = condition(libsbml().parseL3Formula("x > 1"), "trigger")
    >>> names, text(str)
    (['x'], '(1.0 if (x > 1.0) else 0.0)')
    """
    return names_in(node), lambda named: f"(1.0 if {truth(node, named, where)} else 0.0)"


def itself(name: str) -> Line:
    """Read a quantity as it is.

    Parameters
    ----------
    name : str

    Returns
    -------
    names : list of str
    text : callable

    Examples
    --------
    >>> itself("x")[1](str.upper)
    'X'
    """
    return [name], lambda named: named(name)
