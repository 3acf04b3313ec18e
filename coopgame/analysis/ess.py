"""Evolutionarily stable states of games played in pairs inside one population, decided exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy

from coopgame.algebra.quotients import Quotient
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

Matrix = list[list[Fraction]]
_MOST_BOUNDARY = 12


@dataclass(frozen=True)
class EssVerdict:
    """Whether a state is evolutionarily stable, and why; true when it is."""

    ess: bool
    because: str

    def __bool__(self) -> bool:
        return self.ess


def is_ess(
    game: Game, state: Sequence[Any] | Mapping[str, Any], values: Mapping[str, Any] | None = None
) -> EssVerdict:
    """Return whether a state is an ESS: a Nash equilibrium that does better against every other best reply y than y.

    state: shares of all strategies (exact: numbers as text or Fractions; a float is that binary number), or a mapping
    from strategy to share. The second condition is strict copositivity of a quadratic form on the best replies
    (Haigh 1975, Abakuks 1980, Bomze 1992), decided in rational arithmetic.

    Raises UnsupportedError for games of several populations, where no mixed state is evolutionarily stable in
    this sense and strict equilibrium is the notion to use.
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError("an ESS is defined here for one population with a payoff matrix (MatrixGame)")
    payoffs = exact_payoffs(game, values)
    x = _shares(game, state)
    earned = [sum((a * s for a, s in zip(row, x, strict=True)), Fraction(0)) for row in payoffs]
    best = max(earned)
    support = [i for i, share in enumerate(x) if share > 0]
    worse = [i for i in support if earned[i] < best]
    names = game.populations[0].strategies
    if worse:
        return EssVerdict(
            False, f"not a Nash equilibrium: {names[worse[0]]} is present and earns less than the best reply"
        )
    replies = [i for i, value in enumerate(earned) if value == best]
    if len(replies) == 1:
        return EssVerdict(True, "strict Nash equilibrium")
    free = len(support) - 1
    order = support[1:] + [i for i in replies if i not in support]
    form = _form(payoffs, support[0], order)
    if is_partly_copositive(form, free):
        return EssVerdict(True, "Nash equilibrium, and every other best reply does worse against itself")
    return EssVerdict(False, "Nash equilibrium, but some other best reply does at least as well against itself")


def exact_payoffs(game: MatrixGame, values: Mapping[str, Any] | None = None) -> Matrix:
    """Return the payoff matrix as exact numbers; values are merged with the defaults of the game."""
    point = game.values(values)
    return [[exact_payoff(game, entry, point) for entry in row] for row in game.payoffs]


def exact_payoff(game: Game, payoff: sympy.Expr, point: Mapping[str, Fraction]) -> Fraction:
    """Return a payoff at values of all parameters.

    Raises UnsupportedError when it contains a share, ParameterError when its denominator vanishes.
    """
    shares = {str(symbol) for symbol in payoff.free_symbols} - set(game.ring.names)
    if shares:
        raise UnsupportedError(
            f"the payoff {payoff} depends on the share {min(shares)}; an equilibrium notion for payoff tables needs entries "
            "of parameters and numbers"
        )
    try:
        return Quotient.of(game.ring, payoff).value(point)
    except ZeroDivisionError:
        shown = ", ".join(f"{name} = {value}" for name, value in point.items())
        raise ParameterError(f"the payoff {payoff} divides by zero at {shown}; change a value") from None


def find_ess_vertices(game: Game, values: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return the pure strategies that are evolutionarily stable."""
    strategies = game.populations[0].strategies
    return tuple(s for s in strategies if is_ess(game, {s: 1}, values))


def _shares(game: MatrixGame, state: Any) -> list[Fraction]:
    strategies = game.populations[0].strategies
    if isinstance(state, Mapping):
        unknown = [name for name in state if name not in strategies]
        if unknown:
            raise StateError(f"unknown strategy {unknown[0]!r}; the strategies are {', '.join(strategies)}")
        state = [state.get(name, 0) for name in strategies]
    shares = [exact_number(value) for value in state]
    if len(shares) != len(strategies):
        raise StateError(f"a state of this game has {len(strategies)} shares, got {len(shares)}")
    if min(shares) < 0 or sum(shares) != 1:
        raise StateError(
            f"shares must be nonnegative and sum to exactly 1, got {float(sum(shares)):.6g}; give them as fractions"
        )
    return shares


def _form(payoffs: Matrix, m: int, others: Sequence[int]) -> Matrix:
    """Return Q with (x - y)·A y = ½ Σ Q_ij y_i y_j over the other best replies, for y near x; symmetrised."""

    def entry(i: int, j: int) -> Fraction:
        return payoffs[m][j] + payoffs[i][m] - payoffs[i][j] - payoffs[m][m]

    return [[entry(i, j) + entry(j, i) for j in others] for i in others]


def is_partly_copositive(form: Matrix, free: int) -> bool:
    """Return whether v·Q v > 0 for all v != 0 whose entries from index `free` on are nonnegative; exact.

    The free part must be positive definite; its Schur complement must be strictly copositive.
    """
    rest = [row[:] for row in form]
    for _ in range(free):
        pivot = rest[0][0]
        if pivot <= 0:
            return False
        rest = [
            [rest[i][j] - rest[i][0] * rest[0][j] / pivot for j in range(1, len(rest))] for i in range(1, len(rest))
        ]
    return is_strictly_copositive(rest)


def is_strictly_copositive(form: Matrix) -> bool:
    """Return whether v·Q v > 0 for all nonnegative v != 0, Q symmetric; exact.

    Q fails exactly when some principal submatrix has a positive vector v with Q v <= 0 proportional to ones, that is,
    when a stationary point of v·Q v on a face of the simplex has a value <= 0 (Bomze 1992).
    """
    if len(form) > _MOST_BOUNDARY:
        raise UnsupportedError(
            f"{len(form)} best replies outside the support are more than {_MOST_BOUNDARY}; perturb the payoffs to break ties"
        )
    return all(
        _face_is_positive([[form[i][j] for j in chosen] for i in chosen])
        for size in range(1, len(form) + 1)
        for chosen in combinations(range(len(form)), size)
    )


def _face_is_positive(block: Matrix) -> bool:
    """Return whether the form is positive at its stationary point inside the face; smaller faces already are.

    With all proper faces positive, the block fails iff det <= 0 and all cofactors of a row are positive (Keller's
    theorem; Cottle, Habetler and Lemke 1970).
    """
    if determinant(block) > 0:
        return True
    last = len(block) - 1
    cofactors = []
    for j in range(len(block)):
        minor = [[row[c] for c in range(len(block)) if c != j] for row in block[:last]]
        cofactors.append((-1) ** (last + j) * determinant(minor))
    return not all(value > 0 for value in cofactors)


def determinant(matrix: Matrix) -> Fraction:
    """Return the determinant by exact elimination; 1 for the empty matrix."""
    rows = [row[:] for row in matrix]
    result = Fraction(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k] != 0), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            result = -result
        result *= rows[k][k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return result
