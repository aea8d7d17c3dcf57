"""What waits and what is due: the triggers of one run as they stand, and executions in the order that SBML wants."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.sbml.happenings import Happening

Floats = NDArray[np.float64]
MOST = 100_000
"""More executions at one instant than this are taken for an endless loop."""


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
            shrunk = [event.size(place, y, p) / values[place] for place, _ in event.diluted]
            for (vector, slot), value in zip(event.targets, values, strict=True):
                (y if vector == "y" else p)[slot] = value
            for (_, slot), factor in zip(event.diluted, shrunk, strict=True):
                y[slot] *= factor  # also of what was assigned: all assignments mean the sizes before
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
