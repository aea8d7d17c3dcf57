"""Expressions of SymPy in the infix notation that libSBML turns into MathML, every number with its unit."""

from typing import Any

import sympy

from plasticity.errors import InputError
from plasticity.ratelaws import SMALLEST
from plasticity.sbml.library import done, libsbml
from plasticity.symbolic import power, sigmoid, softplus

LAWS = {
    "positive_power": f"lambda(base, exponent, max(base, {SMALLEST!r} dimensionless)^exponent)",
    "sigmoid": "lambda(z, 1 dimensionless / (1 dimensionless + exp(-z)))",
    "softplus": "lambda(z, max(z, 0 dimensionless) + ln(1 dimensionless + exp(-abs(z))))",
}
"""The guarded rate laws; without ``piecewise``, whose roots libRoadRunner searches and does not leave at exactly 0."""

_CALLED = {power: "positive_power", sigmoid: "sigmoid", softplus: "softplus", sympy.exp: "exp", sympy.log: "ln"}


def formula(expression: sympy.Expr) -> str:
    """Write an expression.

    Parameters
    ----------
    expression : Expr
        Of symbols, numbers, sums, products, powers with a number as exponent, and the rate laws' primitives.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If anything else stands in it.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> formula(2 * x / x**3), formula(power(x, 1.5))
    ('2 dimensionless / x^(2 dimensionless)', 'positive_power(x, 1.5 dimensionless)')
    """
    if expression.is_Symbol:
        return str(expression.name)
    if expression.is_Integer or expression.is_Float:
        number = float(expression)
        text = f"{int(number)}" if number.is_integer() and abs(number) < 1e15 else repr(number)
        return f"{text} dimensionless"
    if expression.is_Rational:
        return f"{expression.p} dimensionless / ({expression.q} dimensionless)"
    if expression.is_Add:
        return " + ".join(formula(term) for term in expression.args).replace("+ -", "- ")
    if expression.is_Mul:
        return _product(expression)
    if expression.is_Pow:
        base, exponent = expression.args
        if exponent == sympy.Rational(1, 2):
            return f"sqrt({formula(base)})"
        inner = f"({formula(base)})" if base.is_Pow else _factor(base)
        return f"{inner}^({formula(exponent)})"
    if expression.func in _CALLED:
        return f"{_CALLED[expression.func]}({', '.join(formula(part) for part in expression.args)})"
    raise InputError(f"SBML export: {expression.func} has no counterpart; allowed: arithmetic and the shared rate laws")


def _product(expression: sympy.Expr) -> str:
    """Write a product: what is divided by stands after a slash, a minus before all."""
    above: list[sympy.Expr] = []
    below: list[sympy.Expr] = []
    for part in expression.args:
        inverse = part.is_Pow and part.args[1].could_extract_minus_sign()
        (below if inverse else above).append(1 / part if inverse else part)
    sign = "-" if expression.args[0] == -1 else ""
    written = [_factor(part) for part in above if part != -1] or ["1 dimensionless"]
    return sign + " * ".join(written) + "".join(f" / {_factor(part)}" for part in below)


def _factor(expression: sympy.Expr) -> str:
    text = formula(expression)
    whole = expression.is_Symbol or expression.func in _CALLED
    if whole or (expression.is_Number and not expression.is_Rational and expression >= 0) or expression.is_Pow:
        return text
    return text if expression.is_Integer and expression >= 0 else f"({text})"


def set_math(element: Any, text: str, what: str) -> None:
    """Give an element of a model its formula.

    Parameters
    ----------
    element : libsbml.SBase
        A rule, event assignment, trigger, ... that stands in a model already.
    text : str
        From `formula`, or in the same notation.
    what : str
        Whose formula it is, for the error.

    Raises
    ------
    InputError
        If the text is no formula.

    Examples
    --------
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> set_math(model.createInitialAssignment(), "2 * x", "x")
    """
    library = libsbml()
    settings = library.L3ParserSettings()
    settings.setComparisonCaseSensitivity(library.L3P_COMPARE_BUILTINS_CASE_SENSITIVE)
    model = element.getModel()
    if model is not None:
        settings.setModel(model)  # a name of the model goes before one of the notation
    tree = library.parseL3FormulaWithSettings(text, settings)
    if tree is None:
        raise InputError(f"{what}: {text!r} is no formula: {' '.join(library.getLastParseL3Error().split())}")
    done(element.setMath(tree), f"formula of {what}")
