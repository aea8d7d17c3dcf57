"""The shape of the house: floors, sizes, docstrings, and how little `import plasticity` costs."""

import ast
import re
import statistics
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "plasticity").rglob("*.py"))
KERNELS = [path for path in MODULES if path.parent.name == "kernels"]
# The text from which compiled modules are made: its functions share one flat workspace and mean nothing one by one.
TEMPLATES = [ROOT / "plasticity" / "solver" / f"{name}.py" for name in ("differenced", "driver", "explicit", "stepper")]
TOO_HEAVY = {"numba", "sympy", "xarray", "matplotlib", "pint"}
# Functions that every module of a folder has under the same name: the one that calls them says what they take and give.
FOUND = {"figures": {"draw", "caption"}}
VAGUE = {"utils", "util", "helpers", "helper", "base", "common", "misc"}


def short(path):
    return str(path.relative_to(ROOT))


def public(tree, of=(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
    return [node for node in tree.body if isinstance(node, of) and not node.name.startswith("_")]


def declares_kernel(node):
    calls = [d.func for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Name) and call.id == "kernel" for call in calls)


def test_imports_point_down_only(root, tool):
    done = tool(root, "lint-imports")
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contracts)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("path", [path for path in KERNELS if path.stem != "__init__"], ids=short)
def test_a_kernel_imports_nothing_but_declarations_and_laws(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"math"}
        elif isinstance(node, ast.ImportFrom):
            assert re.fullmatch(r"plasticity\.(declare|ratelaws|kernels(\.\w+)?)|math|typing", node.module)


def test_a_file_fits_in_the_head():
    lines = {short(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: n for name, n in lines.items() if n > 400} == {}


def test_most_files_are_small():
    """Documentation does not count here: a public name with a full docstring is easier to read, not harder."""
    assert statistics.median(map(lines_without_docstrings, MODULES)) < 120


def lines_without_docstrings(path):
    text = path.read_text()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, documented) and ast.get_docstring(node)]
    return len(text.splitlines()) - sum(node.body[0].end_lineno - node.body[0].lineno + 1 for node in nodes)


def test_no_name_says_nothing():
    assert [short(path) for path in MODULES if {path.stem, path.parent.name} & VAGUE] == []


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_first_line_says_what_the_module_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "no docstring"
    assert re.fullmatch(r".{10,}[.:!?]", docstring.splitlines()[0])
    assert path.read_text().startswith(('"""', 'r"""'))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_public_names_say_what_they_are_and_show_an_example(path):
    """Kernels are shown by their tests, figures of a kind by their frame; the command line is no place for examples."""
    tree = ast.parse(path.read_text())
    methods = chain.from_iterable(public(c, ast.FunctionDef) for c in public(tree, ast.ClassDef))
    silent = [node.name for node in (*public(tree), *methods) if not ast.get_docstring(node)]
    shown = path not in (*KERNELS, *TEMPLATES) and "cli" not in path.relative_to(ROOT).with_suffix("").parts
    found = FOUND.get(path.parent.name, set()) if path.stem != "__init__" else set()
    asked = [node for node in public(tree) if shown and node.name not in found]
    without_example = [node.name for node in asked if ">>> " not in (ast.get_docstring(node) or "")]
    assert (silent, without_example) == ([], [])


def test_docstrings_follow_numpydoc(root, tool):
    done = tool(root, "numpydoc", "lint", *map(short, MODULES))
    assert done.returncode == 0, done.stdout


def test_import_is_light(root, tool):
    done = tool(root, "python", "-X", "importtime", "-c", "import plasticity")
    assert done.returncode == 0, done.stdout
    loaded = set(re.findall(r"\|\s+(\w+)$", done.stdout, re.MULTILINE))
    assert "plasticity" in loaded
    assert loaded & TOO_HEAVY == set()


def test_no_module_takes_the_place_of_a_public_name(root, tool):
    """Were `simulate` the name of a module too, importing that module would hide the function."""
    code = """
import importlib, pkgutil, types
import plasticity
for module in pkgutil.iter_modules(plasticity.__path__):
    importlib.import_module(f"plasticity.{module.name}")
print(len(plasticity.__all__), [n for n in plasticity.__all__ if isinstance(getattr(plasticity, n), types.ModuleType)])
"""
    done = tool(root, "python", "-c", code)
    assert re.fullmatch(r"[1-9]\d* \[\]\n", done.stdout)


def test_every_source_that_a_kernel_names_is_in_the_bibliography():
    known = set(re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "plasticity" / "sources.bib").read_text(), re.MULTILINE))
    named = set()
    for path in KERNELS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "source":
                named |= set(ast.literal_eval(node.value))
    assert named - known == set()
    assert "Graupner2012" in named


def test_one_version_everywhere():
    import plasticity

    assert f"version: {plasticity.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {plasticity.__version__}" in (ROOT / "CHANGELOG.md").read_text()
