"""Exported models: valid SBML with consistent units, the package's own numbers and sources, the same trajectories."""

from types import SimpleNamespace

import numpy as np
import pytest

import plasticity as pl
from plasticity.cli import main
from plasticity.sbml.unit_definitions import FACTORS
from plasticity.units import CANONICAL
from plasticity.values import in_force

libsbml = pytest.importorskip("libsbml", reason="needs python-libsbml (extra sbml)")
RUNS = [(name, i) for name in pl.Study.names() for i in range(len(pl.Study.load(name).runs))]
LAWS = [("averaged", "m1"), ("averaged", "m2"), ("oscillator", "m3")]
QUICK = [("psilocybin_stages", 0), ("ketanserin_before_lsd", 0)]


def everything():
    """Every module, several compounds, an infusion, sessions, inputs, two doses at one time."""
    plan = pl.Protocol(duration="3 d", initial={"permissiveness": 0.5})
    plan = plan.dose("mdma", "100 mg").dose("mdma", "50 mg").dose("lsd", "100 ug", at="1 h")
    plan = plan.dose("ketamine", "0.5 mg/kg", over="40 min", at="2 h").dose("ibogaine", "700 mg", at="30 h")
    plan = plan.session("integration", start="24 h", end="30 h").input("cue", start="24 h", end="25 h", value=1)
    return plan, pl.Model(modules=["memory", "belief"])


def read(document):
    return libsbml.readSBMLFromString(document)


def problems(document):
    read_back = read(document)
    count = read_back.checkConsistency()
    return [read_back.getError(i).getMessage() for i in range(count)]


@pytest.mark.parametrize(("calcium", "brake"), LAWS)
def test_every_law_passes_all_consistency_checks_units_included(calcium, brake):
    plan, _ = everything()
    assert problems(pl.to_sbml(plan, pl.Model(calcium=calcium, brake=brake, modules=["memory", "belief"]))) == []


@pytest.mark.parametrize(("study", "place"), RUNS)
def test_every_bundled_protocol_passes_them_too(study, place):
    run = pl.Study.load(study).runs[place]
    assert problems(pl.to_sbml(run.protocol, run.model, run.parameters, run.parameter_set)) == []


def test_the_unit_check_would_notice():
    """The check above is no check if a wrong unit passes it."""
    document = read(pl.to_sbml(pl.Protocol(duration="1 d").dose("lsd", "100 ug")))
    document.getModel().getParameter("lsd_clearance").setUnits("hour")
    assert document.checkConsistency() > 0


def test_every_canonical_unit_is_known():
    assert {unit.removesuffix(" free") for unit in CANONICAL} == set(FACTORS)


def test_numbers_units_and_sources_are_those_of_the_package():
    document = read(pl.to_sbml(pl.Protocol(duration="1 d").dose("lsd", "100 ug")))
    model = document.getModel()
    known = pl.load_compound("lsd").numbers["htr2a_k_act"]
    written = model.getParameter("lsd_htr2a_k_act")
    assert (written.getValue(), written.getUnits(), written.getMetaId()) == (known.value, "nM", "meta_lsd_htr2a_k_act")
    assert "verified" in written.getNotesString() and "Holze2019" in written.getNotesString()
    rest = model.getParameter("theta_rest")
    assert rest.getCVTerm(0).getBiologicalQualifierType() == libsbml.BQB_IS_DESCRIBED_BY
    assert rest.getCVTerm(0).getResourceURI(0) == "https://identifiers.org/doi:10.1073/pnas.1109359109"
    assert model.getTimeUnits() == "hour"


def test_a_number_put_in_place_of_another_does_not_keep_its_paper():
    document = read(pl.to_sbml(pl.Protocol(duration="1 d"), parameters={"theta_rest": 1.4}))
    rest = document.getModel().getParameter("theta_rest")
    assert rest.getNumCVTerms() == 0 and "by default 1.3" in rest.getNotesString()


def test_doses_of_one_instant_are_one_event():
    """SBML evaluates simultaneous assignments before it makes any, so of two events one would be lost."""
    plan, chosen = everything()
    document = read(pl.to_sbml(plan, chosen))
    model = document.getModel()
    at_start = model.getEvent(0)
    assert not at_start.getTrigger().getInitialValue()
    moments = [libsbml.formulaToL3String(model.getEvent(i).getTrigger().getMath()) for i in range(model.getNumEvents())]
    assert len(set(moments)) == len(moments)


def test_the_same_protocol_gives_the_same_document():
    plan, chosen = everything()
    assert pl.to_sbml(plan, chosen) == pl.to_sbml(plan, chosen)


def test_an_input_that_nothing_reads_is_refused():
    plan = pl.Protocol(duration="2 d").input("cue", start="1 h", end="2 h", value=1)
    with pytest.raises(pl.InputError, match="input cue: no kernel of this model reads it"):
        pl.to_sbml(plan)
    with pytest.raises(pl.InputError, match="unknown state in initial 'thetta'; did you mean 'theta'"):
        pl.to_sbml(pl.Protocol(initial={"thetta": 1.0}))


# -- libRoadRunner, an independent reader and integrator ------------------------------------------------------------


