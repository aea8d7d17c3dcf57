"""Links to the documentation of others: inventories of the names that this site mentions, made without a network."""

from pathlib import Path

import sphobjinv

TYPES, FUNCTIONS, WORDS = "library/stdtypes.html", "library/functions.html", "glossary.html"
#: Of each site its address, and of each name its domain, its role there, and its place; ``$`` stands for the name.
SITES: dict[str, tuple[str, dict[str, tuple[str, str, str]]]] = {
    "python": (
        "https://docs.python.org/3/",
        {
            **dict.fromkeys(("str", "dict", "list", "tuple", "frozenset"), ("py", "class", f"{TYPES}#$")),
            **dict.fromkeys(("int", "float", "bool"), ("py", "class", f"{FUNCTIONS}#$")),
            **dict.fromkeys(("ValueError", "TypeError", "OSError"), ("py", "exception", "library/exceptions.html#$")),
            **dict.fromkeys(("None", "True", "False"), ("py", "data", "library/constants.html#$")),
            **dict.fromkeys(("sequence", "iterable", "generator", "mapping"), ("std", "term", f"{WORDS}#term-$")),
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
        dict.fromkeys(("xarray.Dataset", "xarray.DataArray"), ("py", "class", "generated/$.html#$")),
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
