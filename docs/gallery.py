"""Figures of the gallery: ``python docs/gallery.py`` draws those that are out of date.

A study that costs minutes cannot run whenever the site is built. So its figure is kept, small, beside a record of what
it was made from, and both the site and the tests refuse a figure that was made from something else.
"""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from ingredients import made_from

from plasticity import provenance
from plasticity.study import Study

HERE = Path(__file__).parent / "gallery"
RECORD = HERE / "record.json"
WIDTH, COLOURS, LARGEST = 1500, 128, 150_000


def studies() -> dict[str, str | Path]:
    """List the studies that have a figure: those that are bundled, and those that tutorials write."""
    told = sorted((HERE.parent / "tutorials").glob("*.yaml"))
    return {**{name: name for name in Study.names()}, **{path.stem: path for path in told}}


def figure_of(name: str) -> Path:
    """Name the file of a study's figure."""
    return HERE / f"{name}.png"


def record() -> dict[str, Any]:
    """Read what is known of every figure, by study."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}


def stale(names: list[str] | None = None) -> list[str]:
    """List the studies whose figure is missing or was made from something else."""
    known = record()
    return [
        name
        for name in names or studies()
        if not figure_of(name).is_file()
        or known.get(name, {}).get("made_from") != made_from(Study.load(studies()[name]))
    ]


def draw(name: str) -> dict[str, Any]:
    """Run a study in full, keep its figure, and say how that went."""
    study = Study.load(studies()[name])
    small = Study.load(studies()[name], reduced=True) if study.settings.reduced else study
    small.run()  # compiles what the study needs, so that the time below is that of the study
    began, spent = time.perf_counter(), time.process_time()
    ds = study.run()
    figure = study.draw(ds)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    save(figure, figure_of(name))
    return {
        "made_from": made_from(study),
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "machine": machine(),
        **provenance.origin(),
        "caption": str(figure.get_label()),
        "printed": printed(study, ds),
    }


def save(figure: Any, path: Path) -> None:
    """Write a figure as a PNG of few colours, small enough to be kept with the code."""
    from PIL import Image

    from plasticity.figures.style import look

    drawn = io.BytesIO()
    with look():
        figure.savefig(drawn, format="png", dpi=WIDTH / figure.get_figwidth())
    image = Image.open(drawn).convert("RGB")
    for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < LARGEST:
            return
    raise SystemExit(f"{path.name}: {path.stat().st_size:,} bytes; allowed: {LARGEST:,}")


def printed(study: Study, ds: Any) -> str:
    """Give what the command prints of the result, as tab-separated lines."""
    from plasticity.cli.report import show_evidence, show_results
    from plasticity.cli.sweeping import show_indices
    from plasticity.study.sensitivity_section import analysed

    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(io.StringIO()), tempfile.TemporaryDirectory() as folder:
        if study.settings.sensitivity is not None:
            show_indices(analysed(study.settings.sensitivity, ds))
        elif study.evidence is not None:
            show_evidence(ds, Path(folder) / "evidence.nc")
        elif study.summaries is None:
            show_results(ds)
    return "".join(line for line in told.getvalue().splitlines(keepends=True) if not line.startswith("report: "))


def machine() -> str:
    """Say on what machine this runs."""
    found = Path("/proc/cpuinfo")
    lines = found.read_text(encoding="utf-8").splitlines() if found.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "one processor")
    return f"{model}, {len(os.sched_getaffinity(0))} cores"


def parser() -> argparse.ArgumentParser:
    """Say what may stand on the command line."""
    told = argparse.ArgumentParser(
        prog="python docs/gallery.py", description="Draw the figures of the gallery that are out of date."
    )
    told.add_argument("studies", nargs="*", metavar="STUDY", help="draw these, out of date or not")
    told.add_argument("--check", action="store_true", help="only say what is out of date, and fail if anything is")
    return told


def main(arguments: list[str] | None = None) -> int:
    """Draw what is out of date, or what is named; ``--check`` only says what would be drawn, and fails if anything."""
    asked = parser().parse_args(arguments)
    unknown = [name for name in asked.studies if name not in studies()]
    if unknown:
        parser().error(f"no study {unknown[0]!r}; allowed: {', '.join(studies())}")
    if asked.check:
        found = stale(asked.studies)
        print(f"{len(studies())} studies, {len(found)} figures out of date: {', '.join(found) or 'none'}")
        return int(bool(found))
    HERE.mkdir(exist_ok=True)
    for name in asked.studies or stale():
        print(f"{name} ...", flush=True)
        drawn = draw(name)
        known = {**record(), name: drawn}
        kept = {one: known[one] for one in sorted(known) if one in studies()}
        RECORD.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{name}: {known[name]['seconds']} s, {figure_of(name).stat().st_size:,} bytes", flush=True)
    for path in HERE.glob("*.png"):
        if path.stem not in studies():
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
