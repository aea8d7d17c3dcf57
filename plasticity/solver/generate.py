"""Expressions to the text of one flat module: rates, exact Jacobian and its sparse LU, written out for all lanes.

What depends on the parameters alone is computed once per trajectory.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import sympy
from numpy.typing import ArrayLike

from plasticity.solver.elimination import Elimination, eliminate
from plasticity.solver.factoring import factor_lines, solve_lines
from plasticity.solver.growth import LARGEST, limit_lines
from plasticity.solver.layout import LANES, Layout
from plasticity.solver.printing import LanePrinter
from plasticity.solver.sharing import Constants, shared
from plasticity.solver.system import TIME, Statement, System, given, parameter, state
from plasticity.solver.tableau import RODAS5P, Rosenbrock, RungeKutta

_MARK = "# <{0}>\n"
_CLOSE = "# </{0}>\n"
_INSIDE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Only compiled code calls most functions; ways in from Python took a seventh of the time to compile."""


def problem_text(system: System, stages: int = RODAS5P.stages) -> str:
    r"""Write the problem section of a module.

    Parameters
    ----------
    system : System
    stages : int
        Number of slopes that the method keeps of each state.

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
        for l in range(LANES // 2):
            m = l + LANES // 2
            c0 = w[32 + l]
            c0_ = w[32 + m]
            y0 = w[8 + l]
            y0_ = w[8 + m]
            w[16 + l] = c0*y0
            w[16 + m] = c0_*y0_
    """
    size = len(system.rates)
    constants = Constants(system.parameters)
    hoist = constants.hoist
    slopes, entries = system.jacobian()
    drift = {i: entries.pop((i, size)) for i in range(size) if (i, size) in entries}
    rate_statements, rates = shared([(s, hoist(e)) for s, e in system.signals], [hoist(r) for r in system.rates])
    entry_list = list(entries)
    both = [(s, hoist(e)) for s, e in [*system.signals, *slopes]]
    wanted = [hoist(e) for e in [*entries.values(), *drift.values(), *system.rates]]
    entry_statements, entry_values = shared(both, wanted)
    plan = eliminate(size, entry_list)
    cells = _cells(plan)
    counts = {"INPUT": system.inputs, "PARAMETER": system.parameters, "CONSTANT": len(constants.slots)}
    layout = Layout(size, stages, {**counts, "ENTRY": len(cells)}, timed=system.timed)
    place = layout.place

    where = {parameter(i): place("PARAMETER", i) for i in range(system.parameters)}
    where |= {symbol: place("CONSTANT", i) for i, symbol in enumerate(constants.slots.values())}
    where |= {given(i): place("INPUT", i) for i in range(system.inputs)}
    staged = where | {state(i): place("STAGE", i) for i in range(size)} | {TIME: place("TIME", 0)}
    current = where | {state(i): place("STATE", i) for i in range(size)} | {TIME: place("NOW", 0)}
    cell = {names: place("ENTRY", i) for i, names in enumerate(cells)}
    write = _Writer(system.strict)

    slots = [place("CONSTANT", i) for i in range(len(constants.slots))]
    lines = [*layout.lines(), f"PROBED = {system.probed}"]
    lines += _loop("prepare", write.statements(*shared([], list(constants.slots)), slots, where))
    lines += _paired_loop(
        "rates", write.statements(rate_statements, rates, [place("VALUE", i) for i in range(size)], staged)
    )
    names = [f"w_{i}_{j}" for i, j in entry_list] + [place("DRIFT", i) for i in drift]
    names += [place("VALUE", i) for i in range(size)]
    values = [-e for e in entry_values[: len(entry_list)]] + entry_values[len(entry_list) :]
    body = write.statements(entry_statements, values, names, current)
    if system.probed:
        body += limit_lines(size, entries, "w_{}_{}", place("LIMIT", 0), place("RECIPROCAL", 0))
    body += [f"w_{i}_{j} = 0.0" for i, j in cells if (i, j) not in entries]
    body += [f"w_{i}_{i} = w_{i}_{i} + {place('INVERSE', 0)}" for i in range(size)]
    body += factor_lines(plan) + [f"{cell[i, j]} = w_{i}_{j}" for i, j in cells]
    lines += _loop("factor", body)
    gained = {i: f"{place('COUPLED', i)} * {place('RECIPROCAL', 0)}" for i in range(size)}
    gained |= {i: f"{gained[i]} + {place('DRIFT', i)} * {place('WEIGHT', 0)}" for i in drift}
    body = [f"b_{i} = {place('VALUE', i)} + {gained[i]}" for i in range(size)]
    body += [f"w_{i}_{j} = {cell[i, j]}" for i, j in cells]
    body += solve_lines(plan) + [f"{place('VALUE', i)} = b_{i}" for i in range(size)]
    lines += _loop("solve", body) + each_state_lines(size)
    return "\n".join(lines) + "\n"


