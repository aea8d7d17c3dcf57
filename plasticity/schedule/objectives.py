"""What a schedule is to achieve: the amount that many runs retained, larger being better."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity.evaluated import fear, openness

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


def _at_end(_starts: Sequence[float], _length: float, duration: float) -> Floats:
    return np.array([duration])


def _month_after(starts: Sequence[float], length: float, _duration: float) -> Floats:
    return np.array([(max(starts) + length if len(starts) else 0.0) + MONTH])


def _within(starts: Sequence[float], length: float, _duration: float) -> Floats:
    return np.concatenate([np.linspace(at, at + length, POINTS) for at in starts]) if len(starts) else np.zeros(0)


def _belief_change(read: Floats, values: Mapping[str, float]) -> float:
    return float(abs(values["belief_prior_initial"] - read[0, -1]))


def _fear_lost(read: Floats, values: Mapping[str, float]) -> float:
    return float(values["memory_engram_initial"] - fear(read[0, -1], read[1, -1], values))


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
