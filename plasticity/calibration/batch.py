"""Many runs of one protocol read together: each function of time is evaluated for all of them at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from plasticity.calibration.asked import asked
from plasticity.simulation import Run, acute_signal, integrated, scheduled
from plasticity.solver.extent import extents

Floats = NDArray[np.float64]
Owners = NDArray[np.int64]
Extents = tuple[Floats, Floats, Floats]
NEAR = 1e-6
"""How close to a maximum, relative, a time counts as a time of the maximum."""
BLOCK = 16384
"""So many times are evaluated at once, so that what they need stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Runs of one assembly that reached their end.

    Attributes
    ----------
    runs : sequence of Run

    Examples
    --------
    >>> Batch.asked("psilocybin 25 mg", "12 h").effect()[0].round(1).tolist()
    [74.4]
    """

    runs: Sequence[Run]

    @classmethod
    def asked(cls, doses: str, duration: str | float) -> "Batch":
        """Run what `plasticity.calibration.asked.asked` reads, with the numbers in force."""
        return cls([integrated(asked(doses, duration))])

    def number(self, name: str) -> Floats:
        """Value of a number in every run, shape (runs,)."""
        return np.array([run.values[name] for run in self.runs])

    def slot(self, state: str) -> int:
        """Place of a state among all of them."""
        return list(self.runs[0].assembly.states).index(state)

    def at(self, state: str, time: float) -> Floats:
        """Value of a state at one time [h], shape (runs,)."""
        every = np.arange(len(self.runs))
        return np.asarray(self._states(np.full(every.size, time), every, [self.slot(state)])[0])

    def signal_at(self, name: str, time: float) -> Floats:
        """Value of a signal at one time [h], shape (runs,)."""
        every = np.arange(len(self.runs))
        return self._signals(name)(np.full(every.size, time), every)

    @cache  # noqa: B019  a batch lives as long as its runs
    def concentration(self, compound: str) -> Extents:
        """Maximum [ng/mL] of the plasma concentration, its time [h], and the time above a sixteenth of it [h]."""
        slot = [self.slot(f"{compound}.central")]
        mass, volume = self.number(f"{compound}.molecular_weight") / 1000.0, self.number(f"{compound}.volume_central")
        return self._extents(lambda t, i: self._states(t, i, slot)[0] / volume[i] * mass[i], 1.0 / 16.0)

    @cache  # noqa: B019
    def signal(self, name: str) -> Extents:
        """Maximum of a signal, its time [h], and the time above a tenth of it [h]."""
        return self._extents(self._signals(name), 0.1)

    @cache  # noqa: B019
    def effect(self) -> Extents:
        """Maximum of the acute effect [%], its time [h], and the time above a tenth of it [h]."""
        route = acute_signal(self.runs[0].assembly)
        if route is None:
            return tuple(np.zeros((3, len(self.runs))))  # type: ignore[return-value]
        signals = self._signals(route)
        return self._extents(lambda t, i: 100.0 * signals(t, i), 0.1)

    def _extents(self, functions: Callable[[Floats, Owners], Floats], share: float) -> Extents:
        return extents(functions, [run.trajectory.times for run in self.runs], share=share, near=NEAR)

    @cached_property
    def _pieces(self) -> tuple[Floats, Floats, Owners]:
        """Pieces and widths of all runs one after the other, and where those of each run begin."""
        counts = [len(run.trajectory.pieces) for run in self.runs]
        pieces = np.concatenate([run.trajectory.pieces for run in self.runs])
        widths = np.concatenate([np.diff(run.trajectory.times) for run in self.runs])
        return pieces, widths, np.cumsum([0, *counts])

    def _states(self, times: Floats, owner: Owners, slots: Sequence[int]) -> Floats:
        """States of the runs that own the times, shape (slots, times), as `Trajectory` evaluates them."""
        pieces, widths, first = self._pieces
        step, start = np.empty(times.size, np.int64), np.empty(times.size)
        bounds = np.searchsorted(owner, np.arange(len(self.runs) + 1))
        last = []
        for i in np.unique(owner):
            mine, ends = slice(bounds[i], bounds[i + 1]), self.runs[i].trajectory.times
            found = np.clip(np.searchsorted(ends, times[mine], side="right") - 1, 0, len(ends) - 2)
            step[mine], start[mine] = first[i] + found, ends[found]
            last.append(bounds[i] + np.flatnonzero(times[mine] == ends[-1]))
        s = ((times - start) / widths[step])[:, None]
        c = pieces[step[:, None], np.array(slots)]
        values = c[..., 0] + s * (c[..., 1] + s * (c[..., 2] + s * (c[..., 3] + s * c[..., 4])))
        for place in np.concatenate(last):
            values[place] = self.runs[owner[place]].trajectory.final[list(slots)]
        return np.asarray(values.T)

    def _signals(self, name: str) -> Callable[[Floats, Owners], Floats]:
        """Make the function that evaluates one signal for all runs."""
        assembly = self.runs[0].assembly
        columns = {key: self.number(key) for key in self.runs[0].values}
        varied = {key: values for key, values in columns.items() if np.ptp(values) > 0.0}
        alike = {key: values[0] for key, values in columns.items() if key not in varied}
        slots = range(len(assembly.states))

        def block(times: Floats, owner: Owners) -> Floats:
            states = dict(zip(assembly.states, self._states(times, owner, slots), strict=True))
            parts = [scheduled(assembly, self.runs[i].changes, times[owner == i]) for i in np.unique(owner)]
            inputs = {key: np.concatenate([part[key] for part in parts]) for key in assembly.inputs}
            values = alike | {key: column[owner] for key, column in varied.items()}
            return np.broadcast_to(assembly.signal(name, times, states, inputs, values), times.shape)

        def whole(times: Floats, owner: Owners) -> Floats:
            starts = range(0, times.size, BLOCK)
            return np.concatenate([block(times[at : at + BLOCK], owner[at : at + BLOCK]) for at in starts])

        return whole
