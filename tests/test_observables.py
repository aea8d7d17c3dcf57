"""The pairing rule against its published numbers and a brute-force calcium trace; exact acute effects."""

import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import erf

from plasticity import observables
from plasticity.errors import InputError
from plasticity.observables import described, effect_extent, observable, observable_names, observe
from plasticity.plasticity_rule import RULE_SETS, flip_frequency, pairing_change, time_above
from plasticity.sources import read_sources


def calcium(rule, frequency, delta_t, times):
    """The trace spike by spike, each jump decaying on its own, at times after 40 decay times of pairings."""
    count = int(np.ceil(40 * rule.tau_ca * frequency)) + 2
    trace = np.zeros_like(times)
    for pair in range(-count, 3):
        for at, jump in ((pair / frequency + rule.delay, rule.c_pre), (pair / frequency + delta_t, rule.c_post)):
            since = times - at
            trace += np.where(since >= 0, jump * np.exp(-np.maximum(since, 0) / rule.tau_ca), 0)
    return trace


def flip_ratio(**protocol):
    return brentq(lambda ratio: float(pairing_change(ratio, **protocol)) - 1, 0.86, 1.1)


# Model specification, section 11: cortical set, 75 pairs, -10 ms, 20 Hz (after Graupner and Brunel 2012).
@pytest.mark.parametrize(("ratio", "change"), [(1.0, 0.6349), (0.95, 0.9235), (0.90, 1.2401)])
def test_change_of_the_cortical_set_at_20_hz(ratio, change):
    assert pairing_change(ratio) == pytest.approx(change, abs=5e-5)


# Model specification, section 10, "Meaning of 0.90": where depression turns into potentiation.
@pytest.mark.parametrize(
    ("frequency", "delta_t", "ratio"),
    [(15.6, -0.010, 0.900), (16, -0.010, 0.903), (20, -0.010, 0.938), (25, -0.010, 0.988), (10, 0.0, 0.936)],
)
def test_ratio_at_which_weak_protocols_flip(frequency, delta_t, ratio):
    assert flip_ratio(frequency=frequency, delta_t=delta_t) == pytest.approx(ratio, abs=5e-4)


def test_an_open_window_is_one_in_which_16_hz_potentiates():
    assert flip_frequency(0.9) == pytest.approx(15.6, abs=0.05)
    assert pairing_change(0.9, frequency=16) > 1 > pairing_change(0.9, frequency=15)


@pytest.mark.parametrize("ratio", [1.0, 0.95, 0.9, 0.87])
def test_flip_frequency_is_where_the_change_passes_one(ratio):
    flip = float(flip_frequency(ratio))
    assert pairing_change(ratio, frequency=flip * (1 - 1e-6)) < 1 < pairing_change(ratio, frequency=flip * (1 + 1e-6))


def test_flip_frequency_at_the_ends_of_its_range():
    """A deep window lets every frequency potentiate, a raised threshold none of the range."""
    assert flip_frequency([0.8, 1.0, 2.0], highest=25.0) == pytest.approx([1.0, np.nan, np.nan], nan_ok=True)


def test_every_set_is_verified_and_its_paper_is_in_the_bibliography():
    assert len(RULE_SETS) == 9
    assert {rule.flag for rule in RULE_SETS.values()} == {"verified"}
    assert {read_sources()[key].doi for rule in RULE_SETS.values() for key in rule.source} == {
        "10.1073/pnas.1109359109"
    }


@pytest.mark.parametrize("name", RULE_SETS)
@pytest.mark.parametrize(
    ("frequency", "delta_t"), [(1.0, 0.03), (10.0, -0.01), (20.0, 0.01), (50.0, -0.035), (200.0, 0.0)]
)
def test_time_above_agrees_with_the_trace_spike_by_spike(name, frequency, delta_t):
    """At 200 Hz the transients pile up; at 1 Hz they are apart."""
    rule = RULE_SETS[name]
    times = (np.arange(40_000) + 0.5) / 40_000 / frequency
    trace = calcium(rule, frequency, delta_t, times)
    levels = np.linspace(trace.min(), trace.max(), 7)[1:-1]
    expected = [(trace > level).mean() for level in (*levels, rule.theta_p, rule.theta_d)]
    found = time_above(
        np.array([*levels, rule.theta_p, rule.theta_d]),
        rule=rule,
        frequency=np.array(frequency),
        delta_t=np.array(delta_t),
    )
    assert found == pytest.approx(expected, abs=2 * 2 / 40_000)  # two segments, a sample at either end


