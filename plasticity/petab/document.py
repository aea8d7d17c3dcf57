"""The SBML model of a calibration: all rows' doses in one model, each behind its switch, and the closing time."""

from collections.abc import Sequence
from typing import Any

from plasticity.calibration.asked import asked
from plasticity.calibration.laws import Law
from plasticity.calibration.observed import Observation
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.sbml.export import described
from plasticity.sbml.formulas import set_math
from plasticity.sbml.labels import label
from plasticity.sbml.library import done, libsbml
from plasticity.sbml.scheduled import Step, add_events, steps
from plasticity.sbml.unit_definitions import add_unit

CLOSING_TIME = "closing_time"
"""Time [h] at which the last window closed; now, while one is open; 0 before any."""

SAID = (
    "Doses of all conditions stand in this model; given_NAME is 1 in the condition NAME and 0 elsewhere.",
    "window_is_open and closed_at follow the threshold through the two events at the end.",
)


def switch(row: Observation) -> str:
    """Name the parameter that is 1 where the doses of a row are given.

    Parameters
    ----------
    row : Observation

    Returns
    -------
    str

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> switch(chosen({"critical_period_windows": ["lsd"]})[0])
    'given_lsd'
    """
    return f"given_{row.id}"


def model_document(law: Law, rows: Sequence[Observation]) -> str:
    """Write the model that all rows of a calibration share.

    Parameters
    ----------
    law : Law
        Of the kernels; free numbers have their defaults here.
    rows : sequence of Observation

    Returns
    -------
    str
        SBML, Level 3 Version 2.

    Raises
    ------
    InputError
        If a dose is none.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> law = Law("first_order", (Free("brake_tau", 24.0, 960.0, True),), 960.0)
    >>> document = model_document(law, chosen({"critical_period_windows": ["psilocybin", "lsd"]}))
    >>> document.count("<event "), "given_lsd" in document
    (4, True)
    """
    plans = {switch(row): asked(row.modelled, law.duration) for row in rows}
    whole = Protocol(law.duration, "human", doses=[dose for plan in plans.values() for dose in plan.doses])
    document, assembly, values = described(whole, Model(brake=law.name))
    written = document.getModel()
    done(written.appendNotes("".join(f'<p xmlns="http://www.w3.org/1999/xhtml">{text}</p>' for text in SAID)), "notes")
    for name in plans:
        _number(written, name, 0.0, "1", "1 where these doses are given", constant=True)
    add_events(written, assembly, _switched({name: steps(plan, values) for name, plan in plans.items()}))
    _closing(written)
    return str(libsbml().writeSBMLToString(document))


def _switched(listed: dict[str, list[Step]]) -> list[Step]:
    """Join the steps of all rows; what one row sets is a sum over the rows, of which the condition leaves one."""
    held: dict[tuple[str, str], float] = {}
    joined: list[Step] = []
    for time in sorted({step[0] for row in listed.values() for step in row}):
        now = [(name, step) for name, row in listed.items() for step in row if step[0] == time]
        joined += [(time, "add", key, value, name) for name, (_, kind, key, value, _) in now if kind == "add"]
        changed = {(key, name): value for name, (_, kind, key, value, _) in now if kind == "set"}
        held |= changed
        for key in dict.fromkeys(key for key, _ in changed):
            terms = [(value, name) for (driven, name), value in held.items() if driven == key]
            joined += [(time, "add" if at else "set", key, *term) for at, term in enumerate(terms)]
    return joined


def _number(written: Any, name: str, value: float, unit: str, said: str, *, constant: bool) -> None:
    made = written.createParameter()
    done(made.setId(name), f"id of {name}")
    done(made.setUnits(add_unit(written, unit)), f"unit of {name}")
    done(made.setValue(value), f"value of {name}")
    done(made.setConstant(constant), name)
    label(made, name, said)


def _closing(written: Any) -> None:
    """Follow the windows: open below one share of the resting threshold, closed above another."""
    _number(written, "window_is_open", 0.0, "1", "1 while a window is open", constant=False)
    _number(written, "closed_at", 0.0, "h", "Time at which the last window closed", constant=False)
    _number(written, CLOSING_TIME, 0.0, "h", "Time at which the last window closed; now, while open", constant=False)
    rule = written.createAssignmentRule()
    done(rule.setVariable(CLOSING_TIME), CLOSING_TIME)
    set_math(rule, "closed_at + window_is_open * (time - closed_at)", CLOSING_TIME)
    opens = "(theta < window_open_ratio * theta_rest) && (window_is_open < 0.5 dimensionless)"
    closes = "(theta > window_close_ratio * theta_rest) && (window_is_open > 0.5 dimensionless)"
    _event(written, "window_opens", opens, {"window_is_open": "1 dimensionless"})
    _event(written, "window_closes", closes, {"window_is_open": "0 dimensionless", "closed_at": "time"})


def _event(written: Any, name: str, condition: str, becomes: dict[str, str]) -> None:
    made = written.createEvent()
    done(made.setId(name), f"id of {name}")
    done(made.setUseValuesFromTriggerTime(True), name)
    trigger = made.createTrigger()
    done(trigger.setInitialValue(False), name)
    done(trigger.setPersistent(True), name)
    set_math(trigger, condition, name)
    for variable, value in becomes.items():
        assignment = made.createEventAssignment()
        done(assignment.setVariable(variable), name)
        set_math(assignment, value, name)
