"""A system of rates in symbols, and its Jacobian.

Derivatives run forward along the signals (each signal keeps a name, and so do its derivatives), so that a long chain
costs as much text as it has links.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

Statement = tuple[sympy.Symbol, sympy.Expr]
TIME = sympy.Symbol("t", real=True)
"""Symbol of time."""


def state(i: int) -> sympy.Symbol:
    """Symbol of state number `i`.

    Parameters
    ----------
    i : int

    Returns
    -------
    Symbol

    Examples
    --------
    >>> state(0)
    y0
    """
    return sympy.Symbol(f"y{i}", real=True)


def given(i: int) -> sympy.Symbol:
    """Symbol of scheduled input number `i`.

    Parameters
    ----------
    i : int

    Returns
    -------
    Symbol

    Examples
    --------
    >>> given(0)
    u0
    """
    return sympy.Symbol(f"u{i}", real=True)


def parameter(i: int) -> sympy.Symbol:
    """Symbol of parameter number `i`.

    Parameters
    ----------
    i : int

    Returns
    -------
    Symbol

    Examples
    --------
    >>> parameter(0)
    p0
    """
    return sympy.Symbol(f"p{i}", real=True)


@dataclass(frozen=True)
class System:
    """Rates between events, in symbols of `TIME`, `state`, `given`, `parameter` and of the signals.

    Attributes
    ----------
    inputs, parameters : int
        Numbers of scheduled inputs and of parameters.
    signals : sequence of (Symbol, Expr)
        Named intermediate quantities, each in terms of earlier ones.
    rates : sequence of Expr
        One per state.
    strict : bool
        Whether functions keep NumPy's meaning everywhere, domain errors and infinities included. The fast versions are
        for models whose arguments are known to stay inside the domain.
    probed : bool
        Whether the error between the ends of a step is controlled too, at the cost of one stage.

    Examples
    --------
    >>> flow = sympy.Symbol("s0", real=True)
    >>> System(0, 1, [(flow, parameter(0) * state(0))], [-flow]).jacobian()
    ([(d_s0_0, p0)], {(0, 0): -d_s0_0})
    """

    inputs: int
    parameters: int
    signals: Sequence[Statement]
    rates: Sequence[sympy.Expr]
    strict: bool = False
    probed: bool = False

    @property
    def timed(self) -> bool:
        """Whether any rate depends on time itself."""
        return any(TIME in e.free_symbols for e in (*self.rates, *(expression for _, expression in self.signals)))

    def jacobian(self) -> tuple[list[Statement], dict[tuple[int, int], sympy.Expr]]:
        """Differentiate the rates by the states and, in a last column, by time.

        Returns
        -------
        statements : list of (Symbol, Expr)
            Derivatives of the signals that the entries need.
        entries : dict of (int, int) to Expr
            The entries that are not identically zero.
        """
        size = len(self.rates)
        variables = [*map(state, range(size)), TIME]
        slopes: dict[tuple[sympy.Symbol, int], sympy.Symbol] = {}
        statements: list[Statement] = []

        def total(expression: sympy.Expr, j: int) -> sympy.Expr:
            result = sympy.diff(expression, variables[j])
            for symbol in sorted(expression.free_symbols, key=str):
                if (symbol, j) in slopes:
                    result += sympy.diff(expression, symbol) * slopes[symbol, j]
            return result

        for symbol, expression in self.signals:
            for j in range(size + 1):
                slope = total(expression, j)
                if slope != 0:
                    slopes[symbol, j] = sympy.Symbol(f"d_{symbol}_{j}", real=True)
                    statements.append((slopes[symbol, j], slope))
        entries = {(i, j): total(rate, j) for i, rate in enumerate(self.rates) for j in range(size + 1)}
        return statements, {place: entry for place, entry in entries.items() if entry != 0}
