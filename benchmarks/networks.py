"""Updates a second of processor time and peak memory of games on networks, each case in a process of its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from coopgame import (
    MatrixGame,
    NetworkOptions,
    accumulated,
    death_birth,
    fermi_imitation,
    imitate_the_best,
    moore,
    network_population,
    random_regular,
    scale_free,
    simulate_network,
    square_lattice,
    synchronous,
)

GAME = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"], parameters={"b": "1.03"})
LATTICES = {f"Fermi, lattice of {size**2:.0e}": ("lattice", size) for size in (100, 316, 1000, 3162)}
CASES = LATTICES | {
    "Nowak-May, 1000 x 1000": ("generations", 1000),
    "Nowak-May, 200 x 200": ("generations", 200),
    "Fermi, random regular, 4 neighbours, 1e4": ("regular", 10**4),
    "Fermi, random regular, 4 neighbours, 1e6": ("regular", 10**6),
    "Fermi, scale-free, 2 links, 1e4": ("scale_free", 10**4),
    "Fermi, scale-free, 2 links, 1e6": ("scale_free", 10**6),
    "death-birth, lattice of 1e6": ("death_birth", 1000),
    "three strategies, scale-free, 2 links, 1e6": ("three", 10**6),
}


def measure(kind: str, size: int) -> dict[str, float]:
    """Return updates a second over some sweeps after a first one, and the peak memory of this process in MiB."""
    law, game, options = fermi_imitation(2), GAME, {"mutation": "1/1000"}
    start: dict[str, object] = {"C": 0.5, "D": 0.5}
    if kind in ("lattice", "death_birth"):
        net = square_lattice(size)
        law = death_birth("1/10") if kind == "death_birth" else law
    elif kind == "generations":
        net, law = square_lattice(size, neighbourhood=moore()), imitate_the_best()
        game = MatrixGame([[1, 0], ["37/20", 0]], strategies=["C", "D"])
        options = {"payoffs": accumulated(with_self=True), "updating": synchronous()}
    else:
        net = random_regular(size, 4, seed=1) if kind == "regular" else scale_free(size, 2, seed=1)
    if kind == "three":
        game = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
        start = {"1": "1/3", "2": "1/3", "3": "1/3"}
    population = network_population(game, law, net, **options)
    nodes = population.size
    sweeps = max(2, int(4e7 / nodes) if kind != "generations" else int(2e8 / nodes))
    taken = []
    for length in (1, sweeps, 3 * sweeps):
        begun = time.process_time()
        simulate_network(population, start=start, sweeps=length, seed=1, options=NetworkOptions(every=length))
        taken.append(time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"updates": nodes * 2 * sweeps / (taken[2] - taken[1]), "peak": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", help="of one of the cases, as JSON; used for each in turn")
    chosen = parser.parse_args().case
    if chosen is not None:
        sys.stdout.write(json.dumps(measure(*CASES[chosen])))
        return
    for name in CASES:
        found = [
            json.loads(
                subprocess.run(
                    [sys.executable, Path(__file__), "--case", name], check=True, capture_output=True
                ).stdout
            )
            for _ in range(2)
        ]
        best, peak = max(one["updates"] for one in found), np.max([one["peak"] for one in found])
        sys.stdout.write(f"{name}: {best:.2g} updates a second, peak {peak:.0f} MiB\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
