"""Published observations appear beside the scenarios that they are about, and beside no other."""

import pytest

import plasticity as pl
from plasticity.explore.published import seen_maxima, seen_windows


def test_windows_are_those_of_the_table():
    """Nardou et al. 2023, as in plasticity/data/critical_period_windows.csv."""
    found = {
        seen.compound: (seen.open_until / 24.0, seen.closed_from / 24.0) for seen in seen_windows(["lsd", "ketamine"])
    }
    assert found == {"ketamine": (2.0, 7.0), "lsd": (21.0, 28.0)}
    assert "never seen closed" in seen_windows(["ibogaine"])[0].told


def test_maxima_belong_to_one_dose_alone():
    """Psilocybin 25 mg: 17 ng/mL at 2 h (Holze et al. 2023), in nM by the molecular weight of psilocin."""
    base = pl.Protocol("28 d")
    plasma, effect = seen_maxima(base.dose("psilocybin", "25 mg", at="1 d"))
    assert plasma.time == effect.time == 26.0
    assert plasma.value == pytest.approx(17.0 * 1000.0 / 204.27)
    assert "Holze2023" in plasma.told
    assert seen_maxima(base.dose("psilocybin", "24 mg")) == []
    assert seen_maxima(base.dose("psilocybin", "25 mg").dose("psilocybin", "25 mg", at="7 d")) == []
    assert seen_maxima(base.dose("psilocybin", "25 mg", form="psilocin")) == []
    assert seen_maxima(pl.Protocol("28 d", "mouse").dose("psilocybin", "0.3 mg/kg")) == []
