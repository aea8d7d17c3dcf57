"""Signals of a kernel from states alone, by the kernel's own equation: openness, and the fear that is expressed."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.kernels.memory import appraisal
from plasticity.kernels.threshold import threshold

Floats = NDArray[np.float64]


def openness(theta: Any, values: Mapping[str, Any]) -> Floats:
    """Openness of the window where the threshold is `theta`.

    Parameters
    ----------
    theta : float or ndarray
    values : mapping of str to float or ndarray
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
    _, (_, found) = threshold(0.0, rest, SimpleNamespace(trkb_signal=0.0), _shared(values))
    return np.asarray(found)


def fear(engram: Any, safety: Any, values: Mapping[str, Any]) -> Floats:
    """Fear that an engram and a safe trace express.

    Parameters
    ----------
    engram, safety : float or ndarray
    values : mapping of str to float or ndarray
        Numbers in force.

    Returns
    -------
    ndarray
        0 or more [1].

    Examples
    --------
    >>> from plasticity.model import Model
    >>> numbers = Model(modules=["memory"]).assemble([]).defaults()
    >>> fear(np.array([0.9, 0.2]), np.array([0.5, 0.5]), numbers).tolist()
    [0.4, 0.0]
    """
    states = SimpleNamespace(memory_engram=engram, memory_safety=safety, memory_surprise=0.0)
    quiet = SimpleNamespace(outcome=0.0, cue=0.0, openness=0.0)
    _, (expression, *_) = appraisal(0.0, states, quiet, _shared(values))
    return np.asarray(np.maximum(expression, 0.0))


def _shared(values: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{name: value for name, value in values.items() if "." not in name})
