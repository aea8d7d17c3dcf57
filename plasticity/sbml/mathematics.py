"""MathML as Python text: every operation that is known here is written by name, everything else is refused."""

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.library import libsbml

AVOGADRO = 6.02214179e23
"""Value that SBML gives to its symbol (Level 3 Version 1 Core, section 3.4.6)."""

NESTED = 60
"""Levels of a formula: Python takes 200 parentheses inside each other, and a level needs up to three."""
TERMS = 1000
"""Terms of one sum or product: Python compiles it by recursion, a level a term."""

_CALLS = {
    "ABS": "np.abs({0})", "CEILING": "np.ceil({0})", "FLOOR": "np.floor({0})", "EXP": "np.exp({0})",
    "LN": "np.log({0})", "FACTORIAL": "math.gamma({0} + 1.0)", "SIN": "np.sin({0})", "COS": "np.cos({0})",
    "TAN": "np.tan({0})", "SEC": "(1.0 / np.cos({0}))", "CSC": "(1.0 / np.sin({0}))", "COT": "(1.0 / np.tan({0}))",
    "SINH": "np.sinh({0})", "COSH": "np.cosh({0})", "TANH": "np.tanh({0})", "SECH": "(1.0 / np.cosh({0}))",
    "CSCH": "(1.0 / np.sinh({0}))", "COTH": "(1.0 / np.tanh({0}))", "ARCSIN": "np.arcsin({0})",
    "ARCCOS": "np.arccos({0})", "ARCTAN": "np.arctan({0})", "ARCSEC": "np.arccos(1.0 / {0})",
    "ARCCSC": "np.arcsin(1.0 / {0})", "ARCCOT": "np.arctan(1.0 / {0})", "ARCSINH": "np.arcsinh({0})",
    "ARCCOSH": "np.arccosh({0})", "ARCTANH": "np.arctanh({0})", "ARCSECH": "np.arccosh(1.0 / {0})",
    "ARCCSCH": "np.arcsinh(1.0 / {0})", "ARCCOTH": "np.arctanh(1.0 / {0})", "REM": "np.fmod({0}, {1})",
    "QUOTIENT": "np.trunc({0} / {1})", "LOG": "(np.log({1}) / np.log({0}))",
}  # fmt: skip
_SIGNS = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "DIVIDE": "/"}
_RELATIONS = {"EQ": "==", "GEQ": ">=", "GT": ">", "LEQ": "<=", "LT": "<", "NEQ": "!="}


@cache
def _kinds() -> dict[int, str]:
    library = libsbml()
    return {
        getattr(library, name): name[4:] for name in dir(library) if name.startswith("AST_") and name[4:5].isupper()
    }


def kind(node: Any) -> str:
    """Name the type of a node as libSBML does, without its prefix.

    Parameters
    ----------
    node : libsbml.ASTNode

    Returns
    -------
    str

    Examples
    --------
    >>> kind(libsbml().parseL3Formula("a + b"))
    'PLUS'
    """
    return _kinds().get(node.getType(), "UNKNOWN")


def names_in(node: Any) -> list[str]:
    """List the identifiers that a formula reads, each rate of change as ``rate of x``.

    Parameters
    ----------
    node : libsbml.ASTNode

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        If the formula nests too deeply.

    Examples
    --------
    >>> names_in(libsbml().parseL3Formula("a * exp(b)"))
    ['a', 'b']
    """
    waiting, names = [(node, 0)], []
    while waiting:
        part, depth = waiting.pop()
        found, children = kind(part), _children(part)
        if depth > NESTED:
            said = libsbml().formulaToL3String(node)[:60]
            raise InputError(f"SBML import: the formula {said}... nests too deeply; allowed: up to {NESTED} levels")
        if found == "FUNCTION_RATE_OF":
            names.append(f"rate of {children[0].getName()}")
            continue
        if found == "NAME":
            names.append(part.getName())
        level = [depth if i == 0 and _chained(part, child) else depth + 1 for i, child in enumerate(children)]
        waiting += list(zip(children, level, strict=True))[::-1]
    return names


def _children(node: Any) -> list[Any]:
    return [node.getChild(i) for i in range(node.getNumChildren())]


def _chained(node: Any, first: Any) -> bool:
    """Tell whether ``a + b - c`` goes on to the left: long sums and products nest so, and cost no level each."""
    families = ({"PLUS", "MINUS"}, {"TIMES", "DIVIDE"})
    return node.getNumChildren() > 1 and any({kind(node), kind(first)} <= family for family in families)


