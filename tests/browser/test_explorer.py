"""The explorer in a real browser: what is moved, clicked and exported, and the same numbers from `plasticity run`."""

import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import xarray

import plasticity as pl
from plasticity import provenance
from plasticity.cli import main
from plasticity.explore.stored import read, stored

pytestmark = pytest.mark.slow
PSILOCYBIN = pl.Protocol("28 d").dose("psilocybin", "25 mg")
KEEP = ["total_open_time", "first_open", "last_close", "number_of_windows", "max_depth", "censored"]
LONG = 120_000
"""A model may have to be compiled first [ms]."""


def served(*arguments):
    """Start the explorer on a free port; give its process and address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "plasticity", "explore", *map(str, arguments), "--no-show", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    found = re.search(r"http://localhost:\d+/", line)
    assert found, line + process.stderr.read()
    return process, found[0].replace("localhost", "127.0.0.1")


def ended(process):
    """End it as Ctrl-C does; no error may have been written to stderr."""
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "rror" not in said


@pytest.fixture(scope="module")
def scenarios():
    process, address = served("psilocybin_stages")
    yield address
    ended(process)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Store a small sweep with three dimensions."""
    path = tmp_path_factory.mktemp("sweep") / "map.zarr"
    over = {
        "dose": pl.geomspace("5 mg", "40 mg", 6),
        "brake_tau": pl.linspace("5 d", "8 d", 4),
        "theta_tau": ["2 h", "4 h"],
    }
    pl.sweep(PSILOCYBIN, over, KEEP, out=path)
    return path


@pytest.fixture(scope="module")
def maps(store):
    process, address = served(store)
    yield address
    ended(process)


@pytest.fixture
def outside(page):
    """Collect what a page asks of anybody but this machine; nothing is let through."""
    asked = []

    def decide(route):
        here = route.request.url.startswith(("http://127.0.0.1", "file:", "data:", "blob:"))
        if not here:
            asked.append(route.request.url)
        return route.continue_() if here else route.abort()

    page.context.route("**/*", decide)
    return asked


def opened(page, address):
    page.goto(address)
    page.locator("table").wait_for(timeout=LONG)
    return page.locator("table")


def numbers(table, row=1):
    """The numbers of a scenario in full, by heading."""
    heads = table.locator("tr").first.locator("th").all_inner_texts()
    cells = table.locator("tr").nth(row).locator("th, td")
    return {head: cells.nth(at).get_attribute("title") for at, head in enumerate(heads)}


def changed(page, before):
    page.wait_for_function(
        """before => {
            const find = root => {
                for (const one of root.querySelectorAll('*')) {
                    if (one.tagName == 'TABLE') return one
                    const below = one.shadowRoot && find(one.shadowRoot)
                    if (below) return below
                }
            }
            return find(document) && find(document).innerText != before
        }""",
        arg=before,
        timeout=LONG,
    )


def saved(page, label, folder):
    with page.expect_download(timeout=LONG) as download:
        page.get_by_text(label, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_slider_moves_the_window_and_the_exported_study_gives_the_same_numbers(
    page, scenarios, outside, tmp_path, monkeypatch
):
    table = opened(page, scenarios)
    run = pl.Study.load("psilocybin_stages").run()
    assert numbers(table)["Closes"] == f"{float(run.last_close)!r} h"
    before = table.inner_text()
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    changed(page, before)
    shown = numbers(table)
    assert float(shown["Closes"].split()[0]) < float(run.last_close)
    path = saved(page, "Save study", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(path), "--out", "again.nc"]) == 0
    again = provenance.read("again.nc")
    for head, name in {
        "Opens": "first_open",
        "Closes": "last_close",
        "Open in total": "total_open_time",
        "Deepest": "max_depth",
        "Acute effect lasts": "effect_duration",
    }.items():
        assert float(shown[head].split()[0]) == float(again[name]), head
    assert outside == []


def test_the_slider_follows_the_mouse(page, scenarios):
    table = opened(page, scenarios)
    before = table.inner_text()
    box = page.locator(".noUi-handle").first.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=4)
    page.mouse.up()
    changed(page, before)
    assert "psilocybin 25 mg" not in table.inner_text()


