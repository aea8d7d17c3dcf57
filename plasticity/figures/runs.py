"""What a run holds besides its curves: levels of the threshold, windows, effect sites."""

from typing import TYPE_CHECKING, Any

from plasticity.figures.records import attribute

if TYPE_CHECKING:
    import xarray


def levels(ds: "xarray.Dataset") -> tuple[float, float]:
    """Give the levels of theta / theta_rest at which the window opens and closes.

    They are those that the run recorded (attributes of `theta`, or its parameters), else the declared ones.

    Parameters
    ----------
    ds : xarray.Dataset
        Any result of this package.

    Returns
    -------
    tuple of float
        Opening and closing level [1].

    Examples
    --------
    >>> import xarray
    >>> levels(xarray.Dataset(attrs={"parameters": '{"window_open_ratio": 0.88}'}))
    (0.88, 0.92)
    """
    from plasticity.kernels.threshold import threshold

    declared = {parameter.name: parameter.value for parameter in threshold.parameters}
    threshold_attributes = ds["theta"].attrs if "theta" in ds else {}
    parameters = attribute(ds, "parameters")
    recorded = parameters if isinstance(parameters, dict) else {}

    def level(name: str) -> float:
        found: Any = threshold_attributes.get(name, recorded.get(f"window_{name}", declared[f"window_{name}"]))
        return float(found)

    return level("open_ratio"), level("close_ratio")


def windows(ds: "xarray.Dataset") -> list[tuple[float, float, bool, bool]]:
    """List the windows of one run.

    Parameters
    ----------
    ds : xarray.Dataset
        With `t_open`, `t_close`, `censored_left` and `censored_right` along `window` and nothing else.

    Returns
    -------
    list of tuple
        Opening and closing time [h], open at the start, open at the end. A window that is open at the end closes
        at the last time of the dataset. Padding (NaN) is left out.

    Examples
    --------
    >>> import xarray
    >>> numbers = {"t_open": [8.0, float("nan")], "t_close": [420.0, float("nan")]}
    >>> flags = {"censored_left": [0.0, float("nan")], "censored_right": [0.0, float("nan")]}
    >>> windows(xarray.Dataset({name: ("window", value) for name, value in (numbers | flags).items()}))
    [(8.0, 420.0, False, False)]
    """
    import numpy

    columns = [
        numpy.asarray(ds[name].values, float) for name in ("t_open", "t_close", "censored_left", "censored_right")
    ]
    end = float(ds["time"].values[-1]) if "time" in ds.variables else numpy.nan
    return [
        (float(opens), end if right == 1.0 else float(closes), bool(left == 1.0), bool(right == 1.0))
        for opens, closes, left, right in zip(*columns, strict=True)
        if not numpy.isnan(opens)
    ]


def effect_sites(ds: "xarray.Dataset") -> dict[str, str]:
    """Find the effect sites of one run and whose they are.

    Parameters
    ----------
    ds : xarray.Dataset
        One run, or one compound of a study.

    Returns
    -------
    dict
        Variable (``"ibogaine_metabolite_effect"``) to compound (``"ibogaine"``), each parent before its metabolite.
        In a slice of a study the variables are plain ``"effect"`` and ``"metabolite_effect"``.

    Examples
    --------
    >>> import xarray
    >>> names = ("acute_effect", "ibogaine_effect", "ibogaine_metabolite_effect")
    >>> effect_sites(xarray.Dataset({name: ("time", [0.0]) for name in names}))
    {'ibogaine_effect': 'ibogaine', 'ibogaine_metabolite_effect': 'ibogaine'}
    """
    one = str(ds["compound"].values) if "compound" in ds.coords and not ds["compound"].dims else "drug"
    sites = {}
    for name in map(str, ds.data_vars):
        if name.endswith("effect") and name != "acute_effect" and ds[name].dims == ("time",):
            owner = name.removesuffix("effect").removesuffix("metabolite_").removesuffix("_")
            sites[name] = owner or one
    return dict(sorted(sites.items(), key=lambda site: (list(sites.values()).index(site[1]), len(site[0]))))
