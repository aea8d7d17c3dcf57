"""Many runs of one model at once: protocols of the same compounds, each with its own numbers, through one ensemble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.preparation import longest_step, prepared
from plasticity.protocol import Protocol
from plasticity.solver.ensemble import run
from plasticity.solver.task import Below, Changes, Task

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Members:
    """What many runs gave.

    Attributes
    ----------
    values : ndarray, shape (members, states, times)
        The states asked for; NaN where a run failed before.
    windows : ndarray, shape (members, windows, 2)
        Opening and closing times [h], NaN beyond their number; a window open at the end closes with the protocol.
    status : ndarray, shape (members,)
        0 where the end was reached.

    Examples
    --------
    >>> Members(np.empty((0, 1, 1)), np.empty((0, 8, 2)), np.zeros(0, np.int64)).status.size
    0
    """

    values: Floats
    windows: Floats
    status: NDArray[np.int64]


def together(
    protocols: Sequence[Protocol],
    numbers: Sequence[Mapping[str, float]],
    model: Model,
    states: Sequence[str],
    times: Floats,
    rtol: float = 1e-5,
) -> Members:
    """Integrate protocol number i with numbers number i, for every i.

    Parameters
    ----------
    protocols : sequence of Protocol
        Of the same compounds and duration.
    numbers : sequence of mapping
        Every number in force, as `plasticity.plausible.draws` gives them.
    model : Model
    states : sequence of str
        Names of the states to keep.
    times : ndarray, shape (times,)
        Ascending [h].
    rtol : float
        Relative tolerance.

    Returns
    -------
    Members

    Raises
    ------
    InputError
        If the protocols differ in compounds or duration, or drive an input that the model does not have.

    Examples
    --------
    >>> plans = [Protocol("2 h").dose("dmt", amount) for amount in ("15 mg", "30 mg")]
    >>> numbers = Model().assemble(plans[0].compounds).defaults()
    >>> found = together(plans, [numbers, numbers], Model(), ["dmt.effect"], np.array([0.5]))
    >>> bool(np.isclose(found.values[1, 0, 0], 2.0 * found.values[0, 0, 0], rtol=1e-4))
    True
    """
    first = protocols[0]
    for plan in protocols:
        if plan.compounds != first.compounds or plan.duration != first.duration:
            raise InputError(f"protocols {first.title!r} and {plan.title!r}; allowed: the same compounds and duration")
    assembly = model.assemble(first.compounds)
    ready = [prepared(plan, model, assembly, values) for plan, values in zip(protocols, numbers, strict=True)]
    sizes = prepared(first, model, assembly, assembly.defaults())[2]
    task = Task(
        assembly.compiled(),
        (0.0, first.duration),
        np.array([start for _, start, _ in ready]),
        np.repeat(assembly.resting_inputs()[None], len(ready), axis=0),
        np.array([assembly.vector(values) for values in numbers]),
        Changes.listed([changes for changes, _, _ in ready]),
        rtol,
        1e-4 * rtol * sizes,
        longest_step(assembly),
    )
    watched = np.array([list(assembly.states).index(name) for name in states], dtype=np.int64)
    found = run(task, times, watched, _levels(assembly, numbers))
    open_close = found.excursions[:, :, :2].copy()
    still = np.isnan(open_close[:, :, 1]) & ~np.isnan(open_close[:, :, 0])
    open_close[:, :, 1][still] = first.duration
    values = np.where(found.status[:, None, None] == 0, found.values, np.nan)
    return Members(values, open_close, found.status)


def _levels(assembly: Assembly, numbers: Sequence[Mapping[str, float]]) -> Below:
    def column(name: str) -> Floats:
        return np.array([values[name] for values in numbers])

    rest = column("theta_rest")
    low, high = rest * column("window_open_ratio"), rest * column("window_close_ratio")
    return Below(list(assembly.states).index("theta"), low, high, column("window_merge_gap"))
