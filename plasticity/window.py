"""When the threshold of potentiation is low enough: the windows of plasticity, as roots of the solution's polynomials.

A run and every member of a sweep are searched by the same compiled function, `plasticity.solver.excursions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.solver.excursions import AREA, END, FIELDS, LOWEST, START, TIME_OF_LOWEST, excursions

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Column = tuple[Any, Any, dict[str, Any]]
"""A variable of a dataset: its dimensions, numbers and attributes."""
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
    >>> numbers = {"theta_rest": 1.3, "open_ratio": 0.9, "close_ratio": 0.92, "merge_gap": 6.0}
    >>> found = locate(np.array([0.0, 672.0]), np.array([[1.3, 0.0, 0.0, 0.0, 0.0]]), **numbers)
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


def locate(
    times: Floats, pieces: Floats, *, theta_rest: float, open_ratio: float, close_ratio: float, merge_gap: float
) -> Windows:
    """Find the windows of one run.

    A window opens when the threshold first reaches `open_ratio` of its resting value, and closes when it has then
    risen to `close_ratio` of it. Reaching a level counts, also if the threshold only touches it.

    Parameters
    ----------
    times : ndarray, shape (steps + 1,)
        Ends of the steps [h], ascending; the first and the last are the start and the end of the simulation.
    pieces : ndarray, shape (steps, 5)
        The threshold within each step: coefficients in ascending powers of the fraction of the step.
    theta_rest : float
        Resting threshold, positive, in the unit of the threshold.
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
        If `close_ratio` does not exceed `open_ratio`, another number is out of bounds, or the pieces are not finite
        or not in ascending time.

    Examples
    --------
    >>> dip = np.array([[1.3, -2.0, 1.0, 0.0, 0.0], [0.3, 0.0, 1.0, 0.0, 0.0]])  # lowest at 50 h
    >>> numbers = {"theta_rest": 1.3, "open_ratio": 0.9, "close_ratio": 0.92, "merge_gap": 6.0}
    >>> found = locate(np.array([0.0, 50.0, 100.0]), dip, **numbers)
    >>> found.t_open.round(3).tolist(), found.time_of_peak.tolist()
    ([3.363], [50.0])
    """
    _check(times, pieces, theta_rest, open_ratio, close_ratio, merge_gap)
    found, least = _excursions(times, pieces, open_ratio * theta_rest, close_ratio * theta_rest, merge_gap)
    t_open, t_close = found[:, START], found[:, END]
    return Windows(
        t_open=t_open,
        t_close=t_close,
        duration=np.where(np.isnan(t_close), times[-1], t_close) - t_open,
        peak_depth=1.0 - found[:, LOWEST] / theta_rest,
        time_of_peak=found[:, TIME_OF_LOWEST],
        area=found[:, AREA] / theta_rest / HOURS_PER_DAY,
        censored_left=t_open == times[0],
        censored_right=np.isnan(t_close),
        max_depth=1.0 - least / theta_rest,
        margin=(least - open_ratio * theta_rest) / theta_rest,
    )


def _excursions(times: Floats, pieces: Floats, low: float, high: float, merge: float) -> tuple[Floats, float]:
    """Locate all excursions of one run, and its smallest value."""
    count, least, room = np.zeros(1, np.int64), np.empty((1, 2)), 8
    record = np.ascontiguousarray(pieces)[None, :, None, :]
    levels = [np.array([level]) for level in (low, high, merge)]
    while True:
        found = np.full((1, room, len(FIELDS)), np.nan)
        excursions(times[None], record, np.array([len(pieces)]), 0, *levels, found, count, least)
        if count[0] <= room:
            return found[0, : count[0]], float(least[0, 0])
        room = int(count[0])


def window_columns(found: Windows) -> tuple[dict[str, Column], Column]:
    """Write the windows of one run as columns of its dataset.

    Parameters
    ----------
    found : Windows

    Returns
    -------
    columns : dict of str to tuple
        `PER_WINDOW` along dimension ``window``, `SUMMARIES` without dimension: dimensions, numbers, attributes.
    index : tuple
        The same for the dimension itself.

    Examples
    --------
    >>> numbers = {"theta_rest": 1.3, "open_ratio": 0.9, "close_ratio": 0.92, "merge_gap": 6.0}
    >>> closed = locate(np.array([0.0, 672.0]), np.array([[1.3, 0.0, 0.0, 0.0, 0.0]]), **numbers)
    >>> columns, index = window_columns(closed)
    >>> columns["number_of_windows"][1], index[1].tolist()
    (0, [])
    """

    def attributes(unit: str, label: str) -> dict[str, str]:
        return {"units": unit, "long_name": label} if unit else {"long_name": label}

    index = ("window", np.arange(found.number_of_windows), {"long_name": "Index of the window"})
    table = {name: ("window", getattr(found, name), attributes(*known)) for name, known in PER_WINDOW.items()}
    totals = {name: ((), getattr(found, name), attributes(*known)) for name, known in SUMMARIES.items()}
    return table | totals, index


def labelled(columns: Mapping[str, Column], *indexes: Column) -> "xarray.Dataset":
    """Put plain numbers into a dataset, past xarray's look for other kinds of arrays: it would import Dask and Pint.

    Parameters
    ----------
    columns : mapping of str to tuple
        Dimensions, numbers and attributes of each variable.
    *indexes : tuple
        The same for each dimension.

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> labelled({"theta": ("time", [1.3, 1.2], {"units": "1"})}, ("time", [0.0, 1.0], {"units": "h"})).theta.values
    array([1.3, 1.2])
    """
    import pandas  # type: ignore[import-untyped]
    import xarray

    variables = {
        key: xarray.Variable(of, np.asarray(v), known, fastpath=True) for key, (of, v, known) in columns.items()
    }
    index_variable: Any = xarray.IndexVariable
    coordinates = {
        name: index_variable(name, pandas.Index(np.asarray(places)), known, fastpath=True)
        for name, places, known in indexes
    }
    return xarray.Dataset(variables, coords=coordinates)


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


def _check(
    times: Floats, pieces: Floats, theta_rest: float, open_ratio: float, close_ratio: float, merge_gap: float
) -> None:
    if not 0.0 < theta_rest < np.inf:
        raise InputError(f"theta_rest: {theta_rest!r}; allowed: more than 0")
    if not 0.0 < open_ratio < close_ratio < np.inf:
        given = f"window_open_ratio {open_ratio!r}, window_close_ratio {close_ratio!r}"
        raise InputError(f"{given}; allowed: both more than 0, the ratio of closing above that of opening")
    if not merge_gap >= 0.0:
        raise InputError(f"window_merge_gap: {merge_gap!r} h; allowed: 0 h or more")
    if pieces.shape != (len(times) - 1, 5) or not (np.isfinite(pieces).all() and np.isfinite(times).all()):
        raise InputError(f"theta: coefficients of shape {pieces.shape}; allowed: (steps, 5), all finite")
    if not np.all(np.diff(times) >= 0.0):
        raise InputError("theta: time runs backwards; allowed: ascending ends of steps [h]")
