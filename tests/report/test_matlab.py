"""The MATLAB and Octave export: read back by a small reader of our own and compared with the field."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from coopgame import MatrixGame, PopulationGame, UnsupportedError, read_game, replicator
from coopgame.report.matlab import matlab_function, matlab_script, write_matlab

ROOT = Path(__file__).parents[2]
M4 = read_game(ROOT / "paper_repro" / "models" / "m4.toml")


def _evaluate(text: str, x: np.ndarray, p: dict[str, float]) -> np.ndarray:
    """Evaluate the assignments dx(i) = ...; of a function file, with arithmetic and exp, log, sqrt, min, max."""
    found = {}
    for index, body in re.findall(r"dx\((\d+)\) = (.*);", text):
        plain = re.sub(r"p\.(\w+)", lambda m: f"({p[m.group(1)]!r})", body).replace("^", "**")
        plain = re.sub(r"x\((\d+)\)", lambda m: f"({float(x[int(m.group(1)) - 1])!r})", plain)
        names = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "min": min, "max": max, "__builtins__": {}}
        found[int(index)] = eval(plain, names)
    return np.array([found[i + 1] for i in range(len(found))])


def test_the_function_is_the_field() -> None:
    rng = np.random.default_rng(1)
    values = {name: float(rng.uniform(0.1, 0.9)) for name in M4.ring.names}
    text = matlab_function(M4)
    assert text.isascii() and text.startswith("function dx = field(t, x, p)")
    for _ in range(5):
        x = rng.uniform(0, 1, 3)
        ours = replicator(M4)(dict(zip("xyz", x, strict=True)), values)[::2]
        assert _evaluate(text, x, values) == pytest.approx(ours, abs=1e-12)


def test_simplexes_environments_and_hard_names() -> None:
    rps = MatrixGame([["0", "-end", "函"], ["函", "0", "-end"], ["-end", "函", "0"]], strategies=["r", "p", "s"])
    text = matlab_function(rps, "rps")
    assert "p.end_" in text and text.isascii() and "stands for end" in text
    fields = {"end_": 2.0, "q": 1.0}
    x = np.array([0.2, 0.5, 0.3])
    assert _evaluate(text, x, fields) == pytest.approx(replicator(rps)(x, {"end": 2, "函": 1}), abs=1e-12)
    feedback = PopulationGame.from_advantages({"x": "a - min(b*e, c)"}, environment={"e": "r*x*(1 - e) - e"})
    values = dict(zip("abcr", (0.5, 2.0, 0.3, 1.5), strict=True))
    ours = replicator(feedback)({"x": 0.4, "e": 0.7}, values)
    assert _evaluate(matlab_function(feedback), np.array([0.4, 0.7]), values) == pytest.approx(ours[::2], abs=1e-12)


def test_the_script_carries_the_numbers(tmp_path: Path) -> None:
    text = matlab_script(M4, {"x": 0.7, "y": 0.4, "z": 0.4}, {"R": "10/3"}, t_end=20)
    assert "p.R = 10/3;" in text and "p.C_g = 1.5;" in text and "[0 20]" in text and "ode45" in text
    files = write_matlab(M4, tmp_path, {"x": 0.7, "y": 0.4, "z": 0.4})
    assert [f.name for f in files] == ["field.m", "simulate.m"]
    with pytest.raises(UnsupportedError, match="is no name for a MATLAB function"):
        matlab_function(M4, "end")
