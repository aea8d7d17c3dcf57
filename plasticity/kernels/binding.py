"""Effect-site concentration to what each compound does at each target; a compound without the target has no part in it."""

from plasticity.declare import AT_LEAST_ONE, FRACTION, POSITIVE, Parameter, Signal, kernel
from plasticity.ratelaws import hill, power

FREE = Parameter("fraction_unbound", unit="1", label="Unbound fraction in plasma", bound=FRACTION)
METABOLITE_FREE = Parameter(
    "metabolite_fraction_unbound", unit="1", label="Unbound fraction of the metabolite in plasma", bound=FRACTION
)
SERT_BLOCKER = Signal("sert_blocker", "1", "Free blocker of SERT over its constant", total=True, internal=True)
NMDA_BLOCKER = Signal("nmda_blocker", "1", "Free NMDA blocker over its constant", total=True, internal=True)


@kernel(
    layer="binding",
    per="compound",
    gives=[
        Signal("htr2a_bound", "1", "Agonist at 5-HT2A, in units of its constant", total=True, internal=True),
        Signal("htr2a_driven", "1", "The same, weighted by efficacy", total=True, internal=True),
    ],
    parameters=[
        Parameter("htr2a_k_act", unit="nM", label="Half activation of 5-HT2A, total plasma", bound=POSITIVE),
        Parameter("htr2a_hill", unit="1", label="Hill exponent of 5-HT2A activation", bound=AT_LEAST_ONE),
        Parameter("htr2a_efficacy", unit="1", label="Efficacy at 5-HT2A", bound=FRACTION),
    ],
)
def agonism(t, x, u, p):
    """Activation of 5-HT2A, shifted by antagonists (Gaddum)."""
    bound = power(x.effect / (p.htr2a_k_act * (1.0 + u.htr2a_antagonist)), p.htr2a_hill)
    return (), (bound, p.htr2a_efficacy * bound)


@kernel(
    layer="binding",
    per="compound",
    gives=[Signal("htr2a_antagonist", "1", "Antagonist at 5-HT2A over its constant", total=True, internal=True)],
    parameters=[Parameter("htr2a_k_ant", unit="nM", label="Antagonism at 5-HT2A, total plasma", bound=POSITIVE)],
)
def antagonism(t, x, u, p):
    """Competitive antagonism at 5-HT2A."""
    return (), (x.effect / p.htr2a_k_ant,)


@kernel(
    layer="binding",
    per="compound",
    gives=[Signal("htr2a_occupant", "1", "Ligand seen by PET at 5-HT2A over its constant", total=True, internal=True)],
    parameters=[Parameter("htr2a_k_occ", unit="nM", label="Half occupancy of 5-HT2A, total plasma", bound=POSITIVE)],
)
def occupancy(t, x, u, p):
    """Occupancy of 5-HT2A, which saturates about five times lower than activation."""
    return (), (x.effect / p.htr2a_k_occ,)


@kernel(
    layer="binding",
    per="compound",
    gives=[Signal("serotonin_release", "1", "Reversal of SERT by a releaser", total=True, internal=True)],
    parameters=[
        Parameter("sert_release_k", unit="nM", label="Half release through SERT, total plasma", bound=POSITIVE),
        Parameter("sert_release_hill", unit="1", label="Hill exponent of release", bound=AT_LEAST_ONE),
    ],
)
def release(t, x, u, p):
    """A releaser reverses the serotonin transporter, unless a blocker keeps it out."""
    return (), (hill(x.effect / (1.0 + u.sert_blocker), p.sert_release_k, p.sert_release_hill),)


@kernel(
    layer="binding",
    per="compound",
    gives=[SERT_BLOCKER],
    parameters=[FREE, Parameter("sert_block_k", unit="nM free", label="Block of SERT, free", bound=POSITIVE)],
)
def uptake_block(t, x, u, p):
    """Block of serotonin uptake."""
    return (), (p.fraction_unbound * x.effect / p.sert_block_k,)


@kernel(
    layer="binding",
    per="compound",
    gives=[SERT_BLOCKER],
    parameters=[
        METABOLITE_FREE,
        Parameter("metabolite_sert_block_k", unit="nM free", label="Block of SERT by the metabolite, free", bound=POSITIVE),
    ],
)
def metabolite_uptake_block(t, x, u, p):
    """Block of serotonin uptake by the metabolite."""
    return (), (p.metabolite_fraction_unbound * x.metabolite_effect / p.metabolite_sert_block_k,)


@kernel(
    layer="binding",
    per="compound",
    gives=[NMDA_BLOCKER],
    parameters=[FREE, Parameter("nmda_k", unit="nM free", label="Block of NMDA receptors, free", bound=POSITIVE)],
)
def channel_block(t, x, u, p):
    """Block of the NMDA receptor channel."""
    return (), (p.fraction_unbound * x.effect / p.nmda_k,)


@kernel(
    layer="binding",
    per="compound",
    gives=[NMDA_BLOCKER],
    parameters=[
        METABOLITE_FREE,
        Parameter("metabolite_nmda_k", unit="nM free", label="Block of NMDA receptors by the metabolite, free", bound=POSITIVE),
    ],
)
def metabolite_channel_block(t, x, u, p):
    """Block of the NMDA receptor channel by the metabolite."""
    return (), (p.metabolite_fraction_unbound * x.metabolite_effect / p.metabolite_nmda_k,)


@kernel(
    layer="binding",
    per="compound",
    gives=[Signal("trkb_ligand", "1", "Free TrkB ligand over its constant", total=True, internal=True)],
    parameters=[FREE, Parameter("trkb_k", unit="nM free", label="Direct binding to TrkB, free", bound=POSITIVE)],
)
def trkb_binding(t, x, u, p):
    """Direct binding to TrkB (contested; without effect unless `trkb_pam_gain` is raised)."""
    return (), (p.fraction_unbound * x.effect / p.trkb_k,)
