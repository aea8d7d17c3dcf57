"""A torn, flipped, missing or foreign chunk is named, never returned as data, and computed anew by --resume."""

import shutil

import pytest
import xarray
from conftest import files
from fake import Fake

from plasticity.errors import InputError
from plasticity.sweeps.execution.computing import fill
from plasticity.sweeps.storage import store

PLAN = Fake(doses=20, taus=20)
CHUNK = "total_open_time/c.1.0.1"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "map.zarr"
    fill(PLAN, path, threads=1)
    return path


@pytest.fixture
def path(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "map.zarr")
    return tmp_path / "map.zarr"


def torn(file, path):
    file.write_bytes(file.read_bytes()[:-3])


def flipped(file, path):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def emptied(file, path):
    file.write_bytes(b"")


def missing(file, path):
    file.unlink()


def moved(file, path):
    """Another chunk of the same store, as a careless copy leaves it."""
    file.write_bytes((path / "total_open_time/c.0.0.0").read_bytes())


def foreign(file, path):
    """The same chunk of another study's store."""
    other = path.with_name("other.zarr")
    fill(Fake(doses=20, taus=20, seed=1), other, threads=1)
    file.write_bytes((other / CHUNK).read_bytes())


WORDS = {torn: "is torn", flipped: "is not what was written", emptied: r"is torn \(0 of", missing: "is missing",
         moved: "is not what was written|is torn", foreign: "is not what was written|is torn"}  # fmt: skip


@pytest.mark.parametrize("spoil", WORDS, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_chunk_is_named_and_repaired(spoil, path, whole, caplog):
    spoil(path / CHUNK, path)
    with pytest.raises(OSError, match=f"map.zarr/{CHUNK} ({WORDS[spoil]})"):
        store.open(path).load()
    with pytest.raises(OSError, match=CHUNK):
        store.open(path, partial=True)["total_open_time"].load()
    done = fill(PLAN, path, threads=1, resume=True)
    assert done.computed == 1
    assert f"{CHUNK} " in caplog.text and "computed anew" in caplog.text
    assert {k: v[2] for k, v in files(path).items()} == {k: v[2] for k, v in files(whole).items()}
    xarray.testing.assert_equal(store.open(path).load(), store.open(whole).load())


def test_other_chunks_are_still_read(path):
    flipped(path / CHUNK, path)
    ds = store.open(path)
    assert ds["total_open_time"][0].notnull().all()  # compound 0 has nothing of the flipped chunk
    with pytest.raises(OSError, match=CHUNK):
        ds["total_open_time"].load()


def test_a_spoilt_coordinate_is_named(path):
    file = next(p for p in (path / "dose").rglob("*") if p.is_file() and p.name != "zarr.json")
    flipped(file, path)
    with pytest.raises(OSError, match=r"map.zarr/dose/.* is not what was written"):
        store.open(path).load()
    assert fill(PLAN, path, resume=True).computed == 0
    assert store.open(path).load()["dose"].values.tolist() == PLAN.coords["dose"].values.tolist()


@pytest.mark.parametrize("name", ["zarr.json", "completion/plan"])
def test_spoilt_metadata_is_named(name, path):
    flipped(path / name, path)
    with pytest.raises(OSError, match=f"map.zarr/{name} is damaged"):
        store.open(path)
    if name == "zarr.json":
        assert fill(PLAN, path, resume=True).computed == 0
        assert store.open(path).attrs["failures"] == 0


def test_a_spoilt_line_of_the_record_is_named_and_repaired(path):
    log = path / "completion" / "1-of-1.log"
    lines = log.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"chunk":', b'"chunk": ')
    log.write_bytes(b"".join(lines))
    with pytest.raises(OSError, match="damaged lines in the record: 1-of-1.log, line 4"):
        store.open(path)
    assert fill(PLAN, path, threads=1, resume=True).computed == 1
    store.open(path).load()


def test_a_chunk_that_nobody_recorded_is_not_data(tmp_path, whole):
    path = tmp_path / "map.zarr"
    fill(PLAN, path, threads=1, shard="1/2")
    made = store.Store.load(path)
    for key in (made.key(name, 1) for name in made.names):  # chunk 1 is of shard 2
        shutil.copy(whole / key, path / key)
    partial = store.open(path, partial=True)
    assert (partial["status"][0, :10, 10:] == -128).all()
    assert partial["max_depth"][0, :10, 10:].isnull().all()


@pytest.mark.parametrize("kind", ["folder", "full folder", "file", "zarr of someone else"])
def test_a_path_that_is_taken_is_left_alone(kind, tmp_path):
    path = tmp_path / "map.zarr"
    if kind == "file":
        path.write_text("ten years of work")
    elif kind == "zarr of someone else":
        xarray.Dataset({"a": ("x", [1.0])}).to_zarr(path, zarr_format=3, consolidated=False)
    else:
        path.mkdir()
        if kind == "full folder":
            (path / "thesis").write_text("ten years of work")
    before = sorted((p, p.read_bytes() if p.is_file() else b"", p.stat().st_mtime_ns) for p in tmp_path.rglob("*"))
    for resume in (False, True):
        with pytest.raises(InputError, match=r"map.zarr: is a (file|folder) and no store of a sweep; allowed"):
            fill(PLAN, path, resume=resume)
    assert before == sorted(
        (p, p.read_bytes() if p.is_file() else b"", p.stat().st_mtime_ns) for p in tmp_path.rglob("*")
    )


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Fake(doses=20, taus=20, seed=1), "holds another study: seed is 0 there and 1 here"),
        (Fake(doses=20, taus=21), r"holds another study: axes.1 is 20 there and 21 here"),
    ],
)
def test_a_changed_study_never_mixes_into_an_old_store(other, words, path):
    before = files(path)
    for options in ({}, {"resume": True}, {"shard": "1/2"}, {"resume": True, "mix": True}):
        with pytest.raises(InputError, match=words):
            fill(other, path, **options)
    assert files(path) == before


