"""Times the search for all evolutionarily stable states, beside FracESSA where that is installed and takes the game.

Run it as: python benchmarks/ess.py [--repeats N] [--limit SECONDS] [--write FILE]

The games: cliques (Moon and Moser 1965), cyclically symmetric games with many ESS (those that FracESSA is verified with), games
with payoffs from N(0, 1), and stable games. FracESSA is told of cyclic symmetry, find_ess does not look for it. The time is that of the
public call, `find_ess` of a game that is there already; FracESSA's is that of its complete and exact search. Both number
their ESS, and the numbers have to agree. Medians of N runs, after one that is not counted.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from coopgame import MatrixGame, find_ess

Table = list[list[Fraction]]
CYCLIC = {
    9: "1 5 10 13",
    12: "533 118 326 357 118 477",
    16: "7 5 4 4 4 5 7 -1",
    18: "8 7 5 5 5 5 7 8 -1",
    20: "13 13 13 8 8 8 13 13 13 -1",
    21: "15 15 7 15 15 7 7 15 7 15",
    22: "2 2 4 4 5 5 4 4 2 2 -1",
    24: "15 15 7 15 15 7 15 7 7 15 15 7",
}


def games() -> Iterator[tuple[str, Table]]:
    for n in (6, 9, 12, 15, 18, 21, 24):
        yield (
            f"cliques {n}",
            [[Fraction(1, 2) if i == j else Fraction(i // 3 != j // 3) for j in range(n)] for i in range(n)],
        )
    for n, generator in CYCLIC.items():
        half = [Fraction(word) for word in generator.split()]
        row = [Fraction(0), *half, *(half[::-1] if n % 2 else half[-2::-1])]
        yield f"cyclic {n}", [[row[(j - i) % n] for j in range(n)] for i in range(n)]
    rng = np.random.default_rng(1)
    for n in (10, 20, 30, 50, 80):
        yield f"normal {n}", exact(rng.normal(size=(n, n)))
    for n in (10, 20):
        half_normal = rng.normal(size=(n, n))
        yield f"normal, symmetric {n}", exact(half_normal + half_normal.T)
    for n in (20, 50):
        yield f"stable {n}", exact(0.1 * rng.normal(size=(n, n)) / n**0.5 - np.eye(n))


def exact(payoffs: np.ndarray) -> Table:
    return [[Fraction(v) for v in row] for row in payoffs.tolist()]


def fracessa(table: Table) -> Callable[[], int] | None:
    """Return FracESSA's search, None where it is not installed or the table is not symmetric."""
    try:
        import pyfracessa
    except ImportError:
        return None
    n = len(table)
    if any(table[i][j] != table[j][i] for i in range(n) for j in range(i)):
        return None
    entries = [table[i][j] for i in range(n) for j in range(i, n)]
    if all(table[i][i] == 0 and table[i][j] == table[0][(j - i) % n] for i in range(n) for j in range(n)):
        entries = table[0][1 : n // 2 + 1]  # tells it of the symmetry, by which it saves work
    text = f"{n}#{','.join(map(str, entries))}"
    matrix = pyfracessa.Matrix(matrix_id=1, matrix=text)
    config = pyfracessa.RunConfig(include_candidates=True)
    return lambda: int(pyfracessa.run("safe", matrix, config)["ess_count"])


def timed(call: Callable[[], int], repeats: int, limit: float) -> tuple[int, float]:
    """Return the number and the median time; one run is enough where it takes longer than the limit."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        number = call()
        times.append(time.perf_counter() - start)
        if times[-1] > limit:
            return number, times[-1]
    return number, statistics.median(times[1:])


def measured(repeats: int, limit: float) -> Iterator[str]:
    for name, table in games():
        game = MatrixGame(table)
        number, own = timed(lambda game=game: len(find_ess(game)), repeats, limit)
        solved = find_ess(game).visited
        other, beside = fracessa(table), "-"
        if other is not None:
            theirs, taken = timed(other, repeats, limit)
            if theirs != number:
                sys.exit(f"{name}: {number} ESS, FracESSA says {theirs}")
            beside = f"{1e3 * taken:.1f} ms"
        yield f"| {name} | {number} | {solved} | {1e3 * own:.1f} ms | {beside} |"


def heading() -> str:
    try:
        peer = f"FracESSA (pyfracessa {version('pyfracessa')})"
    except PackageNotFoundError:
        peer = "FracESSA (not installed)"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numba", "python-flint"))
    return "\n".join(
        [
            "# All evolutionarily stable states",
            "",
            f"{platform.machine()}, Python {platform.python_version()}, {libraries}. Written by `make benchmark-ess`; what is timed stands in `benchmarks/ess.py`.",
            "",
            f"| game | ESS | supports solved | find_ess | {peer} |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=5.0, help="seconds after which one run is enough")
    parser.add_argument("--write", type=Path, help="file for the table")
    options = parser.parse_args()
    lines = [heading()]
    print(lines[0])
    for line in measured(options.repeats, options.limit):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        options.write.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
