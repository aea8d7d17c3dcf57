"""Matplotlib's settings for all figures, and saving them: type that survives reduction, the same bytes every time."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# DejaVu Sans comes with Matplotlib, so that a figure has the same letters on every machine.
RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "mathtext.fontset": "dejavusans",
    "axes.labelsize": 7,
    "axes.titlesize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "lines.linewidth": 1.1,
    "lines.dash_capstyle": "butt",
    "figure.titlesize": 8,
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "savefig.dpi": 300,
}


@contextmanager
def look() -> Iterator[None]:
    """Draw inside this with the package's own settings, whatever the user's Matplotlib is set to.

    Examples
    --------
    >>> import matplotlib
    >>> with look():
    ...     matplotlib.rcParams["pdf.fonttype"]
    42
    """
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def save(figure: "Figure", stem: str | Path) -> list[Path]:
    """Write a figure as PDF (TrueType letters) and PNG (300 dpi), the same bytes for the same figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        From a ``draw``; its caption goes into both files' metadata.
    stem : str or pathlib.Path
        Path without the ending; the folder must exist.

    Returns
    -------
    list of pathlib.Path
        The two files.

    Raises
    ------
    OSError
        If they cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from plasticity.figures.sheet import COLUMN_MM, sheet
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save(sheet(COLUMN_MM, 60.0), folder + "/window")]
    ['window.pdf', 'window.png']
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    stem = Path(stem)
    caption = str(figure.get_label())
    pdf, png = (stem.with_name(f"{stem.name}.{ending}") for ending in ("pdf", "png"))
    known: dict[str, Any] = {"Title": stem.name, "Subject": caption, "Creator": "plasticity", "CreationDate": None}
    with look():
        dots = figure.dpi
        FigureCanvasPdf(figure).print_pdf(pdf, metadata=known)  # type: ignore[no-untyped-call]
        figure.dpi = dots  # a page counts 72 to the inch
        FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
            png, metadata={"Title": stem.name, "Description": caption, "Software": "plasticity"}
        )
    return [pdf, png]


def prepare() -> None:
    """Load all that drawing and writing a figure needs, by writing an empty one into memory.

    Examples
    --------
    >>> prepare()
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    with look():
        empty = Figure(layout="constrained")
        empty.subplots().set_xlabel("empty")
        for write in (FigureCanvasPdf(empty).print_pdf, FigureCanvasAgg(empty).print_png):
            write(BytesIO())
