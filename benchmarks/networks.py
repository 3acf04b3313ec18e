"""Times games on networks beside egttools, a loop in Python, and numpy; beside what drawing and memory alone allow; and measures memory.

Run it as: make benchmark-networks, or python benchmarks/networks.py [--quick] [--tables E,F,G] [--write FILE]

The programs do the same work in turn, on one thread each; times are of the processor, medians of rounds, without the first ones, which load and compile. How long a fresh Python takes until
it has done the least of the work stands beside them.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from network_peers import (
    EGTTOOLS,
    FILTERS,
    GENERATIONS,
    INTENSITY,
    MEMORY,
    NAIVE,
    OWN,
    ROWS,
    RULE,
    SLICES,
    TEMPTATION,
    TOUCHES,
    egttools_updates,
    nowak_may,
    other_cases,
    own_updates,
    run_in_memory,
    side_of,
    updates,
    with_limits,
)
from symbolic_engine import child, heading, table_row
from trajectories import installed, versions
from turns import QUICK, Entry, Plan, do_once, first_calls, in_turn, on_one_thread, three, verdicts

NODES = (10_000, 100_000, 1_000_000, 10_000_000)
OTHERS = (10_000, 1_000_000)
SIDES = (200, 1000)
COMPARED = 20  # sweeps after which mean shares are compared
PACKAGES = ("egttools", "networkx", "scipy", "numba")
Goals = list[tuple[str, float, float]]
TABLES: Mapping[str, Callable[[], Sequence[Entry]]] = {
    "E": lambda: updates(side_of(NODES[0])),
    **{f"F{side}": (lambda side=side: nowak_may(side)) for side in SIDES},  # type: ignore[misc]
}


def main() -> None:
    """Print the tables; write them as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short runs, to see whether everything works")
    parser.add_argument("--tables", default="E,F,G", help="which tables")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    parser.add_argument("--once", nargs=2, metavar=("TABLE", "PROGRAM"), help="do the least of a work and end")
    parser.add_argument(
        "--memory", nargs=2, metavar=("WHAT", "NODES"), help="play, say how much memory it took, and end"
    )
    arguments = parser.parse_args()
    on_one_thread()
    if arguments.once:
        do_once(TABLES, *arguments.once)
        return
    if arguments.memory:
        run_in_memory(arguments.memory[0], int(arguments.memory[1]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**10 if sys.platform == "linux" else 2**20))
        return
    begin, lines = time.perf_counter(), []
    for line in report(QUICK if arguments.quick else Plan(), arguments.tables.split(",")):
        print(line, flush=True)
        lines.append(line)
    print(f"{time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text("\n".join(["# Speed of networks", "", *lines, ""]), encoding="utf-8")


def report(plan: Plan, tables: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the report."""
    goals: Goals = []
    occupied = list(memory(plan, goals)) if "G" in tables else []  # first, while this process is small
    there = [name for name in PACKAGES if installed(name)]
    missing = [name for name in PACKAGES if name not in there]
    yield f"Processor time on one thread, medians of {plan.rounds} rounds, the programs in turn; {os.getloadavg()[0]:.1f} processes ran or waited on average in the minute before."
    yield "A ratio is the time of the program to that of coopgame: above 1, coopgame is faster. First call: a fresh Python by the clock until the least of the work is done, and one that only"
    yield f"imports the package. Not installed: {', '.join(missing) or 'none'}. {versions([OWN, *there])}"
    if "E" in tables:
        yield from imitation(plan, goals)
        yield from growth(plan, goals)
    if "F" in tables:
        yield from generations(plan, goals)
    yield from occupied
    yield from ("", "## What was to be shown", "", *heading(("what", "wanted ratio", "measured", "reached")))
    yield from verdicts(goals)


# E: single nodes imitate ---------------------------------------------------------------------------------------


def imitation(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the table of updates on a lattice."""
    nodes = NODES[0]
    entries = [entry for entry in updates(side_of(nodes)) if installed(entry.package)]
    measured = in_turn(entries, plan)
    calls = first_calls(__file__, "E", entries, plan)
    yield from ("", f"## E. Fermi imitation on a square lattice of {nodes} nodes, one node at a time", "")
    yield f"Payoffs 1, 0; {TEMPTATION}, 0 added up over four neighbours, intensity {INTENSITY}: cooperators and defectors stay."
    yield from ("", *heading(("program", "million updates a second", "ratio", "first call: s", "of that, import: s")))
    for name, found in measured.items():
        first = [f"{seconds:.2f}" for seconds in calls[name]]
        yield table_row([name, f"{1e-6 / found.each:.3g}", three(found.each / measured[RULE].each), *first])
    if EGTTOOLS in measured:
        goals.append(("updates on a lattice, beside egttools", 40, measured[EGTTOOLS].each / measured[RULE].each))
        yield from ("", agreement(side_of(nodes), 3 if plan.quick else 16))
    if NAIVE in measured:
        goals.append(
            ("updates on a lattice, beside a loop in Python", 40, measured[NAIVE].each / measured[RULE].each)
        )


def agreement(side: int, runs: int) -> str:
    """Return how the shares of cooperators of coopgame and egttools compare."""
    count = COMPARED * side**2
    own, peer = own_updates(side, False)(count), egttools_updates(side)(count)
    shares = [
        np.array([run().shares[0, -1, 0] for run in [own] * runs]),
        np.array([run()[0] / side**2 for run in [peer] * runs]),
    ]
    means = [each.mean() for each in shares]
    error = sum(each.var(ddof=1) / runs for each in shares) ** 0.5
    return (
        f"Cooperators after {COMPARED} sweeps from a half, means of {runs} runs: coopgame {means[0]:.4f}, egttools {means[1]:.4f}; "
        f"apart by {abs(means[0] - means[1]) / error:.1f} standard errors."
    )


def growth(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the table of updates a second as lattices grow, beside what drawing and memory allow."""
    chosen = NODES[:2] if plan.quick else NODES
    cells: dict[str, list[str]] = {}
    parts = []
    for nodes in chosen:
        side = side_of(nodes)
        states = own_updates(side, False)(COMPARED * nodes)().final[0]
        measured = in_turn(with_limits(side, states), plan)
        for name, found in measured.items():
            cells.setdefault(name, []).append(f"{1e-6 / found.each:.3g}")
        parts.append(measured[TOUCHES].each / measured[RULE].each)
    yield from ("", "As lattices grow, million updates a second, from states as they are after a while:", "")
    yield from heading(("program", *(f"{side_of(nodes) ** 2} nodes" for nodes in chosen)))
    yield from (table_row([name, *row]) for name, row in cells.items())
    yield table_row(["share of the limit of memory that is reached", *(f"{part:.2f}" for part in parts)])
    yield ""
    yield "Limits draw as many random numbers, and the second touches as many cells as the simulation, without a game; compiled by the same means."
    yield from (
        "",
        "coopgame on other networks and by other rules, with mutation 1/1000, million updates a second:",
        "",
    )
    others: dict[str, list[str]] = {}
    for nodes in OTHERS[:1] if plan.quick else OTHERS:
        for name, found in in_turn(other_cases(nodes), plan).items():
            others.setdefault(name, []).append(f"{1e-6 / found.each:.3g}")
    yield from heading(("network, rule", *(f"{nodes} nodes" for nodes in (OTHERS[:1] if plan.quick else OTHERS))))
    yield from (table_row([name, *row]) for name, row in others.items())
    goals.append(("part of the limit of memory, the smallest", 0.5, min(parts)))


# F: generations ------------------------------------------------------------------------------------------------


def generations(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the tables of Nowak and May's spatial game."""
    yield from ("", "## F. Nowak and May (1992): all cells at once take what the best of nine plays", "")
    yield from heading(
        (
            "side",
            "program",
            "ms a generation",
            "ratio",
            "million cells a second",
            "first call: s",
            "of that, import: s",
        )
    )
    same = []
    for side in SIDES:
        entries = nowak_may(side)
        measured = in_turn(entries, plan)
        calls = first_calls(__file__, f"F{side}", entries, plan)
        own = measured[GENERATIONS].each
        for name, found in measured.items():
            first = [f"{seconds:.2f}" for seconds in calls[name]]
            cells = [f"{1e3 * found.each:.3g}", three(found.each / own), f"{1e-6 * side**2 / found.each:.3g}"]
            yield table_row([side, name, *cells, *first])
        goals.append((f"generations, side {side}, beside scipy.ndimage", 20, measured[FILTERS].each / own))
        goals.append((f"generations, side {side}, beside slices", 1, measured[SLICES].each / own))
        ends = [entry.make(50)() for entry in entries]
        same.append(all(np.array_equal(ends[0], end) for end in ends))
    yield from ("", f"All programs have the same cells after 50 generations: {'yes' if all(same) else 'no'}.")


# G: memory -----------------------------------------------------------------------------------------------------


def memory(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the table of the most memory that a fresh Python takes."""
    nodes = 100_000 if plan.quick else 1_000_000
    yield from ("", f"## G. Memory: {nodes} nodes, two sweeps, all in a fresh Python", "")
    yield from heading(("what", "MiB at most", "seconds by the clock"))
    for what in MEMORY:
        if what == EGTTOOLS and not installed(EGTTOOLS):
            continue
        text, seconds, _ = child([sys.executable, __file__, "--memory", what, str(nodes)])
        yield table_row([what, f"{float(text):.0f}", f"{seconds:.1f}"])
        if what in (RULE, ROWS):
            goals.append((f"a gibibyte to the memory of {nodes} nodes, {what}", 1, 2**10 / float(text)))


if __name__ == "__main__":
    main()
