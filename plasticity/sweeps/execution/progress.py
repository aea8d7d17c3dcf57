"""How far a sweep is, how fast, and how long it will take: a bar on a terminal, else a line now and then."""

import sys
import time
from types import TracebackType
from typing import Any

from plasticity.sweeps.amounts import in_time


class Progress:
    """Says on stderr how many points are done; silent for the first two seconds.

    Parameters
    ----------
    total : int
        Points in all.
    done : int
        Points that were complete before.

    Examples
    --------
    >>> with Progress(1000, done=200) as progress:
    ...     progress(100)
    ...     progress.line(now=progress.began + 10.0)
    '300 of 1,000 points done, 10 points/s, about 70 s left'
    """

    def __init__(self, total: int, done: int = 0) -> None:
        self.total, self.before, self.done = total, done, done
        self.began = time.monotonic()
        self.next, self.pause = self.began + 2.0, 2.0
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, points: int) -> None:
        """Take note of points that were completed."""
        self.done += points
        now = time.monotonic()
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done, description=self.line(now))
        elif now >= self.next and sys.stderr.isatty():
            self._start(now)
        elif now >= self.next:
            print(self.line(now), file=sys.stderr, flush=True)  # noqa: T201 a progress line is for stderr
            self.pause = min(self.pause * 1.5, 60.0)
            self.next = now + self.pause

    def line(self, now: float) -> str:
        """Say it in one line."""
        rate = (self.done - self.before) / max(now - self.began, 1e-9)
        left = in_time((self.total - self.done) / rate) if rate else "unknown time"
        return f"{self.done:,} of {self.total:,} points done, {rate:,.3g} points/s, about {left} left"

    def _start(self, now: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        self.bar = Bar(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True)
        self.bar.start()
        self.task = self.bar.add_task(self.line(now), total=self.total, completed=self.done)
