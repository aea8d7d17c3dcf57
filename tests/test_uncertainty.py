"""Intervals by default: what is drawn, what is kept, that they hold the calibrating windows, and the switch."""

import json

import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text

from plasticity import data
from plasticity.calibration.members import closing_days
from plasticity.figures import caption
from plasticity.figures.bands import edges, told
from plasticity.figures.map_bands import spell
from plasticity.figures.maps import EDGE, Scale, contours, frame
from plasticity.figures.origin import origin
from plasticity.figures.sheet import COLUMN_MM, sheet
from plasticity.model import Model
from plasticity.observables import effect_extent
from plasticity.plausible import latin_hypercube, uncertain
from plasticity.protocol import Protocol
from plasticity.simulation import integrated, simulate
from plasticity.study import Study
from plasticity.study.uncertain import without_intervals
from plasticity.sweeps.asking import planned, sweep
from plasticity.sweeps.planning.intervals import Intervals
from plasticity.uncertainty import TABLE, _acute, after_doses, intervals, members, plausible_numbers

PLAN = Protocol("40 d").dose("psilocybin", "25 mg")
JOINT = set(map(str, data.load(TABLE).data_vars))


@pytest.fixture(scope="module")
def found():
    return intervals(PLAN, times=np.linspace(0.0, 960.0, 57), count=48)


def test_the_draws_give_the_window_they_were_conditioned_on():
    """Psilocybin's window was seen open on day 14 and closed on day 21. With an error of 1.5 d a day two errors outside
    is seen so in 2 % of animals: at most a few of 256 draws, weighted by that, may lie there."""
    numbers = plausible_numbers(PLAN, count=256)
    names = [name for name in Model().assemble(PLAN.compounds).parameters if "." not in name or name in JOINT]
    days = closing_days(PLAN, Model(), [{name: one[name] for name in names} for one in numbers], 1e-5)
    assert np.mean((days < 14.0 - 3.0) | (days > 21.0 + 3.0)) < 0.02
    assert 14.0 < np.median(days) < 19.0


def test_subjects_widen_the_interval(found):
    low, middle, high = found.last_close_interval.values / 24.0
    assert low < 14.0 < middle < 19.0 < high
    assert float(found.window_chance) > 0.95


def test_the_same_seed_gives_the_same_intervals_and_another_does_not(found):
    again = intervals(PLAN, times=np.linspace(0.0, 960.0, 57), count=48)
    assert found.identical(again)
    other = intervals(PLAN, times=[24.0], count=48, seed=1)
    assert not np.array_equal(other.last_close_interval, found.last_close_interval)


def test_bands_are_ordered_and_start_at_rest(found):
    band = found.depth_band
    assert (band.diff("quantile") >= 0.0).all()
    assert np.abs(band.isel(time=0)).max() < 1e-12


def test_what_is_set_by_hand_or_seen_in_a_source_is_not_drawn():
    _, numbers = members(PLAN, parameters={"brake_tau": 100.0, "psilocybin.clearance": 200.0}, count=8)
    assert {one["brake_tau"] for one in numbers} == {100.0}
    assert {one["psilocybin.clearance"] for one in numbers} == {200.0}
    assert len({one["brake_gain"] for one in numbers}) > 4
    assert {one["psilocybin.molecular_weight"] for one in numbers} == {204.27}
    lsd = plausible_numbers(Protocol("2 d").dose("lsd", "100 ug"), count=8)
    assert {one["lsd.htr2a_k_act"] for one in lsd} == {3.092}  # verified: seen in its source


def test_what_was_derived_from_published_means_has_their_error():
    """A standard error of a tenth, log-normal: of 256 draws the spread of the logarithm is known to 4 %."""
    numbers = plausible_numbers(PLAN, count=256)
    assert np.std(np.log([one["psilocybin.htr2a_k_act"] for one in numbers])) == pytest.approx(0.0998, rel=0.15)
    assert {one["psilocybin.bioavailability"] for one in numbers} == {1.0}  # a convention, at the end of its range


