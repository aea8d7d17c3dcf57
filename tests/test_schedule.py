"""Schedules: constraints that conflict are named, the search finds the known best, and the parts add up."""

import itertools
import json
import sys

import numpy as np
import pytest
import xarray

from plasticity import InputError, Model, Protocol, Study
from plasticity.attendance import attendance
from plasticity.cli import main
from plasticity.members import together
from plasticity.plausible import drawn, uncertain
from plasticity.schedule import best_schedule
from plasticity.schedule.slots import Constraints, every_schedule
from plasticity.uncertainty import plausible_numbers

DAY = 24.0
PLAN = Protocol("28 d").dose("psilocybin", "25 mg")


@pytest.fixture(scope="module")
def searched():
    return best_schedule(PLAN, 2, latest="12 d", spacing="3 d", first_day="wed", draws_each=12)


def test_the_best_is_first_by_its_own_measure_and_within_the_constraints(searched):
    """Depth falls from the second day on, so the earliest feasible times win: Thursday, then Monday (not Sunday)."""
    assert searched.starts.sel(schedule="best").values.tolist() == [1 * DAY, 5 * DAY]
    for starts in searched.starts.values:
        assert np.all(np.diff(starts) >= 3 * DAY)
        assert all((int(at / DAY) + 2) % 7 < 5 for at in starts)
    assert searched.regret.values[0] == 0.0
    assert float(searched.regret.sel(schedule="weekly")) > 0.0


def test_the_parts_of_the_gain_add_up(searched):
    parts = searched.decomposition
    together_ = parts.sel(part="drug") + parts.sel(part="sessions") + parts.sel(part="overlap")
    np.testing.assert_allclose(together_, parts.sel(part="total"), atol=1e-12)  # sums of the same four numbers
    assert (parts.sel(part="overlap") > 0.0).all()  # the window only ever speeds learning
    np.testing.assert_allclose(parts.sel(part="drug"), 0.0, atol=1e-9)  # no session, no evidence


def test_the_same_seed_gives_the_same_numbers(searched):
    again = best_schedule(PLAN, 2, latest="12 d", spacing="3 d", first_day="wed", draws_each=12)
    np.testing.assert_array_equal(again.gain, searched.gain)


def test_openness_is_best_met_where_the_window_is_deepest():
    found = best_schedule(PLAN, 1, objective="integrated_openness", latest="20 d", office_days=["mon"], draws_each=2)
    assert found.starts.sel(schedule="best").values.tolist() == [7 * DAY]


