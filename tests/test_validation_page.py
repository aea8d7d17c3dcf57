"""The committed validation report: every row is there, counts are those of the rows, misses name a cure."""

import csv
import re
from collections import Counter

import numpy as np
import pytest

from plasticity import data
from plasticity.calibration.asked import asked
from plasticity.calibration.batch import Batch
from plasticity.calibration.observed import rows, tables
from plasticity.calibration.quantities import quantity
from plasticity.calibration.validation import VERDICTS
from plasticity.simulation import integrated


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


@pytest.fixture(scope="module")
def remedies():
    table = data.load("known_misses")
    return dict(zip(table["id"].values.tolist(), table["remedy"].values.tolist(), strict=True))


def test_remedies_are_those_of_the_table_and_of_no_row_that_is_met(report, remedies):
    assert {one["row"]: one["what would cure it"] for one in report if one["verdict"] == "out"} == remedies
    known = {name: (row.source, row.note) for table in tables() for name, row in rows(table).items()}
    assert {one["row"]: (one["source"], one["note"]) for one in report} == known


LONG = "dmt 25 mg; dmt 90 mg over 90 min"
CURES = [
    # row, doses, numbers changed, set; what the remedy says of it; whether that meets the row
    ("lsd_dolder_100ug_reanalysis_cmax", "lsd 70 ug", {}, None, r"it would be ([\d.]+) ng/mL, inside", True),
    ("mdma_1mgkg_cmax", "mdma 1.0 mg/kg base", {}, None, r"base \(([\d.]+) ng/mL, inside\)", True),
    ("mdma_1mgkg_cmax", "mdma 1.0 mg/kg", {}, "improved", r"not autoinhibition, by which it is ([\d.]+) ng/mL", False),
    ("psilocybin_10mg_occupancy", "psilocybin 10 mg", {"psilocybin.htr2a_k_occ": 19.288}, None, r"gives (49) %", True),
    (
        "psilocybin_10mg_occupancy",
        "psilocybin 30 mg",
        {"psilocybin.htr2a_k_occ": 19.288},
        None,
        r"(64) % after 30 mg",
        False,
    ),
    ("mdma_125mg_half_life", "mdma 125 mg", {"mdma.clearance": 0.89 * 36.0}, None, r"clearance lower by 11 %", True),
    ("mdma_125mg_half_life", "mdma 125 mg", {}, "improved", r"as it was fitted, by which it is ([\d.]+) h", False),
    ("dmt_long_infusion_duration", "dmt 90 mg over 90 min", {"dmt.htr2a_hill": 2.2}, None, r"gives ([\d.]+) h", True),
    ("dmt_long_infusion_duration", "dmt 90 mg over 90 min", {}, None, r"here ([\d.]+) h", False),
    ("dmt_long_infusion_duration", "dmt 90 mg hemifumarate over 90 min", {}, None, r"hemifumarate \(([\d.]+) h", True),
    ("dmt_bolus_effect_peak", "dmt 0.3 mg/kg fumarate", {"dmt.effect_rate": 66.0}, None, r"give (\d+) to 90 s", True),
    ("dmt_bolus_and_infusion_effect_peak", LONG, {"dmt.effect_rate": 66.0}, None, r"gives (\d+) s", True),
    ("dmt_bolus_and_infusion_effect_peak", LONG, {}, None, r"here (\d+) s", False),
    ("mdma_duration", "mdma 100 mg", {}, "improved", r"improved too short, ([\d.]+) h", False),
    ("lsd_100ug_effect_peak", "lsd 100 ug", {}, "improved", r"([\d.]+) h by parameter set improved", True),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "doses", "changed", "chosen", "pattern", "meets"), CURES, ids=[f"{c[0]} {c[3]}" for c in CURES]
)
def test_a_remedy_does_what_it_says(remedies, name, doses, changed, chosen, pattern, meets):
    told = re.search(pattern, remedies[name])
    assert told is not None
    row = next(known[name] for table in tables() if name in (known := rows(table)))
    run = integrated(asked(doses, "180 h"), parameters=changed, parameter_set=chosen)
    found = float(quantity(row.quantity)(Batch([run]), row.compound, row.at)[0])
    assert (row.low <= found <= row.high) is meets
    shown = 3600.0 * found if told[0].endswith(" s") else found
    for number in told.groups():
        assert round(shown, len(number.partition(".")[2])) == float(number)
