"""The section ``schedule`` of a study: sessions placed by the optimiser, then simulated with all the rest."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plasticity.config import Node
from plasticity.errors import InputError
from plasticity.study.runs import Run
from plasticity.study.sections import Settings

if TYPE_CHECKING:
    import xarray

SECONDS_PER_DRAW = 6e-4
"""Of one core, for one schedule and draw; measured on one processor for four weeks."""


def check_schedule(settings: Settings, tree: Node, runs: tuple[Run, ...]) -> None:
    """Refuse a schedule that cannot be searched for, before anything is computed.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.
    runs : tuple of Run

    Raises
    ------
    ConfigError
        If a name is unknown, constraints conflict, or the study has a sweep beside the schedule.

    Examples
    --------
    >>> from plasticity import config
    >>> check_schedule(Settings(protocol={}), config.parse("{protocol: {}}"), ())
    """
    if settings.schedule is None:
        return
    from plasticity.schedule import posed

    node = tree.find(("schedule",))
    if len(runs) != 1 or runs[0].parameter_set is not None:
        raise node.error("a schedule beside a sweep or a parameter set", "one run: no section sweep, no parameter_set")
    options = settings.schedule.model_dump(exclude={"quantile", "draws", "seed", "holds"})
    try:
        posed(runs[0].protocol, **options, model=runs[0].model, held=settings.schedule.holds)
    except InputError as error:
        raise node.error(str(error).removeprefix("schedule: ")) from None


def scheduled(
    settings: Settings, runs: tuple[Run, ...], report: Callable[[int, int, str], None] | None
) -> tuple[tuple[Run, ...], "xarray.Dataset | None"]:
    """Place the sessions of a study's schedule.

    Parameters
    ----------
    settings : Settings
    runs : tuple of Run
    report : callable, optional
        As in `plasticity.schedule.best_schedule`.

    Returns
    -------
    runs : tuple of Run
        With the best sessions in their protocols.
    found : xarray.Dataset or None
        What the search found; None where the study has no schedule.

    Examples
    --------
    >>> scheduled(Settings(protocol={}), (), None)
    ((), None)
    """
    if settings.schedule is None:
        return runs, None
    from plasticity.schedule import best_schedule

    options: dict[str, Any] = settings.schedule.model_dump(exclude={"draws", "holds"}) | settings.schedule.holds
    run, count = runs[0], settings.schedule.draws
    chosen: dict[str, Any] = {"model": run.model, "parameters": run.parameters, "report": report}
    found = best_schedule(run.protocol, draws_each=count, **options, **chosen)
    protocol = run.protocol
    common: dict[str, Any] = {"kind": settings.schedule.kind, "over": settings.schedule.over, **settings.schedule.holds}
    for start in found["starts"].sel(schedule="best").values:
        protocol = protocol.session(**common, start=float(start))
    return (replace(run, protocol=protocol),), found


def search_size(settings: Settings, run: Run) -> tuple[int, float]:
    """Say how many schedules a search tries at most, and guess how long one core takes.

    Parameters
    ----------
    settings : Settings
        With a schedule.
    run : Run

    Returns
    -------
    tried : int
    seconds : float

    Examples
    --------
    >>> from plasticity.model import Model
    >>> from plasticity.protocol import Protocol
    >>> section = {"sessions": 1, "latest": "4 d", "draws": 10}
    >>> plan = Run({}, None, Protocol("14 d"), Model(modules=["belief"]), {}, None)
    >>> search_size(Settings(protocol={}, schedule=section), plan)
    (4, 0.1)
    """
    from plasticity.schedule import posed
    from plasticity.schedule.search import size

    assert settings.schedule is not None
    options = settings.schedule.model_dump(exclude={"quantile", "draws", "seed", "holds"})
    problem = posed(run.protocol, **options, model=run.model, held=settings.schedule.holds)
    tried = size(problem.constraints)
    # four naive or best schedules and three corners of the decomposition meet twice as many draws
    return tried, round((tried + 14) * settings.schedule.draws * SECONDS_PER_DRAW, 1)
