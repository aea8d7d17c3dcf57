"""Gathered equations as Python functions: text that this package writes, of names, numbers and arithmetic alone."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from plasticity.errors import InputError
from plasticity.sbml.lines import Line, itself, ordered
from plasticity.sbml.quantities import Quantities


def compose(lines: Sequence[Line], line: Callable[[str], Line | None], leaf: Callable[[str], str]) -> Any:
    """Make a function of time and two vectors that returns a tuple.

    Parameters
    ----------
    lines : sequence of (names, text)
        What it returns.
    line : callable
        How a name that is read is computed; None for one that is stored.
    leaf : callable
        Where a stored name is found, such as ``"y[0]"``.

    Returns
    -------
    callable
        ``fun(t, y, p)``, which Numba can compile.

    Raises
    ------
    InputError
        If quantities depend on each other in a circle.

    Examples
    --------
    >>> compose([(["k"], lambda named: f"(-{named('k')} * y[0])")], {}.get, lambda name: "p[0]")(0.0, [2.0], [3.0])
    (-6.0,)
    """
    order = ordered([name for reads, _ in lines for name in reads], line)
    local = {name: f"v{i}" for i, name in enumerate(order)}

    def named(name: str) -> str:
        return local.get(name) or leaf(name)

    body = [f"    {local[name]} = {found[1](named)}" for name in order if (found := line(name)) is not None]
    values = "".join(f"{text(named)}, " for _, text in lines)
    source = "\n".join(["def fun(t, y, p):", *body, f"    return ({values})"])
    namespace: dict[str, Any] = {"np": np, "math": math}
    exec(compile(source, "sbml_equations", "exec"), namespace)  # noqa: S102 text written by `mathematics` alone
    return namespace["fun"]


def running(quantities: Quantities, lines: Sequence[Line]) -> Any:
    """Make a function of time, states and held values.

    Parameters
    ----------
    quantities : Quantities
    lines : sequence of (names, text)

    Returns
    -------
    callable
        ``fun(t, y, p)``.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> model.createParameter().setId("k")
    0
    >>> running(Quantities(model), [(["k"], lambda named: f"(2.0 * {named('k')})")])(0.0, [], [3.0])
    (6.0,)
    """

    def leaf(name: str) -> str:
        if name in quantities.states:
            return f"y[{quantities.states[name]}]"
        if name in quantities.held:
            return f"p[{quantities.held[name]}]"
        raise InputError(f"SBML import: {name!r} is read but nothing in the model gives it")

    return compose(lines, quantities.line, leaf)


def read_values(quantities: Quantities, lines: Sequence[Line]) -> list[str]:
    """List the held values that equations read, directly or through what follows from them.

    Parameters
    ----------
    quantities : Quantities
    lines : sequence of (names, text)

    Returns
    -------
    list of str
        Keys of ``quantities.held``.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> [model.createParameter().setId(name) for name in ("k", "unused")]
    [0, 0]
    >>> read_values(Quantities(model), [itself("k")])
    ['k']
    """
    waiting, seen = [name for names, _ in lines for name in names], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found = quantities.line(name)
            waiting += [] if found is None else found[0]
    return [name for name in quantities.held if name in seen]


def starting(quantities: Quantities, given: Mapping[str, float]) -> tuple[Any, Any]:
    """Find states and held values at the start: initial assignments, rules and what the user gives in their place.

    Parameters
    ----------
    quantities : Quantities
    given : mapping of str to float
        Values by name; the name of a species means what it means in the model.

    Returns
    -------
    y, p : ndarray, shapes (states,) and (held,)

    Raises
    ------
    InputError
        If values depend on each other in a circle.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> model.createParameter().setId("k")
    0
    >>> starting(Quantities(model), {"k": 2.0})[1].tolist()
    [2.0]
    """
    places = {name: i for i, name in enumerate(quantities.declared)}
    values = np.array([given.get(name, value) for name, value in quantities.declared.items()], dtype=float)
    species = {s.getId(): s for s in (quantities.model.getSpecies(i) for i in range(quantities.model.getNumSpecies()))}

    def leaf(name: str) -> str:
        if name not in places:
            raise InputError(f"SBML import: {name!r} is read but nothing in the model gives it")
        return f"p[{places[name]}]"

    def own(name: str) -> Line | None:
        """Value that the name stands for, where it is not simply the declared one."""
        if name in given:
            return None
        return quantities.initial.get(name)

    def line(name: str) -> Line | None:
        of = name.removeprefix("amount of ")
        assigned = own(of)
        if name != of:  # the amount behind a concentration
            below = quantities.volume[of]
            if assigned is not None or of in given or of in quantities.by_concentration:
                source = [of] if assigned is not None else []
                return [*source, below], lambda named: f"({named(of) if source else leaf(of)} * {named(below)})"
            return [], lambda named: leaf(of)  # noqa: ARG005
        if assigned is not None or name in given:
            return assigned
        if name in quantities.computed or name.startswith("rate of "):
            return quantities.line(name)
        if name in species:
            below = species[name].getCompartment()
            if name in quantities.volume and name not in quantities.by_concentration:
                return [below], lambda named: f"({leaf(name)} / {named(below)})"
            if name not in quantities.volume and name in quantities.by_concentration:
                return [below], lambda named: f"({leaf(name)} * {named(below)})"
        return None

    slots = [*quantities.states, *quantities.held]
    fun = compose([itself(slot) for slot in slots], line, leaf)
    with np.errstate(all="ignore"):
        found = np.array(fun(np.float64(0.0), values, values), dtype=float)
    return found[: len(quantities.states)], found[len(quantities.states) :]
