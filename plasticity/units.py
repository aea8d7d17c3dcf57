"""Turn text such as ``25 mg`` or ``28 d`` into a plain number in the unit that the package uses inside."""

import math
import re
from fractions import Fraction
from functools import lru_cache
from numbers import Real
from typing import Any

from plasticity.errors import InputError, unknown_name

#: The canonical units: every number inside the package is in one of these.
CANONICAL = (
    *("1", "%", "h", "ms", "s", "Hz", "1/h", "nM", "nM free", "uM", "uM/h", "1/(uM h)"),
    *("mg", "mg/kg", "nmol", "nmol/h", "kg", "g/mol", "L", "L/h"),
)

#: What a user may write in place of each canonical unit; shown in errors.
ALTERNATIVES = {
    "1": "a plain number or %",
    "h": "h, min, s, ms, d or week",
    "s": "s, ms, min or h",
    "ms": "ms or s",
    "Hz": "Hz, kHz or 1/s",
    "1/h": "1/h, 1/min, 1/s or 1/d",
    "mg": "ng, ug, mg or g",
    "mg/kg": "ug/kg or mg/kg",
    "nmol": "pmol, nmol, umol or mmol",
    "kg": "g or kg",
    "L": "uL, mL or L",
    "L/h": "L/h, mL/h, L/min or mL/min",
    "nM": "pM, nM or uM",
    "nM free": "pM, nM or uM (free concentration)",
    "uM": "nM, uM or mM",
    "uM/h": "uM/h or uM/s",
}

_NAMES = frozenset(
    [
        *("s", "sec", "second", "seconds", "ms", "min", "minute", "minutes", "h", "hr", "hour", "hours"),
        *("d", "day", "days", "week", "weeks", "Hz", "kHz", "percent", "%"),
        *("ng", "ug", "µg", "μg", "mcg", "mg", "g", "kg", "pmol", "nmol", "umol", "µmol", "μmol", "mmol", "mol"),
        *("pM", "nM", "uM", "µM", "μM", "mM", "M", "uL", "µL", "μL", "mL", "ml", "dL", "L", "l"),
    ]
)
_DEFINITIONS = """
pico- = 1e-12 = p-
nano- = 1e-9 = n-
micro- = 1e-6 = µ- = μ- = u- = mc-
milli- = 1e-3 = m-
deci- = 1e-1 = d-
kilo- = 1e3 = k-
second = [time] = s = sec = seconds
minute = 60 * second = min = minutes
hour = 60 * minute = h = hr = hours
day = 24 * hour = d = days
week = 7 * day
hertz = 1 / second = Hz
meter = [length] = m
liter = 1e-3 * meter ** 3 = L = l
gram = [mass] = g
mole = [substance] = mol
molar = mole / liter = M
percent = 0.01 = %
""".strip().splitlines()  # Pint's own list has a thousand units and takes half a second to read
_TEXT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)", re.ASCII | re.DOTALL)
_FACTOR = r"[A-Za-zµμ%]+(?:\^-?[1-3])?"
_PRODUCT = rf"(?:{_FACTOR}(?: ?[* ] ?{_FACTOR})*|\({_FACTOR}(?: ?[* ] ?{_FACTOR})*\))"
_SHAPE = re.compile(rf"(?:1 ?/ ?)?{_PRODUCT}(?: ?/ ?{_PRODUCT})*")
_WORD = re.compile(r"[A-Za-zµμ%]+")
_MASS_RATIO = re.compile(r"(?:ng|ug|µg|μg|mcg|mg|g) ?/ ?(?:kg|g)")


