"""Programs that enumerate Nash equilibria, as benchmarks/equilibria.py calls them: each in a process of its own, ended when it does not answer in time."""

from __future__ import annotations

import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

Pairs = list[tuple[list[float], list[float]]]
Solve = Callable[[], Any]
Prepare = Callable[
    [np.ndarray, np.ndarray], tuple[Solve, Callable[[Any], Pairs]]
]  # the game as an object, read before


@dataclass(frozen=True)
class EquilibriumSolver:
    """A program: its name, the package that has to be installed ("" for lrsnash), and what makes a call of a game."""

    name: str
    package: str
    prepare: Prepare


def public_call(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
    """The search with its proof; mixtures in rational numbers are solved when they are looked at, after the clock has stopped."""
    from coopgame import NormalFormGame, nash_equilibria

    game = NormalFormGame.from_bimatrix(first, second)
    return lambda: list(nash_equilibria(game)), lambda found: _pairs([e.strategies for e in found])


def call_and_mixtures(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
    """The search, and all mixtures in rational numbers."""
    from coopgame import NormalFormGame, nash_equilibria

    game = NormalFormGame.from_bimatrix(first, second)
    return lambda: [e.strategies for e in nash_equilibria(game)], _pairs


def _pairs(found: Any) -> Pairs:
    return [tuple(_floats(own.values()) for own in strategies) for strategies in found]  # type: ignore[misc]


def kernel_alone(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
    """Both walks with their proofs and the pairs of vertices, from doubles or whole numbers; rational mixtures are made after the clock has stopped."""
    from coopgame import NormalFormGame
    from coopgame._kernels.label_pairs import distinct
    from coopgame._kernels.pivoting import DONE, walk
    from coopgame.equilibria.label_sets import covering, whole, words_of
    from coopgame.equilibria.reply_polytopes import reply_polytope, solve_vertex
    from coopgame.equilibria.tables import payoff_tables

    m, n = first.shape
    labels = [*range(m), *range(m, m + n)], [*range(m, m + n), *range(m)]
    own, other = payoff_tables(NormalFormGame.from_bimatrix(first, second)).whole
    sides = [reply_polytope(table, order) for table, order in zip((other.T, own), labels, strict=True)]
    inputs = [(side.words, 0.0) if side.surely_fits else (side.doubles, -1.0) for side in sides]
    orders = [np.array(own) for own in labels]
    everything = words_of([(1 << m + n) - 1], 2)[0]

    def solve() -> Any:
        walked = [walk(matrix, own, least, 10**7, 0) for (matrix, least), own in zip(inputs, orders, strict=True)]
        if any(each[5] != DONE for each in walked):
            raise RuntimeError("not proved complete in doubles")
        places = [distinct(tight)[0] for _, _, tight, *_ in walked]
        tight = [each[2][place] for each, place in zip(walked, places, strict=True)]
        pairs = [pair for part in covering(*tight, everything, (m, n)) for pair in part.tolist() if all(pair)]
        return walked, places, pairs

    def read(found: Any) -> Pairs:
        walked, places, pairs = found
        mixtures = []
        for pair in pairs:
            keys = [whole(each[0][place[k]]) for each, place, k in zip(walked, places, pair, strict=True)]
            vertices = [solve_vertex(side, key) for side, key in zip(sides, keys, strict=True)]
            mixtures.append(tuple(_floats(vertex.mixture) for vertex in vertices if vertex is not None))
        return mixtures  # type: ignore[return-value]

    return solve, read


def lrsnash(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
    m, n = first.shape
    rows = [" ".join(str(Fraction(v)) for v in row) for table in (first, second) for row in table]
    path = Path(tempfile.mkdtemp()) / "game"
    path.write_text("\n".join([f"{m} {n}", "", *rows[:m], "", *rows[m:], ""]), encoding="utf-8")

    def read(text: str) -> Pairs:
        found: Pairs = []
        waiting: list[list[float]] = []
        for line in text.splitlines():
            player, *numbers = line.split() or [""]
            if player == "2":
                waiting.append(_floats(map(Fraction, numbers[:-1])))
            elif player == "1":
                found += [(_floats(map(Fraction, numbers[:-1])), other) for other in waiting]
            else:
                waiting = []
        return found

    return lambda: subprocess.run(["lrsnash", str(path)], capture_output=True, text=True, check=True).stdout, read


def gambit(rational: bool) -> Prepare:
    def prepare(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
        import pygambit

        tables = [
            np.array([[Fraction(v) for v in row] for row in table]) if rational else table
            for table in (first, second)
        ]
        game = pygambit.Game.from_arrays(*tables)
        players = list(game.players)

        def read(found: Any) -> Pairs:
            return [
                tuple(_floats(e[strategy] for strategy in player.strategies) for player in players)
                for e in found.equilibria
            ]  # type: ignore[misc]

        return lambda: pygambit.nash.enummixed_solve(game, rational=rational), read

    return prepare


def quantecon(method: str) -> Prepare:
    def prepare(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
        import quantecon.game_theory as theory

        game = theory.NormalFormGame([theory.Player(first), theory.Player(np.ascontiguousarray(second.T))])
        function = getattr(theory, method)
        return lambda: function(game), _mixtures

    return prepare


def nashpy(method: str) -> Prepare:
    def prepare(first: np.ndarray, second: np.ndarray) -> tuple[Solve, Callable[[Any], Pairs]]:
        import nashpy

        game = nashpy.Game(first, second)
        return lambda: list(getattr(game, method)()), _mixtures

    return prepare


def _mixtures(found: Any) -> Pairs:
    return [(_floats(x), _floats(y)) for x, y in found]


def _floats(values: Iterable[Any]) -> list[float]:
    return [float(value) for value in values]


SOLVERS = (
    EquilibriumSolver("coopgame", "coopgame-egt", public_call),
    EquilibriumSolver("coopgame, all mixtures read", "coopgame-egt", call_and_mixtures),
    EquilibriumSolver("coopgame, kernel", "coopgame-egt", kernel_alone),
    EquilibriumSolver("lrsnash, process", "", lrsnash),
    EquilibriumSolver("Gambit enummixed, float", "pygambit", gambit(False)),
    EquilibriumSolver("Gambit enummixed, rational", "pygambit", gambit(True)),
    EquilibriumSolver("quantecon support", "quantecon", quantecon("support_enumeration")),
    EquilibriumSolver("quantecon vertex", "quantecon", quantecon("vertex_enumeration")),
    EquilibriumSolver("nashpy support", "nashpy", nashpy("support_enumeration")),
    EquilibriumSolver("nashpy vertex", "nashpy", nashpy("vertex_enumeration")),
)


@dataclass
class Worker:
    """A process that solves the games that it is sent."""

    number: int
    _process: Any = None
    _connection: Connection | None = None

    def run(self, first: np.ndarray, second: np.ndarray, limit: float) -> tuple[float, Pairs] | str:
        """Return seconds and what was found, or in words why there is nothing."""
        if self._connection is None:
            here, there = get_context("spawn").Pipe()
            self._process = get_context("spawn").Process(target=_serve, args=(self.number, there), daemon=True)
            self._process.start()
            self._connection = here
            if not here.poll(180):
                raise SystemExit(f"{SOLVERS[self.number].name} does not start")
            here.recv()
        self._connection.send((first, second))
        if self._connection.poll(limit):
            answer: tuple[float, Pairs] | str = self._connection.recv()
            return answer
        self.stop()
        return f"> {limit:g} s"

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


def _serve(number: int, connection: Connection) -> None:
    warnings.simplefilter("ignore")
    prepare = SOLVERS[number].prepare
    for kind in (np.eye(3), np.arange(36.0).reshape(6, 6) % 7, np.random.default_rng(0).normal(size=(6, 6))):
        solve, read = prepare(kind, kind.T.copy())  # loads and compiles
        _answered(solve, read)
    connection.send("ready")
    while True:
        connection.send(_answered(*prepare(*connection.recv())))


def _answered(solve: Solve, read: Callable[[Any], Pairs]) -> tuple[float, Pairs] | str:
    begin = time.perf_counter()
    try:
        found = solve()
    except Exception as error:
        return f"{type(error).__name__}"
    seconds = time.perf_counter() - begin
    return seconds, read(found)
