"""The one error that bad input raises, and the nearest-name hint that it carries."""

import re
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


def missing_extra(what: str, extra: str) -> InputError:
    """Build the error for something that needs packages which are not installed.

    Parameters
    ----------
    what : str
        What was asked for.
    extra : str
        The extra of this package that brings them.

    Returns
    -------
    InputError
        To be raised by the caller.

    Examples
    --------
    >>> str(missing_extra("scheduler", "dask"))
    "scheduler: needs the extra 'dask'; allowed: pip install 'plasticity[dask]'"
    """
    return InputError(f"{what}: needs the extra {extra!r}; allowed: pip install 'plasticity[{extra}]'")


def extra_needed(error: InputError) -> str | None:
    """Tell which extra an error asks for, also when it was told with a position since.

    Parameters
    ----------
    error : InputError

    Returns
    -------
    str or None
        None where it says something else.

    Examples
    --------
    >>> extra_needed(missing_extra("scheduler", "dask")), extra_needed(InputError("dose: -5 mg is negative"))
    ('dask', None)
    """
    found = re.search(r"needs the extra '(\w+)'", str(error))
    return found[1] if found else None
