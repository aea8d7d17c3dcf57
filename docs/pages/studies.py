"""The gallery: one page for each study in ``configs/``, with its figure, its file, its cost and its sources."""

import functools
import inspect
import re
import struct
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import gallery
from pages.markdown import DISCLAIMER, cited, plain, seconds, table, with_code
from pages.numbers import MEANING, ORDER, badge, drugs
from pages.tables import slug, sources_of

from plasticity import data
from plasticity.calibration.validation import MISSES, Comparison
from plasticity.declare import FLAGS
from plasticity.kernels import declared_kernels
from plasticity.model import Model
from plasticity.study import Study, bundled
from plasticity.study.uncertainty_section import UncertaintySection
from plasticity.uncertainty import TABLE

HEADLINE = "window_by_compound"
"""The study that comes first."""


def pages() -> dict[str, str]:
    """Write the gallery and the table of studies."""
    known = gallery.record()
    studies = {name: Study.load(name) for name in Study.names()}
    written = {f"gallery/{name}.md": study_page(study, known.get(name, {})) for name, study in studies.items()}
    written["gallery/index.md"] = gallery_page(studies, known)
    written["studies.md"] = studies_page(studies, known)
    return written


def question(study: Study) -> list[str]:
    """Give the comment at the top of a study's file, as paragraphs: what is asked, and what to look at."""
    paragraphs = [""]
    for line in study.text.splitlines():
        if not line.startswith("#"):
            break
        text = line[1:].strip()
        if text:
            paragraphs[-1] = f"{paragraphs[-1]} {text}".strip()
        elif paragraphs[-1]:
            paragraphs.append("")
    return [text for text in paragraphs if text and not text.startswith("yaml-language-server")]


def study_page(study: Study, known: dict[str, Any]) -> str:
    """Write the page of one study."""
    name = study.name
    figure = f"../../gallery/{name}.png"
    parts = [f"(study-{name})=", f"# {plain(study.settings.title or name)}\n"]
    parts += [f"{with_code(text)}\n" for text in question(study)]
    parts += [f":::{{important}}\n{DISCLAIMER}\n:::\n"]
    if gallery.figure_of(name).is_file():
        alt = plain(study.settings.title or name)
        parts.append(f"```{{figure}} {figure}\n:alt: {alt}\n:class: study\n\n{plain(caption(known))}\n```\n")
    parts += ["## Make it\n", f"```sh\nplasticity run {name}\n```\n", cost(known)]
    parts += ["## The study\n", f"```{{literalinclude}} ../../../configs/{name}.yaml\n:language: yaml\n```\n"]
    parts += ["## What it prints\n", printed(known["printed"])] if known.get("printed") else []
    parts += ["## What it rests on\n", rests_on(study)]
    return "\n".join(parts)


def caption(known: dict[str, Any]) -> str:
    """Give the figure's own caption without the version: the record has it."""
    return str(known.get("caption", "")).rpartition(" plasticity ")[0]


def cost(known: dict[str, Any]) -> str:
    """Say how long a study took, where, and with which version."""
    if not known:
        return "The figure has not been drawn yet.\n"
    return (
        f"It took {seconds(known['processor_seconds'])} of processor time ({seconds(known['seconds'])} by the clock) "
        f"on {plain(known['machine'])}, models compiled, in version {known['package_version']} ({known['commit']}). "
        "With `--reduced` it is a quick look; `plasticity check` says the cost beforehand.\n"
    )


def printed(text: str) -> str:
    """Set what the command printed as a table, and its sentences below."""
    lines = [line for line in text.splitlines() if line.strip()]
    parts = []
    while lines:
        columns = lines[0].count("\t")
        taken = next((i for i, line in enumerate(lines) if line.count("\t") != columns), len(lines)) if columns else 1
        block, lines = lines[:taken], lines[taken:]
        if columns:
            head, *rows = [[plain(cell) for cell in line.split("\t")] for line in block]
            parts.append(table(head, [(row[0].replace("\\", ""), *row[1:]) for row in rows if row]))
        elif block[0] != DISCLAIMER and "not evidence about treatment" not in block[0]:
            parts.append(plain(block[0]) + "\n")
    return "\n".join(parts)


def rests_on(study: Study) -> str:
    """Count the numbers behind a study by how well they are known, and cite their sources."""
    told = list(numbers_behind(study))
    count = Counter(flag for _, flag, _ in told)
    rows = [(badge(flag), MEANING[flag], str(count[flag])) for flag in ORDER if flag in FLAGS]
    keys = sorted({key for _, _, source in told for key in source})
    parts = [f"{len(told)} numbers of the model and its compounds:\n", table(("flag", "means", "numbers"), rows)]
    parts.append(f"Sources of these numbers: {cited(keys)}.\n" if keys else "No number has a source.\n")
    used = data_behind(study)
    if used:
        papers = sorted({key for name in used for key in sources_of(name)})
        parts.append(f"Tables that it reads: {', '.join(f'[{name}](../data.md#{slug(name)})' for name in used)}.\n")
        parts.append(f"Sources of these tables: {cited(papers)}.\n" if papers else "")
    return "\n".join(parts)