def test_time_above_is_all_or_nothing_beyond_the_trace():
    rule = RULE_SETS["cortical_slices"]
    at = {"rule": rule, "frequency": np.array(20.0), "delta_t": np.array(-0.01)}
    trace = calcium(rule, 20.0, -0.01, np.linspace(0, 0.05, 10_001))
    assert time_above(np.array([1e-9, 0.999 * trace.min()]), **at).tolist() == [1.0, 1.0]
    assert time_above(np.array([1.001 * trace.max(), 1e9]), **at).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("frequency", [1.0, 20.0, 120.0])
@pytest.mark.parametrize("turn", [0, -1, 3])
def test_coincident_jumps_are_one_jump(frequency, turn):
    """The postsynaptic spike at the delay of the presynaptic one, this period or another: one segment, a = 0."""
    rule = RULE_SETS["dp"]
    summit = (rule.c_pre + rule.c_post) / -np.expm1(-1 / frequency / rule.tau_ca)
    one = min(max(rule.tau_ca * np.log(summit / rule.theta_p), 0.0) * frequency, 1.0)
    at = {"rule": rule, "frequency": np.array(frequency)}
    for nudge in (-1e-12, 0.0, 1e-12):
        lag = np.array(rule.delay + turn / frequency + nudge)
        assert time_above(np.array(rule.theta_p), delta_t=lag, **at) == pytest.approx(one, abs=1e-8)


def test_a_silent_synapse_does_not_change():
    """Set d, spikes far apart at 1 Hz: calcium reaches 0.6 of the depression threshold, and no threshold is met."""
    assert pairing_change(1.0, pairs=1000, frequency=1.0, delta_t=0.3, set="d") == 1.0


def test_many_pairings_lead_to_the_stationary_mixture():
    """After endless pairing both states have forgotten where they started."""
    rule = RULE_SETS["cortical_slices"]
    at = {"rule": rule, "frequency": np.array(20.0), "delta_t": np.array(-0.01)}
    above_p, above_d = time_above(np.array([rule.theta_p, rule.theta_d]), **at)
    total = rule.gamma_p * above_p + rule.gamma_d * above_d
    goal, spread = rule.gamma_p * above_p / total, rule.sigma * np.sqrt((above_p + above_d) / total)
    high = (1 - erf((rule.rho_star - goal) / spread)) / 2
    expected = (1 - high + rule.b * high) / (rule.beta + (1 - rule.beta) * rule.b)
    assert pairing_change(1.0, pairs=1e7) == pytest.approx(expected, rel=1e-12)


@given(st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.floats(1.0, 80.0))
def test_a_lower_threshold_never_potentiates_less(one, other, frequency):
    """True of the cortical set; where hardly anything crosses a threshold, other sets differ a little."""
    low, high = sorted((one, other))
    assert pairing_change(low, frequency=frequency) >= pairing_change(high, frequency=frequency) - 1e-12


@pytest.mark.parametrize("name", RULE_SETS)
def test_change_stays_between_all_low_and_all_high(name):
    rule = RULE_SETS[name]
    start = rule.beta + (1 - rule.beta) * rule.b
    ratio, frequency = np.linspace(0.2, 3, 57)[:, None], np.geomspace(1e-3, 1e4, 43)
    change = pairing_change(ratio, frequency=frequency, set=name)
    assert change.shape == (57, 43)
    assert (change >= (1 - 1e-12) / start).all() and (change <= (1 + 1e-12) * rule.b / start).all()


