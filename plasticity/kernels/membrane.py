"""What crosses the plasma membrane: shared by all calcium kernels, because an open cell's mean calcium is set here."""

from typing import Any

from plasticity.declare import POSITIVE, Condition, Parameter, Signal, kernel
from plasticity.ratelaws import hill_square, sqrt


def resting_calcium(p: Any) -> Any:
    """Calcium [uM] at which the pump balances the resting influx.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> float(resting_calcium(SimpleNamespace(calcium_influx_rest=20.0, calcium_pump_rate=100.0, calcium_pump_half=0.2)))
    0.1
    """
    return p.calcium_pump_half * sqrt(p.calcium_influx_rest / (p.calcium_pump_rate - p.calcium_influx_rest))


# fmt: off
PARAMETERS = [
    Parameter("calcium_influx_rest", 24.84, "uM/h", (18.0, 30.0), "Resting influx", "assumed", note="0.0069 uM/s", bound=POSITIVE),
    Parameter("calcium_influx_gq", 36.0, "uM/h", (18.0, 48.0), "Influx at full Gq drive", "assumed", note="0.010 uM/s"),
    Parameter("calcium_influx_glutamate", 72.0, "uM/h", (36.0, 85.0), "Influx at full glutamate drive", "assumed", note="0.020 uM/s"),
    Parameter("calcium_pump_rate", 180.0, "uM/h", (165.0, 300.0), "Plasma-membrane pump, maximum", "assumed", note="0.05 uM/s"),
    Parameter("calcium_pump_half", 0.2, "uM", (0.12, 0.35), "Plasma-membrane pump, half saturation", "assumed", bound=POSITIVE),
    Parameter("ip3_glutamate_weight", 0.4, "1", (0.1, 0.8), "PLC drive of glutamate relative to Gq", "assumed", note="mGlu5"),
]
# fmt: on


@kernel(
    layer="membrane",
    gives=[
        Signal("membrane_flux", "uM/h", "Net calcium flux through the plasma membrane"),
        Signal("ip3_drive", "1", "Drive of IP3 production"),
    ],
    parameters=PARAMETERS,
    requires=[
        Condition(
            "calcium_influx_rest + calcium_influx_gq + calcium_influx_glutamate < calcium_pump_rate",
            lambda p: p.calcium_influx_rest + p.calcium_influx_gq + p.calcium_influx_glutamate < p.calcium_pump_rate,
        )
    ],
)
def membrane(t, x, u, p):
    """Influx raised by the two drives against a pump that saturates with the square of calcium."""
    influx = p.calcium_influx_rest + p.calcium_influx_gq * u.r_g + p.calcium_influx_glutamate * u.r_glu
    pumped = p.calcium_pump_rate * hill_square(x.calcium, p.calcium_pump_half)
    return (), (influx - pumped, u.r_g + p.ip3_glutamate_weight * u.r_glu)
