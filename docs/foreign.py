"""Links to the documentation of others: inventories of the few names that this site mentions, made without a network."""

from pathlib import Path

import sphobjinv

TYPES, FUNCTIONS, WORDS = "library/stdtypes.html", "library/functions.html", "glossary.html"
#: Of each site its address, and of each name its domain, its role there, and its place; ``$`` stands for the name.
SITES: dict[str, tuple[str, dict[str, tuple[str, str, str]]]] = {
    "python": (
        "https://docs.python.org/3/",
        {
            **{name: ("py", "class", f"{TYPES}#$") for name in ("str", "dict", "list", "tuple", "frozenset")},
            **{name: ("py", "class", f"{FUNCTIONS}#$") for name in ("int", "float", "bool")},
            **{name: ("py", "exception", "library/exceptions.html#$") for name in ("ValueError", "TypeError", "OSError")},
            **{name: ("py", "data", "library/constants.html#$") for name in ("None", "True", "False")},
            **{name: ("std", "term", f"{WORDS}#term-$") for name in ("sequence", "iterable", "generator", "mapping")},
            "callable": ("py", "function", f"{FUNCTIONS}#$"),
            "bltin-boolean-values": ("std", "label", f"{TYPES}#boolean-type-bool"),
            "pathlib.Path": ("py", "class", "library/pathlib.html#$"),
        },
    ),
    "numpy": (
        "https://numpy.org/doc/stable/",
        {
            "numpy.ndarray": ("py", "class", "reference/generated/$.html#$"),
            "array_like": ("std", "term", "glossary.html#term-$"),
        },
    ),
    "scipy": (
        "https://docs.scipy.org/doc/scipy/",
        {"scipy.integrate.solve_ivp": ("py", "function", "reference/generated/$.html#$")},
    ),
    "xarray": (
        "https://docs.xarray.dev/en/stable/",
        {name: ("py", "class", "generated/$.html#$") for name in ("xarray.Dataset", "xarray.DataArray")},
    ),
    "matplotlib": (
        "https://matplotlib.org/stable/",
        {"matplotlib.figure.Figure": ("py", "class", "api/_as_gen/$.html#$")},
    ),
}


def write(folder: Path) -> dict[str, tuple[str, str]]:
    """Write an inventory for each site and give Sphinx's `intersphinx_mapping`; nothing is fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for site, (address, names) in SITES.items():
        inventory = sphobjinv.Inventory()
        inventory.project, inventory.version = site, "stable"
        for name, (domain, role, place) in names.items():
            known = {"name": name, "domain": domain, "role": role, "priority": "1", "dispname": "-"}
            inventory.objects.append(sphobjinv.DataObjStr(uri=place.replace("$", name), **known))
        path = folder / f"{site}.inv"
        sphobjinv.writebytes(str(path), sphobjinv.compress(inventory.data_file()))
        mapping[site] = (address, str(path))
    return mapping
