"""`python -m benchmarks [--equations as-written] [--n 200] [--repeats 3] [--figure]`: tables of one run on one machine.

By default the peers are given the equations as this package has them: constants drawn out, common subexpressions
shared, states scaled. With ``--equations as-written`` they are given what a user would write, libRoadRunner the very
document that `plasticity export` writes. With ``--figure`` what was measured is kept for the docs (see `record`).
"""

import argparse
import os
from time import perf_counter

import numpy as np

from benchmarks import figure, ours, peers, record, report, startup
from benchmarks.equations import Equations
from benchmarks.measuring import RTOLS, Ladder, measure, timed
from benchmarks.peers import scipy_solve_ivp
from benchmarks.problem import LEVELS, Floats, Problem, default_problem, errors

MORE = 10
"""How many times more members than the peers this package is given, so that it is timed for as long."""
THREADED = 10_000
"""Members that two threads share."""


KINDS = {"shared": "compared", "as-written": "as_written"}
"""How the peers' equations are given, and the section of the record that holds what was found."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--equations", choices=KINDS, default="shared", help="as this package has them, or as written")
    parser.add_argument("--n", type=int, default=200, help="trajectories for every peer")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--figure", action="store_true", help="keep the numbers and the diagram in docs/_static")
    chosen = parser.parse_args()
    started = perf_counter()
    problem, machine = default_problem(), report.machine()
    varied = int(np.ptp(problem.parameters(2), axis=0).astype(bool).sum())
    work = f"Default model, psilocybin 25 mg, 28 days, hourly output of 3 states, {varied} parameters varied by 10 %"
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{work}.\n{machine}; {load}; {chosen.n} members, {chosen.repeats} repeats.", flush=True)

    as_written = chosen.equations == "as-written"
    print("The peers are given the equations " + ("as written.\n" if as_written else "as this package has them.\n"))
    mine, equations = ours.Ours(problem), Equations(problem, as_written=as_written)
    reference = trusted(problem, mine, equations, chosen.n)
    version = f"plasticity {ours.version()}"
    ladders = {
        "hourly": Ladder(f"{version}, hourly", lambda r, p: mine.run(r, p)[:2], chosen.n * MORE),
        "summary": Ladder(f"{version}, summary", lambda r, p: mine.run(r, p, hourly=False)[:2], chosen.n * MORE),
    }
    missing = {}
    for key, name, run in peers.found(problem, equations):
        if isinstance(run, str):
            missing[key] = run
        else:
            ladders[key] = Ladder(name, timed(run), chosen.n)
    measure(list(ladders.values()), problem, reference, chosen.repeats)
    ladders["summary"].errors = ladders["hourly"].errors  # the same integration, read out less often

    print("\n".join(report.speeds(ladders, missing, "hourly", "summary")))
    print("\n".join(report.achieved(ladders, RTOLS)), flush=True)
    if chosen.figure:
        measured = [ladder.told() | {"key": key} for key, ladder in ladders.items()]
        about = {"members": chosen.n, "repeats": chosen.repeats, "work": work}
        print(record.write(KINDS[chosen.equations], {**about, "rtols": RTOLS, "solvers": measured}))
    if not as_written:
        others(problem, mine, ladders["hourly"], chosen.repeats, keep=chosen.figure)
    if chosen.figure and not as_written:
        print(*figure.write(list(ladders.values()), machine, work), sep="\n")
    print(f"\ndone in {perf_counter() - started:.0f} s; load {os.getloadavg()[0]:.1f}")


def others(problem: Problem, mine: ours.Ours, hourly: Ladder, repeats: int, *, keep: bool) -> None:
    """Measure and print what a second thread gains, and what users wait for."""
    loose = float(np.exp(np.interp(np.log(LEVELS[0]), np.log(hourly.errors[::-1]), np.log(RTOLS[::-1]))))
    gains = startup.threads(mine, problem, THREADED, repeats, loose)
    print("\n".join(report.gains(gains)))
    waiting = startup.waiting(mine, problem, repeats)
    print("\n".join(report.waiting(waiting)))
    if keep:
        record.write("threads", {"members": THREADED, "rows": gains})
        record.write("waiting", {"rows": [(label, startup.summary(seconds), bar) for label, seconds, bar in waiting]})


def trusted(problem: Problem, mine: ours.Ours, equations: Equations, n: int) -> Floats:
    """Give this package's run at rtol 1e-12, and print how far two methods of SciPy are from it at theirs."""
    reference = mine.run(1e-12, problem.parameters(n))[1]
    told = []
    for method, few in (("LSODA", 3), ("Radau", 1)):
        run = scipy_solve_ivp.solver(problem, equations, method)
        largest = errors(run(1e-12, problem.parameters(few)), reference[:few]).max()
        told.append(f"{method} {largest:.0e}")
    print(f"Reference: this package at rtol 1e-12; SciPy at 1e-12 differs by {', '.join(told)} at most.\n", flush=True)
    return reference


if __name__ == "__main__":
    main()
