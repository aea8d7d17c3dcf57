"""Expressions to the text of one flat module: rates, exact Jacobian and its sparse LU, written out for all lanes.

Derivatives run forward along the signals (each signal keeps a name, and so do its derivatives), so that a long chain
costs as much text as it has links. What depends on the parameters alone is computed once per trajectory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sympy
from sympy.printing.pycode import PythonCodePrinter

from plasticity.solver.elimination import Elimination, eliminate, factor_lines, solve_lines
from plasticity.solver.tableau import RODAS5P, Rosenbrock

LANES = 8
_MARK = "# <{0}>\n"
_CLOSE = "# </{0}>\n"
Statement = tuple[sympy.Symbol, sympy.Expr]


def state(i: int) -> sympy.Symbol:
    """Symbol of state number `i`."""
    return sympy.Symbol(f"y{i}", real=True)


def given(i: int) -> sympy.Symbol:
    """Symbol of scheduled input number `i`."""
    return sympy.Symbol(f"u{i}", real=True)


def parameter(i: int) -> sympy.Symbol:
    """Symbol of parameter number `i`."""
    return sympy.Symbol(f"p{i}", real=True)


@dataclass(frozen=True)
class System:
    """Autonomous rates between events, in symbols of `state`, `given`, `parameter` and of the signals.

    Attributes
    ----------
    inputs, parameters : int
        Numbers of scheduled inputs and of parameters.
    signals : sequence of (Symbol, Expr)
        Named intermediate quantities, each in terms of earlier ones.
    rates : sequence of Expr
        One per state.
    """

    inputs: int
    parameters: int
    signals: Sequence[Statement]
    rates: Sequence[sympy.Expr]

    def jacobian(self) -> tuple[list[Statement], dict[tuple[int, int], sympy.Expr]]:
        """Differentiate the rates by the states.

        Returns
        -------
        statements : list of (Symbol, Expr)
            Derivatives of the signals that the entries need.
        entries : dict of (int, int) to Expr
            The entries that are not identically zero.
        """
        size = len(self.rates)
        slopes: dict[tuple[sympy.Symbol, int], sympy.Symbol] = {}
        statements: list[Statement] = []

        def total(expression: sympy.Expr, j: int) -> sympy.Expr:
            result = sympy.diff(expression, state(j))
            for symbol in sorted(expression.free_symbols, key=str):
                if (symbol, j) in slopes:
                    result += sympy.diff(expression, symbol) * slopes[symbol, j]
            return result

        for symbol, expression in self.signals:
            for j in range(size):
                slope = total(expression, j)
                if slope != 0:
                    slopes[symbol, j] = sympy.Symbol(f"d_{symbol}_{j}", real=True)
                    statements.append((slopes[symbol, j], slope))
        entries = {(i, j): total(rate, j) for i, rate in enumerate(self.rates) for j in range(size)}
        return statements, {place: entry for place, entry in entries.items() if entry != 0}


class _Constants:
    """Collects the subexpressions that depend on parameters alone."""

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


class _Printer(PythonCodePrinter):  # type: ignore[misc]
    """Python text with every digit, integer powers as products, and functions by their bare names."""

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Integer(self, expr: sympy.Integer) -> str:
        return f"{int(expr)}.0"

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return repr(float(expr))

    def _print_Half(self, expr: sympy.Rational) -> str:
        return "0.5"

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if exponent == sympy.Rational(1, 2):
            return f"sqrt({self._print(base)})"
        if exponent == sympy.Rational(-1, 2):
            return f"(1.0 / sqrt({self._print(base)}))"
        if exponent.is_Integer and 0 < abs(int(exponent)) <= 8:
            factor = self.parenthesize(base, 1000)
            product = "*".join([factor] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        raise TypeError(f"real power {expr} did not go through ratelaws.power")

    def _print_Function(self, expr: sympy.Function) -> str:
        return f"{type(expr).__name__}({', '.join(map(self._print, expr.args))})"

    _print_exp = _print_log = _print_Function


def _ordered(statements: Sequence[Statement], wanted: Sequence[sympy.Expr]) -> list[Statement]:
    """Keep the statements that `wanted` needs, each after those it reads."""
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


def _shared(statements: Sequence[Statement], results: Sequence[sympy.Expr]) -> tuple[list[Statement], list[sympy.Expr]]:
    """Give common subexpressions a name."""
    all_ = [expression for _, expression in statements] + list(results)
    extra, reduced = sympy.cse(all_, symbols=sympy.numbered_symbols("x", real=True), order="none")
    named = [(symbol, expression) for (symbol, _), expression in zip(statements, reduced, strict=False)]
    finals = reduced[len(statements) :]
    return _ordered([*extra, *named], finals), finals


def problem_text(system: System) -> str:
    """Write the problem section of a module.

    Parameters
    ----------
    system : System

    Returns
    -------
    str
        Python text: sizes, offsets, and the functions ``prepare``, ``rates``, ``factor`` and ``solve``.

    Raises
    ------
    TypeError
        If a real power did not go through `ratelaws.power`.
    """
    size = len(system.rates)
    constants = _Constants(system.parameters)
    hoist = constants.hoist
    slopes, entries = system.jacobian()
    rate_statements, rates = _shared([(s, hoist(e)) for s, e in system.signals], [hoist(r) for r in system.rates])
    entry_list = list(entries)
    both = [(s, hoist(e)) for s, e in [*system.signals, *slopes]]
    entry_statements, entry_values = _shared(both, [hoist(entries[place]) for place in entry_list])
    plan = eliminate(size, entry_list)
    cells = _cells(plan)

    offsets: dict[str, int] = {}
    position = 0
    counts = [("STATE", size), ("STAGE", size), ("VALUE", size), ("INPUT", system.inputs)]
    counts += [("PARAMETER", system.parameters), ("CONSTANT", len(constants.slots)), ("ENTRY", len(cells))]
    for name, count in [*counts, ("INVERSE", 1), ("SLOPE", size * RODAS5P.stages)]:
        offsets[name] = position
        position += count * LANES

    def place(name: str, slot: int) -> str:
        return f"w[{offsets[name] + slot * LANES} + l]"

    where = {parameter(i): place("PARAMETER", i) for i in range(system.parameters)}
    where |= {symbol: place("CONSTANT", i) for i, symbol in enumerate(constants.slots.values())}
    where |= {given(i): place("INPUT", i) for i in range(system.inputs)}
    staged = where | {state(i): place("STAGE", i) for i in range(size)}
    current = where | {state(i): place("STATE", i) for i in range(size)}
    cell = {names: place("ENTRY", i) for i, names in enumerate(cells)}

    prepared = list(constants.slots.items())
    lines = [f"STATES = {size}", f"INPUTS = {system.inputs}", f"PARAMETERS = {system.parameters}"]
    lines += [f"CONSTANTS = {len(prepared)}", f"ENTRIES = {len(cells)}", f"LANES = {LANES}"]
    lines += [f"{name} = {offset}" for name, offset in offsets.items()] + [f"SIZE = {position}"]
    slots = [place("CONSTANT", i) for i in range(len(prepared))]
    lines += _function("prepare", _statements(*_shared([], [e for e, _ in prepared]), slots, where))
    lines += _function("rates", _statements(rate_statements, rates, [place("VALUE", i) for i in range(size)], staged))
    names = [f"w_{i}_{j}" for i, j in entry_list]
    body = _statements(entry_statements, [-e for e in entry_values], names, current)
    missing = [(i, j) for i, j in cells if (i, j) not in entries]
    body += [f"w_{i}_{j} = 0.0" for i, j in missing]
    body += [f"w_{i}_{i} = w_{i}_{i} + w[{offsets['INVERSE']} + l]" for i in range(size)]
    body += factor_lines(plan) + [f"{cell[i, j]} = w_{i}_{j}" for i, j in cells]
    lines += _function("factor", body)
    body = [f"b_{i} = {place('VALUE', i)}" for i in range(size)] + [f"w_{i}_{j} = {cell[i, j]}" for i, j in cells]
    body += solve_lines(plan) + [f"{place('VALUE', i)} = b_{i}" for i in range(size)]
    lines += _function("solve", body)
    return "\n".join(lines) + "\n"


def _cells(plan: Elimination) -> list[tuple[int, int]]:
    return sorted(
        {(k, k) for k in plan.order}
        | {(i, k) for k in plan.order for i in plan.lower[k]}
        | {(k, j) for k in plan.order for j in plan.upper[k]}
    )


def _statements(
    statements: Sequence[Statement],
    results: Sequence[sympy.Expr],
    targets: Sequence[str],
    where: dict[sympy.Symbol, str],
) -> list[str]:
    """Print assignments; symbols with a place in the workspace are loaded first."""
    printer = _Printer({"fully_qualified_modules": False})
    used = sorted({s for e in [*(e for _, e in statements), *results] for s in e.free_symbols if s in where}, key=str)
    lines = [f"{symbol} = {where[symbol]}" for symbol in used]
    lines += [f"{symbol} = {printer.doprint(expression)}" for symbol, expression in statements]
    return lines + [f"{target} = {printer.doprint(e)}" for target, e in zip(targets, results, strict=True)]


def _function(name: str, body: Sequence[str]) -> list[str]:
    lines = ["", "", "@njit(**PLAIN)", f"def {name}(w):"]
    return [*lines, "    for l in range(LANES):", *(f"        {line}" for line in body or ["pass"])]


def method_text(method: Rosenbrock = RODAS5P) -> str:
    """Write the method section of a module: the coefficients as module constants."""
    tables = {
        "A": method.square(method.a).tolist(),
        "C": method.square(method.c_matrix).tolist(),
        "B": list(method.b),
        "H": [list(row) for row in method.dense],
    }
    lines = [f"STAGES = {method.stages}", f"ORDER = {method.error_order}", f"GAMMA = {method.gamma!r}"]
    return "\n".join([*lines, *(f"{name} = np.array({table})" for name, table in tables.items())]) + "\n"


def module_text(system: System) -> str:
    """Write a whole module: the stepping loop with its problem and method sections filled in.

    Parameters
    ----------
    system : System

    Returns
    -------
    str
        Python text with one compiled entry, ``integrate``.
    """
    here = Path(__file__).parent
    text = (here / "stepper.py").read_text(encoding="utf-8")
    elementary = (here / "elementary.py").read_text(encoding="utf-8")
    text = _replaced(text, "problem", problem_text(system))
    text = _replaced(text, "method", method_text())
    start = text.index("from plasticity.solver.elementary")
    end = text.index("# <problem>")
    body = elementary[elementary.index("PLAIN =") :]
    return text[:start] + body + "\n\n" + text[end:]


def _replaced(text: str, section: str, inside: str) -> str:
    opening, closing = _MARK.format(section), _CLOSE.format(section)
    return text[: text.index(opening) + len(opening)] + inside + text[text.index(closing) :]
