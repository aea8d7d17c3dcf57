"""What counts as an equation: which syntax a kernel's function may use, and which names it reads."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

_EQUATION = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.Expr, ast.Constant, ast.Name),
    *(ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Call, ast.Tuple, ast.Load, ast.Store, ast.Add, ast.Sub, ast.Mult),
    *(ast.Div, ast.Pow, ast.USub),
)


def names_read(
    function: Callable[..., Any], arguments: tuple[str, ...] = ("t", "x", "u", "p")
) -> frozenset[tuple[str, str]]:
    """Check that a function is an equation and collect the names that it reads.

    Parameters
    ----------
    function : callable
    arguments : tuple of str
        Names that its arguments must have.

    Returns
    -------
    frozenset of (str, str)
        Pairs such as ``("x", "calcium")``; those of the functions of the parameters that it calls are included.

    Raises
    ------
    TypeError
        If the function is more than an equation; the message says what stands where.

    Examples
    --------
    >>> def decay(t, x, u, p):
    ...     return (-x.e / p.tau,)
    >>> sorted(names_read(decay))
    [('p', 'tau'), ('x', 'e')]
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    where = f"kernel {tree.name}"
    if tuple(a.arg for a in tree.args.args) != arguments:
        raise TypeError(f"{where}: the arguments must be ({', '.join(arguments)})")
    tree.decorator_list, tree.returns, tree.args = [], None, ast.arguments([], [], None, [], [], None, [])
    reads: set[tuple[str, str]] = set()
    local = {*arguments, *(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))}
    for node in ast.walk(tree):
        if not isinstance(node, _EQUATION):
            raise TypeError(f"{where}: {type(node).__name__} in line {getattr(node, 'lineno', '?')}; only equations")
        if isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id in "xup"):
                raise TypeError(f"{where}: {ast.unparse(node)} is neither a state, a signal nor a parameter")
            reads.add((node.value.id, node.attr))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            if not (isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)):
                raise TypeError(f"{where}: {ast.unparse(node)}; real powers go through ratelaws.power")
        elif isinstance(node, ast.Name) and node.id not in local:
            known = function.__globals__.get(node.id)
            if callable(known) and getattr(known, "__module__", "") != "plasticity.ratelaws":
                reads |= names_read(known, ("p",))
            elif not (callable(known) or isinstance(known, float)):
                raise TypeError(f"{where}: {node.id} is neither a rate law nor a float constant")
    return frozenset(reads)
