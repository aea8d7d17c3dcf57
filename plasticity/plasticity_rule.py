"""The synaptic change that a pairing protocol causes at a given threshold: the calcium rule of Graupner and Brunel.

Calcium jumps by `c_pre` a `delay` after every presynaptic spike and by `c_post` at every postsynaptic one, and decays
with `tau_ca`. The time it spends above two thresholds decides how many synapses potentiate or depress. A plasticity
window lowers the threshold of potentiation; that of depression stays. The terms for correlated noise are left out.
Times are in seconds in this module.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plasticity.errors import InputError, unknown_name
from plasticity.rule_sets import RULE_SETS, RuleSet

__all__ = ["RULE_SETS", "RuleSet", "flip_frequency", "pairing_change", "time_above"]

Floats = NDArray[np.float64]


def time_above(theta: Floats, *, rule: RuleSet, frequency: Floats, delta_t: Floats) -> Floats:
    """Share of a period that calcium spends above a threshold, once its transients have piled up [1].

    Parameters
    ----------
    theta : ndarray
        Threshold, positive [1].
    rule : RuleSet
        Parameters of the calcium trace.
    frequency : ndarray
        Pairings per second [Hz].
    delta_t : ndarray
        From the presynaptic to the postsynaptic spike [s].

    Returns
    -------
    ndarray
        Between 0 and 1, of the shape to which the arguments broadcast.

    Examples
    --------
    >>> rate, lag = np.array(10.0), np.array(0.01)
    >>> time_above(np.array([0.01, 1.0, 3.0]), rule=RULE_SETS["dp"], frequency=rate, delta_t=lag).round(4).tolist()
    [1.0, 0.2342, 0.0]
    """
    period = 1.0 / frequency
    apart = np.mod(delta_t - rule.delay, period)
    rest = period - apart
    kept = -np.expm1(-period / rule.tau_ca)
    after_pre = (rule.c_pre + rule.c_post * np.exp(-rest / rule.tau_ca)) / kept
    after_post = (rule.c_post + rule.c_pre * np.exp(-apart / rule.tau_ca)) / kept
    above_pre = np.clip(rule.tau_ca * np.log(after_pre / theta), 0.0, apart)
    above_post = np.clip(rule.tau_ca * np.log(after_post / theta), 0.0, rest)
    return np.asarray((above_pre + above_post) / period, dtype=np.float64)


def _numbers(what: str, given: ArrayLike, allowed: str, *, positive: bool, nan_allowed: bool = False) -> Floats:
    """Turn one argument into an array of floats, or refuse it."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"pairing_change: {what} {given!r}; allowed: {allowed}") from None
    good = np.isfinite(values) & ((values > 0) | (not positive))
    bad = values[~(good | (np.isnan(values) & nan_allowed))]
    if bad.size:
        raise InputError(f"pairing_change: {what} {bad.flat[0]:g}; allowed: {allowed}")
    return values


