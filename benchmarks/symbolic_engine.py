"""Times the symbolic engine on a fixed set of games: rest points, regimes with their hypersurfaces, what stays undecided.

Run it as: python benchmarks/symbolic_engine.py [--sympy] [--write]

The set: the models of paper_repro, the published games F1 of tests/reference, 20 random affine games of three populations with 15
parameters, one with 18, and one of four populations with 20. Each stage is timed in a process of its own that has analysed
another small game before, so start-up is not counted; medians of the repeats. Processor seconds stand beside the seconds of the clock.
--sympy adds, for some games, `sympy.solve` on the same field and `eigenvals` of the Jacobian at the pure states, stopped at the limit.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from random_games import game_file

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "symbolic_engine.md"
BESIDE = ("m1", "m4", "F1-04", "three-18", "four-20")

STAGES = """
import json, sys, time
from coopgame import UnsupportedError, find_regimes, find_rest_points, parse_game
small = parse_game(sys.stdin.readline().encode().decode("unicode_escape"))
find_regimes(small)
text = sys.stdin.read()

def timed(action):
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - wall, time.process_time() - cpu

game, read, _ = timed(lambda: parse_game(text))
found = {"parameters": len(game.parameters), "populations": len(game.populations), "read": read}
try:
    points, found["points"], found["points_cpu"] = timed(lambda: find_rest_points(game))
    regimes, found["regimes"], found["regimes_cpu"] = timed(lambda: find_regimes(game, points=points))
    found |= {"count": len(regimes), "undecided": len(regimes.undecided), "cover": regimes.cover}
except UnsupportedError as error:
    found["note"] = str(error)
print(json.dumps(found))
"""
SOLVE = """
import sys, sympy
from coopgame import read_game, replicator
game = read_game(sys.argv[1])
field = replicator(game)
unknowns = [sympy.Symbol(name) for name in field.tangent_coordinates]
rates = dict(zip(game.coordinates, field.rates))
sympy.solve([rates[str(u)] for u in unknowns], unknowns, dict=True)
"""
EIGENVALUES = """
import sys, sympy
from itertools import product
from coopgame import read_game, replicator
game = read_game(sys.argv[1])
field = replicator(game)
unknowns = [sympy.Symbol(name) for name in game.coordinates]
jacobian = sympy.Matrix(field.rates).jacobian(unknowns)
for corner in product((0, 1), repeat=len(unknowns)):
    jacobian.subs(dict(zip(unknowns, corner))).eigenvals()
"""
SMALL = game_file(0, 2, 4)


def main() -> None:
    """Print one row per game, and the whole as Markdown where it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the medians are shown")
    parser.add_argument("--sympy", action="store_true", help="time sympy.solve and eigenvals for some games too")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after which sympy is stopped")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.relative_to(ROOT)}")
    arguments = parser.parse_args()
    heads = ("game", "parameters", "rest points [s]", "regimes [s]", "processor [s]", "regimes", "undecided", "cover")
    rows = [heads, tuple("---" for _ in heads)]
    for row in rows:
        print(line(row))
    for name, text in games():
        rows.append(stages(name, text, arguments.repeats))
        print(line(rows[-1]), flush=True)
    beside = list(sympy_rows(arguments.limit)) if arguments.sympy else []
    if arguments.write:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(report(rows, beside), encoding="utf-8")


def games() -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the fixed set."""
    files = [
        *sorted((ROOT / "paper_repro/models").glob("*.toml")),
        *sorted((ROOT / "tests/reference/games").glob("F1-*.toml")),
    ]
    yield from ((path.stem, path.read_text(encoding="utf-8")) for path in files)
    yield from ((f"three-15-{seed:02}", game_file(seed, 3, 15)) for seed in range(1, 21))
    yield "three-18", game_file(100, 3, 18)
    yield "four-20", game_file(200, 4, 20)


def stages(name: str, text: str, repeats: int) -> tuple[str, ...]:
    """Return the row of one game: medians of runs in processes of their own."""
    runs = [one_run(text) for _ in range(repeats)]
    first = runs[0]
    points = statistics.median(run["points"] for run in runs) if "points" in first else None
    if "count" not in first:
        shown = "-" if points is None else f"{points:.2f}"
        return name, str(first["parameters"]), shown, "-", "-", "-", "-", first["note"][:60]
    wall = statistics.median(run["regimes"] for run in runs)
    cpu = statistics.median(run["points_cpu"] + run["regimes_cpu"] for run in runs)
    counts = (str(first[key]) for key in ("count", "undecided"))
    return name, str(first["parameters"]), f"{points:.2f}", f"{wall:.2f}", f"{cpu:.2f}", *counts, str(first["cover"])


def one_run(text: str) -> dict[str, Any]:
    """Return what one process measured."""
    small = SMALL.replace("\n", "\\n") + "\n"
    done = subprocess.run(
        [sys.executable, "-c", STAGES],
        input=small + text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def sympy_rows(limit: float) -> Iterator[tuple[str, ...]]:
    """Yield for some games how long sympy takes for the rest points, and for the eigenvalues at the pure states."""
    for name, text in games():
        if name in BESIDE:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "game.toml"
                path.write_text(text, encoding="utf-8")
                row = (name, seconds(SOLVE, path, limit), seconds(EIGENVALUES, path, limit))
            print(line(row), flush=True)
            yield row


def seconds(program: str, path: Path, limit: float) -> str:
    """Return how long a program takes on a file, or that it was stopped."""
    start = time.perf_counter()
    try:
        subprocess.run(
            [sys.executable, "-c", program, str(path)], cwd=ROOT, check=True, capture_output=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return f"> {limit:g}"
    return f"{time.perf_counter() - start:.1f}"


def report(rows: list[tuple[str, ...]], beside: list[tuple[str, ...]]) -> str:
    """Return the tables with the machine and the versions."""
    from importlib.metadata import version

    packages = ", ".join(
        f"{name} {version(name)}" for name in ("sympy", "python-flint", "numpy", "scipy", "z3-solver")
    )
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {packages}"
    text = ["# The symbolic engine on a fixed set of games", "", f"{machine}. Seconds after start-up, medians.", ""]
    text += [line(row) for row in rows]
    if beside:
        heads = ("game", "sympy.solve [s]", "sympy eigenvals at the pure states [s]")
        text += ["", "The same games by general-purpose algebra, start-up included:", ""]
        text += [line(row) for row in (heads, ("---",) * 3, *beside)]
    return "\n".join(text) + "\n"


def line(row: tuple[str, ...]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(row)} |"


if __name__ == "__main__":
    main()