def numbers_behind(study: Study) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """List the numbers in force in any run of a study, each once."""
    plan = study.summaries
    made = [(one.assembly, one.protocol.compounds) for one in plan.settings] if plan is not None else []
    told = [row for part in ("rows", "holdout") for row in getattr(study.evidence, part, ())]
    if told:  # asked about every compound of its rows, and about every law
        asked = {row.compound for row in told}
        compared = [drug for drug in drugs() if drug.name in asked and drug.species == "human"]
        models = [Model(brake=one.variant) for one in declared_kernels() if one.layer == "brake"]
        made = [(model.assemble(compared), tuple(compared)) for model in models]
    made = made or [(run.model.assemble(run.protocol.compounds), run.protocol.compounds) for run in study.runs]
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for assembly, compounds in made:
        for key, parameter in assembly.parameters.items():
            if "." not in key:
                found[key] = (parameter.flag or "", tuple(parameter.source))
        for drug in compounds:
            for name, number in drug.numbers.items():
                found[f"{drug.name}.{name}"] = (number.flag, tuple(number.source))
    return [(key, flag, source) for key, (flag, source) in found.items()]


def data_behind(study: Study) -> list[str]:
    """List the tables that a study reads: of its rows, of the draws behind its intervals, and of its figure."""
    held = study.evidence
    rows = [row for part in ("rows", "holdout") for row in getattr(held, part, ())]
    read = {row.table for row in rows}
    if isinstance(held, Comparison):
        read |= {MISSES, TABLE}
    if held is None and study.summaries is None and isinstance(study.settings.uncertainty, UncertaintySection):
        read.add(TABLE)
    if study.settings.figure is not None:
        drawn = code_of_figure(f"plasticity.figures.{study.settings.figure.kind}")
        read |= {name for name in data.names() if f'"{name}"' in drawn}
    return [name for name in data.names() if name in read]


@functools.cache
def code_of_figure(module: str) -> str:
    """Give the code that draws a kind of figure: its module, and those of other figures that it imports."""
    code = inspect.getsource(import_module(module))
    docstrings = re.sub(r'"""(.*?)"""', "", code, flags=re.DOTALL)
    below = re.findall(r"^from (plasticity\.figures\.\w+) import", code, re.MULTILINE)
    return docstrings + "".join(code_of_figure(other) for other in dict.fromkeys(below))


def gallery_page(studies: dict[str, Study], known: dict[str, Any]) -> str:
    """Write the cards that lead to the studies."""
    cards = []
    for name in sorted(studies, key=lambda one: (one != HEADLINE, one)):
        study = studies[name]
        text = question(study)[0] if question(study) else ""
        first = re.split(r"(?<=[.?!]) ", text, maxsplit=1)[0]
        took = seconds(known[name]["processor_seconds"]) if name in known else "not drawn yet"
        head = f":::{{grid-item-card}} {plain(study.settings.title or name)}\n:link: {name}\n:link-type: doc\n"
        shape = "thumbnail tall" if tall(name) else "thumbnail"
        alt = f"Figure of the study {name}"
        picture = f":img-top: ../../gallery/{name}.png\n:img-alt: {alt}\n:class-img-top: {shape}\n"
        cards.append(f"{head}{picture}\n{plain(first)}\n\n*{took} of processor time*\n:::\n")
    grid = "::::{grid} 1 1 2 2\n:gutter: 3\n:class-container: gallery\n\n" + "\n".join(cards) + "::::\n"
    said = (
        "Every study that ships with the package: its figure, the file that makes it, the command, what it cost, and "
        "the sources under it. Each is one line away, `plasticity run NAME`, and one file away from yours.\n\n"
        f"{grid}"
    )
    hidden = "```{toctree}\n:hidden:\n\n" + "\n".join(studies) + "\n```\n"
    return f"# Gallery\n\n{said}\n{hidden}"


def tall(name: str) -> bool:
    """Tell whether a figure is higher than wide, so that its card shows the upper part."""
    path = gallery.figure_of(name)
    width, height = struct.unpack(">II", path.read_bytes()[16:24]) if path.is_file() else (1, 1)  # as PNG has it
    return bool(height > width)


def studies_page(studies: dict[str, Study], known: dict[str, Any]) -> str:
    """Write the table of bundled studies."""
    rows = []
    for name, study in studies.items():
        points = study.summaries.space.points if study.summaries is not None else len(study.runs)
        figure = study.settings.figure.kind if study.settings.figure else ""
        took = seconds(known[name]["processor_seconds"]) if name in known else ""
        title = plain(study.settings.title)
        rows.append((f"[{name}](gallery/{name}.md)", title, f"{points:,}", f"`{figure}`" if figure else "", took))
    said = "`plasticity list studies` prints the names; a study is run by its name wherever the package is installed.\n"
    header = ("study", "shows", "runs", "figure", "processor time")
    return "\n".join(["# Studies\n", said, f"They lie in `{bundled.folder().name}/`.\n", table(header, rows)])
