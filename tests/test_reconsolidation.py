"""Accounts of memory against published findings: rows that constants were chosen for, and rows held out, apart."""

import numpy as np
import pytest

from plasticity import InputError, Study, data

TABLE = data.load("reconsolidation_boundaries")
GOLKAR, LONG_BLOCK = "Golkar2012 extinction 0.167 h", "Suzuki2004 block_after_long 0 h"


@pytest.fixture(scope="module")
def compared():
    return Study.load("rival_accounts", reduced=True).run()


def missed(ds, account, role):
    one = ds.sel(account=account)
    return {str(row) for row in ds["row"].values[(~one["agrees"] & (one["role"] == role)).values]}


def test_the_default_gives_the_rows_that_its_constants_were_chosen_for(compared):
    """Monfils at four gaps, Nader, Sevenster, and what short and long re-exposure do in Osan, Tort and Amaral."""
    assert missed(compared, "reconsolidation", "calibration") == set()
    assert int((compared["role"].sel(account="reconsolidation") == "calibration").sum()) == 8


def test_of_the_rows_held_out_the_default_fails_two_that_must_stay_known(compared):
    """One contradicts another row (Golkar, Schiller); a block after long re-exposure should leave the old fear."""
    assert missed(compared, "reconsolidation", "holdout") == {GOLKAR, LONG_BLOCK}
    assert float(compared["fear_late"].sel(account="reconsolidation", row=LONG_BLOCK)) < 0.2


def test_dominance_cures_the_block_after_long_reexposure_and_spoils_nothing(compared):
    """It was made for that row, which is therefore calibration for it and held out for the default alone."""
    assert compared["role"].sel(row=LONG_BLOCK, account=["dominance", "reconsolidation"]).values.tolist() == [
        "calibration",
        "holdout",
    ]
    assert missed(compared, "dominance", "calibration") == set()
    assert missed(compared, "dominance", "holdout") == {GOLKAR}


def test_a_block_destroys_after_short_and_protects_after_long_reexposure_by_dominance_alone():
    """The pattern of Osan, Tort and Amaral 2011, over the length of re-exposure: the curves cross once, or never."""
    ds = Study.load("reexposure_duration", reduced=True).run()
    blocked, free = (ds["fear_end"].sel({"protein_synthesis_block.protein_synthesis": left}) for left in (0.1, 1.0))
    protects = {str(name): (blocked > free).sel(memory_kernel=name).values for name in ds["memory_kernel"].values}
    assert not protects["reconsolidation"].any()
    assert not protects["dominance"][0]
    assert protects["dominance"][-1]
    assert np.count_nonzero(np.diff(protects["dominance"])) == 1


@pytest.mark.slow
def test_the_findings_tell_the_other_rivals_from_the_default():
    """Without lability no reminder matters; without the gate even an expected reminder destabilises."""
    compared = Study.load("rival_accounts").run()
    assert {"Nader2000 protein_synthesis_block 0 h", "Monfils2009 extinction 1 h"} <= missed(
        compared, "extinction_only", "calibration"
    )
    assert GOLKAR not in missed(compared, "extinction_only", "holdout")
    assert missed(compared, "retrieval_alone", "calibration") == {"Sevenster2013 block_after_expected 0 h"}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{accounts: [dominanze]}", "did you mean 'dominance'"),
        ("{accounts: [dominance, dominance]}", "stands twice"),
        ("{accounts: [dominance], tables: [plasma_maxima]}", "both tables and accounts; allowed: one of the two"),
        ("{draws: 3}", "neither tables nor accounts; allowed: one of the two"),
    ],
)
def test_a_validation_of_accounts_is_checked(tmp_path, section, message):
    path = tmp_path / "plan.yaml"
    path.write_text(f"protocol: {{}}\nmodel: {{modules: [memory]}}\nvalidation: {section}\n")
    with pytest.raises(InputError) as refused:
        Study.load(path)
    assert message in str(refused.value)


def test_every_row_says_where_it_comes_from_and_how_well_it_is_known(root):
    bibliography = (root / "plasticity" / "sources.bib").read_text()
    flags = {"verified", "verified_secondary", "recalled"}
    assert all(f"{{{source}," in bibliography for source in TABLE.source.values)
    assert set(TABLE.effect_flag.values) <= flags and set(TABLE.gap_flag.values) <= flags
    assert set(TABLE.role.values) == {"calibration", "holdout"}


def test_an_open_window_makes_both_routes_do_better():
    """The study over gaps, reduced: less fear is left at every gap and both times when the window is open."""
    ds = Study.load("reconsolidation", reduced=True).run()
    late = ds.fear.isel(time=-1)
    assert (late.sel(compound="open") < late.sel(compound="closed")).all()
    assert ds["sessions.1.start"].values.tolist() == pytest.approx([2890.0 / 60.0, 54.0])


def test_the_four_corners_of_belief_are_those_tabulated():
    """Model specification, section 12: 0.931 without drug, 0.911 receptor alone, 0.793 both, to three digits."""
    end = Study.load("belief_drug_and_window", reduced=True).run().belief_prior.isel(time=-1)
    assert float(end.sel(belief_relaxation=0.0, belief_openness_gain=0.0)) == pytest.approx(0.931, abs=0.00051)
    assert float(end.sel(belief_relaxation=2.0, belief_openness_gain=0.0)) == pytest.approx(0.911, abs=0.00051)
    assert float(end.sel(belief_relaxation=2.0, belief_openness_gain=4.0)) == pytest.approx(0.793, abs=0.00051)
    assert np.all(np.diff(end.values, axis=1) < 0.0)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ("sessions.3.start: [1 d]", "3:16: sweep.over.sessions.3.start: the protocol has 1 sessions"),
        ("sessions.0.start: [1]", "has no unit"),
        ("sessions.0.start: [-1 h, 2 h]", "negative"),
    ],
)
def test_a_session_axis_is_checked(tmp_path, axis, message):
    path = tmp_path / "plan.yaml"
    path.write_text(
        "model: {modules: [memory]}\nprotocol: {sessions: [{kind: reminder, start: 1 d, over: 36 s}]}\n"
        f"sweep: {{over: {{{axis}}}}}\n"
    )
    with pytest.raises(InputError) as refused:
        Study.load(path)
    assert message in str(refused.value)
