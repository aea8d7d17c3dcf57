"""Slow release of the molecular brakes on plasticity; they close again by a first-order law (the default)."""

from plasticity.declare import POSITIVE, Parameter, State, kernel

# fmt: off
PARAMETERS = [
    Parameter("brake_gain", 7.2944, "1/h", (5.0, 14.0), "Growth of permissiveness per TrkB signal", "fitted", note="fitted to ketamine 4.5 d and psilocybin 17.5 d"),
    Parameter("brake_tau", 156.42, "h", (105.0, 195.0), "Decay time of permissiveness", "fitted", note="fitted to ketamine 4.5 d and psilocybin 17.5 d", bound=POSITIVE),
    Parameter("brake_capacity", 400.0, "1", (20.0, 1000.0), "Ceiling of permissiveness", "assumed", bound=POSITIVE),
]
# fmt: on


@kernel(
    layer="brake",
    variant="first_order",
    aliases=["m1"],
    states=[State("permissiveness", 0.0, "1", "Permissiveness: release of the molecular brakes on plasticity")],
    parameters=PARAMETERS,
)
def brake(t, x, u, p):
    """Growth with the TrkB signal up to a ceiling, exponential closure."""
    grown = p.brake_gain * u.trkb_signal * (1.0 - x.permissiveness / p.brake_capacity)
    return (grown - x.permissiveness / p.brake_tau,)
