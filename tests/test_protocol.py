"""Protocols: doses and inputs become the right amounts at the right instants, and bad ones never get that far."""

import json
import math
import pickle
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plasticity.compound import load_compound
from plasticity.errors import InputError
from plasticity.kernels import channels
from plasticity.protocol import Event, Protocol

FOLDER = Path(__file__).parents[1] / "plasticity" / "compounds"


def numbers(species: str = "human", **overrides: float) -> Callable[[str, str], float]:
    """Values in force: those of the files, and overrides by parameter."""
    return lambda compound, name: overrides.get(name, load_compound(compound, species).numbers[name].value)


def jumps(plan: Protocol, **overrides: float) -> list[tuple[float, str, str, float]]:
    return [(e.time, e.kind, e.name, e.value) for e in plan.events(numbers(plan.species, **overrides))]


@pytest.mark.parametrize(
    ("compound", "amount", "form", "nmol"),
    [
        ("psilocybin", "25 mg", None, 25.0 * 0.7186 * 1e6 / 204.27),  # the prodrug is the default
        ("psilocybin", "25 mg", "psilocin", 25.0e6 / 204.27),
        ("psilocybin", "0.025 g", None, 25.0 * 0.7186 * 1e6 / 204.27),
        ("lsd", "100 ug", None, 0.1e6 / 323.43),
        ("lsd", "100 ug", "tartrate", 0.1 * 0.685e6 / 323.43),
        ("mdma", "125 mg", None, 125.0 * 0.841e6 / 193.25),
        ("ketamine", "0.5 mg/kg", None, 0.5 * 70.0e6 / 237.73),
        ("ketamine", "500 ug/kg", None, 0.5 * 70.0e6 / 237.73),
        ("dmt", "1 umol", "fumarate", 1000.0),  # an amount is of the moiety, whatever the salt
        ("dmt", "2500 nmol", None, 2500.0),
        ("mescaline", 500.0, None, 500.0 * 0.8528e6 / 211.26),  # a plain number is in mg
        ("lsd", "0 mg", None, 0.0),
    ],
)
def test_a_dose_becomes_nmol_of_the_active_moiety(
    compound: str, amount: str | float, form: str | None, nmol: float
) -> None:
    (dose,) = Protocol().dose(compound, amount, form=form).doses
    assert dose.amount == pytest.approx(nmol, rel=1e-14)  # the order of the factors


def test_a_dose_per_kg_follows_species_and_body_weight() -> None:
    assert Protocol(species="mouse").dose("mdma", "10 mg/kg").doses[0].amount == pytest.approx(
        10.0 * 0.025 * 0.841e6 / 193.25, rel=1e-14
    )
    light = Protocol(body_weight="50 kg").dose("ketamine", "0.5 mg/kg")
    assert light.doses[0].amount == pytest.approx(0.5 * 50.0e6 / 237.73, rel=1e-14)
    assert replace(light, body_weight=100.0).doses[0].amount == pytest.approx(2.0 * light.doses[0].amount, rel=1e-14)


def test_an_oral_dose_enters_the_gut_after_its_lag() -> None:
    plan = Protocol().dose("psilocybin", "25 mg", at="1 h")
    assert jumps(plan, bioavailability=0.5) == [(1.35, "add", "gut", 0.5 * plan.doses[0].amount)]


def test_the_presystemic_share_enters_the_metabolites_gut() -> None:
    plan = Protocol().dose("ibogaine", "700 mg")
    amount = plan.doses[0].amount
    assert jumps(plan) == [(0.2, "add", "gut", 0.45 * amount), (0.2, "add", "metabolite_gut", 0.45 * amount)]
    assert [name for _, _, name, _ in jumps(Protocol(species="mouse").dose("ibogaine", "40 mg/kg"))] == ["gut"]


@pytest.mark.parametrize(
    "overrides",
    [{"bioavailability": 0.6, "presystemic_fraction": 0.41}, {"bioavailability": -0.1}, {"absorption_lag": -1.0}],
)
def test_no_drug_comes_from_nothing(overrides: dict[str, float]) -> None:
    with pytest.raises(InputError, match="ibogaine.*allowed"):
        Protocol().dose("ibogaine", "700 mg").events(numbers(**overrides))


