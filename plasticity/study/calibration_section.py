"""The sections ``calibration`` and ``validation`` of a study: what is fitted, and what is compared, with which data."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from plasticity.study.section import Section

if TYPE_CHECKING:
    from plasticity.calibration.outcome import Plan
    from plasticity.config import Node

Rows = dict[str, list[str]]
Positive = Annotated[int, Field(ge=1)]


class RangeSection(Section):
    """The searched range of a free number, as in ``{from: 1 d, to: 40 d, spacing: log}``.

    Examples
    --------
    >>> RangeSection(**{"from": "1 d", "to": "40 d"}).spacing
    'log'
    """

    open: ClassVar[bool] = True  # `from` is no name that Python allows for a field; Pydantic checks the keys here

    start: str = Field(alias="from")
    to: str
    spacing: Literal["log", "linear"] = "log"


class ErrorSection(Section):
    """How far an animal's closing day lies from the model's: ``{kind: normal, sd: 1.5 d}``.

    Examples
    --------
    >>> ErrorSection().sd
    '1.5 d'
    """

    kind: Literal["normal", "lognormal"] = "normal"
    sd: str = "1.5 d"


class SamplingSection(Section):
    """How long the chains are.

    Examples
    --------
    >>> SamplingSection().walkers
    32
    """

    ensembles: Positive = 2
    walkers: Positive = 32
    steps: Positive = 900
    burn: Positive = 100


class JointSection(Section):
    """How many draws of all uncertain numbers are made by the first law, and how many are kept.

    Examples
    --------
    >>> JointSection().keep
    256
    """

    points: Positive = 16384
    keep: Positive = 256


class CalibrationSection(Section):
    """What is fitted to which rows, which rows are held out, and how hard.

    Examples
    --------
    >>> CalibrationSection(rows={}, laws={}).starts
    4
    """

    rows: Rows
    holdout: Rows = Field(default_factory=dict)
    error: ErrorSection = ErrorSection()
    laws: dict[str, dict[str, RangeSection]]
    screen: Positive = 64
    starts: Positive = 4
    profile: Annotated[int, Field(ge=3)] = 13
    sampling: SamplingSection = SamplingSection()
    experiments: list[str] = Field(default_factory=list)
    joint: JointSection | None = None
    seed: Annotated[int, Field(ge=0)] = 0


class ValidationSection(Section):
    """Which tables the model is held against, or which accounts of memory against the findings on retrieved memories.

    Examples
    --------
    >>> ValidationSection(tables=["plasma_maxima"]).draws
    32
    """

    tables: list[str] = Field(default_factory=list)
    accounts: list[str] = Field(default_factory=list)
    exposure: Literal["human", "mouse"] = "human"
    draws: Annotated[int, Field(ge=0)] = 32
    seed: Annotated[int, Field(ge=0)] = 0


def calibration_plan(
    section: CalibrationSection, duration: float, tree: "Node", study: str, parameter_set: str | None = None
) -> "Plan":
    """Check a calibration and make its plan.

    Parameters
    ----------
    section : CalibrationSection
    duration : float
        Of every simulation [h].
    tree : Node
        The same study with its positions.
    study : str
        Hash of the study.
    parameter_set : str, optional
        Values that hold where nothing is fitted.

    Returns
    -------
    Plan

    Raises
    ------
    ConfigError
        If a law, number, table, row or dose is unknown, a range is no range, or a row is both fitted and held out.

    Examples
    --------
    >>> from plasticity import config
    >>> tree = config.parse("{calibration: {rows: {critical_period_windows: [lsd]}, laws: {}}}")
    >>> section = CalibrationSection(rows={"critical_period_windows": ["lsd"]}, laws={})
    >>> calibration_plan(section, 2400.0, tree, "").rows[0].id
    'lsd'
    """
    from plasticity.calibration.asked import asked
    from plasticity.calibration.laws import BASELINE, KINETICS, Law, units_of
    from plasticity.calibration.likelihood import Error
    from plasticity.calibration.measured import measured_only
    from plasticity.calibration.observed import chosen, closing_days_only
    from plasticity.calibration.outcome import Plan
    from plasticity.model import Model
    from plasticity.units import quantity

    node = tree.find(("calibration",))
    laws = []
    for name, free in section.laws.items():
        below = node.find(("laws", name))
        with below.located(at_key=True):
            kernel = name if name in (BASELINE, KINETICS) else Model(brake=name).variants["brake"]
            units = units_of(kernel, list(free))
        ranges = []
        for number, limits in free.items():
            with below.find((number,)).located():
                ranges.append(_free(number, limits, units.get(number, "d")))
        with below.located():
            laws.append(Law(kernel, tuple(ranges), duration, parameter_set))
    kinetics = [law.name for law in laws if law.name == KINETICS]
    if kinetics and (len(laws) > 1 or section.experiments or section.joint):
        raise node.find(("laws",)).error(f"{KINETICS} beside other laws, experiments or joint", f"{KINETICS} alone")
    allowed = measured_only if kinetics else closing_days_only
    with node.find(("rows",)).located():
        rows = chosen(section.rows)
        allowed(rows)
    with node.find(("holdout",)).located():
        holdout = chosen(section.holdout)
        allowed(holdout)
    for index, text in enumerate(section.experiments):
        with node.find(("experiments", index)).located():
            asked(text, duration)
    with node.find(("error",)).located():
        unit = "d" if section.error.kind == "normal" else "1"
        error = Error(
            section.error.kind,
            quantity(section.error.sd, "h", "sd") / 24.0 if unit == "d" else quantity(section.error.sd, "1", "sd"),
        )
    with node.find(("holdout",)).located():
        return Plan(
            laws=tuple(laws),
            rows=tuple(rows),
            holdout=tuple(holdout),
            error=error,
            screen=section.screen,
            starts=section.starts,
            profile=section.profile,
            ensembles=section.sampling.ensembles,
            walkers=section.sampling.walkers,
            steps=section.sampling.steps,
            burn=section.sampling.burn,
            seed=section.seed,
            experiments=tuple(section.experiments),
            joint=(section.joint.points, section.joint.keep) if section.joint else None,
            study=study,
        )


def _free(name: str, limits: RangeSection, unit: str) -> "Free":
    from plasticity.calibration.laws import Free
    from plasticity.units import quantity

    scale = 24.0 if unit == "d" else 1.0
    ends = [quantity(text, "h" if unit == "d" else unit, name) / scale for text in (limits.start, limits.to)]
    return Free(name, ends[0], ends[1], limits.spacing == "log")


if TYPE_CHECKING:
    from plasticity.calibration.laws import Free
