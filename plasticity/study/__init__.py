"""A study: one config that ties protocol, model, sweep, observables and figure together; read, run, drawn."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity import config, provenance
from plasticity.config import Node
from plasticity.errors import InputError
from plasticity.study import bundled, changes
from plasticity.study.axes import Axis, axes
from plasticity.study.evidence import evidence, evidence_dataset, evidence_known
from plasticity.study.figure import check_figure
from plasticity.study.grid import output_times, times_within
from plasticity.study.joining import joined, renamed
from plasticity.study.readout import Readout, readouts
from plasticity.study.runs import Run, runs
from plasticity.study.scenarios import recorded
from plasticity.study.scheduling import check_schedule, scheduled, search_size
from plasticity.study.schema import validated
from plasticity.study.sections import Settings
from plasticity.study.sensitivity_section import analysed, check_sensitivity
from plasticity.study.sweeping import summaries
from plasticity.study.uncertain import with_intervals

if TYPE_CHECKING:
    import numpy
    import xarray
    from matplotlib.figure import Figure

    from plasticity.calibration.findings import Findings
    from plasticity.calibration.outcome import Plan
    from plasticity.calibration.validation import Comparison
    from plasticity.sweeps.planning.plan import SweepPlan

__all__ = ["Study"]


@dataclass(frozen=True, eq=False)
class Study:
    """A study that was read and checked; nothing has been computed yet.

    Attributes
    ----------
    name : str
        Of its file, without the ending.
    text : str
        The file as it stands.
    changes : dict
        What ``--set`` changed, by dotted key.
    is_reduced : bool
        Whether its section ``reduced`` was applied.
    settings : Settings
        Its sections, changes included.
    axes : tuple of Axis
    runs : tuple of Run
        One per combination of the axes.
    readouts : tuple of Readout
    times : numpy.ndarray, shape (times,)
        Output times [h].
    summaries : SweepPlan or None
        What is computed where the section `sweep` says what to `keep`; `runs` then holds the first point only.
    evidence : Plan or Comparison or Findings or None
        What a study that calibrates or validates does in place of its runs.

    Examples
    --------
    >>> study = Study.load("psilocybin_stages")
    >>> study.name, len(study.runs), study.settings.figure.kind
    ('psilocybin_stages', 1, 'stages')
    """

    name: str
    text: str
    changes: dict[str, object]
    is_reduced: bool
    settings: Settings
    axes: tuple[Axis, ...]
    runs: tuple[Run, ...]
    readouts: tuple[Readout, ...]
    times: "numpy.ndarray"
    summaries: "SweepPlan | None" = None
    evidence: "Plan | Comparison | Findings | None" = None

    @classmethod
    def names(cls) -> list[str]:
        """List the studies that ship with the package.

        Returns
        -------
        list of str

        Examples
        --------
        >>> "pairing_map" in Study.names()
        True
        """
        return bundled.names()

    @classmethod
    def load(cls, study: str | Path, assignments: Iterable[str] = (), *, reduced: bool = False) -> "Study":
        """Read a study and check all of it.

        Parameters
        ----------
        study : str or pathlib.Path
            A path, or the name of a bundled study.
        assignments : iterable of str
            Changes such as ``"parameters.brake_tau=7 d"``, the value as YAML.
        reduced : bool
            Apply the study's section ``reduced``, for a quick check.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            For the first thing that is not allowed, in one line with file, line and column.

        Examples
        --------
        >>> float(Study.load("psilocybin_stages", ["protocol.duration=2 d"]).times[-1])
        48.0
        """
        path = bundled.found(study)
        tree = config.load(path)
        return _study(path.stem, path.read_text(encoding="utf-8-sig"), tree, assignments, reduced)

    @classmethod
    def of(cls, ds: "xarray.Dataset") -> "Study":
        """Give the study that made a dataset, as the dataset itself records it.

        Parameters
        ----------
        ds : xarray.Dataset
            From `run`, or read from its file.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            If the dataset records no study, or one that this version does not read.
        """
        if "study" not in ds.attrs:
            raise InputError("this dataset records no study; allowed: a dataset that `plasticity run` wrote")
        name = str(ds.attrs.get("study_name", "study"))
        told = json.loads(ds.attrs.get("study_changes", "{}"))
        assignments = [f"{key}={json.dumps(value)}" for key, value in told.items()]
        tree = config.parse(str(ds.attrs["study"]), f"study of {name}")
        return _study(name, str(ds.attrs["study"]), tree, assignments, ds.attrs.get("study_reduced") == "true")

    def run(
        self, report: Callable[[int, int, str], None] | None = None, chains: Path | None = None
    ) -> "xarray.Dataset":
        """Simulate every run, compute the read-outs, and join all into one dataset.

        Parameters
        ----------
        report : callable, optional
            Called before each run with how many are done, how many there are, and what comes next.
        chains : pathlib.Path, optional
            File that keeps the chains of a calibration, so that an interrupted one goes on.

        Returns
        -------
        xarray.Dataset
            As `plasticity.simulation` gives it, with a dimension per axis; with treatments, the variables of the
            treated compound are `plasma`, `effect`, ... Its attributes record the study, its hash, versions, and how
            many runs failed; `status` is 0 where a run reached its end.

        Examples
        --------
        >>> ds = Study.load("psilocybin_stages", reduced=True).run()
        >>> int(ds.status), ds.attrs["failures"]
        (0, 0)
        """
        plan = self.plan()
        if plan is not None:
            from plasticity.sweeps.execution.computing import collect

            return collect(plan)
        from plasticity.simulation import DISCLAIMER, simulate

        if self.evidence is not None:
            compared = evidence_dataset(self.evidence, report, chains)
            known = evidence_known(self.evidence, self.runs[0], self.settings.parameter_set)
            compared.attrs |= self.attributes() | {
                "failures": int((compared["status"] != 0).sum()),
                "parameters_known": json.dumps(known),
                "disclaimer": DISCLAIMER,
            }
            return compared
        solver = self.settings.solver
        datasets = []
        runs, found = scheduled(self.settings, self.runs, report)
        for done, run in enumerate(runs):
            if report is not None and found is None:
                report(done, len(self.runs), ", ".join(str(label) for label in run.labels.values()) or self.name)
            ds = simulate(
                run.protocol,
                run.model,
                run.parameters,
                run.parameter_set,
                times_within(self.times, run.protocol.duration),
                rtol=solver.rtol,
                atol=solver.atol,
            )
            for readout in self.readouts:
                ds = readout.added(ds)
            ds = with_intervals(self.settings, run, ds, self.readouts)
            datasets.append(renamed(ds, run.treated) if run.treated else ds)
        whole = self._compared(joined(datasets, self.axes))
        whole = recorded(whole, self.settings, [run.protocol for run in runs])
        if found is not None:
            whole = whole.merge(found, combine_attrs="no_conflicts")
        whole.attrs |= self.attributes() | {"failures": int((whole["status"] != 0).sum())}
        return whole

    def plan(self) -> "SweepPlan | None":
        """Give the plan of a study that keeps summaries of many points.

        Returns
        -------
        SweepPlan or None
            None where the study joins whole runs: where its section `sweep` has no `keep`.

        Examples
        --------
        >>> Study.load("psilocybin_stages").plan() is None
        True
        """
        if self.summaries is None:
            return None
        told = {**self.attributes(), "seed": int(self.summaries.recipe["seed"])}
        return replace(self.summaries, attributes={**self.summaries.attributes, **told})

    def draw(self, ds: "xarray.Dataset") -> "Figure":
        """Draw a dataset of this study.

        Parameters
        ----------
        ds : xarray.Dataset
            From `run`, or read from its file; with a section `sensitivity` its indices are computed and drawn.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        InputError
            If the study has no section `figure`, or the dataset lacks what the figure shows.

        Examples
        --------
        >>> study = Study.load("psilocybin_stages", reduced=True)
        >>> study.draw(study.run()).get_label().split(".")[0]
        '...'
        """
        from plasticity import figures

        if self.settings.figure is None:
            raise InputError(
                f"study {self.name} has no section 'figure'; allowed: figure: {{kind: {figures.kinds()[0]}}}"
            )
        ds = analysed(self.settings.sensitivity, ds)
        return figures.draw(self.settings.figure.kind, ds, **self.settings.figure.options)

    def check(self) -> dict[str, str | int | float]:
        """Say what would be run and how large it would be, and run nothing.

        Returns
        -------
        dict
            `runs`, `axes`, `duration` [h], `times`, `states` of the largest run, `size` of the dataset in memory
            [MB], `cost` on one core [s, roughly, compiled models at hand], `kernels`, `figure`, `hash`.

        Examples
        --------
        >>> Study.load("psilocybin_stages").check()["runs"]
        1
        """
        if self.summaries is not None:
            return self._swept(self.summaries)
        assemblies = [run.model.assemble(run.protocol.compounds) for run in self.runs]
        columns = max(
            len(assembly.states) + sum(len(i.kernel.gives) for i in assembly.instances) for assembly in assemblies
        )
        searched = None if self.settings.schedule is None else search_size(self.settings, self.runs[0])
        numbers = len(self.runs) * len(self.times) * (columns + sum(readout.width for readout in self.readouts))
        return {
            "study": self.name,
            "title": self.settings.title,
            "runs": len(self.runs),
            "axes": ", ".join(f"{axis.dimension} ({len(axis.labels)})" for axis in self.axes) or "none",
            "compounds": ", ".join(dict.fromkeys(c.name for run in self.runs for c in run.protocol.compounds))
            or "none",
            "kernels": "; ".join(dict.fromkeys(repr(run.model) for run in self.runs)),
            "duration": self.runs[0].protocol.duration,
            "times": len(self.times),
            "states": max(len(assembly.states) for assembly in assemblies),
            **({} if searched is None else {"schedules": searched[0]}),
            "size": round(numbers * 8e-6, 3),
            "cost": round(sum(_seconds(run) for run in self.runs) + (searched[1] if searched else 0.0), 1),
            "figure": self.settings.figure.kind if self.settings.figure else "none",
            "hash": self.attributes()["study_hash"],
        }

    def _swept(self, plan: "SweepPlan") -> dict[str, str | int | float]:
        import numpy

        from plasticity.sweeps.work import shape

        size = sum(math.prod(shape(plan, one)) * numpy.dtype(one.dtype).itemsize for one in plan.variables.values())
        return {
            "study": self.name,
            "title": self.settings.title,
            "points": plan.space.points,
            "axes": ", ".join(f"{name} ({size:,})" for name, size in plan.dims.items()),
            "compiled models": len({one.assembly.key for one in plan.settings}),
            "chunk": " x ".join(map(str, plan.chunks)),
            "keep": ", ".join(plan.variables),
            "duration": plan.settings[0].protocol.duration,
            "size": round(size * 1e-6, 3),
            "cost": round(plan.cost(), 1),
            "hash": self.attributes()["study_hash"],
        }

    def attributes(self) -> dict[str, str | int]:
        """Record of this study for a dataset.

        Returns
        -------
        dict
            `title`, `study` (the whole text), `study_name`, `study_changes` (JSON), `study_reduced`, `study_hash`
            (SHA-256 of all sections, changes included), `seed`, `package_version`, `commit`, `versions` (JSON).

        Examples
        --------
        >>> len(Study.load("psilocybin_stages").attributes()["study_hash"])
        64
        """
        return {
            "title": self.settings.title or self.name,
            "study": self.text,
            "study_name": self.name,
            "study_changes": json.dumps(self.changes),
            "study_reduced": json.dumps(self.is_reduced),
            "study_hash": provenance.digest(self.settings.model_dump(mode="json", exclude={"reduced"})),
            "seed": 0,
            **provenance.origin(),
        }

    def _compared(self, ds: "xarray.Dataset") -> "xarray.Dataset":
        """Add how far the two calcium kernels differ, where the study ran both and nothing else."""
        if [sorted(map(str, axis.labels)) for axis in self.axes] != [["averaged", "oscillator"]] or len(self.times) < 2:
            return ds
        from plasticity.figures.mismatch import mismatch

        return ds.assign(mismatch(ds).data_vars)


def _seconds(run: Run) -> float:
    """Guess how long a run takes [s], as seen on one core: calcium spikes cost by the hour, all else hardly."""
    return 0.1 + (0.6 * run.protocol.duration if run.model.variants["calcium"] == "oscillator" else 0.0)


def _study(name: str, text: str, tree: Node, assignments: Iterable[str], reduced: bool) -> Study:
    read = _checked(tree)
    if "reduced" in tree.value:  # checked even where it is not used, so that it does not rot
        small = changes.reduced(tree)
        read_small = _checked(small)
        tree, read = (small, read_small) if reduced else (tree, read)
    elif reduced:
        tree = changes.reduced(tree)
    tree, assigned = changes.assigned(tree, assignments)
    return Study(name, text, assigned, reduced, *(_checked(tree) if assigned else read))


def _checked(tree: Node) -> tuple[Settings, Any, Any, Any, Any, "SweepPlan | None", Any]:
    settings = validated(tree)
    found = axes(settings, tree)
    swept = summaries(settings, tree)
    plan, made = swept or (None, runs(settings, tree, found))
    times = output_times(settings, tree)
    check_figure(settings, tree)
    check_sensitivity(settings.sensitivity, tree, plan)
    check_schedule(settings, tree, made)
    first = made[0].model.assemble(made[0].protocol.compounds)
    return settings, found, made, readouts(settings, tree, first), times, plan, evidence(settings, tree, made[0])
