"""Times `coopgame analyse` (whole process) beside `sympy.solve` on the same field.

Run it as: python benchmarks/analyse_vs_sympy.py [FILE ...]

The left column is what a user waits for, start-up included; the right one is a fresh Python that builds the same
replicator field in sympy symbols and calls `sympy.solve` for its rest points, stopped at the limit. Both are medians.
Without arguments the tripartite games of the repository are taken: M4 of paper_repro and the reference cases.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USUAL = ("paper_repro/models/*m4*.toml", "paper_repro/models/*M4*.toml", "tests/reference/**/*F1*.toml")
SOLVE = """
import sys
import sympy
from coopgame import read_game, replicator

game = read_game(sys.argv[1])
field = replicator(game)
unknowns = [sympy.Symbol(name) for name in game.coordinates]
print(len(sympy.solve(list(field.rates), unknowns, dict=True)))
"""


def main() -> None:
    """Print one row per game file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="game files; default: M4 and the tripartite cases")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after which sympy is stopped")
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the median is shown")
    arguments = parser.parse_args()
    found = [path for pattern in USUAL for path in sorted(ROOT.glob(pattern))]
    files = arguments.files or list(dict.fromkeys(path.resolve() for path in found))
    if not files:
        raise SystemExit("no game files found; name some: python benchmarks/analyse_vs_sympy.py FILE ...")
    print(f"{'game':<28}{'parameters':>11}{'analyse [s]':>13}{'sympy.solve [s]':>17}{'ratio':>10}")
    for path in files:
        print(row(path, arguments.limit, arguments.repeats), flush=True)


def row(path: Path, limit: float, repeats: int) -> str:
    """Return the row of one game file."""
    from coopgame import read_game

    analyse = [sys.executable, "-m", "coopgame", "analyse", str(path), "--symbolic"]
    ours = statistics.median(seconds(analyse, limit) or limit for _ in range(repeats))
    solve = [sys.executable, "-c", SOLVE, str(path)]
    first = seconds(solve, limit)
    theirs = first if first is None else statistics.median([first, *more(solve, limit, repeats - 1)])
    shown = f"> {limit:g}" if theirs is None else f"{theirs:.2f}"
    ratio = f"> {limit / ours:.0f}" if theirs is None else f"{theirs / ours:.1f}"
    count = len(read_game(path).parameters)
    return f"{path.stem[:27]:<28}{count:>11}{ours:>13.2f}{shown:>17}{ratio:>10}"


def more(command: list[str], limit: float, repeats: int) -> list[float]:
    """Return the seconds of further runs, the limit where one did not end."""
    return [seconds(command, limit) or limit for _ in range(repeats)]


def seconds(command: list[str], limit: float) -> float | None:
    """Return how long a process takes, None when it does not end within the limit."""
    start = time.perf_counter()
    try:
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
