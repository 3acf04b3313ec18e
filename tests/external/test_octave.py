"""The exported MATLAB programs, run by Octave and compared with our own field and trajectory."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from coopgame import integrate, read_game, replicator
from coopgame.report.matlab import write_matlab

pytestmark = pytest.mark.external
MODELS = Path(__file__).parents[2] / "paper_repro" / "models"


@pytest.mark.parametrize(
    ("model", "start"),
    [
        ("m4", {"x": 0.7, "y": 0.4, "z": 0.4}),
        ("m2", {"firms": [0.2, 0.3, 0.5]}),
        ("m6_renewal", {"x": 0.3, "e": 0.4}),
    ],
)
def test_octave_agrees(model: str, start: dict[str, float], tmp_path: Path) -> None:
    octave = shutil.which("octave-cli")
    assert octave is not None, "octave-cli is not installed"
    game = read_game(MODELS / f"{model}.toml")
    write_matlab(game, tmp_path, start, t_end=20)
    script = (tmp_path / "simulate.m").read_text(encoding="ascii").split("plot(")[0]
    script += "printf('%.17g ', field(0, x0, p)); printf('%.17g ', x(end, :));"
    run = subprocess.run(
        [octave, "--norc", "--quiet", "--eval", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    numbers = np.array([float(v) for v in run.stdout.split()])
    half = len(numbers) // 2
    path = integrate(game, start, {}, t_end=20)
    keep = slice(None) if model == "m2" else slice(None, None, 2)
    assert numbers[:half] == pytest.approx(replicator(game)(start, {})[keep], abs=1e-12)
    assert numbers[half:] == pytest.approx(path.final[keep], abs=1e-9)
