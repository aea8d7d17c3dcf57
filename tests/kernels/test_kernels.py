"""Every kernel: at rest nothing moves, and the equation reads the same in NumPy, SymPy and the compiled model."""

from types import SimpleNamespace

import numpy as np
import pytest
import sympy

from plasticity.compound import compound_names, load_compound
from plasticity.errors import InputError
from plasticity.kernels import declared_kernels
from plasticity.model import Model
from plasticity.symbolic import trace

VARIANTS = [
    {},
    {"calcium": "oscillator"},
    {"calcium": "onset"},
    {"brake": "feedback"},
    {"brake": "zero_order"},
    {"modules": ("memory", "belief")},
]


def all_blocks():
    for name in compound_names():
        for species in ("human", "mouse"):
            try:
                yield load_compound(name, species)
            except InputError:
                continue


def at_rest(assembly, values):
    states = dict(zip(assembly.states, assembly.baseline(values), strict=True))
    inputs = dict(zip(assembly.inputs, assembly.resting_inputs(), strict=True))
    return assembly.evaluate(0.0, states, inputs, values)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("compound", list(all_blocks()), ids=lambda c: f"{c.name}-{c.species}")
def test_baseline_is_a_fixed_point(compound, variant):
    """Without drug nothing moves: rates are zero to the rounding of the largest flux that cancels in them.

    Model.md asks for 1e-12; the oscillator's fluxes are of size 1e3 uM/h, of which 1e-12 is five roundings.
    """
    assembly = Model(**variant).assemble([compound])
    rates, signals = at_rest(assembly, assembly.defaults())
    assert max(abs(float(rate)) for rate in rates.values()) < 1e-12
    assert all(float(signals[name]) == 0.0 for name in ("r_g", "r_glu", "r_2a", "r_pam"))
    assert float(signals["openness"]) == pytest.approx(2.5e-10, rel=0.02)  # model.md section 10: two digits printed


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_baseline_follows_the_parameters(variant):
    """The resting state is a function of the parameters, so it stays a fixed point at any of them."""
    assembly = Model(**variant).assemble([load_compound("psilocybin")])
    rng = np.random.default_rng(0)
    for _ in range(20):
        values = assembly.defaults()
        for name, parameter in assembly.parameters.items():
            if parameter.range:
                values[name] = rng.uniform(*parameter.range)
        rates, _ = at_rest(assembly, values)
        assert max(abs(float(rate)) for rate in rates.values()) < 2e-11  # fluxes of 1e4 uM/h in the ranges


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_one_signal_alone_is_the_same_to_the_last_bit(variant):
    assembly = Model(**variant).assemble([load_compound(name) for name in ("mdma", "ketanserin")])
    rng = np.random.default_rng(0)
    states = {key: rng.uniform(0.1, 1.0, 5) for key in assembly.states}
    inputs = {key: rng.uniform(0.1, 1.0, 5) for key in assembly.inputs}
    values = assembly.defaults()
    _, signals = assembly.evaluate(0.0, states, inputs, values)
    assert len(signals) > 20
    for key, value in signals.items():
        np.testing.assert_array_equal(assembly.signal(key, 0.0, states, inputs, values), value, key)


def test_resting_values_are_the_published_ones():
    """Section "Baseline" of the specification, to its printed digits."""
    assembly = Model(calcium="oscillator", modules=("memory", "belief")).assemble([])
    rest = dict(zip(assembly.states, assembly.baseline(assembly.defaults()), strict=True))
    expected = {
        "calcium": 0.0800231985,
        "ip3": 0.0273653308,
        "ip3r_available": 0.6799977197,
        "calcium_total": 5.9164785504,
        "trkb_active": 0.1,
        "theta": 1.3,
        "serotonin_pool": 1.0,
        "bdnf_mature": 1.0,
        "memory_engram": 0.9,
        "belief_log_precision": np.log(8.0),
        "permissiveness": 0.0,
    }
    for name, value in expected.items():
        assert rest[name] == pytest.approx(value, abs=5.1e-11), name  # half of the last printed digit


@pytest.mark.parametrize("kernel", declared_kernels(), ids=lambda k: k.name)
def test_symbolic_reading_equals_plain_run(kernel):
    """SymPy reads the same function that runs: equal to rounding at random arguments."""
    rng = np.random.default_rng(1)
    reads = {letter: sorted(name for kind, name in kernel.reads if kind == letter) for letter in "xup"}
    numbers = {letter: {name: rng.uniform(0.2, 0.9) for name in names} for letter, names in reads.items()}
    if "calcium_pump_rate" in numbers["p"]:
        numbers["p"]["calcium_pump_rate"] += 1.0  # the pump must exceed the resting influx
    plain = kernel(0.0, *(SimpleNamespace(**numbers[letter]) for letter in "xup"))
    plain = np.concatenate([np.ravel(part) for part in (plain if kernel.gives else (plain,))])
    symbols = {letter: {name: sympy.Symbol(f"{letter}_{name}") for name in names} for letter, names in reads.items()}
    rates, signals = trace(kernel, symbols["x"], symbols["u"], symbols["p"])
    point = {symbols[k][name]: numbers[k][name] for k in "xup" for name in reads[k]}
    laws = {
        "power": lambda b, e: max(b, 1e-300) ** e,
        "positive": lambda b: max(b, 1e-300),
        "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
        "softplus": lambda z: np.logaddexp(0.0, z),
    }
    read = sympy.lambdify(list(point), [*rates, *signals], modules=[laws, "numpy"])(*point.values())
    np.testing.assert_allclose(read, plain, rtol=1e-13, atol=1e-15)  # a dozen operations of 1e-16 each


@pytest.mark.parametrize("kernel", declared_kernels(), ids=lambda k: k.name)
def test_declaration_is_complete(kernel):
    """Every number has a unit, a label and a range it lies in; every assumed or recalled one says so."""
    for parameter in kernel.parameters:
        assert parameter.unit and parameter.label, parameter.name
        if parameter.value is not None:
            assert parameter.range is not None and parameter.range[0] <= parameter.value <= parameter.range[1]
            assert parameter.bound.holds(parameter.value)
            assert parameter.source or parameter.note or parameter.flag == "assumed", parameter.name
    for named in (*kernel.states, *kernel.gives, *kernel.inputs):
        assert named.unit and named.label, named.name
    assert kernel.doc
