"""Pages that nobody writes by hand: every number, table and equation, read from the package and its studies."""

from pathlib import Path

from pages import kernels, numbers, speed, stages, studies, tables


def pages() -> dict[str, str]:
    """Write all pages: file name to text."""
    rows = numbers.every_number()
    return {
        "assumed.md": numbers.assumed_page(rows),
        "numbers.md": numbers.numbers_page(rows),
        "parameters.md": numbers.parameters_page(),
        **speed.pages(),
        **stages.pages(),
        **kernels.pages(),
        **studies.pages(),
        **tables.pages(),
    }


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
    count = {part: sum(name.startswith(f"{part}/") for name in written) - 1 for part in KINDS}
    print(f"generated {len(written)} files: {', '.join(f'{n} {KINDS[part]}' for part, n in count.items())}")
    return len(written)


KINDS = {"kernels": "sub-models", "compounds": "compounds", "gallery": "studies"}
