"""Times the exact analysis of a fixed set of games, stage by stage, beside what sympy does with the same field.

Run it as: python benchmarks/symbolic_engine.py [--repeats N] [--limit SECONDS] [--sympy-everywhere] [--write FILE]

The set: the models of paper_repro, the published games of tests/reference, and random games with affine payoffs. Every
stage runs in a fresh Python after a small game has been analysed, so that start-up is not in it; "process" is the
whole command `coopgame analyse FILE --symbolic`, start-up included, by the clock and as processor time. Medians.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from random_games import game_text

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("read", "rest points", "regimes", "hypersurfaces")
HEADS = (
    "game",
    "parameters",
    *STAGES,
    "stages",
    "process",
    "processor",
    "regimes found",
    "undecided",
    "open points",
    "cover",
)
RANDOM = [*((3, 15, seed) for seed in range(1, 21)), *((3, 18, seed) for seed in range(1, 11)), (4, 20, 1)]
COMPARED = ("m3", "m4", "F1-12", "3-15-1", "3-18-1", "4-20-1")

MEASURE = """
import json, sys, time
from pathlib import Path
import coopgame.analysis.regimes as regimes_module
from coopgame import UnsupportedError, find_regimes, find_rest_points, parse_game, read_game

WARM = '''format = "coopgame-game/1"
name = "warm"
[parameters]
a = { assume = "> 0" }
b = {}
[[populations]]
name = "p"
symbol = "x"
strategies = ["A", "B"]
[[populations]]
name = "q"
symbol = "y"
strategies = ["A", "B"]
[payoffs]
kind = "bimatrix"
row = [["a", "b"], [0, "a - b"]]
column = [["b", "a"], [0, "b"]]
'''
surfaces, plain = [0.0], regimes_module.find_hypersurfaces

def timed(*arguments):
    start = time.perf_counter()
    try:
        return plain(*arguments)
    finally:
        surfaces[0] += time.perf_counter() - start

regimes_module.find_hypersurfaces = timed
find_regimes(parse_game(WARM))
surfaces[0] = 0.0
marks = [time.perf_counter()]
game = read_game(sys.argv[1]); marks.append(time.perf_counter())
points = find_rest_points(game); marks.append(time.perf_counter())
try:
    found = find_regimes(game, points=points)
    counts = [len(found.regimes), len(found.undecided), len(found.open), found.cover]
except UnsupportedError:
    counts = [None] * 4
marks.append(time.perf_counter())
read, rest, regimes = (b - a for a, b in zip(marks, marks[1:]))
print(json.dumps({"seconds": [read, rest, regimes - surfaces[0], surfaces[0]], "counts": counts,
                  "parameters": len(game.parameters)}))
"""
SOLVE = """
import sys, sympy
from coopgame import read_game, replicator
game = read_game(sys.argv[1])
print(len(sympy.solve(list(replicator(game).rates), [sympy.Symbol(n) for n in game.coordinates], dict=True)))
"""
EIGENVALUES = """
import sys, sympy
from itertools import product
from coopgame import read_game, replicator
game = read_game(sys.argv[1])
field = replicator(game)
for vertex in product(*(range(len(p.strategies)) for p in game.blocks)):
    shares = {}
    for p, (block, chosen) in enumerate(zip(game.blocks, vertex)):
        names = [block.symbol] if block.symbol else [f"{block.name}.{s}" for s in block.strategies]
        shares |= {sympy.Symbol(name): int(s == chosen) for s, name in enumerate(names)}
    field.jacobian_expressions.subs(shares).eigenvals()
