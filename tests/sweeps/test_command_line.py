"""What a sweep tells: failed points by name and exit code 3, one line for what is refused, how far it is."""

import pytest
from fake import Fake

from plasticity.cli import guarded, main
from plasticity.cli.sweeping import Wish, computed
from plasticity.sweeps.execution.computing import fill
from plasticity.sweeps.execution.progress import Progress
from plasticity.sweeps.storage import store

FAILING = Fake(failing=True)


def test_failed_points_are_listed_and_give_exit_code_3(tmp_path, capsys):
    path = tmp_path / "map.zarr"
    for wish in (Wish(), Wish(resume=True)):  # also when nothing is left to compute
        assert computed(FAILING, path, wish) == 3
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
        assert rows[:2] == [["status", "points", "failed because"], ["-3", "2", rows[1][2]]]
        assert "step became too small" in rows[1][2]
        assert rows[2] == ["compound", "dose", "brake_tau", "status", "reached h"]
        dose = f"{FAILING.coords['dose'].values[3]:g} mg"
        assert rows[3:] == [[name, dose, "117.414 h", "-3", "17"] for name in ("lsd", "psilocybin")]
    ds = store.open(path)
    assert ds.attrs["failures"] == 2
    assert ds["total_open_time"].isnull().sum() == 2


def test_failures_of_all_shards_are_counted(tmp_path):
    for number in (1, 2):
        fill(FAILING, tmp_path / "map.zarr", shard=(number, 2))
    assert store.open(tmp_path / "map.zarr").attrs["failures"] == 2


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(shard="3/2"), "shard: '3/2'; allowed: I/N"),
        (Wish(threads=0), "threads: 0; allowed: 1 or more"),
        (Wish(scheduler="nowhere"), "scheduler: 'nowhere'; allowed: an address such as tcp://host:8786"),
    ],
)
def test_a_bad_wish_is_refused_in_one_line(wish, words, tmp_path, capsys):
    code = guarded(lambda: computed(Fake(), tmp_path / "new" / "map.zarr", wish))
    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1)
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_a_design_that_no_disk_holds_is_refused_in_one_line(tmp_path, capsys):
    class Huge(Fake):
        @property
        def dims(self):
            return {"compound": 10**6, "dose": 10**3, "brake_tau": 10**3}

    plan = Huge(chunks=(1, 1000, 1000))
    assert guarded(lambda: computed(plan, tmp_path / "map.zarr", Wish())) == 74
    err = capsys.readouterr().err.splitlines()
    assert "1,000,000,000,000 points need up to 57 TB on the disk" in err[-1]
    assert list(tmp_path.iterdir()) == []


def test_options_of_a_sweep_are_refused_for_a_single_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "psilocybin_stages", "--resume"]) == 2
    assert "--resume: study 'psilocybin_stages' sweeps no summaries" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_export_writes_one_file_or_none(tmp_path, capsys):
    fill(Fake(), tmp_path / "map.zarr", threads=1)
    assert main(["export", str(tmp_path / "map.zarr"), str(tmp_path / "map.nc")]) == 0
    assert main(["export", str(tmp_path / "map.zarr"), str(tmp_path / "map.nc")]) == 2
    assert main(["export", str(tmp_path / "nowhere.zarr"), str(tmp_path / "b.nc")]) == 2
    (tmp_path / "map.zarr/area/c.0.0.0").write_bytes(b"x")
    assert main(["export", str(tmp_path / "map.zarr"), str(tmp_path / "b.nc")]) == 74
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.nc", "map.zarr"]


def test_progress_says_rate_and_time_left(monkeypatch, capsys):
    with Progress(1000, done=100) as progress:
        progress(100)
        assert capsys.readouterr().err == ""  # the first two seconds are silent
        monkeypatch.setattr("time.monotonic", lambda: progress.began + 5.0)
        progress(100)
    assert capsys.readouterr().err == "300 of 1,000 points done, 40 points/s, about 18 s left\n"
