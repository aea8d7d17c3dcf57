"""The one error that bad input raises, and the nearest-name hint that it carries."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Bad input, told in one line: what was given, where, and what is allowed.

    Examples
    --------
    >>> raise InputError("dose of psilocybin: -5 mg is negative; allowed: 0 mg or more")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: dose of psilocybin: -5 mg is negative; allowed: 0 mg or more
    """


def unknown_name(kind: str, given: str, allowed: Iterable[str]) -> InputError:
    """Build the error for a name that nobody declared, nearest names first.

    Parameters
    ----------
    kind : str
        What was looked up, for example ``"compound"``.
    given : str
        The name that was given.
    allowed : iterable of str
        All names that would have been accepted.

    Returns
    -------
    InputError
        To be raised by the caller.

    Examples
    --------
    >>> str(unknown_name("compound", "psilocibin", ["lsd", "psilocybin"]))
    "unknown compound 'psilocibin'; did you mean 'psilocybin'? allowed: lsd, psilocybin"
    """
    names = sorted(allowed)
    near = get_close_matches(given, names, n=3, cutoff=0.6)
    hint = f" did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    shown = names if len(names) <= 16 else [*names[:16], f"... ({len(names)} in all)"]
    return InputError(f"unknown {kind} {given!r};{hint} allowed: {', '.join(shown)}")
