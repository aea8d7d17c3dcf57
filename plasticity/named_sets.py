"""Values and modules that replace defaults together, under one name: of one compound, or of the whole model."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plasticity.compound import parameter_set_numbers
from plasticity.compound_rules import Number, read_number
from plasticity.config import load
from plasticity.errors import unknown_name
from plasticity.sources import read_sources

_FOLDER = Path(__file__).parent / "parameter_sets"
_KEYS = ("title", "modules", "parameters")


@dataclass(frozen=True)
class NamedSet:
    """A set that the whole model has a use for, whatever is dosed.

    Attributes
    ----------
    title : str
    modules : tuple of str
        Kernels that are off by default and belong to it.
    numbers : dict of str to Number
        By name (``brake_tau``) or ``compound.name``; those of compounds that are not dosed have no part in a run.

    Examples
    --------
    >>> model_sets()["improved"].modules
    ('slow_agonism',)
    """

    title: str
    modules: tuple[str, ...]
    numbers: dict[str, Number]


@cache
def model_sets() -> dict[str, NamedSet]:
    """Read the sets of the whole model, one YAML file each.

    Returns
    -------
    dict of str to NamedSet

    Raises
    ------
    ConfigError
        If a file breaks a rule, with file, line and column.

    Examples
    --------
    >>> list(model_sets())
    ['baseline', 'improved']
    """
    found, sources = {}, set(read_sources())
    for path in sorted(_FOLDER.glob("*.yaml")):
        tree = load(path)
        tree.check_keys(_KEYS, required=_KEYS)
        part = tree.mapping()
        numbers = {name: read_number(node, sources) for name, node in part["parameters"].mapping().items()}
        modules = tuple(node.text() for node in part["modules"].items())
        found[path.stem] = NamedSet(part["title"].text(), modules, numbers)
    return found


def modules_of(name: str | None) -> tuple[str, ...]:
    """List the modules that a set needs.

    Parameters
    ----------
    name : str or None
        Of any set; an unknown one needs none, and is refused where its values are asked for.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> modules_of("improved"), modules_of("mdma_autoinhibition"), modules_of(None)
    (('slow_agonism',), (), ())
    """
    return model_sets()[name].modules if name is not None and name in model_sets() else ()


def concerns(name: str | None, compounds: Collection[str]) -> bool:
    """Tell whether a set concerns a run.

    Parameters
    ----------
    name : str or None
    compounds : collection of str
        That are dosed.

    Returns
    -------
    bool
        Always for a set of the whole model; for one of a compound where all its compounds are dosed.

    Examples
    --------
    >>> concerns("improved", ["lsd"]), concerns("mdma_autoinhibition", ["lsd"]), concerns(None, ["lsd"])
    (True, False, False)
    """
    if name is None:
        return False
    if name in model_sets():
        return True
    sets = parameter_set_numbers()
    return name in sets and {key.partition(".")[0] for key in sets[name]} <= set(compounds)


def values_of(name: str | None, compounds: Collection[str] | None = None) -> dict[str, float]:
    """Give the values of a set.

    Parameters
    ----------
    name : str or None
        None is a set without values.
    compounds : collection of str, optional
        That are dosed: of a set of the whole model, numbers of others are left out.

    Returns
    -------
    dict of str to float
        By name or ``compound.name``, in canonical units.

    Raises
    ------
    InputError
        If there is no such set; the message names the nearest.

    Examples
    --------
    >>> sorted(values_of("improved", ["lsd"]))[:2]
    ['brake_gain', 'brake_tau']
    >>> values_of("baseline")
    {}
    """
    return {key: number.value for key, number in numbers_of(name, compounds).items()}


def numbers_of(name: str | None, compounds: Collection[str] | None = None) -> dict[str, Number]:
    """Give the numbers of a set with unit, flag and sources.

    Parameters
    ----------
    name, compounds
        As for `values_of`.

    Returns
    -------
    dict of str to Number

    Raises
    ------
    InputError
        As `values_of`.

    Examples
    --------
    >>> numbers_of("noribogaine_peak")["ibogaine.metabolite_volume"].flag
    'fitted'
    """
    if name is None:
        return {}
    if name in model_sets():
        return {
            key: one
            for key, one in model_sets()[name].numbers.items()
            if "." not in key or compounds is None or key.partition(".")[0] in compounds
        }
    sets = parameter_set_numbers()
    if name not in sets:
        raise unknown_name("parameter set", name, {**model_sets(), **sets})
    return sets[name]
