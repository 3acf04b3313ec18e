"""The sweeps that benchmarks/sweeps.py times: many games of one shape, with the parameters and the start of each trajectory.

States are what most programs integrate: all shares of the one population of a matrix game, the shares x, y, z of the first
strategies of three populations. `numbers` are what a rate is written in: the payoffs, or the twelve coefficients of a
2x2x2 game; they follow from the parameters, and making them is timed with the solver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from trajectory_solvers import random_games

if TYPE_CHECKING:
    from coopgame.games.game import Game

MANY = 10_000
NAMES = ("C1", "S", "Fp", "R", "Lg", "Cp", "Gp", "Bp", "Tc", "Cu", "Uu", "Du", "Wu", "alpha", "beta")
TRIPARTITE = """
format = "coopgame-game/1"
name = "government, platform, users"
[parameters]
{parameters}
{populations}
[payoffs]
kind = "strategies"
{payoffs}
"""


class Shape(Protocol):
    """Games that differ in numbers only: how large a state is, how many numbers a rate takes, and how coopgame is given them."""

    @property
    def size(self) -> int:
        """The length of a state."""

    @property
    def numbers(self) -> int:
        """How many numbers a rate takes."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters in the game of coopgame."""

    def prepared(self, parameters: np.ndarray) -> np.ndarray:
        """Return the numbers of every trajectory from its parameters."""

    def game(self) -> Game:
        """Return the game of coopgame, with symbols for the parameters."""

    def start(self, states: np.ndarray) -> Any:
        """Return starts as coopgame takes them."""


