"""Times trajectories of random symmetric games beside other solvers, each at the tolerance that gives the same achieved error.

Run it as: make benchmark-peers, or python benchmarks/trajectories.py [--games N] [--sizes 2,3,5,10] [--write FILE]

The error of a trajectory is the largest of its shares at t = 5 and 50, against a reference from another code; that of
a solver is the 95th percentile over the judged games. Every solver takes the loosest tolerance of 1e-4, 1e-5, … that
meets the target. One trajectory is timed with everything that its game needs, compilation too; many are solved in ten
parts, the solvers in turn. The first call is a fresh Python that imports the solver and solves one trajectory.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from symbolic_engine import child, heading, processor, table_row
from trajectory_solvers import SOLVERS, Solver, heyoka_reference, random_games, scipy_reference

TARGETS = (1e-6, 1e-9)
LADDER = tuple(10.0**-k for k in range(4, 14))
JUDGED = 200
PARTS = 10
SINGLES = 15
FIRST_CALLS = 3
WRONG = 1e-3
HEADS = (
    "solver",
    "tolerance",
    "one: ms",
    "one: ratio",
    "many",
    "of many: ms each",
    "of many: ratio",
    "first call: s",
    "of that, import: s",
    "error",
    "wrong end",
)


@dataclass
class Timing:
    """Processor seconds: of one trajectory by rounds, per trajectory of many by parts, of preparing many; and what was found."""

    singles: list[float] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)
    found: list[np.ndarray] = field(default_factory=list)
    preparation: float = 0.0

    @property
    def count(self) -> int:
        """How many the many were."""
        return sum(map(len, self.found))

    @property
    def per_trajectory(self) -> list[float]:
        """Seconds per trajectory of many by parts, each with its share of the preparation."""
        return [part + self.preparation / self.count for part in self.parts]


def main() -> None:
    """Print a table per number of strategies and target, then what happens without the shift; write them as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=1000, help="how many trajectories are many, for fast solvers")
    parser.add_argument("--sizes", default="2,3,5,10", help="numbers of strategies")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    parser.add_argument(
        "--once", nargs=3, metavar=("SOLVER", "SIZE", "TOLERANCE"), help="solve one trajectory and end"
    )
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # solvers that miss a tolerance warn at every trajectory
    if arguments.once:
        name, size, tolerance = arguments.once
        solve_once(next(s for s in SOLVERS if s.name == name), int(size), float(tolerance))
        return
    lines = []
    for line in report(arguments.games, [int(size) for size in arguments.sizes.split(",")]):
        print(line, flush=True)
        lines.append(line)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text("\n".join(["# Speed of trajectories", "", *lines, ""]), encoding="utf-8")


def solve_once(solver: Solver, size: int, tolerance: float) -> None:
    """Solve the first game of a size."""
    payoffs, starts = random_games(1, size)
    solver.prepare(size, tolerance)(payoffs, starts)


def report(games: int, sizes: list[int]) -> Iterator[str]:
    """Yield the lines of the report."""
    solvers = [solver for solver in SOLVERS if installed(solver.package)]
    missing = sorted({solver.package for solver in SOLVERS} - {solver.package for solver in solvers})
    yield from about(missing, min(JUDGED, games))
    strictest: dict[int, dict[Solver, float]] = {}
    for size in sizes:
        payoffs, starts = random_games(games, size)
        wanted = references(payoffs[:JUDGED], starts[:JUDGED])
        ladders = errors_by_tolerance(solvers, payoffs[:JUDGED], starts[:JUDGED], wanted)
        reached = {target: settings(ladders, target) for target in TARGETS}
        calls = first_calls(reached[TARGETS[0]], size)
        for target in TARGETS:
            timings = measured(reached[target], payoffs, starts)
            yield from ("", f"## {size} strategies, error {target:g}", "", *heading(HEADS))
            for solver in SOLVERS:
                if solver in timings:
                    tolerance = "its own" if solver.fixed else f"{reached[target][solver]:.0e}"
                    cells = [*times_beside(timings[solver], timings[SOLVERS[0]]), *calls[solver]]
                    yield table_row([solver.name, tolerance, *cells, *quality(timings[solver], wanted[solver])])
                else:
                    why = "not reached" if solver in solvers else "not installed"
                    yield table_row([solver.name, why, *["-"] * (len(HEADS) - 2)])
        strictest[size] = reached[min(TARGETS)]
    yield from without_shift(strictest, games)


