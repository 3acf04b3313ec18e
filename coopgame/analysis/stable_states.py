"""All evolutionarily stable states of a game played in pairs inside one population, exactly or as conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any, overload

import sympy

from coopgame.algebra.affine import solve_linear
from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of
from coopgame.algebra.copositive import is_partly_copositive
from coopgame.algebra.hurwitz import determinant
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.ess import Matrix, best_replies, exact_payoffs, form_of_replies
from coopgame.analysis.points import readable
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

DEFINITION = "ESS: a Nash equilibrium x with u(x, y) > u(y, y) for every other best reply y to it (Maynard Smith and Price 1973)"
_MOST_SYMBOLIC = 5
_MOST_TERMS = 200  # longer conditions are kept without an attempt to refute them
_STEPS = 300_000  # a condition that is not refuted within this bound is kept, which is safe


@dataclass(frozen=True, eq=False)
class StableState:
    """An evolutionarily stable state: shares of all strategies, and the condition under which it is one.

    condition: exact but for parameters at which an absent strategy earns the same as the mixture, where values decide.
    """

    game: Game = field(repr=False)
    shares: Mapping[str, sympy.Expr]
    condition: Condition = TRUE

    @property
    def support(self) -> tuple[str, ...]:
        """The strategies that are present."""
        return tuple(name for name, share in self.shares.items() if share != 0)

    def text(self) -> str:
        """Return the state on one line."""
        shown = ", ".join(f"{name} = {readable(share)}" for name, share in self.shares.items() if share != 0)
        return shown if self.condition == TRUE else f"{shown} if {self.condition}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class StableStates(Sequence[StableState]):
    """The evolutionarily stable states of a game, smaller supports first."""

    game: Game = field(repr=False)
    states: tuple[StableState, ...]

    def __len__(self) -> int:
        return len(self.states)

    @overload
    def __getitem__(self, key: int) -> StableState: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[StableState]: ...
    def __getitem__(self, key: int | slice) -> StableState | Sequence[StableState]:
        return self.states[key]

    def __str__(self) -> str:
        return "\n".join([*([state.text() for state in self.states] or ["no ESS"]), DEFINITION])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(', '.join(s.support))}</td><td>{escape(s.text())}</td></tr>" for s in self.states
        )
        head = "<thead><tr><th>support</th><th>state</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(DEFINITION)}</p>"


def find_ess(game: Game, values: Mapping[str, Any] | None = None) -> StableStates:
    """Return all evolutionarily stable states of a game with a payoff matrix.

    With values ({} for the defaults alone) every state is found and proved in rational arithmetic, whatever ties there are. Supports
    grow one strategy at a time and only while the game is negative definite on them, which every part of the support
    of an ESS has to be (Haigh 1975). Without values, for up to five strategies, each support comes with the condition
    that its mixture exists, is an ESS, and no absent strategy earns as much (Abakuks 1980); supports that are proved
    never to carry an ESS are left out, unless their conditions are very long.

    Raises UnsupportedError for several populations, where an ESS in this sense is a strict equilibrium
    (`find_pure_nash_equilibria`), and for more than five strategies with parameters.

    >>> from coopgame import MatrixGame, find_ess
    >>> print(find_ess(MatrixGame([[-1, 4], [0, 2]], ["hawk", "dove"])))
    hawk = 2/3, dove = 1/3
    ESS: a Nash equilibrium x with u(x, y) > u(y, y) for every other best reply y to it (Maynard Smith and Price 1973)
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError("an ESS is defined here for one population with a payoff matrix (MatrixGame)")
    names = game.populations[0].strategies
    if values is None and game.ring.names:
        return StableStates(game, tuple(_formulas(game)))
    payoffs = exact_payoffs(game, values)
    states = []
    for x in sorted(_at_values(payoffs), key=lambda x: (sum(share > 0 for share in x), [-share for share in x])):
        shares = {
            name: sympy.Rational(share.numerator, share.denominator) for name, share in zip(names, x, strict=True)
        }
        states.append(StableState(game, shares))
    return StableStates(game, tuple(states))


def _at_values(payoffs: Matrix) -> Iterator[tuple[Fraction, ...]]:
    """Yield the ESS of a matrix of numbers."""
    found: list[frozenset[int]] = []
    for support in _definite_supports(payoffs):
        if any(known < set(support) or set(support) < known for known in found):
            continue  # the supports of two ESS never contain one another (Bishop and Cannings 1976)
        x = _mixture(payoffs, support)
        if x is None:
            continue
        replies = best_replies(payoffs, x)
        if not isinstance(replies, int) and is_partly_copositive(*form_of_replies(payoffs, x, replies)):
            found.append(frozenset(support))
            yield x