def test_subjects_differ_in_what_the_compound_states_and_in_weight():
    plans, numbers = members(Protocol("2 d").dose("ketamine", "0.5 mg/kg", over="40 min"), count=16)
    amounts = np.array([plan.doses[0].amount for plan in plans])
    assert 0.1 < np.std(np.log(amounts)) < 0.35  # a coefficient of variation of 0.2, of sixteen subjects
    assert len({one["ketamine.clearance"] for one in numbers}) == 16
    plans, _ = members(PLAN, count=4)
    assert len({plan.doses[0].amount for plan in plans}) == 1  # 25 mg, whatever they weigh


def test_the_table_of_draws_holds_every_uncertain_shared_number():
    table = data.load(TABLE)
    shared = {name for name in uncertain(Model().assemble([])) if "." not in name}
    assert shared <= set(map(str, table.data_vars)) and table.sizes["row"] == 256
    assert all(np.isfinite(table[name]).all() and "units" in table[name].attrs for name in table.data_vars)


def test_outputs_and_the_acute_effect_have_bands_and_intervals(found):
    for name in ("acute_effect", "htr2a_occupancy", "openness", "trkb_signal", "psilocybin_plasma"):
        band = found[f"{name}_band"]
        assert np.isfinite(band).all() and (band.diff("quantile") >= 0.0).all()
    low, middle, high = found.effect_duration_interval.values
    assert low < middle < high
    assert float(found.acute_maximum_interval[2]) <= 100.0


@pytest.mark.parametrize(("drug", "amount"), [("dmt", "15 mg"), ("psilocybin", "25 mg"), ("ibogaine", "700 mg")])
def test_the_acute_effect_is_read_finely_enough(drug, amount):
    """240 times after a dose, 5 % apart, against the roots that `simulate` finds: within one percent."""
    run = integrated(Protocol("28 d").dose(drug, amount))
    times = after_doses(run.protocol)
    read = _acute(run.acute_effect(times)[None], times)
    exact = effect_extent(run.acute_effect, run.trajectory.times)
    assert read["acute_maximum_interval"][1][1] == pytest.approx(exact[0], rel=0.01)
    assert read["effect_duration_interval"][1][1] == pytest.approx(exact[2], rel=0.01)


def test_an_observable_has_a_band():
    assignments = ["uncertainty.samples=4", "protocol.duration=2 d", "times.every=6 h"]
    ds = Study.load("pairing_map", assignments).run()
    assert ds.pairing_change_band.dims == ("quantile", *ds.pairing_change.dims)
    assert (ds.pairing_change_band.diff("quantile") >= 0.0).all()


def test_a_latin_hypercube_has_one_point_in_every_layer():
    points = latin_hypercube(16, 3, 0)
    assert (np.sort(np.floor(16 * points), axis=0) == np.arange(16)[:, None]).all()
    assert not np.array_equal(points, latin_hypercube(16, 3, 1))


@pytest.mark.parametrize("word", ["none", "false"])
def test_one_word_turns_them_off(word):
    ds = Study.load("psilocybin_stages", [f"uncertainty={word}"], reduced=True).run()
    assert "quantile" not in ds.dims and "uncertainty" not in ds.attrs


CURVE = {"over": {"dose": ["1 mg", "5 mg", "10 mg", "25 mg", "40 mg"]}, "keep": ["total_open_time", "last_close"]}


def test_a_curve_has_intervals_that_are_those_of_its_points():
    ds = sweep(PLAN, **CURVE, draws=8)
    at = ds.isel(dose=3)
    alone = intervals(PLAN, times=[24.0], count=8)
    # the sweep integrates at rtol 1e-6, the intervals of a run at 1e-5
    np.testing.assert_allclose(at.total_open_time_interval, alone.total_open_time_interval, rtol=1e-3)
    np.testing.assert_allclose(at.last_close_interval, alone.last_close_interval, rtol=1e-3)
    assert float(at.window_chance) == float(alone.window_chance)
    assert float(ds.window_chance[0]) < float(ds.window_chance[4])


