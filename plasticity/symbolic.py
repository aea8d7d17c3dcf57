"""Kernels read by SymPy: the very functions that run, with the rate laws' meanings exchanged for symbols."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter

from plasticity import ratelaws
from plasticity.declare import Kernel, split


class positive(sympy.Function):  # type: ignore[misc]
    """A base of powers as they count it: 1e-300 where it is 0 or below.

    Examples
    --------
    >>> positive(sympy.Symbol("x"))
    positive(x)
    """


class power(sympy.Function):  # type: ignore[misc]
    """Real power that is 0 for a base of 0 or below.

    Its slope is written with the power itself, which is at hand where the slope is needed.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> power(x, 3).diff(x), power(sympy.Integer(0), 3)
    (3*power(x, 3)/positive(x), 0)
    """

    @classmethod
    def eval(cls, base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr | None:
        """Simplify only the power of zero."""
        return sympy.Integer(0) if base.is_zero else None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Differentiate by the base (1) or the exponent (2)."""
        base, exponent = self.args
        return exponent * self / positive(base) if argindex == 1 else self * sympy.log(base)

    def _latex(self, printer: Any) -> str:
        base, exponent = self.args
        return f"\\left({printer.doprint(base)}\\right)_+^{{{printer.doprint(exponent)}}}"


class sigmoid(sympy.Function):  # type: ignore[misc]
    """Logistic function.

    Examples
    --------
    >>> z = sympy.Symbol("z")
    >>> sigmoid(z).diff(z)
    (1 - sigmoid(z))*sigmoid(z)
    """

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Differentiate."""
        return self * (1 - self)

    def _latex(self, printer: Any) -> str:
        return f"\\sigma\\left({printer.doprint(self.args[0])}\\right)"


class softplus(sympy.Function):  # type: ignore[misc]
    """Smooth positive part, ln(1 + exp(z)).

    Examples
    --------
    >>> z = sympy.Symbol("z")
    >>> softplus(z).diff(z)
    sigmoid(z)
    """

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """Differentiate."""
        return sigmoid(self.args[0])

    def _latex(self, printer: Any) -> str:
        return f"\\ln\\left(1 + e^{{{printer.doprint(self.args[0])}}}\\right)"


PRIMITIVES: dict[str, Any] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "power": power,
    "sigmoid": sigmoid,
    "softplus": softplus,
}


def read(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function of the same code whose rate laws build expressions.

    Parameters
    ----------
    function : callable
        A kernel's function, a rate law, or an equation of the parameters.

    Returns
    -------
    callable
        To be called with symbols in place of numbers.

    Examples
    --------
    >>> from plasticity.ratelaws import hill
    >>> z = sympy.Symbol("z", positive=True)
    >>> read(hill)(z, 2, 3)
    power(z/2, 3)/(power(z/2, 3) + 1.0)
    """
    namespace: dict[str, Any] = {"__builtins__": {}}
    for name in function.__code__.co_names:
        known = function.__globals__.get(name)
        if name in PRIMITIVES:
            namespace[name] = PRIMITIVES[name]
        elif isinstance(known, FunctionType):
            namespace[name] = read(known)
        elif isinstance(known, float):
            namespace[name] = sympy.Float(known, 17)
    return FunctionType(function.__code__, namespace)


def trace(
    kernel: Kernel, x: Mapping[str, Any], u: Mapping[str, Any], p: Mapping[str, Any], t: Any = None
) -> tuple[tuple[sympy.Expr, ...], tuple[sympy.Expr, ...]]:
    """Evaluate a kernel on symbols.

    Parameters
    ----------
    kernel : Kernel
    x, u, p : mapping of str to Expr or float
        States, inputs and signals, parameters, by name.
    t : Expr, optional
        Time, for a kernel that reads it.

    Returns
    -------
    rates, signals : tuple of Expr

    Examples
    --------
    >>> from plasticity.kernels.brake import brake
    >>> e, s, tau = sympy.symbols("E u tau")
    >>> numbers = {"brake_gain": 2, "brake_capacity": 4, "brake_tau": tau}
    >>> trace(brake, {"permissiveness": e}, {"trkb_signal": s}, numbers)
    ((-E/tau + 2*u*(1.0 - E/4),), ())
    """
    result = read(kernel.function)(t, SimpleNamespace(**x), SimpleNamespace(**u), SimpleNamespace(**p))
    rates, signals = split(kernel, result)
    return tuple(map(sympy.sympify, rates)), tuple(map(sympy.sympify, signals))


