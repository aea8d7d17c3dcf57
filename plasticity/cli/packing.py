"""The commands ``crate`` and ``rerun``: a study packed for others, and run again from its package."""

import contextlib
import io
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plasticity.cli.commands import REDUCED, SET, STUDY, app
from plasticity.errors import InputError

if TYPE_CHECKING:
    from plasticity.study import Study

__all__ = ["app", "crate", "rerun"]

BESIDE = ("zarr", "nc", "sensitivity.nc", "csv", "md", "pdf", "png")
"""Endings of what a run leaves under one name."""


@app.command()
def crate(
    study: Annotated[str, STUDY],
    out: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="File ending in .zip, or folder; otherwise results/NAME.crate.zip."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(metavar="DATASET", help="A dataset (.nc) or store (.zarr) of this study, in place of a new run."),
    ] = None,
    assignments: Annotated[list[str] | None, SET] = None,
    reduced: Annotated[bool, REDUCED] = False,
    licence: Annotated[
        str, typer.Option("--license", metavar="NAME", help="Licence of the results: SPDX name or address.")
    ] = "MIT",
    authors: Annotated[
        list[str] | None, typer.Option("--author", metavar="NAME", help="Who made the study; repeatable.")
    ] = None,
) -> int:
    """Run a study and pack it with data, figures, program, versions and citation as an RO-Crate."""
    from plasticity.cli.commands import run
    from plasticity.cli.outputs import file_name, new_crate
    from plasticity.crate.packing import needs_rocrate, pack
    from plasticity.study import Study

    read = Study.load(study, assignments or (), reduced=reduced)
    needs_rocrate()
    path = new_crate(out, read.name)
    with tempfile.TemporaryDirectory(prefix=".crate-", dir=path.parent) as unfinished:
        results = Path(unfinished) / "stage" / "results"
        results.mkdir(parents=True)
        if data is not None:
            code = _copied(read, Path(data), results)
        else:
            ending = ".nc" if read.plan() is None else ".zarr"
            with contextlib.redirect_stdout(io.StringIO()) as told:
                code = run(study, str(results / f"{file_name(read.name)}{ending}"), assignments, reduced)
            print(told.getvalue().replace(f"{results.parent}/", ""), end="")
        pack(read, file_name(read.name), results, path, licence, authors or ())
    print(f"crate: {path}")
    return code


@app.command()
def rerun(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="An unpacked crate.")],
    within: Annotated[
        float, typer.Option(min=0.0, metavar="SHARE", help="Relative difference that is let pass.")
    ] = 0.0,
) -> int:
    """Run the study of a crate again and compare every number; exit code 3 if any differs by more than --within."""
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.commands import announce
    from plasticity.cli.report import Progress
    from plasticity.cli.table import show
    from plasticity.crate.again import again, packed

    data = packed(folder)
    announce()
    with Progress() as progress:
        found = again(data, progress)
    others = [one for one in found if not one.equal]
    print(f"{len(found) - len(others)} of {len(found)} variables are equal bit by bit")
    if others:
        show(("variable", "largest relative difference"), [(one.name, f"{one.largest:.1e}") for one in others])
    return SOME_FAILED if any(one.largest > within for one in others) else DONE


def _copied(read: "Study", data: Path, results: Path) -> int:
    """Take a result that is there, with the files of its name beside it, if it is of this very study."""
    from plasticity.cli import DONE, SOME_FAILED
    from plasticity.cli.outputs import file_name
    from plasticity.crate.again import opened

    if data.suffix not in (".nc", ".zarr"):
        raise InputError(f"--data: {str(data)!r} ends in {data.suffix or 'nothing'!r}; allowed: .nc or .zarr")
    attributes = opened(data).attrs
    if attributes.get("study_hash") != read.attributes()["study_hash"]:
        raise InputError(f"--data: {str(data)!r} is no result of study {read.name!r} as given; allowed: one of its own")
    for ending in BESIDE:
        path = data.with_name(f"{data.stem}.{ending}")
        target = results / f"{file_name(read.name)}.{ending}"
        if path.is_dir():
            shutil.copytree(path, target)
        elif path.is_file():
            shutil.copyfile(path, target)
    return SOME_FAILED if int(attributes.get("failures", 0)) else DONE
