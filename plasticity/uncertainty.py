"""Intervals of a run's numbers: over what is uncertain, given the calibrating windows, and over virtual subjects."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity import data
from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.members import Members, together
from plasticity.model import Model
from plasticity.plausible import drawn
from plasticity.population import subjects
from plasticity.preparation import prepared
from plasticity.protocol import Protocol
from plasticity.simulation import acute_signal, scheduled
from plasticity.values import in_force

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
TABLE = "parameter_draws"
"""Draws of all shared numbers, and of those of the calibrating compounds, that give the calibrating windows."""
SPARE = 4
"""So many times more draws are made than wanted, as some describe no physical system."""
QUANTILES = (0.05, 0.5, 0.95)
BANDS = (
    *("calcium", "creb_phosphorylated", "bdnf_mrna", "bdnf_pro", "bdnf_mature", "permissiveness"),
    *("belief_mean", "belief_prior", "memory_engram", "memory_safety"),
)
"""States that get bands beside all that the kernels give; the others are stores and gates that no figure shows."""
SPIKING = "none where calcium oscillates: one run costs as much as all draws of the average"
MEANING = (
    "5, 50 and 95 % of {count} draws: every recalled, assumed or fitted number within what is plausible, those that "
    "all compounds share drawn together so that they give the calibrating windows of ketamine and psilocybin; derived "
    "numbers with a standard error of a tenth; kinetics and body weight as they differ between subjects, where the "
    "compounds say how much"
)


def members(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    count: int = 64,
    seed: int = 0,
) -> tuple[list[Protocol], list[dict[str, float]]]:
    """Draw numbers, and with each a virtual subject.

    Parameters
    ----------
    protocol : Protocol
    model : Model, optional
    parameters : mapping of str to float, optional
        Numbers set by hand, in canonical units; they are not drawn.
    count, seed : int

    Returns
    -------
    protocols : list of Protocol
        Doses per body weight differ with the subject.
    numbers : list of dict
        Every number in force, for each draw.

    Raises
    ------
    InputError
        If the ranges hardly hold a physical system.

    Examples
    --------
    >>> plans, numbers = members(Protocol("2 d").dose("ketamine", "0.5 mg/kg", over="40 min"), count=4)
    >>> len({plan.doses[0].amount for plan in plans}), len({values["brake_tau"] for values in numbers})
    (4, 4)
    """
    assembly = (model or Model()).assemble(protocol.compounds)
    numbers = plausible_numbers(protocol, model, parameters, count, seed)
    varied, _ = subjects(
        {"population": len(numbers), "variability": _silent(assembly)},
        assembly.compounds,
        assembly.defaults(),
        protocol.species,
        seed,
    )
    weights = varied.pop("body_weight")
    typical = assembly.defaults()
    for name, values in varied.items():
        if name not in (parameters or {}):
            for own, value in zip(numbers, values, strict=True):
                own[name] *= float(value) / typical[name]
    return [replace(protocol, body_weight=float(weight)) for weight in weights], numbers


def _silent(assembly: Assembly) -> dict[str, float]:
    """Hold the clearance of compounds of which no variability is known."""
    return {f"{compound.name}.clearance": 0.0 for compound in assembly.compounds if not compound.variability}


def plausible_numbers(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    count: int = 64,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Draw the uncertain numbers, those that the calibrating windows inform together.

    Parameters
    ----------
    protocol, model, parameters, count, seed
        As for `members`.

    Returns
    -------
    list of dict
        Every number in force, for each draw. Joint draws of the table `parameter_draws` replace those of
        `plasticity.plausible.drawn`; those of the calibrating compounds' own numbers only for humans.

    Raises
    ------
    InputError
        If the ranges hardly hold a physical system.

    Examples
    --------
    >>> [len(plausible_numbers(Protocol("2 d").dose("lsd", "100 ug"), count=3))]
    [3]
    """
    assembly, given = (model or Model()).assemble(protocol.compounds), parameters or {}
    table = _joint()
    names = [
        name
        for name in table
        if name in assembly.parameters and name not in given and (protocol.species == "human" or "." not in name)
    ]
    rows = np.random.default_rng(seed).permutation(len(next(iter(table.values()))))
    joint = {name: table[name][rows] for name in names}
    found: list[dict[str, float]] = []
    for at, single in enumerate(drawn(assembly, given, SPARE * count, seed)):
        own = {name: float(values[at % len(rows)]) for name, values in joint.items()}
        try:
            found.append(in_force(assembly, {**given, **single, **own})[0])
        except InputError:
            continue
        if len(found) == count:
            return found
    raise InputError(f"draws: {len(found)} of {SPARE * count} are physical; allowed: ranges that hold {count}")


