"""Time axes with ticks as clocks and calendars have them."""

from typing import TYPE_CHECKING

from plasticity.figures.reading import HOURS_PER_DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def hour_axis(axes: "Axes", hours: float) -> None:
    """Let a time axis run from 0 to `hours` with ticks at whole, clock-like steps.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    hours : float
        End of the axis [h].

    Examples
    --------
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> hour_axis(axes, 48.0)
    >>> [float(tick) for tick in axes.get_xticks()][:4]
    [0.0, 6.0, 12.0, 18.0]
    """
    _clock_ticks(axes, hours, (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0))


def day_axis(axes: "Axes", hours: float) -> None:
    """Let a time axis in days run from 0 to `hours` with ticks at whole weeks where it is long.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    hours : float
        End of the axis [h].

    Examples
    --------
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> day_axis(axes, 840.0)
    >>> [float(tick) for tick in axes.get_xticks()]
    [0.0, 7.0, 14.0, 21.0, 28.0, 35.0]
    """
    _clock_ticks(axes, hours / HOURS_PER_DAY, (0.25, 0.5, 1.0, 2.0, 7.0, 14.0, 28.0, 91.0))


def _clock_ticks(axes: "Axes", end: float, steps: tuple[float, ...]) -> None:
    step = next((step for step in steps if end / step <= 9.0), end / 6.0)
    axes.set_xticks([step * count for count in range(int(end / step + 0.01) + 1)])
    axes.set_xlim(0.0, end)
