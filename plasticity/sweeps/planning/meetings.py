"""What an axis changes about sessions: start, delay after a dose or session, number, interval, length, held values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.dosing import MOST_REPEATS
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import channels
from plasticity.session_kinds import KINDS
from plasticity.sessions import Session
from plasticity.sweeps.planning.setting import Setting
from plasticity.timeline import Dose, InputRecord

Floats = NDArray[np.float64]
AFTER = "after_"
ASPECTS = {
    "at": ("h", "Start of the {label} session"),
    "every": ("h", "Interval between {label} sessions"),
    "times": ("1", "Number of {label} sessions"),
    "over": ("h", "Length of the {label} session"),
}
"""What an axis can change about a session, beside its delay and what it holds: the unit, and the axis' label."""


@dataclass(frozen=True)
class Change:
    """What an axis changes about the sessions of one label.

    Attributes
    ----------
    label : str
        Name of the sessions, or their kind.
    aspect : str
        A key of `ASPECTS`, or a channel.
    after : str or None
        Dose or session from whose start the start is counted.

    Examples
    --------
    >>> Change("extinction", "at", "reminder").after
    'reminder'
    """

    label: str
    aspect: str
    after: str | None = None


def change(name: str, settings: Sequence[Setting]) -> tuple[Change, str, str] | None:
    """Read the name of an axis as a change of sessions.

    Parameters
    ----------
    name : str
        ``session.at`` (the only session, or row of equal sessions), or with its kind or name in place of ``session``:
        ``extinction.at``; ``.every``, ``.times``, ``.over``, a channel as in ``integration.setting``, or
        ``.after_dose``, ``.after_reminder``: the delay from the start of the only dose, a named dose or a session.
    settings : sequence of Setting

    Returns
    -------
    tuple of Change, str, str, or None
        With unit and label of the axis; None if it names no session.

    Raises
    ------
    InputError
        If the sessions differ, or have nothing of that name.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> plan = Protocol().session("reminder", "1 h", over="36 s")
    >>> change("session.at", [Setting(plan, {"modules": ["memory"]})])
    (Change(label='reminder', aspect='at', after=None), 'h', 'Start of the reminder session')
    """
    head, _, aspect = name.partition(".")
    labels = list(dict.fromkeys(session.label for one in settings for session in one.protocol.sessions))
    if head not in (*labels, "session") or not aspect:
        return None
    if head == "session":
        if len(labels) != 1:
            allowed = ", ".join(f"{label}.{aspect}" for label in labels) or "a protocol with sessions"
            raise InputError(f"axis {name}: the protocol has {len(labels)} kinds of sessions; allowed: {allowed}")
        head = labels[0]
    first = [places(one.protocol.sessions, head, name) for one in settings]
    kind = settings[0].protocol.sessions[first[0][0]].kind
    said = head.replace("_", " ")
    if aspect.startswith(AFTER):
        reference = aspect.removeprefix(AFTER)
        known = {"dose"} | {dose.name for one in settings for dose in one.protocol.doses if dose.name} | set(labels)
        if reference not in known - {head}:
            raise unknown_name("axis", name, [f"{head}.{AFTER}{one}" for one in sorted(known - {head})])
        origin = "the dose" if reference == "dose" else reference.replace("_", " ")
        return Change(head, "at", reference), "h", f"From {origin} to {said}"
    if aspect in KINDS[kind].holds:
        return Change(head, aspect), "1", f"{channels()[aspect].label}, {said}"
    if aspect not in ASPECTS:
        raise unknown_name("axis", name, [f"{head}.{known}" for known in (*ASPECTS, *KINDS[kind].holds)])
    unit, told = ASPECTS[aspect]
    return Change(head, aspect), unit, told.format(label=said)


def places(sessions: Sequence[Session], label: str, axis: str) -> list[int]:
    """Places of the sessions of one label.

    Parameters
    ----------
    sessions : sequence of Session
    label : str
    axis : str
        For the error.

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        If there are none, or they differ in more than their time.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> places(Protocol().session("dosing", "0 h", over="6 h").sessions, "dosing", "dosing.at")
    [0]
    """
    found = [i for i, session in enumerate(sessions) if session.label == label]
    if not found:
        raise InputError(f"axis {axis}: the protocol has no session {label}; allowed: a session of every point")
    different = [
        i for place, i in enumerate(found) if not any(_equal(sessions[i], sessions[before]) for before in found[:place])
    ]
    if len(different) > 1:
        told = f"the protocol has {len(different)} different {label} sessions"
        raise InputError(f"axis {axis}: {told}; allowed: a name for each, as in name: first")
    return found


