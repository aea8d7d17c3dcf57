"""From points to what is kept of them: one call of the solver for all points of a block that share a setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.solver.ensemble import Ensemble, run
from plasticity.solver.task import Below, Changes, Task
from plasticity.sweeps.planning.kept import MOST_WINDOWS, Kept, Quantity, followed, kept_quantity, windows
from plasticity.sweeps.planning.knobs import Columns, Knob
from plasticity.sweeps.planning.points import Points, points
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.planning.tracks import Tracks
from plasticity.sweeps.work import Arrays

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ask:
    """Points that share a setting, and what is wanted of them.

    Attributes
    ----------
    setting : Setting
    knobs : mapping of str to Knob
    units : mapping of str to str
    columns : mapping of str to ndarray, shape (n,)
    n : int
    kept : tuple of Kept
    solver : dict
    threads : int

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> Ask(Setting(Protocol("1 d")), {}, {}, {}, 1, (), {"rtol": 1e-6, "atol": None}, 1).n
    1
    """

    setting: Setting
    knobs: Mapping[str, Knob]
    units: Mapping[str, str]
    columns: Columns
    n: int
    kept: tuple[Kept, ...]
    solver: Mapping[str, float | None]
    threads: int


def outcome(ask: Ask, tracks: Tracks | None, chosen: NDArray[np.bool_]) -> Arrays:
    """Integrate points and give everything that is kept of them.

    Parameters
    ----------
    ask : Ask
    tracks : Tracks or None
    chosen : ndarray of bool, shape (n,)
        Points whose trajectories are kept.

    Returns
    -------
    dict of str to ndarray, shape (n, ...)
        With `status` and `reached`. What a failed point has not, its summaries included, is NaN.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> one = Ask(Setting(Protocol("1 d")), {}, {}, {}, 1, (), {"rtol": 1e-6, "atol": None}, 1)
    >>> outcome(one, None, np.array([False]))["reached"].tolist()
    [24.0]
    """
    rtol, atol = ask.solver["rtol"], ask.solver["atol"]
    assert rtol is not None
    given = points(ask.setting, ask.knobs, ask.units, ask.columns, ask.n, rtol, atol)
    sound = np.flatnonzero(given.status == 0)
    found: Arrays = {"status": given.status.copy(), "reached": np.zeros(ask.n)}
    for one in ask.kept:
        found[one.name] = np.full((ask.n, MOST_WINDOWS) if one.per_window else ask.n, np.nan)
    if len(sound):
        task = _task(ask.setting, given, rtol)
        known = {one: _known(one, ask.setting) for one in ask.kept if one.ending}
        states = sorted({quantity.state for one, quantity in known.items() if one.ending != "_end"})
        ensemble = _whole(task, ask, given.values, states)
        found["status"][sound] = ensemble.status
        found["reached"][sound] = ensemble.reached
        good = ensemble.status >= 0
        table = windows(ensemble, given.values)
        for one in ask.kept:
            if one.ending:
                place = 0 if one.ending == "_end" else states.index(known[one].state)
                values = followed(one, known[one], place, ensemble, given.values)
            else:
                values = table[one.name][:, :MOST_WINDOWS] if one.per_window else table[one.name]
            found[one.name][sound[good]] = values[good]
    if tracks is not None:
        found |= tracks.outcome(ask.setting, given, chosen, lambda rows: _task(ask.setting, given, rtol, rows))
    return found


def _known(one: Kept, setting: Setting) -> Quantity:
    found = kept_quantity(one.of, one.ending, setting)
    assert found is not None  # it was looked for when the sweep was planned
    return found


def _task(setting: Setting, given: Points, rtol: float, rows: NDArray[np.intp] | None = None) -> Task:
    rows = np.arange(len(given.states)) if rows is None else rows
    assembly = setting.assembly
    times = given.times[rows]
    within = times < np.inf
    first = np.concatenate([[0], np.cumsum(within.sum(axis=1))]).astype(np.int64)
    changes = Changes(first, times[within], given.slots[rows][within], given.values_of[rows][within])
    return Task(
        assembly.compiled(),
        (0.0, setting.protocol.duration),
        given.states[rows],
        np.repeat(assembly.resting_inputs()[None], len(rows), axis=0),
        given.parameters[rows],
        changes,
        rtol,
        given.atol[rows],
        min((instance.kernel.longest_step for instance in assembly.instances), default=np.inf),
    )


def _whole(task: Task, ask: Ask, values: Mapping[str, Any], states: list[int]) -> Ensemble:
    """Integrate; once more with more room where a point has more windows than usual."""
    every = np.ones(task.members)
    rest = values["theta_rest"] * every
    levels = values["window_open_ratio"] * rest, values["window_close_ratio"] * rest, values["window_merge_gap"] * every
    theta = list(ask.setting.assembly.states).index("theta")
    most = MOST_WINDOWS
    while True:
        below = Below(theta, *levels, most=most)
        none = np.empty(0, np.int64)
        found = run(task, np.empty(0), none, below, threads=ask.threads, followed=np.array(states, np.int64))
        if int(found.count.max()) <= most:
            return found
        most = int(found.count.max())
