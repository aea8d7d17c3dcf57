"""Which doses a dataset records, and whether time counts from one of them."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.pens import spoken
from plasticity.figures.records import attribute

if TYPE_CHECKING:
    import xarray


def doses(ds: "xarray.Dataset") -> list[list[tuple[float, str]]]:
    """List when doses were given and what, as far as the dataset's record of its protocol says.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.

    Returns
    -------
    list of list of tuple
        For each treatment that was run, the doses: time [h] and a text such as ``"psilocybin 25 mg"``.

    Examples
    --------
    >>> import xarray
    >>> protocol = '{"doses": [{"compound": "lsd", "amount": "100 ug", "at": "0 h"}]}'
    >>> doses(xarray.Dataset(attrs={"protocol": protocol}))
    [[(0.0, 'LSD 100 ug')]]
    """
    protocol = attribute(ds, "protocol")
    listed = protocol.get("doses") if isinstance(protocol, dict) else None
    if not listed:
        return []
    treatments = listed if isinstance(listed[0], list) else [listed]
    return [[(_hours(dose.get("at", 0.0), "at"), dose_text(dose)) for dose in given] for given in treatments]


def _hours(given: str | float, what: str) -> float:
    from plasticity.units import quantity

    return quantity(given, "h", f"{what} of a dose")


def dose_text(dose: dict[str, Any]) -> str:
    """Say what was given, as in a caption.

    Parameters
    ----------
    dose : dict
        As in the record of a protocol.

    Returns
    -------
    str

    Examples
    --------
    >>> dose_text({"compound": "lsd", "amount": "100 ug"})
    'LSD 100 ug'
    """
    amount = dose.get("amount", "")
    words = [
        spoken(str(dose.get("compound", "drug"))),
        f"{amount:g} nmol" if isinstance(amount, int | float) else str(amount),
    ]
    if dose.get("over") is not None:
        hours = _hours(dose["over"], "over")
        words.append(f"over {60.0 * hours:g} min" if hours < 1.0 else f"over {hours:g} h")
    return " ".join(word for word in words if word)


def since(ds: "xarray.Dataset") -> str:
    """Name the zero of time: ``"the dose"`` where the record shows that it was given then, else ``"the start"``.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.

    Returns
    -------
    str

    Examples
    --------
    >>> import xarray
    >>> since(xarray.Dataset())
    'the start'
    """
    treatments = doses(ds)
    if not treatments or any(not given or min(given)[0] != 0.0 for given in treatments):
        return "the start"
    return "the dose" if all(len(given) == 1 for given in treatments) else "the first dose"
