"""The gallery shows what the studies of this commit give, and notices when they give something else."""

import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from plasticity.kernels.brake import brake
from plasticity.study import Study

DOCS = Path(__file__).parents[1] / "docs"
LARGEST = 150_000


@pytest.fixture
def ingredients(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    import ingredients

    yield ingredients
    for name in ("gallery", "ingredients", "measured", "validation", "facts"):
        sys.modules.pop(name, None)


@pytest.fixture
def gallery(ingredients):
    import gallery

    return gallery


def test_every_figure_was_made_from_what_is_here(gallery):
    assert gallery.stale() == [], "run `python docs/gallery.py`, look at the figures, and commit them"


def test_every_study_has_a_small_figure_and_a_record(gallery):
    kept = {path.stem for path in (DOCS / "gallery").glob("*.png")}
    assert kept == set(gallery.studies()) == set(gallery.record())
    assert {
        path.name: size for path in (DOCS / "gallery").glob("*.png") if (size := path.stat().st_size) > LARGEST
    } == {}
    for known in gallery.record().values():
        assert known["seconds"] > 0.0
        assert known["machine"]
        assert "plasticity" in known["caption"]
        assert "\tnan" not in known["printed"], known["printed"]
        assert set(json.loads(known["versions"])) >= {"numpy", "numba"}


def test_a_changed_study_is_noticed(ingredients):
    before = Study.load("psilocybin_stages")
    assert ingredients.made_from(before) == ingredients.made_from(Study.load("psilocybin_stages"))
    assert ingredients.made_from(before) != ingredients.made_from(Study.load("psilocybin_stages", ["times.every=2 h"]))


def test_a_changed_number_is_noticed_and_a_changed_note_is_not(ingredients, monkeypatch):
    study = Study.load("psilocybin_stages")
    before = ingredients.made_from(study)
    gain, *others = brake.parameters
    for changed, same in (
        (replace(gain, note="another note", flag="assumed"), True),
        (replace(gain, value=7.0), False),
    ):
        other = replace(brake, parameters=(changed, *others))
        known = [other if one is brake else one for one in ingredients.declared_kernels()]
        monkeypatch.setattr(ingredients, "declared_kernels", lambda known=known: known)
        assert (ingredients.made_from(study) == before) is same
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("changed", "same"),
    [("stages.py", False), ("pens.py", False), ("sheet.py", False), ("uncertainty.py", False), ("tornado.py", True)],
)
def test_a_change_in_what_draws_the_figure_is_noticed(ingredients, monkeypatch, changed, same):
    study = Study.load("psilocybin_stages")
    before, code = ingredients.made_from(study), ingredients.code
    monkeypatch.setattr(ingredients, "code", lambda path: code(path) + "pass" * (path.name == changed))
    assert (ingredients.made_from(study) == before) is same


def test_comments_words_and_layout_do_not_count_and_code_does(ingredients):
    code = 'def law(z):\n    """Say one thing."""\n    return "#" + z  # why\n'
    same = '# A comment.\ndef law(\n    z,\n):\n    """Say another."""\n    return "#" + z\n'
    assert ingredients.bare(code) == 'deflaw(z):return"#"+z'
    assert ingredients.bare(same).replace("z,)", "z)") == ingredients.bare(code)
    assert ingredients.bare(code.replace("+", "-")) != ingredients.bare(code)


def test_a_missing_figure_is_named(gallery, monkeypatch, tmp_path):
    monkeypatch.setattr(gallery, "HERE", tmp_path)
    assert gallery.stale(["psilocybin_stages"]) == ["psilocybin_stages"]
    assert gallery.main(["--check", "psilocybin_stages"]) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["--chek"], ["psilocybin_stage"]])
def test_asking_for_help_or_for_what_is_not_there_draws_nothing(gallery, monkeypatch, capsys, arguments):
    monkeypatch.setattr(gallery, "draw", lambda name: pytest.fail(f"{name} was drawn"))
    with pytest.raises(SystemExit) as left:
        gallery.main(arguments)
    said = capsys.readouterr()
    assert left.value.code == (0 if arguments == ["--help"] else 2)
    assert "usage: python docs/gallery.py" in said.out + said.err


@pytest.mark.parametrize("name", ["measured", "validation"])
def test_the_other_programs_of_the_documentation_have_help_too(ingredients, name, capsys):
    program = importlib.import_module(name)
    with pytest.raises(SystemExit) as left:
        program.main(["--help"])
    assert left.value.code == 0
    assert f"usage: python docs/{name}.py" in capsys.readouterr().out


def test_numbers_in_sentences_are_those_of_the_headline_study(gallery):
    import facts

    told = facts.facts()
    assert {f"closes_{name}" for name in ("ketamine", "psilocybin", "mdma", "lsd", "ibogaine")} <= set(told)
    assert {f"closes_ibogaine_by_{law}" for law in ("first_order", "feedback", "zero_order")} <= set(told)
    assert 15.0 < float(told["closes_psilocybin"]) < 20.0


def test_numbers_that_pages_tell_were_computed_with_the_model_that_is_here(ingredients, monkeypatch):
    import measured

    assert not measured.stale(), "run `python docs/measured.py`, and commit docs/gallery/measured.json"
    gain, *others = brake.parameters
    other = replace(brake, parameters=(replace(gain, value=7.0), *others))
    known = [other if one is brake else one for one in ingredients.declared_kernels()]
    monkeypatch.setattr(ingredients, "declared_kernels", lambda: known)
    assert measured.stale()
