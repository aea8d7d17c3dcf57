"""What a study has to do with data: the plan of its calibration or validation, checked, and the dataset of either."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from plasticity import provenance
from plasticity.config import Node
from plasticity.errors import InputError, missing_extra
from plasticity.study.calibration_section import calibration_plan
from plasticity.study.runs import Run
from plasticity.study.sections import Settings
from plasticity.units import quantity

if TYPE_CHECKING:
    import xarray

    from plasticity.calibration.findings import Findings
    from plasticity.calibration.outcome import Plan
    from plasticity.calibration.validation import Comparison

Report = Callable[[int, int, str], None]


def evidence(settings: Settings, tree: Node, run: Run) -> "Plan | Comparison | Findings | None":
    """Make and check the plan of a study that calibrates or validates.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    run : Run
        Its one run: the model and the overrides of a validation.

    Returns
    -------
    Plan or Comparison or Findings or None
        None for all other studies.

    Raises
    ------
    ConfigError
        For the first thing that is not allowed.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}}")
    >>> evidence(validated(tree), tree, None) is None
    True
    """
    if settings.calibration is not None and settings.validation is not None:
        raise tree.find(("validation",)).error("calibration and validation in one study", "one of the two", at_key=True)
    if settings.calibration is not None:
        duration = quantity(settings.protocol.duration, "h", "duration")
        told = provenance.digest(settings.model_dump(mode="json", exclude={"reduced", "title", "figure"}))
        return calibration_plan(settings.calibration, duration, tree, told, settings.parameter_set)
    if settings.validation is None:
        return None
    from plasticity.calibration.observed import Observation, driven, rows
    from plasticity.calibration.validation import Comparison
    from plasticity.named_sets import values_of

    section, wanted = settings.validation, settings.uncertainty
    if bool(section.tables) == bool(section.accounts):
        given = "both tables and accounts" if section.tables else "neither tables nor accounts"
        raise tree.find(("validation",)).error(given, "one of the two", at_key=True)
    if section.accounts:
        from plasticity.calibration.findings import Findings

        with tree.find(("validation", "accounts")).located():
            count, seed = (wanted.samples, wanted.seed) if wanted else (0, 0)
            return Findings(tuple(section.accounts), run.parameters, count, seed)
    found: list[Observation] = []
    for index, name in enumerate(section.tables):
        with tree.find(("validation", "tables", index)).located():
            found.extend(driven(row, section.exposure) for row in rows(name).values())
    values = {**values_of(settings.parameter_set), **run.parameters}
    return Comparison(tuple(found), run.model, values, section.draws if wanted else 0, section.seed)


def evidence_dataset(
    plan: "Plan | Comparison | Findings", report: Report | None, chains: Path | None
) -> "xarray.Dataset":
    """Run a calibration or a validation.

    Parameters
    ----------
    plan : Plan or Comparison or Findings
    report : callable or None
        As `Study.run` takes it.
    chains : pathlib.Path or None
        File that keeps the chains of a calibration.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        If a calibration lacks the packages that draw its chains, before anything is computed.

    Examples
    --------
    >>> from plasticity.calibration.validation import Comparison
    >>> from plasticity.model import Model
    >>> evidence_dataset(Comparison((), Model(), {}, 0, 0), None, None).sizes["row"]
    0
    """
    from plasticity.calibration.findings import Findings, compared
    from plasticity.calibration.outcome import Plan, calibrated
    from plasticity.calibration.validation import validated_rows

    if isinstance(plan, Plan):
        if any(find_spec(name) is None for name in ("emcee", "arviz")):
            raise missing_extra("calibration", "fit")
        return calibrated(plan, chains, report)
    if chains is not None:
        raise InputError("this study validates; allowed: a study with a section calibration")
    return compared(plan, report) if isinstance(plan, Findings) else validated_rows(plan, report)


def evidence_known(plan: "Plan | Comparison | Findings", run: Run, parameter_set: str | None) -> "dict[str, object]":
    """Say how well the numbers behind a calibration or validation are known.

    Parameters
    ----------
    plan : Plan or Comparison or Findings
    run : Run
        Of the study; its overrides count as given by hand.
    parameter_set : str or None

    Returns
    -------
    dict
        See `plasticity.calibration.known.known`.

    Examples
    --------
    >>> from plasticity.calibration.validation import Comparison
    >>> from plasticity.model import Model
    >>> from plasticity.protocol import Protocol
    >>> evidence_known(Comparison((), Model(), {}, 0, 0), Run({}, None, Protocol("1 d"), Model(), {}, None), None)
    {}
    """
    from plasticity.calibration.known import known

    return known(plan, run.parameters, parameter_set)
