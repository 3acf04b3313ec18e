"""Refinements of equilibria: strict, quasi-strict, undominated and perfect, decided exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.ordered_lp import maximise
from coopgame.equilibria.pure import whole_numbers
from coopgame.equilibria.result import NashEquilibrium, shown
from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.errors import StateError, UnsupportedError
from coopgame.expressions import exact_number, to_sympy
from coopgame.games.game import Game

Mixtures = tuple[tuple[Fraction, ...], ...]
EPSILON = sympy.Symbol("epsilon", positive=True)


@dataclass(frozen=True)
class RefinementVerdict:
    """Whether an equilibrium has a property, and why; true when it has.

    dominated_by: a mixture that weakly dominates what a player does, where that decides. trembles: one mapping from strategy to a polynomial in epsilon for each
    player, positive for all small epsilon > 0; divided by their sums they are strategies that use everything, tend to the equilibrium, and
    show what is claimed.
    """

    holds: bool
    because: str
    dominated_by: Mapping[str, Fraction] | None = None
    trembles: tuple[Mapping[str, sympy.Expr], ...] = ()

    def __bool__(self) -> bool:
        return self.holds

    def __str__(self) -> str:
        return f"{'yes' if self.holds else 'no'}: {self.because}"


@dataclass(frozen=True)
class Question:
    """A profile of mixtures of a game at values, and what every strategy earns against the others'."""

    tables: PayoffTables
    mixtures: Mixtures
    earned: tuple[tuple[Fraction, ...], ...]

    def names(self, player: int) -> tuple[str, ...]:
        """The strategies of a player."""
        return self.tables.names[player]

    def who(self, player: int) -> str:
        """The name of a player."""
        populations = self.tables.game.populations
        return populations[0 if self.tables.symmetric else player].name

    def best_replies(self, player: int) -> tuple[int, ...]:
        """The strategies of a player that earn most."""
        best = max(self.earned[player])
        return tuple(s for s, value in enumerate(self.earned[player]) if value == best)

    def used(self, player: int) -> tuple[int, ...]:
        """The strategies of a player that have positive probability."""
        return tuple(s for s, share in enumerate(self.mixtures[player]) if share > 0)

    def not_nash(self) -> RefinementVerdict | None:
        """Return the verdict that this is no equilibrium; None where it is one."""
        for player in range(len(self.mixtures)):
            worse = set(self.used(player)) - set(self.best_replies(player))
            if worse:
                name = self.names(player)[min(worse)]
                return RefinementVerdict(
                    False,
                    f"not a Nash equilibrium: {name} of {self.who(player)} is used and earns less than the best reply",
                )
        return None


def question(game: Game, equilibrium: Any, values: Mapping[str, Any] | None) -> Question:
    """Return the question about a profile; checked.

    equilibrium: a NashEquilibrium, or one mixture for each player: a mapping from strategy to probability, or a sequence of probabilities; of a
    MatrixGame a single mixture, the state.
    """
    tables = payoff_tables(game, values)
    given: Any = equilibrium
    if isinstance(equilibrium, NashEquilibrium):
        if equilibrium.known != "exact":
            raise UnsupportedError(
                "this equilibrium is known as floats within a radius, but its refinements need exact probabilities"
            )
        given = equilibrium.strategies[0] if tables.symmetric else equilibrium.strategies
    if tables.symmetric:
        given = (given, given)
    if isinstance(given, Mapping | str) or len(given) != len(tables.names):
        raise StateError(f"one mixture is needed for each of the {len(tables.names)} players, got {given!r}")
    mixtures = tuple(_mixture(names, own) for names, own in zip(tables.names, given, strict=True))
    return Question(tables, mixtures, tuple(_earned(tables.exact[p], p, mixtures) for p in range(len(mixtures))))


def _mixture(names: Sequence[str], given: Any) -> tuple[Fraction, ...]:
    if isinstance(given, str):
        given = {given: 1}
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise StateError(f"unknown strategy {unknown[0]!r}; the strategies are {', '.join(names)}")
        given = [given.get(name, 0) for name in names]
    shares = tuple(exact_number(value) for value in given)
    if len(shares) != len(names):
        raise StateError(f"a mixture of {', '.join(names)} has {len(names)} probabilities, got {len(shares)}")
    if min(shares) < 0 or sum(shares) != 1:
        raise StateError(
            f"probabilities must be nonnegative and sum to exactly 1, got {float(sum(shares)):.6g}; give them as fractions"
        )
    return shares