@cache
def _joint() -> dict[str, Floats]:
    """Columns of the table of draws, read once."""
    table = data.load(TABLE)
    return {str(name): column.values for name, column in table.data_vars.items()}


def intervals(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    times: Sequence[float] | Floats | None = None,
    count: int = 64,
    seed: int = 0,
    observables: Mapping[str, Callable[["xarray.Dataset"], "xarray.DataArray"]] | None = None,
) -> "xarray.Dataset":
    """Give quantiles of a run's headline numbers and courses over draws of its uncertain numbers and virtual subjects.

    Parameters
    ----------
    protocol, model, parameters
        As for `members`.
    times : array_like, shape (times,), optional
        For the courses [h]; hourly if not given.
    count, seed : int
    observables : mapping of str to callable, optional
        Further read-outs, from a dataset with `depth` along `draw` and `time`.

    Returns
    -------
    xarray.Dataset
        Along `quantile` (0.05, 0.5, 0.95): `total_open_time_interval`, `first_open_interval`, `last_close_interval`
        [h] (the last two over draws that open a window; one still open at the end closes there), `max_depth_interval`,
        `acute_maximum_interval` [%], `time_of_maximum_interval` and `effect_duration_interval` [h] (the acute effect
        read at 240 times after each dose); `window_chance`, the share of draws in which a window opens; along
        `quantile` and `time` the bands of the depth, of the states in `BANDS`, of effect sites, of
        everything that the kernels give (`openness_band`, `acute_effect_band`, ...), of `fear` with the module
        ``memory``, and of the observables. The attribute `uncertainty` says what was drawn.

    Raises
    ------
    InputError
        If the ranges hardly hold a physical system.

    Examples
    --------
    >>> found = intervals(Protocol("28 d").dose("psilocybin", "25 mg"), times=[24.0, 240.0], count=16)
    >>> low, middle, high = found.last_close_interval.values / 24.0
    >>> bool(low < middle < high), float(found.window_chance)
    (True, 1.0)
    """
    import xarray

    model = model or Model()
    plans, numbers = members(protocol, model, parameters, count, seed)
    grid = np.arange(0.0, protocol.duration + 0.5, 1.0) if times is None else np.asarray(times, dtype=float)
    acute = after_doses(protocol)
    every = np.union1d(grid, acute)
    assembly = model.assemble(protocol.compounds)
    found = together(plans, numbers, model, list(assembly.states), every)
    good = found.status == 0
    courses = _courses(assembly, plans[0], model, numbers, found, every)
    at = {"depth": np.searchsorted(every, grid), "acute": np.searchsorted(every, acute)}
    columns = _summaries(found, good)
    columns["max_depth_interval"] = _quantiles(courses["depth"].values[good].max(axis=1), "1", "Largest depth")
    if acute.size:
        columns |= _acute(courses["acute_effect"].values[good][:, at["acute"]], acute)
    seen = {name: course.isel(time=at["depth"]) for name, course in courses.items()}
    for name, read in (observables or {}).items():
        seen[name] = read(xarray.Dataset({"depth": seen["depth"]}))
    for name, course in seen.items():
        columns[f"{name}_band"] = _band(name, course.isel(draw=np.flatnonzero(good)))
    meaning = MEANING.format(count=len(numbers))
    told = {"samples": len(numbers), "seed": seed, "failed": int((~good).sum()), "meaning": meaning}
    made = xarray.Dataset(columns, {"time": grid, "quantile": list(QUANTILES)}, {"uncertainty": json.dumps(told)})
    return made.drop_vars("draw", errors="ignore")


def after_doses(protocol: Protocol, points: int = 240) -> Floats:
    """Times at which an acute effect is read: close together after every dose, wider later.

    Parameters
    ----------
    protocol : Protocol
    points : int
        After each dose, from 3 s to 4 d.

    Returns
    -------
    ndarray, shape (times,)
        [h], ascending.

    Examples
    --------
    >>> after_doses(Protocol("2 d").dose("dmt", "15 mg"), 5).round(3).tolist()
    [0.0, 0.001, 0.018, 0.31, 5.454]
    """
    steps = np.append(0.0, np.geomspace(1e-3, 96.0, points))
    found = np.unique([dose.at + step for dose in protocol.doses for step in steps])
    return found[found <= protocol.duration]


