"""Compounds: every number stands with unit, flag and source, every state has what it needs, nothing slips through."""

import pickle
from pathlib import Path

import pytest

from plasticity.compound import BODY_WEIGHT, ROUTES, Compound, compound_names, load_compound, parameter_sets
from plasticity.compound_rules import POTENCIES, STATES
from plasticity.declare import FLAGS
from plasticity.errors import InputError
from plasticity.sources import read_sources
from plasticity.units import CANONICAL, quantity, quantity_among

FOLDER = Path(__file__).parents[1] / "plasticity" / "compounds"
ONE_SPECIES = {"dmt": "human", "dmt_maoi": "human", "mescaline": "human", "tabernanthalog": "mouse"}
PRESENT = [
    (name, species) for name in compound_names() for species in BODY_WEIGHT if ONE_SPECIES.get(name, species) == species
]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with one compound of one's own, a copy of LSD under another name."""
    text = (FOLDER / "lsd.yaml").read_text(encoding="utf-8")
    (tmp_path / "nova.yaml").write_text(text.replace("name: lsd", "name: nova"), encoding="utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> None:
    path = folder / "nova.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_ten_drugs_are_there() -> None:
    assert set(compound_names()) == {
        *("psilocybin", "lsd", "dmt", "dmt_maoi", "mescaline"),
        *("mdma", "ketamine", "ibogaine", "ketanserin", "tabernanthalog", "cocaine"),
    }


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_every_number_has_unit_range_flag_and_known_sources(name: str, species: str) -> None:
    compound = load_compound(name, species)
    assert len(compound.numbers) >= 6  # an intravenous compound with one compartment and one target
    for number in compound.numbers.values():
        assert number.unit in CANONICAL
        assert number.flag in FLAGS
        assert set(number.source) <= set(read_sources())
        assert number.range is not None
        assert number.range[0] <= number.value <= number.range[1]


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_a_number_that_is_not_a_free_choice_says_where_it_comes_from(name: str, species: str) -> None:
    for number in load_compound(name, species).numbers.values():
        assert number.source or number.note or number.flag == "assumed"


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_what_was_seen_in_people_is_assumed_of_mice(name: str, species: str) -> None:
    taken_over = [n for n in load_compound(name, species).numbers.values() if n.note.startswith("as in humans")]
    assert {number.flag for number in taken_over} <= {"assumed", "recalled"}


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_states_and_potencies_have_what_they_need(name: str, species: str) -> None:
    compound = load_compound(name, species)
    present = {*compound.states, *compound.numbers}
    assert set(compound.states) <= set(STATES)
    assert {"central", "effect", "clearance", "volume_central", "effect_rate"} <= present
    for part, needs in {**STATES, **POTENCIES}.items():
        assert part not in present or set(needs) <= present


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_the_reference_dose_can_be_taken(name: str, species: str) -> None:
    compound = load_compound(name, species)
    reference = compound.reference
    assert quantity_among(reference.amount, ("mg", "mg/kg"), name)[0] > 0
    assert reference.route == compound.default_route
    assert reference.route in ROUTES
    assert (reference.route == "iv_infusion") == (reference.over is not None)
    assert reference.over is None or quantity(reference.over, "h", name) > 0


@pytest.mark.parametrize(("name", "species"), PRESENT)
def test_mass_fractions_are_fractions_and_the_moiety_itself_counts_fully(name: str, species: str) -> None:
    compound = load_compound(name, species)
    assert compound.default_form in compound.forms
    assert max(compound.forms.values()) == 1.0
    assert min(compound.forms.values()) > 0.5


@pytest.mark.parametrize(("name", "species"), sorted(ONE_SPECIES.items()))
def test_a_species_without_data_is_refused(name: str, species: str) -> None:
    (other,) = set(BODY_WEIGHT) - {species}
    with pytest.raises(InputError, match=f"no data for species '{other}'; allowed: {species}"):
        load_compound(name, other)


def test_the_primary_target_has_a_potency() -> None:
    reading = {"htr2a": ("htr2a_k_act",), "sert": ("sert_release_k", "sert_block_k"), "nmda": ("nmda_k",)}
    for name, species in PRESENT:
        compound = load_compound(name, species)
        if compound.primary_target != "none":
            assert any(potency in compound.numbers for potency in reading[compound.primary_target])


def test_only_tabernanthalog_and_cocaine_are_exploratory() -> None:
    found = {name for name, species in PRESENT if load_compound(name, species).exploratory}
    assert found == {"tabernanthalog", "cocaine"}


def test_unbound_psilocin_explains_its_two_potencies() -> None:
    # PET occupancy saturates about five times lower than the effect (Madsen2019, Holze2023)
    numbers = load_compound("psilocybin").numbers
    assert 4.0 < numbers["htr2a_k_act"].value / numbers["htr2a_k_occ"].value < 5.0


@pytest.mark.parametrize(
    ("name", "form", "whole"),
    [
        ("psilocybin", "psilocybin", 284.25),
        ("dmt", "fumarate", 304.3),
        ("dmt", "hemifumarate", 246.3),
        ("mdma", "hydrochloride", 229.7),
        ("ibogaine", "hydrochloride", 346.9),
        ("ketamine", "hydrochloride", 237.73 + 36.46),
        ("mescaline", "hydrochloride", 211.26 + 36.46),
    ],
)
def test_a_salt_holds_as_much_as_its_molecular_weight_says(name: str, form: str, whole: float) -> None:
    compound = load_compound(name)
    share = compound.numbers["molecular_weight"].value / whole
    assert compound.forms[form] == pytest.approx(share, abs=6e-4)  # fractions are given to three or four digits


def test_autoinhibition_of_mdma_is_off_until_its_set_is_asked_for() -> None:
    numbers = load_compound("mdma").numbers
    assert numbers["cyp2d6_inactivation_rate"].value == 0.0
    assert numbers["cyp2d6_fraction"].value == 0.0
    chosen = parameter_sets()["mdma_autoinhibition"]
    assert set(chosen) == {
        *("mdma.clearance", "mdma.volume_central", "mdma.cyp2d6_fraction"),
        *("mdma.cyp2d6_inactivation_rate", "mdma.cyp2d6_inactivation_half"),
    }
    assert chosen["mdma.cyp2d6_inactivation_rate"] > 0.0


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="did you mean 'psilocybin'"):
        load_compound("psilocibin")
    with pytest.raises(InputError, match="did you mean 'mouse'"):
        load_compound("lsd", "mouze")


