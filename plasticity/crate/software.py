"""The running program as a wheel, and the versions that it runs with: what a stranger installs."""

import base64
import hashlib
import zipfile
from importlib import metadata
from pathlib import Path

import plasticity
from plasticity.errors import InputError
from plasticity.study import bundled

NAME = "plasticity"
SKIPPED = ("__pycache__", "configs")
EPOCH = (2020, 1, 1, 0, 0, 0)
"""Date of every file in the wheel, so that equal programs give equal wheels."""


def citation() -> Path:
    """Find the file that says how to cite: inside an installed package, beside the package in a checkout.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> citation().name
    'CITATION.cff'
    """
    package = _package()
    return package / "CITATION.cff" if (package / "CITATION.cff").is_file() else package.parent / "CITATION.cff"


def requirements(extras: frozenset[str] = frozenset()) -> list[str]:
    """List what this installation needs to run a study, each in the version that is installed here.

    Parameters
    ----------
    extras : frozenset of str
        Those of this package that the study needs.

    Returns
    -------
    list of str
        Such as ``numpy==2.4.6``, sorted.

    Raises
    ------
    InputError
        If something that is needed is not installed.

    Examples
    --------
    >>> any(line.startswith("numba==") for line in requirements())
    True
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    waiting, seen = [(NAME, extras)], set()
    while waiting:
        name, chosen = waiting.pop()
        if (name, chosen) in seen:
            continue
        seen.add((name, chosen))
        for text in _distribution(name).requires or ():
            needed = Requirement(text)
            surroundings = [{"extra": extra} for extra in (*chosen, "")]
            if needed.marker is None or any(needed.marker.evaluate(one) for one in surroundings):
                wanted = canonicalize_name(needed.name)
                found[wanted] = _distribution(wanted).version
                waiting.append((wanted, frozenset(needed.extras)))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def write_wheel(folder: Path) -> Path:
    """Write the program that runs now as a wheel, from a checkout as from an installation.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If the package is not installed, so that nothing says what it needs.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_wheel(Path(place)).name
    'plasticity-0.1.0-py3-none-any.whl'
    """
    version, about = plasticity.__version__, f"{NAME}-{plasticity.__version__}.dist-info"
    told = _distribution(NAME)
    files = {f"{NAME}/{path}": (_package() / path).read_bytes() for path in _sources()}
    files |= {f"{NAME}/configs/{path.name}": path.read_bytes() for path in sorted(bundled.folder().glob("*.yaml"))}
    files[f"{NAME}/CITATION.cff"] = citation().read_bytes()
    for name in ("METADATA", "entry_points.txt", "licenses/LICENSE"):
        text = told.read_text(name)
        if text is not None:
            files[f"{about}/{name}"] = text.encode()
    files[f"{about}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: true\nTag: py3-none-any\n".encode()
    )
    listed = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*listed, f"{about}/RECORD,,", ""]).encode()
    wheel = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return wheel


def _package() -> Path:
    return Path(next(iter(plasticity.__path__)))


def _sources() -> list[Path]:
    found = (path.relative_to(_package()) for path in _package().rglob("*") if path.is_file())
    return sorted(path for path in found if not set(SKIPPED) & set(path.parts) and path.name != "CITATION.cff")


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _distribution(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise InputError(f"crate: {name} is not installed; allowed: an installation with all it needs") from None
