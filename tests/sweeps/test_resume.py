"""Whatever ends a sweep, going on gives bitwise what an uninterrupted one gives, and no complete chunk is touched."""

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import xarray
from conftest import complete, files, let_through, until
from fake import Fake

from plasticity.sweeps.execution import computing
from plasticity.sweeps.execution.computing import collect, fill
from plasticity.sweeps.storage import store

PLAN = Fake()
CHUNKS = 24


def same(path, plan=PLAN):
    """State that a store holds bitwise what the plan gives in memory."""
    ds, expected = store.open(path).load(), collect(plan, threads=1)
    assert set(ds.variables) == set(expected.variables)
    for name in expected.variables:
        assert ds[name].dims == expected[name].dims
        if expected[name].dtype.kind == "O" or expected[name].dtype.kind == "U":
            assert ds[name].values.tolist() == expected[name].values.tolist()
        else:
            assert ds[name].dtype == expected[name].dtype
            assert ds[name].values.tobytes() == expected[name].values.tobytes()


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "end",
    [signal.SIGKILL, pytest.param(signal.SIGINT, marks=SLOW), pytest.param(signal.SIGTERM, marks=SLOW)],
    ids=lambda end: end.name,
)
def test_an_ended_sweep_goes_on(end, tmp_path, gate, programs):
    path = tmp_path / "map.zarr"
    let_through(gate, PLAN, range(5))
    program = programs.start(path, "--gate", gate)
    until(lambda: complete(path) == 5)
    began = time.monotonic()
    program.send_signal(end)
    out, err = program.communicate(timeout=30)
    if end == signal.SIGKILL:
        assert program.returncode == -9
    else:
        # the sixth chunk is being computed and never ends: it is not waited for
        assert time.monotonic() - began < 2.0  # the promise of design.md, section 7
        assert program.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[end]
        assert "5 of 24 chunks are complete; go on with --resume" in err
        assert "Traceback" not in err
    before = files(path)
    assert complete(path) == 5
    with pytest.raises(OSError, match="19 of 24 chunks are not computed yet"):
        store.open(path)
    partial = store.open(path, partial=True).load()
    assert int((partial["status"] == 0).sum()) == 500
    assert int((partial["status"] == -128).sum()) == 1900
    assert int(partial["max_depth"].notnull().sum()) == 500
    (gate / "open").touch()
    again = programs.start(path, "--gate", gate, "--resume")
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert "24 of 24 chunks, 19 computed now" in out
    done = {key for files_ in list(store.Store.load(path).record.chunks.values())[:5] for key in files_}
    after = files(path)
    assert {key: after[key] for key in done} == {key: before[key] for key in done}
    assert list(path.rglob("*.part")) == []
    same(path)


def test_a_signal_that_is_ignored_stays_ignored(tmp_path, monkeypatch):
    """As in the background of a shell script, where Ctrl-C is meant for someone else."""
    plain = Fake.evaluate

    def interrupted(self, block, threads):
        signal.raise_signal(signal.SIGINT)
        return plain(self, block, threads)

    monkeypatch.setattr(Fake, "evaluate", interrupted)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert fill(PLAN, tmp_path / "map.zarr", threads=1).complete
    finally:
        signal.signal(signal.SIGINT, before)
    with pytest.raises(KeyboardInterrupt):
        fill(PLAN, tmp_path / "other.zarr", threads=1)
    assert signal.getsignal(signal.SIGINT) == before


def test_killed_while_writing_leaves_nothing_that_counts(tmp_path, monkeypatch):
    """A power cut at every write in turn: what was recorded before stays, and going on gives the same."""
    from plasticity.sweeps.storage import durable

    real, path = durable.replace, tmp_path / "map.zarr"
    plan = Fake(doses=4, taus=4, chunks=(1, 4, 2))
    reference = tmp_path / "whole.zarr"
    fill(plan, reference, threads=1)
    ended = 0
    for at in range(0, 34, 3):
        calls = iter(range(1000))

        def torn(file, data, tag="new", calls=calls, at=at):
            if next(calls) == at:
                file.with_name(f".{file.name}.{tag}.part").write_bytes(bytes(data)[: len(data) // 2])
                raise OSError(5, "Input/output error", str(file))
            real(file, data, tag)

        monkeypatch.setattr(durable, "replace", torn)
        try:
            fill(plan, path, threads=1, resume=path.exists())
        except OSError:
            ended += 1
        monkeypatch.setattr(durable, "replace", real)
    assert ended >= 8
    fill(plan, path, threads=1, resume=path.exists())
    assert {k: v[2] for k, v in files(path).items()} == {k: v[2] for k, v in files(reference).items()}
    assert list(path.parent.rglob("*.part")) == []
    same(path, plan)


def test_a_chunk_is_on_the_disk_before_it_counts(tmp_path, monkeypatch):
    """Every file of a chunk is flushed under its first name and its folder after the renaming; then the line is."""
    flushed, real = [], os.fsync

    def fsync(handle):
        real(handle)
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))

    monkeypatch.setattr(os, "fsync", fsync)
    path = tmp_path / "map.zarr"
    fill(PLAN, path, threads=1)
    log = str(path / "completion" / "1-of-1.log")
    lines = [i for i, name in enumerate(flushed) if name == log][1:-1]  # the first names the writer, the last closes
    assert len(lines) == CHUNKS
    for number, (begin, end) in enumerate(zip([lines[0] - 14, *lines[:-1]], lines, strict=True)):
        between = flushed[begin:end]
        for key in store.Store.load(path).record.chunks[number]:
            name, _, chunk = key.partition("/")
            assert between.index(str(path / name / f".{chunk}.1-of-1.part")) < between.index(str(path / name))


