"""The tabulated results of the model specification (sections 13 and 15), with the precision they were printed with.

Window times must agree to 0.02 d (the tables print 0.01 d; opening hours are printed to 0.01 h), depths to 0.001,
acute maxima to 1 % point and acute durations to 0.02 h.
"""

import re

import numpy as np
import pytest

from plasticity import Model, Protocol, data, simulate

DAY = 24.0
DAYS = 0.02
NEVER = None


def human(*doses, duration="28 d"):
    plan = Protocol(duration=duration, species="human")
    for compound, amount, options in doses:
        plan = plan.dose(compound, amount, **options)
    return plan


def one(compound, amount, duration="35 d", **options):
    return human((compound, amount, options), duration=duration)


KETAMINE = one("ketamine", "0.5 mg/kg", over="40 min")
PSILOCYBIN = one("psilocybin", "25 mg")
MDMA = one("mdma", "125 mg")
LSD = one("lsd", "100 ug")
IBOGAINE = one("ibogaine", "700 mg")
FIVE = {"ketamine": KETAMINE, "psilocybin": PSILOCYBIN, "mdma": MDMA, "lsd": LSD, "ibogaine": IBOGAINE}

HEADLINE = [
    # protocol, opens h, closes d, total d, depth, acute maximum %, acute duration h
    (KETAMINE, 17.07, 4.50, 3.79, 0.110, 35, 1.56),
    (PSILOCYBIN, 7.74, 17.50, 17.18, 0.242, 74, 6.38),
    (MDMA, 7.99, 15.00, 14.67, 0.223, 92, 5.30),
    (LSD, 7.72, 19.91, 19.59, 0.258, 74, 9.58),
    (IBOGAINE, 8.99, 26.85, 26.47, 0.284, 48, 44.9),
    (one("mescaline", "500 mg"), 8.00, 20.50, 20.17, 0.261, 68, 10.98),
    (one("dmt", "15 mg"), NEVER, NEVER, 0.0, 0.054, 90, 0.33),
    (one("dmt", "90 mg", over="90 min"), 8.78, 10.29, 9.92, 0.176, 77, 1.77),
    (one("dmt_maoi", "0.85 mg/kg"), 8.04, 13.98, 13.65, 0.214, 47, 5.34),
]


@pytest.mark.parametrize("row", HEADLINE, ids=lambda row: row[0].doses[0].compound + row[0].doses[0].route)
def test_headline_table(row):
    plan, opens, closes, total, depth, acute, duration = row
    run = simulate(plan)
    if opens is NEVER:
        assert int(run.number_of_windows) == 0 and np.isnan(float(run.first_open))
    else:
        assert int(run.number_of_windows) == 1
        assert float(run.first_open) == pytest.approx(opens, abs=0.006)
        assert float(run.last_close) / DAY == pytest.approx(closes, abs=DAYS)
    assert float(run.total_open_time) / DAY == pytest.approx(total, abs=DAYS)
    assert float(run.max_depth) == pytest.approx(depth, abs=0.001)
    assert float(run.acute_maximum) == pytest.approx(acute, abs=1.0)
    assert float(run.effect_duration) == pytest.approx(duration, abs=0.05 if duration > 20 else 0.02)


