"""What a caller of the solver may give, checked before anything is computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plasticity.solver.located import Event
from plasticity.solver.problem import METHODS, Problem
from plasticity.solver.task import Change, Changes, Floats, Task

Jump = tuple[float, int, float]


@dataclass(frozen=True)
class Call:
    """Checked arguments of `solve_ivp` and `solve_ensemble`, for n members.

    Attributes
    ----------
    span : tuple of float
    states : ndarray, shape (n, states)
    parameters : ndarray, shape (n, k)
    changes : list of list of Change
        Stops and jumps of every member, sorted by time.
    rtol : float
    atol : ndarray, shape (states,)
    method : str
    max_step : float
    max_steps : int
    problem : Problem
    events : sequence of Event

    Examples
    --------
    >>> from plasticity.solver.problem import Problem
    >>> one, still = np.ones((2, 1)), Problem(lambda t, y, p: (0.0 * y[0],), 1, 1)
    >>> len(Call((0.0, 1.0), one, one, [[], []], 1e-6, one[0], "auto", 1.0, 9, still).states)
    2
    """

    span: tuple[float, float]
    states: Floats
    parameters: Floats
    changes: list[list[Change]]
    rtol: float
    atol: Floats
    method: str
    max_step: float
    max_steps: int
    problem: Problem
    events: Sequence[Event] = field(default=())

    def task(self, method: str, members: NDArray[np.int64], max_steps: int) -> Task:
        """Some members with one method, as far as it gets with so many steps."""
        return Task(
            self.problem.module(method),
            self.span,
            self.states[members],
            np.empty((len(members), 0)),
            self.parameters[members],
            Changes.listed([self.changes[i] for i in members]),
            self.rtol,
            self.atol,
            self.max_step,
            max_steps,
        )


def floats(name: str, given: ArrayLike, *, finite: bool = True) -> Floats:
    """Read numbers.

    Parameters
    ----------
    name : str
        Of the argument, for the error.
    given : array_like
    finite : bool
        Whether all must be finite.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError, ValueError
        If `given` holds something else, or a number that is not finite and must be.

    Examples
    --------
    >>> floats("y0", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        found = np.asarray(given)
        if found.dtype.kind not in "iuf" and found.size:
            raise TypeError
        values = found.astype(float)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {given!r}; allowed: numbers") from None
    if finite and not np.isfinite(values).all():
        raise ValueError(f"{name}: not finite; allowed: finite numbers")
    return values


def finite_members(states: Floats, parameters: Floats) -> NDArray[np.bool_]:
    """Tell which members have start values and parameters that are finite, all of them.

    Parameters
    ----------
    states : ndarray, shape (n, states)
    parameters : ndarray, shape (n, k)

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> finite_members(np.ones((2, 1)), np.array([[1.0], [np.nan]])).tolist()
    [True, False]
    """
    return np.asarray(np.isfinite(states).all(axis=1) & np.isfinite(parameters).all(axis=1))


def number(name: str, given: Any) -> Any:
    """Give a number back, infinite or not; refuse all else.

    Parameters
    ----------
    name : str
    given : object

    Returns
    -------
    int or float

    Examples
    --------
    >>> number("max_step", float("inf"))
    inf
    """
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name}: {given!r}; allowed: a number")
    return given


def sequence(name: str, given: Any, what: str) -> list[Any]:
    """Give the elements of a sequence; refuse all else.

    Parameters
    ----------
    name : str
    given : object
    what : str
        What the elements must be, for the error.

    Returns
    -------
    list

    Examples
    --------
    >>> sequence("stops", (1.0, 2.0), "times")
    [1.0, 2.0]
    """
    try:
        if isinstance(given, (str, dict)):
            raise TypeError
        return list(given)
    except TypeError:
        raise TypeError(f"{name}: {given!r}; allowed: a sequence of {what}") from None


def of_members(name: str, given: Any, n: int, *, nested: int) -> list[Any]:
    """Give what `stops` or `jumps` mean for each member: what is nested deeper than common ones is their own.

    Parameters
    ----------
    name : str
    given : object
    n : int
        Number of members.
    nested : int
        Depth of the elements if each member has its own.

    Returns
    -------
    list

    Examples
    --------
    >>> of_members("stops", [1.0], 2, nested=1)
    [[1.0], [1.0]]
    """
    elements = sequence(name, given, "times" if name == "stops" else "(time, index, amount)")
    return elements if any(_depth(e) == nested or _empty(e) for e in elements) else [elements] * n


def _empty(given: Any) -> bool:
    return hasattr(given, "__len__") and len(given) == 0


def _depth(given: Any) -> int:
    return 0 if np.isscalar(given) or not np.iterable(given) or _empty(given) else 1 + max(map(_depth, given))


