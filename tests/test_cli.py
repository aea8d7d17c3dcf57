"""The command line: what it prints, what it writes, and what its exit codes say."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plasticity.cli import main

PLAN = """\
title: Test
protocol:
  duration: 2 d
  doses:
    - {compound: psilocybin, amount: 25 mg, at: 0 h}
model: {brake: first_order}
parameters: {brake_tau: 7 d}
times: {every: 6 h}
figure: {kind: stages}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder with one good study in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path


# what is exchanged in the good study, by what, where the error must point, and words that it must hold
BAD = {
    "unknown compound": ("psilocybin", "psilocibin", "5:18", "protocol.doses.0.compound", "did you mean 'psilocybin'"),
    "negative dose": ("25 mg", "-25 mg", "5:38", "protocol.doses.0.amount", "allowed: 0 mg or more"),
    "infusion of zero length": (
        "psilocybin, amount: 25 mg",
        "ketamine, amount: 25 mg, over: 0 min",
        "5:49",
        "protocol.doses.0.over",
        "more than 0 h",
    ),
    "wrong unit": (
        "25 mg",
        "25 h",
        "5:38",
        "protocol.doses.0.amount",
        "'25 h' has the wrong unit; allowed: ng, ug, mg",
    ),
    "bare number": ("2 d", "48", "3:13", "protocol.duration", "48 has no unit; allowed: a number with one of h, min"),
    "unknown parameter": ("brake_tau", "brake_tua", "7:25", "parameters.brake_tua", "did you mean 'brake_tau'"),
    "unphysical value": ("7 d", "-7 d", "7:25", "parameters.brake_tau", "unphysical; allowed: more than 0 [h]"),
    "unordered times": ("{every: 6 h}", "[1 h, 3 h, 2 h]", "8:19", "times.2", "'2 h' does not come after '3 h'"),
    "times after the end": ("{every: 6 h}", "[1 h, 3 d]", "8:14", "times.1", "allowed: 0 h to 48 h"),
    "unknown key": ("duration", "durations", "3:3", "protocol.durations", "did you mean 'duration'"),
    "duplicate key": ("title: Test", "title: Test\ntitle: Again", "2:1", "title", "repeated key, first at line 1"),
    "unknown kernel variant": (
        "first_order",
        "second_order",
        "6:16",
        "model.brake",
        "unknown brake kernel 'second_order'",
    ),
    "unknown figure kind": ("stages", "stagse", "9:16", "figure.kind", "did you mean 'stages'"),
    "unknown figure option": ("stages", "stages, untill: 2 d", "9:24", "figure.untill", "did you mean 'until'"),
    "figure option without unit": ("stages", "stages, until: 2", "9:31", "figure.until", "2 has no unit"),
    "figure option of another type": (
        "stages",
        "stages, disclaimer: maybe",
        "9:36",
        "figure.disclaimer",
        "true, false",
    ),
    "unknown route": ("25 mg", "25 mg, route: nasal", "5:52", "protocol.doses.0.route", "allowed: intraperitoneal"),
    "unknown form": ("25 mg", "25 mg, form: base", "5:51", "protocol.doses.0.form", "allowed: psilocin"),
    "route without an absorption rate": (
        "psilocybin, amount: 25 mg",
        "ketamine, amount: 25 mg, route: oral",
        "5:7",
        "protocol.doses.0",
        "oral",
    ),
    "unknown uncertainty": ("figure:", "uncertainty: off\nfigure:", "9:14", "uncertainty", "none"),
    "too few draws": (
        "figure:",
        "uncertainty: {samples: 1}\nfigure:",
        "9:24",
        "uncertainty.samples",
        "greater than or equal to 2",
    ),
    "unknown observable": (
        "figure:",
        "observables: [{name: pairing_chance}]\nfigure:",
        "9:22",
        "observables.0.name",
        "pairing_change",
    ),
    "not YAML": ("title: Test", "title: [Test", "2:9", "", "not YAML"),
    "tag": ("title: Test", "title: !!python/name:os.system Test", "1:8", "title", "a tag"),
    "anchor": ("title: Test", "title: &a Test", "1:8", "title", "an anchor &a"),
    "alias": ("title: Test", "title: *a", "1:8", "title", "an alias *a"),
    "range in a sweep": (
        "figure:",
        "sweep: {over: {dose: {from: 1 mg, to: 40 mg, points: 4}}}\nfigure:",
        "9:22",
        "sweep.over.dose",
        "ranges need `keep`",
    ),
    "design of a sweep": ("figure:", "sweep: {design: sobol}\nfigure:", "9:9", "sweep.design", "'design' needs 'keep'"),
    "unknown axis": (
        "figure:",
        "sweep: {over: {compound: [lsd]}}\nfigure:",
        "9:16",
        "sweep.over.compound",
        "unknown axis 'compound'; allowed: treatment, calcium, brake, memory, belief, or the name of a parameter",
    ),
    "broken section reduced": (
        "figure:",
        "reduced: {times.evry: 1 h}\nfigure:",
        "9:11",
        "times.evry",
        "did you mean 'every'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line_before_anything_is_written(case, folder, capfd):
    old, new, where, key, words = BAD[case]
    assert old in PLAN
    (folder / "plan.yaml").write_text(PLAN.replace(old, new, 1))
    assert main(["run", "plan.yaml"]) == 2
    out, err = capfd.readouterr()
    assert err.count("\n") == 1, err
    assert err.startswith(f"plan.yaml:{where}: {key}"), err
    assert words in err
    assert out == ""
    assert sorted(path.name for path in folder.iterdir()) == ["plan.yaml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file; allowed"),
        (["run", "window_by_compond"], "did you mean 'window_by_compound'"),
        (["run", "."], ".: a folder"),
        (["run", "plan.yaml", "--set", "protcol.duration=1 d"], "protcol: unknown key 'protcol'; did you mean"),
        (["run", "plan.yaml", "--set", "protocol.duration=1"], "--set:1:19: protocol.duration: 1 has no unit"),
        (["run", "plan.yaml", "--set", "protocol.doses.1.amount=1 mg"], "--set:1:25: "),
        (["run", "plan.yaml", "--set", "title"], "allowed: dotted.key=VALUE"),
        (["run", "plan.yaml", "--set", "title=!!str x"], "a tag"),
        (["run", "plan.yaml", "--reduced"], "no section 'reduced'"),
        (["run", "plan.yaml", "--out", "."], "is a folder; allowed: a file"),
        (["run", "plan.yaml", "--out", "new/"], "is a folder; allowed: a file"),
        (["run", "plan.yaml", "--out", "plan.yaml"], "allowed: a file ending in .nc"),
        (["run", "plan.yaml", "--out", "map.zarr"], "allowed: a file ending in .nc"),
        (["draw", "nowhere.nc"], "nowhere.nc: no such file"),
        (["draw", "plan.yaml", "--out", "plan.yaml"], "allowed: a file ending in .pdf or .png"),
        (["run"], "Missing argument 'STUDY'"),
        (["run", "plan.yaml", "--resume"], "--resume: study 'plan' sweeps no summaries"),
        (["run", "plan.yaml", "--resum"], "No such option"),
        (["fly"], "No such command 'fly'"),
        (["list", "drugs"], "'drugs' is not one of 'compounds'"),
    ],
)
def test_a_bad_call_is_refused_in_one_line(arguments, words, folder, capfd):
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert err.count("\n") == 1, err
    assert words in err
    assert out == ""
    assert sorted(path.name for path in folder.iterdir()) == ["plan.yaml"]


