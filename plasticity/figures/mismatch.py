"""How far the averaged calcium kernel is from the oscillating one, in numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.figures.reading import require

if TYPE_CHECKING:
    import xarray

KERNELS = ("averaged", "oscillator")
CURVES = ("calcium", "calcium_signal", "creb_phosphorylated")


def mismatch(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Measure how far the averaged kernel is from the oscillating one over a run.

    Parameters
    ----------
    ds : xarray.Dataset
        `calcium_signal` and `creb_phosphorylated` along `calcium_kernel` (``averaged``, ``oscillator``) and `time` [h].

    Returns
    -------
    xarray.Dataset
        Scalars: `mismatch_signal_rms` [1], root of the time mean of the squared difference of the decoded signals;
        `mismatch_creb_integral` [1], integral of phosphorylated CREB of the averaged kernel over that of the
        oscillator, minus 1; NaN where the latter is 0.

    Raises
    ------
    InputError
        If a kernel or variable is missing, or there are fewer than two times.

    Examples
    --------
    >>> import xarray
    >>> both = (("calcium_kernel", "time"), [[0.1, 0.1], [0.2, 0.2]])
    >>> run = xarray.Dataset({"calcium_signal": both, "creb_phosphorylated": both},
    ...                      {"calcium_kernel": ["averaged", "oscillator"], "time": [0.0, 1.0]})
    >>> float(mismatch(run).mismatch_signal_rms.round(3)), float(mismatch(run).mismatch_creb_integral.round(3))
    (0.1, -0.5)
    """
    import numpy
    import xarray

    both_kernels(ds, CURVES[1:])
    time = ds["time"].values
    signal, creb = ({kernel: ds[name].sel(calcium_kernel=kernel).values for kernel in KERNELS} for name in CURVES[1:])
    squared = numpy.trapezoid((signal["averaged"] - signal["oscillator"]) ** 2, time) / (time[-1] - time[0])
    whole = numpy.trapezoid(creb["oscillator"], time)
    relative = numpy.trapezoid(creb["averaged"], time) / whole - 1.0 if whole else numpy.nan
    rms = {"units": "1", "long_name": "Decoded calcium, averaged minus oscillator kernel, root mean square over time"}
    creb_name = {"units": "1", "long_name": "Integral of phosphorylated CREB, averaged over oscillator kernel, minus 1"}
    return xarray.Dataset(
        {
            "mismatch_signal_rms": ((), float(numpy.sqrt(squared)), rms),
            "mismatch_creb_integral": ((), float(relative), creb_name),
        }
    )


def both_kernels(ds: "xarray.Dataset", curves: Sequence[str]) -> None:
    """Refuse a dataset that does not hold both kernels.

    Parameters
    ----------
    ds : xarray.Dataset
        Along `calcium_kernel` and `time` [h].
    curves : sequence of str
        Variables that are needed.

    Raises
    ------
    InputError
        If a kernel or variable is missing, or there are fewer than two times.

    Examples
    --------
    >>> import xarray
    >>> both_kernels(xarray.Dataset(coords={"time": [0.0, 1.0], "calcium_kernel": ["averaged"]}), [])
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: kernels ['averaged'], 2 times; needed: ...
    """
    wanted = {"time": ("time",), "calcium_kernel": ("calcium_kernel",)}
    require(ds, wanted | dict.fromkeys(curves, ("calcium_kernel", "time")))
    given = [str(kernel) for kernel in ds["calcium_kernel"].values]
    if sorted(given) != sorted(KERNELS) or ds.sizes["time"] < 2:
        raise InputError(f"kernels {given}, {ds.sizes['time']} times; needed: {list(KERNELS)}, 2 or more")
