"""The SBML semantic test suite against `plasticity.from_sbml`: `python -m benchmarks.sbml_suite FOLDER [CASE ...]`.

FOLDER is `cases/semantic` of github.com/sbmlteam/sbml-test-suite; its files stay where they are. A case passes when
every requested value lies within its own tolerances, absolute + relative * |expected|. `--compiled` integrates with
this package's engine; otherwise SciPy steps the same equations. Compiling 1,800 models takes hours: with
NUMBA_DISABLE_JIT=1 in the environment the engine's code is run by Python as it stands, and `--sample=N` takes N time
courses in a random order, always the same. A case has 60 s of processor time, with `--compiled` 300 s.
"""

import csv
import random
import re
import signal
import sys
from collections import Counter
from pathlib import Path

import numpy as np

import plasticity as pl

FORMATS = ("l3v2", "l3v1", "l2v4")


def settings(folder: Path) -> dict[str, str]:
    """Read what a case asks for."""
    lines = (folder / f"{folder.name}-settings.txt").read_text().splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip()}


def kind(folder: Path) -> str:
    """Read the type of a case."""
    text = (folder / f"{folder.name}-model.m").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"testType:\s*(\w+)", text)
    return found[1] if found else "unknown"


def outcome(folder: Path, *, compiled: bool) -> tuple[str, str]:
    """Run one case: passed, failed or refused, and why."""
    asked = settings(folder)
    path = next(p for f in FORMATS if (p := folder / f"{folder.name}-sbml-{f}.xml").is_file())
    try:
        model = pl.from_sbml(path, time_unit="s")
    except pl.InputError as error:
        return "refused", str(error)
    with (folder / f"{folder.name}-results.csv").open() as file:
        rows = [row for row in csv.reader(file) if row]
    header = [name.strip() for name in rows[0]]
    expected = np.array([[float(cell) for cell in row] for row in rows[1:]])
    absolute, relative = float(asked["absolute"]), float(asked["relative"])
    try:
        run = model.simulate(
            expected[:, 0], rtol=min(1e-9, relative * 1e-3), atol=max(1e-16, absolute * 1e-4), compiled=compiled
        )
    except pl.InputError as error:
        return "refused", str(error)
    amounts = {name.strip() for name in asked.get("amount", "").split(",")}
    concentrations = {name.strip() for name in asked.get("concentration", "").split(",")}
    for column, name in enumerate(header[1:], start=1):
        found = np.asarray(run[name if name in run.data_vars else f"{name}_value"])
        place = model.compartment_of(name)
        if place is not None:
            means = "concentration" if name in model.concentrations else "amount"
            size = np.asarray(run[place])
            if name in amounts and means == "concentration":
                found = found * size
            if name in concentrations and means == "amount":
                found = found / size
        want = expected[:, column]
        with np.errstate(all="ignore"):
            near = np.abs(found - want) <= absolute + relative * np.abs(want)
        same = near | (np.isnan(found) & np.isnan(want)) | (found == want)
        if not same.all():
            i = int(np.flatnonzero(~same)[0])
            return "failed", f"{name} at {expected[i, 0]:g}: {found[i]:.9g}, expected {want[i]:.9g}"
    return "passed", ""


def _late(*_: object) -> None:
    raise TimeoutError("no end in time")


def main(arguments: list[str]) -> None:
    """Run all cases, or those that are named, and count."""
    compiled = "--compiled" in arguments
    folder, *chosen = [Path(text) for text in arguments if not text.startswith("--")]
    cases = sorted(path for path in folder.iterdir() if path.is_dir())
    cases = [case for case in cases if not chosen or case.name in {path.name for path in chosen}]
    size = next((int(text.removeprefix("--sample=")) for text in arguments if text.startswith("--sample=")), None)
    if size:
        cases = [case for case in cases if kind(case) == "TimeCourse"]
        random.Random(0).shuffle(cases)
        cases = cases[:size]
    counts: Counter[str] = Counter()
    signal.signal(signal.SIGPROF, _late)
    for case in cases:
        if kind(case) != "TimeCourse":
            counts[kind(case)] += 1
            continue
        signal.setitimer(signal.ITIMER_PROF, 300 if compiled else 60)  # a case that does not end is a failure of ours
        try:
            found, why = outcome(case, compiled=compiled)
        except Exception as error:  # noqa: BLE001 a crash of one case is a result too
            found, why = "crashed", f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        counts[found] += 1
        if why or compiled:
            print(case.name, found, " ".join(why.split())[:240], flush=True)
    print(dict(counts))


if __name__ == "__main__":
    main(sys.argv[1:])
