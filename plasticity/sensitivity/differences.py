"""Derivatives of what a run gives with respect to its numbers, by differences, and how exact each of them is."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.sweeps.analysis import LOWER_BOUNDS
from plasticity.sweeps.asking import planned
from plasticity.sweeps.execution.computing import collect
from plasticity.sweeps.planning.knobs import DOSE_UNITS, Knob, chosen, knob
from plasticity.sweeps.planning.setting import Setting
from plasticity.units import quantity_among
from plasticity.values import Given
from plasticity.window import SUMMARIES

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
STEPS = (0.08, 0.04, 0.02, 0.01, 0.005, 0.0025)
"""Steps that are tried, as shares of the number (of its plausible range where it is zero)."""
LOOSER = 10.0
"""Everything is run again with a tolerance so many times larger, which shows the solver's part of the error."""
TIGHTEST, LOOSEST = 1e-12, 1e-4
STATUS = {
    0: "good",
    1: "the windows change in number, or become censored, within every step: no derivative",
    2: "is zero, and no plausible range says how large a step should be",
    3: "every step would leave the physical bounds",
    4: "the quantity is undefined within every step",
}
"""What is wrong with a derivative that is NaN; negative numbers are those of failed points of a sweep."""


@dataclass(frozen=True)
class Ladder:
    """The points at which one number is stepped.

    Attributes
    ----------
    value : float
        The number in force.
    steps : ndarray, shape (steps,)
        Absolute steps, each half of the one before.
    sides : tuple of int
        Multiples of a step: (-1, 1) where both sides are allowed, else (1, 2) or (-1, -2); empty if none is.

    Examples
    --------
    >>> Ladder(2.0, np.array([0.1, 0.05]), (-1, 1)).points().tolist()
    [[1.9, 2.1], [1.95, 2.05]]
    """

    value: float
    steps: Floats
    sides: tuple[int, ...]

    def points(self) -> Floats:
        """Values to run at, of shape (steps, sides)."""
        return np.asarray(self.value + self.steps[:, None] * np.array(self.sides, float))

    def slopes(self, middle: float, values: Floats) -> Floats:
        """Differences of second order at every step, from the quantity at `points`; shape (steps,)."""
        if self.sides == (-1, 1):
            low, high = values[:, 0], values[:, 1]
            return np.asarray((high - low) / (2.0 * self.steps))
        sign = float(self.sides[0])
        return np.asarray(sign * (4.0 * values[:, 0] - 3.0 * middle - values[:, 1]) / (2.0 * self.steps))


@dataclass(frozen=True)
class Runs:
    """One quantity at all runs, the one in the middle first.

    Attributes
    ----------
    tight, loose : ndarray, shape (runs,)
        Computed with the one tolerance and the other.
    status : ndarray of int, shape (runs,)
    alike : ndarray of bool, shape (runs,)
        Whether the windows are those of the middle in number, and censored as they are.

    Examples
    --------
    >>> Runs(np.zeros(3), np.zeros(3), np.zeros(3, np.int8), np.ones(3, bool)).tight.size
    3
    """

    tight: Floats
    loose: Floats
    status: NDArray[np.int8]
    alike: NDArray[np.bool_]


def extrapolated(coarse: Floats, fine: Floats) -> Floats:
    """Take the leading error out of differences of second order at a step and at half of it.

    Parameters
    ----------
    coarse, fine : ndarray
        Differences at the step, and at its half.

    Returns
    -------
    ndarray
        ``(4 fine - coarse) / 3`` (Richardson 1911, doi:10.1098/rsta.1911.0009): its error is of fourth order in the
        step for central differences, of third for one-sided ones.

    Examples
    --------
    >>> h = np.array([0.1, 0.05])
    >>> central = (np.exp(h) - np.exp(-h)) / (2.0 * h)
    >>> bool(abs(extrapolated(central[:1], central[1:])[0] - 1.0) < 1e-6)
    True
    """
    return np.asarray((4.0 * fine - coarse) / 3.0)


