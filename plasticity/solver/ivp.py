"""Initial value problems for any function that Numba compiles: one at a time, or an ensemble over parameters."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from plasticity.solver.arguments import Jump, checked, floats, number, of_members, output_times
from plasticity.solver.ensemble import MESSAGES, integrate
from plasticity.solver.ensemble import run as run_ensemble
from plasticity.solver.located import Event, locate
from plasticity.solver.solution import EnsembleSolution, Solution
from plasticity.solver.task import Floats

FEW = 500
"""Below this many members one thread is faster than two."""


def solve_ivp(
    fun: Callable[..., Any],
    t_span: Sequence[float],
    y0: ArrayLike,
    params: ArrayLike = (),
    *,
    t_eval: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: ArrayLike = 1e-9,
    method: str = "auto",
    jac: Callable[..., Any] | None = None,
    stops: Sequence[float] = (),
    jumps: Sequence[Jump] = (),
    events: Sequence[Event] = (),
    dense_output: bool = False,
    max_step: float = np.inf,
    max_steps: int = 100_000,
) -> Solution:
    """Integrate ``dy/dt = fun(t, y, p)``.

    Parameters
    ----------
    fun : callable
        Numba-compilable, plain or compiled, returns an array or a tuple of rates. Where it is plain arithmetic it is
        traced: its exact Jacobian and a compiled module follow, kept on disk. Otherwise it is called as it is, and its
        Jacobian is differenced.
    t_span : sequence of two floats
        Start and end, ascending.
    y0 : array_like, shape (states,)
    params : array_like, shape (k,)
    t_eval : array_like, shape (times,), optional
        Ascending output times within the span; the ends of the steps if not given.
    rtol : float
    atol : float or array_like, shape (states,)
        A step is accepted when the root mean square of error / (atol + rtol abs(y)) over the states is at most 1.
    method : {"auto", "Rodas5P", "DormandPrince"}
        ``"auto"`` starts with the explicit method and goes over to Rodas5P where stability limits its step.
    jac : callable, optional
        ``jac(t, y, p)``, the matrix of derivatives of `fun` by `y`.
    stops : sequence of float
        Times at which `fun` jumps: integration restarts there.
    jumps : sequence of (time, index, amount)
        Amounts added to states; like stops, those at times outside the span are left out.
    events : sequence of Event
    dense_output : bool
        Whether to return the continuous solution as ``sol``.
    max_step : float
        Set it below the period of an oscillation that a slow drive may start: a stable method can step over one.
    max_steps : int

    Returns
    -------
    Solution

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be; the message names it and what is allowed.

    Examples
    --------
    >>> found = solve_ivp(lambda t, y, p: (-p[0] * y[0],), (0.0, 1.0), [1.0], [2.0], t_eval=[1.0], rtol=1e-9)
    >>> found.success, round(float(found.y[0, 0]), 8)  # exp(-2)
    (True, 0.13533528)
    """
    start = np.atleast_1d(floats("y0", y0))
    if start.ndim != 1:
        raise ValueError(f"y0: shape {start.shape}; allowed: one dimension (states,)")
    values = np.atleast_1d(floats("params", params))
    if values.ndim != 1:
        raise ValueError(f"params: shape {values.shape}; allowed: one dimension (k,)")
    options = (rtol, atol, method, max_step, max_steps)
    call = checked(fun, t_span, start[None], values[None], jac, [stops], [jumps], events, *options)
    grid = output_times(t_eval, call.span)
    used = "Rodas5P" if method == "auto" and jac is not None else method if method != "auto" else "DormandPrince"
    recorded = integrate(call.task(used))
    if method == "auto" and _goes_over(int(recorded.status[0])) and used != "Rodas5P":
        used = "Rodas5P"
        recorded = integrate(call.task(used))
    trajectory = recorded.trajectory(0)
    status, times, end = trajectory.status, [np.empty(0)] * len(call.events), float(trajectory.times[-1])
    if call.events:
        times, status, end = locate(call.events, trajectory, values)
    if grid is None:
        t = np.append(trajectory.times[trajectory.times < end], end)
    else:
        t = grid[grid <= end] if status == 1 else grid
    y = recorded.sampled(t)[0]
    if status == 1 and t.size and t[-1] == end < trajectory.times[-1]:
        y[:, -1] = trajectory.before(end)  # before any jump at the event
    return Solution(
        t,
        y,
        status,
        MESSAGES[status],
        times,
        trajectory if dense_output else None,
        len(trajectory.pieces),
        trajectory.rejected,
        used,
        end,
    )


def solve_ensemble(
    fun: Callable[..., Any],
    t_span: Sequence[float],
    y0: ArrayLike,
    params: ArrayLike,
    *,
    t_eval: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: ArrayLike = 1e-9,
    method: str = "auto",
    jac: Callable[..., Any] | None = None,
    stops: Sequence[Any] = (),
    jumps: Sequence[Any] = (),
    events: Sequence[Event] = (),
    max_step: float = np.inf,
    max_steps: int = 100_000,
    threads: int | None = None,
) -> EnsembleSolution:
    """Integrate ``dy/dt = fun(t, y, p)`` for many parameter sets and start values.

    Parameters
    ----------
    fun : callable
    t_span : sequence of two floats
        These two as in `solve_ivp`.
    y0 : array_like, shape (states,) or (n, states)
    params : array_like, shape (n, k)
    t_eval, rtol, atol, method, jac
        As in `solve_ivp`.
    stops : sequence of float, or of n such sequences
        Common to all members, or one sequence for each.
    jumps : sequence of (time, index, amount), or of n such sequences
        Likewise.
    events, max_step, max_steps
        As in `solve_ivp`.
    threads : int, optional
        All cores if not given. The numbers do not depend on it.

    Returns
    -------
    EnsembleSolution
        One member equals what `solve_ivp` gives for it, bit by bit.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be.

    Examples
    --------
    >>> found = solve_ensemble(lambda t, y, p: (-p[0] * y[0],), (0.0, 1.0), [1.0], [[1.0], [2.0]], rtol=1e-9)
    >>> found.y[:, 0, -1].round(8).tolist()  # exp(-1), exp(-2)
    [0.36787944, 0.13533528]
    """
    values = floats("params", params)
    if values.ndim != 2:
        raise ValueError(f"params: shape {values.shape}; allowed: (n, k), one row for each member")
    if not len(values):
        raise ValueError(f"params: shape {values.shape}; allowed: at least one row")
    n = len(values)
    start = np.atleast_1d(floats("y0", y0))
    start = np.repeat(start[None], n, axis=0) if start.ndim == 1 else start
    if start.ndim != 2 or len(start) != n:
        raise ValueError(f"y0: shape {start.shape}; allowed: (states,) or ({n}, states)")
    options = (rtol, atol, method, max_step, max_steps)
    own_stops = of_members("stops", stops, n, nested=1)
    own_jumps = of_members("jumps", jumps, n, nested=2)
    call = checked(fun, t_span, start, values, jac, own_stops, own_jumps, events, *options)
    given = output_times(t_eval, call.span)
    grid = np.array([call.span[1]]) if given is None else given
    workers = (os.cpu_count() or 1) if threads is None else threads
    if number("threads", workers) < 1 or workers % 1:
        raise ValueError(f"threads: {threads!r}; allowed: a whole number, 1 or more")
    workers = workers if n >= FEW or threads is not None else 1
    used = "Rodas5P" if method == "auto" and jac is not None else method if method != "auto" else "DormandPrince"
    result = run_ensemble(call.task(used), grid, threads=workers)
    if method == "auto" and used != "Rodas5P":
        again = np.flatnonzero([_goes_over(int(status)) for status in result.status])
        if again.size:
            other = run_ensemble(call.task("Rodas5P", again), grid, threads=workers)
            for name in ("values", "final", "status", "steps", "rejected", "reached"):
                getattr(result, name)[again] = getattr(other, name)
    times: list[list[Floats]] = [[] for _ in range(n)]
    if call.events:
        for i in range(n):
            alone = solve_ivp(
                fun, t_span, start[i], values[i], t_eval=grid, rtol=rtol, atol=atol, method=method, jac=jac,
                stops=own_stops[i], jumps=own_jumps[i], events=events, max_step=max_step, max_steps=max_steps,
            )  # fmt: skip
            times[i], result.status[i] = alone.t_events, alone.status
            result.values[i] = np.nan
            result.values[i, :, : len(alone.t)] = alone.y
            if alone.status == 1:
                result.reached[i] = min(
                    float(t[-1]) for e, t in zip(events, times[i], strict=True) if e.terminal and len(t)
                )
    return EnsembleSolution(grid, result.values, result.status, result.reached, times, result.steps, result.rejected)


def _goes_over(status: int) -> bool:
    """Whether the stiff method may do better than the explicit one did."""
    return status < 0
