"""What ``plasticity list`` shows: compounds, kernels, parameters with their sources, observables, studies."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from plasticity.cli.table import show


class Listed(StrEnum):
    """What can be listed."""

    compounds = "compounds"
    kernels = "kernels"
    parameters = "parameters"
    observables = "observables"
    studies = "studies"


def show_list(what: Listed) -> None:
    """Print one of the lists."""
    columns, rows = LISTS[what]
    show(columns, rows(), HIDDEN)


def _compounds() -> Iterator[Sequence[object]]:
    for compound in _every_compound():
        number = f"{len(compound.numbers)} numbers"
        standing = "exploratory" if compound.exploratory else ""
        target = compound.primary_target
        yield (
            compound.name,
            compound.species,
            compound.title,
            target,
            compound.reference_dose,
            compound.default_form,
            number,
            standing,
        )


def _kernels() -> Iterator[Sequence[object]]:
    from plasticity.kernels import declared_kernels
    from plasticity.model import SHARED, Model

    modules = {kernel.layer for kernel in declared_kernels()} - {k.layer for k in declared_kernels() if k.default}
    usual = Model(modules=sorted(modules)).variants
    for kernel in sorted(declared_kernels(), key=lambda kernel: kernel.layer):
        variant = " = ".join([kernel.variant, *kernel.aliases])
        states = ", ".join(state.name for state in kernel.states)
        signals = ", ".join(signal.name for signal in kernel.gives)
        used = "default" if kernel.default else "by choice"
        if kernel.layer in modules and kernel.variant in (SHARED, usual[kernel.layer]):
            used = "with its module"
        yield (
            kernel.name,
            kernel.layer,
            variant,
            used,
            f"per {kernel.per}",
            states,
            signals,
            kernel.doc.partition("\n")[0],
        )


def _parameters() -> Iterator[Sequence[object]]:
    from plasticity.kernels import declared_kernels

    declared = {parameter.name: parameter for kernel in declared_kernels() for parameter in kernel.parameters}
    for parameter in declared.values():
        if parameter.value is not None:
            yield _row(parameter.name, "", parameter, parameter.label)
    for compound in _every_compound():
        for name, number in compound.numbers.items():
            label = declared[name].label if name in declared else ""
            yield _row(f"{compound.name}.{name}", compound.species, number, label)


def _row(name: str, species: str, number: Any, label: str) -> Sequence[object]:
    plausible = f"{number.range[0]:g} to {number.range[1]:g}" if number.range else ""
    source = ", ".join(number.source)
    return name, f"{number.value:.10g}", number.unit, plausible, number.flag, source, species, label, number.note


def _every_compound() -> Iterator[Any]:
    from plasticity.compound import BODY_WEIGHT, compound_names, load_compound
    from plasticity.errors import InputError

    for name in compound_names():
        for species in BODY_WEIGHT:
            try:
                compound = load_compound(name, species)
            except InputError:  # no data for this species
                continue
            yield compound


def _studies() -> Iterator[Sequence[object]]:
    from plasticity import config
    from plasticity.errors import InputError, extra_needed
    from plasticity.study import Study, bundled

    for name in Study.names():
        try:
            study = Study.load(name)
        except InputError as error:
            if extra_needed(error) is None:
                raise
            title = config.load(bundled.found(name)).find(("title",)).value
            yield name, title, "", f"needs the extra {extra_needed(error)}"
            continue
        figure = study.settings.figure.kind if study.settings.figure else ""
        yield name, study.settings.title, len(study.runs), figure


def _observables() -> Iterator[Sequence[object]]:
    from plasticity.study.readout import declared

    yield from declared()


HIDDEN = ("stands", "law", "note", "data", "form")
"""Columns that only lines in a pipe have room for."""

LISTS: dict[Listed, tuple[Sequence[str], Callable[[], Iterator[Sequence[object]]]]] = {
    Listed.compounds: (("name", "species", "title", "target", "dose", "form", "data", "standing"), _compounds),
    Listed.kernels: (("name", "layer", "variant", "used", "stands", "states", "signals", "law"), _kernels),
    Listed.parameters: (
        ("name", "value", "unit", "range", "flag", "source", "species", "label", "note"),
        _parameters,
    ),
    Listed.observables: (("name", "unit", "options", "meaning", "source"), _observables),
    Listed.studies: (("name", "title", "runs", "figure"), _studies),
}
