"""Read-outs computed from a run: how synapses would change, how long the acute effect lasts.

An observable is a function of a run's dataset and options, decorated by `observable`. Whatever function of this module
is decorated is found by its name, in a study's ``observables`` and by ``plasticity list observables``.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity import plasticity_rule
from plasticity.errors import InputError, unknown_name
from plasticity.solver.extent import extent
from plasticity.units import quantity, written

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Given = str | float
Function = Callable[..., "xarray.DataArray"]


@dataclass(frozen=True)
class Description:
    """What is known of an observable without computing it.

    Attributes
    ----------
    name : str
    units : str
    long_name : str
    source : tuple of str
        Keys of ``sources.bib``.
    options : dict
        Default of every option, by name.

    Examples
    --------
    >>> described("pairing_change").options["pairs"]
    75
    """

    name: str
    units: str
    long_name: str
    source: tuple[str, ...]
    options: dict[str, Any]


def observable(*, units: str, long_name: str, source: Sequence[str] = ()) -> Callable[[Function], Function]:
    """Declare a function of a run as an observable.

    Parameters
    ----------
    units : str
        Unit of what it returns.
    long_name : str
        Label of what it returns.
    source : sequence of str
        Keys of ``sources.bib``.

    Returns
    -------
    callable
        A decorator. The function takes a run's dataset and keyword options and returns a DataArray, which gets the
        function's name and these attributes.

    Examples
    --------
    >>> @observable(units="1", long_name="Threshold over its resting value")
    ... def theta_ratio(run):
    ...     return 1.0 - run["depth"]
    >>> import xarray
    >>> theta_ratio(xarray.Dataset({"depth": ("time", [0.0, 0.25])})).attrs["units"]
    '1'
    """

    def declare(function: Function) -> Function:
        options = {
            name: option.default
            for name, option in inspect.signature(function).parameters.items()
            if option.kind is inspect.Parameter.KEYWORD_ONLY
        }
        description = Description(function.__name__, units, long_name, tuple(source), options)

        @functools.wraps(function)
        def observed(run: "xarray.Dataset", **given: Any) -> "xarray.DataArray":
            for name in given:
                if name not in options:
                    raise unknown_name(f"option of {description.name}", name, options)
            result = function(run, **given).rename(description.name)
            result.attrs = {"units": units, "long_name": long_name, **result.attrs}
            if description.source:
                result.attrs["source"] = ", ".join(description.source)
            return result

        observed.__dict__["description"] = description
        return observed

    return declare


def _declared() -> dict[str, Function]:
    module = vars(sys.modules[__name__])
    return {
        name: value for name, value in module.items() if isinstance(getattr(value, "description", None), Description)
    }


def observable_names() -> tuple[str, ...]:
    """Names of all observables, in alphabetical order.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> observable_names()
    ('flip_frequency', 'pairing_change')
    """
    return tuple(sorted(_declared()))


def described(name: str) -> Description:
    """Describe one observable.

    Parameters
    ----------
    name : str
        One of `observable_names`.

    Returns
    -------
    Description

    Raises
    ------
    InputError
        If there is no such observable.

    Examples
    --------
    >>> described("flip_frequency").units
    'Hz'
    """
    if name not in _declared():
        raise unknown_name("observable", name, _declared())
    description: Description = _declared()[name].__dict__["description"]
    return description


def observe(run: "xarray.Dataset", name: str, **options: Any) -> "xarray.DataArray":
    """Compute one observable by its name.

    Parameters
    ----------
    run : xarray.Dataset
        What `simulate` or a study returned.
    name : str
        One of `observable_names`.
    **options : str, float or sequence
        As the observable takes them.

    Returns
    -------
    xarray.DataArray

    Raises
    ------
    InputError
        If the observable or an option is unknown, an option has a value that is not allowed, or the run lacks a
        variable.

    Examples
    --------
    >>> import xarray
    >>> run = xarray.Dataset({"depth": ("time", [0.0, 0.1])})
    >>> observe(run, "pairing_change", frequency="20 Hz").round(4).values.tolist()
    [0.6349, 1.2401]
    """
    described(name)
    return _declared()[name](run, **options)


@observable(units="1", long_name="Synaptic strength after pairings over that before", source=["Graupner2012"])
def pairing_change(
    run: "xarray.Dataset",
    *,
    pairs: float = 75,
    frequency: Given | Sequence[Given] = tuple(range(1, 51)),
    delta_t: Given | Sequence[Given] = -0.010,
    set: str = "cortical_slices",  # noqa: A002, the word of the model specification
) -> "xarray.DataArray":
    """Synaptic change that a pairing protocol would cause, at every time of a run.

    For thresholds given as numbers see `plasticity.plasticity_rule.pairing_change`.

    Parameters
    ----------
    run : xarray.Dataset
        With the variable ``depth``.
    pairs : float
        Number of pairings, 1 or more.
    frequency : str, float or sequence
        Pairings per second [Hz]; a sequence becomes the dimension ``frequency``.
    delta_t : str, float or sequence
        From the presynaptic to the postsynaptic spike [s]; a sequence becomes the dimension ``delta_t``.
    set : str
        Name of a parameter set, a key of `plasticity.plasticity_rule.RULE_SETS`.

    Returns
    -------
    xarray.DataArray
        Dimensions of ``depth``, then those of the options; above 1 is potentiation [1].

    Raises
    ------
    InputError
        If an option is not allowed, or the run has no ``depth``.

    Examples
    --------
    >>> import xarray
    >>> run = xarray.Dataset({"depth": ("time", [0.0, 0.1])})
    >>> pairing_change(run, frequency=["16 Hz", "20 Hz"]).dims
    ('time', 'frequency')
    """
    import xarray

    rates = _option("frequency", frequency, "Hz", "Pairing frequency")
    lags = _option("delta_t", delta_t, "s", "Time from the presynaptic to the postsynaptic spike")
    ratio = _theta_ratio(run, "pairing_change")

    def change(ratio: Floats, rate: Floats, lag: Floats) -> Floats:
        return plasticity_rule.pairing_change(ratio, pairs=pairs, frequency=rate, delta_t=lag, set=set)

    result: xarray.DataArray = xarray.apply_ufunc(change, ratio, rates, lags, keep_attrs=True)
    result.attrs = _protocol(pairs, set, rates, lags)
    return result


@observable(units="Hz", long_name="Lowest pairing frequency that potentiates", source=["Graupner2012"])
def flip_frequency(
    run: "xarray.Dataset",
    *,
    pairs: float = 75,
    delta_t: Given | Sequence[Given] = -0.010,
    set: str = "cortical_slices",  # noqa: A002, the word of the model specification
    lowest: Given = 1.0,
    highest: Given = 100.0,
) -> "xarray.DataArray":
    """Pairing frequency at which depression turns into potentiation, at every time of a run.

    Parameters
    ----------
    run : xarray.Dataset
        With the variable ``depth``.
    pairs, delta_t, set
        As in `pairing_change`.
    lowest, highest : str or float
        Range that is searched [Hz].

    Returns
    -------
    xarray.DataArray
        Dimensions of ``depth``, then ``delta_t`` if that is a sequence [Hz]; `lowest` where that frequency potentiates
        already, NaN where none does.

    Raises
    ------
    InputError
        If an option is not allowed, or the run has no ``depth``.

    Examples
    --------
    >>> import xarray
    >>> flip_frequency(xarray.Dataset({"depth": ("time", [0.0, 0.1])})).round(1).values.tolist()
    [26.2, 15.6]
    """
    import xarray

    lags = _option("delta_t", delta_t, "s", "Time from the presynaptic to the postsynaptic spike")
    ratio = _theta_ratio(run, "flip_frequency")
    ends = {"lowest": quantity(lowest, "Hz", "lowest"), "highest": quantity(highest, "Hz", "highest")}

    def flip(ratio: Floats, lag: Floats) -> Floats:
        return plasticity_rule.flip_frequency(ratio, pairs=pairs, delta_t=lag, set=set, **ends)

    result: xarray.DataArray = xarray.apply_ufunc(flip, ratio, lags, keep_attrs=True)
    result.attrs = _protocol(pairs, set, lags)
    return result


def effect_extent(effect: Callable[[Floats], Floats], breakpoints: Floats) -> tuple[float, float, float]:
    """Maximum of the acute effect, when it is reached, and how long the effect exceeds a tenth of it.

    Parameters
    ----------
    effect : callable
        Effect at an array of times [h], of the same shape.
    breakpoints : ndarray, shape (n,)
        Ascending ends of the solver's steps [h].

    Returns
    -------
    maximum : float
        In the unit of the effect.
    time : float
        Earliest time at which the effect is within a millionth of its maximum [h].
    duration : float
        Total time above a tenth of the maximum [h]; 0 if the effect is never positive.

    Notes
    -----
    All three are NaN if the effect is not finite everywhere.

    Examples
    --------
    >>> effect_extent(lambda t: 40 * np.maximum(1 - abs(t - 3) / 2, 0), np.array([0.0, 1.0, 3.0, 5.0, 9.0]))
    (40.0, 2.999998, 3.6)
    """
    return extent(effect, breakpoints, share=0.1, near=1e-6)


def _theta_ratio(run: "xarray.Dataset", name: str) -> "xarray.DataArray":
    import xarray

    if not isinstance(run, xarray.Dataset):
        raise InputError(f"{name}: {type(run).__name__} given; allowed: the dataset that simulate() returns")
    if "depth" not in run:
        raise InputError(f"{name}: the dataset has no variable 'depth'; allowed: what simulate() returns")
    return 1.0 - run["depth"]


def _option(name: str, given: Given | Sequence[Given], unit: str, label: str) -> "xarray.DataArray":
    """Read one number, or several as a dimension of their own."""
    import xarray

    if isinstance(given, str) or np.ndim(given) == 0:
        return xarray.DataArray(quantity(given, unit, name), name=name)
    values = [quantity(one, unit, name) for one in np.atleast_1d(np.asarray(given, dtype=object))]
    return xarray.DataArray(values, coords={name: (name, values, {"units": unit, "long_name": label})}, name=name)


def _protocol(pairs: float, parameter_set: str, *options: "xarray.DataArray") -> dict[str, str | float]:
    """Attributes that tell what was paired, as far as no dimension tells it."""
    units = {"frequency": "Hz", "delta_t": "s"}
    single = {str(one.name): written(float(one), units[str(one.name)]) for one in options if one.ndim == 0}
    return {"pairs": pairs, **single, "parameter_set": parameter_set}
