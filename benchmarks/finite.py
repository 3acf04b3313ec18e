"""Times exact results and simulation of games in finite populations beside egttools, and compares what each finds.

Run it as: make benchmark-finite, or python benchmarks/finite.py [--quick] [--tables A,B,C,D] [--write FILE]

All is Fermi imitation in one population. The programs do the same work in turn, on one thread each; times are of the processor, medians of rounds, without the
first ones, which load and compile. How long a fresh Python takes until it has done the least of the work stands beside them. What is true comes from formulas in 60 digits or from
exact stationary laws; every table says how far each program is from it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from finite_peers import (
    BATCH,
    COMPILED,
    DONATION,
    HAND,
    LAST,
    MEAN,
    OWN,
    PATH,
    PEER,
    PYTHON,
    VALUES,
    compiled_law,
    exact_shares,
    fixation_runs,
    full_chains,
    mutation_paths,
    normal_games,
    rare_mutants,
    stable_game,
    states_of_egttools,
    stationary_laws,
    true_fixation,
    true_law,
    weak_game,
)
from symbolic_engine import heading, table_row
from trajectories import installed, versions
from turns import QUICK, Entry, Measured, Plan, do_once, first_calls, in_turn, on_one_thread, three, verdicts

SIZE = 100
GAMES = {5: 1000, 50: 1000}
QUICK_GAMES = {5: 50, 8: 2}
JUDGED = 100  # games of egttools in Python
FIXATIONS = ((0.01, 1), (0.01, 0), (0.1, 0))  # intensity and resident, 0 for C
PATHS = [(n, size, mutation) for n in (2, 3, 5) for size in (100, 1000) for mutation in (0.001, 0.01)]
KINDS: dict[str, tuple[str, Callable[[int], np.ndarray]]] = {
    "all strategies stay": ("each strategy is paid least when it is common", stable_game),
    "weak selection": ("0.02 times N(0, 1)", weak_game),
}
NEAR = 1e-3
Goals = list[tuple[str, float, float]]

# what a fresh Python is asked for; the names are those of --once
TABLES: Mapping[str, Callable[[], Sequence[Entry]]] = {
    "A5": lambda: rare_mutants(5, SIZE, 1000),
    "A8": lambda: rare_mutants(8, SIZE, 2),
    "A50": lambda: rare_mutants(50, SIZE, 1000),
    "B": lambda: full_chains(3, 200, 0.01),
    "B50": lambda: stationary_laws(3, 50, 0.01),
    "C": lambda: fixation_runs(SIZE, *FIXATIONS[0]),
    "D": lambda: mutation_paths(stable_game(3), 100, 0.01),
}


def main() -> None:
    """Print the tables; write them as Markdown where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short runs, to see whether everything works")
    parser.add_argument("--tables", default="A,B,C,D", help="which tables")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    parser.add_argument("--once", nargs=2, metavar=("TABLE", "PROGRAM"), help="do the least of a work and end")
    arguments = parser.parse_args()
    on_one_thread()
    warnings.simplefilter("ignore")  # egttools warns of chains that fall apart
    if arguments.once:
        do_once(TABLES, *arguments.once)
        return
    begin, lines = time.perf_counter(), []
    for line in report(QUICK if arguments.quick else Plan(), arguments.tables.split(",")):
        print(line, flush=True)
        lines.append(line)
    print(f"{time.perf_counter() - begin:.0f} s in all", file=sys.stderr)
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text("\n".join(["# Speed of finite populations", "", *lines, ""]), encoding="utf-8")


