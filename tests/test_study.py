"""Studies: what is read from YAML, what is run for it, how runs are joined, and what the file remembers."""

import json

import numpy as np
import pytest
import xarray

from plasticity import config, provenance
from plasticity.errors import InputError
from plasticity.study import Study
from plasticity.study.axes import axes
from plasticity.study.grid import output_times
from plasticity.study.joining import common, joined, renamed
from plasticity.study.schema import validated
from plasticity.study.sections import Settings
from plasticity.study.uncertain import without_intervals

BUNDLED = Study.names()


def study_of(folder, text, *assignments, name="plan", reduced=False):
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return Study.load(path, assignments, reduced=reduced)


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_study_is_good_in_both_sizes_and_the_small_one_is_smaller(name):
    whole, small = Study.load(name), Study.load(name, reduced=True)
    assert whole.settings.title
    assert whole.settings.figure is not None
    assert small.check()["size"] < whole.check()["size"]
    assert small.attributes()["study_hash"] != whole.attributes()["study_hash"]


def test_the_headline_study_gives_the_five_compounds_of_the_mouse_experiment():
    from plasticity import data

    study = Study.load("window_by_compound")
    assert [run.labels["compound"] for run in study.runs] == list(
        data.load("critical_period_windows")["compound"].values
    )
    given = {run.treated: (dose.text, dose.over) for run in study.runs for dose in run.protocol.doses}
    assert given["ketamine"] == ("0.5 mg/kg", pytest.approx(40 / 60))
    assert {name: text for name, (text, _) in given.items() if name != "ketamine"} == {
        "psilocybin": "25 mg",
        "mdma": "125 mg",
        "lsd": "100 ug",
        "ibogaine": "700 mg",
    }
    assert study.runs[0].protocol.duration == 35 * 24


def test_a_path_goes_before_a_bundled_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Study.load("psilocybin_stages").runs[0].protocol.duration == 672.0
    (tmp_path / "psilocybin_stages").write_text("protocol: {duration: 1 h}")
    assert Study.load("psilocybin_stages").runs[0].protocol.duration == 1.0


def test_nothing_in_a_study_is_executed(tmp_path):
    for text in (
        "title: !!python/object/apply:os.system [true]",
        "title: !include x",
        "%TAG ! tag:x,2000:\n---\ntitle: a",
    ):
        with pytest.raises(InputError):
            study_of(tmp_path, text)


def test_the_json_schema_names_every_section():
    schema = Settings.model_json_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False
    json.dumps(schema)


# -- times


def times_of(text):
    tree = config.parse(text, "plan.yaml")
    return output_times(validated(tree), tree)


def test_times_are_even_dense_at_first_and_end_with_the_protocol():
    assert times_of("protocol: {duration: 3 h}").tolist() == [0.0, 1.0, 2.0, 3.0]
    assert times_of("{protocol: {duration: 2.5 h}, times: {every: 1 h}}").tolist() == [0.0, 1.0, 2.0, 2.5]
    dense = times_of("{protocol: {duration: 35 d}, times: {every: 1 h, dense_until: 48 h, dense_every: 0.1 h}}")
    assert dense[3] == 0.3  # and not 0.30000000000000004
    assert dense[:481] == pytest.approx(np.linspace(0.0, 48.0, 481))
    assert dense[480:].tolist() == list(np.arange(48.0, 841.0))


@pytest.mark.parametrize("every", ["0.1 h", "7 min", "1 s", "0.3 h", "11 h"])
def test_times_ascend_from_the_start_to_the_end_whatever_the_step(every):
    times = times_of(
        f"{{protocol: {{duration: 10 h}}, times: {{every: {every}, dense_until: 1 h, dense_every: 70 s}}}}"
    )
    assert times[0] == 0.0
    assert times[-1] == 10.0
    assert (np.diff(times) > 1e-9).all()


def test_listed_times_are_taken_as_they_are():
    assert times_of("{protocol: {duration: 1 d}, times: [0 h, 90 min, 1 d]}").tolist() == [0.0, 1.5, 24.0]


def test_more_times_than_fit_into_memory_are_refused():
    with pytest.raises(config.ConfigError, match=r"plan.yaml:1:37: times: .* times; allowed: at most 2,000,000"):
        times_of("{protocol: {duration: 28 d}, times: {every: 1 ms}}")


# -- changes


