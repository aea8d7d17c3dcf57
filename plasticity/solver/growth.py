"""The longest step that still sees an oscillation begin, written out for states that act back on each other.

A method that damps what is fast also damps what grows fast: on an unstable equilibrium it steps over the oscillation
around it, at any tolerance and without an error estimate. Which modes grow is told by the Jacobian alone. States that
act back on each other, through whatever others, form a block, and the eigenvalues of the blocks are those of the whole
matrix. For two states they are given by trace and determinant; for three and four the criterion of Hurwitz (Gantmacher
1959, The Theory of Matrices, volume 2, chapter XV) tells whether one lies to the right of a limit. A state by itself
cannot oscillate, and blocks of more than `LARGEST` states are left alone. Of a function that is called as it is nobody
knows which state moves which: all its states count as one block.
"""

from collections.abc import Collection, Sequence

LARGEST = 4
PER_STEP = 1.0
"""Largest product of the step and an eigenvalue that grows."""


def blocks(size: int, pattern: Collection[tuple[int, int]]) -> list[list[int]]:
    """Collect the states that act back on each other.

    Parameters
    ----------
    size : int
    pattern : collection of (int, int)
        Row and column of the entries of the Jacobian: which state is moved by which.

    Returns
    -------
    list of list of int
        Blocks of two states or more, in ascending order.

    Examples
    --------
    >>> blocks(4, {(0, 1), (1, 0), (2, 1), (3, 3)})
    [[0, 1]]
    """
    reached = [{i} for i in range(size)]
    for middle in range(size):
        reached[middle] |= {column for row, column in pattern if row == middle}
    for middle in range(size):
        for row in range(size):
            if middle in reached[row]:
                reached[row] |= reached[middle]
    found = [[j for j in range(size) if j in reached[i] and i in reached[j]] for i in range(size)]
    return [block for i, block in enumerate(found) if len(block) > 1 and block[0] == i]


def limit_lines(size: int, pattern: Collection[tuple[int, int]], entry: str, limit: str, rate: str) -> list[str]:
    """Write the longest step out, in terms of the entries of the Jacobian's negative.

    Parameters
    ----------
    size : int
    pattern : collection of (int, int)
    entry : str
        Name of the entry of a row and a column.
    limit : str
        Where the longest step goes: 1e300 if nothing grows, half of the step if one of three or four states grows too
        fast for it.
    rate : str
        The reciprocal of the step.

    Returns
    -------
    list of str
        Assignments, none if nothing can oscillate.

    Examples
    --------
    >>> limit_lines(2, {(0, 0), (1, 0)}, "w_{}_{}", "limit", "rate")
    []
    >>> space = {"sqrt": lambda x: x**0.5, "rate": 1.0} | {"w_0_0": -1.0, "w_0_1": 4.0, "w_1_0": -4.0, "w_1_1": 0.0}
    >>> exec("\\n".join(limit_lines(2, {(0, 0), (0, 1), (1, 0)}, "w_{}_{}", "limit", "rate")), space)
    >>> space["limit"]  # eigenvalues 0.5 +- 3.97 i, of size 4
    0.25
    """
    lines: list[str] = []
    names: list[str] = []
    for block in (b for b in blocks(size, pattern) if len(b) <= LARGEST):
        given = {(i, j): entry.format(i, j) for i in block for j in block if (i, j) in pattern}
        name = f"limit_{block[0]}"
        names.append(name)
        lines += _of_two(block, given, name) if len(block) == 2 else _of_more(block, given, name, rate)
    if not names:
        return []
    longest = names[0]
    for name in names[1:]:
        longest = f"min({longest}, {name})"
    return [*lines, f"{limit} = {longest}"]


def _of_two(block: Sequence[int], given: dict[tuple[int, int], str], name: str) -> list[str]:
    """Size of the eigenvalue that grows: the root of the determinant if it turns, else the larger of the two."""
    i, j = block
    first, second = given.get((i, i), "0.0"), given.get((j, j), "0.0")
    return [
        f"{name}_half = -0.5 * ({first} + {second})",
        f"{name}_apart = 0.5 * ({first} - {second})",
        f"{name}_apart = {name}_apart * {name}_apart + {given[i, j]} * {given[j, i]}",
        f"{name}_grows = {name}_half + sqrt(max({name}_apart, 0.0))",
        f"{name}_speed = sqrt({name}_half * {name}_half + max(-{name}_apart, 0.0))",
        f"{name}_speed = {name}_grows if {name}_apart >= 0.0 else {name}_speed",
        f"{name} = {PER_STEP} / {name}_speed if {name}_grows > 0.0 else 1e300",
    ]


def _of_more(block: Sequence[int], given: dict[tuple[int, int], str], name: str, rate: str) -> list[str]:
    """Tell whether all eigenvalues lie left of ``PER_STEP * rate``."""
    shifted = dict(given)
    lines = [f"{name}_shift = {PER_STEP} * {rate}"]
    for i in block:
        shifted[i, i] = f"{name}_{i}"
        lines.append(f"{name}_{i} = {given.get((i, i), '0.0')} + {name}_shift")
    lines += [f"{name}_a{n} = {_minors(block, shifted, n)}" for n in range(1, len(block) + 1)]
    a1, a2, a3 = (f"{name}_a{n}" for n in (1, 2, 3))
    margin, least = f"{a1} * {a2} - {a3}", f"min({a1}, {a3})"
    if len(block) == 4:
        margin = f"({margin}) * {a3} - {a1} * {a1} * {name}_a4"
        least = f"min({least}, {name}_a4)"
    lines.append(f"{name} = 1e300 if min({margin}, {least}) >= 0.0 else 0.5 / {rate}")
    return lines


def _minors(block: Sequence[int], given: dict[tuple[int, int], str], n: int) -> str:
    """Sum of the principal minors of `n` rows: a coefficient of the characteristic polynomial."""
    from itertools import combinations

    found = [_determinant(rows, rows, given) for rows in combinations(block, n)]
    return " + ".join(f"({minor})" for minor in found if minor) or "0.0"


def _determinant(rows: Sequence[int], columns: Sequence[int], given: dict[tuple[int, int], str]) -> str:
    """Expand along the first row; empty where it vanishes identically."""
    if not rows:
        return "1.0"
    text = ""
    for place, column in enumerate(columns):
        rest = _determinant(rows[1:], [*columns[:place], *columns[place + 1 :]], given)
        if (rows[0], column) in given and rest:
            term = given[rows[0], column] if rest == "1.0" else f"{given[rows[0], column]} * ({rest})"
            text += f" - {term}" if place % 2 else (f" + {term}" if text else term)
    return text
