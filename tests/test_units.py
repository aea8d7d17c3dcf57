"""Quantities: text with a unit becomes one exact canonical number, and nothing else gets through."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plasticity.errors import InputError
from plasticity.units import CANONICAL, quantity, quantity_among, written


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("28 d", "h", 672.0),
        ("1 week", "h", 168.0),
        ("40 min", "h", 2.0 / 3.0),
        ("90min", "h", 1.5),
        ("100 ug", "mg", 0.1),
        ("100 µg", "mg", 0.1),
        ("0.85 mg/kg", "mg/kg", 0.85),
        ("1 ug/kg", "mg/kg", 0.001),
        ("26 L/min", "L/h", 1560.0),  # clearance of DMT, Eckernas2022
        ("6 1/s", "1/h", 21600.0),  # release by the IP3 receptor, DePitta2009
        ("0.2 1/(uM s)", "1/(uM h)", 720.0),  # inactivation of the IP3 receptor, the same table
        ("0.9 uM/s", "uM/h", 3240.0),  # the SERCA pump, the same table
        ("95 nmol/L", "nM", 95.0),
        ("1 umol", "nmol", 1000.0),  # 999.9999999999999 in floats
        ("0.3 uM", "nM", 300.0),
        ("6 nM", "nM free", 6.0),
        ("6 nM free", "nM free", 6.0),
        ("75 %", "1", 0.75),
        ("0.75", "1", 0.75),
        ("25 g", "kg", 0.025),
    ],
)
def test_text_is_converted_to_the_canonical_unit(text: str, unit: str, value: float) -> None:
    assert quantity(text, unit, "x") == value


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        ("25", "mg"),  # no unit
        ("25 mg/kg", "mg"),
        ("0.5 mg/kg", "1"),  # of no dimension to Pint, but not a share
        ("50 %", "mg/kg"),
        ("5 m", "h"),  # metres
        ("25 Mg", "mg"),  # a megagram
        ("25 MG", "mg"),
        ("5 kg", "h"),
        ("6 nM free", "nM"),
        ("1 h h", "h"),
        ("9**9**9 h", "h"),
        ("2**99", "1"),
        ("1_000 mg", "mg"),
        ("1,5 mg", "mg"),
        ("nan h", "h"),
        ("inf h", "h"),
        ("1e999 h", "h"),
        ("1e308 d", "h"),
        ("1e999999999 d", "h"),
        ("", "h"),
        ("h", "h"),
        ("__import__('os') h", "h"),
        (math.nan, "h"),
        (math.inf, "1"),
        (10**400, "h"),
        (True, "1"),
        (None, "h"),
        ([1.0], "h"),
        (1j, "h"),
    ],
)
def test_anything_else_is_refused_in_one_line_that_names_it(given: object, unit: str) -> None:
    with pytest.raises(InputError) as caught:
        quantity(given, unit, "dose of lsd")
    assert str(caught.value).startswith("dose of lsd: ")
    assert "; allowed: " in str(caught.value) or "? allowed: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_too_small_to_tell_is_zero() -> None:
    assert quantity("1e-999999999 d", "h", "x") == 0.0


def test_a_bare_number_is_canonical_in_python_and_refused_in_yaml() -> None:
    assert quantity(7, "h", "x") == 7.0
    with pytest.raises(InputError, match="7 has no unit"):
        quantity(7, "h", "x", number_allowed=False)


def test_a_pure_number_needs_no_unit_even_in_yaml() -> None:
    assert quantity(0.3, "1", "x", number_allowed=False) == 0.3


def test_the_nearest_unit_is_suggested_among_those_that_fit() -> None:
    with pytest.raises(InputError, match="'hs'; did you mean .*h"):
        quantity("3 hs", "h", "x")


@pytest.mark.parametrize(
    ("text", "unit"), [("25 mg", "mg"), ("0.5 mg/kg", "mg/kg"), ("1 umol", "nmol"), ("1 ug/g", "mg/kg")]
)
def test_the_measure_of_a_dose_is_told_from_its_unit(text: str, unit: str) -> None:
    assert quantity_among(text, ("mg", "mg/kg", "nmol"), "dose")[1] == unit


@given(value=st.floats(allow_nan=False, allow_infinity=False), unit=st.sampled_from(CANONICAL))
def test_what_is_written_is_read_back_bit_for_bit(value: float, unit: str) -> None:
    assert quantity(written(value, unit), unit, "x", number_allowed=False) == value


def test_a_value_that_is_not_finite_is_not_written() -> None:
    with pytest.raises(InputError, match="not finite"):
        written(math.nan, "h")


def test_pint_is_loaded_only_for_a_real_conversion() -> None:
    script = (
        "import sys; from plasticity.units import quantity; quantity('25 mg', 'mg', 'x'); print('pint' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
