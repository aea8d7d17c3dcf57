"""What is printed after a run: windows, failures, warnings, the mismatch of the calcium kernels, the disclaimer."""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plasticity.cli.table import show

if TYPE_CHECKING:
    import xarray

    from plasticity.study import Study

INTERVALS = (*(f"{name}, 5 to 95 %" for name in ("opens h", "closes d", "total d", "depth")), "opens in")
COLUMNS = ("opens h", "closes d", "total d", "depth", "windows", "censored", "status")


def show_results(ds: "xarray.Dataset") -> None:
    """Print the windows of every run, what went wrong, and what the numbers are not."""
    every = list(points(ds))
    heads = [str(dimension) for dimension in ds["status"].dims] or ["run"]
    more = INTERVALS if "last_close_interval" in ds else ()
    show(
        (*heads, *COLUMNS, *more),
        [(*labels(ds, at), *_window(one), *(_interval(one) if more else ())) for at, one in every],
    )
    if "regret" in ds:
        _show_schedules(ds)
    if "uncertainty" in ds.attrs:
        print(f"intervals: {json.loads(ds.attrs['uncertainty'])['meaning']}")
    if "no_intervals" in ds.attrs:
        print(f"intervals: {ds.attrs['no_intervals']}")
    if "mismatch_creb_integral" in ds:
        signal, creb = float(ds["mismatch_signal_rms"]), float(ds["mismatch_creb_integral"])
        print(
            f"mismatch of the averaged calcium kernel against the oscillator over {float(ds['time'][-1]):g} h: "
            f"decoded signal {signal:.3f} (root mean square), integral of phosphorylated CREB {100.0 * creb:+.1f} %"
        )
    for text in json.loads(ds.attrs.get("warnings", "[]")):
        print(f"warning: {text}", file=sys.stderr)
    if ds.attrs.get("disclaimer"):
        print(ds.attrs["disclaimer"])


def _show_schedules(ds: "xarray.Dataset") -> None:
    """Print what the search for a schedule found: starts, score and regret, and what the best one's gain is made of."""
    aim = str(ds["gain"].attrs["long_name"])
    level = f"quantile {float(ds.attrs['schedule_quantile']):g}"
    rows = []
    for place, name in enumerate(ds["schedule"].values):
        starts = ", ".join(f"{at / 24.0:g}" for at in ds["starts"].values[place])
        numbers = (float(ds[key].values[place]) for key in ("score", "regret"))
        rows.append((str(name), starts, *(f"{number:.4g}" for number in numbers)))
    show(("schedule", "starts d", level, "regret"), rows)
    print(
        f"{ds.attrs['schedule_method']}, {ds.attrs['schedule_tried']} tried; {aim[0].lower()}{aim[1:]}, best schedule:"
    )
    parts = ds["decomposition"]
    quantiles = [parts.quantile(level, "draw", skipna=True) for level in (0.1, 0.5, 0.9)]
    rows = [
        (str(name), f"{float(parts.sel(part=name).mean()):.4g}", *(f"{float(q.sel(part=name)):.4g}" for q in quantiles))
        for name in ds["part"].values
    ]
    show(("part of the gain", "mean", "10 %", "median", "90 % of draws"), rows)


def show_evidence(ds: "xarray.Dataset", path: Path) -> None:
    """Print what a calibration or validation found, and write its table beside the dataset as Markdown and CSV."""
    from plasticity.calibration.report import comma_separated, markdown, report_table, summary

    found = report_table(ds)
    assert found is not None
    path.with_suffix(".md").write_text(markdown(ds), encoding="utf-8")
    path.with_suffix(".csv").write_text(comma_separated(ds), encoding="utf-8")
    print(f"report: {path.with_suffix('.md')}, {path.with_suffix('.csv')}")
    show(found[0][:11], [row[:11] for row in found[1]])
    for line in summary(ds):
        print(line)
    print(ds.attrs.get("disclaimer", ""))


def show_failures(ds: "xarray.Dataset") -> int:
    """Print the runs that did not reach their end, and count them."""
    from plasticity.solver.ensemble import MESSAGES

    if "status" not in ds or not (ds["status"] != 0).any():  # no status: sensitivity indices of many points
        return 0
    failed = [(at, one) for at, one in points(ds) if int(one["status"]) != 0]
    if failed:
        heads = [str(dimension) for dimension in ds["status"].dims] or ["run"]
        rows = [(*labels(ds, at), int(one["status"]), MESSAGES.get(int(one["status"]), "")) for at, one in failed]
        show((*heads, "status", "failed because"), rows)
    return len(failed)


