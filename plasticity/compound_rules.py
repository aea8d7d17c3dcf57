"""The rules that a compound's file must keep: how a number is written, what each state needs, the usual dose."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from plasticity.config import Node
from plasticity.declare import FLAGS
from plasticity.units import CANONICAL, quantity, quantity_among

#: The ways in which a dose may be given.
ROUTES = ("oral", "intraperitoneal", "iv_bolus", "iv_infusion")

#: The measure of a dose: mass, mass per body weight, or amount of the active moiety.
DOSE_UNITS = ("mg", "mg/kg", "nmol")

#: The target behind the acute effect.
PRIMARY_TARGETS = ("htr2a", "sert", "nmda", "none")

#: The states that a compound may have, and what else each of them needs.
STATES = {
    "gut": ("central", "absorption_rate", "absorption_lag", "bioavailability"),
    "central": ("effect", "clearance", "volume_central"),
    "peripheral": ("central", "distribution_clearance", "volume_peripheral"),
    "effect": ("central", "effect_rate"),
    "htr2a_held": ("effect", "htr2a_dissociation_rate"),
    "metabolite_gut": ("gut", "metabolite", "presystemic_fraction"),
    "metabolite": (
        *("central", "metabolite_formation_fraction", "metabolite_clearance", "metabolite_volume"),
        "metabolite_molecular_weight",
    ),
    "metabolite_effect": ("metabolite", "metabolite_effect_rate"),
    "cyp2d6": (
        *("central", "cyp2d6_fraction", "cyp2d6_recovery_rate", "cyp2d6_inactivation_rate"),
        "cyp2d6_inactivation_half",
    ),
}

#: What each potency needs to take part in the model.
POTENCIES = {
    "htr2a_k_act": ("htr2a_hill", "htr2a_efficacy"),
    "sert_release_k": ("sert_release_hill",),
    "sert_block_k": ("fraction_unbound",),
    "nmda_k": ("fraction_unbound",),
    "trkb_k": ("fraction_unbound",),
    "metabolite_sert_block_k": ("metabolite_fraction_unbound", "metabolite_effect"),
    "metabolite_nmda_k": ("metabolite_fraction_unbound", "metabolite_effect"),
}
_REFERENCE = re.compile(
    rf"(?P<amount>\S+ \S+)(?: (?P<form>[a-z]\w*))? (?P<route>{'|'.join(ROUTES)})(?: over (?P<over>\S+ \S+))?"
)
_NUMBER_KEYS = ("value", "unit", "range", "flag", "source", "note")


@dataclass(frozen=True)
class Number:
    """One number of a compound and how well it is known.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        One of `plasticity.units.CANONICAL`.
    range : tuple of float or None
        Plausible range [`unit`].
    flag : str
        One of `plasticity.declare.FLAGS`.
    source : tuple of str
        Keys of ``sources.bib``; may be empty.
    note : str
        Where else the number comes from, in words.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> load_compound("lsd").numbers["htr2a_k_act"]
    Number(value=3.092, unit='nM', range=(1.546, 6.184), flag='verified', source=('Holze2019',), note='1.0 ng/mL')
    """

    value: float
    unit: str
    range: tuple[float, float] | None
    flag: str
    source: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class ReferenceDose:
    """The usual dose of a compound, in parts that ``Protocol.dose`` takes.

    Attributes
    ----------
    amount : str
        Such as ``"0.5 mg/kg"``.
    route : str
        One of `ROUTES`.
    form : str or None
        The salt, where it is not the default one.
    over : str or None
        Length of an infusion.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> load_compound("ketamine").reference
    ReferenceDose(amount='0.5 mg/kg', route='iv_infusion', form=None, over='40 min')
    """

    amount: str
    route: str
    form: str | None
    over: str | None


def read_number(node: Node, sources: Collection[str]) -> Number:
    """Read one number with its unit, range, flag, sources and note.

    Parameters
    ----------
    node : Node
        The mapping in the file.
    sources : collection of str
        The keys that a source may be.

    Returns
    -------
    Number

    Raises
    ------
    ConfigError
        When a part is missing, unknown, not finite, negative or outside its own range.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> tree = parse("{value: 2, unit: h, range: [1, 3], flag: recalled, source: [], note: culture}")
    >>> read_number(tree, []).range
    (1.0, 3.0)
    """
    node.check_keys(_NUMBER_KEYS, required=_NUMBER_KEYS)
    part = node.mapping()
    value = _plain(part["value"])
    span = None if part["range"].value is None else tuple(_plain(end) for end in part["range"].items())
    if span is not None and (len(span) != 2 or not span[0] <= value <= span[1]):
        raise part["range"].error(f"{part['range'].plain()} with value {value:g}", "[low, high] around the value")
    return Number(
        value=value,
        unit=part["unit"].text(CANONICAL, "unit"),
        range=None if span is None else (span[0], span[1]),
        flag=part["flag"].text(FLAGS, "flag"),
        source=tuple(key.text(sources, "source") for key in part["source"].items()),
        note=part["note"].text(),
    )


def read_reference_dose(node: Node, forms: Collection[str], states: Collection[str]) -> ReferenceDose:
    """Read the usual dose, ``amount [form] route [over length]``.

    Parameters
    ----------
    node : Node
        The text in the file.
    forms, states : collection of str
        The forms and states of the compound.

    Returns
    -------
    ReferenceDose

    Raises
    ------
    ConfigError
        When the text has another shape, or names a form, route or unit that the compound cannot take.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> read_reference_dose(parse("15 mg base iv_bolus", mapping=False), ["base"], ["central"]).form
    'base'
    """
    found = _REFERENCE.fullmatch(node.text())
    if found is None:
        raise node.error(
            f"{node.value!r} is not a dose", f"amount [form] route [over length], routes {', '.join(ROUTES)}"
        )
    with node.located():
        quantity_among(found["amount"], DOSE_UNITS, "reference dose")
        if found["over"] is not None:
            quantity(found["over"], "h", "length of the infusion")
    if found["form"] not in (None, *forms):
        raise node.error(f"form {found['form']!r}", ", ".join(forms))
    if found["route"] in ("oral", "intraperitoneal") and "gut" not in states:
        raise node.error(f"route {found['route']!r} without a state gut", "iv_bolus, iv_infusion")
    if (found["over"] is not None) != (found["route"] == "iv_infusion"):
        raise node.error(f"{node.value!r}", "over for an iv_infusion, and only there")
    return ReferenceDose(found["amount"], found["route"], found["form"], found["over"])


def read_variability(
    node: Node, parameters: Collection[str], sources: Collection[str]
) -> tuple[dict[str, Number], dict[tuple[str, str], Number]]:
    """Read how much subjects differ: ``variability: {clearance: {...}}``, ``correlations: {clearance: {...}}``.

    Parameters
    ----------
    node : Node
        The species in the file; both parts may be missing.
    parameters, sources : collection of str
        The numbers that may vary, and the keys that a source may be.

    Returns
    -------
    variability : dict of str to Number
        Coefficients of variation [1].
    correlations : dict of (str, str) to Number
        Of the logarithms [1].

    Raises
    ------
    ConfigError
        When a number is unknown, a coefficient is 0 or has a unit, or a correlation is of something that does not vary.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> read_variability(parse("states: [central]"), [], [])
    ({}, {})
    """
    part = node.mapping()
    variability: dict[str, Number] = {}
    correlations: dict[tuple[str, str], Number] = {}
    if "variability" in part:
        part["variability"].check_keys(parameters, "parameter")
        for name, child in part["variability"].mapping().items():
            variability[name] = _share(child, sources, 3.0, "a coefficient of variation, more than 0, up to 3")
    for first, row in part["correlations"].mapping().items() if "correlations" in part else ():
        part["correlations"].check_keys(variability, "number that varies")
        row.check_keys([name for name in variability if name != first], "number that varies")
        for second, child in row.mapping().items():
            correlations[first, second] = _share(child, sources, 0.999, "a correlation, more than 0, below 1")
    return variability, correlations


def _share(node: Node, sources: Collection[str], most: float, allowed: str) -> Number:
    number = read_number(node, sources)
    if number.unit != "1" or not 0.0 < number.value <= most:
        raise node.error(f"{number.value:g} {number.unit}", allowed)
    return number


def check_complete(node: Node, states: Collection[str], parameters: Collection[str]) -> None:
    """Refuse a compound whose states and numbers do not fit together.

    Parameters
    ----------
    node : Node
        Where the error points.
    states, parameters : collection of str
        What the compound has.

    Raises
    ------
    ConfigError
        When a state or a potency lacks what it needs, or kinetics are given for a state that is not there.

    Examples
    --------
    >>> from plasticity.config import parse
    >>> check_complete(parse("states: [effect]", "x.yaml"), ["effect"], ["effect_rate"])
    Traceback (most recent call last):
    ...
    plasticity.node.ConfigError: x.yaml:1:1: state 'central' is missing; allowed: all of central, effect
    """
    present = {*states, *parameters}
    for name in ("central", "effect"):
        if name not in states:
            raise node.error(f"state {name!r} is missing", "all of central, effect")
    for name, needs in {**STATES, **POTENCIES}.items():
        for need in needs:
            if name in present and need not in present:
                raise node.error(f"{name!r} needs {need!r}, which is missing", f"all of {', '.join(needs)}")
            if name in STATES and name not in present and need in parameters:
                raise node.error(f"{need!r} is given for the state {name!r}, which is not listed", "states with it")


def _plain(node: Node) -> float:
    if not isinstance(node.value, int | float):
        raise node.error(f"{node.value!r} is not a number", "0 or more")
    value = node.quantity("1")
    if value < 0.0:
        raise node.error(f"{value:g} is negative", "0 or more")
    return value
