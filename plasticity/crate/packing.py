"""Packing: study, results, program, versions and citation described as an RO-Crate."""

import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity import __version__, provenance
from plasticity.crate.instructions import instructions
from plasticity.crate.software import citation, requirements, write_wheel
from plasticity.errors import InputError
from plasticity.simulation import DISCLAIMER
from plasticity.sources import BUNDLED

if TYPE_CHECKING:
    from plasticity.study import Study

KINDS = {
    ".nc": "application/x-netcdf",
    ".yaml": "application/yaml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".h5": "application/x-hdf5",
    ".txt": "text/plain",
    ".bib": "application/x-bibtex",
    ".cff": "application/yaml",
    ".whl": "application/zip",
}
SALIB_DESIGNS = ("saltelli", "morris")
METADATA = "ro-crate-metadata.json"


def needs_rocrate() -> Any:
    """Load the library that writes crates.

    Returns
    -------
    type
        `rocrate.rocrate.ROCrate`.

    Raises
    ------
    InputError
        If it is not installed.

    Examples
    --------
    >>> needs_rocrate().__name__
    'ROCrate'
    """
    try:
        from rocrate.rocrate import ROCrate
    except ImportError:
        raise InputError("a crate needs rocrate; allowed: pip install 'plasticity[crate]' first") from None
    return ROCrate


def pack(study: "Study", name: str, results: Path, out: Path, data_licence: str, authors: Sequence[str] = ()) -> Path:
    """Write a crate in one step.

    Parameters
    ----------
    study : Study
    name : str
        Of its files.
    results : pathlib.Path
        Folder ``results`` with the dataset ``name.nc`` or store ``name.zarr`` of this study and what belongs to it. It
        and what is made beside it become the crate.
    out : pathlib.Path
        New; a file ending in ``.zip``, or a folder.
    data_licence : str
        Address or SPDX name of the licence of the results.
    authors : sequence of str
        Who made the study.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    InputError
        If the library for crates is missing.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from plasticity.study import Study
    >>> study = Study.load("psilocybin_stages", reduced=True)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     results = Path(place) / "crate" / "results"
    ...     results.mkdir(parents=True)
    ...     _ = provenance.write(study.run(), results / "stages.nc")
    ...     pack(study, "stages", results, Path(place) / "stages.zip", "CC-BY-4.0").name
    'stages.zip'
    """
    made = needs_rocrate()(version="1.1")
    stage = results.parent
    data = next(path for path in (results / f"{name}.zarr", results / f"{name}.nc") if path.exists())
    _surroundings(study, name, stage, f"{results.name}/{data.name}")
    title = study.settings.title or study.name
    made.name, made.license = title, _address(data_licence)
    made.description = (
        f"Study {study.name} of plasticity {__version__}: configuration, results, figures, program and versions. "
        f"{DISCLAIMER}"
    )
    made.root_dataset["keywords"] = ["simulated plasticity index", "pharmacology", "ordinary differential equations"]
    if authors:
        made.creator = [made.add(_person(made, name)) for name in authors]
    listed = {path: _added(made, stage, path) for path in _files(stage)}
    program = made.add_jsonld(
        {
            "@id": "#plasticity",
            "@type": "SoftwareApplication",
            "name": "plasticity",
            "version": f"{__version__} ({provenance.commit()})",
            "license": {"@id": _address("MIT")},
            "runtimePlatform": f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
            "softwareRequirements": {"@id": "requirements.txt"},
        }
    )
    action = made.add_action(
        program,
        object=[listed[stage / f"{name}.yaml"]],
        result=[entity for path, entity in listed.items() if path.parent == results],
        properties={"name": f"Run of the study {study.name}"},
    )
    made.root_dataset["mentions"] = action
    made.root_dataset["mainEntity"] = listed[data]
    whole = stage.parent / f"whole{out.suffix}"
    if out.suffix == ".zip":
        made.write_zip(whole)
    else:
        made.write(whole)
    whole.replace(out)
    return out


def _surroundings(study: "Study", name: str, stage: Path, data: str) -> None:
    """Put beside the results what they came from."""
    told = instructions(name, study.settings.title or study.name, data, study.changes, reduced=study.is_reduced)
    (stage / "README.md").write_text(told, encoding="utf-8")
    (stage / f"{name}.yaml").write_text(study.text, encoding="utf-8")
    (stage / "software").mkdir()
    wheel = write_wheel(stage / "software")
    pinned = [*requirements(extras(study)), f"./{wheel.relative_to(stage).as_posix()}", ""]
    (stage / "requirements.txt").write_text("\n".join(pinned), encoding="utf-8")
    for path in (citation(), BUNDLED):
        shutil.copyfile(path, stage / path.name)


def extras(study: "Study") -> frozenset[str]:
    """Name the extras of this package that a study needs.

    Parameters
    ----------
    study : Study

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> from plasticity.study import Study
    >>> [sorted(extras(Study.load(name))) for name in ("sobol_indices", "brake_calibration", "psilocybin_stages")]
    [['sensitivity'], ['fit'], []]
    """
    plan, found = study.plan(), set()
    if study.settings.calibration is not None:
        found.add("fit")
    if study.settings.sensitivity is not None or (plan is not None and plan.recipe["design"] in SALIB_DESIGNS):
        found.add("sensitivity")
    return frozenset(found)


def _files(stage: Path) -> list[Path]:
    """List what the crate holds: every file, and every store as one."""
    found = []
    for path in sorted(stage.rglob("*")):
        inside = any(parent.suffix == ".zarr" for parent in path.relative_to(stage).parents)
        if not inside and (path.is_file() or path.suffix == ".zarr"):
            found.append(path)
    return found


def _added(made: Any, stage: Path, path: Path) -> Any:
    place = path.relative_to(stage).as_posix()
    if path.is_dir():
        return made.add_dataset(path, place, properties={"name": path.name})
    about = {"name": path.name, "contentSize": str(path.stat().st_size)}
    if path.suffix in KINDS:
        about["encodingFormat"] = KINDS[path.suffix]
    return made.add_file(path, place, properties=about)


def _person(made: Any, name: str) -> Any:
    from rocrate.model.person import Person

    return Person(made, f"#{name.replace(' ', '_')}", properties={"name": name})


def _address(licence: str) -> str:
    return licence if "://" in licence else f"https://spdx.org/licenses/{licence}"
