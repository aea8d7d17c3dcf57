"""What the published tables observe, read from runs of the model: one function each, found by its name."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.batch import Batch
from plasticity.errors import unknown_name
from plasticity.window import Windows, locate

if TYPE_CHECKING:
    from scipy.interpolate import PPoly

Floats = NDArray[np.float64]
HOURS_PER_DAY = 24.0
LONGEST = 72.0
"""An area without an end of its own is taken up to here [h]."""


def quantity(name: str) -> Callable[[Batch, str, float], Floats]:
    """Find a quantity by its name.

    Parameters
    ----------
    name : str
        As in the column ``quantity`` of a table.

    Returns
    -------
    callable
        Of a batch of runs, the name of the compound and the time of the observation [h]; one number for each run.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> quantity("plasma_maximum").__name__
    'plasma_maximum'
    """
    known = {key: value for key, value in vars(sys.modules[__name__]).items() if key in NAMES}
    if name not in known:
        raise unknown_name("quantity", name, NAMES)
    found: Callable[[Batch, str, float], Floats] = known[name]
    return found


def plasma_maximum(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Largest plasma concentration [ng/mL].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> plasma_maximum(Batch.asked("psilocybin 25 mg", "12 h"), "psilocybin", 0.0).round(1).tolist()
    [17.3]
    """
    return batch.concentration(compound)[0]


def plasma_time_of_maximum(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Time of the largest plasma concentration [h].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> plasma_time_of_maximum(Batch.asked("psilocybin 25 mg", "12 h"), "psilocybin", 0.0).round(1).tolist()
    [1.9]
    """
    return batch.concentration(compound)[1]


def plasma_half_life(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Terminal half-life in plasma [h], from the fall between a sixteenth and a sixty-fourth of the maximum.

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> plasma_half_life(Batch.asked("psilocybin 25 mg", "24 h"), "psilocybin", 0.0).round(2).tolist()
    [1.63]
    """
    maximum, time, _ = batch.concentration(compound)
    slot = batch.slot(f"{compound}.central")
    scale = batch.number(f"{compound}.molecular_weight") / 1000.0 / batch.number(f"{compound}.volume_central")
    times = zip(batch.runs, maximum / scale, time, strict=True)
    return np.array([_half_life(run.trajectory.polynomial(slot), amount, when) for run, amount, when in times])


def _half_life(amount: "PPoly", maximum: float, time: float) -> float:
    from scipy.optimize import brentq

    end = float(amount.x[-1])

    def reached(share: float) -> float:
        below = float(amount(end)) < share * maximum
        return float(brentq(lambda when: float(amount(when)) / maximum - share, time, end)) if below else np.nan

    return (reached(1.0 / 64.0) - reached(1.0 / 16.0)) / 2.0


def plasma_area(batch: Batch, compound: str, at: float) -> Floats:
    """Area under the plasma concentration up to `at` [ng h/mL].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> plasma_area(Batch.asked("lsd 100 ug", "72 h"), "lsd", 72.0).round(1).tolist()  # dose over clearance
    [13.7]
    """
    slot, end = batch.slot(f"{compound}.central"), LONGEST if np.isnan(at) else at
    paths = [run.trajectory.polynomial(slot) for run in batch.runs]
    amount = np.array([float(path.integrate(0.0, min(end, path.x[-1]))) for path in paths])
    return amount / batch.number(f"{compound}.volume_central") * batch.number(f"{compound}.molecular_weight") / 1000.0


def occupancy_maximum(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Largest occupancy of 5-HT2A as seen by PET [%].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> occupancy_maximum(Batch.asked("psilocybin 30 mg", "12 h"), "psilocybin", 0.0).round(0).tolist()
    [70.0]
    """
    return 100.0 * batch.signal("htr2a_occupancy")[0]


def effect_maximum(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Largest acute effect [%].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> effect_maximum(Batch.asked("psilocybin 25 mg", "12 h"), "psilocybin", 0.0).round(0).tolist()
    [74.0]
    """
    return batch.effect()[0]


def effect_rating(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Largest acute effect on a scale from 0 to 10.

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> effect_rating(Batch.asked("dmt 14 mg fumarate", "2 h"), "dmt", 0.0).round(1).tolist()
    [7.6]
    """
    return batch.effect()[0] / 10.0


def effect_time_of_maximum(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Time of the largest acute effect [h].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> effect_time_of_maximum(Batch.asked("psilocybin 25 mg", "12 h"), "psilocybin", 0.0).round(1).tolist()
    [1.8]
    """
    return batch.effect()[1]


def effect_duration(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Time during which the acute effect exceeds a tenth of its maximum [h].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> effect_duration(Batch.asked("psilocybin 25 mg", "24 h"), "psilocybin", 0.0).round(2).tolist()
    [6.38]
    """
    return batch.effect()[2]


def density_at(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Density of 5-HT2A over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> density_at(Batch.asked("psilocybin 25 mg", "30 h"), "psilocybin", 24.0).round(2).tolist()
    [0.83]
    """
    return batch.signal_at("htr2a_density", at)


def mrna_at(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Bdnf mRNA over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> mrna_at(Batch.asked("mdma 125 mg", "30 h"), "mdma", 24.0).round(2).tolist()
    [1.0]
    """
    return batch.at("bdnf_mrna", at)


def bdnf_at(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Mature BDNF over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> bdnf_at(Batch.asked("mdma 125 mg", "30 h"), "mdma", 0.0).round(2).tolist()
    [1.0]
    """
    return batch.at("bdnf_mature", at)


def _windows(batch: Batch) -> list[Windows]:
    slot, found = batch.slot("theta"), []
    for run in batch.runs:
        numbers = {name: run.values[f"window_{name}"] for name in ("open_ratio", "close_ratio", "merge_gap")}
        pieces = run.trajectory.pieces[:, slot]
        found.append(locate(run.trajectory.times, pieces, theta_rest=run.values["theta_rest"], **numbers))
    return found


def closing_day(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Day on which the last window closes; 0 if none opens, the end of the run if one is open there.

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> closing_day(Batch.asked("psilocybin 25 mg", "28 d"), "psilocybin", 0.0).round(1).tolist()
    [17.5]
    """
    end = batch.runs[0].protocol.duration
    ends = [
        0.0 if not one.number_of_windows else end if one.censored_right[-1] else one.last_close
        for one in _windows(batch)
    ]
    return np.array(ends) / HOURS_PER_DAY


def ever_opens(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Whether any window opens: 1 or 0.

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> ever_opens(Batch.asked("dmt 15 mg", "7 d"), "dmt", 0.0).tolist()
    [0.0]
    """
    return np.array([float(one.number_of_windows > 0) for one in _windows(batch)])


def open_at(batch: Batch, compound: str, at: float) -> Floats:  # noqa: ARG001
    """Whether a window is open at a time: 1 or 0.

    Examples
    --------
    >>> from plasticity.calibration.batch import Batch
    >>> [open_at(Batch.asked("mdma 125 mg", "3 d"), "mdma", hour).tolist() for hour in (6.0, 48.0)]
    [[0.0], [1.0]]
    """
    return np.array([float(_open(one, at)) for one in _windows(batch)])


def _open(found: Windows, at: float) -> bool:
    ends = np.where(np.isnan(found.t_close), np.inf, found.t_close)
    return bool(((found.t_open <= at) & (at < ends)).any())


NAMES = tuple(
    name
    for name, value in list(vars().items())
    if callable(value)
    and getattr(value, "__module__", "") == __name__
    and not name.startswith("_")
    and name != "quantity"
)
