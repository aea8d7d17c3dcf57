"""How an equation states what it needs: states, inputs, signals, parameters, and the kernel that joins them.

A kernel is a plain function ``f(t, x, u, p)``. The decorator `kernel` reads its source once, refuses whatever could
not be read as an equation (loops, branches, undeclared names) and returns a `Kernel`: the very function, with its
declaration beside it.
"""

import inspect
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from plasticity.equation import names_read

FLAGS = ("verified", "verified_secondary", "recalled", "derived", "assumed", "fitted")
"""How well a number is known, from read in the source to a free choice."""


@dataclass(frozen=True)
class Bound:
    """Physical bounds of a number; outside them a value is an error.

    Examples
    --------
    >>> POSITIVE.holds(0.0), NON_NEGATIVE.holds(0.0), str(FRACTION)
    (False, True, '0 to 1')
    """

    lower: float
    upper: float
    open_below: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a finite `value` lies within the bounds."""
        above = value > self.lower if self.open_below else value >= self.lower
        return math.isfinite(value) and above and value <= self.upper

    def __str__(self) -> str:
        if math.isinf(self.lower):
            return "any finite number"
        if math.isinf(self.upper):
            return f"more than {self.lower:g}" if self.open_below else f"{self.lower:g} or more"
        return f"{self.lower:g} to {self.upper:g}"


POSITIVE = Bound(0.0, math.inf, open_below=True)
NON_NEGATIVE = Bound(0.0, math.inf)
FRACTION = Bound(0.0, 1.0)
AT_LEAST_ONE = Bound(1.0, math.inf)
REAL = Bound(-math.inf, math.inf)


@dataclass(frozen=True)
class Parameter:
    """One declared number.

    Attributes
    ----------
    name : str
    value : float or None
        Default [`unit`]; None where each compound's file gives it.
    unit : str
    range : tuple of float or None
        Plausible range [`unit`]; outside it a value is accepted with a recorded warning.
    label : str
    flag : str or None
        One of `FLAGS`.
    source : sequence of str
        Keys of ``sources.bib``.
    note : str
    bound : Bound
        Physical bounds; outside them a value is an error.
    absent : float or None
        What a compound that lacks the number takes, chosen so that its term vanishes. A compound that lacks a
        parameter without such a value takes no part in the kernel.

    Examples
    --------
    >>> Parameter("creb_tau", 0.5, "h", (0.2, 1.5), "relaxation of phosphorylated CREB", "assumed").value
    0.5
    """

    name: str
    value: float | None = None
    unit: str = "1"
    range: tuple[float, float] | None = None
    label: str = ""
    flag: str | None = None
    source: Sequence[str] = ()
    note: str = ""
    bound: Bound = NON_NEGATIVE
    absent: float | None = None

    def __post_init__(self) -> None:
        if self.value is not None and self.flag not in FLAGS:
            raise TypeError(f"parameter {self.name}: flag {self.flag!r}; allowed: {', '.join(FLAGS)}")


Baseline = float | Callable[[Any], Any]


@dataclass(frozen=True)
class State:
    """One integrated variable.

    Attributes
    ----------
    name : str
    baseline : float or callable
        Value of the resting system [`unit`]: a number, or a function of the parameters ``p``.
    unit : str
    label : str
    bound : Bound
        Where the exact solution stays.

    Examples
    --------
    >>> State("theta", lambda p: p.theta_rest, "1", "LTP threshold").name
    'theta'
    """

    name: str
    baseline: Baseline
    unit: str = "1"
    label: str = ""
    bound: Bound = NON_NEGATIVE


@dataclass(frozen=True)
class Signal:
    """An algebraic quantity that one kernel gives and others read.

    Attributes
    ----------
    name : str
    unit : str
    label : str
    total : bool
        True where readers see the sum over all kernels and compounds that give it (zero if none does).
    internal : bool
        True for a quantity that only other kernels need; it does not become an output.
    of : str or None
        For a signal per compound: the state without which a compound does not have it.

    Examples
    --------
    >>> Signal("r_g", "1", "Gq drive").total
    False
    """

    name: str
    unit: str = "1"
    label: str = ""
    total: bool = False
    internal: bool = False
    of: str | None = None


@dataclass(frozen=True)
class Input:
    """A protocol-driven signal, constant between events.

    Examples
    --------
    >>> Input("cue", 0.0, "1", "retrieval cue", FRACTION).default
    0.0
    """

    name: str
    default: float
    unit: str = "1"
    label: str = ""
    bound: Bound = REAL


@dataclass(frozen=True)
class Condition:
    """A relation between parameters without which the equations have no meaning.

    Examples
    --------
    >>> Condition("a < b", lambda p: p.a < p.b).text
    'a < b'
    """

    text: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True)
class Kernel:
    """A declared equation.

    Call it as the plain function that it is: ``kernel(t, x, u, p)`` returns the rates of its own states and, if it
    gives any, its signals.

    Attributes
    ----------
    function : callable
    layer, variant : str
        The place in the chain and which law fills it.
    aliases : tuple of str
        Other accepted names of the variant.
    default : bool
        Whether the variant is used when nothing is asked for.
    per : {"model", "compound"}
        Whether it stands once, or once for every compound of the protocol.
    states, gives, inputs, parameters, requires
        The declarations.
    longest_step : float
        No step may be longer [h]: the guard of a kernel that oscillates, because a stable method would otherwise step
        over the oscillation without a trace in its error estimate.
    reads : frozenset of tuple
        Pairs such as ``("x", "calcium")``: every name that the function reads.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from plasticity.kernels.brake import brake
    >>> numbers = SimpleNamespace(brake_gain=0.1, brake_capacity=2.0, brake_tau=150.0)
    >>> brake(0.0, SimpleNamespace(permissiveness=1.0), SimpleNamespace(trkb_signal=1.0), numbers)
    (0.0433,)
    """

    function: Callable[..., Any]
    layer: str
    variant: str
    aliases: tuple[str, ...]
    default: bool
    per: Literal["model", "compound"]
    states: tuple[State, ...]
    gives: tuple[Signal, ...]
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    requires: tuple[Condition, ...]
    longest_step: float
    reads: frozenset[tuple[str, str]] = field(default=frozenset())

    def __call__(self, t: Any, x: Any, u: Any, p: Any) -> Any:
        return self.function(t, x, u, p)

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """What the kernel says of itself."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def source(self) -> str:
        """Text of the function, decorator included: part of what a compiled model is named by."""
        return textwrap.dedent(inspect.getsource(self.function))


