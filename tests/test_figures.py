"""Figures: drawn from the dataset alone, readable at journal width, the same bytes every time."""

import ast
import importlib
import inspect
import itertools
import json
import re

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from plasticity import figures
from plasticity.errors import InputError
from plasticity.figures import learning_map
from plasticity.figures.doses import since
from plasticity.figures.frame import COMMON
from plasticity.figures.mismatch import mismatch
from plasticity.figures.origin import origin
from plasticity.figures.oscillation import liveliest
from plasticity.figures.pens import PENS, pen, pens
from plasticity.figures.runs import levels, windows
from plasticity.figures.sheet import DISCLAIMER, MM_PER_INCH

NAN = np.nan
HOURS = np.unique(np.append(np.arange(0.0, 48.0, 0.5), np.arange(0.0, 841.0, 12.0)))
CLOSES = {"ketamine": 108.0, "psilocybin": 420.0, "mdma": 360.0, "lsd": 478.0, "ibogaine": 644.0}
ONE_DOSE = json.dumps({"doses": [{"compound": "psilocybin", "amount": "25 mg", "at": "0 h"}]})
ATTRIBUTES = {
    "species": "human",
    "kernels": json.dumps({"calcium": "averaged", "brake": "first_order", "modules": []}),
    "package_version": "0.1.0",
}


def one_run(compound: str) -> xr.Dataset:
    """Curves of the right shape: a rise and fall at every stage, slower at each."""

    def pulse(rise, fall):
        return np.exp(-HOURS / fall) - np.exp(-HOURS / rise)

    closes = CLOSES[compound]
    curves = {
        "effect": (100.0 * pulse(0.5, 3.0), "nM"),
        "r_g": (np.where(compound == "ketamine", 0.0, 0.7 * pulse(0.5, 3.0)), "1"),
        "r_glu": (np.where(compound == "ketamine", 0.6, 0.1) * pulse(0.3, 2.0), "1"),
        "calcium": (0.08 + 0.06 * pulse(0.5, 4.0), "uM"),
        "calcium_signal": (0.2 * pulse(0.5, 4.0), "1"),
        "creb_phosphorylated": (0.6 * pulse(1.0, 4.0), "1"),
        "bdnf_mrna": (1.0 + pulse(2.0, 6.0), "1"),
        "bdnf_pro": (1.0 + pulse(3.0, 7.0), "1"),
        "bdnf_mature": (1.0 + pulse(4.0, 9.0), "1"),
        "trkb_signal": (0.06 * pulse(4.0, 10.0), "1"),
        "permissiveness": (5.0 * pulse(8.0, closes / 3.0), "1"),
        "depth": (0.08 * np.exp((closes - HOURS) / closes) * (1.0 - np.exp(-HOURS / 8.0)), "1"),
    }
    run = xr.Dataset(
        {name: ("time", values, {"units": unit}) for name, (values, unit) in curves.items()},
        {"time": ("time", HOURS, {"units": "h"})},
        ATTRIBUTES,
    )
    spans = {"t_open": [8.0], "t_close": [closes], "censored_left": [False], "censored_right": [False]}
    return run.assign({name: ("window", values) for name, values in spans.items()})


@pytest.fixture(scope="module")
def study():
    runs = [one_run(name) for name in CLOSES]
    together = xr.concat(runs, xr.DataArray(list(CLOSES), dims="compound", name="compound"))
    metabolite = together["effect"].where(together.compound == "ibogaine") * 0.9
    return together.assign(metabolite_effect=metabolite)


@pytest.fixture(scope="module")
def single():
    doses = [{"compound": "ibogaine", "amount": "700 mg", "at": at} for at in ("0 h", "14 d")]
    run = one_run("ibogaine").rename(effect="ibogaine_effect")
    run = run.assign(ibogaine_metabolite_effect=0.9 * run.ibogaine_effect, acute_effect=("time", 0.0 * HOURS))
    return run.assign_attrs(protocol=json.dumps({"doses": doses}))