def report(plan: Plan, tables: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the report."""
    there = installed(PEER)
    yield f"Processor time on one thread, medians of {plan.rounds} rounds, the programs in turn; {os.getloadavg()[0]:.1f} processes ran or waited on average in the minute before."
    yield "A ratio is the time of the program to that of coopgame: above 1, coopgame is faster. First call: a fresh Python by the clock until the least of the work is done, and one that only"
    yield f"imports the package. {'egttools is installed.' if there else 'egttools is not installed.'} {versions([OWN, *([PEER] if there else []), 'scipy', 'numba'])}"
    goals: Goals = []
    makers = {"A": small_mutation, "B": chains, "C": fixations, "D": paths}
    for name in tables:
        yield from makers[name](plan, goals)
    yield from ("", "## What was to be shown", "", *heading(("what", "wanted ratio", "measured", "reached")))
    yield from verdicts(goals)


def present(entries: Sequence[Entry]) -> list[Entry]:
    """Return the programs that are installed."""
    return [entry for entry in entries if installed(entry.package)]


def beside(measured: Mapping[str, Measured], own: str, peer: str) -> float:
    """Return the time of a peer to that of coopgame, 0 where it is not there."""
    return measured[peer].each / measured[own].each if peer in measured else 0.0


def far(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the distances in total variation between laws, the last axis."""
    return np.asarray(np.abs(one - other).sum(axis=-1) / 2)


# A: rare mutants -----------------------------------------------------------------------------------------------


def small_mutation(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the tables of the long run with rare mutants."""
    for strategies, most in QUICK_GAMES.items() if plan.quick else GAMES.items():
        count = most
        entries = present(rare_mutants(strategies, SIZE, count))
        measured = in_turn(entries, plan)
        calls = first_calls(__file__, f"A{strategies}", entries, plan if strategies < 10 else replace(plan, starts=1))
        title = f"A. Rare mutants: {strategies} strategies, {SIZE} members, payoffs from N(0, 1), intensity 1"
        yield from ("", f"## {title}", "")
        yield from heading(
            ("program", "µs a game", "ratio", "of games", "first call: s", "of that, import: s", "wrong", "of")
        )
        reference = next(entry for entry in entries if entry.name == BATCH).make(count)()
        for entry in entries:
            found, own = measured[entry.name], measured[BATCH]
            judged = JUDGED if entry.name == PYTHON else count
            judged = found.count if strategies > 10 or entry.package == OWN else min(judged, count)
            laws = found.last if judged <= found.count else entry.make(judged)()
            wrong = int((far(np.asarray(laws), reference[: len(laws)]) > NEAR).sum())
            first = [f"{seconds:.2f}" for seconds in calls.get(entry.name, ())] or ["-", "-"]
            cells = [three(1e6 * found.each), three(found.each / own.each), found.count, *first, wrong, len(laws)]
            yield table_row([entry.name, *cells])
        yield ""
        yield from truth(strategies, 1 if strategies > 5 or plan.quick else 10, reference)
        if strategies == 5:
            name = "rare mutants, a thousand games beside egttools, compiled"
            goals.append((name, 1000, beside(measured, BATCH, COMPILED)))
            goals.append(("rare mutants, a call for a game", 50, beside(measured, HAND, COMPILED)))
            goals.append(("rare mutants, a call with payoffs as values", 50, beside(measured, VALUES, COMPILED)))


def truth(strategies: int, count: int, found: np.ndarray) -> Iterator[str]:
    """Yield how far laws are from those by 60 digits."""
    games = normal_games(count, strategies)
    true = np.array([true_law(game, SIZE) for game in games])
    own = far(found[:count], true).max()
    yield f"Wrong: more than {NEAR:g} in total variation from coopgame, whose {'law of the first game is' if count == 1 else f'laws of the first {count} games are'} {own:.0e} or less from those by 60 digits."
    if installed(PEER):
        peer = far(np.array([compiled_law(game, SIZE) for game in games]), true)
        yield f"egttools is {peer.max():.2g} or less from them; it takes fixation probabilities below 1e-7 for 0, and then the chain can fall apart."


# B: chains -----------------------------------------------------------------------------------------------------


def chains(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the tables of the whole chain: built, and its stationary law."""
    size, half, mutation = (40, 20, 0.01) if plan.quick else (200, 50, 0.01)
    entries = present(full_chains(3, size, mutation))
    measured = in_turn(entries, plan)
    calls = {} if plan.quick else first_calls(__file__, "B", entries, plan)
    yield from (
        "",
        f"## B. The whole chain: 3 strategies, mutation {mutation}",
        "",
        f"Built, {size} members, {(size + 1) * (size + 2) // 2} states:",
        "",
    )
    yield from heading(
        (
            "program",
            "ms",
            "ratio",
            "first call: s",
            "of that, import: s",
            "largest difference",
            "rows sum to 1 within",
        )
    )
    own = measured["coopgame"].last
    order = ranks(states_of_egttools(size, 3)) if installed(PEER) else None
    for entry in entries:
        found = measured[entry.name]
        matrix = own.matrix if entry.package == OWN else found.last
        apart = 0.0 if order is None else difference(own, matrix if entry.package == PEER else None, order)
        rows = float(np.abs(np.asarray(matrix.sum(axis=1)).ravel() - 1).max())
        first = [f"{seconds:.2f}" for seconds in calls.get(entry.name, ())] or ["-", "-"]
        cells = [three(1e3 * found.each), three(found.each / measured["coopgame"].each), *first]
        yield table_row([entry.name, *cells, f"{apart:.0e}", f"{rows:.0e}"])
    goals.append(("the whole chain, built, beside egttools, compiled", 1, beside(measured, "coopgame", COMPILED)))
    yield from stationary(plan, goals, half, mutation)


def stationary(plan: Plan, goals: Goals, size: int, mutation: float) -> Iterator[str]:
    """Yield the table of the stationary law of the whole chain."""
    entries = present(stationary_laws(3, size, mutation))
    measured = in_turn(entries, plan)
    calls = {} if plan.quick else first_calls(__file__, "B50", entries, plan)
    yield from (
        "",
        f"Chain and stationary law, {size} members, {(size + 1) * (size + 2) // 2} states; how far laws are from coopgame's in total variation:",
        "",
    )
    yield from heading(("program", "ms", "ratio", "first call: s", "of that, import: s", "apart"))
    own = measured["coopgame"]
    law = own.last.probabilities
    order = ranks(states_of_egttools(size, 3)) if installed(PEER) else None
    mine = ranks(own.last.states)
    for entry in entries:
        found = measured[entry.name]
        apart = 0.0 if entry.package == OWN or order is None else far(found.last[order], law[mine])
        first = [f"{seconds:.2f}" for seconds in calls.get(entry.name, ())] or ["-", "-"]
        cells = [three(1e3 * found.each), three(found.each / own.each), *first, f"{apart:.0e}"]
        yield table_row([entry.name, *cells])
    yield ""
    yield f"coopgame: {own.last.accuracy} ({own.last.known})."
    fastest = min((m.each for name, m in measured.items() if name != "coopgame"), default=0.0)
    goals.append(("the stationary law, beside egttools with the fastest solver", 1, fastest / own.each))


def ranks(states: np.ndarray) -> np.ndarray:
    """Return the places of states in lexicographic order."""
    return np.lexsort(states.T[::-1])


def difference(own: Any, matrix: Any, order: np.ndarray) -> float:
    """Return the largest difference between the entries of coopgame's matrix and egttools'."""
    if matrix is None:
        return 0.0
    mine = ranks(own.states)
    return float(abs(own.matrix[mine][:, mine] - matrix.tocsr()[order][:, order]).max())


# C: fixation ---------------------------------------------------------------------------------------------------


def fixations(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the table of simulated fixation."""
    import mpmath

    yield from (
        "",
        f"## C. Simulated fixation: {SIZE} members, donation game of benefit 2 and cost 1, one mutant",
        "",
    )
    yield from heading(("mutant, intensity", "program", "runs a second", "ratio", "runs", "estimate", "exact", "z"))
    ratios = []
    for intensity, resident in FIXATIONS[: 1 if plan.quick else None]:
        entries = present(fixation_runs(SIZE, intensity, resident))
        measured = in_turn(entries, plan)
        a, mutant = DONATION, 1 - resident
        with mpmath.workdps(60):
            payoffs = a[mutant, mutant], a[mutant, resident], a[resident, mutant], a[resident, resident]
            exact = float(true_fixation(*map(mpmath.mpf, payoffs), SIZE, mpmath.mpf(intensity)))
        own = measured["coopgame"]
        for entry in entries:
            found = measured[entry.name]
            shares = [one.probability if entry.package == OWN else one for one in found.found]
            runs = found.count * len(shares)
            estimate = float(np.mean(shares))
            error = (exact * (1 - exact) / runs) ** 0.5
            numbers = [f"{1 / found.each:.3g}", three(found.each / own.each), f"{runs:.3g}", f"{estimate:.5g}"]
            yield table_row(
                [
                    f"{'CD'[mutant]}, {intensity}",
                    entry.name,
                    *numbers,
                    f"{exact:.5g}",
                    f"{(estimate - exact) / error:.1f}",
                ]
            )
        ratios.append(beside(measured, "coopgame", COMPILED))
        jumps = own.last.mean_jumps
        yield table_row(["", "coopgame: jumps a second", f"{jumps / own.each:.3g}", *["-"] * 5])
    calls = first_calls(__file__, "C", present(fixation_runs(SIZE, *FIXATIONS[0])), plan)
    shown = "; ".join(f"{name} {whole:.2f} s, of that import {bare:.2f} s" for name, (whole, bare) in calls.items())
    yield from ("", f"z: the estimate less the exact value, in standard errors. First call: {shown}.")
    goals.append(("simulated fixation, the smallest ratio", 1000, min(ratios)))


# D: paths with mutation ----------------------------------------------------------------------------------------


def paths(plan: Plan, goals: Goals) -> Iterator[str]:
    """Yield the table of simulated steps with mutation."""
    yield from ("", "## D. Simulated steps with mutation, intensity 1: millions a second", "")
    heads = ("n, members, mutation", "coopgame", "changes", MEAN, LAST, PATH, "ratio", "z", "z of egttools", "sum")
    ratios: dict[str, list[float]] = {}
    shorter = replace(plan, seconds=0.6 * plan.seconds)
    for kind, (payoffs, make) in KINDS.items():
        yield from (f"{kind.capitalize()}: {payoffs}.", "", *heading(heads))
        for strategies, size, mutation in PATHS[:2] if plan.quick else PATHS:
            entries = present(mutation_paths(make(strategies), size, mutation))
            measured = in_turn(entries, shorter)
            own = measured["coopgame"]
            speeds = {name: f"{1e-6 / found.each:.3g}" for name, found in measured.items()}
            peers = [found.each for name, found in measured.items() if name != "coopgame"]
            ratio = min(peers) / own.each if peers else 0.0
            ratios.setdefault(kind, []).append(ratio)
            yield table_row(
                [
                    f"{strategies}, {size}, {mutation}",
                    speeds["coopgame"],
                    f"{changes_of(own):.3g}",
                    *(speeds.get(name, "-") for name in (MEAN, LAST, PATH)),
                    three(ratio),
                    *agreement(measured, exact_shares(make(strategies), size, mutation)),
                ]
            )
        yield ""
    yield "Ratio: of the fastest of egttools. Changes: how many members change a second, in millions; steps without a change cost coopgame nothing, and egttools only where all are alike."
    yield "z: how far mean shares are from those of the exact stationary law in standard errors between rounds, and the largest distance; egttools' from coopgame's where there are too many states."
    yield "A tenth of the steps comes before means begin; with few steps, which a round of egttools has, they may still depend on the start. Sum: of egttools' mean shares, which have to sum to 1."
    calls = first_calls(__file__, "D", present(TABLES["D"]()), plan)
    shown = "; ".join(f"{name} {whole:.2f} s, of that import {bare:.2f} s" for name, (whole, bare) in calls.items())
    yield f"First call: {shown}."
    for kind, found in ratios.items():
        goals.append((f"steps with mutation, {kind}: the smallest ratio", 40, min(found)))


def changes_of(own: Measured) -> float:
    """Return millions of changes a second."""
    return 1e-6 * float(np.median([one.changes.sum() for one in own.found])) / own.count / own.each


def agreement(measured: Mapping[str, Measured], exact: np.ndarray | None) -> list[str]:
    """Return how many standard errors between rounds mean shares are from the exact ones, else from those of coopgame, and the sum of egttools' shares."""
    own = np.array([one.mean_shares for one in measured["coopgame"].found])
    if MEAN not in measured:
        return [apart(own, exact), "-", "-"]
    peer = np.array(measured[MEAN].found)
    total = f"{peer.sum(axis=1).mean():.4f}"
    return ["-", apart(peer, own), total] if exact is None else [apart(own, exact), apart(peer, exact), total]


def apart(rounds: np.ndarray, wanted: np.ndarray | None) -> str:
    """Return the largest distance of the means of rounds from what is wanted, a row or other rounds, in standard errors, and the distance itself."""
    if wanted is None:
        return "-"
    squares = rounds.var(axis=0, ddof=1) / len(rounds)
    if wanted.ndim == 2:
        squares, wanted = squares + wanted.var(axis=0, ddof=1) / len(wanted), wanted.mean(axis=0)
    distance = np.abs(rounds.mean(axis=0) - wanted)
    return f"{(distance / np.sqrt(np.maximum(squares, 1e-30))).max():.1f} ({distance.max():.0e})"


if __name__ == "__main__":
    main()
