"""Rival account of memory: retrieval never destabilises; all that is learned without the outcome is extinction."""

from plasticity.declare import FRACTION, State, kernel


@kernel(
    layer="memory",
    variant="extinction_only",
    default=False,
    states=[
        State("memory_retrieval", 0.0, "1", "Retrieval tag", FRACTION),
        State("memory_lability", 0.0, "1", "Lability of the engram", FRACTION),
    ],
)
def extinction_only(t, x, u, p):
    """The engram is tagged by retrieval as before, but stays stable."""
    tagged = p.memory_retrieval_rate * u.cue * u.retrieval_gate * (1.0 - x.memory_retrieval)
    return tagged - x.memory_retrieval / p.memory_retrieval_tau, -x.memory_lability / p.memory_lability_tau
