"""What all sections of a study share: every key is known, and the nearest is told for one that is not."""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from plasticity.errors import unknown_name
from plasticity.units import pattern


class Section(BaseModel):
    """A section whose keys are all known; the nearest name is told for one that is not.

    Examples
    --------
    >>> from plasticity.study.sections import DoseSection
    >>> DoseSection.model_validate({"compund": "lsd"})
    Traceback (most recent call last):
    ...
    pydantic_core._pydantic_core.ValidationError: 1 validation error for DoseSection
    unknown key 'compund'...
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    open: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if isinstance(given, dict) and not cls.open:
            for name in given:
                if name not in cls.model_fields:
                    told = str(unknown_name("key", name, cls.model_fields))
                    raise PydanticCustomError("unknown_key", "{told}", {"told": told, "key": name})
        return given


@dataclass(frozen=True)
class InUnits:
    """Marks text as a quantity in one of some units, for the JSON Schema of studies.

    Attributes
    ----------
    units : tuple of str
        Canonical units.

    Examples
    --------
    >>> InUnits(("h",)).units
    ('h',)
    """

    units: tuple[str, ...]

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Describe the text as Pydantic asks for it."""
        return {"type": "string", "pattern": pattern(*self.units)}


def shown(given: object) -> str:
    """Write what was given for an error, cut where it is long.

    Parameters
    ----------
    given : object

    Returns
    -------
    str

    Examples
    --------
    >>> shown(None), shown("7 d")
    ('nothing', "'7 d'")
    """
    text = "nothing" if given is None else repr(given)
    return text if len(text) <= 60 else f"{text[:57]}..."