@pytest.fixture(scope="module")
def pairing():
    frequency = np.linspace(5.0, 40.0, 15)
    day = HOURS[::4] / 24.0
    change = 1.0 + 0.02 * (frequency[None, :] - 10.0 - day[:, None])
    return xr.Dataset(
        {"pairing_change": (("time", "frequency"), change, {"units": "1", "pairs": 75})},
        {"time": ("time", HOURS[::4], {"units": "h"}), "frequency": ("frequency", frequency, {"units": "Hz"})},
        ATTRIBUTES | {"protocol": ONE_DOSE},
    ).assign({name: one_run("psilocybin")[name] for name in ("t_open", "t_close", "censored_left", "censored_right")})


@pytest.fixture(scope="module")
def kernels():
    time = np.linspace(0.0, 2.0, 2001)
    drive = np.exp(-((time - 1.0) ** 2) / 0.1)
    spiking = 0.08 + 0.5 * drive * (np.sin(2.0 * np.pi * time / 0.01) > 0.8)
    curves = {
        "calcium": [0.08 + 0.06 * drive, spiking],
        "calcium_signal": [0.22 * drive, 0.2 * drive],
        "creb_phosphorylated": [0.6 * drive, 0.5 * drive],
    }
    return xr.Dataset(
        {name: (("calcium_kernel", "time"), both) for name, both in curves.items()},
        {"time": ("time", time, {"units": "h"}), "calcium_kernel": ["averaged", "oscillator"]},
        ATTRIBUTES,
    )


@pytest.fixture(scope="module")
def scenarios(study):
    """LSD once, twice, and for half as long: the last run ends before the others."""
    lsd = {"compound": "lsd", "amount": "100 ug"}
    given = [[lsd | {"at": at} for at in times] for times in (["0 h"], ["0 h", "7 d"], ["0 h"])]
    told = {"protocols": json.dumps({name: {"doses": doses} for name, doses in zip("ABC", given, strict=True)})}
    three = xr.concat([one_run("lsd").rename(effect="lsd_effect")] * 3, xr.DataArray(list("ABC"), dims="scenario"))
    three = three.assign_coords(
        scenario=list("ABC"), scenario_label=("scenario", ["LSD 100 ug", "LSD 100 ug, twice", "for half as long"], told)
    )
    three = three.assign(acute_effect=100.0 * three.r_g)
    three["censored_right"].loc[{"scenario": "C"}] = True
    there = (three.scenario != "C") | (three.time <= 420.0)
    return three.map(lambda values: values.where(there) if "time" in values.dims else values, keep_attrs=True)


@pytest.fixture(scope="module")
def datasets(study, single, pairing, kernels, scenarios):
    return {
        "scenarios": scenarios,
        "window_by_compound": study,
        "windows_only": study,
        "stages": single,
        "pairing_map": pairing,
        "oscillation": kernels,
    }


@pytest.fixture(scope="module")
def drawn(datasets):
    return {kind: figures.draw(kind, ds) for kind, ds in datasets.items()}


KINDS = ("oscillation", "pairing_map", "scenarios", "stages", "window_by_compound", "windows_only")
each_kind = pytest.mark.parametrize("kind", KINDS)


def test_every_file_that_can_draw_is_a_kind(root):
    files = sorted((root / "plasticity" / "figures").glob("*.py"))
    trees = {path.stem: ast.parse(path.read_text()).body for path in files if path.stem != "__init__"}
    able = [
        name for name, body in trees.items() if any(isinstance(n, ast.FunctionDef) and n.name == "draw" for n in body)
    ]
    assert figures.kinds() == able
    assert set(KINDS) <= set(able)


