"""The tables that `python -m benchmarks` prints."""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.measuring import Ladder
from benchmarks.problem import LEVELS, Floats

BARS = {
    "numbalsoda_lsoda": (25.0, 25.0),
    "scipy_odeint": (75.0, 75.0),
    "roadrunner_cvode": (150.0, 80.0),
    "scipy_solve_ivp": (600.0, 600.0),
}
"""How many times faster than a peer this package is asked to be, with hourly output, at each of `LEVELS`."""


def machine() -> str:
    """Name the processor, its cores and the versions that matter.

    >>> "cores" in machine()
    True
    """
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.is_file() else []
    told = dict(line.replace("\t", "").split(":", 1) for line in lines if ":" in line)
    name = told.get("model name", platform.processor() or platform.machine()).strip()
    if "model" in told:
        name += f" (family {told['cpu family'].strip()}, model {told['model'].strip()})"
    vectors = "AVX-512" if "avx512f" in told.get("flags", "") else "AVX2" if "avx2" in told.get("flags", "") else ""
    stack = ", ".join(f"{p} {metadata.version(p)}" for p in ("numba", "llvmlite", "numpy"))
    cores = f"{os.cpu_count()} cores{', ' + vectors if vectors else ''}"
    return f"{name}, {cores}; {platform.system()}, Python {platform.python_version()}, {stack}"


def spread(values: Floats | Sequence[float], form: str = "{:,.0f}") -> str:
    """Median with the smallest and the largest value.

    >>> spread([1.0, 2.0, 4.0], "{:.1f}")
    '2.0 (1.0-4.0)'
    """
    if not np.all(np.isfinite(values)):
        return "not reached"
    return f"{form.format(np.median(values))} ({form.format(np.min(values))}-{form.format(np.max(values))})"


def speeds(ladders: Mapping[str, Ladder], missing: Mapping[str, str], ours: str, summaries: str) -> list[str]:
    """Tables of speeds and ratios, one for each level."""
    lines = []
    head = f"{'':44}{'trajectories/s':>24}{'ours hourly / it':>24}{'bar':>6}{'ours summary / it':>26}"
    for k, level in enumerate(LEVELS):
        lines += [f"Achieved error {level:g} (95th percentile), one core, median (min-max)", head]
        mine, brief = ladders[ours].speeds(level), ladders[summaries].speeds(level)
        for key, ladder in ladders.items():
            theirs = ladder.speeds(level)
            line = f"{ladder.name:44}{spread(theirs):>24}"
            if key not in (ours, summaries):
                bar = BARS.get(key, (np.nan, np.nan))[k]
                verdict = "" if np.isnan(bar) else f"{bar:.0f}{mark(mine / theirs, bar)}"
                line += f"{spread(mine / theirs, '{:.1f}'):>24}{verdict:>6}{spread(brief / theirs, '{:.1f}'):>26}"
            lines.append(line)
        lines += [f"{key:44}{reason}" for key, reason in missing.items()]
        lines.append("")
    return [*lines, "bar: what is asked of this package with hourly output; + met, ! not met", ""]


def achieved(ladders: Mapping[str, Ladder], rtols: Floats) -> list[str]:
    """Error reached at each tolerance, for every solver."""
    shown = [i for i, rtol in enumerate(rtols) if abs(np.log10(rtol) % 1) < 1e-9]
    lines = ["Achieved error (95th percentile) and trajectories/s at each rtol; atol = rtol x usual size of the state"]
    lines.append(f"{'':44}" + "".join(f"{rtols[i]:>17.0e}" for i in shown))
    for ladder in ladders.values():
        times = np.median(ladder.seconds, axis=0)
        cells = (f"{ladder.errors[i]:.1e} {1.0 / times[i]:,.0f}" for i in shown)
        lines.append(f"{ladder.name:44}" + "".join(f"{cell:>17}" for cell in cells))
    return [*lines, ""]


def gains(rows: Sequence[tuple[str, list[float], float]]) -> list[str]:
    """Lines on two threads against one."""
    return [
        f"{'Two threads against one, ' + label:44}{spread(values, '{:.2f}'):>24}   bar {bar:.1f}{mark(values, bar)}"
        for label, values, bar in rows
    ]


def waiting(rows: Sequence[tuple[str, list[float], float | None]]) -> list[str]:
    """Lines on what users wait for."""
    lines = []
    for label, seconds, bar in rows:
        limit = f"   bar {1e3 * bar:,.1f} ms{mark([-s for s in seconds], -bar)}" if bar else ""
        lines.append(f"{label:44}{spread([1e3 * s for s in seconds], '{:,.2f}'):>27} ms{limit}")
    return lines


def mark(values: Floats | Sequence[float], bar: float) -> str:
    """Plus where the median reaches the bar, exclamation mark where it does not, nothing where there is no bar."""
    return "" if np.isnan(bar) else "+" if np.median(values) >= bar else "!"
