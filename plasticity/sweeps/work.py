"""What a sweep computes, as those see it who store it: named variables over a grid of points, cut into chunks."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import starmap
from typing import TYPE_CHECKING, Any, Protocol

from plasticity.provenance import plain

if TYPE_CHECKING:
    import numpy
    import xarray

Block = tuple[slice, ...]
Arrays = dict[str, "numpy.ndarray[Any, Any]"]

NOT_COMPUTED = -128
"""The `status` of a point that nobody has computed yet."""


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable or coordinate of a sweep.

    Attributes
    ----------
    dims : tuple of str
        Its dimensions; a variable has all those of the plan first, then its own, such as ``"window"``.
    dtype : str
        As NumPy writes it, for example ``"float64"``.
    fill : float or int
        What stands where nothing was computed.
    attrs : dict
        Attributes such as `units` and `long_name`.
    values : numpy.ndarray, optional
        Of a coordinate.

    Examples
    --------
    >>> Variable(("dose",), "float64", float("nan"), {"units": "mg"}).dims
    ('dose',)
    """

    dims: tuple[str, ...]
    dtype: str
    fill: float | int
    attrs: Mapping[str, Any] = field(default_factory=dict)
    values: "numpy.ndarray[Any, Any] | None" = None


class Plan(Protocol):
    """All that is needed to compute a sweep, chunk by chunk, here or in another process.

    Attributes
    ----------
    dims : dict of str to int
        Dimensions and their lengths, the slowest first.
    chunks : tuple of int
        Shape of a chunk; chunks at the upper edges are smaller.
    coords : dict of str to Variable
        Coordinates, with their values; a dimension of a variable that is not in `dims` has its coordinate here too.
    variables : dict of str to Variable
        What is computed; `status` (int8, 0 good, -128 not computed) and `reached` [h] are always among them.
    description : dict
        All that determines the numbers, as plain data that JSON can write.
    attributes : dict
        Attributes of the dataset: study, hash, seed, versions.

    Examples
    --------
    Whatever has these attributes and methods is a plan:

    >>> Plan.__name__
    'Plan'
    """

    @property
    def dims(self) -> dict[str, int]:
        """Dimensions and their lengths."""

    @property
    def chunks(self) -> tuple[int, ...]:
        """Shape of a chunk."""

    @property
    def coords(self) -> dict[str, Variable]:
        """Coordinates with their values."""

    @property
    def variables(self) -> dict[str, Variable]:
        """What is computed."""

    @property
    def description(self) -> dict[str, Any]:
        """All that determines the numbers."""

    @property
    def attributes(self) -> dict[str, str | int | float]:
        """Attributes of the dataset."""

    def cost(self) -> float:
        """Guess how long one core takes for all points [s]."""

    def evaluate(self, block: Block, threads: int) -> Arrays:
        """Compute every variable of a block; block and threads make no difference to the numbers of a point."""


@dataclass(frozen=True)
class Grid:
    """A box of points cut into chunks that are numbered in the order of the box, the last dimension fastest.

    Attributes
    ----------
    shape : tuple of int
    chunks : tuple of int

    Examples
    --------
    >>> grid = Grid((2, 5), (1, 3))
    >>> len(grid), grid.place(3), grid.block(3), grid.points(3)
    (4, (1, 1), (slice(1, 2, None), slice(3, 5, None)), 2)
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Chunks along each dimension."""
        return tuple(-(-n // chunk) for n, chunk in zip(self.shape, self.chunks, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def place(self, number: int) -> tuple[int, ...]:
        """Where a chunk stands along each dimension."""
        found = []
        for count in reversed(self.counts):
            number, at = divmod(number, count)
            found.append(at)
        return tuple(reversed(found))

    def block(self, number: int) -> Block:
        """Points of a chunk."""
        edges = zip(self.place(number), self.shape, self.chunks, strict=True)
        return tuple(slice(at * chunk, min((at + 1) * chunk, n)) for at, n, chunk in edges)

    def points(self, number: int) -> int:
        """Count the points of a chunk."""
        return math.prod(part.stop - part.start for part in self.block(number))

    def blocks(self) -> Iterator[Block]:
        """All chunks in order."""
        return map(self.block, range(len(self)))


def grid(plan: Plan) -> Grid:
    """Give the chunks of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Grid

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> len(grid(SimpleNamespace(dims={"dose": 10}, chunks=(4,))))
    3
    """
    return Grid(tuple(plan.dims.values()), tuple(plan.chunks))


def shape(plan: Plan, variable: Variable) -> tuple[int, ...]:
    """Give the shape of one of a plan's variables.

    Parameters
    ----------
    plan : Plan
    variable : Variable

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> shape(SimpleNamespace(dims={"dose": 10}, coords={}), Variable(("dose",), "float64", 0.0))
    (10,)
    """
    return tuple(plan.dims[name] if name in plan.dims else _length(plan, name) for name in variable.dims)


def _length(plan: Plan, dimension: str) -> int:
    values = plan.coords[dimension].values
    assert values is not None
    return len(values)


def labelled(plan: Plan) -> "xarray.Dataset":
    """Make the dataset of a plan that has its coordinates and attributes, and no variable yet.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> labelled(SimpleNamespace(coords={}, attributes={"seed": 0})).attrs
    {'seed': 0}
    """
    import xarray

    def coordinate(name: str, given: Variable) -> tuple[str, Any]:
        return name, (given.dims, given.values, plain(given.attrs))

    return xarray.Dataset(coords=dict(starmap(coordinate, plan.coords.items())), attrs=plain(plan.attributes))


def dataset(plan: Plan, arrays: Arrays) -> "xarray.Dataset":
    """Put labels on what a plan computed.

    Parameters
    ----------
    plan : Plan
    arrays : dict of str to numpy.ndarray
        Every variable of the plan, for all points.

    Returns
    -------
    xarray.Dataset
        Its attribute `failures` counts the points whose `status` is not 0.

    Examples
    --------
    >>> import numpy
    >>> from types import SimpleNamespace
    >>> told = {"status": Variable(("dose",), "int8", -128)}
    >>> plan = SimpleNamespace(dims={"dose": 2}, coords={}, attributes={}, variables=told)
    >>> dataset(plan, {"status": numpy.array([0, -1], "int8")}).attrs
    {'failures': 1}
    """
    made = labelled(plan)
    made = made.assign({name: (v.dims, arrays[name], plain(v.attrs)) for name, v in plan.variables.items()})
    made.attrs["failures"] = int((made["status"] != 0).sum())
    return made
