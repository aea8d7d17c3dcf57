"""What a figure of the gallery is made from, as one hash: a figure that was made from something else is out of date."""

import ast
import inspect
import io
import re
import tokenize
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from plasticity import compound, data, figures, plausible, provenance, ratelaws, uncertainty
from plasticity.declare import Kernel
from plasticity.errors import InputError
from plasticity.kernels import declared_kernels
from plasticity.study import Study


def made_from(study: Study) -> str:
    """Hash the study, the equations and numbers of the model, the published data, and how bands and figure are drawn.

    Notes, sources, flags, comments and the layout of code do not count: they change no figure.
    """
    kind = study.settings.figure.kind if study.settings.figure else ""
    return provenance.digest(
        {
            "study": study.attributes()["study_hash"],
            **model(),
            "data": [observed(name) for name in data.names()],
            "bands": [code(Path(inspect.getfile(module))) for module in (uncertainty, plausible)],
            "figure": drawing(kind),
        }
    )


def drawing(kind: str) -> dict[str, str]:
    """Give the code that draws a kind of figure: its module, the frame of all kinds, and what these import."""
    folder = Path(inspect.getfile(figures)).parent
    found: dict[str, str] = {}
    wanted = [kind, "frame"]
    while wanted:
        name = wanted.pop()
        path = folder / f"{name}.py"
        if name in found or not path.is_file():
            continue
        found[name] = code(path)
        wanted += re.findall(rf"^\s*from {figures.__name__}\.(\w+) import", path.read_text("utf-8"), re.MULTILINE)
    return dict(sorted(found.items()))


def made_from_model() -> str:
    """Hash the equations and numbers of the model alone."""
    return provenance.digest(model())


def model() -> dict[str, Any]:
    """Give what the model computes with."""
    return {
        "kernels": [equation(kernel) for kernel in sorted(declared_kernels(), key=lambda one: one.name)],
        "laws": code(Path(inspect.getfile(ratelaws))),
        "compounds": [numbers(name, kind) for name in compound.compound_names() for kind in compound.BODY_WEIGHT],
    }


def equation(kernel: Kernel) -> list[Any]:
    """Give what a kernel computes: its function, without the declaration on top, its numbers, and where it rests."""
    function = ast.parse(kernel.source).body[0]
    assert isinstance(function, ast.FunctionDef)
    lines = kernel.source.splitlines()[function.lineno - 1 :]
    values = {parameter.name: parameter.value for parameter in kernel.parameters}
    return [kernel.name, kernel.default, bare("\n".join(lines)), values, baselines(kernel)]


def baselines(kernel: Kernel) -> dict[str, str]:
    """Give the numbers at which the states of a kernel rest."""
    known = {p.name: p.value for other in declared_kernels() for p in other.parameters}
    resting = {
        state.name: state.baseline(SimpleNamespace(**known)) if callable(state.baseline) else state.baseline
        for state in kernel.states
    }
    return {name: f"{value:.9g}" for name, value in resting.items()}  # the last digits hang on the machine


def numbers(name: str, species: str) -> Any:
    """Give the numbers of a compound; nothing where a species has no data."""
    try:
        drug = compound.load_compound(name, species)
    except InputError:
        return None
    told = {key: number.value for key, number in drug.numbers.items()}
    varied = {key: number.value for key, number in drug.variability.items()}
    together = {" ".join(pair): number.value for pair, number in drug.correlations.items()}
    return [name, species, drug.states, drug.primary_target, drug.reference_dose, drug.forms, told, varied, together]


def observed(name: str) -> Any:
    """Give the numbers of a table of observations, and what its rows are about."""
    table = data.load(name)
    kept = [str(key) for key, one in table.data_vars.items() if "units" in one.attrs or key in ("compound", "modelled")]
    return [name, {key: [str(value) for value in table[key].values] for key in kept}]


def code(path: Path) -> str:
    """Give a file's statements without comments, docstrings and layout."""
    return bare(path.read_text(encoding="utf-8"))


def bare(text: str) -> str:
    """Give code without comments, docstrings and blanks, the same for every version of Python."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            first, last = node.body[0].lineno, node.body[0].end_lineno
            lines[first - 1 : last] = [""] * len(lines[first - 1 : last])
    return "".join("".join(lines).split())
