"""The work that everybody is given: psilocybin 25 mg, 28 days, hourly points of three states, all parameters varied."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from plasticity import Model, Protocol
from plasticity.assembly import Assembly
from plasticity.values import in_force

Floats = NDArray[np.float64]
OBSERVED = ("calcium", "bdnf_mature", "theta")
LEVELS = (1e-4, 1e-6)
"""Achieved errors at which speeds are compared."""
VARIED = 0.1
STEP_LIMIT = 100_000


@dataclass(frozen=True)
class Problem:
    """One dose into the default model.

    Attributes
    ----------
    assembly : Assembly
    values : dict
        Default value of every parameter.
    hours : ndarray, shape (673,)
        Output times [h].
    sizes : ndarray, shape (states,)
        Usual size of every state: what was dosed, or the baseline. Everybody's absolute tolerance is rtol times this.
    jump : tuple of (float, int, float)
        When the dose arrives [h], in which state, and how much [nmol].
    """

    assembly: Assembly
    values: dict[str, float]
    hours: Floats
    sizes: Floats
    jump: tuple[float, int, float]
    observed: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        names = list(self.assembly.states)
        object.__setattr__(self, "observed", np.array([names.index(name) for name in OBSERVED]))

    def parameters(self, n: int, seed: int = 0) -> Floats:
        """Vary every parameter by up to 10 %, independently and uniformly; the first `m` of `n` are those of `m`.

        The levels at which a window opens and closes stay: they read the run out and do not enter it.
        """
        spread = np.where([name.startswith("window_") for name in self.assembly.parameters], 0.0, VARIED)
        factors = 1.0 + spread * np.random.default_rng(seed).uniform(-1.0, 1.0, (n, len(spread)))
        return self.assembly.vector(self.values) * factors

    def starts(self, parameters: Floats) -> Floats:
        """Resting states, shape (n, states)."""
        columns = SimpleNamespace(**dict(zip(self.assembly.parameters, parameters.T, strict=True)))
        resting = [s.baseline(columns) if callable(s.baseline) else s.baseline for s in self.assembly.states.values()]
        return np.stack([np.broadcast_to(value, len(parameters)) for value in resting], axis=1)


def protocol() -> Protocol:
    """Give the one dose."""
    return Protocol(duration="28 d").dose("psilocybin", "25 mg")


def default_problem() -> Problem:
    """Give the work of the benchmark."""
    plan = protocol()
    assembly = Model().assemble(plan.compounds)
    values, _ = in_force(assembly)
    (event,) = plan.events(lambda compound, name: values[f"{compound}.{name}"])
    slot = list(assembly.states).index(f"{event.compound}.{event.name}")
    sizes = np.maximum(np.abs(assembly.baseline(values)), 0.1)
    for i, state in enumerate(assembly.states.values()):
        volume = {"nmol": 1.0, "nM": values["psilocybin.volume_central"]}.get(state.unit)
        sizes[i] = event.value / volume if volume else sizes[i]
    return Problem(assembly, values, np.arange(673.0), sizes, (event.time, slot, event.value))


def errors(found: Floats, reference: Floats) -> Floats:
    """Largest |y - ref| / (|ref| + 1e-3 max|ref|) of each trajectory over observables and hours, shape (n,).

    A trajectory that is not finite has an infinite error.

    >>> errors(np.array([[[1.0, 2.2]]]), np.array([[[1.0, 2.0]]])).round(4).tolist()
    [0.0999]
    """
    scale = np.abs(reference) + 1e-3 * np.abs(reference).max(axis=2, keepdims=True)
    return np.nan_to_num(np.abs(found - reference) / scale, nan=np.inf).max(axis=(1, 2))
