"""A point of a stored sweep, run again as a scenario, gives the numbers of the map."""

import numpy as np
import pytest
import xarray

import plasticity as pl
from plasticity.explore.point import scenario_at
from plasticity.explore.stored import read, stored
from plasticity.window import SUMMARIES

KEEP = list(SUMMARIES)
NEAR = 1e-9
"""Window times [h] come from two ways of finding the same roots of the same polynomials, as in tests/sweeps."""
PSILOCYBIN = pl.Protocol("28 d").dose("psilocybin", "25 mg")


def same(ds, places):
    run = scenario_at(ds, places).run()
    for name in KEEP:
        found, expected = float(run[name]), float(ds[name].isel(places))
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=NEAR, err_msg=name)


OVER = {
    "dose and parameters": (
        PSILOCYBIN,
        {"dose": ["8 mg", "30 mg"], "brake_tau": ["5 d", "7 d"], "psilocybin.clearance": ["200 L/h", "240 L/h"]},
    ),
    "multiple and time": (PSILOCYBIN, {"dose.multiple": ["0.3", "1.1"], "dose.at": ["1 h", "1.7 d"]}),
    "rows": (
        pl.Protocol("28 d").dose("psilocybin", "25 mg", every="2 d", times=3),
        {"dose": ["9 mg"], "dose.every": ["30 h", "3.3 d"]},
    ),
    "named doses": (
        pl.Protocol("28 d")
        .dose("psilocybin", "25 mg", name="first")
        .dose("psilocybin", "0.2 mg/kg", at="5 d", name="second"),
        {"first.amount": ["12 mg"], "second.at": ["3 d", "9 d"], "body_weight": ["60 kg", "90 kg"]},
    ),
    "laws": (PSILOCYBIN, {"brake": ["first_order", "feedback"], "theta_tau": ["2 h", "3 h"]}),
    "compounds": (PSILOCYBIN, {"compound": ["lsd", "psilocybin"], "brake_gain": ["6 1/h", "9 1/h"]}),
    "axes that go together": (
        PSILOCYBIN,
        {"pairs": {"zip": {"dose": ["8 mg", "30 mg"], "brake_tau": ["5 d", "7 d"]}}},
    ),
    "subjects": (PSILOCYBIN, {"subject": {"population": 4}}),
}


@pytest.mark.parametrize(("protocol", "over"), OVER.values(), ids=OVER)
def test_a_point_gives_the_numbers_of_the_map(protocol, over):
    ds = pl.sweep(protocol, over, KEEP)
    last = {str(name): size - 1 for name, size in ds["status"].sizes.items()}
    same(ds, last)
    same(ds, dict.fromkeys(last, 0))


def test_a_point_carries_what_the_sweep_held_fixed():
    protocol = PSILOCYBIN.session("integration", start="1 d", over="2 h", setting=0.5).input(
        "evidence", start="3 d", end="4 d", value=0.3
    )
    ds = pl.sweep(
        protocol, {"brake_tau": ["5 d", "7 d"]}, KEEP, model=pl.Model(modules=["belief"]), rtol=1e-7,
        parameters={"brake_gain": "8 1/h"},
    )  # fmt: skip
    run = scenario_at(ds, {"brake_tau": 1}).study
    assert run.settings.solver.rtol == 1e-7
    assert run.runs[0].parameters == {"brake_gain": 8.0, "brake_tau": 168.0}
    assert run.runs[0].protocol.to_dict() == protocol.to_dict()


def test_the_runs_of_a_study_that_joined_them_are_found_again():
    study = pl.Study.load("window_by_compound", ["protocol.duration=3 d"])
    ds = study.run()
    assert scenario_at(ds, {"compound": 3}).label == "LSD 100 ug"
    assert stored(ds).plane("first_open", "compound", None, {}).values.shape == (1, 5)


def test_a_plane_holds_the_numbers_of_the_store(tmp_path):
    over = {
        "dose": pl.geomspace("1 mg", "40 mg", 5),
        "brake_tau": pl.linspace("5 d", "8 d", 3),
        "theta_tau": ["2 h", "3 h"],
    }
    ds = pl.sweep(pl.Protocol("7 d").dose("psilocybin", "25 mg"), over, KEEP, out=tmp_path / "map.zarr")
    found = stored(read(tmp_path / "map.zarr"))
    plane = found.plane("total_open_time", "dose", "brake_tau", {"theta_tau": 1})
    np.testing.assert_array_equal(
        plane.values, ds["total_open_time"].isel(theta_tau=1).transpose("brake_tau", "dose") / 24.0
    )
    assert (plane.unit, plane.across.label, plane.up.label) == (
        "d",
        "Amount of the dose (mg)",
        "Decay time of permissiveness (d)",
    )
    np.testing.assert_array_equal(plane.late, ds["censored"].isel(theta_tau=1).T > 0)
    turned = found.plane("total_open_time", "brake_tau", "dose", {"theta_tau": 1})
    np.testing.assert_array_equal(turned.values, plane.values.T)
    place = {"dose": 4, "brake_tau": 1, "theta_tau": 1}
    for name, unit, scale in (("total_open_time", "d", 24.0), ("total_area", "d", 1.0), ("max_depth", "", 1.0)):
        shown = found.plane(name, "dose", "brake_tau", place)
        assert shown.unit == unit
        assert found.at(name, place, unit) == shown.values[1, 4] == float(ds[name].isel(place)) / scale
    assert found.axis("dose").ticks[0.0] == "1"
    assert found.axis("brake_tau").labels == ["5 d", "6.5 d", "8 d"]


def test_a_failed_point_is_shown_as_such_and_refused_with_its_reason():
    ds = pl.sweep(PSILOCYBIN, {"window_open_ratio": ["0.9", "0.95"], "window_close_ratio": ["0.92", "0.97"]}, KEEP)
    plane = stored(ds).plane("first_open", "window_close_ratio", "window_open_ratio", {})
    assert plane.failed.tolist() == [[False, False], [True, False]]
    with pytest.raises(pl.InputError, match="must hold"):
        assert scenario_at(ds, {"window_open_ratio": 1, "window_close_ratio": 0}).study


def test_chances_at_a_few_points_of_a_map_are_not_offered():
    grid = xarray.Dataset(
        {
            "status": ("dose", [0, 0, 0]),
            "max_depth": ("dose", [0.1, 0.2, 0.3]),
            "window_chance": ("dose", [0.1, np.nan, 1.0]),
        },
        {"dose": [1.0, 2.0, 3.0]},
    )
    assert set(stored(grid).variables) == {"max_depth", "window_chance"}
    assert set(stored(grid.assign_attrs(uncertainty='{"at": {"dose": [0, 2]}}')).variables) == {"max_depth"}
