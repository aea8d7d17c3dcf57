"""TrkB signal and permissiveness to the threshold of synaptic potentiation, and how open the window is."""

from plasticity.declare import POSITIVE, REAL, Condition, Parameter, Signal, State, kernel
from plasticity.ratelaws import saturation, softplus

# fmt: off
PARAMETERS = [
    Parameter("theta_rest", 1.3, "1", (1.0, 1.6), "Resting potentiation threshold (units of the depression threshold)", "verified", source=["Graupner2012"], bound=POSITIVE),
    Parameter("theta_tau", 2.0, "h", (0.5, 12.0), "Relaxation of the threshold", "assumed", bound=POSITIVE),
    Parameter("depth_trkb", 0.06, "1", (0.0, 0.15), "Direct threshold shift by TrkB", "assumed"),
    Parameter("depth_permissiveness", 0.3, "1", (0.2, 0.45), "Largest threshold shift by permissiveness", "assumed"),
    Parameter("permissiveness_half", 1.0, "1", (0.5, 2.0), "Permissiveness at half of its largest shift", "assumed", note="scale of permissiveness", bound=POSITIVE),
    Parameter("depth_homeostasis", 0.0, "1", (0.0, 0.5), "Weight of homeostatic counter-shift; 0 switches it off", "assumed", note="off"),
    Parameter("homeostasis_tau", 336.0, "h", (168.0, 720.0), "Time scale of the homeostatic state", "assumed", note="14 d", bound=POSITIVE),
    Parameter("window_open_ratio", 0.9, "1", (0.85, 0.95), "Opens when theta <= ratio * theta_rest", "derived", source=["Graupner2012"], note="16 Hz, -10 ms, 75 pairs flips at 0.903", bound=POSITIVE),
    Parameter("window_close_ratio", 0.92, "1", (0.88, 0.97), "Closes when theta >= ratio * theta_rest", "assumed", note="hysteresis", bound=POSITIVE),
    Parameter("window_merge_gap", 6.0, "h", (0.0, 24.0), "Shorter gaps are merged", "assumed"),
    Parameter("openness_softness", 0.02, "1", (0.005, 0.05), "Softness of the openness ramp", "assumed", bound=POSITIVE),
]
# fmt: on


@kernel(
    layer="threshold",
    states=[
        State("homeostasis", 0.0, "1", "Slow homeostatic counter-shift", REAL),
        State("theta", lambda p: p.theta_rest, "1", "LTP threshold, in units of the depression threshold", POSITIVE),
    ],
    gives=[
        Signal("depth", "1", "Relative depth of the LTP threshold"),
        Signal("openness", "1", "Openness of the window"),
    ],
    parameters=PARAMETERS,
    requires=[
        Condition("window_open_ratio < window_close_ratio", lambda p: p.window_open_ratio < p.window_close_ratio),
        Condition(
            "1 - window_close_ratio < depth_permissiveness", lambda p: 1.0 - p.window_close_ratio < p.depth_permissiveness
        ),
    ],
)
def threshold(t, x, u, p):
    """The threshold follows its target depth; openness is a soft ramp from the closing depth to the largest depth."""
    loosened = saturation(x.permissiveness / p.permissiveness_half)
    target = p.depth_trkb * u.trkb_signal + p.depth_permissiveness * loosened
    shifted = target - p.depth_homeostasis * x.homeostasis
    depth = 1.0 - x.theta / p.theta_rest
    closing = 1.0 - p.window_close_ratio
    ramp = (depth - closing) / (p.depth_permissiveness - closing)
    softness = p.openness_softness
    return (
        (shifted - x.homeostasis) / p.homeostasis_tau,
        (p.theta_rest * (1.0 - shifted) - x.theta) / p.theta_tau,
    ), (depth, softness * (softplus(ramp / softness) - softplus((ramp - 1.0) / softness)))
