"""Pages of kernels and compounds: equations typeset from the code that runs, states, numbers."""

import inspect
from collections.abc import Sequence
from types import ModuleType

from pages.formulas import equations
from pages.markdown import DISCLAIMER, entries, index, plain, table
from pages.numbers import drugs, numbers_of, parameter_table, parameters_of, stem

from plasticity import compound
from plasticity.declare import Kernel, State
from plasticity.kernels import declared_kernels
from plasticity.model import Model


def in_order() -> list[Kernel]:
    """Sort kernels as signals pass through them, from the dose to the window; what is beside the chain comes last."""
    every = [compound.load_compound(name) for name in ("psilocybin", "mdma", "ketamine")]
    chain = list(dict.fromkeys(one.kernel.layer for one in Model().assemble(every).instances))
    chain.sort(
        key=lambda layer: not any(k.layer == layer and k.states and k.per == "compound" for k in declared_kernels())
    )
    return sorted(declared_kernels(), key=lambda one: chain.index(one.layer) if one.layer in chain else len(chain))


def by_module() -> dict[ModuleType, list[Kernel]]:
    """Put kernels together by the file that they stand in."""
    found: dict[ModuleType, list[Kernel]] = {}
    for kernel in in_order():
        module = inspect.getmodule(kernel.function)
        assert module is not None
        found.setdefault(module, []).append(kernel)
    return found


def kernel_section(kernel: Kernel) -> str:
    """Write one kernel: its equations, what it reads and gives, its numbers."""
    variant = f", variant `{kernel.variant}`" if kernel.variant != "only" else ""
    variant += " (default)" if kernel.variant != "only" and kernel.default else ""
    times = "once for every compound" if kernel.per == "compound" else "once in a model"
    parts = [f"## {kernel.name}\n", f"{kernel.doc}\n", f"Layer `{kernel.layer}`{variant}; stands {times}.\n"]
    results, steps = equations(kernel)
    parts += [f"```{{math}}\n{line}\n```\n" for line in results]
    parts += ["where\n", *(f"```{{math}}\n{line}\n```\n" for line in steps)] if steps else []
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
    chain = {kernel.layer for kernel in declared_kernels() if kernel.default}
    minds = [] if {kernel.layer for kernel in kernels} <= chain else [f":::{{important}}\n{DISCLAIMER}\n:::\n"]
    said = inspect.cleandoc(module.__doc__ or "") + "\n"
    return "\n".join([f"# {name}\n", said, *minds, *map(kernel_section, kernels)])


def compound_page(name: str) -> str:
    """Write the page of one compound, every species that it has data for."""
    parts: list[str] = []
    for drug in (one for one in drugs() if one.name == name):
        if not parts:
            parts += [f"# {drug.title}\n", f"`{name}`; primary target: `{drug.primary_target}`.\n"]
            parts += (
                ["**Exploratory**: too little is known for more than trying things out.\n"] if drug.exploratory else []
            )
            forms = ", ".join(f"{form} {fraction:g}" for form, fraction in drug.forms.items())
            parts.append(f"Mass fraction of the active moiety: {plain(forms)}; default: {plain(drug.default_form)}.\n")
        states = ", ".join(f"`{state}`" for state in drug.states)
        parts += [f"## {drug.species.capitalize()}\n", f"Dose in trials: {drug.reference_dose}. States: {states}.\n"]
        parts.append(parameter_table(numbers_of(drug)))
    return "\n".join(parts)


def compounds_page() -> str:
    """Write the table of compounds."""
    rows = [
        (
            f"[{drug.name}]({drug.name}.md)",
            drug.species,
            plain(drug.title),
            f"`{drug.primary_target}`",
            drug.reference_dose,
            drug.default_form,
            str(len(drug.numbers)),
            "exploratory" if drug.exploratory else "",
        )
        for drug in drugs()
    ]
    header = ("compound", "species", "title", "target", "dose in trials", "form", "numbers", "standing")
    said = "The dose is the one of the trials that the kinetics come from, and no advice.\n\n" + table(header, rows)
    return index("Compounds", said, compound.compound_names(), listed=False)


def states_page() -> str:
    """Write every state, signal and input by name."""
    parts = ["# States, signals and inputs\n"]
    parts.append(
        "What a run's dataset holds over time. A name of a compound stands in the dataset as `<compound>_<name>`.\n"
    )
    for title, kind in (("States", "states"), ("Signals", "gives"), ("Inputs", "inputs")):
        rows = {}
        for kernel in declared_kernels():
            own = "<compound>_" if kernel.per == "compound" else ""
            for one in getattr(kernel, kind):
                if getattr(one, "internal", False):
                    continue
                name = own + one.name if not getattr(one, "total", False) else one.name
                where = f"[{kernel.name}](kernels/{stem(kernel)}.md)"
                rest = (resting(one),) if kind == "states" else ()
                rows.setdefault(name, (name, plain(one.label), one.unit, *rest, where))
        header = ("name", "meaning", "unit", *(("at rest",) if kind == "states" else ()), "kernel")
        parts += [f"## {title}\n", table(header, entries(rows[name] for name in sorted(rows)))]
    return "\n".join(parts)


def resting(state: State) -> str:
    """Say where a state rests."""
    return "from parameters" if callable(state.baseline) else f"{state.baseline:g}"


def pages() -> dict[str, str]:
    """Write the pages of kernels, compounds and states."""
    written = {}
    names = []
    for module, kernels in by_module().items():
        name = module.__name__.rpartition(".")[2]
        names.append(name)
        written[f"kernels/{name}.md"] = kernel_page(module, kernels)
    said = "Each sub-model with its equations, typeset from the code that runs, and its numbers."
    written["kernels/index.md"] = index("Kernels", said, names)
    written |= {f"compounds/{name}.md": compound_page(name) for name in compound.compound_names()}
    written["compounds/index.md"] = compounds_page()
    written["states.md"] = states_page()
    return written
