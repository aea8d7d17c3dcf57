"""Intervals of the runs of a study, unless its section `uncertainty` says none."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.study.readout import Readout
from plasticity.study.runs import Run
from plasticity.study.sections import Settings

if TYPE_CHECKING:
    import xarray


def with_intervals(
    settings: Settings, run: Run, ds: "xarray.Dataset", readouts: Sequence[Readout] = ()
) -> "xarray.Dataset":
    """Add quantiles over draws to the dataset of one run.

    Parameters
    ----------
    settings : Settings
    run : Run
    ds : xarray.Dataset
        As `plasticity.simulation.simulate` gives it.
    readouts : sequence of Readout
        Observables of the study; those that read the depth get bands too.

    Returns
    -------
    xarray.Dataset
        The same where none are wanted; where calcium oscillates, the attribute `no_intervals` says why there are none;
        where no draws can be made, a warning does.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.model import Model
    >>> from plasticity.protocol import Protocol
    >>> from plasticity.simulation import simulate
    >>> from plasticity.study.schema import validated
    >>> settings = validated(config.parse("{protocol: {}, uncertainty: {samples: 4}}"))
    >>> plan = Protocol("2 d").dose("psilocybin", "25 mg")
    >>> found = with_intervals(settings, Run({}, None, plan, Model(), {}, None), simulate(plan))
    >>> float(found.window_chance) > 0.0
    True
    """
    wanted = settings.uncertainty
    if wanted is None:
        return ds
    from plasticity.named_sets import values_of
    from plasticity.uncertainty import SPIKING, intervals

    if run.model.variants["calcium"] == "oscillator":
        return ds.assign_attrs(no_intervals=SPIKING)

    dosed = [compound.name for compound in run.protocol.compounds]
    given = {**values_of(run.parameter_set, dosed), **run.parameters}
    try:
        read = {one.name: one.read for one in readouts}
        found = intervals(run.protocol, run.model, given, ds["time"].values, wanted.samples, wanted.seed, read)
    except InputError as error:
        told = [*json.loads(ds.attrs["warnings"]), f"no intervals: {error}"]
        return ds.assign_attrs(warnings=json.dumps(told))
    return ds.merge(found, combine_attrs="no_conflicts")


def without_intervals(ds: "xarray.Dataset") -> "xarray.Dataset":
    """Leave out all quantiles over draws.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> import xarray
    >>> list(without_intervals(xarray.Dataset({"depth_band": ("quantile", [0.0]), "depth": 0.0})))
    ['depth']
    """
    kept = ds.drop_dims("quantile", errors="ignore").drop_vars("window_chance", errors="ignore")
    kept.attrs = {name: value for name, value in ds.attrs.items() if name != "uncertainty"}
    return kept
