"""What the page on speed includes: tables and sentences from the record of the benchmarks."""

import sys
from pathlib import Path


def pages() -> dict[str, str]:
    """Write the parts that the page includes."""
    root = str(Path(__file__).parents[2])
    if root not in sys.path:
        sys.path.append(root)  # the benchmarks lie beside the package, not in it
    from benchmarks import record, told

    return {f"parts/{name}.md": text for name, text in told.parts(record.read()).items()}
