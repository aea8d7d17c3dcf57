"""The JSON Schema of studies: what an editor needs to complete and check a study while it is typed."""

from collections.abc import Iterable
from typing import Any

from plasticity.study.key_meanings import MEANINGS
from plasticity.study.sections import SPECIES, ModelSection, OverSection, Settings
from plasticity.units import pattern

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
WITH_NUMBERS = ("Settings", "ScenarioSection")
"""Sections that change numbers of the model."""
NO_NUMBER: Schema = {"type": "string", "pattern": r"\S"}


def study_schema() -> Schema:
    """Write the JSON Schema of a study.

    Returns
    -------
    dict
        Names of compounds, parameters, laws, figures, ... are those of this installation. A study that it accepts may
        still be refused: relations between keys, such as a parameter that no kernel of the chosen laws reads, are
        known to `plasticity check` only.

    Examples
    --------
    >>> schema = study_schema()
    >>> "lsd" in schema["$defs"]["DoseSection"]["properties"]["compound"]["enum"]
    True
    >>> schema["properties"]["parameters"]["properties"]["brake_tau"]["default"]
    '156.42 h'
    """
    schema = Settings.model_json_schema()
    sections = {**schema["$defs"], "Settings": schema}
    for section in sections.values():
        section["description"] = str(section.get("description", "")).partition("\n\n")[0]
        section.pop("title", None)
        for key in section.get("properties", {}).values():
            key.pop("title", None)
    for name, told in _names().items():
        for key, choice in told.items():
            _choose(sections[name]["properties"][key], choice)
    for name, keys in MEANINGS.items():
        for key, meaning in keys.items():
            sections[name]["properties"][key]["description"] = meaning
    sections["DoseSection"]["allOf"] = _forms()
    for name, key, options in _options():
        sections[name]["properties"][key]["enum"] = list(options)
        sections[name].pop("additionalProperties", None)
        sections[name]["allOf"] = [_when(key, value, sections[name], own) for value, own in options.items()]
    numbers = _parameters()
    for name in WITH_NUMBERS:
        sections[name]["properties"]["parameters"] |= {"properties": numbers, "additionalProperties": False}
    schema["properties"]["uncertainty"]["anyOf"].append({"enum": ["none", True, False]})
    _describe_axes(sections, numbers)
    return {"$schema": DIALECT, "title": "A study of plasticity", **schema}


def _choose(key: Schema, choice: Schema) -> None:
    """Narrow a key whose value is a name, a list of names, or null."""
    if "description" in choice:
        key["description"] = choice["description"]
    for one in key.get("anyOf", [key]):
        if one.get("type") == "array":
            one["items"] = {name: value for name, value in choice.items() if name != "description"}
        elif one.get("type") == "string":
            one.update(choice)


def _enum(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(names)}


def _names() -> dict[str, dict[str, Schema]]:
    from plasticity import data
    from plasticity.compound import ROUTES, compound_names, parameter_sets
    from plasticity.kernels import channels, declared_kernels
    from plasticity.named_sets import model_sets
    from plasticity.schedule import OBJECTIVES
    from plasticity.schedule.slots import DAYS
    from plasticity.session_kinds import KINDS
    from plasticity.sweeps.planning.design import DESIGNS

    laws = {
        layer: {
            **_enum(
                name
                for k in declared_kernels()
                if k.layer == layer and k.variant != "only"
                for name in (k.variant, *k.aliases)
            ),
            "description": f"Law of the layer {layer}",
        }
        for layer in (kernel.layer for kernel in declared_kernels())
        if layer in ModelSection.model_fields
    }
    chain = {kernel.layer for kernel in declared_kernels() if kernel.default}
    modules = dict.fromkeys(kernel.layer for kernel in declared_kernels() if kernel.layer not in chain)
    return {
        **{name: {"parameter_set": _enum({**model_sets(), **parameter_sets()})} for name in WITH_NUMBERS},
        "DoseSection": {"compound": _enum(compound_names()), "route": _enum(ROUTES)},
        "ProtocolSection": {"species": _enum(SPECIES)},
        "InputSection": {"channel": _enum(channels())},
        "ModelSection": {**laws, "modules": _enum(modules)},
        "SummarySection": {"design": _enum(DESIGNS), "keep": _kept()},
        "ScheduleSection": {
            "kind": _enum(KINDS),
            "objective": _enum(OBJECTIVES),
            "first_day": _enum(DAYS),
            "office_days": _enum(DAYS),
        },
        "ValidationSection": {"tables": _enum(data.names())},
        "OverSection": {layer: one for layer, one in laws.items() if layer in OverSection.model_fields},
    }


