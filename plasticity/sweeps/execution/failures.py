"""The points that failed, counted by cause, the first of them by name."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy

from plasticity.sweeps.work import Block, Plan

MOST = 1000
"""As many failed points are kept by name."""


@dataclass
class Failures:
    """What went wrong, filled chunk by chunk.

    Attributes
    ----------
    counts : Counter of int
        Points by their status.
    points : list of (tuple of int, int, float)
        Place, status and time reached [h] of the first points.

    Examples
    --------
    >>> failed = Failures()
    >>> failed.add((slice(4, 6),), numpy.array([0, -1], "int8"), numpy.array([24.0, 3.0]))
    >>> failed.total, failed.points
    (1, [((5,), -1, 3.0)])
    """

    counts: Counter[int] = field(default_factory=Counter)
    points: list[tuple[tuple[int, ...], int, float]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Count all of them."""
        return sum(self.counts.values())

    def add(self, block: Block, status: Any, reached: Any) -> None:
        """Take note of a block."""
        places = numpy.argwhere(numpy.asarray(status) != 0)
        if not len(places):
            return
        start = numpy.array([part.start for part in block])
        for place in places:
            code = int(status[tuple(place)])
            self.counts[code] += 1
            if len(self.points) < MOST:
                time = float(reached[tuple(place)])
                self.points.append((tuple(int(i) for i in place + start), code, time))

    def table(self, plan: Plan, most: int = 50) -> tuple[list[str], list[list[str]]]:
        """Give the heads and the rows of a table of the first failed points."""
        heads = [*plan.dims, "status", "reached h"]
        rows = []
        for place, code, reached in sorted(self.points)[:most]:
            labels = [_label(plan, name, at) for name, at in zip(plan.dims, place, strict=True)]
            rows.append([*labels, str(code), "" if math.isnan(reached) else f"{reached:g}"])
        return heads, rows


def _label(plan: Plan, dimension: str, at: int) -> str:
    found = plan.coords.get(dimension)
    if found is None or found.values is None:
        return str(at)
    value = found.values[at]
    text = f"{value:g}" if isinstance(value, float) else str(value)
    unit = found.attrs.get("units", "1")
    return text if unit in ("1", "") else f"{text} {unit}"
