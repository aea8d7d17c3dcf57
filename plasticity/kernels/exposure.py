"""Dose to plasma to effect site: one block for every compound of the protocol, with its metabolite where it has one."""

from plasticity.declare import FRACTION, POSITIVE, Input, Parameter, Signal, State, kernel

# fmt: off
PARAMETERS = [
    Parameter("absorption_lag", unit="h", label="Time from the dose to the start of absorption", absent=0.0),
    Parameter("bioavailability", unit="1", label="Fraction of an oral or intraperitoneal dose absorbed", bound=FRACTION, absent=1.0),
    Parameter("presystemic_fraction", unit="1", label="Fraction of an oral dose absorbed as metabolite", bound=FRACTION, absent=0.0),
    Parameter("absorption_rate", unit="1/h", label="Absorption rate", absent=0.0),
    Parameter("clearance", unit="L/h", label="Clearance"),
    Parameter("volume_central", unit="L", label="Volume of the central compartment", bound=POSITIVE),
    Parameter("distribution_clearance", unit="L/h", label="Clearance between the compartments", absent=0.0),
    Parameter("volume_peripheral", unit="L", label="Volume of the peripheral compartment", bound=POSITIVE, absent=1.0),
    Parameter("effect_rate", unit="1/h", label="Rate of equilibration with the effect site"),
    Parameter("metabolite_formation_fraction", unit="1", label="Fraction of clearance that forms the metabolite", bound=FRACTION, absent=0.0),
    Parameter("metabolite_clearance", unit="L/h", label="Clearance of the metabolite", absent=0.0),
    Parameter("metabolite_volume", unit="L", label="Volume of distribution of the metabolite", bound=POSITIVE, absent=1.0),
    Parameter("metabolite_effect_rate", unit="1/h", label="Rate of equilibration of the metabolite with the effect site", absent=0.0),
    Parameter("cyp2d6_fraction", unit="1", label="Fraction of clearance by CYP2D6", bound=FRACTION, absent=0.0),
    Parameter("cyp2d6_recovery_rate", unit="1/h", label="Recovery of CYP2D6", absent=0.0),
    Parameter("cyp2d6_inactivation_rate", unit="1/h", label="Largest rate of inactivation of CYP2D6", absent=0.0),
    Parameter("cyp2d6_inactivation_half", unit="nM", label="Concentration at half the inactivation rate", bound=POSITIVE, absent=1.0),
]
# fmt: on


@kernel(
    layer="exposure",
    per="compound",
    states=[
        State("gut", 0.0, "nmol", "Drug in the gut"),
        State("central", 0.0, "nmol", "Drug in the central compartment"),
        State("peripheral", 0.0, "nmol", "Drug in the peripheral compartment"),
        State("effect", 0.0, "nM", "Concentration at the effect site"),
        State("metabolite_gut", 0.0, "nmol", "Metabolite formed before the circulation"),
        State("metabolite", 0.0, "nmol", "Metabolite in the body"),
        State("metabolite_effect", 0.0, "nM", "Concentration of the metabolite at the effect site"),
        State("cyp2d6", 1.0, "1", "Active CYP2D6, fraction of baseline", FRACTION),
    ],
    gives=[
        Signal("plasma", "nM", "Concentration in plasma"),
        Signal("metabolite_plasma", "nM", "Concentration of the metabolite in plasma", of="metabolite"),
    ],
    inputs=[Input("infusion", 0.0, "nmol/h", "Intravenous infusion")],
    parameters=PARAMETERS,
)
def exposure(t, x, u, p):
    """Absorption, distribution and elimination in molar amounts; CYP2D6 may inactivate with use."""
    plasma = x.central / p.volume_central
    metabolite_plasma = x.metabolite / p.metabolite_volume
    absorbed = p.absorption_rate * x.gut
    metabolite_absorbed = p.absorption_rate * x.metabolite_gut
    distributed = p.distribution_clearance * (plasma - x.peripheral / p.volume_peripheral)
    eliminated = p.clearance * (1.0 - p.cyp2d6_fraction + p.cyp2d6_fraction * x.cyp2d6) * plasma
    formed = p.metabolite_formation_fraction * eliminated
    inactivated = p.cyp2d6_inactivation_rate * x.cyp2d6 * plasma / (p.cyp2d6_inactivation_half + plasma)
    return (
        -absorbed,
        absorbed + u.infusion - eliminated - distributed,
        distributed,
        p.effect_rate * (plasma - x.effect),
        -metabolite_absorbed,
        metabolite_absorbed + formed - p.metabolite_clearance * metabolite_plasma,
        p.metabolite_effect_rate * (metabolite_plasma - x.metabolite_effect),
        p.cyp2d6_recovery_rate * (1.0 - x.cyp2d6) - inactivated,
    ), (plasma, metabolite_plasma)