def _kept() -> Schema:
    from plasticity.sweeps.planning.kept import FOLLOWED
    from plasticity.window import PER_WINDOW, SUMMARIES

    followed = {"type": "string", "pattern": f"({'|'.join(FOLLOWED)})$"}
    return {"anyOf": [_enum([*SUMMARIES, *PER_WINDOW]), followed]}


def _forms() -> list[Schema]:
    """Give the forms of each compound, whatever the species."""
    from plasticity.compound import compound_names

    return [
        {
            "if": {"properties": {"compound": {"const": name}}},
            "then": {"properties": {"form": {"enum": [*forms, None]}}},
        }
        for name in compound_names()
        if (forms := next(drug.forms for drug in _drugs(name)))
    ]


def _drugs(name: str) -> Iterable[Any]:
    from plasticity.compound import load_compound
    from plasticity.errors import InputError

    for species in SPECIES:
        try:
            yield load_compound(name, species)
        except InputError:  # no data for this species
            continue


def _options() -> Iterable[tuple[str, str, dict[str, dict[str, Schema]]]]:
    """Give the sections in which one key decides which others there are."""
    from plasticity import figures, observables
    from plasticity.session_kinds import KINDS

    channels = {kind: {key: {"type": "number"} for key in one.holds} for kind, one in KINDS.items()}
    yield "SessionSection", "kind", channels
    told: dict[str, dict[str, Schema]] = {
        name: {key: {} for key in observables.described(name).options} for name in observables.observable_names()
    }
    yield "ObservableSection", "name", told
    shapes = {bool: {"type": "boolean"}, str: {"type": "string"}}
    yield (
        "FigureSection",
        "kind",
        {
            kind: {
                name: shapes.get(taken, {"type": "string", "pattern": pattern("h")})
                for name, taken in figures.options(kind).items()
                if name != "observed"
            }
            for kind in figures.kinds()
        },
    )


def _when(key: str, value: str, section: Schema, own: dict[str, Schema]) -> Schema:
    known = {**{name: {} for name in section["properties"]}, **own}
    condition = {"properties": {key: {"const": value}}, "required": [key]}
    return {"if": condition, "then": {"properties": known, "additionalProperties": False}}


def _parameters() -> dict[str, Schema]:
    """Describe every number that a study may change, with its default."""
    from plasticity.compound import compound_names
    from plasticity.kernels import declared_kernels

    declared = {parameter.name: parameter for kernel in declared_kernels() for parameter in kernel.parameters}
    found = {name: _number(p.unit, p.label, p.value) for name, p in declared.items() if p.value is not None}
    for compound in compound_names():
        for drug in _drugs(compound):
            own = {f"{compound}.{name}": (name, number) for name, number in drug.numbers.items() if name in declared}
            for key, (name, number) in own.items():
                found.setdefault(key, _number(declared[name].unit, declared[name].label, number.value))
    return found


def _number(unit: str, label: str, default: float) -> Schema:
    kinds = ["string", "number"] if unit == "1" else "string"
    shown = f"{default:.10g} {unit.removesuffix(' free')}".removesuffix(" 1")
    return {"type": kinds, "pattern": pattern(unit), "description": f"{label} [{unit}]", "default": shown}


def _describe_axes(sections: dict[str, Schema], numbers: dict[str, Schema]) -> None:
    """Write which axes there are, and what may stand on one."""
    over = sections["OverSection"]
    listed = {"type": "array", "minItems": 1, "uniqueItems": True}
    over["properties"] |= {name: {**listed, "items": one} for name, one in numbers.items()}
    over["patternProperties"] = {r"^sessions\.\d+\.start$": {**listed, "items": NO_NUMBER}}
    over["additionalProperties"] = False
    limits = {key: {"type": ["string", "number"]} for key in ("from", "to", "median", "mean", "sd", "cv")}
    shape = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **limits,
            "points": {"type": "integer", "minimum": 2},
            "spacing": _enum(("linear", "log")),
            "distribution": _enum(("normal", "lognormal", "uniform", "loguniform")),
            "zip": {"type": "object"},
            "table": {"type": "array", "items": {"type": "object"}},
            "population": {"type": "integer", "minimum": 1},
            "body_weight": {"type": "object"},
            "variability": {"type": "object"},
        },
    }
    axis = {"anyOf": [{"type": "array", "minItems": 1}, shape, {"const": "plausible"}]}
    summaries = sections["SummarySection"]["properties"]
    treatments = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/DoseSection"}}
    summaries["over"] |= {"properties": {"treatment": treatments}, "additionalProperties": axis, "minProperties": 1}