def show_sessions(study: "Study") -> None:
    """Print which sessions of each treatment fall inside the window, how deep, and with what uncertainty."""
    from plasticity.attendance import attendance
    from plasticity.named_sets import values_of

    rows: list[tuple[str, ...]] = []
    meaning = ""
    told: list[object] = []
    for run in study.runs:
        if not run.protocol.sessions or run.protocol in told:
            continue
        told.append(run.protocol)
        given = {**values_of(run.parameter_set, [one.name for one in run.protocol.compounds]), **run.parameters}
        wanted = study.settings.uncertainty
        count, seed = (wanted.samples, wanted.seed) if wanted else (0, 0)
        print(f"placing the sessions around {run.protocol.title}, {count} draws", file=sys.stderr)
        found = attendance(run.protocol, run.model, given, count, seed)
        meaning = str(found.attrs["interval"])
        rows += [(run.protocol.title, *_session(found.isel(session=at))) for at in range(found.sizes["session"])]
    if rows:
        show(("treatment", "session", "starts d", "lasts h", "inside", "depth", "interval", "chance"), rows)
        print(meaning or "no intervals: uncertainty is off")


def _session(one: "xarray.Dataset") -> tuple[str, ...]:
    start, end, inside = float(one["start"]), float(one["end"]), float(one["inside"])
    share = {0.0: "no", 1.0: "yes"}.get(round(inside, 2), f"{100.0 * inside:.0f} %")
    low, high, chance = (float(one[name]) for name in ("depth_low", "depth_high", "chance"))
    interval = f"{low:.3f} to {high:.3f}" if low == low else ""
    numbers = (f"{start / 24.0:.2f}", f"{end - start:.3g}", share, f"{float(one['depth']):.3f}", interval)
    return (str(one["kind"].values), *numbers, f"{chance:.2f}" if chance == chance else "")


def points(ds: "xarray.Dataset") -> Iterator[tuple[dict[str, int], "xarray.Dataset"]]:
    """Go through all points of a dataset, with their places along the dimensions of `status`."""
    dimensions = [str(dimension) for dimension in ds["status"].dims]
    small = ds.drop_dims("time", errors="ignore")
    for place in itertools.product(*(range(ds.sizes[dimension]) for dimension in dimensions)):
        at = dict(zip(dimensions, place, strict=True))
        yield at, small.isel(at)


def labels(ds: "xarray.Dataset", at: dict[str, int]) -> list[str]:
    """Say where a point stands, one text for each dimension."""
    if not at:
        return [str(ds.attrs.get("study_name", ""))]
    shown = []
    for dimension, place in at.items():
        label: Any = ds[dimension].values[place]
        unit = ds[dimension].attrs.get("units", "1")
        text = f"{label:g}" if isinstance(label, float) else str(label)
        shown.append(text if unit == "1" else f"{text} {unit}")
    return shown


def _window(one: "xarray.Dataset") -> tuple[str, ...]:
    number = float(one["number_of_windows"])
    opens, closes = float(one["first_open"]), float(one["last_close"]) / 24.0
    censored = "yes" if bool(one["censored"]) else "no"
    depth, total = float(one["max_depth"]), float(one["total_open_time"]) / 24.0
    if int(one["status"]) != 0:
        return ("", "", "", "", "", "", f"failed ({int(one['status'])})")
    if number == 0.0:
        return ("never", "", "0", f"{depth:.3f}", "0", censored, "good")
    shown = f"{closes:.2f}" if closes == closes else "still open"
    return (f"{opens:.2f}", shown, f"{total:.2f}", f"{depth:.3f}", f"{number:g}", censored, "good")


def _interval(run: "xarray.Dataset") -> tuple[str, ...]:
    def span(name: str, scale: float, digits: int) -> str:
        low, _, high = (float(value) / scale for value in run[f"{name}_interval"])
        return f"{low:.{digits}f} to {high:.{digits}f}" if low == low else ""

    shown = (("first_open", 1.0, 1), ("last_close", 24.0, 1), ("total_open_time", 24.0, 1), ("max_depth", 1.0, 3))
    return (*(span(*one) for one in shown), chance(run))


def chance(run: "xarray.Dataset") -> str:
    """Write in how many draws a window opens; nothing where none were drawn."""
    share = float(run["window_chance"])
    return f"{100.0 * share:.0f} %" if share == share else ""


class Progress:
    """Says on stderr how far a study is: a bar on a terminal, else a line when two seconds have passed."""

    def __init__(self) -> None:
        self.began = self.told = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            parts = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
            self.bar = Bar(*parts, console=Console(stderr=True), transient=True)
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, done: int, total: int, what: str) -> None:
        """Take note of how many of how many runs are done, and which comes next."""
        if self.bar is not None:
            self.task = self.bar.add_task(what, total=total) if self.task is None else self.task
            self.bar.update(self.task, completed=done, total=total, description=what)
            return
        now = time.monotonic()
        if done and now - self.told > 2.0:
            left = (now - self.began) / done * (total - done)
            print(f"{done} of {total} runs done, about {left:.0f} s left, next: {what}", file=sys.stderr)
            self.told = now
