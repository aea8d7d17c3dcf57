"""The model's equations for the peers: scalar text from the very expressions that the package compiles.

As the package has them, states are in units of their usual sizes, so that one absolute tolerance means the same for
all, what depends on the parameters alone is computed once per trajectory, and common subexpressions are shared. As
written, they are what a user would write: states in their own units, parameters read wherever they stand, and only
signals and calls of functions computed once.
"""

from collections.abc import Sequence
from functools import cached_property
from types import ModuleType

import numpy as np
import sympy

from benchmarks.problem import Floats, Problem
from plasticity.solver.cache import fingerprint, module
from plasticity.solver.printing import LanePrinter
from plasticity.solver.sharing import Constants, ordered, shared
from plasticity.solver.system import Statement, System, given, parameter, state

HEADER = '''"""Written by benchmarks.equations."""

from math import exp, log, log1p, sqrt

import numpy as np
from numba import njit

FLAGS = {"cache": True, "error_model": "numpy", "fastmath": {"contract", "nsz"}}


@njit(**FLAGS)
def positive(base):
    return max(base, 1e-300)


@njit(**FLAGS)
def power(base, exponent):
    return base**exponent if base > 0.0 else 0.0


@njit(**FLAGS)
def sigmoid(z):
    return 1.0 / (1.0 + exp(-z)) if z >= 0.0 else exp(z) / (1.0 + exp(z))


@njit(**FLAGS)
def softplus(z):
    return max(z, 0.0) + log1p(exp(-abs(z)))
'''

WRAPPERS = """

CONSTANTS = {width}


@njit(**FLAGS)
def prepare_all(p, k):
    for i in range(len(p)):
        prepare(p[i], k[i])


@njit(**FLAGS)
def rates_at(t, y, k):
    dy = np.empty({states})
    rates(y, k, dy)
    return dy


@njit(**FLAGS)
def jacobian_at(t, y, k):
    j = np.zeros(({states}, {states}))
    jacobian(y, k, j)
    return j


"""


class Equations:
    """Rates and exact Jacobian of the scaled states.

    Parameters
    ----------
    problem : Problem
    as_written : bool
        Whether nothing is drawn out, shared and scaled.

    Attributes
    ----------
    scales : ndarray, shape (states,)
        Units of the states.
    tolerances : ndarray, shape (states,)
        Absolute tolerance of every state at rtol 1.
    constants : list of Expr
        In terms of the parameters; they follow the parameters in the vector `k` that the rates read.
    rates, jacobian : tuple of (statements, results)
    places : list of (int, int)
        Row and column of each entry of the Jacobian.
    """

    def __init__(self, problem: Problem, *, as_written: bool = False) -> None:
        system = problem.assembly.system()
        self.as_written = as_written
        self.states, self.parameters = len(system.rates), system.parameters
        self.scales: Floats = np.ones(self.states) if as_written else problem.sizes
        self.tolerances: Floats = problem.sizes / self.scales
        sizes = [sympy.Float(float(size), 17) if size != 1.0 else sympy.S.One for size in self.scales]
        scaled = {state(i): size * state(i) for i, size in enumerate(sizes)}
        scaled |= {given(i): value for i, value in enumerate(problem.assembly.resting_inputs().tolist())}
        signals = [(symbol, expression.xreplace(scaled)) for symbol, expression in system.signals]
        rates = [rate.xreplace(scaled) / size for rate, size in zip(system.rates, sizes, strict=True)]
        system = System(0, system.parameters, signals, rates)
        slopes, entries = system.jacobian()
        found = Constants(system.parameters)
        self.places = list(entries)
        values = [entries[place] for place in self.places]
        if as_written:
            self.rates, self.jacobian = called_once(signals, rates), called_once([*signals, *slopes], values)
        else:
            self.rates = shared([(s, found.hoist(e)) for s, e in signals], [found.hoist(r) for r in rates])
            both = [(s, found.hoist(e)) for s, e in [*signals, *slopes]]
            self.jacobian = shared(both, [found.hoist(value) for value in values])
        self.constants = list(found.slots)
        self.known = [parameter(i) for i in range(system.parameters)] + list(found.slots.values())

    @cached_property
    def compiled(self) -> ModuleType:
        """Compile ``prepare(p, k)``, ``rates(y, k, dy)`` and ``jacobian(y, k, j)``; `j` starts as zeros."""
        where = {symbol: f"k[{i}]" for i, symbol in enumerate(self.known)}
        where |= {state(i): f"y[{i}]" for i in range(self.states)}
        given_parameters = {parameter(i): f"p[{i}]" for i in range(self.parameters)}
        lines = [f"k[{i}] = p[{i}]" for i in range(self.parameters)]
        targets = [f"k[{self.parameters + i}]" for i in range(len(self.constants))]
        lines += _body(shared([], self.constants), targets, given_parameters)
        text = HEADER + _function("prepare(p, k)", lines)
        targets = [f"dy[{i}]" for i in range(self.states)]
        text += _function("rates(y, k, dy)", _body(self.rates, targets, where))
        targets = [f"j[{row}, {column}]" for row, column in self.places]
        text += _function("jacobian(y, k, j)", _body(self.jacobian, targets, where))
        text += WRAPPERS.format(states=self.states, width=len(self.known))
        text += f"SLOTS = {{{', '.join(f'{str(s)!r}: {i}' for i, s in enumerate(self.known))}}}\n"
        return module("peers-" + fingerprint([text]), lambda: text)

    def antimony(self) -> str:
        """Write the rates as an Antimony model; states ``y0``, ..., parameters and constants by their symbols."""
        printer = _AntimonyPrinter({"fully_qualified_modules": False})
        statements, rates = self.rates
        free = {s for e in [*(e for _, e in statements), *rates] for s in e.free_symbols}
        used = sorted(free & set(self.known), key=str)
        lines = [f"{symbol} = 1;" for symbol in used] + [f"y{i} = 0;" for i in range(self.states)]
        lines += [f"{symbol} := {printer.doprint(expression)};" for symbol, expression in statements]
        lines += [f"y{i}' = {printer.doprint(rate)};" for i, rate in enumerate(rates)]
        return "model peer()\n" + "\n".join(lines) + "\nend\n"