def _equal(one: Session, other: Session) -> bool:
    return one.held == other.held and one.kind == other.kind and bool(np.isclose(one.length, other.length, rtol=1e-9))


def check_row(name: str, change: Change, spaced: bool, settings: Sequence[Setting]) -> None:
    """Refuse an axis of interval or number for sessions that have no interval.

    Parameters
    ----------
    name : str
        Of the axis.
    change : Change
    spaced : bool
        Whether another axis gives the interval, or, for an axis of intervals, the number.
    settings : sequence of Setting

    Raises
    ------
    InputError

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> here = [Setting(Protocol().session("reminder", "1 h", over="36 s"), {"modules": ["memory"]})]
    >>> check_row("reminder.times", Change("reminder", "times"), True, here)
    """
    if change.aspect not in ("every", "times") or spaced:
        return
    for one in settings:
        starts = [session.start for session in one.protocol.sessions if session.label == change.label]
        if len(starts) < 2:
            other = "every" if change.aspect == "times" else "times"
            told = "a single session has no interval"
            raise InputError(f"axis {name}: {told}; allowed: a row with every= and times=, or an axis .{other} beside")
        if change.aspect == "times" and not np.allclose(np.diff(starts), starts[1] - starts[0], rtol=1e-9):
            raise InputError(f"axis {name}: the sessions are not evenly spaced; allowed: a row with every= and times=")


def check_numbers(name: str, change: Change, values: Floats, duration: float) -> None:
    """Refuse a value that no session can have.

    Parameters
    ----------
    name : str
        Of the axis.
    change : Change
    values : ndarray, shape (n,)
    duration : float
        Of the protocol [h].

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_numbers("reminder.times", Change("reminder", "times"), np.array([0.0, 4.0]), 100.0)
    """
    low, high = float(values.min()), float(values.max())
    if change.aspect == "times":
        if low < 0.0 or high > MOST_REPEATS or not np.array_equal(values, np.round(values)):
            worst = next(value for value in values if not 0.0 <= value <= MOST_REPEATS or value != round(value))
            raise InputError(f"axis {name}: {worst:g}; allowed: whole numbers from 0 to {MOST_REPEATS}")
    elif change.aspect in ("every", "over"):
        if low <= 0.0:
            raise InputError(f"axis {name}: {low:g} h; allowed: more than 0")
    elif change.aspect == "at":
        if low < 0.0:
            raise InputError(f"axis {name}: {low:g} h; allowed: 0 or more")
        if high >= duration:
            raise InputError(f"axis {name}: {high:g} h; allowed: less than the duration, {duration:g} h")
    else:
        bound = channels()[change.aspect].bound
        for value in (low, high):
            if not bound.holds(value):
                raise InputError(f"axis {name}: {value:g}; allowed: {bound}")


def held(
    sessions: Sequence[Session], changes: Mapping[Change, Any], doses: Sequence[Dose], reference: Mapping[str, int]
) -> tuple[Session, ...]:
    """The sessions of many points at once.

    Parameters
    ----------
    sessions : sequence of Session
    changes : mapping of Change to ndarray, shape (n,)
    doses : sequence of Dose
        Of the same points.
    reference : mapping of str to int
        Place of the dose that each name of a dose means.

    Returns
    -------
    tuple of Session
        As in the protocol; where an axis acts, `start`, `end` and what is held are arrays of shape (n,); a session
        that a point does not have starts at an infinite time.

    Raises
    ------
    InputError
        If two sessions count their starts from each other.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> row = Protocol().session("integration", "1 d", over="2 h", every="1 d", times=2).sessions
    >>> moved = held(row, {Change("integration", "every"): np.array([24.0, 48.0])}, (), {})
    >>> moved[1].start.tolist(), moved[1].end.tolist()
    ([48.0, 72.0], [50.0, 74.0])
    """
    by_label: dict[str, dict[str, Any]] = {}
    after: dict[str, str] = {}
    for one, values in changes.items():
        by_label.setdefault(one.label, {})[one.aspect] = values
        if one.after is not None:
            after[one.label] = one.after

    def begins(label: str, path: tuple[str, ...]) -> Any:
        own = min(session.start for session in sessions if session.label == label)
        given = by_label.get(label, {}).get("at", own)
        if label not in after:
            return given
        origin = after[label]
        if origin in path:
            raise InputError(f"axis {label}.{AFTER}{origin}: they wait for each other; allowed: one that has a start")
        if origin in reference:
            return doses[reference[origin]].at + given
        return begins(origin, (*path, label)) + given

    found: list[Session] = []
    for label in dict.fromkeys(session.label for session in sessions):
        row = sorted((s for s in sessions if s.label == label), key=lambda session: session.start)
        if label in by_label:
            found += _moved(row, by_label[label], begins(label, (label,)))
        else:
            found += row
    return tuple(found)


