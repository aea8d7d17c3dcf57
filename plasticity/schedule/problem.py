"""What a search for a schedule is about, checked before anything is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plasticity.dosing import positive
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import declared_kernels
from plasticity.members import together
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.schedule.objectives import OBJECTIVES
from plasticity.schedule.slots import Constraints
from plasticity.session_kinds import KINDS
from plasticity.sessions import row
from plasticity.units import quantity

Floats = NDArray[np.float64]
Schedule = tuple[float, ...]
Draws = tuple[Sequence[float], Sequence[Mapping[str, float]]]
"""Body weight [kg] and every number in force of each draw."""


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

    def plan(self, schedule: Schedule, weight: float | None = None) -> Protocol:
        """The protocol with the sessions of a schedule, of a subject of some body weight [kg]."""
        made = [
            row(self.constraints.kind, at, at + self.constraints.length, None, None, 1, self.held) for at in schedule
        ]
        sessions = (*self.protocol.sessions, *(one for new in made for one in new))
        return replace(self.protocol, sessions=sessions, body_weight=weight or self.protocol.body_weight)

    def gains(self, schedules: Sequence[Schedule], draws: Draws, read: Sequence[Schedule] = ()) -> Floats:
        """Value of the objective for every schedule and draw, shape (schedules, draws); NaN where a run failed."""
        weights, numbers = draws
        aim, length = OBJECTIVES[self.objective], self.constraints.length
        found = np.empty((len(schedules), len(numbers)))
        for i, schedule in enumerate(schedules):
            when = read[i] if read else schedule
            moments = aim.moments(when, length, self.protocol.duration)
            plans = [self.plan(schedule, weight) for weight in weights]
            members = together(plans, numbers, self.model, aim.states, moments)
            found[i] = [aim.value(members.values[j], values) for j, values in enumerate(numbers)]
        return found

    def undosed(self) -> "Problem":
        """The same without drug."""
        doses = [replace(dose, text="0 mg") for dose in self.protocol.doses]
        return replace(self, protocol=replace(self.protocol, doses=tuple(doses)))


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
    slack = length + OBJECTIVES[objective].delay
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
