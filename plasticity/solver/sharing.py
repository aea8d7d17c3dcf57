"""What is computed once: parts of the parameters alone, and subexpressions that occur more than once."""

from collections.abc import Sequence

import sympy

from plasticity.solver.system import Statement, parameter


class Constants:
    """Collects the subexpressions that depend on parameters alone.

    Parameters
    ----------
    parameters : int
        Their number.

    Attributes
    ----------
    slots : dict of Expr to Symbol
        What was collected, and the symbol that stands for it.

    Examples
    --------
    >>> y, p0, p1 = sympy.Symbol("y0", real=True), parameter(0), parameter(1)
    >>> constants = Constants(2)
    >>> constants.hoist(y * p0 / (p0 + p1)), constants.slots
    (c0*y0, {p0/(p0 + p1): c0})
    """

    def __init__(self, parameters: int) -> None:
        self.known = {parameter(i) for i in range(parameters)}
        self.slots: dict[sympy.Expr, sympy.Symbol] = {}

    def _constant(self, expression: sympy.Expr) -> sympy.Expr:
        if expression.is_Number or expression.is_Symbol:
            return expression
        if expression not in self.slots:
            self.slots[expression] = sympy.Symbol(f"c{len(self.slots)}", real=True)
        return self.slots[expression]

    def hoist(self, expression: sympy.Expr) -> sympy.Expr:
        """Replace every largest part that depends on parameters alone."""
        if expression.free_symbols <= self.known:
            return self._constant(expression)
        if not expression.args:
            return expression
        if expression.is_Add or expression.is_Mul:
            fixed = [a for a in expression.args if a.free_symbols <= self.known]
            moving = [self.hoist(a) for a in expression.args if not a.free_symbols <= self.known]
            return expression.func(*([self._constant(expression.func(*fixed))] if fixed else []), *moving)
        return expression.func(*(self.hoist(a) for a in expression.args))


def ordered(statements: Sequence[Statement], wanted: Sequence[sympy.Expr]) -> list[Statement]:
    """Keep the statements that others need, each after those that it reads.

    Parameters
    ----------
    statements : sequence of (Symbol, Expr)
    wanted : sequence of Expr

    Returns
    -------
    list of (Symbol, Expr)

    Examples
    --------
    >>> y, a, b, c = sympy.symbols("y a b c")
    >>> ordered([(a, b + 1), (b, 2 * y), (c, y)], [a])
    [(b, 2*y), (a, b + 1)]
    """
    by_symbol = dict(statements)
    done: dict[sympy.Symbol, None] = {}

    def need(expression: sympy.Expr) -> None:
        for symbol in sorted(expression.free_symbols, key=str):
            if symbol in by_symbol and symbol not in done:
                need(by_symbol[symbol])
                done[symbol] = None

    for expression in wanted:
        need(expression)
    return [(symbol, by_symbol[symbol]) for symbol in done]


def shared(statements: Sequence[Statement], results: Sequence[sympy.Expr]) -> tuple[list[Statement], list[sympy.Expr]]:
    """Give common subexpressions a name.

    Parameters
    ----------
    statements : sequence of (Symbol, Expr)
    results : sequence of Expr

    Returns
    -------
    statements : list of (Symbol, Expr)
        Those that the results need and the new ones, each after those that it reads.
    results : list of Expr

    Examples
    --------
    >>> y, z = sympy.symbols("y0 y1", real=True)
    >>> shared([], [sympy.exp(y + z), 1 + sympy.exp(y + z)])
    ([(x0, exp(y0 + y1))], [x0, x0 + 1])
    """
    all_ = [expression for _, expression in statements] + list(results)
    extra, reduced = sympy.cse(all_, symbols=sympy.numbered_symbols("x", real=True), order="none")
    named = [(symbol, expression) for (symbol, _), expression in zip(statements, reduced, strict=False)]
    finals = reduced[len(statements) :]
    return ordered([*extra, *named], finals), finals