HEAVY = {"numpy", "scipy", "numba", "llvmlite", "sympy", "xarray", "pandas", "zarr", "h5py", "h5netcdf", "matplotlib"}
HEAVY |= {"pint", "pydantic", "ruamel.yaml", "panel", "bokeh"}


def test_help_imports_nothing_heavy():
    """How long it then takes is measured by `python -m benchmarks`; a loaded machine does not change this."""
    code = "import sys; from plasticity.cli import main; main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stderr
    loaded = set(told.replace("'", "").strip("[]\n").split(", "))
    assert "typer" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("what", ["compounds", "kernels", "parameters", "observables", "studies"])
def test_lists_are_tab_separated_when_not_on_a_terminal(what, capsys):
    assert main(["list", what]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert rows
    assert {row.count("\t") for row in rows} == {head.count("\t")}


def test_every_parameter_is_listed_with_unit_and_flag(capsys):
    from plasticity.compound import compound_names, load_compound
    from plasticity.declare import FLAGS
    from plasticity.kernels import declared_kernels

    main(["list", "parameters"])
    head, *lines = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    rows = {row[0]: dict(zip(head, row, strict=True)) for row in lines}
    assert rows["brake_tau"]["value"] == "156.42"
    assert rows["brake_tau"]["range"] == "105 to 195"
    assert rows["theta_rest"]["source"] == "Graupner2012"
    wanted = {p.name for kernel in declared_kernels() for p in kernel.parameters if p.value is not None}
    wanted |= {f"lsd.{name}" for name in load_compound("lsd").numbers}
    assert wanted <= set(rows)
    assert {row["flag"] for row in rows.values()} <= set(FLAGS)
    assert {name.partition(".")[0] for name in rows if "." in name} == set(compound_names())


def test_check_says_how_large_a_study_is_and_writes_nothing(folder, capsys):
    assert main(["check", "window_by_compound", "--set", "protocol.duration=10 d"]) == 0
    told = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert told["runs"] == "5"
    assert told["duration"] == "240.0 h"
    assert sorted(path.name for path in folder.iterdir()) == ["plan.yaml"]


def test_run_writes_dataset_and_figures_and_says_what_they_are(folder, capsys):
    assert main(["run", "plan.yaml"]) == 0
    out = capsys.readouterr().out
    made = sorted(path.name for path in (folder / "results").iterdir())
    assert made == ["plan.nc", "plan.pdf", "plan.png"]
    assert all(str(Path("results") / name) in out for name in made)
    rows = [line.split("\t") for line in out.splitlines() if "\t" in line]
    told = dict(zip(*rows, strict=True))
    assert float(told["opens h"]) == pytest.approx(7.74, abs=0.01)  # model.md, section 13
    assert told["closes d"] == "still open"
    assert told["censored"] == "yes"
    assert out.lower().count("no advice on dosing") == 1


def test_run_twice_replaces_and_draw_draws_from_the_file_alone(folder):
    assert main(["run", "plan.yaml", "--out", "a.nc"]) == 0
    assert main(["run", "plan.yaml", "--out", "a.nc", "--set", "title=Other"]) == 0
    (folder / "plan.yaml").unlink()
    for path in (folder / "a.pdf", folder / "a.png"):
        path.unlink()
    assert main(["draw", "a.nc"]) == 0
    assert main(["draw", "a.nc", "--out", "b.png"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.nc", "a.pdf", "a.png", "b.png"]


def test_a_file_of_another_study_is_never_overwritten(folder, capfd):
    assert main(["run", "plan.yaml", "--out", "a.nc"]) == 0
    (folder / "other.yaml").write_text(PLAN)
    before = (folder / "a.nc").read_bytes()
    capfd.readouterr()
    assert main(["run", "other.yaml", "--out", "a.nc"]) == 2
    assert "holds the result of study 'plan'" in capfd.readouterr().err
    (folder / "thesis.nc").write_text("ten years of work")
    assert main(["run", "plan.yaml", "--out", "thesis.nc"]) == 2
    assert (folder / "thesis.nc").read_text() == "ten years of work"
    assert (folder / "a.nc").read_bytes() == before


def test_output_names_cannot_leave_the_folder():
    from plasticity.cli.outputs import file_name

    assert file_name("window_by_compound") == "window_by_compound"
    for name in ("../../etc/passwd", "..", "/tmp/x", "a\\..\\b", "", ".hidden", "a\nb"):
        made = file_name(name)
        assert Path("results", f"{made}.nc").parent == Path("results")
        assert made == Path(made).name
        assert not made.startswith(".")


def test_an_unreadable_dataset_is_an_io_failure(folder, capfd):
    (folder / "broken.nc").write_text("not a dataset")
    assert main(["draw", "broken.nc"]) == 74
    assert capfd.readouterr().err.count("\n") == 1


def test_an_unwritable_folder_is_an_io_failure_before_anything_is_computed(folder, capfd, monkeypatch):
    from plasticity.study import Study

    (folder / "file").write_text("")
    monkeypatch.setattr(Study, "run", lambda *_: pytest.fail("it was computed"))
    assert main(["run", "plan.yaml", "--out", "file/a.nc"]) == 74
    assert capfd.readouterr().err.count("\n") == 1


def test_a_full_disk_leaves_nothing_behind(folder, capfd, monkeypatch):
    import xarray

    def full(self, path, **_):
        Path(path).write_text("half")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(xarray.Dataset, "to_netcdf", full)
    assert main(["run", "plan.yaml"]) == 74
    assert "No space left" in capfd.readouterr().err
    assert list((folder / "results").iterdir()) == []


def test_a_title_that_cannot_be_typeset_is_told_in_one_line(folder, capfd):
    assert main(["run", "plan.yaml", "--set", r"figure.title='$\\unknowncommand{$'"]) == 2
    assert capfd.readouterr().err.count("\n") == 1
    assert [path.name for path in (folder / "results").iterdir()] == ["plan.nc"]


def test_failed_runs_are_listed_and_give_exit_code_3(folder, capsys, monkeypatch):
    import plasticity.simulation

    real = plasticity.simulation.simulate

    def fails_with_feedback(protocol, model, *rest, **options):
        ds = real(protocol, model, *rest, **options)
        return ds.assign(status=-1) if model.variants["brake"] == "feedback" else ds

    monkeypatch.setattr(plasticity.simulation, "simulate", fails_with_feedback)
    text = PLAN.replace("model: {brake: first_order}", "sweep: {over: {brake: [first_order, feedback]}}")
    (folder / "plan.yaml").write_text(
        text.replace("parameters: {brake_tau: 7 d}\n", "").replace("figure: {kind: stages}\n", "")
    )
    assert main(["run", "plan.yaml"]) == 3
    out = capsys.readouterr().out
    assert "feedback\t-1\tstep limit" in out
    assert "first_order\t-1" not in out


def test_a_bug_is_told_in_one_line_and_shown_with_debug(folder, capfd, monkeypatch):
    from plasticity.study import Study

    def broken(*_):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(Study, "check", broken)
    assert main(["check", "plan.yaml"]) == 1
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "unforeseen" in err
    assert main(["check", "plan.yaml", "--debug"]) == 1
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_file_and_says_so(sent, code, folder):
    program = (
        "import sys, time\n"
        "from plasticity.study import Study\n"
        "def run(self, report=None):\n"
        "    print('running', flush=True)\n"
        "    time.sleep(60)\n"
        "Study.run = run\n"
        "from plasticity.cli import main\n"
        "sys.exit(main(['run', 'plan.yaml']))\n"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    heeded = lambda: signal.signal(sent, signal.SIG_DFL)  # noqa: E731  # a test run started with nohup ignores Ctrl-C
    with subprocess.Popen([sys.executable, "-c", program], preexec_fn=heeded, **pipes) as process:
        try:
            assert process.stdout.readline() == "running\n"
            process.send_signal(sent)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == code
    assert err.count("\n") == 1, err
    assert list((folder / "results").iterdir()) == []


def test_a_closed_pipe_is_no_error():
    code = (
        "import os, sys; from plasticity.cli import main; os.close(1); os.dup2(int(sys.argv[1]), 1); "
        "sys.exit(main(['list', 'parameters']))"
    )
    read, write = os.pipe()
    os.close(read)
    told = subprocess.run(
        [sys.executable, "-c", code, str(write)], pass_fds=[write], capture_output=True, text=True, check=False
    )
    os.close(write)
    assert (told.returncode, told.stderr) == (0, "")


def test_doctor_finds_this_installation_in_order(capsys):
    assert main(["doctor"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    assert {"numba", "llvmlite", "cache", "processor", "threads", "short run"} <= {row[0] for row in rows}
    assert {row[2] for row in rows} == {"good"}


def test_doctor_names_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    from plasticity.cli.doctor import findings

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLASTICITY_CACHE", str(tmp_path / "file" / "cache"))
    told, good = next((told, good) for what, told, good in findings() if what == "cache")
    assert not good
    assert "set PLASTICITY_CACHE" in told


def test_json_attributes_of_the_file_are_json(folder):
    from plasticity import provenance

    main(["run", "plan.yaml", "--set", "title=Renamed"])
    attributes = provenance.read("results/plan.nc").attrs
    assert json.loads(attributes["study_changes"]) == {"title": "Renamed"}
    assert attributes["title"] == "Renamed"
    assert attributes["study"] == PLAN


@pytest.fixture
def without_salib(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)


def test_a_study_that_needs_an_extra_does_not_keep_others_from_being_listed(without_salib, capsys):
    assert main(["list", "studies"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 10
    assert [
        line
        for line in lines
        if line.startswith("sobol_indices\tWhat ") and line.endswith("needs the extra sensitivity")
    ]


def test_doctor_does_not_call_a_missing_extra_a_fault(without_salib, capsys):
    assert main(["doctor"]) == 0
    assert "study sobol_indices\tneeds the extra sensitivity, if wanted\tgood" in capsys.readouterr().out


def test_a_calibration_without_its_extra_is_refused_before_anything_is_computed(folder, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "emcee", None)
    assert main(["calibrate", "brake_calibration", "--reduced", "--out", "fit.nc"]) == 2
    assert capfd.readouterr().err == "calibration: needs the extra 'fit'; allowed: pip install 'plasticity[fit]'\n"
    assert not Path("fit.nc").exists()


def test_one_switch_leaves_out_intervals_of_a_run_and_of_a_drawing(folder, capsys):
    from plasticity import provenance

    assert main(["run", "plan.yaml", "--set", "uncertainty.samples=8"]) == 0
    assert "closes d, 5 to 95 %" in capsys.readouterr().out
    assert "quantile" in provenance.read(folder / "results" / "plan.nc").dims
    with_bands = (folder / "results" / "plan.png").read_bytes()
    assert main(["draw", "results/plan.nc", "--no-uncertainty", "--out", "bare.png"]) == 0
    assert (folder / "bare.png").read_bytes() != with_bands
    assert main(["run", "plan.yaml", "--no-uncertainty", "--out", "other.nc"]) == 0
    assert "5 to 95 %" not in capsys.readouterr().out
    assert "quantile" not in provenance.read(folder / "other.nc").dims
