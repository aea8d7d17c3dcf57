"""Decoded calcium to CREB, BDNF mRNA, proBDNF, mature BDNF and TrkB."""

from plasticity.declare import FRACTION, POSITIVE, Parameter, Signal, State, kernel

LN2 = 0.6931471805599453


# fmt: off
PARAMETERS = [
    Parameter("creb_tau", 0.5, "h", (0.2, 1.5), "Relaxation of phosphorylated CREB", "assumed", bound=POSITIVE),
    Parameter("creb_half", 0.12, "1", (0.05, 0.3), "Decoded calcium at half phosphorylation", "assumed", bound=POSITIVE),
    Parameter("mrna_half_life", 1.5, "h", (1.0, 3.0), "Bdnf mRNA half-life", "recalled", note="culture data", bound=POSITIVE),
    Parameter("mrna_creb_gain", 1.4, "1", (0.7, 3.0), "Bdnf transcription per phosphorylated CREB", "assumed", note="set for about 1.7-fold mRNA"),
    Parameter("mrna_trkb_gain", 0.3, "1", (0.0, 0.8), "Self-amplification by TrkB", "assumed", source=["Nakajima2015"], note="direction"),
    Parameter("bdnf_pro_half_life", 1.0, "h", (0.5, 1.5), "proBDNF half-life including cleavage", "recalled", note="culture data", bound=POSITIVE),
    Parameter("bdnf_mature_half_life", 4.0, "h", (1.0, 10.0), "Mature BDNF half-life", "recalled", note="tissue data", bound=POSITIVE),
    Parameter("bdnf_release_gain", 0.6, "1", (0.0, 1.5), "Activity-dependent cleavage and release", "assumed"),
    Parameter("trkb_half", 9.0, "1", (4.0, 20.0), "BDNF (fold) at half TrkB activation; baseline activation is 1/(1+trkb_half)", "assumed", bound=POSITIVE),
    Parameter("trkb_tau", 0.75, "h", (0.3, 2.0), "TrkB relaxation", "recalled", note="culture data", bound=POSITIVE),
    Parameter("trkb_pam_gain", 0.0, "1", (0.0, 1.0), "Gain of direct TrkB binding; 0 switches it off", "assumed", source=["Moliner2023"], note="contested"),
]
# fmt: on


@kernel(
    layer="bdnf",
    states=[
        State("creb_phosphorylated", 0.0, "1", "Phosphorylated CREB", FRACTION),
        State("bdnf_mrna", 1.0, "1", "BDNF mRNA, fold of baseline"),
        State("bdnf_pro", 1.0, "1", "proBDNF, fold of baseline"),
        State("bdnf_mature", 1.0, "1", "Mature BDNF, fold of baseline"),
        State("trkb_active", lambda p: 1.0 / (1.0 + p.trkb_half), "1", "Active TrkB", FRACTION),
    ],
    gives=[Signal("trkb_signal", "1", "TrkB activation above baseline")],
    parameters=PARAMETERS,
)
def bdnf(t, x, u, p):
    """A chain of first-order steps; TrkB feeds back on transcription, activity on cleavage and release."""
    at_rest = 1.0 / (1.0 + p.trkb_half)
    trkb_signal = (x.trkb_active - at_rest) / (1.0 - at_rest)
    transcription = 1.0 + p.mrna_creb_gain * x.creb_phosphorylated + p.mrna_trkb_gain * trkb_signal
    cleaved = x.bdnf_pro * (1.0 + p.bdnf_release_gain * x.creb_phosphorylated)
    ligand = x.bdnf_mature * (1.0 + p.trkb_pam_gain * u.r_pam)
    return (
        (u.calcium_signal / (u.calcium_signal + p.creb_half) - x.creb_phosphorylated) / p.creb_tau,
        LN2 / p.mrna_half_life * (transcription - x.bdnf_mrna),
        LN2 / p.bdnf_pro_half_life * (x.bdnf_mrna - x.bdnf_pro),
        LN2 / p.bdnf_mature_half_life * (cleaved - x.bdnf_mature),
        (ligand / (ligand + p.trkb_half) - x.trkb_active) / p.trkb_tau,
    ), (trkb_signal,)