@dataclass(frozen=True)
class MatrixShape:
    """Symmetric games of n strategies; the parameters are the payoffs, row by row."""

    size: int

    @property
    def numbers(self) -> int:
        """How many numbers a rate takes."""
        return self.size**2

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every payoff."""
        return tuple(f"a{i}_{j}" for i in range(self.size) for j in range(self.size))

    def prepared(self, parameters: np.ndarray) -> np.ndarray:
        """Return the payoffs, which are the parameters."""
        return parameters

    def game(self) -> Game:
        """Return the game with a symbol for every payoff."""
        from coopgame import MatrixGame

        return MatrixGame([self.names[i : i + self.size] for i in range(0, self.numbers, self.size)])

    def start(self, states: np.ndarray) -> np.ndarray:
        """Return the shares."""
        return states


@dataclass(frozen=True)
class CubeShape:
    """2x2x2 games whose payoffs are formulas in fifteen parameters.

    written: whether rates are computed from the parameters, as one copies them from a paper, or from twelve coefficients.
    """

    written: bool = False
    size: int = 3

    @property
    def numbers(self) -> int:
        """How many numbers a rate takes."""
        return len(NAMES) if self.written else 12

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return NAMES

    def gains(self, state: Sequence[Any], numbers: Sequence[Any]) -> Sequence[Any]:
        """Return by how much the first strategy of each population earns more."""
        return differences(numbers, *state) if self.written else from_coefficients(*state, numbers)

    def prepared(self, parameters: np.ndarray) -> np.ndarray:
        """Return the coefficients of 1, both other shares and their product in the three payoff differences; or the parameters."""
        if self.written:
            return parameters
        columns: list[np.ndarray] = []
        for population in range(3):
            corners = {}
            for pair in product((0, 1), repeat=2):
                others = [*pair[:population], 0, *pair[population:]]
                corners[pair] = differences(parameters.T, *others)[population]
            low, first, second = corners[0, 0], corners[1, 0], corners[0, 1]
            columns += [low, first - low, second - low, corners[1, 1] - first - second + low]
        return np.stack(columns, axis=1)

    def game(self) -> Game:
        """Return the game, read from the text of a game file."""
        import sympy

        from coopgame import parse_game

        written = payoffs(sympy.symbols(NAMES), *sympy.symbols("x y z"))
        who = ("government", "platform", "users")
        return parse_game(
            TRIPARTITE.format(
                parameters="\n".join(f"{name} = {{}}" for name in NAMES),
                populations="\n".join(
                    f'[[populations]]\nname = "{name}"\nsymbol = "{symbol}"\nstrategies = ["act", "not"]'
                    for name, symbol in zip(who, "xyz", strict=True)
                ),
                payoffs="\n".join(
                    f'[payoffs.{name}]\nact = "{act}"\nnot = "{idle}"'
                    for name, (act, idle) in zip(who, written, strict=True)
                ),
            )
        )

    def start(self, states: np.ndarray) -> dict[str, np.ndarray]:
        """Return the shares of the first strategies by name."""
        return dict(zip("xyz", states.T, strict=True))


def payoffs(parameters: Sequence[Any], x: Any, y: Any, z: Any) -> tuple[tuple[Any, Any], ...]:
    """Return the expected payoffs of both strategies of a government that supervises or not, a platform that complies or not, and its users.

    For numbers, arrays, and the expressions of sympy and heyoka.
    """
    C1, S, Fp, R, Lg, Cp, Gp, Bp, Tc, Cu, Uu, Du, Wu, alpha, beta = parameters
    government = (-C1 - S * y + (1 - y) * beta * Fp + y * R + z * alpha * R, -(1 - y) * Lg * (1 + z * alpha))
    platform = (Gp * (1 + z * beta) - Cp + x * S + z * Tc, Gp + Bp - x * beta * Fp - z * (Wu + x * alpha * R))
    takes_part = y * Uu - Cu + (1 - y) * (Wu * (alpha + x * (1 - alpha) * beta) - Du) + x * alpha * Tc
    return government, platform, (takes_part, (y * Uu - (1 - y) * Du) * beta)


def differences(parameters: Sequence[Any], x: Any, y: Any, z: Any) -> list[Any]:
    """Return by how much the first strategy of each population earns more."""
    return [first - second for first, second in payoffs(parameters, x, y, z)]


def from_coefficients(x: Any, y: Any, z: Any, c: Any) -> tuple[Any, Any, Any]:
    """Return the same from twelve coefficients; numba can compile it."""
    return (
        c[0] + c[1] * y + c[2] * z + c[3] * y * z,
        c[4] + c[5] * x + c[6] * z + c[7] * x * z,
        c[8] + c[9] * x + c[10] * y + c[11] * x * y,
    )


@dataclass(frozen=True, eq=False)
class Problem:
    """Trajectories: parameters of shape (N, m), starts of shape (N, size), and the two times at which states are compared."""

    name: str
    shape: Shape
    parameters: np.ndarray
    starts: np.ndarray
    times: tuple[float, float] = (5.0, 50.0)

    def first(self, count: int) -> Problem:
        """Return the first of the trajectories; the same ones over again where more are asked for."""
        chosen = np.arange(count) % len(self.starts)
        return Problem(self.name, self.shape, self.parameters[chosen], self.starts[chosen], self.times)


def rock_paper_scissors(name: str, low: float, high: float, end: float) -> Problem:
    """Return games with a win of a, a loss of 1: above 1 the interior attracts, below 1 the boundary does."""
    rng = np.random.default_rng([2026, round(100 * low)])
    win, zero, loss = rng.uniform(low, high, MANY), np.zeros(MANY), -np.ones(MANY)
    table = np.stack([zero, loss, win, win, zero, loss, loss, win, zero], axis=1)
    return Problem(name, MatrixShape(3), table, random_games(MANY, 3)[1], (5.0, end))


def tripartite(name: str) -> Problem:
    """Return the 2x2x2 games: parameters from U(0.5, 3), alpha and beta, which are fractions, from U(0.1, 0.9)."""
    rng = np.random.default_rng([2026, len(NAMES)])
    parameters = rng.uniform(0.5, 3.0, (MANY, len(NAMES)))
    parameters[:, -2:] = rng.uniform(0.1, 0.9, (MANY, 2))
    return Problem(name, CubeShape(), parameters, rng.uniform(0.02, 0.98, (MANY, 3)))


def random_matrices(name: str, size: int, shifted: bool = True) -> Problem:
    """Return games with payoffs from N(0, 1), shifted by columns so that none is negative, or not."""
    table, starts = random_games(MANY, size, shifted)
    return Problem(name, MatrixShape(size), table.reshape(MANY, -1), starts)


PROBLEMS = {
    "rand3": lambda: random_matrices("rand3", 3),
    "rps": lambda: rock_paper_scissors("rps", 1.0, 1.6, 50.0),
    "tri": lambda: tripartite("tri"),
    "rand3raw": lambda: random_matrices("rand3raw", 3, shifted=False),
    "rps_het": lambda: rock_paper_scissors("rps_het", 0.4, 0.9, 2000.0).first(1000),
    "rand2": lambda: random_matrices("rand2", 2),
    "rand5": lambda: random_matrices("rand5", 5),
    "rand10": lambda: random_matrices("rand10", 10),
}
