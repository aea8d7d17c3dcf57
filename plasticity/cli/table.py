"""Tables on a terminal, tab-separated lines anywhere else."""

import sys
from collections.abc import Iterable, Sequence


def show(columns: Sequence[str], rows: Iterable[Sequence[object]], hidden: Sequence[str] = ()) -> None:
    """Print a table to stdout.

    Parameters
    ----------
    columns : sequence of str
        Heads of the columns.
    rows : iterable of sequence
        Cells; None is empty.
    hidden : sequence of str
        Columns that a terminal is too narrow for.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            print("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown = [place for place, column in enumerate(columns) if column not in hidden]
    for place in shown:
        table.add_column(columns[place], overflow="fold")
    for row in cells:
        table.add_row(*(Text(row[place]) for place in shown))
    Console().print(table)