def about(missing: list[str], judged: int) -> Iterator[str]:
    """Yield what was measured where, with which versions, and how sure the references are."""
    yield f"Times of trajectories are processor times: medians of {SINGLES} games for one, of {PARTS} parts for many, the solvers in turn."
    yield f"The column many says of how many. First calls are by the clock, medians of {FIRST_CALLS}, at the tolerance for {TARGETS[0]:g}."
    yield "A ratio is the time of the solver to that of coopgame in the same run: below 1, the solver is faster."
    yield f"Errors and wrong ends, more than {WRONG:g} away at the end, are those of the first {judged} games."
    yield f"Not installed: {', '.join(missing)}." if missing else "All solvers are installed."
    yield versions(dict.fromkeys(solver.package for solver in SOLVERS if solver.package not in missing))
    yield ""
    if not installed("heyoka"):
        yield "Reference: scipy's DOP853 at 1e-13 in logarithms of share ratios."
        return
    payoffs, starts = random_games(100, 5)
    apart = np.abs(heyoka_reference(5)(payoffs, starts) - scipy_reference(5)(payoffs, starts)).max()
    yield "References, both in logarithms of share ratios: heyoka at 1e-16 for all but heyoka, scipy's DOP853 at 1e-13 for heyoka; on 100 games"
    yield f"of five strategies they differ by {apart:.0e} at most."


def versions(packages: Iterable[str]) -> str:
    """Return the versions of packages and what the machine is."""
    shown = ", ".join(f"{name} {version(name)}" for name in (*packages, "numpy", "sympy"))
    return f"Python {platform.python_version()}, {shown}; {processor()}, {os.cpu_count()} cores, {platform.system()}."


def installed(package: str) -> bool:
    """Return whether a package is installed."""
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def references(payoffs: np.ndarray, starts: np.ndarray) -> dict[Solver, np.ndarray]:
    """Return what counts as true for each solver: results of another code where one is installed."""
    size = payoffs.shape[1]
    from_scipy = scipy_reference(size)(payoffs, starts)
    other = heyoka_reference(size)(payoffs, starts) if installed("heyoka") else from_scipy
    return {solver: from_scipy if solver.package == "heyoka" else other for solver in SOLVERS}


def errors_by_tolerance(
    solvers: Iterable[Solver], payoffs: np.ndarray, starts: np.ndarray, wanted: Mapping[Solver, np.ndarray]
) -> dict[Solver, dict[float, float]]:
    """Return the error of each solver by tolerance, down to the tolerance that meets the strictest target."""
    found: dict[Solver, dict[float, float]] = {}
    for solver in solvers:
        if solver.judged:  # the verdict comes after the same trajectory, whose line stands before
            found[solver] = next(ladder for other, ladder in found.items() if other.package == solver.package)
            continue
        found[solver] = {}
        for tolerance in LADDER[:1] if solver.fixed else LADDER:
            shares = solver.prepare(payoffs.shape[1], tolerance)(payoffs, starts)
            found[solver][tolerance] = usual(errors(shares, wanted[solver]))
            if found[solver][tolerance] <= min(TARGETS):
                break
    return found


def settings(ladders: Mapping[Solver, Mapping[float, float]], target: float) -> dict[Solver, float]:
    """Return the loosest tolerance of each solver that meets the target, without the solvers that never do."""
    met = {solver: [t for t, error in ladder.items() if error <= target] for solver, ladder in ladders.items()}
    return {solver: max(tolerances) for solver, tolerances in met.items() if tolerances}


