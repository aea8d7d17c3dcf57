"""What the model is asked about, written in one line: ``ketanserin 40 mg; lsd 100 ug at 1 h``."""

import re
from typing import Any

from plasticity.errors import InputError
from plasticity.protocol import Protocol

DOSE = re.compile(
    r"(?P<compound>[a-z]\w*) (?P<amount>[0-9.]+ [\w/]+)"
    r"(?: (?P<form>(?!over\b|at\b)[a-z]+))?(?: over (?P<over>[0-9.]+ \w+))?(?: at (?P<at>[0-9.]+ \w+))?"
)


def asked(text: str, duration: str | float) -> Protocol:
    """Read a protocol from one line.

    Parameters
    ----------
    text : str
        Doses separated by semicolons, each ``compound amount [form] [over time] [at time]``, by the usual route; of
        humans, unless ``mouse:`` stands before them.
    duration : str or float
        Of the protocol, text with a unit or a number [h].

    Returns
    -------
    Protocol

    Raises
    ------
    InputError
        If a part is no dose, or the compound, form or unit is unknown.

    Examples
    --------
    >>> [dose.compound for dose in asked("ketanserin 40 mg; lsd 100 ug at 1 h", "2 d").doses]
    ['ketanserin', 'lsd']
    >>> asked("mouse: lsd 1 ug/kg", "2 d").species
    'mouse'
    """
    species, colon, doses = text.partition(": ")
    protocol = Protocol(duration=duration, species=species if colon else "human")
    for part in (doses if colon else text).split(";"):
        found = DOSE.fullmatch(part.strip())
        if found is None:
            raise InputError(f"doses: {part.strip()!r}; allowed: compound amount [form] [over time] [at time]")
        given: dict[str, Any] = {name: value for name, value in found.groupdict().items() if value is not None}
        protocol = protocol.dose(given.pop("compound"), given.pop("amount"), **given)
    return protocol
