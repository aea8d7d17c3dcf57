"""Which sessions of a protocol fall inside the window of plasticity, how deep, and how sure that is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plasticity.members import together
from plasticity.model import Model
from plasticity.protocol import Protocol
from plasticity.sessions import Session
from plasticity.uncertainty import members
from plasticity.values import in_force

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
SHARES = (0.1, 0.9)
"""Ends of the interval over draws: it holds the middle four fifths of them."""
POINTS = 5
MEANING = (
    "interval: the middle 80 % of {count} draws of the uncertain numbers, those that all compounds share drawn "
    "together so that they give the calibrating windows, and of virtual subjects; chance: share of the draws in which "
    "at least half of the session lies inside the window"
)
"""What is said of the interval wherever it is shown."""


def attendance(
    protocol: Protocol,
    model: Model | None = None,
    parameters: Mapping[str, float] | None = None,
    count: int = 64,
    seed: int = 0,
) -> "xarray.Dataset":
    """Say for every session whether the window is open.

    Parameters
    ----------
    protocol : Protocol
        With sessions.
    model : Model, optional
        With the modules that the sessions drive.
    parameters : mapping of str to float, optional
        Numbers set by hand, in canonical units; they are not drawn.
    count, seed : int
        Of the draws, see `plasticity.uncertainty.members`; 0 for none.

    Returns
    -------
    xarray.Dataset
        Along `session`, by time: `kind`, `start` and `end` [h], `inside` (share of the session inside the window) and
        `depth` (mean relative depth of the threshold) with the numbers in force, `depth_low` and `depth_high` (middle
        80 % of the draws) and `chance` (share of draws in which at least half of the session lies inside).

    Raises
    ------
    InputError
        If the protocol drives an input that no kernel of the model reads.

    Examples
    --------
    >>> plan = Protocol("30 d").dose("psilocybin", "25 mg")
    >>> plan = plan.session("integration", "2 d", over="2 h", every="26 d", times=2)
    >>> attendance(plan, Model(modules=["belief"]), count=8).inside.values.tolist()
    [1.0, 0.0]
    """
    import xarray

    model = model or Model()
    assembly = model.assemble(protocol.compounds)
    sessions = sorted((s for s in protocol.sessions if s.start < protocol.duration), key=lambda s: (s.start, s.end))
    plans, drawn = members(protocol, model, parameters, count, seed) if count else ([], [])
    numbers = [in_force(assembly, parameters)[0], *drawn]
    moments = [np.linspace(s.start, min(s.end, protocol.duration), POINTS) for s in sessions]
    times = np.unique(np.concatenate(moments)) if moments else np.empty(0)
    found = together([protocol, *plans], numbers, model, ["theta"], times)
    rest = np.array([values["theta_rest"] for values in numbers])[:, None]
    depth = 1.0 - found.values[:, 0] / rest
    means = np.array([depth[:, np.searchsorted(times, at)].mean(axis=1) for at in moments]).reshape(-1, len(numbers))
    inside = np.array([_share_inside(found.windows, session) for session in sessions]).reshape(-1, len(numbers))
    reached = found.status[1:] == 0
    found_any = bool(reached.any())
    low, high = np.quantile(means[:, 1:][:, reached], SHARES, axis=1) if found_any else np.full((2, len(means)), np.nan)
    chance = (inside[:, 1:][:, reached] >= 0.5).mean(axis=1) if found_any else np.full(len(means), np.nan)
    columns: dict[str, tuple[object, str, str]] = {
        "kind": (np.array([session.kind for session in sessions], dtype=str), "", "Kind of session"),
        "start": (np.array([session.start for session in sessions]), "h", "Start of the session"),
        "end": (np.array([session.end for session in sessions]), "h", "End of the session"),
        "inside": (inside[:, 0], "1", "Share of the session inside the window"),
        "depth": (means[:, 0], "1", "Mean relative depth of the threshold in the session"),
        "depth_low": (low, "1", "Lower end of the middle 80 % of draws"),
        "depth_high": (high, "1", "Upper end of the middle 80 % of draws"),
        "chance": (chance, "1", "Share of draws with half a session inside"),
    }
    data = {
        name: ("session", value, {"units": unit, "long_name": label}) for name, (value, unit, label) in columns.items()
    }
    told = {
        "draws": count,
        "seed": seed,
        "failed_draws": int((~reached).sum()),
        "interval": MEANING.format(count=count) if count else "",
    }
    return xarray.Dataset(data, attrs=told)


def _share_inside(windows: Floats, session: Session) -> Floats:
    """Give the share of a session that lies inside the windows of each member, shape (members,)."""
    overlap = np.minimum(windows[:, :, 1], session.end) - np.maximum(windows[:, :, 0], session.start)
    covered: Floats = np.nansum(np.maximum(overlap, 0.0), axis=1) / (session.end - session.start)
    return covered
