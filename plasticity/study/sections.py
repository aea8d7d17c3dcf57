"""The sections of a study and what may stand in each."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from plasticity.errors import InputError, unknown_name
from plasticity.study.calibration_section import CalibrationSection, ValidationSection
from plasticity.study.section import InUnits, Section, shown
from plasticity.study.sensitivity_section import SensitivitySection
from plasticity.study.uncertainty_section import NoneOrDraws, UncertaintySection
from plasticity.units import quantity_among

SPECIES = ("human", "mouse")


def _quantity(*units: str, at_least: float | None = None, above: float | None = None) -> BeforeValidator:
    def checked(given: Any) -> Any:
        value, unit = quantity_among(given, units, "value", number_allowed=False)
        if above is not None and not value > above:
            raise InputError(f"{given!r} is too small; allowed: more than {above:g} {unit}")
        if at_least is not None and value < at_least:
            raise InputError(f"{given!r} is negative; allowed: {at_least:g} {unit} or more")
        return given

    return BeforeValidator(checked)


def _one_of(kind: str, names: Iterable[str]) -> AfterValidator:
    def checked(given: str) -> str:
        if given not in names:
            raise unknown_name(kind, given, names)
        return given

    return AfterValidator(checked)


def _text_or_number(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise InputError(f"{shown(given)} is not a quantity; allowed: a number with a unit, such as 7 d")
    return given


def _listed(given: Any) -> Any:
    if not isinstance(given, list):
        raise InputError(f"{shown(given)} is not a list (ranges need `keep`); allowed: a list, [a, b, ...]")
    return given


def _filled(given: list[Any]) -> list[Any]:
    if not given:
        raise InputError("an empty list; allowed: one value or more")
    for index, item in enumerate(given):
        if item in given[:index]:
            raise InputError(f"{shown(item)} stands twice; allowed: each value once")
    return given


Moment = Annotated[str, _quantity("h", at_least=0.0), InUnits(("h",))]
Length = Annotated[str, _quantity("h", above=0.0), InUnits(("h",))]
Amount = Annotated[str, _quantity("mg", "mg/kg", "nmol", at_least=0.0), InUnits(("mg", "mg/kg", "nmol"))]
Count = Annotated[int, Field(ge=1)]
Weight = Annotated[str, _quantity("kg", above=0.0), InUnits(("kg",))]
Given = Annotated[Any, AfterValidator(_text_or_number), WithJsonSchema({"type": ["string", "number"]})]
Axis = Annotated[list[Given], BeforeValidator(_listed), AfterValidator(_filled)]
Names = Annotated[list[str], BeforeValidator(_listed), AfterValidator(_filled)]


class DoseSection(Section):
    """One dose, as in ``{compound: ketamine, amount: 0.5 mg/kg, at: 0 h, over: 40 min}``.

    Examples
    --------
    >>> DoseSection(compound="lsd", amount="100 ug").at
    '0 h'
    """

    compound: str
    amount: Amount
    at: Moment = "0 h"
    route: str | None = None
    form: str | None = None
    over: Length | None = None
    name: str | None = None
    every: Length | None = None
    times: Count = 1


class InputSection(Section):
    """One record of a scheduled input: a channel holds a value from start to end.

    Examples
    --------
    >>> InputSection(channel="cue", start="1 h", end="2 h", value=1.0).times
    1
    """

    channel: str
    start: Moment
    end: Moment
    value: float
    every: Length | None = None
    times: Count = 1


class NamedSection(Section):
    """Something chosen by name, with its options beside it; whoever owns the name checks the options.

    Examples
    --------
    >>> ObservableSection(name="pairing_change", pairs=75).options
    {'pairs': 75}
    """

    model_config = ConfigDict(extra="allow")
    open = True

    @property
    def options(self) -> dict[str, Any]:
        """What stands beside the name."""
        return dict(self.__pydantic_extra__ or {})


class SessionSection(NamedSection):
    """A session, as in ``{kind: integration, start: 1 d, over: 2 h}``; its kind says which channels it has.

    Examples
    --------
    >>> SessionSection(kind="integration", start="1 d", end="30 h", setting=0.5).options
    {'setting': 0.5}
    """

    __pydantic_extra__: dict[str, float]
    kind: str
    start: Moment
    end: Moment | None = None
    over: Length | None = None
    every: Length | None = None
    times: Count = 1
    name: str | None = None


class ProtocolSection(Section):
    """What happens when.

    Examples
    --------
    >>> ProtocolSection().duration
    '28 d'
    """

    species: Annotated[str, _one_of("species", SPECIES)] = "human"
    duration: Length = "28 d"
    body_weight: Weight | None = None
    doses: list[DoseSection] = Field(default_factory=list)
    sessions: list[SessionSection] = Field(default_factory=list)
    inputs: list[InputSection] = Field(default_factory=list)
    initial: dict[str, Given] = Field(default_factory=dict)


class ModelSection(Section):
    """Which law fills which layer.

    Examples
    --------
    >>> ModelSection().brake
    'first_order'
    """

    calcium: str = "averaged"
    brake: str = "first_order"
    modules: list[str] = Field(default_factory=list)
    memory: str | None = None
    belief: str | None = None


class SpacingSection(Section):
    """Even times, optionally denser at first.

    Examples
    --------
    >>> SpacingSection(every="1 h").dense_until is None
    True
    """

    every: Length
    dense_until: Length | None = None
    dense_every: Length | None = None

    @model_validator(mode="after")
    def _both(self) -> "SpacingSection":
        if (self.dense_until is None) != (self.dense_every is None):
            raise InputError("dense_until and dense_every go together; allowed: both or neither")
        return self


def _is_list(given: Any) -> str:
    return "a list" if isinstance(given, list) else "a mapping"


Times = Annotated[
    Annotated[list[Moment], Tag("a list")] | Annotated[SpacingSection, Tag("a mapping")], Discriminator(_is_list)
]


class SolverSection(Section):
    """How exactly the equations are solved.

    Examples
    --------
    >>> SolverSection().rtol
    1e-06
    """

    rtol: Annotated[float, Field(ge=1e-13, le=1e-2)] = 1e-6
    atol: Annotated[float, Field(gt=0.0)] | None = None


class ScenarioSection(Section):
    """One scenario: its keys take the place of those of the study, section by section.

    Examples
    --------
    >>> ScenarioSection(name="A", parameters={"brake_tau": "7 d"}).protocol.doses
    []
    """

    name: str
    label: str | None = None
    protocol: ProtocolSection = ProtocolSection()
    model: ModelSection = ModelSection()
    parameters: dict[str, Given] = Field(default_factory=dict)
    parameter_set: str | None = None

    @model_serializer(mode="wrap")
    def _hashed(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `label` out where there is none: studies keep the hash that they had before there were labels."""
        return {name: one for name, one in dump(self).items() if name != "label" or one is not None}


