"""Calibration: likelihoods against closed forms, recovery of known numbers, seeds, resuming, and what is refused."""

import itertools
import json

import numpy as np
import pytest
from scipy.stats import norm

from plasticity.calibration.asked import asked
from plasticity.calibration.fitting import Target, fitted
from plasticity.calibration.laws import Free, Law
from plasticity.calibration.likelihood import Error, information, interval, ordinary, residual
from plasticity.calibration.members import closing_days
from plasticity.calibration.observed import Observation, chosen, driven, rows, tables
from plasticity.calibration.posterior import converged, posterior
from plasticity.calibration.profiles import confidence
from plasticity.calibration.quantities import NAMES
from plasticity.calibration.report import markdown
from plasticity.calibration.sampling import sampled
from plasticity.calibration.separation import separation
from plasticity.calibration.validation import VERDICTS, Comparison, validated_rows
from plasticity.config import ConfigError
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.simulation import simulate
from plasticity.study import Study

DAYS = np.array([1.0, 4.5, 6.9, 30.0])
NORMAL = Error("normal", 1.5)
LINE = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
HEAD = "protocol: {duration: 40 d}\ncalibration:\n"


def test_an_interval_has_the_closed_form():
    """Differences of SciPy's normal distribution; 1e-12 is round-off where these are not tiny."""
    for kind, sd, low, high in [("normal", 1.5, 2.0, 7.0), ("lognormal", 0.2, 2.0, 7.0), ("normal", 1.5, 28.0, np.inf)]:
        log = np.log if kind == "lognormal" else np.asarray
        expected = norm.cdf(log(high), log(DAYS), sd) - norm.cdf(log(low), log(DAYS), sd)
        seen = expected > 1e-10
        found = np.exp(interval(DAYS, low, high, Error(kind, sd)))
        assert found[seen] == pytest.approx(expected[seen], rel=1e-6) and seen.any()


def test_an_interval_far_away_keeps_its_logarithm():
    """Forty standard deviations away the probability underflows; Mills' ratio gives its logarithm to 1e-3."""
    z = 40.0
    found = float(interval(np.array([7.0 + z]), 2.0, 7.0, Error("normal", 1.0))[0])
    assert found == pytest.approx(-(z**2) / 2 - np.log(z * np.sqrt(2 * np.pi)), rel=1e-3)


def test_the_probabilities_of_all_outcomes_add_up_to_one():
    edges = [0.0, 2.0, 7.0, 30.0, np.inf]
    total = sum(np.exp(interval(DAYS, a, b, NORMAL)) for a, b in itertools.pairwise(edges))
    assert total[1:] == pytest.approx(norm.sf(0.0, DAYS[1:], 1.5), abs=1e-12)


def test_an_ordinary_observation_has_the_normal_density():
    assert ordinary(DAYS, 4.0, 0.7) == pytest.approx(norm.logpdf(4.0, DAYS, 0.7), abs=1e-12)


@pytest.mark.parametrize("high", [7.0, np.inf])
def test_half_the_squared_residual_is_what_the_likelihood_lacks(high):
    best = interval(np.array([4.5]), 2.0, 7.0, NORMAL)[0] if np.isfinite(high) else 0.0
    lacking = best - interval(DAYS, 2.0, high, NORMAL)
    assert 0.5 * residual(DAYS, 2.0, high, NORMAL) ** 2 == pytest.approx(lacking, abs=1e-12)


def test_the_information_is_the_expected_square_of_the_score():
    """By differences of the three outcomes' logarithms; 1e-5 is the error of a central difference of step 1e-4."""
    day, step = np.array([5.0]), 1e-4
    cells = [(-np.inf, 2.0), (2.0, 7.0), (7.0, np.inf)]
    expected = 0.0
    for low, high in cells:
        chance = float(np.exp(interval(day, low, high, NORMAL))[0])
        ahead, back = (interval(day + sign * step, low, high, NORMAL)[0] for sign in (1, -1))
        expected += chance * ((ahead - back) / (2 * step)) ** 2
    assert float(information(day, 2.0, 7.0, NORMAL)[0]) / 1.5**2 == pytest.approx(float(expected), rel=1e-5)