"""


def main() -> None:
    """Print a row per game, then one per game compared with sympy; write both as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the median is shown")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after which sympy is stopped")
    parser.add_argument("--sympy-everywhere", action="store_true", help="compare all games, not a few")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = fixed_set(Path(folder))
        lines = [*about(arguments), "", *heading(HEADS)]
        print("\n".join(lines), flush=True)
        for path in files:
            lines.append(table_row(measured(path, arguments.repeats)))
            print(lines[-1], flush=True)
        compared = [path for path in files if arguments.sympy_everywhere or path.stem in COMPARED]
        more = ["", *heading(("game", "process", "sympy.solve", "sympy eigenvals at vertices"))]
        print("\n".join(more), flush=True)
        for path in compared:
            more.append(table_row(beside_sympy(path, arguments.limit)))
            print(more[-1], flush=True)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(
            "\n".join(["# Speed of the symbolic engine", "", *lines, *more, ""]), encoding="utf-8"
        )


def fixed_set(folder: Path) -> list[Path]:
    """Return the files of all games; the random ones are written into the folder, named parties-parameters-seed."""
    random_files = []
    for populations, parameters, seed in RANDOM:
        path = folder / f"{populations}-{parameters}-{seed}.toml"
        path.write_text(game_text(populations, parameters, seed), encoding="utf-8")
        random_files.append(path)
    models = sorted((ROOT / "paper_repro" / "models").glob("*.toml"))
    published = sorted((ROOT / "tests" / "reference" / "games").glob("F1-*.toml"))
    return [*models, *published, *random_files]


def about(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what was measured where and with which versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("sympy", "python-flint", "z3-solver", "numpy"))
    runs = "one run each" if arguments.repeats == 1 else f"medians of {arguments.repeats} runs"
    load = f"{os.getloadavg()[0]:.1f} processes ran or waited on average in the minute before"
    yield f"Seconds, {runs}; sympy once, stopped after {arguments.limit:g} s; {load}."
    yield f"Python {platform.python_version()}, {packages}; {processor()}, {os.cpu_count()} cores, {platform.system()}."


def processor() -> str:
    """Return the name of the processor where the system tells it."""
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def measured(path: Path, repeats: int) -> list[str]:
    """Return the cells of one game: parameters, seconds of the stages and of the process, what was found."""
    runs = [json.loads(child([sys.executable, "-c", MEASURE, str(path)])[0]) for _ in range(repeats)]
    if any(run["counts"] != runs[0]["counts"] for run in runs):
        raise SystemExit(f"{path.stem}: repeated runs differ: {[run['counts'] for run in runs]}")
    stages = [statistics.median(run["seconds"][i] for run in runs) for i in range(len(STAGES))]
    total = statistics.median(sum(run["seconds"]) for run in runs)
    whole = [child([sys.executable, "-m", "coopgame", "analyse", str(path), "--symbolic"]) for _ in range(repeats)]
    spent = [statistics.median(run[i] for run in whole) for i in (1, 2)]
    found, undecided, unsettled, cover = runs[0]["counts"]
    known = ["-"] * 4 if found is None else [str(found), str(undecided), str(unsettled), "yes" if cover else "no"]
    return [path.stem, str(runs[0]["parameters"]), *(f"{s:.2f}" for s in (*stages, total, *spent)), *known]


def beside_sympy(path: Path, limit: float) -> list[str]:
    """Return the cells of one comparison; runs that do not end within the limit are shown as such."""
    cells = [path.stem, f"{child([sys.executable, '-m', 'coopgame', 'analyse', str(path), '--symbolic'])[1]:.2f}"]
    for script in (SOLVE, EIGENVALUES):
        try:
            cells.append(f"{child([sys.executable, '-c', script, str(path)], limit)[1]:.2f}")
        except subprocess.TimeoutExpired:
            cells.append(f"> {limit:g}")
    return cells


def child(
    command: Sequence[str], limit: float | None = None, environment: Mapping[str, str] | None = None
) -> tuple[str, float, float]:
    """Return what a process writes, its seconds by the clock, and its processor time with that of its own children."""
    whole = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", **(environment or {})}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=limit, env=whole, encoding="utf-8"
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, seconds, after.ru_utime - before.ru_utime


def heading(heads: Sequence[Any]) -> list[str]:
    """Return the head of a Markdown table."""
    return [table_row(heads), "|" + "|".join([" --- ", *[" ---: "] * (len(heads) - 1)]) + "|"]


def table_row(cells: Sequence[Any]) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
