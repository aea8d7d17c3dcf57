"""The equations of an SBML model, gathered: which quantity sits in which slot, and what each of the others is."""

from collections.abc import Callable
from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.library import each
from plasticity.sbml.lines import Line
from plasticity.sbml.mathematics import names_in, number


def _formula(node: Any, where: str) -> Line:
    return names_in(node), lambda named: number(node, named, where)


class Quantities:
    """The quantities of a model and how each is found.

    A species that reactions or nothing but events change is kept as its amount; its name stands for the amount or
    the concentration, as the model says.

    Parameters
    ----------
    model : libsbml.Model
        From `plasticity.sbml.reading.read_document`.

    Attributes
    ----------
    states, held : dict of str to int
        Slots of what changes continuously (``y``) and of what is constant between events (``p``).
    declared : dict of str to float
        The values that the document gives; NaN where it gives none.
    computed : dict
        What is given by an assignment rule, a kinetic law or a ratio.
    rates : dict
        Rates of change of the states.
    initial : dict
        Initial assignments.
    volume : dict of str to str
        For each species whose name means a concentration, its compartment.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> model.createParameter().setId("k")
    0
    >>> Quantities(model).held
    {'k': 0}
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.declared: dict[str, float] = {}
        self.computed: dict[str, Line] = {}
        self.rates: dict[str, Line] = {}
        self.initial: dict[str, Line] = {}
        self.volume: dict[str, str] = {}
        self.by_concentration: set[str] = set()
        self.symbols: list[str] = []
        self._declare()
        ruled = self._rules()
        changed = self._reactions(ruled)
        for name, compartment in self.volume.items():
            if name not in ruled:
                self.computed[name] = ([f"amount of {name}", compartment], _ratio(name, compartment))
        stored = [self.slot(name) for name in self.symbols if name not in self.computed or name in self.volume]
        stored = [slot for slot in stored if slot not in self.computed]
        own = {self.slot(name) for name in changed} | set(self.rates)
        self.states = {slot: i for i, slot in enumerate(slot for slot in stored if slot in own)}
        self.held = {slot: i for i, slot in enumerate(slot for slot in stored if slot not in own)}
        for i in range(model.getNumInitialAssignments()):
            given = model.getInitialAssignment(i)
            if given.getMath() is not None:
                self.initial[given.getSymbol()] = _formula(
                    given.getMath(), f"initial assignment of {given.getSymbol()}"
                )

    def slot(self, name: str) -> str:
        """Name what is stored for a quantity: itself, or the amount behind a concentration."""
        return f"amount of {name}" if name in self.volume and name not in self.ruled else name

    def _declare(self) -> None:
        model = self.model
        for part in each(model, "Compartment"):
            self._add(part, part.getSize() if part.isSetSize() else float("nan"))
        for part in each(model, "Parameter"):
            self._add(part, part.getValue() if part.isSetValue() else float("nan"))
        for part in each(model, "Species"):
            compartment = model.getCompartment(part.getCompartment())
            flat = compartment.isSetSpatialDimensions() and compartment.getSpatialDimensionsAsDouble() == 0
            if not part.getHasOnlySubstanceUnits() and not flat:
                self.volume[part.getId()] = part.getCompartment()
            if part.isSetInitialConcentration():
                self.by_concentration.add(part.getId())
            given = part.getInitialAmount() if part.isSetInitialAmount() else float("nan")
            self._add(part, part.getInitialConcentration() if part.isSetInitialConcentration() else given)
        for reaction in each(model, "Reaction"):
            law = reaction.getKineticLaw().getMath()
            self.computed[reaction.getId()] = _formula(law, f"kinetic law of {reaction.getId()}")
            self.symbols.append(reaction.getId())
            for kind in ("Reactant", "Product"):
                for part in each(reaction, kind):
                    if part.isSetIdAttribute():
                        self._add(part, part.getStoichiometry() if part.isSetStoichiometry() else float("nan"))

    def _add(self, part: Any, value: float) -> None:
        self.symbols.append(part.getIdAttribute())
        self.declared[part.getIdAttribute()] = float(value)

    def _rules(self) -> set[str]:
        """Collect rules; say whose value they give."""
        self.ruled: set[str] = set()
        for rule in each(self.model, "Rule"):
            if rule.getMath() is None:
                continue  # Level 3 Version 2: as if it were not there
            name = rule.getVariable()
            self.ruled.add(name)
            table, what = (self.rates, "rate rule") if rule.isRate() else (self.computed, "assignment rule")
            table[name] = _formula(rule.getMath(), f"{what} of {name}")
        return self.ruled

    def _reactions(self, ruled: set[str]) -> set[str]:
        """Collect for each species what the reactions do to its amount."""
        terms: dict[str, list[tuple[str, str, float | str]]] = {}
        for reaction in each(self.model, "Reaction"):
            for kind, sign in (("Reactant", "-"), ("Product", "+")):
                for part in each(reaction, kind):
                    species = self.model.getSpecies(part.getSpecies())
                    if species.getBoundaryCondition() or species.getConstant() or species.getId() in ruled:
                        continue
                    times: float | str = part.getIdAttribute() if part.isSetIdAttribute() else part.getStoichiometry()
                    if times != times:
                        where = f"reaction {reaction.getId()}: {species.getId()}"
                        raise InputError(f"SBML import: {where} has no stoichiometry; allowed: a number")
                    terms.setdefault(species.getId(), []).append((sign, reaction.getId(), times))
        for name, parts in terms.items():
            species = self.model.getSpecies(name)
            factor = species.getConversionFactor() or self.model.getConversionFactor()
            reads = [reaction for _, reaction, _ in parts] + [times for *_, times in parts if isinstance(times, str)]
            self.rates[self.slot(name)] = ([*reads, *([factor] if factor else [])], _sum(parts, factor))
        return set(terms)

    def line(self, name: str) -> Line | None:
        """Find how a quantity is computed; None where it is stored."""
        if name in self.computed:
            return self.computed[name]
        if not name.startswith("rate of "):
            return None
        of = name.removeprefix("rate of ")
        if of in self.rates:
            return self.rates[of]
        if self.slot(of) in self.rates and self.volume[of] in self.held:
            below, (reads, text) = self.volume[of], self.rates[self.slot(of)]
            return [*reads, below], lambda named: f"(({text(named)}) / {named(below)})"
        if self.slot(of) in self.held:
            return [], lambda named: "0.0"  # noqa: ARG005 nothing to read
        allowed = "of what a rate rule changes, or reactions in a compartment of constant size"
        raise InputError(f"SBML import: rateOf({of}) is not supported; allowed: {allowed}")


def _ratio(name: str, compartment: str) -> Callable[[Callable[[str], str]], str]:
    return lambda named: f"({named(f'amount of {name}')} / {named(compartment)})"


def _sum(parts: list[tuple[str, str, float | str]], factor: str) -> Callable[[Callable[[str], str]], str]:
    def text(named: Callable[[str], str]) -> str:
        terms = ""
        for sign, reaction, times in parts:
            count = named(times) if isinstance(times, str) else repr(float(times))
            terms += f" {sign} {count} * {named(reaction)}"
        return f"({named(factor)} * (0.0{terms}))" if factor else f"(0.0{terms})"

    return text
