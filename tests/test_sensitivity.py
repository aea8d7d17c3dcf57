"""Sensitivity: known indices of known functions through the designs of a sweep, derivatives, and what is refused."""

import json
import math
import sys

import numpy as np
import pytest
import xarray as xr

import plasticity as pl
from plasticity.errors import InputError
from plasticity.sensitivity.differences import Ladder, extrapolated
from plasticity.sensitivity.factors import factors
from plasticity.sweeps.planning.design import sampled
from plasticity.sweeps.planning.ranges import Drawn
from plasticity.sweeps.planning.salib_designs import block_size

PLAN = pl.Protocol("60 d").dose("psilocybin", "25 mg")
KEEP = ["total_open_time", "max_depth", "first_open", "number_of_windows", "censored"]


def swept(function, drawn, design, samples, seed=0):
    """What a sweep would return if the model were a function of known indices."""
    columns = sampled(drawn, design, samples, seed)
    values = function(*columns.values())
    told = {name: one.plain() for name, one in drawn.items()}
    recipe = {"design": design, "samples": samples, "axes": [{"name": "sample", "columns": told}]}
    return xr.Dataset(
        {"y": ("sample", values, {"units": "h"}), "status": ("sample", np.zeros(len(values), np.int8))},
        {name: ("sample", column) for name, column in columns.items()},
        {"sweep": json.dumps(recipe)},
    )


def uniform(names, low, high):
    return {name: Drawn("uniform", low, high, "1") for name in names}


# Functions whose indices are known


def ishigami(x1, x2, x3, a=7.0, b=0.1):
    return np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)


def ishigami_indices(a=7.0, b=0.1):
    """Ishigami and Homma 1990, doi:10.1109/ISUMA.1990.151285: the variances by integration over (-pi, pi)."""
    alone = np.array([0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2, a**2 / 8.0, 0.0])
    both = b**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = alone.sum() + both
    return alone / variance, (alone + np.array([both, 0.0, both])) / variance


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(*x):
    return np.prod([(np.abs(4.0 * xi - 2.0) + a) / (1.0 + a) for xi, a in zip(x, A, strict=True)], axis=0)


def sobol_g_indices():
    """Saltelli and Sobol' 1995, doi:10.1016/0951-8320(95)00099-2: partial variances 1 / 3 (1 + a)^2."""
    v = 1.0 / (3.0 * (1.0 + A) ** 2)
    whole = np.prod(1.0 + v)
    return v / (whole - 1.0), v * (whole / (1.0 + v)) / (whole - 1.0)


CASES = {
    "ishigami": (ishigami, uniform(["x1", "x2", "x3"], -math.pi, math.pi), ishigami_indices),
    "sobol_g": (sobol_g, uniform([f"x{i}" for i in range(5)], 0.0, 1.0), sobol_g_indices),
}


@pytest.mark.parametrize("case", CASES)
def test_sobol_indices_of_functions_that_are_known(case):
    function, drawn, known = CASES[case]
    found = pl.sensitivity_indices(swept(function, drawn, "saltelli", 4096), "y")
    for name, exact in zip(("first_order", "total"), known(), strict=True):
        # 1.96 standard errors hold one index with 95 %; 4 hold all 16 of both functions with 99.9 %. The bootstrap's
        # own standard error is that of independent points, and those of a scrambled Sobol' sequence scatter less.
        error = (found[f"{name}_high"] - found[name]).values / 1.96
        assert (np.abs(found[name].values - exact) <= 4.0 * error + 1e-12).all(), name
        assert error.max() < 0.03  # so that the check above means something


def test_sobol_indices_converge():
    """Four times the samples at least halve the error: that of independent points; a Sobol' sequence does better."""
    function, drawn, known = CASES["ishigami"]

    def error(samples):
        seeds = [pl.sensitivity_indices(swept(function, drawn, "saltelli", samples, seed), "y") for seed in range(6)]
        return np.sqrt(np.mean([(one["total"].values - known()[1]) ** 2 for one in seeds]))

    assert error(2048) < 0.5 * error(128)  # sixteen times the samples: expected 0.25 or less, so 0.5 leaves room


