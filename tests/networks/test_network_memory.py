"""Peak memory of a game on a lattice of a million firms, whose neighbours are computed, in a process of its own."""

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
population = network_population(game, fermi_imitation(10), square_lattice(1000), mutation="1/1000")
run = simulate_network(population, {"b": "1.05"}, start={"C": "1/2", "D": "1/2"}, sweeps=2)
assert run.engine == "tables" and run.population.size == 10**6
peak = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell the peak of a process")
def test_a_lattice_of_a_million_firms() -> None:
    """At most 400 MiB, of which Python, numpy and compiled code take some 200 alone."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PLAY]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert 50 < int(done.stdout) < 400