@dataclass(frozen=True)
class Equation:
    r"""One line of a typeset kernel.

    Attributes
    ----------
    name : str
        Of a state, a signal, or a step that the code names on its way.
    kind : str
        ``rate``, ``signal`` or ``step``.
    value : Expr
        In symbols that are named as they are typeset.
    latex : str

    Examples
    --------
    >>> Equation("plasma", "signal", sympy.Integer(1), r"\mathrm{plasma} = 1").kind
    'signal'
    """

    name: str
    kind: str
    value: sympy.Expr
    latex: str


def equations(kernel: Kernel) -> list[Equation]:
    r"""Typeset a kernel as its code has it: rates, signals, and the steps to which the code gives a name.

    Parameters
    ----------
    kernel : Kernel

    Returns
    -------
    list of Equation
        Names of the code are upright, those of steps slanted. A step that is returned as a signal goes by its name.

    Examples
    --------
    >>> from plasticity.kernels.brake_zero_order import brake_zero_order
    >>> rate, closed = equations(brake_zero_order)
    >>> rate.latex.partition(" = ")[2]
    '\\mathrm{brake\\_m3\\_gain} \\cdot \\mathrm{trkb\\_signal} - \\mathit{closed}'
    >>> closed.kind
    'step'
    """
    spaces = [
        SimpleNamespace(**{name: _symbol(name) for letter, name in kernel.reads if letter == kind}) for kind in "xup"
    ]
    steps: dict[sympy.Symbol, sympy.Expr] = {}
    rates, signals = split(kernel, _stepwise(kernel, steps)(_symbol("t"), *spaces))
    told = {signal.name: sympy.sympify(value) for signal, value in zip(kernel.gives, signals, strict=True)}
    known: dict[sympy.Symbol, sympy.Symbol] = {}
    for name, value in told.items():
        if value in steps and value not in known:
            known[value], told[name] = _symbol(name), steps.pop(value)
    lines = [
        (state.name, "rate", f"\\frac{{d\\,{_upright(state.name)}}}{{dt}}", sympy.sympify(rate))
        for state, rate in zip(kernel.states, rates, strict=True)
    ]
    lines += [(name, "signal", _upright(name), value) for name, value in told.items()]
    lines += [(step.name, "step", step.name, value) for step, value in steps.items()]
    found = [(name, kind, left, value.xreplace(known)) for name, kind, left, value in lines]
    return [Equation(name, kind, value, f"{left} = {_typeset(value)}") for name, kind, left, value in found]


def _stepwise(kernel: Kernel, steps: dict[sympy.Symbol, sympy.Expr]) -> Callable[..., Any]:
    """Give a function of the same code in which every named step that is more than a name becomes a symbol."""

    def named(name: str, value: Any) -> Any:
        value = sympy.sympify(value)
        if value.is_Symbol or value.is_Number:
            return value
        symbol = sympy.Symbol(_upright(name, "mathit"))
        steps[symbol] = value
        return symbol

    tree = ast.parse(kernel.source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    for line in function.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            told = ast.Constant(line.targets[0].id)
            line.value = ast.Call(ast.Name("named", ast.Load()), [told, line.value], [])
    whole = compile(ast.fix_missing_locations(tree), kernel.function.__code__.co_filename, "exec")
    code = next(part for part in whole.co_consts if isinstance(part, CodeType))
    namespace = {**read(kernel.function).__globals__, "named": named}
    for name, one in kernel.function.__globals__.items():
        if name in namespace and getattr(one, "__module__", ratelaws.__name__) != ratelaws.__name__:
            namespace[name] = partial(_called, named, name, read(one))  # an equation of the parameters alone
    return FunctionType(code, namespace)


def _called(named: Callable[[str, Any], Any], name: str, function: Callable[..., Any], *given: Any) -> Any:
    return named(name, function(*given))


class _Printer(LatexPrinter):  # type: ignore[misc]
    """Writes sums as people do: numbers first, what is taken away last."""

    def _as_ordered_terms(self, expr: sympy.Expr, order: Any = None) -> list[sympy.Expr]:
        terms = super()._as_ordered_terms(expr, order)
        return sorted(terms, key=lambda term: (term.could_extract_minus_sign(), not term.is_Number))


def _typeset(expression: sympy.Expr) -> str:
    whole = {
        number: sympy.Integer(int(number)) for number in expression.atoms(sympy.Float) if float(number).is_integer()
    }
    return str(_Printer({"mul_symbol": "dot"}).doprint(expression.xreplace(whole)))


def _symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(_upright(name))


def _upright(name: str, letters: str = "mathrm") -> str:
    return f"\\{letters}{{" + name.replace("_", "\\_") + "}"
