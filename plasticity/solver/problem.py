"""A user's function as a compiled module: traced where it is arithmetic, called and differenced where it is not."""

import operator
import re
import threading
import types
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.solver.cache import fingerprint, module
from plasticity.solver.tableau import DORMAND_PRINCE, RODAS5P, Rosenbrock, RungeKutta
from plasticity.solver.tracing import FUNCTIONS, Untraceable, trace

METHODS: dict[str, Rosenbrock | RungeKutta] = {"Rodas5P": RODAS5P, "DormandPrince": DORMAND_PRINCE}
"""The methods by name: the first for stiff problems, the second for others."""
_OPERAND = r"[a-z]\w*|\(-[^)]*\)|\d[\d.]*(?:e[+-]?\d+)?"
_OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_lock = threading.Lock()
_modules: dict[tuple[Any, ...], types.ModuleType] = {}
_compiled: dict[tuple[Any, ...], Any] = {}


class Problem:
    """Rates of change as a user wrote them.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, p)``, plain or compiled by Numba, that returns an array or a tuple of rates.
    states, parameters : int
        Lengths of ``y`` and ``p``.
    jac : callable, optional
        ``jac(t, y, p)``, the matrix of derivatives; then ``fun`` is called as it is and not traced.

    Attributes
    ----------
    traced : tuple of str or None
        Tape and names of the rates, None for a function that is called as it is.

    Examples
    --------
    >>> Problem(lambda t, y, p: (-p[0] * y[0],), 1, 1).traced
    ('v0 = -p0\\nv1 = v0*y0', ['v1'])
    """

    def __init__(
        self, fun: Callable[..., Any], states: int, parameters: int, jac: Callable[..., Any] | None = None
    ) -> None:
        self.fun, self.states, self.parameters, self.jac = fun, states, parameters, jac
        self.traced: tuple[str, list[str]] | None = None
        if jac is None:
            try:
                self.traced = trace(fun, states, parameters)
            except Untraceable:
                self.traced = None

    def module(self, method: str) -> types.ModuleType:
        """Compile, or load what has been compiled before.

        A traced function is named by what it computes, so a change in anything that it calls makes a new module.
        A function that is called as it is compiles once per process and for each set of values that it reads from
        outside (see `frozen`).
        """
        with _lock:
            if self.traced is not None:
                tape, rates = self.traced
                named = (method, str(self.states), str(self.parameters), tape, *rates)
                if named not in _modules:
                    _modules[named] = module(fingerprint(named), lambda: self._text(method))
                return _modules[named]
            own = (method, self.states, self.parameters, frozen(self.fun), frozen(self.jac))
            if own not in _modules:
                _modules[own] = self._called(method)
            return _modules[own]

    def examine(self, t: float, y: NDArray[np.float64], p: NDArray[np.float64]) -> None:
        """Call once, at the start, what is not traced, so that what compiled code cannot check is checked here.

        Raises
        ------
        TypeError
            If Numba cannot compile a function.
        ValueError
            If what it returns has not the right shape, or if it raises an error.
        """
        _examine("fun", self.fun, (self.states,), t, y, p)
        if self.jac is not None:
            _examine("jac", self.jac, (self.states, self.states), t, y, p)

    def _text(self, method: str) -> str:
        from plasticity.solver.generate import module_text, problem_text

        chosen = METHODS[method]
        stages = chosen.stages if isinstance(chosen, Rosenbrock) else len(chosen.nodes)
        return module_text(problem_text(self.system, stages), chosen)

    @cached_property
    def system(self) -> Any:
        """The traced function as expressions (`plasticity.solver.system.System`)."""
        import sympy

        from plasticity.solver.system import TIME, Statement, System, parameter, state

        assert self.traced is not None
        tape, rates = self.traced
        known = {parameter(i) for i in range(self.parameters)}
        signals: list[Statement] = []

        def apart(value: Any) -> Any:
            """Give a value a name of its own: SymPy would cancel exp(log(y)), and lose what is no number for y < 0."""
            expression = sympy.sympify(value)
            if expression.is_Number or expression.free_symbols <= known:
                return expression
            signals.append((sympy.Symbol(f"s{len(signals)}", real=True), expression))
            return signals[-1][0]

        def function(name: str) -> Callable[..., Any]:
            symbolic = {"power": sympy.Pow, "arctan": sympy.atan}.get(name) or getattr(sympy, name)
            return lambda *given: apart(symbolic(*map(apart, given)))

        names: dict[str, Any] = {"t": TIME} | {name: function(name) for name in ("power", *FUNCTIONS)}
        names |= {f"y{i}": state(i) for i in range(self.states)}
        names |= {f"p{i}": parameter(i) for i in range(self.parameters)}
        names["__builtins__"] = {}
        # The tape is text that `trace` wrote, so what is evaluated here is names, numbers and arithmetic, nothing else.
        for line in tape.splitlines():
            target, _, right = line.partition(" = ")
            two = re.fullmatch(f"({_OPERAND})([-+*/])({_OPERAND})", right)
            if two:
                left, after = (sympy.sympify(eval(two[side], names)) for side in (1, 3))  # noqa: S307
                value = _OPERATORS[two[2]](left, after)
                if left != 0 and after != 0 and not left.free_symbols | after.free_symbols <= value.free_symbols:
                    value = _OPERATORS[two[2]](left, apart(after))  # y - y is not a number where y is none
            else:
                value = eval(right, names)  # noqa: S307
            names[target] = apart(value) if "**(" in right else value
        found = [sympy.sympify(eval(rate, names)) for rate in rates]  # noqa: S307
        return System(0, self.parameters, signals, found, strict=True, probed=True)

    def _called(self, method: str) -> types.ModuleType:
        from plasticity.solver.generate import differenced_text, module_text

        chosen = METHODS[method]
        stages = chosen.stages if isinstance(chosen, Rosenbrock) else len(chosen.nodes)
        problem = differenced_text(self.states, self.parameters, stages, analytic=self.jac is not None)
        text = module_text(problem, chosen).replace("cache=True, ", "")
        made = types.ModuleType("plasticity_called")
        made.__dict__.update(fun=_compile(self.fun), jac=_compile(self.jac or self.fun))
        exec(compile(text, "plasticity_called", "exec"), made.__dict__)  # noqa: S102
        return made