def test_arguments_broadcast():
    change = pairing_change(np.ones((2, 1, 1)), frequency=np.array([[10.0], [20.0], [30.0]]), delta_t=[-0.01, 0.01])
    assert change.shape == (2, 3, 2)
    assert change[1, 1, 0] == pairing_change(1.0, frequency=20.0, delta_t=-0.01)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": 0.0}, "frequency 0; allowed: more than 0 Hz"),
        ({"frequency": [20.0, -1.0]}, "frequency -1; allowed"),
        ({"frequency": "often"}, "frequency 'often'; allowed"),
        ({"pairs": 0}, "pairs 0; allowed: 1 or more"),
        ({"pairs": 0.5}, "pairs 0.5; allowed: 1 or more"),
        ({"pairs": float("nan")}, "pairs nan; allowed: 1 or more"),
        ({"delta_t": float("inf")}, "delta_t inf; allowed: a finite number of seconds"),
        ({"theta_ratio": 0.0}, "theta_ratio 0; allowed: more than 0"),
        ({"theta_ratio": [1.0, -0.1]}, "theta_ratio -0.1; allowed: more than 0"),
        ({"set": "cortical"}, "unknown set of pairing_change 'cortical'; did you mean 'cortical_slices'"),
    ],
)
def test_impossible_protocols_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        pairing_change(**{"theta_ratio": 1.0} | change)


def test_an_empty_range_of_frequencies_is_refused():
    with pytest.raises(InputError, match="from 20 Hz to 10 Hz; allowed"):
        flip_frequency(1.0, lowest=20.0, highest=10.0)


def test_a_missing_threshold_stays_missing():
    assert pairing_change([np.nan, 1.0]) == pytest.approx([np.nan, 0.6349], abs=5e-5, nan_ok=True)


@pytest.fixture
def run():
    depth = ("time", [0.0, 0.05, 0.1, np.nan], {"units": "1", "long_name": "Relative depth", "note": "of theta"})
    return xarray.Dataset({"depth": depth}, coords={"time": [0.0, 1.0, 2.0, 3.0]})


def test_change_of_a_run_has_time_frequency_and_lag(run):
    change = observables.pairing_change(run, frequency=["16 Hz", 20], delta_t=["-10 ms", "0.01 s", "10 ms"])
    assert change.dims == ("time", "frequency", "delta_t")
    assert change.frequency.values.tolist() == [16.0, 20.0]
    assert change.delta_t.values.tolist() == [-0.01, 0.01, 0.01]
    assert change.frequency.attrs["units"] == "Hz" and change.delta_t.attrs["units"] == "s"
    assert change.isel(time=slice(3)).sel(frequency=20).isel(delta_t=0).values == pytest.approx(
        pairing_change([1.0, 0.95, 0.9]), abs=1e-14
    )
    assert change.isel(time=3).isnull().all()


def test_read_outs_say_what_they_are_and_how_they_were_computed(run):
    change = observables.pairing_change(run, frequency="20 Hz", pairs=60, set="dp")
    assert change.dims == ("time",) and change.name == "pairing_change"
    assert change.attrs == {
        "units": "1",
        "long_name": "Synaptic strength after pairings over that before",
        "source": "Graupner2012",
        "pairs": 60,
        "frequency": "20 Hz",
        "delta_t": "-0.01 s",
        "parameter_set": "dp",
    }
    assert observables.flip_frequency(run).attrs["units"] == "Hz"


def test_observe_computes_by_name(run):
    found = observe(run, "flip_frequency", delta_t="-10 ms")
    xarray.testing.assert_identical(found, observables.flip_frequency(run, delta_t=-0.010))
    assert found.values[2] == pytest.approx(15.6, abs=0.05) and np.isnan(found.values[3])


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("pairing_chnge", {}, "unknown observable 'pairing_chnge'; did you mean 'pairing_change'"),
        ("pairing_change", {"frequncy": 20}, "unknown option of pairing_change 'frequncy'; did you mean 'frequency'"),
        ("pairing_change", {"frequency": "20 s"}, "frequency: '20 s'"),
        ("pairing_change", {"frequency": [20, "-1 Hz"]}, "frequency -1; allowed: more than 0 Hz"),
        ("flip_frequency", {"lowest": "0 Hz"}, "from 0 Hz to 100 Hz"),
    ],
)
def test_observe_refuses_what_it_does_not_know(run, name, options, message):
    with pytest.raises(InputError, match=message):
        observe(run, name, **options)


def test_a_read_out_names_what_the_dataset_lacks(run):
    with pytest.raises(InputError, match="pairing_change: the dataset has no variable 'depth'"):
        observe(run.rename(depth="length"), "pairing_change")
    with pytest.raises(InputError, match="DataArray given"):
        observe(run["depth"], "flip_frequency")


