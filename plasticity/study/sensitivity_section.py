"""The section ``sensitivity`` of a study: which quantities of its sweep are analysed, and what to do with failures."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from plasticity.errors import unknown_name
from plasticity.study.section import Section

if TYPE_CHECKING:
    import xarray

    from plasticity.config import Node
    from plasticity.sweeps.planning.plan import SweepPlan


class SensitivitySection(Section):
    """Sensitivity indices of what a sweep keeps; the keys are the arguments of `plasticity.sensitivity_indices`.

    Examples
    --------
    >>> SensitivitySection(of="total_open_time").failures
    'refuse'
    """

    of: str | list[str]
    method: Literal["sobol", "morris", "pawn"] | None = None
    failures: Literal["refuse", "skip"] = "refuse"
    censored: Literal["refuse", "skip", "as_is"] = "refuse"
    undefined: Literal["refuse", "skip"] = "refuse"
    resamples: Annotated[int, Field(ge=2, le=100_000)] = 200
    level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.95
    seed: Annotated[int, Field(ge=0)] = 0


def check_sensitivity(section: SensitivitySection | None, tree: "Node", plan: "SweepPlan | None") -> None:
    """Refuse an analysis that the sweep of the study cannot serve, before anything is computed.

    Parameters
    ----------
    section : SensitivitySection or None
    tree : Node
        The same study with its positions.
    plan : SweepPlan or None

    Raises
    ------
    ConfigError
        If the study has no sweep of summaries that draws, a quantity is not kept, or method and design do not fit.

    Examples
    --------
    >>> from plasticity import config
    >>> check_sensitivity(None, config.parse("{protocol: {}}"), None)
    """
    if section is None:
        return
    from plasticity.sensitivity.indices import method_for
    from plasticity.sweeps.analysis import LOWER_BOUNDS

    node = tree.find(("sensitivity",))
    if plan is None or not plan.space.drawn:
        raise node.error("the study has no sweep that draws", "sweep: {over, design: saltelli, samples, keep}")
    with node.find(("method",)).located():
        method_for(section.method, str(plan.recipe["design"]))
    kept = {one.name: one.per_window for one in plan.kept}
    names = [section.of] if isinstance(section.of, str) else section.of
    if not names:
        raise node.find(("of",)).error("an empty list", "one quantity or more")
    for place, name in enumerate(names):
        below = node.find(("of",)) if isinstance(section.of, str) else node.find(("of", place))
        if name in names[:place]:
            raise below.error(f"{name!r} stands twice", "each quantity once")
        if name not in kept or kept[name]:
            raise below.error(str(unknown_name("quantity", name, [one for one, each in kept.items() if not each])))
        if name in LOWER_BOUNDS and "censored" not in kept and section.censored != "as_is":
            raise below.error(f"{name} where 'censored' is not kept", "keep: [..., censored], or censored: as_is")


def analysed(section: SensitivitySection | None, ds: "xarray.Dataset") -> "xarray.Dataset":
    """Analyse what a sweep kept.

    Parameters
    ----------
    section : SensitivitySection or None
    ds : xarray.Dataset
        Of a sweep, or of its analysis.

    Returns
    -------
    xarray.Dataset
        As `plasticity.sensitivity_indices` gives it; the same dataset where there is nothing to analyse.

    Raises
    ------
    InputError
        If points failed, are censored or undefined, and the section does not say what to do with them.

    Examples
    --------
    >>> import xarray
    >>> analysed(None, xarray.Dataset(attrs={"seed": 0})).attrs
    {'seed': 0}
    """
    if section is None or "factor" in ds.dims:
        return ds
    from plasticity.sensitivity.indices import sensitivity_indices

    return sensitivity_indices(ds, **section.model_dump())