def _definite_supports(payoffs: Matrix) -> Iterator[tuple[int, ...]]:
    """Yield the supports on which u(x, y) > u(y, y) for close mixtures x and y: v·Av < 0 for v that sum to 0.

    With the first strategy as base the form of the others is eliminated row by row as the support grows; pivots stay positive.
    """
    n = len(payoffs)

    def entry(m: int, i: int, j: int) -> Fraction:
        return payoffs[m][j] + payoffs[i][m] - payoffs[i][j] - payoffs[m][m]

    def grown(support: tuple[int, ...], rows: list[list[Fraction]]) -> Iterator[tuple[int, ...]]:
        yield support
        base, *inner = support
        for new in range(support[-1] + 1, n):
            row = [entry(base, i, new) + entry(base, new, i) for i in inner]
            row.append(2 * entry(base, new, new))
            for k, pivot_row in enumerate(rows):  # rows[k] is eliminated: entries k.. of the k-th row
                factor = row[k] / pivot_row[k]
                for column in range(k + 1, len(row) - 1):
                    row[column] -= factor * pivot_row[column]
                row[-1] -= factor * row[k]
            if row[-1] > 0:
                wider = [[*old, row[k]] for k, old in enumerate(rows)]
                yield from grown((*support, new), [*wider, [Fraction(0)] * len(inner) + [row[-1]]])

    for base in range(n):
        yield from grown((base,), [])


def _mixture(payoffs: Matrix, support: Sequence[int]) -> tuple[Fraction, ...] | None:
    """Return the state with this support at which its strategies earn the same, None when there is none."""
    first, *others = support
    rows = [[payoffs[i][j] - payoffs[first][j] for j in support] for i in others] + [[Fraction(1)] * len(support)]
    found = solve_linear(rows, [*[Fraction(0)] * len(others), Fraction(1)])
    if found is None or found.dimension or min(found.origin) <= 0:
        return None
    whole = [Fraction(0)] * len(payoffs)
    for i, share in zip(support, found.origin, strict=True):
        whole[i] = share
    return tuple(whole)


def _formulas(game: MatrixGame) -> Iterator[StableState]:
    """Yield the mixture of every support that can carry an ESS, with its condition."""
    pairwise = pairwise_of(game)
    if pairwise.size > _MOST_SYMBOLIC:
        raise UnsupportedError(
            f"conditions are given for up to {_MOST_SYMBOLIC} strategies, the game has {pairwise.size}; give values: find_ess(game, {{}})"
        )
    prover = Prover(game.assumptions, steps=_STEPS)
    for size in range(1, pairwise.size + 1):
        for support in combinations(range(pairwise.size), size):
            state = _formula(pairwise, prover, support)
            if state is not None:
                yield state


def _formula(pairwise: Pairwise, prover: Prover, support: tuple[int, ...]) -> StableState | None:
    b = pairwise.differences
    zero = Quotient(pairwise.ring, pairwise.ring.constant(0))
    one = Quotient(pairwise.ring, pairwise.ring.constant(1))
    block = [[b[i][j] for j in support] for i in support]
    size = len(support)
    u = [
        determinant([[one if j == k else row[j] for j in range(size)] for row in block]) or zero for k in range(size)
    ]
    side = 1 if size % 2 else -1  # negative definite on the support: the bordered determinant has this sign
    equal = determinant(block) or zero
    outside = []
    for k in (k for k in range(pairwise.size) if k not in support):
        earned = sum((b[k][j] * share for j, share in zip(support, u, strict=True)), zero)
        outside.append(side * (earned - equal))
    exists = all_of(*((side * share).sign(">") for share in u))
    strict = all_of(exists, *_definite(block), *(value.sign("<") for value in outside))
    condition = prover.tidy(strict)
    terms = sum(len(leaf.polynomial) for leaf in condition.signs())
    if condition == FALSE or (terms <= _MOST_TERMS and prover.refutation(condition) is not None):
        return None
    total = sum(u, zero)
    shares = dict.fromkeys(pairwise.game.populations[0].strategies, sympy.Integer(0))
    for i, share in zip(support, u, strict=True):
        shares[pairwise.game.populations[0].strategies[i]] = (share / total).expression()
    return StableState(pairwise.game, shares, condition)


def _definite(block: Sequence[Sequence[Quotient]]) -> list[Condition]:
    """Return that v·Bv < 0 for all v != 0 that sum to 0: leading minors of the form in all strategies but the first."""
    size = len(block)

    def entry(i: int, j: int) -> Quotient:
        return block[0][j] + block[i][0] + block[0][i] + block[j][0] - block[i][j] - block[j][i] - 2 * block[0][0]

    form = [[entry(i, j) for j in range(1, size)] for i in range(1, size)]
    minors = [determinant([row[:k] for row in form[:k]]) for k in range(1, size)]
    zero = Quotient(block[0][0].ring, block[0][0].ring.constant(0))
    return [(minor or zero).sign(">") for minor in minors]
