"""A study leaves as a crate, which describes itself and gives the same numbers when it is run again."""

import json
import re
import shutil
import sys
import zipfile

import numpy as np
import pytest
import xarray

import plasticity as pl
from plasticity.cli import main
from plasticity.crate import software
from plasticity.crate.again import differences

pytest.importorskip("rocrate", reason="needs rocrate (extra test)")
STUDY = "psilocybin_stages"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    place = tmp_path_factory.mktemp("packed")
    arguments = ["--reduced", "--out", str(place / "stages"), "--author", "A. N. Other", "--license", "CC-BY-4.0"]
    assert main(["crate", STUDY, *arguments]) == 0
    assert [path.name for path in place.iterdir()] == ["stages"]
    return place / "stages"


def test_it_holds_what_a_stranger_needs(packed):
    files = sorted(path.relative_to(packed).as_posix() for path in packed.rglob("*") if path.is_file())
    wheel = f"software/plasticity-{pl.__version__}-py3-none-any.whl"
    results = [f"results/{STUDY}.{ending}" for ending in ("nc", "pdf", "png")]
    surroundings = ["CITATION.cff", "README.md", "requirements.txt", "ro-crate-metadata.json", "sources.bib"]
    assert files == sorted([*surroundings, f"{STUDY}.yaml", *results, wheel])
    lines = (packed / "requirements.txt").read_text().splitlines()
    assert lines[-1] == f"./{wheel}" and all(re.fullmatch(r"[\w.-]+==\S+", line) for line in lines[:-1])
    assert {"numpy", "numba", "h5netcdf"} <= {line.split("==")[0] for line in lines}
    told = (packed / "README.md").read_text(encoding="utf-8")
    assert "env/bin/plasticity rerun ." in told and f"plasticity run {STUDY}.yaml --reduced" in told


def test_its_metadata_describe_every_file_and_the_run(packed):
    from rocrate.rocrate import ROCrate

    crate = ROCrate(packed)
    described = {entity.id for entity in crate.data_entities}
    assert described == {
        path.relative_to(packed).as_posix()
        for path in packed.rglob("*")
        if path.is_file() and path.name != "ro-crate-metadata.json"
    }
    assert crate.license == "https://spdx.org/licenses/CC-BY-4.0" and crate.mainEntity.id == f"results/{STUDY}.nc"
    action = next(entity for entity in crate.get_entities() if entity.type == "CreateAction")
    assert [one.id for one in action["object"]] == [f"{STUDY}.yaml"] and len(action["result"]) == 3
    assert action["instrument"]["version"].startswith(pl.__version__) and crate.creator[0]["name"] == "A. N. Other"


def test_it_gives_the_same_numbers_again(packed, capsys):
    assert main(["rerun", str(packed)]) == 0
    said = re.search(r"(\d+) of (\d+) variables are equal bit by bit", capsys.readouterr().out)
    assert said and said[1] == said[2] and int(said[1]) > 40


def test_a_number_that_differs_is_told_with_exit_code_3(packed, tmp_path, capsys):
    from plasticity import provenance

    shutil.copytree(packed, tmp_path / "other")
    path = tmp_path / "other" / "results" / f"{STUDY}.nc"
    ds = provenance.read(path)
    ds["theta"] = ds["theta"] * (1.0 + 1e-6)
    provenance.write(ds, path)
    assert main(["rerun", str(tmp_path / "other")]) == 3
    assert re.search(r"theta\s+1\.0e-06", capsys.readouterr().out)
    assert main(["rerun", str(tmp_path / "other"), "--within", "1e-5"]) == 0


def test_differences_are_those_of_values_places_and_texts():
    before = xarray.Dataset({"a": ("x", [1.0, np.nan, 0.0]), "b": ("x", ["p", "q", "r"]), "c": 1})
    after = before.assign(a=("x", [1.5, np.nan, 0.0]), b=("x", ["p", "q", "s"])).drop_vars("c")
    assert [one.equal for one in differences(before, before)] == [True, True, True]
    assert [(one.name, round(one.largest, 3)) for one in differences(before, after)] == [
        ("a", 0.333),
        ("b", np.inf),
        ("c", np.inf),
    ]


def test_the_wheel_is_the_running_program(tmp_path, root):
    path = software.write_wheel(tmp_path)
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        assert wheel.testzip() is None
        assert wheel.read("plasticity/model.py") == (root / "plasticity" / "model.py").read_bytes()
    assert {"plasticity/sources.bib", "plasticity/configs/pairing_map.yaml", "plasticity/CITATION.cff"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert software.write_wheel(tmp_path / "..").read_bytes() == path.read_bytes()
    (tmp_path / ".." / path.name).unlink()


def test_a_result_that_is_there_is_packed_without_a_run(packed, tmp_path):
    out = tmp_path / "again.zip"
    data = str(packed / "results" / f"{STUDY}.nc")
    assert main(["crate", STUDY, "--reduced", "--data", data, "--out", str(out)]) == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.read(f"results/{STUDY}.nc") == (packed / "results" / f"{STUDY}.nc").read_bytes()
        assert f"results/{STUDY}.png" in archive.namelist()


BAD = {
    "a folder": (["--out", "folder"], "--out: 'folder' is a folder that exists; allowed: a new file"),
    "a file": (["--out", "taken.zip"], "--out: 'taken.zip' exists; allowed: a new file"),
    "another ending": (["--out", "crate.tar"], "--out: 'crate.tar' ends in '.tar'; allowed: a file ending in .zip"),
    "another study's data": (["--data", "{data}", "--out", "x.zip"], "is no result of study 'psilocybin_stages' as"),
    "no data": (["--data", "nowhere.nc", "--out", "x.zip"], "nowhere.nc: no such file"),
    "data of another kind": (["--data", "taken.zip", "--out", "x.zip"], "'taken.zip' ends in '.zip'; allowed: .nc"),
    "an unknown change": (["--set", "parameters.brake_tao=7 d"], "brake_tau"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=list(BAD))
def test_bad_input_is_one_line_and_leaves_nothing(packed, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "taken.zip").write_text("mine")
    data = str(packed / "results" / f"{STUDY}.nc")
    assert main(["crate", STUDY, *(text.format(data=data) for text in arguments)]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "results") == ["folder", "taken.zip"]
    assert (tmp_path / "taken.zip").read_text() == "mine"


def test_without_the_library_nothing_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    assert main(["crate", STUDY]) == 2
    assert "pip install 'plasticity[crate]'" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_what_is_no_crate_is_refused(packed, tmp_path, capsys):
    assert main(["rerun", str(tmp_path)]) == 2
    assert "no crate; allowed: an unpacked crate" in capsys.readouterr().err
    metadata = json.loads((packed / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    for main_entity, said in (("../../etc/passwd", "is not in the crate"), (None, "describes no run of a study")):
        root_entity = next(one for one in metadata["@graph"] if one["@id"] == "./")
        root_entity["mainEntity"] = None if main_entity is None else {"@id": main_entity}
        (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
        assert main(["rerun", str(tmp_path)]) == 2
        assert said in capsys.readouterr().err
