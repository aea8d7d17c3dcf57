"""The tables of `docs/reference/sbml.md`: each is written by the benchmark that found its numbers."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def write(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table in place of what it held before.

    Parameters
    ----------
    name : str
        Without ``.csv``.
    head : sequence of str
    rows : iterable of sequences

    Returns
    -------
    pathlib.Path
    """
    path = FOLDER / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return path


def read(name: str) -> list[list[str]]:
    """Read the rows of a table, its head left out; none where there is no such table yet."""
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.reader(file) if row][1:]


def replace(name: str, head: Sequence[str], row: Sequence[object]) -> Path:
    """Put one row in place of the one that begins with the same words, or after the others."""
    rows = read(name)
    same = [i for i, old in enumerate(rows) if old[0] == row[0]]
    place = same[0] if same else len(rows)
    return write(name, head, [*rows[:place], row, *rows[place + 1 :]])
