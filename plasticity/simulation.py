"""One protocol to one dataset: integrate the chain, evaluate every output, locate the windows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.named_sets import modules_of
from plasticity.observables import effect_extent
from plasticity.preparation import longest_step, prepared
from plasticity.protocol import Protocol
from plasticity.provenance import origin
from plasticity.solver.ensemble import MESSAGES, integrate
from plasticity.solver.task import Change, Changes, Task
from plasticity.solver.trajectory import Trajectory
from plasticity.values import Given, in_force, told
from plasticity.window import Column, labelled, locate, window_columns

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
TOLERANCES = (1e-13, 1e-2)
ROUTES = {"htr2a": "r_2a", "sert": "sert_activation", "nmda": "nmda_activation"}
"""Signal that is the acute effect of a compound with this primary target."""
DISCLAIMER = "Simulated plasticity index for research; not evidence about treatment, no advice on dosing."


@dataclass(frozen=True)
class Run:
    """One integrated protocol, before it becomes a dataset.

    Examples
    --------
    >>> run = integrated(Protocol(duration="2 h").dose("dmt", "15 mg"))
    >>> run.acute_effect(np.array([0.0, 0.25, 1.0])).round(1).tolist()
    [0.0, 25.1, 0.1]
    """

    protocol: Protocol
    assembly: Assembly
    values: dict[str, float]
    warnings: list[str]
    changes: Sequence[Change]
    trajectory: Trajectory
    known: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def states(self, times: Floats) -> dict[str, Floats]:
        """Evaluate the states, by key."""
        return dict(zip(self.assembly.states, self.trajectory(times), strict=True))

    def inputs(self, times: Floats) -> dict[str, Floats]:
        """Evaluate the scheduled inputs, by key."""
        return scheduled(self.assembly, self.changes, times)

    def signals(self, times: Floats) -> dict[str, Floats]:
        """Evaluate the signals, by key."""
        _, signals = self.assembly.evaluate(times, self.states(times), self.inputs(times), self.values)
        return {key: np.broadcast_to(value, times.shape) for key, value in signals.items()}

    def acute_effect(self, times: Floats) -> Floats:
        """Acute effect [%] of the first compound with a primary target."""
        route = acute_signal(self.assembly)
        if route is None:
            return np.where(np.isnan(self.trajectory(times)[0]), np.nan, 0.0)
        value = self.assembly.signal(route, times, self.states(times), self.inputs(times), self.values)
        return 100.0 * np.broadcast_to(value, times.shape)


def scheduled(assembly: Assembly, changes: Sequence[Change], times: Floats) -> dict[str, Floats]:
    """Evaluate the scheduled inputs of a run.

    Parameters
    ----------
    assembly : Assembly
    changes : sequence of Change
        As `prepared` gives them.
    times : ndarray, shape (times,)
        [h].

    Returns
    -------
    dict of str to ndarray, shape (times,)
        By key.

    Examples
    --------
    >>> scheduled(Model(modules=["memory"]).assemble([]), [], np.zeros(1))["cue"].tolist()
    [0.0]
    """
    table = np.repeat(assembly.resting_inputs()[:, None], len(times), axis=1)
    first = len(assembly.states)
    for change in changes:
        if change.slot >= first:
            table[change.slot - first, times >= change.time] = change.value
    return dict(zip(assembly.inputs, table, strict=True))


def acute_signal(assembly: Assembly) -> str | None:
    """Name the signal that is the acute effect: that of the first compound with a primary target.

    Parameters
    ----------
    assembly : Assembly

    Returns
    -------
    str or None

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> acute_signal(Model().assemble([load_compound("ketamine")])), acute_signal(Model().assemble([]))
    ('nmda_activation', None)
    """
    return next((ROUTES[c.primary_target] for c in assembly.compounds if c.primary_target in ROUTES), None)


def simulate(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
    times: Sequence[float] | Floats | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
) -> "xarray.Dataset":
    """Run a protocol through the chain.

    Parameters
    ----------
    protocol : Protocol
    model : Model, optional
        Choice of kernels; the default model if not given.
    parameters : mapping of str to str or float, optional
        Overrides by name (``"brake_tau": "7 d"``, ``"mdma.clearance": "40 L/h"``); a plain number is in the
        canonical unit.
    parameter_set : str, optional
        A set of values that ships with a compound, such as ``"mdma_autoinhibition"``, or for the whole model:
        ``"baseline"`` (the default) or ``"improved"``, with the modules that belong to it.
    times : array_like, shape (times,), optional
        Output times [h], ascending, within the protocol's duration; hourly if not given. The numbers of the windows
        and of the acute effect do not depend on them.
    rtol : float
        Relative tolerance of the integration, 1e-13 to 1e-2.
    atol : float, optional
        Absolute tolerance, the same for every state; if not given, ``1e-4 * rtol`` of each state's usual size.

    Returns
    -------
    xarray.Dataset
        Dimension ``time`` [h] with all states and outputs, dimension ``window`` with the located windows, and scalar
        summaries. ``status`` is 0 where the end was reached; otherwise values after the time reached are NaN.

    Raises
    ------
    InputError
        If anything given is unknown, of a wrong unit, unphysical or out of order; nothing has been computed then.

    Examples
    --------
    >>> import plasticity as pl
    >>> run = pl.simulate(pl.Protocol(duration="28 d").dose("psilocybin", "25 mg"))
    >>> round(float(run.last_close) / 24, 1)
    17.5
    """
    model = (model or Model()).joined(modules_of(parameter_set))
    grid = _grid(times, protocol.duration)
    run = integrated(protocol, model, parameters, parameter_set, rtol, atol)
    return _dataset(run, model, grid, {"rtol": rtol, "atol": atol, "method": "Rodas5P"})


def _grid(times: Sequence[float] | Floats | None, duration: float) -> Floats:
    if times is None:
        return np.unique(np.append(np.arange(0.0, duration, 1.0), duration))
    try:
        grid = np.atleast_1d(np.asarray(times, dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"times: {times!r} are not numbers; allowed: ascending times [h]") from None
    if grid.ndim != 1 or grid.size == 0:
        raise InputError(f"times: an array of shape {grid.shape}; allowed: one dimension, at least one time [h]")
    if not np.all(np.isfinite(grid)) or grid[0] < 0 or grid[-1] > duration:
        raise InputError(f"times: from {grid[0]:g} to {grid[-1]:g} h; allowed: 0 to {duration:g} h, all finite")
    wrong = np.flatnonzero(np.diff(grid) <= 0)
    if wrong.size:
        i = int(wrong[0])
        raise InputError(f"times: {grid[i]:g} h is followed by {grid[i + 1]:g} h; allowed: ascending times")
    return grid


def integrated(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
) -> Run:
    """Integrate a protocol and keep the solution itself; `simulate` turns it into a dataset.

    Parameters
    ----------
    protocol, model, parameters, parameter_set, rtol, atol
        As in `simulate`.

    Returns
    -------
    Run

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> run = integrated(Protocol(duration="2 h").dose("dmt", "15 mg"))
    >>> run.trajectory.status
    0
    """
    model = (model or Model()).joined(modules_of(parameter_set))
    if not TOLERANCES[0] <= rtol <= TOLERANCES[1]:
        raise InputError(f"rtol: {rtol!r}; allowed: {TOLERANCES[0]:g} to {TOLERANCES[1]:g}")
    if atol is not None and not 0.0 < atol < np.inf:
        raise InputError(f"atol: {atol!r}; allowed: more than 0")
    assembly = model.assemble(protocol.compounds)
    values, warnings = in_force(assembly, parameters, parameter_set)
    changes, start, sizes = prepared(protocol, model, assembly, values)
    task = Task(
        assembly.compiled(),
        (0.0, protocol.duration),
        start[None],
        assembly.resting_inputs()[None],
        assembly.vector(values)[None],
        Changes.listed([changes]),
        rtol,
        np.full(len(start), atol) if atol is not None else 1e-4 * rtol * sizes,
        longest_step(assembly),
    )
    trajectory = integrate(task).trajectory(0)
    known = told(assembly, parameters, parameter_set)
    return Run(protocol, assembly, values, warnings, changes, trajectory, known)


def _dataset(run: Run, model: Model, grid: Floats, solver: dict[str, Any]) -> "xarray.Dataset":
    assembly, status = run.assembly, run.trajectory.status
    columns: dict[str, Column] = {}
    for key, values in run.states(grid).items():
        state = assembly.states[key]
        columns[key.replace(".", "_")] = ("time", values, _labels(key, state.unit, state.label))
    signals = run.signals(grid)
    for key, signal in assembly.outputs().items():
        if key in signals:
            columns[key.replace(".", "_")] = ("time", signals[key].copy(), _labels(key, signal.unit, signal.label))
    columns["acute_effect"] = ("time", run.acute_effect(grid), {"units": "%", "long_name": "Acute effect"})
    if "expression" in signals:
        fear = np.maximum(signals["expression"], 0.0)
        columns["fear"] = ("time", fear, {"units": "1", "long_name": "Expressed fear"})
    for name, value, unit, label in _acute(run):
        columns[name] = ((), value, {"units": unit, "long_name": label})
    columns["status"] = ((), status, {"long_name": "0 where the end was reached", "message": MESSAGES[status]})
    time = ("time", grid, {"units": "h", "long_name": "Time after the start"})
    windows, window = _windows(run)
    dataset = labelled(columns | windows, time, window)
    dataset.attrs = _attributes(run, model, solver)
    rest = run.values["theta_rest"]
    levels = {name: run.values[f"window_{name}"] for name in ("open_ratio", "close_ratio")}
    dataset["theta"].attrs |= levels | {"rest": rest}
    return dataset


def _windows(run: Run) -> tuple[dict[str, Column], Column]:
    theta = run.trajectory.pieces[:, list(run.assembly.states).index("theta")]
    found = locate(
        run.trajectory.times,
        theta,
        theta_rest=run.values["theta_rest"],
        open_ratio=run.values["window_open_ratio"],
        close_ratio=run.values["window_close_ratio"],
        merge_gap=run.values["window_merge_gap"],
    )
    return window_columns(found)


def _acute(run: Run) -> list[tuple[str, float, str, str]]:
    maximum, time, duration = effect_extent(run.acute_effect, run.trajectory.times)
    return [
        ("acute_maximum", maximum, "%", "Largest acute effect"),
        ("time_of_maximum", time, "h", "Time of the largest acute effect"),
        ("effect_duration", duration, "h", "Time with more than a tenth of the largest acute effect"),
    ]


def _labels(key: str, unit: str, label: str) -> dict[str, str]:
    compound = key.partition(".")[0] if "." in key else ""
    return {"units": unit, "long_name": f"{label}, {compound}" if compound else label}


def _attributes(run: Run, model: Model, solver: dict[str, Any]) -> dict[str, Any]:
    trajectory = run.trajectory
    counts = {"steps": len(trajectory.pieces), "rejected": trajectory.rejected, "reached": float(trajectory.times[-1])}
    return {
        "title": run.protocol.title,
        "species": run.protocol.species,
        "protocol": json.dumps(run.protocol.to_dict()),
        "kernels": json.dumps(model.describe()),
        "parameters": json.dumps(run.values),
        "parameters_known": json.dumps(run.known),
        "solver": json.dumps(solver | counts),
        "warnings": json.dumps(run.warnings),
        "disclaimer": DISCLAIMER,
        **origin(),
    }
