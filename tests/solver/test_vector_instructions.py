"""The compiled step runs on vector registers: its machine code, counted."""

import re
import types

import numba
import pytest
from llvmlite import binding

from plasticity import Model, Protocol

ARITHMETIC = re.compile(r"\bv?(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d*)([ps])d\b")
FLOATS = numba.float64[::1]

pytestmark = pytest.mark.skipif(
    not binding.get_default_triple().startswith("x86_64"), reason="the names of instructions are those of x86-64"
)


def instructions(text):
    """Count packed and scalar double instructions of arithmetic in one step."""
    made = types.ModuleType("counted")
    exec(compile(text.replace("cache=True, ", ""), "counted", "exec"), made.__dict__)  # noqa: S102
    made.attempt.compile((FLOATS,))
    (assembly,) = made.attempt.inspect_asm().values()
    kinds = ARITHMETIC.findall(assembly)
    return kinds.count("p"), kinds.count("s")


@pytest.fixture(scope="module")
def text():
    """Give the module of the default model with one drug."""
    return Model().assemble(Protocol("1 d").dose("psilocybin", "25 mg").compounds).text()


def test_the_step_of_the_model_is_packed(text):
    """At most a tenth is scalar: step sizes and times of stages. Measured with AVX2: 1135 packed, 49 scalar."""
    packed, scalar = instructions(text)
    assert packed > 500
    assert scalar < 0.1 * packed


@pytest.mark.slow
def test_a_call_left_in_a_loop_is_noticed(text):
    """What once halved the speed: functions that are not inlined. The count above must see it."""
    broken = text.replace("forceinline=True, ", "").replace("def exp(x):", "def exp(x):\n    print()")
    packed, scalar = instructions(broken)
    assert scalar >= 0.1 * packed
