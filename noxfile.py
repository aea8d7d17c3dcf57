"""The gates of .ci/run one by one, each in an environment of its own: `nox -s tests`."""

import re
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "docs"]


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, the slow ones too; arguments go to pytest."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *(session.posargs or ["-m", "slow or not slow"]))


@nox.session(name="tests-lowest", python="3.11")
def tests_lowest(session: nox.Session) -> None:
    """Run the tests with the oldest Python and the lowest versions that pyproject.toml allows."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    place = Path(session.create_tmp())
    core, wanted, pinned = place / "core.txt", place / "wanted.txt", place / "pinned.txt"
    session.install("uv")
    compiled = ["uv", "pip", "compile", "--quiet", "--resolution", "lowest-direct", "--python-version", "3.11"]
    session.run(*compiled, "pyproject.toml", "--no-annotate", "--output-file", str(core))
    names = {re.split(r"[^\w.-]", text)[0].lower().replace(".", "-") for text in project["dependencies"]}
    kept = [line for line in core.read_text().splitlines() if line.split("==")[0] in names | {"llvmlite"}]
    core.write_text("\n".join(kept))
    # Gates are tools and no dependencies; libRoadRunner's wheels need a newer NumPy than this package does.
    left_out = ("ruff", "mypy", "import-linter", "numpydoc", "libroadrunner")
    tools = [text for text in project["optional-dependencies"]["test"] if not text.startswith(left_out)]
    wanted.write_text("\n".join(tools))
    session.run(*compiled, "pyproject.toml", str(wanted), "--constraint", str(core), "--output-file", str(pinned))
    session.install("-r", str(pinned))
    session.install("--no-deps", "-e", ".")
    # Old releases call what newer ones of their own dependencies deprecate.
    gates = ("imports_point_down_only", "docstrings_follow_numpydoc")
    without = [f"--deselect=tests/test_architecture.py::test_{name}" for name in gates]
    _tested(session, "-W", "default::DeprecationWarning", *without)


@nox.session(name="tests-newest", python=["3.12", "3.13", "3.14", "3.15"])
def tests_newest(session: nox.Session) -> None:
    """Run the tests with the newest versions of everything, on every newer Python that Numba supports."""
    session.install("--upgrade", "--upgrade-strategy", "eager", "-e", ".[test]")
    _tested(session)


def _tested(session: nox.Session, *options: str) -> None:
    session.run("python", "-m", "pip", "list", "--format=freeze")
    session.run("python", "-m", "pytest", *options, *(session.posargs or ["--ignore=tests/test_gates.py"]))


@nox.session
def conventions(session: nox.Session) -> None:
    """Have the checker of IOOS look at a dataset: all that CF 1.11 asks but for a date, which simulated time lacks."""
    session.install("-e", ".", "compliance-checker")
    file = str(Path(session.create_tmp()) / "stages.nc")
    session.run("plasticity", "run", "psilocybin_stages", "--reduced", "--out", file)
    session.run("compliance-checker", "--test", "cf:1.11", "--criteria", "lenient", file, success_codes=[0, 1])


@nox.session
def lint(session: nox.Session) -> None:
    """Style, floors and docstrings."""
    session.install("-e", ".[test]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")
    session.run("numpydoc", "lint", *sorted(map(str, Path("plasticity").rglob("*.py"))))


@nox.session
def types(session: nox.Session) -> None:
    """Types of the shell."""
    session.install("-e", ".[test]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """The site, every warning an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-n", "-W", "docs", "docs/_build/html", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """This package against its peers on the same work."""
    session.install("-e", ".[bench]")
    session.run("python", "-m", "benchmarks", *session.posargs)
