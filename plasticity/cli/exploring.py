"""What ``plasticity explore`` does: read a study or dataset, then serve its page or write it as one file."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plasticity.errors import InputError

STORED = (".nc", ".zarr")


def explored(given: str, *, address: str, port: int, show: bool, static: str | None) -> int:
    """Serve the page of a study or dataset until it is ended, or write it."""
    from plasticity.cli import DONE, TERMINATED

    missing = [name for name in ("bokeh", "panel") if find_spec(name) is None]
    if missing:
        raise InputError(f"explore: {' and '.join(missing)} not installed; allowed: pip install 'plasticity[explore]'")
    if static is not None:
        print(f"page: {_written(given, static)}")
        return DONE
    from plasticity.explore.serving import free_port, serve

    free_port(address, port)
    page, title = _page(given)

    def ready(url: str) -> None:
        print(f"explorer: {url} (Ctrl-C ends it)", flush=True)

    terminated = serve(page, f"{title}: plasticity", address=address, port=port, show=show, ready=ready)
    return TERMINATED if terminated else DONE


def _page(given: str) -> tuple[Any, str]:
    """Read what is to be explored, and run its first scenarios: what is wrong is told before anything is served."""
    from plasticity.explore.comparison import Comparison, opened
    from plasticity.explore.map_page import MapPage, first_scenario
    from plasticity.explore.scenario_page import scenario_page
    from plasticity.explore.stored import is_sweep, read, stored
    from plasticity.study import Study

    name = Path(given).stem
    if Path(given).suffix in STORED:
        ds = read(given)
        if is_sweep(ds):
            found = stored(ds)
            Comparison([first_scenario(found)])  # what is wrong is told before anything is served
            return (lambda: MapPage(found).view()), name
        study = Study.of(ds)
    else:
        study = Study.load(given)
    first = opened(study)
    title = study.settings.title or study.name
    return (lambda: scenario_page(Comparison(first.scenarios), title)), study.name


def _written(given: str, static: str) -> Path:
    from plasticity.cli.outputs import page_path, save_text
    from plasticity.explore.static_page import static_page
    from plasticity.explore.stored import is_sweep, read, stored

    if Path(given).suffix not in STORED:
        raise InputError(
            f"--static: {given!r} is no stored sweep; allowed: a store (.zarr) or dataset (.nc) of a sweep"
        )
    path = page_path(static)
    ds = read(given)
    if not is_sweep(ds):
        raise InputError(f"--static: {given!r} holds a single run; allowed: a store or dataset of a sweep")
    save_text(static_page(stored(ds)), path)
    return path
