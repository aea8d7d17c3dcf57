"""What a study runs: for every combination of its axes a protocol, a model and the numbers in force, all checked."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from plasticity.assembly import Assembly
from plasticity.config import Node
from plasticity.kernels import declared_kernels
from plasticity.model import Model
from plasticity.named_sets import concerns, modules_of
from plasticity.protocol import Protocol
from plasticity.session_kinds import KINDS
from plasticity.study.axes import DIMENSIONS, LAYERS, SESSION, Axis
from plasticity.study.plan import plan
from plasticity.study.scenarios import SCENARIO, scenario_studies
from plasticity.study.schema import validated
from plasticity.study.sections import Settings
from plasticity.units import quantity, written
from plasticity.values import in_force


@dataclass(frozen=True)
class Run:
    """One simulation of a study.

    Attributes
    ----------
    labels : dict
        Where it stands on each axis, by dimension.
    treated : str or None
        The compound of its treatment, where treatments are an axis.
    protocol : Protocol
    model : Model
    parameters : dict of str to float
        Overrides, each in its canonical unit.
    parameter_set : str or None

    Examples
    --------
    >>> Run({}, None, Protocol(duration="2 d"), Model(), {}, None).parameters
    {}
    """

    labels: dict[str, Any]
    treated: str | None
    protocol: Protocol
    model: Model
    parameters: dict[str, float]
    parameter_set: str | None


def runs(settings: Settings, tree: Node, axes: tuple[Axis, ...]) -> tuple[Run, ...]:
    """Make every run of a study and check it, without computing anything.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    axes : tuple of Axis
        From `plasticity.study.axes.axes`.

    Returns
    -------
    tuple of Run
        The last axis changes fastest.

    Raises
    ------
    ConfigError
        If a name is unknown, a value unphysical, or a relation between values does not hold.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.axes import axes
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}, sweep: {over: {calcium: [averaged, oscillator]}}}")
    >>> [run.labels["calcium_kernel"] for run in runs(validated(tree), tree, axes(validated(tree), tree))]
    ['averaged', 'oscillator']
    """
    if [axis.name for axis in axes] == [SCENARIO]:
        return tuple(_scenarios(tree, axes[0]))
    made: list[Run] = []
    assemblies: list[Assembly] = []
    for places in itertools.product(*(range(len(axis.labels)) for axis in axes)):
        at = {axis.name: place for axis, place in zip(axes, places, strict=True)}
        labels = {axis.dimension: axis.labels[place] for axis, place in zip(axes, places, strict=True)}
        model = chosen_model(settings, tree, labels)
        protocol = plan(_moved(settings, axes, labels), tree, at.get("treatment"), model)
        assembly = model.assemble(protocol.compounds)
        _heard(settings, tree, assembly)
        parameters = _own(settings, tree, assembly)
        for axis, place in zip(axes, places, strict=True):
            if axis.is_parameter:
                with axis.node.items()[place].located():
                    in_force(assembly, {axis.name: axis.labels[place]})
                parameters[axis.name] = axis.labels[place]
        dosed = [compound.name for compound in assembly.compounds]
        chosen = settings.parameter_set if concerns(settings.parameter_set, dosed) else None
        with tree.find(("parameters",)).located():
            in_force(assembly, parameters, chosen)
        treated = _treated(settings, at.get("treatment"))
        made.append(Run(labels, treated, protocol, model, parameters, chosen))
        assemblies.append(assembly)
    _all_used(settings, tree, made, assemblies[0])
    return tuple(made)


def _scenarios(tree: Node, axis: Axis) -> Iterator[Run]:
    """Make one run for each scenario, none longer than the study, whose output times they share."""
    longest = quantity(validated(tree).protocol.duration, "h", "duration")
    for name, study in zip(axis.labels, scenario_studies(tree), strict=True):
        (run,) = runs(validated(study), study, ())
        if run.protocol.duration > longest:
            told = f"scenario {name!r} is longer than the study"
            raise study.find(("protocol", "duration")).error(told, f"up to {longest:g} h, protocol.duration")
        yield replace(run, labels={SCENARIO: name})


def _moved(settings: Settings, axes: tuple[Axis, ...], labels: Mapping[str, Any]) -> Settings:
    """Move the sessions whose start is an axis."""
    held = list(settings.protocol.sessions)
    for axis in axes:
        found = SESSION.fullmatch(axis.name)
        if found is not None:
            place = int(found["place"])
            held[place] = held[place].model_copy(update={"start": written(labels[axis.dimension], "h")})
    return settings.model_copy(update={"protocol": settings.protocol.model_copy(update={"sessions": held})})


def chosen_model(settings: Settings, tree: Node, labels: Mapping[str, Any]) -> Model:
    """Make the model of a study, or of one place on its axes of kernels.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    labels : mapping
        Kernels that an axis chooses, by dimension.

    Returns
    -------
    Model

    Raises
    ------
    ConfigError
        If a module or kernel is unknown, or a kernel is chosen for a module that is off.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}, model: {modules: [memory], memory: dominance}}")
    >>> chosen_model(validated(tree), tree, {}).variants["memory"]
    'dominance'
    """
    modules = settings.model.modules
    for index, name in enumerate(modules):
        with tree.find(("model", "modules", index)).located():
            Model(modules=[name])
    chosen = {}
    for layer in LAYERS:
        asked = labels.get(DIMENSIONS[layer], getattr(settings.model, layer))
        if asked is not None:
            with tree.find(("model", layer)).located():
                chosen[layer] = Model(**{layer: asked}, modules=modules).variants[layer]
    return Model(**chosen, modules=modules).joined(modules_of(settings.parameter_set))


def _heard(settings: Settings, tree: Node, assembly: Assembly) -> None:
    """Refuse an input that no kernel of the run reads."""
    section = settings.protocol
    driven: list[tuple[tuple[str | int, ...], str]] = [
        (("protocol", "inputs", at, "channel"), record.channel) for at, record in enumerate(section.inputs)
    ]
    driven += [
        (("protocol", "sessions", at), channel)
        for at, session in enumerate(section.sessions)
        for channel in KINDS[session.kind].holds
    ]
    for path, channel in driven:
        if channel not in assembly.inputs:
            layer = next(k.layer for k in declared_kernels() for i in k.inputs if i.name == channel)
            problem = f"no kernel of this model reads the input {channel!r}"
            raise tree.find(path).error(problem, f"model: {{modules: [{layer}]}}, or no such input")


def _own(settings: Settings, tree: Node, assembly: Assembly) -> dict[str, float]:
    """Read those parameters of the study that this run has, each checked by itself for the sake of its position."""
    found = {}
    for name, given in settings.parameters.items():
        unit = _unit(assembly, name)
        if unit is not None:
            with tree.find(("parameters", name)).located():
                found[name] = quantity(given, unit, f"parameter {name}", number_allowed=False)
                in_force(assembly, {name: given})
    return found


def _unit(assembly: Assembly, name: str) -> str | None:
    head, dot, tail = name.partition(".")
    if not dot:
        return assembly.parameters[name].unit if name in assembly.parameters else None
    known = {key for compound in assembly.compounds if compound.name == head for key in compound.numbers}
    return assembly.declared[tail].unit.removesuffix(" free") if tail in known and tail in assembly.declared else None


def _treated(settings: Settings, place: int | None) -> str | None:
    return None if place is None else settings.treatments[place].compound


def _all_used(settings: Settings, tree: Node, made: list[Run], first: Assembly) -> None:
    """Refuse a parameter that no run reads; the first run knows why it does not."""
    for name, given in settings.parameters.items():
        if not any(name in run.parameters for run in made):
            with tree.find(("parameters", name)).located():
                in_force(first, {name: given})
    if settings.parameter_set is not None and not any(run.parameter_set for run in made):
        with tree.find(("parameter_set",)).located():
            in_force(first, None, settings.parameter_set)