def pairing_change(
    theta_ratio: ArrayLike,
    *,
    pairs: float = 75,
    frequency: ArrayLike = 20.0,
    delta_t: ArrayLike = -0.010,
    set: str = "cortical_slices",  # noqa: A002, the word of the model specification
) -> Floats:
    """Synaptic strength after a pairing protocol over that before it [1].

    Parameters
    ----------
    theta_ratio : array_like
        Threshold of potentiation over its resting value, positive [1]; NaN gives NaN.
    pairs : float
        Number of pairings, 1 or more.
    frequency : array_like
        Pairings per second, positive [Hz].
    delta_t : array_like
        From the presynaptic to the postsynaptic spike [s].
    set : str
        Name of a parameter set, a key of `RULE_SETS`.

    Returns
    -------
    ndarray
        Of the shape to which `theta_ratio`, `frequency` and `delta_t` broadcast; above 1 is potentiation.

    Raises
    ------
    InputError
        If a number lies outside what is allowed, or `set` is unknown.

    Notes
    -----
    Graupner and Brunel 2012, doi:10.1073/pnas.1109359109.

    Examples
    --------
    >>> pairing_change([1.0, 0.95, 0.90]).round(4).tolist()
    [0.6349, 0.9235, 1.2401]
    """
    if set not in RULE_SETS:
        raise unknown_name("set of pairing_change", set, RULE_SETS)
    from scipy.special import erf

    rule = RULE_SETS[set]
    ratio = _numbers("theta_ratio", theta_ratio, "more than 0", positive=True, nan_allowed=True)
    rate = _numbers("frequency", frequency, "more than 0 Hz", positive=True)
    lag = _numbers("delta_t", delta_t, "a finite number of seconds", positive=False)
    count = float(_numbers("pairs", pairs, "1 or more", positive=True))
    if count < 1:
        raise InputError(f"pairing_change: pairs {pairs:g}; allowed: 1 or more")

    above_p = time_above(rule.theta_p * ratio, rule=rule, frequency=rate, delta_t=lag)
    above_d = time_above(np.asarray(rule.theta_d), rule=rule, frequency=rate, delta_t=lag)
    up, down = rule.gamma_p * above_p, rule.gamma_d * above_d
    silent = up + down == 0.0
    total = np.where(silent, 1.0, up + down)
    goal = up / total
    variance = rule.sigma**2 * (above_p + above_d) / total
    elapsed = count / rate * total / rule.tau
    left = np.exp(-elapsed)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.sqrt(-variance * np.expm1(-2.0 * elapsed))
        to_high = (1.0 - erf((rule.rho_star - goal + goal * left) / width)) / 2.0
        to_low = (1.0 + erf((rule.rho_star - goal + (goal - 1.0) * left) / width)) / 2.0
    low = (1.0 - to_high) * rule.beta + to_low * (1.0 - rule.beta)
    high = to_high * rule.beta + (1.0 - to_low) * (1.0 - rule.beta)
    change = (low + rule.b * high) / (rule.beta + (1.0 - rule.beta) * rule.b)
    return np.asarray(np.where(silent, 1.0, change), dtype=np.float64)


def flip_frequency(
    theta_ratio: ArrayLike,
    *,
    pairs: float = 75,
    delta_t: ArrayLike = -0.010,
    set: str = "cortical_slices",  # noqa: A002, the word of the model specification
    lowest: float = 1.0,
    highest: float = 100.0,
) -> Floats:
    """Lowest pairing frequency that potentiates [Hz].

    Parameters
    ----------
    theta_ratio, pairs, delta_t, set
        As in `pairing_change`.
    lowest, highest : float
        Range that is searched, on 200 frequencies of equal ratio before the flip is bracketed [Hz].

    Returns
    -------
    ndarray
        Of the shape to which `theta_ratio` and `delta_t` broadcast: where the change first exceeds 1; `lowest` if it
        does so there already, NaN if it does nowhere in the range.

    Raises
    ------
    InputError
        As `pairing_change`, or if not 0 < `lowest` < `highest`.

    Examples
    --------
    >>> flip_frequency([1.0, 0.9, 0.8]).round(1).tolist()
    [26.2, 15.6, 1.0]
    """
    if not 0.0 < lowest < highest < np.inf:
        raise InputError(f"flip_frequency: from {lowest:g} Hz to {highest:g} Hz; allowed: 0 Hz < lowest < highest")

    def potentiates(frequency: Floats) -> NDArray[np.bool_]:
        change = pairing_change(theta_ratio, pairs=pairs, frequency=frequency, delta_t=delta_t, set=set)
        return np.asarray(change > 1.0 + 1e-9)

    shape = np.broadcast_shapes(np.shape(theta_ratio), np.shape(delta_t))
    rates = np.geomspace(lowest, highest, 200)
    found = np.full(shape, -1)
    for index, rate in enumerate(rates):
        found = np.where((found < 0) & potentiates(np.asarray(rate)), index, found)
    above = rates[found]
    below = rates[np.maximum(found - 1, 0)]
    for _ in range(50):
        middle = (below + above) / 2.0
        high = potentiates(middle)
        below, above = np.where(high, below, middle), np.where(high, middle, above)
    return np.asarray(np.where(found < 0, np.nan, np.where(found == 0, lowest, above)), dtype=np.float64)
