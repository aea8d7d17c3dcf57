"""What must be equal so that two programs compute the same bits: the study, the code, the processor, the versions."""

import hashlib
import json
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from plasticity import provenance
from plasticity.sweeps.work import Plan, Variable

PACKAGE = Path(provenance.__file__).resolve().parent
SILENT = ("cli", "explore", "figures", "study")
"""Parts of the package that no number of a plan depends on: what a study says stands in the plan's description."""


@cache
def code(package: Path = PACKAGE) -> str:
    """Hash the sources of this package that numbers depend on.

    Parameters
    ----------
    package : pathlib.Path
        Folder of the package.

    Returns
    -------
    str
        SHA-256, in hexadecimal.

    Examples
    --------
    >>> len(code())
    64
    """
    told = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *package.rglob("compounds/*.yaml")]):
        name = path.relative_to(package)
        if name.parts[0].removesuffix(".py") not in SILENT:
            told.update(f"{name.as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return told.hexdigest()


@cache
def machine() -> dict[str, str]:
    """Describe the kind of processor and the versions that bits depend on.

    Returns
    -------
    dict of str
        `processor` and `instructions` as the compiler sees them, `libm`, `python`, and the numerical stack.

    Examples
    --------
    >>> sorted(machine())[:3]
    ['instructions', 'libm', 'llvmlite']
    """
    import llvmlite.binding as llvm
    import numba

    config: Any = numba.config
    features = config.CPU_FEATURES if config.CPU_NAME else llvm.get_host_cpu_features().flatten()
    return {
        "processor": f"{platform.machine()} {config.CPU_NAME or llvm.get_host_cpu_name()}",
        "instructions": provenance.digest(features)[:12],
        "libm": " ".join(platform.libc_ver()).strip() or platform.system(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "llvmlite": metadata.version("llvmlite"),
        **provenance.versions(),
    }


def writer() -> dict[str, str]:
    """Describe a program that writes: its machine, versions and code.

    Returns
    -------
    dict of str
        As `machine`, with `code`, `package_version` and `commit`.

    Examples
    --------
    >>> writer()["code"] == code()
    True
    """
    told = {"package_version": provenance.package_version(), "commit": provenance.commit(), "code": code()}
    return {**machine(), **told}


def differences(there: dict[str, str], here: dict[str, str]) -> str:
    """Say where two writers differ in what bits depend on.

    Parameters
    ----------
    there, here : dict of str
        From `writer`.

    Returns
    -------
    str
        Empty if the bits are the same.

    Examples
    --------
    >>> differences({"numba": "0.61", "commit": "a"}, {"numba": "0.62", "commit": "b"})
    'numba 0.61, here 0.62'
    """
    names = [name for name in {**there, **here} if name not in ("commit", "package_version")]
    told = [(name, there.get(name, "none"), here.get(name, "none")) for name in names]
    return "; ".join(f"{name} {a[:24]}, here {b[:24]}" for name, a, b in told if a != b)


def study(plan: Plan) -> str:
    """Hash all that a plan says about its numbers; chunks make no difference to them, versions are the writer's.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    str
        SHA-256, in hexadecimal.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> nothing = {"dims": {}, "coords": {}, "variables": {}, "description": {}}
    >>> other = nothing | {"description": {"rtol": 1e-6}}
    >>> study(SimpleNamespace(**nothing)) == study(SimpleNamespace(**other))
    False
    """
    return provenance.digest(
        {
            "description": {name: told for name, told in plan.description.items() if name != "versions"},
            "dims": list(plan.dims.items()),
            "coords": {name: [*v.dims, _values(v)] for name, v in plan.coords.items()},
            "variables": {name: [*v.dims, v.dtype] for name, v in plan.variables.items()},
        }
    )


def _values(coordinate: Variable) -> str:
    import numpy

    values: Any = numpy.asarray(coordinate.values)
    if values.dtype.kind in "biuf":
        return hashlib.sha256(numpy.ascontiguousarray(values).tobytes()).hexdigest()
    return provenance.digest(values.astype(str).tolist())


def changed(there: Any, here: Any, name: str = "") -> str | None:
    """Find the first place where two descriptions differ.

    Parameters
    ----------
    there, here : plain data
    name : str
        Of the place where they stand.

    Returns
    -------
    str or None
        Dotted name and both values; None where they are equal.

    Examples
    --------
    >>> changed({"solver": {"rtol": 1e-06}}, {"solver": {"rtol": 1e-08}})
    'solver.rtol is 1e-06 there and 1e-08 here'
    """
    if isinstance(there, dict) and isinstance(here, dict):
        for key in sorted({**there, **here}, key=lambda key: key == "sha256"):  # a hash tells nobody anything
            found = changed(there.get(key), here.get(key), f"{name}.{key}".lstrip("."))
            if found:
                return found
        return None
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        each = enumerate(zip(there, here, strict=True))
        return next((found for i, pair in each if (found := changed(*pair, f"{name}.{i}"))), None)
    if there == here:
        return None
    shown = [text if len(text) <= 40 else f"{text[:40]}..." for text in (json.dumps(there), json.dumps(here))]
    return f"{name or 'it'} is {shown[0]} there and {shown[1]} here"
