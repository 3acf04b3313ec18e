"""Peak memory of games on networks of a million firms, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
PLAY = """
from pathlib import Path
from coopgame import *
game = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"])
population = network_population(game, fermi_imitation(10), {net}, mutation="1/1000")
run = simulate_network(population, {{"b": "1.05"}}, start={{"C": "1/2", "D": "1/2"}}, sweeps=2)
assert run.engine == {engine!r} and run.population.size == 10**6
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell the peak of a process")
@pytest.mark.parametrize(
    ("net", "engine", "most"),
    [("square_lattice(1000)", "tables", 400), ("scale_free(10**6, 2, seed=1)", "any network", 1024)],
)
def test_a_million_firms_take_less_than_a_gibibyte(net: str, engine: str, most: int) -> None:
    """In MiB, with Python, numpy and compiled code, which take some 200 alone; without arrays of neighbours for a lattice."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY.format(net=net, engine=engine)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert 50 < int(done.stdout) < most
