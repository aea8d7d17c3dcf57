"""Generated modules on disk, each in a folder named by a hash of all that went into it."""

import hashlib
import importlib.util
import logging
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from types import ModuleType

LOG = logging.getLogger("plasticity")
MODULE = "compiled_model.py"
WRITERS = (
    *("differenced", "driver", "elementary", "elimination", "explicit", "factoring", "generate", "growth", "layout"),
    *("printing", "problem", "sharing", "stepper", "system", "tableau", "tracing"),
)
"""The files of the solver that write generated modules or become part of them; the others never reach machine code."""


def folder() -> Path:
    """Folder of the cache: ``PLASTICITY_CACHE``, or the user's cache folder.

    Returns
    -------
    Path

    Examples
    --------
    >>> isinstance(folder(), Path)
    True
    """
    chosen = os.environ.get("PLASTICITY_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plasticity"


def fingerprint(parts: Iterable[str]) -> str:
    """Hash texts together with the versions of all that turns them into machine code.

    Parameters
    ----------
    parts : iterable of str

    Returns
    -------
    str
        24 hexadecimal digits.

    Examples
    --------
    >>> fingerprint(["a"]) == fingerprint(["a"]), fingerprint(["ab"]) == fingerprint(["a", "b"])
    (True, False)
    """
    own = b"".join(hashlib.sha256(part.encode()).digest() for part in parts)
    return hashlib.sha256(own + _surroundings()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _surroundings() -> bytes:
    """Hash the texts of `WRITERS` and the versions of all that turns a module into machine code, once per process."""
    from importlib.metadata import version

    stack = [f"{name} {version(name)}" for name in ("numba", "llvmlite", "numpy", "sympy")]
    here = Path(__file__).parent
    own = [(here / f"{name}.py").read_text(encoding="utf-8") for name in WRITERS]
    parts = (*own, *stack, platform.python_version(), platform.machine())
    return b"".join(hashlib.sha256(part.encode()).digest() for part in parts)


def module(key: str, text: Callable[[], str]) -> ModuleType:
    """Load the generated module named `key`, writing it first where it is missing.

    Parameters
    ----------
    key : str
        From `fingerprint`.
    text : callable
        Gives the module's text; called only when it is missing.

    Returns
    -------
    module
        Loaded once per process. Where the cache folder cannot be written, the module lives in a temporary folder.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with tempfile.TemporaryDirectory() as place, patch.dict(os.environ, PLASTICITY_CACHE=place):
    ...     module("example", lambda: "answer = 42").answer
    42
    """
    name = f"plasticity_compiled_{key}"
    if name in sys.modules:
        return sys.modules[name]
    path = folder() / key / MODULE
    if not path.is_file():
        path = _write(key, text())
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except RuntimeError as error:  # Numba finds no folder for its own files
        LOG.warning("the cache folder %s cannot be written (%s); this run compiles for itself", folder(), error)
        exec(compile(path.read_text(encoding="utf-8").replace("cache=True, ", ""), path, "exec"), loaded.__dict__)  # noqa: S102
    return loaded


def _write(key: str, text: str) -> Path:
    """Write a module into its folder in one step, so that many processes may start at once."""
    LOG.warning("compiling new equations, once (ten to twenty seconds)")  # Python shows nothing of a lower level
    try:
        folder().mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=folder()))
    except OSError as error:
        LOG.warning("the cache folder %s cannot be written (%s); this run compiles for itself", folder(), error)
        fresh = Path(tempfile.mkdtemp(prefix="plasticity-"))
        (fresh / MODULE).write_text(text, encoding="utf-8")
        return fresh / MODULE
    (fresh / MODULE).write_text(text, encoding="utf-8")
    try:
        fresh.rename(folder() / key)
    except OSError:
        shutil.rmtree(fresh)
    return folder() / key / MODULE