def _earned(table: np.ndarray, player: int, mixtures: Mixtures) -> tuple[Fraction, ...]:
    """Return what every strategy of a player earns against the mixtures of the others."""
    lines = np.moveaxis(table, player, 0)
    for p in reversed(range(len(mixtures))):
        if p != player:
            own = np.array([Fraction(share) for share in mixtures[p]], dtype=object)
            lines = lines @ own
    return tuple(Fraction(value) for value in lines)


def is_strict(game: Game, equilibrium: Any, values: Mapping[str, Any] | None = None) -> RefinementVerdict:
    """Return whether every change of a single player loses (Harsanyi 1973); exact, for any number of players.

    equilibrium: a NashEquilibrium, or for each player a mixture: a mapping from strategy to probability, a sequence of probabilities, or the name
    of a pure strategy. Of a MatrixGame one mixture, the state.

    Raises StateError for what is no profile of mixtures, UnsupportedError for games without a payoff table.

    >>> from coopgame import NormalFormGame, is_strict
    >>> game = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> print(is_strict(game, ("1", "1")))
    yes: every other strategy earns less
    """
    asked = question(game, equilibrium, values)
    no = asked.not_nash()
    if no is not None:
        return no
    for player in range(len(asked.mixtures)):
        if len(asked.used(player)) > 1:
            return RefinementVerdict(False, f"{asked.who(player)} mixes strategies that earn the same")
    return _only_used(asked, "every other strategy earns less")


def is_quasi_strict(game: Game, equilibrium: Any, values: Mapping[str, Any] | None = None) -> RefinementVerdict:
    """Return whether every strategy that is not used earns less than those that are (Harsanyi 1973); exact, for any number of players.

    Every two-player game has such an equilibrium (Norde 1999). Arguments and errors are those of `is_strict`.

    >>> from coopgame import NormalFormGame, is_quasi_strict
    >>> game = NormalFormGame.from_bimatrix([[1, 1], [1, 0]], [[1, 1], [1, 0]])
    >>> print(is_quasi_strict(game, ("1", "1")))
    no: 2 of player1 is not used and earns as much
    """
    asked = question(game, equilibrium, values)
    no = asked.not_nash()
    return _only_used(asked, "every strategy that is not used earns less") if no is None else no


def _only_used(asked: Question, because: str) -> RefinementVerdict:
    for player in range(len(asked.mixtures)):
        others = set(asked.best_replies(player)) - set(asked.used(player))
        if others:
            name = asked.names(player)[min(others)]
            return RefinementVerdict(False, f"{name} of {asked.who(player)} is not used and earns as much")
    return RefinementVerdict(True, because)


def is_undominated(game: Game, equilibrium: Any, values: Mapping[str, Any] | None = None) -> RefinementVerdict:
    """Return whether no player's strategy is weakly dominated by a mixture; two players, decided by exact linear programs.

    The certificate of a no is a mixture that earns at least as much against everything and more against something. The profile need not
    be an equilibrium. Other arguments and errors are those of `is_strict`; UnsupportedError also for other than two players.

    >>> from coopgame import NormalFormGame, is_undominated
    >>> game = NormalFormGame.from_bimatrix([[1, 1], [1, 0]], [[1, 1], [1, 0]])
    >>> print(is_undominated(game, ("2", "1")))
    no: what player1 does is weakly dominated by 1 = 1
    """
    asked = _of_two(question(game, equilibrium, values), "dominance by mixtures")
    for player in range(2):
        dominating = _dominating(asked, player)
        if dominating is not None:
            return _dominated(asked, player, dominating)
    return RefinementVerdict(True, "no mixture earns as much against everything and more against something")


def _of_two(asked: Question, what: str) -> Question:
    if len(asked.mixtures) != 2:
        raise UnsupportedError(f"{what} is decided for two players, got {len(asked.mixtures)}")
    return asked


def _dominated(asked: Question, player: int, dominating: tuple[Fraction, ...]) -> RefinementVerdict:
    mixture = dict(zip(asked.names(player), dominating, strict=True))
    text = ", ".join(f"{name} = {shown(share)}" for name, share in mixture.items() if share)
    return RefinementVerdict(False, f"what {asked.who(player)} does is weakly dominated by {text}", mixture)