@pytest.mark.parametrize(("calcium", "brake"), LAWS)
def test_exported_rates_are_those_of_the_kernels(calcium, brake):
    """At random states, without integrating, to 1e-7 of the largest rate: large fluxes of calcium nearly cancel."""
    roadrunner = pytest.importorskip("roadrunner", reason="needs libroadrunner (extra test)")
    plan, _ = everything()
    model = pl.Model(calcium=calcium, brake=brake, modules=["memory", "belief"])
    assembly = model.assemble(plan.compounds)
    values, _ = in_force(assembly, None, None)
    theirs = roadrunner.RoadRunner(pl.to_sbml(plan, model))
    rng = np.random.default_rng(0)
    rest = assembly.baseline(values)
    found = []
    for _ in range(20):
        states = dict(zip(assembly.states, (rest + 0.1) * rng.uniform(0.2, 2.0, len(rest)), strict=True))
        inputs = dict(zip(assembly.inputs, rng.uniform(0.0, 1.0, len(assembly.inputs)), strict=True))
        for key, value in (states | inputs).items():
            theirs.setValue(key.replace(".", "_"), float(value))
        rates, _ = assembly.evaluate(0.0, states, inputs, values)
        found.append([[rates[key], theirs.getValue(f"{key.replace('.', '_')}'")] for key in assembly.states])
    ours, others = np.moveaxis(np.array(found, dtype=float), -1, 0)
    largest = np.abs(ours).max(axis=0)
    np.testing.assert_array_less(np.abs(ours - others) / np.where(largest > 0.0, largest, 1.0), 1e-7)


def agreement(root, monkeypatch, run, times):
    pytest.importorskip("roadrunner", reason="needs libroadrunner (extra test)")
    monkeypatch.syspath_prepend(str(root))
    from benchmarks import sbml_agreement

    return sbml_agreement.agreement(run, times)


@pytest.mark.parametrize(("study", "place"), QUICK)
def test_libroadrunner_agrees_on_every_state(root, monkeypatch, study, place):
    """The promise is 1e-5 of max(value, 1e-4 of the state's largest); both sides integrate far more tightly."""
    read_study = pl.Study.load(study)
    assert max(agreement(root, monkeypatch, read_study.runs[place], read_study.times).deviations.values()) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(("study", "place"), [run for run in RUNS if run not in QUICK])
def test_libroadrunner_agrees_on_every_state_of_every_bundled_protocol(root, monkeypatch, study, place):
    read_study = pl.Study.load(study)
    assert max(agreement(root, monkeypatch, read_study.runs[place], read_study.times).deviations.values()) < 1e-5


def test_the_table_of_the_docs_tells_of_every_bundled_run(root, monkeypatch):
    """And none is beyond the promise; `python -m benchmarks.sbml_agreement --record` writes it."""
    monkeypatch.syspath_prepend(str(root))
    from benchmarks import sbml_agreement, sbml_tables

    rows = sbml_tables.read("sbml_agreement")
    studies = [pl.Study.load(name) for name in pl.Study.names()]
    runs = [(study, run) for study in studies for run in study.runs]
    assert [row[0] for row in rows] == [study.name for study, _ in runs]
    assert [row[1] for row in rows] == [sbml_agreement.label(run) for _, run in runs]
    assert [int(row[3]) for row in rows] == [len(study.times) for study, _ in runs]
    assert max(float(row[5]) for row in rows) < 1e-5


@pytest.mark.slow
def test_libroadrunner_agrees_with_all_modules_infusions_and_inputs(root, monkeypatch):
    plan, chosen = everything()
    run = SimpleNamespace(protocol=plan, model=chosen, parameters={"theta_tau": 3.0}, parameter_set=None)
    assert max(agreement(root, monkeypatch, run, np.linspace(0.0, 72.0, 721)).deviations.values()) < 1e-5


# -- the command ----------------------------------------------------------------------------------------------------


def test_export_writes_a_model(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "psilocybin_stages", "model.xml"]) == 0
    assert problems((tmp_path / "model.xml").read_text()) == []
    assert capsys.readouterr().out.strip() == "model: model.xml"
    assert main(["export", "psilocybin_stages", "model.xml", "--set", "parameters.brake_tau=8 d"]) == 0
    document = read((tmp_path / "model.xml").read_text())
    assert document.getModel().getParameter("brake_tau").getValue() == 192.0
    assert [path.name for path in tmp_path.iterdir()] == ["model.xml"]


def test_a_study_with_several_runs_asks_which(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "window_by_compound", "model.xml"]) == 2
    assert "--run 1 (ketamine), 2 (psilocybin)" in capsys.readouterr().err
    assert main(["export", "window_by_compound", "model.xml", "--run", "6"]) == 2
    assert not list(tmp_path.iterdir())
    assert main(["export", "window_by_compound", "model.xml", "--run", "4"]) == 0
    assert "lsd_effect" in (tmp_path / "model.xml").read_text()


@pytest.mark.parametrize("name", ["folder", "folder/", "model.txt", "mine.xml"])
def test_a_bad_place_is_refused_and_nothing_is_lost(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "mine.xml").write_text("<precious/>")
    assert main(["export", "psilocybin_stages", name]) == 2
    assert (tmp_path / "mine.xml").read_text() == "<precious/>"


def test_a_place_that_cannot_be_written_is_an_io_failure(tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["export", "psilocybin_stages", str(tmp_path / "file" / "model.xml")]) == 74
