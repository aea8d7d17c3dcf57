"""Sessions: what each kind drives, that minutes in weeks are not stepped over, and what is refused."""

import numpy as np
import pytest

from plasticity import InputError, Model, Protocol, Study, simulate
from plasticity.cli import main
from plasticity.kernels import channels
from plasticity.members import together
from plasticity.session_kinds import KINDS
from plasticity.simulation import integrated

MEMORY = Model(modules=("memory",))
BELIEF = Model(modules=("belief",))


def test_every_kind_drives_declared_channels_within_their_bounds():
    for kind in KINDS.values():
        assert kind.holds
        assert all(channels()[channel].bound.holds(value) for channel, value in kind.holds.items())


def test_a_reminder_is_the_cue_that_it_stands_for():
    """The same events, so the same numbers bit by bit."""
    by_session = Protocol("5 d").session("reminder", "1 d", over="36 s")
    by_input = Protocol("5 d").input("cue", start="1 d", end="24.01 h", value=1.0)
    one, two = (simulate(plan, MEMORY) for plan in (by_session, by_input))
    assert one.memory_lability.max() > 0.3
    np.testing.assert_array_equal(one.memory_engram, two.memory_engram)


def test_a_session_of_seconds_in_weeks_is_not_stepped_over():
    """Lability after 36 s on day 20 is that after 36 s at once; 1e-4: rtol 1e-6, and the engram has not changed."""
    late, early = (
        simulate(Protocol("28 d").session("reminder", start, over="36 s"), MEMORY, times=[start + 2.0]).memory_lability
        for start in (480.0, 0.0)
    )
    assert float(late[0]) == pytest.approx(float(early[0]), rel=1e-4)
    assert float(early[0]) > 0.1


def test_minutes_cost_by_their_number_and_weeks_cost_nothing():
    """Steps, not seconds: each reminder takes about a hundred, wherever it stands; a month without any takes ten."""

    def steps(days, count):
        row = {"every": "1 d", "times": count} if count > 1 else {}
        plan = Protocol(f"{days} d").dose("psilocybin", "25 mg")
        plan = plan.session("reminder", "2 d", over="36 s", **row) if count else plan
        return len(integrated(plan, MEMORY).trajectory.times) - 1

    none, ten, twenty = (steps(30, count) for count in (0, 10, 20))
    assert (twenty - ten) / (ten - none) == pytest.approx(1.0, abs=0.1)
    assert steps(60, 10) - ten < 0.2 * none


def test_one_among_many_is_the_same_bit_by_bit():
    """Sessions at other times beside it, in the same vector of lanes, leave no trace in a member."""
    plan = Protocol("30 d").dose("psilocybin", "25 mg").session("extinction", "20 d", over="36 min")
    numbers = MEMORY.assemble(plan.compounds).defaults()
    plans = [plan.session("reminder", start, over="36 s") for start in ("2 d", "479.8 h", "19 d", "1 h", "29 d")]
    states, times = ["memory_engram", "memory_safety"], np.array([500.0, 720.0])
    many = together(plans, [numbers] * 5, MEMORY, states, times)
    alone = together(plans[1:2], [numbers], MEMORY, states, times)
    np.testing.assert_array_equal(many.values[1], alone.values[0])


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            "sessions: [{kind: dosing, start: 0 h, over: 6 h}, {kind: integration, start: 5 h, over: 2 h}]",
            "dosing session 0 to 6 h and integration session 5 to 7 h overlap; allowed: one session at a time",
        ),
        ("sessions: [{kind: dosing, start: -1 h, over: 6 h}]", "'-1 h' is negative; allowed: 0 h or more"),
        ("inputs: [{channel: cue, start: 1 h, value: 1.0}]", "protocol.inputs.0: end is missing; allowed: end: ..."),
        ("sessions: [{kind: reminder, start: 1 h}]", "no end; allowed: end=, or its length over="),
        ("sessions: [{kind: reminder, start: 1 h, over: 0 s}]", "is too small; allowed: more than 0 h"),
        ("sessions: [{kind: reminder, start: 2 h, end: 2 h}]", "is not after start"),
    ],
)
def test_the_command_line_refuses_in_one_line_and_writes_nothing(tmp_path, monkeypatch, capsys, section, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(f"model: {{modules: [belief, memory]}}\nprotocol: {{{section}}}\n")
    for command in ("check", "run"):
        assert main([command, "plan.yaml"]) == 2
        told = capsys.readouterr()
        assert message in told.err
        assert told.err.count("\n") == 1
        assert told.err.startswith("plan.yaml:2:")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]


