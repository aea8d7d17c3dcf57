"""The section ``observables`` of a study: read-outs by name, their options with units, ranges written out."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from plasticity import observables
from plasticity.assembly import Assembly
from plasticity.config import Node
from plasticity.errors import unknown_name
from plasticity.study.sections import Settings
from plasticity.units import CANONICAL, quantity, quantity_among, written

if TYPE_CHECKING:
    import xarray

RANGE = ("from", "to", "points", "spacing")
MOST = 100_000
"""More points than this in a range are refused."""


@dataclass(frozen=True)
class Readout:
    """One observable with its options.

    Attributes
    ----------
    name : str
    options : dict
        As the observable takes them.
    width : int
        How many numbers it gives for each time.

    Examples
    --------
    >>> import xarray
    >>> run = xarray.Dataset({"depth": ("time", [0.0, 0.1])})
    >>> Readout("pairing_change", {"frequency": "20 Hz"}, 1).added(run)["pairing_change"].round(4).values.tolist()
    [0.6349, 1.2401]
    """

    name: str
    options: dict[str, Any]
    width: int

    def added(self, ds: "xarray.Dataset") -> "xarray.Dataset":
        """Add this observable to a run.

        Parameters
        ----------
        ds : xarray.Dataset

        Returns
        -------
        xarray.Dataset
        """
        return ds.assign({self.name: self.read(ds)})

    def read(self, ds: "xarray.Dataset") -> "xarray.DataArray":
        """Compute this observable of a run.

        Parameters
        ----------
        ds : xarray.Dataset

        Returns
        -------
        xarray.DataArray
        """
        return observables.observe(ds, self.name, **self.options)


def readouts(settings: Settings, tree: Node, assembly: Assembly) -> tuple[Readout, ...]:
    """Read the observables of a study and try their options, without a run.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    assembly : Assembly
        Of one of the runs: what it gives is what observables can read.

    Returns
    -------
    tuple of Readout

    Raises
    ------
    ConfigError
        If an observable or option is unknown, comes twice, or has a value that is not allowed.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.model import Model
    >>> from plasticity.study.schema import validated
    >>> section = "[{name: pairing_change, frequency: {from: 1 Hz, to: 50 Hz, points: 99}}]"
    >>> tree = config.parse(f"{{protocol: {{}}, observables: {section}}}")
    >>> readouts(validated(tree), tree, Model().assemble([]))[0].width
    99
    """
    if not settings.observables:
        return ()
    found: list[Readout] = []
    still = _at_rest(assembly)
    for index, section in enumerate(settings.observables):
        node = tree.find(("observables", index))
        name = node.find(("name",)).text(observables.observable_names(), "observable")
        if name in [other.name for other in found]:
            raise node.find(("name",)).error(f"a second {name}", "each observable once")
        options = {}
        for option in section.options:
            child = node.find((option,))
            options[option] = _option(name, option, child)
            with child.located():
                observables.observe(still, name, **{option: options[option]})
        with node.located():
            found.append(Readout(name, options, observables.observe(still, name, **options).size))
    return tuple(found)


def declared() -> Iterator[tuple[str, str, str, str, str]]:
    """List all observables.

    Yields
    ------
    name, unit, options, label, source : str

    Examples
    --------
    >>> "pairing_change" in [row[0] for row in declared()]
    True
    """
    for name in observables.observable_names():
        told = observables.described(name)
        yield name, told.units, ", ".join(told.options), told.long_name, ", ".join(told.source)


def _at_rest(assembly: Assembly) -> "xarray.Dataset":
    """Make a stand-in for a run: every variable at one time, all zero."""
    import xarray

    names = {*assembly.states, *(i.key(signal.name) for i in assembly.instances for signal in i.kernel.gives)}
    return xarray.Dataset({name.replace(".", "_"): ("time", [0.0]) for name in names}, {"time": [0.0]})


def _option(name: str, option: str, node: Node) -> Any:
    allowed = observables.described(name).options
    if option not in allowed:
        raise node.error(str(unknown_name(f"option of {name}", option, ["name", *allowed])), at_key=True)
    if isinstance(node.value, dict):
        return _range(node)
    for one in node.items() if isinstance(node.value, list) else [node]:
        if isinstance(one.value, bool) or not isinstance(one.value, str | int | float):
            raise one.error(f"{one.plain()!r} is neither text nor a number", "a value, a list, or from, to and points")
        if not isinstance(one.value, str) and _takes_unit(name, option):
            raise one.error(f"{one.value} has no unit", "a number with its unit, such as 20 Hz or -10 ms")
    return node.plain()


def _takes_unit(name: str, option: str) -> bool:
    """Tell a quantity, which may be text or a number, from a count, which is a number, and a name, which is text."""
    annotation = inspect.signature(getattr(observables, name)).parameters[option].annotation
    return {str, float} <= set(get_args(annotation))


def _range(node: Node) -> list[str]:
    import numpy

    node.check_keys(RANGE, required=RANGE[:3])
    ends = node.mapping()
    points, spacing = ends["points"], ends["spacing"].text(("linear", "log")) if "spacing" in ends else "linear"
    if isinstance(points.value, bool) or not isinstance(points.value, int) or not 2 <= points.value <= MOST:
        raise points.error(f"{points.plain()!r}", f"2 to {MOST:,}")
    with ends["from"].located():
        first, unit = quantity_among(ends["from"].plain(), ("1", "s", *CANONICAL), "value", number_allowed=True)
    with ends["to"].located():
        last = quantity(ends["to"].plain(), unit, "value", number_allowed=False)
    if not first < last:
        raise ends["to"].error(
            f"{ends['to'].plain()!r} is not more than {ends['from'].plain()!r}", "an ascending range"
        )
    if spacing == "log" and first <= 0.0:
        raise ends["from"].error(f"{ends['from'].plain()!r} with spacing: log", "more than 0")
    between = numpy.geomspace if spacing == "log" else numpy.linspace
    return [written(float(value), unit) for value in between(first, last, points.value)]
