"""Group games in a finite population: exact gains when groups are drawn without replacement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from math import comb
from typing import Any

import sympy

from coopgame.algebra.bernstein import sign_changes
from coopgame.algebra.quotients import Quotient
from coopgame.errors import GameError
from coopgame.games.group import GroupGame


@dataclass(frozen=True, eq=False)
class FiniteGains:
    """What the first strategy earns more than the second in a population of finite size, by the number i of its players.

    size: the population; gains[i - 1]: mean payoff of a player of the first strategy minus that of one of the second, with i of
    them in the population, i = 1 … size - 1, exact in the parameters.
    """

    game: GroupGame = field(repr=False)
    size: int
    gains: tuple[Quotient, ...]

    def numbers(self, values: Mapping[str, Any] | None = None) -> tuple[Fraction, ...]:
        """Return the gains at values, exactly."""
        point = self.game.values(values)
        return tuple(gain.value(point) for gain in self.gains)

    def sign_changes(self, values: Mapping[str, Any] | None = None) -> int:
        """Return how often the gain changes sign along i = 1 … size - 1: the counterpart of mixed rest points."""
        return sign_changes([(number > 0) - (number < 0) for number in self.numbers(values)])

    def balance(self) -> sympy.Expr:
        """Return the sum of the gains over i.

        Under pairwise comparison with Fermi's rule the ratio of the two fixation probabilities is exp(intensity * sum), whatever
        the intensity: the first strategy replaces the second more easily than the reverse where the sum is positive.

        References: Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428; Traulsen, Nowak and Pacheco (2006), Physical
        Review E 74, 011909; Gokhale and Traulsen (2010), Proceedings of the National Academy of Sciences 107.
        """
        return self._weighted([1] * len(self.gains))

    def invasion(self) -> sympy.Expr:
        """Return the sum of (size - i) times the gain at i.

        Where it is positive one player of the first strategy takes over with more than the neutral probability 1/size, for weak
        selection. Divided by size^2 it tends to the integral of (1 - x) D(x), which for pairs is the one-third law.

        References: Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428; Kurokawa and Ihara (2009), Proceedings of the Royal
        Society B 276.
        """
        return self._weighted([self.size - i for i in range(1, self.size)])

    def _weighted(self, weights: list[int]) -> sympy.Expr:
        total = self.gains[0] * 0
        for weight, gain in zip(weights, self.gains, strict=True):
            total = total + gain * weight
        return total.expression()

    def __str__(self) -> str:
        return f"gains of {self.game.populations[0].strategies[0]!r} in a population of {self.size}: {len(self.gains)} numbers"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{i}</td><td>{escape(str(gain.expression()))}</td></tr>"
            for i, gain in enumerate(self.gains, start=1)
        )
        return f"<table><tr><th>i</th><th>gain</th></tr>{rows}</table>"


def find_finite_gains(game: GroupGame, size: int) -> FiniteGains:
    """Return the exact gains of the first strategy in a population of `size` from which groups are drawn without replacement.

    With i players of the first strategy one of them meets k others with the hypergeometric probability
    C(i - 1, k) C(size - i, n - 1 - k) / C(size - 1, n - 1); a player of the second meets k with i in place of i - 1.

    Raises GameError for a population smaller than a group, or other than a whole number, and for more than two strategies.

    References: Hauert, Michor, Nowak and Doebeli (2007), Journal of Theoretical Biology 249; Gokhale and Traulsen (2010),
    Proceedings of the National Academy of Sciences 107.

    >>> from coopgame import volunteers_dilemma
    >>> [str(gain.expression()) for gain in find_finite_gains(volunteers_dilemma(2), 3).gains]
    ['b/2 - c', '-c']
    """
    if isinstance(size, bool) or not hasattr(size, "__index__") or int(size) < game.size:
        raise GameError(
            f"the population has size {size!r}; a whole number of at least {game.size}, the group, is needed"
        )
    if len(game.payoffs) != 2:
        raise GameError(
            f"gains are what the first of two strategies earns more than the second; this game has {len(game.payoffs)}: take weak_selection() for two of them, or find_fixation()"
        )
    first, second = ([Quotient.of(game.ring, entry) for entry in row] for row in game.payoffs)
    gains = []
    for i in range(1, int(size)):
        one = _expected(first, i - 1, int(size), game.size)
        other = _expected(second, i, int(size), game.size)
        gains.append(one - other)
    return FiniteGains(game, int(size), tuple(gains))


def _expected(payoffs: list[Quotient], players: int, size: int, group: int) -> Quotient:
    """Return the mean payoff when the other size - 1 hold `players` of the first strategy."""
    total, draws = payoffs[0] * 0, comb(size - 1, group - 1)
    for k, payoff in enumerate(payoffs):
        ways = comb(players, k) * comb(size - 1 - players, group - 1 - k)
        if ways:
            total = total + payoff * Fraction(ways, draws)
    return total
