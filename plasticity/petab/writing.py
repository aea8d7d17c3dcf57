"""A calibration as PEtab tables, Version 1: problem, model, conditions, observables, measurements, parameters."""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from plasticity import __version__
from plasticity.calibration.fitting import Target
from plasticity.calibration.laws import BASELINE
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import Observation, closing_days_only
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.petab.document import CLOSING_TIME, model_document, switch

OBSERVABLE = "closing_day"
PROBLEM = "problem.yaml"
MODEL = "model.xml"
TABLES = ("conditions", "observables", "measurements", "parameters")


def to_petab(target: Target, folder: str | Path) -> Path:
    """Write a calibration as a PEtab problem.

    Parameters
    ----------
    target : Target
        A law of the kernels and rows of closing days.
    folder : str or pathlib.Path
        New, or empty.

    Returns
    -------
    pathlib.Path
        The file ``problem.yaml`` in it.

    Raises
    ------
    InputError
        If the law has no model, a row is no closing day, or the folder holds something.
    OSError
        If the folder cannot be written.

    Notes
    -----
    Schmiester et al. 2021, PLoS Computational Biology 17: e1008646, doi:10.1371/journal.pcbi.1008646. PEtab has no
    noise model for what was seen between two days: bounds stand in the columns ``measurementType`` and
    ``censoringBounds``, as pyPESTO reads them, and ``measurement`` is infinite (PEtab wants a number), so that no tool
    takes a day that nobody saw for a measured one: its likelihood is zero there.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free, Law
    >>> from plasticity.calibration.observed import chosen
    >>> law = Law("first_order", (Free("brake_tau", 24.0, 960.0, True),), 960.0)
    >>> target = Target(law, chosen({"critical_period_windows": ["psilocybin"]}), Error("normal", 1.5))
    >>> with tempfile.TemporaryDirectory() as place:
    ...     print((to_petab(target, Path(place) / "brake").parent / "measurements.tsv").read_text().split())
    ['observableId', ..., 'closing_day', 'psilocybin', 'inf', '960.0', 'interval-censored', '14.0;21.0']
    """
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"PEtab: {str(folder)!r} exists; allowed: a new or empty folder")
    if target.law.name == BASELINE:
        raise InputError(f"PEtab: {BASELINE} is a line without a model; allowed: a law of the kernels")
    closing_days_only(target.rows)
    files = {MODEL: model_document(target.law, target.rows), PROBLEM: _problem(target)}
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".petab-", dir=place.parent) as unfinished:
        whole = Path(unfinished) / "whole"
        whole.mkdir()
        for name, text in files.items():
            (whole / name).write_text(text, encoding="utf-8")
        for name, rows in _tables(target).items():
            _table(whole / f"{name}.tsv", rows)
        whole.replace(place)
    return place / PROBLEM


def _tables(target: Target) -> dict[str, list[dict[str, Any]]]:
    named = [switch(row) for row in target.rows]
    conditions = [
        {"conditionId": row.id, "conditionName": row.modelled} | {name: float(name == switch(row)) for name in named}
        for row in target.rows
    ]
    measurements = [
        {
            "observableId": OBSERVABLE,
            "simulationConditionId": row.id,
            "measurement": np.inf,
            "time": target.law.duration,
            **_bounds(row),
        }
        for row in target.rows
    ]
    return {
        "conditions": conditions,
        "observables": [observable(target.error)],
        "measurements": measurements,
        "parameters": _parameters(target),
    }


def _bounds(row: Observation) -> dict[str, str]:
    if np.isinf(row.high):
        return {"measurementType": "right-censored", "censoringBounds": repr(row.low)}
    return {"measurementType": "interval-censored", "censoringBounds": f"{row.low!r};{row.high!r}"}


def observable(error: Error) -> dict[str, str]:
    """Describe the closing day [d] and how far an animal's lies from it, as a row of the table of observables.

    Parameters
    ----------
    error : Error

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> observable(Error("lognormal", 0.15))["observableTransformation"]
    'log'
    """
    relative = error.kind == "lognormal"
    return {
        "observableId": OBSERVABLE,
        "observableName": "Day on which the last window closes",
        "observableFormula": f"{CLOSING_TIME} / 24",
        "observableTransformation": "log" if relative else "lin",
        "noiseFormula": repr(error.sd),
        "noiseDistribution": "normal",
    }


def _parameters(target: Target) -> list[dict[str, Any]]:
    """Describe the free numbers; the nominal value is the default, or the middle of a range that leaves it out."""
    declared = Model(brake=target.law.name).assemble([]).parameters
    rows = []
    for one in target.law.free:
        default = declared[one.name].value
        inside = default is not None and one.low <= default <= one.high
        rows.append(
            {
                "parameterId": one.name,
                "parameterName": declared[one.name].label,
                "parameterScale": "log10" if one.log else "lin",
                "lowerBound": repr(one.low),
                "upperBound": repr(one.high),
                "nominalValue": repr(default if inside else float(one.value(np.array(0.5)))),
                "estimate": 1,
                "unit": declared[one.name].unit,
            }
        )
    return rows


def _problem(target: Target) -> str:
    listed = "".join(f"    {name[:-1]}_files: [{name}.tsv]\n" for name in TABLES[:3])
    own = f"  plasticity: {{version: {__version__}, brake: {target.law.name}}}\n"
    return (
        f"format_version: 1\nparameter_file: parameters.tsv\nproblems:\n  - sbml_files: [{MODEL}]\n{listed}"
        f"extensions:\n{own}"
    )


def _table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), dialect="excel-tab", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
