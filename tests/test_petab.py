"""Calibrations leave for PEtab and pyPESTO, and come back: same tables, same objective, same optimum."""

import logging
import math

import numpy as np
import pytest

import plasticity as pl
from plasticity.calibration.fitting import Target, fitted
from plasticity.calibration.laws import Free, Law
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import chosen
from plasticity.petab import from_petab, pypesto_problem, to_petab

pytest.importorskip("pypesto", reason="needs pypesto (extra test)")
ROWS = chosen({"critical_period_windows": ["ketamine", "psilocybin"]})
LINE = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
BRAKE = Law("first_order", (Free("brake_gain", 2.0, 40.0, True), Free("brake_tau", 24.0, 960.0, True)), 1440.0)


def minimised(target):
    from pypesto import optimize

    found = optimize.minimize(
        pypesto_problem(target),
        optimizer=optimize.ScipyOptimizer("Nelder-Mead"),
        n_starts=4,
        startpoint_method=None,
        progress_bar=False,
    )
    return found.optimize_result


@pytest.mark.parametrize("law", [LINE, pytest.param(BRAKE, marks=pytest.mark.slow)], ids=["line", "engine"])
def test_pypesto_and_our_fit_find_the_same_optimum(law):
    """To 1e-3 in the log-likelihood. Where a window never opens the likelihood is 0: a wall that stops slopes."""
    np.random.seed(0)  # noqa: NPY002 pyPESTO draws its starts from it
    target = Target(law, ROWS, Error("normal", 1.5))
    best = minimised(target)
    assert -best.fval[0] == pytest.approx(fitted(target, screen=16, starts=2).log_likelihood, abs=1e-3)


def test_the_slope_is_that_of_the_value():
    problem = pypesto_problem(Target(LINE, ROWS, Error("normal", 1.5)))
    x, step = np.array([3.0, 5.0]), 1e-4
    differences = [(problem.objective(x + e) - problem.objective(x - e)) / (2 * step) for e in step * np.eye(2)]
    np.testing.assert_allclose(problem.objective.get_grad(x), differences, rtol=1e-4)  # both differenced, 2e-4 apart


# -- tables ---------------------------------------------------------------------------------------------------------

FIVE = chosen({"critical_period_windows": ["ketamine", "psilocybin", "mdma", "lsd", "ibogaine"]})
AT = {"brake_gain": 7.2944, "brake_tau": 156.42}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    pytest.importorskip("petab.v1", reason="needs petab (extra test)")
    target = Target(BRAKE, tuple(FIVE), Error("normal", 1.5))
    return target, to_petab(target, tmp_path_factory.mktemp("petab") / "brake")


def edited(path, folder, name, old, new):
    """Copy a problem with one change in one of its files."""
    for file in path.parent.iterdir():
        text = file.read_text(encoding="utf-8")
        assert file.name != name or old in text
        (folder / file.name).write_text(text.replace(old, new, 1) if file.name == name else text, encoding="utf-8")
    return folder / path.name


def test_petabs_own_linter_finds_nothing(written, tool, root):
    found = tool(root, "python", "-m", "petab.petablint", "-v", str(written[1]))
    assert found.returncode == 0 and "completed successfully" in found.stdout


@pytest.mark.parametrize("error", [Error("normal", 1.5), Error("lognormal", 0.15)], ids=lambda error: error.kind)
def test_a_calibration_comes_back_as_it_went(tmp_path, error):
    pytest.importorskip("petab.v1", reason="needs petab (extra test)")
    target = Target(BRAKE, tuple(FIVE), error)
    back = from_petab(to_petab(target, tmp_path / "brake"))
    assert repr(back) == repr(target)  # an observation without a value holds NaN, which equals nothing


@pytest.mark.slow
def test_the_objective_is_the_same_after_the_round_trip(written):
    target, path = written
    x = np.log10(list(AT.values()))
    assert pypesto_problem(from_petab(path)).objective(x) == pypesto_problem(target).objective(x)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what PEtab's library asks of pandas
