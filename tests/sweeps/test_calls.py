"""What `plasticity.sweep` does with its options, and output paths that are refused from Python and from the shell."""

import os

import numpy as np
import pytest

import plasticity as pl
from plasticity.cli import main
from plasticity.sweeps.asking import planned
from plasticity.sweeps.execution import computing
from plasticity.sweeps.execution.crews import cores
from plasticity.sweeps.planning.plan import SweepPlan
from plasticity.sweeps.storage import store

PLAN = pl.Protocol("2 d").dose("psilocybin", "25 mg")
OVER = {"theta_tau": ["1 h", "2 h"]}
KEEP = ["max_depth"]


@pytest.fixture
def threads_seen(monkeypatch):
    seen = []
    whole = SweepPlan.evaluate

    def evaluate(self, block, threads=1):
        seen.append(threads)
        return whole(self, block, threads)

    monkeypatch.setattr(SweepPlan, "evaluate", evaluate)
    return seen


def test_all_cores_unless_told_otherwise(tmp_path, threads_seen):
    pl.sweep(PLAN, OVER, KEEP, out=tmp_path / "a.zarr")
    pl.sweep(PLAN, OVER, KEEP)
    pl.sweep(PLAN, OVER, KEEP, out=tmp_path / "b.zarr", threads=3)
    assert threads_seen == [cores(), cores(), 3]


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_no_bit_where_a_block_is_shared_by_several(threads):
    """200 points are four portions of the solver, 64 each and a rest, that several threads take."""
    over = {"dose": pl.geomspace("2 mg", "40 mg", 20), "brake_tau": pl.linspace("5 d", "8 d", 10)}
    plan = planned(pl.Protocol("28 d").dose("psilocybin", "25 mg"), over, ["total_open_time", "theta_lowest", "margin"])
    block = (slice(0, 20), slice(0, 10))
    one, many = plan.evaluate(block, 1), plan.evaluate(block, threads)
    assert plan.chunks == (20, 10)
    for name, values in one.items():
        np.testing.assert_array_equal(many[name], values, err_msg=name)


def test_a_shard_from_python_opens_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr("plasticity.sweeps.planning.plan.POINTS_PER_CHUNK", (1, 1))
    path = tmp_path / "map.zarr"
    first = pl.sweep(PLAN, OVER, KEEP, out=path, shard="1/2")
    assert first["status"].values.tolist() == [0, -128]
    assert np.isnan(first["max_depth"].values).tolist() == [False, True]
    whole = pl.sweep(PLAN, OVER, KEEP, out=path, shard="2/2")
    assert whole["status"].values.tolist() == [0, 0]
    assert (whole["max_depth"].values == pl.sweep(PLAN, OVER, KEEP)["max_depth"].values).all()


STUDY = "protocol: {{duration: 2 d}}\nsweep: {{over: {{theta_tau: [{} h, 2 h]}}, keep: [max_depth]}}\n"


def everything(folder):
    return {p: (p.stat().st_mtime_ns, p.is_file() and p.read_bytes()) for p in folder.rglob("*")}


@pytest.fixture
def taken(tmp_path):
    """A folder with everything that can be in the way of a store."""
    (tmp_path / "map.yaml").write_text(STUDY.format(1), encoding="utf-8")
    (tmp_path / "other.yaml").write_text(STUDY.format(3), encoding="utf-8")
    (tmp_path / "folder.zarr").mkdir()
    (tmp_path / "folder.nc").mkdir()
    (tmp_path / "file.zarr").write_text("notes")
    assert main(["run", str(tmp_path / "other.yaml"), "--out", str(tmp_path / "other.zarr")]) == 0
    return tmp_path


@pytest.mark.parametrize(
    ("out", "code", "told"),
    [
        ("folder", 2, "ends in 'nothing'; allowed: a name ending in .zarr"),
        ("folder.zarr", 2, "is a folder and no store of a sweep; allowed: a new name"),
        ("folder.nc", 2, "is a folder; allowed: a file"),
        ("file.zarr", 2, "is a file and no store of a sweep; allowed: a new name"),
        ("other.zarr", 2, "holds another study: axes.0.columns.theta_tau.values.0 is 3.0 there and 1.0 here; allowed"),
        ("other.nc", 2, "holds another study"),
        ("map.txt", 2, "ends in '.txt'; allowed"),
        ("file.zarr/below.zarr", 74, "file.zarr"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_an_output_in_the_way_is_told_in_one_line_and_left_alone(out, code, told, more, taken, capsys):
    before = everything(taken)
    capsys.readouterr()
    assert main(["run", str(taken / "map.yaml"), "--out", str(taken / out), *more]) == code
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert everything(taken) == before


@pytest.mark.parametrize("out", ["folder.zarr", "file.zarr", "other.zarr"])
def test_an_output_in_the_way_is_refused_from_python(out, taken):
    before = everything(taken)
    with pytest.raises(pl.InputError, match="allowed: ") as error:
        pl.sweep(PLAN, OVER, KEEP, out=taken / out)
    assert "\n" not in str(error.value)
    assert everything(taken) == before


def test_a_folder_that_cannot_be_written_is_an_error_of_the_disk(taken, monkeypatch, capsys):
    """As on a read-only disk; permissions alone would not stop the super-user, as which tests may run."""

    def refused(*_, **__):
        raise OSError(30, "Read-only file system", "map.zarr")

    before = everything(taken)
    monkeypatch.setattr(os, "mkdir", refused)
    with pytest.raises(OSError, match="Read-only file system"):
        pl.sweep(PLAN, OVER, KEEP, out=taken / "map.zarr")
    capsys.readouterr()
    assert main(["run", str(taken / "map.yaml"), "--out", str(taken / "map.zarr")]) == 74
    assert capsys.readouterr().err.count("\n") == 1
    assert everything(taken) == before


def test_a_sweep_that_is_there_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("plasticity.sweeps.planning.plan.POINTS_PER_CHUNK", (1, 1))
    path = tmp_path / "map.zarr"
    pl.sweep(PLAN, OVER, KEEP, out=path, shard="1/2")
    with pytest.raises(pl.InputError, match=r"holds 1 of 2 chunks of this study; allowed: --resume to go on with it"):
        pl.sweep(PLAN, OVER, KEEP, out=path)
    whole = pl.sweep(PLAN, OVER, KEEP, out=path, resume=True)
    with pytest.raises(pl.InputError, match=r"holds all of this study; allowed: draw, --resume to check it, or anoth"):
        pl.sweep(PLAN, OVER, KEEP, out=path)
    assert computing.fill(planned(PLAN, OVER, KEEP), path, resume=True).computed == 0
    assert (store.open(path)["max_depth"] == whole["max_depth"]).all()