@pytest.mark.parametrize("kind", figures.kinds())
def test_a_kind_describes_its_dataset_and_its_own_options_and_refuses_an_empty_dataset(kind):
    module = importlib.import_module(f"plasticity.figures.{kind}")
    own = [name for name in figures.options(kind) if name not in COMMON]
    told = re.findall(r"^    (\w+) : ", inspect.getdoc(module.draw).replace("\n", "\n    "), re.MULTILINE)
    assert told == ["ds", *own]
    with pytest.raises(InputError, match=f"^figure {kind}: .*; needed: ") as caught:
        figures.draw(kind, xr.Dataset())
    assert "\n" not in str(caught.value)


def test_looking_for_kinds_loads_no_plotting_and_drawing_leaves_pyplot_alone(tool, root):
    code = (
        "import sys, xarray, plasticity.figures as f; f.kinds(); assert 'matplotlib' not in sys.modules\n"
        "ds = xarray.Dataset({'pairing_change': (('time', 'frequency'), [[1.0, 2.0], [0.5, 1.0]])},"
        " {'time': [0.0, 24.0], 'frequency': [5.0, 10.0]})\n"
        "f.draw('pairing_map', ds); assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = tool(root, "python", "-c", code)
    assert done.returncode == 0, done.stdout


def visible_texts(figure):
    """Every text that is printed, with the box it fills; tick labels outside their axis are never printed."""
    unseen = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            margin = 1e-9 * (high - low)
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            unseen |= {id(t.label1) for t in ticks if not low - margin <= t.get_loc() <= high + margin}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    hidden = {
        id(t)
        for axes in figure.axes
        if not axes.axison
        for axis in (axes.xaxis, axes.yaxis)
        for t in axis.findobj(Text)
    }
    return {text: text.get_window_extent() for text in texts if id(text) not in unseen | hidden}


def check_layout(figure):
    boxes = visible_texts(figure)
    assert len(boxes) > 10
    paper = figure.bbox
    for text, box in boxes.items():
        assert box.x0 >= -0.5 and box.y0 >= -0.5 and box.x1 <= paper.x1 + 0.5 and box.y1 <= paper.y1 + 0.5, text
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width <= 1.0 or height <= 1.0, (one, other)


@each_kind
def test_no_text_overlaps_another_or_leaves_the_paper(drawn, kind):
    check_layout(drawn[kind])


def test_the_check_of_the_layout_notices_an_overlap(study):
    figure = figures.draw("windows_only", study)
    figure.text(0.9, 0.002, "in the way", size=6)
    with pytest.raises(AssertionError):
        check_layout(figure)


@each_kind
def test_a_figure_has_the_width_of_one_or_two_columns_and_letters_that_survive_print(drawn, kind):
    figure = drawn[kind]
    assert round(figure.get_figwidth() * MM_PER_INCH) in (89, 183)
    assert figure.get_figheight() * MM_PER_INCH <= 247.0
    sizes = [text.get_fontsize() for text in visible_texts(figure)]
    assert min(sizes) >= 5.5 and max(sizes) <= 8.0


@each_kind
def test_every_axis_says_what_it_is_and_in_which_unit(drawn, kind):
    for axes in drawn[kind].axes:
        if not axes.axison:
            continue
        labels = [axes.get_xlabel(), axes.get_ylabel()]
        named_rows = [text.get_text() for text in axes.get_yticklabels() if text.get_text().startswith("LSD")]
        labelled = any("(" in label or r"\theta" in label for label in labels) or named_rows
        shared = [other for other in axes.get_shared_y_axes().get_siblings(axes) if other.get_ylabel()]
        assert labelled or shared, axes
        assert all("(" in label or r"\theta" in label for label in labels if label)


@each_kind
def test_the_disclaimer_stands_once(drawn, kind):
    texts = [text.get_text() for text in visible_texts(drawn[kind])]
    assert texts.count(DISCLAIMER) == 1


def test_title_and_disclaimer_are_options(study):
    figure = figures.draw("windows_only", study, title="Five compounds", disclaimer=False)
    texts = [text.get_text() for text in visible_texts(figure)]
    assert "Five compounds" in texts and DISCLAIMER not in texts


@each_kind
def test_saved_files_are_the_same_bytes_with_truetype_letters_and_the_caption_inside(tmp_path, datasets, drawn, kind):
    from PIL import Image

    first = figures.save(drawn[kind], tmp_path / "first.v1")
    assert [path.name for path in first] == ["first.v1.pdf", "first.v1.png"]
    (tmp_path / "again").mkdir()
    again = figures.save(figures.draw(kind, datasets[kind]), tmp_path / "again" / "first.v1")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    pdf = first[0].read_bytes()
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf and b"CreationDate" not in pdf
    with Image.open(first[1]) as picture:
        assert round(picture.info["dpi"][0]) == 300
        assert picture.info["Description"] == figures.caption(kind, datasets[kind])


def test_the_users_own_settings_neither_change_a_figure_nor_are_changed(tmp_path, study, drawn):
    import matplotlib

    plain = figures.save(drawn["windows_only"], tmp_path / "plain")[1].read_bytes()
    with matplotlib.rc_context({"font.size": 20.0, "axes.facecolor": "yellow", "axes.xmargin": 0.3}):
        mine = figures.save(figures.draw("windows_only", study), tmp_path / "plain")[1].read_bytes()
        assert matplotlib.rcParams["font.size"] == 20.0
    assert mine == plain


# What the headline figure draws


def rows_of_bars(figure):
    axes = next(axes for axes in figure.axes if any("LSD" in t.get_text() for t in axes.get_yticklabels()))
    model = {round(p.get_y() + p.get_height() / 2.0): p for p in axes.patches if p.get_height() < 0.5}
    seen = {round(p.get_y() + p.get_height() / 2.0): p for p in axes.patches if p.get_height() > 0.5}
    return axes, model, seen


def test_bars_run_from_opening_to_closing_in_days(drawn):
    _, model, _ = rows_of_bars(drawn["window_by_compound"])
    for row, closes in enumerate(CLOSES.values()):
        assert model[row].get_x() == pytest.approx(8.0 / 24.0)
        assert model[row].get_x() + model[row].get_width() == pytest.approx(closes / 24.0)


def test_published_days_stand_behind_the_bars(drawn):
    _, model, seen = rows_of_bars(drawn["windows_only"])
    edges = [(seen[row].get_x(), seen[row].get_x() + seen[row].get_width()) for row in range(5)]
    # Nardou et al. 2019, 2023; ibogaine was never seen closed: its box runs to the end of the axis
    assert edges == [(2.0, 7.0), (14.0, 21.0), (14.0, 28.0), (21.0, 28.0), (28.0, 35.0)]
    assert all(seen[row].get_zorder() < model[row].get_zorder() for row in range(5))


def test_rows_say_what_was_fitted_and_what_is_predicted(drawn):
    axes, *_ = rows_of_bars(drawn["windows_only"])
    roles = dict(text.get_text().lower().split("\n") for text in axes.get_yticklabels())
    assert roles == {
        "ketamine": "fitted", "psilocybin": "fitted", "mdma": "predicted", "lsd": "predicted", "ibogaine": "predicted",
    }  # fmt: skip


def test_a_window_that_never_opens_fails_or_stays_open_is_told_apart(study):
    changed = study.copy(deep=True)
    changed["t_open"].loc[{"compound": ["mdma", "lsd"]}] = NAN
    changed["t_close"].loc[{"compound": ["mdma", "lsd", "ibogaine"]}] = NAN
    changed["censored_right"].loc[{"compound": "ibogaine"}] = True
    changed = changed.assign(status=("compound", [0, 0, 0, -2, 0]))
    axes, model, _ = rows_of_bars(figures.draw("windows_only", changed))
    said = {round(t.get_position()[1]): t.get_text() for t in axes.texts if t.get_text().startswith(("never", "run"))}
    assert said == {2: "never opens", 3: "run failed"}
    assert model[4].get_x() + model[4].get_width() == pytest.approx(35.0)
    assert "> 35" in [text.get_text() for text in axes.texts]


def test_each_compound_shows_its_leading_drive(drawn):
    drives = drawn["window_by_compound"].axes[1].get_lines()
    tops = {str(line.get_label()): float(np.max(line.get_ydata())) for line in drives}
    assert tops["Ketamine"] == pytest.approx(float(one_run("ketamine").r_glu.max()))
    assert tops["LSD"] == pytest.approx(float(one_run("lsd").r_g.max()))


def test_compounds_differ_in_colour_and_in_dashes():
    five = [PENS[name] for name in CLOSES]
    assert len({ink.colour for ink in five}) == 5
    assert len({str(ink.dashes) for ink in five}) == 5


def test_treatments_with_one_compound_get_paler_and_have_no_published_days_but_the_first(study):
    doses = ["psilocybin", "psilocybin 10 mg", "psilocybin 5 mg", "lsd", "ibogaine"]
    inks = pens(doses)
    assert len({ink.colour for ink in inks}) == 5
    assert [sum(to_rgb(ink.colour)) for ink in inks[:3]] == sorted(sum(to_rgb(ink.colour)) for ink in inks[:3])
    axes, model, seen = rows_of_bars(figures.draw("windows_only", study.assign_coords(compound=doses)))
    assert sorted(seen) == [0, 3, 4]
    assert sorted(model) == [0, 1, 2, 3, 4]
    assert [text.get_text() for text in axes.get_yticklabels()][1] == "Psilocybin 10 mg"


@pytest.mark.parametrize("kind", ["window_by_compound", "windows_only"])
@pytest.mark.parametrize("until", ["5 d", "14 d", "100 d"])
def test_nine_rows_and_any_time_axis_stay_readable(study, kind, until):
    more = ["mescaline", "dmt_maoi", "psilocybin 10 mg", "compound x"]
    nine = xr.concat([study, study.isel(compound=slice(4)).assign_coords(compound=more)], "compound")
    check_layout(figures.draw(kind, nine, until=until, title="Nine"))


def test_a_treatment_keeps_the_colour_of_its_compound_and_an_unknown_one_gets_its_own():
    assert pen("psilocybin 10 mg").colour == PENS["psilocybin"].colour
    assert pen("psilocybin 10 mg").name == "Psilocybin 10 mg"
    assert pen("compound x", 0).colour != pen("compound x", 1).colour


def test_the_order_of_dimensions_does_not_matter(study, drawn):
    turned = figures.draw("window_by_compound", study.transpose("time", "window", "compound"))
    for one, other in zip(turned.axes, drawn["window_by_compound"].axes, strict=True):
        for a, b in zip(one.get_lines(), other.get_lines(), strict=True):
            np.testing.assert_array_equal(a.get_xydata(), b.get_xydata())


# What a run, a map and the two kernels draw


def test_doses_are_marked_when_they_were_given(drawn):
    panels = [axes for axes in drawn["stages"].axes if any(line.get_label() == "dose" for line in axes.get_lines())]
    marks = [next(line for line in axes.get_lines() if line.get_label() == "dose").get_xdata() for axes in panels]
    assert [list(times) for times in marks] == [[0.0], [0.0, 14.0]]


def test_open_windows_are_shaded_in_every_panel(drawn):
    for index, axes in enumerate(drawn["stages"].axes):
        scale = 1.0 if index % 2 == 0 else 24.0
        edges = [(p.get_x() * scale, (p.get_x() + p.get_width()) * scale) for p in axes.patches if p.get_zorder() < 0]
        assert edges == [pytest.approx((8.0, 644.0))]


def test_the_map_is_white_where_nothing_changes_red_above_and_blue_below(drawn):
    mesh = drawn["pairing_map"].axes[0].collections[0]
    above, none, below = (mesh.cmap(mesh.norm(value))[:3] for value in (1.3, 1.0, 0.7))
    assert min(none) > 0.95
    assert above[0] > above[2] + 0.1
    assert below[2] > below[0] + 0.1


def test_frequencies_in_equal_ratios_get_a_logarithmic_axis(pairing):
    ratios = pairing.assign_coords(frequency=("frequency", np.geomspace(1.0, 100.0, 15), {"units": "Hz"}))
    assert figures.draw("pairing_map", ratios).axes[0].get_yscale() == "log"
    assert figures.draw("pairing_map", pairing).axes[0].get_yscale() == "linear"


def test_the_contour_is_where_nothing_changes(drawn):
    contour = next(c for c in drawn["pairing_map"].axes[0].collections if hasattr(c, "levels"))
    day, frequency = np.concatenate([path.vertices for path in contour.get_paths()]).T
    # the synthetic map is 1 where frequency = 10 Hz + one per day; contours of a bilinear map are exact
    np.testing.assert_allclose(frequency, 10.0 + day, atol=1e-9)


def test_the_mismatch_of_shifted_and_scaled_signals_is_known_exactly():
    time = np.array([0.0, 0.1, 0.5, 2.0])
    signal, creb = np.array([0.0, 0.3, 0.2, 0.1]), np.array([0.0, 0.5, 0.4, 0.2])
    both = {"calcium_signal": [signal + 0.05, signal], "creb_phosphorylated": [0.9 * creb, creb]}
    ds = xr.Dataset(
        {name: (("calcium_kernel", "time"), values) for name, values in both.items()},
        {"calcium_kernel": ["averaged", "oscillator"], "time": time},
    )
    for order in (ds, ds.isel(calcium_kernel=[1, 0])):
        found = mismatch(order)
        assert float(found.mismatch_signal_rms) == pytest.approx(0.05)
        assert float(found.mismatch_creb_integral) == pytest.approx(-0.1)
    assert np.isnan(mismatch(ds * 0.0).mismatch_creb_integral)


def test_the_mismatch_is_printed_and_taken_from_the_dataset_where_it_is_there(kernels, drawn):
    texts = [text.get_text() for text in visible_texts(drawn["oscillation"])]
    assert f"rms difference: {float(mismatch(kernels).mismatch_signal_rms):.3f}" in texts
    assert "integral, averaged against oscillator: +20.0 %" in texts
    told = kernels.assign(mismatch_signal_rms=0.123, mismatch_creb_integral=-0.04)
    texts = [text.get_text() for text in visible_texts(figures.draw("oscillation", told))]
    assert "rms difference: 0.123" in texts
    assert "integral, averaged against oscillator: −4.0 %" in texts


def test_the_close_up_is_where_spikes_are(kernels):
    start = liveliest(kernels, 5.0 / 60.0)
    assert abs(start + 2.5 / 60.0 - 1.0) < 0.1  # the drive of the synthetic run peaks at 1 h
    assert liveliest(kernels, 10.0) == 0.0


# What scenarios draw


def lanes_of(figure):
    return next(axes for axes in figure.axes if any("mice" in text.get_text() for text in axes.get_yticklabels()))


def test_each_scenario_has_a_lane_a_colour_and_its_doses(drawn):
    lanes = lanes_of(drawn["scenarios"])
    assert [text.get_text() for text in lanes.get_yticklabels()] == ["A", "B", "C", "LSD, mice"]
    assert len({patch.get_facecolor() for patch in lanes.patches if patch.get_height() < 0.5}) == 3
    marks = [list(line.get_xdata()) for line in lanes.get_lines() if line.get_marker() == "v"]
    assert marks == [[0.0], [0.0, 7.0], [0.0]]
    key = next(axes.get_legend() for axes in drawn["scenarios"].axes if not axes.axison)
    assert [text.get_text() for text in key.get_texts()][:2] == ["A: LSD 100 ug", "B: LSD 100 ug, twice"]


def test_a_window_that_is_open_at_the_end_of_a_shorter_scenario_ends_there(drawn):
    lanes = lanes_of(drawn["scenarios"])
    bars = [patch for patch in lanes.patches if round(patch.get_y() + patch.get_height() / 2.0) == 2]
    assert [bar.get_x() + bar.get_width() for bar in bars] == [420.0 / 24.0]
    assert "> 18" in [text.get_text() for text in lanes.texts]


def test_concentrations_over_days_are_shown_where_doses_come_late(scenarios, drawn):
    early = figures.draw("scenarios", scenarios.isel(scenario=[0, 2]))
    assert len(early.axes) == len(drawn["scenarios"].axes) - 1


@pytest.mark.parametrize("count", [1, 12])
def test_one_scenario_and_a_dozen_stay_readable(scenarios, count):
    many = xr.concat([scenarios.isel(scenario=[0])] * count, "scenario").drop_vars("scenario_label")
    figure = figures.draw("scenarios", many.assign_coords(scenario=[f"plan {place}" for place in range(count)]))
    check_layout(figure)
    lines = figure.axes[1].get_lines()
    assert len({to_rgb(line.get_color()) for line in lines}) == count


# What a dataset records


def test_levels_come_from_the_run_before_they_come_from_the_declaration():
    assert levels(xr.Dataset()) == (0.9, 0.92)
    recorded = xr.Dataset(attrs={"parameters": json.dumps({"window_open_ratio": 0.88, "window_close_ratio": 0.95})})
    assert levels(recorded) == (0.88, 0.95)
    assert levels(recorded.assign(theta=("time", [1.3], {"open_ratio": 0.87, "close_ratio": 0.9}))) == (0.87, 0.9)


def test_padding_is_no_window_and_an_open_end_is_the_end_of_the_run():
    cells = {"t_open": [8.0, 100.0, NAN], "t_close": [50.0, NAN, NAN]}
    flags = {"censored_left": [0.0, 0.0, NAN], "censored_right": [0.0, 1.0, NAN]}
    run = xr.Dataset({name: ("window", values) for name, values in (cells | flags).items()}, {"time": [0.0, 200.0]})
    assert windows(run) == [(8.0, 50.0, False, False), (100.0, 200.0, False, True)]


def test_a_caption_names_doses_species_kernels_and_version(pairing):
    text = origin(pairing)
    assert text == (
        "Doses: psilocybin 25 mg at 0 h. Exposure: human. "
        "Kernels: calcium averaged, brake first_order. plasticity 0.1.0."
    )
    assert figures.caption("pairing_map", pairing).endswith(text)


@pytest.mark.parametrize(
    ("times", "zero"),
    [([], "the start"), (["0 h"], "the dose"), (["0 h", "21 d"], "the first dose"), (["2 h"], "the start")],
)
def test_zero_is_the_dose_only_where_it_was_given_then(times, zero):
    protocol = {"doses": [{"compound": "lsd", "amount": "100 ug", "at": at} for at in times]}
    assert since(xr.Dataset(attrs={"protocol": json.dumps(protocol)})) == zero


def test_a_study_of_several_treatments_names_the_doses_of_each():
    infusion = {"compound": "ketamine", "amount": "0.5 mg/kg", "at": "0 h", "over": f"{40.0 / 60.0!r} h"}
    one = [{"compound": "lsd", "amount": "100 ug", "at": "0 h"}]
    study = xr.Dataset(attrs={"protocol": json.dumps({"doses": [[infusion], one]})})
    assert origin(study) == "Doses: ketamine 0.5 mg/kg over 40 min at 0 h; LSD 100 ug at 0 h."
    assert since(study) == "the dose"


# What is refused


@each_kind
def test_a_dataset_without_what_is_drawn_is_refused_in_one_line(datasets, kind):
    needed = {"oscillation": "creb_phosphorylated", "pairing_map": "pairing_change", "windows_only": "t_close"}
    name = needed.get(kind, "depth")
    with pytest.raises(InputError, match=f"figure {kind}: the dataset has no variable '{name}'; needed: ") as caught:
        figures.draw(kind, datasets[kind].drop_vars(name))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("stagse", {}, "unknown kind of figure 'stagse'; did you mean 'stages'"),
        ("stages", {"untill": "3 d"}, "unknown option of figure stages 'untill'; did you mean 'until'"),
        ("stages", {"until": "-3 d"}, "figure stages: until: '-3 d'; allowed: more than 0 h"),
        ("stages", {"acute": "5 mg"}, "figure stages: acute: "),
        ("stages", {"acute": NAN}, "figure stages: acute: "),
        ("stages", {"disclaimer": "no"}, "figure stages: disclaimer: 'no'; allowed: true or false"),
        ("stages", {"title": 5}, "figure stages: title: 5; allowed: text"),
        ("windows_only", {"until": "soon"}, "figure windows_only: until: "),
        ("oscillation", {"zoom_at": "40 h"}, "figure oscillation: 0 times in the close-up at 40 h; needed: 2 or more"),
    ],
)
def test_an_unknown_kind_or_option_is_refused(datasets, kind, options, message):
    with pytest.raises(InputError) as caught:
        figures.draw(kind, datasets.get(kind), **options)
    assert str(caught.value).startswith(message)


