"""What the declaration refuses: whatever could not be read as an equation."""

import numpy as np
import pytest
from scipy.integrate import quad

from plasticity.assembly import Assembly
from plasticity.declare import Parameter, Signal, State, kernel
from plasticity.model import Model
from plasticity.ratelaws import hill, sqrt


def test_loop_is_refused():
    with pytest.raises(TypeError, match="kernel looping: For"):

        @kernel(layer="a")
        def looping(t, x, u, p):
            total = 0.0
            for _ in (1, 2):
                total = total + x.a
            return (total,)


def test_branch_is_refused():
    with pytest.raises(TypeError, match="kernel branching: IfExp"):

        @kernel(layer="a")
        def branching(t, x, u, p):
            return (x.a if x.b else 0.0,)


def test_plain_real_power_is_refused():
    with pytest.raises(TypeError, match=r"x.a \*\* p.n; real powers go through ratelaws.power"):

        @kernel(layer="a")
        def powered(t, x, u, p):
            return (x.a**p.n,)


def test_undeclared_global_is_refused():
    with pytest.raises(TypeError, match="sum is neither a rate law nor a float constant"):

        @kernel(layer="a")
        def summed(t, x, u, p):
            return (sum(x.a),)


def test_other_arguments_are_refused():
    with pytest.raises(TypeError, match=r"must be \(t, x, u, p\)"):

        @kernel(layer="a")
        def renamed(time, x, u, p):
            return (x.a,)


def test_number_without_flag_is_refused():
    with pytest.raises(TypeError, match="flag None; allowed: verified"):
        Parameter("tau", 1.0, "h")


def test_unknown_name_says_who_reads_it():
    @kernel(layer="a", states=[State("a", 0.0)])
    def lonely(t, x, u, p):
        return (hill(u.nowhere, 1.0, 2.0) - x.a,)

    with pytest.raises(TypeError, match="kernel lonely reads u.nowhere, which no kernel of this model gives"):
        Assembly([lonely], [])


def test_cycle_of_signals_is_named():
    @kernel(layer="a", gives=[Signal("one")])
    def first(t, x, u, p):
        return (), (u.two,)

    @kernel(layer="b", gives=[Signal("two")])
    def second(t, x, u, p):
        return (), (u.one,)

    with pytest.raises(TypeError, match="signals form a cycle: first reads second reads first"):
        Assembly([first, second], [])


def test_same_name_twice_is_refused():
    @kernel(layer="a", states=[State("theta", 0.0)])
    def again(t, x, u, p):
        return (-x.theta,)

    with pytest.raises(TypeError, match="theta is declared twice"):
        Assembly([*Model().kernels, again], [])


def test_kernel_may_read_time():
    """A forced decay, dx/dt = sqrt(1 + t) - x, against quadrature: time reaches the compiled model."""
    from plasticity.solver.ensemble import integrate
    from plasticity.solver.task import Changes, Task

    @kernel(layer="a", states=[State("a", 0.0)])
    def forced(t, x, u, p):
        return (sqrt(1.0 + t) - x.a,)

    assembly = Assembly([forced], [])
    one, none = np.zeros((1, 1)), np.zeros((1, 0))
    task = Task(assembly.compiled(), (0.0, 1.0), one, none, none, Changes.none(1), 1e-10, np.array([1e-12]))
    exact, _ = quad(lambda s: np.exp(s - 1.0) * np.sqrt(1.0 + s), 0.0, 1.0, epsabs=1e-13)
    assert integrate(task).final[0, 0] == pytest.approx(exact, rel=1e-9)


def test_typeset_equations_have_no_decimal_ones():
    """Whole numbers are typeset as such, under the names of the code."""
    from plasticity.kernels.threshold import threshold
    from plasticity.symbolic import equations

    lines = {line.name: line.latex for line in equations(threshold)}
    assert lines["depth"].replace(" ", "") == r"\mathrm{depth}=1-\frac{\mathrm{theta}}{\mathrm{theta\_rest}}"