def test_all_of_a_dose_may_be_absorbed() -> None:
    plan = Protocol().dose("ibogaine", "700 mg")
    assert len(jumps(plan, bioavailability=0.55, presystemic_fraction=0.45)) == 2


def test_a_bolus_enters_the_circulation_whole_and_at_once() -> None:
    plan = Protocol().dose("dmt", "15 mg", at="2 h")
    assert jumps(plan) == [(2.0, "add", "central", plan.doses[0].amount)]
    assert plan.doses[0].route == "iv_bolus"


def test_an_infusion_is_a_constant_rate_that_ends_at_zero() -> None:
    plan = Protocol().dose("ketamine", "0.5 mg/kg", over="40 min")
    rate = plan.doses[0].amount / (2.0 / 3.0)
    assert jumps(plan) == [(0.0, "set", "infusion", pytest.approx(rate)), (2.0 / 3.0, "set", "infusion", 0.0)]


def test_infusions_of_one_compound_add_and_of_two_do_not() -> None:
    plan = (
        Protocol()
        .dose("dmt", "3 umol", over="3 h")
        .dose("dmt", "1 umol", at="1 h", over="1 h")
        .dose("ketamine", "5 umol", at="1 h", over="1 h")
    )
    found = [(e.time, e.compound, e.value) for e in plan.events(numbers())]
    assert found == [
        (0.0, "dmt", 1000.0),
        (1.0, "dmt", 2000.0),
        (1.0, "ketamine", 5000.0),
        (2.0, "dmt", 1000.0),
        (2.0, "ketamine", 0.0),
        (3.0, "dmt", 0.0),
    ]


@given(
    st.lists(
        st.tuples(st.floats(0.0, 20.0), st.floats(0.01, 10.0), st.floats(0.0, 1e6)),
        min_size=1,
        max_size=6,
    )
)
def test_the_infused_amount_is_the_dosed_amount(infusions: list[tuple[float, float, float]]) -> None:
    plan = Protocol("40 h")
    for at, over, nmol in infusions:
        plan = plan.dose("dmt", f"{nmol!r} nmol", at=at, over=over)
    events = plan.events(numbers())
    # the rate is constant between events, so the sum is its exact integral but for rounding
    infused = math.fsum(now.value * (then.time - now.time) for now, then in pairwise(events))
    assert infused == pytest.approx(sum(nmol for _, _, nmol in infusions), rel=1e-9, abs=1e-9)
    assert events[-1].value == 0.0


def test_routes_default_from_the_compound() -> None:
    assert Protocol().dose("lsd", "100 ug").doses[0].route == "oral"
    assert Protocol(species="mouse").dose("lsd", "1 ug/kg").doses[0].route == "intraperitoneal"
    usual = Protocol().dose("ketamine", "0.5 mg/kg").doses[0]
    assert (usual.route, usual.over) == ("iv_infusion", pytest.approx(2.0 / 3.0))
    slow = Protocol().dose("dmt", "90 mg", over="90 min").doses[0]
    assert (slow.route, slow.over) == ("iv_infusion", 1.5)
    assert Protocol().dose("psilocybin", "1 mg", route="iv_bolus").doses[0].over is None


