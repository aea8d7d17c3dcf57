"""What is left of a belief after sessions, by their delay after the dose, compound and account of belief."""

from typing import TYPE_CHECKING

import numpy as np

from plasticity.figures.bands import curve_band, ends, outline_entry, told, with_ends
from plasticity.figures.pens import spoken
from plasticity.figures.reading import HOURS_PER_DAY, require
from plasticity.figures.sheet import PAGE_MM, key, letter, sheet
from plasticity.figures.time_axis import day_axis

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

DELAY, ACCOUNT, TREATMENT = "integration.after_dose", "belief_kernel", "compound"
PRIOR = "belief_prior_end"
INKS = (("black", "-"), ("#D55E00", (0, (4, 1.3))), ("#0072B2", (0, (1, 1))), ("#009E73", (0, (5, 1.2, 1.2, 1.2))))
TOLD = (0.0, 3.0 * HOURS_PER_DAY)
"""Delays at which the caption gives the numbers [h]."""


def draw(ds: "xarray.Dataset") -> "Figure":
    """Draw the prior at the end of the run over the delay of the sessions.

    Parameters
    ----------
    ds : xarray.Dataset
        `belief_prior_end` and `status` along `compound`, `belief_kernel` and `integration.after_dose` [h];
        `belief_prior_end_interval` along `quantile` too, where present.
    """
    dims = (TREATMENT, ACCOUNT, DELAY)
    require(ds, {PRIOR: dims, "status": dims, DELAY: (DELAY,)})
    good = ds[PRIOR].where(ds["status"] >= 0).transpose(*dims).load()
    days = ds[DELAY].values / HOURS_PER_DAY
    figure = sheet(PAGE_MM, 68.0)
    upper, below = np.ravel(np.asarray(figure.subfigures(2, height_ratios=(9.0, 1.0))))
    panels = upper.subplots(1, ds.sizes[TREATMENT], sharey=True, squeeze=False)[0]
    for place, axes in enumerate(panels):
        lines = [
            axes.plot(days, good.values[place, i], color=colour, linestyle=style, label=_words(str(account)))[0]
            for i, (account, (colour, style)) in enumerate(zip(ds[ACCOUNT].values, INKS, strict=False))
        ]
        for i, (colour, style) in zip(range(ds.sizes[ACCOUNT]), INKS, strict=False):
            one = ds.isel({TREATMENT: place, ACCOUNT: i})
            curve_band(axes, one, PRIOR, days, colour, dashes=style)
        axes.set_title(spoken(str(ds[TREATMENT].values[place])), size=7)
        axes.set_xlabel("Sessions begin after (d)")
        day_axis(axes, float(ds[DELAY].values[-1]))
        letter(axes, "abcdefgh"[place])
    panels[0].set_ylabel("Prior at the end; 1 before")
    handles = [*lines, *outline_entry(ds)]
    key(below.subplots(), handles, len(handles))
    return figure


def _words(account: str) -> str:
    return account.replace("_", " ")


def caption(ds: "xarray.Dataset") -> list[str]:
    """Say in words what the figure shows, from the dataset itself.

    Examples
    --------
    >>> import xarray
    >>> dims = ("compound", "belief_kernel", "integration.after_dose")
    >>> cells = {"belief_prior_end": (dims, [[[0.79, 0.93]]]), "status": (dims, [[[1, 1]]])}
    >>> at = {"compound": ["mdma"], "belief_kernel": ["relaxed"], "integration.after_dose": [0.0, 720.0]}
    >>> caption(xarray.Dataset(cells, at))[1]
    'Sessions from day 0: relaxed: mdma 0.790.'
    """
    delays = ds[DELAY].values
    some = [*(float(delays[np.argmin(abs(delays - at))]) for at in TOLD), float(delays[-1])]
    said = [f"Sessions from day {at / HOURS_PER_DAY:g}: {_said(ds, at)}" for at in dict.fromkeys(some)]
    return [
        "Mean of the prior at the end of the run, which was 1 before, by the day on which sessions begin.",
        *said,
        told(ds, "and in brackets", "Bands between thin lines"),
        "No data on beliefs are in the package: nothing here was fitted or tested.",
    ]


def _said(ds: "xarray.Dataset", at: float) -> str:
    accounts = []
    for account in ds[ACCOUNT].values:
        found = [(name, ds.sel({DELAY: at, ACCOUNT: account, TREATMENT: name})) for name in ds[TREATMENT].values]
        numbers = [f"{name} {with_ends(float(one[PRIOR]), ends(one, PRIOR))}" for name, one in found]
        accounts.append(f"{_words(str(account))}: {', '.join(numbers)}")
    return "; ".join(accounts) + "."
