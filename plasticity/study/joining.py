"""Datasets of single runs joined into one with a dimension per axis."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plasticity.kernels import declared_kernels
from plasticity.study.axes import Axis

if TYPE_CHECKING:
    import xarray


def joined(datasets: Sequence["xarray.Dataset"], axes: Sequence[Axis]) -> "xarray.Dataset":
    """Join the runs of a study.

    Parameters
    ----------
    datasets : sequence of xarray.Dataset
        One per combination, the last axis fastest.
    axes : sequence of Axis

    Returns
    -------
    xarray.Dataset
        A dimension per axis. What only some runs have is NaN in the others, and `window` is as long as the longest
        list. Attributes that differ between runs hold what is common, and a list where values differ.

    Examples
    --------
    >>> import xarray
    >>> from plasticity import config
    >>> axis = Axis("brake", ("first_order", "feedback"), config.parse("{}"))
    >>> runs = [xarray.Dataset({"theta": ("time", [1.3])}), xarray.Dataset({"theta": ("time", [1.2])})]
    >>> joined(runs, [axis])["theta"].sel(brake_kernel="feedback").values.tolist()
    [1.2]
    """
    import xarray

    if not axes:
        return datasets[0]
    first, *rest = axes
    size = len(datasets) // len(first.labels)
    blocks = [joined(datasets[at : at + size], rest) for at in range(0, len(datasets), size)]
    blocks = [_without_gaps(block) for block in blocks]
    coordinate = xarray.DataArray(
        list(first.labels), dims=first.dimension, name=first.dimension, attrs=first.attributes
    )
    options: Any = {"data_vars": "all", "coords": "minimal", "compat": "override", "join": "outer"}
    whole = xarray.concat(blocks, coordinate, combine_attrs="override", **options)
    whole.attrs = common([block.attrs for block in blocks])
    if "status" in whole:
        whole["status"].attrs.pop("message", None)  # it was that of one run
    return whole


def _without_gaps(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Number the windows and make flags numbers, so that a shorter list can be filled with NaN."""
    import numpy

    if "window" not in ds.dims:
        return ds
    ds = ds.assign_coords(window=numpy.arange(ds.sizes["window"]))
    flags = {name: variable.astype(float) for name, variable in ds.data_vars.items() if "window" in variable.dims}
    return ds.assign(flags)


def renamed(ds: "xarray.Dataset", compound: str) -> "xarray.Dataset":
    """Drop the compound from the names of its own variables, so that treatments share them.

    Parameters
    ----------
    ds : xarray.Dataset
        One run.
    compound : str
        Name of the compound of its treatment.

    Returns
    -------
    xarray.Dataset
        With `plasma`, `effect`, `central`, ... in place of `lsd_plasma`, ...; variables of other compounds keep
        their names.

    Examples
    --------
    >>> import xarray
    >>> list(renamed(xarray.Dataset({"lsd_effect": 0.0, "acute_effect": 0.0}), "lsd"))
    ['effect', 'acute_effect']
    """
    own = [kernel for kernel in declared_kernels() if kernel.per == "compound"]
    labels = {state.name: state.label for kernel in own for state in kernel.states}
    labels |= {signal.name: signal.label for kernel in own for signal in kernel.gives}
    names = {f"{compound}_{name}": name for name in labels if f"{compound}_{name}" in ds}
    bands = {f"{compound}_{name}_band": f"{name}_band" for name in labels if f"{compound}_{name}_band" in ds}
    ds = ds.rename(names | bands)
    for name in names.values():
        ds[name].attrs["long_name"] = labels[name]
    return ds


def common(attributes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join the attributes of several runs.

    Parameters
    ----------
    attributes : sequence of dict

    Returns
    -------
    dict
        What all share as it is. Of JSON mappings: shared values as they are, a list where they differ. Of JSON
        lists: each item once. Of other texts: each once, separated by semicolons.

    Examples
    --------
    >>> common([{"species": "human", "solver": '{"steps": 90}'}, {"species": "human", "solver": '{"steps": 70}'}])
    {'species': 'human', 'solver': '{"steps": [90, 70]}'}
    """
    names = dict.fromkeys(name for one in attributes for name in one)
    return {name: _common([one[name] for one in attributes if name in one]) for name in names}


def _common(values: list[Any]) -> Any:
    distinct = _distinct(values)
    if len(distinct) == 1:
        return distinct[0]
    if not all(isinstance(value, str) for value in distinct):
        return distinct
    try:
        read = [json.loads(value) for value in distinct]
    except json.JSONDecodeError:
        return "; ".join(value for value in distinct if value)
    if all(isinstance(value, dict) for value in read):
        return json.dumps({name: _shared([one[name] for one in read if name in one]) for one in read for name in one})
    if all(isinstance(value, list) for value in read):
        return json.dumps(_distinct([item for one in read for item in one]))
    return json.dumps(distinct)


def _shared(values: list[Any]) -> Any:
    distinct = _distinct(values)
    return distinct[0] if len(distinct) == 1 else distinct


def _distinct(values: list[Any]) -> list[Any]:
    return [value for at, value in enumerate(values) if value not in values[:at]]
