"""The committed validation report: every row is there, counts are those of the rows, misses name a cure."""

import csv
import re
from collections import Counter

import numpy as np
import pytest

from plasticity.calibration.observed import rows, tables
from plasticity.calibration.validation import VERDICTS


@pytest.fixture(scope="module")
def report(root):
    with (root / "docs" / "reference" / "validation.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_published_row_is_in_the_report(report):
    assert {one["row"] for one in report} == {name for table in tables() for name in rows(table)}


def test_a_verdict_is_what_the_numbers_say(report):
    known = {name: row for table in tables() for name, row in rows(table).items()}
    for one in report:
        row = known[one["row"]]
        if one["verdict"] in ("in", "out"):
            inside = row.low <= float(one["predicted"]) <= row.high
            near = min(abs(float(one["predicted"]) - end) for end in (row.low, row.high))
            assert (one["verdict"] == "in") == inside or near < 1e-3 * abs(
                float(one["predicted"])
            )  # four printed digits
        elif one["verdict"] == "no interval":
            assert np.isnan(row.low) or np.isnan(row.high)
        else:
            assert not row.modelled and one["verdict"] == "no prediction"


def test_every_miss_says_what_would_cure_it(report):
    assert [one["row"] for one in report if one["verdict"] == "out" and not one["what would cure it"]] == []


def test_the_page_states_the_counts_of_its_rows(root, report):
    page = (root / "docs" / "reference" / "validation.md").read_text(encoding="utf-8")
    found = Counter((one["role"], one["verdict"]) for one in report)
    for role in ("calibration", "holdout"):
        told = re.search(rf"^\| baseline \| {role} \| (.+) \|$", page, re.MULTILINE)
        assert told is not None
        assert [int(cell) for cell in told[1].split(" | ")] == [found[role, verdict] for verdict in VERDICTS]
    assert page.count("**out**") == sum(one["verdict"] == "out" for one in report)
