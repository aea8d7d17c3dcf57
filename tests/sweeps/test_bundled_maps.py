"""The bundled maps, one command each: drawn from the store they left, with all that is no plain number marked."""

import json

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from plasticity import data, figures
from plasticity.cli import main
from plasticity.errors import InputError
from plasticity.figures.brake_map import _intervals, _met
from plasticity.figures.maps import FAILED, NO_WINDOW, STILL_OPEN, scale
from plasticity.figures.population import _spearman
from plasticity.sweeps.storage import store

MAPS = (
    *("window_by_dose", "two_doses", "brake_map", "virtual_population"),
    *("session_delay", "session_number", "reconsolidation_map", "reexposure_duration"),
)


@pytest.mark.parametrize("name", MAPS)
def test_one_command_gives_store_and_figure_and_another_draws_it_again(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", name, "--reduced"]) == 0
    made = {ending: (tmp_path / "results" / f"{name}.{ending}") for ending in ("zarr", "pdf", "png")}
    assert store.open(made["zarr"]).attrs["study_name"] == name
    first = Image.open(made["png"]).tobytes()
    assert main(["draw", str(made["zarr"]), "--out", str(tmp_path / "again.png")]) == 0
    assert Image.open(tmp_path / "again.png").tobytes() == first
    assert f"figure: {tmp_path / 'again.png'}" in capsys.readouterr().out
    assert main(["run", name, "--reduced"]) == 2
    assert "holds all of this study; allowed: draw, --resume" in capsys.readouterr().err


def test_a_sweep_leaves_a_netcdf_file_beside_its_store(tmp_path, capsys):
    out = tmp_path / "a.nc"
    assert main(["run", "two_doses", "--reduced", "--out", str(out)]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.nc", "a.pdf", "a.png", "a.zarr"]
    with xr.open_dataset(out, engine="h5netcdf") as ds:
        xr.testing.assert_identical(ds["total_open_time"].load(), store.open(tmp_path / "a.zarr")["total_open_time"])
    assert main(["draw", str(out), "--out", str(tmp_path / "b.png")]) == 0
    before = sorted(p.name for p in tmp_path.iterdir())
    capsys.readouterr()
    assert main(["run", "two_doses", "--reduced", "--out", str(out)]) == 2  # the file is there: nothing is computed
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def some(status=0, number=1, censored=0):
    """Nine points, the last of which is as told."""
    dims, told = ("dose", "dose.every"), {"units": "h"}
    values = {"status": np.zeros((3, 3), int), "number_of_windows": np.ones((3, 3)), "censored": np.zeros((3, 3))}
    for name, last in (("status", status), ("number_of_windows", number), ("censored", censored)):
        values[name][2, 2] = last
    ds = xr.Dataset({name: (dims, table) for name, table in values.items()})
    ds["total_open_time"] = (dims, 100.0 + 10.0 * np.arange(9.0).reshape(3, 3), told)
    axes = {"dose": ("dose", [1.0, 2.0, 4.0], {"units": "mg"}), "dose.every": ("dose.every", [24.0, 48.0, 72.0], told)}
    return ds.assign_coords(axes)


@pytest.mark.parametrize(
    ("point", "label"), [({"status": -3}, FAILED), ({"number": 0}, NO_WINDOW), ({"censored": 1}, STILL_OPEN)]
)
def test_what_is_not_a_plain_number_is_marked_and_in_the_key(point, label):
    def texts(ds):
        figure = figures.draw("window_map", ds)
        return [text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()]

    assert label in texts(some(**point))
    assert label not in texts(some())


def test_units_of_axes_are_those_of_the_dataset():
    figure = figures.draw("window_map", some())
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("dose.every (d)", "dose (mg)")
    wrong = some()
    wrong["total_open_time"].attrs["units"] = "d"
    with pytest.raises(InputError, match="total_open_time is in 'd'; allowed: h"):
        figures.draw("window_map", wrong)


def test_a_published_interval_is_met_between_its_days_and_not_where_a_point_failed():
    known = _intervals(data.load("critical_period_windows"))
    assert known["psilocybin"] == (14.0, 21.0, "fitted")
    assert known["ibogaine"] == (28.0, None, "predicted")
    closing = np.array([[[13.9, 14.0, 21.0, 21.1, np.nan]], [[0.0, 27.0, 28.0, np.inf, 30.0]]])
    met = _met(closing, ["psilocybin", "ibogaine"], known)
    np.testing.assert_array_equal(met, [[0.0, 1.0, 2.0, 1.0, np.nan]])


def test_the_default_of_a_parameter_is_drawn_in_the_unit_of_its_axis():
    told = {"units": "h", "default": 156.42, "long_name": "Decay time"}
    found = scale(xr.Dataset(coords={"brake_tau": ("brake_tau", [72.0, 288.0], told)}), "brake_tau")
    assert found.default == pytest.approx(6.5175)
    assert found.label == "Decay time (d)"


def test_ranks_follow_a_monotone_relation_whatever_its_shape():
    x = np.linspace(0.1, 3.0, 50)
    assert _spearman(np.exp(-x), x) == pytest.approx(-1.0)
    assert _spearman(np.ones(50), x) == 0.0


def test_a_multiple_of_the_dose_is_that_dose(tmp_path):
    import plasticity as pl

    plan = pl.Protocol("20 d").dose("psilocybin", "10 mg")
    keep = ["total_open_time", "first_open", "max_depth"]
    times = pl.sweep(plan, {"dose.multiple": [0.5, 2.5]}, keep)
    given = pl.sweep(plan, {"dose": ["5 mg", "25 mg"]}, keep)
    for name in keep:  # the same amounts by two roads of rounding
        np.testing.assert_allclose(times[name].values, given[name].values, rtol=1e-9)
    both = pl.sweep(plan, {"compound": ["psilocybin", "lsd"], "dose.multiple": [1.0, 2.0]}, keep)
    assert [one["protocol"]["doses"][0]["amount"] for one in json.loads(both.attrs["sweep"])["settings"]] == [
        "25 mg", "0.1 mg",
    ]  # fmt: skip
    with pytest.raises(pl.InputError, match=r"axis dose.multiple: -1 1; allowed: 0 or more"):
        pl.sweep(plan, {"dose.multiple": [-1.0]}, keep)
