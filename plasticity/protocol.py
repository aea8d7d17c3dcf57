"""What happens when: doses, sessions and inputs over time, for one species."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from plasticity.compound import BODY_WEIGHT, Compound, load_compound
from plasticity.dosing import chosen_route, held_value, initial_value, moiety, positive, spans, starts
from plasticity.errors import InputError, unknown_name
from plasticity.session_kinds import KINDS
from plasticity.session_overlap import refuse_overlap
from plasticity.sessions import Session, row
from plasticity.timeline import Dose, Event, InputRecord, Numbers, dose_events, infusion_events, input_events
from plasticity.units import written

__all__ = ["Dose", "Event", "InputRecord", "Protocol", "Session"]

_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


@dataclass(frozen=True, init=False)
class Protocol:
    """Doses, sessions and inputs over time; every method returns a new protocol.

    Parameters
    ----------
    duration : str or float
        How long to simulate, from t = 0; a number is in h.
    species : str
        ``"human"`` or ``"mouse"``.
    body_weight : str or float, optional
        For doses per kg; a number is in kg. That of the species when left out.
    initial : mapping of str to float, optional
        Values of states at t = 0 in place of their baseline, by name and in the unit of the state.
    doses, inputs, sessions, own_compounds : sequence
        Records to begin with; usually these come from the methods below.

    Attributes
    ----------
    duration : float
        [h].
    body_weight : float
        [kg].
    doses : tuple of Dose
        In the order in which they were added; amounts [nmol] always follow from text, form and body weight.
    inputs : tuple of InputRecord
        In the order in which they were added.
    sessions : tuple of Session
        They go before the inputs, which win where both drive a channel.
    own_compounds : tuple of Compound
        Those that were given as objects and not by name.

    Raises
    ------
    InputError
        When a value is negative, not finite, unknown or of a wrong unit, or sessions of one channel overlap.

    Examples
    --------
    >>> plan = Protocol(duration="28 d").dose("psilocybin", "25 mg").input("cue", start="48 h", end="49 h", value=1)
    >>> plan.duration, plan.doses[0].route, round(plan.doses[0].amount)
    (672.0, 'oral', 87947)
    """

    duration: float
    species: str
    body_weight: float
    initial: dict[str, float] = field(hash=False)
    doses: tuple[Dose, ...]
    inputs: tuple[InputRecord, ...]
    sessions: tuple[Session, ...]
    own_compounds: tuple[Compound, ...] = field(hash=False)

    def __init__(
        self,
        duration: str | float = "28 d",
        species: str = "human",
        body_weight: str | float | None = None,
        initial: Mapping[str, float] | None = None,
        *,
        doses: Sequence[Dose] = (),
        inputs: Sequence[InputRecord] = (),
        sessions: Sequence[Session] = (),
        own_compounds: Sequence[Compound] = (),
    ) -> None:
        if str(species) not in BODY_WEIGHT:
            raise unknown_name("species", str(species), BODY_WEIGHT)
        if initial is not None and not isinstance(initial, Mapping):
            raise InputError(f"initial: {initial!r}; allowed: a mapping from names of states to values")
        weight = BODY_WEIGHT[species] if body_weight is None else positive(body_weight, "kg", "body_weight")
        self._set(
            duration=positive(duration, "h", "duration"),
            species=species,
            body_weight=weight,
            initial={name: initial_value(name, value) for name, value in (initial or {}).items()},
            doses=tuple(doses),
            inputs=tuple(inputs),
            sessions=tuple(sessions),
            own_compounds=tuple(own_compounds),
        )
        refuse_overlap(self.sessions)
        known = {compound.name: compound for compound in self.compounds}
        amounts = [moiety(dose.text, dose.form, known[dose.compound], weight) for dose in self.doses]
        self._set(doses=tuple(replace(dose, amount=n) for dose, n in zip(self.doses, amounts, strict=True)))

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def compounds(self) -> tuple[Compound, ...]:
        """The compounds, in the order of their first dose in the list."""
        return tuple(self._compound(name) for name in dict.fromkeys(dose.compound for dose in self.doses))

    @property
    def title(self) -> str:
        """The doses in a few words, such as ``"ketamine 0.5 mg/kg, 6 times"``."""
        parts = []
        for text, same in groupby(f"{dose.compound} {dose.text}" for dose in self.doses):
            times = len(list(same))
            parts.append(text if times == 1 else f"{text}, {times} times")
        return "; ".join(parts) or "no dose"

    def dose(
        self,
        compound: str | Compound,
        amount: str | float,
        at: str | float = "0 h",
        route: str | None = None,
        form: str | None = None,
        over: str | float | None = None,
        name: str | None = None,
        every: str | float | None = None,
        times: int = 1,
    ) -> "Protocol":
        """Add a dose, or a row of equal doses.

        Parameters
        ----------
        compound : str or Compound
            Its name; or a compound of one's own, from ``load_compound(..., folder=...)``.
        amount : str or float
            Mass (``"25 mg"``), mass per body weight (``"0.5 mg/kg"``) or amount of the active moiety (``"1 umol"``); a
            number is in mg.
        at : str or float
            When; the start of an infusion. A number is in h.
        route : str, optional
            ``oral``, ``intraperitoneal``, ``iv_bolus`` or ``iv_infusion``. When left out, that of the compound's
            reference dose, its infusion length included; with `over`, an infusion if the compound is given into a vein.
        form : str, optional
            Salt or prodrug that the mass refers to; the compound's default when left out.
        over : str or float, optional
            Length of an infusion; a number is in h.
        name : str, optional
            What a sweep calls the dose; needed only when there are several.
        every, times : str or float, int
            Repeat the dose this often, at this interval; a number is in h.

        Returns
        -------
        Protocol

        Raises
        ------
        InputError

        Examples
        --------
        >>> plan = Protocol().dose("ketamine", "0.5 mg/kg", over="40 min", every="84 h", times=6)
        >>> plan.doses[5].at, plan.title
        (420.0, 'ketamine 0.5 mg/kg, 6 times')
        """
        given = self._compound(compound)
        what = f"dose of {given.name}"
        if form is not None and form not in given.forms:
            raise unknown_name(f"form of {given.name}", str(form), given.forms)
        self._name(name, what)
        form = form or given.default_form
        size = moiety(amount, form, given, self.body_weight)
        chosen, length = chosen_route(given, route, over)
        moments = starts(at, every, times, what)
        if length is not None and not all(moment < moment + length for moment in moments):
            raise InputError(f"{what}: an infusion over {over!r} is too short; allowed: a length that can be told")
        text = _text(amount)
        row = 1 + max((dose.row for dose in self.doses), default=0)
        new = [Dose(given.name, size, moment, chosen, form, length, name, text, row) for moment in moments]
        own = self.own_compounds
        if isinstance(compound, Compound) and compound not in own:
            own = (*own, compound)
        changed = replace(self, doses=(*self.doses, *new), own_compounds=own)
        releasers = [found.name for found in changed.compounds if "sert_release_k" in found.numbers]
        if len(releasers) > 1:
            raise InputError(f"{what}: {' and '.join(releasers)} both release serotonin; allowed: one releaser")
        return changed

    def session(
        self,
        kind: str,
        start: str | float,
        end: str | float | None = None,
        *,
        over: str | float | None = None,
        every: str | float | None = None,
        times: int = 1,
        name: str | None = None,
        **held: str | float,
    ) -> "Protocol":
        """Add a session, or a row of equal sessions: while one lasts, its kind drives input channels.

        Parameters
        ----------
        kind : str
            ``preparation``, ``dosing`` or ``integration`` (module ``belief``); ``reminder``, ``extinction``,
            ``pairing`` or ``protein_synthesis_block`` (module ``memory``). See `plasticity.session_kinds.KINDS`.
        start, end : str or float
            When; a number is in h.
        over : str or float, optional
            Its length, in place of `end`.
        every, times : str or float, int
            Repeat the session this often, at this interval; a number is in h.
        name : str, optional
            What a sweep calls the session, or the row; needed only when there are several different ones of a kind.
        **held : str or float
            Values of the kind's channels [1] in place of the usual ones, as in ``setting=0.5``.

        Returns
        -------
        Protocol

        Raises
        ------
        InputError
            Also where two sessions that drive one channel overlap.

        Examples
        --------
        >>> plan = Protocol().session("integration", start="24 h", end="30 h", every="1 d", times=3)
        >>> [session.start for session in plan.sessions]
        [24.0, 48.0, 72.0]
        """
        self._name(name, f"{kind} session")
        new = row(kind, start, end, over, every, times, held, name)
        return replace(self, sessions=(*self.sessions, *new))

    def input(
        self,
        channel: str,
        *,
        start: str | float,
        end: str | float,
        value: str | float,
        every: str | float | None = None,
        times: int = 1,
    ) -> "Protocol":
        """Hold an input at a value while start <= t < end.

        Parameters
        ----------
        channel : str
            ``cue``, ``outcome``, ``protein_synthesis``, ``evidence``, ``observation`` or ``setting``.
        start, end : str or float
            When; a number is in h. Of two records that overlap, the later one added holds.
        value : str or float
            The value [1]: ``cue`` and ``protein_synthesis`` 0 to 1, ``evidence`` and ``setting`` 0 or more, others any.
        every, times : str or float, int
            Repeat the record this often, at this interval; a number is in h.

        Returns
        -------
        Protocol

        Raises
        ------
        InputError

        Examples
        --------
        >>> Protocol().input("cue", start="1 d", end="24.5 h", value=1).inputs
        (InputRecord(channel='cue', start=24.0, end=24.5, value=1.0),)
        """
        held = held_value(channel, value)
        new = [InputRecord(channel, *span, held) for span in spans(start, end, every, times, f"input {channel}")]
        return replace(self, inputs=(*self.inputs, *new))

    def with_dose(
        self, name: str | None = None, *, amount: str | float | None = None, at: str | float | None = None
    ) -> "Protocol":
        """Change the amount or the time of one dose, as a sweep does.

        Parameters
        ----------
        name : str, optional
            The name of the dose; when left out, the protocol must have one dose only (or one row of equal doses).
        amount, at : str or float, optional
            The new amount and time, as in `dose`; a row of doses moves as a whole.

        Returns
        -------
        Protocol

        Raises
        ------
        InputError

        Examples
        --------
        >>> Protocol().dose("lsd", "100 ug").with_dose(amount="50 ug").title
        'lsd 50 ug'
        """
        names = [dose.name for dose in self.doses if dose.name is not None]
        if name is not None and name not in names:
            raise unknown_name("dose", str(name), names)
        chosen = [dose for dose in self.doses if name is None or dose.name == name]
        rows = {dose.row for dose in chosen}
        if len(rows) != 1:
            raise InputError(f"dose: the protocol has {len(rows)} doses; allowed: the name of one of them")
        first = chosen[0]
        start = first.at if at is None else starts(at, None, 1, f"dose of {first.compound}")[0]
        text = first.text if amount is None else _text(amount)
        moved = {dose: replace(dose, text=text, at=start + (dose.at - first.at)) for dose in chosen}
        return replace(self, doses=tuple(moved.get(dose, dose) for dose in self.doses))

    def events(self, numbers: Numbers) -> tuple[Event, ...]:
        """Everything that jumps, in order of time.

        Parameters
        ----------
        numbers : callable
            ``numbers(compound, parameter)`` gives the value in force of a number that the compound has.

        Returns
        -------
        tuple of Event
            Sorted by time; at one time doses first, in their order. None is later than the duration.

        Raises
        ------
        InputError
            When bioavailability and presystemic fraction in force exceed 1 together, or the lag is negative.

        Examples
        --------
        >>> plan = Protocol("1 d").input("cue", start="2 h", end="3 h", value=1)
        >>> [(event.time, event.value) for event in plan.events(lambda compound, name: 0.0)]
        [(2.0, 1.0), (3.0, 0.0)]
        """
        records = [record for session in self.sessions for record in session.inputs()]
        events = dose_events(self.doses, self.compounds, numbers)
        events += infusion_events(self.doses) + input_events([*records, *self.inputs])
        return tuple(sorted((event for event in events if event.time <= self.duration), key=lambda event: event.time))

    def to_dict(self) -> dict[str, Any]:
        """The protocol as plain data with canonical units, to be stored or hashed.

        Returns
        -------
        dict
            Texts, numbers, lists and dictionaries only; the same for two ways of writing the same protocol.

        Examples
        --------
        >>> Protocol("2 d").dose("lsd", "100 ug").to_dict()["doses"]
        [{'compound': 'lsd', 'amount': '0.1 mg', 'at': '0 h', 'route': 'oral', 'form': 'base'}]
        """
        return {
            "species": self.species,
            "duration": written(self.duration, "h"),
            "body_weight": written(self.body_weight, "kg"),
            "doses": [dose.plain() for dose in self.doses],
            "sessions": [session.plain() for session in self.sessions],
            "inputs": [record.plain() for record in self.inputs],
            "initial": dict(self.initial),
        }

    def _name(self, name: str | None, what: str) -> None:
        """Refuse a name that is none, or that a dose, a session or a kind of session has."""
        if name is not None and not _NAME.fullmatch(str(name)):
            raise InputError(f"{what}: name {name!r}; allowed: letters, digits and _, a letter first")
        taken = {dose.name for dose in self.doses} | {session.label for session in self.sessions} | set(KINDS)
        if name is not None and name in taken:
            raise InputError(f"{what}: the name {name!r} is taken; allowed: another name")

    def _compound(self, compound: str | Compound) -> Compound:
        if not isinstance(compound, Compound):
            own = [known for known in self.own_compounds if known.name == compound]
            return own[0] if own else load_compound(compound, self.species)
        if compound.species != self.species:
            raise InputError(f"compound {compound.name!r} is for {compound.species}; allowed: {self.species}")
        for known in (*self.compounds, *self.own_compounds):
            if known.name == compound.name and known != compound:
                raise InputError(f"compound {compound.name!r} is another than before; allowed: one of each name")
        return compound


def _text(amount: str | float) -> str:
    return " ".join(amount.split()) if isinstance(amount, str) else written(amount, "mg")
