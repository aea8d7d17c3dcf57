"""Sessions: what each kind drives, that minutes in weeks are not stepped over, and what is refused."""

import numpy as np
import pytest

from plasticity import InputError, Model, Protocol, Study, simulate
from plasticity.kernels import channels
from plasticity.session_kinds import KINDS

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