def _chain(node: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """Unroll a sum or product: where it begins, and what follows, each with its sign."""
    following: list[tuple[str, Any]] = []
    while node.getNumChildren() > 1:
        sign, (first, *others) = _SIGNS[kind(node)], _children(node)
        following = [(sign, other) for other in others] + following
        goes_on, node = _chained(node, first), first
        if not goes_on:
            break
    return node, following


def number(node: Any, named: Callable[[str], str], where: str) -> str:
    """Write a formula as a Python expression that is a number.

    Parameters
    ----------
    node : libsbml.ASTNode
    named : callable
        Gives the expression of an identifier.
    where : str
        Whose formula it is, for the error.

    Returns
    -------
    str
        With ``t`` for time, ``np`` for NumPy and ``math``.

    Raises
    ------
    InputError
        If the formula uses what the engine does not have.

    Examples
    --------
    >>> number(libsbml().parseL3Formula("2 * x^2"), str.upper, "rule of y")
    '(2.0 * (X ** 2))'
    """
    found = kind(node)
    count = node.getNumChildren()

    def part(i: int) -> str:
        return number(node.getChild(i), named, where)

    if found in ("INTEGER", "REAL", "REAL_E", "RATIONAL"):
        return _literal(node)
    if found == "NAME":
        return named(node.getName())
    if found == "FUNCTION_RATE_OF":
        return named(f"rate of {node.getChild(0).getName()}")
    if found in ("NAME_TIME", "NAME_AVOGADRO", "CONSTANT_E", "CONSTANT_PI"):
        values = {"NAME_TIME": "t", "NAME_AVOGADRO": repr(AVOGADRO), "CONSTANT_E": "np.e", "CONSTANT_PI": "np.pi"}
        return values[found]
    if found in _SIGNS and count > 1:
        first, following = _chain(node)
        if len(following) > TERMS:
            raise InputError(f"SBML import: {where}: {len(following) + 1} terms in one chain; allowed: up to {TERMS}")
        rest = "".join(f" {sign} {number(other, named, where)}" for sign, other in following)
        return f"({number(first, named, where)}{rest})"
    if found in ("PLUS", "TIMES"):
        return part(0) if count else {"PLUS": "0.0", "TIMES": "1.0"}[found]
    if found == "MINUS":
        return f"(-{part(0)})"
    if found in ("POWER", "FUNCTION_POWER"):
        exponent = node.getChild(1)
        whole = kind(exponent) == "INTEGER" and abs(exponent.getInteger()) < 20
        return f"({part(0)} ** {exponent.getInteger() if whole else part(1)})"
    if found == "FUNCTION_ROOT":
        degree = node.getChild(0) if count == 2 else None
        square = degree is None or (degree.isNumber() and degree.getValue() == 2.0)
        return f"np.sqrt({part(count - 1)})" if square else f"({part(1)} ** (1.0 / {part(0)}))"
    if found in ("FUNCTION_MAX", "FUNCTION_MIN"):
        text = part(0)
        for i in range(1, count):
            text = f"np.{'maximum' if found == 'FUNCTION_MAX' else 'minimum'}({text}, {part(i)})"
        return text
    if found == "FUNCTION_PIECEWISE":
        text = part(count - 1) if count % 2 else "np.nan"
        for i in range(count - count % 2 - 2, -1, -2):
            text = f"({part(i)} if {truth(node.getChild(i + 1), named, where)} else {text})"
        return text
    if found.removeprefix("FUNCTION_") in _CALLS:
        return _CALLS[found.removeprefix("FUNCTION_")].format(*(part(i) for i in range(count)))
    if node.isBoolean():
        return f"(1.0 if {truth(node, named, where)} else 0.0)"
    raise InputError(f"SBML import: {where} uses {_said(node, found)}, which is not supported; allowed: an ODE model")


def truth(node: Any, named: Callable[[str], str], where: str) -> str:
    """Write a formula as a Python expression that is true or false.

    Parameters
    ----------
    node, named, where
        As in `number`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        As in `number`.

    Examples
    --------
    >>> truth(libsbml().parseL3Formula("x > 1 && y"), str, "trigger of e")
    '((x > 1.0) and (y != 0.0))'
    """
    found = kind(node)
    parts = [node.getChild(i) for i in range(node.getNumChildren())]
    if found in ("CONSTANT_TRUE", "CONSTANT_FALSE"):
        return found.removeprefix("CONSTANT_").capitalize()
    if found.startswith("RELATIONAL_"):
        sign = _RELATIONS[found.removeprefix("RELATIONAL_")]
        sides = [number(part, named, where) for part in parts]
        pairs = [f"({a} {sign} {b})" for a, b in itertools.pairwise(sides)]
        return pairs[0] if len(pairs) == 1 else f"({' and '.join(pairs)})"
    if found.startswith("LOGICAL_"):
        sides = [truth(part, named, where) for part in parts]
        law = found.removeprefix("LOGICAL_")
        if law == "NOT":
            return f"(not {sides[0]})"
        if law == "IMPLIES":
            return f"((not {sides[0]}) or {sides[1]})"
        if law == "XOR":
            return f"(({' + '.join(f'(1 if {side} else 0)' for side in sides) or '0'}) % 2 == 1)"
        return f"({f' {law.lower()} '.join(sides)})" if sides else str(law == "AND")
    return f"({number(node, named, where)} != 0.0)"


def _literal(node: Any) -> str:
    value = float(node.getValue())
    if value != value or value in (float("inf"), float("-inf")):
        return {"inf": "np.inf", "-inf": "(-np.inf)"}.get(str(value), "np.nan")
    return repr(value) if value >= 0 else f"({value!r})"


def _said(node: Any, found: str) -> str:
    return {"FUNCTION_DELAY": "delay()", "FUNCTION": f"the function {node.getName()}()"}.get(found, found.lower())
