"""Which sessions may not happen at the same time."""

from collections.abc import Sequence

from plasticity.errors import InputError
from plasticity.sessions import Session


def refuse_overlap(sessions: Sequence[Session]) -> None:
    """Refuse sessions that drive a common channel at the same time; end to end is no overlap.

    Parameters
    ----------
    sessions : sequence of Session
        In any order of time.

    Raises
    ------
    InputError
        Naming the first two.

    Examples
    --------
    >>> from plasticity.sessions import row
    >>> talk = row("dosing", "0 h", "6 h", None, None, 1, {}) + row("integration", "5 h", "7 h", None, None, 1, {})
    >>> refuse_overlap(talk)
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: dosing session 0 to 6 h and integration session 5 to 7 h overlap; allowed: one ...
    """
    running: dict[str, Session] = {}
    for session in sorted(sessions, key=lambda one: (one.start, one.end)):
        for channel, _ in session.held:
            before = running.get(channel)
            if before is not None and session.start < before.end:
                both = f"{_said(before)} and {_said(session)} overlap"
                raise InputError(f"{both}; allowed: one session at a time that drives {channel!r}")
            running[channel] = session


def _said(session: Session) -> str:
    return f"{session.kind} session {session.start:.6g} to {session.end:.6g} h"
