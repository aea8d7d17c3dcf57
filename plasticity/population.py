"""Virtual subjects: body weight and kinetics drawn from how much subjects differ, as the compounds state it."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.compound import BODY_WEIGHT, Compound
from plasticity.compound_rules import Number
from plasticity.errors import InputError, unknown_name
from plasticity.units import quantity

Floats = NDArray[np.float64]
MOST_SUBJECTS = 10_000_000
KEYS = ("population", "body_weight", "variability")
BODY_WEIGHT_CV = {
    "human": Number(0.2, "1", (0.1, 0.3), "assumed", (), "adults; median as for doses per kg"),
    "mouse": Number(0.1, "1", (0.05, 0.2), "assumed", (), "one strain; median as for doses per kg"),
}
"""Coefficient of variation of body weight. It changes doses per kg and nothing else: kinetics are not scaled by it."""


def subjects(
    given: Mapping[str, Any], compounds: Iterable[Compound], typical: Mapping[str, float], species: str, seed: int
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Draw virtual subjects.

    Every quantity is log-normal: its median is the typical value, its coefficient of variation (CV) that which the
    compound states. Where a compound states a correlation, it is that of the logarithms.

    Parameters
    ----------
    given : mapping
        ``{"population": 1000, "body_weight": {"median": "75 kg", "cv": 0.15}, "variability": {"dmt.clearance": 0.3}}``:
        how many subjects, and what replaces or adds to what is stated; a CV of 0 holds a number at its typical value.
    compounds : iterable of Compound
        Those that are given.
    typical : mapping of str to float
        The numbers in force, by name (``lsd.clearance``).
    species : str
    seed : int
        Each quantity has random numbers of its own, so that subject 7 is the same in a population of any size, and with
        any other compounds.

    Returns
    -------
    columns : dict of str to ndarray, shape (subjects,)
    units : dict of str to str

    Raises
    ------
    InputError
        If the compounds state nothing and nothing is given, or something given is not allowed.

    Notes
    -----
    ``x = median * exp(omega z)`` with ``omega^2 = log(1 + CV^2)`` and z standard normal, the usual form of variability
    between subjects (Lavielle 2014, "Mixed Effects Models for the Population Approach", CRC Press; DOI not checked).

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> lsd = load_compound("lsd")
    >>> typical = {f"lsd.{name}": number.value for name, number in lsd.numbers.items()}
    >>> columns, units = subjects({"population": 1000}, [lsd], typical, "human", 0)
    >>> sorted(units.items())
    [('body_weight', 'kg'), ('lsd.clearance', 'L/h'), ('lsd.volume_central', 'L')]
    """
    for key in given:
        if key not in KEYS:
            raise unknown_name("key of a population", str(key), KEYS)
    size = given["population"]
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MOST_SUBJECTS:
        raise InputError(f"population: {size!r} subjects; allowed: a whole number from 1 to {MOST_SUBJECTS:,}")
    compounds = list({compound.name: compound for compound in compounds}.values())
    spread, units = _spread(given.get("variability", {}), compounds)
    median, cv = _body_weight(given.get("body_weight", {}), species)
    scores = {name: _normal(name, size, seed) for name in ("body_weight", *spread)}
    for compound in compounds:
        _correlate(compound, spread, scores)
    columns = {"body_weight": _lognormal(median, cv, scores["body_weight"])} if cv else {}
    columns |= {name: _lognormal(typical[name], cv, scores[name]) for name, cv in spread.items()}
    return columns, {name: "kg" if name == "body_weight" else units[name] for name in columns}


def _lognormal(median: float, cv: float, score: Floats) -> Floats:
    return np.asarray(median * np.exp(np.sqrt(np.log1p(cv**2)) * score))


def _normal(name: str, size: int, seed: int) -> Floats:
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())])).standard_normal(size)


def _cv(given: Any, what: str) -> float:
    value = quantity(given, "1", what)
    if not 0.0 <= value <= 3.0:
        raise InputError(f"{what}: {given!r}; allowed: 0 to 3")
    return value


def _spread(given: Any, compounds: list[Compound]) -> tuple[dict[str, float], dict[str, str]]:
    """CV and unit of everything that varies, by name."""
    if not isinstance(given, Mapping):
        raise InputError(f"population, variability: {given!r}; allowed: {{compound.parameter: CV}}")
    known = {f"{c.name}.{name}": number.unit for c in compounds for name, number in c.numbers.items()}
    spread = {f"{c.name}.{name}": number.value for c in compounds for name, number in c.variability.items()}
    for name, value in given.items():
        if name not in known:
            raise unknown_name("parameter in variability", str(name), known)
        spread[str(name)] = _cv(value, f"variability of {name}")
    silent = [c.name for c in compounds if not any(name.startswith(f"{c.name}.") for name in spread)]
    if silent:
        told = f"{silent[0]} states no variability between subjects"
        raise InputError(f"population: {told}; allowed: variability: {{{silent[0]}.clearance: 0.3}}, say")
    return {name: cv for name, cv in spread.items() if cv}, known


def _body_weight(given: Any, species: str) -> tuple[float, float]:
    if not isinstance(given, Mapping):
        raise InputError(f"population, body_weight: {given!r}; allowed: {{median: 70 kg, cv: 0.2}}")
    for key in given:
        if key not in ("median", "cv"):
            raise unknown_name("key of body_weight", str(key), ("median", "cv"))
    median = quantity(given.get("median", BODY_WEIGHT[species]), "kg", "population, body_weight")
    if not median > 0.0:
        raise InputError(f"population, body_weight: {given.get('median')!r}; allowed: more than 0 kg")
    return median, _cv(given.get("cv", BODY_WEIGHT_CV[species].value), "population, cv of body_weight")


def _correlate(compound: Compound, spread: Mapping[str, float], scores: dict[str, Floats]) -> None:
    """Mix the scores of a compound's numbers so that their logarithms correlate as it states."""
    pairs = {
        (f"{compound.name}.{first}", f"{compound.name}.{second}"): number.value
        for (first, second), number in compound.correlations.items()
    }
    names = [name for name in spread if any(name in pair for pair in pairs)]
    matrix = np.eye(len(names))
    for (first, second), value in pairs.items():
        if first in names and second in names:
            i, j = names.index(first), names.index(second)
            matrix[i, j] = matrix[j, i] = value
    root = np.linalg.cholesky(matrix)
    own = [scores[name] for name in names]
    for i, name in enumerate(names):
        scores[name] = sum((root[i, j] * own[j] for j in range(i + 1)), np.zeros_like(own[i]))