@pytest.mark.parametrize(
    ("given_to", "what"),
    [
        ({"compound": "psilocibin", "amount": "25 mg"}, "did you mean 'psilocybin'"),
        ({"compound": "dmt_maoi", "amount": "25 mg", "route": "sublingual"}, "unknown route"),
        ({"compound": "dmt", "amount": "25 mg", "route": "oral"}, "no absorption rate"),
        ({"compound": "ketamine", "amount": "25 mg", "route": "intraperitoneal"}, "no absorption rate"),
        ({"compound": "lsd", "amount": "25 mg", "form": "tartrat"}, "did you mean 'tartrate'"),
        ({"compound": "lsd", "amount": "-1 ug"}, "negative"),
        ({"compound": "lsd", "amount": "nan mg"}, "not a number"),
        ({"compound": "lsd", "amount": math.inf}, "not finite"),
        ({"compound": "lsd", "amount": 1e308}, "beyond all numbers"),
        ({"compound": "lsd", "amount": "100"}, "no unit"),
        ({"compound": "lsd", "amount": "100 h"}, "wrong unit"),
        ({"compound": "lsd", "amount": "100 mL"}, "wrong unit"),
        ({"compound": "lsd", "amount": "100 ug", "at": "-1 h"}, "negative"),
        ({"compound": "lsd", "amount": "100 ug", "at": "1 mg"}, "wrong unit"),
        ({"compound": "lsd", "amount": "100 ug", "over": "1 h"}, "takes no length"),
        ({"compound": "ketamine", "amount": "35 mg", "route": "iv_infusion"}, "needs a length"),
        ({"compound": "ketamine", "amount": "35 mg", "over": "0 min"}, "more than 0"),
        ({"compound": "ketamine", "amount": "35 mg", "over": "-5 min"}, "more than 0"),
        ({"compound": "ketamine", "amount": "35 mg", "at": "1e6 h", "over": "1e-30 h"}, "too short"),
        ({"compound": "lsd", "amount": "100 ug", "every": "1 d"}, "both"),
        ({"compound": "lsd", "amount": "100 ug", "times": 3}, "both"),
        ({"compound": "lsd", "amount": "100 ug", "every": "1 d", "times": 0}, "whole number"),
        ({"compound": "lsd", "amount": "100 ug", "every": "1 d", "times": True}, "whole number"),
        ({"compound": "lsd", "amount": "100 ug", "every": "1 d", "times": 2.5}, "whole number"),
        ({"compound": "lsd", "amount": "100 ug", "every": "1 s", "times": 10**9}, "whole number"),
        ({"compound": "lsd", "amount": "100 ug", "every": "0 h", "times": 2}, "more than 0"),
        ({"compound": "lsd", "amount": "100 ug", "name": "a b"}, "name 'a b'"),
        ({"compound": "tabernanthalog", "amount": "1 mg"}, "no data for species 'human'"),
    ],
)
def test_a_bad_dose_is_refused_in_one_line(given_to: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        Protocol().dose(**given_to)  # type: ignore[arg-type]
    assert "allowed" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given_to", "what"),
    [
        ({"duration": "0 h"}, "duration: '0 h' is not more than 0"),
        ({"duration": "-2 d"}, "more than 0"),
        ({"duration": "28"}, "no unit"),
        ({"duration": math.nan}, "not finite"),
        ({"duration": None}, "not a quantity"),
        ({"species": "rat"}, "unknown species 'rat'"),
        ({"body_weight": "0 kg"}, "more than 0"),
        ({"body_weight": "70 mg/kg"}, "wrong unit"),
        ({"initial": {"theta": math.nan}}, "initial theta"),
        ({"initial": {"theta": "1.3"}}, "initial theta"),
        ({"initial": {"theta": True}}, "initial theta"),
        ({"initial": [1.0]}, "mapping"),
    ],
)
def test_a_bad_protocol_is_refused_in_one_line(given_to: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=what):
        Protocol(**given_to)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_to", "what"),
    [
        ({"channel": "evidense"}, "did you mean 'evidence'"),
        ({"channel": "infusion"}, "unknown input channel"),
        ({"channel": "cue", "value": 1.5}, "allowed: 0 to 1"),
        ({"channel": "cue", "value": -0.1}, "allowed: 0 to 1"),
        ({"channel": "protein_synthesis", "value": 2}, "allowed: 0 to 1"),
        ({"channel": "evidence", "value": -1}, "allowed: 0 or more"),
        ({"channel": "observation", "value": math.inf}, "not finite"),
        ({"channel": "outcome", "value": "1 mg"}, "wrong unit"),
        ({"start": "-1 h"}, "negative"),
        ({"start": "5 h", "end": "5 h"}, "not after"),
        ({"start": "6 h", "end": "5 h"}, "not after"),
        ({"end": "2 kg"}, "wrong unit"),
    ],
)
def test_a_bad_input_is_refused_in_one_line(given_to: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=what):
        Protocol().input(**{"channel": "cue", "start": "1 h", "end": "2 h", "value": 1, **given_to})  # type: ignore[arg-type]


def test_observation_and_outcome_take_any_finite_number() -> None:
    plan = Protocol().input("observation", start="0 h", end="1 h", value=-7).input("outcome", start=0, end=1, value=3)
    assert [record.value for record in plan.inputs] == [-7.0, 3.0]


