"""The structure coefficient: one number that says how a population's structure weighs meetings of the same strategy."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

from coopgame.algebra.conditions import Condition
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.ess import payoff_quotient
from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import fermi_imitation
from coopgame.dynamics.replacement_rules import birth_death, death_birth, imitation_updating
from coopgame.errors import NetworkError, UnsupportedError
from coopgame.expressions import parse_expression
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.networks.network_rules import maker_of


@dataclass(frozen=True)
class StructureCoefficient:
    """The number sigma of a population: strategy A takes over more often than B when sigma*a + b > c + sigma*d.

    value: exact where `known` is "exact". structure, rule: what it is for. holds: under which conditions. source: where it is derived.
    """

    value: Fraction | float
    structure: str
    rule: str
    holds: str
    source: str
    known: str = "exact"

    def condition(self, game: Game) -> Condition:
        """Return when the first strategy of a game is favoured over the second, as a condition on the game's parameters."""
        return sigma_rule(game, self)

    @property
    def critical_ratio(self) -> Fraction | float:
        """The benefit-to-cost ratio from which cooperation is favoured in the donation game, (sigma + 1) / (sigma - 1); infinite for sigma = 1, negative below."""
        return (self.value + 1) / (self.value - 1) if self.value != 1 else float("inf")

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, Fraction) else f"{self.value:.10g}"
        return f"sigma = {value} on {self.structure} under {self.rule} ({self.known}; {self.holds}; {self.source})"

    def _repr_html_(self) -> str:
        keys = ("value", "structure", "rule", "holds", "source", "known")
        rows = "".join(f"<tr><th>{key}</th><td>{escape(str(getattr(self, key)))}</td></tr>" for key in keys)
        return f"<table>{rows}</table>"


def well_mixed_coefficient(size: int | None = None) -> StructureCoefficient:
    """Return the structure coefficient of a well-mixed population: (size - 2) / size, and 1 without a size, in the limit of a large one.

    It holds for the Moran process, the Wright-Fisher process and pairwise comparison alike, where members do not meet themselves.

    Raises NetworkError for sizes below 2.

    References: Tarnita, Ohtsuki, Antal, Fu and Nowak (2009), Journal of Theoretical Biology 259, 570-581.

    >>> from coopgame import well_mixed_coefficient
    >>> print(well_mixed_coefficient(10).value)
    4/5
    """
    value = Fraction(1) if size is None else Fraction(_whole(size, 2, "size") - 2, int(size))
    where = "a large well-mixed population" if size is None else f"a well-mixed population of {size}"
    return StructureCoefficient(value, where, "any usual rule", "weak selection", "Tarnita et al. 2009")


def regular_coefficient(rule: Law, degree: int, size: int | None = None) -> StructureCoefficient:
    """Return the structure coefficient of a regular graph, in which every node has `degree` neighbours.

    It is exact and the same for all connected graphs of one size N and degree k, cycles, periodic lattices and complete graphs among them:

    - death-birth: ((k + 1) N - 4k) / ((k - 1) N),
    - birth-death, and Fermi imitation: (N - 2) / N,
    - imitation: ((k + 3) N - 4(k + 1)) / ((k + 1) N).

    Without a size: the limits for large graphs, (k + 1) / (k - 1), 1 and (k + 3) / (k + 1). Payoffs per neighbour are accumulated or averaged, without
    playing with oneself; one mutant at a random node. Of other graphs find_critical_ratio() gives the coefficient.

    Raises NetworkError for degrees and sizes that no graph has, UnsupportedError for other rules.

    References: Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441, 502-505, for large graphs; Taylor, Day and Wild (2007), Nature 447, 469-472, for
    graphs whose nodes are alike; Chen (2013), Annals of Applied Probability 23, 637-664, and Allen et al. (2017), Nature 544, 227-230, for all regular ones
    under death-birth; Tarnita, Ohtsuki, Antal, Fu and Nowak (2009), Journal of Theoretical Biology 259, 570-581. The one for imitation follows from the
    equations of Allen et al. in the same way.

    >>> from coopgame import death_birth, regular_coefficient
    >>> print(regular_coefficient(death_birth(), 2, 10).critical_ratio)
    8/3
    """
    make = maker_of(rule, "the structure coefficient of regular graphs is")
    k = Fraction(_whole(degree, 2, "degree"))
    one, two = {
        death_birth: ((k + 1) / (k - 1), 4 * k / (k - 1)),
        birth_death: (Fraction(1), Fraction(2)),
        fermi_imitation: (Fraction(1), Fraction(2)),
        imitation_updating: ((k + 3) / (k + 1), Fraction(4)),
    }[make]
    if size is None:
        where = f"large regular graphs of degree {degree}"
        return StructureCoefficient(
            one, where, rule.name, "weak selection", "Ohtsuki et al. 2006; Tarnita et al. 2009"
        )
    count = _whole(size, degree + 1, "size")
    if count * degree % 2:
        raise NetworkError(f"no graph of {count} nodes has {degree} neighbours each: their product is odd")
    where = f"connected graphs of {count} nodes with {degree} neighbours each"
    return StructureCoefficient(one - two / count, where, rule.name, "weak selection", "Chen 2013; Allen et al. 2017")


def sigma_rule(game: Game, coefficient: Any) -> Condition:
    """Return when the first of two strategies is favoured over the second in a structured population: sigma*a + b > c + sigma*d.

    Favoured means that one mutant of the first takes over a population of the second more often than the reverse, for weak selection; or that it is more
    abundant when mutations are rare. Payoffs are [[a, b], [c, d]]. coefficient: a StructureCoefficient, a number, or a text in the game's parameters.

    Raises UnsupportedError unless the game is a MatrixGame with two strategies whose payoffs are free of shares, ParameterError for unknown names.

    References: Tarnita, Ohtsuki, Antal, Fu and Nowak (2009), Journal of Theoretical Biology 259, 570-581.

    >>> from coopgame import MatrixGame, death_birth, regular_coefficient, sigma_rule
    >>> donation = MatrixGame([["b - c", "-c"], ["b", 0]], ["give", "keep"], assumptions=["b > 0", "c > 0"])
    >>> print(sigma_rule(donation, regular_coefficient(death_birth(), 4)))
    b > 4*c
    """
    (a, b), (c, d) = two_by_two(game)
    given = coefficient.value if isinstance(coefficient, StructureCoefficient) else coefficient
    sigma = Quotient.of(game.ring, parse_expression(given, "sigma"), "sigma")
    return (sigma * (a - d) + b - c).sign(">")


def two_by_two(game: Game) -> list[list[Quotient]]:
    """Return the payoffs of a symmetric game of two strategies as quotients of polynomials in its parameters."""
    if not isinstance(game, MatrixGame) or len(game.payoffs) != 2 or game.environment:
        raise UnsupportedError(
            "the structure coefficient compares two strategies of one population: a MatrixGame with two strategies"
        )
    return [[payoff_quotient(game, entry) for entry in row] for row in game.payoffs]


def _whole(value: int, least: int, what: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise NetworkError(f"{what} is {value!r}; a whole number of at least {least} is needed")
    return int(value)
