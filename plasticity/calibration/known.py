"""How well the numbers behind a calibration or a validation are known: flag and sources, as in other datasets."""

from collections.abc import Iterator, Mapping, Sequence

from plasticity.assembly import Assembly
from plasticity.calibration.asked import asked
from plasticity.calibration.findings import Findings
from plasticity.calibration.laws import BASELINE, KINETICS, units_of
from plasticity.calibration.outcome import Plan
from plasticity.calibration.validation import Comparison
from plasticity.model import Model
from plasticity.values import told, told_together


def known(
    plan: Plan | Comparison | Findings, parameters: Mapping[str, float], parameter_set: str | None
) -> dict[str, object]:
    """Say of every number in force how well it is known, and from where.

    Parameters
    ----------
    plan : Plan or Comparison or Findings
    parameters : mapping of str to float
        Numbers that the study sets by hand.
    parameter_set : str or None

    Returns
    -------
    dict of str to dict
        As `plasticity.values.told` gives it, over all protocols that rows ask for. A number that is fitted carries the
        flag ``"fitted"`` and the sources of the rows.

    Examples
    --------
    >>> from plasticity.calibration.observed import chosen
    >>> rows = tuple(chosen({"plasma_maxima": ["psilocybin_25mg_cmax"]}))
    >>> found = known(Comparison(rows, Model(), {}, 0, 0), {"brake_tau": 150.0}, None)
    >>> found["brake_tau"]["flag"], found["theta_rest"]["flag"], "psilocybin.clearance" in found
    ('given', 'verified', True)
    """
    every = []
    for assembly in _assemblies(plan):
        present = {*assembly.parameters, *assembly.defaults()}
        mine = {name: value for name, value in parameters.items() if name in present}
        every.append(told(assembly, mine, parameter_set))
    return told_together(every) | _fitted(plan)


def _assemblies(plan: Plan | Comparison | Findings) -> Iterator[Assembly]:
    if isinstance(plan, Findings):
        yield from (Model(modules=["memory"], memory=account).assemble([]) for account in plan.accounts)
    elif isinstance(plan, Comparison):
        yield from _dosed(plan.model, [row.modelled for row in plan.rows])
    else:
        texts = [*(row.modelled for row in (*plan.rows, *plan.holdout)), *plan.experiments]
        for law in plan.laws:
            if law.name != BASELINE:
                yield from _dosed(Model() if law.name == KINETICS else law.model, texts)


def _dosed(model: Model, texts: Sequence[str]) -> Iterator[Assembly]:
    for text in dict.fromkeys(text for text in texts if text):
        yield model.assemble(asked(text, "1 d").compounds)


def _fitted(plan: Plan | Comparison | Findings) -> dict[str, object]:
    if not isinstance(plan, Plan):
        return {}
    source = sorted({row.source for row in plan.rows})
    return {
        name: {"unit": unit, "flag": "fitted", "source": source}
        for law in plan.laws
        for name, unit in units_of(law.name, [one.name for one in law.free]).items()
        if name in [one.name for one in law.free]
    }
