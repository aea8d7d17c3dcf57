"""Models read from SBML: exact solutions, events in SBML's order, sweeps, and refusals that name what they refuse."""

import numpy as np
import pytest

import plasticity as pl

libsbml = pytest.importorskip("libsbml", reason="needs python-libsbml (extra sbml)")
antimony = pytest.importorskip("antimony", reason="needs antimony (extra sbml)")
TIMES = np.linspace(0.0, 4.0, 9)
TIGHT = {"rtol": 1e-10, "atol": 1e-14, "compiled": False}
NEAR = {"rtol": 1e-7}  # three digits looser than the integration's tolerance, which bounds one step and not the sum


def sbml(text):
    """Antimony's short notation as SBML; it does not write the unit of time."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


def model(text):
    return pl.from_sbml(sbml(text), time_unit="s")


def test_a_reaction_moves_amounts_and_names_mean_concentrations():
    """A -> B by mass action in 2 litres: the concentration decays with k, whatever the volume."""
    read = model("compartment c = 2; species A in c = 3, B in c = 0; k = 0.7; A -> B; c*k*A")
    run = read.simulate(TIMES, **TIGHT)
    np.testing.assert_allclose(run.A, 3.0 * np.exp(-0.7 * TIMES), **NEAR)
    np.testing.assert_allclose(run.A + run.B, 3.0, rtol=1e-12)  # nothing is lost but by rounding
    assert (read.states, run.time.attrs["units"], int(run.status)) == (("A", "B"), "s", 0)


def test_growing_compartment_dilutes():
    """The amount stays, so concentration times volume does."""
    run = model("compartment c = 1; species A in c = 5; c' = 0.5").simulate(TIMES, **TIGHT)
    np.testing.assert_allclose(run.A * run.c, 5.0, **NEAR)


def test_rules_are_put_in_order_and_assignments_follow():
    run = model("z := 2*y; y := x + 1; x' = -x; x = 1; w = 3*z; w' = 0").simulate(TIMES, **TIGHT)
    np.testing.assert_allclose(run.z, 2.0 * (np.exp(-TIMES) + 1.0), **NEAR)
    assert float(run.w[0]) == 12.0


def test_events_with_delay_priority_and_persistence():
    run = model(
        "x = 0; a = 0; b = 0; c = 0; x' = 1\n"
        "E1: at 1 after x > 1.25: a = 10\n"
        "E2: at time >= 2, priority = 1: b = b*2 + 1\n"
        "E3: at time >= 2, priority = 5: b = 7\n"
        "E4: at 1 after (time > 0.5 && time < 1), persistent=false: c = 1"
    ).simulate(TIMES, **TIGHT)
    assert run.a.values.tolist() == [0.0] * 5 + [10.0] * 4  # 1.25 + 1 = 2.25, the next output is at 2.5
    assert run.b.values.tolist() == [0.0] * 4 + [1.0] * 5  # E3 first; then E2 with the b of its trigger, 0
    assert run.c.values.tolist() == [0.0] * 9


def test_an_event_that_sets_a_concentration_and_its_volume_means_both_by_the_volume_before():
    """0.2 in the 0.59 litres at 0.45 h are an amount of 0.118, in 0.2 litres 0.59 (SBML Test Suite, case 01506)."""
    text = "compartment C = 0.5; species S in C = 0; S' = 0.4; C' = 0.2; at time >= 0.45: S = 0.2, C = 0.2"
    run = model(text).simulate([0.0, 0.5], **TIGHT)
    np.testing.assert_allclose(run.S[-1], 0.118 / 0.2 + 0.4 * 0.05, **NEAR)


LOTKA_VOLTERRA = "x = 10; y = 5; a = 1.1; b = 0.4; c = 0.1; d = 0.4; x' = a*x - b*x*y; y' = c*x*y - d*y"
REPRESSILATOR = """
    compartment cell = 1; alpha = 216; alpha0 = 0.216; beta = 5; n = 2
    species m1 in cell = 0, m2 in cell = 0, m3 in cell = 0, p1 in cell = 1, p2 in cell = 2, p3 in cell = 3
    T1: -> m1; cell*(alpha0 + alpha/(1 + p3^n)); D1: m1 -> ; cell*m1; R1: -> p1; cell*beta*m1; U1: p1 -> ; cell*beta*p1
    T2: -> m2; cell*(alpha0 + alpha/(1 + p1^n)); D2: m2 -> ; cell*m2; R2: -> p2; cell*beta*m2; U2: p2 -> ; cell*beta*p2
    T3: -> m3; cell*(alpha0 + alpha/(1 + p2^n)); D3: m3 -> ; cell*m3; R3: -> p3; cell*beta*m3; U3: p3 -> ; cell*beta*p3
