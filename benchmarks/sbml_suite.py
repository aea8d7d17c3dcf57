"""The SBML semantic test suite against `plasticity.from_sbml`: `python -m benchmarks.sbml_suite FOLDER [CASE ...]`.

FOLDER is `cases/semantic` of github.com/sbmlteam/sbml-test-suite; its files stay where they are. A case passes when
every requested value lies within its own tolerances, absolute + relative * |expected|. `--compiled` integrates with
this package's engine; otherwise SciPy steps the same equations. Compiling 1,800 models takes hours: with
NUMBA_DISABLE_JIT=1 in the environment the engine's code is run by Python as it stands, and `--sample=N` takes N time
courses. What Python cannot finish (a factorial overflows there and not in machine code, and loops are slow) is tried
again compiled, in a process of its own. Cases come in a random order, always the same, so that a run which is stopped
(Ctrl-C) is a random sample too. A case has 60 s of processor time, with `--compiled` 300 s, or `--limit=SECONDS`.
`--record` writes what was found into the tables of the docs.
"""

import csv
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import plasticity as pl
from benchmarks import ours, sbml_tables

FORMATS = ("l3v2", "l3v1", "l2v4")
RUNS = (
    "run",
    "on",
    "version",
    "cases",
    "passed",
    "refused",
    "ended in an error",
    "no end in time",
    "wrong",
    "limit [s]",
)
REASONS = {
    r"delay\(": "`delay()`",
    "is fast": "fast reaction",
    "leaves open which": "an algebraic rule that leaves open what it gives",
    "(?i)unit reference": "invalid unit reference",
}
"""What a refusal says, and its name in the table; the names of models and of what they contain are left out of it."""


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
    """Run one case: passed, wrong or refused, and why."""
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
            return "wrong", f"{name} at {expected[i, 0]:g}: {found[i]:.9g}, expected {want[i]:.9g}"
    return "passed", ""


def _late(*_: object) -> None:
    raise TimeoutError("no end in time")


def in_time(case: Path, limit: float, *, compiled: bool) -> tuple[str, str]:
    """Run one case within its limit: what `outcome` says, or error or late."""
    signal.signal(signal.SIGPROF, _late)
    signal.setitimer(signal.ITIMER_PROF, limit)  # a case that does not end is a failure of ours
    try:
        return outcome(case, compiled=compiled)
    except TimeoutError as error:
        return "late", str(error)
    except Exception as error:  # noqa: BLE001 a crash of one case is a result too
        return "error", f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def truly_compiled(case: Path, limit: float) -> tuple[str, str]:
    """Run one case with the compiler on, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
    call = [sys.executable, "-m", "benchmarks.sbml_suite", str(case.parent), case.name]
    call += ["--compiled", f"--limit={limit}"]
    said = subprocess.run(call, env=environment, capture_output=True, text=True, check=False).stdout
    _, found, *why = (said.splitlines() or [f"{case.name} error"])[0].split(" ", 2)
    return found, " ".join(why)


def results(cases: list[Path], limit: float, *, compiled: bool, again: bool) -> dict[str, tuple[str, str, bool]]:
    """Run cases until the end or Ctrl-C: what became of each, why, and whether it took the compiler."""
    found = {}
    try:
        for case in cases:
            said, why = in_time(case, limit, compiled=compiled)
            twice = again and said in ("error", "late")
            if twice:
                print(case.name, said, "in Python", why, flush=True)
                said, why = truly_compiled(case, limit)
            found[case.name] = said, why, twice
            print(case.name, said, " ".join(why.split())[:240], flush=True)
    except KeyboardInterrupt:
        print(f"stopped after {len(found)} cases", flush=True)
    return found


def reason(why: str) -> str:
    """Name what a refusal is about.

    >>> reason("SBML import: 01547.xml: reaction J0 is fast, which is not supported; allowed: an ODE model")
    'fast reaction'
    >>> reason("SBML import: a/01547.xml: line 3: something else")
    'something else'
    """
    found = next((words for pattern, words in REASONS.items() if re.search(pattern, why)), None)
    return found or re.sub(r"^SBML import: .*?: (line \d+: )?", "", why)


def record(label: str, limit: float, found: dict[str, tuple[str, str, bool]], kinds: Counter[str]) -> None:
    """Write the tables: a row of the runs, and what all cases came to where all ran on the engine."""
    counts = Counter(said for said, _, _ in found.values())
    today, version = datetime.now(UTC).date().isoformat(), ours.version()
    numbers = [counts[said] for said in ("passed", "refused", "error", "late", "wrong")]
    sbml_tables.replace("sbml_runs", RUNS, [label, today, version, len(found), *numbers, f"{limit:g}"])
    if len(found) < kinds["TimeCourse"] or "SciPy" in label:
        return
    refused = Counter(reason(why) for said, why, _ in found.values() if said == "refused")
    rows = [
        ("semantic cases", kinds.total()),
        ("flux balance and steady state, not ODE time courses", kinds.total() - kinds["TimeCourse"]),
        ("time courses", kinds["TimeCourse"]),
        ("passed", counts["passed"]),
        ("of these, passed compiled and not in Python", sum(twice and s == "passed" for s, _, twice in found.values())),
        *((f"refused by name: {why}", count) for why, count in refused.most_common()),
        ("no end, an error or a wrong value", counts["error"] + counts["late"] + counts["wrong"]),
    ]
    sbml_tables.write("sbml_counts", ("of the suite", "cases"), rows)


def main(arguments: list[str]) -> None:
    """Run all cases, or those that are named, and count."""
    options = {text.partition("=")[0]: text.partition("=")[2] for text in arguments if text.startswith("--")}
    folder, *chosen = [Path(text) for text in arguments if not text.startswith("--")]
    every = sorted(path for path in folder.iterdir() if path.is_dir())
    kinds = {case: kind(case) for case in every}
    cases = [case for case in every if kinds[case] == "TimeCourse"]
    if chosen:
        cases = [case for case in cases if case.name in {path.name for path in chosen}]
    random.Random(0).shuffle(cases)
    cases = cases[: int(options.get("--sample", len(cases)))]
    compiled, plain = "--compiled" in options, os.environ.get("NUMBA_DISABLE_JIT") == "1"
    limit = float(options.get("--limit", 300.0 if compiled else 60.0))
    found = results(cases, limit, compiled=compiled, again=compiled and plain)
    print(dict(Counter(said for said, _, _ in found.values())))
    if "--record" in options and found and not chosen:
        way = ("the engine's own code, run by Python" if plain else "compiled") if compiled else "stepped by SciPy"
        counted = Counter(kinds.values())
        part = "all cases" if len(found) == counted["TimeCourse"] else "a random sample"
        record(f"{way}, {part}", limit, found, counted)


if __name__ == "__main__":
    main(sys.argv[1:])
