"""What was measured, in one file: `docs/_static/benchmarks.json`, from which pages and README have their numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "_static" / "benchmarks.json"
README = ROOT / "README.md"
START, END = "<!-- measured: written by `python -m benchmarks --figure` -->\n", "<!-- end of measured -->\n"


def read() -> dict[str, Any]:
    """Give all sections."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    return found


def write(section: str, content: dict[str, Any]) -> Path:
    """Put a section in place of what it held before, with the machine's name, and bring README up to date."""
    sections = {**read(), section: {"machine": report.machine(), **_rounded(content)}}
    text = json.dumps(dict(sorted(sections.items())), indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")
    README.write_text(with_measured(README.read_text(encoding="utf-8"), sections), encoding="utf-8")
    return FILE


def with_measured(text: str, sections: dict[str, Any]) -> str:
    """Put what was measured between the marks of README.

    >>> with_measured("# no marks", {})
    '# no marks'
    """
    if START not in text or "compared" not in sections:
        return text
    from benchmarks import told

    before, rest = text.split(START)
    return before + START + told.readme(sections) + END + rest.split(END)[1]


def _rounded(value: Any) -> Any:
    """Keep four digits."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_rounded(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.4g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
