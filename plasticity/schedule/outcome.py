"""What a schedule achieves against others, and how much of it is drug, sessions or both together."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.schedule.objectives import OBJECTIVES
from plasticity.schedule.problem import Draws, Floats, Problem, Schedule
from plasticity.schedule.search import score

if TYPE_CHECKING:
    import xarray

PARTS = ("drug", "sessions", "overlap", "total")


def decomposed(problem: Problem, best: Schedule, both: Floats, draws: Draws) -> Floats:
    """Take the gain of a schedule apart: two by two, with and without drug and sessions.

    Parameters
    ----------
    problem : Problem
    best : tuple of float
        Starts [h].
    both : ndarray, shape (draws,)
        Its gains with both.
    draws : tuple
        Weights and numbers.

    Returns
    -------
    ndarray, shape (parts, draws)
        In the order of `PARTS`; sessions that stand already belong to neither side, so what the drug adds to them is
        the drug's.

    Examples
    --------
    >>> PARTS
    ('drug', 'sessions', 'overlap', 'total')
    """
    drug = problem.gains([()], draws, [best])[0]
    sober = problem.undosed()
    talk, none = sober.gains([best], draws)[0], sober.gains([()], draws, [best])[0]
    return np.array([drug - none, talk - none, both - drug - talk + none, both - none])


def outcome(
    problem: Problem, plans: Mapping[str, Schedule], gains: Floats, parts: Floats, told: dict[str, Any]
) -> "xarray.Dataset":
    """Tabulate what the search found; see `plasticity.schedule.best_schedule`.

    Parameters
    ----------
    problem : Problem
    plans : mapping of str to tuple of float
        Starts [h] of each schedule, the best first.
    gains : ndarray, shape (schedules, draws)
    parts : ndarray, shape (parts, draws)
    told : dict
        About the search.

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> OBJECTIVES["belief_change"].label
    'Retained belief change'
    """
    import xarray

    aim, scores = OBJECTIVES[problem.objective], score(gains, told["quantile"])
    labels = {"units": aim.unit, "long_name": aim.label}
    columns: dict[str, Any] = {
        "starts": (("schedule", "session"), np.array(list(plans.values())), {"units": "h", "long_name": "Start"}),
        "gain": (("schedule", "draw"), gains, labels),
        "score": ("schedule", scores, {**labels, "long_name": f"{aim.label}, quantile {told['quantile']:g} of draws"}),
        "regret": ("schedule", scores[0] - scores, {**labels, "long_name": "Score of the best less this one's"}),
        "decomposition": (("part", "draw"), parts, {**labels, "long_name": f"{aim.label}, by cause"}),
    }
    about = {f"schedule_{name}": value for name, value in told.items()}
    about |= {"schedule_objective": problem.objective, "schedule_kind": problem.constraints.kind}
    coordinates = {"schedule": list(plans), "part": list(PARTS)}
    return xarray.Dataset(columns, coords=coordinates, attrs=about)
