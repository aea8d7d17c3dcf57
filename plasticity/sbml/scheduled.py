"""Doses and inputs of a protocol as SBML events: one event for each instant at which something jumps."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.protocol import Protocol
from plasticity.sbml.formulas import set_math
from plasticity.sbml.labels import label
from plasticity.sbml.library import done
from plasticity.sbml.unit_definitions import add_unit


def sbml_id(key: str) -> str:
    """Name a quantity as a run's dataset does.

    Parameters
    ----------
    key : str
        Such as ``"lsd.effect"``.

    Returns
    -------
    str

    Examples
    --------
    >>> sbml_id("lsd.effect")
    'lsd_effect'
    """
    return key.replace(".", "_")


Step = tuple[float, str, str, float, str]
"""Time [h], ``"add"`` or ``"set"``, key of what jumps, by or to which value, and what multiplies that, or ``""``."""


def steps(protocol: Protocol, values: Mapping[str, float]) -> list[Step]:
    """List what a protocol does.

    Parameters
    ----------
    protocol : Protocol
    values : mapping of str to float
        Numbers in force, by key.

    Returns
    -------
    list of Step
        In the order of time.

    Examples
    --------
    >>> steps(Protocol().dose("dmt", "18.827 mg"), {})
    [(0.0, 'add', 'dmt.central', 100000.0, '')]
    """
    events = protocol.events(lambda compound, name: values[f"{compound}.{name}"])
    return [(e.time, e.kind, f"{e.compound}.{e.name}" if e.compound else e.name, e.value, "") for e in events]


def add_events(written: Any, assembly: Assembly, listed: Sequence[Step]) -> None:
    """Write what happens, as one event for each instant.

    Events of one instant become one, because SBML evaluates simultaneous assignments before any of them is made, so
    that of two doses at one time the second would undo the first. An event at the start has a trigger that was false
    before, as SBML prescribes for what happens at time 0.

    Parameters
    ----------
    written : libsbml.Model
        With all states and inputs.
    assembly : Assembly
    listed : sequence of Step
        In the order of time.

    Raises
    ------
    InputError
        If an input is driven that no kernel reads.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol(duration="2 d").dose("dmt", "15 mg").dose("dmt", "15 mg")
    >>> pl.to_sbml(plan).count("<event ")
    1
    """
    units = {key: part.unit for table in (assembly.states, assembly.inputs) for key, part in table.items()}
    for place, (time, together) in enumerate(groupby(listed, key=lambda step: step[0])):
        right: dict[str, list[str]] = {}
        for number, (_, kind, key, value, factor) in enumerate(together):
            if key not in units:
                raise InputError(f"input {key}: no kernel of this model reads it; allowed: {', '.join(units)}")
            amount = _constant(written, f"event_{place}_{number}", value, units[key], f"{kind} {key}")
            term = f"{amount} * {factor}" if factor else amount
            right[key] = [*right.get(key, [sbml_id(key)]), term] if kind == "add" else [term]
        made = written.createEvent()
        done(made.setId(f"event_{place}"), "id of an event")
        done(made.setUseValuesFromTriggerTime(True), "event")
        label(made, f"event_{place}", f"{', '.join(right)} at {time:g} h")
        trigger = made.createTrigger()
        done(trigger.setInitialValue(False), "trigger")
        done(trigger.setPersistent(True), "trigger")
        set_math(trigger, f"time >= {time!r} {add_unit(written, 'h')}", f"event at {time:g} h")
        for key, terms in right.items():
            assignment = made.createEventAssignment()
            done(assignment.setVariable(sbml_id(key)), f"event at {time:g} h")
            set_math(assignment, " + ".join(terms), f"event at {time:g} h")


def _constant(written: Any, name: str, value: float, unit: str, said: str) -> str:
    """Declare a number with a unit, to be used in a formula."""
    made = written.createParameter()
    done(made.setId(name), f"id of {name}")
    done(made.setUnits(add_unit(written, unit)), f"unit of {name}")
    done(made.setValue(value), f"value of {name}")
    done(made.setConstant(True), name)
    label(made, name, said)
    return name
