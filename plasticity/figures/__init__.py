"""Figures: one file per kind, each with ``draw(ds) -> Figure`` and ``caption(ds) -> str``, found by looking.

A new kind is one new file in this folder. What is drawn was in the dataset: nothing is simulated here.
"""

import inspect
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError, unknown_name
from plasticity.figures.style import prepare, save

if TYPE_CHECKING:
    from types import ModuleType

    import xarray
    from matplotlib.figure import Figure

__all__ = ["caption", "draw", "kinds", "options", "prepare", "save"]


@cache
def _modules() -> dict[str, "ModuleType"]:
    found = {info.name: import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)}
    return {name: module for name, module in sorted(found.items()) if hasattr(module, "draw")}


def kinds() -> list[str]:
    """List the kinds of figure.

    Returns
    -------
    list of str
        Sorted names of the modules of this package that can draw.

    Examples
    --------
    >>> "window_by_compound" in kinds()
    True
    """
    return list(_modules())


def options(kind: str) -> list[str]:
    """List the options of a kind of figure.

    Parameters
    ----------
    kind : str
        One of `kinds`.

    Returns
    -------
    list of str
        Names of the keywords that its ``draw`` takes.

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> "title" in options("stages")
    True
    """
    return list(inspect.signature(_module(kind).draw).parameters)[1:]


def draw(kind: str, ds: "xarray.Dataset", **chosen: Any) -> "Figure":
    """Draw a dataset.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    ds : xarray.Dataset
        As the kind's own ``draw`` describes it.
    **chosen
        Options of the kind, see `options`.

    Returns
    -------
    matplotlib.figure.Figure
        Ready for `save`.

    Raises
    ------
    InputError
        If the kind or an option is unknown, an option is not allowed, or the dataset lacks what is drawn.

    Examples
    --------
    >>> draw("stagse", None)
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: unknown kind of figure 'stagse'; did you mean 'stages'? allowed: ...
    """
    module = _module(kind)
    for name in chosen:
        if name not in options(kind):
            raise unknown_name(f"option of figure {kind}", name, options(kind))
    if not isinstance(chosen.get("disclaimer", True), bool):
        raise InputError(f"figure {kind}: disclaimer: {chosen['disclaimer']!r}; allowed: true or false")
    if not isinstance(chosen.get("title", ""), str):
        raise InputError(f"figure {kind}: title: {chosen['title']!r}; allowed: text")
    if not hasattr(ds, "data_vars"):
        raise InputError(f"figure {kind}: a {type(ds).__name__} was given; allowed: an xarray.Dataset")
    figure: Figure = module.draw(ds, **chosen)
    return figure


def caption(kind: str, ds: "xarray.Dataset") -> str:
    """Say in words what a figure of this kind shows of a dataset.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    ds : xarray.Dataset
        As the kind's own ``draw`` describes it.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> import xarray
    >>> caption("stages", xarray.Dataset(attrs={"species": "human"})).endswith("Exposure: human.")
    True
    """
    return str(_module(kind).caption(ds))


def _module(kind: str) -> "ModuleType":
    if kind not in kinds():
        raise unknown_name("kind of figure", kind, kinds())
    return _modules()[kind]
