"""The one-third law: when a single mutant does better than chance in a large population under weak selection."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy

from coopgame.algebra.conditions import Condition, all_of
from coopgame.algebra.quotients import Quotient
from coopgame.errors import StateError
from coopgame.finite.size_symbols import constant_payoffs, larger_ring, weighted
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame

Payoffs = tuple[tuple[sympy.Expr, ...], tuple[sympy.Expr, ...]]


@dataclass(frozen=True)
class OneThirdLaw:
    """When weak selection favours a single mutant in a large population.

    condition: the sum over k of (d - k) (what the mutant earns with k mutants among its d - 1 co-players - what a resident earns) is positive. For pairs it is
    a + 2 b > c + 2 d. unstable_point: for pairs the share of mutants at which both earn the same; where it exists and neither invades the other
    (`bistable`) the law says that it is less than 1/3; None for groups of more than two.
    """

    resident: str
    mutant: str
    condition: Condition
    unstable_point: sympy.Expr | None
    bistable: Condition | None = field(repr=False)

    def __str__(self) -> str:
        text = f"in a large population of {self.resident!r} selection favours a mutant {self.mutant!r} if {self.condition}"
        if self.unstable_point is None or self.bistable is None:
            return text
        return f"{text}; where {self.bistable}: if {self.unstable_point} < 1/3"

    def _repr_latex_(self) -> str:
        return f"${self.condition.latex()}$"


def one_third_law(game: Game, resident: str | None = None, mutant: str | None = None) -> OneThirdLaw:
    """Return the one-third law for a mutant in a resident population, exactly, in the parameters of the game.

    resident, mutant: by default the second and the first strategy of a game with two. It is the limit of `weak_selection` for a large population and, before that, for weak
    selection, and holds for every rule there that favours the better paid. The other order of limits differs.

    Raises UnsupportedError for other games than of pairs or groups of one population, StateError for strategies that the game does not have.

    References: Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428; for groups Kurokawa and Ihara (2009), Proceedings of the Royal Society B 276, and
    Gokhale and Traulsen (2010), Proceedings of the National Academy of Sciences 107.

    >>> from coopgame import MatrixGame
    >>> print(one_third_law(MatrixGame([["a", "b"], ["c", "d"]], ["A", "B"])))
    in a large population of 'B' selection favours a mutant 'A' if a + 2*b > c + 2*d; where a > c and b < d: if (-b + d)/(a - b - c + d) < 1/3
    """
    one, other = mutant_and_resident(game, resident, mutant)
    ring = larger_ring(game)
    own, against = payoffs_of(game, one, other)
    group = len(own)
    total = weighted(
        ring, [(a - b, sympy.Integer(group - k)) for k, (a, b) in enumerate(zip(own, against, strict=True))]
    )
    names = game.populations[0].strategies
    law = names[other], names[one], total.sign(">")
    if group > 2:
        return OneThirdLaw(*law, None, None)
    alone, among = (Quotient.of(ring, a - b) for a, b in zip(own, against, strict=True))
    slope = among - alone
    point = None if slope.is_zero() else (-alone / slope).expression()
    return OneThirdLaw(*law, point, all_of(among.sign(">"), alone.sign("<")))


def mutant_and_resident(game: Game, resident: str | None, mutant: str | None) -> tuple[int, int]:
    """Return the numbers of the two strategies; by default the first of two is the mutant."""
    constant_payoffs(game)
    names = game.populations[0].strategies
    if resident is None and mutant is None and len(names) == 2:
        return 0, 1
    known = f"strategies are {', '.join(names)}"
    for given, what in ((resident, "resident"), (mutant, "mutant")):
        if given is not None and given not in names:
            raise StateError(f"no strategy {given!r} for the {what}; {known}")
    if len(names) == 2 and (resident is None) != (mutant is None):
        one = names.index(mutant) if mutant is not None else 1 - names.index(str(resident))
        return one, 1 - one
    if resident is None or mutant is None:
        raise StateError(f"name the resident and the mutant; {known}")
    if resident == mutant:
        raise StateError(f"resident and mutant are both {mutant!r}; take two strategies; {known}")
    return names.index(mutant), names.index(resident)


def payoffs_of(game: Game, mutant: int, resident: int) -> Payoffs:
    """Return what a mutant and what a resident earn with 0, 1, ..., d - 1 mutants among the d - 1 co-players."""
    if isinstance(game, GroupGame):
        edge = [m for m, met in enumerate(game.compositions) if met[mutant] + met[resident] == game.size - 1]
        edge.sort(key=lambda m: game.compositions[m][mutant])
        return tuple(game.payoffs[mutant][m] for m in edge), tuple(game.payoffs[resident][m] for m in edge)
    assert isinstance(game, MatrixGame)
    table = game.payoffs
    return (table[mutant][resident], table[mutant][mutant]), (table[resident][resident], table[resident][mutant])
