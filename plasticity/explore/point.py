"""One point of a stored sweep as a scenario: its protocol, laws and numbers, from what the dataset records."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from plasticity.compound import DOSE_UNITS
from plasticity.errors import InputError
from plasticity.explore.scenario import Scenario, scenario_of
from plasticity.figures.records import attribute
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.study import Study
from plasticity.study.runs import Run
from plasticity.sweeps.planning.knobs import ASPECTS
from plasticity.units import quantity, quantity_among, written

if TYPE_CHECKING:
    import xarray


def scenario_at(ds: "xarray.Dataset", places: Mapping[str, int]) -> Scenario:
    """Give a point of a sweep as a scenario.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a sweep of this package.
    places : mapping of str to int
        Place of the point along each dimension.

    Returns
    -------
    Scenario

    Raises
    ------
    InputError
        If the dataset does not record what was swept, the point means nothing, or a study cannot say it.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol("7 d").dose("psilocybin", "25 mg")
    >>> grid = pl.sweep(plan, {"dose": ["5 mg", "20 mg"], "brake_tau": ["5 d", "7 d"]}, keep=["max_depth"])
    >>> scenario_at(grid, {"dose": 1, "brake_tau": 0}).label
    'psilocybin 20 mg, brake_tau 120 h'
    """
    told = attribute(ds, "sweep")
    if not isinstance(told, dict) or "settings" not in told:
        return _run_at(ds, places)
    structural = [axis for axis in told["axes"] if axis["labels"]]
    at = [places[axis["name"]] for axis in structural]
    index = int(np.ravel_multi_index(at, [axis["size"] for axis in structural])) if at else 0
    setting = told["settings"][index]
    values, units = {}, {}
    for axis in told["axes"]:
        for name in axis["columns"]:
            values[name] = float(ds[name].isel({axis["name"]: places[axis["name"]]}))
            units[name] = str(ds[name].attrs.get("units", "1"))
    if "folder" in setting["kernels"]:
        raise InputError("point: this sweep used kernels of a folder of its own, which no study names; "
                         "allowed: a sweep with kernels of the package")  # fmt: skip
    model = Model(**setting["kernels"])
    protocol = _protocol(setting["protocol"], values, units)
    assembly = model.assemble(protocol.compounds)
    usual = assembly.defaults()
    numbers = {name: value for name, value in setting["parameters"].items() if usual.get(name) != value}
    numbers |= {name: value for name, value in values.items() if name in usual}
    return scenario_of(Run({}, None, protocol, model, numbers, None), _solver(told))


def _run_at(ds: "xarray.Dataset", places: Mapping[str, int]) -> Scenario:
    """Find the run of a study that joined whole runs."""
    study = Study.of(ds)
    at = [places[axis.dimension] for axis in study.axes]
    index = int(np.ravel_multi_index(at, [len(axis.labels) for axis in study.axes])) if at else 0
    solver = {"rtol": study.settings.solver.rtol, "atol": study.settings.solver.atol}
    return scenario_of(study.runs[index], solver)


def _solver(told: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: told["solver"][name] for name in ("rtol", "atol")}


def _protocol(told: Mapping[str, Any], values: Mapping[str, float], units: Mapping[str, str]) -> Protocol:
    weight = written(values["body_weight"], "kg") if "body_weight" in values else told["body_weight"]
    protocol = Protocol(told["duration"], told["species"], weight, told["initial"])
    for dose in _doses(told["doses"], values, units):
        protocol = protocol.dose(**dose)
    for session in told["sessions"]:
        protocol = protocol.session(**session)
    for record in told["inputs"]:
        protocol = protocol.input(**record)
    return protocol


def _doses(given: list[dict[str, Any]], values: Mapping[str, float], units: Mapping[str, str]) -> list[dict[str, Any]]:
    """Set amounts, times and intervals as the axes say, in the order in which a sweep does it."""
    doses = [dict(dose) for dose in given]
    named = {dose["name"] for dose in doses if "name" in dose}
    wanted: dict[str, list[tuple[list[int], float, str]]] = {aspect: [] for aspect in ASPECTS}
    for name, value in values.items():
        head, _, aspect = name.partition(".")
        if head == "dose" or head in named:
            row = [place for place, dose in enumerate(doses) if head == "dose" or dose.get("name") == head]
            wanted[aspect or "amount"].append((row, value, units[name]))
    for row, value, unit in wanted["amount"]:
        for place in row:
            doses[place]["amount"] = written(value, unit)
    for row, value, _ in wanted["multiple"]:
        for place in row:
            amount, unit = quantity_among(doses[place]["amount"], DOSE_UNITS, "dose")
            doses[place]["amount"] = written(amount * value, unit)
    for aspect in ("at", "every"):
        for row, value, _ in wanted[aspect]:
            times = [quantity(doses[place]["at"], "h", "at") for place in row]
            for number, place in enumerate(row):
                moved = times[0] + number * value if aspect == "every" else value + (times[number] - times[0])
                doses[place]["at"] = written(moved, "h")
    return doses


def record(ds: "xarray.Dataset") -> str:
    """Say in one line what a sweep is of, for the head of the page.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> record(xarray.Dataset(attrs={"title": "Map", "package_version": "0.1.0"}))
    'Map (plasticity 0.1.0)'
    """
    version = " ".join(str(ds.attrs[name]) for name in ("package_version", "commit") if ds.attrs.get(name))
    title = str(ds.attrs.get("title") or "Stored sweep")
    return f"{title} (plasticity {version})" if version else title
