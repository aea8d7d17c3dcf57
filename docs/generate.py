"""Pages of the reference that nobody writes by hand: every kernel, compound and number, read from the package."""

import inspect
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import plasticity
from plasticity import compound, data, declare, errors, ratelaws, symbolic
from plasticity.declare import FLAGS, Kernel
from plasticity.kernels import declared_kernels
from plasticity.named_sets import model_sets
from plasticity.population import BODY_WEIGHT_CV

ORDER = ("assumed", "fitted", "derived", "recalled", "verified_secondary", "verified")
MEANING = {
    "assumed": "a free choice or a hypothesis",
    "fitted": "calibrated against published windows or kinetics",
    "derived": "computed from other values",
    "recalled": "known from the field and not checked again",
    "verified_secondary": "seen in a secondary source",
    "verified": "seen in the source",
}
MODULES_OF_THE_API = (declare, ratelaws, data)


class Row(NamedTuple):
    """One number as the tables show it."""

    owner: str
    name: str
    value: float | None
    unit: str
    range: tuple[float, float] | None
    flag: str
    source: Sequence[str]
    meaning: str
    note: str


def plain(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|$#~" else c for c in text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; the first column is set as code."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join([f"`{first}`", *others]) + " |" for first, *others in rows]
    return "\n".join(lines) + "\n"


def number(value: float | None) -> str:
    """Write a number with the digits that it was given with."""
    return "by compound" if value is None else f"{value:.10g}"


def bounds(given: tuple[float, float] | None) -> str:
    """Write a plausible range."""
    return f"{given[0]:g} to {given[1]:g}" if given else ""


def cited(keys: Iterable[str]) -> str:
    """Refer to entries of the bibliography."""
    return ", ".join(f"{{cite:t}}`{key}`" for key in keys)


def by_flag(rows: Iterable[Row]) -> list[Row]:
    """Sort: what is assumed first, what was seen in its source last."""
    return sorted(rows, key=lambda row: ORDER.index(row.flag) if row.flag in ORDER else len(ORDER))


def parameters_of(kernel: Kernel) -> list[Row]:
    """List the numbers that a kernel declares."""
    return [
        Row(kernel.name, p.name, p.value, p.unit, p.range, p.flag or "", p.source, p.label, p.note)
        for p in kernel.parameters
    ]


def numbers_of(drug: compound.Compound) -> list[Row]:
    """List the numbers of a compound in one species, labels taken from the kernels that read them."""
    labels = {p.name: p.label for k in declared_kernels() for p in k.parameters}
    return [
        Row(
            f"{drug.name}, {drug.species}",
            name,
            n.value,
            n.unit,
            n.range,
            n.flag,
            n.source,
            labels.get(name, ""),
            n.note,
        )
        for name, n in drug.numbers.items()
    ]


def spread_of(drug: compound.Compound) -> list[Row]:
    """List how much subjects differ in the numbers of a compound."""
    named = {f"CV of {name}": n for name, n in drug.variability.items()}
    named |= {f"correlation of {a} and {b}": n for (a, b), n in drug.correlations.items()}
    owner = f"{drug.name}, {drug.species}, between subjects"
    return [Row(owner, name, n.value, n.unit, n.range, n.flag, n.source, "", n.note) for name, n in named.items()]


def numbers_elsewhere() -> list[Row]:
    """List the numbers that belong to no kernel and no compound: sets of the whole model, and body weight."""
    named = {("set " + title, name): n for title, one in model_sets().items() for name, n in one.numbers.items()}
    named |= {(f"{species}, between subjects", "CV of body_weight"): n for species, n in BODY_WEIGHT_CV.items()}
    return [
        Row(owner, name, n.value, n.unit, n.range, n.flag, n.source, "", n.note) for (owner, name), n in named.items()
    ]


def parameter_table(rows: Iterable[Row]) -> str:
    """Write numbers with flag and source, assumed ones first."""
    header = ("parameter", "meaning", "value", "unit", "range", "flag", "source", "note")
    cells = [
        (
            r.name,
            plain(r.meaning),
            number(r.value),
            r.unit,
            bounds(r.range),
            plain(r.flag),
            cited(r.source),
            plain(r.note),
        )
        for r in by_flag(rows)
    ]
    return table(header, cells) if cells else "None.\n"


def kernel_section(kernel: Kernel) -> str:
    """Write one kernel: its equations, what it reads and gives, its numbers."""
    variant = f", variant `{kernel.variant}`" if kernel.variant != "only" else ""
    variant += " (default)" if kernel.variant != "only" and kernel.default else ""
    times = "once for every compound" if kernel.per == "compound" else "once in a model"
    parts = [f"## {kernel.name}\n", f"{kernel.doc}\n", f"Layer `{kernel.layer}`{variant}; stands {times}.\n"]
    parts += [f"```{{math}}\n{line}\n```\n" for _, line in symbolic.equations(kernel)]
    declared = [(s.name, "state", s.unit, plain(s.label)) for s in kernel.states]
    declared += [(s.name, "signal", s.unit, plain(s.label)) for s in kernel.gives]
    declared += [(i.name, "input", i.unit, plain(i.label)) for i in kernel.inputs]
    if declared:
        parts.append(table(("name", "is", "unit", "meaning"), declared))
    parts += ["**Parameters**\n", parameter_table(parameters_of(kernel))]
    parts += [f"Always: `{relation.text}`.\n" for relation in kernel.requires]
    return "\n".join(parts)


def kernel_page(module: ModuleType, kernels: Sequence[Kernel]) -> str:
    """Write the page of one sub-model."""
    name = module.__name__.rpartition(".")[2]
    return "\n".join([f"# {name}\n", inspect.cleandoc(module.__doc__ or "") + "\n", *map(kernel_section, kernels)])


def compound_page(name: str) -> str:
    """Write the page of one compound, every species that it has data for."""
    parts = []
    for species in compound.BODY_WEIGHT:
        try:
            drug = compound.load_compound(name, species)
        except errors.InputError:
            continue
        if not parts:
            parts += [f"# {drug.title}\n", f"`{name}`; primary target: `{drug.primary_target}`.\n"]
            parts += (
                ["**Exploratory**: too little is known for more than trying things out.\n"] if drug.exploratory else []
            )
            forms = ", ".join(f"{form} {fraction:g}" for form, fraction in drug.forms.items())
            parts.append(f"Mass fraction of the active moiety: {plain(forms)}; default: {plain(drug.default_form)}.\n")
        states = ", ".join(f"`{state}`" for state in drug.states)
        parts += [f"## {species.capitalize()}\n", f"Usual dose: {drug.reference_dose}. States: {states}.\n"]
        parts.append(parameter_table(numbers_of(drug)))
    return "\n".join(parts)


def numbers_page(rows: Sequence[Row]) -> str:
    """Write every number of the package by how well it is known."""
    parts = ["# Every number, assumed ones first\n"]
    count = {flag: sum(row.flag == flag for row in rows) for flag in ORDER}
    parts.append(table(("flag", "means", "numbers"), [(flag, MEANING[flag], str(count[flag])) for flag in ORDER]))
    for flag in filter(count.get, ORDER):
        parts.append(f"## {flag.replace('_', ', ').capitalize()}\n")
        cells = [
            (r.name, plain(r.owner), number(r.value), r.unit, bounds(r.range), cited(r.source), plain(r.note))
            for r in rows
            if r.flag == flag
        ]
        parts.append(table(("parameter", "of", "value", "unit", "range", "source", "note"), cells))
    return "\n".join(parts)


def api_page() -> str:
    """Write the lists from which autosummary makes a page for each public name."""
    parts = ["Python\n======\n", "Public names\n------------\n", summary("plasticity", plasticity.__all__)]
    for module in MODULES_OF_THE_API:
        first_line = (module.__doc__ or "").splitlines()[0]
        defined = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
        public = [n for n in defined if not n.startswith("_") and callable(getattr(module, n))]
        parts += [
            module.__name__,
            "-" * len(module.__name__) + "\n",
            first_line + "\n",
            summary(module.__name__, public),
        ]
    return "\n".join(parts)


def summary(module: str, names: Iterable[str]) -> str:
    """Write one autosummary directive."""
    listed = "".join(f"   {name}\n" for name in names)
    return f".. currentmodule:: {module}\n\n.. autosummary::\n   :toctree: api\n\n{listed}"


def index(title: str, said: str, pages: Iterable[str]) -> str:
    """Write a page that leads to others."""
    return f"# {title}\n\n{said}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```\n"


def pages() -> dict[str, str]:
    """Write all pages: file name to text."""
    by_module: dict[ModuleType, list[Kernel]] = {}
    for kernel in declared_kernels():
        by_module.setdefault(inspect.getmodule(kernel.function) or declare, []).append(kernel)
    assert set(FLAGS) == set(ORDER), "a flag without a place in the tables"
    written, rows = {}, []
    stems = {module.__name__.rpartition(".")[2]: module for module in by_module}
    for stem, module in stems.items():
        written[f"kernels/{stem}.md"] = kernel_page(module, by_module[module])
        rows += [row for kernel in by_module[module] for row in parameters_of(kernel) if row.value is not None]
    for name in compound.compound_names():
        written[f"compounds/{name}.md"] = compound_page(name)
        for species in compound.BODY_WEIGHT:
            try:
                drug = compound.load_compound(name, species)
            except errors.InputError:
                continue
            rows += [*numbers_of(drug), *spread_of(drug)]
    rows += numbers_elsewhere()
    said = "Each sub-model with its equations, typeset from the code that runs, and its numbers."
    written["kernels/index.md"] = index("Kernels", said, stems)
    written["compounds/index.md"] = index("Compounds", "Each drug, species by species.", compound.compound_names())
    written["numbers.md"] = numbers_page(rows)
    written["api.rst"] = api_page()
    return written


def write(folder: Path) -> int:
    """Bring the generated folder up to date; Sphinx does not read unchanged pages again."""
    written = pages()
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in folder.rglob("*.*"):
        if path.is_file() and str(path.relative_to(folder)) not in written and path.parent.name != "api":
            path.unlink()
    print(
        f"generated {len(written)} pages: {sum(n.startswith('kernels/') for n in written) - 1} sub-models, "
        f"{sum(n.startswith('compounds/') for n in written) - 1} compounds"
    )
    return len(written)