def errors(shares: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the largest error of every trajectory; infinite where a solver failed."""
    return np.nan_to_num(np.abs(shares - wanted), nan=np.inf).max(axis=(1, 2))


def usual(found: np.ndarray) -> float:
    """Return the 95th percentile."""
    return float(np.quantile(found, 0.95, method="higher"))


def measured(ready: Mapping[Solver, float], payoffs: np.ndarray, starts: np.ndarray) -> dict[Solver, Timing]:
    """Return the timings of all solvers, taken in turn: single games with what each needs, then the parts of the many."""
    size, timings = payoffs.shape[1], {solver: Timing() for solver in ready}
    for i in range(SINGLES):
        for solver, tolerance in ready.items():
            if not solver.batch:
                begin = time.process_time()
                solver.prepare(size, tolerance)(payoffs[i : i + 1], starts[i : i + 1])
                timings[solver].singles.append(time.process_time() - begin)
    solves = {}
    for solver, tolerance in ready.items():
        if not solver.judged:
            begin = time.process_time()
            solves[solver] = solver.prepare(size, tolerance)
            timings[solver].preparation = time.process_time() - begin
    for part in range(PARTS):
        for solver, solve in solves.items():
            games = np.array_split(np.arange(len(starts) if solver.fast else min(JUDGED, len(starts))), PARTS)[part]
            begin = time.process_time()
            timings[solver].found.append(solve(payoffs[games], starts[games]))
            timings[solver].parts.append((time.process_time() - begin) / len(games))
    return timings


def times_beside(timing: Timing, own: Timing) -> list[str]:
    """Return the times of one trajectory and of many, in milliseconds and as ratios to those of coopgame."""
    one = beside(timing.singles, own.singles)
    if not timing.parts:
        return [*one, "-", "-", "-"]
    return [*one, str(timing.count), *beside(timing.per_trajectory, own.per_trajectory)]


def quality(timing: Timing, wanted: np.ndarray) -> list[str]:
    """Return the achieved error, and how many trajectories end somewhere else."""
    if not timing.found:
        return ["-", "-"]
    found = np.concatenate(timing.found)[: len(wanted)]
    return [f"{usual(errors(found, wanted)):.1e}", str(wrong_ends(found, wanted))]


def beside(seconds: list[float], own: list[float]) -> list[str]:
    """Return the median in milliseconds and its ratio to the median of coopgame."""
    if not seconds or not own:
        return [f"{1000 * statistics.median(seconds):.3g}" if seconds else "-", "-"]
    each, compared = statistics.median(seconds), statistics.median(own)
    return [f"{1000 * each:.3g}", f"{each / compared:.2g}"]


def first_calls(ready: Mapping[Solver, float], size: int) -> dict[Solver, list[str]]:
    """Return the seconds of a fresh Python that solves one trajectory, and of one that only imports what that needs."""
    runs: dict[Solver, list[tuple[float, float]]] = {solver: [] for solver in ready}
    for _ in range(FIRST_CALLS):
        for solver, tolerance in ready.items():
            only = [sys.executable, "-c", f"import numpy; {solver.imports}"]
            once = [sys.executable, __file__, "--once", solver.name, str(size), str(tolerance)]
            runs[solver].append((child(once)[1], child(only)[1]))
    return {s: [f"{statistics.median(t):.2f}" for t in zip(*pairs, strict=True)] for s, pairs in runs.items()}


def wrong_ends(found: np.ndarray, wanted: np.ndarray) -> int:
    """Return how many trajectories end somewhere else, 1e-3 away or more, or do not arrive."""
    return int((errors(found[:, -1:], wanted[:, -1:]) > WRONG).sum())


def without_shift(chosen: Mapping[int, Mapping[Solver, float]], games: int) -> Iterator[str]:
    """Yield what the solvers make of the same games without the shift, at their tolerances for the strictest target."""
    heads = ("solver", *(f"n = {size}: error; wrong ends" for size in chosen))
    yield from ("", f"## Unshifted payoffs, at the tolerances for {min(TARGETS):g}", "", *heading(heads))
    unshifted = {size: random_games(games, size, shifted=False) for size in chosen}
    problems = {size: (payoffs[:JUDGED], starts[:JUDGED]) for size, (payoffs, starts) in unshifted.items()}
    wanted = {size: references(*problem) for size, problem in problems.items()}
    for solver in (s for s in SOLVERS if not s.judged):
        cells = []
        for size, ready in chosen.items():
            if solver in ready:
                found = solver.prepare(size, ready[solver])(*problems[size])
                true = wanted[size][solver]
                cells.append(f"{usual(errors(found, true)):.1e}; {wrong_ends(found, true)} of {len(found)}")
            else:
                cells.append("-")
        yield table_row([solver.name, *cells])


if __name__ == "__main__":
    main()