def kernel(
    *,
    layer: str,
    variant: str = "only",
    aliases: Iterable[str] = (),
    default: bool = True,
    per: Literal["model", "compound"] = "model",
    states: Iterable[State] = (),
    gives: Iterable[Signal] = (),
    inputs: Iterable[Input] = (),
    parameters: Iterable[Parameter] = (),
    requires: Iterable[Condition] = (),
    longest_step: float = math.inf,
) -> Callable[[Callable[..., Any]], Kernel]:
    """Declare the equation below.

    Parameters
    ----------
    layer, variant, aliases, default, per, states, gives, inputs, parameters, requires, longest_step
        See `Kernel`.

    Returns
    -------
    callable
        Decorator that turns a function into a `Kernel`.

    Raises
    ------
    TypeError
        If the function is more than an equation: a loop, a branch, or an undeclared name.

    Examples
    --------
    >>> @kernel(layer="brake", states=[State("e", 0.0)], parameters=[Parameter("tau", 7.0, "h", flag="assumed")])
    ... def decay(t, x, u, p):
    ...     return (-x.e / p.tau,)
    >>> decay.name, sorted(decay.reads)
    ('decay', [('p', 'tau'), ('x', 'e')])
    """

    def declare(function: Callable[..., Any]) -> Kernel:
        return Kernel(
            function,
            layer,
            variant,
            tuple(aliases),
            default,
            per,
            tuple(states),
            tuple(gives),
            tuple(inputs),
            tuple(parameters),
            tuple(requires),
            longest_step,
            names_read(function),
        )

    return declare


def split(kernel: Kernel, result: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Separate what a kernel returned into rates and signals.

    Parameters
    ----------
    kernel : Kernel
    result : tuple
        The rates; or the rates and the signals, where the kernel gives any.

    Returns
    -------
    rates, signals : tuple

    Examples
    --------
    >>> from plasticity.kernels.brake import brake
    >>> split(brake, (1.0,))
    ((1.0,), ())
    """
    rates, signals = result if kernel.gives else (result, ())
    return tuple(rates), tuple(signals)
