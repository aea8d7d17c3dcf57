"""What a file remembers of its origin, and that it is written as a whole or not at all."""

import json

import numpy as np
import pytest
import xarray

from plasticity import provenance


def test_attributes_are_plain_in_the_file_and_read_back(tmp_path):
    ds = xarray.Dataset({"theta": ("time", [1.3], {"units": "1", "contested": True})}, {"time": [0.0]})
    ds.attrs = {
        "none": None,
        "table": {"a": [1, 2]},
        "truth": False,
        "text": "µM",
        "number": np.float64(0.5),
        "count": 3,
    }
    back = provenance.read(provenance.write(ds, tmp_path / "a.nc"))
    assert back.attrs == {"table": '{"a": [1, 2]}', "truth": "false", "text": "µM", "number": 0.5, "count": 3}
    assert back["theta"].attrs == {"units": "1", "contested": "true"}
    assert ds.attrs["truth"] is False  # the dataset itself stays as it was


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    path = provenance.write(xarray.Dataset({"a": 1.0}), tmp_path / "a.nc")
    before = path.read_bytes()

    def broken(self, target, **_):
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(xarray.Dataset, "to_netcdf", broken)
    with pytest.raises(KeyboardInterrupt):
        provenance.write(xarray.Dataset({"a": 2.0}), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_depends_on_content_and_not_on_order():
    assert provenance.digest({"a": 1, "b": [1, 2]}) == provenance.digest({"b": [1, 2], "a": 1})
    assert provenance.digest({"a": [1, 2]}) != provenance.digest({"a": [2, 1]})
    # SHA-256 of the two characters {}, as any other program gives it
    assert provenance.digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_outside_a_checkout_the_commit_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "plasticity" / "provenance.py"))
    provenance.commit.cache_clear()
    assert provenance.commit() == "unknown"
    provenance.commit.cache_clear()


def test_versions_are_those_of_the_installed_stack():
    assert json.loads(provenance.origin()["versions"])["numpy"] == np.__version__


@pytest.mark.parametrize("windows", [0, 1, 3])
def test_an_empty_list_of_windows_survives_the_file(windows, tmp_path):
    ds = xarray.Dataset({"t_open": ("window", np.arange(float(windows))), "censored": ((), True)})
    xarray.testing.assert_identical(provenance.read(provenance.write(ds, tmp_path / "a.nc")), ds)


def test_a_study_in_another_language_is_kept(tmp_path):
    ds = xarray.Dataset(attrs={"study": "title: Fenêtre à µM\n# 脳\n"})
    assert provenance.read(provenance.write(ds, tmp_path / "a.nc")).attrs == ds.attrs