def test_a_decorated_function_is_all_that_an_observable_takes(run, monkeypatch):
    @observable(units="1", long_name="Threshold over its resting value")
    def theta_ratio(run, *, offset=1.0):
        """Read out the threshold."""
        return offset - run["depth"]

    assert "theta_ratio" not in observable_names()
    monkeypatch.setattr(observables, "theta_ratio", theta_ratio, raising=False)
    assert "theta_ratio" in observable_names()
    assert described("theta_ratio").options == {"offset": 1.0}
    assert observe(run, "theta_ratio", offset=2.0).values[:3].tolist() == [2.0, 1.95, 1.9]


def test_every_observable_is_described():
    names = observable_names()
    assert {"flip_frequency", "pairing_change"} <= set(names)
    for name in names:
        known = described(name)
        assert known.name == name and known.units and known.long_name
        assert set(known.source) <= set(read_sources())


def bateman(k_in, k_out):
    return lambda t: 100 * (np.exp(-k_out * t) - np.exp(-k_in * t))


def test_acute_effect_of_one_dose_is_exact():
    """Absorption and elimination of first order: the peak has a closed form, the crossings a root each."""
    k_in, k_out = 0.95, 0.426
    effect = bateman(k_in, k_out)
    peak = np.log(k_in / k_out) / (k_in - k_out)
    maximum, time, duration = effect_extent(effect, np.array([0.0, 0.3, 1.0, 2.5, 6.0, 13.0, 24.0]))
    rise, fall = (
        brentq(lambda t: effect(t) - effect(peak) / 10, *ends, xtol=1e-13) for ends in ((0, peak), (peak, 24))
    )
    assert maximum == pytest.approx(effect(peak), rel=1e-14)
    assert duration == pytest.approx(fall - rise, abs=1e-10)
    near = brentq(lambda t: effect(t) - effect(peak) * (1 - 1e-6), 0, peak, xtol=1e-13)
    assert time == pytest.approx(near, abs=1e-8) and time < peak


def test_the_earliest_of_equal_peaks_counts():
    _, time, duration = effect_extent(lambda t: np.sin(np.pi * t) ** 2, np.linspace(0, 4, 9))
    assert time == pytest.approx(0.5, abs=1e-3)
    assert duration == pytest.approx(4 * (1 - 2 / np.pi * np.arcsin(np.sqrt(0.1))), abs=1e-10)


def test_a_later_peak_counts_only_if_higher():
    def peaks(ratio):
        return lambda t: np.exp(-((t - 5) ** 2)) + ratio * np.exp(-((t - 15) ** 2))

    steps = np.linspace(0, 20, 21)
    assert effect_extent(peaks(1 + 1e-9), steps)[1] == pytest.approx(5, abs=2e-3)
    assert effect_extent(peaks(1 + 1e-5), steps)[1] == pytest.approx(15, abs=2e-3)


@pytest.mark.parametrize(("height", "sign"), [(0.1001, 1), (0.0999, 0)])
def test_a_bump_that_barely_passes_a_tenth_between_samples_counts(height, sign):
    """Second bump of height 0.1 and width 0.2 h, its summit on no grid point."""
    main = 2 * np.sqrt(np.log(10))
    bump = 2 * 0.2 * np.sqrt(np.log(height / 0.1)) if sign else 0.0
    effect = lambda t: np.exp(-((t - 5) ** 2)) + height * np.exp(-(((t - 20.033) / 0.2) ** 2))  # noqa: E731
    assert effect_extent(effect, np.linspace(0, 30, 31))[2] == pytest.approx(main + bump, abs=1e-9)


def test_an_effect_open_at_both_ends_counts_from_end_to_end():
    maximum, time, duration = effect_extent(lambda t: 2.0 + 0.0 * t, np.array([0.0, 5.0, 12.0]))
    assert (maximum, time, duration) == (2.0, 0.0, 12.0)
    maximum, time, duration = effect_extent(lambda t: t, np.array([0.0, 5.0, 10.0]))
    assert (maximum, duration) == (10.0, pytest.approx(9.0, abs=1e-12))
    assert time == pytest.approx(10.0 * (1 - 1e-6), abs=1e-10)


def test_no_effect_lasts_no_time():
    assert effect_extent(np.zeros_like, np.array([0.0, 10.0, 24.0])) == (0.0, 0.0, 0.0)


def test_an_effect_that_failed_is_not_a_number():
    assert np.isnan(effect_extent(lambda t: np.where(t > 5, np.nan, 1.0), np.array([0.0, 10.0]))).all()
