"""Expressions to the text of fast arithmetic: every digit, and integer powers as products."""

import sympy
from sympy.printing.pycode import PythonCodePrinter


class LanePrinter(PythonCodePrinter):  # type: ignore[misc]
    """Python text with every digit, integer powers as products, and functions by their bare names.

    With `strict` set, functions are NumPy's and real powers Python's, with all their special values.

    Examples
    --------
    >>> x, tau = sympy.symbols("x tau")
    >>> LanePrinter().doprint(x**3 / tau)
    '((x)*(x)*(x))/tau'
    """

    strict = False

    def _print_Float(self, expr: sympy.Float) -> str:
        return repr(float(expr))

    def _print_Integer(self, expr: sympy.Integer) -> str:
        return f"{int(expr)}.0"

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return repr(float(expr))

    def _print_Half(self, expr: sympy.Rational) -> str:
        return "0.5"

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        base, exponent = expr.as_base_exp()
        if exponent == sympy.Rational(1, 2):
            return f"sqrt({self._print(base)})"
        if exponent == sympy.Rational(-1, 2):
            return f"(1.0 / sqrt({self._print(base)}))"
        if exponent.is_Integer and 0 < abs(int(exponent)) <= 8:
            factor = self.parenthesize(base, 1000)
            product = "*".join([factor] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        if self.strict:
            return f"({self._print(base)})**({self._print(exponent)})"
        raise TypeError(f"real power {expr} did not go through ratelaws.power")

    def _print_Function(self, expr: sympy.Function) -> str:
        name = {"atan": "arctan"}.get(type(expr).__name__, type(expr).__name__)
        return f"{'np.' if self.strict else ''}{name}({', '.join(map(self._print, expr.args))})"

    _print_exp = _print_log = _print_sin = _print_cos = _print_tan = _print_Function
    _print_sinh = _print_cosh = _print_tanh = _print_atan = _print_Function
