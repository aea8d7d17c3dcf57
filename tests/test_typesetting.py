"""Typeset equations say what the kernels compute: breaking lines loses nothing, and signs stand for laws."""

import itertools
from pathlib import Path

import pytest
import sympy

from plasticity import ratelaws, symbolic
from plasticity.kernels import declared_kernels

DOCS = Path(__file__).parents[1] / "docs"
BREAK = r" \\[0.7em] &\quad "


@pytest.fixture
def formulas(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    from pages import formulas

    return formulas


@pytest.mark.parametrize("kernel", declared_kernels(), ids=lambda kernel: kernel.name)
def test_broken_lines_are_whole(formulas, kernel):
    for line in itertools.chain(*formulas.equations(kernel)):
        parts = line.split(BREAK)
        assert all(part.count(r"\left") == part.count(r"\right") for part in parts)
        assert all(part.count("{") == part.count("}") for part in parts)
        assert ("&=" in line) == (len(parts) > 1)


def test_nothing_is_lost_where_a_formula_is_broken(formulas):
    formula = "x = " + " + ".join(rf"\mathrm{{gain{i}}} \cdot \left(1 - \mathrm{{state{i}}}\right)" for i in range(12))
    assert formulas.broken(formula).replace(BREAK, "").replace("&=", "=") == formula
    assert formulas.broken(formula).count(BREAK) > 2


def test_signs_are_kept_only_while_typesetting(formulas):
    known = dict(symbolic.PRIMITIVES)
    kernel = next(one for one in declared_kernels() if one.name == "memory")
    assert any(r"\right]_{+" in line for line in itertools.chain(*formulas.equations(kernel)))
    assert known == symbolic.PRIMITIVES


def test_what_a_sign_means_is_the_law_itself(formulas):
    z, s = sympy.symbols("z s")
    for name in formulas.KEPT:
        law = symbolic.read(getattr(ratelaws, name))(z, s)
        expected = getattr(ratelaws, name)(0.3, 0.05)
        assert float(law.subs({z: 0.3, s: 0.05})) == pytest.approx(expected, rel=1e-12)  # rounding of one square root
    assert len(formulas.laws()) == len(formulas.KEPT) + 1


def test_the_width_of_a_formula_is_that_of_its_wider_half(formulas):
    assert formulas.letters(r"\frac{\mathrm{abc}}{d}") == 3
    assert formulas.letters(r"\frac{a}{\frac{bc}{\mathrm{defg}}} + h") == 6


@pytest.mark.parametrize("kernel", declared_kernels(), ids=lambda kernel: kernel.name)
def test_what_is_typeset_is_what_runs(kernel):
    """With every step put in its place, the typeset equations are those of the compiled function."""
    known = {letter: {n: symbolic._symbol(n) for of, n in kernel.reads if of == letter} for letter in "xup"}
    rates, signals = symbolic.trace(kernel, *known.values(), symbolic._symbol("t"))
    lines = symbolic.equations(kernel)
    given = {symbol for names in known.values() for symbol in names.values()}
    named = {sympy.Symbol(line.latex.split(" = ")[0]): line.value for line in lines if line.kind != "rate"}
    found = [line.value for line in lines if line.kind != "step"]
    for _ in named:
        found = [value.xreplace({name: one for name, one in named.items() if name not in given}) for value in found]
    numbers = {symbol: 0.3 + 0.4 * place / len(given) for place, symbol in enumerate(sorted(given, key=str))}
    for typeset, runs in zip(found, (*rates, *signals), strict=True):
        assert typeset.free_symbols <= given
        one, other = (complex(plain(value).evalf(30, subs=numbers)) for value in (typeset, runs))
        assert one == pytest.approx(other, rel=1e-9)  # the same terms in another order: rounding alone


def plain(value):
    """Write the laws that SymPy has no numbers for in functions that it knows."""
    z, n = sympy.Wild("z"), sympy.Wild("n")
    value = value.replace(symbolic.softplus(z), sympy.log(1 + sympy.exp(z)))
    return value.replace(symbolic.sigmoid(z), 1 / (1 + sympy.exp(-z))).replace(symbolic.power(z, n), z**n)
