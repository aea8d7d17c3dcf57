"""Designs: the same seed gives the same points, and points fill the space as their theory says."""

import numpy as np
import pytest
from scipy.stats import qmc

import plasticity as pl
from plasticity.sweeps.asking import planned
from plasticity.sweeps.planning.ranges import read

PLAN = pl.Protocol("1 d").dose("psilocybin", "25 mg")
SPACE = {"dose": {"from": "1 mg", "to": "40 mg", "spacing": "log"}, "brake_tau": {"from": "5 d", "to": "8 d"}}


def columns(design, samples=256, seed=0, over=SPACE):
    made = planned(PLAN, over, ["max_depth"], design=design, samples=samples, seed=seed)
    return {name: one.values for name, one in made.coords.items() if name in over}


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol", "halton"])
def test_the_seed_decides_and_nothing_else(design):
    first, again, other = columns(design), columns(design), columns(design, seed=1)
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        assert np.any(values != other[name])
    assert (first["dose"] >= 1.0).all()
    assert (first["dose"] <= 40.0).all()


def shares(design, n=256):
    found = columns(design, n)
    return np.column_stack([np.log(found["dose"]) / np.log(40.0), (found["brake_tau"] - 120.0) / 72.0])


def test_a_latin_hypercube_has_one_point_in_every_row_and_column():
    """McKay et al. 1979, doi:10.1080/00401706.1979.10489755."""
    for column in shares("latin_hypercube").T:
        assert sorted(np.floor(column * 256).astype(int)) == list(range(256))


def test_a_scrambled_sobol_net_has_as_many_points_in_every_elementary_interval():
    """A (0, 8, 2)-net in base 2, and scrambling keeps it one (Owen 1998, doi:10.1006/jcom.1998.0487)."""
    points = shares("sobol")
    for power in range(9):
        cells = np.floor(points * [2**power, 2 ** (8 - power)]).astype(int)
        assert len({tuple(cell) for cell in cells}) == 256


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol", "halton"])
def test_a_design_is_more_even_than_chance(design):
    chance = np.random.default_rng(0).random((256, 2))
    assert qmc.discrepancy(np.clip(shares(design), 0, 1)) < 0.5 * qmc.discrepancy(chance)


def test_distributions_have_the_moments_that_were_asked_for():
    """Sobol quantiles of 4096 points: sampling error far below the 1 % that is allowed here."""
    over = {
        "dose": {"distribution": "lognormal", "median": "25 mg", "cv": 0.3},
        "brake_tau": {"distribution": "normal", "mean": "6 d", "sd": "12 h"},
    }
    found = columns("sobol", 4096, over=over)
    dose, tau = found["dose"], found["brake_tau"]
    assert np.median(dose) == pytest.approx(25.0, rel=0.01)
    assert dose.std() / dose.mean() == pytest.approx(0.3, rel=0.01)
    assert (tau.mean(), tau.std()) == (pytest.approx(144.0, rel=0.01), pytest.approx(12.0, rel=0.01))


def test_lists_span_a_grid_over_the_samples():
    over = {"theta_tau": ["1 h", "2 h"], **SPACE}
    made = planned(PLAN, over, ["max_depth"], design="halton", samples=10)
    assert made.dims == {"theta_tau": 2, "sample": 10}


def test_ranges_end_where_they_say():
    values = read("dose", pl.geomspace("1 mg", "40 mg", 7), ("mg",)).values
    assert (values[0], values[-1]) == (1.0, 40.0)
    np.testing.assert_allclose(values[1:] / values[:-1], 40.0 ** (1 / 6), rtol=1e-14)
    assert read("brake_tau", pl.linspace("4.5 d", "8 d", 3), ("h",)).values.tolist() == [108.0, 150.0, 192.0]


def test_what_means_nothing_is_a_failed_point_with_its_cause():
    """The pump must exceed the largest influx: 24.84 + influx_gq + 72 < 180 uM/h."""
    over = {"calcium_influx_gq": {"from": "20 uM/h", "to": "140 uM/h"}, "theta_tau": {"from": "1 h", "to": "3 h"}}
    ds = pl.sweep(PLAN, over, ["max_depth"], design="sobol", samples=32)
    impossible = ds["calcium_influx_gq"] + 24.84 + 72.0 >= 180.0
    np.testing.assert_array_equal(ds["status"], np.where(impossible, -21, 0))
    np.testing.assert_array_equal(np.isnan(ds["max_depth"]), impossible)
    assert ds.attrs["failures"] == int(impossible.sum())
    assert "-21 a relation between parameters does not hold" in ds["status"].attrs["meaning"]
    over = {"brake_tau": {"distribution": "normal", "mean": "1 d", "sd": "1 d"}}
    ds = pl.sweep(PLAN, over, ["max_depth"], design="latin_hypercube", samples=20)
    np.testing.assert_array_equal(ds["status"], np.where(ds["brake_tau"] <= 0.0, -20, 0))


def test_a_point_that_the_solver_gives_up_stops_no_other():
    ds = pl.sweep(PLAN, {"psilocybin.absorption_rate": [1e200, 0.95]}, ["max_depth", "number_of_windows"])
    assert ds["status"].values.tolist() == [-2, 0]
    assert np.isnan(ds["number_of_windows"][0])
    assert float(ds["reached"][0]) == 0.35  # nothing happens before the lag is over
    assert float(ds["reached"][1]) == 24.0
