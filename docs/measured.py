"""Numbers that pages tell and no study prints: ``python docs/measured.py`` computes them, and keeps them.

They cost minutes, so they are kept beside the figures of the gallery, with what they were made from; the tests refuse
numbers that were made from something else.
"""

import argparse
import itertools
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from ingredients import made_from_model

import plasticity as pl
from plasticity import provenance
from plasticity.compound import load_compound
from plasticity.kernels import declared_kernels

KEPT = Path(__file__).parent / "gallery" / "measured.json"
DAYS = 5
HALF_LIVES = ("mrna_half_life", "bdnf_pro_half_life", "bdnf_mature_half_life", "trkb_tau")
SETS = {
    "baseline": ("mdma", "lsd", "ibogaine"),
    "improved": ("mdma", "lsd", "ibogaine"),
    "noribogaine_active": ("ibogaine",),
    "noribogaine_peak": ("ibogaine",),
}


def usual(compound: str, species: str = "human", **numbers: str) -> pl.Protocol:
    """Give the protocol of one usual dose."""
    reference = load_compound(compound, species).reference
    amount = numbers.get("amount", reference.amount)
    return pl.Protocol("60 d", species).dose(compound, amount, route=reference.route, over=reference.over)


def closing_days() -> dict[str, str]:
    """Give the day on which windows close by each named set."""
    by_set = {
        f"closes_{drug}_by_{name}": pl.simulate(usual(drug), parameter_set=name)
        for name, drugs in SETS.items()
        for drug in drugs
    }
    onset = {
        f"closes_{drug}_by_onset": pl.simulate(usual(drug), pl.Model(calcium="onset"))
        for drug in ("ketamine", "psilocybin", "lsd")
    }
    return {name: f"{float(run.last_close) / 24.0:.1f}" for name, run in {**by_set, **onset}.items()}


def tolerance() -> dict[str, str]:
    """Give the acute maxima of daily LSD [%], one after the other."""
    plan = pl.Protocol(f"{DAYS} d").dose("lsd", "100 ug", every="1 d", times=DAYS)
    times = np.arange(0.0, 24.0 * DAYS, 0.1)
    told = {}
    for name in ("baseline", "improved"):
        effect = pl.simulate(plan, parameter_set=name, times=times).acute_effect.values.reshape(DAYS, -1)
        told[f"daily_lsd_{name}"] = ", ".join(f"{largest:.0f}" for largest in effect.max(axis=1))
    return told


def rescue() -> dict[str, str]:
    """Give how long LSD lasts when ketanserin follows after an hour [h]."""
    plan = pl.Protocol("21 d").dose("lsd", "100 ug").dose("ketanserin", "40 mg", at="1 h")
    return {
        f"lsd_then_ketanserin_{name}": f"{float(pl.simulate(plan, parameter_set=name).effect_duration):.1f}"
        for name in ("baseline", "improved")
    }


def least_doses() -> dict[str, str]:
    """Give the smallest whole dose [mg] that opens a window."""
    told = {}
    for drug, doses in (("psilocybin", range(1, 26)), ("ibogaine", range(50, 1001, 50))):
        grid = pl.sweep(usual(drug), over={"dose": [f"{dose} mg" for dose in doses]}, keep=["number_of_windows"])
        opens = grid.number_of_windows.values > 0
        told[f"least_{drug}"] = f"{list(doses)[int(np.argmax(opens))]} mg"
        told[f"too_little_{drug}"] = f"{list(doses)[int(np.argmax(opens)) - 1]} mg"
    return told


def half_lives() -> dict[str, str]:
    """Give by how much total open time moves at most over the plausible ranges of the fast half-lives.

    Of ketamine it is not asked: its window sits on the edge of opening.
    """
    known = {one.name: one for kernel in declared_kernels() for one in kernel.parameters}
    days = []
    for drug, name in itertools.product(("psilocybin", "mdma", "lsd", "ibogaine"), HALF_LIVES):
        ends = [f"{end:g} {known[name].unit}" for end in known[name].range or ()]
        days.append([float(pl.simulate(usual(drug), parameters={name: end}).total_open_time) for end in ends])
    widest = max(abs(high - low) / 24.0 for low, high in days)
    return {"half_lives_move": f"{widest:.2f} d"}


def near_misses() -> dict[str, str]:
    """Give how far cocaine stays from opening a window, by human and by mouse exposure, as depth."""
    told = {}
    for species in ("human", "mouse"):
        margin = float(pl.simulate(usual("cocaine", species)).margin)
        told[f"cocaine_margin_{species}"] = f"{abs(margin):.3f}"
    return told


def measured() -> dict[str, str]:
    """Compute all of it."""
    return {**closing_days(), **tolerance(), **rescue(), **least_doses(), **half_lives(), **near_misses()}


def kept() -> dict[str, str]:
    """Read what was computed last."""
    return dict(json.loads(KEPT.read_text(encoding="utf-8"))["numbers"])


def stale() -> bool:
    """Tell whether the model has changed since."""
    return bool(json.loads(KEPT.read_text(encoding="utf-8"))["made_from"] != made_from_model())


def main(arguments: list[str] | None = None) -> int:
    """Compute the numbers and keep them; ``--check`` only says whether they are out of date, and fails if so."""
    told = argparse.ArgumentParser(
        prog="python docs/measured.py", description="Compute the numbers that pages tell and no study prints (minutes)."
    )
    told.add_argument("--check", action="store_true", help="only say whether they are out of date, and fail if so")
    if told.parse_args(arguments).check:
        print(f"{len(kept())} numbers, {'out of date' if stale() else 'none out of date'}")
        return int(stale())
    found = {"made_from": made_from_model(), **provenance.origin(), "numbers": measured()}
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(kept())} numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