def test_a_study_is_not_a_run_and_time_is_in_hours(study, single, kernels):
    with pytest.raises(InputError, match="figure stages: r_g has dimensions compound, time; needed: time"):
        figures.draw("stages", study)
    days = single.assign_coords(time=single.time.assign_attrs(units="d"))
    with pytest.raises(InputError, match="figure stages: time is in 'd'; allowed: h"):
        figures.draw("stages", days)
    with pytest.raises(InputError, match=r"kernels \['averaged'\], 2001 times; needed: \['averaged', 'oscillator'\]"):
        figures.draw("oscillation", kernels.isel(calcium_kernel=[0]))
    with pytest.raises(InputError, match=r"a dict was given; allowed: an xarray\.Dataset"):
        figures.draw("stages", {})


def test_a_map_of_nothing_is_refused(pairing):
    with pytest.raises(InputError, match=r"pairing_change of shape \(15, \d+\); needed: finite, 2 x 2 or more"):
        figures.draw("pairing_map", pairing.assign(pairing_change=pairing.pairing_change * NAN))


def test_one_compound_of_a_study_is_a_run(study):
    one = figures.draw("stages", study.sel(compound="ibogaine"))
    assert [line.get_label() for line in one.axes[0].get_lines()] == ["Ibogaine", "Ibogaine, metabolite"]


