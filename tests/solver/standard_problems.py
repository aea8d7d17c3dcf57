"""Standard problems of the literature, as a user would write them; shared by the tests so that each compiles once.

The stiff ones and their end values are from the Test Set for IVP Solvers (Mazzia and Magherini 2008, release 2.4,
https://archimede.uniba.it/~testset/), which computed them in quadruple precision and prints 16 digits. Each was checked
once against SciPy's Radau at a relative tolerance of 1e-12: they agree to 1e-12 or better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def robertson(t, y, p):
    """Three reactions with rates from 0.04 to 3e7."""
    slow, middle, fast = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return (-slow + middle, slow - middle - fast, fast)


def van_der_pol(t, y, p):
    """Relaxation oscillator, scaled so that p[0] is the inverse square of its usual parameter."""
    return (y[1], ((1 - y[0] ** 2) * y[1] - y[0]) / p[0])


def hires(t, y, p):
    """High irradiance response of photomorphogenesis, eight species."""
    binding = 280 * y[5] * y[7]
    return (
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -binding + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        binding - 1.81 * y[6],
        -binding + 1.81 * y[6],
    )


def oregonator(t, y, p):
    """Belousov-Zhabotinskii reaction."""
    return (
        77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1])),
        (y[2] - (1 + y[0]) * y[1]) / 77.27,
        0.161 * (y[0] - y[2]),
    )


@dataclass(frozen=True)
class Stiff:
    """A stiff problem with its published end values."""

    fun: Callable[..., Any]
    end: float
    start: tuple[float, ...]
    parameters: tuple[float, ...]
    published: tuple[float, ...]
    atol: float
    """For rtol = 1; small against the smallest value of any component, so that rtol alone decides."""


STIFF = {
    "robertson": Stiff(
        robertson, 1e11, (1.0, 0.0, 0.0), (), (0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050), 1e-14
    ),
    "van_der_pol": Stiff(
        van_der_pol, 2.0, (2.0, 0.0), (1e-6,), (0.1706167732170483e1, -0.8928097010247975), 1e-6
    ),
    "hires": Stiff(
        hires,
        321.8122,
        (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057),
        (),
        (
            0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2,
            0.2386356198831331e-2, 0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2,
        ),
        1e-8,
    ),
    "oregonator": Stiff(
        oregonator,
        360.0,
        (1.0, 2.0, 3.0),
        (),
        (0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3),
        1e-5,
    ),
}  # fmt: skip

MOON = 0.012277471
PERIOD = 17.0652165601579625588917206249
ARENSTORF = (0.994, 0.0, 0.0, -2.00158510637908252240537862224)


def arenstorf(t, y, p):
    """Restricted three bodies: the orbit closes after `PERIOD` (Hairer, Norsett and Wanner 1993, II.0)."""
    near = ((y[0] + MOON) ** 2 + y[1] ** 2) ** 1.5
    far = ((y[0] - 1 + MOON) ** 2 + y[1] ** 2) ** 1.5
    return (
        y[2],
        y[3],
        y[0] + 2 * y[3] - (1 - MOON) * (y[0] + MOON) / near - MOON * (y[0] - 1 + MOON) / far,
        y[1] - 2 * y[2] - (1 - MOON) * y[1] / near - MOON * y[1] / far,
    )


def lotka_volterra(t, y, p):
    """Prey and predator with growth p[0] and death p[1]."""
    return (y[0] * (p[0] - y[1]), y[1] * (y[0] - p[1]))


def kepler(t, y, p):
    """Two bodies."""
    cube = (y[0] ** 2 + y[1] ** 2) ** 1.5
    return (y[2], y[3], -y[0] / cube, -y[1] / cube)


def scalars(t, y, p):
    """All of class A of DETEST with a closed form, side by side: decay, root, seasons, logistic growth."""
    return (-y[0], -(y[1] ** 3) / 2, y[2] * np.cos(t), y[3] / 4 * (1 - y[3] / 20))


def scalars_exact(t):
    """Closed forms of A1 to A4 (Hull, Enright, Fellen and Sedgwick 1972, doi:10.1137/0709052)."""
    return np.array([np.exp(-t), 1 / np.sqrt(1 + t), np.exp(np.sin(t)), 20 / (1 + 19 * np.exp(-t / 4))])


def decay(t, y, p):
    """One state that decays."""
    return (-p[0] * y[0],)


def square(t, y, p):
    """Grows without bound: 1 / (1 / y0 - t)."""
    return (y[0] * y[0],)


def swing(t, y, p):
    """Pendulum, driven with amplitude p[0]."""
    return (y[1], -np.sin(y[0]) + p[0] * np.cos(t))


def swing_branched(t, y, p):
    """Give the same by a way that cannot be recorded."""
    push = p[0] * np.cos(t) if p[0] > 0.0 else 0.0
    return np.array([y[1], push - np.sin(y[0])])


def turn(t, y, p):
    """Oscillator of period 2 pi."""
    return (y[1], -y[0])
