"""The same interface with an oscillating store: open-cell Li-Rinzel calcium with IP3 metabolism, for hours, not weeks."""

from typing import Any

from plasticity.declare import AT_LEAST_ONE, FRACTION, POSITIVE, REAL, Parameter, Signal, State, kernel
from plasticity.kernels.membrane import resting_calcium
from plasticity.ratelaws import hill, hill_fourth, hill_square, saturation


def resting_ip3(p: Any) -> Any:
    """IP3 [uM] at which its production balances its removal at rest.

    The net rate is convex and falls with IP3, so Newton's method climbs to its only root from zero.
    """
    calcium = resting_calcium(p)
    made = p.plc_delta_rate * hill_square(calcium, p.plc_delta_half)
    phosphorylated = p.ip3_kinase_rate * hill_fourth(calcium, p.ip3_kinase_calcium_half)
    ip3 = 0.0
    for _ in range(40):
        brake = 1.0 + ip3 / p.plc_delta_inhibition
        kinase = p.ip3_kinase_half / (ip3 + p.ip3_kinase_half)
        rate = made / brake - phosphorylated * (1.0 - kinase) - p.ip3_phosphatase_rate * ip3
        slope = -made / (brake * brake * p.plc_delta_inhibition)
        slope -= phosphorylated * kinase * kinase / p.ip3_kinase_half + p.ip3_phosphatase_rate
        ip3 -= rate / slope
    return ip3


def resting_availability(p: Any) -> Any:
    """Fraction of IP3 receptors not inactivated at rest."""
    ip3 = resting_ip3(p)
    inactivation = p.ip3r_d2 * (ip3 + p.ip3r_d1) / (ip3 + p.ip3r_d3)
    return inactivation / (resting_calcium(p) + inactivation)


def resting_total(p: Any) -> Any:
    """Calcium of cytosol and store [uM] at which release and leak balance the store's pump at rest."""
    calcium, ip3 = resting_calcium(p), resting_ip3(p)
    gates = saturation(ip3 / p.ip3r_d1) * saturation(calcium / p.ip3r_d5) * resting_availability(p)
    stored = p.serca_rate * hill_square(calcium, p.serca_half) / (p.ip3r_release_rate * gates * gates * gates + p.er_leak_rate)
    return (1.0 + p.er_volume_ratio) * calcium + stored


