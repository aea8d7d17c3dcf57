"""What is refused, in one line that names the axis, before anything is computed or written."""

import pytest

import plasticity as pl
from plasticity.cli import main
from plasticity.study import Study
from plasticity.sweeps.asking import planned

ONE = pl.Protocol("1 d").dose("psilocybin", "25 mg")
TWO = ONE.dose("lsd", "100 ug", at="2 h", name="second")
BAD = {
    "no axis": (ONE, {}, "over: {}"),
    "empty": (ONE, {"brake_tau": []}, "axis brake_tau: an empty list"),
    "twice": (ONE, {"brake_tau": ["5 d", "120 h"]}, "axis brake_tau: '120 h' stands twice"),
    "no parameter": (ONE, {"brake_tua": ["5 d"]}, "unknown axis 'brake_tua'; did you mean 'brake_tau'"),
    "no number of the compound": (ONE, {"psilocybin.clearence": ["5 L/h"]}, "did you mean 'psilocybin.clearance'"),
    "several doses": (TWO, {"dose": ["1 mg"]}, "2 doses; allowed: second.amount"),
    "equal doses": (ONE.dose("psilocybin", "25 mg", at="8 h"), {"dose": ["1 mg"]}, "2 doses; allowed: a name for each"),
    "no dose": (pl.Protocol(), {"dose": ["1 mg"]}, "axis dose: the protocol has no dose"),
    "no row": (ONE, {"dose.every": ["1 d"]}, "a single dose has no interval"),
    "dose aspect": (TWO, {"second.amuont": ["1 mg"]}, "did you mean 'second.amount'"),
    "dimension": (ONE, {"dose": ["1 h"]}, "axis dose: '1 h' has the wrong unit"),
    "two units": (ONE, {"dose": ["1 mg", "1 mg/kg"]}, "'1 mg/kg' is in mg/kg, '1 mg' in mg"),
    "unphysical": (ONE, {"brake_tau": ["-5 d"]}, "axis brake_tau: -120 is unphysical; allowed: more than 0"),
    "negative dose": (ONE, {"dose": ["-5 mg"]}, "axis dose: -5 mg; allowed: 0 or more"),
    "after the end": (ONE, {"dose.at": ["2 d"]}, "axis dose.at: 48 h; allowed: less than the duration"),
    "unequal": (ONE, {"pair": {"zip": {"dose": ["1 mg"], "brake_tau": ["5 d", "6 d"]}}}, "different lengths"),
    "ragged": (ONE, {"row": {"table": [{"dose": "1 mg"}, {"brake_tau": "5 d"}]}}, "row 2 of the table has brake_tau"),
    "same thing": (ONE, {"dose": ["1 mg"], "x": {"zip": {"dose.amount": ["2 mg"]}}}, "change the same thing"),
    "range without points": (ONE, {"dose": {"from": "1 mg", "to": "2 mg"}}, "a grid draws nothing"),
    "reversed log": (ONE, {"dose": {"from": "0 mg", "to": "2 mg", "points": 3, "spacing": "log"}}, "log spacing"),
    "unknown distribution": (ONE, {"dose": {"distribution": "lognorml"}}, "did you mean 'lognormal'"),
    "compound": (ONE, {"compound": ["lds"]}, "unknown compound 'lds'; did you mean 'lsd'"),
    "species without data": (pl.Protocol().dose("dmt", "1 mg"), {"species": ["mouse"]}, "no data for species 'mouse'"),
    "own": (ONE, {"compound": ["psilocybin", "lsd"], "psilocybin.clearance": ["5 L/h"]}, "has no such parameter"),
    "1e12 points": (
        ONE, {"dose": pl.linspace("1 mg", "2 mg", 1_000_000), "brake_tau": pl.linspace("5 d", "6 d", 1_000_000)},
        "1,000,000,000,000 points; allowed: up to 1,000,000,000",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_axis_is_told_in_one_line(case):
    protocol, over, told = BAD[case]
    with pytest.raises(pl.InputError) as error:
        planned(protocol, over, ["max_depth"])
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("keep", "told"),
    [
        ([], "keep: []"),
        (["max_depht"], "did you mean 'max_depth'"),
        (["max_depth", "max_depth"], "stands twice"),
        (["acute_maximum"], "the acute effect is a signal"),
        (["lsd_plasma_peak"], "unknown summary 'lsd_plasma_peak'"),
    ],
)
def test_a_summary_that_is_none_is_refused(keep, told):
    with pytest.raises(pl.InputError) as error:
        planned(ONE, {"brake_tau": ["5 d"]}, keep)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"design": "sobl"}, "did you mean 'sobol'"),
        ({"design": "sobol", "samples": 100}, "powers of two, such as 64 or 128"),
        ({"design": "halton"}, "samples: None"),
        ({"design": "halton", "samples": 10**12}, "samples: 1000000000000"),
        ({"design": "halton", "samples": 8, "seed": -1}, "seed: -1"),
        ({"design": "halton", "samples": 8, "rtol": 2.0}, "rtol: 2.0"),
    ],
)
def test_a_design_that_cannot_be_is_refused(options, told):
    with pytest.raises(pl.InputError, match="."):
        planned(ONE, {"brake_tau": {"from": "5 d", "to": "6 d"}}, ["max_depth"], **options)
    with pytest.raises(pl.InputError) as error:
        planned(ONE, {"brake_tau": {"from": "5 d", "to": "6 d"}}, ["max_depth"], **options)
    assert told in str(error.value)


