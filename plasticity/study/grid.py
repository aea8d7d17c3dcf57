"""Output times of a study."""

from typing import TYPE_CHECKING

from plasticity.config import Node
from plasticity.study.sections import Settings, SpacingSection
from plasticity.units import quantity

if TYPE_CHECKING:
    import numpy

MOST = 2_000_000
"""More times than this in one run are refused: a dataset of them would not fit into memory."""


def output_times(settings: Settings, tree: Node) -> "numpy.ndarray":
    """Give the times of every run; without a section `times`, every hour.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.

    Returns
    -------
    numpy.ndarray, shape (times,)
        Ascending times [h]; even times always end with the end of the protocol.

    Raises
    ------
    ConfigError
        If listed times are not ascending or later than the end, or there are too many.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {duration: 5 h}, times: {every: 2 h, dense_until: 1 h, dense_every: 30 min}}")
    >>> output_times(validated(tree), tree).tolist()
    [0.0, 0.5, 1.0, 2.0, 4.0, 5.0]
    """
    import numpy

    end = quantity(settings.protocol.duration, "h", "duration")
    given = SpacingSection(every="1 h") if settings.times is None else settings.times
    if isinstance(given, list):
        return numpy.array(_listed(given, end, tree))
    node = tree.find(("times",))
    every = quantity(given.every, "h", "every")
    until, dense = 0.0, every
    if given.dense_until is not None and given.dense_every is not None:
        until = min(quantity(given.dense_until, "h", "dense_until"), end)
        dense = quantity(given.dense_every, "h", "dense_every")
    if until / dense + (end - until) / every > MOST:
        raise node.error(f"{until / dense + (end - until) / every:.3g} times", f"at most {MOST:,}")
    fine = dense * numpy.arange(numpy.ceil(until / dense - 1e-9))
    coarse = every * numpy.arange(numpy.floor(end / every + 1e-9) + 1.0)
    # rounding to a millionth of a second makes 3 * 0.1 h the same time as 0.3 h
    times = numpy.round(numpy.concatenate([fine, [until], coarse[coarse > until + 1e-9]]), 10)
    return numpy.append(times[times < end - 1e-9], end)


def times_within(times: "numpy.ndarray", duration: float) -> "numpy.ndarray":
    """Give the output times of a run that may be shorter than its study.

    Parameters
    ----------
    times : ndarray, shape (times,)
        Of the study [h].
    duration : float
        Of the run [h].

    Returns
    -------
    ndarray
        The times up to the end of the run, and that end where any time lies beyond it.

    Examples
    --------
    >>> import numpy
    >>> times_within(numpy.array([0.0, 2.0, 4.0]), 3.0).tolist()
    [0.0, 2.0, 3.0]
    """
    import numpy

    return times if times[-1] <= duration else numpy.append(times[times < duration], duration)


def _listed(given: list[str], end: float, tree: Node) -> list[float]:
    times: list[float] = []
    for index, text in enumerate(given):
        time, node = quantity(text, "h", "time"), tree.find(("times", index))
        if times and time <= times[-1]:
            raise node.error(f"{text!r} does not come after {given[index - 1]!r}", "ascending times")
        if time > end:
            raise node.error(f"{text!r} is later than the end of the protocol", f"0 h to {end:g} h")
        times.append(time)
    if not times:
        raise tree.find(("times",)).error("an empty list", "one time or more")
    return times
