"""The same numbers bit by bit: any threads, order and company, cold or warm; and never those of stale code."""

# ruff: noqa: ARG005  (every function has the signature fun(t, y, p), whatever it reads)

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from standard_problems import lotka_volterra, swing_branched, van_der_pol

from plasticity import solve_ensemble, solve_ivp
from plasticity.solver import cache

TIMES = np.linspace(0.0, 3.0, 7)
RNG = np.random.default_rng(0)
CASES = {  # 130 members: a full block and a part of one
    "explicit": (lotka_volterra, RNG.uniform(0.5, 2.0, (130, 2)), RNG.uniform(0.5, 2.0, (130, 2))),
    "both": (van_der_pol, np.tile([2.0, 0.0], (130, 1)), 10.0 ** RNG.uniform(-6.0, 0.0, (130, 1))),
    "called": (swing_branched, RNG.uniform(-1.0, 1.0, (130, 2)), RNG.uniform(-1.0, 1.0, (130, 1))),
}


def bits(found):
    return [getattr(found, name).tobytes() for name in ("y", "status", "t_reached", "nsteps", "nrejected")]


@pytest.mark.parametrize("name", CASES)
def test_threads_order_and_company_do_not_matter(name):
    """One and two threads, shuffled members, a few of them, one alone by `solve_ivp`; jumps and stops of their own."""
    fun, start, parameters = CASES[name]
    n = len(start)
    jumps = [[(0.01 * i, 0, 0.001 * i)] if i % 3 else [] for i in range(n)]
    options = {"t_eval": TIMES, "rtol": 1e-5}
    one = solve_ensemble(fun, (0.0, 3.0), start, parameters, jumps=jumps, threads=1, **options)
    assert np.all(one.status == 0)
    two = solve_ensemble(fun, (0.0, 3.0), start, parameters, jumps=jumps, threads=2, **options)
    assert bits(one) == bits(two)
    order = np.random.default_rng(1).permutation(n)
    mixed = solve_ensemble(
        fun, (0.0, 3.0), start[order], parameters[order], jumps=[jumps[i] for i in order], threads=2, **options
    )
    assert mixed.y.tobytes() == one.y[order].tobytes()
    assert mixed.nsteps.tobytes() == one.nsteps[order].tobytes()
    few = solve_ensemble(fun, (0.0, 3.0), start[40:45], parameters[40:45], jumps=jumps[40:45], **options)
    assert few.y.tobytes() == one.y[40:45].tobytes()
    for i in (0, 64, 129):
        alone = solve_ivp(fun, (0.0, 3.0), start[i], parameters[i], jumps=jumps[i], **options)
        assert alone.y.tobytes() == one.y[i].tobytes()
        assert (alone.nsteps, alone.nrejected) == (one.nsteps[i], one.nrejected[i])


def test_again_is_the_same():
    """No state is left behind, and arguments are not changed."""
    fun, start, parameters = CASES["explicit"]
    before = start.copy(), parameters.copy()
    runs = [solve_ensemble(fun, (0.0, 3.0), start, parameters) for _ in range(2)]
    assert bits(runs[0]) == bits(runs[1])
    assert np.array_equal(start, before[0]) and np.array_equal(parameters, before[1])


LAW = """
from numba import njit

@njit
def speed(x):
    return {factor} * x
"""
SCRIPT = """
import math, sys
sys.path.insert(0, sys.argv[1])
from law import speed
from plasticity import solve_ivp

def traced(t, y, p):
    return (-speed(y[0]) * math.exp(-t), )

def called(t, y, p):
    return (-speed(y[0]) * math.exp(-t) if y[0] > 0.0 else 0.0, )

for fun in (traced, called):
    found = solve_ivp(fun, (0.0, 1.0), [1.0], t_eval=[0.3, 1.0], method="DormandPrince")
    print(found.status, found.y.tobytes().hex(), round(float(found.y[0, -1]), 5))
"""


def run(place: Path, cache: Path) -> str:
    return subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, str(place)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PLASTICITY_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ).stdout


def test_cold_warm_and_stale(tmp_path):
    """A new process with an empty cache, one with a full one, and one after a function that `fun` calls was edited."""
    law, cache = tmp_path / "law.py", tmp_path / "cache"
    law.write_text(LAW.format(factor=2.0))
    cold = run(tmp_path, cache)
    assert any(cache.iterdir())
    assert run(tmp_path, cache) == cold
    exact = [np.exp(-factor * (1.0 - np.exp(-1.0))) for factor in (2.0, 3.0)]
    assert [line.split()[-1] for line in cold.splitlines()] == [f"{exact[0]:.5f}"] * 2
    law.write_text(LAW.format(factor=3.0))
    edited = run(tmp_path, cache)
    assert [line.split()[-1] for line in edited.splitlines()] == [f"{exact[1]:.5f}"] * 2


