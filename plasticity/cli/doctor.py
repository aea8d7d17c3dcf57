"""What ``plasticity doctor`` looks at."""

import os
import platform
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from plasticity.errors import InputError, extra_needed

NEEDED = (
    "numpy",
    "scipy",
    "numba",
    "llvmlite",
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
VECTORS = ("sse2", "sse4.2", "avx", "avx2", "fma", "avx512f", "neon", "sve", "sve2")
"""Vector instructions of x86 and ARM, by LLVM's names."""


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
            yield "cache", f"{cache.folder()} can be written; {_contents(cache.folder())}", True
    except OSError as error:
        yield (
            "cache",
            f"{cache.folder()}: {error.strerror}; set PLASTICITY_CACHE to a folder that can be written",
            False,
        )
    yield "processor", _processor(), True
    yield "threads", f"{os.cpu_count()} by default, a pool of our own; no threading layer of Numba is used", True
    for name in Study.names():
        try:
            yield f"study {name}", f"{len(Study.load(name).runs)} runs", True
        except InputError as error:
            extra = extra_needed(error)
            yield f"study {name}", f"needs the extra {extra}, if wanted" if extra else str(error), extra is not None
    began = time.monotonic()
    status = _short_run()
    yield "short run", f"status {status} after {time.monotonic() - began:.1f} s", status == 0


def _contents(folder: Path) -> str:
    """Say how many compiled modules lie in the cache, and how large they are."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    modules = sum(1 for path in folder.glob("*/*.py"))
    return f"{modules} compiled modules, {sum(sizes) / 1e6:.1f} MB"


def _processor() -> str:
    """Name the processor that Numba compiles for, and its vector instructions."""
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    vectors = [name for name in VECTORS if features.get(name)]
    return (
        f"{binding.get_host_cpu_name()}, {binding.get_default_triple()}; vectors: {', '.join(vectors) or 'none known'}"
    )


def _short_run() -> int:
    from plasticity.protocol import Protocol
    from plasticity.simulation import simulate

    return int(simulate(Protocol("2 d").dose("psilocybin", "25 mg"))["status"])
