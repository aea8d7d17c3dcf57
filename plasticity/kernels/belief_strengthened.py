"""Rival account of belief: 5-HT2A activation strengthens the prior in place of relaxing it."""

from plasticity.declare import Signal, kernel


@kernel(
    layer="belief",
    variant="strengthened",
    default=False,
    gives=[
        Signal("prior_relaxation", "1", "What relaxes the prior's precision", internal=True),
        Signal("prior_learning", "1", "What speeds the learning of the prior", internal=True),
    ],
)
def strengthened(t, x, u, p):
    """Strengthened beliefs: the precision rises by as much as it would fall."""
    return (), (-u.r_2a, u.openness)
