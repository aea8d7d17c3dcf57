"""Several programs at one store: the second whole writer is refused, shards share it, and death frees every lock."""

import random

import pytest
from conftest import complete, files, let_through, until
from fake import Fake
from test_resume import same

from plasticity.errors import InputError
from plasticity.sweeps.execution.computing import fill, shard_of
from plasticity.sweeps.storage import store

PLAN = Fake()


def test_shards_in_any_order_give_the_same_files(tmp_path):
    whole, path = tmp_path / "whole.zarr", tmp_path / "map.zarr"
    fill(PLAN, whole, threads=1)
    order = [1, 2, 3, 4, 5]
    random.Random(0).shuffle(order)
    for number in order[:-1]:
        done = fill(PLAN, path, threads=1, shard=(number, 5))
        assert not done.complete
    left = order[-1]
    count = len(range(left - 1, 24, 5))
    assert done.missing_shards == f": shard {left}/5 ({count})"
    with pytest.raises(OSError, match=rf"{count} of 24 chunks are not computed yet: shard {left}/5 \({count}\)"):
        store.open(path)
    assert fill(PLAN, path, threads=1, shard=f"{left}/5").complete
    assert {k: v[2] for k, v in files(path).items()} == {k: v[2] for k, v in files(whole).items()}
    assert store.open(path).attrs == store.open(whole).attrs
    same(path)


def test_a_shard_that_is_started_again_goes_on(tmp_path):
    path = tmp_path / "map.zarr"
    assert fill(PLAN, path, threads=1, shard="1/3").computed == 8
    before = files(path)
    assert fill(PLAN, path, threads=1, shard="1/3").computed == 0
    assert files(path) == before
    assert fill(PLAN, path, threads=1, shard="2/4").computed == 4  # another cut: what is complete is not redone


def test_writers_exclude_each_other_until_they_die(tmp_path, gate, programs):
    path = tmp_path / "map.zarr"
    let_through(gate, PLAN, range(2))
    first = programs.start(path, "--gate", gate)
    until(lambda: complete(path) == 2)
    before = files(path)
    second = programs.start(path, "--resume")
    _, err = second.communicate(timeout=60)
    assert second.returncode == 74
    assert f"another program writes there (process {first.pid} on " in err
    assert err.count("\n") == 1
    with pytest.raises(OSError, match="another program writes there"):
        fill(PLAN, path, shard="1/2")
    assert files(path) == before
    first.kill()
    first.wait()
    assert fill(PLAN, path, threads=1, resume=True).computed == 22  # no lock of the dead program is in the way
    same(path)


@pytest.mark.slow
def test_shards_at_the_same_time(tmp_path, gate, programs):
    path = tmp_path / "map.zarr"
    both = [programs.start(path, "--gate", gate, "--shard", f"{number}/2") for number in (1, 2)]
    asked = lambda: {p.name for p in gate.glob("*.asked")}  # noqa: E731
    until(lambda: asked() >= {"0-0-0.asked", "0-0-10.asked"})  # chunks 0 and 1
    for options in ({"shard": "1/2"}, {"shard": "1/3"}, {"resume": True}):
        with pytest.raises(OSError, match="another program writes there"):
            fill(PLAN, path, **options)
    (gate / "open").touch()
    for program in both:
        _, err = program.communicate(timeout=60)
        assert program.returncode == 0, err
    turns = store.Store.load(path).record.turns
    assert set(turns.values()) == {1}
    assert len(turns) == 24
    same(path)


@pytest.mark.parametrize("given", ["0/4", "5/4", "1", "a/b", "1/2/3", "-1/4", "1/0", "½/1", (0, 2)])
def test_a_shard_that_cannot_be_is_refused(given, tmp_path):
    with pytest.raises(InputError, match="allowed: I/N with I from 1 to N"):
        shard_of(given)
    with pytest.raises(InputError):
        fill(PLAN, tmp_path / "map.zarr", shard=given)
    assert list(tmp_path.iterdir()) == []


def test_more_shards_than_chunks(tmp_path):
    plan = Fake(doses=4, taus=4, chunks=(2, 4, 4))
    for number in range(1, 4):
        done = fill(plan, tmp_path / "map.zarr", threads=1, shard=(number, 3))
    assert done.complete
    same(tmp_path / "map.zarr", plan)


def test_a_file_system_without_locks_is_told(tmp_path, monkeypatch, caplog):
    import fcntl

    def absent(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", absent)
    assert fill(PLAN, tmp_path / "map.zarr", threads=1).complete
    assert "no locks on this file system; start no second writer" in caplog.text
