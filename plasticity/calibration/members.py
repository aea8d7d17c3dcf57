"""One protocol at many parameter points at once: the only place where calibration meets the engine."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.model import Model
from plasticity.preparation import state_sizes
from plasticity.protocol import Protocol
from plasticity.simulation import Run
from plasticity.solver import ensemble
from plasticity.solver.excursions import END
from plasticity.solver.task import Below, Change, Changes, Task
from plasticity.values import in_force

Floats = NDArray[np.float64]
Point = Mapping[str, float]
HOURS_PER_DAY = 24.0


def task(
    protocol: Protocol, model: Model, points: Sequence[Point], rtol: float
) -> tuple[Task, Assembly, list[Point], list[list[Change]]]:
    """Describe one protocol at many points to the engine.

    Parameters
    ----------
    protocol : Protocol
    model : Model
    points : sequence of mapping
        Overrides of each member, each number in its canonical unit.
    rtol : float

    Returns
    -------
    task : Task
    assembly : Assembly
    values : list of dict
        Every number in force, for each member.
    changes : list of list of Change
        Of each member.

    Raises
    ------
    InputError
        If a name is unknown or a value is not allowed.

    Examples
    --------
    >>> plan = Protocol(duration="2 h").dose("dmt", "15 mg")
    >>> task(plan, Model(), [{"brake_tau": 100.0}, {"brake_tau": 200.0}], 1e-6)[0].members
    2
    """
    assembly = model.assemble(protocol.compounds)
    values = [in_force(assembly, point)[0] for point in points]
    slots = {key: i for i, key in enumerate([*assembly.states, *assembly.inputs])}

    def changes(numbers: Point) -> list[Change]:
        events = protocol.events(lambda compound, name: numbers[f"{compound}.{name}"])
        return [Change(e.time, slots[f"{e.compound}.{e.name}"], e.value) for e in events]

    shared = not any("." in name for point in points for name in point)  # then doses become the same events for all
    listed = [changes(values[0])] * len(points) if shared else [changes(numbers) for numbers in values]
    columns = {name: np.array([numbers[name] for numbers in values]) for name in values[0]}
    start = np.broadcast_to(assembly.baseline(columns), (len(points), len(assembly.states))).copy()
    made = Task(
        assembly.compiled(),
        (0.0, protocol.duration),
        start,
        np.tile(assembly.resting_inputs(), (len(points), 1)),
        assembly.vector(columns),
        Changes.listed(listed),
        rtol,
        1e-4 * rtol * state_sizes(protocol.doses, assembly, values[0], start[0]),
        min((instance.kernel.longest_step for instance in assembly.instances), default=np.inf),
    )
    return made, assembly, list(values), listed


def runs(protocol: Protocol, model: Model, points: Sequence[Point], rtol: float = 1e-6) -> list[Run]:
    """Integrate one protocol at many points and keep every solution.

    Parameters
    ----------
    protocol, model, points, rtol
        As for `task`.

    Returns
    -------
    list of Run
        In the order of the points.

    Examples
    --------
    >>> plan = Protocol(duration="2 h").dose("dmt", "15 mg")
    >>> [run.trajectory.status for run in runs(plan, Model(), [{}, {"dmt.clearance": 1000.0}])]
    [0, 0]
    """
    made, assembly, values, changes = task(protocol, model, points, rtol)
    found = ensemble.integrate(made)
    return [Run(protocol, assembly, dict(values[i]), [], changes[i], found.trajectory(i)) for i in range(len(points))]


def concentrations(
    protocol: Protocol, model: Model, points: Sequence[Point], compound: str, times: Floats, rtol: float = 1e-6
) -> Floats:
    """Plasma concentration of a compound at many points.

    Parameters
    ----------
    protocol, model, points
        As for `task`.
    compound : str
    times : ndarray, shape (times,)
        [h].
    rtol : float
        As for `task`.

    Returns
    -------
    ndarray, shape (points, times)
        [ng/mL]; NaN where the integration failed.

    Examples
    --------
    >>> plan = Protocol(duration="4 h").dose("psilocybin", "25 mg")
    >>> concentrations(plan, Model(), [{}], "psilocybin", np.array([2.0])).round(1).tolist()
    [[17.3]]
    """
    made, assembly, values, _ = task(protocol, model, points, rtol)
    slot = np.array([list(assembly.states).index(f"{compound}.central")], dtype=np.int64)
    found = ensemble.run(made, times, slot, _below(assembly, values))
    volume, weight = (
        np.array([one[f"{compound}.{name}"] for one in values]) for name in ("volume_central", "molecular_weight")
    )
    course = found.values[:, 0] * (weight / volume / 1000.0)[:, None]
    return np.where(found.status[:, None] == 0, course, np.nan)


def _below(assembly: Assembly, values: Sequence[Point]) -> Below:
    rest, opens, closes, gap = (
        np.array([numbers[name] for numbers in values])
        for name in ("theta_rest", "window_open_ratio", "window_close_ratio", "window_merge_gap")
    )
    return Below(list(assembly.states).index("theta"), opens * rest, closes * rest, gap)


def closing_days(protocol: Protocol, model: Model, points: Sequence[Point], rtol: float = 1e-8) -> Floats:
    """Find the day on which the last window closes, at many points.

    Parameters
    ----------
    protocol, model, points, rtol
        As for `task`.

    Returns
    -------
    ndarray, shape (points,)
        [d] since the start; 0 where no window opens, the end of the protocol where one is open there, NaN where the
        integration failed.

    Examples
    --------
    >>> plan = Protocol(duration="28 d").dose("psilocybin", "25 mg")
    >>> closing_days(plan, Model(), [{}, {"brake_gain": 0.5}]).round(1).tolist()
    [17.5, 0.0]
    """
    made, assembly, values, _ = task(protocol, model, points, rtol)
    below = _below(assembly, values)
    found = ensemble.run(made, np.empty(0), np.empty(0, np.int64), below)
    last = np.minimum(found.count, below.most) - 1
    ends = found.excursions[np.arange(len(points)), np.maximum(last, 0), END]
    ends = np.where(np.isnan(ends), protocol.duration, ends)
    days = np.where(found.count > 0, ends, 0.0) / HOURS_PER_DAY
    return np.where(found.status == 0, days, np.nan)
