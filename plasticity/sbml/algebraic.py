"""Algebraic rules made explicit: each that is linear in the one quantity that it gives becomes an assignment rule."""

from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.library import done, each, libsbml
from plasticity.sbml.mathematics import kind, names_in


def make_explicit(model: Any, where: str) -> None:
    """Replace the algebraic rules of a model.

    Parameters
    ----------
    model : libsbml.Model
        Of Level 3, without function definitions; changed in place.
    where : str
        What it is called in errors.

    Raises
    ------
    InputError
        If a rule leaves open which quantity it gives, or is not linear in it.

    Examples
    --------
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> x = model.createParameter()
    >>> x.setId("x"), x.setConstant(False)
    (0, 0)
    >>> model.createAlgebraicRule().setMath(libsbml().parseL3Formula("2 * x - k"))
    0
    >>> make_explicit(model, "text")
    >>> libsbml().formulaToL3String(model.getRule(0).getMath())
    '-(0 * 2 - k) / (1 * 2 - 0)'
    """
    rules = [model.getRule(i) for i in range(model.getNumRules())]
    listed = [rule for rule in rules if rule.isAlgebraic() and rule.getMath() is not None]
    if not listed:
        return
    free = _undetermined(model)
    formulas = [rule.getMath().deepCopy() for rule in listed]
    texts = [str(libsbml().formulaToL3String(formula)) for formula in formulas]
    given = _given([[name for name in names_in(formula) if name in free] for formula in formulas], texts, where)
    for i in reversed(range(model.getNumRules())):
        if model.getRule(i).isAlgebraic():
            model.removeRule(i)
    for formula, text, name in zip(formulas, texts, given, strict=True):
        slope, rest = _linear(formula, name, f"SBML import: {where}: the algebraic rule 0 = {text}")
        rule = model.createAssignmentRule()
        done(rule.setVariable(name), f"rule of {name}")
        done(rule.setMath(libsbml().parseL3Formula(f"-({rest}) / ({slope})")), f"rule of {name}")


def _undetermined(model: Any) -> set[str]:
    """Find what may change although no rule, reaction, event or initial assignment gives it."""
    parts = [*each(model, "Compartment"), *each(model, "Species"), *each(model, "Parameter")]
    free = {part.getId() for part in parts if not part.getConstant()}
    free -= {rule.getVariable() for rule in each(model, "Rule")}
    free -= {given.getSymbol() for given in each(model, "InitialAssignment")}
    for event in each(model, "Event"):
        free -= {assigned.getVariable() for assigned in each(event, "EventAssignment")}
    for reaction in each(model, "Reaction"):
        for part in (*each(reaction, "Reactant"), *each(reaction, "Product")):
            if not model.getSpecies(part.getSpecies()).getBoundaryCondition():
                free.discard(part.getSpecies())
    return free


def _given(candidates: list[list[str]], texts: list[str], where: str) -> list[str]:
    """Find the one quantity that each rule gives: one that it alone could give, again and again."""
    left, found = dict(enumerate(candidates)), dict[int, str]()
    while left:
        certain = next((i for i, names in left.items() if len(set(names) - set(found.values())) == 1), None)
        if certain is None:
            some = next(iter(left))
            free = ", ".join(dict.fromkeys(candidates[some]))
            gives = f"leaves open which it gives ({free})" if free else "holds nothing that it could give"
            raise InputError(
                f"SBML import: {where}: the algebraic rule 0 = {texts[some]} {gives}; allowed: rules that give one "
                "quantity after the other"
            )
        found[certain] = (set(left.pop(certain)) - set(found.values())).pop()
    return [found[i] for i in range(len(candidates))]


def _linear(node: Any, name: str, said: str) -> tuple[str, str]:
    """Split a formula into the factor of a quantity and all else, as text."""
    if name not in names_in(node):
        return "0", str(libsbml().formulaToL3String(node))
    children = [node.getChild(i) for i in range(node.getNumChildren())]
    what = kind(node)
    if what == "NAME":
        return "1", "0"
    if what in ("PLUS", "MINUS"):
        slopes, rests = zip(*(_linear(child, name, said) for child in children), strict=True)
        sign = " + " if what == "PLUS" else " - "
        if len(children) == 1:
            return (slopes[0], rests[0]) if what == "PLUS" else (f"-({slopes[0]})", f"-({rests[0]})")
        return _joined(sign, slopes), _joined(sign, rests)
    with_it = [child for child in children if name in names_in(child)]
    if len(with_it) == 1 and (what == "TIMES" or (what == "DIVIDE" and name in names_in(children[0]))):
        slope, rest = _linear(with_it[0], name, said)
        others = [str(libsbml().formulaToL3String(child)) for child in children if name not in names_in(child)]
        sign = " * " if what == "TIMES" else " / "
        return _joined(sign, (slope, *others)), _joined(sign, (rest, *others))
    raise InputError(f"{said} is not linear in {name}; allowed: rules that can be solved by division")


def _joined(sign: str, terms: tuple[str, ...]) -> str:
    return sign.join(f"({term})" for term in terms)
