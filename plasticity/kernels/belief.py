"""Belief: the prior's precision relaxes with 5-HT2A activation (hours), the prior itself is learned (weeks).

What acts on the precision, and what on the learning, is a law of its own, so that rival accounts can take its place.
"""

from typing import Any

from plasticity.declare import NON_NEGATIVE, POSITIVE, REAL, Input, Parameter, Signal, State, kernel
from plasticity.ratelaws import exp, log


def resting_log_precision(p: Any) -> Any:
    """Logarithm of the resting precision of the prior."""
    return log(p.belief_prior_precision)


# fmt: off
PARAMETERS = [
    Parameter("belief_rate", 4.0, "1/h", (1.0, 20.0), "Inference rate", "assumed"),
    Parameter("belief_precision_tau", 0.5, "h", (0.1, 2.0), "Relaxation of the prior's log-precision", "assumed", bound=POSITIVE),
    Parameter("belief_relaxation", 2.0, "1", (0.0, 4.0), "Log-precision lost at full 5-HT2A drive", "assumed"),
    Parameter("belief_prior_precision", 8.0, "1", (2.0, 30.0), "Resting prior precision", "assumed", bound=POSITIVE),
    Parameter("belief_sensory_precision", 2.0, "1", (0.5, 8.0), "Sensory precision", "assumed"),
    Parameter("belief_learning_rate", 0.01, "1/h", (0.002, 0.05), "Learning of the prior", "assumed"),
    Parameter("belief_openness_gain", 4.0, "1", (0.0, 10.0), "Openness speeds learning", "assumed"),
    Parameter("belief_prior_initial", 1.0, "1", (-1.0, 1.0), "Initial prior mean", "assumed", bound=REAL),
]
# fmt: on


@kernel(
    layer="belief",
    default=False,
    gives=[Signal("felt_evidence", "1", "Strength of the evidence in its setting", internal=True)],
    inputs=[
        Input("evidence", 0.0, "1", "Strength of the evidence", NON_NEGATIVE),
        Input("setting", 1.0, "1", "How structured and strong the setting makes the evidence", NON_NEGATIVE),
    ],
)
def setting(t, x, u, p):
    """Set and setting: evidence counts by how structured and how strong it is made."""
    return (), (u.setting * u.evidence,)


@kernel(
    layer="belief",
    variant="relaxed",
    default=False,
    gives=[
        Signal("prior_relaxation", "1", "What relaxes the prior's precision", internal=True),
        Signal("prior_learning", "1", "What speeds the learning of the prior", internal=True),
    ],
)
def relaxed(t, x, u, p):
    """Relaxed beliefs: 5-HT2A activation acts on the precision, the open window on the learning."""
    return (), (u.r_2a, u.openness)


@kernel(
    layer="belief",
    default=False,
    states=[
        State("belief_mean", lambda p: p.belief_prior_initial, "1", "Belief held now", REAL),
        State("belief_log_precision", resting_log_precision, "1", "Log-precision of the prior", REAL),
        State("belief_prior", lambda p: p.belief_prior_initial, "1", "Mean of the prior", REAL),
    ],
    gives=[Signal("prior_precision", "1", "Precision of the prior")],
    inputs=[
        Input("observation", 0.0, "1", "What the evidence says", REAL),
    ],
    parameters=PARAMETERS,
)
def belief(t, x, u, p):
    """Gaussian predictive coding: the belief weighs evidence against the prior by their precisions."""
    precision = exp(x.belief_log_precision)
    sensory = p.belief_sensory_precision * u.felt_evidence
    relaxed = log(p.belief_prior_precision) - p.belief_relaxation * u.prior_relaxation
    learning = p.belief_learning_rate * (1.0 + p.belief_openness_gain * u.prior_learning)
    return (
        p.belief_rate * (sensory * (u.observation - x.belief_mean) - precision * (x.belief_mean - x.belief_prior)),
        (relaxed - x.belief_log_precision) / p.belief_precision_tau,
        learning * sensory * (x.belief_mean - x.belief_prior),
    ), (precision,)
