"""Drives to mean calcium, the onset of oscillations as steep as it is in the oscillator: nearer to it near threshold."""

from plasticity.declare import AT_LEAST_ONE, FRACTION, POSITIVE, Parameter, Signal, State, kernel
from plasticity.kernels.calcium import PARAMETERS as AVERAGED
from plasticity.kernels.membrane import resting_calcium
from plasticity.ratelaws import hill, hill_square

# fmt: off
FITTED = "least squares on the oscillator's averages, decoded signal and phosphorylated CREB alike, 17 x 13 and 16 x 13 points"
PARAMETERS = [
    next(one for one in AVERAGED if one.name == "calcium_er_buffering"),
    Parameter("onset_gain", 1.3031, "1", (0.8, 2.0), "Scale of the decoded signal", "fitted", note=FITTED),
    Parameter("onset_decoder_half", 0.0691, "uM", (0.04, 0.12), "Half saturation of the decoder", "fitted", note=FITTED, bound=POSITIVE),
    Parameter("onset_gate_half", 0.1484, "1", (0.1, 0.22), "Drive at which calcium begins to oscillate", "fitted", note=FITTED, bound=POSITIVE),
    Parameter("onset_gate_hill", 11.158, "1", (6.0, 16.0), "Steepness of that onset", "fitted", note=FITTED, bound=AT_LEAST_ONE),
    Parameter("onset_glutamate_weight", 0.4713, "1", (0.2, 0.8), "Glutamate drive relative to Gq, for the onset", "fitted", note=FITTED, bound=POSITIVE),
    Parameter("onset_floor", 0.4213, "1", (0.2, 0.7), "Share of the signal that is there at the onset", "fitted", note=FITTED, bound=FRACTION),
    Parameter("onset_rise_half", 0.474, "1", (0.2, 0.9), "Drive at half of the rise after the onset", "fitted", note=FITTED, bound=POSITIVE),
]
# fmt: on


@kernel(
    layer="calcium",
    variant="onset",
    default=False,
    states=[State("calcium", resting_calcium, "uM", "Intracellular calcium")],
    gives=[Signal("calcium_signal", "1", "Decoded calcium above rest")],
    parameters=PARAMETERS,
)
def calcium_onset(t, x, u, p):
    """Mean calcium of an open cell; a steep gate where spikes begin, then a slow rise of what they carry."""
    above_rest = hill_square(x.calcium, p.onset_decoder_half) - hill_square(resting_calcium(p), p.onset_decoder_half)
    drive = u.r_g + p.onset_glutamate_weight * u.r_glu
    begun = hill(drive, p.onset_gate_half, p.onset_gate_hill)
    carried = p.onset_floor + (1.0 - p.onset_floor) * hill_square(drive, p.onset_rise_half)
    return (u.membrane_flux / (1.0 + p.calcium_er_buffering),), (p.onset_gain * above_rest * begun * carried,)
