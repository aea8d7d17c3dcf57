"""A Dask cluster of separate processes over TCP: the same bits as here, also when a worker dies in the middle."""

import os
import re
import sys
from pathlib import Path

import pytest
from conftest import complete, until
from fake import Fake
from test_resume import same

from plasticity.sweeps.execution import computing
from plasticity.sweeps.execution.computing import fill

pytest.importorskip("distributed")
PLAN = Fake()
HERE = str(Path(__file__).parent)


def started(programs, tmp_path, workers):
    """Start a scheduler and workers; give its address and the workers."""
    paths = os.pathsep.join([HERE, os.environ.get("PYTHONPATH", "")])
    options = {"env": os.environ | {"PYTHONPATH": paths}, "cwd": tmp_path}
    said = (tmp_path / "scheduler.json").resolve()
    module = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    where = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said)]
    programs.run([*module, *where], **options)
    until(lambda: said.is_file() and '"address": "tcp://' in said.read_text())
    address = re.search(r'"address": "(tcp://[^"]+)"', said.read_text()).group(1)
    call = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    ]
    return address, [programs.run(call, **options) for _ in range(workers)]


@pytest.mark.slow
def test_a_worker_that_dies_changes_nothing(tmp_path, gate, programs):
    from distributed import Client

    address, workers = started(programs, tmp_path, 2)
    with Client(address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
    path = tmp_path / "map.zarr"
    main = programs.start(path, "--scheduler", address, "--gate", gate)
    until(lambda: len(list(gate.glob("*.asked"))) >= 2)  # both workers are at their first chunk
    for chunk in gate.glob("*.asked"):
        chunk.with_suffix("").touch()
    until(lambda: complete(path) >= 2)
    until(lambda: len(list(gate.glob("*.asked"))) >= 4)
    workers[0].kill()
    workers[0].wait()
    (gate / "open").touch()
    out, err = main.communicate(timeout=120)
    assert main.returncode == 0, err
    assert "24 of 24 chunks, 24 computed now" in out
    same(path)


@pytest.mark.slow
def test_a_cluster_that_goes_away_is_an_io_failure_that_can_be_resumed(tmp_path, gate, programs):
    address, _ = started(programs, tmp_path, 1)
    path = tmp_path / "map.zarr"
    main = programs.start(path, "--scheduler", address, "--gate", gate)
    until(lambda: list(gate.glob("*.asked")))
    next(gate.glob("*.asked")).with_suffix("").touch()
    until(lambda: complete(path) == 1)
    programs.started[0].kill()
    _, err = main.communicate(timeout=120)
    assert main.returncode == 74, err
    assert "1 of 24 chunks are complete; go on with --resume" in err
    assert fill(PLAN, path, threads=1, resume=True).computed == 23
    same(path)


@pytest.mark.slow
def test_a_client_of_the_script_is_used_and_left_open(tmp_path, programs):
    from distributed import Client

    address, _ = started(programs, tmp_path, 1)
    with Client(address, timeout=60) as client:
        assert fill(PLAN, tmp_path / "map.zarr", scheduler=client).complete
        assert client.status == "running"
    same(tmp_path / "map.zarr")


def test_a_scheduler_that_does_not_answer_is_an_io_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("plasticity.sweeps.execution.crews.WAIT", 1)
    with pytest.raises(OSError, match=r"scheduler tcp://127.0.0.1:9: no answer within 1 s"):
        fill(PLAN, tmp_path / "map.zarr", scheduler="tcp://127.0.0.1:9")
    assert computing.fill(PLAN, tmp_path / "map.zarr", threads=1).complete  # nothing was begun, so nothing to resume
