"""The record of the benchmarks as text for pages: tables and sentences, every figure read from the file."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.measuring import Ladder
from benchmarks.problem import LEVELS, Floats
from benchmarks.report import BARS

OWN = {"hourly": "this package, hourly output and windows", "summary": "this package, summaries only"}
NAMES = {
    "numbalsoda_lsoda": "{}",
    "roadrunner_cvode": "{}",
    "scipy_odeint": "{} right-hand side and Jacobian",
    "scipy_solve_ivp": "{} right-hand side and Jacobian",
    "sundae_cvode": "{} right-hand side and Jacobian",
}
STUDY = {
    "hourly": (38_000.0, 18_900.0),
    "numbalsoda_lsoda": (1530.0, 730.0),
    "scipy_odeint": (510.0, 240.0),
    "roadrunner_cvode": (245.0, 231.0),
    "scipy_solve_ivp": (51.0, 28.0),
}
"""Trajectories per second of the feasibility study from which the bars come, at each of `LEVELS`: a related model of 14
states and 46 parameters with ordinary hand-written right-hand sides, on one core of an AMD EPYC with AVX2."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table of Markdown.

    >>> table(("a", "b"), [("1", "2")])
    '| a | b |\\n|---|---|\\n| 1 | 2 |\\n'
    """
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]) + "\n"


def ladders(section: dict[str, Any]) -> dict[str, Ladder]:
    """Give the solvers of a section back as they were measured."""
    found = {}
    for solver in section["solvers"]:
        seconds = [np.array(one) for one in solver["seconds"]]
        errors = np.array([np.inf if error is None else error for error in solver["errors"]])
        found[solver["key"]] = Ladder(solver["name"], lambda *_: (0.0, None), section["members"], seconds, errors)
    return found


def name(key: str, ladder: Ladder) -> str:
    """Name a solver.

    >>> name("scipy_odeint", Ladder("SciPy 1.0 odeint, compiled", lambda *_: (0.0, None), 1))
    'SciPy 1.0 odeint, compiled right-hand side and Jacobian'
    """
    return OWN.get(key) or NAMES.get(key, "{}").format(ladder.name)


def three(number: float) -> str:
    """Write three digits, two behind the point at most.

    >>> three(57_312.0), three(284.7), three(13.68), three(0.0312)
    ('57,300', '285', '13.7', '0.03')
    """
    if not np.isfinite(number):
        return "not reached"
    digits = max(0, min(2, 2 - int(np.floor(np.log10(abs(number) or 1.0)))))
    rounded = float(f"{number:.3g}")
    return f"{rounded:,.{digits}f}"


def spread(values: Floats) -> str:
    """Median, and the smallest and largest in brackets.

    >>> spread(np.array([1.0, 2.0, 4.0]))
    '2.00 (1.00 to 4.00)'
    """
    return f"{three(float(np.median(values)))} ({three(float(values.min()))} to {three(float(values.max()))})"


def compared(section: dict[str, Any]) -> str:
    """Speeds and ratios of one run."""
    found = ladders(section)
    rows = []
    for key, ladder in found.items():
        cells = [name(key, ladder)]
        for k, level in enumerate(LEVELS):
            speeds, bar = ladder.speeds(level), BARS.get(key, ())[k : k + 1]
            ratio = "" if key in OWN else spread(found["hourly"].speeds(level) / speeds)
            cells += [three(float(np.median(speeds))), ratio, "".join(f"{one:.0f}" for one in bar)]
        rows.append(cells)
    heads = [text for level in ("1e-4", "1e-6") for text in (f"{level}: per second", "faster by", "asked")]
    return table(("", *heads), rows) + about(section)


def about(section: dict[str, Any]) -> str:
    """Say how often and where a section was measured."""
    return f"\n{section['members']} members, {section['repeats']} repeats. Machine: {section['machine']}.\n"


def verdict(section: dict[str, Any]) -> str:
    """Say which bars are met."""
    found, met, missed = ladders(section), [], []
    for key, bars in BARS.items():
        for level, bar in zip(("1e-4", "1e-6"), bars, strict=True):
            if key in found:
                ratio = np.median(found["hourly"].speeds(float(level)) / found[key].speeds(float(level)))
                (met if ratio >= bar else missed).append(f"{found[key].name} at {level}")
    if not met or not missed:
        return f"{'No bar is' if missed else 'All bars are'} met."
    return f"Bars met: {', '.join(met)}. Not met: {', '.join(missed)}."


def shortfall(sections: dict[str, Any]) -> str:
    """Factors by which each ratio differs from that of the study."""
    shared, written = (ladders(sections[key]) for key in ("compared", "as_written"))
    rows = []
    for key in BARS:
        if key not in shared or key not in written:
            continue
        for k, level in enumerate(LEVELS):
            ours, theirs, plain = (
                float(np.median(ladder.speeds(level)))
                for ladder in (shared["hourly"], shared[key], written[key])
            )  # fmt: skip
            past, peer = STUDY["hourly"][k], STUDY[key][k]
            # Peers as written come from a run of their own: what the package did in each takes the machine's mood out.
            pace = float(np.median(written["hourly"].speeds(level))) / ours
            parts = (past / peer, ours / past, peer / (plain / pace), plain / pace / theirs, ours / theirs)
            rows.append((name(key, shared[key]), f"{level:.0e}".replace("e-0", "e-"), *map(three, parts)))
    head = (
        *("", "error", "ratio in the study", "x this package, now over study", "x peer, study over now, as written"),
        *("x equations, written over shared", "= ratio now"),
    )
    return table(head, rows)


def at_rtol(section: dict[str, Any], ladder: Ladder, rtol: float) -> float:
    """Microseconds per trajectory at the measured tolerance that is nearest."""
    nearest = int(np.argmin(np.abs(np.log(np.array(section["rtols"]) / rtol))))
    return 1e6 * float(np.median([seconds[nearest] for seconds in ladder.seconds]))


def causes(sections: dict[str, Any]) -> str:
    """What a trajectory consists of: counts, times, and the share of the right-hand side."""
    section, run = sections["causes"], sections["compared"]
    shared, cost, mine = ladders(run), section["compared"], section["ours"]
    rows = []
    for rtol, found in cost["counts"].items():
        for key, count in found.items():
            if key in shared:
                work = 1e-3 * (count["rates"] * cost["rates_ns"] + count["jacobians"] * cost["jacobian_ns"])
                steps = "" if count["steps"] is None else three(count["steps"])
                whole = at_rtol(run, shared[key], float(rtol))
                numbers = map(three, (count["rates"], count["jacobians"], work, whole))
                rows.append((name(key, shared[key]), rtol, steps, *numbers, f"{100 * work / whole:.0f} %"))
    for row in mine["rows"]:
        attempts = row["steps"] + row["rejected"]
        whole = at_rtol(run, shared["hourly"], row["rtol"])
        own = (*map(three, (attempts * mine["evaluations_per_attempt"], attempts)), "", three(whole), "")
        steps = f"{three(row['steps'])}, {three(row['rejected'])} rejected"
        rows.append((OWN["hourly"], f"{row['rtol']:g}", steps, *own))
    head = ("", "rtol", "steps", "evaluations", "Jacobians", "µs in both", "µs in all", "share")
    return table(head, rows) + costs(section)


def costs(section: dict[str, Any]) -> str:
    """Say what the parts of a trajectory cost."""
    mine, (shared, written) = section["ours"], (section[key] for key in ("compared", "as_written"))
    lines = (
        f"One evaluation of the compiled right-hand side takes a peer {three(shared['rates_ns'])} ns with the",
        f"equations as this package has them, {three(written['rates_ns'])} ns as written; one of the Jacobian",
        f"{three(shared['jacobian_ns'])} and {three(written['jacobian_ns'])} ns. This package takes",
        f"{three(mine['attempt_ns'])} ns for an attempted step of one trajectory, with its",
        f"{mine['evaluations_per_attempt']} evaluations, a Jacobian and its factors; besides, a trajectory",
        f"costs {three(mine['fixed_us'])} µs for its starts, {three(mine['windows_us'])} µs for its windows, and",
        f"{three(mine['hourly_us'])} µs for hourly output ({three(mine['written_us'])} µs take as many to write",
        f"at all, and {three(mine['fresh_us'])} µs more in fresh memory). Counts are means over",
        f"{section['members']} members, times the best of {section['repeats']}. Machine: {section['machine']}.",
    )
    return "\n" + "\n".join(lines) + "\n"


def waited(sections: dict[str, Any]) -> str:
    """Two threads, and what users wait for."""
    rows = []
    for label, gains, bar in sections["threads"]["rows"]:
        rows.append((f"two threads against one, {sections['threads']['members']:,} trajectories, {label}",
                     spread(np.array(gains)), f"{bar:g}"))  # fmt: skip
    for label, (least, middle, most), bar in sections["waiting"]["rows"]:
        unit, size = ("s", 1.0) if middle > 0.5 else ("ms", 1e3)
        shown = f"{three(size * middle)} {unit} ({three(size * least)} to {three(size * most)})"
        rows.append((label, shown, f"{size * bar:g} {unit}" if bar else ""))
    return table(("", "measured", "asked"), rows) + f"\nMachine: {sections['waiting']['machine']}.\n"


def maps(sections: dict[str, Any]) -> str:
    """Whole maps from the command line to the closed store."""
    rows = []
    for key in sorted((key for key in sections if key.startswith("map_")), key=lambda key: int(key[4:])):
        one = sections[key]
        rows.append(
            (
                f"{one['points']:,}",
                f"{three(one['closed_s'])} s",
                f"{three(one['solver_s'])} s",
                f"{three(one['figure_s'])} s" if one["figure_s"] else "",
                f"{three(one['points'] / one['all_s'])}",
                f"{three(1e-6 * one['peak_bytes'])} MB",
                f"{three(1e-6 * one['store_bytes'])} MB",
                f"{100 * one['share_of_wall']:.0f} %",
                one["machine"],
            )
        )
    heads = ("points", "to the closed store", "of it inside the solver", "figure", "points per second, all in")
    return table((*heads, "peak memory", "store", "share of the solver", "machine"), rows)


def readme(sections: dict[str, Any]) -> str:
    """Write the paragraph and the table of README."""
    section = sections["compared"]
    found = ladders(section)
    fast, brief = (three(float(np.median(found[key].speeds(LEVELS[0])))) for key in ("hourly", "summary"))
    rows = []
    for key, bars in BARS.items():
        if key in found:
            cells = [name(key, found[key])]
            for level, bar in zip(LEVELS, bars, strict=True):
                ratio = float(np.median(found["hourly"].speeds(level) / found[key].speeds(level)))
                cells += [three(ratio), f"{bar:.0f}"]
            rows.append(cells)
    lines = (
        "On the default model (28 days, hourly output, windows located), one core of this machine",
        f"({section['machine'].partition(';')[0]}) runs {fast} trajectories per second at an",
        f"achieved error of 1e-4, and {brief} if only summaries are kept. How many times faster that is than what",
        "could be used instead, given the same equations and at equal achieved error (median of",
        f"{section['repeats']} repeats in one run), and what we had asked of ourselves:\n\n",
    )
    said = "\n".join(lines)
    return said + table(("", "at 1e-4", "asked", "at 1e-6", "asked"), rows) + f"\n{verdict(section)}\n"


def parts(sections: dict[str, Any]) -> dict[str, str]:
    """Give all that the page on speed includes: name to text."""
    needs = {
        "speed_compared": (compared, "compared"),
        "speed_as_written": (compared, "as_written"),
        "speed_verdict": (verdict, "compared"),
        "speed_verdict_as_written": (verdict, "as_written"),
    }
    found = {key: write(sections[section]) for key, (write, section) in needs.items() if section in sections}
    whole = {"speed_shortfall": shortfall, "speed_causes": causes, "speed_waited": waited, "speed_maps": maps}
    return found | {key: write(sections) for key, write in whole.items()}
