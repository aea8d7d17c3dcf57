"""Memory and belief against the patterns tabulated in the model specification, section 12."""

import pytest

from plasticity import Model, Protocol, simulate

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
