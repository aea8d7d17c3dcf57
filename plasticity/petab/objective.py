"""Calibration driven from pyPESTO: our likelihood and engine as a custom objective."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.fitting import STEP, Target
from plasticity.errors import InputError

if TYPE_CHECKING:
    from pypesto import Problem

Floats = NDArray[np.float64]


def pypesto_problem(target: Target) -> "Problem":
    """Hand a law and its rows to pyPESTO.

    Parameters
    ----------
    target : Target
        What `fitted` takes.

    Returns
    -------
    pypesto.Problem
        Its objective is the negative log-likelihood, integrated by this package's engine; the slope is differenced,
        all neighbours of a point in one ensemble. Free numbers have their names, ranges and scales: ``log10`` where
        the range is searched by its logarithm, else ``lin``.

    Raises
    ------
    InputError
        If pyPESTO is missing.

    Notes
    -----
    Schaelte et al. 2023, Bioinformatics 39: btad711, doi:10.1093/bioinformatics/btad711.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.likelihood import Error
    >>> from plasticity.calibration.observed import chosen
    >>> line = Law("log_law", (Free("offset", -20.0, 20.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> target = Target(line, chosen({"critical_period_windows": ["ketamine"]}), Error("normal", 1.5))
    >>> problem = pypesto_problem(target)
    >>> problem.x_names, round(float(problem.objective([4.5, 10.0])), 3)
    (['offset', 'slope'], 0.1)
    """
    try:
        import pypesto
    except ImportError:
        raise InputError("pyPESTO is not installed; allowed: pip install 'plasticity[petab]'") from None
    free = target.law.free
    low = np.array([_scaled(one.low, log=one.log) for one in free])
    high = np.array([_scaled(one.high, log=one.log) for one in free])

    def cube(x: Any) -> Floats:
        return np.asarray((np.atleast_2d(np.asarray(x, dtype=float)) - low) / (high - low))

    def value(x: Any) -> float:
        return -float(target.log_likelihood(np.clip(cube(x), 0.0, 1.0))[0])

    def slope(x: Any) -> Floats:
        at, steps = np.clip(cube(x), 0.0, 1.0), STEP * np.eye(len(free))
        ahead, back = np.minimum(at + steps, 1.0), np.maximum(at - steps, 0.0)
        found = -target.log_likelihood(np.concatenate([ahead, back]))
        widths = (ahead - back).sum(axis=1) * (high - low)
        return np.asarray((found[: len(free)] - found[len(free) :]) / widths)

    names, scales = [one.name for one in free], ["log10" if one.log else "lin" for one in free]
    objective = pypesto.Objective(fun=value, grad=slope, x_names=names)
    return pypesto.Problem(objective, low, high, x_names=names, x_scales=scales)


def _scaled(value: float, *, log: bool) -> float:
    return float(np.log10(value)) if log else value
