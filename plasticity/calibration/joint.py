"""All uncertain numbers together, conditioned on the calibrating windows: draws for intervals of predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from plasticity.calibration.asked import asked
from plasticity.calibration.fitting import Target
from plasticity.calibration.laws import Law
from plasticity.calibration.likelihood import Error
from plasticity.calibration.observed import Observation
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.plausible import quantile, uncertain
from plasticity.values import in_force

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """Draws of many numbers that give the windows they were conditioned on.

    Attributes
    ----------
    units, labels : dict of str to str
        Of each number.
    values : ndarray, shape (draws, numbers)
    effective : float
        How many independent draws the weighted sample is worth.

    Examples
    --------
    >>> Joint({"brake_tau": "h"}, {"brake_tau": "Decay"}, np.array([[150.0]]), 1.0).effective
    1.0
    """

    units: dict[str, str]
    labels: dict[str, str]
    values: Floats
    effective: float


def conditioned(law: Law, rows: Sequence[Observation], error: Error, points: int, keep: int, seed: int = 0) -> Joint:
    """Draw all uncertain numbers from what is plausible, and keep draws by how likely they make the rows.

    Before the data, a free number of the law is uniform over its searched range (in logarithms where that is asked
    for), and every other recalled or assumed number, shared or of a compound of the rows, lies anywhere in its
    plausible range with its default as median, each by itself.

    Parameters
    ----------
    law : Law
        With a mechanism.
    rows : sequence of Observation
    error : Error
    points : int
        Of a Sobol sequence, a power of 2.
    keep : int
        Draws that are returned.
    seed : int

    Returns
    -------
    Joint

    Raises
    ------
    InputError
        If none of the points gives the rows.

    Notes
    -----
    Sampling importance resampling (Rubin 1988), with systematic resampling.

    Examples
    --------
    >>> from plasticity.calibration.laws import Free
    >>> from plasticity.calibration.observed import chosen
    >>> free = (Free("brake_gain", 2.0, 40.0, True), Free("brake_tau", 24.0, 960.0, True))
    >>> row = chosen({"critical_period_windows": ["psilocybin"]})
    >>> found = conditioned(Law("first_order", free, 1440.0), row, Error("normal", 1.5), 64, 8)
    >>> found.values.shape[0], found.units["brake_tau"]
    (8, 'h')
    """
    model = law.model
    protocols = [asked(row.modelled, law.duration) for row in rows]
    assemblies = [model.assemble(protocol.compounds) for protocol in protocols]
    free = {one.name: one for one in law.free}
    ranges = {name: ends for one in assemblies for name, ends in uncertain(one).items() if name not in free}
    declared = {name: p for one in assemblies for name, p in one.parameters.items()}
    middle = {name: value for one in assemblies for name, value in one.defaults().items()}
    cube = qmc.Sobol(len(ranges) + len(free), seed=seed).random(points)
    columns = {name: one.value(cube[:, i]) for i, (name, one) in enumerate(free.items())}
    for i, (name, ends) in enumerate(ranges.items()):
        columns[name] = quantile(cube[:, len(free) + i], *ends, middle[name])
    names = list(columns)
    values = np.stack([columns[name] for name in names], axis=1)
    values = values[[_physical(model, dict(zip(names, one, strict=True))) for one in values]]
    height = np.zeros(len(values))
    target = Target(law, rows, error)
    days = np.empty((len(values), len(rows)))
    for i, (protocol, assembly) in enumerate(zip(protocols, assemblies, strict=True)):
        own = [at for at, name in enumerate(names) if name in assembly.parameters]
        members = [{names[at]: float(one[at]) for at in own} for one in values]
        days[:, i] = law.closing(protocol, members, 1e-5)
    height = target.each(days).sum(axis=1)
    if not np.isfinite(height.max(initial=-np.inf)):
        raise InputError("calibration: joint: no draw gives the rows; allowed: more points, or other ranges")
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    kept = _resampled(weight, keep, np.random.default_rng(seed))
    return Joint(
        {name: declared[name].unit for name in names},
        {name: declared[name].label for name in names},
        values[kept],
        float(1.0 / np.sum(weight**2)),
    )


def _physical(model: Model, point: Mapping[str, float]) -> bool:
    """Tell whether the relations between shared numbers hold."""
    try:
        in_force(model.assemble([]), {name: value for name, value in point.items() if "." not in name})
    except InputError:
        return False
    return True


def _resampled(weight: Floats, keep: int, random: np.random.Generator) -> NDArray[np.int64]:
    places = (np.arange(keep) + random.random()) / keep
    found = np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)
    return np.asarray(random.permutation(found), dtype=np.int64)


def draws_table(ds: "xarray.Dataset") -> str:
    """Write the draws of a calibration as a table of `plasticity.data`.

    Parameters
    ----------
    ds : xarray.Dataset
        Of a study with ``calibration.joint``.

    Returns
    -------
    str
        CSV, five digits.

    Examples
    --------
    >>> import xarray
    >>> cells = {"joint": (("joint_draw", "number"), [[150.0]]), "joint_unit": ("number", ["h"])}
    >>> cells |= {"joint_label": ("number", ["Decay"]), "joint_effective": 1.0}
    >>> draws_table(xarray.Dataset(cells, {"number": ["brake_tau"]})).splitlines()[-3:]
    ['# brake_tau [h]: Decay', 'brake_tau', '150']
    """
    names = [str(name) for name in ds["number"].values]
    name = ds.attrs.get("study_name", "")
    lines = [
        f"# Draws of all uncertain numbers, given the calibrating windows: made by `plasticity calibrate {name}`.",
        f"# Each row is one draw; the weighted sample was worth {float(ds['joint_effective']):.0f} independent draws.",
    ]
    units, labels = ds["joint_unit"].values, ds["joint_label"].values
    lines += [f"# {name} [{unit}]: {label}" for name, unit, label in zip(names, units, labels, strict=True)]
    lines.append(",".join(names))
    lines += [",".join(f"{value:.5g}" for value in row) for row in ds["joint"].values]
    return "\n".join(lines) + "\n"
