"""The plan of a study that keeps summaries of many points, with the position of whatever is wrong in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plasticity.config import ConfigError, Node
from plasticity.errors import InputError
from plasticity.model import Model
from plasticity.study.plan import plan
from plasticity.study.runs import Run, chosen_model
from plasticity.study.sections import Settings, SummarySection

if TYPE_CHECKING:
    from plasticity.sweeps.planning.plan import SweepPlan


def summaries(settings: Settings, tree: Node) -> "tuple[SweepPlan, tuple[Run, ...]] | None":
    """Plan the sweep of a study, if it keeps summaries.

    Parameters
    ----------
    settings : Settings
    tree : Node
        The same study with its positions.

    Returns
    -------
    tuple of SweepPlan and tuple of Run, or None
        The runs are those of its first point: a sample of what is computed.

    Raises
    ------
    ConfigError
        If anything in the section is not allowed.

    Examples
    --------
    >>> from plasticity import config
    >>> from plasticity.study.schema import validated
    >>> tree = config.parse("{protocol: {}, sweep: {over: {brake_tau: [5 d, 7 d]}, keep: [max_depth]}}")
    >>> summaries(validated(tree), tree)[0].dims
    {'brake_tau': 2}
    """
    section = settings.sweep
    if not isinstance(section, SummarySection):
        return None
    from plasticity.sweeps.asking import planned
    from plasticity.sweeps.planning.intervals import Intervals

    wanted = settings.uncertainty
    model = chosen_model(settings, tree, {})
    protocol = plan(settings, tree, None, model)
    with _located(tree):
        made = planned(
            protocol,
            section.over,
            section.keep,
            model=model,
            parameters=settings.parameters,
            parameter_set=settings.parameter_set,
            design=section.design,
            samples=section.samples,
            seed=section.seed,
            trajectories=section.trajectories,
            rtol=settings.solver.rtol,
            atol=settings.solver.atol,
            number_allowed=False,
            intervals=Intervals(wanted.samples, wanted.seed, wanted.lattice) if wanted else None,
        )
    first = made.settings[0]
    numbers = {name: first.numbers[name] for name in first.parameters}
    run = Run({}, first.treated, first.protocol, Model(**first.layers), numbers, first.parameter_set)
    return made, (run,)


@contextmanager
def _located(tree: Node) -> Iterator[None]:
    """Point at what an error names: an axis, a key of the section, or a name that nobody knows; else at the section."""
    try:
        yield
    except ConfigError:
        raise
    except InputError as error:
        text = str(error)
        sweep = tree.find(("sweep",))
        named = _NAMED.match(text)
        key = text.partition(":")[0]
        node: Node | None = None
        if named:
            node = _found(sweep.find(("over",)), named[1])
            text = text.removeprefix(f"axis {named[1]}: ")
        elif text.startswith("unknown "):
            node = _found(sweep, text.split("'")[1]) or _found(tree.find(("parameters",)), text.split("'")[1])
        elif key in sweep.value:
            node, text = sweep.find((key,)), text.removeprefix(f"{key}: ")
        raise (node or sweep).error(text.removeprefix("sweep: ")) from None


_NAMED = re.compile(r"axis (.+?)[:,] ")


def _found(node: Node, name: str) -> Node | None:
    """Find what stands under a key, or is itself that name, at any depth."""
    if isinstance(node.value, dict) and name in node.value:
        return node.find((name,))
    below = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    return node if node.value == name else next((found for one in below if (found := _found(one, name))), None)
