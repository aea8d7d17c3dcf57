"""Members of an ensemble in, trajectories out: the arrays around the compiled stepping loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from plasticity.solver.trajectory import Trajectory

Floats = NDArray[np.float64]
MESSAGES = {
    0: "reached the end",
    -1: "step limit reached; raise max_steps, or loosen rtol",
    -2: "a rate is not finite; check the parameters of the run",
    -3: "the step became too small for the time; loosen rtol, or check the parameters for extreme rates",
}
"""What each status means and what to do."""
_RECORD_FULL = -10


@dataclass(frozen=True)
class Event:
    """A jump: `value` is added to state number `slot`, or, where `slot` counts on beyond the states, set on an input.

    Examples
    --------
    >>> Event(1.0, 0, 5.0).time
    1.0
    """

    time: float
    slot: int
    value: float


def integrate(
    module: ModuleType,
    span: tuple[float, float],
    states: Floats,
    inputs: Floats,
    parameters: Floats,
    events: Sequence[Sequence[Event]],
    *,
    rtol: float,
    atol: Floats,
    max_step: float = np.inf,
    max_steps: int = 10_000_000,
) -> list[Trajectory]:
    """Integrate every member and keep its dense output.

    Parameters
    ----------
    module : module
        A compiled model.
    span : tuple of float
        Start and end.
    states : ndarray, shape (n, states)
        Values before the events at the start.
    inputs : ndarray, shape (n, inputs)
    parameters : ndarray, shape (n, parameters)
    events : sequence of sequence of Event
        For each member, sorted by time, none after the end.
    rtol : float
    atol : ndarray, shape (states,)
    max_step : float
    max_steps : int
        Steps, rejected ones included, after which a member is given up.

    Returns
    -------
    list of Trajectory

    Examples
    --------
    >>> from plasticity.solver import cache, generate, system
    >>> decay = generate.module_text(system.System(0, 1, [], [-system.parameter(0) * system.state(0)]))
    >>> compiled = cache.module(cache.fingerprint([decay]), lambda: decay)
    >>> one, none, rate = np.ones((1, 1)), np.empty((1, 0)), np.array([[2.0]])
    >>> run = integrate(compiled, (0.0, 3.0), one, none, rate, [[Event(1.0, 0, 5.0)]], rtol=1e-9, atol=np.array([1e-9]))
    >>> run[0](np.array([0.5, 1.0])).round(6).tolist()  # exp(-1), then exp(-2) and the 5 added
    [[0.367879, 5.135335]]
    """
    n, width = states.shape
    flat = [event for member in events for event in member]
    starts = np.concatenate([[0], np.cumsum([len(member) for member in events])]).astype(np.int64)
    columns = (
        np.array([event.time for event in flat], dtype=float),
        np.array([event.slot for event in flat], dtype=np.int64),
        np.array([event.value for event in flat], dtype=float),
    )
    room = 512 if np.isinf(max_step) else 512 + 2 * int((span[1] - span[0]) / max_step)
    while True:
        y, u = states.copy(), inputs.copy()
        times, record = np.empty((n, room + 1)), np.empty((n, room, width, 5))
        status, steps, rejected = (np.zeros(n, np.int64) for _ in range(3))
        module.integrate(
            *(span[0], span[1], y, u, parameters, starts, *columns, rtol, atol, max_step, max_steps),
            *(times, record, status, steps, rejected, np.empty(n)),
        )
        if not np.any(status == _RECORD_FULL):
            break
        room *= 4
    return [
        Trajectory(times[i, : steps[i] + 1], record[i, : steps[i]], y[i], int(status[i]), int(rejected[i]))
        for i in range(n)
    ]
