"""Kernels compiled ahead: each once, with a word while there is something to wait for."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import BatchOptions, MatrixGame, measures, replicator, sweep, warm_up
from coopgame.batch.warm_up import compile_for
from coopgame.codegen import kernel_cache


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without kernels, for a process that has none loaded."""
    monkeypatch.setenv("COOPGAME_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kernel_cache, "_PREFIX", f"coopgame_lanes_{tmp_path.name.replace('-', '_')}_")
    kernel_cache._load.cache_clear()
    return tmp_path


def test_the_first_sweep_says_that_it_compiles(empty_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure = measures.final_shares(MatrixGame([["a", 0], [0, 1]], symbol="x"), options=BatchOptions(1e-5))
    for words in (True, False):
        sweep(measure, {"a": [1, 2], "x": [0.2]}, progress=True)
        assert ("compiling, once on this computer" in capsys.readouterr().err) == words
    told: list[str] = []
    compile_for(replicator(MatrixGame([[3, 1], [1, 2]], symbol="x")), BatchOptions(1e-5), told.append)
    assert told == [], "another game of the same shape has the same kernel"
    assert kernel_cache.kernel_cache_size() > 0


def test_kernels_of_given_models_are_counted_once(empty_cache: Path) -> None:
    told: list[str] = []
    models = [MatrixGame([[1, 0], [0, 1]]), MatrixGame([["a", "b"], [0, 1]]), MatrixGame([[2]])]
    assert warm_up(models, told.append) == 2
    assert told == ["kernel 1 of 2: 2, replicator, Tsit5", "kernel 2 of 2: 2, replicator, DOP853"]
    assert warm_up(models) == 2
