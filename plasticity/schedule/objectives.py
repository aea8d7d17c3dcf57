"""What a schedule is to achieve: the amount that many runs retained, larger being better."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from plasticity.kernels.threshold import threshold

Floats = NDArray[np.float64]
MONTH = 720.0
POINTS = 5


@dataclass(frozen=True)
class Objective:
    """One objective.

    Attributes
    ----------
    label : str
    unit : str
    module : str
        Module that the model needs; empty for none.
    states : tuple of str
        What is read.
    moments : callable
        Times of reading [h] for a schedule, from its starts, the length of a session and the duration.
    delay : float
        How long after the last session it is read at least [h].
    value : callable
        From the states read, shape (states, times), and the numbers in force.

    Examples
    --------
    >>> OBJECTIVES["belief_change"].module
    'belief'
    """

    label: str
    unit: str
    module: str
    states: tuple[str, ...]
    moments: Callable[[Sequence[float], float, float], Floats]
    delay: float
    value: Callable[[Floats, Mapping[str, float]], float]


def openness(theta: Floats, values: Mapping[str, float]) -> Floats:
    """Openness of the window where the threshold is `theta`, by the kernel's own equation.

    Parameters
    ----------
    theta : ndarray
    values : mapping of str to float
        Numbers in force.

    Returns
    -------
    ndarray
        0 at rest to 1 [1].

    Examples
    --------
    >>> from plasticity.model import Model
    >>> openness(np.array([1.3, 0.91]), Model().assemble([]).defaults()).round(2).tolist()
    [0.0, 0.99]
    """
    rest = SimpleNamespace(theta=theta, permissiveness=0.0, homeostasis=0.0)
    numbers = SimpleNamespace(**{name: value for name, value in values.items() if "." not in name})
    _, (_, found) = threshold(0.0, rest, SimpleNamespace(trkb_signal=0.0), numbers)
    return np.asarray(found)


def _at_end(_starts: Sequence[float], _length: float, duration: float) -> Floats:
    return np.array([duration])


def _month_after(starts: Sequence[float], length: float, _duration: float) -> Floats:
    return np.array([(max(starts) + length if len(starts) else 0.0) + MONTH])


def _within(starts: Sequence[float], length: float, _duration: float) -> Floats:
    return np.concatenate([np.linspace(at, at + length, POINTS) for at in starts]) if len(starts) else np.zeros(0)


def _belief_change(read: Floats, values: Mapping[str, float]) -> float:
    return float(abs(values["belief_prior_initial"] - read[0, -1]))


def _fear_lost(read: Floats, values: Mapping[str, float]) -> float:
    return float(values["memory_engram_initial"] - max(read[0, -1] - values["memory_safety_weight"] * read[1, -1], 0.0))


def _openness_met(read: Floats, values: Mapping[str, float]) -> float:
    return float(openness(read[0], values).mean()) if read.shape[1] else 0.0


OBJECTIVES: Mapping[str, Objective] = {
    "belief_change": Objective(
        "Retained belief change", "1", "belief", ("belief_prior",), _at_end, 0.0, _belief_change
    ),
    "fear_after_30_days": Objective(
        "Fear lost, 30 days after the last session",
        "1",
        "memory",
        ("memory_engram", "memory_safety"),
        _month_after,
        MONTH,
        _fear_lost,
    ),
    "integrated_openness": Objective(
        "Mean openness over the sessions", "1", "", ("theta",), _within, 0.0, _openness_met
    ),
}
"""Every objective that a schedule may have, by name; each is maximised (fear by what is lost of it)."""
