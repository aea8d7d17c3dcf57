"""Kernels read by SymPy: the very functions that run, with the rate laws' meanings exchanged for symbols."""

from collections.abc import Callable, Mapping
from types import FunctionType, SimpleNamespace
from typing import Any

import sympy

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


def equations(kernel: Kernel) -> list[tuple[str, str]]:
    r"""Typeset a kernel.

    Parameters
    ----------
    kernel : Kernel

    Returns
    -------
    list of (str, str)
        Name of each state and signal, and the LaTeX of its rate or value, with the names of the code.

    Examples
    --------
    >>> from plasticity.kernels.brake_zero_order import brake_zero_order
    >>> equations(brake_zero_order)[0][0]
    'permissiveness'
    """

    def names(kind: str) -> dict[str, sympy.Symbol]:
        return {name: sympy.Symbol(_upright(name)) for letter, name in kernel.reads if letter == kind}

    rates, signals = trace(kernel, names("x"), names("u"), names("p"))
    lines = []
    for state, rate in zip(kernel.states, rates, strict=True):
        left = f"\\frac{{d\\,{_upright(state.name)}}}{{dt}}"
        lines.append((state.name, f"{left} = {_typeset(rate)}"))
    for signal, value in zip(kernel.gives, signals, strict=True):
        lines.append((signal.name, f"{_upright(signal.name)} = {_typeset(value)}"))
    return lines


def _typeset(expression: sympy.Expr) -> str:
    whole = {
        number: sympy.Integer(int(number)) for number in expression.atoms(sympy.Float) if float(number).is_integer()
    }
    return str(sympy.latex(expression.xreplace(whole), mul_symbol="dot"))


def _upright(name: str) -> str:
    return "\\mathrm{" + name.replace("_", "\\_") + "}"
