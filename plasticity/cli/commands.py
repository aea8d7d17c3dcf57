"""The commands themselves; everything heavy is imported inside them, so that ``--help`` answers at once."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plasticity.cli.listing import Listed, show_list
from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

app = typer.Typer(
    name="plasticity",
    help="From a dose to the window of raised plasticity: a simulated index, not evidence about treatment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

STUDY = typer.Argument(metavar="STUDY", help="A YAML file, or the name of a bundled study (`plasticity list studies`).")
SET = typer.Option("--set", metavar="KEY=VALUE", help="Change one value, as in 'parameters.brake_tau=7 d'; repeatable.")
CERTAIN = typer.Option("--no-uncertainty", help="No intervals and bands: only the numbers in force are run.")
REDUCED = typer.Option("--reduced", help="Apply the study's section `reduced`, for a quick check.")


@app.callback()
def _program(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; works in any place.")] = False,
) -> None:
    """From a dose to the window of raised plasticity: a simulated index, not evidence about treatment."""
    assert not debug  # taken out of the arguments before they are read


@app.command()
def run(
    study: Annotated[str, STUDY],
    out: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="Dataset (.nc) or store of a sweep (.zarr); otherwise results/NAME.nc or .zarr."
        ),
    ] = None,
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the store of a sweep.")] = False,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Compute part I of N of a sweep; all parts share a store.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Compute a sweep on the Dask cluster of this scheduler.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Threads of a sweep; otherwise one per core.")
    ] = None,
    mix: Annotated[
        bool, typer.Option("--mix", help="Go on with a store that another kind of processor or version wrote.")
    ] = False,
    certain: Annotated[bool, CERTAIN] = False,
) -> int:
    """Run a study: write its dataset, and its figure beside it as PDF and PNG."""
    from plasticity import provenance
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import dataset_path, figure_paths, save_figure
    from plasticity.cli.report import Progress, show_evidence, show_failures, show_results
    from plasticity.cli.sweeping import Wish, swept
    from plasticity.study import Study

    read = Study.load(study, [*(assignments or ()), *(["uncertainty=none"] if certain else [])], reduced=reduced)
    wish = Wish(resume, shard, scheduler, threads, mix)
    plan = read.plan()
    if plan is not None:
        announce()
        return swept(read, plan, out, wish)
    wish.refuse(read.name)
    path = dataset_path(out, read.name)
    pictures = figure_paths(None, path) if read.settings.figure else []
    announce()
    with Progress() as progress:
        ds = read.run(progress)
    print(f"dataset: {provenance.write(ds, path)}")
    failed = int(ds.attrs["failures"])
    try:
        if pictures:
            save_figure(read, ds, pictures)
            print(f"figure: {', '.join(map(str, pictures))}")
    except InputError as error:
        if not failed:
            raise
        print(f"no figure: {error}", file=sys.stderr)
    if read.evidence is not None:
        show_evidence(ds, path)
        return SOME_FAILED if failed else DONE
    show_results(ds)
    return SOME_FAILED if show_failures(ds) else DONE


@app.command()
def calibrate(
    study: Annotated[str, STUDY],
    out: Annotated[
        str | None, typer.Option(metavar="PATH", help="Dataset to write, ending in .nc; otherwise results/NAME.nc.")
    ] = None,
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
) -> int:
    """Fit a study's section `calibration`; chains beside the dataset let an interrupted run go on."""
    from plasticity import provenance
    from plasticity.calibration.joint import draws_table
    from plasticity.calibration.posterior import inference_data
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import dataset_path, figure_paths, save_figure
    from plasticity.cli.report import Progress, show_evidence
    from plasticity.study import Study

    read = Study.load(study, assignments or (), reduced=reduced)
    if read.settings.calibration is None:
        raise InputError(f"study {read.name} has no section 'calibration'; allowed: brake_calibration, or your own")
    path = dataset_path(out, read.name)
    pictures = figure_paths(None, path) if read.settings.figure else []
    announce()
    with Progress() as progress:
        ds = read.run(progress, path.with_suffix(".chains.h5"))
    print(f"dataset: {provenance.write(ds, path)}")
    chains = provenance.write(inference_data(ds), path.with_suffix(".posterior.nc"), "posterior")
    print(f"posterior, as ArviZ reads it: {chains}")
    if "joint" in ds:
        path.with_suffix(".draws.csv").write_text(draws_table(ds), encoding="utf-8")
        print(f"draws of all uncertain numbers: {path.with_suffix('.draws.csv')}")
    if pictures:
        save_figure(read, ds, pictures)
        print(f"figure: {', '.join(map(str, pictures))}")
    show_evidence(ds, path)
    return SOME_FAILED if int(ds.attrs["failures"]) else DONE


