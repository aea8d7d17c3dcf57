"""Rival account of memory: every retrieval destabilises, with or without a prediction error."""

from plasticity.declare import FRACTION, State, kernel


@kernel(
    layer="memory",
    variant="retrieval_alone",
    default=False,
    states=[
        State("memory_retrieval", 0.0, "1", "Retrieval tag", FRACTION),
        State("memory_lability", 0.0, "1", "Lability of the engram", FRACTION),
    ],
)
def retrieval_alone(t, x, u, p):
    """The cue alone sets the tag; that long surprise turns to extinction is as before."""
    tagged = p.memory_retrieval_rate * u.cue * (1.0 - x.memory_retrieval)
    opened = p.memory_lability_rate * x.memory_retrieval * (1.0 - u.extinction) * (1.0 - x.memory_lability)
    return (
        tagged - x.memory_retrieval / p.memory_retrieval_tau,
        opened - x.memory_lability / p.memory_lability_tau,
    )