# fmt: off
PARAMETERS = [
    Parameter("ip3r_release_rate", 21600.0, "1/h", (10000.0, 40000.0), "IP3R release", "verified", source=["DePitta2009", "PMC3997029"], note="6 /s"),
    Parameter("er_leak_rate", 396.0, "1/h", (200.0, 800.0), "ER leak", "verified", source=["PMC3997029"], note="0.11 /s"),
    Parameter("er_volume_ratio", 0.185, "1", (0.1, 0.3), "ER to cytosol volume", "verified", source=["Li1994"], bound=POSITIVE),
    Parameter("serca_rate", 3240.0, "uM/h", (1500.0, 6000.0), "SERCA maximum", "verified", source=["PMC3997029"], note="0.9 uM/s"),
    Parameter("serca_half", 0.05, "uM", (0.03, 0.2), "SERCA half saturation", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("ip3r_d1", 0.13, "uM", (0.08, 0.25), "IP3R IP3 binding", "verified", source=["PMC3997029"], note="0.2 in the encoding of Li1994", bound=POSITIVE),
    Parameter("ip3r_d2", 1.049, "uM", (0.6, 1.6), "IP3R calcium inactivation", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("ip3r_d3", 0.9434, "uM", (0.6, 1.5), "IP3R IP3 binding, inactivated", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("ip3r_d5", 0.08234, "uM", (0.05, 0.15), "IP3R calcium activation", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("ip3r_inactivation_rate", 720.0, "1/(uM h)", (300.0, 1500.0), "IP3R inactivation", "verified", source=["PMC3997029"], note="0.2 /(uM s)"),
    Parameter("plc_beta_rate", 432.0, "uM/h", (200.0, 1000.0), "PLC-beta IP3 production at full drive", "assumed", source=["bioRxiv198366"], note="0.12 uM/s; 3.2 in the source"),
    Parameter("plc_delta_rate", 36.0, "uM/h", (10.0, 150.0), "PLC-delta IP3 production", "assumed", note="lowered for a quiescent rest (0.01 uM/s)"),
    Parameter("plc_delta_half", 0.1, "uM", (0.05, 0.5), "PLC-delta calcium half saturation", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("plc_delta_inhibition", 1.5, "uM", (0.8, 3.0), "PLC-delta inhibition by IP3", "verified", source=["PMC3997029"], bound=POSITIVE),
    Parameter("ip3_phosphatase_rate", 504.0, "1/h", (180.0, 800.0), "IP3 5-phosphatase", "assumed", note="0.14 /s"),
    Parameter("ip3_kinase_rate", 2160.0, "uM/h", (700.0, 16200.0), "IP3 3-kinase", "assumed", note="0.6 uM/s"),
    Parameter("ip3_kinase_calcium_half", 0.7, "uM", (0.4, 1.2), "3-kinase calcium half saturation", "verified", source=["bioRxiv198366"], bound=POSITIVE),
    Parameter("ip3_kinase_half", 1.0, "uM", (0.5, 1.5), "3-kinase IP3 half saturation", "verified", source=["bioRxiv198366"], bound=POSITIVE),
    Parameter("oscillator_decoder_half", 0.45, "uM", (0.25, 0.8), "CaM/CaMK decoder half saturation", "assumed", bound=POSITIVE),
    Parameter("oscillator_decoder_hill", 4.0, "1", (2.0, 4.0), "Decoder Hill exponent", "assumed", bound=AT_LEAST_ONE),
    Parameter("oscillator_decoder_tau", 0.08333333333333333, "h", (0.03, 0.25), "Low-pass of the decoded signal in the oscillator kernel", "assumed", note="5 min", bound=POSITIVE),
]
# fmt: on


@kernel(
    layer="calcium",
    variant="oscillator",
    default=False,
    longest_step=0.001,
    states=[
        State("calcium", resting_calcium, "uM", "Intracellular calcium"),
        State("calcium_total", resting_total, "uM", "Calcium of cytosol and store, per volume of cytosol"),
        State("ip3", resting_ip3, "uM", "IP3"),
        State("ip3r_available", resting_availability, "1", "IP3 receptors not inactivated", FRACTION),
        State("calcium_decoded", 0.0, "1", "Decoded calcium, low-pass filtered", REAL),
    ],
    gives=[
        Signal("calcium_signal", "1", "Decoded calcium above rest"),
        Signal("calcium_signal_instant", "1", "Decoded calcium before the low-pass filter"),
    ],
    parameters=PARAMETERS,
)
def calcium_oscillator(t, x, u, p):
    """Release by IP3 receptors, leak and pump of the store; IP3 made by two phospholipases, removed by two enzymes."""
    gates = saturation(x.ip3 / p.ip3r_d1) * saturation(x.calcium / p.ip3r_d5) * x.ip3r_available
    gradient = x.calcium_total - (1.0 + p.er_volume_ratio) * x.calcium
    released = (p.ip3r_release_rate * gates**3 + p.er_leak_rate) * gradient
    stored = p.serca_rate * hill_square(x.calcium, p.serca_half)
    made = p.plc_delta_rate / (1.0 + x.ip3 / p.plc_delta_inhibition) * hill_square(x.calcium, p.plc_delta_half)
    kinase = p.ip3_kinase_rate * hill_fourth(x.calcium, p.ip3_kinase_calcium_half) * saturation(x.ip3 / p.ip3_kinase_half)
    inactivation = p.ip3r_d2 * (x.ip3 + p.ip3r_d1) / (x.ip3 + p.ip3r_d3)
    decoded = hill(x.calcium, p.oscillator_decoder_half, p.oscillator_decoder_hill)
    above_rest = decoded - hill(resting_calcium(p), p.oscillator_decoder_half, p.oscillator_decoder_hill)
    return (
        released - stored + u.membrane_flux,
        u.membrane_flux,
        p.plc_beta_rate * u.ip3_drive + made - kinase - p.ip3_phosphatase_rate * x.ip3,
        p.ip3r_inactivation_rate * (inactivation - (x.calcium + inactivation) * x.ip3r_available),
        (above_rest - x.calcium_decoded) / p.oscillator_decoder_tau,
    ), (x.calcium_decoded, above_rest)
