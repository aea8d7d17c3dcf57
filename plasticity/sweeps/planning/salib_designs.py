"""Designs of whole blocks of points, drawn by SALib: Saltelli's for Sobol indices, Morris' trajectories."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import missing_extra

Floats = NDArray[np.float64]
EXTRA_POINTS = {"saltelli": 2, "morris": 1}
"""Points of a block beyond one for every factor, by design."""
LEVELS = 4
"""Levels of the grid on which Morris' trajectories step, by two at a time."""


def block_size(design: str, factors: int) -> int:
    """Give the number of points in one block of a design.

    Parameters
    ----------
    design : str
        A key of `EXTRA_POINTS`.
    factors : int

    Returns
    -------
    int

    Examples
    --------
    >>> block_size("saltelli", 3), block_size("morris", 3)
    (5, 4)
    """
    return factors + EXTRA_POINTS[design]


def block_shares(design: str, factors: int, blocks: int, seed: int) -> Floats:
    """Draw the points of a design in the unit cube, block after block.

    A block of Saltelli's design is a point of matrix A, that point with each coordinate in turn from matrix B, and the
    point of B; a block of Morris' is a walk that changes each coordinate once.

    Parameters
    ----------
    design : str
        A key of `EXTRA_POINTS`.
    factors, blocks, seed : int

    Returns
    -------
    ndarray, shape (blocks * block_size, factors)
        From 0 to 1.

    Raises
    ------
    InputError
        If SALib is not installed.

    Notes
    -----
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018, on a scrambled Sobol' sequence (Owen 1998,
    doi:10.1006/jcom.1998.0487); Morris 1991, doi:10.1080/00401706.1991.10484804. All drawn by SALib.

    Examples
    --------
    >>> block_shares("morris", 2, 8, seed=0).shape
    (24, 2)
    """
    problem = unit_problem([f"x{i}" for i in range(factors)])
    if design == "morris":
        from SALib.sample import morris

        found = morris.sample(problem, blocks, num_levels=LEVELS, seed=seed)
    else:
        from SALib.sample import sobol

        found = sobol.sample(problem, blocks, calc_second_order=False, seed=seed)
    return np.asarray(found, float)


def unit_problem(names: list[str]) -> dict[str, Any]:
    """Name factors that go from 0 to 1, as SALib wants them told; refuse where SALib is missing.

    Parameters
    ----------
    names : list of str

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If SALib is not installed.

    Examples
    --------
    >>> unit_problem(["dose"])
    {'num_vars': 1, 'names': ['dose'], 'bounds': [[0.0, 1.0]]}
    """
    try:
        import SALib  # noqa: F401
    except ImportError as error:
        raise missing_extra("sensitivity", "sensitivity") from error
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0] for _ in names]}
