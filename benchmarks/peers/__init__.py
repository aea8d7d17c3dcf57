"""One file per peer: its name, its package, and ``solver(problem, equations)``, which gives its run.

The name has a place for the version. ``run(rtol, parameters)`` returns the observed states at the hours, shape
(n, 3, hours), NaN for members that failed. A file whose package is missing does not import, and the report says so.
"""

import importlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.equations import Equations
from benchmarks.problem import Problem


def found(problem: Problem, equations: Equations) -> Iterator[tuple[str, str, Any]]:
    """Try every peer: file name, name with version, and its run, or the reason why there is none."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        try:
            peer = importlib.import_module(f"benchmarks.peers.{path.stem}")
            run = peer.solver(problem, equations)
            run(1e-3, problem.parameters(1))
        except Exception as error:  # noqa: BLE001 whatever a peer does, the others go on
            yield path.stem, path.stem, f"not installed or not working: {type(error).__name__}: {error}"
        else:
            yield path.stem, peer.NAME.format(metadata.version(peer.PACKAGE)), run