def quantity(given: object, unit: str, what: str, *, number_allowed: bool = True) -> float:
    """Read a quantity and return it as a number in the canonical unit.

    Parameters
    ----------
    given : str, int or float
        Text with a unit, such as ``"40 min"``; or a plain number, taken to be in `unit` already.
    unit : str
        The canonical unit, one of `CANONICAL`. ``"nM free"`` is a free concentration, in nM.
    what : str
        What the quantity is, for the error: ``"duration"``, ``"dose of lsd"``.
    number_allowed : bool
        Whether a plain number may stand for a quantity with a unit: true for Python, false for YAML. A pure number
        (unit ``"1"``) needs no unit and is always allowed.

    Returns
    -------
    float
        The value [`unit`], always finite.

    Raises
    ------
    InputError
        When the unit is missing, unknown or of another dimension, or the value is not a finite number.

    Examples
    --------
    >>> quantity("28 d", "h", "duration")
    672.0
    >>> quantity(0.5, "1", "cue", number_allowed=False)
    0.5
    >>> quantity("28 m", "h", "duration")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: duration: unknown unit 'm'; did you mean 'ms'? allowed: h, min, s, ms, d or week
    """
    return quantity_among(given, (unit,), what, number_allowed=number_allowed)[0]


def quantity_among(
    given: object, units: tuple[str, ...], what: str, *, number_allowed: bool = True
) -> tuple[float, str]:
    """Read a quantity that may have one of several dimensions, such as a dose in mg, in mg/kg or in nmol.

    Parameters
    ----------
    given : str, int or float
        As in `quantity`; a plain number is taken to be in the first of the units.
    units : tuple of str
        The canonical units that are allowed.
    what, number_allowed
        As in `quantity`.

    Returns
    -------
    value : float
        The value, always finite.
    unit : str
        The one of `units` that the value is in.

    Raises
    ------
    InputError
        As in `quantity`.

    Examples
    --------
    >>> quantity_among("100 ug/kg", ("mg", "mg/kg", "nmol"), "dose of lsd")
    (0.1, 'mg/kg')
    """
    allowed = "; or ".join(ALTERNATIVES.get(unit, unit) for unit in units)
    if isinstance(given, str):
        return _parsed(given, units, what, allowed)
    if isinstance(given, bool) or not isinstance(given, Real):
        raise InputError(f"{what}: {given!r} is not a quantity; allowed: {allowed}")
    if not number_allowed and units[0] != "1":
        raise InputError(f"{what}: {given!r} has no unit; allowed: a number with one of {allowed}")
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    return _finite(number, given, what, allowed), units[0]


def written(value: float, unit: str) -> str:
    """Write a value and its canonical unit as the text that `quantity` reads back exactly.

    Parameters
    ----------
    value : float
        The value [`unit`].
    unit : str
        The canonical unit; a pure number, ``"1"``, is written without it.

    Returns
    -------
    str
        For example ``"672 h"``.

    Raises
    ------
    InputError
        When the value is not finite.

    Examples
    --------
    >>> written(672.0, "h"), written(0.25, "1")
    ('672 h', '0.25')
    """
    text = repr(_finite(float(value), value, "value to be written", "a finite number")).removesuffix(".0")
    return text if unit == "1" else f"{text} {unit}"


def rounded(value: float) -> str:
    """Write a number for reading: three digits, or whole where more stand before the point.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> rounded(17.342), rounded(2235.9), rounded(float("nan"))
    ('17.3', '2236', 'nan')
    """
    return f"{value:.0f}" if 999.5 <= abs(value) < 1e6 else f"{value:.3g}"


@lru_cache(maxsize=64)
def pattern(*units: str) -> str:
    """Write a regular expression for text that `quantity` may read, for editors that check a study while it is typed.

    Parameters
    ----------
    *units : str
        Canonical units.

    Returns
    -------
    str
        Exact about units that are one word and about doses per body weight; any product is let through where a
        canonical unit is one.

    Examples
    --------
    >>> time = pattern("h")
    >>> [bool(re.search(time, text)) for text in ("28 d", "40 min", "28", "28 m", "25 mg", "h")]
    [True, True, False, False, False, False]
    """
    names: set[str] = set()
    others = []
    for unit in units:
        bare = unit.removesuffix(" free")
        if bare == "mg/kg":
            others.append(_MASS_RATIO.pattern)
        elif bare in _NAMES or bare == "1":
            names |= {name for name in _NAMES if _converted("1", name, bare) is not None}
        else:
            others.append(_SHAPE.pattern)
    number = _TEXT.pattern.removesuffix("(.*)").replace("\\s*(", "\\s*(?:", 1)
    optional = "?" if "1" in units else ""
    free = "(?: *free)?" if any(unit.endswith(" free") for unit in units) else ""
    return f"^{number}\\s*(?:{'|'.join([*sorted(names), *others])}){optional}{free}\\s*$"


