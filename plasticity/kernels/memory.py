"""Memory: retrieval makes an engram labile; it is then updated (reconsolidation), or a safe trace is learned (extinction).

How retrieval destabilises is a law of its own, so that rival accounts can take its place.
"""

from plasticity.declare import FRACTION, POSITIVE, REAL, Input, Parameter, Signal, State, kernel
from plasticity.ratelaws import positive_part, sigmoid, smooth_absolute

# fmt: off
PARAMETERS = [
    Parameter("memory_retrieval_rate", 200.0, "1/h", (50.0, 500.0), "Retrieval tag set by a cue", "assumed"),
    Parameter("memory_retrieval_tau", 0.3, "h", (0.1, 1.0), "Decay of the retrieval tag", "assumed", bound=POSITIVE),
    Parameter("memory_lability_rate", 8.0, "1/h", (2.0, 20.0), "Destabilisation", "assumed"),
    Parameter("memory_lability_tau", 2.0, "h", (1.0, 4.0), "Restabilisation; 5 % of the peak after 6 h", "assumed", bound=POSITIVE),
    Parameter("memory_surprise_min", 0.15, "1", (0.05, 0.3), "Prediction error needed", "assumed"),
    Parameter("memory_surprise_softness", 0.04, "1", (0.01, 0.1), "Softness of that limit", "assumed", bound=POSITIVE),
    Parameter("memory_surprise_openness", 0.5, "1", (0.0, 2.0), "Openness lowers the limit", "assumed"),
    Parameter("memory_surprise_tau_cue", 0.03, "h", (0.01, 0.1), "Surprise build-up under a cue", "assumed", bound=POSITIVE),
    Parameter("memory_surprise_tau_rest", 0.1, "h", (0.03, 0.3), "Surprise decay without a cue", "assumed", bound=POSITIVE),
    Parameter("memory_switch_level", 0.35, "1", (0.2, 0.6), "Surprise at the switch to extinction", "assumed"),
    Parameter("memory_switch_softness", 0.04, "1", (0.01, 0.1), "Softness of the switch", "assumed", bound=POSITIVE),
    Parameter("memory_update_rate", 3.0, "1/h", (1.0, 8.0), "Update of a labile engram", "assumed"),
    Parameter("memory_safety_rate", 4.0, "1/h", (1.0, 10.0), "Learning of the safe trace", "assumed"),
    Parameter("memory_safety_tau", 480.0, "h", (120.0, 1500.0), "Forgetting of the safe trace", "assumed", bound=POSITIVE),
    Parameter("memory_destabilised_loss", 0.9, "1/h", (0.3, 2.0), "Loss of a labile engram without protein synthesis", "assumed"),
    Parameter("memory_safety_weight", 1.0, "1", (0.5, 1.5), "Inhibition by the safe trace", "assumed"),
    Parameter("memory_openness_gain", 1.5, "1", (0.0, 4.0), "Openness speeds learning", "assumed"),
    Parameter("memory_smoothing", 0.001, "1", (0.0001, 0.01), "Smoothing of absolute value and positive part", "assumed", bound=POSITIVE),
    Parameter("memory_engram_initial", 0.9, "1", (0.0, 1.0), "Initial engram", "assumed"),
]
# fmt: on


@kernel(
    layer="memory",
    default=False,
    gives=[
        Signal("expression", "1", "Engram less the safe trace, of either sign"),
        Signal("prediction_error", "1", "Outcome less what the memory expects", internal=True),
        Signal("mismatch", "1", "Size of the prediction error while a cue is present", internal=True),
        Signal("retrieval_gate", "1", "Whether the prediction error suffices to destabilise", internal=True),
        Signal("extinction", "1", "Whether surprise has lasted long enough to learn safety", internal=True),
    ],
    inputs=[
        Input("cue", 0.0, "1", "Retrieval cue", FRACTION),
        Input("outcome", 0.0, "1", "Outcome that follows the cue", REAL),
        Input("protein_synthesis", 1.0, "1", "Protein synthesis", FRACTION),
    ],
    parameters=PARAMETERS,
)
def appraisal(t, x, u, p):
    """What was expected, how far it was missed, and whether that opens the engram or trains a safe trace."""
    expression = x.memory_engram - p.memory_safety_weight * x.memory_safety
    error = u.outcome - positive_part(expression, p.memory_smoothing)
    mismatch = smooth_absolute(error, p.memory_smoothing) * u.cue
    needed = p.memory_surprise_min / (1.0 + p.memory_surprise_openness * u.openness)
    return (), (
        expression,
        error,
        mismatch,
        sigmoid((mismatch - needed) / p.memory_surprise_softness),
        sigmoid((x.memory_surprise - p.memory_switch_level) / p.memory_switch_softness),
    )


@kernel(
    layer="memory",
    variant="reconsolidation",
    default=False,
    states=[
        State("memory_retrieval", 0.0, "1", "Retrieval tag", FRACTION),
        State("memory_lability", 0.0, "1", "Lability of the engram", FRACTION),
    ],
)
def reconsolidation(t, x, u, p):
    """Retrieval with a prediction error makes the engram labile, unless surprise has turned to extinction."""
    tagged = p.memory_retrieval_rate * u.cue * u.retrieval_gate * (1.0 - x.memory_retrieval)
    opened = p.memory_lability_rate * x.memory_retrieval * (1.0 - u.extinction) * (1.0 - x.memory_lability)
    return (
        tagged - x.memory_retrieval / p.memory_retrieval_tau,
        opened - x.memory_lability / p.memory_lability_tau,
    )


@kernel(
    layer="memory",
    default=False,
    states=[
        State("memory_engram", lambda p: p.memory_engram_initial, "1", "Strength of the engram"),
        State("memory_safety", 0.0, "1", "Strength of the safe trace", FRACTION),
        State("memory_surprise", 0.0, "1", "Accumulated surprise"),
    ],
)
def memory(t, x, u, p):
    """What is learned goes into the engram while it is labile, and else, after long surprise, into a safe trace."""
    gain = 1.0 + p.memory_openness_gain * u.openness
    follow = u.cue / p.memory_surprise_tau_cue + (1.0 - u.cue) / p.memory_surprise_tau_rest
    learned = p.memory_safety_rate * gain * u.extinction * (1.0 - x.memory_lability) * u.cue * u.protein_synthesis
    lost = p.memory_destabilised_loss * x.memory_lability * (1.0 - u.protein_synthesis) * x.memory_engram
    return (
        p.memory_update_rate * gain * x.memory_lability * u.prediction_error * u.cue - lost,
        learned * positive_part(-u.prediction_error, p.memory_smoothing) * (1.0 - x.memory_safety)
        - x.memory_safety / p.memory_safety_tau,
        (u.mismatch - x.memory_surprise) * follow,
    )
