"""Memory and belief against the patterns tabulated in the model specification, section 12."""

from types import SimpleNamespace

import pytest

from plasticity import InputError, Model, Protocol, Study, simulate
from plasticity.kernels import declared_kernels

MEMORY = Model(modules=("memory",))
REMINDER = 0.01  # 36 s [h]
EXTINCTION = 0.6  # 36 min [h]


def fear(gap=None, *, extinction=True, block=False):
    """Fear 24 h and 30 d after a session of extinction that follows a reminder by `gap` hours."""
    plan = Protocol(duration="32 d")
    if gap is not None:
        plan = plan.input("cue", start="0 h", end=f"{REMINDER} h", value=1.0)
    start = gap or 0.0
    if extinction:
        plan = plan.input("cue", start=f"{start} h", end=f"{start + EXTINCTION} h", value=1.0)
    if block:
        plan = plan.input("protein_synthesis", start="0 h", end="6 h", value=0.1)
    end = start + (EXTINCTION if extinction else 0.0)
    run = simulate(plan, model=MEMORY, times=[end + 24.0, end + 720.0])
    return run.fear.values


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (0.26, 0.64)),
        ({"gap": 1.0 / 6.0}, (0.19, 0.38)),
        ({"gap": 1.0}, (0.18, 0.34)),
        ({"gap": 6.0}, (0.25, 0.60)),
        ({"gap": 0.0, "extinction": False, "block": True}, (0.20, 0.20)),
    ],
    ids=["no reminder", "10 min", "1 h", "6 h", "protein synthesis blocked"],
)
def test_reconsolidation_against_extinction(options, expected):
    """Printed to two digits; the constants were chosen to give this pattern, so this tests the equations only."""
    assert fear(**options) == pytest.approx(expected, abs=0.0101)


def prior(dose=None, first_day=0):
    plan = Protocol(duration="40 d")
    if dose:
        plan = plan.dose("psilocybin", dose)
    for day in range(first_day, first_day + 3):
        plan = plan.input("evidence", start=f"{day} d", end=f"{day * 24 + 6} h", value=1.0)
    return float(simulate(plan, model=Model(modules=("belief",))).belief_prior[-1])


@pytest.mark.parametrize(
    ("dose", "first_day", "expected"),
    [(None, 0, 0.931), ("25 mg", 0, 0.793), ("25 mg", 3, 0.774), ("25 mg", 30, 0.931)],
    ids=["no drug", "at once", "in the window", "after the window"],
)
def test_prior_is_relearned_inside_the_window(dose, first_day, expected):
    """Prior after three daily sessions of 6 h with evidence against it, printed to three digits."""
    assert prior(dose, first_day) == pytest.approx(expected, abs=0.00051)


DRIVES = SimpleNamespace(r_2a=0.6, r_g=0.6, r_glu=0.3, r_pam=0.1, openness=0.8)


@pytest.mark.parametrize(
    ("account", "relaxation", "learning"),
    [
        ("relaxed", 0.6, 0.8),
        ("strengthened", -0.6, 0.8),
        ("all_routes", 1.0 - 0.4 * 0.7 * 0.9, 0.8),
        ("window_precision", 0.8, 0.0),
    ],
)
def test_accounts_of_belief_differ_in_what_acts_on_precision_and_learning(account, relaxation, learning):
    """The kernels themselves, run by plain Python; independent routes join as probabilities do."""
    kernel = next(k for k in declared_kernels() if k.layer == "belief" and k.variant == account)
    states, found = kernel(0.0, SimpleNamespace(), DRIVES, SimpleNamespace())
    assert states == ()
    assert found == pytest.approx((relaxation, learning))


def test_ketamine_spares_the_prior():
    """5-HT2A alone relaxes: an NMDA blocker inherits nothing of it (model specification, section 12)."""
    plan = Protocol("6 h").dose("ketamine", "0.5 mg/kg", over="40 min")
    precision = simulate(plan, Model(modules=["belief"])).prior_precision
    assert precision.values == pytest.approx(8.0, abs=1e-6)  # the tolerance of the run
    assert Model(modules=["belief"]).variants["belief"] == "relaxed"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"memory": "dominance"}, r"layer 'memory' is off; allowed: its module named, as in modules: \[memory\]"),
        ({"modules": ["memory"], "memory": "dominanze"}, "did you mean 'dominance'"),
        ({"modules": ["belief"], "belief": "only"}, "unknown belief kernel 'only'"),
    ],
)
def test_an_account_needs_its_module_and_a_name_that_exists(options, message):
    with pytest.raises(InputError, match=message):
        Model(**options)


def test_a_study_chooses_accounts_and_sweeps_them(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("protocol: {}\nmodel: {modules: [memory, belief], memory: dominance, belief: strengthened}\n")
    model = Study.load(path).runs[0].model
    assert (model.variants["memory"], model.variants["belief"]) == ("dominance", "strengthened")
    assert model.describe()["belief"] == "strengthened"
    path.write_text("protocol: {}\nmodel: {modules: [memory]}\nsweep: {over: {memory: [reconsolidation, dominance]}}\n")
    assert [run.labels["memory_kernel"] for run in Study.load(path).runs] == ["reconsolidation", "dominance"]
    path.write_text("protocol: {}\nmodel: {memory: dominance}\n")
    with pytest.raises(InputError, match="plan.yaml:2:17: model.memory: layer 'memory' is off"):
        Study.load(path)
