"""The package's canonical units in SBML's terms: products of base units."""

from typing import Any

from plasticity.errors import unknown_name
from plasticity.sbml.library import done, libsbml

Factor = tuple[str, int, int, float]
"""Base unit, exponent, power of ten and multiplier: (multiplier * 10**scale * unit) ** exponent."""

HOUR = ("second", 1, 0, 3600.0)
PER_HOUR = ("second", -1, 0, 3600.0)
LITRE = ("litre", 1, 0, 1.0)
PER_LITRE = ("litre", -1, 0, 1.0)

FACTORS: dict[str, tuple[Factor, ...]] = {
    "1": (("dimensionless", 1, 0, 1.0),),
    "%": (("dimensionless", 1, -2, 1.0),),
    "h": (HOUR,),
    "s": (("second", 1, 0, 1.0),),
    "ms": (("second", 1, -3, 1.0),),
    "Hz": (("second", -1, 0, 1.0),),
    "1/h": (PER_HOUR,),
    "nM": (("mole", 1, -9, 1.0), PER_LITRE),
    "uM": (("mole", 1, -6, 1.0), PER_LITRE),
    "uM/h": (("mole", 1, -6, 1.0), PER_LITRE, PER_HOUR),
    "1/(uM h)": (("mole", -1, -6, 1.0), LITRE, PER_HOUR),
    "mg": (("gram", 1, -3, 1.0),),
    "mg/kg": (("gram", 1, -3, 1.0), ("kilogram", -1, 0, 1.0)),
    "kg": (("kilogram", 1, 0, 1.0),),
    "g/mol": (("gram", 1, 0, 1.0), ("mole", -1, 0, 1.0)),
    "nmol": (("mole", 1, -9, 1.0),),
    "nmol/h": (("mole", 1, -9, 1.0), PER_HOUR),
    "L": (LITRE,),
    "L/h": (LITRE, PER_HOUR),
}
"""Every unit of `plasticity.units.CANONICAL`; a free concentration, ``nM free``, is one in nM."""


def unit_id(unit: str) -> str:
    """Name a canonical unit as SBML can.

    Parameters
    ----------
    unit : str
        One of `plasticity.units.CANONICAL`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> unit_id("1/(uM h)"), unit_id("nM free"), unit_id("1")
    ('per_uM_h', 'nM', 'dimensionless')
    """
    plain = unit.removesuffix(" free")
    if plain not in FACTORS:
        raise unknown_name("unit", unit, FACTORS)
    if plain in ("1", "%"):
        return {"1": "dimensionless", "%": "percent"}[plain]
    words = plain.replace("1/", "per_").replace("/", "_per_").replace("(", "").replace(")", "").replace(" ", "_")
    return {"s": "second", "h": "hour"}.get(words, words)


def add_unit(model: Any, unit: str) -> str:
    """Define a canonical unit in a model, once.

    Parameters
    ----------
    model : libsbml.Model
    unit : str

    Returns
    -------
    str
        What refers to it.

    Examples
    --------
    >>> from plasticity.sbml.library import libsbml
    >>> document = libsbml().SBMLDocument(3, 2)
    >>> model = document.createModel()
    >>> add_unit(model, "L/h"), add_unit(model, "L/h"), model.getNumUnitDefinitions()
    ('L_per_h', 'L_per_h', 1)
    """
    name = unit_id(unit)
    if name in ("dimensionless", "second") or model.getUnitDefinition(name) is not None:
        return name
    definition = model.createUnitDefinition()
    done(definition.setId(name), f"unit {unit}")
    done(definition.setName(unit.removesuffix(" free")), f"unit {unit}")
    for kind, exponent, scale, multiplier in FACTORS[unit.removesuffix(" free")]:
        part = definition.createUnit()
        done(part.setKind(libsbml().UnitKind_forName(kind)), f"unit {unit}")
        done(part.setExponent(exponent), f"unit {unit}")
        done(part.setScale(scale), f"unit {unit}")
        done(part.setMultiplier(multiplier), f"unit {unit}")
    return name
