"""Schedules that anybody would try without a model: daily, weekly, all in the first week."""

import numpy as np

from plasticity.schedule.slots import HOURS_PER_DAY, Constraints

Schedule = tuple[float, ...]


def naive(constraints: Constraints) -> dict[str, Schedule]:
    """Give schedules that need no model, each moved to the next slots that are free.

    Parameters
    ----------
    constraints : Constraints

    Returns
    -------
    dict
        Starts [h] of ``daily``, ``weekly`` and ``first_week``.

    Examples
    --------
    >>> naive(Constraints(2, 2.0, 24.0, 240.0))
    {'daily': (24.0, 48.0), 'weekly': (24.0, 192.0), 'first_week': (24.0, 168.0)}
    """
    count, first = constraints.sessions, constraints.earliest
    within = first + np.linspace(0.0, 6.0 * HOURS_PER_DAY, count) if count > 1 else np.array([first])
    wanted = {
        "daily": first + HOURS_PER_DAY * np.arange(count),
        "weekly": first + 7.0 * HOURS_PER_DAY * np.arange(count),
        "first_week": within,
    }
    return {name: constraints.nearest(at) for name, at in wanted.items()}