def _cells(plan: Elimination) -> list[tuple[int, int]]:
    return sorted(
        {(k, k) for k in plan.order}
        | {(i, k) for k in plan.order for i in plan.lower[k]}
        | {(k, j) for k in plan.order for j in plan.upper[k]}
    )


class _Writer:
    """Prints assignments."""

    def __init__(self, strict: bool) -> None:
        self.printer = LanePrinter({"fully_qualified_modules": False})
        self.printer.strict = strict

    def statements(
        self,
        statements: Sequence[Statement],
        results: Sequence[sympy.Expr],
        targets: Sequence[str],
        where: dict[sympy.Symbol, str],
    ) -> list[str]:
        """Print statements and results; symbols with a place in the workspace are loaded first."""
        used = {s for e in [*(e for _, e in statements), *results] for s in e.free_symbols if s in where}
        lines = [f"{symbol} = {where[symbol]}" for symbol in sorted(used, key=str)]
        lines += [f"{symbol} = {self.printer.doprint(expression)}" for symbol, expression in statements]
        return lines + [f"{target} = {self.printer.doprint(e)}" for target, e in zip(targets, results, strict=True)]


def each_state_lines(states: int) -> list[str]:
    """Write out what is done state by state, since a loop over states is not run on vector registers.

    The squares of error over tolerance are added pairwise so that no addition waits for all others.

    Parameters
    ----------
    states : int

    Returns
    -------
    list of str

    Examples
    --------
    >>> print("\\n".join(each_state_lines(1)[2:]))
    @njit(forceinline=True, **PLAIN)
    def squares(w, l, rtol):
        return relative(w, 0 + l, rtol)
    <BLANKLINE>
    <BLANKLINE>
    @njit(forceinline=True, **PLAIN)
    def go_on(w, l, good):
        w[STATE + 0 + l] = w[STAGE + 0 + l] if good else w[STATE + 0 + l]
    """
    terms = [f"relative(w, {s * LANES} + l, rtol)" for s in range(states)]
    while len(terms) > 1:
        pairs = zip(terms[::2], terms[1::2], strict=False)
        odd = terms[-1:] if len(terms) % 2 else []
        terms = [f"({left} + {right})" for left, right in pairs] + odd
    total = terms[0].removeprefix("(").removesuffix(")") if states > 1 else terms[0]
    squares = ["", "", "@njit(forceinline=True, **PLAIN)", "def squares(w, l, rtol):", f"    return {total}"]
    places = [(f"w[STATE + {s * LANES} + l]", f"w[STAGE + {s * LANES} + l]") for s in range(states)]
    moves = [f"    {old} = {new} if good else {old}" for old, new in places]
    return [*squares, "", "", "@njit(forceinline=True, **PLAIN)", "def go_on(w, l, good):", *moves]


