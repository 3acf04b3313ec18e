"""Times the search for all Nash equilibria of two-player games beside other programs, and counts what each finds.

Run it as: make benchmark-equilibria, or python benchmarks/equilibria.py [--quick] [--write FILE]

Random games with payoffs from N(0, 1) of n x n strategies, and 25 degenerate games with names. Every program has a process of its own, with its game
read and its code compiled before the clock starts; the programs take turns. One that does not answer within the limit is not asked for larger games.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from pathlib import Path

import numpy as np
from equilibria_solvers import SOLVERS, Pairs, Worker
from symbolic_engine import heading, table_row
from trajectories import installed, versions

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.equilibria.degenerate_games import DEGENERATE_GAMES

GAMES = {2: 15, 4: 15, 6: 15, 8: 15, 10: 9, 12: 5, 14: 3}
REPEATS = 3
LIMIT = 60.0
NEAR = 1e-6
OWN, REFERENCE = 0, 3


def main() -> None:
    """Print the tables; write them as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few and small games, to see whether everything runs")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    arguments = parser.parse_args()
    begin, lines = time.perf_counter(), []
    for line in report({2: 2, 4: 2, 6: 2} if arguments.quick else GAMES):
        print(line, flush=True)
        lines.append(line)
    print(f"{time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(["# All Nash equilibria of two-player games", "", *lines, ""])
        arguments.write.write_text(text, encoding="utf-8")


def random_game(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return payoffs from N(0, 1), rounded to multiples of 2**-52, so that lrsnash can read them."""
    first, second = np.random.default_rng([size, seed]).normal(size=(2, size, size))
    return np.round(first * 2.0**52) / 2.0**52, np.round(second * 2.0**52) / 2.0**52


def report(games: dict[int, int]) -> Iterator[str]:
    """Yield the lines of the results."""
    chosen = [k for k, solver in enumerate(SOLVERS) if not solver.package or installed(solver.package)]
    workers = {k: Worker(k) for k in chosen}
    missing = [solver.name for k, solver in enumerate(SOLVERS) if k not in chosen]
    yield f"Milliseconds by the clock, medians over games of the median of {REPEATS} runs each, the programs in turn; {os.getloadavg()[0]:.1f} processes ran or waited on"
    yield f"average in the minute before. A program that needs more than {LIMIT:g} s for a game is not asked for larger ones. Not installed: {', '.join(missing) or 'none'}."
    packages = dict.fromkeys(s.package for k, s in enumerate(SOLVERS) if s.package and k in chosen)
    yield versions([*packages, "python-flint", "numba"])
    yield ""
    yield from timed(games, workers)
    yield from degenerate(workers)
    for worker in workers.values():
        worker.stop()


def timed(games: dict[int, int], workers: dict[int, Worker]) -> Iterator[str]:
    """Yield the tables of times and of what was found in random games."""
    times: dict[int, list[str]] = {k: [] for k in workers}
    found: dict[int, list[str]] = {k: [] for k in workers}
    late: dict[int, str] = {}
    counts = []
    for size, number in games.items():
        seconds: dict[int, list[float]] = {k: [] for k in workers}
        hits, total = dict.fromkeys(workers, 0), 0
        for seed in range(number):
            game = random_game(size, seed)
            runs: dict[int, list[float]] = {k: [] for k in workers}
            answers: dict[int, Pairs] = {}
            for _ in range(REPEATS):
                for k, worker in workers.items():
                    if k in late or (runs[k] and runs[k][0] > LIMIT / 10):
                        continue
                    answer = worker.run(*game, LIMIT)
                    if isinstance(answer, str):
                        late[k] = answer
                        continue
                    runs[k].append(answer[0])
                    answers[k] = answer[1]
            expected = answers[REFERENCE if REFERENCE in answers else OWN]
            total += len(expected)
            for k, pairs in answers.items():
                hits[k] += matched(expected, pairs)
                seconds[k].append(statistics.median(runs[k]))
        counts.append(total)
        for k in workers:
            complete = k not in late and len(seconds[k]) == number
            times[k].append(f"{1000 * statistics.median(seconds[k]):.3g}" if complete else late.get(k, "-"))
            found[k].append(f"{hits[k]} / {total}" if complete else "-")
    heads = [f"n = {size}" for size in games]
    yield "Times of random games:"
    yield ""
    yield from heading(["milliseconds", *heads])
    yield table_row(["games", *games.values()])
    yield from (table_row([SOLVERS[k].name, *times[k]]) for k in workers)
    yield ""
    yield "Equilibria found in them, of all that there are (by lrsnash, and by coopgame where lrsnash takes too long):"
    yield ""
    yield from heading(["found", *heads])
    yield from (table_row([SOLVERS[k].name, *found[k]]) for k in workers)
    yield ""


def matched(expected: Pairs, pairs: Pairs) -> int:
    """Return how many of the expected equilibria are among those found, within rounding."""
    answers = np.array([np.concatenate(pair) for pair in pairs]) if pairs else np.empty((0, 1))
    wanted = (np.concatenate(pair) for pair in expected)
    return sum(bool(len(answers) and (abs(answers - each).max(axis=1) < NEAR).any()) for each in wanted)


def scaled(table: list[list[Fraction]]) -> np.ndarray:
    """Return payoffs multiplied so that they are whole, which keeps their ties in doubles."""
    multiple = lcm(*(value.denominator for row in table for value in row))
    return np.array([[float(value * multiple) for value in row] for row in table])


def degenerate(workers: dict[int, Worker]) -> Iterator[str]:
    """Yield the table of extreme equilibria found in degenerate games."""
    rows = {k: [0, 0, 0.0] for k in workers}  # found, in how many games all, seconds
    failed: dict[int, int] = dict.fromkeys(workers, 0)
    total = 0
    for first, second in DEGENERATE_GAMES.values():
        game = scaled(first), scaled(second)
        answers = {k: worker.run(*game, LIMIT) for k, worker in workers.items()}
        reference = answers[REFERENCE]
        assert not isinstance(reference, str), "lrsnash answers"
        total += len(reference[1])
        for k, answer in answers.items():
            if isinstance(answer, str):
                failed[k] += 1
                continue
            hits = matched(reference[1], answer[1])
            rows[k] = [rows[k][0] + hits, rows[k][1] + (hits == len(reference[1])), rows[k][2] + answer[0]]
    yield f"The {len(DEGENERATE_GAMES)} degenerate games of the tests, {total} extreme equilibria; a program that lists other points of a continuum does not find its ends:"
    yield ""
    yield from heading(["", "found", "games with all", "no answer", "milliseconds in all"])
    for k, (hits, games, seconds) in rows.items():
        yield table_row([SOLVERS[k].name, f"{hits} / {total}", games, failed[k], f"{1000 * seconds:.3g}"])


if __name__ == "__main__":
    main()
