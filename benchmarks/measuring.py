"""Time and achieved error of every solver over a ladder of tolerances, and its speed where the error is matched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import process_time

import numpy as np

from benchmarks.problem import Floats, Problem, errors

RTOLS = 10.0 ** -np.arange(2.0, 9.0, 0.5)
Run = Callable[[float, Floats], tuple[float, Floats | None]]
"""``run(rtol, parameters) -> (seconds, outputs)``."""


@dataclass
class Ladder:
    """What one solver needs and reaches at each tolerance.

    Attributes
    ----------
    name : str
        With the version.
    run : callable
    members : int
    seconds : list of ndarray, shape (rtols,)
        Processor time per trajectory, once per repeat.
    errors : ndarray, shape (rtols,)
        95th percentile over the members of the largest error.

    Examples
    --------
    >>> ladder = Ladder("solver 1.0", lambda rtol, p: (1.0, None), 1, [np.array([1e-3, 2e-3, 4e-3])])
    >>> ladder.errors = np.array([1e-3, 1e-4, 1e-5])
    >>> ladder.speeds(1e-4).round().tolist(), ladder.speeds(10**-4.5).round().tolist(), ladder.speeds(1e-6).tolist()
    ([500.0], [354.0], [nan])
    """

    name: str
    run: Run
    members: int
    seconds: list[Floats] = field(default_factory=list)
    errors: Floats = field(default_factory=lambda: np.full(len(RTOLS), np.inf))

    def told(self) -> dict[str, object]:
        """Give what is kept of it."""
        return {"name": self.name, "errors": self.errors, "seconds": [list(seconds) for seconds in self.seconds]}

    def speeds(self, level: float) -> Floats:
        """Trajectories per second at this achieved error, one per repeat; NaN if no tolerance reaches it.

        Times are interpolated between tolerances on logarithmic axes; where a tighter run was also faster, it counts.
        """
        order = np.argsort(self.errors)
        order = order[np.isfinite(self.errors[order])]
        if not order.size or level < self.errors[order[0]]:
            return np.full(len(self.seconds), np.nan)
        known = np.log(self.errors[order])
        best = (np.minimum.accumulate(np.log(seconds[order])) for seconds in self.seconds)
        return np.array([np.exp(-np.interp(np.log(level), known, times)) for times in best])


def timed(run: Callable[[float, Floats], Floats]) -> Run:
    """Add the processor time of one core to a peer's run."""

    def measured(rtol: float, parameters: Floats) -> tuple[float, Floats]:
        started = process_time()
        found = run(rtol, parameters)
        return process_time() - started, found

    return measured


def measure(ladders: Sequence[Ladder], problem: Problem, reference: Floats, repeats: int) -> None:
    """Fill the ladders, everybody in turn within each repeat, so that a slow minute of the machine slows all."""
    parameters = problem.parameters(max(ladder.members for ladder in ladders))
    for repeat in range(repeats):
        for ladder in ladders:
            ladder.seconds.append(np.empty(len(RTOLS)))
            for i, rtol in enumerate(RTOLS):
                seconds, found = ladder.run(rtol, parameters[: ladder.members])
                ladder.seconds[-1][i] = seconds / ladder.members
                if repeat == 0 and found is not None:
                    shared = min(len(found), len(reference))
                    ladder.errors[i] = np.percentile(errors(found[:shared], reference[:shared]), 95)
