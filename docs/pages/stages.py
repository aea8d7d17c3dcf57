"""Parts of the explanation that are numbers: where each assumption comes from, units, and how speed was measured."""

import csv
import itertools
import math
from collections import Counter
from pathlib import Path

from pages.kernels import by_module
from pages.markdown import cited, number, plain, table
from pages.numbers import Row, badge, by_flag, drugs, numbers_of, parameters_of, stem

from plasticity.kernels import declared_kernels
from plasticity.session_kinds import KINDS
from plasticity.units import ALTERNATIVES, CANONICAL

MEASURED = Path(__file__).parents[1] / "_static" / "work_precision.csv"
LEVELS = (1e-4, 1e-6)
OPEN = ("assumed", "fitted", "derived", "recalled")


def origins() -> str:
    """Write, stage by stage, why each number that was not seen in a source has its value."""
    parts = []
    for kernels in by_module().values():
        rows = [row for kernel in kernels for row in parameters_of(kernel) if row.value is not None]
        rows = list({row.name: row for row in rows}.values())
        if rows:
            name = stem(kernels[0])
            parts += [f"## {name}\n", told(rows, f"[Equations and all numbers](../_generated/kernels/{name}.md).")]
    for drug in drugs():
        link = f"[All its numbers](../_generated/compounds/{drug.name}.md)."
        parts += [f"## {drug.name}, {drug.species}\n", told(numbers_of(drug), link)]
    return "\n".join(parts)


def told(rows: list[Row], link: str) -> str:
    """Write one group: how many numbers of each kind, and the reasons of those that nobody saw in a source."""
    count = Counter(row.flag for row in rows)
    said = ", ".join(f"{count[flag]} {flag.replace('_', ' ')}" for flag in count)
    cells = [
        (row.name, f"{number(row.value)} {row.unit}".removesuffix(" 1"), badge(row.flag), reason(row))
        for row in by_flag(rows)
        if row.flag in OPEN
    ]
    listed = table(("number", "value", "is", "because"), cells) if cells else ""
    return f"{len(rows)} numbers: {said}. {link}\n\n{listed}"


def reason(row: Row) -> str:
    """Give the note of a number and its sources; say so where there is neither."""
    parts = [plain(row.note), cited(row.source)]
    nothing = "a plausible value, chosen" if row.flag == "assumed" else "no note"
    return "; ".join(part for part in parts if part) or nothing


def units() -> str:
    """Write what may be written in place of each unit."""
    rows = [(unit, ALTERNATIVES.get(unit, "only this")) for unit in CANONICAL]
    return table(("inside", "what may be written"), rows)


def session_kinds() -> str:
    """Write what a session of each kind drives, and which module reads that."""
    read = {one.name: kernel.layer for kernel in declared_kernels() for one in kernel.inputs}
    rows = []
    for name, kind in KINDS.items():
        held = ", ".join(f"`{channel}` {value:g}" for channel, value in kind.holds.items())
        rows.append((name, held, ", ".join(f"`{one}`" for one in dict.fromkeys(read[key] for key in kind.holds))))
    return table(("kind", "drives, unless told otherwise", "module"), rows)


def work_precision() -> str:
    """Write what each solver needs for a given achieved error, read between the measured points."""
    ladders: dict[str, list[tuple[float, float]]] = {}
    machine = ""
    with MEASURED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            machine = row["machine"]
            error, seconds = float(row["error_p95"]), float(row["seconds_median"])
            if math.isfinite(error):
                ladders.setdefault(row["solver"], []).append((error, seconds))
    first = next(iter(ladders))
    rows = []
    for name, points in ladders.items():
        found = [seconds_at(level, points) for level in LEVELS]
        own = [seconds_at(level, ladders[first]) for level in LEVELS]
        cells = []
        for theirs, ours in zip(found, own, strict=True):
            cells += [f"{1e6 * theirs:,.0f}", "" if name.startswith("plasticity") else f"{theirs / ours:,.0f}"]
        rows.append((f"{{bdg-light}}`{name}`", *cells))
    heads = [text for level in LEVELS for text in (f"µs at {level:.0e}".replace("e-0", "e-"), "times ours")]
    return table(("solver", *heads), rows) + f"\nMachine: {plain(machine)}. Median of the repeats of one run.\n"


def seconds_at(level: float, points: list[tuple[float, float]]) -> float:
    """Read the time at an achieved error between the two measured points around it, both on logarithmic scales."""
    ordered = sorted(points)
    for (low, slow), (high, fast) in itertools.pairwise(ordered):
        if low <= level <= high:
            share = math.log(level / low) / math.log(high / low)
            return math.exp((1.0 - share) * math.log(slow) + share * math.log(fast))
    return math.nan


def pages() -> dict[str, str]:
    """Write the parts that pages of the explanation include."""
    return {
        "parts/origins.md": origins(),
        "parts/units.md": units(),
        "parts/session_kinds.md": session_kinds(),
        "parts/work_precision.md": work_precision(),
    }