def test_morris_effects_of_a_linear_function_are_its_slopes():
    """Every elementary effect is slope times range, upwards, whichever end was written first (Morris 1991)."""
    drawn = {
        "up": Drawn("uniform", 1.0, 3.0, "h"),
        "down": Drawn("uniform", 5.0, 1.0, "h"),
        "idle": Drawn("uniform", 0.0, 1.0, "h"),
    }
    found = pl.sensitivity_indices(swept(lambda a, b, c: 2.0 * a - 3.0 * b + 0.0 * c, drawn, "morris", 10), "y")
    # exact but for rounding: values of size 10 differ by a few 1e-15
    np.testing.assert_allclose(found["mu"], [4.0, -12.0, 0.0], atol=1e-13)
    np.testing.assert_allclose(found["mu_star"], [4.0, 12.0, 0.0], atol=1e-13)
    np.testing.assert_allclose(found["sigma"], 0.0, atol=1e-13)
    assert found["mu"].attrs["units"] == "h"


def test_morris_sees_what_interacts():
    drawn = uniform(["a", "b", "c"], 0.0, 1.0)
    found = pl.sensitivity_indices(swept(lambda a, b, c: a * b + 0.2 * c, drawn, "morris", 40), "y")
    assert found["sigma"].values[2] == pytest.approx(0.0, abs=1e-13)
    assert (found["sigma"].values[:2] > 0.1).all()


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol", "halton"])
def test_pawn_orders_factors_and_knows_chance(design):
    drawn = uniform(["strong", "weak", "idle"], 0.0, 1.0)
    found = pl.sensitivity_indices(swept(lambda a, b, c: 4.0 * a + b + 0.0 * c, drawn, design, 2048), "y")
    strong, weak, idle = found["pawn"].values
    noise = found["noise"].values[0]
    # a slice of 205 of 2048 points: a distance of 1.36 / sqrt(205) = 0.095 is exceeded by chance once in 20 slices
    assert strong > 0.3 > weak > noise and idle < 0.095 and noise < 0.095


def test_the_same_seeds_give_the_same_indices_bitwise():
    function, drawn, _ = CASES["ishigami"]
    for design in ("saltelli", "morris", "halton"):
        once, again = (pl.sensitivity_indices(swept(function, drawn, design, 64), "y", seed=0) for _ in range(2))
        xr.testing.assert_identical(once, again)
    other = [pl.sensitivity_indices(swept(function, drawn, "saltelli", 64), "y", seed=seed) for seed in (0, 1)]
    assert not np.array_equal(other[0]["total_low"], other[1]["total_low"])
    assert np.array_equal(other[0]["total"], other[1]["total"])
    assert not np.array_equal(*(swept(function, drawn, "saltelli", 64, seed)["y"] for seed in (0, 1)))


# What must not pass in silence


def test_salib_answers_nan_with_zeros_and_so_is_never_asked():
    """The trap itself, so that the guard can go when SALib mends it, and the guard."""
    from SALib.analyze import sobol

    function, drawn, _ = CASES["ishigami"]
    ds = swept(function, drawn, "saltelli", 64)
    ds["y"][17] = np.nan
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    assert not np.any(sobol.analyze(problem, ds["y"].values, calc_second_order=False, seed=1)["ST"])
    with pytest.raises(InputError, match='y: 1 of 320 points have none; allowed: undefined="skip"'):
        pl.sensitivity_indices(ds, "y")


def test_infinite_numbers_are_no_numbers():
    ds = swept(*CASES["ishigami"][:2], "morris", 8)
    ds["y"][3] = np.inf
    with pytest.raises(InputError, match="1 of 32 points have none"):
        pl.sensitivity_indices(ds, "y")


@pytest.mark.parametrize("design", ["saltelli", "morris"])
def test_failed_points_take_their_whole_block_with_them(design):
    function, drawn, _ = CASES["ishigami"]
    ds = swept(function, drawn, design, 64)
    size = block_size(design, 3)
    for point in (0, 1, 7 * size + 2):  # two in one block, one in another
        ds["y"][point], ds["status"][point] = np.nan, -21
    with pytest.raises(InputError, match=r"3 of \d+ points failed \(-21: 3\); allowed: failures=\"skip\""):
        pl.sensitivity_indices(ds, "y")
    found = pl.sensitivity_indices(ds, "y", failures="skip")
    assert int(found["left_out"]) == 2
    rest = np.r_[size : 7 * size, 8 * size : 64 * size]
    table = sampled(drawn, design, 64, 0)
    told = json.loads(ds.attrs["sweep"]) | {"samples": 62}
    alone = swept(function, drawn, design, 64).isel(sample=rest).assign_attrs(sweep=json.dumps(told))
    xr.testing.assert_equal(found.drop_vars("left_out"), pl.sensitivity_indices(alone, "y").drop_vars("left_out"))
    assert len(table["x1"]) == 64 * size


