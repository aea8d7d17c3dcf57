"""Which quantity lies where in the flat workspace of a compiled model: a number for every lane, side by side."""

from collections.abc import Mapping

LANES = 8
_OF_LANES = (
    *("INVERSE", "TIME", "NOW", "NEXT", "TARGET", "LATEST", "WANTED", "STEP", "RECIPROCAL", "WEIGHT", "LIMIT"),
    *("NORM", "BEFORE", "RUNNING", "ACCEPTED", "GROWS"),
)


class Layout:
    """Offsets into the workspace.

    Parameters
    ----------
    states, stages : int
        Number of states, and of slopes that the method keeps of each.
    counts : mapping of str to int
        What else the problem needs, ``INPUT`` and ``PARAMETER`` at least.
    timed : bool
        Whether the rates depend on time itself.

    Examples
    --------
    >>> layout = Layout(2, 8, {"INPUT": 0, "PARAMETER": 3}, timed=False)
    >>> layout.place("STAGE", 1)
    'w[24 + l]'
    """

    def __init__(self, states: int, stages: int, counts: Mapping[str, int], *, timed: bool) -> None:
        needed = {
            "STATE": states,
            "STAGE": states,
            "VALUE": states,
            **counts,
            **dict.fromkeys(_OF_LANES, 1),
            "COUPLED": states,
            "TOLERANCE": states,
        }
        needed |= {"DRIFT": states if timed else 0, "SLOPE": states * stages}
        self.offsets: dict[str, int] = {}
        total = 0
        for name, count in needed.items():
            self.offsets[name] = total
            total += count * LANES
        sizes = {"STATES": states, "INPUTS": counts["INPUT"], "PARAMETERS": counts["PARAMETER"], "LANES": LANES}
        self.constants: dict[str, int | bool] = {**sizes, "TIMED": timed, **self.offsets, "SIZE": total}

    def place(self, name: str, slot: int) -> str:
        """Write the place of one quantity in lane ``l``."""
        return f"w[{self.offsets[name] + slot * LANES} + l]"

    def lines(self) -> list[str]:
        """Write sizes and offsets as module constants."""
        return [f"{name} = {value}" for name, value in self.constants.items()]