"""
"""The three-gene ring of Elowitz and Leibler 2000, Nature 403: 335, doi:10.1038/35002125, their Box 1 (numbers of its
oscillating regime, from memory; the comparison needs no more than that it oscillates)."""


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("text", [LOTKA_VOLTERRA, REPRESSILATOR], ids=["lotka_volterra", "repressilator"])
def test_well_known_models_agree_with_libroadrunner(text, compiled):
    """Over several oscillations to 1e-6 of each largest value, a thousand times CVODE's tolerance of 1e-10 and more."""
    roadrunner = pytest.importorskip("roadrunner", reason="needs libroadrunner (extra test)")
    times = np.linspace(0.0, 60.0, 301)
    read = model(text)
    ours = read.simulate(times, **TIGHT | {"compiled": compiled})
    runner = roadrunner.RoadRunner(sbml(text))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-13
    names = list(read.states)
    theirs = runner.simulate(times=list(times), selections=[f"[{n}]" if "species" in text else n for n in names])
    for name, other in zip(names, np.array(theirs).T, strict=True):
        assert np.sum(np.diff(np.sign(np.diff(other))) != 0) >= 4  # ups and downs
        np.testing.assert_allclose(ours[name], other, rtol=0.0, atol=1e-6 * np.abs(other).max())


def test_a_bouncing_state_is_found_at_every_bounce():
    """x grows at rate 1 and falls back to 0 at 0.3: at t it has bounced floor(t / 0.3) times."""
    run = model("x = 0; n = 0; x' = 1; at x >= 0.3: x = 0, n = n + 1").simulate([0.0, 1.0, 3.1], **TIGHT)
    assert run.n.values.tolist() == [0.0, 3.0, 10.0]
    np.testing.assert_allclose(run.x, [0.0, 0.1, 0.1], rtol=1e-9)  # ten roots to the last digits