def test_a_change_is_the_same_study_as_the_changed_file(tmp_path):
    text = (
        "protocol: {duration: 2 d, doses: [{compound: mdma, amount: 125 mg}]}\nparameters: {mdma.clearance: 36 L/h}\n"
    )
    assigned = study_of(
        tmp_path, text, "parameters.mdma.clearance=40 L/h", "protocol.doses.0.amount=100 mg", "model.brake=m2"
    )
    edited = text.replace("36", "40").replace("125", "100") + "model: {brake: m2}"
    assert assigned.settings == study_of(tmp_path, edited).settings
    assert assigned.attributes()["study_hash"] == study_of(tmp_path, edited).attributes()["study_hash"]
    assert assigned.runs[0].parameters == {"mdma.clearance": 40.0}
    assert json.loads(assigned.attributes()["study_changes"])["protocol.doses.0.amount"] == "100 mg"


def test_comments_and_order_do_not_change_the_hash_but_numbers_do(tmp_path):
    def hash_of(text):
        return study_of(tmp_path, text).attributes()["study_hash"]

    first = hash_of("title: A\nprotocol: {duration: 2 d}")
    assert first == hash_of("# a comment\nprotocol:\n  duration: 2 d\ntitle: A")
    assert first != hash_of("title: A\nprotocol: {duration: 3 d}")


def test_assignments_go_over_the_reduced_section(tmp_path):
    text = "protocol: {duration: 9 d}\nreduced: {protocol.duration: 2 d}"
    assert study_of(tmp_path, text).times[-1] == 216.0
    assert study_of(tmp_path, text, reduced=True).times[-1] == 48.0
    assert study_of(tmp_path, text, "protocol.duration=1 d", reduced=True).times[-1] == 24.0


# -- axes and runs


def test_every_combination_is_a_run_with_the_last_axis_fastest(tmp_path):
    study = study_of(
        tmp_path,
        """
protocol: {duration: 2 d}
sweep:
  over:
    brake: [m1, feedback]
    treatment: [{compound: lsd, amount: 50 ug}, {compound: lsd, amount: 100 ug}, {compound: mdma, amount: 75 mg}]
    theta_tau: [1 h, 120 min]
""",
    )
    assert [axis.dimension for axis in study.axes] == ["brake_kernel", "compound", "theta_tau"]
    assert [axis.labels for axis in study.axes] == [
        ("first_order", "feedback"),
        ("lsd 50 ug", "lsd 100 ug", "mdma"),
        (1.0, 2.0),
    ]
    assert study.axes[2].attributes["units"] == "h"
    assert len(study.runs) == 12
    assert study.runs[1].parameters == {"theta_tau": 2.0}
    assert [run.model.variants["brake"] for run in study.runs] == ["first_order"] * 6 + ["feedback"] * 6
    assert [run.treated for run in study.runs[:6]] == ["lsd"] * 4 + ["mdma"] * 2


def test_doses_of_the_protocol_are_given_to_every_treatment(tmp_path):
    study = study_of(
        tmp_path,
        """
protocol: {duration: 2 d, doses: [{compound: ketanserin, amount: 40 mg}]}
sweep: {over: {treatment: [{compound: lsd, amount: 100 ug, at: 1 h}, {compound: mdma, amount: 125 mg, at: 1 h}]}}
""",
    )
    assert [[c.name for c in run.protocol.compounds] for run in study.runs] == [
        ["ketanserin", "lsd"],
        ["ketanserin", "mdma"],
    ]


