"""Axes that move, multiply, space, stretch or change sessions give what `simulate` gives of the same protocol."""

import itertools

import numpy as np
import pytest

import plasticity as pl
from plasticity.sweeps.asking import planned
from plasticity.sweeps.execution import computing

BELIEF, MEMORY = pl.Model(modules=["belief"]), pl.Model(modules=["memory"])
TALK = pl.Protocol("20 d").dose("psilocybin", "25 mg").session("integration", "1 d", over="2 h", every="1 d", times=3)
FEAR = (
    pl.Protocol("12 d")
    .dose("psilocybin", "25 mg")
    .session("reminder", "2 d", over="36 s")
    .session("extinction", "49 h", over="36 min")
)


def prior(plan):
    return float(pl.simulate(plan, BELIEF, times=[plan.duration]).belief_prior[-1])


def test_number_and_spacing_are_those_of_the_row_written_out():
    """Bitwise: the same events at the same times through the same engine."""
    over = {"integration.times": [0, 1, 3, 5], "integration.every": ["12 h", "3 d"]}
    ds = pl.sweep(TALK, over, ["belief_prior_end"], model=BELIEF)
    bare = pl.Protocol("20 d").dose("psilocybin", "25 mg")
    assert np.all(ds["belief_prior_end"][0] == 1.0)
    for (i, times), (j, every) in itertools.product(enumerate([1, 3, 5], 1), enumerate(["12 h", "3 d"])):
        row = {"every": every, "times": times} if times > 1 else {}
        assert float(ds["belief_prior_end"][i, j]) == prior(bare.session("integration", "1 d", over="2 h", **row))
    assert ds["integration.times"].attrs["long_name"] == "Number of integration sessions"


def test_a_delay_counts_from_the_dose_wherever_it_is():
    over = {"integration.after_dose": ["1 d", "3 d"], "dose.at": ["0 h", "2 d"], "dose": ["10 mg", "25 mg"]}
    ds = pl.sweep(TALK, over, ["belief_prior_end", "first_open"], model=BELIEF)
    plan = pl.Protocol("20 d").dose("psilocybin", "10 mg", at="2 d")
    plan = plan.session("integration", "5 d", over="2 h", every="1 d", times=3)
    assert float(ds["belief_prior_end"][1, 1, 0]) == prior(plan)
    assert ds["integration.after_dose"].attrs["long_name"] == "From the dose to integration"


def test_a_delay_may_count_from_a_named_dose_or_from_a_session_that_moves():
    plan = (
        pl.Protocol("20 d")
        .dose("psilocybin", "10 mg", name="first")
        .dose("psilocybin", "25 mg", at="4 d", name="second")
    )
    plan = plan.session("dosing", "0 h", over="6 h").session("integration", "1 d", over="2 h")
    over = {"dosing.after_second": ["0 h", "12 h"], "integration.after_dosing": ["1 d", "2 d"]}
    ds = pl.sweep(plan, over, ["belief_prior_end"], model=BELIEF)
    bare = pl.Protocol("20 d").dose("psilocybin", "10 mg").dose("psilocybin", "25 mg", at="4 d")
    assert float(ds["belief_prior_end"][1, 1]) == prior(
        bare.session("dosing", "108 h", over="6 h").session("integration", "156 h", over="2 h")
    )
    with pytest.raises(pl.InputError, match="2 doses; allowed: first.at, second.at"):
        planned(plan, {"dosing.after_dose": ["1 h"]}, ["belief_prior_end"], model=BELIEF)


def test_length_and_setting_are_axes_too():
    over = {"session.over": ["1 h", "4 h"], "session.setting": [0.5, 1.0]}
    ds = pl.sweep(TALK, over, ["belief_prior_end"], model=BELIEF)
    plan = pl.Protocol("20 d").dose("psilocybin", "25 mg")
    plan = plan.session("integration", "1 d", over="4 h", every="1 d", times=3, setting=0.5)
    assert float(ds["belief_prior_end"][1, 0]) == prior(plan)


def test_gap_from_reminder_to_extinction_against_the_window():
    over = {"extinction.after_reminder": ["10 min", "6 h"], "dose": ["0 mg", "25 mg"]}
    ds = pl.sweep(FEAR, over, ["fear_end", "memory_engram_end", "theta_lowest"], model=MEMORY)
    plan = pl.Protocol("12 d").dose("psilocybin", "25 mg").session("reminder", "2 d", over="36 s")
    run = pl.simulate(plan.session("extinction", "54 h", over="36 min"), MEMORY)
    assert float(ds["fear_end"][1, 1]) == float(run.fear[-1])
    assert float(ds["memory_engram_end"][1, 1]) == float(run.memory_engram[-1])
    assert (ds["fear_end"][:, 1] < ds["fear_end"][:, 0]).all()