class OverSection(Section):
    """The axes of a sweep: treatments, kernels by their layer, and any parameter by its name.

    Examples
    --------
    >>> OverSection(calcium=["averaged", "oscillator"], brake_tau=["5 d", "7 d"]).brake_tau
    ['5 d', '7 d']
    """

    model_config = ConfigDict(extra="allow")
    open = True
    __pydantic_extra__: dict[str, Axis]

    scenario: Annotated[list[ScenarioSection], BeforeValidator(_listed), AfterValidator(_filled)] | None = None
    treatment: Annotated[list[DoseSection], BeforeValidator(_listed), AfterValidator(_filled)] | None = None
    calcium: Names | None = None
    brake: Names | None = None
    memory: Names | None = None
    belief: Names | None = None

    @model_serializer(mode="wrap")
    def _hashed(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `scenario` out where there is none: studies keep the hash that they had before there were scenarios."""
        return {name: one for name, one in dump(self).items() if name != "scenario" or one is not None}


class SweepSection(Section):
    """One whole run for every combination of the values of its axes.

    Examples
    --------
    >>> SweepSection(over={"brake": ["m1", "m2"]}).over.brake
    ['m1', 'm2']
    """

    over: OverSection


class SummarySection(Section):
    """Many points, of each of which only summaries are kept; `plasticity.sweeps` knows what may stand in its parts.

    Examples
    --------
    >>> SummarySection(over={"dose": {"from": "1 mg", "to": "40 mg", "points": 40}}, keep=["first_open"]).design
    'grid'
    """

    over: dict[str, Any]
    keep: Names
    design: str = "grid"
    samples: int | None = None
    seed: int = 0
    trajectories: dict[str, Any] | None = None


def _keeps(given: Any) -> str:
    """Tell by `keep` whether a sweep keeps summaries or whole runs."""
    summaries = "keep" in given if isinstance(given, dict) else isinstance(given, SummarySection)
    return "summaries" if summaries else "whole runs"


Sweep = Annotated[
    Annotated[SweepSection, Tag("whole runs")] | Annotated[SummarySection, Tag("summaries")], Discriminator(_keeps)
]


class ObservableSection(NamedSection):
    """A read-out computed from the states, as in ``{name: pairing_change, pairs: 75, ...}``.

    Examples
    --------
    >>> ObservableSection(name="flip_frequency").name
    'flip_frequency'
    """

    name: str


class FigureSection(NamedSection):
    """A kind of figure and its options.

    Examples
    --------
    >>> FigureSection(kind="stages", until="7 d").options
    {'until': '7 d'}
    """

    kind: str


class ScheduleSection(Section):
    """Sessions to be placed where they achieve most.

    Examples
    --------
    >>> ScheduleSection(sessions=3, spacing="2 d", objective="belief_change").kind
    'integration'
    """

    kind: str = "integration"
    sessions: Count
    over: Length = "2 h"
    earliest: Moment = "1 d"
    latest: Moment | None = None
    spacing: Moment = "1 d"
    office_days: list[str] = Field(default_factory=lambda: ["mon", "tue", "wed", "thu", "fri"])
    first_day: str = "mon"
    objective: str = "belief_change"
    holds: dict[str, float] = Field(default_factory=dict)
    quantile: Annotated[float, Field(gt=0.0, le=0.5)] = 0.1
    draws: Annotated[int, Field(ge=2)] = 32
    seed: Annotated[int, Field(ge=0)] = 0


class Settings(Section):
    """A whole study.

    Examples
    --------
    >>> Settings(protocol={"duration": "2 d"}).protocol.duration
    '2 d'
    """

    title: str = ""
    protocol: ProtocolSection
    model: ModelSection = ModelSection()
    parameters: dict[str, Given] = Field(default_factory=dict)
    parameter_set: str | None = None
    times: Times | None = None
    solver: SolverSection = SolverSection()
    sweep: Sweep | None = None
    sensitivity: SensitivitySection | None = None
    schedule: ScheduleSection | None = None
    uncertainty: NoneOrDraws = UncertaintySection()
    observables: list[ObservableSection] = Field(default_factory=list)
    figure: FigureSection | None = None
    calibration: CalibrationSection | None = None
    validation: ValidationSection | None = None
    reduced: dict[str, Any] = Field(default_factory=dict)

    @property
    def treatments(self) -> list[DoseSection]:
        """Treatments that are an axis of whole runs."""
        return (self.sweep.over.treatment or []) if isinstance(self.sweep, SweepSection) else []