MAP = {"over": {**CURVE["over"], "brake_tau": np.linspace(110.0, 190.0, 5).tolist()}, "keep": ["last_close"]}


def test_a_map_has_the_intervals_of_its_curves_on_a_lattice_and_none_elsewhere():
    ds = sweep(PLAN, **MAP, draws=8, lattice=3)
    assert json.loads(ds.attrs["uncertainty"])["at"] == {"dose": [0, 2, 4], "brake_tau": [0, 2, 4]}
    assert int(ds.window_chance.notnull().sum()) == 9
    assert int(ds.last_close_interval.isel(quantile=1).notnull().sum()) <= 9
    curve = sweep(PLAN, {**CURVE["over"], "brake_tau": MAP["over"]["brake_tau"][::2]}, MAP["keep"], draws=8)
    for name in ("last_close_interval", "window_chance"):
        found, alone = ds[name].isel(dose=[0, 2, 4], brake_tau=[0, 2, 4]), curve[name].isel(dose=[0, 2, 4])
        assert np.array_equal(found, alone, equal_nan=True)
    assert float(ds.window_chance[4, 4]) > float(ds.window_chance[0, 4])


def test_chunks_and_threads_change_no_interval_of_a_map():
    plan = planned(PLAN, **MAP, intervals=Intervals(4, 0, 2))
    whole = plan.evaluate((slice(0, 5), slice(0, 5)), threads=2)
    part = plan.evaluate((slice(4, 5), slice(1, 5)), threads=1)
    for name in whole:
        assert np.array_equal(part[name], whole[name][4:5, 1:5], equal_nan=True)
    assert np.isfinite(part["window_chance"]).sum() == 1


@pytest.mark.parametrize("lattice", [0, 3])
def test_a_map_says_whether_it_has_intervals_and_where(lattice):
    ds = sweep(PLAN, **MAP, draws=2, lattice=lattice)
    assert ("quantile" in ds.dims) == ("uncertainty" in ds.attrs) == (lattice > 0)
    assert ("a map over dose, brake_tau has them where its study asks for a lattice" in origin(ds)) == (lattice == 0)
    if lattice:
        assert "at 3 places along dose and 3 places along brake_tau" in told(ds)
        assert set(without_intervals(ds).data_vars) == {"last_close", "status", "reached"}


def test_a_sample_has_none():
    ds = sweep(PLAN, {"dose": ["5 mg"], "brake_tau": {"from": "5 d", "to": "8 d"}}, ["last_close"],
               design="sobol", samples=4, draws=2, lattice=3)  # fmt: skip
    assert "quantile" not in ds.dims and "the points are a sample" in ds.attrs["no_intervals"]


def test_one_switch_turns_the_intervals_off():
    whole = Study.load("psilocybin_stages", ["uncertainty.samples=4"], reduced=True).run()
    bare = Study.load("psilocybin_stages", ["uncertainty=none"], reduced=True).run()
    assert "depth_band" in whole and json.loads(whole.attrs["uncertainty"])["samples"] == 4
    assert "quantile" not in bare.dims and "uncertainty" not in bare.attrs
    assert set(without_intervals(whole).data_vars) == set(bare.data_vars)
    for name in bare.data_vars:
        assert np.array_equal(whole[name], bare[name], equal_nan=bare[name].dtype.kind == "f")


def test_a_map_of_sessions_writes_the_change_between_the_start_and_the_quantiles_of_the_end():
    study = Study.load("session_number", reduced=True)
    ds = study.run()
    at_start = float(json.loads(ds.attrs["sweep"])["settings"][0]["parameters"]["belief_prior_initial"])
    ends = ds["belief_prior_end_interval"].dropna("integration.times", how="all").dropna("integration.every", how="all")
    low, high = (at_start - ends.sel(quantile=one, method="nearest") for one in (0.95, 0.05))
    assert float(high.max()) > float(low.max()) > 0.0
    expected = {f"{a:.2f}–{b:.2f}" for a, b in zip(low.values.ravel(), high.values.ravel(), strict=True)}
    written = {text.get_text() for text in study.draw(ds).findobj(Text) if "–" in text.get_text()}
    assert written
    assert written <= expected


