"""A sweep gives the numbers of `simulate`, whatever its axes and however it is cut."""

import itertools
import pickle

import numpy as np
import pytest

import plasticity as pl
from plasticity.sweeps.asking import planned
from plasticity.window import SUMMARIES

PSILOCYBIN = pl.Protocol("28 d").dose("psilocybin", "25 mg")
KEEP = [*SUMMARIES, "t_open", "peak_depth", "time_of_peak", "duration", "area"]
NEAR = 1e-9
"""Window times [h] come from two ways of finding the same roots of the same polynomials."""


def same_windows(point, run):
    for name in KEEP:
        expected = np.atleast_1d(run[name].values.astype(float))
        found = np.atleast_1d(point[name].values)[: expected.size]
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=NEAR, err_msg=name)


def same_states(point, run, *names):
    """Bitwise at the end of the last step; within a step two routines evaluate its polynomial, equal to rounding."""
    for name in names:
        assert float(point[name][-1]) == float(run[name][-1]), name
        size = float(abs(run[name]).max())
        np.testing.assert_allclose(point[name], run[name], rtol=1e-12, atol=1e-15 * size, err_msg=name)


@pytest.mark.slow
def test_every_kind_of_axis_changes_what_simulate_would_change():
    """States are bitwise those of `simulate`: one engine, the same tolerances, the same arithmetic for each lane."""
    over = {
        "first.amount": ["10 mg", "30 mg"],
        "second.every": ["1 d", "3 d"],
        "body_weight": ["60 kg", "90 kg"],
        "brake_tau": ["5 d", "7 d"],
        "psilocybin.clearance": ["200 L/h", "240 L/h"],
        "psilocybin.absorption_lag": ["0.1 h", "0.5 h"],
    }
    model = pl.Model(modules=["memory"])

    def plan(first="25 mg", every="2 d", weight=None):
        made = pl.Protocol("28 d", body_weight=weight).dose("psilocybin", first, name="first")
        made = made.dose("ketamine", "0.5 mg/kg", at="3 d", name="second", every=every, times=3)
        return made.input("cue", start="1 d", end="2 d", value=1)

    tracks = {"states": ["theta", "ketamine_plasma"], "every": "12 h"}
    ds = pl.sweep(plan(), over, KEEP, model=model, trajectories=tracks)
    for place in itertools.product(range(2), repeat=6):
        if sum(place) % 3:
            continue
        given = [values[i] for values, i in zip(over.values(), place, strict=True)]
        names = dict(zip([*over][3:], given[3:], strict=True))
        run = pl.simulate(plan(given[0], given[1], given[2]), model, names, times=ds["time"].values)
        point = ds[dict(zip(ds["status"].dims, place, strict=True))]
        same_states(point, run, "theta", "ketamine_plasma")
        same_windows(point, run)


def test_axes_of_structure_compile_what_they_name():
    over = {"compound": ["lsd", "mdma"], "brake": ["m1", "m2"], "dose.at": ["0 h", "5 h"]}
    ds = pl.sweep(PSILOCYBIN, over, [*KEEP, "plasma_peak"])
    assert ds["status"].dims == ("compound", "brake_kernel", "dose.at")
    for compound, dose in (("lsd", "100 ug"), ("mdma", "125 mg")):
        run = pl.simulate(pl.Protocol("28 d").dose(compound, dose, at="5 h"), pl.Model(brake="m2"))
        point = ds.sel({"compound": compound, "brake_kernel": "feedback", "dose.at": 5.0})
        same_windows(point, run)
        peak = float(run[f"{compound}_plasma"].max())
        assert peak <= float(point["plasma_peak"]) <= 1.02 * peak  # the run was sampled every hour


def test_another_species_has_its_own_numbers_and_weight():
    plan = pl.Protocol("7 d").dose("psilocybin", "0.3 mg/kg")
    ds = pl.sweep(plan, {"species": ["human", "mouse"]}, KEEP)
    mouse = pl.Protocol("7 d", species="mouse").dose("psilocybin", "0.3 mg/kg", route="oral")
    same_windows(ds.sel(species="mouse"), pl.simulate(mouse))


def test_treatments_and_zipped_axes_go_with_their_doses():
    doses = [{"compound": "lsd", "amount": "100 ug"}, {"compound": "ketamine", "amount": "0.5 mg/kg", "over": "40 min"}]
    ds = pl.sweep(pl.Protocol("28 d"), {"treatment": doses}, KEEP)
    assert ds["compound"].values.tolist() == ["lsd", "ketamine"]
    same_windows(ds.sel(compound="ketamine"), pl.simulate(pl.Protocol("28 d").dose(**doses[1])))
    pairs = {"compound": ["lsd", "psilocybin"], "dose": ["50 ug", "30 mg"]}
    zipped = pl.sweep(PSILOCYBIN, {"pair": {"zip": pairs}}, KEEP)
    table = [{"compound": "lsd", "dose": "50 ug"}, {"compound": "psilocybin", "dose": "30 mg"}]
    assert zipped.drop_attrs().identical(pl.sweep(PSILOCYBIN, {"pair": {"table": table}}, KEEP).drop_attrs())
    same_windows(zipped.isel(pair=1), pl.simulate(pl.Protocol("28 d").dose("psilocybin", "30 mg")))


