"""An agonist that leaves 5-HT2A slowly: receptors stay held for a while after the drug, or its competitor, has changed."""

from plasticity.declare import FRACTION, POSITIVE, Parameter, Signal, State, kernel
from plasticity.kernels.binding import agonism
from plasticity.ratelaws import power


@kernel(
    layer="slow_agonism",
    default=False,
    per="compound",
    states=[State("htr2a_held", 0.0, "1", "Fraction of 5-HT2A receptors held by the slow agonist", FRACTION)],
    gives=[
        Signal("htr2a_bound", "1", "Agonist at 5-HT2A, in units of its constant", total=True, internal=True),
        Signal("htr2a_driven", "1", "The same, weighted by efficacy", total=True, internal=True),
    ],
    parameters=[
        *agonism.parameters,
        Parameter("htr2a_dissociation_rate", unit="1/h", label="Dissociation from 5-HT2A", bound=POSITIVE),
    ],
)
def slow_agonism(t, x, u, p):
    """Adds to instantaneous binding how far the receptors lag behind it."""
    at_once = power(x.effect / (p.htr2a_k_act * (1.0 + u.htr2a_antagonist)), p.htr2a_hill)
    late = x.htr2a_held / (1.0 - x.htr2a_held) - at_once
    return (p.htr2a_dissociation_rate * (at_once * (1.0 - x.htr2a_held) - x.htr2a_held),), (
        late,
        p.htr2a_efficacy * late,
    )
