"""Published observations as tidy tables: one CSV file each, described by the lines that start with ``#``.

A line ``# name [unit]: meaning`` declares a column of numbers, ``# name: meaning`` a column of text; the lines before
the first column say what the table is. A new table is one new CSV file in this folder.
"""

import csv
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from plasticity.errors import InputError, unknown_name

if TYPE_CHECKING:
    import xarray

FOLDER = Path(__file__).parent
COLUMN = re.compile(r"^# (?P<name>[a-z][a-z0-9_.]*)(?: \[(?P<unit>[^\]]+)\])?: (?P<meaning>.+)$")


def names() -> list[str]:
    """List the tables.

    Returns
    -------
    list of str
        Sorted names, as `load` takes them.

    Examples
    --------
    >>> "critical_period_windows" in names()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


def load(name: str) -> "xarray.Dataset":
    """Read one table.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    xarray.Dataset
        One variable per column along dimension `row`: float64 where the column declares a unit (an empty cell is NaN),
        else text (an empty cell is ``""``). Variables carry `units` and `long_name`, the dataset `title` and `name`.

    Raises
    ------
    InputError
        If there is no such table, or a file departs from the form above.

    Examples
    --------
    >>> table = load("critical_period_windows")
    >>> lsd = table.isel(row=table.compound.values == "lsd")
    >>> float(lsd.last_open_day[0]), lsd.last_open_day.attrs["units"]
    (21.0, 'd')
    """
    if name not in names():
        raise unknown_name("data table", name, names())
    return read(FOLDER / f"{name}.csv")


def read(path: Path) -> "xarray.Dataset":
    """Read a table of this form from any file; see `load`.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file in UTF-8 with its describing lines.

    Returns
    -------
    xarray.Dataset
        As `load` returns it.

    Raises
    ------
    InputError
        If a column is not described, a described one is missing, a row is too short or long, or a number is not one.

    Examples
    --------
    >>> sorted(read(FOLDER / "critical_period_windows.csv").sizes)
    ['row']
    """
    import numpy
    import xarray

    lines = path.read_text(encoding="utf-8").splitlines()
    described = {match["name"]: match for line in lines if (match := COLUMN.match(line))}
    first = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    title = " ".join(line.removeprefix("# ") for line in lines[:first] if not COLUMN.match(line))
    header, *rows = list(csv.reader(lines[first:])) or [[]]
    if not described:
        raise InputError(f"{path.name}: no columns; allowed: lines '# name [unit]: meaning', then a header and rows")
    if header != list(described):
        raise InputError(f"{path.name}: columns are {header}; allowed: those described above them, {list(described)}")
    for line, row in enumerate(rows, first + 2):
        if len(row) != len(header):
            raise InputError(f"{path.name}:{line}: {len(row)} cells; allowed: {len(header)}, one per column")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    variables = {}
    for cells, (column, match) in zip(columns, described.items(), strict=True):
        stripped = [cell.strip() for cell in cells]
        attributes = {"long_name": match["meaning"]}
        if match["unit"] is None:
            variables[column] = ("row", numpy.array(stripped, dtype=str), attributes)
            continue
        numbers = [_number(path, line, column, cell) for line, cell in enumerate(stripped, first + 2)]
        variables[column] = ("row", numpy.array(numbers, dtype=float), attributes | {"units": match["unit"]})
    return xarray.Dataset(variables, attrs={"name": path.stem, "title": title})


def _number(path: Path, line: int, column: str, cell: str) -> float:
    try:
        value = float(cell) if cell else math.nan
    except ValueError:
        value = math.inf
    if math.isinf(value) or (cell and math.isnan(value)):
        raise InputError(f"{path.name}:{line}: {column}: {cell!r}; allowed: a finite number, or nothing")
    return value
