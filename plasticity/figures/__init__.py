"""Figures: one file per kind, each with ``draw(ds) -> Figure`` and ``caption(ds)``, found by looking.

A new kind is one new file in this folder. What is drawn was in the dataset: nothing is simulated here.
"""

import inspect
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from plasticity.errors import InputError, unknown_name
from plasticity.figures.frame import COMMON, framed, told
from plasticity.figures.style import prepare, save

if TYPE_CHECKING:
    from types import ModuleType

    import xarray
    from matplotlib.figure import Figure

__all__ = ["caption", "draw", "framed", "kinds", "options", "prepare", "save"]


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


def options(kind: str) -> dict[str, Any]:
    """List the options of a kind of figure: its own, as its ``draw`` describes them, and those that all kinds have.

    Parameters
    ----------
    kind : str
        One of `kinds`.

    Returns
    -------
    dict
        By name, what each takes: a type, or the annotation of a length of time.

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> options("stages")["title"], list(options("stages"))
    (<class 'str'>, ['acute', 'until', 'title', 'disclaimer'])
    """
    own = list(inspect.signature(_module(kind).draw).parameters.values())[1:]
    return {**{one.name: one.annotation for one in own}, **COMMON}


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
    >>> import xarray
    >>> draw("stages", xarray.Dataset())
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: figure stages: the dataset has no variable 'time'; needed: ...
    """
    module = _module(kind)
    for name in chosen:
        if name not in options(kind):
            raise unknown_name(f"option of figure {kind}", name, options(kind))
    try:
        return framed(module.draw, module.caption, ds, **chosen)
    except InputError as error:
        raise InputError(f"figure {kind}: {error}") from None


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
    return told(_module(kind).caption, ds)


def _module(kind: str) -> "ModuleType":
    if kind not in kinds():
        raise unknown_name("kind of figure", kind, kinds())
    return _modules()[kind]