def test_a_parameter_of_one_compound_goes_to_its_own_runs_only(tmp_path):
    study = study_of(
        tmp_path,
        """
protocol: {duration: 2 d}
parameters: {mdma.clearance: 40 L/h, brake_tau: 7 d}
parameter_set: mdma_autoinhibition
sweep: {over: {treatment: [{compound: lsd, amount: 100 ug}, {compound: mdma, amount: 125 mg}]}}
""",
    )
    assert [run.parameters for run in study.runs] == [
        {"brake_tau": 168.0},
        {"mdma.clearance": 40.0, "brake_tau": 168.0},
    ]
    assert [run.parameter_set for run in study.runs] == [None, "mdma_autoinhibition"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parameters: {mdma.clearance: 40 L/h}", r":2:30: parameters.mdma.clearance: .*no dose of mdma"),
        ("parameters: {brake_m2_tau: 40 h}", r":2:28: parameters.brake_m2_tau: .*unknown parameter 'brake_m2_tau'"),
        ("parameters: {lsd.clearence: 40 L/h}", r"did you mean 'clearance'"),
        ("parameters: {brake_tau: 7}", r":2:25: parameters.brake_tau: .*7 has no unit"),
        ("parameters: {calcium_pump_rate: 30 uM/h}", r"must hold: calcium_influx_rest \+"),
        ("parameter_set: autoinhibition", r":2:16: parameter_set: unknown parameter set 'autoinhibition'"),
        ("model: {modules: [memroy]}", r":2:19: model.modules.0: unknown module 'memroy'; did you mean 'memory'"),
        ("sweep: {over: {brake_tau: [7 d, 7]}}", r":2:33: sweep.over.brake_tau.1: .*has no unit"),
        ("sweep: {over: {brake_tau: [7 d, -7 d]}}", r":2:33: sweep.over.brake_tau.1: .*unphysical"),
        ("sweep: {over: {brake: [m1, first_order]}}", r":2:23: sweep.over.brake: .*one kernel by two names"),
        (
            "sweep: {over: {calcium: [averaged, chaotic]}}",
            r":2:36: sweep.over.calcium.1: unknown calcium kernel 'chaotic'",
        ),
        (
            "sweep: {over: {brake_tua: [7 d]}}",
            r":2:16: sweep.over.brake_tua: unknown axis 'brake_tua'; did you mean 'brake_tau'",
        ),
        (
            "sweep: {over: {treatment: [{compound: lsd, amount: 1 mg}, {compound: lsd, amount: 1 mg, at: 2 h}]}}",
            "a second treatment",
        ),
        ("sweep: {over: {brake_tau: [7 d, 168 h]}}", r":2:33: sweep.over.brake_tau.1: '168 h' stands twice"),
        ("sweep: {over: {calcium: []}}", r":2:25: sweep.over.calcium: an empty list"),
        ("times: []", r":2:8: times: an empty list"),
        ("parameter_set: mdma_autoinhibition", r":2:16: parameter_set: .*no dose of mdma"),
        ("observables: [{name: pairing_change, frequency: 20}]", r":2:49: observables.0.frequency: 20 has no unit"),
        (
            "observables: [{name: pairing_change, frequency: {from: 9 Hz, to: 1 Hz, points: 5}}]",
            r":2:66: observables.0.frequency.to: '1 Hz' is not more than '9 Hz'",
        ),
        ("observables: [{name: pairing_change, pair: 75}]", r"did you mean 'pairs'"),
        ("observables: [{name: pairing_change}, {name: pairing_change}]", r":2:46: observables.1.name: a second"),
        ("solver: {rtol: 2}", r":2:16: solver.rtol: 2 was given"),
        ("observables: pairing_change", r":2:14: observables: .*a list"),
    ],
)
def test_what_has_no_meaning_is_refused_with_its_position(text, words, tmp_path):
    with pytest.raises(config.ConfigError, match=words) as caught:
        study_of(tmp_path, f"protocol: {{duration: 2 d, doses: [{{compound: lsd, amount: 100 ug}}]}}\n{text}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("initial: {theta: 1.2, lsd_effect: 3 nM}", None),
        ("initial: {thta: 1.2}", r"protocol.initial.thta: unknown state 'thta'; did you mean 'theta'"),
        ("initial: {lsd_effect: 3}", "has no unit"),
        ("initial: {htr2a_surface: 1.5}", "unphysical; allowed: 0 to 1"),
        (
            "inputs: [{channel: cue, start: 1 h, end: 2 h, value: 1}]",
            r"inputs.0.channel: no kernel of this model reads the input 'cue'; allowed: model: \{modules: \[memory\]\}",
        ),
        ("inputs: [{channel: cues, start: 1 h, end: 2 h, value: 1}]", "did you mean 'cue'"),
        ("inputs: [{channel: cue, start: 2 h, end: 1 h, value: 1}]", r"protocol.inputs.0: "),
        ("inputs: [{channel: cue, start: 1 h, end: 2 h, value: 2}]", r"protocol.inputs.0: "),
        ("sessions: [{kind: party, start: 1 h, end: 2 h}]", "protocol.sessions.0.kind: unknown session 'party'"),
        ("body_weight: 70 cm", "protocol.body_weight: "),
    ],
)
def test_records_of_the_protocol_are_checked(text, words, tmp_path):
    whole = f"protocol: {{duration: 2 d, doses: [{{compound: lsd, amount: 100 ug}}], {text}}}"
    if words is None:
        assert study_of(tmp_path, whole).runs[0].protocol.initial == {"theta": 1.2, "lsd_effect": 3.0}
        return
    with pytest.raises(config.ConfigError, match=words):
        study_of(tmp_path, whole)


