"""The kernel with a steep onset against time averages of the oscillator, which it was fitted to."""

from types import SimpleNamespace

import numpy as np
import pytest

from plasticity.kernels.calcium import calcium
from plasticity.kernels.calcium_onset import calcium_onset
from plasticity.model import Model

AVERAGES = [
    *[(0.75, 0.0, 0.1994), (0.75, 1 / 6, 0.2526), (0.375, 0.0, 0.1217), (0.1875, 0.0, 0.0559), (0.125, 0.5, 0.2064)],
    *[(0.06, 0.15, 0.0018), (0.0, 0.25, 0.0028), (0.12, 0.05, 0.0009), (0.02, 0.15, 0.0015), (0.16, 0.0, 0.0190)],
]
"""r_g, r_glu and the oscillator's decoder averaged over 2000 s after 1500 s: the equations of model.md, section 6.2, by
fourth-order Runge-Kutta steps of 0.04 s in separate code. The second row lies on the edge of the oscillations."""
CREB_HALF = 0.12


def decoded(kernel, variant, r_g, r_glu):
    """Signal of a kernel once calcium is steady."""
    p = SimpleNamespace(**{k: v for k, v in Model(calcium=variant).assemble([]).defaults().items() if "." not in k})
    influx = p.calcium_influx_rest + p.calcium_influx_gq * r_g + p.calcium_influx_glutamate * r_glu
    steady = p.calcium_pump_half * np.sqrt(influx / (p.calcium_pump_rate - influx))
    drive = SimpleNamespace(r_g=r_g, r_glu=r_glu, ip3_drive=r_g + p.ip3_glutamate_weight * r_glu, membrane_flux=0.0)
    return float(kernel(0.0, SimpleNamespace(calcium=steady), drive, p)[1][0])


def errors(kernel, variant):
    """Misses of phosphorylated CREB, which is what the chain reads."""
    pairs = [(decoded(kernel, variant, g, l_), seen) for g, l_, seen in AVERAGES]
    return np.array([a / (a + CREB_HALF) - b / (b + CREB_HALF) for a, b in pairs])


def test_the_steep_onset_comes_nearer_to_the_oscillator():
    """Over these points the root mean square falls by more than a third (0.023 for 0.016 on the whole grid)."""
    steep, specified = errors(calcium_onset, "onset"), errors(calcium, "averaged")
    assert np.sqrt(np.mean(steep**2)) < 0.65 * np.sqrt(np.mean(specified**2))


def test_at_rest_there_is_no_signal():
    assert decoded(calcium_onset, "onset", 0.0, 0.0) == pytest.approx(0.0, abs=1e-15)