def test_failed_points_of_pawn_go_one_by_one():
    ds = swept(*CASES["ishigami"][:2], "halton", 300)
    ds["status"][:5] = -1
    ds["y"][:5] = np.nan
    assert int(pl.sensitivity_indices(ds, "y", failures="skip")["left_out"]) == 5


def test_what_cannot_be_analysed_is_refused_in_one_line():
    function, drawn, _ = CASES["ishigami"]
    ds = swept(function, drawn, "saltelli", 8)
    refused = {
        "y: is 0 at every point": (ds.assign(y=ds["y"] * 0.0), {}),
        "7 samples are not the 8 x 5 points": (ds.isel(sample=slice(7)), {}),
        "not the 8 x 5 points of the design saltelli, in its order": (ds.isel(sample=np.r_[1, 0, 2:40]), {}),
        "the dataset holds no drawn samples": (ds.assign_attrs(sweep="{}"), {}),
        "method morris: the samples are of design saltelli; allowed: sobol, or design morris": (
            ds,
            {"method": "morris"},
        ),
        "unknown method 'sobel'; did you mean 'sobol'": (ds, {"method": "sobel"}),
        "unknown failures 'drop'": (ds, {"failures": "drop"}),
        "unknown variable 'z'": (ds, {"of": "z"}),
        "resamples: 1; allowed": (ds, {"resamples": 1}),
        "level: 1.0; allowed": (ds, {"level": 1.0}),
        "0 of 8 blocks are left": (ds.assign(status=ds["status"] - 1), {"failures": "skip"}),
        "total_open_time: the sweep does not keep 'censored'": (
            ds.rename(y="total_open_time"),
            {"of": "total_open_time"},
        ),
    }
    for message, (given, options) in refused.items():
        with pytest.raises(InputError) as caught:
            pl.sensitivity_indices(given, **{"of": "y", **options})
        assert message in str(caught.value) and "\n" not in str(caught.value)


def test_designs_refuse_what_they_cannot_draw():
    drawn = uniform(["a", "b"], 0.0, 1.0)
    with pytest.raises(
        InputError, match="samples: 100 in a Saltelli design; allowed: powers of two, such as 64 or 128"
    ):
        sampled(drawn, "saltelli", 100, 0)
    with pytest.raises(InputError, match="samples: 1 in a Morris design; allowed: 2 blocks or more"):
        sampled(drawn, "morris", 1, 0)
    with pytest.raises(InputError, match="8,388,608 blocks are 33,554,432 points; allowed: up to 10,000,000 points"):
        sampled(drawn, "saltelli", 1 << 23, 0)
    with pytest.raises(InputError, match="axis b: a normal distribution has no ends for a Morris design"):
        sampled(drawn | {"b": Drawn("normal", 0.0, 1.0, "1")}, "morris", 4, 0)
    with pytest.raises(InputError, match="axis dose: no plausible range is declared; allowed: from and to"):
        pl.sweep(PLAN, {"dose": "plausible"}, ["max_depth"], design="saltelli", samples=2)


def test_without_salib_designs_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(
        InputError, match=r"needs the extra 'sensitivity'; allowed: pip install 'plasticity\[sensitivity\]'"
    ):
        sampled(uniform(["a"], 0.0, 1.0), "saltelli", 4, 0)


def test_a_bootstrap_that_does_not_fit_into_memory_is_refused():
    ds = swept(*CASES["ishigami"][:2], "saltelli", 1024)
    with pytest.raises(
        InputError, match="resamples: 100,000 of 1,024 blocks do not fit into memory; allowed: up to 48,828"
    ):
        pl.sensitivity_indices(ds, "y", resamples=100_000)


