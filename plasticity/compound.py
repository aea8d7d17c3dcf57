"""What one drug is: its kinetics, targets and potencies in one species, read from one YAML file."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from plasticity.compound_rules import (
    DOSE_UNITS,
    PRIMARY_TARGETS,
    ROUTES,
    STATES,
    Number,
    ReferenceDose,
    check_complete,
    read_number,
    read_reference_dose,
    read_variability,
)
from plasticity.config import Node, load
from plasticity.errors import InputError, unknown_name
from plasticity.sources import BUNDLED as BUNDLED_SOURCES
from plasticity.sources import read_sources

__all__ = [
    "BODY_WEIGHT",
    "DOSE_UNITS",
    "ROUTES",
    "STATES",
    "Compound",
    "Number",
    "ReferenceDose",
    "compound_names",
    "load_compound",
    "parameter_set_numbers",
    "parameter_sets",
]

#: Body weight [kg] for doses per kg; also the species that a compound may have data for.
BODY_WEIGHT = {"human": 70.0, "mouse": 0.025}

_FOLDER = Path(__file__).parent / "compounds"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEYS = ("name", "title", "primary_target", "exploratory", "molecular_weight", "default_form", "forms", *BODY_WEIGHT)
_SPECIES_KEYS = ("reference_dose", "states", "parameters")
_VARIABILITY_KEYS = ("variability", "correlations")


@dataclass(frozen=True)
class Compound:
    """One drug in one species.

    Attributes
    ----------
    name, title, species : str
        Name in code, name in words, and ``"human"`` or ``"mouse"``.
    primary_target : str
        The target behind the acute effect: ``htr2a``, ``sert``, ``nmda`` or ``none``.
    exploratory : bool
        Too little is known for more than a try.
    states : tuple of str
        The states of this compound, as in `STATES`.
    numbers : dict of str to Number
        All its numbers, ``molecular_weight`` [g/mol] included; do not change it.
    forms : dict of str to float
        Mass fraction [1] of the active moiety in each salt or prodrug.
    default_form, default_route : str
        What a dose takes when it does not say.
    reference_dose : str
        The usual dose, such as ``"25 mg oral"``.
    reference : ReferenceDose
        The same in its parts.
    body_weight : float
        Of the species [kg], for doses per kg.
    variability : dict of str to Number
        Coefficient of variation [1] between subjects of those numbers for which it is known.
    correlations : dict of (str, str) to Number
        Correlation [1] of the logarithms of two of these.

    Examples
    --------
    >>> mdma = load_compound("mdma")
    >>> mdma.primary_target, mdma.default_form, mdma.forms["hydrochloride"], mdma.body_weight
    ('sert', 'hydrochloride', 0.841, 70.0)
    """

    name: str
    title: str
    species: str
    primary_target: str
    exploratory: bool
    states: tuple[str, ...]
    numbers: dict[str, Number]
    forms: dict[str, float]
    default_form: str
    default_route: str
    reference_dose: str
    reference: ReferenceDose
    body_weight: float
    variability: dict[str, Number] = field(default_factory=dict)
    correlations: dict[tuple[str, str], Number] = field(default_factory=dict)


def compound_names(folder: str | Path | None = None) -> tuple[str, ...]:
    """List the compounds that can be loaded.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        A folder with further compounds, one YAML file each.

    Returns
    -------
    tuple of str
        In alphabetical order.

    Examples
    --------
    >>> "psilocybin" in compound_names()
    True
    """
    return tuple(sorted({path.stem for place in _folders(folder) for path in place.glob("*.yaml")}))


def load_compound(name: str, species: str = "human", folder: str | Path | None = None) -> Compound:
    """Read one compound for one species.

    Parameters
    ----------
    name : str
        One of `compound_names`.
    species : str
        ``"human"`` or ``"mouse"``; a species for which the compound has no data is refused.
    folder : str or pathlib.Path, optional
        A folder with further compounds; it goes before those that the package ships. A ``sources.bib`` there is read.

    Returns
    -------
    Compound

    Raises
    ------
    InputError
        When the compound or its data for the species do not exist, or its file breaks a rule (with file, line and
        column).

    Examples
    --------
    >>> load_compound("psilocybin").reference_dose
    '25 mg oral'
    >>> load_compound("dmt", "mouse")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: compound 'dmt' has no data for species 'mouse'; allowed: human
    """
    if str(species) not in BODY_WEIGHT:
        raise unknown_name("species", str(species), BODY_WEIGHT)
    path = _path(name, folder)
    found = _read(path, _state(path))[0]
    if species not in found:
        raise InputError(f"compound {name!r} has no data for species {species!r}; allowed: {', '.join(found)}")
    return found[species]


def parameter_sets(folder: str | Path | None = None) -> dict[str, dict[str, float]]:
    """The named sets of values that replace defaults together, such as ``mdma_autoinhibition``.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        As in `load_compound`.

    Returns
    -------
    dict of str to dict of str to float
        For each set the values by ``compound.parameter``, in the units of these parameters.

    Raises
    ------
    InputError
        When a file breaks a rule, or two sets have one name.

    Examples
    --------
    >>> parameter_sets()["mdma_autoinhibition"]["mdma.clearance"]
    110.8
    """
    found = parameter_set_numbers(folder)
    return {title: {name: number.value for name, number in numbers.items()} for title, numbers in found.items()}


def parameter_set_numbers(folder: str | Path | None = None) -> dict[str, dict[str, Number]]:
    """The same sets with unit, flag and sources of every number.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        As in `load_compound`.

    Returns
    -------
    dict of str to dict of str to Number

    Raises
    ------
    InputError
        As in `parameter_sets`.

    Examples
    --------
    >>> parameter_set_numbers()["noribogaine_active"]["ibogaine.nmda_k"].flag
    'assumed'
    """
    sets: dict[str, dict[str, Number]] = {}
    for name in compound_names(folder):
        path = _path(name, folder)
        for title, numbers in _read(path, _state(path))[1].items():
            if title in sets:
                raise InputError(f"{path}: parameter set {title!r} exists already; allowed: another name")
            sets[title] = {f"{name}.{parameter}": number for parameter, number in numbers.items()}
    return sets


def _folders(folder: str | Path | None) -> list[Path]:
    if folder is None:
        return [_FOLDER]
    if not Path(folder).is_dir():
        raise InputError(f"compound folder: {str(folder)!r} is not a folder; allowed: a folder of YAML files")
    return [Path(folder), _FOLDER]


def _path(name: object, folder: str | Path | None) -> Path:
    # only a listed name ever becomes a path
    if not isinstance(name, str) or name not in compound_names(folder):
        raise unknown_name("compound", str(name), compound_names(folder))
    return next(path for place in _folders(folder) if (path := place / f"{name}.yaml").is_file())


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _read(path: Path, state: tuple[int, int]) -> tuple[dict[str, Compound], dict[str, dict[str, Number]]]:  # noqa: ARG001
    """Read all species and parameter sets of one file; its `state` makes an edited file be read again."""
    tree = load(path)
    tree.check_keys((*_KEYS, "parameter_sets"), required=_KEYS)
    part, sources = tree.mapping(), _sources_beside(path)
    name = part["name"].text()
    if name != path.stem or not _NAME.fullmatch(name):
        raise part["name"].error(f"{name!r} is not the name of the file", path.stem)
    found = {species: _compound(part, species, sources) for species in BODY_WEIGHT if part[species].value is not None}
    sets = part["parameter_sets"].mapping() if "parameter_sets" in part else {}
    return found, {title: _parameter_set(node, found, sources) for title, node in sets.items()}


def _sources_beside(path: Path) -> set[str]:
    beside = path.parent / BUNDLED_SOURCES.name
    return {*read_sources(), *(read_sources(beside) if beside.is_file() else ())}


def _compound(part: dict[str, Node], species: str, sources: Collection[str]) -> Compound:
    node = part[species]
    node.check_keys((*_SPECIES_KEYS, *_VARIABILITY_KEYS), required=_SPECIES_KEYS)
    below = node.mapping()
    weight = read_number(part["molecular_weight"], sources)
    if weight.unit != "g/mol" or weight.value == 0.0:
        raise part["molecular_weight"].error(f"{weight.value:g} {weight.unit}", "more than 0 g/mol")
    forms = {form: _mass_fraction(child, sources) for form, child in part["forms"].mapping().items()}
    states = tuple(state.text(STATES, "state") for state in below["states"].items())
    numbers = {key: read_number(child, sources) for key, child in below["parameters"].mapping().items()}
    check_complete(below["states"], states, numbers)
    variability, correlations = read_variability(node, numbers, sources)
    reference = read_reference_dose(below["reference_dose"], forms, states)
    if not isinstance(part["exploratory"].value, bool):
        raise part["exploratory"].error(f"{part['exploratory'].value!r} is not a truth value", "true, false")
    return Compound(
        name=part["name"].text(),
        title=part["title"].text(),
        species=species,
        primary_target=part["primary_target"].text(PRIMARY_TARGETS, "primary target"),
        exploratory=part["exploratory"].value,
        states=states,
        numbers={"molecular_weight": weight, **numbers},
        forms=forms,
        default_form=part["default_form"].text(forms, "form"),
        default_route=reference.route,
        reference_dose=below["reference_dose"].text(),
        reference=reference,
        body_weight=BODY_WEIGHT[species],
        variability=variability,
        correlations=correlations,
    )


def _mass_fraction(node: Node, sources: Collection[str]) -> float:
    number = read_number(node, sources)
    if number.unit != "1" or not 0.0 < number.value <= 1.0:
        raise node.error(f"mass fraction {number.value:g} {number.unit}", "more than 0, up to 1")
    return number.value


def _parameter_set(node: Node, found: dict[str, Compound], sources: Collection[str]) -> dict[str, Number]:
    node.check_keys(("title", "species", "parameters"), required=("title", "species", "parameters"))
    below = node.mapping()
    replaced = found[below["species"].text(found, "species")].numbers
    numbers = {name: read_number(child, sources) for name, child in below["parameters"].mapping().items()}
    below["parameters"].check_keys(replaced, "parameter")
    for name, number in numbers.items():
        if number.unit != replaced[name].unit:
            raise below["parameters"].mapping()[name].error(f"unit {number.unit!r}", replaced[name].unit)
    return numbers
