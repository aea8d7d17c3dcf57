"""What the README of a crate tells a stranger."""

import json
import platform

from plasticity import __version__, provenance

TEXT = """# {title}

Study `{name}`, run with plasticity {version} (commit {commit}) on Python {python}, {system}.
{disclaimer}

| file | holds |
| --- | --- |
| `{name}.yaml` | the study |
| `results/` | what it gave: dataset, figures, reports |
| `software/` | the program itself |
| `requirements.txt` | everything the program needs, in the versions that were used |
| `CITATION.cff`, `sources.bib` | how to cite the program, and the papers behind its numbers |
| `ro-crate-metadata.json` | all this for machines ([RO-Crate](https://w3id.org/ro/crate)) |

## Run it again

In this folder, with Python {minor}:

```sh
python{minor} -m venv env
env/bin/python -m pip install -r requirements.txt
env/bin/plasticity rerun .
```

(On Windows `env\\Scripts` in place of `env/bin`.) The last command runs the study as it was run, with every change
that was made to it{changed}, and compares each number with the one in `results/`. On the same kind of processor all
are equal bit by bit; elsewhere they differ by what the solver's tolerances allow, and `--within 1e-4` says what is let
pass. To run without comparing: `env/bin/plasticity run {name}.yaml{options}`.
To draw the figure: `env/bin/plasticity draw {data}`.
"""


def instructions(name: str, title: str, data: str, changes: dict[str, object], *, reduced: bool) -> str:
    """Write the README.

    Parameters
    ----------
    name, title : str
        Of the study.
    data : str
        Path of the dataset in the crate.
    changes : dict
        What ``--set`` changed.
    reduced : bool
        Whether the section ``reduced`` of the study was applied.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> "plasticity rerun ." in instructions("map", "A map", "results/map.nc", {}, reduced=False)
    True
    """
    from plasticity.simulation import DISCLAIMER

    options = [f"--set '{key}={json.dumps(value)}'" for key, value in changes.items()] + ["--reduced"] * reduced
    made = [f"`{key}`: {value}" for key, value in changes.items()] + (["its section `reduced`"] if reduced else [])
    major, minor, _ = platform.python_version_tuple()
    return TEXT.format(
        name=name,
        title=title,
        data=data,
        version=__version__,
        commit=provenance.commit(),
        python=platform.python_version(),
        minor=f"{major}.{minor}",
        system=f"{platform.system()} {platform.machine()}",
        disclaimer=DISCLAIMER,
        options="".join(f" {option}" for option in options),
        changed=f" ({'; '.join(made)})" if made else "",
    )