def test_a_torn_line_of_the_record_does_not_count(tmp_path):
    path = tmp_path / "map.zarr"
    fill(PLAN, path, threads=1)
    log = path / "completion" / "1-of-1.log"
    lines = log.read_bytes().splitlines(keepends=True)
    chunks = [i for i, text in enumerate(lines) if b'"chunk"' in text]
    log.write_bytes(b"".join(lines[: chunks[10]]) + lines[chunks[10]][:40])
    assert complete(path) == 10
    assert fill(PLAN, path, threads=1, resume=True).computed == 14
    same(path)


@pytest.mark.slow
def test_a_full_disk_is_an_io_failure_and_loses_nothing(tmp_path, programs):
    """The system refuses files beyond a size, here the log's, after some chunks; then there is room again."""
    path = tmp_path / "map.zarr"

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    tight = programs.start(path, preexec_fn=limited, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    _, err = tight.communicate(timeout=60)
    assert tight.returncode == 74, err
    assert "Traceback" not in err
    done = complete(path)
    if done:  # the limit also holds for the store's own description
        before = files(path)
        assert fill(PLAN, path, threads=1, resume=True).computed == CHUNKS - done
        assert {key: files(path)[key] for key in before} == before
    same(path) if done else None


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk of its own can only be mounted by root")
def test_a_disk_that_really_fills_up(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting is not permitted here")
    try:
        plan, path = Fake(), disk / "map.zarr"
        ballast = disk / "ballast"
        fill_with = 400 * 1024 - 280 * 1024
        ballast.write_bytes(b"x" * fill_with)
        with pytest.raises(OSError) as full:
            fill(plan, path, threads=1)
        assert full.value.errno == 28
        if not path.exists():  # refused by the estimate
            assert "are free" in str(full.value)
            return
        done = complete(path)
        ballast.unlink()
        assert fill(plan, path, threads=1, resume=True).computed == CHUNKS - done
        same(path, plan)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_room_is_found_out_before_anything_is_written(tmp_path, monkeypatch):
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=10_000))
    with pytest.raises(OSError, match=r"map.zarr: 2,400 points need up to \d+ kB on the disk, 10 kB are free") as told:
        fill(PLAN, tmp_path / "map.zarr")
    assert told.value.errno == 28
    assert list(tmp_path.iterdir()) == []


def test_threads_and_chunks_make_no_difference(tmp_path):
    fill(PLAN, tmp_path / "a.zarr", threads=2)
    fill(Fake(chunks=(2, 7, 11)), tmp_path / "b.zarr", threads=1)
    same(tmp_path / "a.zarr")
    same(tmp_path / "b.zarr")


def test_a_store_goes_on_with_its_own_chunks(tmp_path, monkeypatch):
    path = tmp_path / "map.zarr"
    fill(PLAN, path, shard="1/2")
    assert fill(Fake(chunks=(2, 7, 11)), path, resume=True).computed == 12
    same(path)


def test_attributes_survive_the_way_through_netcdf(tmp_path):
    from plasticity import provenance
    from plasticity.sweeps.storage.netcdf import export

    plan = Fake(attributes={"study": "protocol: {}\n", "seed": 0, "versions": '{"numpy": "2"}', "scale": 0.5})
    fill(plan, tmp_path / "map.zarr", threads=1)
    ds = store.open(tmp_path / "map.zarr").load()
    read = provenance.read(export(tmp_path / "map.zarr", tmp_path / "map.nc"))
    xarray.testing.assert_equal(read, ds)
    assert read.attrs == ds.attrs
    assert {**plan.attributes, "failures": 0}.items() <= read.attrs.items()
    assert read["total_open_time"].attrs == {"units": "h", "range": "[0, 1]"}
    assert read["status"].dtype == np.int8


def test_any_reader_of_zarr_reads_a_store(tmp_path):
    """Without a warning, which pytest makes an error."""
    fill(PLAN, tmp_path / "map.zarr", threads=1)
    for options in ({}, {"consolidated": False}):
        ds = xarray.open_zarr(tmp_path / "map.zarr", **options)
        assert ds["t_open"].dims == ("compound", "dose", "brake_tau", "window")
        assert ds["total_open_time"].values.tobytes() == collect(PLAN)["total_open_time"].values.tobytes()


def test_an_error_in_the_computation_is_not_hidden(tmp_path, monkeypatch):
    monkeypatch.setattr(Fake, "evaluate", lambda *_: {}["nothing"])
    with pytest.raises(KeyError):
        fill(PLAN, tmp_path / "map.zarr")
    assert complete(tmp_path / "map.zarr") == 0
    with pytest.raises(KeyError):
        computing.collect(PLAN)