def output_times(t_eval: ArrayLike | None, span: tuple[float, float]) -> Floats | None:
    """Check output times.

    Parameters
    ----------
    t_eval : array_like or None
    span : tuple of float

    Returns
    -------
    ndarray or None

    Raises
    ------
    ValueError
        If they do not ascend or leave the span.

    Examples
    --------
    >>> output_times([0.5, 1.0], (0.0, 1.0)).tolist()
    [0.5, 1.0]
    """
    if t_eval is None:
        return None
    grid = np.atleast_1d(floats("t_eval", t_eval))
    if grid.ndim != 1 or np.any(np.diff(grid) <= 0):
        raise ValueError("t_eval: not ascending; allowed: one dimension of ascending times")
    if grid.size and (grid[0] < span[0] or grid[-1] > span[1]):
        raise ValueError(
            f"t_eval: from {grid[0]:g} to {grid[-1]:g}; allowed: within t_span, {span[0]:g} to {span[1]:g}"
        )
    return grid


def checked(
    fun: Callable[..., Any], t_span: Sequence[float], states: Floats, parameters: Floats,
    jac: Callable[..., Any] | None, stops: Sequence[Sequence[float]], jumps: Sequence[Sequence[Jump]],
    events: Sequence[Event], rtol: float, atol: ArrayLike, method: str, max_step: float, max_steps: int,
) -> Call:  # fmt: skip
    """Check the arguments of both solvers.

    Parameters
    ----------
    fun, t_span, states, parameters, jac, stops, jumps, events, rtol, atol, method, max_step, max_steps
        As in `plasticity.solver.ivp.solve_ivp`, with a row or an element for every member.

    Returns
    -------
    Call

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be; the message names it and what is allowed.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> checked(None, (0, 1), one, one, None, [()], [()], (), 1e-6, 1e-9, "auto", 1.0, 9)
    Traceback (most recent call last):
    ...
    TypeError: fun: None; allowed: a function fun(t, y, p)
    """
    n, width = states.shape
    if not callable(fun):
        raise TypeError(f"fun: {fun!r}; allowed: a function fun(t, y, p)")
    if jac is not None and not callable(jac):
        raise TypeError(f"jac: {jac!r}; allowed: a function jac(t, y, p), or None")
    span = floats("t_span", t_span)
    if span.shape != (2,) or span[0] >= span[1]:
        raise ValueError(
            f"t_span: {t_span!r}; allowed: (start, end) with start < end; to go backward, integrate -fun(-t, y, p)"
        )
    if width == 0:
        raise ValueError("y0: no states; allowed: at least one")
    if method not in ("auto", *METHODS):
        raise ValueError(f"method: {method!r}; allowed: auto, {', '.join(METHODS)}")
    if not 1e-14 <= number("rtol", rtol) < 1.0:
        raise ValueError(f"rtol: {rtol!r}; allowed: 1e-14 to 1")
    tolerance = floats("atol", atol)
    if tolerance.ndim > 1 or (tolerance.ndim == 1 and tolerance.size != width) or tolerance.min() <= 0:
        raise ValueError(f"atol: {atol!r}; allowed: a positive number, or one for each of the {width} states")
    if not number("max_step", max_step) > 0:
        raise ValueError(f"max_step: {max_step!r}; allowed: more than 0")
    if not number("max_steps", max_steps) >= 1 or max_steps % 1:
        raise ValueError(f"max_steps: {max_steps!r}; allowed: a whole number, 1 or more")
    if len(stops) != n or len(jumps) != n:
        raise ValueError(
            f"stops, jumps: {len(stops)} and {len(jumps)} sequences; allowed: one, or {n}, one for each member"
        )
    for event in sequence("events", events, "plasticity.Event"):
        if not isinstance(event, Event):
            raise TypeError(f"events: {event!r}; allowed: plasticity.Event")
    start, end = float(span[0]), float(span[1])
    common: dict[tuple[int, int], list[Change]] = {}
    changes = []
    for own_stops, own_jumps in zip(stops, jumps, strict=True):
        key = (id(own_stops), id(own_jumps))
        if key not in common:
            common[key] = _changes(own_stops, own_jumps, start, end, width)
        changes.append(common[key])
    problem = Problem(fun, width, parameters.shape[1], jac)
    if problem.traced is None:
        for whole in np.flatnonzero(finite_members(states, parameters))[:1]:
            problem.examine(start, states[whole], parameters[whole])
    full = np.full(width, tolerance)
    return Call(
        (start, end), states, parameters, changes, rtol, full, method, max_step, int(max_steps), problem, tuple(events)
    )


def _changes(stops: Sequence[float], jumps: Sequence[Jump], start: float, end: float, width: int) -> list[Change]:
    found = []
    for stop in sequence("stops", stops, "times"):
        if not np.isfinite(number("stops", stop)):
            raise ValueError(f"stops: {stop!r}; allowed: finite times")
        if start < stop < end:
            found.append(Change(float(stop), 0, 0.0))
    for jump in sequence("jumps", jumps, "(time, index, amount)"):
        parts = sequence("jumps", jump, "(time, index, amount)")
        values = [float(number("jumps", part)) for part in parts]
        if len(values) != 3 or not np.all(np.isfinite(values)) or values[1] % 1 or not 0 <= values[1] < width:
            raise ValueError(f"jumps: {jump!r}; allowed: (time, index 0 to {width - 1}, amount), all finite")
        if start <= values[0] <= end:
            found.append(Change(values[0], int(values[1]), values[2]))
    return sorted(found, key=lambda change: change.time)
