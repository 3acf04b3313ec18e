"""Classes of games with global consequences: potential, stable and supermodular games, as conditions on parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.structure import Cube, Pairwise, cube_of, pairwise_of
from coopgame.games.game import Game

_WORDS = {
    "potential": "the potential rises along every orbit that moves: all orbits go to rest points, strict maxima attract, no cycles",
    "strictly stable": "the only equilibrium attracts every interior orbit",
    "null stable": "an interior equilibrium, if there is one, has a conserved quantity around it: it does not attract",
}
_COOPERATIVE = "every population's rate rises with the others' shares, in that order: no cycle attracts"
_ORDERED = (
    "a smallest and a largest equilibrium exist, both pure; nothing follows for orbits of the replicator dynamics"
)


@dataclass(frozen=True, eq=False)
class GameClasses:
    """Where a game belongs to the classes that make its dynamics simple; each a condition on the parameters.

    potential: an exact potential exists, given by `potential_function` (for all parameters that meet the condition).
    strictly_stable: (x - y)·(F(x) - F(y)) < 0 for all states x != y; null_stable: that product is always 0. supermodular: in
    the listed order of strategies, or with that of some populations reversed.
    """

    game: Game = field(repr=False)
    potential: Condition
    potential_function: sympy.Expr | None
    strictly_stable: Condition
    null_stable: Condition
    supermodular: Condition

    def consequences(self) -> dict[str, str]:
        """Return what follows for the replicator dynamics, by class."""
        two = all(len(population.strategies) == 2 for population in self.game.populations)
        return {**_WORDS, "supermodular": _COOPERATIVE if two else _ORDERED}

    def _pairs(self) -> list[tuple[str, Condition]]:
        return [(name, getattr(self, name.replace(" ", "_"))) for name in self.consequences()]

    def __str__(self) -> str:
        lines = []
        for name, condition in self._pairs():
            if condition == FALSE:
                lines.append(f"{name}: never")
                continue
            when = "always" if condition == TRUE else f"if {condition}"
            lines.append(f"{name}: {when}; then {self.consequences()[name]}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{name}</td><td>{escape(str(condition))}</td><td>{escape(self.consequences()[name])}</td></tr>"
            for name, condition in self._pairs()
        )
        return f"<table><tr><th>class</th><th>if</th><th>then</th></tr>{rows}</table>"


def classify_game(game: Game) -> GameClasses:
    """Return where in its parameters a game is a potential, a stable or a supermodular game.

    Works for one population with a payoff matrix (stability up to four strategies) and for populations of two strategies
    each with payoffs independent of the own population's shares.

    References: Hofbauer (1985), J. Math. Biol. 22 (potential: the triangle condition); Monderer and Shapley (1996), GEB 14; Hofbauer and
    Sandholm (2009), J. Econ. Theory 144 (stable games); Topkis (1979), SIAM J. Control Optim. 17; Smith (1995), Monotone Dynamical
    Systems.

    >>> from coopgame import MatrixGame, classify_game
    >>> print(classify_game(MatrixGame([["a", "b"], ["c", "d"]])).strictly_stable)
    a + d < b + c
    """
    prover = Prover(game.assumptions)
    structure = cube_of(game) if len(game.populations) > 1 else pairwise_of(game)
    if isinstance(structure, Cube):
        return _several(structure, prover)
    return _one(structure, prover)


def _possible(prover: Prover, condition: Condition) -> Condition:
    tidied = prover.tidy(condition)
    return tidied if tidied in (TRUE, FALSE) or prover.can_hold(tidied) else FALSE


def _one(pairwise: Pairwise, prover: Prover) -> GameClasses:
    b, n = pairwise.differences, pairwise.size
    triangles = [
        (b[i][j] + b[j][k] + b[k][i] - b[i][k] - b[k][j] - b[j][i]).sign("=") for i, j, k in combinations(range(n), 3)
    ]
    potential = _possible(prover, all_of(*triangles))
    # z'Az on the tangent space, in the directions e_i - e_last; columns may be shifted, so differences are enough
    last = n - 1
    form = [
        [
            b[i][j] - b[last][j] - b[i][last] + b[last][last] + b[j][i] - b[last][i] - b[j][last] + b[last][last]
            for j in range(last)
        ]
        for i in range(last)
    ]
    strictly: Condition = FALSE
    if n <= 4:
        minors = [determinant([row[:k] for row in form[:k]]) for k in range(1, n)]
        strictly = _possible(prover, all_of(*(m.sign("<" if k % 2 else ">") for k, m in enumerate(minors, 1))))
    null = _possible(prover, all_of(*(entry.sign("=") for row in form for entry in row)))
    ordered = [b[i + 1][j + 1] - b[i + 1][j] - b[i][j + 1] + b[i][j] for i in range(n - 1) for j in range(n - 1)]
    supermodular = _possible(prover, all_of(*(entry.sign(">=") for entry in ordered)))
    return GameClasses(pairwise.game, potential, _matrix_potential(pairwise, potential), strictly, null, supermodular)


def _matrix_potential(pairwise: Pairwise, condition: Condition) -> sympy.Expr | None:
    """The quadratic function of the other shares whose derivatives are the advantages over the last strategy."""
    if condition == FALSE:
        return None
    game, n = pairwise.game, pairwise.size
    last = n - 1
    shares = [game.share(0, s) for s in range(n)]
    b = [[entry.expression() for entry in row] for row in pairwise.differences]
    # relative to the last strategy: F_i - F_last = sum_j (b_ij - b_last,j) x_j, and x_last = 1 - the others
    total: sympy.Expr = sympy.Integer(0)
    for i in range(last):
        at_last = b[i][last] - b[last][last]
        total += at_last * shares[i]
        for j in range(last):
            slope = (b[i][j] - b[last][j] - at_last + b[j][i] - b[last][i] - (b[j][last] - b[last][last])) / 2
            total += slope * shares[i] * shares[j] / 2
    return sympy.expand(total)


def determinant(rows: Sequence[Sequence[Quotient]]) -> Quotient:
    """Return the determinant of a square table, by expansion along its first row."""
    if len(rows) == 1:
        return rows[0][0]
    total = Quotient(rows[0][0].ring, rows[0][0].ring.constant(0))
    for k, entry in enumerate(rows[0]):
        minor = determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]])
        total = total + entry * minor if k % 2 == 0 else total - entry * minor
    return total


def _several(cube: Cube, prover: Prover) -> GameClasses:
    """Cross effects: what a switch of population j adds to population i's advantage, at every profile of the others."""
    count = cube.size
    effects = {(i, j): _effects(cube, i, j) for i in range(count) for j in range(count) if i != j}
    pairs = list(combinations(range(count), 2))
    same = [(a - b).sign("=") for i, j in pairs for a, b in zip(effects[i, j], effects[j, i], strict=True)]
    opposite = [(a + b).sign("=") for i, j in pairs for a, b in zip(effects[i, j], effects[j, i], strict=True)]
    orders = []
    for turns in product((1, -1), repeat=count - 1):
        turn = (1, *turns)
        signs = [
            value.sign(">=" if turn[i] == turn[j] else "<=") for (i, j), values in effects.items() for value in values
        ]
        orders.append(_possible(prover, all_of(*signs)))
    potential = _possible(prover, all_of(*same))
    function = _cube_potential(cube) if potential != FALSE else None
    null = _possible(prover, all_of(*opposite))
    return GameClasses(cube.game, potential, function, FALSE, null, any_of(*orders))


def _effects(cube: Cube, i: int, j: int) -> list[Quotient]:
    others = [k for k in range(cube.size) if k not in (i, j)]
    found = []
    for fixed in product((0, 1), repeat=len(others)):
        vertex = [0] * cube.size
        for k, share in zip(others, fixed, strict=True):
            vertex[k] = share
        low, high = list(vertex), list(vertex)
        high[j] = 1
        found.append(cube.corner(i, tuple(high)) - cube.corner(i, tuple(low)))
    return found


def _cube_potential(cube: Cube) -> sympy.Expr:
    """Sum of advantages along the path from (0, …, 0), population after population; a potential where one exists."""
    game = cube.game
    total: sympy.Expr = sympy.Integer(0)
    later = {sympy.Symbol(name): sympy.Integer(0) for name in game.coordinates}
    for i, name in enumerate(game.coordinates):
        later.pop(sympy.Symbol(name))
        total += sympy.Symbol(name) * game.advantage(i).xreplace(later)
    return sympy.expand(total)