def called_once(
    statements: Sequence[Statement], results: Sequence[sympy.Expr]
) -> tuple[list[Statement], list[sympy.Expr]]:
    """Give every call of a function a name, and share nothing else.

    >>> x = sympy.Symbol("x", real=True)
    >>> called_once([], [sympy.exp(x) / 2, x + sympy.exp(x)])
    ([(f0, exp(x))], [f0/2, f0 + x])
    """
    everything = [expression for _, expression in statements] + list(results)
    calls = {call for expression in everything for call in expression.atoms(sympy.Function)}
    names: dict[sympy.Expr, sympy.Symbol] = {}
    named: list[Statement] = []
    for call in sorted(calls, key=lambda call: (call.count_ops(), str(call))):  # the inner before the outer
        symbol = sympy.Symbol(f"f{len(names)}", real=True)
        named.append((symbol, call.func(*(argument.xreplace(names) for argument in call.args))))
        names[call] = symbol
    own = [(symbol, expression.xreplace(names)) for symbol, expression in statements]
    finals = [expression.xreplace(names) for expression in results]
    return ordered([*named, *own], finals), finals


class _AntimonyPrinter(LanePrinter):
    def _print_Function(self, expr: sympy.Function) -> str:
        if type(expr).__name__ == "power":
            base, exponent = map(self._print, expr.args)
            return f"abs({base})^({exponent})"  # libRoadRunner restarts at the bound of a piecewise
        return str(super()._print_Function(expr))


def _body(
    code: tuple[Sequence[Statement], Sequence[sympy.Expr]], targets: Sequence[str], where: dict[sympy.Symbol, str]
) -> list[str]:
    printer = LanePrinter({"fully_qualified_modules": False})
    statements, results = code
    used = sorted({s for e in [*(e for _, e in statements), *results] for s in e.free_symbols if s in where}, key=str)
    lines = [f"{symbol} = {where[symbol]}" for symbol in used]
    lines += [f"{symbol} = {printer.doprint(expression)}" for symbol, expression in statements]
    return lines + [f"{target} = {printer.doprint(e)}" for target, e in zip(targets, results, strict=True)]


def _function(head: str, body: Sequence[str]) -> str:
    return "\n".join(["", "", "@njit(**FLAGS)", f"def {head}:", *(f"    {line}" for line in body)]) + "\n"
