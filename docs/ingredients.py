"""What a figure of the gallery is made from, as one hash: a figure that was made from something else is out of date."""

import ast
import inspect
from pathlib import Path
from typing import Any

from plasticity import compound, data, figures, provenance, ratelaws
from plasticity.declare import Kernel
from plasticity.errors import InputError
from plasticity.kernels import declared_kernels
from plasticity.study import Study


def made_from(study: Study) -> str:
    """Hash the study, the equations and numbers of the model, the published data, and how the figure is drawn.

    Notes, sources, flags, comments and the layout of code do not count: they change no figure.
    """
    kind = study.settings.figure.kind if study.settings.figure else ""
    return provenance.digest(
        {
            "study": study.attributes()["study_hash"],
            "kernels": [equation(kernel) for kernel in sorted(declared_kernels(), key=lambda one: one.name)],
            "laws": code(Path(inspect.getfile(ratelaws))),
            "compounds": [numbers(name, kind) for name in compound.compound_names() for kind in compound.BODY_WEIGHT],
            "data": [data.load(name).to_dict() for name in data.names()],
            "figure": code(Path(inspect.getfile(figures)).with_name(f"{kind}.py")),
        }
    )


def equation(kernel: Kernel) -> list[Any]:
    """Give what a kernel computes: its function, without the declaration on top, and its numbers."""
    function = ast.parse(kernel.source).body[0]
    assert isinstance(function, ast.FunctionDef)
    values = {parameter.name: parameter.value for parameter in kernel.parameters}
    baselines = {state.name: baseline(state.baseline) for state in kernel.states}
    return [kernel.name, kernel.default, [ast.dump(line) for line in body(function)], values, baselines]


def baseline(given: Any) -> Any:
    """Give the number at which a state rests, or the code from which it follows."""
    return given.__code__.co_code.hex() + repr(given.__code__.co_names) if callable(given) else given


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


def code(path: Path) -> list[str]:
    """Give a file's statements without comments, docstrings and layout."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.body = body(node) or [ast.Pass()]
    return [ast.dump(line) for line in body(tree)]


def body(node: ast.FunctionDef | ast.ClassDef | ast.Module) -> list[ast.stmt]:
    """Give the statements below a node, its docstring left out."""
    return node.body[1:] if ast.get_docstring(node) is not None else node.body
