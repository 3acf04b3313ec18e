"""Evolutionarily stable states of games played in pairs inside one population, decided exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from coopgame.algebra.copositive import is_partly_copositive
from coopgame.algebra.quotients import Quotient
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

Matrix = list[list[Fraction]]


@dataclass(frozen=True)
class EssVerdict:
    """Whether a state is evolutionarily stable, and why; true when it is."""

    ess: bool
    because: str

    def __bool__(self) -> bool:
        return self.ess

    def __str__(self) -> str:
        return f"{'yes' if self.ess else 'no'}: {self.because}"


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
    payoffs, x = _question(game, state, values)
    replies = best_replies(payoffs, x)
    if isinstance(replies, int):
        return EssVerdict(False, _not_nash(game, replies))
    if len(replies) == 1:
        return EssVerdict(True, "strict Nash equilibrium")
    if is_partly_copositive(*form_of_replies(payoffs, x, replies)):
        return EssVerdict(True, "Nash equilibrium, and every other best reply does worse against itself")
    return EssVerdict(False, "Nash equilibrium, but some other best reply does at least as well against itself")


def is_nss(
    game: Game, state: Sequence[Any] | Mapping[str, Any], values: Mapping[str, Any] | None = None
) -> EssVerdict:
    """Return whether a state is neutrally stable: Nash, and no best reply y does better against y than the state does.

    Neutrally stable states are Lyapunov stable in the replicator dynamics (Thomas 1985; Bomze and Weibull 1995, Games and
    Economic Behavior 11, 173-192). Arguments and errors are those of `is_ess`.
    """
    payoffs, x = _question(game, state, values)
    replies = best_replies(payoffs, x)
    if isinstance(replies, int):
        return EssVerdict(False, _not_nash(game, replies))
    if is_partly_copositive(*form_of_replies(payoffs, x, replies), strictly=False):
        return EssVerdict(True, "Nash equilibrium, and no other best reply does better against itself")
    return EssVerdict(False, "Nash equilibrium, but some other best reply does better against itself")


def _question(game: Game, state: Any, values: Mapping[str, Any] | None) -> tuple[Matrix, list[Fraction]]:
    if not isinstance(game, MatrixGame):
        raise UnsupportedError(
            "whether a state is evolutionarily stable is decided for one population with a payoff matrix (MatrixGame); between populations only strict "
            "equilibria are: find_ess(game) of a NormalFormGame lists them"
        )
    return exact_payoffs(game, values), shares_of(game, state)


def _not_nash(game: Game, worse: int) -> str:
    name = game.populations[0].strategies[worse]
    return f"not a Nash equilibrium: {name} is present and earns less than the best reply"


def best_replies(payoffs: Matrix, x: Sequence[Fraction]) -> list[int] | int:
    """Return the best replies to a state, or a strategy that is present and none of them."""
    earned = [sum((a * s for a, s in zip(row, x, strict=True)), Fraction(0)) for row in payoffs]
    best = max(earned)
    worse = [i for i, share in enumerate(x) if share > 0 and earned[i] < best]
    return worse[0] if worse else [i for i, value in enumerate(earned) if value == best]


def form_of_replies(payoffs: Matrix, x: Sequence[Fraction], replies: Sequence[int]) -> tuple[Matrix, int]:
    """Return the form that decides, and how many of its entries are free: those of strategies that are present."""
    support = [i for i, share in enumerate(x) if share > 0]
    order = support[1:] + [i for i in replies if i not in support]
    return _form(payoffs, support[0], order), len(support) - 1


def exact_payoffs(game: MatrixGame, values: Mapping[str, Any] | None = None) -> Matrix:
    """Return the payoff matrix as exact numbers; values are merged with the defaults of the game."""
    point = game.values(values)
    return [[exact_payoff(game, entry, point) for entry in row] for row in game.payoffs]


def exact_payoff(game: Game, payoff: sympy.Expr, point: Mapping[str, Fraction]) -> Fraction:
    """Return a payoff at values of all parameters.

    Raises UnsupportedError when it contains a share, ParameterError when its denominator vanishes.
    """
    if payoff.is_Rational:
        return Fraction(int(payoff.p), int(payoff.q))
    try:
        return payoff_quotient(game, payoff).value(point)
    except ZeroDivisionError:
        shown = ", ".join(f"{name} = {value}" for name, value in point.items())
        raise ParameterError(f"the payoff {payoff} divides by zero at {shown}; change a value") from None


def payoff_quotient(game: Game, payoff: sympy.Expr) -> Quotient:
    """Return a payoff as a quotient of polynomials in the parameters. Raises UnsupportedError when it contains a share."""
    shares = {str(symbol) for symbol in payoff.free_symbols} - set(game.ring.names)
    if shares:
        raise UnsupportedError(
            f"the payoff {payoff} depends on the share {min(shares)}; an equilibrium notion for payoff tables needs entries "
            "of parameters and numbers"
        )
    return Quotient.of(game.ring, payoff)


def find_ess_vertices(game: Game, values: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return the pure strategies that are evolutionarily stable."""
    if not game.populations:
        raise UnsupportedError("a model of quantities alone has no strategies, so none that is evolutionarily stable")
    strategies = game.populations[0].strategies
    return tuple(s for s in strategies if is_ess(game, {s: 1}, values))


def shares_of(game: MatrixGame, state: Any) -> list[Fraction]:
    """Return the shares of a state that is given as a sequence or by strategy. Raises StateError when it is none."""
    strategies = game.populations[0].strategies
    if isinstance(state, Mapping):
        unknown = [name for name in state if name not in strategies]
        if unknown:
            raise StateError(f"unknown strategy {unknown[0]!r}; the strategies are {', '.join(strategies)}")
        state = [state.get(name, 0) for name in strategies]
    if isinstance(state, str) or not isinstance(state, Iterable):
        raise StateError(
            f"a state is {state!r}; give shares, such as {{{(state if state in strategies else strategies[0])!r}: 1}}"
        )
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