def imported(path: Path) -> set[str]:
    """Names of the solver's files that a file imports, at its head or inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    found |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return {name.rpartition(".")[2] for name in found if name.startswith("plasticity.solver.")}


def test_a_compiled_module_is_named_by_all_that_writes_it():
    """What the two writers import, directly or not, and what `generate` reads as text; `cache` itself only loads."""
    here = Path(cache.__file__).parent
    text = (here / "generate.py").read_text(encoding="utf-8")
    reached, open_ = {"cache"}, {"generate", "problem", *re.findall(r'"(\w+)\.py"', text)}
    while open_:
        name = open_.pop()
        reached.add(name)
        open_ |= imported(here / f"{name}.py") - reached
    assert set(cache.WRITERS) == reached - {"cache"}


@pytest.mark.parametrize(("edited", "same"), [("arguments.py", True), ("stepper.py", False), ("generate.py", False)])
def test_what_never_reaches_machine_code_leaves_the_name(edited, same, tmp_path):
    """A comment in a copy of a file that checks arguments, and in one that is compiled."""
    shutil.copytree(Path(cache.__file__).parents[1], tmp_path / "plasticity")
    ask = "from plasticity.solver import cache; print(cache.__file__, cache.fingerprint(['text']))"

    def told() -> list[str]:
        ran = [sys.executable, "-B", "-c", ask]
        return subprocess.run(ran, check=True, capture_output=True, text=True, cwd=tmp_path).stdout.split()

    place, before = told()
    assert Path(place).is_relative_to(tmp_path)
    with (tmp_path / "plasticity" / "solver" / edited).open("a", encoding="utf-8") as file:
        file.write("# another word\n")
    assert (told()[1] == before) is same


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch, caplog):
    """Below a regular file no folder can be made, not even by root; the run goes on and says so."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("PLASTICITY_CACHE", str(blocked / "cache"))
    found = solve_ivp(lambda t, y, p: (-0.123456 * y[0],), (0.0, 1.0), [1.0], method="DormandPrince", rtol=1e-9)
    assert found.y[0, -1] == pytest.approx(np.exp(-0.123456), rel=1e-8)
    assert "cannot be written" in caplog.text


def test_parameters_do_not_recompile(tmp_path, monkeypatch):
    """Other parameters, start values, spans and tolerances load what is there: no folder is added."""
    monkeypatch.setenv("PLASTICITY_CACHE", str(tmp_path))
    for k, end in [(1.0, 1.0), (2.0, 3.0)]:
        solve_ivp(lambda t, y, p: (-p[0] * y[0] * 1.0625,), (0.0, end), [k], [k], method="DormandPrince", rtol=1e-6 / k)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
def test_a_called_function_reads_what_it_reads_now():
    """Numba freezes globals and closed-over values when it compiles; a changed value compiles anew."""
    space = {"np": np}
    exec("k = 1.0\ndef fun(t, y, p):\n    return (-k * y[0] if y[0] > 0.0 else 0.0,)", space)  # noqa: S102
    for k in (1.0, 2.0):
        space["k"] = k
        found = solve_ivp(space["fun"], (0.0, 1.0), [1.0], rtol=1e-9, method="DormandPrince")
        assert found.y[0, -1] == pytest.approx(np.exp(-k), abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["DormandPrince", "Rodas5P"])
@pytest.mark.parametrize("name", ["explicit", "called"])
def test_each_method_alone_and_in_company(name, method):
    """The same bits for every member, alone or among 130, with either method, recorded or called."""
    fun, start, parameters = CASES[name]
    many = solve_ensemble(fun, (0.0, 3.0), start, parameters, t_eval=TIMES, method=method, threads=2)
    for i in (3, 77, 128):
        alone = solve_ivp(fun, (0.0, 3.0), start[i], parameters[i], t_eval=TIMES, method=method)
        assert alone.y.tobytes() == many.y[i].tobytes()


def test_a_full_cache_that_cannot_be_written(tmp_path, monkeypatch):
    """The module is there, but no folder takes Numba's files: the run compiles for itself."""
    monkeypatch.setenv("PLASTICITY_CACHE", str(tmp_path))
    text = "from numba import njit\n\n\n@njit(cache=True, nogil=True)\ndef answer():\n    return 42\n"
    (tmp_path / "key").mkdir()
    (tmp_path / "key" / "compiled_model.py").write_text(text)
    (tmp_path / "key" / "__pycache__").write_text("")  # in its place no folder can be made, not even by root
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache.module("key", lambda: text).answer() == 42
