"""Published observations: what they say, and that no table can be read wrongly."""

import re

import numpy as np
import pytest

from plasticity import data
from plasticity.declare import FLAGS
from plasticity.errors import InputError


@pytest.fixture(scope="module")
def windows():
    return data.load("critical_period_windows").set_index(row="compound")


def test_the_days_are_those_of_nardou_2019_and_2023(windows):
    # doi:10.1038/s41586-019-1075-9, doi:10.1038/s41586-023-06204-3: open for 48 h, 2, 2, 3 and 4 weeks
    open_days = {"ketamine": 2, "psilocybin": 14, "mdma": 14, "lsd": 21, "ibogaine": 28}
    closed_days = {"ketamine": 7, "psilocybin": 21, "mdma": 28, "lsd": 28}
    assert {str(name): float(windows.last_open_day.sel(row=name)) for name in windows.row.values} == open_days
    assert {name: float(windows.first_closed_day.sel(row=name)) for name in closed_days} == closed_days
    assert np.isnan(windows.first_closed_day.sel(row="ibogaine"))


def test_a_window_is_seen_open_before_it_is_seen_closed(windows):
    known = windows.where(windows.first_closed_day.notnull(), drop=True)
    assert known.sizes["row"] == 4
    assert (known.last_open_day < known.first_closed_day).all()


def test_the_calibration_aims_lie_within_what_was_seen(windows):
    aimed = windows.where(windows.aim_day.notnull(), drop=True)
    assert dict(zip(aimed.row.values.tolist(), aimed.aim_day.values.tolist(), strict=True)) == {
        "ketamine": 4.5,
        "psilocybin": 17.5,
    }
    assert (aimed.last_open_day < aimed.aim_day).all()
    assert (aimed.aim_day < aimed.first_closed_day).all()


def test_what_was_fitted_is_told_from_what_is_predicted(windows):
    assert ((windows.role == "calibration") == windows.aim_day.notnull()).all()
    assert set(windows.role.values.tolist()) == {"calibration", "holdout"}


def test_every_number_says_how_well_it_is_known_and_where_it_stands(windows, root):
    bibliography = set(re.findall(r"^@\w+\{(\w+),", (root / "plasticity" / "sources.bib").read_text(), re.MULTILINE))
    for row in range(windows.sizes["row"]):
        record = windows.isel(row=row)
        assert str(record.flag_open.values) in FLAGS
        assert str(record.flag_closed.values) in FLAGS
        keys = str(record.source.values).split()
        assert keys and set(keys) <= bibliography


@pytest.mark.parametrize("name", data.names())
def test_every_column_of_every_table_is_described(name):
    table = data.load(name)
    assert table.attrs["title"] and table.sizes["row"] > 0
    for column in table.data_vars.values():
        assert column.attrs["long_name"]
        assert (column.dtype == float) == ("units" in column.attrs)


OBSERVATIONS = [name for name in data.names() if "quantity" in data.load(name)]
SPREADS = ("mean_ci", "sd", "range", "bounds", "exact", "none")


@pytest.mark.parametrize("name", OBSERVATIONS)
def test_every_observation_says_what_it_is_and_how_well_it_is_known(name, root):
    bibliography = set(re.findall(r"^@\w+\{(\w+),", (root / "plasticity" / "sources.bib").read_text(), re.MULTILINE))
    table = data.load(name)
    for row in range(table.sizes["row"]):
        record = {column: table[column].values[row] for column in table.data_vars}
        assert record["flag"] in FLAGS and record["role"] in ("calibration", "holdout") and record["note"]
        assert record["spread"] in SPREADS, record["id"]
        assert set(record["source"].split()) <= bibliography, record["id"]
        low, value, high = record["low"], record["value"], record["high"]
        assert (record["spread"] in ("mean_ci", "range", "bounds")) == (np.isfinite(low) and np.isfinite(high))
        assert not np.isfinite([low, value, high]).all() or low <= value <= high, record["id"]
        assert (record["spread"] == "sd") == np.isfinite(record["sd"])


def test_no_two_observations_share_a_name():
    ids = [str(one) for name in OBSERVATIONS for one in data.load(name)["id"].values]
    assert len(ids) == 109 and len(set(ids)) == len(ids)


def test_an_unknown_table_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match=r"'critical_period_window'; did you mean 'critical_period_windows'\?"):
        data.load("critical_period_window")


HEAD = "# What this is.\n# compound: name\n# day [d]: when\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "compound,day\nlsd\n", r"table\.csv:5: 1 cells; allowed: 2, one per column"),
        (HEAD + "compound,day\nlsd,soon\n", r"table\.csv:5: day: 'soon'; allowed: a finite number, or nothing"),
        (HEAD + "compound,day\nlsd,inf\n", r"day: 'inf'; allowed: a finite number"),
        (HEAD + "compound,day\nlsd,nan\n", r"day: 'nan'; allowed: a finite number"),
        (HEAD + "compound,week\nlsd,3\n", r"columns are \['compound', 'week'\]; allowed: .*\['compound', 'day'\]"),
        ("", r"no columns; allowed: lines"),
    ],
)
def test_a_table_that_departs_from_the_form_is_refused(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        data.read(path)
    assert "\n" not in str(caught.value)


def test_an_empty_cell_is_unknown_and_a_comma_may_stand_in_quotes(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(HEAD + 'compound,day\n"lsd, oral",\n')
    table = data.read(path)
    assert str(table.compound.values[0]) == "lsd, oral"
    assert np.isnan(table.day.values[0])