@given(
    records=st.lists(
        st.tuples(
            st.sampled_from(["evidence", "protein_synthesis"]),
            st.integers(0, 20),
            st.integers(1, 10),
            st.integers(0, 4),
        ),
        max_size=8,
    ),
    time=st.floats(0.0, 40.0),
)
def test_the_later_record_holds_and_the_default_elsewhere(
    records: list[tuple[str, int, int, int]], time: float
) -> None:
    plan = Protocol("40 h")
    for channel, start, length, quarter in records:
        plan = plan.input(channel, start=start, end=start + length, value=quarter / 4)
    for channel, declared in channels().items():
        covering = [q / 4 for c, s, n, q in records if c == channel and s <= time < s + n]
        steps = [e.value for e in plan.events(numbers()) if e.name == channel and e.time <= time]
        assert (steps[-1] if steps else declared.default) == (covering[-1] if covering else declared.default)


def test_events_are_sorted_and_none_is_later_than_the_end() -> None:
    plan = (
        Protocol("10 h")
        .input("cue", start="9 h", end="11 h", value=1)
        .dose("lsd", "100 ug", at="10 h")  # its lag takes it past the end
        .dose("dmt", "1 umol", at="10 h")
        .dose("dmt", "1 umol", at="8 h", over="5 h")
        .dose("psilocybin", "25 mg", at="3 d")
        .dose("psilocybin", "25 mg")
    )
    found = [(time, name) for time, _, name, _ in jumps(plan)]
    assert found == [(0.35, "gut"), (8.0, "infusion"), (9.0, "cue"), (10.0, "central")]


def test_repeats_count_from_the_first_and_do_not_drift() -> None:
    plan = Protocol("1000 h").dose("ketamine", "0.5 mg/kg", at="1 h", over="40 min", every="0.1 h", times=31)
    assert [dose.at for dose in plan.doses] == [1.0 + place * 0.1 for place in range(31)]
    cues = Protocol().input("cue", start="0 h", end="1 h", value=1, every="1 d", times=3).inputs
    assert [(record.start, record.end) for record in cues] == [(0.0, 1.0), (24.0, 25.0), (48.0, 49.0)]


def test_a_session_brings_evidence_and_inputs_go_over_it() -> None:
    plan = (
        Protocol()
        .input("evidence", start="25 h", end="26 h", value=0.5)
        .session("integration", start="24 h", end="30 h", every="24 h", times=2)
    )
    steps = [(e.time, e.value) for e in plan.events(numbers()) if e.name == "evidence"]
    assert steps == [(24.0, 1.0), (25.0, 0.5), (26.0, 1.0), (30.0, 0.0), (48.0, 1.0), (54.0, 0.0)]
    with pytest.raises(InputError, match="unknown session"):
        plan.session("party", start="1 h", end="2 h")


def test_compounds_come_in_the_order_of_the_list_each_once() -> None:
    plan = Protocol().dose("lsd", "1 ug", at="9 h").dose("ketanserin", "40 mg").dose("lsd", "1 ug")
    assert [compound.name for compound in plan.compounds] == ["lsd", "ketanserin"]


def test_methods_leave_the_protocol_as_it_was() -> None:
    plan = Protocol()
    plan.dose("lsd", "100 ug").input("cue", start=0, end=1, value=1)
    assert plan == Protocol()
    assert plan.doses == ()
    with pytest.raises(AttributeError):
        plan.duration = 3.0  # type: ignore[misc]


def test_two_ways_of_writing_one_protocol_give_the_same_plain_data() -> None:
    one = Protocol("28 d").dose("psilocybin", "25 mg", at="1 d").input("cue", start="2 d", end="49 h", value="100 %")
    two = Protocol(672).dose("psilocybin", "25 mg", at=24, route="oral", form="psilocybin")
    two = two.input("cue", start=48.0, end="49 h", value=1)
    assert one.to_dict() == two.to_dict()
    assert json.loads(json.dumps(one.to_dict(), allow_nan=False)) == one.to_dict()
    assert one.to_dict() != Protocol("28 d").dose("psilocybin", "25.000000001 mg", at="1 d").to_dict()


