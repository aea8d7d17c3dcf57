"""What a user's function computes, recorded operation by operation; or the news that it cannot be recorded."""

import builtins
import math
import operator
import types
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan")
_RENAMED = {"atan": "arctan"}


class Untraceable(Exception):
    """The function branches on its arguments, or does something that has no symbolic meaning here.

    Examples
    --------
    >>> bool(Traced(Tape(), "y0"))
    Traceback (most recent call last):
    ...
    plasticity.solver.tracing.Untraceable: the function asks for the value of an argument
    """


class Tape:
    """A straight line of assignments, ``v7 = v3*v5``, as text.

    Examples
    --------
    >>> tape = Tape()
    >>> x = Traced(tape, "y0")
    >>> (2.0 * x + 1.0).name, tape.lines
    ('v1', ['v0 = 2.0*y0', 'v1 = v0+1.0'])
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[str, Traced] = {}

    def add(self, text: str) -> "Traced":
        """Append an operation, or find it where it has been done before."""
        if text not in self.known:
            name = f"v{len(self.lines)}"
            self.lines.append(f"{name} = {text}")
            self.known[text] = Traced(self, name)
        return self.known[text]


def _text(value: Any) -> str:
    if isinstance(value, Traced):
        return value.name
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise Untraceable(f"{value!r} is not a number")
    if not math.isfinite(value):
        raise Untraceable(f"{value!r} is not finite")
    number = repr(float(value))
    return f"({number})" if number.startswith("-") else number


def _binary(symbol: str) -> Callable[["Traced", Any], Any]:
    def operate(self: "Traced", other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return self.tape.add(f"{self.name}{symbol}{_text(other)}")

    return operate


def _reversed(symbol: str) -> Callable[["Traced", Any], Any]:
    def operate(self: "Traced", other: Any) -> Any:
        return self.tape.add(f"{_text(other)}{symbol}{self.name}")

    return operate


class Traced:
    """One quantity on a tape; it answers to arithmetic and to NumPy's functions, and refuses to be a number.

    Parameters
    ----------
    tape : Tape
    name : str

    Examples
    --------
    >>> tape = Tape()
    >>> np.exp(Traced(tape, "y0")).name, tape.lines
    ('v0', ['v0 = exp(y0)'])
    """

    __slots__ = ("name", "tape")

    def __init__(self, tape: Tape, name: str) -> None:
        self.tape, self.name = tape, name

    __add__, __radd__ = _binary("+"), _reversed("+")
    __sub__, __rsub__ = _binary("-"), _reversed("-")
    __mul__, __rmul__ = _binary("*"), _reversed("*")
    __truediv__, __rtruediv__ = _binary("/"), _reversed("/")

    def __neg__(self) -> "Traced":
        return self.tape.add(f"-{self.name}")

    def __pos__(self) -> "Traced":
        return self

    def __pow__(self, other: Any) -> "Traced":
        if isinstance(other, (int, np.integer)) or (isinstance(other, float) and other == int(other)):
            return self.tape.add(f"{self.name}**{int(other)}" if other >= 0 else f"{self.name}**({int(other)})")
        return self.tape.add(f"power({self.name}, {_text(other)})")

    def __rpow__(self, other: Any) -> "Traced":
        return self.tape.add(f"power({_text(other)}, {self.name})")

    def _refuse(self, *_: Any) -> Any:
        raise Untraceable("the function asks for the value of an argument")

    __bool__ = __float__ = __int__ = __index__ = __complex__ = __abs__ = __floordiv__ = __mod__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        """Answer to a NumPy function of scalars, and to arithmetic with arrays."""
        if method != "__call__":
            raise Untraceable(f"{ufunc.__name__}.{method}")
        if any(isinstance(value, np.ndarray) for value in inputs):
            boxed = [
                np.asarray(value, dtype=object) if not isinstance(value, Traced) else _box(value) for value in inputs
            ]
            return ufunc(*boxed)
        operators = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
        if ufunc.__name__ in operators:
            left, right = inputs
            return self.tape.add(f"{_text(left)}{operators[ufunc.__name__]}{_text(right)}")
        if ufunc.__name__ == "power":
            base, exponent = inputs
            return base**exponent if isinstance(base, Traced) else exponent.__rpow__(base)
        if ufunc.__name__ == "negative":
            return -self
        if ufunc.__name__ == "square":
            return self * self
        if ufunc.__name__ in FUNCTIONS:
            return self.tape.add(f"{ufunc.__name__}({self.name})")
        raise Untraceable(f"numpy.{ufunc.__name__}")


def _method(name: str) -> Callable[[Traced], Traced]:
    return lambda self: self.tape.add(f"{name}({self.name})")


for _name in FUNCTIONS:  # NumPy calls these on the elements of object arrays
    setattr(Traced, _name, _method(_name))


def _box(value: Traced) -> Any:
    box = np.empty((), dtype=object)
    box[()] = value
    return box


class _Module:
    """A module whose functions also take what is traced."""

    def __init__(self, module: types.ModuleType, replaced: dict[str, Any]) -> None:
        self._module, self._replaced = module, replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced[name] if name in self._replaced else getattr(self._module, name)


def _scalar(name: str) -> Callable[[Any], Any]:
    function = getattr(math, name)
    known = _RENAMED.get(name, name)
    return lambda value: value.tape.add(f"{known}({value.name})") if isinstance(value, Traced) else function(value)


def _objects(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def make(*given: Any, **named: Any) -> Any:
        kinds = [g for g in (*given, *named.values()) if isinstance(g, (type, np.dtype, str))]
        if any(np.dtype(kind) != np.float64 for kind in kinds):  # integers would be cut off; what is traced would not
            return function(*given, **named)
        return function(*(g for g in given if not isinstance(g, (type, np.dtype, str))), dtype=object)

    return make


@lru_cache(maxsize=1)
def _modules() -> dict[types.ModuleType, _Module]:
    scalars: dict[str, Any] = {name: _scalar(name) for name in (*FUNCTIONS, *_RENAMED) if hasattr(math, name)}
    scalars["pow"] = operator.pow
    arrays = {
        name: _objects(name) for name in ("array", "asarray", "empty", "zeros", "ones", "empty_like", "zeros_like")
    }
    return {math: _Module(math, scalars), np: _Module(np, arrays)}


def _exchanged(function: Any, modules: dict[types.ModuleType, _Module], seen: dict[int, Any]) -> Any:
    """Give a function of the same code that meets the exchanged modules, and its callees likewise."""
    function = getattr(function, "py_func", function)
    if not isinstance(function, types.FunctionType) or (function.__module__ or "").startswith("numpy"):
        return function
    if id(function) in seen:
        return seen[id(function)]
    namespace: dict[str, Any] = {"__builtins__": builtins}
    cells = tuple(types.CellType() for _ in function.__closure__ or ())
    made = types.FunctionType(function.__code__, namespace, function.__name__, function.__defaults__, cells)
    made.__kwdefaults__ = function.__kwdefaults__
    seen[id(function)] = made

    def exchanged(value: Any) -> Any:
        if isinstance(value, types.ModuleType):
            return modules.get(value, value)
        if isinstance(value, types.BuiltinFunctionType):  # from math import exp
            home = {"math": modules[math], "numpy": modules[np]}.get(value.__module__)
            return getattr(home, value.__name__, value) if home else value
        return (
            _exchanged(value, modules, seen)
            if (callable(value) and hasattr(value, "__code__")) or hasattr(value, "py_func")
            else value
        )

    outside = function.__globals__
    namespace.update({name: exchanged(outside[name]) for name in _names(function.__code__) if name in outside})
    for cell, old in zip(cells, function.__closure__ or (), strict=True):
        cell.cell_contents = exchanged(old.cell_contents)
    return made


@lru_cache(maxsize=1024)
def _names(code: types.CodeType) -> frozenset[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return frozenset(code.co_names).union(*map(_names, inner))


def trace(function: Callable[..., Any], states: int, parameters: int) -> tuple[str, list[str]]:
    """Record a function ``fun(t, y, p)``.

    Parameters
    ----------
    function : callable
        Plain or compiled by Numba; returns an array or a tuple of rates.
    states, parameters : int
        Lengths of ``y`` and ``p``.

    Returns
    -------
    tape : str
        Assignments, one to a line, in the names ``t``, ``y0``, ``p0``, ``v0``, ...
    rates : list of str
        Names or numbers, one for each state.

    Raises
    ------
    Untraceable
        If the function branches on its arguments or leaves arithmetic; it is then integrated with differences.
    ValueError
        If the number of rates is not the number of states.

    Examples
    --------
    >>> trace(lambda t, y, p: (-p[0] * y[0] ** 2,), 1, 1)
    ('v0 = -p0\\nv1 = y0**2\\nv2 = v0*v1', ['v2'])
    """
    tape = Tape()

    def vector(letter: str, count: int) -> Any:
        values = np.empty(count, dtype=object)
        for i in range(count):
            values[i] = Traced(tape, f"{letter}{i}")
        return values

    try:
        made = _exchanged(function, _modules(), {})
        result = made(Traced(tape, "t"), vector("y", states), vector("p", parameters))
        rates: Sequence[Any] = list(result)
        names = [_text(rate.item() if isinstance(rate, np.ndarray) and rate.ndim == 0 else rate) for rate in rates]
    except Untraceable:
        raise
    except Exception as error:  # whatever the function meets on the way is no verdict on the function itself
        raise Untraceable(str(error)) from error
    if len(names) != states:
        raise ValueError(f"fun returned {len(names)} rates; allowed: one for each of the {states} states")
    return "\n".join(tape.lines), names
