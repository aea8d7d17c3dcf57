"""Markdown of generated pages: tables, citations, pages that lead to others."""

from collections.abc import Iterable, Sequence

DISCLAIMER = "A simulated plasticity index for research: no evidence about treatment, no advice on treatment or dosing."


def plain(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|$#~" else c for c in text)


def with_code(text: str) -> str:
    """Escape what Markdown would take for markup, except code between backticks."""
    parts = text.split("`")
    return "`".join(part if place % 2 else plain(part) for place, part in enumerate(parts))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; the first column is set as code unless it is markup already."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    for first, *others in rows:
        name = first if first.startswith(("[", "{", "`")) else f"`{first}`"
        lines.append("| " + " | ".join([name, *others]) + " |")
    return "\n".join(lines) + "\n"


def entries(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Make the first column what a search for these names finds first."""
    return [(f"{{entry}}`{name}`", *others) for name, *others in rows]


def number(value: float | None) -> str:
    """Write a number with the digits that it was given with."""
    return "by compound" if value is None else f"{value:.10g}"


def bounds(given: tuple[float, float] | None) -> str:
    """Write a plausible range."""
    return f"{given[0]:g} to {given[1]:g}" if given else ""


def cited(keys: Iterable[str]) -> str:
    """Refer to entries of the bibliography."""
    return ", ".join(f"{{cite:t}}`{key}`" for key in keys)


def index(title: str, said: str, pages: Iterable[str], *, listed: bool = True) -> str:
    """Write a page that leads to others, and lists them unless what it says does."""
    shown = ":maxdepth: 1" if listed else ":hidden:"
    return f"# {title}\n\n{said}\n\n```{{toctree}}\n{shown}\n\n" + "\n".join(pages) + "\n```\n"


def seconds(given: float) -> str:
    """Write how long something took."""
    return f"{given:.1f} s" if given < 10 else f"{given:.0f} s" if given < 120 else f"{given / 60:.0f} min"
