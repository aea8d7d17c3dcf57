"""`python -m benchmarks [--n 200] [--repeats 3] [--figure]`: every table in one run on one machine."""

import argparse
import os
from time import perf_counter
from types import ModuleType

import numpy as np

from benchmarks import figure, ours, peers, report, startup
from benchmarks.equations import Equations
from benchmarks.measuring import RTOLS, Ladder, measure, timed
from benchmarks.peers import scipy_solve_ivp
from benchmarks.problem import LEVELS, Floats, Problem, default_problem, errors

MORE = 10
"""How many times more members than the peers this package is given, so that it is timed for as long."""
THREADED = 10_000
"""Members that two threads share."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--n", type=int, default=200, help="trajectories for every peer")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--figure", action="store_true", help="write the work-precision diagram into docs/_static")
    chosen = parser.parse_args()
    started = perf_counter()
    problem, machine = default_problem(), report.machine()
    varied = int(np.ptp(problem.parameters(2), axis=0).astype(bool).sum())
    work = f"Default model, psilocybin 25 mg, 28 days, hourly output of 3 states, {varied} parameters varied by 10 %"
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{work}.\n{machine}; {load}; {chosen.n} members, {chosen.repeats} repeats.", flush=True)

    mine, equations = ours.Ours(problem), Equations(problem)
    reference = trusted(problem, mine, equations.python(), chosen.n)
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
    loose = float(np.exp(np.interp(np.log(LEVELS[0]), np.log(ladders["hourly"].errors[::-1]), np.log(RTOLS[::-1]))))
    print("\n".join(report.gains(startup.threads(mine, problem, THREADED, chosen.repeats, loose))))
    print("\n".join(report.waiting(startup.waiting(mine, problem, chosen.repeats))))
    if chosen.figure:
        print(*figure.write(list(ladders.values()), machine, work), sep="\n")
    print(f"\ndone in {perf_counter() - started:.0f} s; load {os.getloadavg()[0]:.1f}")


def trusted(problem: Problem, mine: ours.Ours, compiled: ModuleType, n: int) -> Floats:
    """Give this package's run at rtol 1e-12, and print how far two methods of SciPy are from it at theirs."""
    reference = mine.run(1e-12, problem.parameters(n))[1]
    told = []
    for method, few in (("LSODA", 3), ("Radau", 1)):
        run = scipy_solve_ivp.solver(problem, compiled, "", method)
        largest = errors(run(1e-12, problem.parameters(few)), reference[:few]).max()
        told.append(f"{method} {largest:.0e}")
    print(f"Reference: this package at rtol 1e-12; SciPy at 1e-12 differs by {', '.join(told)} at most.\n", flush=True)
    return reference


if __name__ == "__main__":
    main()
