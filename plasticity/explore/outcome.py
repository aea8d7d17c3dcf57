"""What a run shows: curves by panel, each with its name and unit, and the numbers of its windows."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity.figures.doses import doses
from plasticity.figures.pens import pen
from plasticity.figures.reading import HOURS_PER_DAY, PRINTED_UNITS
from plasticity.figures.runs import levels, windows

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
CONCENTRATION, THRESHOLD, LEARNING = "Concentration", "LTP threshold", "Learning"
PANELS: dict[str, tuple[str, ...]] = {
    CONCENTRATION: (),
    "Receptor drive": ("r_g", "r_glu"),
    "Acute effect": ("acute_effect",),
    "Calcium": ("calcium",),
    "Signal": ("calcium_signal", "creb_phosphorylated"),
    "BDNF, fold of rest": ("bdnf_mature", "bdnf_mrna", "bdnf_pro"),
    "TrkB signal": ("trkb_signal",),
    "Permissiveness": ("permissiveness",),
    LEARNING: ("belief_prior", "belief_mean", "fear"),
}
"""The stages from dose to window, with the variables that each panel shows; concentrations follow from the doses."""
KINDS = {"effect": "effect site", "plasma": "plasma", "metabolite_effect": "metabolite, effect site"}
"""Concentrations of one compound, by the ending of the variable."""
SHORT = {
    "r_g": "Gq",
    "r_glu": "glutamate",
    "calcium_signal": "decoded calcium",
    "creb_phosphorylated": "pCREB",
    "bdnf_mature": "mature",
    "bdnf_mrna": "mRNA",
    "bdnf_pro": "proBDNF",
    "belief_prior": "prior",
    "belief_mean": "belief",
    "fear": "fear",
}
"""What the keys of small panels call their lines."""
MOST_COMPOUNDS = 2
"""Concentrations of further compounds are not shown."""
DECADES = 4.5
"""Decades of concentration shown below the highest one."""


@dataclass(frozen=True)
class Curve:
    """One line of a panel.

    Attributes
    ----------
    name : str
    unit : str
        As printed; empty for a pure number.
    values : ndarray, shape (times,)
    place : int
        Its place in the panel, the same in every scenario; that of a compound's plasma is after its effect site.

    Examples
    --------
    >>> Curve("Calcium", "µM", np.zeros(2)).unit
    'µM'
    """

    name: str
    unit: str
    values: Floats
    place: int = 0


@dataclass(frozen=True)
class Outcome:
    """A run as it is shown.

    Attributes
    ----------
    time : ndarray, shape (times,)
        [h]
    curves : dict of str to list of Curve
        By panel; a panel without curves is not shown.
    threshold : Curve
        Relative to rest.
    levels : tuple of float
        At which the window opens and closes, relative to rest.
    windows : list of tuple
        Opening and closing time [h], open at the start, open at the end.
    doses : list of tuple
        Time [h] and what was given.
    numbers : dict of str to tuple of str
        Of the windows and the acute effect, by heading: as printed, and in full with its unit.

    Examples
    --------
    >>> Outcome(np.zeros(1), {}, Curve("", "", np.ones(1)), (0.9, 0.92), [], [], {}).windows
    []
    """

    time: Floats
    curves: dict[str, list[Curve]]
    threshold: Curve
    levels: tuple[float, float]
    windows: list[tuple[float, float, bool, bool]]
    doses: list[tuple[float, str]]
    numbers: dict[str, tuple[str, str]]


def outcome(ds: "xarray.Dataset") -> Outcome:
    """Read what is shown off the dataset of one run.

    Parameters
    ----------
    ds : xarray.Dataset
        From `plasticity.simulate`.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> import plasticity as pl
    >>> found = outcome(pl.simulate(pl.Protocol("28 d").dose("psilocybin", "25 mg")))
    >>> [curve.name for curve in found.curves["Concentration"]], found.numbers["Closes"][0]
    (['Psilocybin, effect site', 'Psilocybin, plasma'], '17.5 d')
    """
    curves = {
        panel: [_curve(ds, name, place) for place, name in enumerate(names) if name in ds]
        for panel, names in PANELS.items()
    }
    curves[CONCENTRATION] = _concentrations(ds)
    threshold = Curve("LTP threshold, relative to rest", "", 1.0 - ds["depth"].values)
    shown = {panel: found for panel, found in curves.items() if found}
    given = [dose for treatment in doses(ds) for dose in treatment]
    return Outcome(ds["time"].values, shown, threshold, levels(ds), windows(ds), given, _numbers(ds))


def key(panel: str) -> list[str]:
    """Name the kinds of lines of a panel, in the order of their dashes.

    Parameters
    ----------
    panel : str

    Returns
    -------
    list of str
        Empty where there is one kind only.

    Examples
    --------
    >>> key("Receptor drive"), key("Calcium")
    (['Gq', 'glutamate'], [])
    """
    if panel == CONCENTRATION:
        return ["effect site", "plasma", "metabolite"]
    names = PANELS[panel]
    return [SHORT[name] for name in names] if len(names) > 1 else []


def logarithmic(panel: str) -> bool:
    """Tell whether the values of a panel are drawn on a logarithmic axis.

    Parameters
    ----------
    panel : str

    Returns
    -------
    bool

    Examples
    --------
    >>> logarithmic("Concentration")
    True
    """
    return panel == CONCENTRATION


def _curve(ds: "xarray.Dataset", name: str, place: int) -> Curve:
    told = ds[name].attrs
    unit = str(told.get("units", ""))
    values = np.asarray(ds[name].values, float)
    return Curve(str(told.get("long_name", name)), PRINTED_UNITS.get(unit, unit), values, place)


def _concentrations(ds: "xarray.Dataset") -> list[Curve]:
    found = []
    compounds = [str(name).removesuffix("_plasma") for name in ds.data_vars if str(name).endswith("_plasma")]
    compounds = [name for name in compounds if not name.endswith("_metabolite")][:MOST_COMPOUNDS]
    for first, compound in enumerate(compounds):
        for place, (ending, kind) in enumerate(KINDS.items()):
            if f"{compound}_{ending}" in ds:
                curve = _curve(ds, f"{compound}_{ending}", first * len(KINDS) + place)
                shown = curve.values > np.nanmax(curve.values, initial=0.0) * 10.0**-DECADES
                values = np.where(shown, curve.values, np.nan)
                found.append(replace(curve, name=f"{pen(compound).name}, {kind}", values=values))
    return found


def _numbers(ds: "xarray.Dataset") -> dict[str, tuple[str, str]]:
    def told(name: str, digits: str, unit: str, factor: float = 1.0, none: str = "never") -> tuple[str, str]:
        value = float(ds[name])
        unitless = "" if np.isnan(value) else f" {ds[name].attrs.get('units', '1').removeprefix('1')}".rstrip()
        return (none if np.isnan(value) else f"{value * factor:{digits}} {unit}".strip(), f"{value!r}{unitless}")

    day = 1.0 / HOURS_PER_DAY
    end = "still open at the end" if int(ds["number_of_windows"]) else "never"
    late = "at least " if bool(ds["censored"]) else ""
    total = told("total_open_time", ".2f", "d", day)
    return {
        "Opens": told("first_open", ".2f", "h"),
        "Closes": told("last_close", ".1f", "d", day, end),
        "Open in total": (late + total[0], total[1]),
        "Windows": (str(int(ds["number_of_windows"])), str(int(ds["number_of_windows"]))),
        "Deepest": told("max_depth", ".1f", "%", 100.0),
        "Acute effect, largest": told("acute_maximum", ".0f", "%"),
        "Acute effect lasts": told("effect_duration", ".2f", "h"),
    }
