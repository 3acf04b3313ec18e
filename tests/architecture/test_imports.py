"""Imports: they follow the layers, and `import coopgame` stays light."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

HEAVY = {"dask", "matplotlib", "nashpy", "networkx", "numba", "pandas", "scipy", "xarray", "z3", "zarr"}


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False
    )


def test_layers_and_drawing_keep_their_contracts() -> None:
    done = _run("import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["coopgame", "coopgame.cli"])
def test_the_import_loads_nothing_heavy(module: str) -> None:
    done = _run(f"import sys, json, {module}; print(json.dumps([name.partition('.')[0] for name in sys.modules]))")
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert "coopgame" in loaded
    assert not loaded & HEAVY


def test_reading_a_game_and_its_regimes_need_no_drawing() -> None:
    code = """
import sys, coopgame
game = coopgame.MatrixGame([["b - c", "-c"], ["b", "0"]], assumptions=["b > c", "c > 0"])
assert [regime.status for regime in coopgame.find_regimes(game)] == ["realised"]
assert "matplotlib" not in sys.modules and "nashpy" not in sys.modules
"""
    done = _run(code)
    assert done.returncode == 0, done.stderr


def test_a_trajectory_needs_no_search_for_rest_points() -> None:
    code = """
import sys, coopgame
path = coopgame.integrate(coopgame.MatrixGame([[1, 0], [0, 2]]), [0.5, 0.5])
assert "coopgame.analysis.rest_points" not in sys.modules
assert path.outcome.kind == "converged" and "coopgame.analysis.rest_points" in sys.modules
"""
    done = _run(code)
    assert done.returncode == 0, done.stderr
