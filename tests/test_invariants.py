"""What holds whatever the numbers are: closed forms, conservation, scaling, bounds, events never missed."""

import numpy as np
import pytest
from scipy.integrate import quad

from plasticity import Model, Protocol, simulate
from plasticity.simulation import integrated
from plasticity.study import Study

TIMES = np.linspace(0.0, 48.0, 481)
BUNDLED = {
    f"{name} {' '.join(map(str, run.labels.values()))}".strip(): run
    for name in Study.names()
    for run in Study.load(name, reduced=True).runs
    if run.protocol.doses or run.protocol.inputs or run.protocol.sessions
}


def test_psilocin_has_its_closed_form():
    """One compartment with absorption and an effect site: two and three exponentials, to 1e-10 of the maximum."""
    run = simulate(Protocol(duration="48 h").dose("psilocybin", "25 mg"), times=TIMES, rtol=1e-12)
    ka, k, ke, volume, lag = 0.95, 230.0 / 540.0, 4.0, 540.0, 0.35
    dose = 25 * 0.7186 * 1e6 / 204.27
    t = np.maximum(TIMES - lag, 0.0)
    scale = dose * ka / volume
    plasma = scale / (ka - k) * (np.exp(-k * t) - np.exp(-ka * t))
    effect = scale * ke * (
        np.exp(-ka * t) / ((k - ka) * (ke - ka))
        + np.exp(-k * t) / ((ka - k) * (ke - k))
        + np.exp(-ke * t) / ((ka - ke) * (k - ke))
    )  # fmt: skip
    assert np.abs(run.psilocybin_plasma - plasma).max() < 1e-10 * plasma.max()
    assert np.abs(run.psilocybin_effect - effect).max() < 1e-10 * effect.max()


@pytest.mark.parametrize(
    ("compound", "amount", "options", "arrives"),
    [
        ("psilocybin", "25 mg", {}, 1.0),
        ("ketanserin", "40 mg", {}, 0.5),
        ("dmt", "15 mg", {}, 1.0),
        ("ketamine", "0.5 mg/kg", {"over": "40 min"}, 1.0),
    ],
)
def test_drug_is_conserved(compound, amount, options, arrives):
    """What is in the body and what has been eliminated is what has arrived: to the tolerance of the run."""
    run = integrated(Protocol(duration="48 h").dose(compound, amount, **options), rtol=1e-10)
    keys = list(run.assembly.states)
    dose, clearance = run.protocol.doses[0].amount, run.values[f"{compound}.clearance"]
    central = run.trajectory.polynomial(keys.index(f"{compound}.central"))
    eliminated = clearance / run.values[f"{compound}.volume_central"] * float(central.integrate(0.0, 48.0))
    body = [f"{compound}.{name}" for name in ("gut", "central", "peripheral")]
    left = sum(run.trajectory.final[keys.index(key)] for key in body if key in keys)
    assert left + eliminated == pytest.approx(arrives * dose, rel=1e-8)  # dense output of order 4 at rtol 1e-10


def test_doubling_the_dose_doubles_the_exposure():
    """Linear kinetics: every amount and concentration scales with the dose."""
    for compound in ("ibogaine", "mdma", "lsd"):
        one, two = (
            simulate(Protocol(duration="48 h").dose(compound, a), times=TIMES, rtol=1e-11) for a in ("1 mg", "2 mg")
        )
        for name in one.data_vars:
            if one[name].attrs.get("units") in ("nmol", "nM"):
                largest = float(np.abs(one[name]).max())
                assert np.abs(two[name] - 2.0 * one[name]).max() <= 1e-8 * largest, name


def test_a_short_infusion_late_in_the_run_is_not_stepped_over():
    """One minute of DMT at hour 500 acts as it does at hour 0: the run restarts at both edges."""
    late = simulate(Protocol(duration="548 h").dose("dmt", "15 mg", at="500 h", over="1 min"), times=500.0 + TIMES[1:])
    early = simulate(Protocol(duration="48 h").dose("dmt", "15 mg", over="1 min"), times=TIMES[1:])
    for name in ("dmt_plasma", "r_2a", "calcium", "theta"):
        np.testing.assert_allclose(late[name].values, early[name].values, rtol=2e-4, atol=1e-6)  # two runs at rtol 1e-6


@pytest.mark.slow
def test_nothing_moves_without_drug():
    """Over 28 days the undosed model stays at rest to rounding."""
    for model in (Model(), Model(modules=("memory", "belief"))):
        run = integrated(Protocol(duration="28 d"), model)
        start = run.assembly.baseline(run.values)
        assert np.abs(run.trajectory(np.linspace(0.0, 672.0, 50)) - start[:, None]).max() < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_states_stay_inside_their_bounds(name):
    """Fractions in [0, 1], amounts not negative: to the absolute tolerance of a run at 1e-8, 1e-8 of what was dosed."""
    bundled = BUNDLED[name]
    run = integrated(bundled.protocol, bundled.model, bundled.parameters, bundled.parameter_set, rtol=1e-8)
    times = np.linspace(0.0, run.protocol.duration, 2001)
    dosed = max((dose.amount for dose in run.protocol.doses), default=0.0)
    for key, values in run.states(times).items():
        state = run.assembly.states[key]
        margin = 1e-8 * (dosed if state.unit in ("nmol", "nM") else 1.0)
        assert values.min() >= state.bound.lower - margin, key
        assert values.max() <= state.bound.upper + margin, key
    for key in ("r_g", "r_glu", "r_2a", "r_pam", "htr2a_occupancy", "sert_block", "nmda_block", "sert_activation"):
        signal = run.signals(times)[key]
        assert signal.min() >= -1e-12 and signal.max() <= 1.0 + 1e-12, key


def test_times_of_windows_do_not_depend_on_the_output():
    """The same numbers, bit by bit, for any grid."""
    plan = Protocol(duration="28 d").dose("psilocybin", "25 mg")
    coarse, fine = simulate(plan, times=[0.0, 672.0]), simulate(plan, times=np.linspace(0.0, 672.0, 5000))
    for name in ("t_open", "t_close", "area", "effect_duration", "acute_maximum"):
        assert np.array_equal(coarse[name].values, fine[name].values)


def test_area_is_the_integral_of_the_depth():
    """Against adaptive quadrature of the solution itself."""
    run = integrated(Protocol(duration="28 d").dose("psilocybin", "25 mg"), rtol=1e-9)
    theta = run.trajectory.polynomial(list(run.assembly.states).index("theta"))
    found = simulate(run.protocol, rtol=1e-9)
    start, end = float(found.t_open[0]), float(found.t_close[0])
    area, _ = quad(lambda t: max(1.0 - float(theta(t)) / 1.3 - 0.08, 0.0) / 24.0, start, end, limit=500)
    assert float(found.area[0]) == pytest.approx(area, rel=1e-7)
