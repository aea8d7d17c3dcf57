"""When to hold sessions: the schedule that does best in a lower quantile over the uncertain numbers, and its regret."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.schedule.naive_times import naive
from plasticity.schedule.objectives import OBJECTIVES
from plasticity.schedule.outcome import decomposed, outcome
from plasticity.schedule.problem import Draws, Problem, posed
from plasticity.schedule.search import search
from plasticity.schedule.slots import WEEKDAYS
from plasticity.uncertainty import members

if TYPE_CHECKING:
    import xarray

__all__ = ["OBJECTIVES", "best_schedule", "posed"]


def best_schedule(
    protocol: Protocol,
    sessions: int = 3,
    *,
    kind: str = "integration",
    over: str | float = "2 h",
    earliest: str | float = "1 d",
    latest: str | float | None = None,
    spacing: str | float = "1 d",
    office_days: Sequence[str] = WEEKDAYS,
    first_day: str = "mon",
    objective: str = "belief_change",
    quantile: float = 0.1,
    draws_each: int = 32,
    seed: int = 0,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    report: Callable[[int, int, str], None] | None = None,
    **held: float,
) -> "xarray.Dataset":
    """Find the times of sessions that achieve most in a lower quantile over plausible numbers.

    Up to `plasticity.schedule.search.MOST` feasible schedules are all tried; among more, SciPy's differential
    evolution searches (Storn and Price 1997, doi:10.1023/A:1008202821328). Every schedule meets the same draws. Gains,
    regrets and the decomposition are then computed with fresh draws, so that none is flattered by having been chosen.

    Parameters
    ----------
    protocol : Protocol
        Doses, and sessions that stand already.
    sessions : int
        How many are to be placed.
    kind : str
        Of session.
    over : str or float
        Length of each; a number is in h.
    earliest, latest, spacing : str or float
        First and last start, and least time from one start to the next; numbers are in h. `latest` is as late as the
        objective can still be read if not given.
    office_days : sequence of str
        Days on which sessions start (``"mon"`` to ``"sun"``), at the hour of t = 0.
    first_day : str
        Weekday of t = 0.
    objective : str
        One of `OBJECTIVES`.
    quantile : float
        The quantile over draws that is maximised, 0 to 0.5.
    draws_each, seed : int
        Number and seed of the draws, see `plasticity.uncertainty.members`.
    model : Model, optional
        The default model with the objective's module if not given.
    parameters : mapping of str to float, optional
        Numbers set by hand; they are not drawn.
    report : callable, optional
        Called with how many schedules were tried, how many there are, and what comes next.
    **held : float
        Values of the sessions' channels, as in `Protocol.session`.

    Returns
    -------
    xarray.Dataset
        Along `schedule` (``best``, ``daily``, ``weekly``, ``first_week``), `session`, `draw` and `part`: `starts` [h],
        `gain` per draw, its quantile `score`, `regret` (score of the best less this one's), and the factorial
        `decomposition` of the best schedule's gain per draw: drug alone, sessions alone, what only both together
        achieve, and the total.

    Raises
    ------
    InputError
        If anything is unknown or out of range, or the constraints cannot be met together; the message names those
        that conflict.

    Examples
    --------
    >>> plan = Protocol("14 d").dose("psilocybin", "25 mg")
    >>> found = best_schedule(plan, 1, latest="9 d", draws_each=4)
    >>> found.starts.sel(schedule="best").values.tolist()
    [48.0]
    """
    problem = posed(
        *(protocol, sessions, kind, over, earliest, latest, spacing, office_days, first_day, objective, model, held)
    )
    if not 0.0 < quantile <= 0.5:
        raise InputError(f"schedule: quantile: {quantile!r}; allowed: more than 0, at most 0.5")
    if draws_each < 2:
        raise InputError(f"schedule: draws: {draws_each!r}; allowed: 2 or more")
    seen, fresh = (
        _draws(problem, parameters, count, own) for count, own in ((draws_each, seed), (2 * draws_each, seed + 1))
    )
    best, tried, method = search(problem, seen, quantile, seed, report)
    plans = {"best": best, **naive(problem.constraints)}
    gains = problem.gains(list(plans.values()), fresh)
    parts = decomposed(problem, best, gains[0], fresh)
    told = {"quantile": quantile, "tried": tried, "method": method, "seed": seed}
    return outcome(problem, plans, gains, parts, told)


def _draws(problem: Problem, parameters: Mapping[str, float] | None, count: int, seed: int) -> Draws:
    plans, numbers = members(problem.protocol, problem.model, parameters, count, seed)
    return [plan.body_weight for plan in plans], numbers
