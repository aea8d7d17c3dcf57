"""The one call that plans a sweep, and runs it into memory or into a store."""

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError, unknown_name
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.provenance import digest, origin
from plasticity.simulation import DISCLAIMER, TOLERANCES
from plasticity.sweeps.planning.design import DESIGNS, asked
from plasticity.sweeps.planning.intervals import Intervals
from plasticity.sweeps.planning.kept import kept
from plasticity.sweeps.planning.plan import SweepPlan
from plasticity.sweeps.planning.setting import Setting, settings
from plasticity.sweeps.planning.space import Space, space
from plasticity.sweeps.planning.tracks import tracks
from plasticity.values import Given, told_together

if TYPE_CHECKING:
    import xarray

MOST_SETTINGS = 1000
SEEDS = 2**32


def planned(
    protocol: Protocol,
    over: Mapping[str, Any],
    keep: Sequence[str],
    *,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
    design: str = "grid",
    samples: int | None = None,
    seed: int = 0,
    trajectories: Mapping[str, Any] | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
    attributes: Mapping[str, str | int | float] | None = None,
    number_allowed: bool = True,
    intervals: Intervals | None = None,
) -> SweepPlan:
    """Plan a sweep and check all of it; nothing is computed.

    Parameters
    ----------
    protocol, over, keep, model, parameters, parameter_set, design, samples, seed, trajectories, rtol, atol
        As in `sweep`.
    attributes : mapping, optional
        Further attributes of the dataset, such as those of a study.
    number_allowed : bool
        Whether a plain number may stand for a quantity on an axis: not in YAML.
    intervals : Intervals, optional
        Draws for the intervals of curves and maps; drawn designs and populations have none, and say so.

    Returns
    -------
    SweepPlan

    Raises
    ------
    InputError

    Examples
    --------
    >>> plan = planned(Protocol("1 d"), {"theta_tau": ["1 h", "2 h"], "brake": ["m1", "m2"]}, ["max_depth"])
    >>> plan.dims, plan.chunks
    ({'theta_tau': 2, 'brake_kernel': 2}, (2, 1))
    """
    model = model or Model()
    if design not in DESIGNS:
        raise unknown_name("design", str(design), DESIGNS)
    if isinstance(seed, bool) or not 0 <= seed < SEEDS:
        raise InputError(f"seed: {seed!r}; allowed: a whole number from 0 to {SEEDS - 1}")
    if not TOLERANCES[0] <= rtol <= TOLERANCES[1]:
        raise InputError(f"rtol: {rtol!r}; allowed: {TOLERANCES[0]:g} to {TOLERANCES[1]:g}")
    if atol is not None and not 0.0 < atol < float("inf"):
        raise InputError(f"atol: {atol!r}; allowed: more than 0")
    wanted = asked(over, model)
    structural = [one for one in wanted if one.choices]
    combinations = 1
    for one in structural:
        combinations *= len(one.choices)
    if combinations > MOST_SETTINGS:
        raise InputError(f"sweep: {combinations:,} combinations of compounds and kernels; allowed: {MOST_SETTINGS:,}")
    chosen = [
        {axis: value for part in parts for axis, value in part.items()}
        for parts in itertools.product(*(one.choices for one in structural))
    ]
    amounts = any(name == "dose" or name.endswith(".amount") for one in wanted for name in one.numbers)
    made = settings(protocol, model, parameters or {}, parameter_set, chosen, reference_doses=not amounts)
    found = space(wanted, made, design, samples, seed, number_allowed=number_allowed)
    keeping = kept(keep, made)
    tracking = tracks(trajectories, found, made)
    for setting in made:
        _check_start(setting, found)
    recipe = {"kind": "sweep", "design": design, "samples": samples, "seed": seed, "versions": origin()["versions"]}
    spiking = any(one.layers.get("calcium") == "oscillator" for one in made)
    missing = intervals.missing(found, design, spiking) if intervals else ""
    behind = intervals.over(found, design) if intervals and not missing else None
    solver: dict[str, float | None] = {"rtol": rtol, "atol": atol}
    plan = SweepPlan(found, tuple(made), keeping, tracking, solver, recipe, intervals=behind)
    told: dict[str, str | int | float] = {
        "title": protocol.title,
        "design": design,
        "seed": seed,
        "disclaimer": DISCLAIMER,
        **origin(),
        **(attributes or {}),
    }
    told |= {"no_intervals": missing} if missing else {}
    told |= {"uncertainty": _text(behind.told)} if behind else {}
    description = plan.description
    warnings = [*found.warnings, *dict.fromkeys(line for one in made for line in one.warnings)]
    told["parameters_known"] = _text(told_together(one.known for one in made))
    told |= {"sweep": _text(description), "sweep_hash": digest(description), "warnings": _text(warnings)}
    plan.attributes.update(told)
    return plan


