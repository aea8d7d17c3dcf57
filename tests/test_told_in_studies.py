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
    (only, *missed) = told(
        "kinetics_calibration", r"one half-life, ([\d.]+) h, and misses two.*: ([\d.]+) h .* ([\d.]+) h, held"
    )
    outside = re.findall(
        r"_half_life .* published ([\d.]+) .*predicted ([\d.]+) .*OUT", printed("kinetics_calibration")
    )
    assert [float(seen) for seen, _ in outside] == missed
    assert all(float(predicted) == pytest.approx(only, abs=0.005) for _, predicted in outside)  # as the head prints it


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
    assert "two weeks on (after MDMA by a day)" in head("three_act_protocol")
    assert ends["mdma"][1] - integration[2] == pytest.approx(1.0, abs=0.5)  # to the nearest day


def test_ketanserin_stops_the_window_of_lsd_but_not_in_most_draws():
    assert "most open one" in head("lsd_and_ketanserin")
    found = table("lsd_and_ketanserin", "windows", "opens in")
    assert {name: windows for name, (windows, _) in found.items()} == {"alone": 1.0, "before": 0.0, "after": 0.0}
    assert all(found[name][1] > 50.0 for name in ("before", "after"))
    assert "of draws of the uncertain ones most open a window all the same" in head("ketanserin_before_lsd")
    ((windows, opens),) = table("ketanserin_before_lsd", "windows", "opens in").values()
    assert windows == 0.0 and opens > 50.0


@pytest.mark.slow
def test_how_long_an_experience_lasts_after_ketanserin():
    seen, improved = told("lsd_and_ketanserin", r"experience lasted ([\d.]+) h .* fitted to that, it lasts ([\d.]+) h")
    published = data.load("acute_times").to_dataframe().set_index("id").value["lsd_then_ketanserin_duration"]
    assert published == seen
    plan = pl.Protocol("2 d").dose("lsd", "100 ug").dose("ketanserin", "40 mg", at="1 h")
    assert float(pl.simulate(plan, parameter_set="improved").effect_duration) == pytest.approx(improved, abs=0.05)
    assert float(pl.simulate(plan).effect_duration) < 1.0  # "within the hour"


def test_mice_lose_the_window_of_lsd_before_that_of_ketamine():
    assert "LSD, given at 1 ug/kg, closes before ketamine does" in head("mouse_exposure")
    days = {name: day for name, (day,) in table("mouse_exposure", "closes d").items()}
    assert min(days, key=days.__getitem__) == "lsd" and days["lsd"] < days["ketamine"]
    assert "In mice all these drugs are gone within a day" in head("mouse_exposure")
    for name, amount in (("mdma", "10 mg/kg"), ("ibogaine", "40 mg/kg")):  # the slowest, and the one with a metabolite
        run = pl.simulate(pl.Protocol("3 d", species="mouse").dose(name, amount), times=np.arange(0.0, 72.0, 0.1))
        for site in (key for key in run.data_vars if str(key).endswith("_effect") and key != "acute_effect"):
            assert float((run[site] / run[site].max()).where(run.time > 24.0).max()) < 0.05, site


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


def test_the_longest_window_closes_in_the_fourth_week():
    assert "in the fourth" in (bundled.folder() / "window_by_compound.yaml").read_text(encoding="utf-8")
    days = {name: day for name, (day,) in table("window_by_compound", "closes d").items()}
    assert max(days, key=days.__getitem__) == "ibogaine" and 21.0 < days["ibogaine"] < 28.0


def test_the_earliest_sessions_are_best_because_depth_falls_from_then_on(run):
    (hour,) = told("integration_schedule", r"depth is largest (\d+) h after the dose and only falls from then on")
    assert float(run.depth.idxmax("time")) == pytest.approx(hour, abs=1.0)
    assert (run.depth.where(run.time > hour + 1.0, drop=True).diff("time") < 0.0).all()
    starts = dict(re.findall(r"^(best|daily)\t([\d, ]+)\t", printed("integration_schedule"), re.MULTILINE))
    assert starts["best"] == starts["daily"]


def test_most_of_what_stays_of_a_changed_belief_is_written_while_the_window_is_open(run):
    assert "most of what stays is written while the window is open" in head("belief_drug_and_window")
    ds = pl.Study.load("belief_drug_and_window", ["uncertainty=false"]).run()
    prior = ds.belief_prior.sel(belief_relaxation=2.0, belief_openness_gain=4.0)
    before, end = (1.0 - float(prior.sel(time=hour, method="nearest")) for hour in (float(run.first_open), 7 * 24.0))
    assert before < 0.5 * end
    assert "two days later, when the window is less deep" in head("belief_drug_and_window")
    assert float(run.depth.interp(time=72.0)) < float(run.depth.interp(time=24.0))


