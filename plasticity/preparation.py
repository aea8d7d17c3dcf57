"""What the engine starts from: changes in time, start values and usual sizes, from a protocol and numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.assembly import Assembly
from plasticity.errors import InputError, unknown_name
from plasticity.model import Model
from plasticity.protocol import Dose, Protocol
from plasticity.solver.task import Change

Floats = NDArray[np.float64]


def prepared(
    protocol: Protocol, model: Model, assembly: Assembly, values: Mapping[str, float]
) -> tuple[list[Change], Floats, Floats]:
    """Turn a protocol into what the engine starts from.

    Parameters
    ----------
    protocol : Protocol
    model : Model
        For errors.
    assembly : Assembly
        Of this model and the protocol's compounds.
    values : mapping of str to float
        Numbers in force.

    Returns
    -------
    changes : list of Change
    start : ndarray, shape (states,)
        Values before the changes at the start.
    sizes : ndarray, shape (states,)
        Usual size of each state, for the absolute tolerance.

    Raises
    ------
    InputError
        If the protocol drives an input, or sets a state, that the model does not have.

    Examples
    --------
    >>> plan, model = Protocol("2 h").dose("dmt", "15 mg"), Model()
    >>> assembly = model.assemble(plan.compounds)
    >>> len(prepared(plan, model, assembly, assembly.defaults())[0])
    1
    """
    slots = {key: i for i, key in enumerate([*assembly.states, *assembly.inputs])}
    changes = [
        Change(event.time, _slot(slots, event.compound, event.name, model), event.value)
        for event in protocol.events(lambda compound, name: values[f"{compound}.{name}"])
    ]
    start = assembly.baseline(values)
    for name, value in protocol.initial.items():
        start[_state(assembly, name)] = value
    return changes, start, state_sizes(protocol.doses, assembly, values, start)


def longest_step(assembly: Assembly) -> float:
    """Give the longest step that all kernels allow [h].

    Parameters
    ----------
    assembly : Assembly

    Returns
    -------
    float

    Examples
    --------
    >>> longest_step(Model().assemble([]))
    inf
    """
    return min((instance.kernel.longest_step for instance in assembly.instances), default=np.inf)


def _slot(slots: Mapping[str, int], compound: str | None, name: str, model: Model) -> int:
    key = f"{compound}.{name}" if compound else name
    if key not in slots:
        used = ", ".join(model.modules) or "none"
        raise InputError(f"input {name}: no kernel of this model reads it; modules in use: {used}")
    return slots[key]


def _state(assembly: Assembly, name: str) -> int:
    names = [key.replace(".", "_") for key in assembly.states]
    if name not in names:
        raise unknown_name("state in initial", name, names)
    return names.index(name)


def state_sizes(doses: Sequence[Dose], assembly: Assembly, values: Mapping[str, Any], start: Floats) -> Floats:
    """Estimate the usual size of every state: what was dosed, or the baseline.

    Parameters
    ----------
    doses : sequence of Dose
    assembly : Assembly
    values : mapping of str to float or ndarray, shape (n,)
        Every number in force.
    start : ndarray, shape (states,) or (n, states)
        Values at t = 0.

    Returns
    -------
    ndarray
        As `start`, in the units of the states.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> assembly = Model().assemble([])
    >>> float(state_sizes((), assembly, {}, np.full(len(assembly.states), 0.5))[0])
    0.5
    """
    sizes = np.maximum(np.abs(start), 0.1)
    for i, (key, state) in enumerate(assembly.states.items()):
        compound = key.partition(".")[0]
        dosed: Any = sum(dose.amount for dose in doses if dose.compound == compound)
        if state.unit == "nM":
            dosed = dosed / values.get(f"{compound}.volume_central", 1.0)
        if state.unit in ("nmol", "nM"):
            sizes[..., i] = np.where(dosed, dosed, sizes[..., i])
    return sizes
