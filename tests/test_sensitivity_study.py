"""From a study to the figure of its sensitivity: one command, the same again from what it left, all else refused."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text
from PIL import Image

import plasticity as pl
from plasticity import figures, provenance
from plasticity.cli import main
from plasticity.errors import InputError
from plasticity.figures.ranked_factors import MOST_FACTORS
from plasticity.figures.sheet import COLUMN_MM, MM_PER_INCH, PAGE_MM

PLAN = pl.Protocol("60 d").dose("psilocybin", "25 mg")
OVER = {"brake_tau": "plausible", "trkb_half": "plausible", "dose": {"from": "20 mg", "to": "40 mg"}}
KEEP = ["total_open_time", "max_depth", "censored"]
DESIGNS = {"sobol_indices": ("saltelli", 16), "morris_effects": ("morris", 6), "pawn_indices": ("halton", 64)}
KINDS = [*DESIGNS, "tornado"]


@pytest.fixture(scope="module")
def analysed():
    found = {
        kind: pl.sensitivity_indices(pl.sweep(PLAN, OVER, KEEP, design=design, samples=samples), KEEP[:2])
        for kind, (design, samples) in DESIGNS.items()
    }
    return found | {"tornado": pl.local_derivatives(PLAN, KEEP[:2])}


@pytest.mark.slow
def test_one_command_gives_store_indices_and_figure_and_others_draw_it_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "sobol_indices", "--reduced"]) == 0
    said = capsys.readouterr().out
    assert "sensitivity: results/sobol_indices.sensitivity.nc" in said and "brake_tau" in said
    left = sorted(p.name for p in (tmp_path / "results").iterdir())
    assert left == [f"sobol_indices.{ending}" for ending in ("pdf", "png", "sensitivity.nc", "zarr")]
    found = provenance.read("results/sobol_indices.sensitivity.nc")
    assert found["total"].dims == ("quantity", "factor") and not found["total"].isnull().any()
    for name, value in {
        "method": "sobol",
        "samples": 128,
        "resamples": 500,
        "seed": 0,
        "study_name": "sobol_indices",
    }.items():
        assert found.attrs[name] == value
    assert "doi:10.1016/j.cpc.2009.09.018" in found.attrs["source"] and found.attrs["salib_version"]
    first = Image.open("results/sobol_indices.png").tobytes()
    for given in ("zarr", "sensitivity.nc"):
        assert main(["draw", f"results/sobol_indices.{given}", "--out", "again.png"]) == 0
        assert Image.open("again.png").tobytes() == first
    # other words about the analysis are no other sweep: nothing is computed again
    assert main(["run", "sobol_indices", "--reduced", "--resume", "--set", "sensitivity.level=0.5"]) == 0
    assert "0 computed now" in capsys.readouterr().out
    narrow = provenance.read("results/sobol_indices.sensitivity.nc")
    assert (narrow["total_high"] < found["total_high"]).all() and narrow["total"].equals(found["total"])
    assert '"sensitivity.level": 0.5' in narrow.attrs["study_changes"]


def test_censored_windows_end_the_study_with_its_store_complete(tmp_path, capsys):
    out = tmp_path / "short.zarr"
    short = ["run", "sobol_indices", "--reduced", "--out", str(out), "--set", "protocol.duration=28 d"]
    short += ["--set", "sweep.seed=5"]
    assert main(short) == 2
    assert "points are censored, so it is a lower bound there; allowed: censored=" in capsys.readouterr().err
    assert main([*short, "--resume", "--set", "sensitivity.censored=skip"]) == 0
    assert "0 computed now" in (said := capsys.readouterr().out) and "blocks or points of the design" in said
    assert provenance.read(out.with_suffix(".sensitivity.nc")).attrs["seed"] == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("sensitivity.of=[total_open_tim]", "unknown quantity 'total_open_tim'; did you mean 'total_open_time'?"),
        ("sensitivity.of=[max_depth, max_depth]", "'max_depth' stands twice; allowed: each quantity once"),
        ("sensitivity.of=[]", "an empty list; allowed: one quantity or more"),
        ("sensitivity.method=morris", "method morris: the samples are of design saltelli; allowed: sobol, or design"),
        ("sensitivity.method=sobel", "'sobel' was given; allowed: 'sobol', 'morris' or 'pawn'"),
        ("sensitivity.failures=drop", "'drop' was given; allowed: 'refuse' or 'skip'"),
        ("sensitivity.resample=9", "unknown key 'resample'; did you mean 'resamples'?"),
        ("sweep.keep=[total_open_time, max_depth]", "total_open_time where 'censored' is not kept; allowed: keep: ["),
        ("sweep.samples=100", "samples: 100 in a Saltelli design; allowed: powers of two, such as 64 or 128"),
        ("sweep.over.brake_tau=plausibel", "'plausibel' is neither a list nor a range"),
    ],
)  # fmt: skip
def test_an_analysis_that_cannot_be_is_refused_before_anything_is_computed(change, message):
    with pytest.raises(InputError) as caught:
        pl.Study.load("sobol_indices", [change])
    assert message in str(caught.value) or message.replace("samples: ", "") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_study_without_samples_has_no_sensitivity(tmp_path):
    file = tmp_path / "plain.yaml"
    file.write_text("{protocol: {}, sensitivity: {of: max_depth}}")
    with pytest.raises(InputError, match=r"plain.yaml:1:29: sensitivity: the study has no sweep that draws; allowed: "):
        pl.Study.load(file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_readable_and_says_what_it_shows(analysed, kind):
    ds = analysed[kind]
    for one, width in ((ds, PAGE_MM), (ds.isel(quantity=0), COLUMN_MM)):
        figure = figures.draw(kind, one)
        assert figure.get_size_inches()[0] * MM_PER_INCH == pytest.approx(width)
        words = " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))
        assert str(ds["quantity_label"].values[0]) in words
        assert str(ds["factor_label"].sel(factor="brake_tau").values) in words  # as it is declared, typed nowhere again
        drawn = figure.get_tightbbox()
        assert drawn.x0 >= 0.0 and drawn.x1 <= figure.get_size_inches()[0]  # nothing is cut off
        assert drawn.y0 >= 0.0 and drawn.y1 <= figure.get_size_inches()[1]
    caption = figures.caption(kind, ds)
    assert str(ds.attrs["source"]) in caption and f"{ds.attrs['points']:,} points" in caption


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_the_same_bytes_again(analysed, kind, tmp_path):
    ds = analysed[kind].isel(quantity=0, factor=slice(0, 3))
    one, other = (figures.save(figures.draw(kind, ds), tmp_path / "same")[1].read_bytes() for _ in range(2))
    assert one == other


def test_factors_beyond_those_that_have_room_are_counted(analysed):
    ds = analysed["tornado"]
    assert ds.sizes["factor"] > MOST_FACTORS
    drawn = figures.draw("tornado", ds)
    assert len(drawn.axes[0].get_yticklabels()) == MOST_FACTORS
    assert f"Of {ds.sizes['factor']} factors those {MOST_FACTORS} that matter most." in figures.caption("tornado", ds)


def test_a_tornado_prints_every_error_and_what_has_no_derivative(analysed):
    ds = analysed["tornado"].isel(quantity=0)
    ds["elasticity"][0], ds["elasticity_error"][0], ds["status"][0] = np.nan, np.nan, 1
    texts = [text.get_text() for text in figures.draw("tornado", ds.isel(factor=slice(0, 5))).axes[0].texts]
    assert "no derivative" in texts and len(texts) == 5
    assert "Without a derivative: 1." in figures.caption("tornado", ds)
    with pytest.raises(InputError, match="has no elasticity; needed: a quantity that is not 0"):
        figures.draw("tornado", ds.assign(elasticity=ds["elasticity"] * np.nan))


def test_more_panels_than_fit_are_refused(analysed):
    ds = analysed["sobol_indices"]
    many = xr.concat([ds] * 4, xr.DataArray(list("abcd"), dims="compound", name="compound"), **CONCAT)
    with pytest.raises(InputError, match=r"8 panels .*; allowed: up to 6, by ds.sel or ds.isel"):
        figures.draw("sobol_indices", many)


CONCAT = {"data_vars": "all", "coords": "minimal", "compat": "override"}


def test_an_analysis_refused_for_failed_points_still_ends_as_a_sweep_with_failures(tmp_path, capsys, monkeypatch):
    from plasticity.cli import sweeping
    from plasticity.sweeps.storage import store

    opened = store.open

    def with_a_failure(path):
        ds = opened(path).load()
        ds["status"][dict.fromkeys(ds["status"].dims, 0)] = -3
        return ds

    real = sweeping.computed
    monkeypatch.setattr(sweeping, "computed", lambda *given: real(*given) or 3)
    monkeypatch.setattr(store, "open", with_a_failure)
    out = tmp_path / "map.zarr"
    assert main(["run", "sobol_indices", "--reduced", "--out", str(out)]) == 3
    said = capsys.readouterr().err
    assert "ended with the store: " in said and "points failed (-3: 1); allowed: failures=" in said
    assert [path.name for path in tmp_path.iterdir()] == ["map.zarr"]
    assert (
        main(["run", "sobol_indices", "--reduced", "--out", str(out), "--resume", "--set", "sensitivity.failures=skip"])
        == 3
    )
    assert "left out: " in capsys.readouterr().out


def test_a_figure_that_would_replace_a_folder_is_refused_before_anything_is_computed(tmp_path, capsys):
    (tmp_path / "map.pdf").mkdir()
    assert main(["run", "sobol_indices", "--reduced", "--out", str(tmp_path / "map.zarr")]) == 2
    assert "is a folder where the figure goes; allowed: a file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["map.pdf"]
