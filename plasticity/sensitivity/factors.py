"""The factors of a sweep that draws: their names, ranges and values, read from the dataset and checked."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError
from plasticity.sweeps.planning.ranges import SHAPES
from plasticity.sweeps.planning.salib_designs import EXTRA_POINTS, block_size
from plasticity.sweeps.planning.space import SAMPLE

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factors:
    """What a sweep drew.

    Attributes
    ----------
    design : str
    samples : int
        Points, or blocks of points, of the design.
    names : list of str
    told : dict of str to dict
        Distribution of each factor, as the sweep records it.
    values : ndarray, shape (points, factors)

    Examples
    --------
    >>> Factors("morris", 1, ["dose"], {}, np.array([[1.0], [2.0]])).blocks
    2
    """

    design: str
    samples: int
    names: list[str]
    told: dict[str, dict[str, Any]]
    values: Floats

    @property
    def blocks(self) -> int:
        """Points that belong together: 1 for a design whose points are independent of each other."""
        return block_size(self.design, len(self.names)) if self.design in EXTRA_POINTS else 1

    def ranges(self) -> list[str]:
        """Write the distribution of every factor in words."""
        return [_written(self.told[name]) for name in self.names]


def factors(ds: "xarray.Dataset") -> Factors:
    """Read the factors of a sweep, and make sure that its points still stand as they were drawn.

    Parameters
    ----------
    ds : xarray.Dataset
        What a sweep with a design returned.

    Returns
    -------
    Factors

    Raises
    ------
    InputError
        If the dataset is no such sweep, or its samples were selected from or put in another order.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan, over = pl.Protocol("1 d").dose("lsd", "100 ug"), {"theta_tau": "plausible", "dose": {"from": 9, "to": 90}}
    >>> ds = pl.sweep(plan, over, ["max_depth"], design="saltelli", samples=2)
    >>> factors(ds).names, factors(ds).ranges()[0], ds.sizes["sample"]
    (['theta_tau', 'dose'], '0.5 to 12 h', 8)
    """
    try:
        told = json.loads(ds.attrs["sweep"])
        columns = next(axis["columns"] for axis in told["axes"] if axis["name"] == SAMPLE)
        drawn = {name: one for name, one in columns.items() if "distribution" in one}
    except (KeyError, StopIteration, json.JSONDecodeError):
        drawn = {}
    if not drawn or SAMPLE not in ds.dims:
        allowed = 'a dataset of plasticity.sweep with a design, such as design="saltelli"'
        raise InputError(f"sensitivity: the dataset holds no drawn samples; allowed: {allowed}")
    values = np.stack([ds[name].values for name in drawn], axis=1).astype(float)
    found = Factors(told["design"], int(told["samples"]), list(drawn), drawn, values)
    if len(values) != found.samples * found.blocks or not _stands(found):
        told_of = f"{len(values):,} samples are not the {found.samples:,} x {found.blocks} points of the design"
        raise InputError(
            f"sensitivity: {told_of} {found.design}, in its order; allowed: all of them, as they were swept"
        )
    return found


def _stands(found: Factors) -> bool:
    """Tell whether each point of a block changes the one factor that it should."""
    if found.blocks == 1:
        return True
    shaped = found.values.reshape(found.samples, found.blocks, len(found.names))
    if found.design == "morris":
        return bool((np.count_nonzero(np.diff(shaped, axis=1), axis=(1, 2)) == len(found.names)).all())
    first, middle, last = shaped[:, :1], shaped[:, 1:-1], shaped[:, -1:]
    own = np.eye(len(found.names), dtype=bool)
    return bool((middle == np.where(own, last, first)).all())


def _written(told: dict[str, Any]) -> str:
    shape = told["distribution"]
    first, second = (f"{told[name]:g}" for name in SHAPES[shape])
    unit = "" if told["units"] == "1" else f" {told['units']}"
    if shape == "lognormal":
        return f"lognormal, median {first}{unit}, CV {second}"
    if shape == "normal":
        return f"normal, mean {first}{unit}, SD {second}{unit}"
    return f"{first} to {second}{unit}" + (", evenly in the logarithm" if shape == "loguniform" else "")
