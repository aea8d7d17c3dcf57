"""Intervals of a run's numbers: over what is uncertain, given the calibrating windows, and over virtual subjects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity import data
from plasticity.assembly import Assembly
from plasticity.errors import InputError
from plasticity.members import Members, together
from plasticity.model import Model
from plasticity.plausible import draws
from plasticity.population import subjects
from plasticity.protocol import Protocol
from plasticity.values import in_force

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
TABLE = "parameter_draws"
"""Draws of all shared numbers, and of those of the calibrating compounds, that give the calibrating windows."""
QUANTILES = (0.05, 0.5, 0.95)
BANDS = ("calcium", "bdnf_mature", "permissiveness")
MEANING = (
    "5, 50 and 95 % of {count} draws: every recalled, assumed or fitted number within what is plausible, those that "
    "all compounds share drawn together so that they give the calibrating windows of ketamine and psilocybin; kinetics "
    "and body weight as they differ between subjects, where the compounds say how much"
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
    drawn, _ = subjects(
        {"population": len(numbers), "variability": _silent(assembly)},
        assembly.compounds,
        assembly.defaults(),
        protocol.species,
        seed,
    )
    weights = drawn.pop("body_weight")
    typical = assembly.defaults()
    for name, values in drawn.items():
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
        `plasticity.plausible.draws`; those of the calibrating compounds' own numbers only for humans.

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
    table = data.load(TABLE)
    names = [
        str(name)
        for name in table.data_vars
        if name in assembly.parameters and name not in given and (protocol.species == "human" or "." not in str(name))
    ]
    rows = np.random.default_rng(seed).permutation(table.sizes["row"])
    joint = {name: table[name].values[rows] for name in names}
    found = []
    for at, single in enumerate(draws(assembly, given, 2 * count, seed)):
        own = {name: float(values[at % len(rows)]) for name, values in joint.items()}
        try:
            found.append(in_force(assembly, {name: single[name] for name in assembly.parameters} | own)[0])
        except InputError:
            continue
        if len(found) == count:
            return found
    raise InputError(f"draws: {len(found)} of {2 * count} are physical; allowed: ranges that hold {count}")


def intervals(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    times: Sequence[float] | Floats | None = None,
    count: int = 64,
    seed: int = 0,
) -> "xarray.Dataset":
    """Give quantiles of a run's windows and courses over draws of its uncertain numbers and virtual subjects.

    Parameters
    ----------
    protocol, model, parameters
        As for `members`.
    times : array_like, shape (times,), optional
        For the courses [h]; hourly if not given.
    count, seed : int

    Returns
    -------
    xarray.Dataset
        Along `quantile` (0.05, 0.5, 0.95): `total_open_time_interval`, `first_open_interval`, `last_close_interval`
        [h] (the last two over draws that open a window; one still open at the end closes there) and
        `max_depth_interval` (at the output times); `window_chance`, the share of draws in which a window opens; along
        `quantile` and `time` the bands `depth_band`, `calcium_band`, `bdnf_mature_band`, `permissiveness_band` and
        those of the effect sites. The attribute `uncertainty` says what was drawn.

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
    assembly = model.assemble(protocol.compounds)
    states = [name for name in assembly.states if name in BANDS or name.endswith(".effect")]
    found = together(plans, numbers, model, ["theta", *states], grid)
    good = found.status == 0
    columns = _summaries(found, good)
    rest = np.array([values["theta_rest"] for values in numbers])[:, None]
    courses = {"depth": 1.0 - found.values[:, 0] / rest} | {n: found.values[:, i] for i, n in enumerate(states, 1)}
    columns["max_depth_interval"] = _quantiles(courses["depth"][good].max(axis=1), "1", "Largest depth at output times")
    for name, course in courses.items():
        unit = assembly.states[name].unit if name in assembly.states else "1"
        label = {"units": unit, "long_name": f"Quantiles of {name.replace('.', '_')} over draws"}
        band = np.quantile(course[good], QUANTILES, axis=0) if good.any() else np.full((3, len(grid)), np.nan)
        columns[f"{name.replace('.', '_')}_band"] = (("quantile", "time"), band, label)
    meaning = MEANING.format(count=len(numbers))
    told = {"samples": len(numbers), "seed": seed, "failed": int((~good).sum()), "meaning": meaning}
    return xarray.Dataset(columns, {"time": grid, "quantile": list(QUANTILES)}, {"uncertainty": json.dumps(told)})


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