@pytest.mark.parametrize("design", ["saltelli", "morris", "halton"])
def test_a_single_factor_explains_everything(design):
    found = pl.sensitivity_indices(swept(lambda a: 3.0 * a, uniform(["a"], 0.0, 2.0), design, 256), "y")
    name, exact = {"saltelli": ("total", 1.0), "morris": ("mu", 6.0), "halton": ("pawn_maximum", 0.9)}[design]
    # Sobol: 4 standard errors; PAWN: the lowest tenth of values lies a share of 0.9 away, give or take a point
    allowed = {"morris": 1e-12, "halton": 0.01}.get(design)
    if allowed is None:
        allowed = 4.0 / 1.96 * float(found["total_high"][0] - found["total"][0])
    assert float(found[name][0]) == pytest.approx(exact, abs=allowed)


# The model


@pytest.fixture(scope="module")
def grid():
    over = {
        "brake_tau": "plausible",
        "trkb_half": "plausible",
        "theta_tau": "plausible",
        "htr2a_occupancy_max": "plausible",  # read by an observable alone: no window hangs on it
        "dose": {"from": "20 mg", "to": "40 mg"},
    }
    return pl.sweep(PLAN, over, KEEP, design="saltelli", samples=128)


def test_indices_of_the_window_obey_their_bounds(grid):
    found = pl.sensitivity_indices(grid, ["total_open_time", "max_depth"])
    half = (found["first_order_high"] - found["first_order"]).values
    first = found["first_order"].values
    assert (first.sum(axis=1) <= 1.0 + np.sqrt((half**2).sum(axis=1))).all()  # errors of the terms add up in squares
    assert (first <= found["total_high"].values + half).all()
    assert (found["total"].values >= 0.0).all()  # Jansen's estimator is a mean of squares
    idle = found.sel(factor="htr2a_occupancy_max")
    assert not np.any(idle["total"]) and (abs(idle["first_order"]) <= idle["first_order_high"] + 1e-12).all()
    duration = found.sel(quantity="total_open_time")
    assert duration["factor"].values[np.argmax(duration["total"].values)] == "brake_tau"
    assert found["factor_range"].sel(factor="brake_tau") == "105 to 195 h"
    assert found["factor_label"].sel(factor="brake_tau") == grid["brake_tau"].attrs["long_name"]


def test_a_window_that_never_opens_counts_with_no_duration_but_has_no_opening():
    over = {"dose": {"from": "2 mg", "to": "30 mg"}, "brake_tau": "plausible"}
    some = pl.sweep(PLAN, over, KEEP, design="saltelli", samples=16)
    never = int((some["number_of_windows"] == 0).sum())
    assert 0 < never < some.sizes["sample"]
    assert int(pl.sensitivity_indices(some, "total_open_time")["left_out"]) == 0
    with pytest.raises(InputError, match=f'first_open: {never} of 64 points have none; allowed: undefined="skip"'):
        pl.sensitivity_indices(some, "first_open")
    assert int(pl.sensitivity_indices(some, "first_open", undefined="skip")["left_out"]) > 0


def test_censored_windows_are_refused_until_told():
    short = pl.Protocol("12 d").dose("psilocybin", "25 mg")
    over = {"brake_tau": "plausible", "trkb_half": "plausible"}
    late = pl.sweep(short, over, KEEP, design="morris", samples=8)
    with pytest.raises(InputError, match=r"are censored, so it is a lower bound there; allowed: censored=\"skip\""):
        pl.sensitivity_indices(late, "total_open_time")
    assert int(pl.sensitivity_indices(late, "total_open_time", censored="as_is")["left_out"]) == 0


def test_a_design_beside_other_axes_keeps_them():
    over = {"compound": ["psilocybin", "lsd"], "brake_tau": "plausible", "trkb_half": "plausible"}
    found = pl.sensitivity_indices(pl.sweep(PLAN, over, KEEP, design="morris", samples=4), "max_depth")
    assert found["mu_star"].dims == ("compound", "factor")
    one = pl.sweep(PLAN, {k: v for k, v in over.items() if k != "compound"}, KEEP, design="morris", samples=4)
    alone = pl.sensitivity_indices(one, "max_depth")["mu_star"]
    np.testing.assert_array_equal(found["mu_star"].sel(compound="psilocybin"), alone)  # promised bitwise for sweeps


def test_a_store_gives_the_same_indices(grid, tmp_path):
    over = {"brake_tau": "plausible", "trkb_half": "plausible"}
    here = pl.sweep(PLAN, over, KEEP, design="saltelli", samples=8)
    there = pl.sweep(PLAN, over, KEEP, design="saltelli", samples=8, out=tmp_path / "s.zarr", threads=1)
    xr.testing.assert_equal(*(pl.sensitivity_indices(ds, "max_depth") for ds in (here, there)))
    assert factors(grid).names[-1] == "dose"


