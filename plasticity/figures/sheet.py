"""An empty figure of a journal's width, and what all figures put on it: letters, key, title, disclaimer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plasticity.figures.pens import GREY

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMN_MM = 89.0
"""Width of one journal column [mm]."""
PAGE_MM = 183.0
"""Width of two journal columns [mm]."""
MM_PER_INCH = 25.4
DISCLAIMER = "Simulated plasticity index for research; not treatment or dosing advice"


def sheet(width: float, height: float) -> "Figure":
    """Make an empty figure that keeps its labels apart by itself.

    Parameters
    ----------
    width, height : float
        Size [mm].

    Returns
    -------
    matplotlib.figure.Figure
        Without pyplot, so that nothing is left open.

    Examples
    --------
    >>> float(sheet(COLUMN_MM, 60.0).get_size_inches()[0].round(2))
    3.5
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.025, wspace=0.02, hspace=0.02)
    return Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), dpi=300, layout=layout)


def letter(axes: "Axes", text: str) -> None:
    """Put the bold letter of a panel at its upper left corner.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    text : str
        The letter.

    Examples
    --------
    >>> letter(sheet(COLUMN_MM, 60.0).subplots(), "a")
    """
    axes.annotate(
        text,
        (0.0, 1.0),
        (-8, 3),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="bottom",
        weight="bold",
        size=8,
        annotation_clip=False,
    )


def key(axes: "Axes", handles: "Sequence[Artist]", columns: int) -> None:
    """Turn an empty panel into the key of the figure: what each line and patch is.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    handles : sequence of matplotlib.artist.Artist
        With labels.
    columns : int
        How many stand side by side.

    Examples
    --------
    >>> from matplotlib.lines import Line2D
    >>> axes = sheet(COLUMN_MM, 60.0).subplots()
    >>> key(axes, [Line2D([], [], label="Model")], 1)
    >>> axes.get_legend().get_texts()[0].get_text()
    'Model'
    """
    axes.axis("off")
    axes.legend(handles=handles, loc="center", ncols=columns, borderaxespad=0.0, borderpad=0.0)


def finish(figure: "Figure", caption: str, title: str = "", disclaimer: bool = True) -> "Figure":
    """Add title, disclaimer and the caption that `save` writes into the files, and settle where everything stands.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    caption : str
        Goes into the metadata of the files, not onto the paper.
    title : str
        Printed on top where given.
    disclaimer : bool
        Print the line that says what the figure is not.

    Returns
    -------
    matplotlib.figure.Figure
        The same figure.

    Examples
    --------
    >>> finish(sheet(COLUMN_MM, 60.0), "What is drawn.").get_label()
    'What is drawn.'
    """
    figure.set_label(caption)
    if title:
        figure.suptitle(title)
    if disclaimer:
        figure.supxlabel(DISCLAIMER, x=0.995, ha="right", size=5.5, color=GREY)
    _settle(figure)
    return figure


def _settle(figure: "Figure") -> None:
    """Lay the figure out once for all; left alone, it would move a little with every drawing, and by round-off."""
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        whole, used = (Bbox(axes.get_position(original=kind).get_points().round(6)) for kind in (True, False))
        axes.set_position(whole, which="original")
        axes.set_position(used, which="active")
    for text in figure.texts:
        text.set_position((round(text.get_position()[0], 6), round(text.get_position()[1], 6)))
