"""Averages and ranks of what a sweep found, which never pass over failed or censored points in silence."""

from typing import TYPE_CHECKING

from plasticity.errors import InputError, unknown_name

if TYPE_CHECKING:
    import xarray

FAILURES = ("refuse", "skip")
UNDEFINED = ("refuse", "skip")
CENSORED = ("refuse", "skip", "as_is")
LOWER_BOUNDS = ("total_open_time", "total_area", "duration", "area", "last_close", "t_close")
"""What is only a lower bound, or missing, where a window was open at the start or at the end."""
STATISTICS = ("mean", "median", "std", "min", "max")


def averaged(
    ds: "xarray.Dataset",
    name: str,
    over: str,
    *,
    statistic: str = "mean",
    failures: str = "refuse",
    censored: str = "refuse",
    undefined: str = "refuse",
) -> "xarray.DataArray":
    """Average a summary over a dimension of a sweep.

    Parameters
    ----------
    ds : xarray.Dataset
        What a sweep returned.
    name : str
        One of its variables.
    over : str
        The dimension.
    statistic : {"mean", "median", "std", "min", "max"}
    failures : {"refuse", "skip"}
        What to do where points failed.
    censored : {"refuse", "skip", "as_is"}
        What to do where a window was open at an end, for durations, areas and closings: censored and complete ones must
        not be averaged together. The sweep has to keep ``censored`` for all but the last.
    undefined : {"refuse", "skip"}
        What to do where sound points have no such number, as the time of opening of a window that never opened.

    Returns
    -------
    xarray.DataArray
        Its attribute `counted` says how many points went into it, the fewest if that differs.

    Raises
    ------
    InputError
        If points failed, are censored or undefined, and nothing was said of them; the message counts them. If the
        sweep does not tell which are censored.

    Examples
    --------
    >>> import xarray
    >>> status = ("subject", [0, 0, -3])
    >>> ds = xarray.Dataset({"max_depth": ("subject", [0.2, 0.4, float("nan")]), "status": status})
    >>> float(averaged(ds, "max_depth", over="subject", failures="skip").round(3))
    0.3
    >>> averaged(ds, "max_depth", over="subject")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: max_depth: 1 of 3 points failed (-3: 1); allowed: failures="skip", or none failed
    """
    if over not in ds.dims:
        raise unknown_name("dimension", over, [str(dim) for dim in ds.dims])
    if statistic not in STATISTICS:
        raise unknown_name("statistic", statistic, STATISTICS)
    values, counted = sound(ds, name, failures, censored, undefined)
    found: xarray.DataArray = getattr(values, statistic)(over, skipna=True, keep_attrs=True)
    found.attrs["long_name"] = f"{statistic} over {over}: {values.attrs.get('long_name', name)}"
    found.attrs["counted"] = int(counted.sum(over).min())
    return found


def ranked(
    ds: "xarray.Dataset",
    name: str,
    *,
    largest: bool = True,
    failures: str = "refuse",
    censored: str = "refuse",
    undefined: str = "refuse",
) -> "xarray.Dataset":
    """Order all points of a sweep by a summary, best first.

    Parameters
    ----------
    ds : xarray.Dataset
    name : str
    largest : bool
        Whether the largest comes first.
    failures, censored, undefined
        As in `averaged`.

    Returns
    -------
    xarray.Dataset
        All variables along the dimension ``rank``, without the points that were skipped.

    Raises
    ------
    InputError

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset({"margin": ("dose", [0.1, -0.2]), "status": ("dose", [0, 0])}, {"dose": [1.0, 9.0]})
    >>> ranked(ds, "margin", largest=False)["dose"].values.tolist()
    [9.0, 1.0]
    """
    import numpy

    values, counted = sound(ds, name, failures, censored, undefined)
    points = tuple(ds["status"].dims)
    if set(values.dims) != set(points):
        raise InputError(
            f"{name}: has dimensions {', '.join(map(str, values.dims))}; allowed: one number for each point"
        )
    order = values.transpose(*points).values.ravel()
    best = numpy.argsort(-order if largest else order, kind="stable")
    best = best[counted.transpose(*points).values.ravel()[best]]
    stacked = ds.stack(rank=points, create_index=False)
    made: xarray.Dataset = stacked.isel(rank=best)
    return made


def sound(
    ds: "xarray.Dataset", name: str, failures: str, censored: str, undefined: str
) -> "tuple[xarray.DataArray, xarray.DataArray]":
    """Give the values that count, NaN elsewhere, and where they are.

    Parameters
    ----------
    ds : xarray.Dataset
        What a sweep returned.
    name : str
        One of its variables.
    failures, censored, undefined
        As in `averaged`.

    Returns
    -------
    values : xarray.DataArray
    counted : xarray.DataArray of bool

    Raises
    ------
    InputError

    Examples
    --------
    >>> import xarray
    >>> ds = xarray.Dataset({"margin": ("dose", [0.1, -0.2]), "status": ("dose", [0, -3])})
    >>> sound(ds, "margin", "skip", "refuse", "refuse")[1].values.tolist()
    [True, False]
    """
    import numpy

    for word, given, allowed in (
        ("failures", failures, FAILURES),
        ("censored", censored, CENSORED),
        ("undefined", undefined, UNDEFINED),
    ):
        if given not in allowed:
            raise unknown_name(word, str(given), allowed)
    for needed in (name, "status"):
        if needed not in ds:
            raise unknown_name("variable", needed, [str(variable) for variable in ds.data_vars])
    values, status = ds[name], ds["status"]
    failed = status < 0
    if failures == "refuse" and bool(failed.any()):
        codes = status.values[failed.values]
        told = ", ".join(f"{code}: {int((codes == code).sum())}" for code in sorted(set(codes.tolist())))
        problem = f"{name}: {int(failed.sum())} of {failed.size} points failed ({told})"
        raise InputError(f'{problem}; allowed: failures="skip", or none failed')
    counted = ~failed
    if name in LOWER_BOUNDS and censored != "as_is":
        if "censored" not in ds:
            problem = f"{name}: the sweep does not keep 'censored', so nobody knows where it is only a lower bound"
            raise InputError(f'{problem}; allowed: keep censored too, or censored="as_is"')
        open_ended = counted & (ds["censored"] > 0)
        if censored == "refuse" and bool(open_ended.any()):
            problem = (
                f"{name}: {int(open_ended.sum())} of {failed.size} points are censored, so it is a lower bound there"
            )
            raise InputError(f'{problem}; allowed: censored="skip" or "as_is", or a longer protocol')
        counted = counted & ~open_ended
    missing = counted & ~numpy.isfinite(values)
    if undefined == "refuse" and bool(missing.any()):
        problem = f"{name}: {int(missing.sum())} of {missing.size} points have none"
        raise InputError(f'{problem}; allowed: undefined="skip", or a summary that every point has')
    counted = counted & ~missing
    return values.where(counted), counted
