"""Values of recorded trajectories at given times, compiled; the same arithmetic for one trajectory and for many."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WIDE = 8
"""Times that are passed over at once while the end of a step is looked for."""


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def sample(
    times: Floats, record: Floats, steps: NDArray[np.int64], final: Floats, watched: NDArray[np.int64],
    grid: Floats, out: Floats,
) -> None:  # fmt: skip
    """Fill `out` with the watched states at ascending times; NaN beyond the time that was reached.

    Values are right-continuous: at an event they are those after it.

    Parameters
    ----------
    times : ndarray, shape (n, room + 1)
    record : ndarray, shape (n, room, k, 5)
    steps : ndarray of int, shape (n,)
    final : ndarray, shape (n, states)
    watched : ndarray of int, shape (k,)
    grid : ndarray, shape (times,)
    out : ndarray, shape (n, k, times)

    Examples
    --------
    >>> out = np.empty((1, 1, 3))
    >>> record = np.array([[[[1.0, 2.0, 0.0, 0.0, 0.0]]]])  # 1 + 2 s on a step from 0 to 4
    >>> times, final = np.array([[0.0, 4.0]]), np.array([[9.0]])
    >>> sample(times, record, np.array([1]), final, np.array([0]), np.array([0.0, 2.0, 4.0]), out)
    >>> out.tolist()
    [[[1.0, 2.0, 9.0]]]
    """
    for i in range(times.shape[0]):
        last = steps[i]
        m = 0
        for piece in range(last):
            start = times[i, piece]
            end = times[i, piece + 1]
            after = m
            while after + WIDE <= grid.size and grid[after + WIDE - 1] < end:
                after += WIDE
            while after < grid.size and grid[after] < end:
                after += 1
            if after == m:
                continue
            inverse = 1.0 / (end - start)
            inside = grid[m:after]  # from here on indices start at 0, which lets the loop run on vector registers
            for k in range(watched.size):
                c0 = record[i, piece, k, 0]
                c1 = record[i, piece, k, 1]
                c2 = record[i, piece, k, 2]
                c3 = record[i, piece, k, 3]
                c4 = record[i, piece, k, 4]
                row = out[i, k, m:after]
                for j in range(inside.size):
                    s = (inside[j] - start) * inverse
                    row[j] = c0 + s * (c1 + s * (c2 + s * (c3 + s * c4)))
            m = after
        for j in range(m, grid.size):
            for k in range(watched.size):
                out[i, k, j] = final[i, watched[k]] if grid[j] == times[i, last] else np.nan
