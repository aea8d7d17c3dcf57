"""Numbers in sentences: read from the code, from data and from what studies gave, never typed."""

import csv
import re
from pathlib import Path

import gallery
import measured
import numpy as np
from scipy.stats import chi2

from plasticity import data
from plasticity.calibration.posterior import LARGEST_R_HAT, LEAST_ESS
from plasticity.explore import serving, static_page
from plasticity.figures import maps
from plasticity.kernels import declared_kernels
from plasticity.named_sets import model_sets
from plasticity.population import BODY_WEIGHT_CV
from plasticity.schedule.search import MOST as SCHEDULES
from plasticity.study import Study
from plasticity.study.sections import SolverSection
from plasticity.study.uncertainty_section import UncertaintySection

REFERENCE = Path(__file__).parent / "reference"
FITTED = "brake_calibration"


def facts() -> dict[str, str]:
    """Give what pages may say of the bundled studies."""
    return {
        **parameters(),
        **constants(),
        **windows("window_by_compound"),
        **windows("mouse_exposure", "_in_mice"),
        **laws(),
        **published(),
        **accounts(),
        **beliefs(),
        **schedule(),
        **oscillation(),
        **measured.kept(),
    }


def parameters() -> dict[str, str]:
    """Give the default of every parameter, by its name."""
    known = [one for kernel in declared_kernels() for one in kernel.parameters if one.value is not None]
    return {one.name: f"{one.value:g} {one.unit}".removesuffix(" 1") for one in known}


def constants() -> dict[str, str]:
    """Give limits and defaults that the code has by name, and numbers of the improved set."""
    improved = {
        f"improved_{name}": f"{one.value:g} {one.unit}" for name, one in model_sets()["improved"].numbers.items()
    }
    return improved | {
        "rtol": f"{SolverSection().rtol:g}".replace("e-0", "e-"),
        "draws": str(UncertaintySection().samples),
        "largest_r_hat": f"{LARGEST_R_HAT:g}",
        "least_ess": f"{LEAST_ESS:g}",
        "profile_fall": f"{chi2.ppf(0.95, 1) / 2.0:.2f}",
        "port": str(serving.PORT),
        "tracks": str(static_page.MOST_TRACKS),
        "cells": str(maps.MOST),
        "schedules": str(SCHEDULES),
        "body_weight_spread": f"{100.0 * BODY_WEIGHT_CV['human'].value:g} %",
    }


def published() -> dict[str, str]:
    """Give the days between which windows closed, the middles that the fit aims at, and what was seen of a rescue."""
    told = {}
    rows = data.load("critical_period_windows")
    bounds = zip(rows.compound.values, rows.last_open_day.values, rows.first_closed_day.values, strict=True)
    for name, last, first in bounds:
        told |= {f"open_until_{name}": f"{last:g}", f"closed_from_{name}": "" if np.isnan(first) else f"{first:g}"}
    fit = Study.load(FITTED).settings.calibration
    assert fit is not None
    for name in next(iter(fit.rows.values())):
        told[f"aim_{name}"] = f"{(float(told[f'open_until_{name}']) + float(told[f'closed_from_{name}'])) / 2.0:g}"
    told["fit_error"] = str(fit.error.sd)
    seen = {row["row"]: row for row in recorded("validation")}
    windows = [row for row in seen.values() if row["quantity"] == "closing_day"]
    return told | {
        "rescue_seen": seen["lsd_then_ketanserin_duration"]["observed"],
        "occupancy_seen": seen["psilocybin_10mg_occupancy"]["observed"],
        "occupancy_told": seen["psilocybin_10mg_occupancy"]["predicted"],
        "windows_in": str(sum(row["verdict"] == "in" for row in windows)),
        "windows_judged": str(len(windows)),
        "windows_in_in_mice": str(sum(inside(row["row"], told) for row in windows)),
    }


