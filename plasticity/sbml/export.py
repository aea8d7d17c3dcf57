"""One protocol and its model as an SBML document, read from the kernels that run."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from sympy import Dummy, Symbol, sympify

from plasticity import __version__
from plasticity.assembly import Assembly
from plasticity.errors import InputError, unknown_name
from plasticity.model import Model
from plasticity.named_sets import modules_of
from plasticity.protocol import Protocol
from plasticity.sbml.formulas import LAWS, formula, set_math
from plasticity.sbml.labels import label
from plasticity.sbml.library import done, libsbml
from plasticity.sbml.scheduled import add_events, sbml_id, steps
from plasticity.sbml.unit_definitions import add_unit
from plasticity.symbolic import read
from plasticity.values import Given, in_force

SAID = (
    "A simulated plasticity index for research; not evidence about treatment, no advice on dosing.",
    "States are parameters with rate rules, because most of them are ratios; signals are assignment rules.",
    "Doses and inputs are events, all those of one instant in one event.",
)


def to_sbml(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
) -> str:
    """Write a protocol and its model as an SBML document (Level 3 Version 2, units in hours, nmol and uM).

    Parameters
    ----------
    protocol, model, parameters, parameter_set
        As in `simulate`.

    Returns
    -------
    str
        The document. Names are those of a run's dataset (``psilocybin_effect``, ``theta``); every number that the
        equations read has its unit, how well it is known, and its papers.

    Raises
    ------
    InputError
        If anything given is unknown, of a wrong unit or unphysical, or libSBML is missing.

    Notes
    -----
    Hucka et al. 2019, Journal of Integrative Bioinformatics 16: 20190021, doi:10.1515/jib-2019-0021.

    Examples
    --------
    >>> import plasticity as pl
    >>> document = pl.to_sbml(pl.Protocol(duration="28 d").dose("psilocybin", "25 mg"))
    >>> document.count("<rateRule"), document.count("<event ")
    (15, 1)
    """
    document, assembly, values = described(protocol, model or Model(), parameters, parameter_set)
    add_events(document.getModel(), assembly, steps(protocol, values))
    return str(libsbml().writeSBMLToString(document))


def described(
    protocol: Protocol,
    chosen: Model,
    parameters: Mapping[str, Given] | None = None,
    parameter_set: str | None = None,
) -> tuple[Any, Assembly, dict[str, float]]:
    """Write a model as an SBML document in which nothing happens yet.

    Parameters
    ----------
    protocol, chosen, parameters, parameter_set
        As in `to_sbml`.

    Returns
    -------
    document : libsbml.SBMLDocument
        Without the events of the protocol.
    assembly : Assembly
    values : dict of str to float
        Every number in force.

    Raises
    ------
    InputError
        As `to_sbml`.

    Examples
    --------
    >>> document, assembly, _ = described(Protocol(duration="2 d").dose("dmt", "15 mg"), Model())
    >>> document.getModel().getNumEvents(), "theta" in assembly.states
    (0, True)
    """
    chosen = chosen.joined(modules_of(parameter_set))
    assembly = chosen.assemble(protocol.compounds)
    values, warnings = in_force(assembly, parameters, parameter_set)
    document = libsbml().SBMLDocument(3, 2)
    written = document.createModel()
    _head(written, protocol, chosen, warnings)
    _parameters(written, assembly, values)
    for key, channel in assembly.inputs.items():
        made = _quantity(written, key, channel.unit, channel.default, constant=False)
        label(made, made.getId(), _of(key, channel.label), ["Set by events; constant between them."])
    _states(written, protocol, assembly, values)
    _equations(written, assembly)
    return document, assembly, dict(values)


def _head(written: Any, protocol: Protocol, chosen: Model, warnings: list[str]) -> None:
    done(written.setId("plasticity"), "id of the model")
    for kind, unit in (("Time", "h"), ("Substance", "nmol"), ("Extent", "nmol"), ("Volume", "L")):
        done(getattr(written, f"set{kind}Units")(add_unit(written, unit)), f"{kind} unit")
    origin = f"Written by plasticity {__version__}: {chosen!r}, {protocol.species}, {protocol.duration:g} h."
    label(written, "plasticity", protocol.title, [*SAID, origin, *warnings])
    for name, law in LAWS.items():
        function = written.createFunctionDefinition()
        done(function.setId(name), f"function {name}")
        set_math(function, law, f"function {name}")


def _quantity(written: Any, key: str, unit: str, value: float | None, *, constant: bool) -> Any:
    """Declare a parameter of SBML, under a name that nothing else has."""
    name = sbml_id(key)
    if written.getElementBySId(name) is not None:
        raise InputError(f"SBML export: two quantities would be called {name!r}; allowed: each name once")
    made = written.createParameter()
    done(made.setId(name), f"id of {key}")
    done(made.setUnits(add_unit(written, unit)), f"unit of {key}")
    done(made.setConstant(constant), key)
    if value is not None:
        done(made.setValue(value), f"value of {key}")
    return made


def _of(key: str, text: str) -> str:
    compound, dot, _ = key.partition(".")
    return f"{text}, {compound}" if dot else text


def _parameters(written: Any, assembly: Assembly, values: Mapping[str, float]) -> None:
    for key, declared in assembly.parameters.items():
        compound, dot, name = key.partition(".")
        number: Any = next(c.numbers[name] for c in assembly.compounds if c.name == compound) if dot else declared
        made = _quantity(written, key, declared.unit, values[key], constant=True)
        if values[key] == number.value:
            said, sources = [f"How well known: {number.flag}.", number.note], number.source
        else:  # a paper does not describe a number that was put in place of its own
            said, sources = [f"Set for this run; by default {number.value!r} {declared.unit}, {number.flag}."], ()
        label(made, made.getId(), _of(key, declared.label), said, sources)


def _states(written: Any, protocol: Protocol, assembly: Assembly, values: Mapping[str, float]) -> None:
    start = dict(zip(assembly.states, map(float, assembly.baseline(values)), strict=True))
    names = {sbml_id(key): key for key in assembly.states}
    for name, value in protocol.initial.items():
        if name not in names:
            raise unknown_name("state in initial", name, names)
        start[names[name]] = value
    for key, state in assembly.states.items():
        made = _quantity(written, key, state.unit, start[key], constant=False)
        label(made, made.getId(), _of(key, state.label))
        if callable(state.baseline) and sbml_id(key) not in protocol.initial:
            _resting(written, key, state.baseline, assembly)


def _resting(written: Any, key: str, baseline: Any, assembly: Assembly) -> None:
    """Write a baseline as a function of the parameters; one that is found by iteration stays a number."""
    shared = {name: _symbol(name) for name in assembly.parameters if "." not in name}
    try:
        expression = read(baseline)(SimpleNamespace(**shared))
    except NameError:  # its code uses more than rate laws
        return
    assignment = written.createInitialAssignment()
    done(assignment.setSymbol(sbml_id(key)), f"baseline of {key}")
    set_math(assignment, formula(sympify(expression)), f"baseline of {key}")


def _equations(written: Any, assembly: Assembly) -> None:
    """Write signals as assignment rules and rates as rate rules, in the order in which the kernels stand."""
    given: dict[Any, Any] = {}

    def named(value: Any) -> Any:
        given[Dummy(real=True)] = sympify(value)
        return next(reversed(given))

    states, inputs, values = (
        {key: _symbol(key) for key in table} for table in (assembly.states, assembly.inputs, assembly.parameters)
    )
    rates, signals = assembly.traced(Symbol("time", real=True), states, inputs, values, named)
    known = {value: _symbol(key) for key, value in signals.items()}
    parts: dict[Any, Any] = {}  # of totals: sums that the next giver adds to
    for symbol, expression in given.items():
        if symbol not in known:
            parts[symbol] = expression.xreplace(parts)
    declared = {i.key(s.name): (i, s) for i in assembly.instances for s in i.kernel.gives if not s.total}
    declared |= {s.name: (i, s) for i in assembly.instances for s in i.kernel.gives if s.total}
    for key, value in signals.items():
        instance, signal = declared[key]
        made = _quantity(written, key, signal.unit, None, constant=False)
        label(made, made.getId(), _of(key, signal.label))
        _rule(written.createAssignmentRule(), key, given[value].xreplace(parts).xreplace(known), instance)
    owners = {i.key(s.name): i for i in assembly.instances for s in i.states()}
    for key in assembly.states:
        _rule(written.createRateRule(), key, sympify(rates[key]).xreplace(known), owners[key])


def _rule(rule: Any, key: str, expression: Any, instance: Any) -> None:
    done(rule.setVariable(sbml_id(key)), f"equation of {key}")
    set_math(rule, formula(expression), f"equation of {key}")
    label(rule, f"equation_of_{sbml_id(key)}", notes=[f"Kernel {instance.kernel.name}: {instance.kernel.doc}"])


def _symbol(key: str) -> Symbol:
    return Symbol(sbml_id(key), real=True)
