"""Where results go: names that stay in their folder, folders that exist, and files that are not another study's."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from plasticity.errors import InputError

if TYPE_CHECKING:
    import xarray

    from plasticity.study import Study

FOLDER = Path("results")
FIGURES = (".pdf", ".png")


def file_name(name: str) -> str:
    """Make a file name of a study's name that cannot leave its folder.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Letters, digits, dots, dashes and underscores, not starting with a dot; ``"study"`` where nothing is left.
    """
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".") or "study"


def dataset_path(out: str | None, name: str) -> Path:
    """Decide where the dataset goes, and make its folder.

    Parameters
    ----------
    out : str or None
        What the user asked for.
    name : str
        Of the study.

    Returns
    -------
    pathlib.Path
        A file ending in ``.nc``.

    Raises
    ------
    InputError
        If it is a folder, has another ending, or holds something that is not a result of the same study.
    OSError
        If the folder cannot be made or written.
    """
    path = FOLDER / f"{file_name(name)}.nc" if out is None else Path(out)
    _no_folder(path, out)
    if path.suffix != ".nc":
        raise InputError(f"--out: {out!r} ends in {path.suffix or 'nothing'!r}; allowed: a file ending in .nc")
    if path.exists():
        _same_study(path, name)
    _writable(path.parent)
    return path


def store_path(out: str | None, name: str) -> Path:
    """Decide where the store of a sweep goes; nothing is touched.

    Parameters
    ----------
    out : str or None
        What the user asked for.
    name : str
        Of the study.

    Returns
    -------
    pathlib.Path
        A name ending in ``.zarr``; for ``map.nc`` the store stands beside it.

    Raises
    ------
    InputError
        If it has another ending.
    """
    path = FOLDER / f"{file_name(name)}.zarr" if out is None else Path(out)
    if path.suffix not in (".zarr", ".nc"):
        kind = "is a folder" if path.is_dir() else f"ends in {path.suffix or 'nothing'!r}"
        raise InputError(f"--out: {out!r} {kind}; allowed: a name ending in .zarr, or in .nc")
    return path.with_suffix(".zarr")


def new_file(out: str) -> Path:
    """Accept a NetCDF file that is not there yet, and make its folder.

    Parameters
    ----------
    out : str

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If it is a folder, has another ending, or is there.
    OSError
        If the folder cannot be made or written.
    """
    path = Path(out)
    _no_folder(path, out)
    if path.suffix != ".nc":
        raise InputError(f"{out!r} ends in {path.suffix or 'nothing'!r}; allowed: a file ending in .nc")
    if path.exists():
        raise InputError(f"{out!r} exists; allowed: a new file")
    _writable(path.parent)
    return path


def new_crate(out: str | None, name: str) -> Path:
    """Decide where a crate goes, which must not be there yet, and make the folder that holds it.

    Parameters
    ----------
    out : str or None
        What the user asked for: a file ending in ``.zip``, or a name without ending for a folder.
    name : str
        Of the study.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If something is there, or it has another ending.
    OSError
        If the folder cannot be made or written.
    """
    path = FOLDER / f"{file_name(name)}.crate.zip" if out is None else Path(out)
    if path.suffix not in ("", ".zip", ".crate"):
        raise InputError(f"--out: {out!r} ends in {path.suffix!r}; allowed: a file ending in .zip, or a folder")
    if path.exists() or path.is_symlink():
        kind = "is a folder that exists" if path.is_dir() else "exists"
        raise InputError(f"--out: {str(out or path)!r} {kind}; allowed: a new file ending in .zip, or a new folder")
    _writable(path.parent)
    return path


def figure_paths(out: str | None, beside: Path) -> list[Path]:
    """Decide where figures go, and make their folder.

    Parameters
    ----------
    out : str or None
        What the user asked for: a file ending in ``.pdf`` or ``.png``, or a name without ending for both.
    beside : pathlib.Path
        Where they go if nothing was asked for; the ending is exchanged.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    InputError
        If it is a folder or has another ending.
    OSError
        If the folder cannot be made or written.
    """
    path = beside.with_suffix("") if out is None else Path(out)
    if out is not None:
        _no_folder(path, out)
    if out is not None and path.suffix not in ("", *FIGURES):
        raise InputError(
            f"--out: {out!r} ends in {path.suffix!r}; allowed: a file ending in .pdf or .png, or no ending for both"
        )
    files = [path] if out is not None and path.suffix else [path.with_name(path.name + ending) for ending in FIGURES]
    for file in files:
        if file.is_dir():
            raise InputError(f"{str(file)!r} is a folder where the figure goes; allowed: a file, or another --out")
    _writable(path.parent)
    return files


def save_figure(study: "Study", ds: "xarray.Dataset", paths: list[Path]) -> None:
    """Draw a study's figure and write it so that each file is there as a whole or not at all.

    Parameters
    ----------
    study : Study
    ds : xarray.Dataset
        Of this study.
    paths : list of pathlib.Path
        From `figure_paths`.

    Raises
    ------
    InputError
        If the dataset lacks what is drawn, or the title cannot be typeset.
    OSError
        If a file cannot be written.
    """
    from plasticity import figures

    with tempfile.TemporaryDirectory(prefix=".figure-", dir=paths[0].parent) as unfinished:
        try:
            made = figures.save(study.draw(ds), Path(unfinished) / paths[0].with_suffix("").name)
        except ValueError as error:
            title = str(study.settings.figure.options.get("title", "")) if study.settings.figure else ""
            if isinstance(error, InputError) or "$" not in title:
                raise
            raise InputError(f"figure.title: {title!r} cannot be typeset; allowed: no $, or a formula") from error
        for file in made:
            for path in paths:
                if path.suffix == file.suffix:
                    file.replace(path)


def model_path(out: str) -> Path:
    """Decide where an exported model goes, and make its folder.

    Parameters
    ----------
    out : str
        What the user asked for.

    Returns
    -------
    pathlib.Path
        A file ending in ``.xml``.

    Raises
    ------
    InputError
        If it is a folder, has another ending, or holds something that this program did not export.
    OSError
        If the folder cannot be made or written.
    """
    path = Path(out)
    if path.is_dir() or out.endswith(("/", "\\")):
        raise InputError(f"FILE: {out!r} is a folder; allowed: a file")
    if path.suffix != ".xml":
        raise InputError(f"FILE: {out!r} ends in {path.suffix or 'nothing'!r}; allowed: a file ending in .xml")
    if path.exists() and b"Written by plasticity" not in path.read_bytes():
        raise InputError(f"FILE: {out!r} exists and was not exported by this program; allowed: another file")
    _writable(path.parent)
    return path


def page_path(out: str) -> Path:
    """Decide where a page goes, and make its folder.

    Parameters
    ----------
    out : str
        What the user asked for.

    Returns
    -------
    pathlib.Path
        A file ending in ``.html``.

    Raises
    ------
    InputError
        If it is a folder, has another ending, or holds something that this program did not write.
    OSError
        If the folder cannot be made or written.
    """
    from plasticity.explore.static_page import GENERATOR

    path = Path(out)
    if path.is_dir() or out.endswith(("/", "\\")):
        raise InputError(f"--static: {out!r} is a folder; allowed: a file")
    if path.suffix != ".html":
        raise InputError(f"--static: {out!r} ends in {path.suffix or 'nothing'!r}; allowed: a file ending in .html")
    if path.exists() and GENERATOR.encode() not in path.read_bytes()[:2000]:
        raise InputError(f"--static: {out!r} exists and was not written by this program; allowed: another file")
    _writable(path.parent)
    return path


def save_text(document: str, path: Path) -> None:
    """Write a document so that it is there as a whole or not at all.

    Parameters
    ----------
    document : str
    path : pathlib.Path
        From `model_path` or `page_path`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".written-", dir=path.parent) as unfinished:
        whole = Path(unfinished) / path.name
        whole.write_text(document, encoding="utf-8")
        whole.replace(path)


def _no_folder(path: Path, out: str | None) -> None:
    if path.is_dir() or (out is not None and out.endswith(("/", "\\"))):
        raise InputError(f"--out: {str(out or path)!r} is a folder; allowed: a file")


def _writable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def _same_study(path: Path, name: str) -> None:
    """Refuse to overwrite what is not an earlier result of the same study."""
    import xarray

    try:
        with xarray.open_dataset(path, engine="h5netcdf") as ds:
            found = ds.attrs.get("study_name")
    except (OSError, ValueError, KeyError):
        found = None
    if found is None:
        raise InputError(f"--out: {str(path)!r} exists and is no result of this program; allowed: another file")
    if found != name:
        raise InputError(f"--out: {str(path)!r} holds the result of study {found!r}; allowed: another file")