def test_an_axis_of_parameters_carries_unit_and_label():
    tree = config.parse("{protocol: {}, sweep: {over: {mdma.clearance: [30 L/h, 40 L/h]}}}")
    (axis,) = axes(validated(tree), tree)
    assert axis.dimension == "mdma.clearance"
    assert axis.attributes == {"units": "L/h", "long_name": "Clearance, mdma"}


# -- joining


def run_of(effect, windows, name="lsd"):
    return xarray.Dataset(
        {
            f"{name}_effect": ("time", [effect], {"units": "nM", "long_name": f"Effect site, {name}"}),
            "acute_effect": ("time", [effect]),
            "t_open": ("window", np.arange(float(windows))),
            "censored_right": ("window", np.zeros(windows, bool)),
            "status": ((), 0, {"message": "reached the end"}),
        },
        {"time": [0.0]},
    )


def test_treatments_share_the_names_of_their_own_variables():
    ds = renamed(run_of(2.0, 1), "lsd")
    assert set(ds.data_vars) == {"effect", "acute_effect", "t_open", "censored_right", "status"}
    assert "lsd" not in ds["effect"].attrs["long_name"]
    assert ds["effect"].attrs["units"] == "nM"


def test_a_compound_whose_name_begins_with_that_of_another_keeps_its_variables():
    both = run_of(1.0, 0, "dmt").merge(run_of(2.0, 0, "dmt_maoi")[["dmt_maoi_effect"]])
    assert {"effect", "dmt_maoi_effect"} <= set(renamed(both, "dmt").data_vars)


def test_windows_are_padded_to_the_longest_list_and_stay_numbers(tmp_path):
    tree = config.parse("{protocol: {}, sweep: {over: {brake: [m1, m2, m3]}}}")
    ds = joined([run_of(1.0, 0), run_of(2.0, 2), run_of(3.0, 1)], axes(validated(tree), tree))
    assert ds["t_open"].dims == ("brake_kernel", "window")
    np.testing.assert_array_equal(ds["t_open"], [[np.nan, np.nan], [0.0, 1.0], [0.0, np.nan]])
    assert ds["censored_right"].dtype == float
    assert "message" not in ds["status"].attrs
    back = provenance.read(provenance.write(ds, tmp_path / "a.nc"))
    xarray.testing.assert_identical(back, ds)


def test_what_only_some_runs_have_is_nan_in_the_others():
    tree = config.parse("{protocol: {}, sweep: {over: {calcium: [averaged, oscillator]}}}")
    ds = joined([run_of(1.0, 1), run_of(2.0, 1).assign(ip3=("time", [0.1]))], axes(validated(tree), tree))
    assert np.isnan(ds["ip3"].sel(calcium_kernel="averaged")).all()
    assert ds["ip3"].sel(calcium_kernel="oscillator").values.tolist() == [0.1]


def test_attributes_that_differ_keep_what_is_common():
    runs = [{"parameters": '{"a": 1, "lsd.b": 2}', "title": "x"}, {"parameters": '{"a": 1, "mdma.b": 3}', "title": "y"}]
    told = common(runs)
    assert json.loads(told["parameters"]) == {"a": 1, "lsd.b": 2, "mdma.b": 3}
    assert told["title"] == "x; y"
    assert common([{"warnings": '["a"]'}, {"warnings": '["a", "b"]'}]) == {"warnings": '["a", "b"]'}


# -- files


def test_a_file_carries_the_study_its_hash_and_all_versions(tmp_path):
    study = study_of(tmp_path, "protocol: {duration: 2 d, doses: [{compound: psilocybin, amount: 25 mg}]}")
    back = provenance.read(provenance.write(study.run(), tmp_path / "a.nc"))
    assert back.attrs["study"] == study.text
    assert back.attrs["study_hash"] == study.attributes()["study_hash"]
    assert set(json.loads(back.attrs["versions"])) == {"numpy", "scipy", "numba", "sympy", "xarray"}
    assert {"package_version", "commit", "species", "kernels", "parameters", "solver", "protocol", "disclaimer"} <= set(
        back.attrs
    )
    assert (back.attrs["seed"], back.attrs["failures"]) == (0, 0)
    assert Study.of(back).settings == study.settings