def test_sessions_keep_clear_of_those_that_stand_and_all_feasible_ones_are_listed():
    busy = PLAN.session("integration", "3 d", over="1 h").sessions
    limits = Constraints(2, 2.0, DAY, 7 * DAY, 2 * DAY, busy=busy)
    listed = every_schedule(limits, 100)
    days = [1, 2, 4, 7]  # Tuesday, Wednesday, Friday, Monday; Thursday is taken
    assert listed == [(a * DAY, b * DAY) for a, b in itertools.combinations(days, 2) if b - a >= 2]
    assert all(limits.nearest(np.array(starts)) == starts for starts in listed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"sessions": 5, "latest": "10 d", "spacing": "7 d"},
            r"5 sessions do not fit, 2 would; conflicting: .*spacing 7 d",
        ),
        ({"office_days": ["sun"], "latest": "4 d", "sessions": 1}, r"conflicting: latest 4 d; office_days sun"),
        ({"office_days": ["someday"]}, "unknown weekday 'someday'"),
        ({"objective": "belief_chance"}, "did you mean 'belief_change'"),
        ({"quantile": 0.9}, "quantile: 0.9; allowed: more than 0, at most 0.5"),
        ({"latest": "28 d"}, "schedule: latest 672 h; allowed: 670 h at most"),
        ({"objective": "fear_after_30_days", "kind": "extinction"}, "in a protocol that lasts long enough"),
        ({"kind": "extinktion"}, "did you mean 'extinction'"),
        ({"model": Model()}, "the model has no module belief"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        best_schedule(PLAN, **options)


def test_a_study_refuses_conflicting_constraints_at_their_place(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("protocol: {duration: 14 d}\nmodel: {modules: [belief]}\nschedule: {sessions: 9, spacing: 7 d}\n")
    with pytest.raises(InputError, match=r"plan.yaml:3:11: schedule: .*9 sessions do not fit, 2 would"):
        Study.load(path)


def test_the_search_among_many_finds_what_trying_all_finds(monkeypatch):
    """Differential evolution against every one of the feasible schedules, and never worse than the naive ones."""
    search = sys.modules["plasticity.schedule.search"]
    options = {"sessions": 2, "latest": "11 d", "spacing": "2 d", "objective": "integrated_openness", "draws_each": 2}
    every = best_schedule(PLAN, **options)
    monkeypatch.setattr(search, "MOST", 3)
    evolved = best_schedule(PLAN, **options)
    assert (every.attrs["schedule_method"], evolved.attrs["schedule_method"]) == (
        "all feasible schedules",
        "differential evolution",
    )
    np.testing.assert_array_equal(evolved.starts[0], every.starts[0])
    assert (evolved.regret >= 0.0).all()


def test_fear_after_a_month_can_be_the_objective():
    """Extinction as near to the reminder as allowed does best; the window adds, and the safe trace fades either way."""
    plan = Protocol("40 d").dose("psilocybin", "25 mg").session("reminder", "47.8 h", over="36 s")
    found = best_schedule(
        plan, 1, kind="extinction", over="36 min", latest="9 d", objective="fear_after_30_days", draws_each=4
    )
    assert found.starts.sel(schedule="best").values.tolist() == [2 * DAY]
    assert (found.decomposition.sel(part="sessions") > 0.0).all()
    assert found.gain.attrs["long_name"] == "Fear lost, 30 days after the last session"


def test_the_command_line_searches_and_tells_regret_and_parts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "integration_schedule", "--reduced", "--set", "schedule.holds={setting: 0.5}"]) == 0
    out = capsys.readouterr().out
    assert "\nschedule\tstarts d\tquantile 0.1\tregret\nbest\t" in out
    assert all(f"\n{part}\t" in out for part in ("drug", "sessions", "overlap", "total"))
    whole = xarray.open_dataset("results/integration_schedule.nc")
    assert json.loads(whole.attrs["protocol"])["sessions"][-1]["setting"] == 0.5
    assert main(["check", "integration_schedule", "--reduced"]) == 0
    assert "\nschedules\t29\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("schedule.spacing=12 d", "3 sessions do not fit, 2 would; conflicting: "),
        ("schedule.office_days=[sun]", "office_days sun"),
        ("schedule.holds={seting: 0.5}", "did you mean 'setting'"),
        ("schedule.earliest=23 d", "conflicting: earliest 23 d"),
    ],
)
def test_the_command_line_names_the_constraints_that_conflict(tmp_path, monkeypatch, capsys, change, message):
    monkeypatch.chdir(tmp_path)
    changes = ["--set", change, *(["--set", "schedule.latest=10 d"] if "sun" in change else [])]
    assert main(["run", "integration_schedule", *changes]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert ": schedule: schedule:" not in told
    assert list(tmp_path.iterdir()) == []


def test_draws_keep_to_their_ranges_and_leave_what_was_given():
    assembly = Model().assemble(PLAN.compounds)
    ranges = uncertain(assembly)
    found = drawn(assembly, {"brake_tau": 150.0}, count=32)
    assert not any("brake_tau" in values for values in found)
    for name, (low, high) in ranges.items():
        value = assembly.defaults()[name]
        # rounding of exp(log(x)): a few units of the 16th digit
        assert all(
            min(low, value) * (1 - 1e-12) <= v[name] <= max(high, value) * (1 + 1e-12)
            for v in found
            if name != "brake_tau"
        )
    for name in ("theta_rest", "window_open_ratio", "belief_prior_initial"):
        assert name not in ranges


def test_a_member_does_not_depend_on_its_neighbours():
    model = Model()
    numbers = plausible_numbers(PLAN, model, count=4)
    many = together([PLAN] * 4, numbers, model, ["theta"], np.array([48.0]))
    alone = together([PLAN], numbers[2:3], model, ["theta"], np.array([48.0]))
    np.testing.assert_array_equal(many.values[2], alone.values[0])
    np.testing.assert_array_equal(many.windows[2], alone.windows[0])


def test_attendance_says_which_sessions_meet_the_window():
    plan = PLAN.session("integration", "-0 h", over="2 h").session(
        "integration", "2 d", over="2 h", every="24 d", times=2
    )
    found = attendance(plan, Model(modules=["belief"]), count=16)
    assert found.inside.values.tolist() == [0.0, 1.0, 0.0]
    assert (found.depth_low <= found.depth_high).all()
    assert float(found.chance[1]) > 0.5 > float(found.chance[0])
    # 2 h at the opening (7.74 h, tabulated in the model specification): 0.26 h of 2 h lie inside
    edge = attendance(PLAN.session("dosing", "6 h", over="2 h"), Model(modules=["belief"]), count=2)
    assert float(edge.inside[0]) == pytest.approx((8.0 - 7.74) / 2.0, abs=0.0026)  # printed to 0.005 h
