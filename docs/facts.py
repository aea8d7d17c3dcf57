"""Numbers in sentences: read from the kernels and from what the studies of the gallery printed, never typed."""

import re

import gallery

from plasticity.kernels import declared_kernels


def facts() -> dict[str, str]:
    """Give what pages may say of the bundled studies."""
    return {**parameters(), **windows(), **laws()}


def parameters() -> dict[str, str]:
    """Give the default of every parameter, by its name."""
    known = [one for kernel in declared_kernels() for one in kernel.parameters if one.value is not None]
    return {one.name: f"{one.value:g} {one.unit}".removesuffix(" 1") for one in known}


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


def windows() -> dict[str, str]:
    """Give, for every compound of the headline study, when its window opens and closes, and how deep it is."""
    printed = printed_by("window_by_compound")
    lines = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    if not lines:
        return {}
    head, *rows = lines
    told = {}
    for row in rows:
        one = dict(zip(head, row, strict=True))
        name = one["compound"]
        told |= {f"opens_{name}": one["opens h"], f"depth_{name}": one["depth"]}
        told[f"closes_{name}"] = one["closes d"]
    return told
