"""Where points share one compiled model: a protocol, a choice of kernels, and the numbers before an axis acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from plasticity.assembly import Assembly
from plasticity.compound import BODY_WEIGHT
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.named_sets import concerns, modules_of
from plasticity.protocol import Protocol
from plasticity.values import Given, in_force, told

STRUCTURE = ("compound", "treatment", "species")
"""Axes, beside those of the layers of the model, that change what is compiled or which numbers a compound has."""


@dataclass(frozen=True, eq=False)
class Setting:
    """One combination of the axes of structure; all else about a point is a number.

    Attributes
    ----------
    protocol : Protocol
    layers : dict
        Arguments of `Model`, as plain data, so that a setting can be sent to another process.
    parameters : dict of str to float
        Overrides that this setting has a use for.
    parameter_set : str or None
    treated : str or None
        The compound that an axis of compounds or treatments gives here.

    Examples
    --------
    >>> Setting(Protocol("2 d").dose("lsd", "100 ug"), {"brake": "feedback"}).assembly.compounds[0].name
    'lsd'
    """

    protocol: Protocol
    layers: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Given] = field(default_factory=dict)
    parameter_set: str | None = None
    treated: str | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made again where it is needed: kernels do not travel."""
        made = ("assembly", "numbers", "warnings")
        return {name: value for name, value in self.__dict__.items() if name not in made}

    @cached_property
    def assembly(self) -> Assembly:
        """Kernels and compounds joined."""
        return Model(**self.layers).assemble(self.protocol.compounds)

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Every number in force, by name."""
        return in_force(self.assembly, self.parameters, self.parameter_set)[0]

    @cached_property
    def warnings(self) -> list[str]:
        """One line for each number outside its plausible range."""
        return in_force(self.assembly, self.parameters, self.parameter_set)[1]

    @property
    def known(self) -> dict[str, dict[str, object]]:
        """Unit, flag and sources of every number in force, by name."""
        return told(self.assembly, self.parameters, self.parameter_set)

    def knows(self, name: str) -> bool:
        """Whether this setting has a parameter of that name."""
        head, dot, tail = name.partition(".")
        if not dot:
            return name in self.assembly.parameters
        own = [compound for compound in self.assembly.compounds if compound.name == head]
        return any(tail in compound.numbers and tail in self.assembly.declared for compound in own)

    def plain(self) -> dict[str, Any]:
        """The setting as plain data: all that determines its numbers, but for the axes."""
        kernels = Model(**self.layers).describe()
        return {
            "protocol": self.protocol.to_dict(),
            "kernels": kernels,
            "structure": self.assembly.key,
            "parameters": self.numbers,
        }


def settings(
    protocol: Protocol,
    model: Model,
    parameters: Mapping[str, Given],
    parameter_set: str | None,
    choices: Sequence[Mapping[str, Any]],
    *,
    reference_doses: bool,
) -> list[Setting]:
    """Make the setting of every combination of the axes of structure, and check it.

    Parameters
    ----------
    protocol : Protocol
    model : Model
    parameters, parameter_set
        As in `plasticity.simulate`; of several settings each takes what concerns it.
    choices : sequence of mapping
        For every combination what each axis of structure says.
    reference_doses : bool
        Whether an axis of compounds gives each of them in its reference dose; otherwise an axis says the amount.

    Returns
    -------
    list of Setting

    Raises
    ------
    InputError
        If something named is unknown, a compound cannot be given that way, or no setting has a use for a parameter.

    Examples
    --------
    >>> found = settings(Protocol("2 d"), Model(), {}, None, [{"compound": "lsd"}], reference_doses=True)
    >>> found[0].treated, found[0].protocol.title
    ('lsd', 'lsd 100 ug')
    """
    made = []
    model = model.joined(modules_of(parameter_set))
    for choice in choices:
        planned, treated = _protocol(protocol, choice, reference_doses)
        asked = {layer: variant for layer, variant in choice.items() if layer not in STRUCTURE}
        bare = Setting(planned, _layers(model, asked), {}, None, treated)
        mine = {name: value for name, value in parameters.items() if bare.knows(name)}
        fits = concerns(parameter_set, [compound.name for compound in planned.compounds])
        made.append(replace(bare, parameters=mine, parameter_set=parameter_set if fits else None))
    for name, value in parameters.items():
        if not any(name in one.parameters for one in made):
            in_force(made[0].assembly, {name: value})
    if parameter_set is not None and not any(one.parameter_set for one in made):
        in_force(made[0].assembly, None, parameter_set)
    for one in made:
        assert one.numbers  # reads them, and so refuses what is not allowed
    return made


def _layers(model: Model, asked: Mapping[str, str]) -> dict[str, Any]:
    found = Model(**{**model.variants, **asked}, modules=model.modules, folder=model.folder)
    return {**found.variants, "modules": model.modules, "folder": model.folder}


def _protocol(protocol: Protocol, choice: Mapping[str, Any], reference_doses: bool) -> tuple[Protocol, str | None]:
    treated = None
    if "species" in choice:
        protocol = _of_species(protocol, str(choice["species"]))
    if "treatment" in choice:
        dose = dict(choice["treatment"])
        protocol, treated = protocol.dose(**dose), str(dose["compound"])
    if "compound" in choice:
        treated = str(choice["compound"])
        protocol = _of_compound(protocol, treated, reference_doses)
    return protocol, treated


def _of_species(protocol: Protocol, species: str) -> Protocol:
    """Give the same doses to another species, at its own body weight."""
    if species == protocol.species:
        return protocol
    if protocol.body_weight != BODY_WEIGHT[protocol.species]:
        raise InputError("axis species: the protocol states a body weight; allowed: a protocol without one")
    bare = Protocol(
        protocol.duration, species, None, protocol.initial, inputs=protocol.inputs, sessions=protocol.sessions
    )
    for dose in protocol.doses:
        single = bare.dose(dose.compound, dose.text, dose.at, dose.route, dose.form, dose.over)
        bare = replace(bare, doses=(*bare.doses, replace(single.doses[-1], name=dose.name, row=dose.row)))
    return bare


def _of_compound(protocol: Protocol, compound: str, reference_dose: bool) -> Protocol:
    """Give another compound at the times of the only dose, by its own usual route and form."""
    rows = {dose.row for dose in protocol.doses}
    if len(rows) > 1:
        problem = f"axis compound: the protocol has {len(rows)} doses"
        raise InputError(f"{problem}; allowed: one dose, or over: {{treatment: [{{compound: ..., amount: ...}}, ...]}}")
    bare = replace(protocol, doses=())
    probe = bare.dose(compound, 0.0).compounds[0].reference
    amount = probe.amount if reference_dose or not protocol.doses else protocol.doses[0].text
    for dose in protocol.doses or (None,):
        name, at, row = (dose.name, dose.at, dose.row) if dose else (None, 0.0, 1)
        single = bare.dose(compound, amount, at, probe.route, probe.form, probe.over)
        bare = replace(bare, doses=(*bare.doses, replace(single.doses[-1], name=name, row=row)))
    return bare