# Derivatives


@pytest.mark.parametrize(("sides", "order"), [((-1, 1), 4), ((1, 2), 3), ((-1, -2), 3)])
def test_extrapolated_differences_have_their_order(sides, order):
    """Halving the step divides the error by 2 to the power of the order, within a twentieth of the power."""
    steps = 0.1 * 0.5 ** np.arange(4)
    slopes = Ladder(1.0, steps, sides).slopes(math.e, np.exp(Ladder(1.0, steps, sides).points()))
    error = np.abs(extrapolated(slopes[:-1], slopes[1:]) - math.e)
    assert np.log2(error[0] / error[1]) == pytest.approx(order, rel=0.05)


def test_derivatives_of_an_exposure_in_closed_form():
    """Linear kinetics: the area under the curve is proportional to dose / clearance, whatever the other numbers are."""
    by = ["dose", "psilocybin.clearance", "psilocybin.volume_central", "psilocybin.absorption_rate"]
    plan = pl.Protocol("10 d").dose("psilocybin", "25 mg")  # 100 half-lives: nothing of the area is left
    found = pl.local_derivatives(plan, "psilocybin_plasma_auc", by)
    exact = np.array([1.0, -1.0, 0.0, 0.0])
    # the stated error must cover the true one; 1e-9 is the tolerance of the runs
    assert (np.abs(found["elasticity"] - exact) <= found["elasticity_error"] + 1e-9).all()
    assert (found["elasticity_error"] < 1e-4).all()
    area, clearance = float(found["value"]), float(found["factor_value"][1])
    assert float(found["derivative"][1]) == pytest.approx(-area / clearance, rel=1e-4)


def test_stated_errors_of_window_derivatives_cover_what_a_tighter_run_changes():
    by = ["brake_tau", "trkb_half", "depth_permissiveness", "creb_tau", "depth_homeostasis", "htr2a_occupancy_max"]
    rough, fine = (pl.local_derivatives(PLAN, "total_open_time", by, rtol=rtol) for rtol in (1e-7, 1e-10))
    assert (rough["status"] == 0).all() and (fine["status"] == 0).all()
    # the estimate adds truncation and ten times the solver's part; twice the sum allows both runs to be off
    assert (np.abs(rough["derivative"] - fine["derivative"]) <= 2.0 * (rough["error"] + fine["error"])).all()
    assert (fine["elasticity_error"] < 1e-4).all()
    assert float(fine["derivative"][4]) < 0.0 == float(fine["elasticity"][4])  # zero, stepped upwards only
    assert float(fine["derivative"][5]) == 0.0


def test_derivatives_agree_with_a_sweep(grid):
    """The slope of a fine line of whole simulations through the same point."""
    tau = 156.42
    line = pl.sweep(PLAN, {"brake_tau": [tau - 0.5, tau + 0.5]}, ["total_open_time"], rtol=1e-9)["total_open_time"]
    found = pl.local_derivatives(PLAN, "total_open_time", ["brake_tau"])
    assert float(found["factor_value"][0]) == tau
    # a plain central difference over 1 h: its error is third derivative / 24, some 1e-5 of the slope for a power law
    assert float(found["derivative"][0]) == pytest.approx(float(line[1] - line[0]), rel=1e-4)


def test_where_there_is_no_derivative_its_cause_is_told():
    closed = pl.Protocol("10 d").dose("psilocybin", "1 mg")
    found = pl.local_derivatives(closed, ["total_open_time", "margin"], ["brake_tau", "window_open_ratio"])
    assert (found["derivative"].sel(quantity="total_open_time") == 0.0).all()  # no window, near and far
    assert np.isnan(found["elasticity"].sel(quantity="total_open_time")).all()  # nothing is relative to 0 h
    with pytest.raises(InputError, match="first_open: the run has none"):
        pl.local_derivatives(closed, "first_open", ["brake_tau"])
    with pytest.raises(InputError, match="a window of the run is censored"):
        pl.local_derivatives(pl.Protocol("10 d").dose("psilocybin", "25 mg"), by=["brake_tau"])
    with pytest.raises(InputError, match="unknown axis 'brake_tua'; did you mean 'brake_tau'"):
        pl.local_derivatives(PLAN, by=["brake_tua"])
