"""Times sweeps of many trajectories beside other solvers, each at the tolerance that gives the same achieved error.

Run it as: make benchmark-sweeps, or python benchmarks/sweeps.py [--quick] [--write FILE]

The error of a trajectory is the largest of its states at two times, against references from other codes in logarithms of share
ratios; that of a solver is the 95th percentile. Every solver takes the loosest tolerance, to a third, that meets the target and as many of the
10 000 trajectories as it solves in about a second. Solvers run in processes of their own, on one core, in turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sweep_bench import HEADS, LIMIT, POINTS, QUICK, Bench, Plan, Setting, three
from sweep_first_calls import first_calls
from sweep_problems import MANY, PROBLEMS
from sweep_references import CHECKED, ELSEWHERE
from sweep_solvers import (
    ATTRACTORS,
    DOP853_LOOP,
    HEYOKA_BATCH,
    LSODA_LOOP,
    OWN,
    SOLVERS,
    TWO_CORES,
    WRITTEN,
    SweepSolver,
)
from sweep_workers import NoAnswer, Worker
from symbolic_engine import heading, table_row
from trajectories import TARGETS, installed, versions

TIMED = ("rand3", "rps", "tri")
RIGHT = {"rand3raw": "rand3", "rps_het": "rps"}
GROWING = {2: "rand2", 3: "rand3", 5: "rand5", 10: "rand10"}
REPRESENTATIVE = (OWN.name, DOP853_LOOP.name, LSODA_LOOP.name, "diffrax Tsit5, vmap", "heyoka", HEYOKA_BATCH.name)


def main() -> None:
    """Print the tables; write them as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few trajectories, to see whether everything runs")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    begin, lines = time.perf_counter(), []
    for line in report(QUICK if arguments.quick else Plan()):
        print(line, flush=True)
        lines.append(line)
    print(f"{time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text("\n".join(["# Speed of sweeps", "", *lines, ""]), encoding="utf-8")


def report(plan: Plan) -> Iterator[str]:
    """Yield the lines of the report."""
    solvers = [solver for solver in SOLVERS if installed(solver.package)]
    missing = sorted({solver.package for solver in SOLVERS} - {solver.package for solver in solvers})
    bench = Bench(plan, {solver: Worker(solver) for solver in [*solvers, TWO_CORES, *ATTRACTORS]})
    yield from about(bench, missing)
    chosen: dict[tuple[str, float], list[Setting]] = {}
    try:
        for name in TIMED:
            able = [solver for solver in solvers if type(PROBLEMS[name]().shape) in solver.shapes]
            found = list(zip(*(bench.settings(solver, name) for solver in able), strict=True))
            for target, settings in zip(TARGETS, found, strict=True):
                bench.measure(name, settings, plan.rounds)
                chosen[name, target] = list(settings)
                yield from ("", f"## {name}, error {target:g}", "", *heading(HEADS), *bench.rows(name, settings))
        yield from right(bench, chosen)
        yield from growth(bench, chosen["rand3", TARGETS[0]])
        yield from points(bench, chosen)
        calls = list(
            first_calls([s for s in chosen["tri", TARGETS[0]] if s.solver.name in REPRESENTATIVE], plan.rounds)
        )
        yield from verdicts(bench, chosen)
        yield from calls
    finally:
        for worker in bench.workers.values():
            worker.stop()


def about(bench: Bench, missing: Sequence[str]) -> Iterator[str]:
    """Yield what was measured where, with which versions, and how sure the references are."""
    plan = bench.plan
    yield f"Microseconds of the processor per trajectory, medians of {plan.rounds} runs, on one core, the solvers in turn."
    yield (
        f"{os.getloadavg()[0]:.1f} processes ran or waited on average in the minute before."
        if hasattr(os, "getloadavg")
        else ""
    )
    yield "A ratio is the time of the solver to that of coopgame with its own choice of the Runge-Kutta pair: above 1, coopgame is faster."
    yield f"The column `of` says how many of {plan.most} trajectories a solver was given. Errors are 95th percentiles. Wrong: ends more than {ELSEWHERE:g} from"
    yield "the reference and from all references that start 1e-6 away; near separatrix: as one of the latter, not as its own."
    yield f"Formulas: rates computed from the 15 parameters; the others are given 12 coefficients. {missing_text(missing)}"
    yield versions(dict.fromkeys([*(s.package for s in SOLVERS if s.package not in missing), "numba"]))
    yield ""
    yield "References: heyoka at 1e-16 in logarithms of all shares, with short steps; for errors of heyoka itself scipy's DOP853 at 1e-13 in logarithms"
    yield f"of ratios, on {CHECKED} trajectories. How far the two are apart on these, and how many trajectories start near a separatrix:"
    yield ""
    for name in (*TIMED, *RIGHT):
        known = bench.truth(name)
        yield f"- {name}: {known.apart:.0e}, {known.near} of {len(known.states)}"


def missing_text(missing: Sequence[str]) -> str:
    """Return which packages are not installed."""
    return f"Not installed: {', '.join(missing)}." if missing else "All solvers are installed."


def right(bench: Bench, chosen: Mapping[tuple[str, float], Sequence[Setting]]) -> Iterator[str]:
    """Yield what solvers make of problems on which integrating shares is not stable, at tolerances that suffice elsewhere."""
    target = min(TARGETS)
    for name, like in RIGHT.items():
        settings = []
        for known in chosen[like, target]:
            setting = Setting(known.solver, known.tolerance, known.count, problem=known.problem)
            try:
                setting.count = min(bench.count(setting.solver, name), len(bench.truth(name).states))
            except NoAnswer as reason:
                setting.problem = str(reason)
            settings.append(setting)
        bench.measure(name, settings, 1)
        yield from ("", f"## {name}, at the tolerances for {target:g} on {like}", "", *heading(HEADS))
        yield from bench.rows(name, settings)


def growth(bench: Bench, known: Sequence[Setting]) -> Iterator[str]:
    """Yield the time per trajectory as the number of strategies grows, at the larger target."""
    table: dict[SweepSolver, list[str]] = {}
    for name in GROWING.values():
        settings = [s for s in known if s.solver.name in REPRESENTATIVE]
        if name != "rand3":
            settings = [next(bench.settings(s.solver, name)) for s in settings]
            bench.measure(name, settings, bench.plan.rounds)
        for setting in settings:
            cell = "-" if setting.problem else f"{three(setting.each)} (of {setting.count})"
            table.setdefault(setting.solver, []).append(cell)
    yield from ("", f"## As the number of strategies grows: µs each, error {TARGETS[0]:g}", "")
    yield from heading(("solver", *(f"n = {size}" for size in GROWING)))
    for solver, cells in table.items():
        yield table_row([solver.name, *cells])


def points(bench: Bench, chosen: Mapping[tuple[str, float], Sequence[Setting]]) -> Iterator[str]:
    """Yield the time per trajectory of coopgame by the clock, as the number of points grows, for one and two workers."""
    yield from ("", f"## As the number of points grows: µs each by the clock, coopgame, error {TARGETS[0]:g}", "")
    yield from heading(("problem, what", *(f"{count} points" for count in bench.plan.points)))
    for name, compared in (("rand3", (OWN, TWO_CORES)), ("tri", (OWN, TWO_CORES, *ATTRACTORS))):
        tolerance = next(s.tolerance for s in chosen[name, TARGETS[0]] if s.solver == OWN)
        cells: dict[SweepSolver, list[str]] = {solver: [] for solver in compared}
        for count in bench.plan.points:
            clocks: dict[SweepSolver, list[float]] = {solver: [] for solver in compared}
            for _ in range(bench.plan.rounds if count < POINTS[-1] else 3):
                for solver, seconds in clocks.items():
                    if solver not in ATTRACTORS or count <= MANY:
                        seconds.append(bench.workers[solver].run(name, count, tolerance, 2 * LIMIT).clock)
            for solver, seconds in clocks.items():
                cells[solver].append(three(1e6 * statistics.median(seconds) / count) if seconds else "-")
        for solver, row in cells.items():
            yield table_row([f"{name}, {solver.name}", *row])


def verdicts(bench: Bench, chosen: Mapping[tuple[str, float], Sequence[Setting]]) -> Iterator[str]:
    """Yield how coopgame compares with what it was made to reach, at the larger target."""
    yield from ("", f"## What was to be shown, error {TARGETS[0]:g}", "")
    yield from heading(("problem, peer", "wanted ratio", "measured", "reached"))
    wanted = (
        ("tri", DOP853_LOOP.name + WRITTEN, 2000),
        ("tri", DOP853_LOOP.name, 2000),
        ("tri", HEYOKA_BATCH.name + WRITTEN, 3),
        ("tri", HEYOKA_BATCH.name, 3),
        ("rand3", LSODA_LOOP.name, 20),
    )
    for name, peer, ratio in wanted:
        settings = {s.solver.name: s for s in chosen[name, TARGETS[0]]}
        other = settings.get(peer)
        if other is None or other.problem:
            yield table_row([f"{name}, {peer}", ratio, other.problem if other else "not installed", "-"])
        else:
            measured = other.each / settings[OWN.name].each
            yield table_row([f"{name}, {peer}", ratio, three(measured), "yes" if measured >= ratio else "no"])
    own = next(s for s in chosen["tri", TARGETS[0]] if s.solver == OWN)
    wrong, near = bench.truth("tri").wrong(own.runs[-1].found)
    yield ""
    yield f"Wrong attractors of coopgame on tri: {wrong} of {own.count}; {near} more lie near a separatrix."


if __name__ == "__main__":
    main()
