"""Initial value problems for any function that Numba compiles: one at a time, or an ensemble over parameters."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from plasticity.solver.arguments import Call, Jump, checked, finite_members, floats, number, of_members, output_times
from plasticity.solver.dense import sample
from plasticity.solver.ensemble import BLOCK, MESSAGES, integrate
from plasticity.solver.ensemble import run as run_ensemble
from plasticity.solver.located import Event, locate
from plasticity.solver.solution import EnsembleSolution, Solution
from plasticity.solver.task import Counts, Floats
from plasticity.solver.trajectory import Trajectory

FEW = 500
"""Below this many members one thread is faster than two."""
PREFIX = 64
"""Steps after which terminal events are first looked for; then after four times as many, each time from the start, so
that the steps are those of a run without events."""
STEP_LIMIT, NOT_FINITE = -1, -2


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
        Jacobian is differenced; numbers that it reads from outside are those at the time of the call.
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
        Whether to return the continuous solution as ``sol``, NaN before the start and after the time reached.
    max_step : float
        Rodas5P takes no longer steps than an oscillation that begins allows, by the eigenvalues of every two to four
        states that act back on each other (of all states together for a function that is called as it is). Where more
        act back on each other, set it below the period: at any tolerance the method may step over the oscillation.
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
    return _followed(call, np.arange(1), grid, dense_output)[0]


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
        A member with a number that is not finite, here or in its own `y0`, fails with status -2; the others go on.
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
    values = floats("params", params, finite=False)
    if values.ndim != 2:
        raise ValueError(f"params: shape {values.shape}; allowed: (n, k), one row for each member")
    if not len(values):
        raise ValueError(f"params: shape {values.shape}; allowed: at least one row")
    n = len(values)
    start = np.atleast_1d(floats("y0", y0, finite=np.ndim(y0) < 2))
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
    nothing = np.zeros(n, np.int64)
    result = EnsembleSolution(
        grid,
        np.full((n, start.shape[1], len(grid)), np.nan),
        np.full(n, NOT_FINITE),
        np.full(n, call.span[0]),
        [[np.empty(0)] * len(call.events) for _ in range(n)],
        nothing,
        nothing.copy(),
    )
    members = np.flatnonzero(finite_members(start, values))  # the others have failed before they began
    (_follow if call.events else _run)(call, members, result, workers)
    return result


def _run(call: Call, members: Counts, into: EnsembleSolution, threads: int) -> None:
    """Integrate members of which only values at common times are kept."""
    for method in _methods(call):
        if not members.size:
            return
        found = run_ensemble(call.task(method, members, call.max_steps), into.t, threads=threads)
        into.y[members], into.status[members], into.t_reached[members] = found.values, found.status, found.reached
        into.nsteps[members], into.nrejected[members] = found.steps, found.rejected
        members = members[found.status < 0]


def _follow(call: Call, members: Counts, into: EnsembleSolution, threads: int) -> None:
    """Integrate members whose events are wanted, block by block; of events, which are plain Python, one at a time."""
    blocks = [members[i : i + BLOCK] for i in range(0, len(members), BLOCK)]
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda block: _followed(call, block, into.t, False), blocks))
    for i, found in zip(members, (one for part in parts for one in part), strict=True):
        into.y[i, :, : len(found.t)] = found.y
        into.status[i], into.t_reached[i], into.t_events[i] = found.status, found.t_reached, found.t_events
        into.nsteps[i], into.nrejected[i] = found.nsteps, found.nrejected


def _methods(call: Call) -> list[str]:
    """Methods to try, one after the other, as long as they fail."""
    if call.method != "auto":
        return [call.method]
    return ["Rodas5P"] if call.problem.jac is not None else ["DormandPrince", "Rodas5P"]


def _followed(call: Call, members: Counts, grid: Floats | None, dense: bool) -> list[Solution]:
    """Integrate members with all that one of them may be asked for."""
    found: dict[int, Solution] = {}
    terminal = any(event.terminal for event in call.events)
    methods = _methods(call)
    for method in methods:
        left = np.array([i for i in members if i not in found or found[i].status < 0], dtype=np.int64)
        limit = min(PREFIX, call.max_steps) if terminal else call.max_steps
        while left.size:
            recorded = integrate(call.task(method, left, limit))
            open_ = []
            for k, i in enumerate(left):
                if recorded.status[k] < 0 and not call.events and method != methods[-1]:
                    continue  # to the next method
                one = _solution(call, recorded.trajectory(k), call.parameters[i], grid, method, dense)
                if one.status == STEP_LIMIT and limit < call.max_steps:
                    open_.append(i)
                else:
                    found[i] = one
            left, limit = np.array(open_, dtype=np.int64), min(4 * limit, call.max_steps)
    return [found[i] for i in members]


def _solution(
    call: Call, whole: Trajectory, parameters: Floats, grid: Floats | None, method: str, dense: bool
) -> Solution:
    """Look for the events of a trajectory, cut it off at a terminal one, and read it at the output times."""
    times, status, end = locate(call.events, whole, parameters)
    cut = end < whole.times[-1]
    sol = whole.until(end) if cut else whole
    t = sol.times if grid is None else grid[grid <= end] if status == 1 else grid
    y = np.empty((1, len(whole.final), len(t)))
    steps, watched = np.array([len(whole.pieces)]), np.arange(len(whole.final))
    sample(whole.times[None], whole.pieces[None], steps, whole.final[None], watched, t, y)
    if cut:
        y[0][:, t == end] = sol.final[:, None]  # before any jump at the event
        y[0][:, t > end] = np.nan
    kept = sol if dense else None
    return Solution(t, y[0], status, MESSAGES[status], times, kept, len(sol.pieces), sol.rejected, method, end)