def own_rows(tables: PayoffTables, player: int) -> list[list[int]]:
    """Return a player's payoffs as whole numbers, one row per own strategy, one column per strategy of the other."""
    whole = whole_numbers(tables.exact[player])
    return [[int(value) for value in row] for row in (whole if player == 0 else whole.T)]


def _dominating(asked: Question, player: int) -> tuple[Fraction, ...] | None:
    """Return a mixture that weakly dominates the player's, None when there is none: the largest total surplus is 0."""
    rows = own_rows(asked.tables, player)
    own = asked.mixtures[player]
    scale = math.lcm(*(share.denominator for share in own))
    weights = [int(share * scale) for share in own]
    size, width = len(rows), len(rows[0])
    system, right = [], []
    for j in range(width):  # scale * (mixture earns) - surplus = what the strategy earns, times scale
        system.append([*(scale * row[j] for row in rows), *(-int(j == k) for k in range(width))])
        right.append(sum(weight * row[j] for weight, row in zip(weights, rows, strict=True)))
    system.append([1] * size + [0] * width)
    best = maximise([0] * size + [1] * width, system, [*right, 1])
    if best.value == 0:
        return None
    return tuple(Fraction(share, best.scale) for share in best.solution[:size])


def is_perfect(game: Game, equilibrium: Any, values: Mapping[str, Any] | None = None) -> RefinementVerdict:
    """Return whether an equilibrium of two players is trembling-hand perfect (Selten 1975), decided exactly.

    With two players that is the case exactly when neither strategy is weakly dominated (van Damme 1991, theorem 3.2.2): a strategy that is not
    dominated is a best reply to some strategy that uses everything, towards which the other's then trembles. Those trembles are the certificate of a
    yes, a dominating mixture that of a no. Of a MatrixGame the profile in which both play the state is asked about.
    Arguments and errors are those of `is_undominated`.

    References: Selten (1975), International Journal of Game Theory 4, 25-55; van Damme (1991), Stability and Perfection of Nash Equilibria, section 3.2.

    >>> from coopgame import NormalFormGame, is_perfect
    >>> game = NormalFormGame.from_bimatrix([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    >>> print(is_perfect(game, ("2", "2")))
    no: what player1 does is weakly dominated by 1 = 1
    """
    asked = _of_two(question(game, equilibrium, values), "perfection")
    no = asked.not_nash()
    if no is not None:
        return no
    beliefs = []
    for player in range(2):
        belief = _belief(asked, player)
        if belief is None:
            dominating = _dominating(asked, player)
            if dominating is None:
                raise UnsupportedError(
                    "a strategy is neither dominated nor a best reply; please report this game as a defect"
                )
            return _dominated(asked, player, dominating)
        beliefs.append(belief)
    trembles = tuple(
        {
            name: (1 - EPSILON) * to_sympy(share) + EPSILON * to_sympy(doubt)
            for name, share, doubt in zip(asked.names(p), asked.mixtures[p], beliefs[1 - p], strict=True)
        }
        for p in range(2)
    )
    return RefinementVerdict(
        True, "neither strategy is weakly dominated (van Damme 1991, theorem 3.2.2)", None, trembles
    )


def _belief(asked: Question, player: int) -> tuple[Fraction, ...] | None:
    """Return a strategy of the other that uses everything, and to which the player's is a best reply; None when there is none."""
    rows = own_rows(asked.tables, player)
    used = asked.used(player)
    width = len(rows[0])
    first = rows[used[0]]
    system, right = [], []
    slacks = [i for i in range(len(rows)) if i not in used]
    for i, row in enumerate(
        rows
    ):  # weights 1 + z, z >= 0: what is not used earns at most as much, what is used the same
        if i == used[0]:
            continue
        lead = [a - b for a, b in zip(first, row, strict=True)]
        system.append([*lead, *(-int(i == k) for k in slacks)])
        right.append(-sum(lead))
    best = maximise([0] * (width + len(slacks)), system, right)
    if best.status == "infeasible":
        return None
    weights = [Fraction(z, best.scale) + 1 for z in best.solution[:width]]
    return tuple(weight / sum(weights) for weight in weights)
