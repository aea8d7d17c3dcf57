"""The section ``uncertainty`` of a study: how many draws stand behind its intervals, or ``false`` for none."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from plasticity.study.section import Section


class UncertaintySection(Section):
    """Draws of uncertain numbers and virtual subjects for the intervals of a study.

    Examples
    --------
    >>> UncertaintySection().samples
    64
    """

    samples: Annotated[int, Field(ge=2, le=10_000)] = 64
    seed: Annotated[int, Field(ge=0)] = 0
    lattice: Annotated[int, Field(ge=0, le=1000)] = 0

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a lattice that nobody asks for, so that a study without one keeps its hash."""
        found: dict[str, Any] = handler(self)
        return {name: value for name, value in found.items() if name != "lattice" or value}


def _none_or_draws(given: Any) -> Any:
    if given is False or given == "none":
        return None
    if given is True:
        return UncertaintySection()
    if isinstance(given, str):
        raise ValueError(f"{given!r} was given; allowed: true, false, none, or {{samples: 64, seed: 0}}")
    return given


NoneOrDraws = Annotated[UncertaintySection | None, BeforeValidator(_none_or_draws)]