def test_python_and_yaml_say_the_same(tmp_path):
    """Every argument of `Protocol.session` has its key, and the protocols are equal."""
    path = tmp_path / "plan.yaml"
    path.write_text(
        "model: {modules: [belief, memory]}\n"
        "protocol:\n  duration: 30 d\n  doses: [{compound: psilocybin, amount: 25 mg, at: 7 d}]\n  sessions:\n"
        "    - {kind: preparation, start: 2 d, over: 2 h, every: 3 d, times: 2, setting: 0.5, name: talk}\n"
        "    - {kind: dosing, start: 7 d, end: 176 h}\n"
        "    - {kind: protein_synthesis_block, start: 9 d, over: 6 h, protein_synthesis: 0.2}\n"
    )
    plan = Protocol("30 d").dose("psilocybin", "25 mg", at="7 d")
    plan = plan.session("preparation", "2 d", over="2 h", every="3 d", times=2, setting=0.5, name="talk")
    plan = plan.session("dosing", "7 d", "176 h")
    plan = plan.session("protein_synthesis_block", "9 d", over="6 h", protein_synthesis=0.2)
    assert Study.load(path).runs[0].protocol == plan
    assert plan.sessions[0].plain()["name"] == "talk"


def test_half_the_setting_is_half_the_evidence_and_none_is_no_session():
    def prior(**held):
        return simulate(Protocol("3 d").session("integration", "1 d", over="6 h", **held), BELIEF).belief_prior.values

    np.testing.assert_array_equal(prior(setting=0.5), prior(evidence=0.5))
    np.testing.assert_array_equal(prior(setting=0.0)[-1], 1.0)
    assert prior(setting=2.0)[-1] < prior()[-1] < 1.0


def test_blocking_protein_synthesis_goes_with_a_reminder():
    plan = Protocol("3 d").session("protein_synthesis_block", "0 h", over="6 h").session("reminder", "0 h", over="36 s")
    assert float(simulate(plan, MEMORY).fear[-1]) < 0.3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "reminder", "start": "-1 h", "over": "36 s"}, "time '-1 h' is negative; allowed: 0 h or later"),
        ({"kind": "reminder", "start": "1 h"}, "no end; allowed: end=, or its length over="),
        ({"kind": "reminder", "start": "1 h", "over": "0 s"}, "is not more than 0"),
        ({"kind": "reminder", "start": "1 h", "end": "1 h"}, "is not after start"),
        ({"kind": "reminder", "start": "1 h", "end": "2 h", "over": "1 h"}, "both end '2 h' and over '1 h'"),
        ({"kind": "remainder", "start": "1 h", "end": "2 h"}, "did you mean 'reminder'"),
        ({"kind": "reminder", "start": "1 h", "end": "2 h", "setting": 1}, "unknown channel of a reminder session"),
        ({"kind": "dosing", "start": "1 h", "end": "2 h", "seting": 1}, "did you mean 'setting'"),
        ({"kind": "dosing", "start": "1 h", "end": "2 h", "setting": -1}, "allowed: 0 or more"),
        (
            {"kind": "pairing", "start": "1 h", "end": "2 h", "every": "30 min", "times": 2},
            "overlap; allowed: one session",
        ),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        Protocol().session(**given)


def test_sessions_of_one_channel_exclude_each_other_and_others_do_not():
    plan = Protocol().session("dosing", "0 h", "6 h").session("reminder", "1 h", over="36 s")
    assert len(plan.session("integration", "6 h", "7 h").sessions) == 3  # end to end is no overlap
    with pytest.raises(InputError, match=r"dosing session 0 to 6 h and integration session 5 to 7 h overlap"):
        plan.session("integration", "5 h", "7 h")


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ("{kind: integration, start: 1 d, over: 2 h, setting: much}", "2:75: protocol.sessions.0.setting"),
        ("{kind: integration, start: 1 d, over: 2 h, cue: 1.0}", "2:66: protocol.sessions.0.cue: unknown key 'cue'"),
        ("{kind: reminder, start: 1 d}", "no end; allowed: end=, or its length over="),
        ("{kind: reminder, start: 1 d, over: 36 s}", r"no kernel of this model reads the input 'cue'"),
    ],
)
def test_a_study_names_the_place(tmp_path, session, message):
    path = tmp_path / "plan.yaml"
    path.write_text(f"model: {{modules: [belief]}}\nprotocol: {{sessions: [{session}]}}\n")
    with pytest.raises(InputError) as refused:
        Study.load(path)
    assert message in str(refused.value)
    assert str(refused.value).startswith(str(path))
