"""Every snippet of the documentation runs: Python in one namespace per page, shell commands reduced, studies checked.

A page is one test, in an empty folder. Its YAML blocks lie there as the files that the page names; `plasticity` is this
package, with `--reduced` where a command computes. Programs that are not ours (pip, schedulers, git) are only named.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from contextlib import suppress
from pathlib import Path

import pytest
from sybil import Document, Example, Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

from plasticity import config
from plasticity.study.schema import validated

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [
    page
    for folder in ("tutorials", "how-to", "explanation", "reference")
    for page in sorted((ROOT / "docs" / folder).glob("*.md"))
]
FAST = {
    "docs/tutorials/first_simulation.md",
    "docs/tutorials/first_sweep.md",
    "docs/how-to/solve_your_own_system.md",
    "docs/how-to/check_while_typing.md",
}
WITH_CODE = [
    page for page in PAGES if re.search(r"^```(python|sh|yaml|json)$", page.read_text(encoding="utf-8"), re.MULTILINE)
]
SHIM = """#!/usr/bin/env bash
# `plasticity` as a page calls it: what computes is reduced, what waits for a browser only says what it would do.
first=$1
case " $* " in *" --help "* | *" --reduced "*) ;; *)
    case $first in
    run | calibrate) grep -q "^reduced:" "{configs}/$2.yaml" "$2" 2> /dev/null && set -- "$@" --reduced ;;
    explore) set -- explore --help ;;
    esac ;;
esac
arguments=()
while (($#)); do
    case $1 in --scheduler) shift ;; *) arguments+=("$1") ;; esac # there is no cluster here
    shift
done
set -- "${{arguments[@]}}"
exec "{python}" -m plasticity "$@"
"""
NAMED_ONLY = ("pip", "dask", "git", "sphinx-build", "python", "python3", "plasticity-explore", "nox", "jupyter")
MAP = """protocol: {doses: [{compound: psilocybin, amount: 25 mg}]}
sweep: {over: {brake_tau: {from: 5 d, to: 8 d, points: 4}}, keep: [total_open_time]}
reduced: {sweep.over.brake_tau.points: 2}
"""


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if str(page.relative_to(ROOT)) in FAST else pytest.mark.slow) for page in WITH_CODE],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path, monkeypatch, page.read_text(encoding="utf-8"))
    flags = "NORMALIZE_WHITESPACE", "ELLIPSIS", "NUMBER"
    import doctest

    from _pytest.doctest import _get_flag_lookup

    options = sum(_get_flag_lookup()[flag] for flag in flags)
    assert options & doctest.ELLIPSIS
    sybil = Sybil(
        parsers=[
            PythonCodeBlockParser(doctest_optionflags=options),
            CodeBlockParser("sh", shell),
            CodeBlockParser("yaml", study),
            CodeBlockParser("json", lambda example: json.loads(example.parsed) and None),
            SkipParser(),
        ]
    )
    document: Document = sybil.parse(page)
    document.namespace["__name__"] = "snippets"
    count = 0
    for example in document.examples():
        with suppress(unittest.SkipTest):  # a line above the snippet says why
            example.evaluate()
            count += 1
    assert count > 0


def prepare(folder, monkeypatch, text):
    """Lay out the files that a page names, and the programs that it calls."""
    programs = folder / ".programs"
    programs.mkdir()
    shim = SHIM.format(python=sys.executable, configs=ROOT / "configs")
    for name, body in {
        "plasticity": shim,
        "srun": '#!/bin/sh\nexec "$@"\n',
        **dict.fromkeys(NAMED_ONLY, "#!/bin/sh\n"),
    }.items():
        path = programs / name
        path.write_text(body)
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for name, value in {
        "SCRATCH": str(folder),
        "SLURM_ARRAY_TASK_ID": "1",
        "SLURM_ARRAY_TASK_COUNT": "1",
        "SLURM_CPUS_PER_TASK": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in set(re.findall(r"\b(my_\w+|model)\.(yaml|xml)\b", text)):
        stem, ending = name
        whole = [
            block
            for block in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
            if "protocol:" in block
        ]
        if ending == "yaml":
            body = whole[0] if whole and stem != "my_map" else MAP
            reduced = "" if "\nreduced:" in body else "reduced: {protocol.duration: 3 d}\n"
            (folder / f"{stem}.yaml").write_text(f"{body.rstrip()}\n{reduced}")
    if "from_sbml(" in text:
        (folder / "model.xml").write_text(decay())
    if "my_kernels/" in text:
        (folder / "my_kernels").mkdir()
        kernel = re.search(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        (folder / "my_kernels" / "power_law.py").write_text(kernel[1])
    for name in re.findall(r"\{literalinclude\} (\w+\.yaml)", text):
        shutil.copy(ROOT / "docs" / "tutorials" / name, folder)
    (folder / "configs").symlink_to(ROOT / "configs")


def decay():
    """Write a small model of others as SBML."""
    import antimony

    assert (
        antimony.loadAntimonyString(
            "model decay; unit time_unit = 3600 second; S = 1; k1 = 0.2; k2 = 1; S -> ; k1*k2*S; end"
        )
        >= 0
    )
    return antimony.getSBMLString("decay")


def shell(example: Example):
    """Run a block of commands; the first that fails fails the page."""
    text = example.parsed.replace(".venv/bin/", "")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, f"{example.path}:{example.line}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def study(example: Example):
    """Check a study, or a part of one; a compound file is checked as such by its own page's tests."""
    tree = config.parse(example.parsed, f"{example.path}:{example.line}")
    if "molecular_weight" in tree.value:
        return
    parts = tree.value if "over" not in tree.value else {}
    if parts and "protocol" not in parts:
        tree = config.parse(f"{example.parsed.rstrip()}\nprotocol: {{}}\n", str(example.path))
    if parts:
        validated(tree)
