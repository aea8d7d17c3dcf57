"""Bound drug to what the neuron notices: serotonin, 5-HT2A trafficking and activation, NMDA block, and the drives."""

from plasticity.declare import AT_LEAST_ONE, FRACTION, POSITIVE, Parameter, Signal, State, kernel
from plasticity.ratelaws import either, hill, power, saturation

# fmt: off
SEROTONIN_PARAMETERS = [
    Parameter("serotonin_pool_release_rate", 0.8, "1/h", (0.3, 1.5), "Releasable pool emptying at full release", "derived", note="coarse search on MDMA effect duration"),
    Parameter("serotonin_pool_refill_rate", 0.15, "1/h", (0.05, 0.4), "Releasable pool refilling", "derived", note="coarse search on MDMA effect duration"),
    Parameter("serotonin_effect_half", 0.25, "1", (0.15, 0.4), "Serotonin signal at half SERT-route activation", "derived", note="coarse search on MDMA effect duration", bound=POSITIVE),
    Parameter("serotonin_effect_hill", 4.0, "1", (2.0, 6.0), "Hill exponent of the SERT-route activation", "derived", note="coarse search on MDMA effect duration", bound=AT_LEAST_ONE),
    Parameter("serotonin_uptake_gain", 0.48, "1", (0.3, 0.7), "Serotonin signal at complete uptake block, relative to full release", "assumed", note="set so that ibogaine 700 mg peaks at r_g = 0.35"),
]
# fmt: on


@kernel(
    layer="receptor",
    states=[State("serotonin_pool", 1.0, "1", "Releasable serotonin", FRACTION)],
    gives=[
        Signal("sert_block", "1", "Fraction of the serotonin transporter blocked"),
        Signal("serotonin", "1", "Serotonin signal, relative to full release from a full pool"),
        Signal("sert_activation", "1", "Activation of the serotonin route"),
    ],
    parameters=SEROTONIN_PARAMETERS,
)
def serotonin(t, x, u, p):
    """A releaser empties the pool through the transporter; an uptake blocker raises serotonin with the square of block."""
    blocked = saturation(u.sert_blocker)
    released = u.serotonin_release * x.serotonin_pool
    signal = released + p.serotonin_uptake_gain * blocked**2
    refilled = p.serotonin_pool_refill_rate * (1.0 - x.serotonin_pool)
    return (refilled - p.serotonin_pool_release_rate * released,), (
        blocked,
        signal,
        hill(signal, p.serotonin_effect_half, p.serotonin_effect_hill),
    )


# fmt: off
HTR2A_PARAMETERS = [
    Parameter("htr2a_desensitisation_rate", 0.15, "1/h", (0.05, 0.5), "Internalisation rate at full agonist activation", "derived", source=["Raval2021"], note="density, chosen"),
    Parameter("htr2a_recycling_rate", 0.14, "1/h", (0.05, 0.4), "Return of internalised receptor to the surface", "recalled", source=["Raote2013"]),
    Parameter("htr2a_lysosomal_rate", 0.21, "1/h", (0.05, 0.5), "Loss of internalised receptor", "derived", source=["Raval2021"], note="density, chosen"),
    Parameter("htr2a_turnover_rate", 0.01925, "1/h", (0.008, 0.03), "Synthesis and constitutive loss, ln2/36 h", "recalled", note="receptor half-life 36 h"),
    Parameter("htr2a_occupancy_max", 0.766, "1", (0.7, 0.88), "Ceiling of PET occupancy", "recalled", source=["Madsen2019"]),
    Parameter("serotonin_htr2a_half", 1.6, "1", (0.8, 4.0), "Released-serotonin signal giving half 5-HT2A activation", "assumed", bound=POSITIVE),
    Parameter("serotonin_htr2a_hill", 2.0, "1", (1.1, 3.0), "Hill exponent of released serotonin at 5-HT2A", "assumed", bound=AT_LEAST_ONE),
]
# fmt: on


