"""Tables of numbers: every parameter and every number of a compound, how well it is known, and from where."""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pages.markdown import bounds, cited, entries, number, plain, table

from plasticity import compound, errors
from plasticity.declare import FLAGS, Kernel
from plasticity.kernels import declared_kernels
from plasticity.named_sets import model_sets
from plasticity.plausible import DERIVED_ERROR
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
assert set(FLAGS) == set(ORDER), "a flag without a place in the tables"


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
    owner = f"{drug.name}, {drug.species}"
    told = [
        Row(owner, name, n.value, n.unit, n.range, n.flag, n.source, labels().get(name, ""), n.note)
        for name, n in drug.numbers.items()
    ]
    told += [
        Row(owner, f"variability of {name}", n.value, n.unit, n.range, n.flag, n.source, "between subjects", n.note)
        for name, n in drug.variability.items()
    ]
    told += [
        Row(owner, f"correlation of {a}, {b}", n.value, n.unit, n.range, n.flag, n.source, "between subjects", n.note)
        for (a, b), n in drug.correlations.items()
    ]
    return told


@functools.cache
def labels() -> dict[str, str]:
    """Tell what each declared parameter means."""
    return {p.name: p.label for kernel in declared_kernels() for p in kernel.parameters}


def drugs() -> Iterator[compound.Compound]:
    """Load every compound in every species that it has data for."""
    for name in compound.compound_names():
        for species in compound.BODY_WEIGHT:
            try:
                yield compound.load_compound(name, species)
            except errors.InputError:
                continue


def every_number() -> list[Row]:
    """List all numbers of the package; a parameter that belongs to compounds stands there."""
    shared = [row for kernel in declared_kernels() for row in parameters_of(kernel) if row.value is not None]
    of_kernels = list({(row.owner, row.name): row for row in shared}.values())
    return [*of_kernels, *(row for drug in drugs() for row in numbers_of(drug)), *numbers_elsewhere()]


def numbers_elsewhere() -> list[Row]:
    """List the numbers of no kernel and no compound itself: named sets, and how body weights vary."""
    named = {(f"set {title}", name): n for title, one in model_sets().items() for name, n in one.numbers.items()}
    for title, numbers in compound.parameter_set_numbers().items():
        named |= {(f"set {title}", name): n for name, n in numbers.items()}
    named |= {(species, "variability of body_weight"): n for species, n in BODY_WEIGHT_CV.items()}
    named[("draws", "error of derived numbers")] = DERIVED_ERROR
    return [
        Row(owner, name, n.value, n.unit, n.range, n.flag, n.source, labels().get(name.rpartition(".")[2], ""), n.note)
        for (owner, name), n in named.items()
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
            badge(r.flag),
            cited(r.source),
            plain(r.note),
        )
        for r in by_flag(rows)
    ]
    return table(header, cells) if cells else "None.\n"


def badge(flag: str) -> str:
    """Mark how well a number is known, so that it can be seen from afar."""
    colour = {"assumed": "danger", "fitted": "warning", "derived": "info", "recalled": "secondary"}.get(flag, "success")
    return f"{{bdg-{colour}-line}}`{flag.replace('_', ' ')}`" if flag else ""


def flags_table(rows: Iterable[Row]) -> str:
    """Count numbers by how well they are known."""
    count = Counter(row.flag for row in rows)
    return table(("flag", "means", "numbers"), [(badge(flag), MEANING[flag], str(count[flag])) for flag in ORDER])


def _listed(rows: Iterable[Row], owner: bool = True) -> str:
    header = ("parameter", *(("of",) if owner else ()), "meaning", "value", "unit", "range", "source", "note")
    return table(
        header,
        [
            (
                *(r.name, *((plain(r.owner),) if owner else ()), plain(r.meaning), number(r.value), r.unit),
                *(bounds(r.range), cited(r.source), plain(r.note)),
            )
            for r in rows
        ],
    )


def assumed_page(rows: Sequence[Row]) -> str:
    """Write the numbers that nobody measured, first of all the reference."""
    assumed = [row for row in rows if row.flag == "assumed"]
    said = (
        f"{len(assumed)} of the {len(rows)} numbers of this package are free choices or hypotheses. They stand first, "
        "before anything that was measured, because a result is no better known than the numbers under it. "
        "[The others](numbers.md) carry their source.\n"
    )
    return "\n".join(
        [
            "# Assumed numbers\n",
            said,
            flags_table(rows),
            *[
                part
                for owner, mine in grouped(assumed).items()
                for part in (f"## {plain(owner)}\n", _listed(mine, owner=False))
            ],
        ]
    )


def numbers_page(rows: Sequence[Row]) -> str:
    """Write every number that is not assumed by how well it is known."""
    parts = ["# All other numbers\n", "Assumed numbers have [a page of their own](assumed.md).\n", flags_table(rows)]
    for flag in ORDER[1:]:
        mine = [row for row in rows if row.flag == flag]
        parts += [f"## {flag.replace('_', ', ').capitalize()}\n", _listed(mine)] if mine else []
    return "\n".join(parts)


def parameters_page() -> str:
    """Write every parameter by name, as `simulate`, studies and sweeps know it."""
    rows: list[tuple[str, ...]] = []
    for kernel in declared_kernels():
        for row in parameters_of(kernel):
            name = row.name if row.value is not None else f"<compound>.{row.name}"
            rows.append(
                (
                    *(name, plain(row.meaning), number(row.value), row.unit, bounds(row.range)),
                    badge(row.flag) if row.value is not None else "",
                    f"[{kernel.name}](kernels/{stem(kernel)}.md)",
                )
            )
    unique = {row[0]: row for row in rows}
    said = (
        f"{len(unique)} parameters, by name; those that begin with `<compound>` have "
        "[a value for each compound](compounds/index.md). `plasticity list parameters` prints the same.\n"
    )
    header = ("parameter", "meaning", "value", "unit", "range", "flag", "kernel")
    return "\n".join(["# Parameters\n", said, table(header, entries(unique[name] for name in sorted(unique)))])


def stem(kernel: Kernel) -> str:
    """Name the file of a kernel."""
    return kernel.function.__module__.rpartition(".")[2]


def grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Put rows together by owner, in the order of their first appearance."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.owner, []).append(row)
    return found
