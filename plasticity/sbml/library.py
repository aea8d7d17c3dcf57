"""The one place that loads libSBML and looks at its return codes, which are otherwise silent."""

from typing import Any

from plasticity.errors import InputError


def libsbml() -> Any:
    """Load libSBML.

    Returns
    -------
    module

    Raises
    ------
    InputError
        If it is not installed.

    Examples
    --------
    >>> libsbml().SBMLDocument(3, 2).getLevel()
    3
    """
    try:
        import libsbml as library
    except ImportError:
        raise InputError("SBML needs libSBML; allowed: pip install 'plasticity[sbml]' first") from None
    return library


def done(code: int, what: str) -> None:
    """Look at a return code.

    Parameters
    ----------
    code : int
        What a setter of libSBML returned.
    what : str
        What was set, for the error.

    Raises
    ------
    InputError
        If it was not set.

    Examples
    --------
    >>> done(0, "id of a parameter")
    """
    if code != 0:
        raise InputError(f"{what}: SBML does not take it ({libsbml().OperationReturnValue_toString(code)})")


def each(parent: Any, what: str) -> list[Any]:
    """List the parts of an element.

    Parameters
    ----------
    parent : libsbml.SBase
    what : str
        Their kind, such as ``"Rule"``.

    Returns
    -------
    list of libsbml.SBase

    Examples
    --------
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> each(document.createModel(), "Species")
    []
    """
    plural = "Species" if what == "Species" else f"{what}s"
    return [getattr(parent, f"get{what}")(i) for i in range(getattr(parent, f"getNum{plural}")())]
