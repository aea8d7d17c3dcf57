"""What pages tell of results is what the code gives: numbers come from `docs/facts.py` or from a snippet that runs."""

import re
import sys
from pathlib import Path

import pytest

import plasticity as pl
from plasticity import data

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
UNITS = "d|h|%|ng/mL|mg/kg|ug|nM|days|hours|weeks"
TYPED = re.compile(rf"(?<![\w.-])(\d+(?:\.\d+)?(?= (?:{UNITS})(?!\w))|\d\.\d+e-\d+)")
"""A number with a unit of results, or an error as it is measured."""
ELSEWHERE = {"docs/explanation/learning.md", "docs/explanation/speed.md", "docs/reference/validation.md"}
"""Pages with tables of their own that other tests hold."""
GENERATED = re.compile(r"^<!-- measured: .*?^<!-- end of measured -->$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def words(path):
    """The text of a page without code, which `tests/test_snippets.py` runs, and without what a program wrote."""
    text = GENERATED.sub("", path.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "", CODE.sub("", text))


def test_no_result_is_typed_by_hand():
    """Decisions are left out: they keep the numbers of their day, and say so."""
    pages = [ROOT / "README.md", DOCS / "index.md"]
    pages += [path for part in ("explanation", "how-to", "reference") for path in sorted((DOCS / part).glob("*.md"))]
    told = {str(path.relative_to(ROOT)): TYPED.findall(words(path)) for path in pages}
    assert {name: found for name, found in told.items() if found and name not in ELSEWHERE} == {}
    assert "keep the numbers of their day" in (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((DOCS / "tutorials").glob("*.md")), ids=lambda path: path.stem)
def test_a_number_told_in_a_tutorial_is_what_its_snippet_gives(path):
    text = path.read_text(encoding="utf-8")
    answers = re.findall(r"^(?!>>>|\.\.\. |```)(.+)$", "\n".join(CODE.findall(text)), re.MULTILINE)
    given = {float(number) for line in answers for number in re.findall(r"\d+(?:\.\d+)?", line)}
    assert {number for number in TYPED.findall(words(path)) if float(number) not in given} == set()


# Results that the README tells in words


@pytest.fixture(scope="module")
def told():
    """What the records of the bundled studies say; other tests hold them against the model that is here."""
    sys.path.insert(0, str(DOCS))
    try:
        from facts import facts

        return facts()
    finally:
        sys.path.remove(str(DOCS))
        for name in ("facts", "gallery", "ingredients", "measured"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def readme():
    return " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def closing_days(told, ending=""):
    return {
        str(name): float(told[f"closes_{name}{ending}"])
        for name in data.load("critical_period_windows").compound.values
    }


def test_lsd_and_ibogaine_miss_by_about_a_day_and_no_other_does(told, readme):
    assert "LSD and ibogaine miss by about a day" in readme and "close about a day too early" in readme
    late = {name: day - float(told[f"open_until_{name}"]) for name, day in closing_days(told).items()}
    assert {name for name, days in late.items() if days < 0.0} == {"lsd", "ibogaine"}
    assert all(-1.5 < late[name] < -0.5 for name in ("lsd", "ibogaine"))  # to the nearest day


def test_by_mouse_exposure_the_published_order_is_lost(told, readme):
    assert "driven by mouse exposure, the published order is lost" in readme
    by_people, by_mice = (closing_days(told, ending) for ending in ("", "_in_mice"))
    published = ["ketamine", "mdma", "psilocybin", "lsd", "ibogaine"]  # by the last day on which they were seen open
    assert sorted(by_people, key=by_people.__getitem__) == published
    assert sorted(by_mice, key=by_mice.__getitem__) != published


def test_ketanserin_ends_the_experience_far_too_fast_and_tolerance_is_too_weak(told, readme):
    assert (
        "Ketanserin given after LSD ends the experience far too fast, and tolerance to daily LSD is too weak" in readme
    )
    assert float(told["lsd_then_ketanserin_baseline"]) < 0.5 * float(told["rescue_seen"])
    first, *_, last = map(float, told["daily_lsd_baseline"].split(", "))
    assert last > 0.5 * first


def test_a_fifth_of_one_number_closes_the_window_of_ketamine(readme):
    assert "a change of one number by a fifth can close its window altogether" in readme
    plan = pl.Protocol("14 d").dose("ketamine", "0.5 mg/kg", over="40 min")
    gain = float(pl.Model().assemble(plan.compounds).declared["brake_gain"].value)
    assert int(pl.simulate(plan).number_of_windows) == 1
    assert int(pl.simulate(plan, parameters={"brake_gain": 0.8 * gain}).number_of_windows) == 0
