"""What a sweep keeps of every point: windows, their summaries, and extremes and integrals of states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.evaluated import fear
from plasticity.solver.ensemble import Ensemble
from plasticity.solver.excursions import AREA, END, LOWEST, START, TIME_OF_LOWEST
from plasticity.sweeps.planning.setting import Setting
from plasticity.sweeps.work import Variable
from plasticity.window import HOURS_PER_DAY, PER_WINDOW, SUMMARIES

Floats = NDArray[np.float64]
MOST_WINDOWS = 8
"""How many windows of a point are kept one by one; summaries count all of them."""
FOLLOWED = {
    "_time_of_peak": "Time of the largest value",
    "_peak": "Largest value",
    "_time_of_lowest": "Time of the smallest value",
    "_lowest": "Smallest value",
    "_auc": "Integral over the run",
    "_end": "Value at the end",
}
"""What can be kept of a state, by the ending of its name, and its label."""
ACUTE = ("acute_maximum", "time_of_maximum", "effect_duration", "acute_effect")


@dataclass(frozen=True)
class Quantity:
    """A state, or the concentration in plasma, as one setting knows it.

    Attributes
    ----------
    state : int
        Its number.
    divisor : str or None
        Name of the parameter by which the state is divided: a volume.
    unit, label : str
    safety : int or None
        Number of the safe trace, where the quantity is the fear that it and the engram express.

    Examples
    --------
    >>> Quantity(3, None, "1", "LTP threshold").divisor is None
    True
    """

    state: int
    divisor: str | None
    unit: str
    label: str
    safety: int | None = None


def quantity_of(name: str, setting: Setting) -> Quantity | None:
    """Find a state or ``<compound>_plasma`` by its public name; ``plasma``, ``effect`` are of the treated compound.

    Parameters
    ----------
    name : str
    setting : Setting

    Returns
    -------
    Quantity or None

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> quantity_of("lsd_plasma", Setting(Protocol().dose("lsd", "100 ug"))).divisor
    'lsd.volume_central'
    """
    for i, (key, state) in enumerate(setting.assembly.states.items()):
        compound, dot, own = key.rpartition(".")
        treated = bool(dot) and compound == setting.treated
        label = f"{state.label}, {compound}" if dot and not (treated and name == own) else state.label
        if name == key.replace(".", "_") or (treated and name == own):
            return Quantity(i, None, state.unit, label)
        if own == "central" and (name == f"{compound}_plasma" or (treated and name == "plasma")):
            plasma = "Concentration in plasma" if name == "plasma" else f"Concentration in plasma, {compound}"
            return Quantity(i, f"{compound}.volume_central", "nM", plasma)
        if own == "metabolite" and (
            name == f"{compound}_metabolite_plasma" or (treated and name == "metabolite_plasma")
        ):
            plasma = f"Concentration of the metabolite in plasma, {compound}"
            return Quantity(i, f"{compound}.metabolite_volume", "nM", plasma)
    return None


def kept_quantity(name: str, ending: str, setting: Setting) -> Quantity | None:
    """Find what a summary is of: a state, a concentration in plasma, or, at the end, the fear expressed.

    Parameters
    ----------
    name, ending : str
    setting : Setting

    Returns
    -------
    Quantity or None

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> kept_quantity("fear", "_end", Setting(Protocol(), {"modules": ["memory"]})).label
    'Expressed fear'
    """
    states = list(setting.assembly.states)
    if name == "fear" and ending == "_end" and "memory_safety" in states:
        return Quantity(
            states.index("memory_engram"), None, "1", "Expressed fear", safety=states.index("memory_safety")
        )
    return quantity_of(name, setting)


@dataclass(frozen=True)
class Kept:
    """One thing to keep.

    Attributes
    ----------
    name : str
    ending : str
        A key of `FOLLOWED`; empty for what is known of the windows.
    of : str
        Name of the quantity.
    unit, label : str
    per_window : bool

    Examples
    --------
    >>> Kept("theta_peak", "_peak", "theta", "1", "Largest value: LTP threshold", False).of
    'theta'
    """

    name: str
    ending: str
    of: str
    unit: str
    label: str
    per_window: bool

    def variable(self, dims: tuple[str, ...]) -> Variable:
        """Declare it over the dimensions of a sweep."""
        told = {"long_name": self.label, "source": "simulated"} | ({"units": self.unit} if self.unit else {})
        return Variable((*dims, "window") if self.per_window else dims, "float64", np.nan, told)


def kept(names: Sequence[str], settings: Sequence[Setting]) -> tuple[Kept, ...]:
    """Read what is to be kept.

    Parameters
    ----------
    names : sequence of str
        Of `plasticity.window.SUMMARIES` and `PER_WINDOW`, or a state with an ending of `FOLLOWED`.
    settings : sequence of Setting
        All must have the states.

    Returns
    -------
    tuple of Kept

    Raises
    ------
    InputError
        If a name is unknown or stands twice, or is one that a sweep cannot compute.

    Examples
    --------
    >>> from plasticity.protocol import Protocol
    >>> kept(["total_open_time", "theta_auc"], [Setting(Protocol())])[1].unit
    'h'
    """
    if isinstance(names, str) or not names:
        raise InputError(f"keep: {names!r}; allowed: a list of summaries, such as [{', '.join(list(SUMMARIES)[:3])}]")
    found: list[Kept] = []
    for name in names:
        if name in (one.name for one in found):
            raise InputError(f"keep: {name!r} stands twice; allowed: each name once")
        found.append(_one(str(name), settings))
    return tuple(found)


def _one(name: str, settings: Sequence[Setting]) -> Kept:
    if name in SUMMARIES:
        return Kept(name, "", "", *SUMMARIES[name], per_window=False)
    if name in PER_WINDOW:
        return Kept(name, "", "", *PER_WINDOW[name], per_window=True)
    for ending, label in FOLLOWED.items():
        of = name.removesuffix(ending)
        if of == name:
            continue
        seen = [kept_quantity(of, ending, one) for one in settings]
        first = seen[0]
        if first is None:
            break
        for one, quantity in zip(settings, seen, strict=True):
            if quantity is None:
                raise InputError(
                    f"keep: {name}: {one.protocol.title} has no state {of}; allowed: states of every point"
                )
        unit = "h" if ending.startswith("_time") else f"{first.unit} h" if ending == "_auc" else first.unit
        unit = unit.removeprefix("1 ")  # the integral of a pure number is in hours
        return Kept(name, ending, of, unit, f"{label}: {first.label}", per_window=False)
    if name.startswith(ACUTE):
        told = "the acute effect is a signal, and sweeps follow states; simulate() gives it for single points"
        raise InputError(f"keep: {name}: {told}; allowed: effect_peak, effect_time_of_peak (concentration at the site "
                         "of effect), <compound>_plasma_peak, summaries of windows")  # fmt: skip
    states = [key.replace(".", "_") for key in settings[0].assembly.states]
    plasma = [f"{compound.name}_plasma" for compound in settings[0].assembly.compounds]
    endings = [f"{state}{ending}" for state in [*states, *plasma] for ending in FOLLOWED]
    told = str(unknown_name("summary", name, [*SUMMARIES, *PER_WINDOW, *endings])).partition(" allowed:")[0]
    raise InputError(f"keep: {told} allowed: {', '.join(SUMMARIES)}; per window {', '.join(PER_WINDOW)}; "
                     f"of any state {', '.join(f'<state>{ending}' for ending in FOLLOWED)}")  # fmt: skip


def followed(one: Kept, quantity: Quantity, place: int, found: Ensemble, values: Mapping[str, Any]) -> Floats:
    """What is kept of one state, for all members.

    Parameters
    ----------
    one : Kept
    quantity : Quantity
    place : int
        Of its state among those that the solver followed.
    found : Ensemble
    values : mapping of str to float or ndarray, shape (n,)
        Every number in force.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> one, none, most = np.full((1, 1), np.nan), np.zeros(1, np.int64), np.array([[[8.0, 2.0]]])
    >>> run = Ensemble(one, one, none, none, none, none, none, one[None], one, most, most, np.ones((1, 1)))
    >>> peak = Kept("lsd_plasma_peak", "_peak", "lsd_plasma", "nM", "", False)
    >>> followed(peak, Quantity(1, "lsd.volume_central", "nM", ""), 0, run, {"lsd.volume_central": 4.0}).tolist()
    [2.0]
    """
    if one.ending == "_end":
        kept = found.final[:, quantity.state]
        if quantity.safety is not None:
            return fear(kept, found.final[:, quantity.safety], values)
        return np.asarray(kept if quantity.divisor is None else kept / values[quantity.divisor])
    table = found.highest if one.ending.endswith("_peak") else found.lowest
    if one.ending.startswith("_time"):
        return np.asarray(table[:, place, 1])
    kept = found.integral[:, place] if one.ending == "_auc" else table[:, place, 0]
    return np.asarray(kept if quantity.divisor is None else kept / values[quantity.divisor])


def windows(found: Ensemble, values: Mapping[str, Any]) -> dict[str, Floats]:
    """Everything known of the windows of all members, from the excursions that the solver located.

    Parameters
    ----------
    found : Ensemble
        With all its excursions, of the threshold below its levels.
    values : mapping of str to float or ndarray, shape (n,)
        Every number in force.

    Returns
    -------
    dict of str to ndarray
        `SUMMARIES`, shape (n,), and `PER_WINDOW`, shape (n, most); NaN where there is none.

    Examples
    --------
    >>> one, none = np.full((1, 1), np.nan), np.zeros(1, np.int64)
    >>> dip = np.array([[[24.0, 72.0, 1.04, 48.0, 3.12]]])
    >>> end, least = np.array([96.0]), np.array([[1.04, 48.0]])
    >>> run = Ensemble(one, one, none, none, none, end, none + 1, dip, least, *[one] * 3)
    >>> table = windows(run, {"theta_rest": 1.3, "window_open_ratio": 0.9})
    >>> table["total_open_time"].tolist(), table["total_area"].round(3).tolist(), table["margin"].round(3).tolist()
    ([48.0], [0.1], [-0.1])
    """
    rest = values["theta_rest"] * np.ones(len(found.count))
    opening = values["window_open_ratio"] * rest
    there = np.arange(found.excursions.shape[1]) < found.count[:, None]
    table = np.where(there[..., None], found.excursions, np.nan)
    t_open, t_close = table[..., START], table[..., END]
    duration = np.where(np.isnan(t_close), found.reached[:, None], t_close) - t_open
    area = table[..., AREA] / rest[:, None] / HOURS_PER_DAY
    left, right = np.where(there, t_open == 0.0, np.nan), np.where(there, np.isnan(t_close), np.nan)
    last = np.maximum(found.count - 1, 0)
    row = np.arange(len(last))
    some = found.excursions.shape[1] > 0
    return {
        "t_open": t_open,
        "t_close": t_close,
        "duration": duration,
        "peak_depth": 1.0 - table[..., LOWEST] / rest[:, None],
        "time_of_peak": table[..., TIME_OF_LOWEST],
        "area": area,
        "censored_left": left,
        "censored_right": right,
        "number_of_windows": found.count.astype(float),
        "total_open_time": np.nansum(duration, axis=1),
        "total_area": np.nansum(area, axis=1),
        "first_open": t_open[:, 0] if some else np.full(len(last), np.nan),
        "last_close": t_close[row, last] if some else np.full(len(last), np.nan),
        "censored": (np.nansum(left + right, axis=1) > 0.0).astype(float),
        "max_depth": 1.0 - found.least[:, 0] / rest,
        "margin": (found.least[:, 0] - opening) / rest,
    }
