"""Bad input: one line that names the argument and says what is allowed, before anything is compiled or computed."""

# ruff: noqa: ARG005  (every function has the signature fun(t, y, p), whatever it reads)

import numpy as np
import pytest
from standard_problems import decay

from plasticity import Event, solve_ensemble, solve_ivp

GOOD = {"fun": decay, "t_span": (0.0, 1.0), "y0": [1.0], "params": [1.0]}
MANY = GOOD | {"params": np.ones((2, 1))}
BAD = [
    ("fun", 3),
    ("fun", lambda t, y, p: -y[0]),
    ("fun", lambda t, y, p: (y[0], y[0])),
    ("fun", lambda t, y, p: np.array([y[0], 0.0]) if y[0] > 0.0 else np.zeros(2)),
    ("fun", lambda t, y, p: (undefined * y[0],)),  # noqa: F821
    ("fun", lambda t, y: (-y[0],)),
    ("jac", 3),
    ("jac", lambda t, y, p: np.zeros((2, 2))),
    ("t_span", (1.0, 0.0)),
    ("t_span", (0.0, 0.0)),
    ("t_span", (0.0,)),
    ("t_span", (0.0, np.inf)),
    ("t_span", "ab"),
    ("t_span", None),
    ("y0", []),
    ("y0", [np.nan]),
    ("y0", "a"),
    ("y0", [1j]),
    ("y0", [[[1.0]]]),
    ("params", [np.inf]),
    ("params", "a"),
    ("params", [[[1.0]]]),
    ("t_eval", [0.5, 0.2]),
    ("t_eval", [0.5, 0.5]),
    ("t_eval", [2.0]),
    ("t_eval", "a"),
    ("t_eval", [[0.5]]),
    ("rtol", 0.0),
    ("rtol", -1e-6),
    ("rtol", 1.0),
    ("rtol", np.nan),
    ("rtol", "a"),
    ("rtol", True),
    ("atol", 0.0),
    ("atol", [1e-9, 1e-9]),
    ("atol", "a"),
    ("method", "LSODA"),
    ("method", None),
    ("stops", 0.5),
    ("stops", "ab"),
    ("stops", ["a"]),
    ("stops", [np.nan]),
    ("jumps", 3),
    ("jumps", [3]),
    ("jumps", [(0.5, 0)]),
    ("jumps", [(0.5, 1, 1.0)]),
    ("jumps", [(0.5, -1, 1.0)]),
    ("jumps", [(0.5, 0.5, 1.0)]),
    ("jumps", [(0.5, 0, np.inf)]),
    ("events", 3),
    ("events", [3]),
    ("events", Event(decay)),
    ("max_step", 0.0),
    ("max_step", np.nan),
    ("max_step", "a"),
    ("max_steps", 0),
    ("max_steps", 1.5),
    ("max_steps", "a"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("solve", [solve_ivp, solve_ensemble])
def test_bad_input_is_refused_in_one_line(solve, name, value):
    """Either solver, every argument."""
    with pytest.raises((ValueError, TypeError)) as caught:
        solve(**((GOOD if solve is solve_ivp else MANY) | {name: value}))
    text = str(caught.value)
    assert text.startswith(name)
    assert "allowed" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("params", [1.0]),
        ("params", np.empty((0, 1))),
        ("y0", np.ones((3, 1))),
        ("threads", 0),
        ("threads", 1.5),
        ("threads", "a"),
        ("stops", [[0.1], [0.2], [0.3]]),
        ("jumps", [[(0.5, 0, 1.0)]]),
    ],
)
def test_what_only_an_ensemble_is_given(name, value):
    """Shapes that do not fit the number of members, and numbers of threads."""
    with pytest.raises((ValueError, TypeError), match=f"{name}.*allowed"):
        solve_ensemble(**(MANY | {name: value}))


def test_jumps_common_or_per_member():
    """One list for all, or one for each, of which any may be empty."""
    jump = (0.5, 0, 1.0)
    plain, lifted = np.exp(-1.0), np.exp(-1.0) + np.exp(-0.5)
    for jumps, expected in [
        ([jump], [lifted, lifted]),
        (np.array([jump]), [lifted, lifted]),
        ([[], [jump]], [plain, lifted]),
        ([[jump], []], [lifted, plain]),
        ([[], []], [plain, plain]),
        ((), [plain, plain]),
        ([(9.0, 0, 1.0)], [plain, plain]),  # after the end
    ]:
        found = solve_ensemble(**MANY, jumps=jumps, rtol=1e-9)
        np.testing.assert_allclose(found.y[:, 0, -1], expected, rtol=1e-7)


def test_whole_numbers_and_scalars_are_taken():
    """Python's and NumPy's integers, and a scalar for one state or parameter."""
    found = solve_ivp(decay, (0, 1), 1, 1, t_eval=1, rtol=np.float64(1e-9), max_steps=np.int64(1000))
    assert found.y[0, 0] == pytest.approx(np.exp(-1.0), rel=1e-7)


def test_backward_integration_is_refused_with_the_way_round():
    """The advice works: -fun(-t, y, p) from -1 to 0 brings decay back to its start."""
    with pytest.raises(ValueError, match=r"start < end; to go backward, integrate -fun\(-t, y, p\)"):
        solve_ivp(decay, (1.0, 0.0), [1.0], [1.0])
    found = solve_ivp(lambda t, y, p: (p[0] * y[0],), (-1.0, 0.0), [np.exp(-1.0)], [1.0], rtol=1e-9)
    assert found.y[0, -1] == pytest.approx(1.0, abs=1e-7)
