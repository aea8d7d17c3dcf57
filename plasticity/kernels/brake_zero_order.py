"""Rival closure law of the brakes: rebuilding at a constant rate (zero order), made smooth near zero."""

from plasticity.declare import POSITIVE, Parameter, State, kernel

# fmt: off
PARAMETERS = [
    Parameter("brake_m3_gain", 30.0, "1/h", (5.0, 60.0), "Growth of permissiveness per TrkB signal", "assumed", note="held while the rate was fitted; with both free the fit takes the largest gain that is searched (60 1/h, rate 0.0913 1/h)"),
    Parameter("brake_m3_close_rate", 0.04672, "1/h", (0.01, 0.1), "Rate of zero-order closure", "fitted", note="nearest to 4.5 and 17.5 d with brake_m3_gain held at 30 1/h; meets neither (2.3 and 17.8 d)"),
    Parameter("brake_m3_close_half", 0.02, "1", (0.005, 0.1), "Level below which closure becomes first order", "assumed", bound=POSITIVE),
]
# fmt: on


@kernel(
    layer="brake",
    variant="zero_order",
    aliases=["m3"],
    default=False,
    states=[State("permissiveness", 0.0, "1", "Permissiveness: release of the molecular brakes on plasticity")],
    parameters=PARAMETERS,
)
def brake_zero_order(t, x, u, p):
    """Growth with the TrkB signal; closure at a rate that does not depend on how open the tissue is."""
    closed = p.brake_m3_close_rate * x.permissiveness / (x.permissiveness + p.brake_m3_close_half)
    return (p.brake_m3_gain * u.trkb_signal - closed,)
