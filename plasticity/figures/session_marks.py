"""Which sessions a dataset records, and how each kind is drawn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from plasticity.figures.pens import GREY
from plasticity.figures.reading import HOURS_PER_DAY
from plasticity.figures.records import attribute

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

INKS: Mapping[str, tuple[str, str]] = {
    "preparation": ("#56B4E9", "P"),
    "dosing": ("#CC79A7", "D"),
    "integration": ("#009E73", "I"),
    "reminder": ("#E69F00", "R"),
    "extinction": ("#0072B2", "E"),
    "pairing": ("#D55E00", "+"),
    "protein_synthesis_block": ("#999999", "B"),
}
"""Colour and letter of each kind of session; the letter tells them apart without colour."""


def sessions(ds: "xarray.Dataset") -> list[tuple[str, float, float]]:
    """List the sessions that a dataset records.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.

    Returns
    -------
    list of tuple
        Kind, start [h] and end [h]; of those that all runs share.

    Examples
    --------
    >>> import xarray
    >>> recorded = '{"sessions": [{"kind": "dosing", "start": "0 h", "end": "6 h"}]}'
    >>> sessions(xarray.Dataset(attrs={"protocol": recorded}))
    [('dosing', 0.0, 6.0)]
    """
    from plasticity.units import quantity

    protocol = attribute(ds, "protocol")
    listed = protocol.get("sessions", []) if isinstance(protocol, dict) else []
    if listed and isinstance(listed[0], list):
        listed = [one for one in listed[0] if all(one in other for other in listed)]
    return [
        (str(one["kind"]), quantity(one["start"], "h", "start"), quantity(one["end"], "h", "end")) for one in listed
    ]


def draw_sessions(axes: "Axes", held: list[tuple[str, float, float]], end: float) -> None:
    """Draw each session as a bar as wide as it lasts, at least a line, with the letter of its kind above.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its time is in days.
    held : list of tuple
        From `sessions`.
    end : float
        Later ones are left out [h].

    Examples
    --------
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> draw_sessions(axes, [("dosing", 0.0, 6.0)], 24.0)
    >>> axes.texts[0].get_text()
    'D'
    """
    across: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    for kind, start, stop in held:
        if start > end:
            continue
        colour, sign = INKS.get(kind, (GREY, "?"))
        first, last = start / HOURS_PER_DAY, min(stop, end) / HOURS_PER_DAY
        axes.fill([first, last, last, first], [0.0, 0.0, 0.84, 0.84], color=colour, linewidth=0.9, alpha=0.75, **across)
        axes.text((first + last) / 2.0, 0.86, sign, color=colour, ha="center", va="bottom", size=6, **across)


def session_entries(held: list[tuple[str, float, float]]) -> list[Any]:
    """Make the handles that say which colour and letter is which kind of session.

    Parameters
    ----------
    held : list of tuple
        From `sessions`.

    Returns
    -------
    list of matplotlib.patches.Patch

    Examples
    --------
    >>> [entry.get_label() for entry in session_entries([("dosing", 0.0, 6.0)])]
    ['D  dosing']
    """
    from matplotlib.patches import Patch

    kinds = [kind for kind in INKS if kind in {one for one, _, _ in held}]
    return [Patch(color=INKS[kind][0], label=f"{INKS[kind][1]}  {kind.replace('_', ' ')}") for kind in kinds]
