"""When the threshold of potentiation is low enough: the windows of plasticity, found by root finding.

Every node of the solution's polynomials, breakpoint or turning point, says whether it lies below the opening or above
the closing level; between two nodes the threshold only rises or only falls, so no crossing is missed or found twice.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.solver.stretches import cut

if TYPE_CHECKING:
    import xarray
    from scipy.interpolate import PPoly

Floats = NDArray[np.float64]
HOURS_PER_DAY = 24.0

PER_WINDOW = {
    "t_open": ("h", "Time at which the window opens"),
    "t_close": ("h", "Time at which the window closes; none if open at the end"),
    "duration": ("h", "Duration of the window; a lower bound if censored"),
    "peak_depth": ("1", "Largest relative depth of the threshold in the window"),
    "time_of_peak": ("h", "Time of the largest depth in the window"),
    "area": ("d", "Depth beyond the closing level, integrated over the window"),
    "censored_left": ("", "Window already open at the start"),
    "censored_right": ("", "Window still open at the end"),
}
"""Unit and label of everything that is known of one window."""

SUMMARIES = {
    "number_of_windows": ("1", "Number of windows"),
    "total_open_time": ("h", "Sum of the durations of all windows"),
    "total_area": ("d", "Sum of the areas of all windows"),
    "first_open": ("h", "Time at which the first window opens; none if none does"),
    "last_close": ("h", "Time at which the last window closes; none if none does"),
    "censored": ("", "A window was open at the start or at the end"),
    "max_depth": ("1", "Largest relative depth of the threshold in the simulation"),
    "margin": ("1", "Depth that was missing to open a window; positive if nothing opened"),
}
"""Unit and label of everything that is known of all windows of a run together."""


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of one run, in order of time.

    Attributes
    ----------
    t_open, t_close, duration : ndarray, shape (windows,)
        [h]; a window that is open at the end has no `t_close` (NaN), and its duration is a lower bound.
    peak_depth : ndarray, shape (windows,)
        Largest relative depth of the threshold, ``1 - theta / theta_rest`` [1].
    time_of_peak : ndarray, shape (windows,)
        [h]
    area : ndarray, shape (windows,)
        Integral of the depth beyond the closing level [d].
    censored_left, censored_right : ndarray of bool, shape (windows,)
        Whether the window was open at the start, and at the end.
    max_depth : float
        Largest relative depth of the whole simulation [1].
    margin : float
        Depth that was missing to open a window [1]; positive if nothing opened.

    Examples
    --------
    >>> from scipy.interpolate import PPoly
    >>> found = locate(PPoly([[1.3]], [0, 672]), theta_rest=1.3, open_ratio=0.9, close_ratio=0.92, merge_gap=6.0)
    >>> found.number_of_windows, found.total_open_time, found.first_open, round(found.margin, 3)
    (0, 0.0, nan, 0.1)
    """

    t_open: Floats
    t_close: Floats
    duration: Floats
    peak_depth: Floats
    time_of_peak: Floats
    area: Floats
    censored_left: NDArray[np.bool_]
    censored_right: NDArray[np.bool_]
    max_depth: float
    margin: float

    @property
    def number_of_windows(self) -> int:
        """How many windows opened."""
        return self.t_open.size

    @property
    def total_open_time(self) -> float:
        """Sum of the durations [h], lower bounds as they are."""
        return float(self.duration.sum())

    @property
    def total_area(self) -> float:
        """Sum of the areas [d]."""
        return float(self.area.sum())

    @property
    def first_open(self) -> float:
        """When the first window opens [h], NaN if none does."""
        return float(self.t_open[0]) if self.t_open.size else np.nan

    @property
    def last_close(self) -> float:
        """When the last window closes [h], NaN if none opened or the last is open at the end."""
        return float(self.t_close[-1]) if self.t_close.size else np.nan

    @property
    def censored(self) -> bool:
        """Whether a window was open at the start or at the end."""
        return bool(self.censored_left.any() or self.censored_right.any())


