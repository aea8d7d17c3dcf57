"""Strict YAML: plain data with positions, and one line with the place for everything else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plasticity.config import ConfigError, load, parse
from plasticity.errors import InputError

STUDY = """\
title: Window by dose
protocol:
  duration: 28 d
  doses:
    - {compound: lsd, amount: 100 ug}
    - compound: psilocybin
      amount: 25 mg
sweep: {over: {dose: {points: 40}}}
"""


def place(error: pytest.ExceptionInfo[ConfigError]) -> str:
    return str(error.value).split(": ")[0]


def refusal(text: str) -> str:
    """What `parse` says against the text; empty when it reads it."""
    try:
        parse(text, "f")
    except ConfigError as error:
        return str(error)
    return ""


def test_every_key_and_value_knows_its_place() -> None:
    amount = parse(STUDY, "study.yaml").find(("protocol", "doses", 1, "amount"))
    assert (amount.value, amount.key, amount.file) == ("25 mg", "protocol.doses.1.amount", "study.yaml")
    assert (amount.line, amount.column, amount.key_line, amount.key_column) == (7, 15, 7, 7)
    assert STUDY.splitlines()[6][14:] == "25 mg"


def test_scalars_follow_the_core_schema_of_yaml_1_2() -> None:
    # YAML 1.2.2, section 10.3.2: yes, no, dates, sexagesimals and underscores are text
    given = "[yes, no, on, 12:30, 2024-01-01, 1_000, 0b1, =, ~, null, true, 010, 0o10, 0x1f, -3, 1., .5, 1e3, '1', '']"
    expected = ["yes", "no", "on", "12:30", "2024-01-01", "1_000", "0b1", "="]
    assert parse(f"a: {given}").plain()["a"] == [*expected, None, None, True, 10, 8, 31, -3, 1.0, 0.5, 1e3, "1", ""]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: 1\nb: {c: 1, c: 2}\n", "f:2:11", "repeated key"),
        ("a: &x 1\n", "f:1:4", "anchor"),
        ("a: 1\nb: *x\n", "f:2:4", "alias"),
        ("a: !!python/object/apply:os.system [ls]\n", "f:1:4", "tag"),
        ("a: !x {}\n", "f:1:4", "tag"),
        ("a: !!int '3'\n", "f:1:4", "tag"),
        ("<<: {a: 1}\n", "f:1:1", "not a key"),
        ("1: 2\n", "f:1:1", "not a key"),
        ("true: 2\n", "f:1:1", "not a key"),
        ("? [a, b]\n: 1\n", "f:1:3", "not a key"),
        ("a: 1\n---\nb: 2\n", "f:2:1", "second document"),
        ("%YAML 1.1\n---\na: 1\n", "f:2:1", "directive"),
        ("", "f:1:1", "no mapping"),
        ("- a\n", "f:1:1", "no mapping"),
        ("a: .nan\n", "f:1:4", "not finite"),
        ("a:\n  - -.inf\n", "f:2:5", "not finite"),
        ("a: 1e400\n", "f:1:4", "not finite"),
        ("a: " + "9" * 5000, "f:1:4", "not finite"),
        ("a: b: c\n", "f:1:5", "not YAML"),
        ("a: [1, 2\n", "f:2:1", "not YAML"),
        ("a: 'open\n", "f:2:1", "not YAML"),
        ("\ta: 1\n", "f:1:1", "not YAML"),
        ("a: 1\nb: \x01\n", "f:2:4", "control character"),
        ('a: "\\ud800"\n', "f:1:4", "surrogate"),
        ("a: " + "[" * 5000, "f:1:44", "too deep"),
    ],
)
def test_what_plain_data_does_not_need_is_refused_where_it_stands(text: str, where: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as caught:
        parse(text, "f")
    assert place(caught) == where
    assert "\n" not in str(caught.value)
    assert "; allowed: " in str(caught.value)


@given(st.text(max_size=60) | st.text(alphabet="ab1 :-{}[],&*!|>%@'\"?#\n\t~", max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    assert len(refusal(text).splitlines()) <= 1


def test_a_file_is_read_with_its_name_in_the_errors(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes("\ufeffa: Größe\r\nb: [\r\n".encode())
    with pytest.raises(ConfigError, match=r"plan\.yaml:3:1: not YAML"):
        load(path)
    path.write_bytes("\ufefftitle: Größe\r\n".encode())
    assert load(path).plain() == {"title": "Größe"}


def test_a_file_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(ConfigError, match="byte 3 is not UTF-8"):
        load(tmp_path / "latin.yaml")


def test_an_unknown_key_is_told_at_the_key_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'duration'") as caught:
        parse("protocol:\n  durration: 28 d\n", "f").find(("protocol",)).check_keys(["duration", "species"])
    assert place(caught) == "f:2:3"


def test_a_missing_key_is_told_where_its_mapping_begins() -> None:
    with pytest.raises(ConfigError, match="'amount' is missing") as caught:
        parse("doses:\n  - compound: lsd\n", "f").find(("doses", 0)).check_keys(
            ["compound", "amount"], required=["compound", "amount"]
        )
    assert place(caught) == "f:2:5"


def test_an_error_from_below_gets_the_place_once() -> None:
    tree = parse(STUDY, "study.yaml")
    with pytest.raises(ConfigError) as caught, tree.located(), tree.find(("protocol", "duration")).located():
        raise InputError("duration: too long; allowed: 14 d")
    assert str(caught.value) == "study.yaml:3:13: protocol.duration: duration: too long; allowed: 14 d"


def test_a_path_that_ends_early_finds_the_last_node_on_the_way() -> None:
    tree = parse(STUDY, "study.yaml")
    assert tree.find(("protocol", "doses", 7, "amount")).key == "protocol.doses"
    assert tree.find(("sweep", "over", "dose", "points", "x")).value == 40
    assert tree.find(()) is tree


def test_a_bare_number_where_a_unit_is_needed_is_refused_with_its_place() -> None:
    tree = parse("a: 7\nb: 7 d\nc: 0.5\n", "f")
    with pytest.raises(ConfigError, match="f:1:4: a: .*7 has no unit"):
        tree.value["a"].quantity("h")
    assert tree.value["b"].quantity("h") == 168.0
    assert tree.value["b"].quantity_text("h") == "7 d"
    assert tree.value["c"].quantity("1") == 0.5


def test_values_of_the_wrong_kind_are_refused() -> None:
    tree = parse("a: [1]\nb: {c: 1}\nd: 5\n", "f")
    with pytest.raises(ConfigError, match="a list is not a mapping"):
        tree.value["a"].mapping()
    with pytest.raises(ConfigError, match="a mapping is not a list"):
        tree.value["b"].items()
    with pytest.raises(ConfigError, match="5 is not text"):
        tree.value["d"].text()
    with pytest.raises(ConfigError, match="unknown species 'mous'; did you mean 'mouse'"):
        parse("s: mous", "f").value["s"].text(["human", "mouse"], "species")


def test_a_replaced_value_keeps_its_own_place_and_takes_the_new_path() -> None:
    tree = parse(STUDY, "study.yaml")
    changed = tree.replaced(("protocol", "doses", 0, "amount"), parse("{of: [50 ug]}", "--set", mapping=False))
    found = changed.find(("protocol", "doses", 0, "amount", "of", 0))
    assert (found.value, found.key, found.file) == ("50 ug", "protocol.doses.0.amount.of.0", "--set")
    assert tree.find(("protocol", "doses", 0, "amount")).value == "100 ug"
    with pytest.raises(ConfigError, match="--set:1:1: protocol.doses.9 does not exist"):
        tree.replaced(("protocol", "doses", 9), parse("1 h", "--set", mapping=False))
