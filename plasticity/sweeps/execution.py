"""Placeholder."""

from typing import Any

from plasticity.sweeps import work


def collect(plan: Any, threads: int = 1, progress: Any = None) -> Any:
    import numpy as np

    parts = {name: np.full(work.shape(plan, v), v.fill, v.dtype) for name, v in plan.variables.items()}
    for block in work.grid(plan).blocks():
        for name, values in plan.evaluate(block, threads).items():
            parts[name][block] = values
    return work.dataset(plan, parts)
