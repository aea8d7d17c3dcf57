"""What the published tables observe, read from a run of the model: one function each, found by its name."""

import sys
from collections.abc import Callable

import numpy as np

from plasticity.errors import unknown_name
from plasticity.simulation import Run
from plasticity.solver.extent import extent
from plasticity.window import Windows, locate

HOURS_PER_DAY = 24.0
LONGEST = 72.0
"""An area without an end of its own is taken up to here [h]."""


def quantity(name: str) -> Callable[[Run, str, float], float]:
    """Find a quantity by its name.

    Parameters
    ----------
    name : str
        As in the column ``quantity`` of a table.

    Returns
    -------
    callable
        Of a run, the name of the compound and the time of the observation [h].

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
    found: Callable[[Run, str, float], float] = known[name]
    return found


def _plasma(run: Run, compound: str) -> tuple[float, float, float]:
    """Maximum [ng/mL], its time [h], and the total time above a sixteenth of it [h]."""
    return extent(_concentration(run, compound), run.trajectory.times, share=1.0 / 16.0, near=1e-6)


def _concentration(run: Run, compound: str) -> Callable[[np.ndarray], np.ndarray]:
    mass = run.values[f"{compound}.molecular_weight"] / 1000.0
    volume = run.values[f"{compound}.volume_central"]
    slot = list(run.assembly.states).index(f"{compound}.central")
    return lambda times: run.trajectory(times)[slot] / volume * mass


def plasma_maximum(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Largest plasma concentration [ng/mL].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(plasma_maximum(integrated(asked("psilocybin 25 mg", "12 h")), "psilocybin", 0.0), 1)
    17.3
    """
    return _plasma(run, compound)[0]


def plasma_time_of_maximum(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Time of the largest plasma concentration [h].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(plasma_time_of_maximum(integrated(asked("psilocybin 25 mg", "12 h")), "psilocybin", 0.0), 1)
    1.9
    """
    return _plasma(run, compound)[1]


def plasma_half_life(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Terminal half-life in plasma [h], from the fall between a sixteenth and a sixty-fourth of the maximum.

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(plasma_half_life(integrated(asked("psilocybin 25 mg", "24 h")), "psilocybin", 0.0), 2)
    1.63
    """
    from scipy.optimize import brentq

    concentration = _concentration(run, compound)
    maximum, time, _ = _plasma(run, compound)

    def reached(share: float) -> float:
        def gap(when: float) -> float:
            return float(concentration(np.array([when]))[0]) / maximum - share

        end = float(run.trajectory.times[-1])
        return float(brentq(gap, time, end)) if gap(end) < 0.0 else np.nan

    return (reached(1.0 / 64.0) - reached(1.0 / 16.0)) / 2.0


def plasma_area(run: Run, compound: str, at: float) -> float:
    """Area under the plasma concentration up to `at` [ng h/mL].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(plasma_area(integrated(asked("lsd 100 ug", "72 h")), "lsd", 72.0), 1)  # dose over clearance
    13.7
    """
    slot = list(run.assembly.states).index(f"{compound}.central")
    end = LONGEST if np.isnan(at) else at
    amount = float(run.trajectory.polynomial(slot).integrate(0.0, min(end, run.trajectory.times[-1])))
    return amount / run.values[f"{compound}.volume_central"] * run.values[f"{compound}.molecular_weight"] / 1000.0


def _signal(run: Run, name: str) -> tuple[float, float, float]:
    return extent(lambda times: run.signals(times)[name], run.trajectory.times, share=0.1, near=1e-6)


def _effect(run: Run) -> tuple[float, float, float]:
    return extent(run.acute_effect, run.trajectory.times, share=0.1, near=1e-6)


def occupancy_maximum(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Largest occupancy of 5-HT2A as seen by PET [%].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(occupancy_maximum(integrated(asked("psilocybin 30 mg", "12 h")), "psilocybin", 0.0))
    70
    """
    return 100.0 * _signal(run, "htr2a_occupancy")[0]


def effect_maximum(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Largest acute effect [%].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(effect_maximum(integrated(asked("psilocybin 25 mg", "12 h")), "psilocybin", 0.0))
    74
    """
    return _effect(run)[0]


def effect_rating(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Largest acute effect on a scale from 0 to 10.

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(effect_rating(integrated(asked("dmt 14 mg fumarate", "2 h")), "dmt", 0.0), 1)
    7.6
    """
    return _effect(run)[0] / 10.0


def effect_time_of_maximum(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Time of the largest acute effect [h].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(effect_time_of_maximum(integrated(asked("psilocybin 25 mg", "12 h")), "psilocybin", 0.0), 1)
    1.8
    """
    return _effect(run)[1]


def effect_duration(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Time during which the acute effect exceeds a tenth of its maximum [h].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(effect_duration(integrated(asked("psilocybin 25 mg", "24 h")), "psilocybin", 0.0), 2)
    6.38
    """
    return _effect(run)[2]


def density_at(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Density of 5-HT2A over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(density_at(integrated(asked("psilocybin 25 mg", "30 h")), "psilocybin", 24.0), 2)
    0.83
    """
    return float(run.signals(np.array([at]))["htr2a_density"][0])


def _state(run: Run, name: str, at: float) -> float:
    return float(run.trajectory(np.array([at]))[list(run.assembly.states).index(name)][0])


def mrna_at(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Bdnf mRNA over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(mrna_at(integrated(asked("mdma 125 mg", "30 h")), "mdma", 24.0), 2)
    1.0
    """
    return _state(run, "bdnf_mrna", at)


def bdnf_at(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Mature BDNF over that without drug, at a time [1].

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(bdnf_at(integrated(asked("mdma 125 mg", "30 h")), "mdma", 0.0), 2)
    1.0
    """
    return _state(run, "bdnf_mature", at)


def _windows(run: Run) -> Windows:
    theta = run.trajectory.pieces[:, list(run.assembly.states).index("theta")]
    numbers = {name: run.values[f"window_{name}"] for name in ("open_ratio", "close_ratio", "merge_gap")}
    return locate(run.trajectory.times, theta, theta_rest=run.values["theta_rest"], **numbers)


def closing_day(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Day on which the last window closes; 0 if none opens, the end of the run if one is open there.

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> round(closing_day(integrated(asked("psilocybin 25 mg", "28 d")), "psilocybin", 0.0), 1)
    17.5
    """
    found = _windows(run)
    if not found.number_of_windows:
        return 0.0
    end = float(run.trajectory.times[-1]) if found.censored_right[-1] else found.last_close
    return end / HOURS_PER_DAY


def ever_opens(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Whether any window opens: 1 or 0.

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> ever_opens(integrated(asked("dmt 15 mg", "7 d")), "dmt", 0.0)
    0.0
    """
    return float(_windows(run).number_of_windows > 0)


def open_at(run: Run, compound: str, at: float) -> float:  # noqa: ARG001
    """Whether a window is open at a time: 1 or 0.

    Examples
    --------
    >>> from plasticity.calibration.asked import asked
    >>> from plasticity.simulation import integrated
    >>> [open_at(integrated(asked("mdma 125 mg", "3 d")), "mdma", hour) for hour in (6.0, 48.0)]
    [0.0, 1.0]
    """
    found = _windows(run)
    ends = np.where(np.isnan(found.t_close), np.inf, found.t_close)
    return float(((found.t_open <= at) & (at < ends)).any())


NAMES = tuple(
    name
    for name, value in list(vars().items())
    if callable(value)
    and getattr(value, "__module__", "") == __name__
    and not name.startswith("_")
    and name != "quantity"
)