def test_a_missing_day_is_impossible_and_a_wrong_error_is_refused():
    assert interval(np.array([np.nan]), 2.0, 7.0, NORMAL)[0] == -np.inf
    assert interval(np.array([0.0]), 2.0, 7.0, NORMAL)[0] == -np.inf  # a window that never opens is never seen open
    assert information(np.array([0.0]), 2.0, 7.0, NORMAL)[0] == 0.0
    assert separation({"a": np.zeros(4), "b": np.full(4, 9.0)}, [1.0], NORMAL) == pytest.approx([1.0], abs=1e-6)
    with pytest.raises(InputError, match="allowed: normal, lognormal"):
        Error("gauss", 1.0)
    with pytest.raises(InputError, match="allowed: more than 0"):
        Error("normal", 0.0)


@pytest.mark.slow
def test_the_days_of_an_ensemble_are_those_of_simulate():
    """Two integrations at rtol 1e-8 and 1e-9: a thousandth of an hour apart at most."""
    plan = asked("psilocybin 25 mg", "40 d")
    points = [{}, {"brake_tau": 200.0}, {"brake_gain": 0.5}]
    days = closing_days(plan, Model(), points)
    for point, day in zip(points, days, strict=True):
        expected = float(simulate(plan, parameters=point, rtol=1e-9).last_close) / 24.0
        assert day == (pytest.approx(expected, abs=1e-3 / 24.0) if np.isfinite(expected) else 0.0)


FIRST_ORDER = Law("first_order", (Free("brake_gain", 2.0, 40.0, True), Free("brake_tau", 24.0, 960.0, True)), 60 * 24.0)
FITTED = chosen({"critical_period_windows": ["ketamine", "psilocybin"]})


@pytest.mark.slow
def test_the_default_brake_is_the_maximum_of_the_likelihood_to_the_printed_digits():
    """7.2944 /h and 156.42 h, as the kernel declares them: half a unit of the last digit."""
    best = fitted(Target(FIRST_ORDER, FITTED, NORMAL), screen=32, starts=1)
    found = FIRST_ORDER.values(best.cube[None])[0]
    declared = Model().assemble([]).parameters
    assert found["brake_gain"] == pytest.approx(declared["brake_gain"].value, abs=5.1e-5)
    assert found["brake_tau"] == pytest.approx(declared["brake_tau"].value, abs=5.1e-3)


@pytest.mark.parametrize("law", ["first_order", "feedback"])
def test_the_numbers_of_the_brake_are_what_the_committed_calibration_printed(law, root):
    """The record of the gallery keeps what `plasticity calibrate brake_calibration` printed, to five digits."""
    record = json.loads((root / "docs" / "gallery" / "record.json").read_text(encoding="utf-8"))
    lines = [line.split("\t") for line in record["brake_calibration"]["printed"].splitlines()]
    printed = {line[0].partition(".")[2]: line[2] for line in lines if line[0].startswith(f"{law}.")}
    declared = Model(brake=law).assemble([]).parameters
    assert len(printed) == 2
    assert {name: (f"{declared[name].value:.5g}", declared[name].flag) for name in printed} == {
        name: (value, "fitted") for name, value in printed.items()
    }


def _seen(row: Observation, day: float) -> Observation:
    return Observation(**(vars(row) | {"low": day - 1.5, "high": day + 1.5}))


