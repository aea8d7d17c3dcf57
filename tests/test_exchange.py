"""Datasets open unchanged in tools that are not ours: plain xarray, h5netcdf and netCDF4."""

import numpy as np
import pytest
import xarray

import plasticity as pl
from plasticity.provenance import write


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
            assert found[name].attrs.get("units") == variable.attrs.get("units")
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
