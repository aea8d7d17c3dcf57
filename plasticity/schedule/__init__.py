"""When to hold sessions: the schedule that does best in a lower quantile over the uncertain numbers, and its regret."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.dosing import positive
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import declared_kernels
from plasticity.members import together
from plasticity.model import Model
from plasticity.plausible import draws
from plasticity.protocol import Protocol
from plasticity.schedule.objectives import OBJECTIVES, needed_duration
from plasticity.schedule.slots import HOURS_PER_DAY, WEEKDAYS, Constraints, every_schedule
from plasticity.sessions import KINDS, row
from plasticity.units import quantity

if TYPE_CHECKING:
    import xarray

__all__ = ["OBJECTIVES", "best_schedule"]

Floats = NDArray[np.float64]
Schedule = tuple[float, ...]
MOST = 400
"""Up to so many feasible schedules are all tried; among more, differential evolution searches."""
PARTS = ("drug", "sessions", "overlap", "total")


@dataclass(frozen=True, eq=False)
class Problem:
    """What all candidates share.

    Attributes
    ----------
    protocol : Protocol
    model : Model
    constraints : Constraints
    objective : str
    held : mapping of str to float

    Examples
    --------
    >>> limits = Constraints(1, 2.0, 24.0, 48.0)
    >>> problem = Problem(Protocol("4 d"), Model(modules=["belief"]), limits, "belief_change", {})
    >>> [session.start for session in problem.plan((24.0,)).sessions]
    [24.0]
    """

    protocol: Protocol
    model: Model
    constraints: Constraints
    objective: str
    held: Mapping[str, float]

    def plan(self, schedule: Schedule) -> Protocol:
        """The protocol with the sessions of a schedule."""
        made = [
            row(self.constraints.kind, at, at + self.constraints.length, None, None, 1, self.held) for at in schedule
        ]
        return replace(self.protocol, sessions=(*self.protocol.sessions, *(one for new in made for one in new)))

    def gains(
        self, schedules: Sequence[Schedule], numbers: Sequence[Mapping[str, float]], read: Sequence[Schedule] = ()
    ) -> Floats:
        """Value of the objective for every schedule and draw, shape (schedules, draws); NaN where a run failed."""
        aim, length = OBJECTIVES[self.objective], self.constraints.length
        found = np.empty((len(schedules), len(numbers)))
        for i, schedule in enumerate(schedules):
            when = read[i] if read else schedule
            moments = aim.moments(when, length, self.protocol.duration)
            members = together([self.plan(schedule)] * len(numbers), numbers, self.model, aim.states, moments)
            found[i] = [aim.value(members.values[j], values) for j, values in enumerate(numbers)]
        return found

    def undosed(self) -> "Problem":
        """The same without drug."""
        doses = [replace(dose, text="0 mg") for dose in self.protocol.doses]
        return replace(self, protocol=replace(self.protocol, doses=tuple(doses)))


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

    Up to `MOST` feasible schedules are all tried; among more, differential evolution (Storn and Price 1997,
    doi:10.1023/A:1008202821328, as in SciPy) searches. Every schedule meets the same draws. Gains, regrets and the
    decomposition are then computed with fresh draws, so that none is flattered by having been chosen.

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
        Number and seed of the draws, see `plasticity.plausible.draws`.
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
    [24.0]
    """
    problem = posed(
        *(protocol, sessions, kind, over, earliest, latest, spacing, office_days, first_day, objective, model, held)
    )
    if not 0.0 < quantile <= 0.5:
        raise InputError(f"schedule: quantile: {quantile!r}; allowed: more than 0, at most 0.5")
    if draws_each < 2:
        raise InputError(f"schedule: draws: {draws_each!r}; allowed: 2 or more")
    assembly = problem.model.assemble(protocol.compounds)
    numbers = draws(assembly, parameters, draws_each, seed)
    fresh = draws(assembly, parameters, 2 * draws_each, seed + 1)
    best, tried, method = _search(problem, numbers, quantile, seed, report)
    plans = {"best": best, **_naive(problem.constraints)}
    gains = problem.gains(list(plans.values()), fresh)
    parts = _decomposed(problem, best, gains[0], fresh)
    told = {"quantile": quantile, "tried": tried, "method": method, "seed": seed}
    return _dataset(problem, plans, gains, parts, told)