def _moved(row: Sequence[Session], aspects: Mapping[str, Any], begin: Any) -> list[Session]:
    first = row[0]
    numbers = aspects.get("times")
    count = len(row) if numbers is None else int(np.max(numbers))
    spacing = aspects.get("every", row[1].start - first.start if len(row) > 1 else 0.0)
    even = "every" in aspects or numbers is not None
    values = tuple((channel, aspects.get(channel, value)) for channel, value in first.held)
    made = []
    for place in range(count):
        start = begin + place * spacing if even else begin + (row[place].start - first.start)
        if numbers is not None:
            start = np.where(place < numbers, start, np.inf)
        length = aspects.get("over", first.length)
        made.append(replace(first, start=start, end=start + length, held=values))
    return made


def overlapping(sessions: Sequence[Session], n: int) -> NDArray[np.bool_]:
    """Find the points at which two sessions that drive a common channel overlap.

    Parameters
    ----------
    sessions : sequence of Session
        From `held`.
    n : int
        Number of points.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> row = Protocol().session("integration", "1 d", over="2 h", every="1 d", times=2).sessions
    >>> overlapping(held(row, {Change("integration", "every"): np.array([1.0, 2.0])}, (), {}), 2).tolist()
    [True, False]
    """
    found = np.zeros(n, bool)
    for channel in {channel for session in sessions for channel, _ in session.held}:
        own = [session for session in sessions if channel in dict(session.held)]
        starts = np.array([np.broadcast_to(session.start, n) for session in own])
        ends = np.array([np.broadcast_to(session.end, n) for session in own])
        order = np.argsort(starts, axis=0, kind="stable")
        starts, ends = (np.take_along_axis(one, order, axis=0) for one in (starts, ends))
        found |= ((starts[1:] < ends[:-1]) & np.isfinite(starts[1:])).any(axis=0)
    return found


def steps(records: Sequence[InputRecord], n: int) -> list[tuple[Any, str, Any]]:
    """The steps of every input channel, of many points at once; see `plasticity.timeline.input_events`.

    Parameters
    ----------
    records : sequence of InputRecord
        Times and values are numbers, or arrays of shape (n,); the later in the sequence holds.
    n : int
        Number of points.

    Returns
    -------
    list of tuple
        Time [h], channel and new value [1], each a number or of shape (n,).

    Examples
    --------
    >>> moved = InputRecord("evidence", np.array([2.0, 3.0]), np.array([4.0, 5.0]), 1.0)
    >>> [(time.tolist(), value.tolist()) for time, _, value in steps([moved], 2)]
    [([2.0, 3.0], [1.0, 1.0]), ([4.0, 5.0], [0.0, 0.0])]
    """
    found: list[tuple[Any, str, Any]] = []
    for channel, declared in channels().items():
        own = [record for record in records if record.channel == channel]
        if not own:
            continue
        edges = np.array([np.broadcast_to(edge, n) for record in own for edge in (record.start, record.end)])
        value = np.full(edges.shape, declared.default)
        for record in own:
            value = np.where((record.start <= edges) & (edges < record.end), record.value, value)
        found += [(time, channel, size) for time, size in zip(edges, value, strict=True)]
    return found