def test_known_numbers_are_recovered_from_simulated_windows():
    """Intervals centred on the days of brake_gain 9, brake_tau 180 h: the normal error puts the maximum there."""
    truth = {"brake_gain": 9.0, "brake_tau": 180.0}
    made = [_seen(row, closing_days(asked(row.modelled, 60 * 24.0), Model(), [truth])[0]) for row in FITTED]
    best = fitted(Target(FIRST_ORDER, made, NORMAL), screen=32, starts=1)
    found = FIRST_ORDER.values(best.cube[None])[0]
    assert found == pytest.approx(truth, rel=1e-4)  # two exact middles, two numbers; the climb ends at 1e-12


def test_a_profile_is_bounded_by_the_chi_squared_distance_or_not_at_all():
    x = np.linspace(0.0, 1.0, 401)
    low, high = confidence(x, -0.5 * ((x - 0.4) / 0.1) ** 2)
    assert (low, high) == (pytest.approx(0.4 - 0.19600, abs=1e-3), pytest.approx(0.4 + 0.19600, abs=1e-3))
    assert np.isnan(confidence(x, np.zeros(401))).all()


@pytest.fixture(scope="module")
def target():
    return Target(LINE, FITTED, NORMAL)


def _chain(target, file, steps, seed=0, study="a", walkers=8):
    where = {"file": file, "name": "line", "study": study}
    return sampled(target, ensembles=2, walkers=walkers, steps=steps, seed=seed, **where)


def test_a_chain_that_was_interrupted_equals_one_that_was_not(target, tmp_path):
    whole = _chain(target, tmp_path / "whole.h5", 30)
    _chain(target, tmp_path / "parts.h5", 11)
    assert np.array_equal(_chain(target, tmp_path / "parts.h5", 30), whole)
    assert not np.array_equal(_chain(target, tmp_path / "other.h5", 30, seed=1), whole)
    assert not np.array_equal(whole[0], whole[1])  # the ensembles know nothing of each other


def test_a_posterior_is_that_of_quadrature_and_its_chains_agree(target, tmp_path):
    """Two free numbers, so that a grid of 400 by 400 gives the quantiles; 3 % of the range is 5 standard errors of an
    end of the 95 % interval at the least effective size that counts as agreement."""
    found = posterior(LINE, _chain(target, tmp_path / "chain.h5", 400, walkers=24), 50)
    assert converged(found)
    axis = (np.arange(400) + 0.5) / 400
    cube = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    mass = np.exp(target.log_likelihood(cube)).reshape(400, 400)
    for i, free in enumerate(LINE.free):
        along = np.cumsum(mass.sum(axis=1 - i)) / mass.sum()
        expected = free.value(np.interp([0.025, 0.5, 0.975], along, axis + 0.5 / 400))
        assert np.quantile(found[free.name], [0.025, 0.5, 0.975]) == pytest.approx(
            expected, abs=0.03 * (free.high - free.low)
        )


