"""The factors of a sparse matrix and the solution with them, written out as straight-line code."""

from plasticity.solver.elimination import Elimination


def factor_lines(plan: Elimination, entry: str = "w_{}_{}") -> list[str]:
    """Write the factoring out, on names of the entries; the diagonal ends as the reciprocals of the pivots.

    Parameters
    ----------
    plan : Elimination
    entry : str
        Name of the entry of a row and a column.

    Returns
    -------
    list of str
        Assignments.

    Examples
    --------
    >>> from plasticity.solver.elimination import eliminate
    >>> factor_lines(eliminate(2, {(1, 0)}))
    ['w_0_0 = 1.0 / w_0_0', 'w_1_0 = w_1_0 * w_0_0', 'w_1_1 = 1.0 / w_1_1']
    """
    filled: list[str] = []
    for pivot in plan.order:
        diagonal = entry.format(pivot, pivot)
        filled.append(f"{diagonal} = 1.0 / {diagonal}")
        for i in plan.lower[pivot]:
            factor = entry.format(i, pivot)
            filled.append(f"{factor} = {factor} * {diagonal}")
            targets = [(entry.format(i, j), entry.format(pivot, j)) for j in plan.upper[pivot]]
            filled += [f"{target} = {target} - {factor} * {source}" for target, source in targets]
    return filled


def solve_lines(plan: Elimination, entry: str = "w_{}_{}", value: str = "b_{}") -> list[str]:
    """Write the forward and backward substitution out, in place on the names of the values.

    Parameters
    ----------
    plan : Elimination
    entry, value : str
        Names of the entry of a row and a column, and of the value of a row.

    Returns
    -------
    list of str
        Assignments.

    Examples
    --------
    >>> from plasticity.solver.elimination import eliminate
    >>> solve_lines(eliminate(2, {(1, 0)}))
    ['b_1 = b_1 - w_1_0 * b_0', 'b_1 = (b_1) * w_1_1', 'b_0 = (b_0) * w_0_0']
    """
    lines = [
        f"{value.format(i)} = {value.format(i)} - {entry.format(i, pivot)} * {value.format(pivot)}"
        for pivot in plan.order
        for i in plan.lower[pivot]
    ]
    for pivot in reversed(plan.order):
        sum_ = "".join(f" - {entry.format(pivot, j)} * {value.format(j)}" for j in plan.upper[pivot])
        lines.append(f"{value.format(pivot)} = ({value.format(pivot)}{sum_}) * {entry.format(pivot, pivot)}")
    return lines
