"""The last sentences of every caption: doses, exposure, kernels, version."""

from typing import TYPE_CHECKING

from plasticity.figures.doses import doses
from plasticity.figures.records import attribute, sentences

if TYPE_CHECKING:
    import xarray


def origin(ds: "xarray.Dataset") -> str:
    """Say what made the numbers: title, doses, species, kernels, version.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.

    Returns
    -------
    str
        Sentences for a caption; what the dataset does not record is left out.

    Examples
    --------
    >>> import xarray
    >>> origin(xarray.Dataset(attrs={"species": "human", "kernels": '{"brake": "first_order"}'}))
    'Exposure: human. Kernels: brake first_order.'
    """
    kernels = attribute(ds, "kernels")
    chosen = kernels.items() if isinstance(kernels, dict) else ()
    shown = ", ".join(
        f"{layer} {' '.join(map(str, law)) if isinstance(law, list) else law}" for layer, law in chosen if law
    )
    given = "; ".join(", ".join(f"{text} at {time:g} h" for time, text in treatment) for treatment in doses(ds))
    version = " ".join(str(ds.attrs[name]) for name in ("package_version", "commit") if ds.attrs.get(name))
    return sentences(
        [
            f"Study: {ds.attrs['title']}." if ds.attrs.get("title") else "",
            f"Doses: {given}." if given else "",
            f"Exposure: {ds.attrs['species']}." if ds.attrs.get("species") else "",
            f"Kernels: {shown}." if shown else "",
            f"Intervals: {ds.attrs['no_intervals']}." if ds.attrs.get("no_intervals") else "",
            f"plasticity {version}." if version else "",
        ]
    )