def test_the_study_in_a_file_includes_what_was_changed(tmp_path):
    text = (
        "protocol: {duration: 9 d, doses: [{compound: psilocybin, amount: 25 mg}]}\nreduced: {protocol.duration: 6 h}"
    )
    study = study_of(tmp_path, text, "parameters.brake_tau=8 d", reduced=True)
    again = Study.of(study.run())
    assert again.settings == study.settings
    assert again.attributes() == study.attributes()


def test_a_dataset_without_a_study_says_so():
    with pytest.raises(InputError, match="records no study"):
        Study.of(xarray.Dataset())


def test_a_study_without_a_figure_says_so(tmp_path):
    with pytest.raises(InputError, match="has no section 'figure'"):
        study_of(tmp_path, "protocol: {duration: 2 d}").draw(xarray.Dataset())


# -- whole studies


def test_a_run_of_a_study_is_what_simulate_gives(tmp_path):
    import plasticity as pl

    study = study_of(
        tmp_path, "protocol: {duration: 2 d, doses: [{compound: lsd, amount: 100 ug}]}\nparameters: {brake_tau: 7 d}"
    )
    direct = pl.simulate(pl.Protocol("2 d").dose("lsd", "100 ug"), parameters={"brake_tau": "7 d"})
    ds = without_intervals(study.run())
    assert set(ds.data_vars) == set(direct.data_vars)
    np.testing.assert_array_equal(ds["theta"], direct["theta"])  # bitwise: the same call


def test_treatments_become_the_dimension_compound(tmp_path):
    study = study_of(
        tmp_path,
        """
protocol: {duration: 2 d}
times: {every: 6 h}
sweep:
  over:
    treatment: [{compound: ketamine, amount: 0.1 mg/kg, over: 40 min}, {compound: ibogaine, amount: 700 mg}]
""",
    )
    told = []
    ds = study.run(lambda *now: told.append(now))
    assert told == [(0, 2, "ketamine"), (1, 2, "ibogaine")]
    assert ds["compound"].values.tolist() == ["ketamine", "ibogaine"]
    assert {"plasma", "effect", "metabolite_effect", "theta"} <= set(ds.data_vars)
    assert not [name for name in ds.data_vars if name.startswith(("ketamine_", "ibogaine_"))]
    assert np.isnan(ds["metabolite_effect"].sel(compound="ketamine")).all()
    assert ds["number_of_windows"].values.tolist() == [0, 1]  # never opening is a result, not a gap
    assert ds["status"].values.tolist() == [0, 0]


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_study_runs_and_draws_in_its_small_size(name, tmp_path):
    study = Study.load(name, reduced=True)
    ds = study.run()
    assert ds.attrs["failures"] == 0
    back = provenance.read(provenance.write(ds, tmp_path / "a.nc"))
    xarray.testing.assert_equal(back, ds)
    assert study.draw(back).get_label()


def test_the_mismatch_of_the_calcium_kernels_is_in_the_dataset():
    ds = Study.load("calcium_oscillation", reduced=True).run()
    assert ds["calcium_kernel"].values.tolist() == ["averaged", "oscillator"]
    assert 0.0 < float(ds["mismatch_signal_rms"]) < 0.5
    assert np.isfinite(float(ds["mismatch_creb_integral"]))


def test_observables_are_computed_for_every_run_with_ranges_written_out(tmp_path):
    study = study_of(
        tmp_path,
        """
protocol: {duration: 10 h, doses: [{compound: lsd, amount: 100 ug}]}
times: [0 h, 9 h]
observables:
  - {name: pairing_change, pairs: 75, delta_t: -10 ms, frequency: {from: 1 Hz, to: 100 Hz, points: 3, spacing: log}}
  - {name: flip_frequency, delta_t: -10 ms}
""",
    )
    ds = study.run()
    assert ds["pairing_change"].dims == ("time", "frequency")
    assert ds["frequency"].values.tolist() == pytest.approx([1.0, 10.0, 100.0])
    # before the dose acts: the cortical set turns at 26.2 Hz, as the doctest of flip_frequency shows
    assert float(ds["flip_frequency"][0]) == pytest.approx(26.2, abs=0.05)
    assert float(ds["flip_frequency"][1]) < 26.0
