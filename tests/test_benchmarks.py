"""The benchmark gives its peers the very model, measures errors as it says, and goes on where a peer is missing."""

import re
from collections import Counter

import numpy as np
import pytest


@pytest.fixture
def _importable(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root))


@pytest.mark.usefixtures("_importable")
@pytest.mark.parametrize("as_written", [False, True])
def test_peers_integrate_the_same_equations(as_written):
    """Rates as those of the plain kernels, and a Jacobian as their differences, at states far from rest."""
    from benchmarks.equations import Equations
    from benchmarks.problem import default_problem

    problem = default_problem()
    equations, assembly = Equations(problem, as_written=as_written), problem.assembly
    compiled, scales = equations.compiled, equations.scales
    parameters = problem.parameters(2)
    start = problem.starts(parameters)[1] / problem.sizes
    y = (start + np.random.default_rng(1).uniform(0.05, 0.5, start.size)) * problem.sizes / scales
    k, found, jacobian = np.empty(compiled.CONSTANTS), np.empty(y.size), np.zeros((y.size, y.size))
    compiled.prepare(parameters[1], k)
    compiled.rates(y, k, found)
    compiled.jacobian(y, k, jacobian)

    def plain(y):
        states = dict(zip(assembly.states, y * scales, strict=True))
        inputs = dict(zip(assembly.inputs, assembly.resting_inputs(), strict=True))
        values = problem.values | dict(zip(assembly.parameters, parameters[1], strict=True))
        rates, _ = assembly.evaluate(0.0, states, inputs, values)
        return np.array([rates[key] for key in assembly.states]) / scales

    sizes = problem.sizes / scales
    moved = 1e-5 * np.diag(sizes)
    differences = np.stack([(plain(y + e) - plain(y - e)) / (2.0 * e.sum()) for e in moved], axis=1)
    np.testing.assert_allclose(found / sizes, plain(y) / sizes, rtol=1e-12, atol=1e-13)
    in_sizes = sizes / sizes[:, None]
    np.testing.assert_allclose(jacobian * in_sizes, differences * in_sizes, rtol=1e-7, atol=1e-7)


@pytest.mark.usefixtures("_importable")
def test_pages_say_what_was_measured(root):
    """README holds what the record gives, the page on speed includes every part of it and types no measured figure."""
    from benchmarks import record, told

    readme = (root / "README.md").read_text(encoding="utf-8")
    assert record.START in readme
    assert record.with_measured(readme, record.read()) == readme
    page = (root / "docs" / "explanation" / "speed.md").read_text(encoding="utf-8")
    included = re.findall(r"_generated/parts/(speed_\w+)\.md", page)
    assert sorted(included) == sorted(told.parts(record.read()))
    assert not re.findall(r"^\||\d[\d ,.]*(?:ns|µs|ms|s|MB|per second)\b", page, re.MULTILINE)


@pytest.mark.usefixtures("_importable")
def test_all_start_at_rest():
    """Otherwise the first hours would depend on who integrates the stretch before the dose."""
    from benchmarks.problem import default_problem

    problem = default_problem()
    parameters = problem.parameters(3)
    assert np.ptp(parameters, axis=0).astype(bool).sum() > 50
    assert np.array_equal(problem.parameters(5)[:3], parameters)
    for p, start in zip(parameters, problem.starts(parameters), strict=True):
        values = dict(zip(problem.assembly.parameters, p, strict=True))
        np.testing.assert_allclose(start, problem.assembly.baseline(values), rtol=1e-15)


@pytest.mark.usefixtures("_importable")
def test_errors_are_relative_and_a_failure_is_infinite():
    from benchmarks.problem import errors

    reference = np.array([[[1.0, 2.0]], [[0.0, 2.0]], [[1.0, 1.0]]])
    found = np.array([[[1.0, 2.2]], [[0.001, 2.0]], [[1.0, np.nan]]])
    np.testing.assert_allclose(errors(found, reference), [0.2 / 2.002, 0.001 / 0.002, np.inf])


@pytest.mark.usefixtures("_importable")
def test_speed_at_a_matched_error_is_interpolated_on_logarithmic_axes():
    from benchmarks.measuring import Ladder

    ladder = Ladder("solver", lambda *_: (0.0, None), 1, [np.array([1e-3, 5e-3, 4e-3])])
    ladder.errors = np.array([1e-3, 1e-4, 1e-5])
    np.testing.assert_allclose(ladder.speeds(1e-3), 1000.0)
    np.testing.assert_allclose(ladder.speeds(10.0**-3.5), 500.0)  # the tightest was faster than the one before
    assert np.isnan(ladder.speeds(1e-6)).all()


@pytest.mark.slow
def test_the_command_prints_its_tables(root, tool):
    """With whatever peers are installed; SciPy always is."""
    done = tool(root, "python", "-m", "benchmarks", "--n", "3", "--repeats", "1")
    assert done.returncode == 0, done.stdout
    for words in ("Achieved error 0.0001", "Achieved error 1e-06", "odeint", "numbalsoda", "two threads", "--help"):
        assert words.lower() in done.stdout.lower(), done.stdout


@pytest.mark.usefixtures("_importable")
def test_the_sbml_suite_counts_what_it_found(tmp_path, monkeypatch):
    """A sample gives a row of its own, which a later one replaces; only a run of all cases tells what all came to."""
    from benchmarks import sbml_suite, sbml_tables

    monkeypatch.setattr(sbml_tables, "FOLDER", tmp_path)
    found = {
        "00001": ("passed", "", False),
        "00002": ("passed", "", True),
        "00003": ("refused", "SBML import: 3.xml: reaction J0 is fast, which is not supported", False),
    }
    kinds = Counter({"TimeCourse": 4, "SteadyState": 1})
    sbml_suite.record("compiled, a random sample", 300.0, found, kinds)
    assert [row[0] for row in sbml_tables.read("sbml_runs")] == ["compiled, a random sample"]
    assert not (tmp_path / "sbml_counts.csv").exists()
    wrong = {"00004": ("wrong", "x at 1: 2, expected 3", False)}
    sbml_suite.record("compiled, a random sample", 300.0, found | wrong, kinds)
    assert [row[3:] for row in sbml_tables.read("sbml_runs")] == [["4", "2", "1", "0", "0", "1", "300"]]
    counts = dict(map(tuple, sbml_tables.read("sbml_counts")))
    assert (counts["semantic cases"], counts["time courses"], counts["passed"]) == ("5", "4", "2")
    assert counts["refused by name: fast reaction"] == counts["no end, an error or a wrong value"] == "1"
