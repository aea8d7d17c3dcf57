"""Events of an SBML model: which trigger fires when, in which order, and what it assigns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.sbml.functions import running
from plasticity.sbml.mathematics import names_in, number
from plasticity.sbml.quantities import Line, Quantities, condition

Floats = NDArray[np.float64]
MOST = 100_000
"""More executions at one instant than this are taken for an endless loop."""


@dataclass(frozen=True)
class Happening:
    """One event as functions of time, states and held values.

    Attributes
    ----------
    name : str
    trigger, delay, priority, values : callable
        ``fun(t, y, p)``, a tuple each: 1 or 0; time; rank; what the targets get.
    targets : list of (str, int)
        ``"y"`` or ``"p"``, and the slot.
    diluted : list of (int, int)
        Which target is the size of a compartment, and the slot of a concentration in it that has a rate rule: the
        event leaves its amount as it is.
    started, persistent, early : bool
        Whether the trigger counts as true before the start; whether an execution outlives it; whether values are
        those at the time of the trigger.

    Examples
    --------
    >>> always = lambda t, y, p: (1.0,)
    >>> Happening("e", always, None, None, always, [("y", 0)], [], True, True, True).name
    'e'
    """

    name: str
    trigger: Callable[..., Any]
    delay: Callable[..., Any] | None
    priority: Callable[..., Any] | None
    values: Callable[..., Any]
    targets: list[tuple[str, int]]
    diluted: list[tuple[int, int]]
    started: bool
    persistent: bool
    early: bool


def happenings(quantities: Quantities) -> list[Happening]:
    """Read the events of a model.

    Parameters
    ----------
    quantities : Quantities

    Returns
    -------
    list of Happening

    Raises
    ------
    InputError
        If one assigns to what an assignment rule gives.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> happenings(Quantities(libsbml().SBMLDocument(3, 2).createModel()))
    []
    """
    found = []
    for i in range(quantities.model.getNumEvents()):
        event = quantities.model.getEvent(i)
        name = event.getId() or f"event {i}"
        trigger = event.getTrigger()
        if trigger is None or trigger.getMath() is None:
            continue  # it never fires
        lines, targets, changed = [], [], []
        for k in range(event.getNumEventAssignments()):
            assignment = event.getEventAssignment(k)
            if assignment.getMath() is not None:
                lines.append(_assigned(quantities, assignment, name))
                slot = quantities.slot(assignment.getVariable())
                if slot not in quantities.states and slot not in quantities.held:
                    raise InputError(f"SBML import: {name} assigns to {slot}, which a rule gives")
                held = slot in quantities.held
                targets.append(("p", quantities.held[slot]) if held else ("y", quantities.states[slot]))
                changed.append(slot)
        found.append(
            Happening(
                name,
                running(quantities, [condition(trigger.getMath(), f"trigger of {name}")]),
                _optional(quantities, event.getDelay(), f"delay of {name}"),
                _optional(quantities, event.getPriority(), f"priority of {name}"),
                running(quantities, lines),
                targets,
                _diluted(quantities, changed),
                bool(trigger.getInitialValue()) if trigger.isSetInitialValue() else True,
                bool(trigger.getPersistent()) if trigger.isSetPersistent() else True,
                bool(event.getUseValuesFromTriggerTime()) if event.isSetUseValuesFromTriggerTime() else True,
            )
        )
    return found


def _assigned(quantities: Quantities, assignment: Any, event: str) -> Line:
    name, node = assignment.getVariable(), assignment.getMath()
    where = f"assignment of {event} to {name}"
    if quantities.slot(name) == name:
        return names_in(node), lambda named: number(node, named, where)
    below = quantities.volume[name]
    return [*names_in(node), below], lambda named: f"({number(node, named, where)} * {named(below)})"


def _diluted(quantities: Quantities, changed: list[str]) -> list[tuple[int, int]]:
    """Find the concentrations with rate rules in compartments that an event changes."""
    return [
        (changed.index(compartment), quantities.states[species])
        for species, compartment in quantities.volume.items()
        if compartment in changed and species in quantities.states and species not in changed
    ]


def _optional(quantities: Quantities, part: Any, where: str) -> Any:
    if part is None or part.getMath() is None:
        return None
    node = part.getMath()
    return running(quantities, [(names_in(node), lambda named: number(node, named, where))])


@dataclass
class Agenda:
    """Triggers as they stand and executions that wait, for one run.

    Examples
    --------
    >>> Agenda([], []).waiting
    []
    """

    events: list[Happening]
    standing: list[bool]
    waiting: list[tuple[float, int, Any]] = field(default_factory=list)
    lots: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def true(self, t: float, y: Floats, p: Floats) -> list[bool]:
        """Evaluate all triggers."""
        return [bool(event.trigger(t, y, p)[0]) for event in self.events]

    def flips(self, t: float, y: Floats, p: Floats) -> bool:
        """Tell whether any trigger stands otherwise than before."""
        return bool(self.events) and self.true(t, y, p) != self.standing

    def next_time(self) -> float:
        """Time of the next execution that waits."""
        return min((time for time, *_ in self.waiting), default=np.inf)

    def settle(self, t: float, y: Floats, p: Floats) -> None:
        """Do all that happens at one instant, in order of priority; `y` and `p` are changed in place."""
        for _ in range(MOST):
            self._notice(t, y, p)
            due = [item for item in self.waiting if item[0] <= t]
            if not due:
                return
            chosen = self._first(due, t, y, p)
            self.waiting.remove(chosen)
            event = self.events[chosen[1]]
            values = chosen[2] if event.early else event.values(t, y, p)
            for place, slot in event.diluted:
                vector, size = event.targets[place]
                y[slot] *= (y if vector == "y" else p)[size] / values[place]
            for (vector, slot), value in zip(event.targets, values, strict=True):
                (y if vector == "y" else p)[slot] = value
        raise InputError(f"SBML import: events at time {t:g} trigger each other without end")

    def _notice(self, t: float, y: Floats, p: Floats) -> None:
        now = self.true(t, y, p)
        for i, (event, before, after) in enumerate(zip(self.events, self.standing, now, strict=True)):
            if after and not before:
                wait = float(event.delay(t, y, p)[0]) if event.delay is not None else 0.0
                if not wait >= 0.0:
                    raise InputError(
                        f"SBML import: {event.name}: a delay of {wait:g} at time {t:g}; allowed: 0 or more"
                    )
                self.waiting.append((t + wait, i, event.values(t, y, p) if event.early else None))
            if before and not after and not event.persistent:
                self.waiting = [item for item in self.waiting if item[1] != i]
        self.standing = now

    def _first(self, due: list[tuple[float, int, Any]], t: float, y: Floats, p: Floats) -> tuple[float, int, Any]:
        """Choose what goes first: the highest priority, and by lot among equals, as SBML wants it."""
        ranks = [self._rank(i, t, y, p) for _, i, _ in due]
        equal = [item for item, rank in zip(due, ranks, strict=True) if rank == max(ranks)]
        return (
            equal[int(self.lots.integers(len(equal)))] if max(ranks) > -np.inf else min(due, key=lambda item: item[0])
        )

    def _rank(self, i: int, t: float, y: Floats, p: Floats) -> float:
        priority = self.events[i].priority
        return -np.inf if priority is None else float(priority(t, y, p)[0])
