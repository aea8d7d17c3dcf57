"""Who is right where spikes are steep: `python -m benchmarks.sbml_oscillation [--until=HOURS] [--parts=N] [--record]`.

The oscillating run of the study `calcium_oscillation` by this package and by libRoadRunner at several tolerances, and
a third solution that shares no step with either: the exported equations, integrated by Gragg's midpoint rule and
extrapolation of order 16 (Hairer, Norsett and Wanner 1993, Solving Ordinary Differential Equations I, section II.9,
doi:10.1007/978-3-540-78862-1) in extended precision, four steps from each output time to the next, or `--parts=N`. What
half as many steps give, in extended and in double precision, tells how far that solution itself can be trusted: one
step is too long where calcium spikes. Differences are of any state at any output time, relative to max(value, 1e-4 of
its largest). All nine hours take most of an hour; `--record` writes the table of the docs.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import plasticity as pl
from benchmarks import sbml_tables
from benchmarks.sbml_agreement import Settings, by_roadrunner
from plasticity.sbml.agenda import Agenda
from plasticity.sbml.scheduled import sbml_id
from plasticity.simulation import integrated

HEAD = (
    *("integrated by", "relative tolerance"),
    "largest difference from the third solution, any state and output time",
)
OURS = (1e-9, 1e-10, 1e-12, 1e-13)
THEIRS = (1e-12, 1e-13, 1e-14, 1e-15)
SUBSTEPS = (2, 4, 6, 8, 10, 12, 14, 16)
Rates = Callable[[Any, Any], Any]


def extrapolated(rates: Rates, t: Any, y: Any, step: Any) -> Any:
    """Take one step of order 16, in the precision of what it is given.

    >>> float(extrapolated(lambda t, y: -y, 0.0, np.ones(1), 1.0)[0] - np.exp(-1.0)) < 1e-15
    True
    """
    before: list[Any] = []
    for row, count in enumerate(SUBSTEPS):
        part = step / count
        last, now = y, y + part * rates(t, y)
        for i in range(1, count):
            last, now = now, last + 2 * part * rates(t + i * part, now)
        columns = [(last + now + part * rates(t + step, now)) / 2]
        for k in range(row):
            ratio = (np.longdouble(count) / SUBSTEPS[row - 1 - k]) ** 2
            columns.append(columns[k] + (columns[k] - before[k]) / (ratio - 1))
        before = columns
    return before[-1]


def third(document: str, times: np.ndarray, precision: Any, parts: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Integrate an exported model, whose events wait for times: names of its states, and values (states, times)."""
    read = pl.from_sbml(document)
    start, held = read.start()
    agenda = Agenda(read._events, [event.started for event in read._events])
    agenda.settle(0.0, start, held)
    y = start.astype(precision)

    def rates(t: Any, y: Any) -> Any:
        return np.array(read.fun(t, y, held.astype(precision)), dtype=precision)

    def moved(start: Any, end: Any, y: Any) -> Any:
        step = (end - start) / parts
        for i in range(parts):
            y = extrapolated(rates, start + i * step, y, step)
        return y

    found = [y]
    for now, end in zip(times[:-1].astype(precision), times[1:].astype(precision), strict=True):
        at = now
        if agenda.flips(float(end), y.astype(float), held):
            at = precision(instant(lambda t, y=y: agenda.flips(t, y.astype(float), held), float(now), float(end)))
            y = moved(now, at, y)
            after = y.astype(float)
            agenda.settle(float(at), after, held)
            y = y + (after - y.astype(float))
        y = moved(at, end, y)
        found.append(y)
    return read.states, np.array(found).T


def instant(over: Callable[[float], bool], before: float, after: float) -> float:
    """Find the first time at which something is over, to the last digit.

    >>> instant(lambda t: t >= 0.3, 0.0, 1.0)
    0.3
    """
    while before < (middle := 0.5 * (before + after)) < after:
        before, after = (before, middle) if over(middle) else (middle, after)
    return after


def main(arguments: list[str]) -> None:
    """Compare, and print a line for each tolerance."""
    options = {text.partition("=")[0]: text.partition("=")[2] for text in arguments}
    if not options.keys() <= {"--until", "--parts", "--record"}:
        sys.exit(f"arguments {' '.join(arguments)}; allowed: --until=HOURS, --parts=N, --record")
    study = pl.Study.load("calcium_oscillation")
    run = next(run for run in study.runs if run.model.variants["calcium"] == "oscillator")
    times = study.times[study.times <= float(options.get("--until", np.inf))]
    asked = (run.protocol, run.model, run.parameters, run.parameter_set)
    document = pl.to_sbml(*asked)
    parts = int(options.get("--parts", 4))
    if parts < 2 or parts % 2:
        sys.exit(f"--parts={parts}; allowed: an even number, 2 or more")
    names, truth = third(document, times, np.longdouble, parts)
    largest = np.abs(truth).max(axis=1, keepdims=True)
    size = np.maximum(np.abs(truth), 1e-4 * largest)
    rows: list[tuple[str, str, str]] = []

    def compare(name: str, tolerance: float | None, values: np.ndarray) -> None:
        apart = float((np.abs(values - truth) / np.where(size > 0.0, size, 1.0)).max())
        said = "" if tolerance is None else f"{tolerance:.0e}"
        rows.append((name, said.replace("e-0", "e-"), f"{apart:.1e}".replace("e-0", "e-")))
        print(*rows[-1], flush=True)

    for kind, bits in ((np.longdouble, 64), (float, 53)):
        values = third(document, times, kind, parts // 2)[1]
        compare(f"the extrapolation method, {bits} bits, half as many steps", None, values)
    for rtol in OURS:
        states = integrated(*asked, rtol=rtol).states(times)
        by_id = {sbml_id(key): values for key, values in states.items()}
        compare("this package", rtol, np.array([by_id[name] for name in names]))
    bounds = dict(zip(names, largest[:, 0].astype(float), strict=True))
    for rtol in THEIRS:
        compare("CVODE (Adams)", rtol, by_roadrunner(document, times, bounds, Settings(0.0, rtol, stiff=False)))
    if "--record" in options:
        sbml_tables.write("sbml_oscillation", HEAD, [*rows[2:], *rows[:2]])


if __name__ == "__main__":
    main(sys.argv[1:])