@pytest.mark.parametrize("name", ["../compounds/lsd", "lsd.yaml", "/etc/passwd", "", "*", "lsd\0"])
def test_a_name_never_leaves_the_folder(name: str) -> None:
    with pytest.raises(InputError, match="unknown compound"):
        load_compound(name)


def test_a_folder_adds_compounds_and_goes_first(mine: Path) -> None:
    assert "nova" in compound_names(mine)
    assert "nova" not in compound_names()
    assert load_compound("nova", folder=mine).numbers == load_compound("lsd").numbers
    text = (mine / "nova.yaml").read_text(encoding="utf-8").replace("name: nova", "name: lsd")
    (mine / "lsd.yaml").write_text(text.replace('title: "', 'title: "My '), encoding="utf-8")
    assert load_compound("lsd", folder=mine).title == "My " + load_compound("lsd").title


def test_an_edited_file_is_read_again(mine: Path) -> None:
    before = load_compound("nova", folder=mine)
    changed(mine, "value: 7.3,", "value: 7.4,")
    assert before.numbers["clearance"].value == 7.3
    assert load_compound("nova", folder=mine).numbers["clearance"].value == 7.4


def test_sources_beside_ones_own_compound_are_read(mine: Path) -> None:
    changed(mine, "source: [Holze2019]", "source: [Mine2031]")
    with pytest.raises(InputError, match="unknown source 'Mine2031'"):
        load_compound("nova", folder=mine)
    (mine / "sources.bib").write_text("@article{Mine2031,\n  title = {Mine},\n}\n", encoding="utf-8")
    changed(mine, "title:", "title: ")
    assert any("Mine2031" in number.source for number in load_compound("nova", folder=mine).numbers.values())


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("clearance: {value: 7.3, unit: L/h,", "clearance: {value: 7.3,", "'unit' is missing"),
        ("unit: L/h,", "unit: mL/min,", "unknown unit"),
        ("flag: derived", "flag: guessed", "unknown flag"),
        ("flag: derived", "flag: derived, extra: 1", "unknown key 'extra'"),
        ("value: 7.3,", "value: .inf,", "not finite"),
        ("value: 7.3,", "value: -7.3,", "negative"),
        ("value: 7.3,", "value: 7.3 L/h,", "not a number"),
        ("value: 7.3,", "value: true,", "True"),
        ("value: 7.3,", "value: 99,", "around the value"),
        ("range: [3.65, 14.6]", "range: [14.6, 3.65]", "around the value"),
        ("range: [3.65, 14.6]", "range: [3.65]", "around the value"),
        ("source: [Holze2019, HolzeErne]", "source: [Holze1919]", "unknown source"),
        ("source: [Holze2019, HolzeErne]", "source: Holze2019", "not a list"),
        ("states: [gut, central, effect]", "states: [gut, central, efect]", "did you mean 'effect'"),
        ("states: [gut, central, effect]", "states: [central, effect]", "not listed"),
        ("states: [gut, central, effect]", "states: [gut, central, peripheral, effect]", "distribution_clearance"),
        ("states: [gut, central, effect]", "states: [gut, central]", "'effect' is missing"),
        ("    absorption_rate:", "    absorption_rates:", "absorption_rate"),
        ("    htr2a_hill:", "    htr2a_hilll:", "'htr2a_k_act' needs 'htr2a_hill'"),
        ("reference_dose: 100 ug oral", "reference_dose: 100 oral", "not a dose"),
        ("reference_dose: 100 ug oral", "reference_dose: 100 bar oral", "unknown unit"),
        ("reference_dose: 100 ug oral", "reference_dose: 100 ug salt oral", "'salt'"),
        ("reference_dose: 100 ug oral", "reference_dose: 100 ug oral over 1 h", "iv_infusion"),
        ("primary_target: htr2a", "primary_target: htr7", "unknown primary target"),
        ("exploratory: false", "exploratory: no", "not a truth value"),
        ("default_form: base", "default_form: acetate", "unknown form"),
        ("base: {value: 1,", "base: {value: 0,", "around the value"),
        ("molecular_weight: {value: 323.43, unit: g/mol", "molecular_weight: {value: 323.43, unit: kg", "g/mol"),
        ("name: nova", "name: other", "not the name of the file"),
        ("human:\n", "rat: null\nhuman:\n", "unknown key 'rat'"),
        ("default_form: base\n", "", "'default_form' is missing"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_file_and_line(mine: Path, old: str, new: str, what: str) -> None:
    changed(mine, old, new)
    with pytest.raises(InputError, match=what) as caught:
        load_compound("nova", folder=mine)
    assert str(mine / "nova.yaml") + ":" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_parameter_set_replaces_what_is_there_in_its_unit(mine: Path) -> None:
    number = "{value: 9, unit: %s, range: null, flag: fitted, source: [], note: trial}"
    sets = "parameter_sets:\n  trial: {title: T, species: human, parameters: {%s: " + number + "}}\n"
    original = (mine / "nova.yaml").read_text(encoding="utf-8")
    for name, unit, what in [("clearence", "L/h", "did you mean 'clearance'"), ("clearance", "L", "unit 'L'")]:
        (mine / "nova.yaml").write_text(original + sets % (name, unit), encoding="utf-8")
        with pytest.raises(InputError, match=what):
            parameter_sets(mine)
    (mine / "nova.yaml").write_text(original + sets % ("clearance", "L/h"), encoding="utf-8")
    assert parameter_sets(mine)["trial"] == {"nova.clearance": 9.0}


def test_a_compound_travels_between_processes() -> None:
    compound = load_compound("ibogaine")
    copy: Compound = pickle.loads(pickle.dumps(compound))
    assert copy == compound


def test_every_source_says_its_title_and_what_was_not_checked() -> None:
    sources = read_sources()
    assert len(sources) > 30
    for source in sources.values():
        assert source.title
        assert source.author
        assert source.year.isdigit()
        assert source.doi == "" or source.doi.startswith("10.")
        assert source.doi or source.note  # without a DOI the entry says why


def test_a_source_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.bib"
    path.write_text("@article{A2020,\n}\n@article{A2020,\n}\n", encoding="utf-8")
    with pytest.raises(InputError, match="'A2020' stands twice"):
        read_sources(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_sources(tmp_path / "missing.bib")
