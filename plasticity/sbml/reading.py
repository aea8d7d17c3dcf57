"""An SBML document as one checked model of Level 3; what cannot be integrated is refused by name."""

from pathlib import Path
from typing import Any

from plasticity.errors import InputError
from plasticity.sbml.algebraic import make_explicit
from plasticity.sbml.documents import text_of
from plasticity.sbml.library import libsbml

PACKAGES = ("layout", "render", "l3v2extendedmath")
"""Packages that change nothing here: pictures, and the formulas of Level 3 Version 2 under another name."""


def read_document(source: str | Path) -> Any:
    """Read a document, bring it to Level 3 and expand what only shortens it.

    Parameters
    ----------
    source : str or pathlib.Path
        A file, or the text of a document.

    Returns
    -------
    libsbml.SBMLDocument
        Without function definitions and local parameters.

    Raises
    ------
    InputError
        If it is no valid SBML, or uses what is not supported.

    Examples
    --------
    >>> read_document("<sbml")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: SBML import: text: line 1: no well-formed XML (unclosed token); ...
    """
    library = libsbml()
    text, name = text_of(source)
    document = library.readSBMLFromString(text)
    if name != "text":
        document.setLocationURI(Path(name).resolve().as_uri())  # from where the names of other files count
    _no_errors(document, name)
    if document.getModel() is None:
        raise InputError(f"SBML import: {name}: no model in it; allowed: an SBML document with one model")
    _flatten(document, name)
    _supported(document, name)
    document.setConsistencyChecks(library.LIBSBML_CAT_UNITS_CONSISTENCY, False)  # numbers do not depend on them
    document.setConsistencyChecks(library.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    _no_errors(document, name)
    if document.getLevel() < 3:
        document.setApplicableValidators(0)
        if not document.setLevelAndVersion(3, 1, False):
            raise InputError(f"SBML import: {name}: cannot be brought from Level {document.getLevel()} to Level 3")
    for option in ("expandFunctionDefinitions", "promoteLocalParameters"):
        properties = library.ConversionProperties()
        properties.addOption(option, True)
        if document.convert(properties) != library.LIBSBML_OPERATION_SUCCESS:
            raise InputError(f"SBML import: {name}: libSBML cannot convert it ({option})")
    make_explicit(document.getModel(), name)
    return document


def time_unit_of(document: Any, given: object) -> str:
    """Name the unit of time of a model.

    Parameters
    ----------
    document : libsbml.SBMLDocument
    given : str or None
        What the user says it is.

    Returns
    -------
    str
        ``"s"``, ``"h"``, ..., or the name that the document gives to it.

    Raises
    ------
    InputError
        If neither the document nor the user says it, or what the user says is no name.

    Examples
    --------
    >>> time_unit_of(libsbml().SBMLDocument(3, 2), "h")
    'h'
    """
    if given is not None:
        if not isinstance(given, str) or not given.strip():
            raise InputError(f"time_unit: {given!r}; allowed: the name of a unit, such as 's' or 'h'")
        return given
    model = document.getModel()
    named = model.getTimeUnits() if model is not None else ""
    if not named:
        raise InputError("SBML import: the model does not say its unit of time; allowed: time_unit='s', 'h', ...")
    definition = model.getUnitDefinition(named)
    if definition is None or definition.getNumUnits() != 1:
        return {"second": "s"}.get(named, named)
    unit = definition.getUnit(0)
    seconds = unit.getMultiplier() * 10.0 ** unit.getScale()
    known = {1.0: "s", 1e-3: "ms", 60.0: "min", 3600.0: "h", 86400.0: "d"}
    return known.get(seconds, named) if unit.getKind() == libsbml().UNIT_KIND_SECOND else named


def _no_errors(document: Any, name: str) -> None:
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.isError() or error.isFatal():
            said = " ".join(error.getMessage().split())[:300]
            raise InputError(f"SBML import: {name}: line {error.getLine()}: {error.getShortMessage()}: {said}")


def _flatten(document: Any, name: str) -> None:
    """Join a model that is composed of others (package ``comp``) into one."""
    composed = document.getPlugin("comp")
    if composed is None:
        return
    properties = libsbml().ConversionProperties()
    properties.addOption("flatten comp", True)
    properties.addOption("performValidation", False)
    if document.convert(properties) != libsbml().LIBSBML_OPERATION_SUCCESS:
        others = [composed.getExternalModelDefinition(i) for i in range(composed.getNumExternalModelDefinitions())]
        taken = f" (from {', '.join(one.getSource() for one in others)})" if others else ""
        raise InputError(
            f"SBML import: {name}: libSBML cannot join its submodels{taken}; allowed: one flat model, or a file with "
            "all the files that it takes models from where it says"
        )


def _supported(document: Any, name: str) -> None:
    """Refuse by name what has no meaning for this engine."""
    model = document.getModel()

    def refuse(what: str) -> None:
        raise InputError(f"SBML import: {name}: {what}, which is not supported; allowed: an ODE model of SBML core")

    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package not in PACKAGES and document.getPackageRequired(package):
            refuse(f"needs the package {package!r}")
        if package in ("fbc", "qual"):
            refuse(f"uses the package {package!r}")
    for i in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(i)
        if document.getPackageRequired(document.getUnknownPackageURI(i)):
            refuse(f"needs the unknown package {prefix!r}")
    for i in range(model.getNumReactions()):
        reaction = model.getReaction(i)
        if reaction.isSetFast() and reaction.getFast():
            refuse(f"reaction {reaction.getId()} is fast")
        if reaction.getKineticLaw() is None or reaction.getKineticLaw().getMath() is None:
            refuse(f"reaction {reaction.getId()} has no kinetic law")
