"""When sessions may be held: slots on office days, spacing between them, and which constraints conflict."""

from dataclasses import dataclass, replace

import numpy as np

from plasticity.errors import InputError, unknown_name
from plasticity.session_kinds import KINDS
from plasticity.sessions import Session

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = DAYS[:5]
HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Constraints:
    """What a schedule must keep to.

    Attributes
    ----------
    sessions : int
        How many sessions are to be placed.
    length : float
        Of each [h].
    earliest, latest : float
        First and last start [h].
    spacing : float
        From one start to the next, at least [h].
    office_days : tuple of str
        Of `DAYS`; sessions start on these, at the hour of t = 0.
    first_day : str
        Weekday of t = 0.
    busy : tuple of Session
        Sessions that stand already; none that drives a common channel may overlap.
    kind : str
        Of `plasticity.session_kinds.KINDS`.

    Examples
    --------
    >>> Constraints(2, 2.0, 24.0, 240.0, 48.0).slots().tolist()  # t = 0 on a Monday
    [24.0, 48.0, 72.0, 96.0, 168.0, 192.0, 216.0, 240.0]
    """

    sessions: int
    length: float
    earliest: float
    latest: float
    spacing: float = HOURS_PER_DAY
    office_days: tuple[str, ...] = WEEKDAYS
    first_day: str = "mon"
    busy: tuple[Session, ...] = ()
    kind: str = "integration"

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise InputError(f"schedule: sessions: {self.sessions}; allowed: 1 or more")
        for day in (*self.office_days, self.first_day):
            if day not in DAYS:
                raise unknown_name("weekday", day, DAYS)

    def slots(self) -> np.ndarray:
        """Starts that are allowed one by one [h]."""
        days = np.arange(np.ceil(self.earliest / HOURS_PER_DAY), np.floor(self.latest / HOURS_PER_DAY) + 1.0)
        first = DAYS.index(self.first_day)
        open_days = [day for day in days if DAYS[(first + int(day)) % 7] in self.office_days]
        channels = set(KINDS[self.kind].holds)
        taken = [(s.start, s.end) for s in self.busy if channels & {channel for channel, _ in s.held}]
        starts = [HOURS_PER_DAY * day for day in open_days]
        return np.array([at for at in starts if all(at + self.length <= a or b <= at for a, b in taken)])

    def apart(self) -> float:
        """Smallest time from one start to the next [h]."""
        return max(self.spacing, self.length)

    def most(self) -> int:
        """Largest number of sessions that fit."""
        count, free = 0, -np.inf
        for at in self.slots():
            if at >= free:
                count, free = count + 1, at + self.apart()
        return count

    def check(self) -> None:
        """Refuse constraints that cannot be met together, naming those that conflict."""
        if self.most() >= self.sessions:
            return
        end = max(self.latest, self.earliest + HOURS_PER_DAY * 7.0 * self.sessions + self.sessions * self.apart())
        looser = {
            f"earliest {_days(self.earliest)}": replace(self, earliest=0.0),
            f"latest {_days(self.latest)}": replace(self, latest=end),
            f"spacing {_days(self.spacing)}": replace(self, spacing=0.0),
            f"office_days {', '.join(self.office_days) or 'none'}": replace(self, office_days=DAYS),
            "sessions that stand already": replace(self, busy=()),
        }
        blamed = [name for name, other in looser.items() if other.most() >= self.sessions]
        told = "each alone is in the way" if blamed else "only together do they leave room"
        names = blamed or [name for name in looser if name != "sessions that stand already" or self.busy]
        raise InputError(
            f"schedule: {self.sessions} sessions do not fit, {self.most()} would; conflicting: {'; '.join(names)} "
            f"({told}); allowed: looser ones, or at most {self.most()} sessions"
        )

    def nearest(self, wanted: np.ndarray) -> tuple[float, ...]:
        """Give the feasible schedule that follows wanted starts, session by session as early as they ask or after."""
        slots, apart = self.slots(), self.apart()
        latest, bound = [], np.inf
        for _ in range(self.sessions):  # from the end: the last slot that still leaves room for those after it
            at = slots[slots <= bound][-1]
            latest.append(at)
            bound = at - apart
        chosen: list[float] = []
        free = -np.inf
        for ask, last in zip(np.sort(wanted), reversed(latest), strict=True):
            possible = slots[(slots >= free) & (slots <= last)]
            later = possible[possible >= ask - 1e-9]
            chosen.append(float(later[0] if later.size else possible[-1]))
            free = chosen[-1] + apart
        return tuple(chosen)


def every_schedule(constraints: Constraints, most: int) -> list[tuple[float, ...]] | None:
    """List all feasible schedules, or give None where there are more than `most`.

    Parameters
    ----------
    constraints : Constraints
    most : int

    Returns
    -------
    list of tuple of float, or None
        Starts [h].

    Examples
    --------
    >>> every_schedule(Constraints(2, 2.0, 24.0, 96.0, 48.0), 10)
    [(24.0, 72.0), (24.0, 96.0), (48.0, 96.0)]
    """
    slots = constraints.slots()
    grown: list[tuple[float, ...]] = [()]
    for _ in range(constraints.sessions):
        grown = [
            (*begun, float(at)) for begun in grown for at in slots if not begun or at >= begun[-1] + constraints.apart()
        ]
        if len(grown) > 50 * most:
            return None
    return grown if len(grown) <= most else None


def _days(hours: float) -> str:
    return f"{hours / HOURS_PER_DAY:g} d"
