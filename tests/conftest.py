"""What all tests share: no windows on the screen, the same examples in every run, and how a tool is called."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# The first example of a test may compile a model, so no example has a deadline.
settings.register_profile("plasticity", deadline=None, derandomize=True)
settings.load_profile("plasticity")

Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the top folder of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Give a function that runs a program of this environment in a folder: its output and errors come as one text."""

    def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = sys.executable if name == "python" else str(Path(sysconfig.get_path("scripts")) / name)
        return subprocess.run(
            [program, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        )

    return run
