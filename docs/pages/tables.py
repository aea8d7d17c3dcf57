"""Tables of the reference: observables, summaries, data, the command line, exit codes, keys of studies, the API."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pages.markdown import cited, entries, plain, table, with_code

import plasticity
from plasticity import data, declare, figures, observables, ratelaws, sources
from plasticity.cli import EXIT_CODES
from plasticity.solver.ensemble import MESSAGES
from plasticity.study.json_schema import study_schema
from plasticity.study.sections import OverSection
from plasticity.sweeps.planning.kept import FOLLOWED
from plasticity.window import PER_WINDOW, SUMMARIES

MODULES_OF_THE_API = (declare, ratelaws, data)
RECORDS = {
    "Compound": "plasticity.compound",
    "Number": "plasticity.compound_rules",
    "Dose": "plasticity.timeline",
    "InputRecord": "plasticity.timeline",
    "Session": "plasticity.sessions",
    "Range": "plasticity.sweeps.planning.ranges",
    "Solution": "plasticity.solver.solution",
    "EnsembleSolution": "plasticity.solver.solution",
    "Trajectory": "plasticity.solver.trajectory",
    "SbmlModel": "plasticity.sbml.importing",
}
"""Classes that public names return or hold, and where they live; nobody needs to make one by hand."""
ABOUT_RECORDS = (
    "Made by the functions above. A type without a link on these pages is a part of the machinery that may change from "
    "version to version.\n"
)


def observables_page() -> str:
    """Write what can be read out of a run, and what is known of its windows."""
    rows = []
    for name in observables.observable_names():
        told = observables.described(name)
        options = ", ".join(f"`{one}`" for one in told.options)
        rows.append((name, plain(told.long_name), told.units, options, cited(told.source)))
    numbers = ("name", "meaning", "unit")
    return "\n".join(
        [
            "# Observables and summaries\n",
            "## Observables\n",
            "Read-outs of a run, in the section `observables` of a study or by `plasticity.observables.observe`.\n",
            table(("observable", "meaning", "unit", "options", "source"), entries(rows)),
            "## Of all windows of a run\n",
            table(numbers, entries((name, plain(label), unit) for name, (unit, label) in SUMMARIES.items())),
            "## Of each window\n",
            table(numbers, entries((name, plain(label), unit) for name, (unit, label) in PER_WINDOW.items())),
            "## Of any state, in sweeps\n",
            "An ending to the name of a state, as in `theta_lowest`.\n",
            table(("ending", "meaning"), [(ending, label) for ending, label in FOLLOWED.items()]),
            "## Kinds of figures\n",
            table(("kind", "options"), [(k, ", ".join(f"`{o}`" for o in figures.options(k))) for k in figures.kinds()]),
        ]
    )


def data_page() -> str:
    """Write which published observations the package holds."""
    parts = ["# Published data\n", "Tables of observations, as `plasticity.data.load` gives them.\n"]
    for name in data.names():
        ds, keys = data.load(name), sources_of(name)
        columns = [
            (str(column), with_code(str(v.attrs.get("long_name", ""))), v.attrs.get("units", "text"))
            for column, v in ds.data_vars.items()
        ]
        parts += [f"## {name}\n", f"{plain(str(ds.attrs.get('title', '')))} {ds.sizes['row']} rows.\n"]
        parts += [table(("column", "meaning", "unit"), columns), f"Sources: {cited(keys)}.\n" if keys else ""]
    return "\n".join(parts)


def sources_of(name: str) -> list[str]:
    """Give the papers that the rows of a table come from."""
    ds = data.load(name)
    told = {key for cell in ds["source"].values for key in str(cell).split()} if "source" in ds else set()
    return sorted(told & set(sources.read_sources()))


def slug(name: str) -> str:
    """Name the place of a table on its page, as Markdown headings are named."""
    return name.lower()


def command_line_page() -> str:
    """Write every command with its arguments, from the program itself."""
    said = (
        "`plasticity COMMAND --help` prints the same. An error is one line on stderr that says what was given and what "
        "is allowed; `--debug` adds the traceback.\n"
    )
    parts = ["# Command line\n", said]
    for name, command in commands():
        rows = []
        for one in command.params:
            shown = ", ".join(one.opts) if one.param_type_name == "option" else one.metavar or one.name.upper()
            shown = shown.replace("|", " or ")
            value = one.metavar if one.param_type_name == "option" and one.metavar else ""
            if value or getattr(one, "help", None):
                rows.append((f"{shown} {value}".strip(), with_code(getattr(one, "help", "") or "")))
        parts += [f"## plasticity {name}\n", f"{with_code(command.help or '')}\n"]
        parts += [table(("argument or option", "meaning"), rows)] if rows else []
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, Any]]:
    """List the commands by name."""
    import typer

    from plasticity.cli.commands import app

    yield from getattr(typer.main.get_command(app), "commands", {}).items()


def exit_codes_page() -> str:
    """Write the exit codes of the program and the status of a point."""
    return "\n".join(
        [
            "# Exit codes and status\n",
            "## Exit codes of the command line\n",
            table(("code", "means"), [(str(code), said) for code, said in EXIT_CODES.items()]),
            "## Status of a run or a point\n",
            "Variable `status` of every dataset. What failed is NaN from there on, and never stops the rest.\n",
            table(("status", "means"), [(str(code), plain(said)) for code, said in sorted(MESSAGES.items())]),
        ]
    )


def config_page() -> str:
    """Write the keys of a study, section by section, from the JSON Schema that editors use."""
    schema = study_schema()
    sections = {"The whole study": schema, **schema["$defs"]}
    parts = [
        "# Keys of a study\n",
        (
            "Editors that speak YAML [complete and check a study while it is typed](../how-to/check_while_typing.md), "
            "with this JSON Schema: {download}`study.schema.json`. `plasticity schema` writes that of your "
            "installation. What relates one key to another, only `plasticity check` knows.\n"
        ),
    ]
    for name, section in sections.items():
        title = name.removesuffix("Section").lower() if name in schema["$defs"] else name
        parts += [f"(section-{title.replace(' ', '-')})=", f"## {title.capitalize()}\n"]
        parts.append(f"{with_code(section['description'].replace('``', '`'))}\n")
        required = section.get("required", [])
        rows = [
            (key, with_code(one.get("description", "")), shape(one), default(one, key in required))
            for key, one in section.get("properties", {}).items()
            if name != "OverSection" or key in OverSection.model_fields
        ]
        parts.append(table(("key", "means", "value", "default"), rows))
    return "\n".join(parts)


def shape(key: dict[str, Any]) -> str:
    """Say in a few words what may stand under a key."""
    if "$ref" in key:
        name = key["$ref"].rpartition("/")[2].removesuffix("Section").lower()
        return f"[{name}](#section-{name})"
    choices = key.get("anyOf") or key.get("oneOf")
    if choices:
        return " or ".join(dict.fromkeys(shape(one) for one in choices if one.get("type") != "null"))
    if "enum" in key:
        return ", ".join(f"`{as_yaml(one)}`" for one in key["enum"] if one is not None)
    if key.get("type") == "array":
        return f"list of {shape(key['items'])}" if "items" in key else "list"
    if key.get("type") == "string" and "pattern" in key:
        return "text with unit" if key["pattern"].startswith("^") else "text"
    kinds = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true, false"}
    return kinds.get(str(key.get("type")), "key: value")


def default(key: dict[str, Any], required: bool) -> str:
    """Write the default of a key."""
    if required:
        return "needed"
    given = key.get("default")
    return "" if given in (None, "", [], {}) or "$ref" in key else f"`{as_yaml(given)}`"


def as_yaml(value: object) -> str:
    """Write a value as a study does: text bare, mappings without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(one)}" for key, one in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value)


