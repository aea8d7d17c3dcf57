"""The protocol of one run, built dose by dose so that every refusal points to its place in the study."""

from plasticity.compound import ROUTES, compound_names, load_compound
from plasticity.config import Node
from plasticity.errors import unknown_name
from plasticity.kernels import channels
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.session_kinds import KINDS
from plasticity.study.sections import DoseSection, Settings
from plasticity.units import quantity


def plan(settings: Settings, tree: Node, treatment: int | None, model: Model) -> Protocol:
    """Build the protocol of one run.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    treatment : int or None
        Which treatment comes after the doses that all runs share.
    model : Model
        Its states give the units of initial values.

    Returns
    -------
    Protocol

    Raises
    ------
    ConfigError
        If a compound, route, form, channel or state is unknown, or a dose cannot be given that way.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {doses: [{compound: lsd, amount: 100 ug}]}}")
    >>> plan(validated(tree), tree, None, Model()).compounds[0].name
    'lsd'
    """
    protocol = _dosed(settings, tree, treatment, {})
    if not settings.protocol.initial:
        return protocol
    return _dosed(settings, tree, treatment, _initial(settings, tree, model, protocol))


def _dosed(settings: Settings, tree: Node, treatment: int | None, initial: dict[str, float]) -> Protocol:
    section, node = settings.protocol, tree.find(("protocol",))
    with node.located():
        protocol = Protocol(
            duration=section.duration,
            species=section.species,
            body_weight=section.body_weight,
            initial=initial or None,
        )
    for index, dose in enumerate(section.doses):
        protocol = _with_dose(protocol, dose, node.find(("doses", index)))
    if treatment is not None:
        item = tree.find(("sweep", "over", "treatment", treatment))
        protocol = _with_dose(protocol, settings.treatments[treatment], item)
    for index, session in enumerate(section.sessions):
        below = node.find(("sessions", index))
        kind = below.find(("kind",)).text(KINDS, "session")
        fields = (*type(session).model_fields, *KINDS[kind].holds)
        for key in session.options:
            if key not in fields:
                raise below.find((key,)).error(str(unknown_name("key", key, fields)), at_key=True)
        with below.located():
            protocol = protocol.session(**session.model_dump())
    for index, record in enumerate(section.inputs):
        below = node.find(("inputs", index))
        below.find(("channel",)).text(channels(), "channel")
        with below.located():
            protocol = protocol.input(**record.model_dump())
    return protocol


def _with_dose(protocol: Protocol, dose: DoseSection, node: Node) -> Protocol:
    node.find(("compound",)).text(compound_names(), "compound")
    with node.find(("compound",)).located():
        forms = load_compound(dose.compound, protocol.species).forms
    if dose.form is not None:
        node.find(("form",)).text(forms, f"form of {dose.compound}")
    if dose.route is not None:
        node.find(("route",)).text(ROUTES, "route")
    with node.located():
        return protocol.dose(**dose.model_dump())


def _initial(settings: Settings, tree: Node, model: Model, protocol: Protocol) -> dict[str, float]:
    states = {key.replace(".", "_"): state for key, state in model.assemble(protocol.compounds).states.items()}
    found = {}
    for name, given in settings.protocol.initial.items():
        node = tree.find(("protocol", "initial", name))
        state = states.get(name)
        if state is None:
            with node.located(at_key=True):
                raise unknown_name("state", name, states)
        with node.located():
            found[name] = quantity(given, state.unit, "value", number_allowed=False)
        if not state.bound.holds(found[name]):
            raise node.error(f"{given!r} is unphysical", f"{state.bound} [{state.unit}]")
    return found
