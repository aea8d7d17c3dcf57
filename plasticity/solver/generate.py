"""Expressions to the text of one flat module: rates, exact Jacobian and its sparse LU, written out for all lanes.

What depends on the parameters alone is computed once per trajectory.
"""

from collections.abc import Sequence
from pathlib import Path

import sympy

from plasticity.solver.elimination import Elimination, eliminate
from plasticity.solver.factoring import factor_lines, solve_lines
from plasticity.solver.printing import LanePrinter
from plasticity.solver.sharing import Constants, shared
from plasticity.solver.system import Statement, System, given, parameter, state
from plasticity.solver.tableau import RODAS5P, Rosenbrock

LANES = 8
_MARK = "# <{0}>\n"
_CLOSE = "# </{0}>\n"


def problem_text(system: System) -> str:
    r"""Write the problem section of a module.

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

    Examples
    --------
    >>> text = problem_text(System(0, 1, [], [-parameter(0) * state(0)]))
    >>> print(text[text.index("def rates") :].partition("\n\n")[0])
    def rates(w):
        for l in range(LANES):
            c0 = w[32 + l]
            y0 = w[8 + l]
            w[16 + l] = c0*y0
    """
    size = len(system.rates)
    constants = Constants(system.parameters)
    hoist = constants.hoist
    slopes, entries = system.jacobian()
    rate_statements, rates = shared([(s, hoist(e)) for s, e in system.signals], [hoist(r) for r in system.rates])
    entry_list = list(entries)
    both = [(s, hoist(e)) for s, e in [*system.signals, *slopes]]
    entry_statements, entry_values = shared(both, [hoist(entries[place]) for place in entry_list])
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
    lines += _function("prepare", _statements(*shared([], [e for e, _ in prepared]), slots, where))
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
    printer = LanePrinter({"fully_qualified_modules": False})
    used = sorted({s for e in [*(e for _, e in statements), *results] for s in e.free_symbols if s in where}, key=str)
    lines = [f"{symbol} = {where[symbol]}" for symbol in used]
    lines += [f"{symbol} = {printer.doprint(expression)}" for symbol, expression in statements]
    return lines + [f"{target} = {printer.doprint(e)}" for target, e in zip(targets, results, strict=True)]


def _function(name: str, body: Sequence[str]) -> list[str]:
    lines = ["", "", "@njit(**PLAIN)", f"def {name}(w):"]
    return [*lines, "    for l in range(LANES):", *(f"        {line}" for line in body or ["pass"])]


def method_text(method: Rosenbrock = RODAS5P) -> str:
    """Write the method section of a module: the coefficients as module constants.

    Parameters
    ----------
    method : Rosenbrock

    Returns
    -------
    str
        Python text.

    Examples
    --------
    >>> method_text().splitlines()[:2]
    ['STAGES = 8', 'ORDER = 5']
    """
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

    Examples
    --------
    >>> text = module_text(System(0, 1, [], [-parameter(0) * state(0)]))
    >>> "import plasticity" in text, text.count("def integrate(")
    (False, 1)
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
