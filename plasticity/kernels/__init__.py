"""The equations: one file per sub-model, nothing but declared functions; here only how they are found."""

import importlib
import importlib.util
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

from plasticity.declare import Input, Kernel


def _kernels_of(module: ModuleType) -> list[Kernel]:
    return [v for v in vars(module).values() if isinstance(v, Kernel) and v.function.__module__ == module.__name__]


@cache
def declared_kernels(folder: str | None = None) -> tuple[Kernel, ...]:
    """Find all kernels that ship with the package, or those in a folder of the user's.

    Parameters
    ----------
    folder : str, optional
        Folder with one Python file per sub-model.

    Returns
    -------
    tuple of Kernel
        In the order of the files' names.

    Examples
    --------
    >>> sorted(k.variant for k in declared_kernels() if k.layer == "brake")
    ['feedback', 'first_order', 'zero_order']
    """
    if folder is None:
        names = [info.name for info in pkgutil.iter_modules(__path__)]
        return tuple(k for n in names for k in _kernels_of(importlib.import_module(f"{__name__}.{n}")))
    found: list[Kernel] = []
    for path in sorted(Path(folder).glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"plasticity_user_kernels_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += _kernels_of(module)
    return tuple(found)


def channels() -> dict[str, Input]:
    """Collect the inputs that a protocol may drive, by name; those of a single compound are set by its doses.

    Examples
    --------
    >>> sorted(channels())
    ['cue', 'evidence', 'observation', 'outcome', 'protein_synthesis', 'setting']
    """
    return {channel.name: channel for k in declared_kernels() if k.per == "model" for channel in k.inputs}