def test_plain_data_rebuild_the_protocol_exactly() -> None:
    plan = (
        Protocol("21 d", species="mouse", body_weight="23.7 g", initial={"permissiveness": 0.3})
        .dose("ibogaine", "40 mg/kg", at="20 min", name="first")
        .dose("lsd", "1 ug/kg", at="0.1 h", route="iv_infusion", over="7 min")
        .session("dosing", start=0, end="6 h", observation=-0.3)
        .input("evidence", start="1 d", end="26 h", value=0.7)
    )
    plain = plan.to_dict()
    again = Protocol(plain["duration"], plain["species"], plain["body_weight"], plain["initial"])
    for dose in plain["doses"]:
        again = again.dose(**dose)
    for session in plain["sessions"]:
        again = again.session(**session)
    for record in plain["inputs"]:
        again = again.input(**record)
    assert again.to_dict() == plain
    assert again.events(numbers("mouse")) == plan.events(numbers("mouse"))


def test_a_protocol_travels_between_processes_and_can_be_a_key() -> None:
    plan = Protocol().dose("lsd", "100 ug").input("cue", start=0, end=1, value=1)
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert hash(plan) == hash(Protocol().dose("lsd", "100 ug").input("cue", start=0, end=1, value=1))


def test_a_sweep_changes_the_one_dose_or_a_named_one() -> None:
    plan = (
        Protocol().dose("lsd", "100 ug", every="1 d", times=3, name="daily").dose("ketanserin", "40 mg", name="block")
    )
    less = plan.with_dose("daily", amount="50 ug", at="2 h")
    assert [(dose.text, dose.at) for dose in less.doses] == [
        ("50 ug", 2.0),
        ("50 ug", 26.0),
        ("50 ug", 50.0),
        ("40 mg", 0.0),
    ]
    assert less.doses[0].amount == pytest.approx(0.5 * plan.doses[0].amount, rel=1e-14)
    with pytest.raises(InputError, match="2 doses"):
        plan.with_dose(amount="50 ug")
    with pytest.raises(InputError, match="did you mean 'daily'"):
        plan.with_dose("dayly", amount="50 ug")
    with pytest.raises(InputError, match="0 doses"):
        Protocol().with_dose(amount="50 ug")
    with pytest.raises(InputError, match="negative"):
        Protocol().dose("lsd", "1 mg").with_dose(amount="-1 mg")
    with pytest.raises(InputError, match="taken"):
        plan.dose("lsd", "1 ug", name="daily")


def test_the_title_tells_the_doses() -> None:
    plan = Protocol().dose("lsd", "100  ug", every="1 d", times=5).dose("ketanserin", "40 mg")
    assert plan.title == "lsd 100 ug, 5 times; ketanserin 40 mg"
    assert Protocol().title == "no dose"


@pytest.fixture
def ecstasy(tmp_path: Path) -> Path:
    """A folder with a second compound that releases serotonin."""
    text = (FOLDER / "mdma.yaml").read_text(encoding="utf-8").split("parameter_sets:")[0]
    (tmp_path / "mda.yaml").write_text(text.replace("name: mdma", "name: mda"), encoding="utf-8")
    return tmp_path


def test_one_releaser_at_most(ecstasy: Path) -> None:
    mda = load_compound("mda", folder=ecstasy)
    assert len(Protocol().dose(mda, "100 mg").dose("mda", "50 mg").doses) == 2
    with pytest.raises(InputError, match="one releaser"):
        Protocol().dose("mdma", "100 mg").dose(mda, "100 mg")


def test_ones_own_compound_is_dosed_and_kept_apart(ecstasy: Path) -> None:
    mda = load_compound("mda", folder=ecstasy)
    plan = Protocol().dose(mda, "100 mg").dose("lsd", "1 ug")
    assert plan.compounds == (mda, load_compound("lsd"))
    assert pickle.loads(pickle.dumps(plan)).compounds[0] == mda
    with pytest.raises(InputError, match="is for mouse"):
        Protocol().dose(load_compound("mda", "mouse", ecstasy), "1 mg")
    with pytest.raises(InputError, match="another than before"):
        plan.dose(replace(mda, body_weight=1.0), "1 mg")
    with pytest.raises(InputError, match="another than before"):
        Protocol().dose("lsd", "1 ug").dose(replace(load_compound("lsd"), title="other"), "1 ug")


def test_an_event_is_plain(ecstasy: Path) -> None:
    mda = load_compound("mda", folder=ecstasy)
    (event,) = Protocol().dose(mda, "1 umol", route="iv_bolus").events(numbers())
    assert event == Event(0.0, "add", "mda", "central", 1000.0)
