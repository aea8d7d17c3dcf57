"""What the heads of the bundled studies tell of results is what the model gives."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import plasticity as pl
from plasticity import data, observables
from plasticity.plasticity_rule import flip_frequency
from plasticity.study import bundled

RECORD = Path(__file__).parents[1] / "docs" / "gallery" / "record.json"
PSILOCYBIN = pl.Protocol("28 d").dose("psilocybin", "25 mg")
WORDS = {"five": 5, "eight": 8, "nine": 9, "ten": 10}


def head(study):
    """The comment on top of a study, as one line."""
    lines = (bundled.folder() / f"{study}.yaml").read_text(encoding="utf-8").splitlines()
    return " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))


def told(study, pattern):
    """The numbers that stand in a head where the pattern says."""
    found = re.search(pattern, head(study))
    assert found, f"{study} no longer says {pattern!r}"
    return [float(WORDS.get(given, given)) for given in found.groups()]


def printed(study):
    """What the study's full run printed; `tests/test_gallery.py` holds it against the model that is here."""
    return json.loads(RECORD.read_text(encoding="utf-8"))[study]["printed"]


def table(study, *columns):
    """Numbers of the printed table by the first column; infinite where there is none."""
    lines = [line.split("\t") for line in printed(study).splitlines() if "\t" in line]
    places = [lines[0].index(column) for column in columns]
    number = re.compile(r"[\d.]+")
    return {row[0]: [float(m[0]) if (m := number.match(row[at])) else np.inf for at in places] for row in lines[1:]}


@pytest.fixture(scope="module")
def run():
    return pl.simulate(PSILOCYBIN, times=np.arange(0.0, 672.05, 0.1))


def test_the_kinetics_fit():
    pattern = r"best fit is (\d+) L/h \(standard error (\d+) %\) and (\d+) L \((\d+) %\)"
    clearance, of_clearance, volume, of_volume = told("kinetics_calibration", pattern)
    rows = {
        line.split("\t")[0]: line.split("\t") for line in printed("kinetics_calibration").splitlines() if "\t" in line
    }
    for name, value, percent in (("clearance", clearance, of_clearance), ("volume_central", volume, of_volume)):
        fitted = rows[f"kinetics.psilocybin.{name}"]
        low, high = map(float, fitted[3].split(" to "))
        assert round(float(fitted[2])) == value
        assert round(100.0 * (high - low) / (2.0 * 1.96 * float(fitted[2]))) == percent


def test_the_brake_meets_the_middles_and_relative_errors_move_them():
    normal, relative = (
        told("brake_calibration", pattern)
        for pattern in (r"both middles, ([\d.]+) and ([\d.]+) d", r"the middles to ([\d.]+) and ([\d.]+) d")
    )
    seen = data.load("critical_period_windows").isel(row=slice(0, 2))
    assert seen.compound.values.tolist() == ["ketamine", "psilocybin"]
    low, high = seen.last_open_day.values, seen.first_closed_day.values
    np.testing.assert_allclose((low + high) / 2.0, normal)
    np.testing.assert_allclose(np.sqrt(low * high), relative, atol=0.05)  # the digits of the head
    closes = re.search(r"^first_order: .*ketamine ([\d.]+), psilocybin ([\d.]+)", printed("brake_calibration"), re.M)
    np.testing.assert_allclose([float(day) for day in closes.groups()], normal, atol=0.005)  # as printed


def test_pairings_that_potentiate(run):
    (rest,) = told("pairing_map", r"At rest such pairings depress below about (\d+) Hz")
    level, enough = reversed(told("pairing_map", r"sinks: (\d+) Hz is enough. That is where the .* window, ([\d.]+),"))
    assert flip_frequency(1.0) == pytest.approx(rest, abs=0.5)
    assert level == float(pl.Model().assemble(PSILOCYBIN.compounds).declared["window_open_ratio"].value)
    assert np.ceil(flip_frequency(level)) == enough
    (day,) = told("pairing_map", r"until about day (\d+), the rule even lets the slowest pairings potentiate")
    slowest = observables.pairing_change(run, frequency=["1 Hz"], delta_t=["-10 ms"]).squeeze()
    last = float(run.time.values[np.flatnonzero(slowest.values > 1.0)[-1]])
    assert last / 24.0 == pytest.approx(day, abs=0.5)