def test_overlap_and_negative_times_are_failed_points_and_spoil_no_other():
    over = {"extinction.at": ["48 h", "50 h"], "reminder.at": ["48 h", "50.2 h"]}
    ds = pl.sweep(FEAR, over, ["fear_end"], model=MEMORY)
    assert ds["status"].values.tolist() == [[-24, 0], [0, -24]]
    assert np.isnan(ds["fear_end"].values).tolist() == [[True, False], [False, True]]
    assert "-24 two sessions that exclude each other overlap" in ds["status"].attrs["meaning"]


@pytest.fixture(scope="module")
def plan():
    over = {
        "integration.after_dose": pl.linspace("1 d", "15 d", 9),
        "integration.times": {"from": 1, "to": 9, "points": 9},
        "dose": pl.linspace("5 mg", "30 mg", 5),
    }
    return planned(TALK, over, ["belief_prior_end", "max_depth"], model=BELIEF)


def test_cut_and_threads_make_no_difference(plan):
    whole = plan.evaluate((slice(0, 9), slice(0, 9), slice(0, 5)), threads=2)
    for block in ((slice(3, 4), slice(0, 9), slice(2, 4)), (slice(0, 9), slice(0, 3), slice(4, 5))):
        part = plan.evaluate(block, threads=1)
        for name, values in part.items():
            np.testing.assert_array_equal(values, whole[name][block], err_msg=name)


def test_a_store_that_was_stopped_goes_on_to_the_same_bytes(plan, tmp_path):
    computing.fill(plan, tmp_path / "half.zarr", threads=1, shard="1/2")
    computing.fill(plan, tmp_path / "half.zarr", threads=2, resume=True)
    import xarray

    found = xarray.open_zarr(tmp_path / "half.zarr").load()
    whole = computing.collect(plan, threads=1)
    np.testing.assert_array_equal(found["belief_prior_end"], whole["belief_prior_end"])


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"session.at": ["1 h"]}, "has 2 kinds of sessions; allowed: reminder.at, extinction.at"),
        ({"reminder.times": [2]}, "a single session has no interval"),
        ({"reminder.ever": ["1 h"]}, "did you mean 'reminder.every'"),
        ({"extinction.after_remainder": ["1 h"]}, "did you mean 'extinction.after_reminder'"),
        (
            {"reminder.after_extinction": ["1 h"], "extinction.after_reminder": ["1 h"]},
            "wait for each other; allowed: one that has a start",
        ),
        ({"extinction.after_reminder": ["1 h"], "extinction.at": ["50 h"]}, "change the same thing"),
        ({"reminder.over": ["0 h"]}, "reminder.over: 0 h; allowed: more than 0"),
        ({"reminder.cue": [2.0]}, "reminder.cue: 2; allowed: 0 to 1"),
        ({"reminder.at": ["40 d"]}, "960 h; allowed: less than the duration, 288 h"),
        ({"reminder.times": [1.5], "reminder.every": ["3 h"]}, "1.5; allowed: whole numbers from 0"),
        ({"memory": ["dominanze"]}, "did you mean 'dominance'"),
    ],
)
def test_what_is_refused(over, message):
    with pytest.raises(pl.InputError) as refused:
        planned(FEAR, over, ["fear_end"], model=MEMORY)
    assert message in str(refused.value)


def test_two_different_sessions_of_a_kind_need_names():
    plan = TALK.session("integration", "10 d", over="1 h")
    with pytest.raises(pl.InputError, match="2 different integration sessions; allowed: a name for each"):
        planned(plan, {"integration.at": ["2 d"]}, ["belief_prior_end"], model=BELIEF)
    named = TALK.session("integration", "10 d", over="1 h", name="late")
    made = planned(named, {"late.at": ["12 d"], "integration.every": ["2 d"]}, ["belief_prior_end"], model=BELIEF)
    assert made.dims == {"late.at": 1, "integration.every": 1}
    with pytest.raises(pl.InputError, match="the name 'late' is taken"):
        named.session("integration", "14 d", over="1 h", name="late")
