"""Bytes and seconds as people read them."""


def in_bytes(number: float) -> str:
    """Write a number of bytes.

    Parameters
    ----------
    number : float

    Returns
    -------
    str

    Examples
    --------
    >>> in_bytes(1.4e9), in_bytes(20), in_bytes(8e18)
    ('1.4 GB', '20 B', '8 EB')
    """
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000.0
    return f"{number:.3g} EB"


def in_time(seconds: float) -> str:
    """Write a span of time.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str

    Examples
    --------
    >>> in_time(5), in_time(600), in_time(7.2e4), in_time(2e7)
    ('5 s', '10 min', '20 h', '231 d')
    """
    for unit, size, most in (("s", 1.0, 90.0), ("min", 60.0, 5400.0), ("h", 3600.0, 172800.0)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400.0:,.0f} d"
