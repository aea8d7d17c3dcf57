"""Pages as Panel holds them, pictures, addresses and the command, without a browser."""

import xml.etree.ElementTree as ET

import pytest
from PIL import Image

import plasticity as pl
from plasticity.cli import main
from plasticity.explore.comparison import Comparison
from plasticity.explore.display import Display
from plasticity.explore.map_page import MapPage
from plasticity.explore.pictures import picture
from plasticity.explore.scenario import Scenario
from plasticity.explore.scenario_page import ScenarioControls
from plasticity.explore.serving import names
from plasticity.explore.stored import stored

PLAN = Scenario(
    {"protocol": {"duration": "28 d", "doses": [{"compound": "psilocybin", "amount": "25 mg", "at": "0 h"}]}}
)


@pytest.fixture
def page():
    comparison = Comparison([PLAN])
    display = Display(comparison)
    return comparison, display, ScenarioControls(comparison, display)


def test_slider_and_text_follow_each_other(page):
    comparison, display, controls = page
    controls.amounts[0].slider.value = 20.0
    assert controls.amounts[0].text.value == "20 mg"
    controls.amounts[0].text.value = "0.03 g"
    assert controls.amounts[0].slider.value == 30.0
    assert comparison.scenario.label == "psilocybin 0.03 g"
    assert comparison.outcomes[0].numbers["Closes"][0] in display.table.object


def test_a_refused_text_is_told_on_the_page_until_something_else_works(page):
    _comparison, display, controls = page
    before = display.table.object
    controls.amounts[0].text.value = "<b>25</b>"
    assert "role='alert'" in display.message.object
    assert "&lt;b&gt;25" in display.message.object
    assert display.table.object == before
    controls.times[0].text.value = "1 h"
    assert display.message.object == ""
    assert controls.amounts[0].text.value == "25 mg"


def test_a_second_dose_a_law_and_a_parameter(page):
    comparison, _display, controls = page
    controls.second.value = True
    assert controls.amounts[1].view.visible
    assert comparison.scenario.label == "psilocybin 25 mg + psilocybin 25 mg at 7 d"
    controls.second.value = False
    for name in ("theta_tau", "psilocybin.clearance"):
        controls.more.value = name
    assert (controls.more.value, controls.names[-2:]) == ("", ["theta_tau", "psilocybin.clearance"])
    slider, row = controls.numbers["theta_tau"]
    slider.slider.value = 3.0
    assert comparison.scenario.parameters == {"theta_tau": "3 h"}
    row[1].clicks += 1
    assert (comparison.scenario.parameters, "theta_tau" in controls.names) == ({}, False)
    controls.duration.value = "14 d"
    assert comparison.outcomes[0].time[-1] == 336.0


def test_plots_hold_every_curve_and_window(page):
    comparison, display, controls = page
    controls.add.clicks += 1
    controls.amounts[0].slider.value = 10.0
    shown = display.plots
    assert list(shown.bars.data["lane"]) == ["A", "B", "Psilocybin, mice", "Psilocybin, mice"]
    assert shown.bars.data["right"][0] == comparison.outcomes[0].windows[0][1]
    assert [line.visible for (panel, _, _), line in shown.lines.items() if panel == "threshold"] == [
        True,
        True,
        False,
        False,
    ]
    display.published.value = False
    assert list(shown.bars.data["lane"]) == ["A", "B"]
    assert list(shown.seen.data["told"]) == []


def test_pictures_are_what_they_say(tmp_path, page):
    comparison, _, _ = page
    drawn = {
        kind: picture(comparison.outcomes, ["one <&> two"], *comparison.published(), 48.0, kind)
        for kind in ("png", "svg")
    }
    assert ET.fromstring(drawn["svg"]).tag.endswith("svg")
    (tmp_path / "shown.png").write_bytes(drawn["png"])
    with Image.open(tmp_path / "shown.png") as image:
        assert image.size[0] == 2161
        assert "one <&> two" in image.text["Description"]


def test_a_map_and_its_point():
    grid = pl.sweep(
        pl.Protocol("28 d").dose("psilocybin", "25 mg"),
        {"dose": ["8 mg", "30 mg"], "brake_tau": ["5 d", "7 d"]},
        ["total_open_time", "last_close", "censored"],
    )
    page = MapPage(stored(grid))
    page._clicked(0, 1)
    assert page.point() == {"dose": 0, "brake_tau": 1}
    assert page.comparison.scenario.label == "psilocybin 8 mg, brake_tau 168 h"
    assert f"{float(grid.total_open_time[0, 1]) / 24:.6g} d" in page.note.object
    page.up.value = "(one dimension)"
    assert page.plane().values.shape == (1, 2)
    page.keep.clicks += 1
    page.places["dose"].value = "30 mg"
    assert [one.label for one in page.comparison.scenarios] == [
        "psilocybin 8 mg, brake_tau 168 h",
        "psilocybin 30 mg, brake_tau 168 h",
    ]


def test_the_number_of_a_point_is_its_own_where_a_map_leaves_points_out():
    """Of 700 places every second is drawn; the number told, the run and the mark are those of the place itself."""
    over = {"brake_tau": pl.linspace("5 d", "8 d", 700)}
    grid = pl.sweep(pl.Protocol("28 d").dose("psilocybin", "25 mg"), over, ["total_open_time"])
    page = MapPage(stored(grid))
    page.places["brake_tau"].value = page.places["brake_tau"].options[101]
    assert page.plane().step == (1, 2)
    own = float(grid.total_open_time[101]) / 24
    assert f": {own:.6g} d" in page.note.object
    assert page.map.here.data == {"x": [101], "y": [pytest.approx(own, rel=1e-15)]}  # hours to days: one rounding
    shown = float(page.comparison.outcomes[0].numbers["Open in total"][1].split()[0])
    assert shown == pytest.approx(
        float(grid.total_open_time[101]), abs=1e-9
    )  # two routines for one root, as in tests/sweeps


def test_only_this_machine_unless_told_otherwise():
    assert names("127.0.0.1", 5006) == ["127.0.0.1:5006", "localhost:5006"]
    assert names("192.0.2.7", 80) == ["192.0.2.7:80"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.nc"], "no such file"),
        (["nowhere.zarr"], "no store of a sweep"),
        (["psilocybin_stagse"], "did you mean 'psilocybin_stages'"),
        (["psilocybin_stages", "--port", "70000"], "--port: 70000; allowed: 0"),
        (["psilocybin_stages", "--port", "many"], "--port"),
        (["psilocybin_stages", "--address", "nowhere.invalid"], "no address"),
        (["psilocybin_stages", "--static", "page.html"], "is no stored sweep"),
        (["nowhere.zarr", "--static", "page.pdf"], "ending in .html"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["explore", *arguments, "--no-show"]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.err.count("\n") == 1
    assert (said.out, list(tmp_path.iterdir())) == ("", [])