@lru_cache(maxsize=4096)
def _parsed(given: str, units: tuple[str, ...], what: str, allowed: str) -> tuple[float, str]:
    found = _TEXT.fullmatch(given)
    if found is None:
        raise InputError(f"{what}: {given!r} is not a number with a unit; allowed: a number with one of {allowed}")
    number, name = found[1], found[2].strip()
    bare = name.removesuffix(" free").rstrip()
    if bare == "" and units != ("1",):
        raise InputError(f"{what}: {given!r} has no unit; allowed: a number with one of {allowed}")
    if bare not in ("", "1"):
        _refuse_unknown_names(bare, what, allowed)
    for unit in units:
        if bare == name or unit.endswith(" free"):
            value = _converted(number, bare, unit.removesuffix(" free"))
            if value is not None:
                return _finite(value, given, what, allowed), unit
    raise InputError(f"{what}: {given!r} has the wrong unit; allowed: {allowed}")


def _refuse_unknown_names(name: str, what: str, allowed: str) -> None:
    for word in _WORD.findall(name):
        if word not in _NAMES:
            fitting = _NAMES.intersection(_WORD.findall(allowed))
            near = str(unknown_name("unit", word, fitting)).split(" allowed:")[0]
            raise InputError(f"{what}: {near} allowed: {allowed}")
    if len(name) > 32 or not _SHAPE.fullmatch(name):
        raise InputError(f"{what}: {name!r} is not a unit; allowed: {allowed}")


def _converted(number: str, name: str, unit: str) -> float | None:
    """Convert to the canonical unit and round once, or None when the dimension differs."""
    plain = float(number)
    if name in ("", "1", unit):
        return plain if name == unit or unit == "1" else None
    # mg/kg, % and 1 have one dimension to Pint, but a dose per body weight is not a share
    if (unit == "mg/kg") != bool(_MASS_RATIO.fullmatch(name)):
        return None
    if unit in ("1", "%") and name not in ("%", "percent"):
        return None
    words = _words()
    if name in words and unit in words:
        (scale, kind), (target_scale, target_kind) = words[name], words[unit]
        finite = math.isfinite(plain) and plain != 0.0  # never a fraction of a billion digits
        return (_ratio(number, scale / target_scale) if finite else plain) if kind == target_kind else None
    registry = _registry()
    source, target = registry.parse_units(name), registry.parse_units(unit)
    if source.dimensionality != target.dimensionality:
        return None
    if plain == 0.0 or not math.isfinite(plain):  # never a fraction of a billion digits
        return plain
    return _ratio(number, Fraction(registry.Quantity(Fraction(1), source).m_as(target)))


def _ratio(number: str, factor: Fraction) -> float:
    try:
        return float(Fraction(number) * factor)
    except OverflowError:
        return math.inf


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[Fraction, str]]:
    """Read single words off the definitions: how many of the first unit of their kind each is, and that kind."""
    prefixes = {"": Fraction(1)}
    found: dict[str, tuple[Fraction, str]] = {}
    for line in _DEFINITIONS:
        name, meaning, *others = (part.strip() for part in line.split(" = "))
        if name.endswith("-"):
            prefixes |= {short.rstrip("-"): Fraction(meaning) for short in (name, *others)}
            continue
        multiple, _, of = meaning.rpartition(" * ")
        if meaning.startswith("["):
            found |= dict.fromkeys((name, *others), (Fraction(1), meaning))
        elif multiple and of in found:
            found |= dict.fromkeys((name, *others), (Fraction(multiple) * found[of][0], found[of][1]))
    return {
        prefix + name: (factor * scale, kind)
        for name, (scale, kind) in found.items()
        for prefix, factor in prefixes.items()
    }


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # slow to load: only for products and ratios of units

    # in fractions 1 umol is 1000 nmol; in floats it is 999.9999999999999
    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction)
    registry.load_definitions(_DEFINITIONS)
    return registry


def _finite(value: float, given: object, what: str, allowed: str) -> float:
    if not math.isfinite(value):
        raise InputError(f"{what}: {str(given)[:40]!r} is not finite; allowed: {allowed}")
    return value