def _loop(name: str, body: Sequence[str]) -> list[str]:
    """Write a loop over the lanes."""
    lines = [f"        {line}" for line in body] or ["        pass"]
    return ["", "", "@njit(**PLAIN)", f"def {name}(w):", "    for l in range(LANES):", *lines]


def _paired_loop(name: str, body: Sequence[str]) -> list[str]:
    """Write a loop over the lanes, two halves side by side: while one waits for a power, the other goes on."""
    own = {line.partition(" = ")[0] for line in body if not line.startswith("w[")}
    names = re.compile(rf"\b({'|'.join(sorted(own)) or '-'})\b")
    other = [names.sub(r"\1_", line).replace(" + l]", " + m]") for line in body]
    both = [line for pair in zip(body, other, strict=True) for line in pair]
    loop = [f"def {name}(w):", "    for l in range(LANES // 2):", "        m = l + LANES // 2"]
    return ["", "", "@njit(**PLAIN)", *loop, *(f"        {line}" for line in both)]


def differenced_text(states: int, parameters: int, stages: int, *, analytic: bool) -> str:
    """Write the problem section for a function that cannot be traced; the module must then be given ``fun``.

    Parameters
    ----------
    states, parameters : int
    stages : int
        Number of slopes that the method keeps of each state.
    analytic : bool
        Whether the module is also given ``jac``.

    Returns
    -------
    str
        Python text.

    Examples
    --------
    >>> "ANALYTIC = False" in differenced_text(2, 1, 8, analytic=False)
    True
    """
    counts = {"INPUT": 0, "PARAMETER": parameters, "ENTRY": states * states, "PIVOT": states}
    text = (Path(__file__).parent / "differenced.py").read_text(encoding="utf-8")
    opening, closing = _MARK.format("problem"), _CLOSE.format("problem")
    inside = text[text.index(opening) + len(opening) : text.index(closing)]
    lines = Layout(states, stages, counts, timed=True).lines()
    lines += ["PROBED = True", f"ANALYTIC = {analytic}", "", "", inside]
    everywhere = {(i, j) for i in range(states) for j in range(states)}
    own = [f"w_{i}_{j} = -a[{i}, {j}]" for i, j in sorted(everywhere)] if states <= LARGEST else []
    own += limit_lines(states, everywhere, "w_{}_{}", "w[LIMIT + l]", "w[RECIPROCAL + l]")
    bound = ["", "", "@njit(**PLAIN)", "def bound(w, l, a):", *(f"    {line}" for line in own or ["pass"])]
    return "\n".join([*lines, *bound, *each_state_lines(states)]) + "\n"


def method_text(method: Rosenbrock | RungeKutta, offsets: Mapping[str, int]) -> str:
    """Write the method section of a module: the coefficients as module constants.

    Parameters
    ----------
    method : Rosenbrock or RungeKutta
    offsets : mapping of str to int
        Number of states and the places in the workspace, as the problem section has them.

    Returns
    -------
    str
        Python text.

    Examples
    --------
    >>> offsets = {"STATES": 1, "STATE": 0, "STAGE": 8, "VALUE": 16, "COUPLED": 24, "SLOPE": 32}
    >>> method_text(RODAS5P, offsets).splitlines()[:2]
    ['STAGES = 8', 'ORDER = 5']
    """
    tables: dict[str, ArrayLike]
    if isinstance(method, Rosenbrock):
        lines = [f"STAGES = {method.stages}", f"ORDER = {method.error_order}", f"GAMMA = {method.gamma!r}"]
        tables = {"H": method.dense, "NODES": method.nodes, "TIME_WEIGHTS": method.time_weights}
        functions = _combine([*method.a, method.b], method.c_matrix, offsets)
    else:
        lines = [f"STAGES = {len(method.nodes)}", f"ORDER = {method.order}"]
        rows = [[*row, *[0.0] * (len(method.nodes) - len(row))] for row in method.a]
        tables = {"A": rows, "NODES": method.nodes, "E": method.error, "P": method.dense}
        functions = []
    constants = [f"{name} = np.array({np.asarray(table, dtype=float).tolist()})" for name, table in tables.items()]
    return "\n".join([*lines, *constants, *functions]) + "\n"