STUDY = """\
protocol: {duration: 2 d, doses: [{compound: psilocybin, amount: 25 mg}]}
sweep:
  over:
    dose: {from: 1 mg, to: 40 mg, points: 4, spacing: log}
    theta_tau: [1 h, 2 h]
  keep: [max_depth, first_open]
"""


@pytest.fixture
def study(tmp_path):
    def written(old="", new=""):
        assert old in STUDY
        path = tmp_path / "map.yaml"
        path.write_text(STUDY.replace(old, new, 1), encoding="utf-8")
        return path

    return written


def test_a_study_that_keeps_summaries_is_planned_and_run(study):
    read = Study.load(study())
    assert read.plan().dims == {"dose": 4, "theta_tau": 2}
    assert read.plan().attributes["study_hash"] == read.attributes()["study_hash"]
    assert read.check()["points"] == 8
    ds = read.run()
    assert ds["max_depth"].shape == (4, 2)
    own = pl.sweep(ONE.__class__("2 d").dose("psilocybin", "25 mg"),
                   {"dose": pl.geomspace("1 mg", "40 mg", 4), "theta_tau": ["1 h", "2 h"]}, ["max_depth"])  # fmt: skip
    assert (ds["max_depth"] == own["max_depth"]).all()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("points: 4", "points: 1000000000000", ":4:11: sweep.over.dose: "),
        ("[1 h, 2 h]", "[1, 2]", ":5:16: sweep.over.theta_tau: 1 has no unit"),
        ("[1 h, 2 h]", "[1 h, 60 min]", ":5:16: sweep.over.theta_tau: '60 min' stands twice"),
        ("theta_tau", "theta_tua", ":5:16: sweep.over.theta_tua: unknown axis 'theta_tua'; did you mean 'theta_tau'"),
        ("max_depth", "max_depht", ":6:9: sweep.keep: unknown summary 'max_depht'; did you mean 'max_depth'"),
        ("  keep: [max_depth, first_open]\n", "", "ranges need `keep`"),
        ("keep:", "design: sobol\n  seed: 1.5\n  keep:", ":7:9: sweep.seed: 1.5"),
    ],
)
def test_a_bad_study_is_told_with_its_place(study, old, new, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main(["run", str(study(old, new))]) == 2
    output = capsys.readouterr()
    assert told in output.err
    assert output.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == sorted({*before, tmp_path / "map.yaml"})
