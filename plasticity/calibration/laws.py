"""Rival laws of closure: each gives closing days from a few free numbers, by the model or by a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plasticity import data
from plasticity.calibration.asked import asked
from plasticity.calibration.measured import measured
from plasticity.calibration.members import closing_days
from plasticity.calibration.observed import WINDOWS, Observation
from plasticity.compound import load_compound
from plasticity.errors import InputError, unknown_name
from plasticity.model import Model
from plasticity.named_sets import modules_of, values_of
from plasticity.protocol import Protocol

Floats = NDArray[np.float64]
BASELINE = "log_law"
"""Closing day = offset + slope * ln(human acute duration [h]): what a mechanism has to beat."""
KINETICS = "kinetics"
"""No law of closure: numbers of one compound, fitted to what was measured in plasma."""


@dataclass(frozen=True)
class Free:
    """One free number and the range that is searched; uniform in its logarithm or in itself.

    Attributes
    ----------
    name : str
    low, high : float
        In the canonical unit.
    log : bool

    Examples
    --------
    >>> Free("brake_tau", 10.0, 1000.0, True).value(np.array([0.5])).round(6).tolist()
    [100.0]
    """

    name: str
    low: float
    high: float
    log: bool

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0.0):
            raise InputError(f"{self.name}: from {self.low:g} to {self.high:g}; allowed: ascending, positive if log")

    def value(self, fraction: Floats) -> Floats:
        """Value at a fraction of the range."""
        if self.log:
            return np.asarray(self.low * (self.high / self.low) ** fraction)
        return np.asarray(self.low + (self.high - self.low) * fraction)


@dataclass(frozen=True)
class Law:
    """A law and its free numbers.

    Attributes
    ----------
    name : str
        A kernel of the layer ``brake``, ``log_law``, or ``kinetics``.
    free : tuple of Free
    duration : float
        Of every simulation [h]; windows still open then count as closing there.
    parameter_set : str or None
        Values, and modules, that hold where nothing is fitted.

    Examples
    --------
    >>> from plasticity.calibration.observed import rows
    >>> line = Law("log_law", (Free("offset", 0.0, 10.0, False), Free("slope", 0.0, 20.0, False)), 2400.0)
    >>> line.days(np.array([[0.5, 0.5]]), [rows("critical_period_windows")["ketamine"]]).tolist()  # 5 + 10 ln 1
    [[5.0]]
    """

    name: str
    free: tuple[Free, ...]
    duration: float
    parameter_set: str | None = None

    def __post_init__(self) -> None:
        if self.name == BASELINE:
            known = ["offset", "slope"]
            if [one.name for one in self.free] != known:
                raise InputError(f"{BASELINE}: {[one.name for one in self.free]}; allowed: {', '.join(known)}")
            return
        units = units_of(self.name, [one.name for one in self.free])
        for one in self.free:
            if one.name not in units:
                raise unknown_name(f"parameter of {self.name}", one.name, units)

    def values(self, cube: Floats) -> list[dict[str, float]]:
        """Values of the free numbers at points of the unit cube, shape (points, free)."""
        columns = {one.name: one.value(cube[:, i]) for i, one in enumerate(self.free)}
        return [{name: float(column[i]) for name, column in columns.items()} for i in range(len(cube))]

    def predicted(self, cube: Floats, rows: Sequence[Observation], rtol: float = 1e-8) -> Floats:
        """What rows should show at points of the unit cube, in their units, shape (points, rows)."""
        if self.name == KINETICS:
            return measured(self.values(cube), rows, max(rtol, 1e-7))
        return self.days(cube, rows, rtol)

    def days(self, cube: Floats, rows: Sequence[Observation], rtol: float = 1e-8) -> Floats:
        """Closing days [d] at points of the unit cube, shape (points, rows); 0 where no window opens."""
        if self.name == BASELINE:
            offset, slope = (one.value(cube[:, i]) for i, one in enumerate(self.free))
            return np.maximum(offset[:, None] + slope[:, None] * np.log([acute_duration(row) for row in rows]), 0.0)
        points = self.values(cube)
        columns = [self.closing(asked(row.modelled, self.duration), points, rtol) for row in rows]
        return np.stack(columns, axis=1)

    @property
    def model(self) -> Model:
        """The model that the law is part of."""
        return Model(brake=self.name).joined(modules_of(self.parameter_set))

    def closing(self, protocol: Protocol, points: Sequence[Mapping[str, float]], rtol: float) -> Floats:
        """Closing days [d] of one protocol at many points, in the model and with the values that hold."""
        held = values_of(self.parameter_set, [compound.name for compound in protocol.compounds])
        return closing_days(protocol, self.model, [{**held, **point} for point in points], rtol)


def units_of(law: str, free: Sequence[str]) -> dict[str, str]:
    """Units of the numbers that a law may leave free.

    Parameters
    ----------
    law : str
        As `Law.name`.
    free : sequence of str
        Those that are asked for; of kinetics they say which compounds there are.

    Returns
    -------
    dict of str to str

    Raises
    ------
    InputError
        If kinetics name a compound that does not exist.

    Examples
    --------
    >>> units_of("kinetics", ["lsd.clearance"])["lsd.clearance"], units_of("log_law", [])
    ('L/h', {'offset': 'd', 'slope': 'd'})
    """
    if law == BASELINE:
        return {"offset": "d", "slope": "d"}
    if law != KINETICS:
        return {name: one.unit for name, one in Model(brake=law).assemble([]).parameters.items()}
    compounds = [load_compound(name) for name in dict.fromkeys(name.partition(".")[0] for name in free)]
    assembly = Model().assemble(compounds)
    return {name: one.unit for name, one in assembly.parameters.items() if "." in name} | {
        f"{one.name}.{tail}": number.unit for one in compounds for tail, number in one.numbers.items()
    }


def acute_duration(row: Observation) -> float:
    """Human acute duration [h] that the baseline takes for a row: the geometric middle of the published range.

    Parameters
    ----------
    row : Observation
        Of the table of windows.

    Returns
    -------
    float

    Examples
    --------
    >>> from plasticity.calibration.observed import rows
    >>> round(acute_duration(rows("critical_period_windows")["lsd"]), 2)
    8.94
    """
    table = data.load(WINDOWS)
    where = int(np.flatnonzero(table["compound"].values == row.id)[0])
    return float(np.sqrt(table["acute_low"].values[where] * table["acute_high"].values[where]))
