"""Events of a solution: where a function of time and state changes its sign, found on the steps' polynomials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plasticity.solver.task import Floats
from plasticity.solver.trajectory import Trajectory

PARTS = 8
"""Each step is searched in this many parts; two crossings within one part of a step may cancel unseen."""
MOST = 5
"""More changes of sign than this within one step, and some may have cancelled unseen."""
STORM = -4


@dataclass(frozen=True)
class Event:
    """A function of time, state and parameters whose sign changes are located.

    Attributes
    ----------
    fun : callable
        ``fun(t, y, p)``, a number.
    terminal : bool
        Whether integration ends there.
    direction : float
        Positive: only changes from below; negative: only from above; zero: both.

    Examples
    --------
    >>> Event(lambda t, y, p: y[0] - 0.5, terminal=True).direction
    0.0
    """

    fun: Callable[..., Any]
    terminal: bool = False
    direction: float = 0.0


def locate(events: Sequence[Event], trajectory: Trajectory, parameters: Floats) -> tuple[list[Floats], int, float]:
    """Find all events up to the first terminal one.

    Parameters
    ----------
    events : sequence of Event
    trajectory : Trajectory
    parameters : ndarray, shape (k,)

    Returns
    -------
    times : list of ndarray
        For each event its times, to 1e-12 of the time scale.
    status : int
        1 if a terminal event came first, `STORM` if an event changes its sign faster than the steps resolve, else that
        of the trajectory.
    end : float
        Time of the terminal event, of the start of the storm, or the time reached.

    Examples
    --------
    >>> line = Trajectory(np.array([0.0, 4.0]), np.array([[[0.0, 4.0, 0.0, 0.0, 0.0]]]), np.array([4.0]), 0, 0)
    >>> times, status, end = locate([Event(lambda t, y, p: y[0] - 1.0, terminal=True)], line, np.empty(0))
    >>> times[0].round(9).tolist(), status, round(end, 9)
    ([1.0], 1, 1.0)
    """
    searched = [_crossings(event, trajectory, parameters) for event in events]
    found, storms = [times for times, _ in searched], [storm for _, storm in searched]
    ends = [times[0] for event, times in zip(events, found, strict=True) if event.terminal and times.size]
    end = min([*ends, *storms, np.inf])
    if end == np.inf:
        return found, trajectory.status, float(trajectory.times[-1])
    return [times[times <= end] for times in found], STORM if end in storms else 1, float(end)


def _crossings(event: Event, trajectory: Trajectory, parameters: Floats) -> tuple[Floats, float]:
    """Times of an event, and the start of the first step that does not resolve it, infinite if there is none."""
    if not len(trajectory.pieces):
        return np.empty(0), np.inf
    from scipy.optimize import brentq

    def value(step: int, fraction: float) -> float:
        c = trajectory.pieces[step]
        y = c[:, 0] + fraction * (c[:, 1] + fraction * (c[:, 2] + fraction * (c[:, 3] + fraction * c[:, 4])))
        start, end = trajectory.times[step], trajectory.times[step + 1]
        return float(event.fun(start + fraction * (end - start), y, parameters))

    points = [
        (step, float(fraction))
        for step in range(len(trajectory.pieces))
        for fraction in np.linspace(0.0, 1.0, PARTS + 1)
        if trajectory.times[step + 1] > trajectory.times[step]
    ]
    times: list[float] = []
    last = 0.0  # the sign before, and the first of the points since then where the value was zero
    zero: float | None = None
    changes = 0  # of sign within the step

    def note(now: float, root: float) -> None:
        rises = last < 0.0 < now and event.direction >= 0.0
        falls = last > 0.0 > now and event.direction <= 0.0
        if rises or falls:
            times.append(root if zero is None else zero)

    for number, (step, fraction) in enumerate(points):
        start, width = float(trajectory.times[step]), float(trajectory.times[step + 1] - trajectory.times[step])
        now = value(step, fraction)
        changes = (changes if fraction > 0.0 else 0) + (last * now < 0.0)
        if changes > MOST:
            return np.array([time for time in times if time <= start]), start
        if now == 0.0:
            zero = start + fraction * width if zero is None else zero
            continue
        root = fraction
        if last * now < 0.0 and zero is None and fraction > 0.0:
            before = points[number - 1][1]
            root = brentq(lambda s, step=step: value(step, s), before, fraction, xtol=1e-13, rtol=1e-14)
        note(now, start + root * width)
        last, zero = now, None
    if trajectory.status >= 0:  # at the end a jump counts, and so does a zero, though no other sign can follow it
        end = float(trajectory.times[-1])
        now = float(event.fun(end, trajectory.final, parameters))
        note(-last if now == 0.0 else now, end)
    return np.array(times), np.inf
