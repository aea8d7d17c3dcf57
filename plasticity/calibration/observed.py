"""Rows of the published tables, each with the interval that a prediction is held against."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plasticity import data
from plasticity.calibration.asked import asked
from plasticity.errors import InputError, unknown_name

WINDOWS = "critical_period_windows"


@dataclass(frozen=True)
class Observation:
    """One published number and what the model is asked about it.

    Attributes
    ----------
    table, id, compound, species, dose, modelled, quantity, spread, role, flag, source, note : str
        As in the table; `modelled` is empty where the model cannot be asked.
    at : float
        [h], NaN where it does not apply.
    value, low, high : float
        Published value, and the interval of a prediction that agrees with it; NaN where none was published.
    error : float
        Standard error of the value, NaN where it is not known.
    n : float
    unit : str

    Examples
    --------
    >>> row = rows("plasma_maxima")["psilocybin_25mg_cmax"]
    >>> row.low, row.high, row.unit
    (16.0, 19.0, 'ng/mL')
    """

    table: str
    id: str
    compound: str
    species: str
    dose: str
    modelled: str
    quantity: str
    spread: str
    role: str
    flag: str
    source: str
    note: str
    at: float
    value: float
    low: float
    high: float
    error: float
    n: float
    unit: str

    @property
    def judged(self) -> bool:
        """Whether there is an interval to lie in."""
        return not (math.isnan(self.low) or math.isnan(self.high))


def rows(table: str) -> dict[str, Observation]:
    """Read the observations of a table.

    Parameters
    ----------
    table : str
        One of `plasticity.data.names`.

    Returns
    -------
    dict of str to Observation
        By their names; those of the windows are the compounds.

    Raises
    ------
    InputError
        If there is no such table, or it holds no observations.

    Examples
    --------
    >>> list(rows("critical_period_windows"))
    ['ketamine', 'psilocybin', 'mdma', 'lsd', 'ibogaine']
    """
    found = data.load(table)
    if table != WINDOWS and "quantity" not in found:
        raise InputError(f"table {table} holds no observations; allowed: {', '.join(tables())}")
    made = []
    for index in range(found.sizes["row"]):
        cells = {str(name): found[name].values[index] for name in found.data_vars}
        made.append(_window(cells) if table == WINDOWS else _observation(table, cells, found["value"].attrs["units"]))
    return {one.id: one for one in made}


def driven(row: Observation, exposure: str) -> Observation:
    """Ask the model about a row by the exposure of a species.

    Parameters
    ----------
    row : Observation
    exposure : str
        ``"human"``: human doses stand for what was given, as the table says; ``"mouse"``: what mice were given.

    Returns
    -------
    Observation
        By mouse exposure, rows of other species, and those whose dose the model cannot read, are not asked about.

    Examples
    --------
    >>> driven(rows("critical_period_windows")["lsd"], "mouse").modelled
    'mouse: lsd 1 ug/kg'
    """
    if exposure == "human":
        return row
    told = f"mouse: {row.compound} {row.dose}"
    try:
        asked(told, 24.0)
    except InputError:
        told = ""
    return replace(row, modelled=told if row.species == "mouse" else "")


def tables() -> list[str]:
    """List the tables that hold observations.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "plasma_maxima" in tables()
    True
    """
    return [name for name in data.names() if name == WINDOWS or "quantity" in data.load(name)]


def chosen(named: Mapping[str, Sequence[str]]) -> list[Observation]:
    """Pick rows by table and name.

    Parameters
    ----------
    named : mapping of str to sequence of str

    Returns
    -------
    list of Observation

    Raises
    ------
    InputError
        If a table or row is unknown.

    Examples
    --------
    >>> [row.high for row in chosen({"critical_period_windows": ["ketamine"]})]
    [7.0]
    """
    found = []
    for table, ids in named.items():
        known = rows(table)
        for name in ids:
            if name not in known:
                raise unknown_name(f"row of {table}", name, known)
            found.append(known[name])
    return found


def closing_days_only(found: Sequence[Observation]) -> None:
    """Refuse rows that are no closing days: a likelihood of days would take their numbers for days.

    Parameters
    ----------
    found : sequence of Observation

    Raises
    ------
    InputError

    Examples
    --------
    >>> closing_days_only(chosen({"plasma_maxima": ["psilocybin_25mg_cmax"]}))
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: row psilocybin_25mg_cmax of plasma_maxima is a plasma_maximum; allowed here: ...
    """
    for row in found:
        if row.quantity != "closing_day":
            raise InputError(
                f"row {row.id} of {row.table} is a {row.quantity}; allowed here: closing days, as in {WINDOWS}"
            )


def _window(cells: Mapping[str, object]) -> Observation:
    closed = float(str(cells["first_closed_day"]))
    text = {name: str(cells[name]) for name in ("compound", "species", "dose", "modelled", "role", "source", "note")}
    return Observation(
        WINDOWS,
        text["compound"],
        **text,
        quantity="closing_day",
        spread="interval",
        flag=f"{cells['flag_open']} (open), {cells['flag_closed']} (closed)",
        at=math.nan,
        value=math.nan,
        low=float(str(cells["last_open_day"])),
        high=math.inf if math.isnan(closed) else closed,
        error=math.nan,
        n=float(str(cells["n"])),
        unit="d",
    )


def _observation(table: str, cells: Mapping[str, object], unit: str) -> Observation:
    names = ("id", "compound", "species", "dose", "modelled", "quantity", "spread", "role", "flag", "source", "note")
    value, sd, low, high, n, at = (float(str(cells[k])) for k in ("value", "sd", "low", "high", "n", "at"))
    error, spread = math.nan, str(cells["spread"])
    if spread == "sd" and n > 1:
        from scipy.stats import t

        error = sd / math.sqrt(n)
        reach = float(t.ppf(0.975, n - 1.0)) * error
        low, high = value - reach, value + reach
    elif spread == "mean_ci":
        error = (high - low) / (2.0 * 1.959964)
    elif spread == "exact":
        low = high = value
    text = {name: str(cells[name]) for name in names}
    return Observation(table, **text, at=at, value=value, low=low, high=high, error=error, n=n, unit=unit)