@app.command()
def draw(
    given: Annotated[
        str,
        typer.Argument(
            metavar="DATASET|STUDY",
            help="A dataset (.nc) or store (.zarr) that `run` wrote, or a study, which is run first.",
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Figure to write (.pdf or .png); otherwise both, beside the dataset."),
    ] = None,
    certain: Annotated[bool, CERTAIN] = False,
) -> int:
    """Draw the figure of a dataset, or of a study."""
    from plasticity import provenance
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import FOLDER, figure_paths, file_name, save_figure
    from plasticity.cli.report import Progress, show_failures
    from plasticity.study import Study
    from plasticity.study.uncertain import without_intervals

    if Path(given).suffix in (".nc", ".zarr"):
        ds = provenance.read(given) if Path(given).suffix == ".nc" else _opened(given)
        read = Study.of(ds)
        ds = without_intervals(ds) if certain else ds
        beside = Path(given)
        pictures = figure_paths(out, beside)
    else:
        read = Study.load(given, ["uncertainty=none"] if certain else [])
        pictures = figure_paths(out, FOLDER / f"{file_name(read.name)}.nc")
        announce()
        with Progress() as progress:
            ds = read.run(progress)
    save_figure(read, ds, pictures)
    print(f"figure: {', '.join(map(str, pictures))}")
    return SOME_FAILED if show_failures(ds) else DONE


@app.command(name="list")
def list_(what: Annotated[Listed, typer.Argument(help="What to list.")]) -> None:
    """List compounds, kernels, parameters with sources, observables or bundled studies; tab-separated in a pipe."""
    show_list(what)


@app.command()
def check(
    study: Annotated[str, STUDY],
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
    certain: Annotated[bool, CERTAIN] = False,
) -> None:
    """Check a study and say how large it is, and which sessions would fall inside the window; write nothing."""
    from plasticity.cli.report import show_sessions
    from plasticity.cli.sweeping import sizes
    from plasticity.cli.table import show
    from plasticity.study import Study

    units = {"duration": " h", "size": " MB", "cost": " s"}
    read = Study.load(study, [*(assignments or ()), *(["uncertainty=none"] if certain else [])], reduced=reduced)
    plan = read.plan()
    summary = read.check() if plan is None else sizes(read, plan)
    show(("what", "value"), [(name, f"{value}{units.get(name, '')}") for name, value in summary.items()])
    announce()
    show_sessions(read)


@app.command()
def export(
    given: Annotated[
        str, typer.Argument(metavar="STORE|STUDY", help="A store (.zarr) that a sweep wrote, or a study.")
    ],
    out: Annotated[
        str, typer.Argument(metavar="FILE", help="File to write: .nc for a store, .xml (SBML) for a study's model.")
    ],
    number: Annotated[
        int | None, typer.Option("--run", metavar="N", help="Which run of a study with several, from 1.")
    ] = None,
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
) -> None:
    """Write the store of a sweep as one NetCDF file, or protocol and model of a study as SBML."""
    from plasticity.cli.outputs import model_path, new_file, save_text

    if Path(given).suffix == ".zarr":
        from plasticity.sweeps.storage.netcdf import export as exported

        print(f"dataset: {exported(given, new_file(out))}")
        return
    from plasticity.sbml.export import to_sbml
    from plasticity.study import Study

    read = Study.load(given, assignments or (), reduced=reduced)
    path = model_path(out)
    chosen = read.runs[_place(number, [", ".join(map(str, run.labels.values())) for run in read.runs])]
    save_text(to_sbml(chosen.protocol, chosen.model, chosen.parameters, chosen.parameter_set), path)
    print(f"model: {path}")


def _place(number: int | None, labels: list[str]) -> int:
    """Find which run is meant; a document holds one."""
    if number is None and len(labels) == 1:
        return 0
    if number is None or not 1 <= number <= len(labels):
        runs = ", ".join(f"{i} ({label})" if label else str(i) for i, label in enumerate(labels, start=1))
        given = "has several runs" if number is None else f"has no run {number}"
        raise InputError(f"--run: the study {given}; allowed: --run {runs}")
    return number - 1


@app.command()
def schema() -> None:
    """Write the JSON Schema of studies to stdout: with it, editors complete and check a study while it is typed."""
    import json

    from plasticity.study.json_schema import study_schema

    print(json.dumps(study_schema(), indent=1, ensure_ascii=False))


@app.command()
def explore(
    given: Annotated[
        str,
        typer.Argument(metavar="STUDY|DATASET", help="A study, or the dataset (.nc) or store (.zarr) of a sweep."),
    ],
    address: Annotated[
        str, typer.Option(metavar="HOST", help="Where to listen; by default, this machine alone can connect.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="Port to listen at; 0 for any that is free.")] = 5006,
    show: Annotated[bool, typer.Option("--show/--no-show", help="Open a browser.")] = True,
    static: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write a stored sweep as one HTML file that needs no server, and end."),
    ] = None,
) -> int:
    """Open a web page to change a protocol, or walk through a stored sweep, and see what follows."""
    from plasticity.cli.exploring import explored

    announce()
    return explored(given, address=address, port=port, show=show, static=static)


@app.command()
def doctor() -> int:
    """Check this installation: versions, the cache of compiled models, the bundled studies, one short run."""
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.doctor import findings
    from plasticity.cli.table import show

    announce()
    found = list(findings())
    show(("what", "found", "verdict"), [(what, told, "good" if good else "BAD") for what, told, good in found])
    return DONE if all(good for _, _, good in found) else SOME_FAILED


def _opened(path: str) -> "xarray.Dataset":
    from plasticity.sweeps.storage import store

    return store.open(path)


def announce() -> None:
    """Let the package say on stderr what takes long, such as compiling a new model."""
    log = logging.getLogger("plasticity")
    if not log.handlers:
        log.addHandler(_Stderr())
        log.setLevel(logging.INFO)


class _Stderr(logging.Handler):
    """Looks up stderr for every line, because a progress bar takes its place for a while."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)
