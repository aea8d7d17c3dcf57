"""A calibration read back from the PEtab tables that `to_petab` wrote, or that were changed since within its terms."""

import logging
import math
import warnings
from pathlib import Path
from typing import Any

from plasticity.calibration.fitting import Target
from plasticity.calibration.laws import Free, Law
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import WINDOWS, Observation, rows
from plasticity.errors import InputError
from plasticity.petab.document import model_document, switch
from plasticity.petab.writing import OBSERVABLE, observable


def from_petab(problem: str | Path) -> Target:
    """Read a calibration from its PEtab problem.

    Bounds, scales, days, errors, rows and doses (in the column ``conditionName``) are those of the tables. The model
    is this package's own: where its file says something else, the problem is refused.

    Parameters
    ----------
    problem : str or pathlib.Path
        The file ``problem.yaml``.

    Returns
    -------
    Target
        For `fitted` and `pypesto_problem`.

    Raises
    ------
    InputError
        If there is no such file, the tables are not valid PEtab, say more than this likelihood knows, or the model is
        another one.

    Examples
    --------
    >>> from_petab("nowhere/problem.yaml")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: PEtab: nowhere/problem.yaml: no such file; allowed: a problem that to_petab wrote
    """
    path = Path(problem)
    if not path.is_file():
        raise InputError(f"PEtab: {path}: no such file; allowed: a problem that to_petab wrote")
    found, layout = _valid(path)
    own = (layout.get("extensions") or {}).get("plasticity")
    if not isinstance(own, dict) or "brake" not in own:
        raise InputError(f"PEtab: {path}: extensions.plasticity.brake is missing; allowed: a problem of to_petab")
    observations = _rows(found, path)
    times = {float(time) for time in found.measurement_df["time"]}
    if len(times) != 1:
        raise InputError(f"PEtab: {path}: measurements at times {sorted(times)}; allowed: one, the end of every run")
    law = Law(str(own["brake"]), _free(found, path), times.pop())
    model = path.parent / str(layout["problems"][0]["sbml_files"][0])
    if model.read_text(encoding="utf-8") != model_document(law, observations):
        raise InputError(
            f"PEtab: {model} is not the model that this version writes for the law {law.name} and the "
            "doses in the condition table; allowed: tables changed, the model written anew by to_petab"
        )
    return Target(law, tuple(observations), _error(found, path))


def _valid(path: Path) -> tuple[Any, dict[str, Any]]:
    """Read all tables and have PEtab's own linter look at them."""
    try:
        from petab.v1 import Problem
        from petab.v1.lint import lint_problem
        from petab.v1.yaml import load_yaml
    except ImportError:
        raise InputError("PEtab is not installed; allowed: pip install 'plasticity[petab]'") from None
    said = _Heard()
    log = logging.getLogger("petab")
    log.addHandler(said)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what PEtab's library asks of pandas
            layout = load_yaml(str(path))
            found = Problem.from_yaml(str(path))
            wrong = lint_problem(found)
    except Exception as error:
        told = " ".join(str(error).split())[:300]
        raise InputError(f"PEtab: {path}: {told}; allowed: valid tables of Version 1") from error
    finally:
        log.removeHandler(said)
    if wrong:
        told = " ".join(" ".join(said.lines).split())[:300]
        raise InputError(f"PEtab: {path}: {told}; allowed: tables that petablint finds nothing in")
    return found, layout


class _Heard(logging.Handler):
    """Keeps what the linter says."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _rows(found: Any, path: Path) -> list[Observation]:
    published = rows(WINDOWS)
    made = []
    for _, cells in found.measurement_df.iterrows():
        name = str(cells["simulationConditionId"])
        condition = found.condition_df.loc[name]
        low, high = _bounds(cells, f"PEtab: {path}: condition {name}")
        row = _observation(name, str(condition["conditionName"]), low, high, published.get(name))
        given = {str(key): float(condition[key]) for key in condition.index if key != "conditionName"}
        if given != {key: float(key == switch(row)) for key in given}:
            raise InputError(f"PEtab: {path}: condition {name}: {given}; allowed: {switch(row)} 1, all others 0")
        made.append(row)
    return made


def _bounds(cells: Any, where: str) -> tuple[float, float]:
    """Read between which days a window was seen to close."""
    kind, ends = str(cells.get("measurementType", "")), str(cells.get("censoringBounds", "")).split(";")
    if kind not in ("interval-censored", "right-censored") or not math.isinf(float(cells["measurement"])):
        raise InputError(
            f"{where}: measurement {cells['measurement']}, type {kind or 'none'!r}; allowed: inf, of "
            "the type interval-censored or right-censored, because the likelihood is that of windows seen on days"
        )
    try:
        low, high = (float(ends[0]), math.inf) if kind == "right-censored" else map(float, ends)
    except ValueError:
        low, high = math.nan, math.nan
    if not 0.0 <= low < high:
        raise InputError(f"{where}: censoringBounds {';'.join(ends)!r}; allowed: two ascending days, such as 14.0;21.0")
    return low, high


def _observation(name: str, modelled: str, low: float, high: float, published: Observation | None) -> Observation:
    """Take a row as published where the tables say the same, else as one of these tables alone."""
    if published is not None and (published.modelled, published.low, published.high) == (modelled, low, high):
        return published
    return Observation(
        table="petab",
        id=name,
        compound=modelled.split(" ", 1)[0],
        species="human",
        dose=modelled,
        modelled=modelled,
        quantity=OBSERVABLE,
        spread="interval",
        role="calibration",
        flag="",
        source="",
        note="from PEtab tables",
        at=math.nan,
        value=math.nan,
        low=low,
        high=high,
        error=math.nan,
        n=math.nan,
        unit="d",
    )


def _free(found: Any, path: Path) -> tuple[Free, ...]:
    free = []
    for name, cells in found.parameter_df.iterrows():
        scale = str(cells["parameterScale"])
        if scale not in ("lin", "log10") or int(cells["estimate"]) != 1:
            raise InputError(
                f"PEtab: {path}: parameter {name}: scale {scale}, estimate {cells['estimate']}; allowed: lin or log10, "
                "and 1"
            )
        free.append(Free(str(name), float(cells["lowerBound"]), float(cells["upperBound"]), scale == "log10"))
    return tuple(free)


def _error(found: Any, path: Path) -> Error:
    """Find the error whose observable is the one in the tables."""
    listed = found.observable_df.reset_index().to_dict("records")
    cells = {key: str(value) for key, value in listed[0].items()}
    try:
        kind = "lognormal" if cells.get("observableTransformation") == "log" else "normal"
        error = Error(kind, float(cells["noiseFormula"]))
    except ValueError as wrong:
        raise InputError(f"PEtab: {path}: noiseFormula {cells['noiseFormula']!r}; allowed: a number over 0") from wrong
    for key, wanted in observable(error).items():
        if len(listed) != 1 or (key not in ("observableName", "noiseFormula") and cells.get(key) != wanted):
            raise InputError(f"PEtab: {path}: observable {key} {cells.get(key)!r}; allowed: only {wanted!r}")
    return error