def test_what_is_learned_has_bands_that_hold_the_default_course():
    """The defaults are the medians of the draws, so the course of the numbers in force lies within nine tenths."""
    plan = Protocol("7 d").dose("psilocybin", "25 mg").session("integration", "1 d", over="6 h")
    plan = plan.session("reminder", "2 d", over="36 s").session("extinction", "49 h", over="36 min")
    model = Model(modules=["belief", "memory"])
    run, found = simulate(plan, model, times=[96.0]), intervals(plan, model, times=[96.0], count=32)
    for name in ("belief_prior", "fear", "memory_engram"):
        low, high = (float(end) for end in edges(found[f"{name}_band"].isel(time=0)))
        assert low < float(run[name][0]) < high


def test_a_sweep_over_three_long_axes_has_intervals_on_a_lattice_and_says_so_without_one():
    over = {**MAP["over"], "brake_gain": np.linspace(4.0, 9.0, 5).tolist()}
    plain, asked = (planned(PLAN, over, ["last_close"], intervals=Intervals(2, 0, one)) for one in (0, 2))
    assert plain.attributes["no_intervals"].startswith("none: a map over dose, brake_tau, brake_gain has them where")
    assert "no_intervals" not in asked.attributes
    found = asked.evaluate(tuple(slice(0, 5) for _ in over), threads=1)
    assert np.isfinite(found["window_chance"]).sum() == 2**3


def test_calcium_that_oscillates_has_none_and_says_why():
    ds = Study.load(
        "calcium_oscillation", ["protocol.duration=1 h", "times.every=10 min", "uncertainty.samples=2"]
    ).run()
    assert not np.isfinite(ds.calcium_band.sel(calcium_kernel="oscillator")).any()
    assert np.isfinite(ds.calcium_band.sel(calcium_kernel="averaged")).all()
    assert "none where calcium oscillates" in origin(ds)


def test_accounts_of_memory_tell_how_many_findings_their_draws_give():
    """The numbers in force are one more set of numbers: draws beside them change nothing that they give."""
    with_draws, without = (
        Study.load("rival_accounts", [f"uncertainty={given}"], reduced=True).run()
        for given in ("{samples: 8}", "false")
    )
    assert "quantile" not in without.dims and "uncertainty" not in without.attrs
    assert np.array_equal(with_draws.fear_late, without.fear_late)
    low, high = edges(with_draws.count_interval)
    assert ((low >= 0) & (low <= high)).all()
    assert (high <= xr.concat([(with_draws.role == part).sum("row") for part in with_draws.part.values], "part")).all()
    low, high = edges(with_draws.fear_late_interval)
    assert (low <= high).all()
    assert (low < high).any()


def test_the_switch_turns_off_the_draws_of_a_comparison_with_published_rows():
    ds = Study.load("compare_receptor", ["uncertainty=false"], reduced=True).run()
    assert not np.isfinite(ds.predicted_low).any()
    assert "draws" not in caption("comparison", ds)
    assert np.isfinite(ds.predicted).any()


def test_values_of_contours_stand_apart_from_the_edge_and_from_intervals():
    axes, line = sheet(COLUMN_MM, 80.0).subplots(), np.linspace(0.0, 1.0, 41)
    frame(axes, Scale(line, "", False), Scale(line, "", False))
    spell(axes, line, line, *np.zeros((2, 41, 41)))
    contours(axes, line, line, np.add.outer(line, line), [0.1, 0.6, 1.0, 1.4])
    written = [text.get_position() for text in axes.texts if "–" not in text.get_text()]
    assert len(written) == 3  # the contour at 0.1 has no place apart from the edge
    marked = [text.xy for text in axes.texts if "–" in text.get_text()]
    assert len(marked) == 9
    for x, y in written:
        assert EDGE < x < 1.0 - EDGE
        assert EDGE < y < 1.0 - EDGE
        assert all(abs(x - a) > 0.1 or abs(y - b) > 0.04 for a, b in marked)
