"""What ``plasticity doctor`` looks at."""

import os
import platform
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata

from plasticity.errors import InputError

NEEDED = (
    "numpy",
    "scipy",
    "numba",
    "sympy",
    "xarray",
    "h5netcdf",
    "h5py",
    "matplotlib",
    "pydantic",
    "ruamel.yaml",
    "typer",
    "rich",
    "pint",
)


def findings() -> Iterator[tuple[str, str, bool]]:
    """Look at the installation, one thing after the other.

    Yields
    ------
    what, told : str
    good : bool
    """
    from plasticity import provenance
    from plasticity.solver import cache
    from plasticity.study import Study

    yield "plasticity", f"{provenance.package_version()}, commit {provenance.commit()}", True
    yield (
        "python",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        True,
    )
    for name in NEEDED:
        try:
            yield name, metadata.version(name), True
        except metadata.PackageNotFoundError:
            yield name, f"missing; pip install {name}", False
    try:
        cache.folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache.folder()):
            yield "cache", f"{cache.folder()} can be written", True
    except OSError as error:
        yield (
            "cache",
            f"{cache.folder()}: {error.strerror}; set PLASTICITY_CACHE to a folder that can be written",
            False,
        )
    for name in Study.names():
        try:
            yield f"study {name}", f"{len(Study.load(name).runs)} runs", True
        except InputError as error:
            yield f"study {name}", str(error), False
    began = time.monotonic()
    status = _short_run()
    yield "short run", f"status {status} after {time.monotonic() - began:.1f} s", status == 0


def _short_run() -> int:
    from plasticity.protocol import Protocol
    from plasticity.simulation import simulate

    return int(simulate(Protocol("2 d").dose("psilocybin", "25 mg"))["status"])
