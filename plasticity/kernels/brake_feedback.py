"""Rival closure law of the brakes: sub-critical positive feedback slows the closure."""

from plasticity.declare import POSITIVE, Parameter, State, kernel
from plasticity.ratelaws import hill_square

# fmt: off
PARAMETERS = [
    Parameter("brake_m2_gain", 7.8277, "1/h", (4.0, 15.0), "Growth of permissiveness per TrkB signal", "fitted", note="fitted as brake_gain"),
    Parameter("brake_m2_tau", 56.764, "h", (20.0, 160.0), "Time scale of closure", "fitted", note="fitted as brake_gain", bound=POSITIVE),
    Parameter("brake_m2_feedback", 1.5, "1", (0.0, 1.9), "Positive feedback of permissiveness on itself", "assumed", note="sub-critical (critical value 2)"),
]
# fmt: on


@kernel(
    layer="brake",
    variant="feedback",
    aliases=["m2"],
    default=False,
    states=[State("permissiveness", 0.0, "1", "Permissiveness: release of the molecular brakes on plasticity")],
    parameters=PARAMETERS,
)
def brake_feedback(t, x, u, p):
    """Growth with the TrkB signal; permissiveness sustains itself in part (one rest state for a feedback below 2)."""
    sustained = p.brake_m2_feedback * hill_square(x.permissiveness, 1.0)
    return (p.brake_m2_gain * u.trkb_signal - (x.permissiveness - sustained) / p.brake_m2_tau,)
