"""Datasets open unchanged in tools that are not ours: plain xarray, h5netcdf and netCDF4."""

import numpy as np
import pytest
import xarray

import plasticity as pl
from plasticity.conventions import SPELLED
from plasticity.provenance import read, write
from plasticity.units import CANONICAL


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    run = pl.simulate(pl.Protocol(duration="2 d").dose("psilocybin", "25 mg"))
    return run, write(run, tmp_path_factory.mktemp("exchange") / "run.nc")


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_plain_xarray_reads_every_value_and_unit(written, engine):
    if engine == "netcdf4":
        pytest.importorskip("netCDF4", reason="needs netCDF4 (extra test)")
    run, path = written
    with xarray.open_dataset(path, engine=engine) as found:
        xarray.testing.assert_identical(found.load().drop_attrs(), run.drop_attrs())
        for name, variable in run.variables.items():
            unit = variable.attrs.get("units")
            assert found[name].attrs.get("units") == SPELLED.get(unit, unit)
        assert found["theta"].attrs["long_name"] and found["time"].attrs["units"] == "h"


def test_h5netcdf_and_netcdf4_read_it_without_xarray(written):
    import h5netcdf

    run, path = written
    with h5netcdf.File(path, "r") as file:
        np.testing.assert_array_equal(file["theta"][:], run.theta)
        assert file["theta"].dimensions == ("time",) and file["theta"].attrs["units"] == "1"
    plain = pytest.importorskip("netCDF4", reason="needs netCDF4 (extra test)")
    with plain.Dataset(path) as file:
        np.testing.assert_array_equal(np.asarray(file["theta"][:]), run.theta)
        assert file["theta"].dimensions == ("time",) and file["theta"].units == "1"


def test_reading_it_back_gives_the_units_of_this_package(written):
    run, path = written
    back = read(path)
    assert {name: v.attrs.get("units") for name, v in back.variables.items()} == {
        str(name): v.attrs.get("units") for name, v in run.variables.items()
    }


def test_the_file_says_which_conventions_it_follows(written):
    """Those of CF: the conventions named, a history, no fill value on coordinates, a name in words for everything."""
    _, path = written
    with xarray.open_dataset(path, engine="h5netcdf", mask_and_scale=False) as found:
        assert found.attrs["Conventions"] == "CF-1.11" and found.attrs["history"] and found.attrs["title"]
        for name, variable in found.variables.items():
            assert variable.attrs["long_name"], name
            assert name not in found.coords or "_FillValue" not in variable.attrs


def test_udunits_knows_every_unit_that_is_written():
    """With the library that the CF conventions name; https://www.unidata.ucar.edu/software/udunits."""
    cf_units = pytest.importorskip("cf_units", reason="needs cf-units (extra test)")
    for unit in CANONICAL:
        spelled = SPELLED.get(unit.removesuffix(" free"), unit.removesuffix(" free"))
        assert not cf_units.Unit(spelled).is_unknown()
    assert cf_units.Unit(SPELLED["nM"]).convert(1.0, "mol m-3") == pytest.approx(1e-6, rel=1e-12)
    assert cf_units.Unit(SPELLED["1/(uM h)"]).convert(1.0, "m3 mol-1 s-1") == pytest.approx(1e3 / 3600.0, rel=1e-12)
