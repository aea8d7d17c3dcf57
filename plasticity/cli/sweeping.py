"""A sweep from the command line: its size before it starts, its store, and what is told after it."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plasticity.errors import InputError
from plasticity.units import rounded

if TYPE_CHECKING:
    import xarray

    from plasticity.study import Study
    from plasticity.sweeps.work import Plan


FEW = 5
"""Points along an axis that are all printed."""


@dataclass(frozen=True)
class Wish:
    """How a sweep shall be carried out, as the options say."""

    resume: bool = False
    shard: str | None = None
    scheduler: str | None = None
    threads: int | None = None
    mix: bool = False

    def refuse(self, name: str) -> None:
        """Refuse options that only a sweep has."""
        for option, given in vars(self).items():
            if given:
                raise InputError(f"--{option}: study {name!r} sweeps no summaries; allowed: without --{option}")


def sizes(study: "Study", plan: "Plan") -> dict[str, str | int | float]:
    """Say how large a sweep is; nothing is run."""
    from plasticity.sweeps.amounts import in_bytes, in_time
    from plasticity.sweeps.execution import crews
    from plasticity.sweeps.execution.estimates import estimate

    told = estimate(plan)
    return {
        "study": study.name,
        "title": study.settings.title,
        "dimensions": ", ".join(f"{name} ({size:,})" for name, size in plan.dims.items()),
        "points": told.points,
        "chunks": told.chunks,
        "variables": ", ".join(plan.variables),
        "on disk": f"at most {in_bytes(told.size)}",
        "memory": in_bytes(told.memory),
        "cost": round(told.cost, 1),
        "time": f"{in_time(told.cost / crews.cores())} on {crews.cores()} threads",
        "hash": study.attributes()["study_hash"],
    }


def swept(study: "Study", plan: "Plan", out: str | None, wish: Wish) -> int:
    """Carry a study's sweep out; with an output that ends in .nc, export the complete store to it; then analyse it."""
    from plasticity import figures, provenance
    from plasticity.cli import DONE
    from plasticity.cli.outputs import dataset_path, figure_paths, new_file, save_figure, store_path
    from plasticity.study.sensitivity_section import analysed
    from plasticity.sweeps.storage import store
    from plasticity.sweeps.storage.netcdf import export

    path = store_path(out, study.name)
    file = new_file(out) if out is not None and out.endswith(".nc") else None
    section = study.settings.sensitivity
    indices = dataset_path(str(path.with_suffix(".sensitivity.nc")), study.name) if section else None
    pictures = figure_paths(None, file or path) if study.settings.figure else []
    code = computed(plan, path, wish, figures.prepare if pictures else None)
    if store.Store.load(path).missing():
        return code
    if file is not None:
        print(f"dataset: {export(path, file)}")
    show_intervals(store.open(path))
    try:
        ds = analysed(section, store.open(path))
        if indices is not None:
            ds.attrs |= (
                plan.attributes
            )  # of this study, which may ask for another analysis than the one that left the store
            print(f"sensitivity: {provenance.write(ds, indices)}")
            show_indices(ds)
        if pictures:
            save_figure(study, ds, pictures)
            print(f"figure: {', '.join(map(str, pictures))}")
    except InputError as error:
        if code == DONE:
            raise
        print(f"ended with the store: {error}", file=sys.stderr)
    return code


def show_intervals(ds: "xarray.Dataset") -> None:
    """Print numbers and their intervals at the first, middle and last point along each axis, or say that none are."""
    from plasticity.cli.report import chance, labels, points
    from plasticity.cli.table import show

    if "uncertainty" not in ds.attrs:
        print(f"intervals: {ds.attrs.get('no_intervals', 'none: uncertainty is off')}")
        return
    told = json.loads(str(ds.attrs["uncertainty"]))
    places = {str(dim): _few(told.get("at", {}).get(dim, range(size))) for dim, size in ds["status"].sizes.items()}
    few = ds.isel(places).load()
    names = [name for name in map(str, ds.data_vars) if f"{name}_interval" in ds]
    heads = [f"{name} {few[name].attrs['units']}".removesuffix(" 1") for name in names]
    rows = []
    for at, one in points(few):
        spans = [_span(one[name], one[f"{name}_interval"]) for name in names]
        rows.append((*labels(few, at), *spans, chance(one)))
    show((*map(str, few["status"].dims), *heads, "opens in"), rows)
    print(f"intervals in brackets: {told['meaning']}; all of them: variables ending in _interval")


def _few(places: Sequence[int]) -> list[int]:
    """First, middle and last of many, all of few."""
    return list(places) if len(places) <= FEW else [places[0], places[len(places) // 2], places[-1]]


def _span(value: "xarray.DataArray", interval: "xarray.DataArray") -> str:
    low, _, high = (rounded(float(one)) for one in interval)
    alone = rounded(float(value)).replace("nan", "none")
    return alone if low == "nan" else f"{alone} ({low} to {high})"


def show_indices(ds: "xarray.Dataset") -> None:
    """Print the indices of every factor, and how many blocks or points were left out."""
    from plasticity.cli.table import show

    shown = [str(name) for name in ds.data_vars if "factor" in ds[name].dims]
    table = ds[shown].to_dataframe().reset_index()
    heads = [*(str(dim) for dim in ds[shown[0]].dims), *shown]
    rows = table[heads].itertuples(index=False)
    show(heads, [[f"{one:.3g}" if isinstance(one, float) else str(one) for one in row] for row in rows])
    if int(ds["left_out"].sum()):
        print(f"left out: {int(ds['left_out'].sum()):,} blocks or points of the design")


def computed(plan: "Plan", path: Path, wish: Wish, meanwhile: Callable[[], None] | None = None) -> int:
    """Fill a store and tell what became of it: 0, or 3 with a table if points failed."""
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.table import show
    from plasticity.solver.ensemble import MESSAGES
    from plasticity.sweeps.execution.computing import fill

    done = fill(
        plan,
        path,
        threads=wish.threads,
        resume=wish.resume,
        shard=wish.shard,
        scheduler=wish.scheduler,
        mix=wish.mix,
        progress=True,
        meanwhile=meanwhile,
    )
    print(f"store: {path} ({done.chunks - done.missing:,} of {done.chunks:,} chunks, {done.computed:,} computed now)")
    if done.missing:
        print(f"{done.missing:,} chunks are left{done.missing_shards}")
    failures = done.failures
    if not failures.total:
        return DONE
    counts = [(code, n, MESSAGES.get(code, plan_meaning(plan, code))) for code, n in sorted(failures.counts.items())]
    show(("status", "points", "failed because"), counts)
    heads, rows = failures.table(plan)
    show(heads, rows)
    if failures.total > len(rows):
        print(f"... and {failures.total - len(rows):,} more: where `status` is not 0")
    return SOME_FAILED


def plan_meaning(plan: "Plan", code: int) -> str:
    """Look a status up in the attribute `meaning` of the plan's own `status`."""
    meanings = str(plan.variables["status"].attrs.get("meaning", "")).split("; ")
    found = [text.partition(" ")[2] for text in meanings if text.partition(" ")[0] == str(code)]
    return found[0] if found else ""