def local_derivatives(
    protocol: Protocol,
    of: str | Sequence[str] = "total_open_time",
    by: Sequence[str] | None = None,
    *,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
    rtol: float = 1e-9,
    censored: str = "refuse",
    threads: int | None = None,
) -> "xarray.Dataset":
    """Differentiate what a run gives with respect to its numbers.

    Central differences at six steps (8 % of a number down to 0.25 %), extrapolated in pairs after Richardson; one-sided
    ones at a physical bound. Everything is run at `rtol` and at ten times `rtol`. The error of a pair is what the
    extrapolation changed (an estimate of the truncation, mostly too large) and what the looser tolerance changed; the
    pair with the smallest is taken. All runs of a tolerance go through the ensemble of one sweep.

    Parameters
    ----------
    protocol : Protocol
    of : str or sequence of str
        Quantities that a sweep can keep, one number for each run.
    by : sequence of str, optional
        Names of parameters, or of axes of a sweep such as ``dose`` and ``body_weight``; every parameter in force if not
        given.
    model, parameters, parameter_set
        As in `simulate`.
    rtol : float
        Relative tolerance, 1e-12 to 1e-5.
    censored : {"refuse", "as_is"}
        Whether derivatives are taken where a window is open at the start or at the end.
    threads : int, optional
        Cores to use.

    Returns
    -------
    xarray.Dataset
        Along `factor` (and `quantity` for several): `derivative` [unit of the quantity per unit of the factor] and its
        `error`; `elasticity` (relative change of the quantity per relative change of the factor) and
        `elasticity_error` [1]; `step`, the larger of the chosen pair [unit of the factor]; `factor_value` and `value`
        at which they hold; `status`, 0 or why a derivative is NaN.

    Raises
    ------
    InputError
        If the run itself fails, its windows are censored, or the quantity is undefined; or for a wrong name.

    Notes
    -----
    Steps within which a window opens, vanishes or becomes censored are left out, as a jump has no derivative; `status`
    tells where none is left. A number that is zero is stepped by shares of its plausible range; its elasticity is 0.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol("1 d").dose("psilocybin", "25 mg")
    >>> found = pl.local_derivatives(plan, "psilocybin_plasma_auc", by=["dose"])  # proportional to the dose
    >>> bool(abs(found["elasticity"][0] - 1.0) < 1e-6)
    True
    """
    import xarray

    if not 1e-12 <= rtol <= LOOSEST / LOOSER:
        raise InputError(f"rtol: {rtol!r}; allowed: {TIGHTEST:g} to {LOOSEST / LOOSER:g}")
    if censored not in ("refuse", "as_is"):
        raise InputError(f'censored: {censored!r}; allowed: "refuse" or "as_is"')
    names = [of] if isinstance(of, str) else [str(name) for name in of]
    setting = Setting(protocol, _layers(model or Model()), dict(parameters or {}), parameter_set)
    factors = _factors(by, setting)
    ladders = {name: _ladder(one, setting) for name, one in factors.items()}
    keep = list(dict.fromkeys([*names, "number_of_windows", "censored"]))
    over = {"run": {"zip": _columns(ladders, factors, setting)}}
    chosen_model: dict[str, Any] = {"model": model, "parameters": parameters, "parameter_set": parameter_set}
    tight, loose = (
        collect(planned(protocol, over, keep, rtol=tolerance, **chosen_model), threads=threads)
        for tolerance in (rtol, LOOSER * rtol)
    )
    _check(tight, names, censored)
    parts = [_of(name, tight, loose, ladders, factors, setting) for name in names]
    found = parts[0]
    if not isinstance(of, str):
        each: Any = {"data_vars": ["derivative", "error", "elasticity", "elasticity_error", "step", "status", "value"],
                     "coords": ["quantity_label", "quantity_units"], "compat": "equals"}  # fmt: skip
        found = xarray.concat(parts, "quantity", join="exact", combine_attrs="drop_conflicts", **each)
    source = "Richardson 1911, doi:10.1098/rsta.1911.0009"
    told = {"method": "differences", "source": source, "rtol": rtol, "warnings": json.dumps(setting.warnings)}
    found.attrs = tight.attrs | told | {"points": tight.sizes["run"]}
    return found