def test_chains_that_do_not_agree_give_no_interval(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(
        HEAD + "  rows: {critical_period_windows: [lsd]}\n  sampling: {walkers: 8, steps: 12, burn: 4}\n" + LAWS
    )
    ds = Study.load(path).run()
    assert ds["converged"].values.tolist() == [0.0]
    for name in ("posterior_low", "posterior_median", "closing_day_low", "predictive_log_likelihood"):
        assert np.isnan(ds[name].values).all()
    assert np.isfinite(ds["value"].values).all()
    told = markdown(ds)
    assert "chains do not agree: no intervals" in told and "| chains do not agree |" in told


def test_a_chain_of_another_study_is_refused(target, tmp_path):
    _chain(target, tmp_path / "chain.h5", 3)
    with pytest.raises(InputError, match="chains of another study"):
        _chain(target, tmp_path / "chain.h5", 3, study="b")


def test_the_best_experiment_lies_between_the_laws():
    """Far-apart laws: a whole bit between them, none outside; equal laws: none anywhere."""
    days = {"a": np.full(50, 20.0), "b": np.full(50, 60.0)}
    found = separation(days, [5.0, 40.0, 90.0], NORMAL)
    assert found == pytest.approx([0.0, 1.0, 0.0], abs=1e-9)
    assert separation({"a": days["a"], "b": days["a"]}, [20.0], NORMAL) == pytest.approx([0.0], abs=1e-12)


LAWS = (
    "  laws: {log_law: {offset: {from: 0 d, to: 9 d, spacing: linear}, slope: {from: 0 d, to: 9 d, spacing: linear}}}\n"
)
REFUSED = {
    "both": ("  rows: {critical_period_windows: [lsd]}\n  holdout: {critical_period_windows: [lsd]}\n" + LAWS, "both fitted and held out"),
    "row": ("  rows: {critical_period_windows: [lds]}\n" + LAWS, "did you mean 'lsd'"),
    "no day": ("  rows: {plasma_maxima: [psilocybin_25mg_cmax]}\n" + LAWS, "is a plasma_maximum; allowed here: closing days"),
    "table": ("  rows: {critical_windows: [lsd]}\n" + LAWS, "unknown data table"),
    "law": ("  rows: {critical_period_windows: [lsd]}\n  laws: {zeroth_order: {}}\n", "zeroth_order"),
    "number": ("  rows: {critical_period_windows: [lsd]}\n  laws: {first_order: {brake_gian: {from: 1 1/h, to: 2 1/h}}}\n", "brake_gian"),
    "range": ("  rows: {critical_period_windows: [lsd]}\n  laws: {first_order: {brake_tau: {from: 9 d, to: 2 d}}}\n", "ascending"),
    "burn": ("  rows: {critical_period_windows: [lsd]}\n  sampling: {steps: 9, burn: 9}\n" + LAWS, "less than steps, 9"),
    "dose": ("  rows: {critical_period_windows: [lsd]}\n  experiments: [lsd]\n" + LAWS, "amount"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_calibration_that_cannot_be_is_refused_with_its_position(what, tmp_path):
    text, words = REFUSED[what]
    path = tmp_path / "plan.yaml"
    path.write_text(HEAD + text)
    with pytest.raises(ConfigError, match=words) as caught:
        Study.load(path)
    assert "\n" not in str(caught.value) and "plan.yaml:" in str(caught.value)


def test_every_row_of_every_table_can_be_asked_or_says_that_it_cannot():
    found = [row for table in tables() for row in rows(table).values()]
    assert len(found) == 114
    for row in found:
        assert row.quantity in NAMES
        if row.modelled:
            assert asked(row.modelled, "2 d").doses
            assert row.compound in {compound.name for compound in asked(row.modelled, "2 d").compounds}


def test_a_row_without_a_model_stays_in_the_report_in_plain_sight():
    chosen_rows = tuple(chosen({"bdnf_folds": ["doi_mrna"], "critical_period_windows": ["lsd"]}))
    ds = validated_rows(Comparison(chosen_rows, Model(), {}, 4, 0))
    assert ds["verdict"].values.tolist() == ["no prediction", "out"]
    assert set(ds["verdict"].values.tolist()) <= set(VERDICTS)
    assert float(ds["predicted"][1]) == pytest.approx(19.91, abs=0.01)  # the table of the model's specification
    assert float(ds["predicted_low"][1]) < 19.91 < float(ds["predicted_high"][1])
    assert str(ds["remedy"][1].values)


def test_cocaine_is_asked_about_as_it_was_written_before_the_answer_was_known():
    ds = validated_rows(Comparison(tuple(chosen({"window_outcomes": ["cocaine"]})), Model(), {}, 0, 0))
    assert ds["verdict"].values.tolist() == ["in"]


def test_by_mouse_exposure_rows_of_mice_are_asked_about_and_no_others():
    windows = [driven(row, "mouse").modelled for row in rows("critical_period_windows").values()]
    assert windows[:2] == ["mouse: ketamine 3 mg/kg", "mouse: psilocybin 0.3 mg/kg"] and all(windows)
    assert not any(driven(row, "mouse").modelled for row in rows("plasma_maxima").values())
