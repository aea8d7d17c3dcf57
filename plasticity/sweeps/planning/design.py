"""From the axes that were asked for to dimensions: grids, zipped axes, tables, samples of space-filling designs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.compound import compound_names
from plasticity.errors import InputError, unknown_name
from plasticity.model import Model
from plasticity.sweeps.planning.ranges import MOST_POINTS, Drawn
from plasticity.sweeps.planning.salib_designs import EXTRA_POINTS, block_shares, block_size
from plasticity.sweeps.planning.setting import STRUCTURE

Floats = NDArray[np.float64]
DESIGNS = ("grid", "latin_hypercube", "sobol", "halton", *EXTRA_POINTS)
DOSE_KEYS = ("compound", "amount", "at", "route", "form", "over", "name", "every", "times")
DIMENSIONS = {"treatment": "compound"}
"""Dimension of an axis where it is not the axis' own name; that of a layer ends in ``_kernel``."""


@dataclass(frozen=True)
class Asked:
    """One dimension as it was asked for, before its numbers are read.

    Attributes
    ----------
    name : str
        Of the dimension.
    choices : tuple of dict
        For every place what its axes of structure say; empty if it has none.
    numbers : dict
        Axes of numbers by name, as given.
    together : bool
        Whether these are columns of one table, so that values may repeat.
    population : mapping, optional
        What was said of virtual subjects, where it is a dimension of them.

    Examples
    --------
    >>> asked({"brake": ["m1", "m2"]}, Model())[0].choices
    ({'brake': 'first_order'}, {'brake': 'feedback'})
    """

    name: str
    choices: tuple[dict[str, Any], ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    together: bool = False
    population: Mapping[str, Any] | None = None

    @property
    def labels(self) -> dict[str, list[str]]:
        """Names along the dimension, one list for each axis of structure."""
        axes = self.choices[0] if self.choices else {}
        return {axis: _treatments([one[axis] for one in self.choices]) if axis == "treatment"
                else [str(one[axis]) for one in self.choices] for axis in axes}  # fmt: skip


def asked(over: Mapping[str, Any], model: Model) -> tuple[Asked, ...]:
    """Tell axes of structure from axes of numbers, and axes that go together from those that span a grid.

    Parameters
    ----------
    over : mapping
        As in `plasticity.sweep`.
    model : Model
        Its layers can be axes.

    Returns
    -------
    tuple of Asked

    Raises
    ------
    InputError

    Examples
    --------
    >>> pair = {"zip": {"brake_tau": ["5 d"], "dose.at": ["1 h"]}}
    >>> [one.name for one in asked({"dose": ["1 mg"], "pair": pair}, Model())]
    ['dose', 'pair']
    """
    if not over:
        raise InputError(f"over: {over!r}; allowed: one axis or more, by name")
    found = tuple(_asked(str(name), given, model) for name, given in over.items())
    seen: list[str] = []
    for one in found:
        axes = [*(one.choices[0] if one.choices else ()), *one.numbers]
        for name in [one.name, *(axis for axis in axes if axis != one.name)]:
            if name in seen:
                raise InputError(f"over: {name!r} is an axis twice; allowed: each axis once")
            seen.append(name)
    if {"compound", "treatment"} <= {axis for one in found for axis in (one.choices[0] if one.choices else ())}:
        raise InputError("over: compound and treatment both say what is given; allowed: one of them")
    return found


def _asked(name: str, given: Any, model: Model) -> Asked:
    if isinstance(given, Mapping) and "zip" in given:
        return _together(name, _only(name, given, "zip"), model)
    if isinstance(given, Mapping) and "table" in given:
        return _together(name, _columns(name, _only(name, given, "table")), model)
    if isinstance(given, Mapping) and "population" in given:
        return Asked(name, population=given)
    if _structural(name, model):
        choices = tuple({name: choice} for choice in _names(name, given, model))
        dimension = DIMENSIONS.get(name, name if name in STRUCTURE else f"{name}_kernel")
        return Asked(dimension, choices)
    return Asked(name, numbers={name: given})


def _only(name: str, given: Mapping[str, Any], key: str) -> Any:
    for other in given:
        if other != key:
            raise InputError(f"axis {name}: {other!r} beside {key!r}; allowed: {key} alone")
    return given[key]


def _structural(name: str, model: Model) -> bool:
    return name in STRUCTURE or name in model.variants


def _names(name: str, given: Any, model: Model, *, repeats: bool = False) -> list[Any]:
    """Read the values of an axis of structure."""
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or len(given) == 0:
        raise InputError(f"axis {name}: {given!r}; allowed: a list of one name or more")
    found: list[Any] = []
    for one in given:
        if name == "treatment":
            if not isinstance(one, Mapping) or not {"compound", "amount"} <= set(one):
                raise InputError(f"axis treatment: {one!r}; allowed: doses, as in {{compound: lsd, amount: 100 ug}}")
            for key in one:
                if key not in DOSE_KEYS:
                    raise unknown_name("key of a treatment", str(key), DOSE_KEYS)
            found.append({str(key): value for key, value in one.items() if value is not None})
        elif name == "compound":
            if one not in compound_names():
                raise unknown_name("compound", str(one), compound_names())
            found.append(str(one))
        elif name == "species":
            found.append(str(one))
        else:
            found.append(Model(**{name: str(one)}, modules=model.modules, folder=model.folder).variants[name])
        if found[-1] in found[:-1] and not repeats:
            raise InputError(f"axis {name}: {one!r} stands twice; allowed: each value once")
    return found


def _columns(name: str, rows: Any) -> dict[str, list[Any]]:
    """Turn the rows of a table into its columns."""
    if (
        isinstance(rows, str)
        or not isinstance(rows, Sequence)
        or not rows
        or not all(isinstance(r, Mapping) for r in rows)
    ):
        raise InputError(
            f"axis {name}: {rows!r}; allowed: table: one row or more, as in {{dose: 1 mg, brake_tau: 5 d}}"
        )
    for place, row in enumerate(rows):
        if set(row) != set(rows[0]):
            told = f"row {place + 1} of the table has {', '.join(row)}, the first {', '.join(rows[0])}"
            raise InputError(f"axis {name}: {told}; allowed: the same names in every row")
    return {str(key): [row[key] for row in rows] for key in rows[0]}


def _together(name: str, columns: Any, model: Model) -> Asked:
    if not isinstance(columns, Mapping) or not columns:
        raise InputError(f"axis {name}: {columns!r}; allowed: zip: {{axis: [...], axis: [...]}} of equal lengths")
    structure = {key: _names(key, one, model, repeats=True) for key, one in columns.items() if _structural(key, model)}
    numbers = {key: one for key, one in columns.items() if key not in structure}
    lengths = {key: len(one) for key, one in structure.items()}
    if len(set(lengths.values())) > 1:
        raise _unequal(name, lengths)
    size = next(iter(lengths.values()), 0)
    choices = tuple({key: one[i] for key, one in structure.items()} for i in range(size))
    return Asked(name, choices, numbers, together=True)


def _unequal(name: str, lengths: Mapping[str, int]) -> InputError:
    told = ", ".join(f"{key} has {n:,}" for key, n in lengths.items())
    return InputError(f"axis {name}: zipped axes of different lengths: {told} values; allowed: equal lengths")


def same_length(name: str, lengths: Mapping[str, int]) -> int:
    """Give the common length of axes that go together.

    Parameters
    ----------
    name : str
        Of the dimension.
    lengths : mapping of str to int

    Returns
    -------
    int

    Raises
    ------
    InputError
        If they differ.

    Examples
    --------
    >>> same_length("pair", {"dose": 3, "brake_tau": 3})
    3
    """
    if len(set(lengths.values())) != 1:
        raise _unequal(name, lengths)
    return next(iter(lengths.values()))


def _treatments(doses: list[dict[str, Any]]) -> list[str]:
    """Call each treatment by its name or compound, with the amount where a compound comes more than once."""
    compounds = [dose["compound"] for dose in doses]
    labels: list[str] = []
    for dose in doses:
        once = compounds.count(dose["compound"]) == 1
        label = str(dose.get("name") or (dose["compound"] if once else f"{dose['compound']} {dose['amount']}"))
        if label in labels:
            raise InputError(f"axis treatment: a second treatment {label!r}; allowed: a name of its own for each")
        labels.append(label)
    return labels


def sampled(drawn: Mapping[str, Drawn], design: str, samples: int | None, seed: int) -> dict[str, Floats]:
    """Draw from distributions with a space-filling design; the whole of it follows from the seed.

    Parameters
    ----------
    drawn : mapping of str to Drawn
    design : str
        One of `DESIGNS`.
    samples : int or None
        Points of the design, or blocks of a design for sensitivity indices.
    seed : int

    Returns
    -------
    dict of str to ndarray, shape (points,)

    Raises
    ------
    InputError
        If the design draws nothing or is unknown, or `samples` does not suit it.

    Notes
    -----
    Latin hypercube (McKay et al. 1979, doi:10.1080/00401706.1979.10489755), scrambled Sobol' and Halton sequences (Owen
    1998, doi:10.1006/jcom.1998.0487; Owen 2017, arXiv:1706.02808), all from ``scipy.stats.qmc``; designs for
    sensitivity indices from `plasticity.sweeps.planning.salib_designs`.

    Examples
    --------
    >>> space = {"dose": Drawn("uniform", 0.0, 8.0, "mg")}
    >>> sorted(np.floor(sampled(space, "latin_hypercube", 8, 0)["dose"]).tolist())  # one in each eighth
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    if design not in DESIGNS:
        raise unknown_name("design", str(design), DESIGNS)
    if not drawn:
        if design != "grid" or samples is not None:
            raise InputError(f"design {design}: no axis is drawn; allowed: a range without points, or a distribution")
        return {}
    if design == "grid":
        name = next(iter(drawn))
        raise InputError(
            f"axis {name}: a grid draws nothing; allowed: points for the range, or design {' or '.join(DESIGNS[1:])}"
        )
    whole = isinstance(samples, int) and not isinstance(samples, bool)
    if not whole or samples is None or not 1 <= samples <= MOST_POINTS:
        raise InputError(f"samples: {samples!r}; allowed: a whole number from 1 to {MOST_POINTS:,}")
    if design in ("sobol", "saltelli") and samples & (samples - 1):
        near = 1 << samples.bit_length()
        told = f"samples: {samples} in a {design.capitalize()} design"
        raise InputError(f"{told}; allowed: powers of two, such as {near // 2} or {near}")
    if design in EXTRA_POINTS:
        _check_blocks(drawn, design, samples)
        shares = block_shares(design, len(drawn), samples, seed)
    else:
        from scipy.stats import qmc

        engines = {"latin_hypercube": qmc.LatinHypercube, "sobol": qmc.Sobol, "halton": qmc.Halton}
        shares = engines[design](len(drawn), seed=seed).random(samples)
    shares = np.clip(shares, 2.0**-53, 1.0 - 2.0**-53)  # the quantiles of 0 and 1 may be infinite
    return {name: one.at(np.ascontiguousarray(shares[:, i])) for i, (name, one) in enumerate(drawn.items())}


def _check_blocks(drawn: Mapping[str, Drawn], design: str, samples: int) -> None:
    points = samples * block_size(design, len(drawn))
    if points > MOST_POINTS:
        raise InputError(f"samples: {samples:,} blocks are {points:,} points; allowed: up to {MOST_POINTS:,} points")
    if samples < 2:
        raise InputError(f"samples: {samples} in a {design.capitalize()} design; allowed: 2 blocks or more")
    for name, one in drawn.items():
        if design == "morris" and not one.bounded:
            told = f"a {one.shape} distribution has no ends for a Morris design"
            raise InputError(f"axis {name}: {told}; allowed: from and to")
