"""Work-precision diagram: what each digit costs, for this package and its peers."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import RTOLS, Ladder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEM = Path(__file__).parents[1] / "docs" / "_static" / "work_precision"
COLOURS = ("#000000", "#000000", "#0072B2", "#E69F00", "#D55E00", "#009E73", "#CC79A7", "#56B4E9")
MARKERS = "oosD^vPX"


def draw(ladders: Sequence[Ladder], machine: str, work: str) -> "Figure":
    """Draw time per trajectory against achieved error, one line per solver, the named one first."""
    from matplotlib.ticker import LogLocator

    from plasticity.figures.sheet import PAGE_MM, finish, sheet
    from plasticity.figures.style import look

    with look():
        figure = sheet(PAGE_MM, 95.0)
        axes = figure.subplots()
        for i, ladder in enumerate(ladders):
            micro = 1e6 * np.median(ladder.seconds, axis=0)
            good = np.isfinite(ladder.errors)
            axes.loglog(
                *(ladder.errors[good], micro[good], "--" if ladder.name.endswith("summary") else "-"),
                color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)], markersize=2.6, label=ladder.name,
                markerfacecolor="white" if ladder.name.endswith("summary") else None,
            )  # fmt: skip
        axes.invert_xaxis()
        axes.set_xlabel("Achieved error, 95th percentile over trajectories [1]")
        axes.set_ylabel("Processor time per trajectory, one core [µs]")
        axes.xaxis.set_major_locator(LogLocator(numticks=20))
        axes.grid(which="major", linewidth=0.3, color="#d9d9d9")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_title(f"{work}.\n{machine}", size=5.5, loc="left", color="#6b6b6b")
        return finish(figure, f"Work-precision diagram. {work}. Measured on {machine}.", disclaimer=False)


def write(ladders: Sequence[Ladder], machine: str, work: str) -> list[Path]:
    """Write the diagram and its numbers into the docs."""
    from plasticity.figures.style import look

    png, table = STEM.with_suffix(".png"), STEM.with_suffix(".csv")
    png.parent.mkdir(parents=True, exist_ok=True)
    with look():
        draw(ladders, machine, work).savefig(png, metadata={"Title": STEM.name, "Software": "plasticity"})
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["solver", "rtol", "error_p95", "seconds_median", "seconds_min", "seconds_max", "machine"])
        for ladder in ladders:
            for i, rtol in enumerate(RTOLS):
                times = [seconds[i] for seconds in ladder.seconds]
                measured = (ladder.errors[i], np.median(times), min(times), max(times))
                rows.writerow([ladder.name, f"{rtol:.3g}", *(f"{value:.4g}" for value in measured), machine])
    return [png, table]
