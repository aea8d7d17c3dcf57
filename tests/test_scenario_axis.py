"""Scenarios of one study: each gives what a study of its own gives, and what is not allowed is told with its place."""

import json

import numpy as np
import pytest

import plasticity as pl

TWO = """
protocol: {{duration: {longest}}}
uncertainty: none
times: {{every: 6 h}}
parameters: {{brake_tau: 7 d}}
sweep:
  over:
    scenario:
      - {{name: A, protocol: {{doses: [{{compound: psilocybin, amount: 25 mg}}]}}}}
      - name: {name}
        protocol: {{duration: {duration}, doses: [{{compound: lsd, amount: 100 ug}}]}}
        model: {{brake: {brake}}}
        parameters: {{{number}}}
{more}
"""
GOOD = {
    "longest": "20 d",
    "name": "B",
    "duration": "10 d",
    "brake": "first_order",
    "number": "brake_gain: 8 1/h",
    "more": "",
}


def study(folder, **changes):
    (folder / "two.yaml").write_text(TWO.format(**(GOOD | changes)))
    return pl.Study.load(folder / "two.yaml")


def test_a_scenario_gives_what_its_own_protocol_gives(tmp_path):
    ds = study(tmp_path).run()
    assert ds.scenario.values.tolist() == ["A", "B"]
    first = pl.simulate(pl.Protocol("20 d").dose("psilocybin", "25 mg"), parameters={"brake_tau": "7 d"})
    both = {"brake_tau": "7 d", "brake_gain": "8 1/h"}
    second = pl.simulate(pl.Protocol("10 d").dose("lsd", "100 ug"), parameters=both)
    for name, run in (("A", first), ("B", second)):
        for summary in ("first_open", "total_open_time", "max_depth", "censored"):
            assert float(ds[summary].sel(scenario=name)) == float(run[summary]), summary
    protocols = json.loads(ds.scenario_label.attrs["protocols"])
    assert [protocols[name]["doses"][0]["compound"] for name in "AB"] == ["psilocybin", "lsd"]
    assert ds.scenario_label.values.tolist() == ["A", "B"]
    late = ds.theta.sel(scenario="B")
    assert np.isnan(late.sel(time=246.0)) and not np.isnan(late.sel(time=240.0))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "A"}, "sweep.over.scenario.1: a second scenario 'A'"),
        ({"duration": "30 d"}, "sweep.over.scenario.1.protocol.duration: scenario 'B' is longer than the study"),
        ({"brake": "second_order"}, "sweep.over.scenario.1.model.brake: "),
        ({"number": "brake_gain: 8 d"}, "sweep.over.scenario.1.parameters.brake_gain: "),
        ({"number": "brake_gian: 8 1/h"}, "unknown parameter 'brake_gian'; did you mean 'brake_gain'"),
        ({"more": "    brake: [first_order, feedback]"}, "scenarios beside the axis 'brake'"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_place(tmp_path, changes, told):
    with pytest.raises(pl.InputError) as error:
        study(tmp_path, **changes)
    assert told in str(error.value)
    assert str(error.value).count("\n") == 0


def test_studies_without_scenarios_keep_their_hash():
    """Hashes name published studies: a new key that a study does not use must not change them."""
    assert pl.Study.load("window_by_compound").settings.sweep.over.model_dump().keys() == {
        "treatment",
        "calcium",
        "brake",
        "memory",
        "belief",
    }