def sweep(
    protocol: Protocol,
    over: Mapping[str, Any],
    keep: Sequence[str],
    *,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
    design: str = "grid",
    samples: int | None = None,
    seed: int = 0,
    trajectories: Mapping[str, Any] | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
    out: str | Path | None = None,
    threads: int | None = None,
    draws: int = 0,
    lattice: int = 0,
    **options: Any,
) -> "xarray.Dataset":
    """Simulate a protocol at many points and keep summaries of each.

    Parameters
    ----------
    protocol : Protocol
    over : mapping of str to axis
        One dimension for every entry, in this order. Numbers: ``dose`` (amount of the only dose, or row of equal
        doses),
        ``dose.multiple`` (of the amount that is given otherwise), ``dose.at`` (its time), ``dose.every`` (interval of
        a row); with several doses their names, as in
        ``first.amount``, ``second.at``; of sessions, by their kind or name: ``integration.at``,
        ``integration.after_dose`` (delay from the dose), ``extinction.after_reminder`` (gap between sessions),
        ``integration.times`` (number), ``integration.every`` (spacing), ``integration.over`` (length) and values such
        as ``integration.setting``; ``body_weight``; any parameter by its name. Structure: ``compound``
        (in its reference dose, unless ``dose`` is an axis too), ``treatment`` (doses with their compound),
        ``species``, ``calcium``, ``brake`` or another layer. An axis is a list, `linspace`, `geomspace`,
        ``{"from": ..., "to": ..., "points": ..., "spacing": "log"}``; ``{"zip": {axis: [...], ...}}`` or
        ``{"table": [{axis: value, ...}, ...]}`` for axes that go together; ``{"population": 1000}`` for
        virtual subjects;
        or, for a design that draws, a range without points or a distribution such as
        ``{"distribution": "lognormal", "median": "25 mg", "cv": 0.3}``, or ``"plausible"`` for the declared range of a
        parameter, evenly.
    keep : sequence of str
        Summaries of the windows (`total_open_time`, `first_open`, ...), what is known of each window (`t_open`, ...,
        up to eight), and of any state or ``<compound>_plasma`` its ``_peak``, ``_time_of_peak``, ``_lowest``,
        ``_time_of_lowest``, ``_auc`` and ``_end`` (the value at the end); ``fear_end`` with the module ``memory``.
    model, parameters, parameter_set
        As in `simulate`.
    design : {"grid", "latin_hypercube", "sobol", "halton", "saltelli", "morris"}
        How all axes that are drawn are drawn, together, along the dimension ``sample``; the last two are made for
        `plasticity.sensitivity_indices`.
    samples : int, optional
        Of the design; a power of two for Sobol and Saltelli. Saltelli's and Morris' are blocks of points: for k axes
        k + 2 and k + 1 points to a sample.
    seed : int
        Of designs and populations.
    trajectories : mapping, optional
        ``{"states": ["theta"], "every": "6 h", "at": {"dose": ["25 mg"]}}``: trajectories of some points.
    rtol, atol
        As in `simulate`.
    out : str or pathlib.Path, optional
        Store to write (``.zarr``); in memory if not given.
    threads : int, optional
        Cores to use, all if not given; the numbers do not depend on it.
    draws : int
        Draws of what is uncertain, for intervals along a curve (see `plasticity.sweeps.planning.intervals`); studies
        ask for 64.
    lattice : int
        Places along each axis of a map that have intervals, with these draws; first and last are among them.
    **options
        Of the store, as in `plasticity.sweeps.execution.computing.fill`: ``resume=True`` goes on with it,
        ``shard="2/8"`` computes a part of it.

    Returns
    -------
    xarray.Dataset
        A variable for each summary, `status` (negative where a point failed, and NaN there) and `reached` [h]. With
        `shard`, what the store holds by then: `status` is -128, and all else NaN, where no shard has computed yet.

    Raises
    ------
    InputError
        If anything given is not allowed; nothing has been computed or written then.

    Notes
    -----
    The same protocol, axes, seed and versions give bitwise the same numbers, however the work is divided.
    A design or population is drawn whole when the sweep is planned: 8 bytes for every sample of every axis stay in
    memory, whatever the chunk; a grid keeps only its axes.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> grid = pl.sweep(plan, over={"dose": pl.geomspace("1 mg", "40 mg", 4)}, keep=["first_open", "censored"])
    >>> grid["first_open"].round(2).values.tolist(), grid["dose"].attrs["units"]
    ([nan, nan, 9.15, 7.51], 'mg')
    """
    from plasticity.sweeps.execution import computing

    plan = planned(
        protocol, over, keep, model=model, parameters=parameters, parameter_set=parameter_set, design=design,
        samples=samples, seed=seed, trajectories=trajectories, rtol=rtol, atol=atol,
        intervals=Intervals(draws, seed, lattice) if draws else None,
    )  # fmt: skip
    if out is None:
        return computing.collect(plan, threads=threads, **options)
    from plasticity.sweeps.storage import store

    computing.fill(plan, out, threads=threads, **options)
    return store.open(out, partial=options.get("shard") is not None)


def _check_start(setting: Setting, found: Space) -> None:
    """Refuse an initial value, an input or a session that has no place, before anything starts."""
    from plasticity.sweeps.planning.points import met, points

    points(setting, {}, {}, {}, 1, 1e-6, None)
    met(setting, found.knobs, dict.fromkeys(found.knobs, 0.0), setting.protocol.doses)


def _text(data: Any) -> str:
    return json.dumps(data)
