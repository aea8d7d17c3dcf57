"""Which experiment would tell rival laws apart best: drug, dose and day on which to look."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, ndtr

from plasticity.calibration.likelihood import Error

Floats = NDArray[np.float64]


def separation(days: Mapping[str, Floats], tests: Sequence[float], error: Error) -> Floats:
    """Information about which law holds, from one animal looked at once on each of some days.

    Parameters
    ----------
    days : mapping of str to ndarray, shape (draws,)
        Closing day that each law predicts, one per draw of its free numbers [d]; 0 for a window that never opens.
    tests : sequence of float
        Days on which the window may be looked at [d].
    error : Error

    Returns
    -------
    ndarray, shape (tests,)
        Mutual information of law and outcome (open or closed), the laws equally likely before [bit]; 0 where all
        predict the same, at most 1.

    Notes
    -----
    The expected gain of information of Lindley 1956, doi:10.1214/aoms/1177728069, for a binary outcome.

    Examples
    --------
    >>> far = {"slow": np.array([60.0]), "fast": np.array([20.0])}
    >>> separation(far, [10.0, 40.0], Error("normal", 1.5)).round(3).tolist()
    [0.0, 1.0]
    """
    found = []
    for test in tests:
        seen = [np.where(each > 0.0, ndtr(-error.standardised(each, test)), 0.0) for each in days.values()]
        still_open = np.array([each.mean() for each in seen])
        found.append(_entropy(still_open.mean()) - _entropy(still_open).mean())
    return np.array(found)


def _entropy(chance: Floats) -> Floats:
    return np.asarray((entr(chance) + entr(1.0 - chance)) / np.log(2.0))
