"""A scenario of the explorer: the plain data of one study, how it is changed, and its text, which is what is run."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plasticity.compound import load_compound, parameter_sets
from plasticity.errors import InputError
from plasticity.figures.pens import spoken
from plasticity.study import Study
from plasticity.study.scenarios import SCENARIO, SECTIONS
from plasticity.sweeps.planning.setting import Setting
from plasticity.units import quantity, written
from plasticity.window import HOURS_PER_DAY

if TYPE_CHECKING:
    import xarray

    from plasticity.study.runs import Run

EARLY, FINE, COARSE = 48.0, 960, 672
"""Hours that are shown finely, and how many points are shown of them and of the whole run."""
NAME = "scenario"
_LONG = re.compile(r"[0-9]+\.[0-9]{3,}")
HEADER = """\
# Exported from the explorer. To run it again: plasticity run FILE
# Simulated plasticity index for research; not evidence about treatment, no advice on dosing.

"""


@dataclass(frozen=True, eq=False)
class Scenario:
    """One protocol with its model and numbers, as sections of a study; every change gives a new scenario.

    Attributes
    ----------
    sections : mapping
        Sections of a study without axes, as plain data.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"duration": "7 d", "doses": [{"compound": "lsd", "amount": "100 ug"}]}})
    >>> plan.with_dose(0, amount="50 ug").label
    'LSD 50 ug'
    """

    sections: Mapping[str, Any]

    @property
    def protocol(self) -> dict[str, Any]:
        """The section `protocol`."""
        return dict(self.sections["protocol"])

    @property
    def species(self) -> str:
        """Who is dosed."""
        return str(self.protocol.get("species", "human"))

    @property
    def doses(self) -> list[dict[str, Any]]:
        """The doses as they are written."""
        return [dict(dose) for dose in self.protocol.get("doses", [])]

    @property
    def parameters(self) -> dict[str, str]:
        """Overrides as they are written, by name."""
        return dict(self.sections.get("parameters", {}))

    @property
    def label(self) -> str:
        """The scenario in a few words: doses, laws that are not the usual ones, and changed numbers."""
        given = [
            f"{spoken(dose['compound'])} {_short(dose['amount'])}"
            + (f" at {_short(dose['at'])}" if _late(dose) else "")
            for dose in self.doses
        ]
        laws = [f"{law} {layer}" for layer, law in self.model.items() if law not in ("averaged", "first_order")]
        numbers = [f"{name} {_short(value)}" for name, value in self._heard().items()]
        return ", ".join([" + ".join(given) or "no dose", *laws, *numbers])

    @property
    def model(self) -> dict[str, str]:
        """Which law fills the layers that can be chosen."""
        told = self.sections.get("model", {})
        return {"calcium": told.get("calcium", "averaged"), "brake": told.get("brake", "first_order")}

    def with_dose(self, place: int, **changes: str) -> "Scenario":
        """Change a dose, or add one after the last; another compound comes in its usual dose, route and form."""
        doses = self.doses
        if place == len(doses):
            doses.append({"at": "0 h"})
        before = doses[place]
        compound = changes.get("compound", before.get("compound"))
        if compound != before.get("compound"):
            usual = load_compound(str(compound), self.species).reference.amount
            before = {"compound": compound, "amount": usual, "at": before.get("at", "0 h")}
        doses[place] = before | changes
        return self._with("protocol", self.protocol | {"doses": doses})

    def without_dose(self, place: int) -> "Scenario":
        """Leave out a dose, and what was said about the numbers of a compound that is then gone."""
        doses = self.doses[:place] + self.doses[place + 1 :]
        return self._with("protocol", self.protocol | {"doses": doses})

    def with_model(self, layer: str, law: str) -> "Scenario":
        """Choose another law for a layer."""
        return self._with("model", dict(self.sections.get("model", {})) | {layer: law})

    def with_parameter(self, name: str, value: str | None) -> "Scenario":
        """Override a number of the model, or give it its default back."""
        numbers = self.parameters | ({} if value is None else {name: value})
        return self._with("parameters", {key: one for key, one in numbers.items() if value is not None or key != name})

    def with_duration(self, duration: str) -> "Scenario":
        """Simulate for another length of time; output times follow."""
        length = quantity(duration, "h", "duration", number_allowed=False)
        if not length > 0.0:
            raise InputError(f"duration: {duration!r}; allowed: more than 0 h")
        changed = self._with("protocol", self.protocol | {"duration": duration})
        return changed._with("times", times(length))

    @property
    def text(self) -> str:
        """The scenario as the text of a study: what is run here, and what is exported."""
        return _text(self.used())

    @cached_property
    def study(self) -> Study:
        """The text read as `plasticity run` reads it, and checked; an InputError says what is not allowed."""
        import xarray

        return Study.of(xarray.Dataset(attrs={"study": self.text, "study_name": NAME}))

    @cached_property
    def setting(self) -> Setting:
        """Protocol, laws and numbers in force."""
        run = self.study.runs[0]
        layers = {**self.model, "modules": run.model.modules}
        return Setting(run.protocol, layers, dict(run.parameters), run.parameter_set)

    def run(self) -> "xarray.Dataset":
        """Run the study."""
        return self.study.run()

    def _with(self, name: str, part: Any) -> "Scenario":
        return Scenario({**self.sections, name: part})

    def _heard(self) -> dict[str, str]:
        """Overrides without those of compounds that nobody is given."""
        given = {str(dose["compound"]) for dose in self.doses}
        return {key: one for key, one in self.parameters.items() if "." not in key or key.partition(".")[0] in given}

    def used(self) -> dict[str, Any]:
        """Sections without numbers of compounds that nobody is given; the page shows no intervals."""
        given = {str(dose["compound"]) for dose in self.doses}
        chosen = self.sections.get("parameter_set")
        owners = {key.partition(".")[0] for key in parameter_sets().get(str(chosen), {})}
        used = {"title": self.label, **self.sections, "parameters": self._heard(), "uncertainty": "none"}
        return used if owners <= given else {**used, "parameter_set": None}


def together(scenarios: Mapping[str, Scenario]) -> str:
    """Write scenarios as one study.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the name that each gets.

    Returns
    -------
    str
        Of a study with an axis of scenarios, which gives the numbers that each gives by itself.

    Examples
    --------
    >>> plan = Scenario({"protocol": {"duration": "7 d", "doses": [{"compound": "lsd", "amount": "100 ug"}]}})
    >>> told = together({"A": plan, "B": plan.with_dose(0, amount="50 ug")}).splitlines()
    >>> [line for line in told if line.startswith("title") or "amount" in line]
    ["title: 'A: LSD 100 ug; B: LSD 50 ug'", '          amount: 100 ug', '          amount: 50 ug']
    """
    longest = max(scenarios.values(), key=lambda one: quantity(one.protocol.get("duration", "28 d"), "h", "duration"))
    shared = longest.used()
    parts = {name: one.used() for name, one in scenarios.items()}
    told = [
        {"name": name, "label": scenarios[name].label} | {section: part.get(section) for section in SECTIONS}
        for name, part in parts.items()
    ]
    return _text(
        {
            "title": "; ".join(f"{name}: {one.label}" for name, one in scenarios.items()),
            "protocol": {"duration": longest.protocol.get("duration", "28 d")},
            **{name: shared.get(name) for name in ("times", "solver", "uncertainty")},
            "sweep": {"over": {SCENARIO: told}},
            "figure": {"kind": "scenarios"},
        }
    )


def scenario_of(run: "Run", solver: Mapping[str, float | None] | None = None) -> Scenario:
    """Give one run of a study as a scenario.

    Parameters
    ----------
    run : Run
    solver : mapping, optional
        `rtol` and `atol`, where they are not the usual ones.

    Returns
    -------
    Scenario

    Examples
    --------
    >>> scenario_of(Study.load("psilocybin_stages").runs[0]).label
    'psilocybin 25 mg'
    """
    assembly = run.model.assemble(run.protocol.compounds)
    plan = run.protocol.to_dict()
    doses = [
        told | {"amount": dose.text, "at": moment(dose.at)}
        for told, dose in zip(plan["doses"], run.protocol.doses, strict=True)
    ]
    states = {key.replace(".", "_"): state.unit for key, state in assembly.states.items()}
    initial = {name: written(value, states[name]) for name, value in plan["initial"].items()}
    units = {name: parameter.unit for name, parameter in {**assembly.declared, **assembly.parameters}.items()}
    numbers = {
        name: written(value, units[name.rpartition(".")[2] if "." in name else name].removesuffix(" free"))
        for name, value in run.parameters.items()
    }
    model = {key: law for key, law in run.model.describe().items() if key != "folder"}
    return Scenario(
        {
            "protocol": plan | {"duration": moment(run.protocol.duration), "doses": doses, "initial": initial},
            "model": model,
            "parameters": numbers,
            "parameter_set": run.parameter_set,
            "times": times(run.protocol.duration),
            "solver": {name: value for name, value in (solver or {}).items() if value is not None},
            "figure": {"kind": "stages"},
        }
    )


def moment(hours: float) -> str:
    """Write a time, in days where these are whole.

    Parameters
    ----------
    hours : float

    Returns
    -------
    str
        What reads back as the same number of hours.

    Examples
    --------
    >>> moment(168.0), moment(2.5)
    ('7 d', '2.5 h')
    """
    whole = hours > 0.0 and (hours / HOURS_PER_DAY).is_integer()
    return written(hours / HOURS_PER_DAY, "d") if whole else written(hours, "h")


def times(duration: float) -> dict[str, str]:
    """Choose output times that show the first hours finely, in a number that a browser draws at once.

    Parameters
    ----------
    duration : float
        Of the protocol [h].

    Returns
    -------
    dict
        Section `times` of a study.

    Examples
    --------
    >>> times(672.0)
    {'every': '1 h', 'dense_until': '48 h', 'dense_every': '0.05 h'}
    """
    until = min(EARLY, duration)
    every = max(until / FINE, duration / COARSE)
    return {
        "every": written(float(f"{every:.6g}"), "h"),
        "dense_until": written(until, "h"),
        "dense_every": written(float(f"{until / FINE:.6g}"), "h"),
    }


def _text(sections: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    writer.dump({name: _plain(part) for name, part in sections.items() if part}, out)
    return HEADER + out.getvalue()


def _late(dose: Mapping[str, Any]) -> bool:
    return str(dose.get("at", "0 h")).split()[0] not in ("0", "0.0")


def _short(quantity: str) -> str:
    """Leave digits out that only a machine needs."""
    return _LONG.sub(lambda found: f"{float(found[0]):.4g}", quantity)


def _plain(part: Any) -> Any:
    """Leave out what says nothing: empty lists and mappings, and None."""
    if isinstance(part, Mapping):
        return {key: _plain(one) for key, one in part.items() if one not in (None, [], {})}
    return [_plain(one) for one in part] if isinstance(part, list | tuple) else part
