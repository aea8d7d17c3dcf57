"""The studies that ship with the package, and which file a name or path means."""

from pathlib import Path

import plasticity
from plasticity.errors import InputError, unknown_name


def folder() -> Path:
    """Folder of the bundled studies: inside an installed package, beside the package in a checkout.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> folder().name
    'configs'
    """
    package = Path(next(iter(plasticity.__path__)))
    return package / "configs" if (package / "configs").is_dir() else package.parent / "configs"


def names() -> list[str]:
    """List the bundled studies.

    Returns
    -------
    list of str
        Sorted names, each a file of `folder` without its ending.

    Examples
    --------
    >>> "window_by_compound" in names()
    True
    """
    return sorted(path.stem for path in folder().glob("*.yaml"))


def found(study: str | Path) -> Path:
    """Find the file of a study.

    Parameters
    ----------
    study : str or pathlib.Path
        A path, or the name of a bundled study; a file of that very name in the current folder comes first.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If it is neither; the message names the nearest bundled study.

    Examples
    --------
    >>> found("window_by_compond")
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: unknown study 'window_by_compond'; did you mean 'window_by_compound' or ...?...
    """
    path = Path(study)
    if path.is_file():
        return path
    if path.is_dir():
        raise InputError(f"{study}: a folder; allowed: a study's YAML file, or one of {', '.join(names())}")
    if str(study) in names():
        return folder() / f"{study}.yaml"
    if path.suffix or len(path.parts) != 1:
        raise InputError(f"{study}: no such file; allowed: a study's YAML file, or one of {', '.join(names())}")
    raise unknown_name("study", str(study), names())