def _layers(model: Model) -> dict[str, Any]:
    return {**model.variants, "modules": model.modules, "folder": model.folder}


def _factors(by: Sequence[str] | None, setting: Setting) -> dict[str, Knob]:
    """Find what is changed: by default every parameter in force."""
    if by is None:
        by = [name for name in setting.assembly.parameters if setting.knows(name)]
    if isinstance(by, str) or not by or len(set(by)) < len(by):
        raise InputError(f"by: {by!r}; allowed: a list of parameters, or of dose, body_weight, ..., each once")
    return {str(name): knob(str(name), [setting]) for name in by}


def _value(one: Knob, setting: Setting) -> tuple[float, str]:
    """The number in force, with the unit in which a sweep reads it."""
    protocol = setting.protocol
    if one.kind == "parameter":
        return setting.numbers[one.name], one.units[0]
    if one.kind == "body_weight":
        return protocol.body_weight, "kg"
    row = chosen(protocol.doses, one)
    if one.kind == "amount":
        return quantity_among(protocol.doses[row[0]].text, DOSE_UNITS, one.name)
    if one.kind == "multiple":
        return 1.0, "1"
    first = protocol.doses[row[0]].at
    return (first if one.kind == "at" else protocol.doses[row[1]].at - first), "h"


def _ladder(one: Knob, setting: Setting) -> Ladder:
    value = _value(one, setting)[0]
    width = abs(value)
    if value == 0.0:
        width = one.range[1] - one.range[0] if one.range else math.nan
    steps = width * np.array(STEPS)
    for sides in ((-1, 1), (1, 2), (-1, -2)):
        found = Ladder(value, steps, sides)
        if all(_allowed(one, float(point), setting) for point in found.points().ravel()):
            return found
    return Ladder(value, steps, ())


def _allowed(one: Knob, value: float, setting: Setting) -> bool:
    if one.kind == "parameter":
        tail = one.name.partition(".")[2]
        return (setting.assembly.declared[tail] if tail else setting.assembly.parameters[one.name]).bound.holds(value)
    return 0.0 <= value < (setting.protocol.duration if one.kind in ("at", "every") else math.inf)


def _columns(ladders: Mapping[str, Ladder], factors: Mapping[str, Knob], setting: Setting) -> dict[str, list[Any]]:
    """All runs as columns of a table: the middle first, then each factor's steps with all others in the middle."""
    rows = np.array([ladder.value for ladder in ladders.values()])
    table = [rows]
    for place, ladder in enumerate(ladders.values()):
        for value in ladder.points().ravel():
            row = rows.copy()
            row[place] = value
            table.append(row)
    units = [_value(one, setting)[1] for one in factors.values()]
    whole = np.array(table)
    return {
        name: [f"{value!r} {unit}" for value in whole[:, i].tolist()]
        if len(factors[name].units) > 1
        else whole[:, i].tolist()
        for i, (name, unit) in enumerate(zip(ladders, units, strict=True))
    }


def _check(ds: "xarray.Dataset", names: Sequence[str], censored: str) -> None:
    """Refuse a run that has no derivatives at all."""
    middle = ds.isel(run=0)
    status = int(middle["status"])
    if status < 0:
        raise InputError(f"the run itself failed ({status}); allowed: a run that reaches its end")
    if censored == "refuse" and float(middle["censored"]) > 0.0 and set(names) & set(LOWER_BOUNDS):
        problem = "a window of the run is censored, so that durations and areas are only lower bounds"
        raise InputError(f'{problem}; allowed: a longer protocol, or censored="as_is"')
    for name in names:
        if middle[name].ndim:
            raise InputError(
                f"{name}: has dimensions {', '.join(map(str, middle[name].dims))}; allowed: one number a run"
            )
        if not np.isfinite(float(middle[name])):
            raise InputError(f"{name}: the run has none; allowed: a quantity that it has, such as max_depth")