def test_libroadrunner_finds_the_closing_days_from_the_tables_alone(written):
    """To 1e-5 d: the engine runs at 1e-8, CVODE at 1e-8 with absolute tolerances by unit; seen: 2.3e-6 d."""
    roadrunner = pytest.importorskip("roadrunner", reason="needs libroadrunner (extra test)")
    import libsbml
    import petab.v1 as petab

    target, path = written
    problem, found = petab.Problem.from_yaml(str(path)), []
    for name in problem.measurement_df["simulationConditionId"]:
        document = libsbml.readSBMLFromFile(str(path.with_name("model.xml")))
        model = document.getModel()
        numbers = problem.condition_df.loc[name].drop("conditionName").to_dict() | AT
        for key, value in numbers.items():
            model.getParameter(key).setValue(float(value))
        runner = roadrunner.RoadRunner(libsbml.writeSBMLToString(document))
        runner.integrator.relative_tolerance = 1e-8
        runner.integrator.maximum_num_steps = 10_000_000
        runner.integrator.setValue("maximum_time_step", 1.0)
        for i in range(model.getNumRules()):
            if model.getRule(i).isRate():
                state = model.getRule(i).getVariable()
                size = {"nmol": 1e-3, "nM": 1e-6}.get(model.getParameter(state).getUnits(), 1e-10)
                runner.integrator.setIndividualTolerance(state, size)
        found.append(runner.simulate(0.0, BRAKE.duration, 2, ["closing_time"])[-1, 0] / 24.0)
    cube = [[math.log(AT[one.name] / one.low) / math.log(one.high / one.low) for one in BRAKE.free]]
    np.testing.assert_allclose(found, target.law.days(np.array(cube), FIVE)[0], rtol=0.0, atol=1e-5)


def test_the_model_passes_all_checks_of_libsbml(written):
    import libsbml

    document = libsbml.readSBMLFromFile(str(written[1].with_name("model.xml")))
    document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []


def test_days_and_ranges_may_be_changed_in_the_tables(written, tmp_path):
    found = from_petab(edited(written[1], tmp_path, "measurements.tsv", "14.0;21.0", "15.0;20.0"))
    assert [row.low for row in found.rows] == [2.0, 15.0, 14.0, 21.0, 28.0] and found.law == BRAKE


CHANGES = {
    "a day that was measured": ("measurements.tsv", "inf\t", "17.5\t", "condition ketamine: measurement 17.5"),
    "an ordinary measurement": ("measurements.tsv", "interval-censored", "", "inf, of the type interval-censored"),
    "days in no order": ("measurements.tsv", "2.0;7.0", "7.0;2.0", "censoringBounds '7.0;2.0'; allowed: two ascend"),
    "another time": ("measurements.tsv", "1440.0", "1000.0", r"times \[1000.0, 1440.0\]"),
    "another dose": ("conditions.tsv", "psilocybin 25 mg", "psilocybin 20 mg", "model.xml is not the model that"),
    "two doses at once": ("conditions.tsv", "\t0.0", "\t1.0", "condition ketamine: .* allowed: given_ketamine 1"),
    "another model": ("model.xml", 'value="1.3"', 'value="1.4"', "model.xml is not the model that"),
    "another law": ("problem.yaml", "first_order", "third_order", "third_order"),
    "no law": ("problem.yaml", "plasticity:", "other:", "extensions.plasticity.brake is missing"),
    "another observable": ("observables.tsv", "closing_time / 24", "closing_time", "observableFormula"),
    "no noise": ("observables.tsv", "1.5", "0.0", "noiseFormula '0.0'; allowed: a number over 0"),
    "a scale of its own": ("parameters.tsv", "log10", "log", "brake_gain: scale log, .* lin or log10"),
    "an unknown parameter": ("parameters.tsv", "brake_tau", "brake_tao", "brake_tao"),
    "no table": ("measurements.tsv", "simulationConditionId", "simulation", "simulationConditionId"),
    "no yaml": ("problem.yaml", "problems:", "{", "problem.yaml"),
}


@pytest.mark.parametrize(("name", "old", "new", "said"), CHANGES.values(), ids=list(CHANGES))
def test_tables_that_say_something_else_are_refused(written, tmp_path, capsys, name, old, new, said):
    path = edited(written[1], tmp_path, name, old, new)
    with pytest.raises(pl.InputError, match=said) as raised:
        from_petab(path)
    assert "\n" not in str(raised.value)
    assert not logging.getLogger("petab").filters


def test_what_has_no_tables_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(pl.InputError, match="log_law is a line without a model"):
        to_petab(Target(LINE, ROWS, Error("normal", 1.5)), tmp_path / "line")
    maxima = chosen({"plasma_maxima": ["psilocybin_25mg_cmax"]})
    with pytest.raises(pl.InputError, match="psilocybin_25mg_cmax of plasma_maxima is a plasma_maximum"):
        to_petab(Target(BRAKE, maxima, Error("normal", 1.5)), tmp_path / "maxima")
    assert not list(tmp_path.iterdir())
    (tmp_path / "own.txt").write_text("mine")
    with pytest.raises(pl.InputError, match="exists; allowed: a new or empty folder"):
        to_petab(Target(BRAKE, ROWS, Error("normal", 1.5)), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]
