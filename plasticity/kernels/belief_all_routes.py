"""Rival account of belief: every route that opens a window relaxes the prior, not 5-HT2A alone."""

from plasticity.declare import Signal, kernel
from plasticity.ratelaws import either


@kernel(
    layer="belief",
    variant="all_routes",
    default=False,
    gives=[
        Signal("prior_relaxation", "1", "What relaxes the prior's precision", internal=True),
        Signal("prior_learning", "1", "What speeds the learning of the prior", internal=True),
    ],
)
def all_routes(t, x, u, p):
    """Gq drive, glutamate drive and direct TrkB binding relax the prior together, so that no drug is spared."""
    return (), (either(either(u.r_g, u.r_glu), u.r_pam), u.openness)