def api_page() -> str:
    """Write the lists from which autosummary makes a page for each public name."""
    parts = ["Python\n======\n", "Public names\n------------\n", summary("plasticity", plasticity.__all__)]
    for module in MODULES_OF_THE_API:
        first_line = (module.__doc__ or "").splitlines()[0]
        defined = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
        public = [n for n in defined if not n.startswith("_") and callable(getattr(module, n))]
        parts += [module.__name__, "-" * len(module.__name__) + "\n", first_line + "\n"]
        parts.append(summary(module.__name__, public))
    parts += ["What they return and hold\n-------------------------\n", ABOUT_RECORDS]
    parts += [summary(module, [name]) for name, module in RECORDS.items()]
    return "\n".join(parts)


def summary(module: str, names: Iterable[str]) -> str:
    """Write one autosummary directive."""
    listed = "".join(f"   {name}\n" for name in names)
    return f".. currentmodule:: {module}\n\n.. autosummary::\n   :toctree: api\n\n{listed}"


def pages() -> dict[str, str]:
    """Write the tables."""
    return {
        "observables.md": observables_page(),
        "data.md": data_page(),
        "command_line.md": command_line_page(),
        "exit_codes.md": exit_codes_page(),
        "config.md": config_page(),
        "api.rst": api_page(),
        "study.schema.json": json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n",
    }
