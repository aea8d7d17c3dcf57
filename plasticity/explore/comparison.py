"""Up to four scenarios side by side: which is edited, what each gives, and what is wrong with the last change."""

import re
from collections.abc import Callable, Sequence

from plasticity.errors import InputError
from plasticity.explore.look import LETTERS
from plasticity.explore.outcome import outcome
from plasticity.explore.published import SeenMaximum, SeenWindow, seen_maxima, seen_windows
from plasticity.explore.scenario import Scenario, scenario_of, together
from plasticity.study import Study

MOST = len(LETTERS)
_PLACE = re.compile(r"^study of [^:]*:\d+:\d+: ")


class Comparison:
    """The state of the page.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least one; more than four are left out.

    Attributes
    ----------
    scenarios : list of Scenario
    outcomes : list of Outcome
        One per scenario.
    chosen : int
        The scenario that is edited.
    error : str
        One line about the last change, if it was refused; the scenario is then as before.

    Examples
    --------
    >>> page = Comparison([Scenario({"protocol": {"doses": [{"compound": "lsd", "amount": "100 ug"}]}})])
    >>> page.change(lambda scenario: scenario.with_dose(0, amount="100"))
    False
    >>> page.error[:41]
    "protocol.doses.0.amount: '100' has no uni"
    """

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        self.scenarios = list(scenarios[:MOST])
        self.outcomes = [outcome(one.run()) for one in self.scenarios]
        self.seen = {one.setting.assembly.key for one in self.scenarios}
        self.chosen = 0
        self.error = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario that is edited."""
        return self.scenarios[self.chosen]

    def is_new(self, how: Callable[[Scenario], Scenario]) -> bool:
        """Tell whether a change needs a model of another structure, which may have to be compiled."""
        try:
            return how(self.scenario).setting.assembly.key not in self.seen
        except InputError:  # told by `change`
            return False

    def change(self, how: Callable[[Scenario], Scenario]) -> bool:
        """Change the chosen scenario and run it; what is not allowed is told and changes nothing."""
        try:
            changed = how(self.scenario)
            found = outcome(changed.run())
        except InputError as error:
            self.error = _PLACE.sub("", str(error))
            return False
        self.scenarios[self.chosen], self.outcomes[self.chosen], self.error = changed, found, ""
        self.seen.add(changed.setting.assembly.key)
        return True

    def choose(self, place: int) -> None:
        """Edit another scenario."""
        self.chosen, self.error = place, ""

    def add(self, scenario: Scenario | None = None) -> None:
        """Add a scenario, or a copy of the chosen one, and edit it."""
        if len(self.scenarios) == MOST:
            self.error = f"{MOST} scenarios are compared already; allowed: remove one first"
            return
        self.outcomes.append(self.outcomes[self.chosen] if scenario is None else outcome(scenario.run()))
        self.scenarios.append(self.scenario if scenario is None else scenario)
        self.choose(len(self.scenarios) - 1)

    def remove(self) -> None:
        """Remove the chosen scenario, unless it is the last one."""
        if len(self.scenarios) == 1:
            self.error = "the last scenario stays; allowed: change it"
            return
        del self.scenarios[self.chosen], self.outcomes[self.chosen]
        self.choose(max(self.chosen - 1, 0))

    def published(self) -> tuple[list[SeenWindow], list[SeenMaximum]]:
        """What was published on the compounds and doses on show."""
        compounds = {dose["compound"] for one in self.scenarios for dose in one.doses}
        maxima = [seen for one in self.scenarios for seen in seen_maxima(one.study.runs[0].protocol)]
        return seen_windows(sorted(compounds)), list(dict.fromkeys(maxima))

    def exported(self) -> tuple[str, bytes]:
        """Give what is on show as one study."""
        if len(self.scenarios) == 1:
            return "scenario.yaml", self.scenario.text.encode()
        return "scenarios.yaml", together(dict(zip(LETTERS, self.scenarios, strict=False))).encode()


def opened(study: Study) -> Comparison:
    """Start from a study: its first runs, or the first point of its sweep.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Comparison

    Examples
    --------
    >>> [one.label for one in opened(Study.load("psilocybin_stages", reduced=True)).scenarios]
    ['psilocybin 25 mg']
    """
    solver = {"rtol": study.settings.solver.rtol, "atol": study.settings.solver.atol}
    return Comparison([scenario_of(run, solver) for run in study.runs[:MOST]])