def _compile(function: Callable[..., Any]) -> Any:
    """Compile a function so that it divides as NumPy does: a division by zero is a value, not an exception."""
    from numba import njit

    key = frozen(function)
    if key not in _compiled:
        _compiled[key] = njit(error_model="numpy")(getattr(function, "py_func", function))
    return _compiled[key]


def frozen(function: Any) -> tuple[Any, ...]:
    """Name a function together with the values that it reads from outside, which Numba freezes when it compiles.

    Numbers, texts, tuples and arrays among its globals and closed-over variables count. What other compiled functions
    read that it calls does not: those were frozen by their own compilation.

    Parameters
    ----------
    function : callable or None

    Returns
    -------
    tuple
        Equal for equal values only.

    Examples
    --------
    >>> space = {"k": 1.0}
    >>> exec("def fun(t, y, p): return (-k * y[0],)", space)
    >>> before = frozen(space["fun"])
    >>> space["k"] = 2.0
    >>> frozen(space["fun"]) == before
    False
    """
    plain = getattr(function, "py_func", function)
    code = getattr(plain, "__code__", None)
    if code is None:
        return (function,)
    read = {name: plain.__globals__[name] for name in code.co_names if name in plain.__globals__}
    read |= dict(zip(code.co_freevars, (cell.cell_contents for cell in plain.__closure__ or ()), strict=True))
    values = [
        (name, repr(value) if not isinstance(value, np.ndarray) else (value.dtype.str, value.shape, value.tobytes()))
        for name, value in sorted(read.items())
        if isinstance(value, (bool, int, float, complex, str, tuple, np.generic, np.ndarray))
    ]
    return (function, *values)


def _examine(
    name: str, function: Callable[..., Any], shape: tuple[int, ...], t: float, y: NDArray[np.float64],
    p: NDArray[np.float64],
) -> None:  # fmt: skip
    from numba.core.errors import NumbaError

    try:
        found = np.shape(_compile(function)(t, y.copy(), p.copy()))
    except NumbaError as error:
        reasons = [line.strip() for line in str(error).splitlines() if line.strip() and "Failed in" not in line]
        raise TypeError(
            f"{name}: Numba cannot compile it ({reasons[0][:200] if reasons else 'no reason given'}); "
            f"allowed: {name}(t, y, p) that Numba compiles"
        ) from None
    except Exception as error:  # noqa: BLE001  # whatever a user's function raises
        raise ValueError(f"{name}: {error!r} at the start, t = {t:g}; allowed: {name}(t, y, p) defined there") from None
    if found != shape:
        raise ValueError(f"{name}: returned shape {found}; allowed: {shape}, for {len(y)} states")
