"""Every number says how well it is known: on the page of assumed numbers, and in every dataset."""

import json
import sys
from pathlib import Path

import pytest

import plasticity as pl
from plasticity import config
from plasticity.kernels import declared_kernels
from plasticity.study.evidence import evidence_known

ROOT = Path(__file__).parents[1]
FILES = [*ROOT.glob("plasticity/compounds/*.yaml"), *ROOT.glob("plasticity/parameter_sets/*.yaml")]
FLAGS = {"verified", "verified_secondary", "recalled", "derived", "assumed", "fitted", "given"}


def assumed_in(data: object, name: str = "") -> list[tuple[str, float]]:
    """Walk a file as it stands, whatever its sections are called."""
    if isinstance(data, list):
        return [pair for one in data for pair in assumed_in(one, name)]
    if not isinstance(data, dict):
        return []
    if data.get("flag") == "assumed":
        return [(name.rpartition(".")[2], float(data["value"]))]
    return [pair for key, one in data.items() for pair in assumed_in(one, str(key))]


@pytest.fixture(scope="module")
def page():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from pages.numbers import assumed_page, every_number

        rows = every_number()
        return rows, assumed_page(rows)
    finally:
        sys.path.remove(str(ROOT / "docs"))


def test_every_assumed_number_of_a_file_is_on_the_page(page):
    rows, text = page
    listed = sorted((row.name.removeprefix("variability of ").rpartition(".")[2], row.value) for row in rows
                    if row.flag == "assumed" and row.owner not in {k.name for k in declared_kernels()})  # fmt: skip
    found = sorted(pair for path in FILES for pair in assumed_in(config.load(path).plain()))
    assert len(found) > 50
    missing = list(found)
    for one in listed:
        if one in missing:
            missing.remove(one)
    assert missing == []
    assert "set noribogaine\\_active" in text or "set noribogaine_active" in text


def test_every_assumed_number_of_a_kernel_is_on_the_page(page):
    rows, _ = page
    listed = {(row.owner, row.name) for row in rows if row.flag == "assumed"}
    assumed = {
        (k.name, p.name)
        for k in declared_kernels()
        for p in k.parameters
        if p.flag == "assumed" and p.value is not None
    }
    assert assumed and assumed <= listed


def known(ds):
    entries = json.loads(ds.attrs["parameters_known"])
    for name, entry in entries.items():
        for one in entry if isinstance(entry, list) else [entry]:
            assert one["flag"] in FLAGS, name
            assert one["unit"] and isinstance(one["source"], list)
    return entries


def test_a_run_carries_flag_and_sources_of_every_number_and_what_made_it():
    plan = pl.Protocol("1 d").dose("ibogaine", "700 mg")
    ds = pl.simulate(plan, parameters={"brake_tau": "7 d"}, parameter_set="noribogaine_active")
    found = known(ds)
    assert set(found) == set(json.loads(ds.attrs["parameters"]))
    assert found["brake_tau"]["flag"] == "given"
    assert found["ibogaine.nmda_k"] == {"unit": "nM free", "flag": "assumed", "source": ["Ly2018"]}
    assert found["theta_rest"] == {"unit": "1", "flag": "verified", "source": ["Graupner2012"]}
    assert {"package_version", "commit", "versions"} <= set(ds.attrs)


def test_sweeps_populations_and_studies_carry_them_too():
    plan = pl.Protocol("1 d").dose("lsd", "100 ug")
    grid = pl.sweep(plan, {"dose": ["50 ug", "100 ug"], "brake": ["first_order", "feedback"]}, ["max_depth"])
    assert {"brake_tau", "lsd.clearance"} <= set(known(grid))
    people = pl.sweep(plan, {"subject": {"population": 2}}, ["max_depth"])
    assert "lsd.clearance" in known(people)
    both = pl.sweep(plan, {"species": ["human", "mouse"]}, ["max_depth"])
    assert isinstance(known(both)["lsd.clearance"], list)  # verified by species, each with its own flag
    study = pl.Study.load("window_by_compound", ["uncertainty=false", "protocol.duration=1 d"])
    assert {"mdma.clearance", "ketamine.nmda_k"} <= set(known(study.run()))


SMALL = {"validation": ["validation.tables=[receptor_occupancy]", "validation.draws=0"], "rival_accounts": [],
         "kinetics_calibration": ["calibration.sampling={ensembles: 1, walkers: 8, steps: 4, burn: 2}"]}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_calibrations_and_validations_carry_them_too(name):
    if name == "kinetics_calibration":
        pytest.importorskip("emcee")
    found = known(pl.Study.load(name, SMALL[name], reduced=True).run())
    assert found["theta_rest"] == {"unit": "1", "flag": "verified", "source": ["Graupner2012"]}
    if name == "kinetics_calibration":
        assert found["psilocybin.clearance"] == {"unit": "L/h", "flag": "fitted", "source": ["Holze2023"]}
    if name == "validation":
        assert found["psilocybin.clearance"]["flag"] == "derived"


def test_what_a_validation_is_given_and_what_its_set_says_keep_their_flags():
    changes = ["parameter_set=improved", "parameters.trkb_half=1.5"]
    study = pl.Study.load("validation", ["validation.draws=0", *changes], reduced=True)
    found = evidence_known(study.evidence, study.runs[0], study.settings.parameter_set)
    assert found["trkb_half"]["flag"] == "given"
    assert found["htr2a_lysosomal_rate"] == {"unit": "1/h", "flag": "assumed", "source": ["Raval2021"]}
