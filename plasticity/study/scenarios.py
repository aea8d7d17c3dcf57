"""Scenarios: runs of one study that differ in whole sections, such as the protocols of two trials."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plasticity.config import Node
from plasticity.study.sections import Settings, SweepSection

if TYPE_CHECKING:
    import xarray

    from plasticity.protocol import Protocol

SCENARIO = "scenario"
SECTIONS = ("protocol", "model", "parameters", "parameter_set")


def scenario_names(node: Node, others: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the scenarios of an axis.

    Parameters
    ----------
    node : Node
        The axis.
    others : mapping
        Axes beside it.

    Returns
    -------
    tuple of str

    Raises
    ------
    ConfigError
        If a name stands twice, or there is another axis.

    Examples
    --------
    >>> from plasticity import config
    >>> scenario_names(config.parse("a: [{name: A}, {name: B}]").find(("a",)), {})
    ('A', 'B')
    """
    if others:
        raise node.error(f"scenarios beside the axis {next(iter(others))!r}", "scenarios as the only axis", at_key=True)
    names: list[str] = []
    for item in node.items():
        name = item.find(("name",)).text()
        if name in names:
            raise item.error(f"a second scenario {name!r}", "a name of its own for each")
        names.append(name)
    return tuple(names)


def scenario_studies(tree: Node) -> Iterator[Node]:
    """Give a study once for each of its scenarios, keys of the scenario in place of those of the study.

    Parameters
    ----------
    tree : Node
        A study with an axis of scenarios.

    Yields
    ------
    Node
        A study without axes; what came from a scenario still says where it stands.

    Examples
    --------
    >>> from plasticity import config
    >>> text = "{protocol: {duration: 28 d}, sweep: {over: {scenario: [{name: A, parameters: {brake_tau: 7 d}}]}}}"
    >>> [one.plain() for one in scenario_studies(config.parse(text))]
    [{'protocol': {'duration': '28 d'}, 'parameters': {'brake_tau': '7 d'}}]
    """
    shared = {name: node for name, node in tree.mapping().items() if name not in ("sweep", "reduced", "figure")}
    for item in tree.find(("sweep", "over", SCENARIO)).items():
        own = {name: item.value[name] for name in SECTIONS if name in item.value}
        yield replace(tree, value=shared | {name: _over(shared.get(name), node) for name, node in own.items()})


def recorded(ds: "xarray.Dataset", settings: Settings, protocols: "Sequence[Protocol]") -> "xarray.Dataset":
    """Record which protocol each scenario has, and what figures call it.

    Parameters
    ----------
    ds : xarray.Dataset
        Runs of the study, joined.
    settings : Settings
    protocols : sequence of Protocol
        One for each.

    Returns
    -------
    xarray.Dataset
        With `scenario_label` along `scenario` where that is an axis, whose attribute `protocols` is JSON, by name.

    Examples
    --------
    >>> import xarray
    >>> from plasticity.protocol import Protocol
    >>> over = {"scenario": [{"name": "A", "label": "no dose"}]}
    >>> settings = Settings(protocol={}, sweep={"over": over})
    >>> recorded(xarray.Dataset(coords={"scenario": ["A"]}), settings, [Protocol()]).scenario_label.item()
    'no dose'
    """
    scenarios = settings.sweep.over.scenario if isinstance(settings.sweep, SweepSection) else None
    if scenarios is None:
        return ds
    labels = [one.label or one.name for one in scenarios]
    told = {
        "long_name": "Scenario in a few words",
        "protocols": json.dumps({one.name: plan.to_dict() for one, plan in zip(scenarios, protocols, strict=True)}),
    }
    return ds.assign_coords(scenario_label=(SCENARIO, labels, told))


def _over(below: Node | None, above: Node) -> Node:
    if below is None or not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    return replace(above, value={**below.value, **above.value})
