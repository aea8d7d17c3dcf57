"""The points of a block as the arrays that the solver takes: no loop over points, the numbers of `simulate`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.declare import Condition
from plasticity.errors import unknown_name
from plasticity.preparation import state_sizes
from plasticity.sessions import Session
from plasticity.sweeps.planning.knobs import Columns, Knob, chosen, dosed
from plasticity.sweeps.planning.meetings import held, overlapping, steps
from plasticity.sweeps.planning.setting import Setting
from plasticity.timeline import Dose, absorption, dose_events

Floats = NDArray[np.float64]
FAILURES = {
    -20: "a number is out of its physical bounds",
    -21: "a relation between parameters does not hold",
    -22: "absorption before the dose, or of more than was given",
    -23: "a dose or session before the start",
    -24: "two sessions that exclude each other overlap",
}
"""What is wrong with a point that is not integrated, by its status."""


@dataclass(frozen=True)
class Points:
    """Points ready for the solver; those with a failure are left out of the arrays.

    Attributes
    ----------
    status : ndarray of int, shape (all,)
        0, or one of `FAILURES`.
    values : dict of str to float or ndarray, shape (n,)
        Every number in force at the sound points.
    states, parameters, atol : ndarray, shape (n, ...)
    times, values_of, slots : ndarray, shape (n, events)
        What jumps at each point, sorted by time; later than the end where the time is infinite.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> found = points(Setting(Protocol("1 d").dose("lsd", "100 ug")), {}, {}, {}, 2, 1e-6, None)
    >>> found.status.tolist(), found.times.round(3).tolist()
    ([0, 0], [[0.1], [0.1]])
    """

    status: NDArray[np.int8]
    values: dict[str, Any]
    states: Floats
    parameters: Floats
    atol: Floats
    times: Floats
    slots: NDArray[np.int64]
    values_of: Floats


def points(
    setting: Setting,
    knobs: Mapping[str, Knob],
    units: Mapping[str, str],
    columns: Columns,
    n: int,
    rtol: float,
    atol: float | None,
) -> Points:
    """Make the points of a block that share a setting.

    Parameters
    ----------
    setting : Setting
    knobs : mapping of str to Knob
        By the name of the axis.
    units : mapping of str to str
        Unit of each axis.
    columns : mapping of str to ndarray, shape (n,)
        Value of each axis at each point.
    n : int
    rtol, atol
        As in `plasticity.simulate`.

    Returns
    -------
    Points

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> here = Setting(Protocol("1 d"))
    >>> tau = Knob("brake_tau", "parameter", ("h",), "")
    >>> points(here, {"brake_tau": tau}, {"brake_tau": "h"}, {"brake_tau": np.array([-1.0, 9.0])}, 2, 1e-6, None).status
    array([-20,   0], dtype=int8)
    """
    assembly = setting.assembly
    status = np.zeros(n, np.int8)
    values: dict[str, Any] = dict(setting.numbers)
    values |= {name: columns[name] for name, one in knobs.items() if one.kind == "parameter"}
    doses = dosed(setting, knobs, units, columns)
    sessions = met(setting, knobs, columns, doses)
    _judge(setting, knobs, columns, values, doses, sessions, status)
    sound = np.flatnonzero(status == 0)
    if len(sound) < n:
        values = {name: _taken(value, sound) for name, value in values.items()}
        doses = tuple(replace(d, at=_taken(d.at, sound), amount=_taken(d.amount, sound)) for d in doses)
        sessions = tuple(_taken_session(one, sound) for one in sessions)
    count = len(sound)
    start = np.array(np.broadcast_to(assembly.baseline(values), (count, len(assembly.states))))
    names = [key.replace(".", "_") for key in assembly.states]
    for name, value in setting.protocol.initial.items():
        if name not in names:
            raise unknown_name("state in initial", name, names)
        start[:, names.index(name)] = value
    sizes = state_sizes(doses, assembly, values, start)
    tolerance = np.full_like(sizes, atol) if atol is not None else 1e-4 * rtol * sizes
    parameters = np.array(np.broadcast_to(assembly.vector(values), (count, len(assembly.parameters))))
    return Points(status, values, start, parameters, tolerance, *_changes(setting, doses, sessions, values, count))


def _taken(value: Any, rows: NDArray[np.intp]) -> Any:
    return value[rows] if np.ndim(value) else value


def _taken_session(session: Session, rows: NDArray[np.intp]) -> Session:
    held = tuple((channel, _taken(value, rows)) for channel, value in session.held)
    return replace(session, start=_taken(session.start, rows), end=_taken(session.end, rows), held=held)


def met(setting: Setting, knobs: Mapping[str, Knob], columns: Columns, doses: tuple[Dose, ...]) -> tuple[Session, ...]:
    """Move, multiply and change the sessions that an axis acts on.

    Parameters
    ----------
    setting : Setting
    knobs : mapping of str to Knob
    columns : mapping of str to ndarray, shape (n,)
    doses : tuple of Dose
        Of the same points.

    Returns
    -------
    tuple of Session

    Raises
    ------
    InputError
        If sessions wait for each other, or for a dose that could be several.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> here = Setting(Protocol().session("dosing", "0 h", over="6 h"), {"modules": ["belief"]})
    >>> met(here, {}, {}, ())[0].end
    6.0
    """
    changes = {one.change: columns[name] for name, one in knobs.items() if one.change is not None}
    if not changes:
        return setting.protocol.sessions
    reference = {dose.name: i for i, dose in reversed(list(enumerate(doses))) if dose.name is not None}
    if any(one.after == "dose" for one in changes):
        reference["dose"] = chosen(setting.protocol.doses, Knob("after_dose", "at", ("h",), ""))[0]
    return held(setting.protocol.sessions, changes, doses, reference)


def _judge(
    setting: Setting, knobs: Mapping[str, Knob], columns: Columns, values: Mapping[str, Any],
    doses: tuple[Dose, ...], sessions: tuple[Session, ...], status: NDArray[np.int8],
) -> None:  # fmt: skip
    """Mark the points that mean nothing, each with the first cause."""

    def mark(code: int, sound: Any) -> None:
        status[(status == 0) & ~np.broadcast_to(sound, status.shape)] = code

    for name, one in knobs.items():
        value = np.asarray(columns[name])
        if one.kind == "parameter":
            head, dot, tail = name.partition(".")
            bound = setting.assembly.declared[tail if dot else head].bound
            above = value > bound.lower if bound.open_below else value >= bound.lower
            mark(-20, np.isfinite(value) & above & (value <= bound.upper))
        elif one.kind in ("body_weight", "every"):
            mark(-20, np.isfinite(value) & (value > 0.0))
        elif one.kind in ("amount", "multiple"):
            mark(-20, np.isfinite(value) & (value >= 0.0))
    shared = SimpleNamespace(**{name: value for name, value in values.items() if "." not in name})
    with np.errstate(all="ignore"):
        for instance in setting.assembly.instances:
            for condition in instance.kernel.requires:
                mark(-21, _holds(condition, shared, status.size))
        for compound in setting.protocol.compounds:
            if any(d.compound == compound.name and d.route in ("oral", "intraperitoneal") for d in doses):
                mark(-22, absorption(compound, lambda head, tail: values[f"{head}.{tail}"])[2])
        for dose in doses:
            mark(-23, np.isfinite(dose.at) & (np.asarray(dose.at) >= 0.0))
    if any(one.change is not None for one in knobs.values()):
        for session in sessions:
            mark(-23, np.asarray(session.start) >= 0.0)
        mark(-24, ~overlapping(sessions, status.size))


def _holds(condition: Condition, shared: SimpleNamespace, n: int) -> Any:
    """Ask a relation for all points at once, or for one after the other where it is not made for arrays."""
    try:
        return condition.holds(shared)
    except ValueError:
        table = {name: np.broadcast_to(value, n) for name, value in vars(shared).items()}
        rows = (SimpleNamespace(**{name: value[i] for name, value in table.items()}) for i in range(n))
        return np.array([bool(condition.holds(row)) for row in rows])


def _changes(
    setting: Setting, doses: tuple[Dose, ...], sessions: tuple[Session, ...], values: Mapping[str, Any], n: int
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """What jumps, in the order of `Protocol.events`; what comes after the end has an infinite time."""
    slots = {key: i for i, key in enumerate([*setting.assembly.states, *setting.assembly.inputs])}
    protocol = setting.protocol
    records = [record for session in sessions for record in session.inputs()]
    events: list[tuple[Any, str, Any]] = [
        (event.time, f"{event.compound}.{event.name}", event.value)
        for event in dose_events(doses, protocol.compounds, lambda head, tail: values[f"{head}.{tail}"])
    ]
    events += _infusions(doses)
    events += steps([*records, *protocol.inputs], n)
    times, sizes = np.empty((n, len(events))), np.empty((n, len(events)))
    where = np.empty(len(events), np.int64)
    for i, (time, key, value) in enumerate(events):
        if key not in slots:
            raise unknown_name(
                "input of this model", key, [name for name in setting.assembly.inputs if "." not in name]
            )
        times[:, i], where[i], sizes[:, i] = time, slots[key], value
    times[times > protocol.duration] = np.inf
    order = np.argsort(times, axis=1, kind="stable")
    return np.take_along_axis(times, order, axis=1), where[order], np.take_along_axis(sizes, order, axis=1)


def _infusions(doses: tuple[Dose, ...]) -> list[tuple[Any, str, Any]]:
    """Total rate of infusion of each compound [nmol/h] at every start and end; exactly 0 when none is left."""
    running: dict[str, list[tuple[Any, Any, Any]]] = {}
    for dose in doses:
        if dose.over is not None:
            spans = running.setdefault(dose.compound, [])
            spans.append((dose.at, dose.at + dose.over, dose.amount / dose.over))
    found = []
    for compound, spans in running.items():
        for time in (edge for start, end, _ in spans for edge in (start, end)):
            total: Any = 0.0
            for start, end, rate in spans:
                total = total + np.where((start <= time) & (time < end), rate, 0.0)
            found.append((time, f"{compound}.infusion", total))
    return found