def _runs(name: str, tight: "xarray.Dataset", loose: "xarray.Dataset") -> Runs:
    count, late = tight["number_of_windows"].values, tight["censored"].values
    smooth = name not in SUMMARIES or name in ("max_depth", "margin")
    alike = np.full(count.shape, True) if smooth else (count == count[0]) & (late == late[0])
    return Runs(tight[name].values, loose[name].values, tight["status"].values, alike)


def _of(
    name: str, tight: "xarray.Dataset", loose: "xarray.Dataset", ladders: Mapping[str, Ladder],
    factors: Mapping[str, Knob], setting: Setting,
) -> "xarray.Dataset":  # fmt: skip
    """Derivatives of one quantity."""
    import xarray

    value = float(tight[name][0])
    numbers = _runs(name, tight, loose)
    rows: dict[str, list[float]] = {key: [] for key in ("derivative", "error", "step", "status")}
    at = 1
    for ladder in ladders.values():
        runs = slice(at, at + ladder.points().size)
        at = runs.stop
        for key, one in zip(rows, _one(ladder, runs, numbers), strict=True):
            rows[key].append(one)
    middle = np.array([ladder.value for ladder in ladders.values()])
    own, unit = tight[name].attrs, str(tight[name].attrs.get("units", "1"))
    scale = middle / value if value != 0.0 else np.full(len(middle), np.nan)
    slopes, errors = np.array(rows["derivative"]), np.array(rows["error"])
    meaning = "; ".join(f"{code} {text}" for code, text in STATUS.items())

    def labelled(values: Any, long_name: str, **more: str) -> tuple[str, Any, dict[str, str]]:
        return "factor", values, {"long_name": long_name, **more}

    return xarray.Dataset(
        {
            "derivative": labelled(slopes, "Derivative, in the unit of the quantity per unit of the factor"),
            "error": labelled(errors, "Estimated error of the derivative"),
            "elasticity": labelled(slopes * scale, "Relative change per relative change of the factor", units="1"),
            "elasticity_error": labelled(errors * np.abs(scale), "Estimated error of the elasticity", units="1"),
            "step": labelled(rows["step"], "Larger step of the chosen pair, in the unit of the factor"),
            "status": labelled(np.array(rows["status"], int), "Whether there is a derivative", meaning=meaning),
            "value": ((), value, {"units": unit, "long_name": str(own.get("long_name", name))}),
        },
        {
            "factor": labelled(list(ladders), "Factor"),
            "factor_label": labelled([one.label for one in factors.values()], "What the factor is"),
            "factor_units": labelled([_value(one, setting)[1] for one in factors.values()], "Unit of the factor"),
            "factor_value": labelled(middle, "Value of the factor"),
            "quantity": ((), name, {"long_name": "Quantity"}),
            "quantity_label": ((), str(own.get("long_name", name)), {"long_name": "What the quantity is"}),
            "quantity_units": ((), unit, {"long_name": "Unit of the quantity"}),
        },
    )


def _one(ladder: Ladder, runs: slice, numbers: Runs) -> tuple[float, float, float, float]:
    """Derivative, error, step and status for one factor: the pair of steps with the smallest error."""
    none = math.nan, math.nan, math.nan
    if not ladder.sides:
        return *none, float(3 if np.isfinite(ladder.steps[0]) else 2)
    shape = ladder.points().shape
    alike = numbers.alike[runs]
    found, rough = (
        ladder.slopes(float(values[0]), np.where(alike, values[runs], np.nan).reshape(shape))
        for values in (numbers.tight, numbers.loose)
    )
    best, worse = extrapolated(found[:-1], found[1:]), extrapolated(rough[:-1], rough[1:])
    error = np.abs(best - found[1:]) + np.abs(best - worse)
    if np.isnan(error).all():
        failed = numbers.status[runs][numbers.status[runs] < 0]
        return *none, float(failed[0]) if len(failed) else 4.0 if bool(alike.all()) else 1.0
    place = int(np.nanargmin(error))
    return float(best[place]), float(error[place]), float(ladder.steps[place]), 0.0
