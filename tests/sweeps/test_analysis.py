"""Averages and ranks: failed, censored and undefined points are never passed over in silence."""

import numpy as np
import pytest
import xarray

from plasticity.errors import InputError
from plasticity.sweeps.analysis import averaged, ranked


@pytest.fixture
def ds():
    columns = {
        "total_open_time": [10.0, 30.0, np.nan, 50.0],
        "first_open": [5.0, np.nan, np.nan, 7.0],
        "censored": [0.0, 0.0, np.nan, 1.0],
        "status": [0, 0, -3, 0],
    }
    told = {name: ("subject", values, {"units": "h"}) for name, values in columns.items()}
    return xarray.Dataset(told, {"subject": [0, 1, 2, 3]})


def test_nothing_is_averaged_over_failures_unless_told(ds):
    with pytest.raises(InputError, match=r"1 of 4 points failed \(-3: 1\)"):
        averaged(ds, "total_open_time", "subject")
    with pytest.raises(InputError, match="1 of 4 points are censored"):
        averaged(ds, "total_open_time", "subject", failures="skip")
    skipped = averaged(ds, "total_open_time", "subject", failures="skip", censored="skip")
    assert (float(skipped), skipped.attrs["counted"], skipped.attrs["units"]) == (20.0, 2, "h")
    assert float(averaged(ds, "total_open_time", "subject", failures="skip", censored="as_is")) == 30.0


@pytest.mark.parametrize("censored", ["refuse", "skip"])
def test_a_duration_is_not_averaged_where_nobody_knows_which_are_lower_bounds(ds, censored):
    blind = ds.drop_vars("censored")
    for read in (
        lambda **said: averaged(blind, "total_open_time", "subject", **said),
        lambda **said: ranked(blind, "total_open_time", **said),
    ):
        with pytest.raises(InputError, match="does not keep 'censored'"):
            read(failures="skip", censored=censored)
    assert float(averaged(blind, "total_open_time", "subject", failures="skip", censored="as_is")) == 30.0
    assert float(averaged(blind, "first_open", "subject", failures="skip", undefined="skip")) == 6.0


def test_a_window_that_never_opened_has_no_time_to_average(ds):
    with pytest.raises(InputError, match="1 of 4 points have none"):
        averaged(ds, "first_open", "subject", failures="skip")
    assert float(averaged(ds, "first_open", "subject", failures="skip", undefined="skip")) == 6.0


def test_ranks_leave_out_what_they_were_told_to(ds):
    with pytest.raises(InputError, match="failed"):
        ranked(ds, "total_open_time")
    order = ranked(ds, "total_open_time", failures="skip", censored="as_is")
    assert order["subject"].values.tolist() == [3, 1, 0]


def test_unknown_words_are_refused(ds):
    for options in ({"failures": "ignore"}, {"statistic": "mode"}, {"over": "subjects"}):
        with pytest.raises(InputError, match="unknown"):
            averaged(ds, "first_open", **({"over": "subject"} | options))