LAWS = [
    # model, overrides, closing days in the order of FIVE
    (Model(), {}, (4.50, 17.50, 15.00, 19.91, 26.85)),
    (Model(brake="feedback"), {"brake_m2_gain": 7.474, "brake_m2_tau": 91.9, "brake_m2_feedback": 1.0}, (4.50, 17.50, 15.58, 19.21, 23.9)),
    (Model(brake="feedback"), {}, (4.50, 17.50, 16.14, 18.66, 21.84)),
    (Model(brake="feedback"), {"brake_m2_gain": 8.561, "brake_m2_tau": 32.1, "brake_m2_feedback": 1.8}, (4.50, 17.50, 16.69, 18.19, 20.21)),
    (Model(brake="zero_order"), {}, (2.34, 17.77, 12.11, 25.64, 70.6)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "law", LAWS, ids=lambda law: f"{law[0].variants['brake']}{law[1].get('brake_m2_feedback', '')}"
)
def test_closure_laws(law):
    """The constants of the refits are printed to three or four digits; they move the closing by up to 0.05 d."""
    model, overrides, days = law
    for name, day in zip(FIVE, days, strict=True):
        compound, amount = FIVE[name].doses[0].compound, FIVE[name].doses[0].text
        over = {"over": "40 min"} if name == "ketamine" else {}
        run = simulate(one(compound, amount, duration="90 d", **over), model=model, parameters=overrides)
        printed = 0.05 if day in (23.9, 70.6) else 0.006
        rounding = 0.05 if overrides else 0.0
        assert float(run.last_close) / DAY == pytest.approx(day, abs=DAYS + printed + rounding), name


AIMS = [
    # aims for ketamine and psilocybin d, brake_gain /h, brake_tau d, closing days of MDMA, LSD, ibogaine
    ((4.5, 15), 8.44, 5.26, (13.0, 17.0, 22.6)),
    ((4.5, 17.5), 7.29, 6.52, (15.0, 19.9, 26.8)),
    ((4.5, 20), 6.61, 7.78, (17.0, 22.9, 31.1)),
    ((6, 15), 13.35, 4.51, (13.3, 16.7, 21.6)),
    ((6, 17.5), 10.24, 5.77, (15.3, 19.6, 25.8)),
    ((6, 20), 8.64, 7.03, (17.3, 22.6, 30.0)),
]


@pytest.mark.parametrize("row", AIMS, ids=lambda row: f"{row[0]}")
def test_other_aims(row):
    """Refits to other aims: days printed to 0.1 d, constants to two decimals, which moves the closing by 0.03 d."""
    aims, gain, tau, days = row
    parameters = {"brake_gain": gain, "brake_tau": f"{tau} d"}
    for plan, day in zip(FIVE.values(), (*aims, *days), strict=True):
        run = simulate(plan, parameters=parameters)
        assert float(run.last_close) / DAY == pytest.approx(day, abs=DAYS + 0.03 + (0.05 if day in days else 0.0))


def closing_days(gain, tau):
    """Closing days [d] of the five by the two numbers of the brake."""
    runs = {name: simulate(plan, parameters={"brake_gain": gain, "brake_tau": tau}) for name, plan in FIVE.items()}
    return {name: float(run.last_close) / DAY for name, run in runs.items()}


@pytest.mark.slow
def test_the_aims_for_psilocybin_that_put_all_five_inside():
    """What the table of known misses says would cure the miss of LSD: from when on, printed to 0.1 d, and until when.

    Ketamine is held at the middle of its interval. Below the range LSD closes before it was last seen open; above it
    psilocybin closes after it was seen closed.
    """
    from scipy.optimize import root

    told = next(str(text) for text in data.load("known_misses").remedy.values if "puts all five inside" in str(text))
    least, most = map(float, re.search(r"\(([0-9.]+) to ([0-9.]+) d puts all five inside", told).groups())
    seen = data.load("critical_period_windows").to_dataframe().set_index("compound")
    usual = np.log([7.29, 6.52 * DAY])

    def days_of(numbers):
        return closing_days(*map(float, np.exp(numbers)))

    def misses(numbers, name, aim):
        days = days_of(numbers)
        return [days["ketamine"] - 4.5, days[name] - aim]

    for name, aim in (("lsd", seen.last_open_day["lsd"] + 1e-3), ("psilocybin", most)):
        days = days_of(root(misses, usual, (name, aim), tol=1e-6).x)
        for one, day in days.items():
            assert seen.last_open_day[one] <= day, one
            assert not day > seen.first_closed_day[one] + 1e-3, one
        assert days["psilocybin"] == pytest.approx(least if name == "lsd" else most, abs=0.05)


DOSES = [
    ("psilocybin", {}, "mg", {1: NEVER, 2: NEVER, 5: NEVER, 10: 11.03, 15: 14.90, 20: 16.54, 25: 17.50, 30: 18.16, 40: 19.03}),
    ("lsd", {}, "ug", {5: NEVER, 10: NEVER, 25: NEVER, 50: 14.56, 75: 18.30, 100: 19.91, 150: 21.55, 200: 22.44}),
    ("mdma", {}, "mg", {75: 11.14, 100: 14.22, 150: 15.34}),
    ("ketamine", {"over": "40 min"}, "mg/kg", {0.25: NEVER, 0.5: 4.50, 0.75: 9.31, 1: 12.19, 2: 17.81}),
    ("ibogaine", {}, "mg", {300: NEVER, 700: 26.85, 1000: 30.53}),
]  # fmt: skip


@pytest.mark.parametrize(("compound", "options", "unit", "table"), DOSES, ids=[d[0] for d in DOSES])
def test_dose_tables(compound, options, unit, table):
    for amount, day in table.items():
        run = simulate(one(compound, f"{amount} {unit}", **options))
        if day is NEVER:
            assert int(run.number_of_windows) == 0, amount
        else:
            assert float(run.last_close) / DAY == pytest.approx(day, abs=DAYS), amount


@pytest.mark.parametrize(
    ("compound", "unit", "table"),
    [
        ("psilocybin", "mg", {1: 0, 2: 1, 5: 8, 10: 32, 15: 54, 20: 67, 25: 74, 30: 79, 40: 84}),
        ("lsd", "ug", {5: 0, 10: 1, 25: 8, 50: 39, 75: 62, 100: 74, 150: 83, 200: 86}),
    ],
)
def test_acute_maxima(compound, unit, table):
    """Printed as whole percentages."""
    for amount, percent in table.items():
        run = simulate(one(compound, f"{amount} {unit}", duration="2 d"))
        assert float(run.acute_maximum) == pytest.approx(percent, abs=0.51), amount


KETANSERIN = ("ketanserin", "40 mg", {})
SEVERAL = [
    # protocol, [(opens h or None, closes d or None)] of each window; None is not tabulated
    ("psilocybin 1 d apart", human(("psilocybin", "25 mg", {"every": "1 d", "times": 2}), duration="60 d"), [(None, 22.16)]),
    ("psilocybin 7 d apart", human(("psilocybin", "25 mg", {"every": "7 d", "times": 2}), duration="60 d"), [(None, 26.37)]),
    ("psilocybin 21 d apart", human(("psilocybin", "25 mg", {"every": "21 d", "times": 2}), duration="60 d"), [(None, 17.50), (510.60, 38.75)]),
    ("ketamine 10 d apart", human(("ketamine", "0.5 mg/kg", {"over": "40 min", "every": "10 d", "times": 2}), duration="60 d"), [(None, 4.50), (252.0, 15.77)]),
    ("ketamine six times", human(("ketamine", "0.5 mg/kg", {"over": "40 min", "every": "84 h", "times": 6}), duration="60 d"), [(None, 27.45)]),
    ("MDMA 24 h apart", human(("mdma", "100 mg", {"every": "24 h", "times": 2}), duration="60 d"), [(None, 19.15)]),
    ("LSD daily", human(("lsd", "100 ug", {"every": "1 d", "times": 5}), duration="60 d"), [(None, 31.00)]),
    ("ketanserin before LSD", human(KETANSERIN, ("lsd", "100 ug", {"at": "1 h"})), []),
    ("ketanserin before psilocybin", human(KETANSERIN, ("psilocybin", "25 mg", {"at": "1 h"})), []),
    ("ketanserin before MDMA", human(KETANSERIN, ("mdma", "125 mg", {"at": "1 h"})), [(9.05, 14.81)]),
    ("MDMA at 1 h", human(("mdma", "125 mg", {"at": "1 h"})), [(None, 15.04)]),
    ("ketanserin after LSD", human(("lsd", "100 ug", {}), ("ketanserin", "40 mg", {"at": "1 h"})), []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "plan", "windows"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_several_doses_and_antagonist(name, plan, windows):
    run = simulate(plan)
    assert int(run.number_of_windows) == len(windows)
    for i, (opens, closes) in enumerate(windows):
        if opens is not None:
            assert float(run.t_open[i]) == pytest.approx(opens, abs=0.06 if opens == 252.0 else 0.006)
        assert float(run.t_close[i]) / DAY == pytest.approx(closes, abs=DAYS)


def test_daily_lsd_tolerance():
    """Acute maxima of five daily doses, as whole percentages."""
    run = simulate(human(("lsd", "100 ug", {"every": "1 d", "times": 5})), times=np.arange(0.0, 120.0, 0.05))
    daily = run.acute_effect.values.reshape(5, -1).max(axis=1)
    assert daily == pytest.approx([74, 57, 49, 47, 45], abs=0.51)


def test_antagonist_numbers():
    before_lsd = simulate(SEVERAL[7][1])
    assert float(before_lsd.acute_maximum) == pytest.approx(5.9, abs=0.06)
    assert float(before_lsd.max_depth) == pytest.approx(0.008, abs=0.0006)
    assert float(simulate(SEVERAL[8][1]).acute_maximum) == pytest.approx(4.8, abs=0.06)
    after_lsd = simulate(SEVERAL[11][1])
    assert float(after_lsd.max_depth) == pytest.approx(0.080, abs=0.0006)
    assert float(after_lsd.effect_duration) == pytest.approx(0.84, abs=0.006)


def test_window_still_open_is_censored():
    run = simulate(one("ibogaine", "700 mg", duration="14 d"))
    assert bool(run.censored) and bool(run.censored_right[0]) and np.isnan(float(run.t_close[0]))
    assert float(run.duration[0]) == pytest.approx(14 * DAY - float(run.t_open[0]))


MOUSE = [
    ("ketamine", "3 mg/kg", 7.49),
    ("psilocybin", "0.3 mg/kg", 11.56),
    ("mdma", "10 mg/kg", 13.59),
    ("lsd", "1 ug/kg", 5.74),
    ("ibogaine", "40 mg/kg", 24.05),
]


@pytest.mark.slow
@pytest.mark.parametrize(("compound", "amount", "day"), MOUSE, ids=[row[0] for row in MOUSE])
def test_mouse_exposure(compound, amount, day):
    run = simulate(Protocol(duration="35 d", species="mouse").dose(compound, amount))
    assert float(run.last_close) / DAY == pytest.approx(day, abs=DAYS)


PLASMA = [
    # protocol, molar mass, Cmax ng/mL, time of it h or None
    (PSILOCYBIN, 204.27, 17.3, 1.9),
    (LSD, 323.43, 1.92, None),
    (MDMA, 193.25, 218, None),
    (KETAMINE, 237.73, 177, None),
    (IBOGAINE, 310.44, 749, None),
]


@pytest.mark.parametrize("row", PLASMA, ids=lambda row: row[0].doses[0].compound)
def test_plasma_maxima(row):
    plan, mass, maximum, time = row
    compound = plan.doses[0].compound
    run = simulate(plan, times=np.arange(0.0, 12.0, 0.01))
    plasma = run[f"{compound}_plasma"] * mass / 1000.0
    assert float(plasma.max()) == pytest.approx(maximum, abs=0.006 if maximum < 2 else 0.06 if maximum < 20 else 0.9)
    if time is not None:
        assert float(plasma.idxmax("time")) == pytest.approx(time, abs=0.06)


def test_mdma_autoinhibition():
    """Section 4: Cmax, AUC over 24 h and second-dose ratios of the fitted parameter set; the linear default misses."""

    def exposures(parameter_set, amount, **options):
        plan = human(("mdma", amount, options), duration="48 h")
        run = simulate(plan, parameter_set=parameter_set, times=np.arange(0.0, 48.001, 0.02))
        plasma = run.mdma_plasma * 193.25 / 1000.0
        days = [plasma.sel(time=slice(24 * i, 24 * (i + 1))) for i in (0, 1)]
        return [(float(day.max()), float(day.integrate("time"))) for day in days]

    for amount, maximum, area in [("75 mg", 133, 1062), ("125 mg", 224, 2045)]:
        found = exposures("mdma_autoinhibition", amount)[0]
        assert found == (pytest.approx(maximum, abs=0.6), pytest.approx(area, abs=1.5))
    for parameter_set, ratios in [("mdma_autoinhibition", (1.29, 1.74)), (None, (1.12, 1.12))]:
        first, second = exposures(parameter_set, "100 mg", every="24 h", times=2)
        assert [b / a for a, b in zip(first, second, strict=True)] == pytest.approx(ratios, abs=0.006)


def test_receptor_density():
    """5-HT2A density after psilocybin: 0.83 at 24 h, 0.99 at 7 d (pig: 0.5 to 0.85, and no difference; Raval2021)."""
    run = simulate(PSILOCYBIN, times=[24.0, 168.0])
    assert run.htr2a_density.values == pytest.approx([0.83, 0.99], abs=0.0051)


def test_drives_and_folds():
    fine = np.arange(0.0, 72.0, 0.02)
    expected = {"psilocybin": 0.74, "mdma": 0.67, "lsd": 0.74, "ibogaine": 0.35}
    for name, peak in expected.items():
        run = simulate(FIVE[name], times=fine)
        assert float(run.r_g.max()) == pytest.approx(peak, abs=0.0051), name
    above = run.r_g.values > 0.1 * float(run.r_g.max())
    assert above.sum() * 0.02 == pytest.approx(45.9, abs=0.06)
    assert float(simulate(KETAMINE, times=fine).r_glu.max()) == pytest.approx(0.61, abs=0.0051)
    psilocybin = simulate(PSILOCYBIN, times=fine)
    assert float(psilocybin.bdnf_mrna.max()) == pytest.approx(1.7, abs=0.051)
    assert float(psilocybin.bdnf_mature.max()) == pytest.approx(1.5, abs=0.051)
    assert float(psilocybin.trkb_signal.max()) == pytest.approx(0.050, abs=0.00051)


@pytest.mark.slow
def test_decoded_signals_of_both_calcium_kernels_agree():
    """Section 6.2: integrals of phosphorylated CREB [h] with the averaged and the oscillating kernel.

    The oscillating values are tabulated as 3.13 and 0.449. The first is 3.1230 here at every tolerance from 1e-6 to
    1e-12, and 3.1230 with LSODA on separate code, so the last digit of the table is off. The second is not sharp: as
    the drive rises, calcium leaves its unstable rest only after a delay that rounding decides, and values from 0.4439
    to 0.4475 come out of two integrators at tolerances of 1e-6 to 1e-12.
    """
    table = [("psilocybin", 9.0, (3.05, 0.0051), (3.123, 0.0005)), ("ketamine", 5.0, (0.442, 0.00051), (0.4465, 0.003))]
    for name, hours, averaged, oscillating in table:
        for model, (value, margin) in [(Model(), averaged), (Model(calcium="oscillator"), oscillating)]:
            dose = FIVE[name].doses[0]
            over = {"over": "40 min"} if name == "ketamine" else {}
            plan = one(name, dose.text, duration=f"{hours} h", **over)
            run = simulate(plan, model=model, times=np.linspace(0.0, hours, 4001))
            integral = float(run.creb_phosphorylated.integrate("time"))
            assert integral == pytest.approx(value, abs=margin), (name, model)


def test_known_failures_stay_visible():
    """Section 15: what the model is known to get wrong; a change that cures one of these must say so here."""
    anaesthetic = simulate(one("ketamine", "20 mg/kg", over="4 h"))
    assert float(anaesthetic.last_close) / DAY == pytest.approx(22.2, abs=0.051 + DAYS)
    mouse = simulate(Protocol(duration="35 d", species="mouse").dose("ketamine", "50 mg/kg"))
    assert float(mouse.last_close) / DAY == pytest.approx(6.1, abs=0.051 + DAYS)
