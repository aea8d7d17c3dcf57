"""Drives to mean intracellular calcium and its decoded signal (averaged: no oscillations; the default)."""

from plasticity.declare import AT_LEAST_ONE, POSITIVE, Parameter, Signal, State, kernel
from plasticity.kernels.membrane import resting_calcium
from plasticity.ratelaws import hill, hill_square

# fmt: off
PARAMETERS = [
    Parameter("calcium_er_buffering", 30.0, "1", (10.0, 45.0), "Store and buffer capacity that slows calcium", "derived", note="derived from the store balance (41 at rest, 10 at 0.15 uM)", bound=POSITIVE),
    Parameter("decoder_gain", 0.86, "1", (0.6, 1.0), "Scale of the decoded signal", "fitted", note="least squares on the averaged oscillator decoder"),
    Parameter("decoder_half", 0.112, "uM", (0.08, 0.16), "Half saturation of the decoder", "fitted", note="least squares on the averaged oscillator decoder", bound=POSITIVE),
    Parameter("ip3_gate_half", 0.174, "1", (0.12, 0.25), "IP3 drive at half gate", "fitted", note="least squares on the averaged oscillator decoder", bound=POSITIVE),
    Parameter("ip3_gate_hill", 3.0, "1", (2.0, 4.0), "Hill exponent of the IP3 gate", "fitted", note="least squares on the averaged oscillator decoder", bound=AT_LEAST_ONE),
]
# fmt: on


@kernel(
    layer="calcium",
    variant="averaged",
    aliases=["open_cell"],
    states=[State("calcium", resting_calcium, "uM", "Intracellular calcium")],
    gives=[Signal("calcium_signal", "1", "Decoded calcium above rest")],
    parameters=PARAMETERS,
)
def calcium(t, x, u, p):
    """Mean calcium of an open cell; the IP3 gate stands for the store release that the mean does not show."""
    above_rest = hill_square(x.calcium, p.decoder_half) - hill_square(resting_calcium(p), p.decoder_half)
    decoded = p.decoder_gain * above_rest * hill(u.ip3_drive, p.ip3_gate_half, p.ip3_gate_hill)
    return (u.membrane_flux / (1.0 + p.calcium_er_buffering),), (decoded,)
