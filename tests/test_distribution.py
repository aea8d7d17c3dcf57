"""What users download: a source distribution and a wheel with all that is needed and nothing that strayed in."""

import tarfile
import zipfile
from collections import Counter
from pathlib import PurePosixPath

import pytest

pytest.importorskip("hatchling", reason="needs hatchling (extra test)")
TOP = {
    *("benchmarks", "configs", "docs", "plasticity", "tests", ".ci", ".gitignore", ".pre-commit-config.yaml"),
    *("CHANGELOG.md", "CITATION.cff", "LICENSE", "PKG-INFO", "README.md", "noxfile.py", "pyproject.toml"),
}
PACKED = {".py", ".yaml", ".csv", ".bib", ".typed", ".cff", ".js"}
SOURCES = PACKED | {".md", ".rst", ".png", ".toml", ".css", ".svg", ".json", ".xml", ""}


@pytest.fixture(scope="module")
def built(root, tool, tmp_path_factory):
    place = tmp_path_factory.mktemp("dist")
    done = tool(root, "python", "-m", "hatchling", "build", "-d", str(place))
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel, tarfile.open(next(place.glob("*.tar.gz"))) as sources:
        members = [PurePosixPath(one.name) for one in sources.getmembers() if one.isfile()]
        return [PurePosixPath(name) for name in wheel.namelist()], [PurePosixPath(*path.parts[1:]) for path in members]


def test_the_wheel_holds_the_package_and_its_data_alone(built, root):
    wheel, _ = built
    assert {path.parts[0].partition("-")[0] for path in wheel} == {"plasticity"}
    package = [path for path in wheel if path.parts[0] == "plasticity"]
    assert {path.suffix or path.name for path in package} <= PACKED | {"py.typed"}
    modules = {path.relative_to(root).as_posix() for path in (root / "plasticity").rglob("*.py")}
    assert {str(path) for path in package if path.suffix == ".py"} == modules
    studies = {f"plasticity/configs/{path.name}" for path in (root / "configs").glob("*.yaml")}
    assert {str(path) for path in package if path.parts[1] == "configs"} == studies
    counted = Counter(path.suffix for path in package)
    assert counted[".csv"] == len(list((root / "plasticity" / "data").glob("*.csv")))
    assert {"plasticity/sources.bib", "plasticity/py.typed", "plasticity/CITATION.cff"} <= set(map(str, package))


def test_nothing_strays_into_the_source_distribution(built):
    _, sources = built
    assert {path.parts[0] for path in sources} == TOP
    assert {path.suffix for path in sources if path.name not in (".gitignore", "run")} <= SOURCES
    assert not [path for path in sources if {"results", "__pycache__", "_build", "_generated"} & set(path.parts)]