@kernel(
    layer="receptor",
    states=[
        State("htr2a_surface", 1.0, "1", "5-HT2A receptors at the surface", FRACTION),
        State("htr2a_internalised", 0.0, "1", "5-HT2A receptors inside", FRACTION),
    ],
    gives=[
        Signal("r_2a", "1", "Activation of 5-HT2A receptors"),
        Signal("htr2a_density", "1", "Density of 5-HT2A receptors, surface and inside"),
        Signal("htr2a_occupancy", "1", "Occupancy of 5-HT2A receptors as seen by PET"),
    ],
    parameters=HTR2A_PARAMETERS,
)
def htr2a(t, x, u, p):
    """Agonists and released serotonin compete with antagonists (Gaddum); active receptors are internalised."""
    serotonin_bound = power(u.serotonin / (p.serotonin_htr2a_half * (1.0 + u.htr2a_antagonist)), p.serotonin_htr2a_hill)
    active = (u.htr2a_driven + serotonin_bound) / (1.0 + u.htr2a_bound + serotonin_bound)
    internalised = p.htr2a_desensitisation_rate * active * x.htr2a_surface
    recycled = p.htr2a_recycling_rate * x.htr2a_internalised
    return (
        p.htr2a_turnover_rate * (1.0 - x.htr2a_surface) - internalised + recycled,
        internalised - recycled - p.htr2a_lysosomal_rate * x.htr2a_internalised,
    ), (
        x.htr2a_surface * active,
        x.htr2a_surface + x.htr2a_internalised,
        p.htr2a_occupancy_max * saturation(u.htr2a_occupant),
    )


# fmt: off
NMDA_PARAMETERS = [
    Parameter("nmda_effect_half", 0.8413, "1", (0.5, 1.3), "Free NMDA blocker (in units of its K) at half acute effect", "derived", source=["Bowdle1998", "Hartvig1995"], note="200 ng/mL ketamine", bound=POSITIVE),
    Parameter("nmda_effect_hill", 3.0, "1", (1.5, 4.0), "Hill exponent of the acute NMDA effect", "recalled", source=["Krystal1994"], bound=AT_LEAST_ONE),
    Parameter("nmda_interneuron_half", 0.585, "1", (0.35, 0.85), "Free NMDA blocker (in units of its K) at half interneuron block", "assumed", note="set so that ketamine 0.5 mg/kg peaks at r_glu about 0.6", bound=POSITIVE),
    Parameter("nmda_interneuron_hill", 3.0, "1", (1.5, 4.0), "Hill exponent of interneuron block", "assumed", bound=AT_LEAST_ONE),
    Parameter("nmda_pyramidal_half", 2.5, "1", (1.5, 6.0), "Free NMDA blocker (in units of its K) at half pyramidal block", "assumed", bound=POSITIVE),
    Parameter("nmda_pyramidal_hill", 3.0, "1", (1.5, 4.0), "Hill exponent of pyramidal block", "assumed", bound=AT_LEAST_ONE),
]
# fmt: on


@kernel(
    layer="receptor",
    gives=[
        Signal("nmda_block", "1", "Fraction of NMDA receptors blocked"),
        Signal("nmda_activation", "1", "Acute effect of NMDA block"),
        Signal("nmda_disinhibition", "1", "Net disinhibition by block of interneurons before pyramidal cells"),
    ],
    parameters=NMDA_PARAMETERS,
)
def nmda(t, x, u, p):
    """Little block silences interneurons and disinhibits; more block silences pyramidal cells too (inverted U)."""
    interneuron = hill(u.nmda_blocker, p.nmda_interneuron_half, p.nmda_interneuron_hill)
    pyramidal = hill(u.nmda_blocker, p.nmda_pyramidal_half, p.nmda_pyramidal_hill)
    return (), (
        saturation(u.nmda_blocker),
        hill(u.nmda_blocker, p.nmda_effect_half, p.nmda_effect_hill),
        interneuron * (1.0 - pyramidal),
    )


# fmt: off
DRIVES_PARAMETERS = [
    Parameter("serotonin_gq_weight", 0.7, "1", (0.4, 0.9), "Gq drive of the serotonin/oxytocin route at full activation", "assumed", note="MDMA r_g about 0.65"),
    Parameter("glutamate_per_gq", 0.15, "1", (0.0, 0.4), "Glutamate drive evoked by Gq drive", "assumed"),
]
# fmt: on


@kernel(
    layer="receptor",
    gives=[
        Signal("r_g", "1", "Gq drive"),
        Signal("r_glu", "1", "Glutamate drive"),
        Signal("r_pam", "1", "Direct TrkB binding"),
    ],
    parameters=DRIVES_PARAMETERS,
)
def drives(t, x, u, p):
    """The routes join: 5-HT2A and other serotonin receptors in the Gq drive, disinhibition in the glutamate drive."""
    r_g = either(u.r_2a, p.serotonin_gq_weight * u.sert_activation)
    return (), (r_g, either(u.nmda_disinhibition, p.glutamate_per_gq * r_g), saturation(u.trkb_ligand))
