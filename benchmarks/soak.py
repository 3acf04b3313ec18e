"""Kills sweeps at random and resumes them until they are done; the results must be those of sweeps that nobody killed.

Run it as: make soak, or python benchmarks/soak.py [--kills N] [--seed N]

First a sweep in a process of its own with two workers is killed by SIGKILL at random moments, and resumed each time. Then a sweep
runs on a Dask cluster of two worker processes on this machine, one of which is killed in the middle. Everything stays on this machine.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import xarray

from coopgame import FailedPointsWarning, open_sweep, random_points, sweep

POINTS, CHUNK = 8000, 40
_REST = 0.002  # seconds of each point, so that a sweep lasts long enough to be killed many times


def orbit(b: float, c: float, rng: np.random.Generator) -> dict[str, Any]:
    """Return the end of a noisy logistic map and how often it was low; fails for some parameters."""
    if c < 0.02:
        raise ValueError(f"c = {c:.4f} is too small")
    time.sleep(_REST)
    x, low = 0.5, 0
    for _ in range(50):
        x = min(1.0, max(0.0, b * x * (1 - x) + 0.01 * c * rng.normal()))
        low += x < 0.5
    return {"end": x, "low": low, "state": [x, 1 - x]}


def design() -> Any:
    """Return the points of the soak."""
    return random_points({"b": (2.5, 3.9), "c": (0.0, 1.0)}, POINTS, rng=11)


def run(store: str | None, **how: Any) -> xarray.Dataset:
    """Sweep, without the warning of points that fail on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FailedPointsWarning)
        return sweep(orbit, design(), rng=3, chunk=CHUNK, store=store, resume=store is not None, **how)


def finished(store: Path) -> int:
    """Return how many blocks a store has."""
    journal = store / "manifest" / "journal.txt"
    return len(journal.read_bytes().splitlines()) if journal.exists() else 0


def kill_at_random(folder: Path, kills: int, seed: int) -> xarray.Dataset:
    """Run the sweep in a process that is killed so many times at random, then to its end."""
    store, chance = folder / "killed.zarr", random.Random(seed)
    heading(("kill", "after s", "blocks before", "blocks after"))
    for kill in range(1, kills + 1):
        before = finished(store)
        child = subprocess.Popen(
            [sys.executable, __file__, "--child", str(store)], stdout=subprocess.DEVNULL, start_new_session=True
        )
        # Some kills come while Python starts or the store is made, most in the middle of chunks.
        begin = time.monotonic()
        if kill % 4:
            while finished(store) <= before and child.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.7))
        else:
            time.sleep(chance.uniform(0, 3))
        code = child.poll()
        if code is None:
            os.killpg(child.pid, signal.SIGKILL)  # the process and its workers, as the end of a job does
            code = child.wait()
        wait = time.monotonic() - begin
        row((kill, f"{wait:.2f}", before, finished(store)))
        if code == 0:
            print("the sweep was done before it could be killed again; give --kills less, or more points")
            break
        if code != -signal.SIGKILL:
            raise SystemExit(f"the sweep ended by itself with {code}")
    last = subprocess.run([sys.executable, __file__, "--child", str(store)], check=False)
    if last.returncode != 0:
        raise SystemExit(f"the last run ended with {last.returncode}")
    return open_sweep(store)


def kill_a_worker() -> xarray.Dataset:
    """Run the sweep on two worker processes of Dask and kill one of them in the middle."""
    from threading import Thread

    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, processes=True, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        found: list[xarray.Dataset] = []
        thread = Thread(target=lambda: found.append(run(None, scheduler=client)))
        thread.start()
        time.sleep(3)
        victim = next(iter(client.run(os.getpid).values()))
        alive = thread.is_alive()
        os.kill(victim, signal.SIGKILL)
        print(f"worker process {victim} killed while the sweep {'ran' if alive else 'was over'}")
        thread.join()
        if not (alive and found):
            raise SystemExit("the sweep was over before the worker was killed, or it failed")
        return found[0]


def heading(names: tuple[str, ...]) -> None:
    """Print the head of a table."""
    row(names)
    row(tuple("---" for _ in names))


def row(cells: tuple[Any, ...]) -> None:
    """Print a line of a table."""
    print("| " + " | ".join(f"{cell!s:>13}" for cell in cells) + " |", flush=True)


def main() -> None:
    """Print what was killed and whether the results are the same."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        run(chosen.child, workers=2)
        return
    wanted = run(None)
    print(
        f"{POINTS} points in chunks of {CHUNK}; {wanted.attrs['failures']} of them fail on purpose; seed {chosen.seed}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        checks = {f"{chosen.kills} kills, resumed": kill_at_random(Path(folder), chosen.kills, chosen.seed).load()}
    print()
    checks["Dask, one worker killed"] = kill_a_worker()
    print()
    heading(("run", "identical"))
    for name, found in checks.items():
        row((name, "yes" if found.identical(wanted) else "NO"))
    if not all(found.identical(wanted) for found in checks.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
