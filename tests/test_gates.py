"""Gates that look at nothing pass everything: each rule is broken once, in a copy, and its gate must notice."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
ARCHITECTURE = (*PYTEST, "tests/test_architecture.py", "-k")


@dataclass(frozen=True)
class Breach:
    """One broken rule: what is added at the end of which file, the gate, and words that it must say."""

    file: str
    added: str
    gate: tuple[str, ...]
    says: tuple[str, ...]


UNDOCUMENTED = "\n\ndef spare(x: float) -> float:\n    return x\n"
NO_EXAMPLE = '\n\ndef spare() -> None:\n    """Do nothing."""\n'

BREACHES = {
    "an unused import": Breach("errors.py", "\nimport json\n", ("ruff", "check"), ("F401", "errors.py")),
    "a layout of one's own": Breach(
        "errors.py",
        "\nSPARE = {'a':1}\n",
        ("ruff", "format", "--check"),
        ("would be reformatted", "--> plasticity/errors.py"),
    ),
    "code from text": Breach("errors.py", '\nexec("1")\n', ("ruff", "check"), ("S102", "errors.py")),
    "an import that points up": Breach(
        "errors.py",
        "\n\ndef spare() -> None:\n    from plasticity import units\n",
        ("lint-imports",),
        ("Imports point down only BROKEN", "plasticity.errors -> plasticity.units"),
    ),
    "a module without a floor": Breach(
        "spare.py", '"""Nothing."""\n', ("lint-imports",), ("not listed as layers", "- plasticity.spare")
    ),
    "Pint outside units": Breach(
        "errors.py",
        "\nimport pint\n",
        ("lint-imports",),
        ("Only units imports Pint BROKEN", "plasticity.errors -> pint"),
    ),
    "plotting outside figures": Breach(
        "units.py", "\nimport matplotlib\n", ("lint-imports",), ("Only figures and explore import plotting BROKEN",)
    ),
    "a kernel that knows units": Breach(
        "kernels/brake.py",
        "\nfrom plasticity import units\n",
        ("lint-imports",),
        ("Kernels know only", "plasticity.kernels.brake -> plasticity.units"),
    ),
    "a solver that knows biology": Breach(
        "solver/tableau.py",
        "\nfrom plasticity import declare\n",
        ("lint-imports",),
        ("The solver knows no biology BROKEN", "plasticity.solver.tableau -> plasticity.declare"),
    ),
    "a public name without a word": Breach(
        "errors.py", UNDOCUMENTED, (*ARCHITECTURE, "numpydoc"), ("GL08", "errors.py")
    ),
    "a public name without an example": Breach(
        "errors.py", NO_EXAMPLE, (*ARCHITECTURE, "show_an_example"), ("plasticity/errors.py", "['spare']")
    ),
    "an example that is wrong": Breach(
        "errors.py",
        '\n\ndef spare() -> int:\n    """Give one.\n\n    >>> spare()\n    2\n    """\n    return 1\n',
        (*PYTEST, "plasticity/errors.py"),
        ("Expected:", "errors.spare"),
    ),
    "a file too long": Breach("errors.py", "\n" * 401, (*ARCHITECTURE, "fits_in_the_head"), ("plasticity/errors.py",)),
    "a module that does not say what it is for": Breach(
        "spare.py", "SPARE = 1\n", (*ARCHITECTURE, "first_line"), ("plasticity/spare.py", "no docstring")
    ),
    "a heavy import": Breach("__init__.py", "\nimport sympy\n", (*ARCHITECTURE, "import_is_light"), ("'sympy'",)),
    "a number without a flag": Breach(
        "kernels/brake.py",
        '\n\nSPARE = Parameter("spare", 1.0, "1")\n',
        ("python", "-c", "import plasticity.kernels.brake"),
        ("parameter spare: flag None",),
    ),
    "a source that nobody can look up": Breach(
        "kernels/brake.py",
        '\n\nSPARE = Parameter("spare", 1.0, "1", flag="verified", source=["Nobody1900"])\n',
        (*ARCHITECTURE, "bibliography"),
        ("Nobody1900",),
    ),
    "a warning": Breach(
        "../tests/test_spare.py",
        'import warnings\n\n\ndef test_spare():\n    warnings.warn("spare")\n',
        (*PYTEST, "tests/test_spare.py"),
        ("UserWarning: spare", "1 failed"),
    ),
    "a marker that nobody declared": Breach(
        "../tests/test_spare.py",
        "import pytest\n\n\n@pytest.mark.slwo\ndef test_spare():\n    pass\n",
        (*PYTEST, "tests/test_spare.py"),
        ("'slwo' not found in `markers`",),
    ),
}


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """Give a copy of what the gates read."""
    for folder in ("plasticity", "tests", "configs"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CITATION.cff", "CHANGELOG.md"):
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def breach_is_noticed(copy, tool, breach):
    file = copy / "plasticity" / breach.file
    with file.open("a") as text:
        text.write(breach.added)
    done = tool(copy, *breach.gate)
    assert done.returncode != 0, done.stdout
    for words in breach.says:
        assert words in done.stdout, done.stdout


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_gate_notices(copy, tool, breach):
    breach_is_noticed(copy, tool, breach)


@pytest.mark.slow
def test_type_checker_notices(copy, tool):
    added = '\n\ndef spare(x: int) -> str:\n    """Nothing."""\n    return x\n'
    breach_is_noticed(copy, tool, Breach("errors.py", added, ("mypy",), ("plasticity/errors.py", "[return-value]")))
