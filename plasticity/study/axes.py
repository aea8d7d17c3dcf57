"""The axes of a sweep: treatments, kernels by their layer, and any parameter by its name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from plasticity.compound import load_compound
from plasticity.config import Node
from plasticity.errors import unknown_name
from plasticity.kernels import declared_kernels
from plasticity.model import Model
from plasticity.session_kinds import KINDS
from plasticity.study.scenarios import SCENARIO, scenario_names
from plasticity.study.sections import DoseSection, OverSection, Settings, SweepSection
from plasticity.units import quantity

SESSION = re.compile(r"sessions\.(?P<place>\d+)\.start")
"""Name of the axis that moves a session, counted from 0 as in its list."""
LAYERS = ("calcium", "brake", "memory", "belief")
"""Layers of which a study may choose the kernel."""
DIMENSIONS = {SCENARIO: SCENARIO, "treatment": "compound"} | {layer: f"{layer}_kernel" for layer in LAYERS}
"""Dimension of the dataset for each axis of a sweep; a parameter's is its own name."""


@dataclass(frozen=True)
class Axis:
    """One axis of a sweep.

    Attributes
    ----------
    name : str
        As in the study: ``treatment``, a layer such as ``brake``, or the name of a parameter.
    labels : tuple
        Its coordinate: names, or the values of the parameter in its canonical unit.
    node : Node
        Where it stands.
    attributes : dict
        Of the coordinate.

    Examples
    --------
    >>> from plasticity import config
    >>> Axis("calcium", ("averaged", "oscillator"), config.parse("{}")).dimension
    'calcium_kernel'
    """

    name: str
    labels: tuple[Any, ...]
    node: Node
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def dimension(self) -> str:
        """Its dimension in the dataset."""
        return DIMENSIONS.get(self.name, self.name)

    @property
    def is_parameter(self) -> bool:
        """Whether it changes a number of the model, and not what happens or by which law."""
        return self.name not in DIMENSIONS and SESSION.fullmatch(self.name) is None


def axes(settings: Settings, tree: Node) -> tuple[Axis, ...]:
    """List the axes of a study, in the order in which they stand there.

    Parameters
    ----------
    settings : Settings
    tree : Node

    Returns
    -------
    tuple of Axis

    Raises
    ------
    ConfigError
        If an axis is neither of treatments, of kernels nor of a parameter, or a value is not allowed.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}, sweep: {over: {brake_tau: [5 d, 7 d]}}}")
    >>> axes(validated(tree), tree)[0].labels
    (120.0, 168.0)
    """
    if not isinstance(settings.sweep, SweepSection):
        return ()
    over = settings.sweep.over
    nodes = tree.find(("sweep", "over")).mapping()
    return tuple(_axis(name, settings, over, node) for name, node in nodes.items())


def _axis(name: str, settings: Settings, over: OverSection, node: Node) -> Axis:
    if name == SCENARIO:
        others = {other: one for other, one in over.model_dump(exclude_none=True).items() if other != name}
        return Axis(name, scenario_names(node, others), node, {"long_name": "Scenario"})
    if name == "treatment":
        return Axis(name, tuple(_treatments(over.treatment or [], node)), node, {"long_name": "Compound"})
    if name in LAYERS:
        labels = tuple(_variant(name, settings.model.modules, item) for item in node.items())
        if len(set(labels)) < len(labels):
            raise node.error(f"{', '.join(labels)}: one kernel by two names", "each kernel once")
        return Axis(name, labels, node, {"long_name": f"Kernel of {name}"})
    session = SESSION.fullmatch(name)
    if session is None:
        unit, label = _parameter(name, node, settings.protocol.species)
    else:
        unit, label = "h", _moved(int(session["place"]), settings, node)
    values = []
    for item in node.items():
        with item.located():
            values.append(quantity(item.value, unit, "value", number_allowed=False))
        if values[-1] in values[:-1]:
            raise item.error(f"{item.value!r} stands twice", "each value once")
    return Axis(name, tuple(values), node, {"units": unit, "long_name": label})


def _treatments(treatments: list[DoseSection], node: Node) -> Iterator[str]:
    """Call each treatment by its name or compound, with the amount where a compound comes more than once."""
    compounds = [dose.compound for dose in treatments]
    labels: list[str] = []
    for dose, item in zip(treatments, node.items(), strict=True):
        once = compounds.count(dose.compound) == 1
        label = dose.name or (dose.compound if once else f"{dose.compound} {dose.amount}")
        if label in labels:
            raise item.error(f"a second treatment {label!r}", "a name of its own for each, as in name: fast")
        labels.append(label)
        yield label


def _variant(layer: str, modules: list[str], node: Node) -> str:
    with node.located():
        return Model(**{layer: node.text()}, modules=[name for name in modules if name == layer]).variants[layer]


def _moved(place: int, settings: Settings, node: Node) -> str:
    """Label the start of a session that is an axis."""
    held = settings.protocol.sessions
    if place >= len(held):
        raise node.error(f"the protocol has {len(held)} sessions, counted from 0", "one of them", at_key=True)
    if held[place].over is None:
        raise node.error(f"session {place} has an end, which would not move with it", "over: its length", at_key=True)
    return f"Start of the {held[place].kind} session"


def _parameter(name: str, node: Node, species: str) -> tuple[str, str]:
    """Find unit and label of a parameter that is an axis."""
    declared = {parameter.name: parameter for kernel in declared_kernels() for parameter in kernel.parameters}
    head, dot, tail = name.partition(".")
    if dot and (head in KINDS or head == "session"):
        told = f"an axis of sessions in a sweep of whole runs: {name}"
        raise node.error(told, "keep: [...] beside over, or sessions.0.start for the first session", at_key=True)
    if dot:
        with node.located(at_key=True):
            numbers = load_compound(head, species).numbers
            if tail not in numbers or tail not in declared:
                raise unknown_name(f"parameter of {head}", tail, [key for key in numbers if key in declared])
        return declared[tail].unit.removesuffix(" free"), f"{declared[tail].label}, {head}"
    shared = [key for key, parameter in declared.items() if parameter.value is not None]
    if name not in shared:
        told = str(unknown_name("axis", name, [*DIMENSIONS, *shared])).partition(" allowed:")[0].removesuffix(";")
        raise node.error(told, f"treatment, {', '.join(LAYERS)}, or the name of a parameter", at_key=True)
    return declared[name].unit, declared[name].label
