"""Scenarios: what is shown is what `simulate` and an exported study give, and what is refused changes nothing."""

import numpy as np
import pytest

import plasticity as pl
from plasticity.explore.comparison import MOST, Comparison, opened
from plasticity.explore.dials import amount_dial, parameter_dial, parameters, time_dial
from plasticity.explore.look import COLOURS
from plasticity.explore.outcome import CONCENTRATION, outcome
from plasticity.explore.scenario import Scenario, scenario_of
from plasticity.units import quantity_among
from plasticity.values import in_force


def plan(*doses, **sections):
    return Scenario({"protocol": {"duration": "28 d", "doses": list(doses)}, **sections})


PSILOCYBIN = plan({"compound": "psilocybin", "amount": "25 mg", "at": "0 h"})


def exactly(one, other):
    """Compare all variables of two datasets bit by bit: the same engine ran the same numbers."""
    assert list(one.data_vars) == list(other.data_vars)
    for name in one.data_vars:
        np.testing.assert_array_equal(one[name].values, other[name].values, err_msg=name)


def test_a_scenario_gives_the_numbers_of_simulate():
    protocol = pl.Protocol("28 d").dose("psilocybin", "20 mg").dose("psilocybin", "5 mg", at="7 d")
    ds = PSILOCYBIN.with_dose(0, amount="20 mg").with_dose(1, compound="psilocybin", amount="5 mg", at="7 d")
    run = pl.simulate(
        protocol, parameters={"brake_tau": "7 d"}, times=(shown := ds.with_parameter("brake_tau", "7 d").run()).time
    )
    exactly(run, shown[list(run.data_vars)])
    assert set(shown.data_vars) == set(run.data_vars)


def test_an_exported_study_gives_the_same_numbers(tmp_path):
    page = Comparison([PSILOCYBIN])
    assert page.change(lambda old: old.with_dose(0, amount="17.5 mg"))
    assert page.change(lambda old: old.with_parameter("brake_gain", "8.1 1/h"))
    name, content = page.exported()
    (tmp_path / name).write_bytes(content)
    exactly(page.scenario.run(), pl.Study.load(tmp_path / name).run())


def test_several_scenarios_are_exported_as_one_study_that_gives_their_numbers(tmp_path):
    page = Comparison([PSILOCYBIN])
    page.add()
    assert page.change(lambda old: old.with_dose(0, amount="10 mg").with_parameter("psilocybin.clearance", "200 L/h"))
    page.add()
    assert page.change(lambda old: old.with_dose(0, compound="lsd").with_model("brake", "feedback"))
    assert page.change(lambda old: old.with_duration("21 d"))
    name, content = page.exported()
    (tmp_path / name).write_bytes(content)
    study = pl.Study.load(tmp_path / name)
    ds = study.run()
    assert (name, ds.scenario.values.tolist()) == ("scenarios.yaml", ["A", "B", "C"])
    for letter, found in zip("ABC", page.outcomes, strict=True):
        one = ds.sel(scenario=letter)
        for head, variable in (("Opens", "first_open"), ("Closes", "last_close"), ("Open in total", "total_open_time")):
            assert found.numbers[head][1] == f"{float(one[variable])!r} h"
        assert found.numbers["Deepest"][1] == f"{float(one.max_depth)!r}"
        assert found.numbers["Acute effect lasts"][1] == f"{float(one.effect_duration)!r} h"
    written = pl.Study.of(ds)  # as its file records it: what was exported draws by itself
    assert ds.scenario_label.values.tolist() == [one.label for one in page.scenarios]
    assert [line for line in written.draw(ds).axes[1].get_lines() if line.get_color() == COLOURS[2]]
    again = opened(study)
    assert [one.label for one in again.scenarios] == [one.label for one in page.scenarios]
    assert [one.numbers for one in again.outcomes] == [one.numbers for one in page.outcomes]