def _courses(
    assembly: Assembly,
    plan: Protocol,
    model: Model,
    numbers: Sequence[Mapping[str, float]],
    found: Members,
    times: Floats,
) -> "dict[str, xarray.DataArray]":
    """Depth, states that are shown, and signals of every draw, along `draw` and `time`."""
    import xarray

    states = {name: found.values[:, i] for i, name in enumerate(assembly.states)}
    values = {name: np.array([one[name] for one in numbers])[:, None] for name in numbers[0]}
    inputs = scheduled(assembly, prepared(plan, model, assembly, numbers[0])[0], times)
    with np.errstate(invalid="ignore"):  # of draws that failed
        _, signals = assembly.evaluate(times, states, inputs, values)
    shown: dict[str, tuple[str, Floats]] = {"depth": ("1", 1.0 - states["theta"] / values["theta_rest"])}
    for key, state in assembly.states.items():
        if key in BANDS or key.endswith(".effect"):
            shown[key] = (state.unit, states[key])
    for key, signal in assembly.outputs().items():
        if key in signals:
            shown[key] = (signal.unit, signals[key])
    if "expression" in signals:
        shown["fear"] = ("1", np.maximum(signals["expression"], 0.0))
    route = acute_signal(assembly)
    shown["acute_effect"] = ("%", 100.0 * signals[route] if route else np.zeros(len(times)))
    return {
        key.replace(".", "_"): xarray.DataArray(
            np.broadcast_to(course, (len(numbers), len(times))), dims=("draw", "time"), attrs={"units": unit}
        )
        for key, (unit, course) in shown.items()
    }


def _band(name: str, course: "xarray.DataArray") -> Any:
    """Quantiles over draws; NaN where no draw reached its end."""
    dims = tuple(str(dim) for dim in course.dims if dim != "draw")
    told = {"units": course.attrs.get("units", "1"), "long_name": f"Quantiles of {name} over draws"}
    if not course.sizes["draw"]:
        return (("quantile", *dims), np.full((len(QUANTILES), *(course.sizes[dim] for dim in dims)), np.nan), told)
    return (("quantile", *dims), np.quantile(course.transpose("draw", *dims).values, QUANTILES, axis=0), told)


def _acute(effect: Floats, times: Floats) -> dict[str, Any]:
    """Largest acute effect, when, and how long it exceeds a tenth of that, of effects of shape (draws, times)."""
    highest = effect.max(axis=1) if effect.size else np.empty(0)
    over = effect - 0.1 * highest[:, None]
    before, after, width = over[:, :-1], over[:, 1:], np.diff(times)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(before > 0.0, np.where(after > 0.0, 1.0, before / (before - after)), after / (after - before))
    length = (width * np.where((before > 0.0) | (after > 0.0), part, 0.0)).sum(axis=1)
    return {
        "acute_maximum_interval": _quantiles(highest, "%", "Largest acute effect"),
        "time_of_maximum_interval": _quantiles(times[effect.argmax(axis=1)], "h", "Time of the largest acute effect"),
        "effect_duration_interval": _quantiles(length, "h", "Time with more than a tenth of the largest acute effect"),
    }


def _summaries(found: Members, good: NDArray[np.bool_]) -> dict[str, Any]:
    opens, closes = found.windows[good, :, 0], found.windows[good, :, 1]
    ever = ~np.isnan(opens).all(axis=1)
    total = np.nansum(closes - opens, axis=1)
    first, last = np.nanmin(opens[ever], axis=1), np.nanmax(closes[ever], axis=1)
    chance = {"units": "1", "long_name": "Share of draws in which a window opens"}
    return {
        "total_open_time_interval": _quantiles(total, "h", "Total open time, 0 without a window"),
        "first_open_interval": _quantiles(first, "h", "First opening, of draws with a window"),
        "last_close_interval": _quantiles(last, "h", "Last closing, of draws with a window"),
        "window_chance": ((), float(ever.mean()) if ever.size else np.nan, chance),
    }


def _quantiles(values: Floats, unit: str, label: str) -> Any:
    found = np.quantile(values, QUANTILES) if values.size else np.full(len(QUANTILES), np.nan)
    return ("quantile", found, {"units": unit, "long_name": label})
