"""Runs read together: each says what it says alone, whatever stands beside it."""

import numpy as np
import pytest

from plasticity.calibration.asked import asked
from plasticity.calibration.batch import Batch
from plasticity.calibration.members import runs
from plasticity.calibration.quantities import NAMES, quantity
from plasticity.model import Model
from plasticity.solver.extent import extent, extents

ROUND_OFF = 1e-12  # powers and products of arrays and of single numbers may differ in their last bits


@pytest.fixture(scope="module")
def batch():
    """An infusion, whose rate is an input that steps, in three subjects whose steps of integration differ."""
    points = [{}, {"ketamine.clearance": 40.0, "brake_gain": 9.0}, {"ketamine.volume_central": 400.0}]
    found = runs(asked("ketamine 0.5 mg/kg over 40 min", "4 d"), Model(), points)
    assert len({run.trajectory.times.size for run in found}) > 1
    return Batch(found)


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_is_that_of_the_run_alone(batch, name):
    together = quantity(name)(batch, "ketamine", 24.0)
    alone = [quantity(name)(Batch([run]), "ketamine", 24.0)[0] for run in batch.runs]
    np.testing.assert_allclose(together, alone, rtol=ROUND_OFF)
    assert together.shape == (3,) and np.isfinite(together).all()


def test_signals_are_those_of_a_run_as_it_evaluates_them_itself(batch):
    for name in ("nmda_activation", "htr2a_density"):
        alone = [run.signals(np.array([0.5]))[name][0] for run in batch.runs]
        np.testing.assert_allclose(batch.signal_at(name, 0.5), alone, rtol=ROUND_OFF)
    assert np.ptp(batch.signal_at("nmda_activation", 0.5)) > 0.01


def test_a_state_at_the_very_end_is_the_one_after_the_last_event(batch):
    assert batch.at("bdnf_mature", 96.0).tolist() == [
        run.trajectory.final[batch.slot("bdnf_mature")] for run in batch.runs
    ]


def test_many_extents_are_those_of_each_function_and_one_without_numbers_spoils_no_other():
    heights, steps = np.array([1.0, np.nan, 3.0]), [np.linspace(0.0, end, 9) for end in (4.0, 5.0, 7.0)]
    found = np.array(extents(lambda t, i: heights[i] * np.sin(t) ** 2, steps, share=0.1, near=1e-6))
    assert np.isnan(found[:, 1]).all()
    for i in (0, 2):
        alone = extent(lambda t, i=i: heights[i] * np.sin(t) ** 2, steps[i], share=0.1, near=1e-6)
        assert tuple(found[:, i]) == alone