def test_the_oscillator_starts_from_the_same_rest():
    plan = pl.Protocol("1 h").dose("psilocybin", "25 mg")
    over = {"calcium": ["oscillator"], "serca_rate": [3000.0, 3300.0]}
    ds = pl.sweep(plan, over, ["theta_lowest"], trajectories={"states": ["calcium", "ip3"], "every": "6 min"})
    for place, rate in enumerate([3000.0, 3300.0]):
        run = pl.simulate(plan, pl.Model(calcium="oscillator"), {"serca_rate": rate}, times=ds["time"].values)
        same_states(ds.isel(calcium_kernel=0, serca_rate=place), run, "calcium", "ip3")


def test_extremes_and_integrals_are_those_of_the_solution():
    """The area under the curve of a linear drug is dose over clearance (Gibaldi and Perrier 1982), any volume."""
    plan = pl.Protocol("7 d").dose("dmt", "10 umol")
    over = {"dmt.clearance": ["1000 L/h", "2000 L/h"], "dmt.volume_central": ["100 L", "300 L"]}
    ds = pl.sweep(plan, over, ["dmt_plasma_auc", "dmt_plasma_peak", "dmt_plasma_time_of_peak"], rtol=1e-8)
    exact = 1e4 / ds["dmt.clearance"] + 0.0 * ds["dmt.volume_central"]
    np.testing.assert_allclose(ds["dmt_plasma_auc"], exact, rtol=1e-6)  # 100 times the tolerance
    np.testing.assert_allclose(ds["dmt_plasma_peak"][0], 1e4 / ds["dmt.volume_central"], rtol=1e-12)  # a bolus
    assert (ds["dmt_plasma_time_of_peak"] == 0.0).all()


@pytest.fixture(scope="module")
def plan():
    over = {
        "compound": ["psilocybin", "lsd"],
        "dose": pl.geomspace("1 mg", "40 mg", 9),
        "brake_tau": ["5 d", "6 d", "8 d"],
    }
    return planned(PSILOCYBIN, over, [*KEEP, "theta_auc"])


def test_no_cut_and_no_thread_changes_a_bit(plan):
    whole = plan.evaluate((slice(0, 2), slice(0, 9), slice(0, 3)), threads=1)
    for threads, steps in ((1, (1, 2, 1)), (2, (2, 9, 3)), (2, (1, 4, 2))):
        cuts = [
            [slice(at, min(at + step, n)) for at in range(0, n, step)] for n, step in zip((2, 9, 3), steps, strict=True)
        ]
        for block in itertools.product(*cuts):
            for name, values in plan.evaluate(block, threads=threads).items():
                np.testing.assert_array_equal(values, whole[name][block], err_msg=name)


def test_a_plan_travels(plan):
    block = (slice(1, 2), slice(3, 6), slice(0, 3))
    sent = pickle.loads(pickle.dumps(plan))
    assert sent.description == plan.description
    for name, values in sent.evaluate(block).items():
        np.testing.assert_array_equal(values, plan.evaluate(block)[name])


def test_more_windows_than_are_kept_one_by_one_are_all_counted():
    """Twelve doses a week apart on a brake that lets go within a day: as many windows as `simulate` finds."""
    plan = pl.Protocol("100 d").dose("psilocybin", "40 mg", every="8 d", times=12)
    names = {"brake_tau": "20 h", "brake_gain": 2.0}
    run = pl.simulate(plan, None, names)
    assert int(run["number_of_windows"]) > 8
    ds = pl.sweep(plan, {"dose": ["40 mg"]}, ["number_of_windows", "total_open_time", "t_close"], parameters=names)
    assert float(ds["number_of_windows"][0]) == float(run["number_of_windows"])
    np.testing.assert_allclose(ds["total_open_time"][0], run["total_open_time"], atol=NEAR)
    np.testing.assert_allclose(ds["t_close"][0], run["t_close"][:8], atol=NEAR)


def test_everything_says_what_it_is(plan):
    from plasticity.sweeps.work import dataset

    arrays = plan.evaluate((slice(0, 2), slice(0, 9), slice(0, 3)))
    ds = dataset(plan, arrays)
    for name, variable in ds.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["source"], name
        unitless = {"compound", "window", "status", "censored"}
        assert ("units" in variable.attrs) == (name not in unitless), name
    assert ds["brake_tau"].attrs["flag"] == "fitted"
    assert (ds["dose"].attrs["units"], ds["total_area"].attrs["units"]) == ("mg", "d")


def test_trajectories_only_where_they_are_asked_for():
    over = {"dose": ["10 mg", "25 mg"], "brake_tau": ["5 d", "6 d"]}
    tracks = {"states": ["theta"], "every": "6 h", "at": {"dose": ["25 mg"]}}
    ds = pl.sweep(PSILOCYBIN, over, ["max_depth"], trajectories=tracks)
    assert np.isnan(ds["theta"][0]).all()
    assert not np.isnan(ds["theta"][1]).any()
