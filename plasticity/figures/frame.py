"""What every kind of figure has in common: the look, title, disclaimer and caption, and how it refuses a dataset."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError
from plasticity.figures.origin import origin
from plasticity.figures.records import sentences
from plasticity.figures.sheet import finish
from plasticity.figures.style import look

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

COMMON: dict[str, type] = {"title": str, "disclaimer": bool}
"""Options of every kind, and what they take."""
WORDS = {str: "text", bool: "true or false"}


def framed(
    draw: "Callable[..., Figure]",
    caption: "Callable[[xarray.Dataset], Iterable[str]]",
    ds: "xarray.Dataset",
    *,
    title: str = "",
    disclaimer: bool = True,
    **own: Any,
) -> "Figure":
    """Draw a dataset by the two functions of a kind, and put on the figure what all figures have.

    Parameters
    ----------
    draw : callable
        Makes the figure from the dataset, with options of its own as keywords.
    caption : callable
        Says in sentences what it shows of the dataset.
    ds : xarray.Dataset
    title : str
        Printed on top where given.
    disclaimer : bool
        Print what the figure is not.
    **own
        Options of `draw`.

    Returns
    -------
    matplotlib.figure.Figure
        Ready for `plasticity.figures.save`.

    Raises
    ------
    InputError
        If an option is not allowed, or the dataset lacks what is drawn.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> framed(lambda ds: sheet(COLUMN_MM, 60.0), lambda ds: ["An empty sheet."], xarray.Dataset()).get_label()
    'An empty sheet.'
    """
    for name, given in (("title", title), ("disclaimer", disclaimer)):
        if not isinstance(given, COMMON[name]):
            raise InputError(f"{name}: {given!r}; allowed: {WORDS[COMMON[name]]}")
    if not hasattr(ds, "data_vars"):
        raise InputError(f"a {type(ds).__name__} was given; allowed: an xarray.Dataset")
    with look():
        return finish(draw(ds, **own), told(caption, ds), title, disclaimer)


def told(caption: "Callable[[xarray.Dataset], Iterable[str]]", ds: "xarray.Dataset") -> str:
    """Give the whole caption: what is shown, and what made the numbers.

    Parameters
    ----------
    caption : callable
        Says in sentences what a figure shows of the dataset; empty ones are left out.
    ds : xarray.Dataset

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> told(lambda ds: ["A run."], xarray.Dataset(attrs={"species": "human"}))
    'A run. Exposure: human.'
    """
    return sentences([*caption(ds), origin(ds)])
