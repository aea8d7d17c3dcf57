"""What is recorded equals what is called; and what cannot be recorded is called, with differences, and is right."""

# ruff: noqa: ARG005  (every function has the signature fun(t, y, p), whatever it reads)

import math
from math import exp as exponential

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import njit

from plasticity import solve_ivp
from plasticity.solver.generate import problem_text
from plasticity.solver.problem import Problem
from plasticity.solver.tracing import Untraceable, trace

MATRIX = np.array([[-1.0, 0.5], [0.25, -2.0]])
STEPS = 3


@njit
def compiled(x):
    """Callee that Numba compiled."""
    return x / (1.0 + x * x)


def closure():
    """Give a function over an array and another function."""
    weights = np.array([0.5, 1.5])
    scale = lambda x: x * weights[0]  # noqa: E731
    return lambda t, y, p: (scale(y[0]) * weights[1], compiled(y[1]) - p[0])


def loops(t, y, p):
    """Sum over an array made inside."""
    rates = np.zeros(2)
    for i in range(2):
        for j in range(STEPS):
            if j != i:  # a branch on what is no argument
                rates[i] += (i - j) * y[j % 2] / (1 + j)
    return rates


FUNCTIONS = {
    "closure": closure(),
    "loops": loops,
    "matrix": lambda t, y, p: MATRIX @ y + np.array([np.sin(t), p[0]]),
    "dot": lambda t, y, p: np.dot(MATRIX, y) * np.exp(-y) + np.sqrt(y) - np.square(y),
    "math": lambda t, y, p: (math.exp(-y[0]) + math.atan(t) + math.pow(y[1], 1.5), math.sqrt(y[0]) + math.log(y[1])),
    "from math": lambda t, y, p: (exponential(-y[0]), exponential(t - y[1])),
    "numpy": lambda t, y, p: (np.tanh(y[0]) + np.arctan(y[1]), np.cosh(p[0]) - np.log(y[0] + y[1]) + np.tan(t / 9)),
    "powers": lambda t, y, p: (y[0] ** p[0] + y[1] ** -2 + 2.0 ** y[0], (y[0] ** 2) ** 0.5 + y[1] ** 0.5 + y[0] ** 3),
    "sum": lambda t, y, p: (np.sum(y * y), y.sum() - p.sum()),
    "constants": lambda t, y, p: (0.1 + 1e-300 * y[0], 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_recorded_functions_equal_the_called_ones(name):
    """Recorded at all, and to 1e-13 the same at random points; constants keep every digit."""
    fun = FUNCTIONS[name]
    problem = Problem(fun, 2, 1)
    assert problem.traced is not None
    rng = np.random.default_rng(0)
    for _ in range(5):
        t, y, p = rng.uniform(0.1, 2.0), rng.uniform(0.1, 2.0, 2), rng.uniform(0.1, 2.0, 1)
        np.testing.assert_allclose(generated(problem, t, y, p), fun(t, y, p), rtol=1e-13, atol=1e-300)


def generated(problem, t, y, p):
    """Rates by the generated text, run as plain Python."""
    names = {name: getattr(np, name) for name in ("exp", "log", "sqrt")}
    names |= {"np": np, "njit": lambda **_: lambda function: function, "PLAIN": {}}
    text = problem_text(problem.system)
    exec(text, names)  # noqa: S102
    lanes, w = names["LANES"], np.zeros(names["SIZE"])
    for l in range(lanes):  # noqa: E741
        w[names["PARAMETER"] + l : names["PARAMETER"] + len(p) * lanes : lanes] = p
        w[names["STAGE"] + l : names["STAGE"] + len(y) * lanes : lanes] = y
        w[names["TIME"] + l] = t
    names["prepare"](w)
    names["rates"](w)
    values = w[names["VALUE"] : names["VALUE"] + len(y) * lanes].reshape(len(y), lanes)
    assert np.array_equal(values, np.repeat(values[:, :1], lanes, axis=1), equal_nan=True)
    return values[:, 0]


LEAVES = st.sampled_from(["t", "y[0]", "y[1]", "p[0]", "p[1]", "2.0", "0.1", "3", "-1.5", "1e-3"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({x[0]}{x[1]}{x[2]})"),
        st.tuples(st.sampled_from(["exp", "log", "sqrt", "sin", "tanh", "arctan"]), inner).map(
            lambda x: f"np.{x[0]}({x[1]})"
        ),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "0.5", "p[0]"])).map(lambda x: f"({x[0]})**{x[1]}"),
    ),
    max_leaves=8,
)
POINTS = st.lists(st.floats(0.1, 3.0), min_size=5, max_size=5)