def locate(theta: "PPoly", *, theta_rest: float, open_ratio: float, close_ratio: float, merge_gap: float) -> Windows:
    """Find the windows of one run.

    A window opens when the threshold first reaches `open_ratio` of its resting value, and closes when it has then
    risen to `close_ratio` of it. Reaching a level counts, also if the threshold only touches it.

    Parameters
    ----------
    theta : scipy.interpolate.PPoly
        Threshold in time [h], of any degree; its ends are the start and the end of the simulation.
    theta_rest : float
        Resting threshold, positive, in the unit of `theta`.
    open_ratio, close_ratio : float
        Levels of opening and of closing over `theta_rest` [1].
    merge_gap : float
        Windows with a gap shorter than this [h] are one.

    Returns
    -------
    Windows

    Raises
    ------
    InputError
        If `close_ratio` does not exceed `open_ratio`, another number is out of bounds, or `theta` is not one finite
        piecewise polynomial in ascending time.

    Examples
    --------
    >>> from scipy.interpolate import PPoly
    >>> dip = PPoly([[0.0004, 0.0004], [-0.04, 0.0], [1.3, 0.3]], [0.0, 50.0, 100.0])  # lowest at 50 h
    >>> found = locate(dip, theta_rest=1.3, open_ratio=0.9, close_ratio=0.92, merge_gap=6.0)
    >>> found.t_open.round(3).tolist(), found.time_of_peak.tolist()
    ([3.363], [50.0])
    """
    _check(theta, theta_rest, open_ratio, close_ratio, merge_gap)
    path = cut(theta.c, theta.x)
    opening, closing = open_ratio * theta_rest, close_ratio * theta_rest
    enters, leaves = _turns(path.value, opening, closing)
    count = enters.size
    entered = path.crossings(enters, opening)
    t_open, t_close = path.times(enters, entered), np.full(count, np.nan)
    t_close[: leaves.size] = path.times(leaves, path.crossings(leaves, closing))

    apart = np.flatnonzero(t_open[1:] - t_close[: max(count - 1, 0)] >= merge_gap)
    first, last = np.append(0, apart + 1)[:count], np.append(apart, count - 1)[:count]
    nodes = list(zip(enters[first], np.append(leaves, path.value.size)[last], strict=True))
    t_open, t_close = t_open[first], t_close[last]
    lowest = np.array([start + np.argmin(path.value[start:end]) for start, end in nodes], dtype=np.intp)
    below = path.below(closing)
    beyond = np.array([below[start:end].sum() for start, end in nodes])
    beyond = beyond + path.integral(enters, entered, path.fraction[enters], closing)[first]
    deepest = float(path.value.min())
    return Windows(
        t_open=t_open,
        t_close=t_close,
        duration=np.where(np.isnan(t_close), theta.x[-1], t_close) - t_open,
        peak_depth=1.0 - path.value[lowest] / theta_rest,
        time_of_peak=path.times(lowest, path.fraction[lowest]),
        area=beyond / theta_rest / HOURS_PER_DAY,
        censored_left=enters[first] == 0,
        censored_right=np.isnan(t_close),
        max_depth=1.0 - deepest / theta_rest,
        margin=(deepest - opening) / theta_rest,
    )


def window_dataset(found: Windows) -> "xarray.Dataset":
    """Write the windows of one run as a dataset, as it becomes part of that of the run.

    Parameters
    ----------
    found : Windows

    Returns
    -------
    xarray.Dataset
        `PER_WINDOW` along dimension ``window``, `SUMMARIES` without dimension, each with its unit and label.

    Examples
    --------
    >>> from scipy.interpolate import PPoly
    >>> closed = locate(PPoly([[1.3]], [0, 672]), theta_rest=1.3, open_ratio=0.9, close_ratio=0.92, merge_gap=6.0)
    >>> window_dataset(closed).sizes["window"]
    0
    """
    import xarray

    def attributes(unit: str, label: str) -> dict[str, str]:
        return {"units": unit, "long_name": label} if unit else {"long_name": label}

    index = ("window", np.arange(found.number_of_windows), {"long_name": "Index of the window"})
    table = {name: ("window", getattr(found, name), attributes(*known)) for name, known in PER_WINDOW.items()}
    totals = {name: ((), getattr(found, name), attributes(*known)) for name, known in SUMMARIES.items()}
    return xarray.Dataset({**table, **totals}, coords={"window": index})


def windows(run: "xarray.Dataset") -> "xarray.Dataset":
    """Tabulate the windows that `simulate` located and stored in a run.

    Parameters
    ----------
    run : xarray.Dataset
        What `simulate` or a study returned.

    Returns
    -------
    xarray.Dataset
        `PER_WINDOW` along dimension ``window``, `SUMMARIES` without it, and the attributes of the run.

    Raises
    ------
    InputError
        If `run` is not such a dataset; the message names what it lacks.

    Examples
    --------
    >>> import xarray
    >>> windows(xarray.Dataset({"theta": ("time", [1.3])}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: windows: the dataset has no variable 't_open'; allowed: what simulate() returns
    """
    import xarray

    if not isinstance(run, xarray.Dataset):
        raise InputError(f"windows: {type(run).__name__} given; allowed: the dataset that simulate() returns")
    names = [*PER_WINDOW, *SUMMARIES]
    missing = [name for name in names if name not in run]
    if missing:
        raise InputError(f"windows: the dataset has no variable {missing[0]!r}; allowed: what simulate() returns")
    return run[names]


def _check(theta: "PPoly", theta_rest: float, open_ratio: float, close_ratio: float, merge_gap: float) -> None:
    if not 0.0 < theta_rest < np.inf:
        raise InputError(f"theta_rest: {theta_rest!r}; allowed: more than 0")
    if not 0.0 < open_ratio < close_ratio < np.inf:
        given = f"window_open_ratio {open_ratio!r}, window_close_ratio {close_ratio!r}"
        raise InputError(f"{given}; allowed: both more than 0, the ratio of closing above that of opening")
    if not merge_gap >= 0.0:
        raise InputError(f"window_merge_gap: {merge_gap!r} h; allowed: 0 h or more")
    if theta.c.ndim != 2 or not (np.isfinite(theta.c).all() and np.isfinite(theta.x).all()):
        raise InputError(f"theta: coefficients of shape {theta.c.shape}; allowed: one polynomial per step, all finite")
    if not np.all(np.diff(theta.x) >= 0.0):
        raise InputError("theta: time runs backwards; allowed: ascending breakpoints [h]")


def _turns(value: Floats, opening: float, closing: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Nodes at which the window is first seen open, and those at which it is then first seen closed."""
    state = np.where(value <= opening, 1, np.where(value >= closing, -1, 0))
    latest = np.maximum.accumulate(np.where(state != 0, np.arange(value.size), 0))
    nodes = np.flatnonzero(np.diff(state[latest] == 1, prepend=False))
    return nodes[::2], nodes[1::2]
