"""The gates of .ci/run one by one, each in an environment of its own: `nox -s tests`."""

from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "docs"]


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, the slow ones too; arguments go to pytest."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *(session.posargs or ["-m", "slow or not slow"]))


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
