"""Numbers in sentences: read from what the studies of the gallery printed, so that no sentence can go out of date."""

import gallery

STUDY = "window_by_compound"


def facts() -> dict[str, str]:
    """Give, for every compound of the headline study, when its window opens and closes, and how deep it is."""
    printed = gallery.record().get(STUDY, {}).get("printed", "")
    lines = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    if not lines:
        return {}
    head, *rows = lines
    told = {}
    for row in rows:
        one = dict(zip(head, row, strict=True))
        name = one["compound"]
        told |= {f"opens_{name}": one["opens h"], f"depth_{name}": one["depth"]}
        told[f"closes_{name}"] = f"{float(one['closes d']):.1f}" if one["closes d"][:1].isdigit() else one["closes d"]
    return told
