"""Any ODE model in SBML, read into the engine: simulated, and swept over its parameters."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.sbml.functions import read_values, running, starting
from plasticity.sbml.happenings import happenings
from plasticity.sbml.lines import itself
from plasticity.sbml.quantities import Quantities
from plasticity.sbml.reading import read_document, time_unit_of
from plasticity.sbml.stretches import engine, integrated

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]


class SbmlModel:
    """An ODE model read from SBML; `from_sbml` makes it.

    Parameters
    ----------
    document : libsbml.SBMLDocument
        From `plasticity.sbml.reading.read_document`.
    time_unit : str

    Attributes
    ----------
    name : str
    names : tuple of str
        All quantities of a simulation: compartments, species, parameters, reactions (their rates).
    parameters : dict of str to float
        What may be set or swept, with its declared value: everything that no assignment rule gives.
    states : tuple of str
        What changes continuously.
    fun : callable
        ``fun(t, y, p)``, as `solve_ivp` and `solve_ensemble` take it.

    Examples
    --------
    >>> import plasticity as pl
    >>> model = from_sbml(pl.to_sbml(pl.Protocol(duration="1 d").dose("dmt", "15 mg")))
    >>> run = model.simulate([0.0, 1.0], {"dmt_clearance": 200.0}, compiled=False)
    >>> float(run.theta[0]), run.time.attrs["units"]
    (1.3, 'h')
    """

    def __init__(self, document: Any, time_unit: str) -> None:
        self._document = document  # libSBML frees a model with its document
        model = document.getModel()
        self.name, self.time_unit = model.getName() or model.getId() or "model", time_unit
        found = self._quantities = Quantities(model)
        self.names = tuple(found.symbols)
        given_by_rule = {name for name in found.computed if name not in found.volume}
        self.parameters = {name: v for name, v in found.declared.items() if name not in given_by_rule | _ruled(found)}
        self.states = tuple(slot.removeprefix("amount of ") for slot in found.states)
        rates = [found.rates[slot] for slot in found.states]
        self.fun = running(found, rates)
        self._idle = np.array([name not in read_values(found, rates) for name in found.held], dtype=bool)
        self._outputs = running(found, [itself(name) for name in self.names])
        self._events = happenings(found)
        starting(found, {})  # circles among initial values are found now

    @property
    def concentrations(self) -> frozenset[str]:
        """The species whose names mean concentrations."""
        return frozenset(self._quantities.volume)

    def compartment_of(self, name: str) -> str | None:
        """Tell where a species is; None for what is no species."""
        species = self._quantities.model.getSpecies(name)
        return None if species is None else str(species.getCompartment())

    def start(self, values: Mapping[str, float] | None = None) -> tuple[Floats, Floats]:
        """Find the states and the held values at the start, as `fun` wants them.

        Parameters
        ----------
        values : mapping of str to float, optional
            In place of the declared ones, or of their initial assignments.

        Returns
        -------
        y, p : ndarray, shapes (states,) and (held,)
        """
        if not isinstance(values or {}, Mapping):
            raise InputError(f"values: {values!r}; allowed: a mapping from names to numbers, such as {{'k1': 0.3}}")
        for name, value in (values or {}).items():
            if name not in self.parameters:
                raise unknown_name(f"quantity of {self.name}", name, self.parameters)
            if not _is_number(value) or not np.isfinite(value):
                raise InputError(f"{name}: {value!r}; allowed: a finite number")
        return starting(self._quantities, {name: float(value) for name, value in (values or {}).items()})

    def simulate(
        self,
        times: Sequence[float] | Floats,
        values: Mapping[str, float] | None = None,
        rtol: float = 1e-6,
        atol: float = 1e-9,
        *,
        compiled: bool = True,
    ) -> "xarray.Dataset":
        """Run the model.

        Parameters
        ----------
        times : array_like, shape (times,)
            Output times in the model's unit, ascending, 0 or later; the run starts at 0.
        values : mapping of str to float, optional
            Parameters and start values in place of the declared ones.
        rtol, atol : float
            `atol` is in the unit of each quantity as the model names it, so for a species that is known by its
            concentration it is a concentration; values far below it are not resolved.
        compiled : bool
            False: SciPy steps the same equations uncompiled, for one look without waiting for a compiler.

        Returns
        -------
        xarray.Dataset
            Every quantity over ``time``; ``status`` is 0 where the end was reached, else -1 and values are NaN.
            At the time of an event the values are those after it. A quantity of the model that is itself called
            ``time`` or ``status`` becomes ``time_value`` or ``status_value``.
        """
        grid = _times(times)
        _check_tolerances(rtol, atol)
        columns, good = self._run(grid, self.start(values), rtol, atol, compiled=compiled)
        return self._dataset(grid, columns.T, (), {}, 0 if good else -1)

    def sweep(
        self,
        times: Sequence[float] | Floats,
        over: Mapping[str, Iterable[float]],
        rtol: float = 1e-6,
        atol: float = 1e-9,
    ) -> "xarray.Dataset":
        """Run the model for every combination of values.

        Parameters
        ----------
        times : array_like, shape (times,)
            As in `simulate`.
        over : mapping of str to iterable of float
            Values of each quantity that is swept.
        rtol, atol : float

        Returns
        -------
        xarray.Dataset
            As from `simulate`, with a dimension for each quantity that is swept. Models without events run as one
            ensemble.
        """
        grid = _times(times)
        _check_tolerances(rtol, atol)
        axes = _axes(over)
        starts = [self.start(dict(zip(axes, point, strict=True))) for point in itertools.product(*axes.values())]
        shape = tuple(map(len, axes.values()))
        if self._events or not self.states:
            found = [self._run(grid, start, rtol, atol, compiled=True) for start in starts]
            columns = np.array([table for table, _ in found])
            status = np.array([0 if good else -1 for _, good in found])
        else:
            from plasticity.solver.ivp import solve_ensemble

            y, p = (np.array(part) for part in zip(*starts, strict=True))
            span, driving = (0.0, float(grid[-1])), np.where(self._idle, 0.0, p)
            tolerances = np.min([self._tolerances(start, atol) for start in starts], axis=0)
            solved = solve_ensemble(self.fun, span, y, driving, t_eval=grid, rtol=rtol, atol=tolerances)
            members = ([(state, held) for state in member.T] for member, held in zip(solved.y, p, strict=True))
            columns = np.array([self._table(grid, points) for points in members])
            status = np.asarray(solved.status)
        table = np.moveaxis(columns, -1, 0).reshape(len(self.names), *shape, len(grid))
        return self._dataset(grid, table, tuple(axes), axes, status.reshape(shape))

    def _run(
        self, grid: Floats, start: tuple[Floats, Floats], rtol: float, atol: float, *, compiled: bool
    ) -> tuple[Floats, bool]:
        late = grid if grid[0] == 0.0 else np.concatenate([[0.0], grid])
        with np.errstate(all="ignore"):
            solve = engine(self.fun, self._idle, rtol, self._tolerances(start, atol), compiled=compiled)
            points, good = integrated(solve, self._events, late, *start)
        return self._table(grid, points[len(late) - len(grid) :]), good

    def _tolerances(self, start: tuple[Floats, Floats], atol: float) -> Floats:
        """Turn the tolerance of concentrations into that of the amounts which are integrated, shape (states,)."""
        with np.errstate(all="ignore"):
            sizes = dict(zip(self.names, self._outputs(np.float64(0.0), *start), strict=True))
        volumes = [
            sizes[self._quantities.volume[name]] if slot != name else 1.0
            for slot, name in zip(self._quantities.states, self.states, strict=True)
        ]
        return np.array([atol * volume if 0.0 < volume < np.inf else atol for volume in volumes])

    def _table(self, grid: Floats, points: Sequence[tuple[Floats, Floats]]) -> Floats:
        """Evaluate all quantities, shape (times, names)."""
        with np.errstate(all="ignore"):
            rows = [self._outputs(np.float64(t), y, p) for t, (y, p) in zip(grid, points, strict=True)]
        return np.array(rows, dtype=float).reshape(len(grid), len(self.names))

    def _dataset(
        self, grid: Floats, table: Any, dimensions: tuple[str, ...], axes: Mapping[str, Any], status: Any
    ) -> "xarray.Dataset":
        import xarray

        columns = {
            (f"{name}_value" if name in (*axes, "time", "status") else name): ((*dimensions, "time"), values)
            for name, values in zip(self.names, table, strict=True)
        }
        columns["status"] = (dimensions, status)
        time = ("time", grid, {"units": self.time_unit})
        return xarray.Dataset(columns, coords={"time": time, **axes}, attrs={"title": self.name})


def from_sbml(source: str | Path, time_unit: str | None = None) -> SbmlModel:
    """Read an ODE model from SBML (Levels 1 to 3).

    Parameters
    ----------
    source : str or pathlib.Path
        A file, or the text of a document.
    time_unit : str, optional
        Needed where a Level 3 model does not say its own; only a label, nothing is converted.

    Returns
    -------
    SbmlModel

    Raises
    ------
    InputError
        If the document is no valid SBML, or uses what the engine does not have: fast reactions, ``delay()``, required
        packages, algebraic loops, algebraic rules that are not linear in the one quantity that each gives. Nothing has
        been computed then.

    Notes
    -----
    Hucka et al. 2019, Journal of Integrative Bioinformatics 16: 20190021, doi:10.1515/jib-2019-0021.

    Examples
    --------
    >>> import plasticity as pl
    >>> plan = pl.Protocol(duration="1 d").dose("psilocybin", "25 mg")
    >>> model = from_sbml(pl.to_sbml(plan))
    >>> model.time_unit, model.parameters["psilocybin_clearance"] > 0.0
    ('h', True)
    """
    document = read_document(source)
    return SbmlModel(document, time_unit_of(document, time_unit))


def _ruled(found: Quantities) -> set[str]:
    return {name for name in found.ruled if name in found.computed}


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _check_tolerances(rtol: Any, atol: Any) -> None:
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not _is_number(value) or not 0.0 < value < np.inf:
            raise InputError(f"{name}: {value!r}; allowed: a finite number above 0")


def _axes(over: Any) -> dict[str, list[float]]:
    allowed = "allowed: names, each with at least one value, such as {'k1': [0.1, 0.2]}"
    if not isinstance(over, Mapping):
        raise InputError(f"over: {over!r}; {allowed}")
    axes = {}
    for name, values in over.items():
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise InputError(f"over: {name}: {values!r}; {allowed}")
        axes[name] = list(values)
    if not axes or not all(axes.values()):
        raise InputError(f"over: nothing to sweep; {allowed}")
    return axes


def _times(times: Any) -> Floats:
    try:
        grid = np.atleast_1d(np.asarray(times, dtype=float))
    except (TypeError, ValueError):
        grid = np.empty(0)
    if grid.ndim != 1 or not grid.size or not np.all(np.isfinite(grid)) or grid[0] < 0 or np.any(np.diff(grid) <= 0):
        raise InputError("times: allowed: ascending finite times, the first 0 or later")
    return grid
