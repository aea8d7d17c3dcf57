"""One call of `solve_ivp` by a user of the solver alone."""

from typing import Any

import plasticity


def robertson(_: float, y: Any, p: Any) -> tuple[Any, Any, Any]:
    """Three reactions, as a user would write them."""
    slow, middle, fast = p[0] * y[0], p[1] * y[1] * y[2], p[2] * y[1] * y[1]
    return (-slow + middle, slow - middle - fast, fast)


def solve() -> object:
    """Call `solve_ivp` as it stands: all arguments but the problem left out."""
    return plasticity.solve_ivp(robertson, (0.0, 100.0), [1.0, 0.0, 0.0], [0.04, 1e4, 3e7])
