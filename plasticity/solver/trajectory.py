"""One integrated trajectory: a polynomial per step, right-continuous at events."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.interpolate import PPoly


@dataclass(frozen=True)
class Trajectory:
    """Dense output of one run.

    Attributes
    ----------
    times : ndarray, shape (steps + 1,)
        Ends of the steps.
    pieces : ndarray, shape (steps, states, 5)
        Coefficients in powers of the fraction of the step.
    final : ndarray, shape (states,)
        State at the last time, after any event there.
    status : int
        0 where the end was reached, else a negative code.
    rejected : int
        Number of rejected steps.

    Examples
    --------
    >>> rise = np.array([[[1.0, 4.0, 0.0, 0.0, 0.0]]])  # one step, one state: 1 + 4 s
    >>> Trajectory(np.array([0.0, 2.0]), rise, np.array([5.0]), 0, 0)(np.array([-1.0, 0.0, 1.0, 2.0, 3.0])).tolist()
    [[nan, 1.0, 3.0, 5.0, nan]]
    """

    times: NDArray[np.float64]
    pieces: NDArray[np.float64]
    final: NDArray[np.float64]
    status: int
    rejected: int

    def __call__(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate all states, shape (states, times); NaN before the start and after the time that was reached."""
        if len(self.pieces) == 0:
            return np.full((self.final.size, len(times)), np.nan)
        step = np.clip(np.searchsorted(self.times, times, side="right") - 1, 0, len(self.pieces) - 1)
        s = ((times - self.times[step]) / np.diff(self.times)[step])[:, None]
        c = self.pieces[step]
        values = c[..., 0] + s * (c[..., 1] + s * (c[..., 2] + s * (c[..., 3] + s * c[..., 4])))
        values[times == self.times[-1]] = self.final
        values[(times < self.times[0]) | (times > self.times[-1])] = np.nan
        return values.T

    def before(self, time: float) -> NDArray[np.float64]:
        """Evaluate all states at one time, before any event there, shape (states,)."""
        step = int(np.clip(np.searchsorted(self.times, time, side="left") - 1, 0, len(self.pieces) - 1))
        s = (time - self.times[step]) / (self.times[step + 1] - self.times[step])
        return np.asarray(np.polynomial.polynomial.polyval(s, self.pieces[step].T))

    def until(self, end: float) -> "Trajectory":
        """Cut the trajectory off at a time within it, before any event there."""
        steps = int(np.searchsorted(self.times, end, side="left"))
        if steps == 0:
            return Trajectory(self.times[:1], self.pieces[:0], self.pieces[0, :, 0], self.status, self.rejected)
        times, pieces = np.append(self.times[:steps], end), self.pieces[:steps].copy()
        share = (end - self.times[steps - 1]) / (self.times[steps] - self.times[steps - 1])
        pieces[-1] *= share ** np.arange(5)
        return Trajectory(times, pieces, self.before(end), self.status, self.rejected)

    def polynomial(self, state: int) -> "PPoly":
        """Piecewise polynomial of one state in time."""
        from scipy.interpolate import PPoly

        widths = np.diff(self.times)
        coefficients = self.pieces[:, state, :].T / widths ** np.arange(5)[:, None]
        return PPoly(coefficients[::-1], self.times)
