"""Numbers in sentences: read from the kernels and from what the studies of the gallery printed, never typed."""

import re

import gallery

from plasticity.kernels import declared_kernels


def facts() -> dict[str, str]:
    """Give what pages may say of the bundled studies."""
    return {**parameters(), **windows(), **laws(), **accounts(), **beliefs(), **schedule()}


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


def accounts() -> dict[str, str]:
    """Give, for every account of memory, how many findings it gives, and the fear a day and 30 days after each."""
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
    for account, right, of, held, out in re.findall(
        r"^(\w+): calibration (\d+) of (\d+), holdout (\d+) of (\d+)", "\n".join(lines), re.MULTILINE
    ):
        told |= {f"calibration_{account}": f"{right} of {of}", f"holdout_{account}": f"{held} of {out}"}
    return told


def beliefs() -> dict[str, str]:
    """Give the prior that each account of belief leaves, by compound and by the day on which sessions began."""
    told = {}
    caption = str(gallery.record().get("rival_beliefs", {}).get("caption", ""))
    for day, said in re.findall(r"Sessions from day (\d+): ([^.]+(?:\.\d+[^.]*)*)\.", caption):
        for part in said.split("; "):
            account, _, ends = part.partition(": ")
            for end in ends.split(", "):
                compound, value = end.split(" ")
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