FOCUSED = """() => {
    let one = document.activeElement
    while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement
    const style = getComputedStyle(one)
    const seen = (style.outlineStyle != 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow != 'none'
    return [`${one.tagName} ${one.className} ${one.type || ''} ${one.innerText || one.value || ''}`, seen]
}"""
"""What has the focus, and whether a ring around it shows that."""


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(page, scenarios):
    """Tab alone leads to every control, and what has the focus can be told."""
    opened(page, scenarios)
    reached, unseen = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        told, seen = page.evaluate(FOCUSED)
        reached.append(told)
        if told.startswith("BODY"):  # once around the page
            break
        unseen += [] if seen else [told]
    assert unseen == []
    told = "\n".join(reached[:-1])
    for wanted in (
        "Copy",
        "psilocybin",
        "noUi-handle",
        "25 mg",
        "Second dose",
        "156.42 h",
        "✕",
        "brake_capacity",
        "averaged",
        "first_order",
        "28 d",
        "48 h",
        "Save study",
        "Save PNG",
        "Save SVG",
    ):
        assert wanted in told, wanted


def test_a_wrong_quantity_is_told_and_nothing_is_lost(page, scenarios):
    table = opened(page, scenarios)
    before = table.inner_text()
    text = page.get_by_label("As text").first
    text.fill("25")
    text.press("Enter")
    page.get_by_role("alert").wait_for(timeout=LONG)
    assert page.get_by_role("alert").inner_text().startswith("protocol.doses.0.amount: '25' has no unit; allowed:")
    assert table.inner_text() == before
    text.fill("20 mg")
    text.press("Enter")
    changed(page, before)
    assert page.get_by_role("alert").count() == 0


def test_scenarios_are_compared_and_saved(page, scenarios, tmp_path, monkeypatch):
    table = opened(page, scenarios)
    before = table.inner_text()
    page.get_by_role("button", name="Copy").click()
    changed(page, before)
    before = table.inner_text()
    page.get_by_role("button", name="Second dose").click()
    changed(page, before)
    assert "psilocybin 25 mg + psilocybin 25 mg at 7 d" in table.inner_text()
    shown = [numbers(table, row)["Closes"] for row in (1, 2)]
    path = saved(page, "Save study", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(path), "--out", "both.nc"]) == 0
    both = provenance.read("both.nc")
    figure = (tmp_path / "both.png").read_bytes()
    assert figure[1:4] == b"PNG" and b"psilocybin 25 mg at 7 d" in figure  # its caption tells the second dose
    assert shown == [f"{float(closes)!r} h" for closes in both.last_close.sel(scenario=["A", "B"])]
    assert saved(page, "Save PNG", tmp_path).read_bytes()[1:4] == b"PNG"
    assert ET.parse(saved(page, "Save SVG", tmp_path)).getroot().tag.endswith("svg")


def told_along(page, box, across, wanted):
    """Move the mouse down a plot, at a share of its width, until it is told what is wanted; give that line."""
    x, told = box["x"] + across * box["width"], ""
    for step in range(4, 38):
        page.mouse.move(x - 3, box["y"] + step / 40.0 * box["height"])
        page.mouse.move(x, box["y"] + step / 40.0 * box["height"], steps=3)
        page.wait_for_timeout(100)  # the pointer rests
        told = "; ".join(" ".join(text.split()) for text in page.locator(".bk-tooltip-content").all_inner_texts())
        if re.search(wanted, told):
            return re.search(wanted, told)
    return told


def test_a_trace_tells_its_value_with_its_unit_where_the_mouse_is(page, scenarios):
    opened(page, scenarios)
    run = pl.Study.load("psilocybin_stages").run()
    box = page.locator(".bk-Figure").nth(2).bounding_box()  # after threshold and windows: concentrations
    found = told_along(page, box, 0.5, r"A: Psilocybin, plasma time: ([0-9.]+) h value: ([0-9.]+) nM")
    assert not isinstance(found, str), found
    time, value = map(float, found.groups())
    near = [float(run.psilocybin_plasma.interp(time=time + moved)) for moved in (0.25, -0.25)]
    assert near[0] < value < near[1]  # the time is told to a tenth of an hour, and the screen draws every fifth