def test_the_time_scales_part_company(run):
    at_rest, mrna, mature, trkb = told(
        "psilocybin_stages",
        r"Calcium is back at rest within (\w+) hours .* mRNA peaks at (\w+) hours, "
        r"the mature protein at (\w+), TrkB at (\w+)\.",
    )
    raised = (run.calcium - run.calcium[0]) / (run.calcium.max() - run.calcium[0])
    assert float(raised.where(run.time > at_rest).max()) < 0.02
    for name, hour in (("bdnf_mrna", mrna), ("bdnf_mature", mature), ("trkb_active", trkb)):
        assert float(run[name].idxmax("time")) == pytest.approx(hour, abs=0.5), name
    assert int(pl.simulate(pl.Protocol("28 d").dose("psilocybin", "5 mg")).number_of_windows) == 0


def test_three_acts():
    ends = table("three_act_protocol", "opens h", "closes d")
    _, *integration = (8.0, 8.0, 14.0, 21.0, 28.0)
    open_in = {name: [opens / 24.0 < day < closes for day in integration] for name, (opens, closes) in ends.items()}
    assert open_in["psilocybin"] == open_in["mdma"] == [True, True, True, False]
    assert open_in["ketamine"] == [True, False, False, False]


def test_ketanserin_stops_the_window_of_lsd_but_not_in_most_draws():
    assert "most open one" in head("lsd_and_ketanserin")
    found = table("lsd_and_ketanserin", "windows", "opens in")
    assert {name: windows for name, (windows, _) in found.items()} == {"alone": 1.0, "before": 0.0, "after": 0.0}
    assert all(found[name][1] > 50.0 for name in ("before", "after"))


def test_mice_lose_the_window_of_lsd_before_that_of_ketamine():
    assert "LSD, given at 1 ug/kg, closes before ketamine does" in head("mouse_exposure")
    days = {name: day for name, (day,) in table("mouse_exposure", "closes d").items()}
    assert min(days, key=days.__getitem__) == "lsd" and days["lsd"] < days["ketamine"]


def test_a_larger_dose_buys_a_longer_window_and_more_from_a_session():
    longer, more = told(
        "session_delay", r"lasts (\d+) % longer, and the most that three sessions achieve rises by (\d+)"
    )
    ds = pl.Study.load("session_delay", ["sweep.over.dose=[20 mg, 40 mg]", "uncertainty=false"]).run()
    delays = "integration.after_dose"
    most = (1.0 - ds.belief_prior_end).max(delays).values
    lasts = [
        float(pl.simulate(pl.Protocol("35 d").dose("psilocybin", dose)).total_open_time) for dose in ("20 mg", "40 mg")
    ]
    assert [round(100.0 * (high / low - 1.0)) for low, high in (lasts, most)] == [longer, more]


def test_three_times_the_dose_buys_few_days_but_of_ibogaine_and_ketamine():
    few, ibogaine, ketamine = told(
        "window_by_dose",
        r"less than (\d+) d more of psilocybin, MDMA and LSD, (\d+) d of ibogaine, and (\d+) d of",
    )
    ds = pl.Study.load("window_by_dose", ["sweep.over.dose.multiple=[1, 3]", "uncertainty=false"]).run()
    days = ds.total_open_time.diff("dose.multiple").squeeze().to_series() / 24.0
    assert all(days[["psilocybin", "mdma", "lsd"]] < few)
    assert [round(days[name]) for name in ("ibogaine", "ketamine")] == [ibogaine, ketamine]
