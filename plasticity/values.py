"""Which number is in force: defaults, parameter sets and overrides, checked against what is physical and plausible."""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace

from plasticity.assembly import Assembly
from plasticity.compound import compound_names
from plasticity.declare import Parameter
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import declared_kernels
from plasticity.named_sets import modules_of, numbers_of, values_of
from plasticity.units import quantity

Given = str | float


def in_force(
    assembly: Assembly, parameters: Mapping[str, Given] | None = None, parameter_set: str | None = None
) -> tuple[dict[str, float], list[str]]:
    """Put overrides over the defaults.

    Parameters
    ----------
    assembly : Assembly
    parameters : mapping of str to str or float, optional
        Text with a unit, or a number in the canonical unit, by name (``brake_tau``) or ``compound.name``
        (``mdma.clearance``). They go over the parameter set.
    parameter_set : str, optional
        Name of a set of values that ships with a compound or for the whole model.

    Returns
    -------
    values : dict
        Every number in force, by name.
    warnings : list of str
        One line for each value outside its plausible range.

    Raises
    ------
    InputError
        If a name is unknown, a unit is wrong, a value is unphysical, or a relation between parameters does not hold.

    Examples
    --------
    >>> from plasticity.model import Model
    >>> values, warnings = in_force(Model().assemble([]), {"brake_tau": "30 d"})
    >>> values["brake_tau"], warnings
    (720.0, ['brake_tau = 720 h is outside its plausible range, 105 to 195 h'])
    """
    values = assembly.defaults()
    warnings: list[str] = []
    for name, given in {**_set(assembly, parameter_set), **(parameters or {})}.items():
        declared = _declaration(assembly, name)
        unit = declared.unit
        value = quantity(given, unit, f"parameter {name}")
        if not declared.bound.holds(value):
            raise InputError(f"parameter {name}: {given!r} is unphysical; allowed: {declared.bound} [{declared.unit}]")
        values[name] = value
        plausible = _plausible(assembly, name, declared)
        if plausible and not plausible[0] <= value <= plausible[1]:
            low, high, shown = *plausible, "" if unit == "1" else f" {unit}"
            warnings.append(f"{name} = {value:g}{shown} is outside its plausible range, {low:g} to {high:g}{shown}")
    shared = SimpleNamespace(**{name: value for name, value in values.items() if "." not in name})
    for instance in assembly.instances:
        for condition in instance.kernel.requires:
            if not condition.holds(shared):
                raise InputError(f"parameters of {instance.kernel.name}: must hold: {condition.text}")
    return values, warnings


def told(
    assembly: Assembly, parameters: Mapping[str, Given] | None = None, parameter_set: str | None = None
) -> dict[str, dict[str, object]]:
    """Say of every number in force how well it is known, and from where.

    Parameters
    ----------
    assembly, parameters, parameter_set
        As for `in_force`.

    Returns
    -------
    dict of str to dict
        `unit`, `flag` and `source` (keys of ``sources.bib``) by name. The flag of an override is ``"given"``; numbers
        of a parameter set carry the flags and sources of the set.

    Examples
    --------
    >>> from plasticity.model import Model
    >>> found = told(Model().assemble([]), {"brake_tau": "7 d"})
    >>> found["brake_tau"], found["theta_rest"]["flag"]
    ({'unit': 'h', 'flag': 'given', 'source': []}, 'verified')
    """
    known = {name: _told(p.unit, p.flag, p.source) for name, p in assembly.parameters.items() if p.value is not None}
    for compound in assembly.compounds:
        known |= {f"{compound.name}.{name}": _told(n.unit, n.flag, n.source) for name, n in compound.numbers.items()}
    named = numbers_of(parameter_set, [compound.name for compound in assembly.compounds])
    known |= {name: _told(number.unit, number.flag, number.source) for name, number in named.items()}
    return known | {name: _told(str(known[name]["unit"]), "given", ()) for name in parameters or {}}


def told_together(found: Iterable[Mapping[str, dict[str, object]]]) -> dict[str, object]:
    """Join what is known of the numbers of several settings.

    Parameters
    ----------
    found : iterable of mapping
        Each from `told`.

    Returns
    -------
    dict
        One entry per name, or a list of entries where settings differ, as for two species.

    Examples
    --------
    >>> told_together([{"a": {"flag": "given"}}, {"a": {"flag": "assumed"}, "b": {"flag": "fitted"}}])
    {'a': [{'flag': 'given'}, {'flag': 'assumed'}], 'b': {'flag': 'fitted'}}
    """
    every: dict[str, list[object]] = {}
    for one in found:
        for name, entry in one.items():
            mine = every.setdefault(name, [])
            mine += [] if entry in mine else [entry]
    return {name: entries[0] if len(entries) == 1 else entries for name, entries in every.items()}


def _told(unit: str, flag: str | None, source: Sequence[str]) -> dict[str, object]:
    return {"unit": unit, "flag": flag, "source": list(source)}


def _set(assembly: Assembly, name: str | None) -> dict[str, float]:
    lacking = [module for module in modules_of(name) if not _has(assembly, module)]
    if lacking:
        raise InputError(f"parameter set {name}: needs the module {lacking[0]}; allowed: Model(modules=[...]) with it")
    return values_of(name, [compound.name for compound in assembly.compounds])


def _has(assembly: Assembly, module: str) -> bool:
    """Tell whether the kernels of a module belong to a model, also where no compound has a use for them."""
    own = [kernel for kernel in declared_kernels() if kernel.layer == module]
    return all(parameter.name in assembly.declared for kernel in own for parameter in kernel.parameters)


def _declaration(assembly: Assembly, name: str) -> Parameter:
    """Find the declaration that a name stands for."""
    head, dot, tail = name.partition(".")
    if not dot:
        if name not in assembly.parameters:
            raise unknown_name("parameter", name, [key for key in assembly.parameters if "." not in key])
        return assembly.parameters[name]
    present = {compound.name: compound for compound in assembly.compounds}
    if head not in present:
        if head in compound_names():
            dosed = ", ".join(present) or "none"
            raise InputError(f"parameter {name}: no dose of {head} in this protocol; allowed: {dosed}")
        raise unknown_name("compound", head, compound_names())
    known = [key for key in present[head].numbers if key in assembly.declared]
    if tail not in known:
        raise unknown_name(f"parameter of {head}", tail, known)
    return assembly.declared[tail]


def _plausible(assembly: Assembly, name: str, declared: Parameter) -> tuple[float, float] | None:
    head, dot, tail = name.partition(".")
    if not dot:
        return declared.range
    return next(c for c in assembly.compounds if c.name == head).numbers[tail].range