def _combine(
    rows: Sequence[Sequence[float]], couplings: Sequence[Sequence[float]], offsets: Mapping[str, int]
) -> list[str]:
    """Write the sums of slopes of every stage out, in one pass over the workspace that also keeps the last slope.

    Where a row only adds the last slope to the row before, the sum goes on from there.
    """
    width = offsets["STATES"] * LANES

    def place(name: str, slope: int = 0) -> str:
        return f"w[{offsets[name] + slope * width} + e]"

    def terms(row: Sequence[float], i: int, base: str = "0.0") -> str:
        return base + "".join(
            f" + {c!r} * {place('SLOPE', j) if j < i - 1 else 'last'}" for j, c in enumerate(row) if c != 0.0
        )

    lines = ["", "", "@njit(**PLAIN)", "def combine(w, i):"]
    before: tuple[float, ...] = ()
    for i, (row, coupling) in enumerate(zip(rows, [*couplings, ()], strict=True)):
        lines += [f"    {'el' if i else ''}if i == {i}:", f"        for e in range({width}):"]
        if i:
            lines += [f"            last = {place('VALUE')}", f"            {place('SLOPE', i - 1)} = last"]
        on = i > 1 and tuple(row[:-1]) == before
        sum_ = terms((0.0,) * (i - 1) + tuple(row[-1:]), i, place("STAGE")) if on else terms(row, i, place("STATE"))
        lines += [f"            {place('STAGE')} = {sum_}"]
        if i < len(couplings):
            lines += [f"            {place('COUPLED')} = {terms(coupling, i).removeprefix('0.0 + ')}"]
        before = tuple(row)
    return lines


def _offsets(problem: str) -> dict[str, int]:
    """Read the whole numbers off the head of a problem section."""
    return {name: int(value) for name, value in re.findall(r"^([A-Z]+) = (\d+)$", problem, re.MULTILINE)}


def module_text(problem: str, method: Rosenbrock | RungeKutta = RODAS5P) -> str:
    """Write a whole module: the step with its problem, method and step sections filled in, and the loop over members.

    Parameters
    ----------
    problem : str
        From `problem_text` or `differenced_text`.
    method : Rosenbrock or RungeKutta

    Returns
    -------
    str
        Python text with one compiled entry, ``integrate``.

    Examples
    --------
    >>> text = module_text(problem_text(System(0, 1, [], [-parameter(0) * state(0)])))
    >>> "import plasticity" in text, text.count("def integrate(")
    (False, 1)
    """
    here = Path(__file__).parent
    text = (here / "stepper.py").read_text(encoding="utf-8")
    elementary = (here / "elementary.py").read_text(encoding="utf-8")
    text = _replaced(text, "problem", problem)
    text = _replaced(text, "method", method_text(method, _offsets(problem)))
    if isinstance(method, RungeKutta):
        explicit = (here / "explicit.py").read_text(encoding="utf-8")
        opening, closing = _MARK.format("step"), _CLOSE.format("step")
        text = _replaced(text, "step", explicit[explicit.index(opening) + len(opening) : explicit.index(closing)])
    start = text.index("from plasticity.solver.elementary")
    end = text.index("# <problem>")
    body = elementary[elementary.index("PLAIN =") :].replace("\n", f" | {_INSIDE}\n", 1)
    driver = (here / "driver.py").read_text(encoding="utf-8")
    return text[:start] + body + "\n\n" + text[end:] + "\n\n" + driver[driver.index("REACHED_END =") :]


def _replaced(text: str, section: str, inside: str) -> str:
    opening, closing = _MARK.format(section), _CLOSE.format(section)
    return text[: text.index(opening) + len(opening)] + inside + text[text.index(closing) :]