@pytest.mark.slow
@settings(max_examples=80)
@given(EXPRESSIONS, POINTS)
def test_random_expressions_mean_what_they_say(text, point):
    """The tape is exact; the generated text, whose sums are reordered, good to 1e-9 of the largest intermediate."""
    fun = eval(f"lambda t, y, p: ({text}, y[1])", {"np": np})  # noqa: S307
    t, y, p = point[0], np.array(point[1:3]), np.array(point[3:])
    with np.errstate(all="ignore"):
        try:
            called = fun(t, y, p)[0]
        except (ZeroDivisionError, OverflowError):  # of Python's own numbers
            assume(False)
        assume(not isinstance(called, complex))
        tape, rates = trace(fun, 2, 2)
        names = {"t": np.float64(t), "power": np.power} | {
            name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "tanh", "arctan")
        }
        names |= {f"y{i}": value for i, value in enumerate(y)} | {f"p{i}": value for i, value in enumerate(p)}
        seen = [1.0]
        for line in tape.splitlines():
            exec(line, names)  # noqa: S102
            seen.append(abs(names[line.partition(" ")[0]]))
        recorded = eval(rates[0], names)  # noqa: S307
        np.testing.assert_allclose(recorded, called, rtol=1e-14)
        size = max(seen)
        assume(np.isfinite(size) and size < 1e12)
        np.testing.assert_allclose(generated(Problem(fun, 2, 2), t, y, p)[0], called, rtol=1e-9, atol=1e-9 * size)


def branch(t, y, p):
    """A branch on the state, and on time."""
    pull = 1.0 if y[0] > 0.5 else 0.5
    return (-pull * y[0] + (0.5 if t > 1.0 else 0.0), 0.0)


def whole(t, y, p):
    """A parameter that counts."""
    total = 0.0
    for _ in range(int(p[0])):
        total += y[0]
    return (-total, 0.0)


def truncated(t, y, p):
    """Whole numbers cut off what is written into them."""
    steps = np.zeros(1, dtype=np.int64)
    steps[0] = int(10.0 * y[0])
    return (-0.1 * steps[0] - 1.0, 0.0)


def largest(t, y, p):
    """What NumPy decides by value."""
    return (-max(y[0], 0.25), -abs(y[1]))


UNTRACEABLE = {"branch": branch, "whole": whole, "truncated": truncated, "largest": largest}


@pytest.mark.parametrize("name", UNTRACEABLE)
def test_what_is_decided_by_value_is_not_recorded(name):
    """The recording of one branch would be wrong on the other."""
    with pytest.raises(Untraceable):
        trace(UNTRACEABLE[name], 2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
def test_called_functions_are_right(method):
    """Closed forms piece by piece: max(y, 1/4) from exp(-t) to a line; a whole number of decays."""
    found = solve_ivp(largest, (0.0, 2.0), [1.0, 1.0], [0.0], stops=[np.log(4.0)], method=method, rtol=1e-9)
    assert found.y[0, -1] == pytest.approx(0.25 - 0.25 * (2.0 - np.log(4.0)), abs=1e-7)
    assert found.y[1, -1] == pytest.approx(np.exp(-2.0), abs=1e-7)
    found = solve_ivp(whole, (0.0, 1.0), [1.0, 0.0], [3.0], method=method, rtol=1e-9)
    assert found.y[0, -1] == pytest.approx(np.exp(-3.0), abs=1e-7)


def test_a_function_that_changed_is_recorded_anew():
    """Globals are read at each call of the solver, not once."""
    space = {}
    exec("k = 1.0\ndef fun(t, y, p):\n    return (-k * y[0],)", space)  # noqa: S102
    for k in (1.0, 2.0):
        space["k"] = k
        found = solve_ivp(space["fun"], (0.0, 1.0), [1.0], rtol=1e-9, method="DormandPrince")
        assert found.y[0, -1] == pytest.approx(np.exp(-k), abs=1e-7)