def test_a_place_of_the_map_tells_where_it_is_and_its_value_with_units(page, maps, store):
    opened(page, maps)
    box = page.locator(".bk-Figure").first.bounding_box()
    found = told_along(page, box, 0.55, r"\(mg\): ([0-9.]+ mg) .*\(d\): ([0-9.]+ d) .*windows: ([0-9.]+) d")
    assert not isinstance(found, str), found
    grid = xarray.open_zarr(store, consolidated=False).load()
    shown = stored(read(store))
    dose, tau = shown.axis("dose").labels.index(found[1]), shown.axis("brake_tau").labels.index(found[2])
    expected = float(grid.total_open_time.isel(dose=dose, brake_tau=tau, theta_tau=1)) / 24.0
    assert float(found[3]) == pytest.approx(expected, abs=0.0006)  # told to a thousandth, in single precision


def test_the_page_fits_a_laptop_and_says_what_it_is_not(page, scenarios):
    opened(page, scenarios)
    for width, height in ((1280, 800), (1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    notice = page.get_by_text("not evidence about treatment")
    assert notice.is_visible()
    assert notice.bounding_box()["y"] < 40


def test_a_click_on_the_map_shows_the_run_of_that_point(page, maps, store, outside, tmp_path):
    table = opened(page, maps)
    before = table.inner_text()
    box = page.locator(".bk-Canvas, canvas").first.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    changed(page, before)
    shown = numbers(table)
    told = page.get_by_role("status").inner_text()
    grid = pl.sweep(
        PSILOCYBIN,
        {
            "dose": pl.geomspace("5 mg", "40 mg", 6),
            "brake_tau": pl.linspace("5 d", "8 d", 4),
            "theta_tau": ["2 h", "4 h"],
        },
        KEEP,
    )
    dose, tau = (float(re.search(rf"([0-9.]+) {unit}", told)[1]) for unit in ("mg", "d"))
    point = grid.sel(dose=dose, brake_tau=24.0 * tau, method="nearest").sel(theta_tau=4.0)
    # The map's roots and those of a single run are found by two routines, equal to rounding (tests/sweeps).
    assert float(shown["Closes"].split()[0]) == pytest.approx(float(point.last_close), abs=1e-9)
    path = saved(page, "Save study", tmp_path)
    assert f"{float(pl.Study.load(path).run().last_close)!r} h" == shown["Closes"]
    assert saved(page, "Save map as PNG", tmp_path).read_bytes()[1:4] == b"PNG"
    assert ET.parse(saved(page, "Save map as SVG", tmp_path)).getroot().tag.endswith("svg")
    assert outside == []


def test_every_dimension_is_a_slider(page, maps):
    table = opened(page, maps)
    for at in range(3):
        before = table.inner_text()
        page.locator(".noUi-handle").nth(at).focus()
        page.keyboard.press("ArrowLeft")
        changed(page, before)


def test_a_page_in_one_file_works_without_a_network(page, store, outside, tmp_path, capsys):
    assert main(["explore", str(store), "--static", str(tmp_path / "map.html")]) == 0
    page.context.set_offline(True)
    page.goto((tmp_path / "map.html").as_uri())
    told = page.get_by_role("status")
    told.wait_for(timeout=LONG)
    before = told.inner_text()
    for at in range(3):
        page.locator(".noUi-handle").nth(at).focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
        assert told.inner_text() != before
        before = told.inner_text()
    grid = pl.sweep(
        PSILOCYBIN,
        {
            "dose": pl.geomspace("5 mg", "40 mg", 6),
            "brake_tau": pl.linspace("5 d", "8 d", 4),
            "theta_tau": ["2 h", "4 h"],
        },
        KEEP,
    )
    expected = grid.isel(dose=2, brake_tau=1, theta_tau=0)
    total = re.search(r"Sum of the durations of all windows: ([0-9.]+) d", told.inner_text())[1]
    assert float(total) == pytest.approx(float(expected.total_open_time) / 24.0, rel=1e-4)  # printed with five digits
    box = page.locator("canvas").first.bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
    assert told.inner_text() != before
    assert outside == []
    assert np.isfinite(float(total))


def test_another_compound_comes_with_its_own_windows(page, scenarios):
    table = opened(page, scenarios)
    before = table.inner_text()
    page.get_by_label("Compound of dose 1").select_option("lsd")
    changed(page, before)
    run = pl.simulate(pl.Protocol("28 d").dose("lsd", "100 ug"))
    assert numbers(table)["Closes"] == f"{float(run.last_close)!r} h"
    assert "Preparing another model" not in page.locator("main").inner_text()