def test_compiled_and_plain_give_the_same():
    read = model("compartment c = 1; species S in c = 2; V = 1; K = 0.5; S -> ; c*V*S/(K + S)")
    ours = read.simulate(TIMES, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.S, read.simulate(TIMES, **TIGHT).S, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("events", ["", "; at time >= 1: y = y + 1"])
def test_a_sweep_runs_every_combination(events):
    read = model(f"k = 1; y = 1; y' = -k*y{events}")
    swept = read.sweep([0.0, 0.5, 2.0], {"k": [0.5, 1.0, 2.0], "y": [1.0, 3.0]}, rtol=1e-9, atol=1e-12)
    assert swept.y_value.dims == ("k", "y", "time") and not swept.status.any()
    expected = 3.0 * np.exp(-2.0 * 0.5)
    np.testing.assert_allclose(swept.y_value.sel(k=2.0, y=3.0, time=0.5), expected, **NEAR)


def test_an_exported_model_comes_back_as_it_left():
    plan = pl.Protocol(duration="2 d").dose("psilocybin", "25 mg")
    times = np.linspace(0.0, 48.0, 25)
    back = pl.from_sbml(pl.to_sbml(plan)).simulate(times, **TIGHT)
    ours = pl.simulate(plan, times=times, rtol=1e-9)
    for name in ("psilocybin_effect", "theta", "bdnf_mrna", "permissiveness"):
        size = np.abs(ours[name]).max().item()
        np.testing.assert_allclose(back[name], ours[name], rtol=1e-6, atol=1e-7 * size)  # as with libRoadRunner


COMPOSED = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"
  xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"><model id="whole">
  <comp:listOfSubmodels><comp:submodel comp:id="part" comp:modelRef="decay"/></comp:listOfSubmodels></model>
  <comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id="decay" comp:source="part.xml"
  comp:modelRef="m"/></comp:listOfExternalModelDefinitions></sbml>"""


def test_a_model_may_take_others_from_files_beside_it(tmp_path):
    (tmp_path / "whole.xml").write_text(COMPOSED)
    (tmp_path / "part.xml").write_text(sbml("x = 1; x' = -x"))
    run = pl.from_sbml(tmp_path / "whole.xml", time_unit="s").simulate(TIMES, **TIGHT)
    np.testing.assert_allclose(run.part__x, np.exp(-TIMES), **NEAR)
    (tmp_path / "part.xml").unlink()
    refused(tmp_path / "whole.xml", r"cannot join its submodels \(from part.xml\); allowed", time_unit="s")
    refused(COMPOSED, r"text: libSBML cannot join its submodels \(from part.xml\)", time_unit="s")


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_value_that_no_rate_reads_may_be_undefined(compiled):
    """The size of a compartment often is: in 36 cases of the SBML Test Suite."""
    text = "compartment c; substanceOnly species S in c; S = 2; k = 0.5; S -> ; k*S"
    document = sbml(text).replace("initialConcentration=", "initialAmount=")  # Antimony 2.14 writes the former
    run = pl.from_sbml(document, time_unit="s").simulate(TIMES, **TIGHT | {"compiled": compiled})
    np.testing.assert_allclose(run.S, 2.0 * np.exp(-0.5 * TIMES), **NEAR)
    assert int(run.status) == 0 and np.isnan(run.c).all()


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_cell_of_picolitres_is_integrated_as_closely_as_one_of_litres(compiled):
    """Published models are given so: amounts of 1e-15 mol, which an absolute tolerance of 1e-9 would not see."""
    text = "compartment c = {}; species A in c, B in c; A = 1e-3; B = 0; k = 2; A -> B; c*k*A*A/(1e-3 + A)"
    runs = [model(text.format(volume)).simulate(TIMES, **TIGHT | {"compiled": compiled}) for volume in ("1", "4e-12")]
    assert [int(run.status) for run in runs] == [0, 0]
    np.testing.assert_allclose(runs[0].A, runs[1].A, **NEAR)


@pytest.mark.parametrize("size", ["", 'size="0"'])
@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_compartment_without_size_ends_the_run_and_does_not_hang_it(size, compiled):
    """A concentration in it is undefined from the start; SciPy's LSODA would try such a rate without end."""
    document = sbml("compartment c; species A in c; A = 1; k = 1; A -> ; k*A; c = 0")
    run = pl.from_sbml(document.replace('size="0"', size), time_unit="s").simulate(TIMES, compiled=compiled)
    assert run.status == -1 and np.isnan(run.A[1:]).all()


def test_a_value_that_a_rate_reads_and_nothing_gives_is_a_failure_and_no_number():
    run = model("x = 1; x' = -k*x").simulate(TIMES)
    assert int(run.status) == -1 and np.isnan(run.x[1:]).all()


def with_algebraic(text, *rules):
    """Antimony has no algebraic rules: they are added as formulas that are zero."""
    document = libsbml.readSBMLFromString(sbml(text))
    for rule in rules:
        made = document.getModel().createAlgebraicRule()
        made.setMath(libsbml.parseL3Formula(rule))
    return libsbml.writeSBMLToString(document)


def test_algebraic_rules_give_one_quantity_after_the_other():
    """x decays; y = 3 - 2 x from the first rule, z = y x / 4 from the second, and a rule may read them."""
    text = "x = 1; x' = -x; var y, z; w := z + 1"
    read = pl.from_sbml(with_algebraic(text, "(y + 2*x)/2 - 3/2", "exp(0)*x*y - 4*z"), time_unit="s")
    run, x = read.simulate(TIMES, **TIGHT), np.exp(-TIMES)
    np.testing.assert_allclose(run.y, 3.0 - 2.0 * x, **NEAR)
    np.testing.assert_allclose(run.w, 1.0 + x * (3.0 - 2.0 * x) / 4.0, **NEAR)
    assert "y" not in read.parameters and read.states == ("x",)


@pytest.mark.parametrize(
    ("text", "rules", "words"),
    [
        ("x = 1; x' = -x", ["x - 1"], "(?i)overdetermined|0 = x - 1 holds nothing that it could give"),
        ("k = 1; var y, z", ["y + z - k"], r"leaves open which it gives \(y, z\)"),
        ("k = 1; var y, z", ["y + z - k", "y - z"], r"leaves open which it gives \(y, z\)"),
        ("k = 1; var y", ["y^2 - k"], r"0 = y\^2 - k is not linear in y; allowed"),
        ("k = 1; var y", ["y - k", "2*y - k"], "(?i)overdetermined"),
    ],
)
def test_algebraic_rules_that_cannot_be_solved_so_are_refused(text, rules, words):
    refused(with_algebraic(text, *rules), words, time_unit="s")


def refused(document, words, **options):
    with pytest.raises(pl.InputError, match=words) as caught:
        pl.from_sbml(document, **options)
    assert "\n" not in str(caught.value)


def test_what_is_not_supported_is_refused_by_name(tmp_path):
    good = sbml("x = 1; x' = -x")
    refused("<sbml", "SBML import: text: line")
    refused("no/such.xml", "'no/such.xml' is no file")
    refused(None, "None is no text; allowed: an SBML file")
    refused("<html/>", r"SBML import: text: line \d: Document does not conform")
    refused(good, "does not say its unit of time; allowed: time_unit=")
    document = libsbml.readSBMLFromString(sbml("a := b + 1; b = 1"))
    rule = document.getModel().createAssignmentRule()
    rule.setVariable("b")
    rule.setMath(libsbml.parseL3Formula("a - 1"))
    refused(libsbml.writeSBMLToString(document), "(?i)circular|cycle|loop", time_unit="s")
    document = libsbml.readSBMLFromString(good)
    document.getModel().getRule(0).setMath(libsbml.parseL3Formula("delay(x, 1)"))
    refused(libsbml.writeSBMLToString(document), r"delay\(\)", time_unit="s")


def core(inside="", model='id="m" timeUnits="second"'):
    """A document of Level 3, written by hand."""
    head = '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
    return f"{head}<model {model}>{inside}</model></sbml>"


def rate_of_x(mathml):
    """A document in which x grows by a formula."""
    listed = '<listOfParameters><parameter id="x" constant="false" value="1"/></listOfParameters>'
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{mathml}</math>'
    return core(f'{listed}<listOfRules><rateRule variable="x">{math}</rateRule></listOfRules>')


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
BAD_FILES = {
    "empty": (b"", "no well-formed XML \\(no element found\\); allowed: an SBML document"),
    "blank": (b" \n", "no well-formed XML"),
    "prose": (b"this is no model", r"line 1: no well-formed XML \(syntax error\)"),
    "binary": (b"\xff\xfe\x00", "cannot be read: .*; allowed: UTF-8"),
    "zeros": (bytes(100), "no well-formed XML"),
    "zipped": (b"\x1f\x8b\x08\x00\xff", "cannot be read"),
    "latin": (core(model='id="m" name="\xe9t\xe9"').encode("latin-1"), "allowed: UTF-8, as SBML requires"),
    "wide": (core().encode("utf-16"), "allowed: UTF-8, as SBML requires"),
    "cut": (core().encode()[:-9], "line 1: no well-formed XML"),
    "laughs": (f'<!DOCTYPE l [<!ENTITY a "ha">{LAUGHS}]>{core("&i;")}'.encode(), "line 1: declares the entity 'a'"),
    "file": (f'<!DOCTYPE l [<!ENTITY a SYSTEM "/etc/passwd">]>{core("&a;")}'.encode(), "declares the entity 'a'"),
    "deep": (rate_of_x("<apply><minus/>" * 50_000).encode(), "minus stands inside 1000 elements; allowed: up to 1000"),
    "page": (b"<html/>", "does not conform"),
    "future": (b'<sbml xmlns="http://www.sbml.org/sbml/level9" level="9" version="1"/>', "Level"),
    "modelless": (core().replace('<model id="m" timeUnits="second"></model>', "").encode(), "no model in it; allowed"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_model_is_refused_in_one_line_that_names_it(tmp_path, name):
    """Among them what took the process down: libSBML overflows the stack on a document that nests deeply."""
    content, words = BAD_FILES[name]
    (tmp_path / f"{name}.xml").write_bytes(content)
    refused(tmp_path / f"{name}.xml", f"{name}.xml: .*{words}")


def test_what_is_no_file_is_refused(tmp_path):
    refused(tmp_path, "is no file; allowed: an SBML file, or the text of one")
    refused("x" * 5000, "a text of 5000 characters")
    refused(b"<sbml/>", "is no text; allowed")
    refused(sbml("x = 1; x' = -x"), "time_unit: 5; allowed: the name of a unit", time_unit=5)


def test_formulas_that_nest_too_deeply_or_never_end_are_refused():
    deep = "<apply><minus/>" * 61 + "<ci>x</ci>" + "</apply>" * 61
    refused(rate_of_x(deep), "nests too deeply; allowed: up to 60 levels")
    refused(
        rate_of_x(f"<apply><plus/>{'<ci>x</ci>' * 1002}</apply>"), "rate rule of x: 1002 terms in one chain; allowed"
    )
    formula = f'<rateRule variable="x" formula="{"-" * 10_001}x"/>'
    refused(core(f"<listOfRules>{formula}</listOfRules>"), "a formula of 10002 characters; allowed: up to 10000")


def test_long_sums_and_products_are_read_from_left_to_right():
    """As Python does: 900 terms nest 899 levels deep in the document of a model that was written as text."""
    terms = " ".join(f"{'+' if i % 3 else '-'} {i}*k/{i + 1}" for i in range(1, 900))
    run = model(f"k = 0.3; x = 1; x' = -x; y := 0 {terms}; z := 8/2/2*3; w := 8/(2/2)*3").simulate([0.0], **TIGHT)
    expected = 0.0
    for i in range(1, 900):
        expected += (1.0 if i % 3 else -1.0) * (i * 0.3 / (i + 1))
    assert (float(run.y[0]), float(run.z[0]), float(run.w[0])) == (expected, 6.0, 24.0)


def test_unknown_names_and_bad_times_are_refused():
    read = model("k = 1; y = 1; y' = -k*y; z := 2*y")
    with pytest.raises(pl.InputError, match="unknown quantity of m 'kk'; did you mean 'k'"):
        read.simulate(TIMES, {"kk": 1.0})
    with pytest.raises(pl.InputError, match="unknown quantity of m 'z'"):
        read.simulate(TIMES, {"z": 1.0})
    with pytest.raises(pl.InputError, match="ascending"):
        read.simulate([1.0, 0.5])
    with pytest.raises(pl.InputError, match="nothing to sweep"):
        read.sweep(TIMES, {})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda read: read.simulate(TIMES, rtol=-1.0), "rtol: -1.0; allowed: a finite number above 0"),
        (lambda read: read.simulate(TIMES, rtol=np.nan, compiled=False), "rtol: nan; allowed"),
        (lambda read: read.simulate(TIMES, atol=np.inf, compiled=False), "atol: inf; allowed"),
        (lambda read: read.sweep(TIMES, {"k": [1.0]}, atol="tight"), "atol: 'tight'; allowed"),
        (lambda read: read.simulate(TIMES, {"k": "3"}), "k: '3'; allowed: a finite number"),
        (lambda read: read.simulate(TIMES, {"k": [1.0, 2.0]}), r"k: \[1.0, 2.0\]; allowed"),
        (lambda read: read.simulate(TIMES, ["k"]), r"values: \['k'\]; allowed: a mapping"),
        (lambda read: read.simulate(["soon"]), "times: allowed: ascending finite times"),
        (lambda read: read.sweep(TIMES, {"k": 3.0}), "over: k: 3.0; allowed: names, each with at least one value"),
        (lambda read: read.sweep(TIMES, ["k"]), r"over: \['k'\]; allowed"),
    ],
)
def test_bad_arguments_are_refused_and_nothing_runs(call, words):
    """A negative or undefined tolerance gave numbers once, and status 0."""
    with pytest.raises(pl.InputError, match=words):
        call(model("k = 1; y = 1; y' = -k*y"))
