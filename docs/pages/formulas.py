"""Typeset equations: read from the kernels' own functions, smooth laws by a sign of their own, long lines broken."""

import math
import re
from typing import Any
from unittest.mock import patch

import sympy

from plasticity import ratelaws, symbolic
from plasticity.declare import Kernel

HALVING = sympy.latex(sympy.Float(math.log(2.0), 17))
"""The number that turns half-lives into rates, as it comes out of the code."""
LONGEST = 60
"""Formulas of more letters than this are broken before their terms."""


class PositivePart(sympy.Function):  # type: ignore[misc]
    """Smooth positive part, kept as it stands in the code."""

    def _latex(self, printer: Any) -> str:
        inner, smoothing = map(printer.doprint, self.args)
        return f"\\left[{inner}\\right]_{{+,\\,{smoothing}}}"


class SmoothAbsolute(sympy.Function):  # type: ignore[misc]
    """Smooth absolute value, kept as it stands in the code."""

    def _latex(self, printer: Any) -> str:
        inner, smoothing = map(printer.doprint, self.args)
        return f"\\left|{inner}\\right|_{{{smoothing}}}"


KEPT = {"positive_part": PositivePart, "smooth_absolute": SmoothAbsolute}


def equations(kernel: Kernel) -> tuple[list[str], list[str]]:
    """Typeset a kernel: formulas of its rates and signals, and of the steps that its code names on the way."""
    with patch.dict(symbolic.PRIMITIVES, KEPT):
        lines = [(one.kind, broken(one.latex.replace(HALVING, r"\ln 2"))) for one in symbolic.equations(kernel)]
    return [text for kind, text in lines if kind != "step"], [text for kind, text in lines if kind == "step"]


def laws() -> list[str]:
    """Typeset what the signs of the smooth laws mean, from the laws' own code."""
    z, s = sympy.symbols("z s")
    meant = [(sign(z, s), symbolic.read(getattr(ratelaws, name))(z, s)) for name, sign in KEPT.items()]
    meant.append((symbolic.sigmoid(z), 1 / (1 + sympy.exp(-z))))
    return [f"{sympy.latex(left)} = {sympy.latex(sympy.nsimplify(right))}" for left, right in meant]


def broken(formula: str) -> str:
    """Break a long formula before each of its terms, and a long term before each of its factors."""
    left, right = formula.split(" = ", 1)
    lines = [""]
    for term in parted(right, " + ", " - "):
        pieces = [term] if letters(term) <= LONGEST else parted(term, r" \cdot ")
        lines += [""] if len(pieces) > 1 and lines[-1] else []
        for piece in pieces:
            fits = not lines[-1] or letters(lines[-1] + piece) <= LONGEST
            lines = [*lines[:-1], lines[-1] + piece] if fits else [*lines, piece]
    return f"{left} &= " + r" \\[0.7em] &\quad ".join(lines) if len(lines) > 1 else formula


def parted(text: str, *marks: str) -> list[str]:
    """Part a formula before each mark that stands outside of all brackets."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"\\left|\\right|[{}()]|" + "|".join(map(re.escape, marks)), text):
        token = found.group()
        depth += {"\\left": 1, "{": 1, "(": 1, "\\right": -1, "}": -1, ")": -1}.get(token, 0)
        if token in marks and depth == 0:
            parts.append(text[start : found.start()])
            start = found.start()
    return [*parts, text[start:]]


def letters(formula: str) -> int:
    """Guess how wide a formula is: a fraction counts with its wider half, commands and brackets of the markup not."""
    shown, before = re.sub(r"\\(mathrm|left|right)|\\_", "", formula), ""
    while shown != before:
        before = shown
        shown = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", lambda found: max(found.groups(), key=len), shown)
        shown = re.sub(r"(?<!frac)(?<!\})\{([^{}]*)\}", r"\1", shown)
    return len(re.sub(r"\\[a-zA-Z]+|[\\ ,]", "", shown))
