"""Peak memory of games on a million firms, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
BEGIN = """
from pathlib import Path
from coopgame import *
game = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"])
half = {"C": "1/2", "D": "1/2"}
"""
# what the system keeps of a process from its start on: a child of a large process begins with that one's peak in getrusage
END = """
peak = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""
LATTICE = """
population = network_population(game, fermi_imitation(10), square_lattice(1000), mutation="1/1000")
run = simulate_network(population, {"b": "1.05"}, start=half, sweeps=2)
assert run.engine == "tables" and run.population.size == 10**6
"""
ROWS = """
for net in (random_regular(10**6, 4, seed=1), scale_free(10**6, 2, seed=1)):
    run = simulate_network(network_population(game, fermi_imitation(2), net), {"b": "1.1"}, start=half, sweeps=1)
    assert 0.3 < run.shares[0, 1, 0] < 0.5
"""


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not tell the peak of a process")
@pytest.mark.parametrize(("play", "most"), [(LATTICE, 400), (ROWS, 1024)], ids=["lattice", "compressed rows"])
def test_a_million_firms(play: str, most: int) -> None:
    """MiB at most, of which Python, numpy and compiled code take some 200 alone; the neighbours on a lattice are computed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", BEGIN + play + END]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert 50 < int(done.stdout) < most
