"""Rival account of belief: the open window relaxes the prior for weeks, and learning keeps its pace."""

from plasticity.declare import Signal, kernel


@kernel(
    layer="belief",
    variant="window_precision",
    default=False,
    gives=[
        Signal("prior_relaxation", "1", "What relaxes the prior's precision", internal=True),
        Signal("prior_learning", "1", "What speeds the learning of the prior", internal=True),
    ],
)
def window_precision(t, x, u, p):
    """One landscape: openness acts on the precision, nothing on the learning."""
    return (), (u.openness, 0.0 * u.openness)