def posed(
    protocol: Protocol,
    sessions: int,
    kind: str,
    over: str | float,
    earliest: str | float,
    latest: str | float | None,
    spacing: str | float,
    office_days: Sequence[str],
    first_day: str,
    objective: str,
    model: Model | None,
    held: Mapping[str, float],
) -> Problem:
    """Check everything about a search and state it; nothing is computed.

    Parameters
    ----------
    protocol, sessions, kind, over, earliest, latest, spacing, office_days, first_day, objective, model, held
        As in `best_schedule`.

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        As in `best_schedule`.

    Examples
    --------
    >>> weekend = (Protocol("14 d"), 2, "integration", "2 h", "0 h", "4 d", "0 h", ["sat"], "mon", "belief_change")
    >>> posed(*weekend, None, {})
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: schedule: 2 sessions do not fit, 0 would; conflicting: latest 4 d; office_days sat ...
    """
    if objective not in OBJECTIVES:
        raise unknown_name("objective", str(objective), OBJECTIVES)
    length = positive(over, "h", "schedule: over")
    slack = needed_duration(objective, protocol, 0.0, length) if objective == "fear_after_30_days" else length
    last = protocol.duration - slack
    limits: dict[str, float] = {
        "earliest": quantity(earliest, "h", "schedule: earliest"),
        "latest": last if latest is None else quantity(latest, "h", "schedule: latest"),
        "spacing": quantity(spacing, "h", "schedule: spacing"),
    }
    for name, value in limits.items():
        if value < 0.0:
            raise InputError(
                f"schedule: {name}: {value:g} h; allowed: 0 h or more, in a protocol that lasts long enough"
            )
    if limits["latest"] > last:
        raise InputError(f"schedule: latest {limits['latest']:g} h; allowed: {last:g} h at most, for {objective}")
    row(kind, 0.0, length, None, None, 1, held)  # refuses a kind or channel that does not exist
    rest = (tuple(office_days), first_day, protocol.sessions, kind)
    constraints = Constraints(sessions, length, limits["earliest"], limits["latest"], limits["spacing"], *rest)
    constraints.check()
    driven = {*KINDS[kind].holds, *(channel for session in protocol.sessions for channel, _ in session.held)}
    heard = {k.layer for k in declared_kernels() if not k.default for c in k.inputs if c.name in driven}
    chosen = model or Model(modules=sorted(heard | {OBJECTIVES[objective].module} - {""}))
    missing = (heard | {OBJECTIVES[objective].module} - {""}) - set(chosen.modules)
    if missing:
        raise InputError(
            f"schedule: the model has no module {', '.join(sorted(missing))}; needed for {objective} and {kind}"
        )
    return Problem(protocol, chosen, constraints, objective, held)


def _score(gains: Floats, quantile: float) -> Floats:
    """Quantile over the draws; a run that failed counts as the worst."""
    return np.quantile(np.where(np.isnan(gains), -np.inf, gains), quantile, axis=1, method="lower")


def _search(
    problem: Problem,
    numbers: Sequence[Mapping[str, float]],
    quantile: float,
    seed: int,
    report: Callable[[int, int, str], None] | None,
) -> tuple[Schedule, int, str]:
    known: dict[Schedule, float] = {}

    def scored(schedule: Schedule, total: int) -> float:
        if schedule not in known:
            if report is not None:
                report(len(known), total, "schedule")
            known[schedule] = float(_score(problem.gains([schedule], numbers), quantile)[0])
        return known[schedule]

    every = every_schedule(problem.constraints, MOST)
    if every is not None:
        scores = [scored(schedule, len(every)) for schedule in every]
        return every[int(np.argmax(scores))], len(every), "all feasible schedules"
    from scipy.optimize import differential_evolution

    slots = problem.constraints.slots()
    size, rounds = 8, 12
    total = size * problem.constraints.sessions * (rounds + 1)
    differential_evolution(
        lambda wanted: -scored(problem.constraints.nearest(np.asarray(wanted)), total),
        [(slots[0], slots[-1])] * problem.constraints.sessions,
        popsize=size,
        maxiter=rounds,
        rng=np.random.default_rng(seed),
        polish=False,
    )
    for plan in _naive(problem.constraints).values():  # the search may never do worse than what anybody would try
        scored(plan, total)
    return max(known, key=lambda one: (known[one], [-at for at in one])), len(known), "differential evolution"


def _naive(constraints: Constraints) -> dict[str, Schedule]:
    """Schedules that need no model, each moved to the next slots that are free."""
    count, first = constraints.sessions, constraints.earliest
    within = first + np.linspace(0.0, 6.0 * HOURS_PER_DAY, count) if count > 1 else np.array([first])
    wanted = {
        "daily": first + HOURS_PER_DAY * np.arange(count),
        "weekly": first + 7.0 * HOURS_PER_DAY * np.arange(count),
        "first_week": within,
    }
    return {name: constraints.nearest(at) for name, at in wanted.items()}


def _decomposed(problem: Problem, best: Schedule, both: Floats, numbers: Sequence[Mapping[str, float]]) -> Floats:
    """Two by two factorial over drug and sessions, shape (parts, draws)."""
    drug = problem.gains([()], numbers, [best])[0]
    sober = problem.undosed()
    talk, none = sober.gains([best], numbers)[0], sober.gains([()], numbers, [best])[0]
    return np.array([drug - none, talk - none, both - drug - talk + none, both - none])


def _dataset(
    problem: Problem, plans: Mapping[str, Schedule], gains: Floats, parts: Floats, told: dict[str, Any]
) -> "xarray.Dataset":
    import xarray

    aim, score = OBJECTIVES[problem.objective], _score(gains, told["quantile"])
    labels = {"units": aim.unit, "long_name": aim.label}
    columns: dict[str, Any] = {
        "starts": (("schedule", "session"), np.array(list(plans.values())), {"units": "h", "long_name": "Start"}),
        "gain": (("schedule", "draw"), gains, labels),
        "score": ("schedule", score, {**labels, "long_name": f"{aim.label}, quantile {told['quantile']:g} of draws"}),
        "regret": ("schedule", score[0] - score, {**labels, "long_name": "Score of the best less this one's"}),
        "decomposition": (("part", "draw"), parts, {**labels, "long_name": f"{aim.label}, by cause"}),
    }
    about = {f"schedule_{name}": value for name, value in told.items()}
    about |= {"schedule_objective": problem.objective, "schedule_kind": problem.constraints.kind}
    coordinates = {"schedule": list(plans), "part": list(PARTS)}
    return xarray.Dataset(columns, coords=coordinates, attrs=about)
