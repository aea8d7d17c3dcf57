"""One imported model over time: the engine between events, what happens at each, and values at the output times."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.sbml.agenda import Agenda
from plasticity.sbml.happenings import Happening

Floats = NDArray[np.float64]
Dense = Callable[[float], Floats]
Solve = Callable[[float, float, Floats, Floats], tuple[Dense, Floats, bool]]
"""From, to, states, held values; gives the continuous solution, the ends of its steps, and whether it got there."""

PARTS = 4
"""Each step is searched for changes of triggers in this many parts; a shorter one may pass unseen."""


def engine(fun: Any, idle: Any, rtol: float, atol: float | Floats, *, compiled: bool) -> Solve:
    """Choose what integrates between events.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, p)``.
    idle : array_like of bool, shape (held,)
        Which held values `fun` does not read: they may be undefined, as the size of a compartment often is.
    rtol : float
    atol : float or ndarray, shape (states,)
    compiled : bool
        This package's engine; or SciPy's LSODA on the function as it is, for a look without waiting for a compiler.

    Returns
    -------
    callable

    Examples
    --------
    >>> solve = engine(lambda t, y, p: (-y[0],), [], 1e-9, 1e-12, compiled=False)
    >>> round(float(solve(0.0, 1.0, np.ones(1), np.empty(0))[0](1.0)[0]), 6)
    0.367879
    """

    def ours(start: float, end: float, y: Floats, p: Floats) -> tuple[Dense, Floats, bool]:
        from plasticity.solver.ivp import solve_ivp

        driving = np.where(idle, 0.0, p)
        if not np.isfinite(driving).all() or not np.isfinite(y).all():
            return _nothing, np.array([start, end]), False
        found = solve_ivp(fun, (start, end), y, driving, rtol=rtol, atol=atol, dense_output=True)
        sol: Any = found.sol
        return lambda t: np.asarray(sol(np.array([t])))[:, 0], found.t, found.status >= 0

    def plain(start: float, end: float, y: Floats, p: Floats) -> tuple[Dense, Floats, bool]:
        import warnings

        from scipy.integrate import solve_ivp

        def rates(t: float, y: Floats) -> Floats:
            found = np.array(fun(np.float64(t), y, p), dtype=float)
            if not np.isfinite(found).all():
                raise ArithmeticError("a rate is undefined")  # LSODA itself would try without end
            return found

        if not np.isfinite(y).all():
            return _nothing, np.array([start, end]), False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = solve_ivp(rates, (start, end), y, "LSODA", rtol=rtol, atol=atol, dense_output=True)
        except ArithmeticError:
            return _nothing, np.array([start, end]), False
        return found.sol, found.t, bool(found.success)

    return ours if compiled else plain


def integrated(
    solve: Solve, events: list[Happening], times: Floats, y: Floats, p: Floats
) -> tuple[list[tuple[Floats, Floats]], bool]:
    """Integrate over all output times.

    Parameters
    ----------
    solve : callable
        From `engine`.
    events : list of Happening
    times : ndarray, shape (times,)
        Ascending; the first is the start.
    y, p : ndarray
        States and held values at the start.

    Returns
    -------
    points : list of (y, p)
        At each output time, after what happens there.
    good : bool
        Whether the end was reached; the points after a failure are NaN.

    Examples
    --------
    >>> solve = engine(lambda t, y, p: (-y[0],), [], 1e-9, 1e-12, compiled=False)
    >>> points, good = integrated(solve, [], np.array([0.0, 1.0]), np.ones(1), np.empty(0))
    >>> good, round(float(points[1][0][0]), 6)
    (True, 0.367879)
    """
    y, p, t = y.copy(), p.copy(), float(times[0])
    agenda = Agenda(events, [event.started for event in events])
    if not len(y) and not events:
        return [(y, p)] * len(times), True
    agenda.settle(t, y, p)
    points = [(y.copy(), p.copy())]
    if not events:
        dense, _, good = solve(t, float(times[-1]), y, p)
        return points + [(dense(float(time)) if good else np.full_like(y, np.nan), p) for time in times[1:]], good
    for end in map(float, times[1:]):
        while t < end:
            goal = min(end, agenda.next_time())
            if goal > t:
                if len(y):
                    dense, steps, good = solve(t, goal, y, p)
                    if not good:
                        lost = (np.full_like(y, np.nan), np.full_like(p, np.nan))
                        return points + [lost] * (len(times) - len(points)), False
                else:
                    dense, steps = _nothing, np.array([t, goal])
                t = _until_flip(agenda, dense, steps, goal, p)
                y = np.array(dense(t), dtype=float)
            agenda.settle(t, y, p)
        points.append((y.copy(), p.copy()))
    return points, True


def _nothing(time: float) -> Floats:  # noqa: ARG001 nothing changes between events
    return np.empty(0)


def _until_flip(agenda: Agenda, dense: Dense, steps: Floats, goal: float, p: Floats) -> float:
    """Find the first time at which a trigger stands otherwise, to the last digits; `goal` if none does."""
    last = float(steps[0])
    for before, after in itertools.pairwise(steps):
        for fraction in np.arange(1, PARTS + 1) / PARTS:
            now = float(before + fraction * (after - before)) if fraction < 1 else float(after)
            if agenda.flips(now, dense(now), p):
                while last < (middle := 0.5 * (last + now)) < now:
                    last, now = (last, middle) if agenda.flips(middle, dense(middle), p) else (middle, now)
                return now
            last = now
    return goal
