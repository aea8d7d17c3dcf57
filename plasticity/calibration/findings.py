"""Published findings on retrieved memories, as signs, against accounts of memory that rival each other."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity import data
from plasticity.errors import InputError, unknown_name
from plasticity.evaluated import fear
from plasticity.kernels import declared_kernels
from plasticity.members import together
from plasticity.model import SHARED, Model
from plasticity.protocol import Protocol
from plasticity.uncertainty import QUANTILES, plausible_numbers
from plasticity.values import Given, in_force

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Report = Callable[[int, int, str], None]
TABLE = "reconsolidation_boundaries"
SHORT, LONG, BLOCKED = "36 s", "36 min", "6 h"
"""Lengths of a reminder, of extinction and of a block of protein synthesis."""
SOON, LATE = 24.0, 720.0
RETURNS, KEPT, EXTINGUISHED = 0.75, 0.8, 0.5
"""Fear returns where it regains more than three quarters of what it regains after extinction alone; an engram is kept
where more than four fifths of the fear are left; fear is extinguished where less than half is left a day later."""
ALONE = "extinction alone"
PARTS = ("calibration", "holdout")
LENGTH = "32 d"
MEANING = (
    "5, 50 and 95 % of {count} draws of every recalled, assumed or fitted number, those of memory each by itself "
    "within what is plausible, whether or not they give the rows that the constants were chosen for"
)


@dataclass(frozen=True)
class Findings:
    """Which accounts are held against the table.

    Attributes
    ----------
    accounts : tuple of str
        Variants of the layer `memory`.
    parameters : dict of str to float
        Overrides.
    draws, seed : int
        Of the uncertain numbers of each account, for its intervals.

    Examples
    --------
    >>> Findings(("reconsolidation",)).parameters
    {}
    """

    accounts: tuple[str, ...]
    parameters: Mapping[str, Given] = field(default_factory=dict)
    draws: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for index, name in enumerate(self.accounts):
            if name not in accounts():
                raise unknown_name("account of memory", name, accounts())
            if name in self.accounts[:index]:
                raise InputError(f"accounts: {name!r} stands twice; allowed: each once")


def accounts() -> list[str]:
    """List the accounts of memory, the default first.

    Returns
    -------
    list of str

    Examples
    --------
    >>> accounts()
    ['reconsolidation', 'dominance', 'extinction_only', 'retrieval_alone']
    """
    return [kernel.variant for kernel in declared_kernels() if kernel.layer == "memory" and kernel.variant != SHARED]


def protocol(procedure: str, gap: float) -> Protocol:
    """Write a row of the table out as a protocol.

    Parameters
    ----------
    procedure : str
        As in the table, or `ALONE`.
    gap : float
        From the start of the reminder or re-exposure, which is at 0 h [h].

    Returns
    -------
    Protocol

    Raises
    ------
    InputError
        If the procedure is unknown.

    Examples
    --------
    >>> [session.kind for session in protocol("block_after_long", 0.0).sessions]
    ['extinction', 'protein_synthesis_block']
    """
    plan = Protocol(LENGTH)
    reminded = plan.session("reminder", 0.0, over=SHORT)
    extinguished = plan.session("extinction", 0.0, over=LONG)
    expected = plan.session("reminder", 0.0, over=SHORT, outcome=_initial())
    made = {
        ALONE: lambda: extinguished,
        "reexposure_short": lambda: reminded,
        "reexposure_long": lambda: extinguished,
        "extinction": lambda: reminded.session("extinction", gap, over=LONG),
        "protein_synthesis_block": lambda: reminded.session("protein_synthesis_block", gap, over=BLOCKED),
        "block_after_short": lambda: reminded.session("protein_synthesis_block", gap, over=BLOCKED),
        "block_after_long": lambda: extinguished.session("protein_synthesis_block", gap, over=BLOCKED),
        "block_after_expected": lambda: expected.session("protein_synthesis_block", gap, over=BLOCKED),
    }
    if procedure not in made:
        raise unknown_name("procedure", procedure, made)
    return made[procedure]()


def judged(procedure: str, soon: float, late: float, alone: tuple[float, float], before: float) -> str:
    """Say in the words of the table what became of the fear.

    Parameters
    ----------
    procedure : str
    soon, late : float
        Fear a day and 30 days after the procedure.
    alone : tuple of float
        The same after extinction without a reminder.
    before : float
        Fear before anything.

    Returns
    -------
    str

    Examples
    --------
    >>> judged("extinction", 0.2, 0.4, (0.25, 0.65), 0.9), judged("block_after_long", 0.1, 0.1, (0.25, 0.65), 0.9)
    ('does not return', 'lost')
    """
    if procedure == "extinction":
        return "returns" if late - soon > RETURNS * (alone[1] - alone[0]) else "does not return"
    if procedure == "reexposure_long" and soon < EXTINGUISHED * before:
        return "extinguished"
    return "kept" if late > KEPT * before else "lost"


def roles(accounts: Sequence[str]) -> "NDArray[np.str_]":
    """Say what each row of the table is to each account.

    Parameters
    ----------
    accounts : sequence of str

    Returns
    -------
    ndarray of str
        Shape (accounts, rows): ``"calibration"`` where the account was made with the row in view, else ``"holdout"``.

    Examples
    --------
    >>> (roles(["reconsolidation", "dominance"]) == "holdout").sum(axis=1).tolist()
    [6, 5]
    """
    table = data.load(TABLE)
    return np.where(table["seen_by"].values == np.array(accounts)[:, None], "calibration", table["role"].values)


def compared(plan: Findings, report: Report | None = None) -> "xarray.Dataset":
    """Hold every account against every row.

    Parameters
    ----------
    plan : Findings
    report : callable, optional
        Called before each account with how many are done, how many there are, and which comes next.

    Returns
    -------
    xarray.Dataset
        Along `account` and `row`: `fear_soon` and `fear_late` (a day and 30 days after the procedure), `predicted`,
        `agrees`, `status`, and `role`, which is calibration where the account was made with the row in view; along
        `row` what was published; `fear_before` along `account`. With draws, along `quantile` too, `fear_soon_interval`
        and `fear_late_interval`, and `count_interval` along `account` and `part` (calibration, holdout): how many
        findings a draw gives. The attribute `uncertainty` says what was drawn.

    Examples
    --------
    >>> ds = compared(Findings(("reconsolidation",)))
    >>> int(ds["agrees"].sum()), ds.sizes["row"]
    (12, 14)
    """
    import xarray

    table = data.load(TABLE)
    rows = [(str(p), float(g)) for p, g in zip(table["procedure"].values, table["gap"].values, strict=True)]
    shape = len(plan.accounts), len(rows)
    read = {name: np.full(shape, np.nan) for name in ("fear_soon", "fear_late")}
    spread = np.full((*shape, 2, len(QUANTILES)), np.nan)
    counts = np.full((shape[0], len(PARTS), len(QUANTILES)), np.nan)
    words = np.full(shape, "", dtype="<U16")
    status = np.zeros(shape, np.int64)
    before, own = np.zeros(shape[0]), roles(plan.accounts)
    for i, account in enumerate(plan.accounts):
        if report is not None:
            report(i, len(plan.accounts), account)
        model = Model(modules=["memory"], memory=account)
        numbers = in_force(model.assemble([]), plan.parameters)[0]
        before[i] = numbers["memory_engram_initial"]
        drawn = _drawn(plan, model, numbers)
        found, failed = _fear(model, [numbers, *drawn], [*rows, (ALONE, 0.0)])
        read["fear_soon"][i], read["fear_late"][i] = found[0, :-1].T
        status[i], words[i] = failed[0, :-1], _words(found[0], rows, before[i])
        good = found[1:][(failed[1:] == 0).all(axis=1)]
        if len(good):
            spread[i] = np.moveaxis(np.quantile(good[:, :-1], QUANTILES, axis=0), 0, -1)
            right = np.array([_words(one, rows, before[i]) for one in good]) == table["finding"].values
            counts[i] = [np.quantile(right[:, own[i] == part].sum(axis=1), QUANTILES) for part in PARTS]
    both, unit = ("account", "row"), {"units": "1"}
    columns: dict[str, tuple[object, object, dict[str, str]]] = {
        "fear_soon": (both, read["fear_soon"], unit | {"long_name": "Fear a day after"}),
        "fear_late": (both, read["fear_late"], unit | {"long_name": "Fear 30 days after"}),
        "predicted": (both, words, {"long_name": "What becomes of the fear by this account"}),
        "agrees": (both, words == table["finding"].values, {"long_name": "Whether the account gives the finding"}),
        "fear_before": ("account", before, unit | {"long_name": "Fear before"}),
        "status": (both, status, {"long_name": "0 where the end was reached"}),
        "role": (both, own, {"long_name": "calibration or holdout, for this account"}),
    }
    names = [f"{source} {p} {gap:.3g} h" for source, (p, gap) in zip(table["source"].values, rows, strict=True)]
    labels: dict[str, Sequence[object]] = {"account": list(plan.accounts), "row": names}
    if plan.draws:
        for place, name in enumerate(("fear_soon", "fear_late")):
            label = f"Quantiles over draws: {columns[name][2]['long_name']}"
            columns[f"{name}_interval"] = ((*both, "quantile"), spread[:, :, place], unit | {"long_name": label})
        label = "Quantiles over draws: number of findings that the account gives"
        columns["count_interval"] = (("account", "part", "quantile"), counts, unit | {"long_name": label})
        labels = {**labels, "part": list(PARTS), "quantile": list(QUANTILES)}
    meaning = {"samples": plan.draws, "seed": plan.seed, "meaning": MEANING.format(count=plan.draws)}
    told = {"uncertainty": json.dumps(meaning)} if plan.draws else {}
    return xarray.Dataset({**table.drop_vars(["role", "seen_by"]).data_vars, **columns}, labels, told)


def _drawn(plan: Findings, model: Model, numbers: Mapping[str, float]) -> list[dict[str, float]]:
    """Draw the uncertain numbers of an account."""
    held = {name: numbers[name] for name in plan.parameters}
    return plausible_numbers(Protocol(LENGTH), model, held, plan.draws, plan.seed) if plan.draws else []


def _words(found: Floats, rows: Sequence[tuple[str, float]], before: float) -> list[str]:
    """Say what becomes of the fear in every row; the last of what was found is extinction alone."""
    alone = (float(found[-1, 0]), float(found[-1, 1]))
    return [judged(p, soon, late, alone, before) for (p, _), (soon, late) in zip(rows, found, strict=False)]


def _fear(
    model: Model, sets: Sequence[Mapping[str, float]], rows: Sequence[tuple[str, float]]
) -> tuple[Floats, NDArray[np.int64]]:
    """Fear soon and late after each procedure by each set of numbers, shape (sets, rows, 2)."""
    moments = np.array([[gap + SOON, gap + LATE] for _, gap in rows])
    times = np.unique(moments)
    plans = [protocol(*row) for row in rows]
    states = ["memory_engram", "memory_safety"]
    found = together(plans * len(sets), [one for one in sets for _ in rows], model, states, times, rtol=1e-6)
    values = found.values.reshape(len(sets), len(rows), len(states), len(times))
    expressed = np.array([fear(own[:, 0], own[:, 1], one) for own, one in zip(values, sets, strict=True)])
    places = np.broadcast_to(np.searchsorted(times, moments), (len(sets), *moments.shape))
    return np.take_along_axis(expressed, places, axis=2), found.status.reshape(len(sets), len(rows))


def _initial() -> float:
    """Outcome that a memory expects that nobody has touched."""
    return float(Model(modules=["memory"]).assemble([]).defaults()["memory_engram_initial"])
