"""Virtual subjects: their spread is that which compounds state, and a subject is the same person in every sweep."""

from pathlib import Path

import numpy as np
import pytest

import plasticity as pl
from plasticity.compound import compound_names, load_compound
from plasticity.errors import InputError
from plasticity.population import subjects
from plasticity.sweeps.asking import planned

LSD = load_compound("lsd")
TYPICAL = {f"{name}.{key}": n.value for name in compound_names() if name != "tabernanthalog"
           for key, n in load_compound(name).numbers.items()}  # fmt: skip
SIZE = 40_000


def drawn(*compounds, size=SIZE, seed=0, **given):
    return subjects({"population": size, **given}, compounds, TYPICAL, "human", seed)[0]


def test_medians_and_spreads_are_those_that_are_stated():
    """Standard errors of n = 40000: 1.25 sd / sqrt(n) of a log-normal's median, four of them allowed."""
    found = drawn(LSD)
    for name, cv in (("lsd.clearance", 0.35), ("lsd.volume_central", 0.285), ("body_weight", 0.2)):
        typical = TYPICAL.get(name, 70.0)
        assert np.median(found[name]) == pytest.approx(typical, rel=4 * 1.25 * cv / np.sqrt(SIZE)), name
        spread = found[name].std() / found[name].mean()
        assert spread == pytest.approx(cv, rel=4 * 1.5 / np.sqrt(SIZE)), name


def test_the_correlation_gives_the_spread_of_the_half_life():
    """Half-life = log(2) volume / clearance; 28 % in Holze et al. 2019, from which the correlation was derived."""
    found = drawn(LSD)
    logs = np.log(found["lsd.clearance"]), np.log(found["lsd.volume_central"])
    assert np.corrcoef(*logs)[0, 1] == pytest.approx(0.62, abs=4 * (1 - 0.62**2) / np.sqrt(SIZE))
    half_life = found["lsd.volume_central"] / found["lsd.clearance"]
    assert half_life.std() / half_life.mean() == pytest.approx(0.28, abs=0.01)  # the correlation has two digits


def test_psilocybin_half_life_varies_as_published():
    """44 % in the 25 mg arm of Holze et al. 2023; clearance and volume independent, two digits each."""
    found = drawn(load_compound("psilocybin"))
    half_life = found["psilocybin.volume_central"] / found["psilocybin.clearance"]
    assert half_life.std() / half_life.mean() == pytest.approx(0.44, abs=0.015)


def test_a_subject_is_the_same_in_any_company():
    alone, more = drawn(LSD, size=10), drawn(LSD, load_compound("psilocybin"), size=1000)
    for name, values in alone.items():
        np.testing.assert_array_equal(values, more[name][:10])
    assert np.any(drawn(LSD, size=10, seed=1)["lsd.clearance"] != alone["lsd.clearance"])


def test_what_is_given_replaces_what_is_stated():
    found = drawn(
        LSD, variability={"lsd.clearance": 0, "lsd.effect_rate": "50 %"}, body_weight={"median": "80 kg", "cv": 0}
    )
    assert sorted(found) == ["lsd.effect_rate", "lsd.volume_central"]


def test_nothing_is_made_up_for_a_compound_that_states_nothing():
    with pytest.raises(InputError, match="dmt states no variability between subjects; allowed: variability"):
        drawn(load_compound("dmt"))


@pytest.mark.parametrize("name", [name for name in compound_names() if name != "tabernanthalog"])
def test_stated_variability_has_a_source_or_a_note(name):
    compound = load_compound(name)
    for number in (*compound.variability.values(), *compound.correlations.values()):
        assert number.flag == "derived"
        assert number.note
        assert number.range[0] <= number.value <= number.range[1]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    clearance: {value: 0.35,", "    clearence: {value: 0.35,", "did you mean 'clearance'"),
        ('value: 0.35, unit: "1"', "value: 0.35, unit: L/h", "a coefficient of variation, more than 0"),
        ("volume_central: {value: 0.62,", "effect_rate: {value: 0.62,", "unknown number that varies 'effect_rate'"),
        ('central: {value: 0.62, unit: "1"', "central: {value: 0.62, unit: h", "a correlation, more than 0, below 1"),
    ],
)
def test_variability_that_cannot_be_is_refused_with_its_place(tmp_path, old, new, told):
    text = (Path(pl.__file__).parent / "compounds" / "lsd.yaml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace("name: lsd", "name: nova").replace(old, new, 1)
    (tmp_path / "nova.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"nova.yaml:\d+:\d+: human\.(variability|correlations)") as error:
        load_compound("nova", folder=tmp_path)
    assert told in str(error.value)


def test_body_weight_changes_doses_per_weight_and_nothing_else():
    per_kg = pl.Protocol("1 d").dose("ketamine", "0.5 mg/kg")
    ds = pl.sweep(per_kg, {"body_weight": ["50 kg", "100 kg"]}, ["ketamine_plasma_auc"], rtol=1e-8)
    assert float(ds["ketamine_plasma_auc"][1] / ds["ketamine_plasma_auc"][0]) == pytest.approx(2.0, rel=1e-6)  # linear
    fixed = pl.Protocol("1 d").dose("ketamine", "35 mg")
    ds = pl.sweep(fixed, {"body_weight": ["50 kg", "100 kg"]}, ["ketamine_plasma_auc"])
    assert float(ds["ketamine_plasma_auc"][1]) == float(ds["ketamine_plasma_auc"][0])


def test_a_population_is_a_dimension_that_compounds_share():
    over = {"compound": ["lsd", "psilocybin"], "subject": {"population": 20}}
    plan = planned(pl.Protocol("1 d"), over, ["max_depth"])
    assert plan.dims == {"compound": 2, "subject": 20}
    assert plan.coords["lsd.clearance"].dims == ("subject",)
    lsd = plan.evaluate((slice(0, 1), slice(0, 20)))["max_depth"][0]
    alone = planned(pl.Protocol("1 d").dose("lsd", "100 ug"), {"subject": {"population": 20}}, ["max_depth"])
    np.testing.assert_array_equal(lsd, alone.evaluate((slice(0, 20),))["max_depth"])