def test_bdnf_a_day_later():
    assert "a day after MDMA nothing is left of it" in head("compare_bdnf")
    fold = {name: value for name, (value,) in table("compare_bdnf", "predicted").items()}
    assert fold["mdma_mrna_1d"] == pytest.approx(1.0, abs=0.01)
    assert "it is still up, as it was seen to be; but so is the protein, which was not" in head("compare_bdnf")
    assert fold["ibogaine_mrna_1d"] > 1.1 and fold["ibogaine_bdnf_1d"] > 1.1


@pytest.mark.slow
def test_three_accounts_of_belief_differ_on_the_first_day_and_by_little():
    (most,) = told(
        "rival_beliefs", r"on the first day alone, while the drug acts, and by at most (\d+) % of what is learned"
    )
    delays = ", ".join(f"{hour} h" for hour in (0, 1, 2, 4, 6, 12, 24, 48, 240))
    drug, accounts = "{compound: psilocybin, amount: 25 mg, at: 0 h}", "[relaxed, strengthened, all_routes]"
    over = (f"treatment=[{drug}]", f"belief={accounts}", f"integration.after_dose=[{delays}]")  # it differs most there
    changes = ["uncertainty=false", *(f"sweep.over.{axis}" for axis in over)]
    learned = 1.0 - pl.Study.load("rival_beliefs", changes).run().belief_prior_end
    apart = abs(learned / learned.sel(belief_kernel="relaxed") - 1.0).sel(belief_kernel=["strengthened", "all_routes"])
    assert round(100.0 * float(apart.max())) == most
    assert float(apart.sel({"integration.after_dose": [24.0, 48.0, 240.0]}).max()) < 0.005


@pytest.mark.slow
def test_massed_sessions_are_never_worse():
    assert "in it massed sessions are never worse" in head("session_number")
    changes = ["uncertainty=false", "sweep.over.integration.every=[0.5 d, 1 d, 2 d, 3 d, 5 d, 7 d, 9 d]"]
    learned = 1.0 - pl.Study.load("session_number", changes).run().belief_prior_end
    assert float(learned.diff("integration.every").max()) < 1e-6  # of the integration


@pytest.mark.slow
def test_a_block_protects_after_about_a_minute_by_dominance_and_never_by_default():
    assert "the switch comes after about a minute" in head("reexposure_duration")
    changes = ["uncertainty=false", "sweep.over.extinction.over=[10 s, 30 s, 60 s, 90 s, 120 s, 10 min, 1 h]"]
    fear = pl.Study.load("reexposure_duration", changes).run().fear_end
    kept = fear.sel({"protein_synthesis_block.protein_synthesis": 0.1}) > fear.sel(
        {"protein_synthesis_block.protein_synthesis": 1.0}
    )
    assert not kept.sel(memory_kernel="reconsolidation").any()
    assert kept.sel(memory_kernel="dominance").values.tolist() == [False] * 3 + [True] * 4


@pytest.mark.slow
def test_how_far_apart_spikes_are():
    least, most, low, high = told(
        "calcium_oscillation", r"here (\d+) to (\d+) seconds apart and half of them (\d+) to (\d+)"
    )
    seconds = np.arange(0.0, 9 * 3600.0, 0.1)
    plan, model = pl.Protocol("9 h").dose("psilocybin", "25 mg"), pl.Model(calcium="oscillator")
    calcium = pl.simulate(plan, model=model, times=seconds / 3600.0).calcium.values
    peaks = 1 + np.flatnonzero((calcium[1:-1] > calcium[:-2]) & (calcium[1:-1] >= calcium[2:]) & (calcium[1:-1] > 0.3))
    gaps = np.diff(seconds[peaks])
    assert [round(gaps.min()), round(gaps.max())] == [least, most]
    assert np.mean((gaps > low - 0.5) & (gaps < high + 0.5)) > 0.45  # to the second


TRIED = [
    (name, change)
    for name in sorted(path.stem for path in bundled.folder().glob("*.yaml"))
    for change in re.findall(
        r"'([\w.]+=[^']+)'",
        "\n".join(re.findall(r"^#.*$", (bundled.folder() / f"{name}.yaml").read_text(encoding="utf-8"), re.MULTILINE)),
    )
]


@pytest.mark.parametrize(("name", "change"), TRIED, ids=[f"{name} {change[:24]}" for name, change in TRIED])
def test_what_a_head_proposes_to_try_changes_the_study(name, change):
    assert pl.Study.load(name, [change]).attributes()["study_hash"] != pl.Study.load(name).attributes()["study_hash"]
