"""Sessions of a protocol: what each drives, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plasticity.dosing import held_value, positive, spans, starts
from plasticity.errors import InputError, unknown_name
from plasticity.session_kinds import KINDS
from plasticity.timeline import InputRecord
from plasticity.units import written

Given = str | float


@dataclass(frozen=True)
class Session:
    """One session: input channels held at values for a while.

    Attributes
    ----------
    kind : str
        One of `plasticity.session_kinds.KINDS`.
    start, end : float
        When it lasts [h].
    held : tuple of tuple
        Channel and value [1] of every input that it drives.
    name : str or None
        What a sweep calls it; its kind if not given.
    over : float or None
        Its length as it was given [h], where it was.

    Examples
    --------
    >>> session = Session("reminder", 24.0, 24.01, (("cue", 1.0), ("outcome", 0.0)))
    >>> [record.channel for record in session.inputs()]
    ['cue', 'outcome']
    """

    kind: str
    start: float
    end: float
    held: tuple[tuple[str, float], ...]
    name: str | None = None
    over: float | None = None

    @property
    def label(self) -> str:
        """Its name, or its kind."""
        return self.name or self.kind

    @property
    def length(self) -> float:
        """How long it lasts [h]."""
        return self.end - self.start if self.over is None else self.over

    def inputs(self) -> tuple[InputRecord, ...]:
        """The input records that this session stands for."""
        return tuple(InputRecord(channel, self.start, self.end, value) for channel, value in self.held)

    def plain(self) -> dict[str, str | float]:
        """The session as plain data with canonical units."""
        named = {} if self.name is None else {"name": self.name}
        times = {"start": written(self.start, "h"), "end": written(self.end, "h")}
        return {"kind": self.kind, **named, **times, **dict(self.held)}


def row(
    kind: str,
    start: Given,
    end: Given | None,
    over: Given | None,
    every: Given | None,
    times: Any,
    held: Mapping[str, Given],
    name: str | None = None,
) -> list[Session]:
    """Make a session, or a row of equal sessions.

    Parameters
    ----------
    kind : str
        One of `plasticity.session_kinds.KINDS`.
    start, end : str or float
        Of the first; a number is in h.
    over : str, float or None
        Its length, in place of `end`.
    every, times
        As in `plasticity.dosing.starts`.
    held : mapping
        Values in place of those of the kind, by channel.
    name : str or None
        What a sweep calls them.

    Returns
    -------
    list of Session

    Raises
    ------
    InputError
        When kind or channel is unknown, a value is out of bounds, or it has no length.

    Examples
    --------
    >>> [session.end for session in row("extinction", "1 d", None, "30 min", "1 d", 2, {})]
    [24.5, 48.5]
    """
    if kind not in KINDS:
        raise unknown_name("session", str(kind), KINDS)
    what, usual = f"{kind} session", KINDS[kind].holds
    for channel in held:
        if channel not in usual:
            raise unknown_name(f"channel of a {what}", str(channel), usual)
    if (end is None) == (over is None):
        told = "no end" if end is None else f"both end {end!r} and over {over!r}"
        raise InputError(f"{what} at {start!r}: {told}; allowed: end=, or its length over=")
    values = tuple((channel, held_value(channel, held.get(channel, usual[channel]))) for channel in usual)
    if over is None:
        assert end is not None
        return [Session(kind, *span, values, name) for span in spans(start, end, every, times, what)]
    length = positive(over, "h", f"{what}, over")
    return [Session(kind, begin, begin + length, values, name, length) for begin in starts(start, every, times, what)]
