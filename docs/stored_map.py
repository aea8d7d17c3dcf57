"""A stored sweep as a page of the documentation: computed, stored and exported when the site is built."""

from pathlib import Path
from tempfile import TemporaryDirectory

from plasticity import Study
from plasticity.explore.static_page import static_page
from plasticity.explore.stored import read, stored
from plasticity.sweeps.execution.computing import fill

POINTS = 20
CHANGES = [f"sweep.over.dose.points={POINTS}", f"sweep.over.dose.every.points={POINTS}"]


def write(folder: Path) -> None:
    """Write the map of the bundled study `two_doses`, coarser than the study has it."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = Study.load("two_doses", CHANGES).plan()
    assert plan is not None
    with TemporaryDirectory() as place:
        fill(plan, Path(place) / "two_doses.zarr")
        (folder / "two_doses_map.html").write_text(
            static_page(stored(read(Path(place) / "two_doses.zarr"))), encoding="utf-8"
        )
    print(f"two_doses_map.html: {POINTS} x {POINTS} points")