@pytest.mark.parametrize("name", [name for name in pl.Study.names() if name not in ("brake_calibration", "validation")])
def test_every_bundled_study_becomes_scenarios_that_say_the_same(name):
    study = pl.Study.load(name)
    for run in study.runs[:MOST]:
        again = scenario_of(run).study.runs[0]
        assert again.protocol.to_dict() == run.protocol.to_dict()
        assert again.model.describe() == run.model.describe()
        numbers = [
            in_force(one.model.assemble(one.protocol.compounds), one.parameters, one.parameter_set)[0]
            for one in (run, again)
        ]
        assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda old: old.with_dose(0, amount="25"), "protocol.doses.0.amount: '25' has no unit"),
        (lambda old: old.with_dose(0, amount="-5 mg"), "protocol.doses.0.amount: '-5 mg' is negative"),
        (lambda old: old.with_dose(0, amount="25 mgg"), "unknown unit 'mgg'"),
        (lambda old: old.with_dose(0, at="soon"), "'soon' is not a number with a unit"),
        (lambda old: old.with_dose(0, compound="aspirin"), "unknown compound 'aspirin'"),
        (lambda old: old.with_parameter("brake_tau", "0 d"), "is unphysical"),
        (lambda old: old.with_parameter("brake_tau", "7 mg"), "has the wrong unit"),
        (lambda old: old.with_duration("forever"), "duration: 'forever'"),
        (lambda old: old.with_duration("0 d"), "allowed: more than 0 h"),
        (lambda old: old.with_dose(0, amount="1 mg\nspecies: mouse"), "has no unit"),
    ],
)
def test_what_is_refused_is_told_in_one_line_and_changes_nothing(change, told):
    page = Comparison([PSILOCYBIN])
    before = page.scenario
    assert not page.change(change)
    assert told in page.error or "allowed:" in page.error
    assert "\n" not in page.error
    assert page.scenario is before
    assert page.change(lambda old: old.with_dose(0, amount="20 mg")) and page.error == ""


def test_another_compound_comes_in_its_usual_dose_and_takes_the_old_one_s_numbers_with_it():
    changed = plan({"compound": "psilocybin", "amount": "9 mg", "at": "1 d", "route": "oral"}).with_parameter(
        "psilocybin.clearance", "200 L/h"
    )
    ketamine = changed.with_dose(0, compound="ketamine")
    assert ketamine.doses == [{"compound": "ketamine", "amount": "0.5 mg/kg", "at": "1 d"}]
    assert ketamine.study.runs[0].parameters == {}
    assert ketamine.study.runs[0].protocol.doses[0].route == "iv_infusion"


def test_dials_speak_the_units_of_the_study():
    dial = amount_dial(PSILOCYBIN, 0)
    assert (dial.start, dial.value, dial.end, dial.unit) == (0.0, 25.0, 75.0, "mg")
    ketamine = amount_dial(plan({"compound": "ketamine", "amount": "0.25 mg/kg"}), 0)
    assert (ketamine.value, ketamine.unit) == (0.25, "mg/kg")
    assert amount_dial(plan({"compound": "ketamine", "amount": "35 mg"}), 0).unit == "mg"
    assert time_dial(plan({"compound": "lsd", "amount": "1 ug", "at": "36 h"}), 0).value == 1.5
    for name in parameters(PSILOCYBIN):
        dial = parameter_dial(PSILOCYBIN, name)
        low, high = dial.written(dial.start), dial.written(dial.end)
        assert dial.start <= dial.value <= dial.end
        assert PSILOCYBIN.with_parameter(name, low).text != PSILOCYBIN.with_parameter(name, high).text
        quantity_among(low, (dial.unit or "1",), name)


def test_numbers_are_those_of_the_windows():
    ds = PSILOCYBIN.run()
    found = outcome(ds)
    assert found.windows == [(float(ds.t_open[0]), float(ds.t_close[0]), False, False)]
    assert found.numbers["Opens"] == (f"{float(ds.first_open):.2f} h", f"{float(ds.first_open)!r} h")
    assert found.numbers["Deepest"][0] == f"{100 * float(ds.max_depth):.1f} %"
    np.testing.assert_array_equal(found.threshold.values, 1.0 - ds["depth"])
    plasma = next(curve for curve in found.curves[CONCENTRATION] if "plasma" in curve.name)
    assert plasma.unit == "nM"
    assert np.nanmax(plasma.values) == float(ds["psilocybin_plasma"].max())


def test_windows_that_never_open_or_never_close_are_told_apart():
    small = outcome(PSILOCYBIN.with_dose(0, amount="1 mg").run()).numbers
    assert (small["Opens"][0], small["Closes"][0], small["Open in total"][0]) == ("never", "never", "0.00 d")
    short = outcome(PSILOCYBIN.with_duration("7 d").run()).numbers
    assert short["Closes"][0] == "still open at the end"
    assert short["Open in total"][0].startswith("at least 6.")


def test_four_scenarios_at_most_and_one_at_least():
    page = opened(pl.Study.load("window_by_compound"))
    assert [one.label for one in page.scenarios] == [
        "ketamine 0.5 mg/kg",
        "psilocybin 25 mg",
        "MDMA 125 mg",
        "LSD 100 ug",
    ]
    page.add()
    assert "allowed: remove one first" in page.error
    for _ in range(3):
        page.remove()
    assert len(page.scenarios) == len(page.outcomes) == 1
    page.remove()
    assert "the last scenario stays" in page.error
