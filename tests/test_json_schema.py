"""The JSON Schema of studies: editors accept what the package accepts, and mark what it refuses."""

import json
from pathlib import Path

import jsonschema
import pytest

from plasticity import config
from plasticity.cli import main
from plasticity.study import Study
from plasticity.study.changes import assigned
from plasticity.study.json_schema import study_schema
from plasticity.study.sections import Settings

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.yaml"))


@pytest.fixture(scope="module")
def schema():
    return study_schema()


@pytest.fixture(scope="module")
def check(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_bundled_study_is_valid(check, path):
    study = config.load(path).plain()
    assert list(check.iter_errors(study)) == []
    tree = config.load(path)
    for key, value in study.get("reduced", {}).items():
        tree, _ = assigned(tree, [f"{key}={json.dumps(value)}"])
    assert list(check.iter_errors(tree.plain())) == []


MISTAKES = {
    "a misspelt section": ("psilocybin_stages", "protcol={}"),
    "a misspelt key": ("psilocybin_stages", "protocol.doses.0.amonut=25 mg"),
    "a compound that nobody knows": ("psilocybin_stages", "protocol.doses.0.compound=psilocibin"),
    "a dose without unit": ("psilocybin_stages", "protocol.doses.0.amount='25'"),
    "a dose in hours": ("psilocybin_stages", "protocol.doses.0.amount=25 h"),
    "a bare number for a time": ("psilocybin_stages", "protocol.duration=28"),
    "a duration in metres": ("psilocybin_stages", "protocol.duration=28 m"),
    "a salt of another compound": ("psilocybin_stages", "protocol.doses.0.form=hydrochloride"),
    "a law that does not exist": ("psilocybin_stages", "model.brake=second_order"),
    "a parameter that does not exist": ("psilocybin_stages", "parameters.brake_tua=7 d"),
    "a parameter without its unit": ("psilocybin_stages", "parameters.brake_tau=7"),
    "a time for a volume": ("psilocybin_stages", "parameters.psilocybin.volume_central=7 d"),
    "a figure that nobody draws": ("psilocybin_stages", "figure.kind=stagse"),
    "an option of another figure": ("psilocybin_stages", "figure.shares=true"),
    "an option of another observable": ("pairing_map", "observables.0.colour=red"),
    "a channel of another session": ("reconsolidation", "protocol.sessions.0.setting=0.5"),
    "a species without model": ("psilocybin_stages", "protocol.species=rat"),
    "intervals of another kind": ("psilocybin_stages", "uncertainty=some"),
    "a tolerance of ten": ("psilocybin_stages", "solver.rtol=10"),
    "something kept that is nothing": ("brake_map", "sweep.keep=[total_opening_time]"),
    "a design that does not exist": ("sobol_indices", "sweep.design=saltely"),
    "an axis that is no list": ("belief_drug_and_window", "sweep.over.belief_relaxation='2'"),
    "an axis that does not exist": ("belief_drug_and_window", "sweep.over.belief_relaxatoin=['2']"),
    "an axis with a law that does not exist": ("calcium_oscillation", "sweep.over.calcium=[averaged, oscilator]"),
    "a method that does not exist": ("sobol_indices", "sensitivity.method=fast"),
    "a table that does not exist": ("validation", "validation.tables=[plasma]"),
    "a weekday that does not exist": ("integration_schedule", "schedule.first_day=thursday"),
}


@pytest.mark.parametrize(("name", "change"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_marked_where_the_package_refuses_it(check, name, change):
    tree, _ = assigned(config.load(CONFIGS[0].parent / f"{name}.yaml"), [change])
    assert list(check.iter_errors(tree.plain())) != []
    with pytest.raises(ValueError, match="allowed"):
        Study.load(name, [change])


FINE = [
    ("psilocybin_stages", "uncertainty=none"),
    ("psilocybin_stages", "protocol.doses.0.amount=0.3 mg/kg"),
    ("psilocybin_stages", "protocol.doses.0.at=90 min"),
    ("psilocybin_stages", "parameters.psilocybin.clearance=700 mL/min"),
    ("psilocybin_stages", "parameters.brake_gain=7 1/h"),
    ("psilocybin_stages", "parameters.depth_permissiveness=0.3"),
    ("psilocybin_stages", "times=[0 h, 1 d]"),
    ("psilocybin_stages", "model.brake=m2"),
    ("brake_map", "sweep.keep=[theta_lowest, t_open, trkb_active_auc]"),
    ("brake_map", "sweep.over.brake_tau=[3 d, 4 d]"),
    ("virtual_population", "sweep.over.subject={population: 10, body_weight: {median: 75 kg, cv: 0.15}}"),
]


@pytest.mark.parametrize(("name", "change"), FINE, ids=[change for _, change in FINE])
def test_what_the_package_takes_is_not_marked(check, name, change):
    tree, _ = assigned(config.load(CONFIGS[0].parent / f"{name}.yaml"), [change])
    Study.load(name, [change])
    assert list(check.iter_errors(tree.plain())) == []


def test_every_key_says_what_it_means(schema):
    sections = {**schema["$defs"], "Settings": schema}
    told = Settings.model_json_schema()
    written = {**told["$defs"], "Settings": told}
    silent = [
        f"{name}.{key}"
        for name, section in written.items()
        for key in section.get("properties", {})
        if not sections[name]["properties"][key].get("description")
    ]
    assert silent == []


def test_it_is_plain_data(schema):
    assert json.loads(json.dumps(schema)) == schema


def test_the_command_prints_it(schema, capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema


def test_the_first_line_of_a_study_may_name_it(tmp_path):
    text = "# yaml-language-server: $schema=study.schema.json\n" + CONFIGS[0].read_text(encoding="utf-8")
    (tmp_path / "named.yaml").write_text(text)
    assert Study.load(tmp_path / "named.yaml").settings == Study.load(CONFIGS[0]).settings