def test_a_run_in_which_nothing_moves_can_be_drawn(study):
    still = study.map(lambda values: values * 0.0 if values.dtype == float else values)
    figure = figures.draw("window_by_compound", still.assign(t_open=study.t_open * NAN))
    axes, model, _ = rows_of_bars(figure)
    assert model == {}
    assert [text.get_text() for text in axes.texts].count("never opens") == 5


@pytest.mark.parametrize(
    ("closes", "failed", "told"),
    [
        ([np.nan, np.nan], 0, "White: contours."),  # no window at all
        ([480.0, 480.0], 0, "White: contours; black: the first session starts as the window closes."),
        ([np.nan, np.nan], -5, "White: contours; crosses: points that failed"),
    ],
)
def test_a_learning_map_has_a_key_of_what_it_shows_and_says_no_more(closes, failed, told):
    sizes = ("dose", "integration.after_dose")
    ds = xr.Dataset(
        {
            "belief_prior_end": (sizes, [[1.0, 0.9], [0.8, 0.7]], {"units": "1"}),
            "status": (sizes, [[0, 0], [0, failed]]),
            "last_close": (sizes, [closes, closes], {"units": "h"}),
        },
        {"dose": ("dose", [1.0, 2.0], {"units": "mg"}), sizes[1]: (sizes[1], [24.0, 600.0], {"units": "h"})},
        {"sweep": json.dumps({"settings": [{"parameters": {"belief_prior_initial": 1.0}}]})},
    )
    figure = learning_map.draw(ds)
    assert len(figure.subfigs) == (1 if told == "White: contours." else 2)
    assert learning_map.caption(ds)[1].startswith(told)
