"""The search for the best schedule: all of them where they are few, differential evolution where they are many."""

from collections.abc import Callable

import numpy as np

from plasticity.schedule.naive_times import naive
from plasticity.schedule.problem import Draws, Floats, Problem, Schedule
from plasticity.schedule.slots import Constraints, every_schedule

MOST = 500
"""Up to so many feasible schedules are all tried; among more, differential evolution searches."""
MEMBERS, ROUNDS = 8, 12
"""Of the differential evolution: members for each session, and generations."""


def size(constraints: Constraints) -> int:
    """Say how many schedules a search tries at most.

    Parameters
    ----------
    constraints : Constraints

    Returns
    -------
    int

    Examples
    --------
    >>> size(Constraints(2, 2.0, 24.0, 96.0, 48.0))
    3
    """
    every = every_schedule(constraints, MOST)
    return len(every) if every is not None else MEMBERS * constraints.sessions * (ROUNDS + 1)


def score(gains: Floats, quantile: float) -> Floats:
    """Quantile over the draws; a run that failed counts as the worst.

    Parameters
    ----------
    gains : ndarray, shape (schedules, draws)
    quantile : float

    Returns
    -------
    ndarray, shape (schedules,)

    Examples
    --------
    >>> score(np.array([[0.3, 0.1, 0.2]]), 0.1).tolist()
    [0.1]
    """
    return np.quantile(np.where(np.isnan(gains), -np.inf, gains), quantile, axis=1, method="lower")


def search(
    problem: Problem,
    draws: Draws,
    quantile: float,
    seed: int,
    report: Callable[[int, int, str], None] | None,
) -> tuple[Schedule, int, str]:
    """Find the schedule with the largest quantile over the draws.

    Parameters
    ----------
    problem : Problem
    draws : tuple
        Weights and numbers.
    quantile : float
    seed : int
        Of the differential evolution.
    report : callable, optional
        As in `plasticity.schedule.best_schedule`.

    Returns
    -------
    schedule : tuple of float
        Starts [h].
    tried : int
        How many schedules were evaluated.
    method : str

    Examples
    --------
    >>> from plasticity.model import Model
    >>> from plasticity.protocol import Protocol
    >>> from plasticity.schedule.slots import Constraints
    >>> model, one = Model(modules=["belief"]), Constraints(1, 2.0, 24.0, 24.0)
    >>> problem = Problem(Protocol("2 d"), model, one, "belief_change", {})
    >>> search(problem, ([70.0], [model.assemble([]).defaults()]), 0.1, 0, None)
    ((24.0,), 1, 'all feasible schedules')
    """
    known: dict[Schedule, float] = {}

    def scored(schedule: Schedule, total: int) -> float:
        if schedule not in known:
            if report is not None:
                report(len(known), total, "schedule")
            known[schedule] = float(score(problem.gains([schedule], draws), quantile)[0])
        return known[schedule]

    every = every_schedule(problem.constraints, MOST)
    if every is not None:
        scores = [scored(schedule, len(every)) for schedule in every]
        return every[int(np.argmax(scores))], len(every), "all feasible schedules"
    from scipy.optimize import differential_evolution

    slots = problem.constraints.slots()
    total = size(problem.constraints)
    differential_evolution(
        lambda wanted: -scored(problem.constraints.nearest(np.asarray(wanted)), total),
        [(slots[0], slots[-1])] * problem.constraints.sessions,
        popsize=MEMBERS,
        maxiter=ROUNDS,
        rng=np.random.default_rng(seed),
        polish=False,
    )
    for plan in naive(problem.constraints).values():  # the search may never do worse than what anybody would try
        scored(plan, total)
    return max(known, key=lambda one: (known[one], [-at for at in one])), len(known), "differential evolution"
