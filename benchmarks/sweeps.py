"""`python -m benchmarks.sweeps [--points 100000] [--threads N]`: where the time of a map goes, from command to figure.

Run it twice: the first run compiles. On a machine that others use, believe the columns of processor time.
"""

import argparse
import os
import resource
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

STUDY = """\
title: Map of summaries
protocol: {{species: human, duration: 28 d, doses: [{{compound: psilocybin, amount: 25 mg}}]}}
sweep:
  over:
    dose: {{from: 1 mg, to: 50 mg, points: {side}, spacing: log}}
    brake_tau: {{from: 4.5 d, to: 8 d, points: {side}}}
  keep: [total_open_time, number_of_windows, first_open, last_close, max_depth, censored]
"""
FIGURE = "figure: {kind: window_map}\n"


@dataclass
class Clock:
    """Seconds on the wall and of the processor that calls of one kind took, whatever thread they ran in."""

    wall: float = 0.0
    processor: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, owner: Any, name: str) -> None:
        """Let a function of a module or class be timed from now on."""
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            wall, own = perf_counter(), thread_time()
            try:
                return inner(*arguments, **options)
            finally:
                with self.lock:
                    self.wall += perf_counter() - wall
                    self.processor += thread_time() - own

        setattr(owner, name, timed)


def main() -> int:
    """Run the map as the command does, and print where the time went."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeps", description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--no-figure", action="store_true", help="end with the closed store")
    parser.add_argument("--record", action="store_true", help="keep the numbers in docs/_static")
    chosen = parser.parse_args()
    side = round(chosen.points**0.5)
    wall, load = perf_counter(), os.getloadavg()[0]

    from benchmarks import record
    from plasticity.cli import main as command
    from plasticity.cli import outputs
    from plasticity.solver import ensemble
    from plasticity.sweeps.planning import integration
    from plasticity.sweeps.storage import creation, store

    solving, inside, storing, drawing = Clock(), Clock(), Clock(), Clock()
    solving.around(integration, "run")
    for name in ("integrate", "locate", "extremes"):
        inside.around(ensemble, name)
    storing.around(creation, "create")
    storing.around(store.Writer, "put")
    storing.around(store.Writer, "finish")
    drawing.around(outputs, "save_figure")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "map.yaml")
        path.write_text(STUDY.format(side=side) + ("" if chosen.no_figure else FIGURE), encoding="utf-8")
        threads = ["--threads", str(chosen.threads)] if chosen.threads else []
        code = command(["run", str(path), "--out", str(Path(folder, "map.zarr")), *threads])
        size = sum(file.stat().st_size for file in Path(folder, "map.zarr").rglob("*") if file.is_file())
    total, used = perf_counter() - wall, process_time()
    before, closed = total - drawing.wall, used - drawing.processor
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    rest, own = before - solving.wall, closed - inside.processor - storing.processor
    cores, told = len(os.sched_getaffinity(0)), chosen.threads or "all"
    print(f"{side * side:,} points, {told} threads on {cores} cores, load {load:.1f}; exit code {code}")
    rows = [
        ("solver", solving.wall, inside.processor),
        ("store, most of it beside the solver", storing.wall, storing.processor),
        ("outside the solver, imports and all", rest, own + storing.processor),
        ("from the command line to a closed store", before, closed),
        ("figure", drawing.wall, drawing.processor),
        ("all", total, used),
    ]
    print(f"{'':42}{'wall s':>10}{'processor s':>14}")
    for label, seconds, processor in rows:
        print(f"{label:42}{seconds:10.2f}{processor:14.2f}")
    print(f"share of the solver, up to the closed store: {solving.wall / before:.1%} of the wall, "
          f"{inside.processor / closed:.1%} of the processor")  # fmt: skip
    print(f"{side * side / solving.wall:,.0f} points/s in the solver, {side * side / total:,.0f} points/s in all")
    print(f"peak memory {most / 1e6:,.0f} MB, store {size / 1e6:,.1f} MB")
    if chosen.record and code == 0:
        kept = {"points": side * side, "closed_s": before, "solver_s": solving.wall, "figure_s": drawing.wall,
                "all_s": total, "peak_bytes": most, "store_bytes": size,
                "share_of_wall": solving.wall / before}  # fmt: skip
        print(record.write(f"map_{side * side}", kept))
    return code


if __name__ == "__main__":
    sys.exit(main())
