"""Events of an SBML model: which trigger fires when, in which order, and what it assigns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.functions import running
from plasticity.sbml.lines import Line, condition
from plasticity.sbml.mathematics import names_in, number
from plasticity.sbml.quantities import Quantities


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

    def size(self, place: int, y: Any, p: Any) -> float:
        """Value that a target has now."""
        vector, slot = self.targets[place]
        return float((y if vector == "y" else p)[slot])


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
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> happenings(Quantities(document.createModel()))
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
        if compartment in changed and species in quantities.states
    ]


def _optional(quantities: Quantities, part: Any, where: str) -> Any:
    if part is None or part.getMath() is None:
        return None
    node = part.getMath()
    return running(quantities, [(names_in(node), lambda named: number(node, named, where))])
