"""One colour, dash and printed name per compound, the same in every figure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

GREY, PALE = "#6b6b6b", "#d9d9d9"


@dataclass(frozen=True)
class Pen:
    """How one compound is drawn.

    Attributes
    ----------
    colour : str
        Of the palette of Okabe and Ito, told apart with every common colour vision.
    dashes : str or tuple
        So that lines are told apart without colour too.
    name : str

    Examples
    --------
    >>> pen("lsd").name
    'LSD'
    """

    colour: str
    dashes: Any
    name: str


PENS = {
    "ketamine": Pen("#0072B2", (0, (1, 1)), "Ketamine"),
    "psilocybin": Pen("#009E73", "-", "Psilocybin"),
    "mdma": Pen("#CC79A7", (0, (4, 1.3)), "MDMA"),
    "lsd": Pen("#E69F00", (0, (5, 1.2, 1.2, 1.2)), "LSD"),
    "ibogaine": Pen("#000000", (0, (7, 1.5)), "Ibogaine"),
    "mescaline": Pen("#D55E00", "-", "Mescaline"),
    "dmt": Pen("#56B4E9", "-", "DMT"),
    "dmt_maoi": Pen("#56B4E9", (0, (4, 1.3)), "DMT with MAO inhibitor"),
    "ketanserin": Pen("#999999", (0, (4, 1.3)), "Ketanserin"),
    "tabernanthalog": Pen("#D55E00", (0, (4, 1.3)), "Tabernanthalog"),
}
SPARE = ("#D55E00", "#56B4E9", "#999999", "#B2A100")
SCENARIOS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""One for each scenario that is compared, whatever its compounds."""
LIGHTER = 0.35
"""Share of white added for each further treatment with the same compound."""


def pen(label: str, index: int = 0) -> Pen:
    """Choose colour, dashes and printed name of a compound or treatment.

    Parameters
    ----------
    label : str
        Name of a compound, or a text that starts with one (``"lsd 100 ug"``), which then keeps its colour.
    index : int
        Picks a colour for a name that has none.

    Returns
    -------
    Pen

    Examples
    --------
    >>> pen("psilocybin 25 mg").colour == pen("psilocybin").colour
    True
    """
    first, _, rest = label.partition(" ")
    known = PENS.get(first.lower())
    if known is None:
        return Pen(SPARE[index % len(SPARE)], "-", label[:1].upper() + label[1:])
    return Pen(known.colour, known.dashes, f"{known.name} {rest}".strip())


def pens(labels: Iterable[object]) -> list[Pen]:
    """Choose the pens of all lines of a panel; further treatments with one compound are drawn paler.

    Parameters
    ----------
    labels : iterable
        As for `pen`.

    Returns
    -------
    list of Pen

    Examples
    --------
    >>> [ink.colour for ink in pens(["lsd 100 ug", "lsd 200 ug"])]
    ['#e69f00', '#efc159']
    """
    from matplotlib.colors import to_hex, to_rgb

    chosen = []
    seen: Counter[tuple[str, str]] = Counter()
    for index, label in enumerate(labels):
        ink = pen(str(label), index)
        white = 1.0 - (1.0 - LIGHTER) ** seen[ink.colour, str(ink.dashes)]
        seen[ink.colour, str(ink.dashes)] += 1
        red, green, blue = (part + white * (1.0 - part) for part in to_rgb(ink.colour))
        chosen.append(replace(ink, colour=to_hex((red, green, blue))))
    return chosen


def scenario_colours(count: int) -> list[str]:
    """Choose a colour for each scenario that is compared.

    Parameters
    ----------
    count : int

    Returns
    -------
    list of str
        Of the palette of Okabe and Ito; of a sequence from dark to light where there are more than it has.

    Examples
    --------
    >>> scenario_colours(2), len(set(scenario_colours(20)))
    (['#0072B2', '#D55E00'], 20)
    """
    if count <= len(SCENARIOS):
        return list(SCENARIOS[:count])
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["viridis"](0.95 * place / (count - 1))) for place in range(count)]


def spoken(label: str) -> str:
    """Give the name of a compound as it stands within a sentence.

    Parameters
    ----------
    label : str
        As for `pen`.

    Returns
    -------
    str

    Examples
    --------
    >>> spoken("ketamine"), spoken("lsd")
    ('ketamine', 'LSD')
    """
    name = pen(label).name
    return name[0].lower() + name[1:] if name[1:2].islower() else name
