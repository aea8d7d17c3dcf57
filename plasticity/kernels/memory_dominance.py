"""Rival account of memory: a re-exposure changes the trace that dominates when it ends."""

from plasticity.declare import FRACTION, Parameter, State, kernel

# fmt: off
PARAMETERS = [
    Parameter("memory_dominance_rate", 200.0, "1/h", (50.0, 500.0), "Loss of the retrieval tag once extinction dominates", "assumed", source=["Osan2011"], note="as fast as a cue sets the tag; the idea is that of the source, the number is not"),
]
# fmt: on


@kernel(
    layer="memory",
    variant="dominance",
    default=False,
    states=[
        State("memory_retrieval", 0.0, "1", "Retrieval tag", FRACTION),
        State("memory_lability", 0.0, "1", "Lability of the engram", FRACTION),
    ],
    parameters=PARAMETERS,
)
def dominance(t, x, u, p):
    """The engram becomes labile once the cue ends, unless surprise has turned to extinction by then and lost the tag."""
    tagged = p.memory_retrieval_rate * u.cue * u.retrieval_gate * (1.0 - u.extinction) * (1.0 - x.memory_retrieval)
    ended = x.memory_retrieval * (1.0 - u.cue) * (1.0 - u.extinction)
    opened = p.memory_lability_rate * ended * (1.0 - x.memory_lability)
    lost = x.memory_retrieval / p.memory_retrieval_tau + p.memory_dominance_rate * u.extinction * x.memory_retrieval
    return tagged - lost, opened - x.memory_lability / p.memory_lability_tau