def recorded(table: str) -> list[dict[str, str]]:
    """Read a table that a program wrote for the reference."""
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def oscillation() -> dict[str, str]:
    """Give how far integrators of the oscillating kernel are from each other and from a third solution."""
    both = {row["run"]: row for row in recorded("sbml_agreement") if row["study"] == "calcium_oscillation"}
    alone = {row["integrated by"]: row for row in recorded("sbml_oscillation")}  # the last, tightest row of each
    far = "largest difference from the third solution, any state and output time"
    ours, theirs, half, rounded = alone.values()
    return {
        "oscillation_apart": both["oscillator"]["largest deviation"].replace("e-0", "e-"),
        "oscillation_ours": ours[far],
        "oscillation_theirs": theirs[far],
        "oscillation_half": half[far],
        "oscillation_third": rounded[far],
    }


def inside(compound: str, told: dict[str, str]) -> bool:
    """Tell whether the closing day by mouse exposure lies between the published days."""
    day = float(windows("mouse_exposure")[f"closes_{compound}"])
    return float(told[f"open_until_{compound}"]) <= day <= float(told[f"closed_from_{compound}"] or np.inf)


def printed_by(study: str) -> str:
    """Give what a study printed when its figure was drawn."""
    return str(gallery.record().get(study, {}).get("printed", ""))


def laws() -> dict[str, str]:
    """Give, for every law of the calibration, on which day it closes the window of each compound."""
    told = {}
    for line in printed_by("brake_calibration").splitlines():
        law, _, rest = line.partition(": ")
        for name, day in re.findall(r"(\w+) ([0-9.]+)(?:, |$)", rest.partition("closes (d) ")[2]):
            told[f"closes_{name}_by_{law}"] = day
    return told


def windows(study: str, ending: str = "") -> dict[str, str]:
    """Give, for every compound of a study, when its window opens and closes, and how deep it is."""
    printed = printed_by(study)
    lines = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    if not lines:
        return {}
    head, *rows = lines
    told = {}
    for row in rows:
        one = dict(zip(head, row, strict=True))
        name = one["compound"]
        told |= {f"opens_{name}{ending}": one["opens h"], f"depth_{name}{ending}": one["depth"]}
        told[f"closes_{name}{ending}"] = one["closes d"]
    return told


def accounts() -> dict[str, str]:
    """Give, for every account of memory, how many findings it gives, with draws, and fear a day and a month later."""
    told = {}
    lines = printed_by("rival_accounts").splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    for row in rows[1:]:
        for head, cell in zip(rows[0], row, strict=True):
            account, _, what = head.partition(": ")
            if what.startswith("fear"):
                soon, late = cell.split(", ")
                place = f"{account.replace(' ', '_')}_{_word(row[0])}"
                told |= {f"fear_soon_{place}": soon, f"fear_late_{place}": late}
    counted = re.compile(r"^(\w+): calibration (\d+ of \d+), holdout (\d+ of \d+)")
    drawn = re.compile(r"calibration (\d+ to \d+), holdout (\d+ to \d+)$")
    for line in lines:
        if (given := counted.match(line)) and (ends := drawn.search(line)):
            account, *right = given.groups()
            for role, count, span in zip(("calibration", "holdout"), right, ends.groups(), strict=True):
                told[f"{role}_{account}"] = f"{count} ({span})"
    return told


def beliefs() -> dict[str, str]:
    """Give the prior that each account of belief leaves, by compound and by the day on which sessions began."""
    told = {}
    caption = str(gallery.record().get("rival_beliefs", {}).get("caption", ""))
    for day, said in re.findall(r"Sessions from day (\d+): ([^.]+(?:\.\d+[^.]*)*)\.", caption):
        for part in said.split("; "):
            account, _, ends = part.partition(": ")
            for end in ends.split(", "):
                compound, _, value = end.partition(" ")
                told[f"prior_{account.replace(' ', '_')}_{compound}_day_{day}"] = value
    return told


def schedule() -> dict[str, str]:
    """Give the whole gain of the best schedule of the bundled study in the draws that gain least and most."""
    lines = [line.split("\t") for line in printed_by("integration_schedule").splitlines()]
    return {
        f"schedule_total_{name}": value
        for line in lines
        if line[0] == "total"
        for name, value in zip(("mean", "low", "median", "high"), line[1:], strict=True)
    }


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_")
