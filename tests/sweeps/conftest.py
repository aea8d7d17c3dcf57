"""What the tests of stores share: a plan whose numbers are cheap, programs that fill stores with it, and patience."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake import Fake

from plasticity.sweeps.storage import store

PROGRAM = Path(__file__).parent / "fake.py"
DEADLINE = 60.0  # seconds; a state that a busy machine has not reached by then will not come


def until(state: Callable[[], object]) -> None:
    """Poll for a state, and fail if it does not come."""
    ends = time.monotonic() + DEADLINE
    while not state():
        assert time.monotonic() < ends, "the awaited state did not come"
        time.sleep(0.005)


class Programs:
    """Starts programs that fill a store, and leaves none of them running."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: object, **options: object) -> subprocess.Popen[str]:
        call = [sys.executable, str(PROGRAM), *map(str, arguments)]
        return self.run(call, **options)

    def run(self, call: list[str], **options: object) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.started.append(subprocess.Popen(call, **{**pipes, **options}))
        return self.started[-1]

    def end(self) -> None:
        for program in self.started:
            if program.poll() is None:
                program.send_signal(signal.SIGKILL)
            program.communicate()


@pytest.fixture
def programs() -> Iterator[Programs]:
    made = Programs()
    yield made
    made.end()


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    folder = tmp_path / "gate"
    folder.mkdir()
    return folder


def let_through(gate: Path, plan: Fake, chunks: range) -> None:
    """Let the program compute these chunks and wait before the next."""
    from plasticity.sweeps.work import grid

    for number in chunks:
        (gate / "-".join(str(part.start) for part in grid(plan).block(number))).touch()


def complete(path: Path) -> int:
    """Count the complete chunks of a store."""
    try:
        return len(store.Store.load(path).record.chunks)
    except (OSError, ValueError):
        return 0


def files(path: Path) -> dict[str, tuple[int, int, bytes]]:
    """Give inode, time and content of every chunk file."""
    found = [p for p in path.rglob("c.*") if p.is_file()]
    return {str(p.relative_to(path)): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes()) for p in found}


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk write when it likes: only a loss of power tells the difference, and one test looks at the calls."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(os, "fsync", lambda _: None)
