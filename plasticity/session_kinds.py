"""Kinds of sessions as data: the input channels that each drives, and what it holds on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Kind:
    """What a kind of session is, and what its input channels hold meanwhile unless told otherwise.

    Attributes
    ----------
    meaning : str
    holds : mapping of str to float
        Value of each input channel that the session drives [1].

    Examples
    --------
    >>> dict(KINDS["pairing"].holds)
    {'cue': 1.0, 'outcome': 1.0}
    """

    meaning: str
    holds: Mapping[str, float]


def _kind(meaning: str, **holds: float) -> Kind:
    return Kind(meaning, MappingProxyType(holds))


_TALK = {"evidence": 1.0, "observation": 0.0, "setting": 1.0}
#: Every kind of session. Those that drive a common channel exclude each other.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "preparation": _kind("evidence against the belief, before the drug", **_TALK),
        "dosing": _kind("evidence while the drug acts", **_TALK),
        "integration": _kind("evidence after the drug", **_TALK),
        "reminder": _kind("the cue without its outcome, too short to extinguish", cue=1.0, outcome=0.0),
        "extinction": _kind("the cue without its outcome, for long", cue=1.0, outcome=0.0),
        "pairing": _kind("the cue with its outcome", cue=1.0, outcome=1.0),
        "protein_synthesis_block": _kind("a tenth of protein synthesis left", protein_synthesis=0.1),
    }
)
