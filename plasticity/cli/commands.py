"""The commands themselves; everything heavy is imported inside them, so that ``--help`` answers at once."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from plasticity.cli.listing import Listed, show_list
from plasticity.errors import InputError

app = typer.Typer(
    name="plasticity",
    help="From a dose to the window of raised plasticity: a simulated index, not evidence about treatment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

STUDY = typer.Argument(metavar="STUDY", help="A YAML file, or the name of a bundled study (`plasticity list studies`).")
SET = typer.Option("--set", metavar="KEY=VALUE", help="Change one value, as in 'parameters.brake_tau=7 d'; repeatable.")
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
        str | None, typer.Option(metavar="PATH", help="Dataset to write, ending in .nc; otherwise results/NAME.nc.")
    ] = None,
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
) -> int:
    """Run a study: write its dataset, and its figure beside it as PDF and PNG."""
    from plasticity import provenance
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import dataset_path, figure_paths, save_figure
    from plasticity.cli.report import Progress, show_evidence, show_failures, show_results
    from plasticity.study import Study

    read = Study.load(study, assignments or (), reduced=reduced)
    path = dataset_path(out, read.name)
    pictures = figure_paths(None, path) if read.settings.figure else []
    _announce()
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
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import dataset_path, figure_paths, save_figure
    from plasticity.cli.report import Progress, show_evidence
    from plasticity.study import Study

    read = Study.load(study, assignments or (), reduced=reduced)
    if read.settings.calibration is None:
        raise InputError(f"study {read.name} has no section 'calibration'; allowed: brake_calibration, or your own")
    path = dataset_path(out, read.name)
    pictures = figure_paths(None, path) if read.settings.figure else []
    _announce()
    with Progress() as progress:
        ds = read.run(progress, path.with_suffix(".chains.h5"))
    print(f"dataset: {provenance.write(ds, path)}")
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
            metavar="DATASET|STUDY", help="A dataset (.nc) that `run` wrote, or a study, which is run first."
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Figure to write (.pdf or .png); otherwise both, beside the dataset."),
    ] = None,
) -> int:
    """Draw the figure of a dataset, or of a study."""
    from plasticity import provenance
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import FOLDER, figure_paths, file_name, save_figure
    from plasticity.cli.report import Progress, show_failures
    from plasticity.study import Study

    if Path(given).suffix == ".nc":
        ds = provenance.read(given)
        read = Study.of(ds)
        beside = Path(given)
        pictures = figure_paths(out, beside)
    else:
        read = Study.load(given)
        pictures = figure_paths(out, FOLDER / f"{file_name(read.name)}.nc")
        _announce()
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
) -> None:
    """Check a study and say how large it is; run nothing and write nothing."""
    from plasticity.cli.table import show
    from plasticity.study import Study

    units = {"duration": " h", "size": " MB", "cost": " s"}
    summary = Study.load(study, assignments or (), reduced=reduced).check()
    show(("what", "value"), [(name, f"{value}{units.get(name, '')}") for name, value in summary.items()])


@app.command()
def doctor() -> int:
    """Check this installation: versions, the cache of compiled models, the bundled studies, one short run."""
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.doctor import findings
    from plasticity.cli.table import show

    _announce()
    found = list(findings())
    show(("what", "found", "verdict"), [(what, told, "good" if good else "BAD") for what, told, good in found])
    return DONE if all(good for _, _, good in found) else SOME_FAILED


def _announce() -> None:
    """Let the package say on stderr what takes long, such as compiling a new model."""
    log = logging.getLogger("plasticity")
    if not log.handlers:
        log.addHandler(_Stderr())
        log.setLevel(logging.INFO)


class _Stderr(logging.Handler):
    """Looks up stderr for every line, because a progress bar takes its place for a while."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)