def test_a_finished_store_is_not_computed_again_without_being_told(path):
    with pytest.raises(InputError, match="holds all of this study; allowed: draw, --resume"):
        fill(PLAN, path)
    assert fill(PLAN, path, resume=True).computed == 0


@pytest.mark.parametrize(
    ("edited", "counts"),
    [("kernels/bdnf.py", True), ("solver/stepper.py", True), ("compounds/lsd.yaml", True), ("figures/pens.py", False)],
)
def test_the_code_that_counts_is_that_which_makes_numbers(tmp_path, edited, counts):
    """A sweep begun by one version of a kernel is not continued by another; a colour is no reason to refuse."""
    from plasticity.sweeps.storage import fingerprint

    package = tmp_path / "plasticity"
    shutil.copytree(fingerprint.PACKAGE, package, ignore=shutil.ignore_patterns("*.pyc"))
    assert fingerprint.code(package) == fingerprint.code()
    with (package / edited).open("a") as file:
        file.write("\n# edited\n")
    assert (fingerprint.code.__wrapped__(package) != fingerprint.code()) is counts


def test_another_kind_of_processor_is_refused_unless_told(tmp_path, monkeypatch):
    import json

    from plasticity.sweeps.storage import fingerprint

    path = tmp_path / "map.zarr"
    fill(PLAN, path, threads=1, shard="1/2")
    here = fingerprint.writer()
    monkeypatch.setattr(fingerprint, "writer", lambda: here | {"processor": "arm64 apple-m9", "numba": "9.9"})
    with pytest.raises(InputError, match=r"another kind of processor.*processor .*, here arm64 apple-m9; numba .* 9.9"):
        fill(PLAN, path, threads=1, resume=True)
    assert len(store.Store.load(path).record.chunks) == 4
    fill(PLAN, path, threads=1, resume=True, mix=True)
    written = [who["processor"] for who in json.loads(store.open(path).attrs["writers"])]
    assert written == [here["processor"], "arm64 apple-m9"]


def test_another_commit_with_equal_code_is_no_reason_to_refuse(tmp_path, monkeypatch):
    from plasticity.sweeps.storage import fingerprint

    fill(PLAN, tmp_path / "map.zarr", threads=1, shard="1/2")
    here = fingerprint.writer()
    monkeypatch.setattr(fingerprint, "writer", lambda: here | {"commit": "1234567"})
    assert fill(PLAN, tmp_path / "map.zarr", threads=1, resume=True).complete


def test_an_unwritable_place_is_an_io_failure(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        fill(PLAN, tmp_path / "file" / "map.zarr")
    monkeypatch.setattr(
        "pathlib.Path.mkdir", lambda *_, **__: (_ for _ in ()).throw(OSError(30, "Read-only file system"))
    )
    with pytest.raises(OSError, match="Read-only"):
        fill(PLAN, tmp_path / "new" / "map.zarr")
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
