"""Members of an ensemble in, trajectories out: the arrays around the compiled stepping loop."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from plasticity.solver.dense import sample
from plasticity.solver.excursions import excursions as locate
from plasticity.solver.excursions import extremes
from plasticity.solver.task import Below, Counts, Floats, Task
from plasticity.solver.trajectory import Trajectory

MESSAGES = {
    0: "reached the end",
    1: "a terminal event",
    -1: "step limit reached; raise max_steps, or loosen rtol",
    -2: "a rate is not finite; check the parameters of the run",
    -4: "an event changes its sign faster than the steps resolve; set max_step below its period, or smooth the event",
    -9: "stability limits the steps of this explicit method; use method='auto' or 'Rodas5P'",
    -3: "the step became too small for the time; loosen rtol, or check the parameters for extreme rates",
}
"""What each status means and what to do."""
STIFF = -9
_RECORD_FULL = -10
BLOCK = 128
"""Members that are integrated together: enough that few lanes stand idle at the end, and their record stays small."""


def _room(task: Task, changes: int) -> int:
    """Guess how many steps a member takes; where it takes more, its block runs again with more room."""
    usual = 64 + 40 * changes + 160 * (1e-6 / task.rtol) ** 0.2
    limited = usual + 2.0 * (task.span[1] - task.span[0]) / task.max_step
    return int(min(limited, task.max_steps + 1))


@dataclass(frozen=True)
class Recorded:
    """Polynomials of the watched states for some members, and how each of them ended.

    Attributes
    ----------
    watched : ndarray of int, shape (k,)
    times : ndarray, shape (n, room + 1)
        Ends of the steps.
    record : ndarray, shape (n, room, k, 5)
        Coefficients in powers of the fraction of the step.
    final : ndarray, shape (n, states)
    status, steps, rejected : ndarray of int, shape (n,)
    reached : ndarray, shape (n,)

    Examples
    --------
    >>> record, none = np.array([[[[1.0, 2.0, 0.0, 0.0, 0.0]]]]), np.zeros(1, np.int64)
    >>> line = Recorded(none, np.array([[0.0, 4.0]]), record, np.array([[3.0]]), none, none + 1, none, np.array([4.0]))
    >>> line.sampled(np.array([2.0])).tolist()
    [[[2.0]]]
    """

    watched: Counts
    times: Floats
    record: Floats
    final: Floats
    status: Counts
    steps: Counts
    rejected: Counts
    reached: Floats

    def trajectory(self, i: int) -> Trajectory:
        """Trajectory of one member, if all states were watched."""
        steps = self.steps[i]
        return Trajectory(
            self.times[i, : steps + 1],
            self.record[i, :steps],
            self.final[i],
            int(self.status[i]),
            int(self.rejected[i]),
        )

    def sampled(self, grid: Floats) -> Floats:
        """Watched states at ascending times, shape (members, watched, times)."""
        out = np.empty((len(self.times), len(self.watched), len(grid)))
        sample(self.times, self.record, self.steps, self.final, self.watched, grid, out)
        return out


def integrate(task: Task, members: slice = slice(None), watched: Counts | None = None) -> Recorded:
    """Integrate some members and keep the dense output of the watched states.

    Parameters
    ----------
    task : Task
    members : slice
        Which of the members; all if not given.
    watched : ndarray of int, optional
        Numbers of the states to keep; all if not given.

    Returns
    -------
    Recorded

    Examples
    --------
    >>> from plasticity.solver import cache, generate, system
    >>> from plasticity.solver.task import Change, Changes
    >>> rates = system.System(0, 1, [], [-system.parameter(0) * system.state(0)])
    >>> decay = generate.module_text(generate.problem_text(rates))
    >>> compiled = cache.module(cache.fingerprint([decay]), lambda: decay)
    >>> one, none, rate = np.ones((1, 1)), np.empty((1, 0)), np.array([[2.0]])
    >>> doses = Changes.listed([[Change(1.0, 0, 5.0)]])
    >>> task = Task(compiled, (0.0, 3.0), one, none, rate, doses, 1e-9, np.array([1e-9]))
    >>> integrate(task).sampled(np.array([0.5, 1.0])).round(6).tolist()  # exp(-1), then exp(-2) and the 5 added
    [[[0.367879, 5.135335]]]
    """
    states, inputs, parameters = task.states[members], task.inputs[members], task.parameters[members]
    changes = task.changes.of(members)
    n, width = states.shape
    watched = np.arange(width) if watched is None else watched
    columns = (changes.first, changes.time, changes.slot, changes.value)
    atol = np.empty_like(states)
    atol[...] = task.atol if task.atol.ndim == 1 else task.atol[members]
    start, end = task.span
    room = _room(task, changes.most)
    while True:
        y, u = states.copy(), inputs.copy()
        times, record, reached = np.empty((n, room + 1)), np.empty((n, room, len(watched), 5)), np.empty(n)
        status, steps, rejected = np.zeros((3, n), np.int64)
        task.module.integrate(
            *(start, end, y, u, parameters, *columns, task.rtol, atol, task.max_step, task.max_steps),
            *(watched, times, record, status, steps, rejected, reached),
        )
        if not n or status.min() > _RECORD_FULL:
            return Recorded(watched, times, record, y, status, steps, rejected, reached)
        room *= 4


@dataclass(frozen=True)
class Ensemble:
    """What `run` found, for n members.

    Attributes
    ----------
    values : ndarray, shape (n, watched, times)
    final : ndarray, shape (n, states)
    status, steps, rejected : ndarray of int, shape (n,)
    reached : ndarray, shape (n,)
    count : ndarray of int, shape (n,)
        Number of excursions.
    excursions : ndarray, shape (n, most, 5)
        In the order of `plasticity.solver.excursions.FIELDS`, NaN beyond `count`.
    least : ndarray, shape (n, 2)
        Smallest value of the state that is followed below a level, and its time.
    highest, lowest : ndarray, shape (n, followed, 2)
        Largest and smallest value of every followed state, and its time.
    integral : ndarray, shape (n, followed)
        Of every followed state over time, as far as the member got.

    Examples
    --------
    >>> empty, none = np.empty((0, 1)), np.zeros(0, np.int64)
    >>> Ensemble(empty, empty, none, none, none, np.empty(0), none, empty, empty, empty, empty, empty).final.shape
    (0, 1)
    """

    values: Floats
    final: Floats
    status: Counts
    steps: Counts
    rejected: Counts
    reached: Floats
    count: Counts
    excursions: Floats
    least: Floats
    highest: Floats
    lowest: Floats
    integral: Floats


def run(
    task: Task,
    grid: Floats,
    watched: Counts | None = None,
    below: Below | None = None,
    threads: int = 1,
    followed: Counts | None = None,
) -> Ensemble:
    """Integrate all members, block by block, and keep values at common times and the excursions below a level.

    Every member is computed by the same arithmetic wherever it stands, so the result does not depend on the number of
    threads, on the order of the members, or on how many there are.

    Parameters
    ----------
    task : Task
    grid : ndarray, shape (times,)
        Ascending.
    watched : ndarray of int, optional
        Numbers of the states to keep; all if not given.
    below : Below, optional
    threads : int
    followed : ndarray of int, optional
        Numbers of the states whose extremes and integrals are wanted; none if not given.

    Returns
    -------
    Ensemble

    Examples
    --------
    >>> from plasticity.solver.problem import Problem
    >>> from plasticity.solver.task import Changes
    >>> decay, n = Problem(lambda t, y, p: (-p[0] * y[0],), 1, 1).module("Rodas5P"), 3
    >>> rates = np.array([[1.0], [2.0], [3.0]])
    >>> starts, none = np.ones((n, 1)), np.empty((n, 0))
    >>> task = Task(decay, (0.0, 1.0), starts, none, rates, Changes.none(n), 1e-9, np.array([1e-9]))
    >>> run(task, np.array([1.0])).values[:, 0, 0].round(6).tolist()  # exp(-rate)
    [0.367879, 0.135335, 0.049787]
    """
    n = task.members
    watched = np.arange(task.states.shape[1]) if watched is None else watched
    followed = np.zeros(0, np.int64) if followed is None else followed
    wanted = [*watched, *([below.state] if below else []), *followed]
    kept = np.array(list(dict.fromkeys(int(state) for state in wanted)), dtype=np.int64)
    place = {int(state): i for i, state in enumerate(kept)}
    places = np.array([place[int(state)] for state in followed], dtype=np.int64)
    values = np.empty((n, len(watched), len(grid)))
    count, least = np.zeros(n, np.int64), np.full((n, 2), np.nan)
    excursions = np.full((n, below.most if below else 0, 5), np.nan)
    highest, lowest, integral = (np.empty((n, len(followed), *rest)) for rest in ((2,), (2,), ()))

    def one(block: slice) -> tuple[Floats, Counts, Counts, Counts, Floats]:
        found = integrate(task, block, kept)
        if len(grid):
            sample(found.times, found.record, found.steps, found.final, watched, grid, values[block])
        if below is not None:
            levels = (below.low[block], below.high[block], below.merge[block])
            into = (excursions[block], count[block], least[block])
            locate(found.times, found.record, found.steps, place[below.state], *levels, *into)
        if len(followed):
            ends = (highest[block], lowest[block], integral[block])
            extremes(found.times, found.record, found.steps, places, *ends)
        return found.final, found.status, found.steps, found.rejected, found.reached

    blocks = [slice(i, min(i + BLOCK, n)) for i in range(0, n, BLOCK)]
    if threads > 1 and len(blocks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(one, blocks))
    else:
        parts = [one(block) for block in blocks]
    final, status, steps, rejected, reached = map(np.concatenate, zip(*parts, strict=True))
    ends = (final, status, steps, rejected, reached)
    return Ensemble(values, *ends, count, excursions, least, highest, lowest, integral)
