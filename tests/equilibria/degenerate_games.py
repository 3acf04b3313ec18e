"""Twenty-five degenerate games of two players with names: ties, strategies that are alike, equilibria in continua."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

Table = list[list[Fraction]]
Game = tuple[Table, Table]


def table(rows: Sequence[Sequence[Any]]) -> Table:
    return [[Fraction(value) for value in row] for row in rows]


def from_plays(rows: Sequence[Any], columns: Sequence[Any], play: Callable[[Any, Any], tuple[Any, Any]]) -> Game:
    """Return the tables of a game that is given by what two plans lead to."""
    earned = [[play(r, c) for c in columns] for r in rows]
    first, second = ([[pair[side] for pair in row] for row in earned] for side in (0, 1))
    return table(first), table(second)


def zero_sum(rows: Sequence[Sequence[Any]]) -> Game:
    return table(rows), table([[-value for value in row] for row in rows])


def symmetric(rows: Sequence[Sequence[Any]]) -> Game:
    return table(rows), table(list(zip(*rows, strict=True)))


def centipede(first_stop: int, second_stop: int) -> tuple[int, int]:
    """Four legs; who stops at leg k takes the larger pile, both double with every leg. Rosenthal (1981), payoffs of McKelvey and Palfrey (1992)."""
    leg = min(
        2 * first_stop, 2 * second_stop + 1
    )  # legs 0, 2 are the first player's, 1, 3 the second's, 4 is the end
    leg = min(leg, 4)
    large, small = 4 * 2**leg, 2**leg
    return (small, large) if leg % 2 else (large, small)


def beer_or_quiche(sender: tuple[int, int], receiver: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """Cho and Kreps (1987): the sender is weak with chance 1/10 and likes quiche (1) then, else beer (0); not being fought is worth 2.

    sender: breakfast when weak and when strong. receiver: whether to fight after beer and after quiche; right to fight only the weak.
    """
    totals = [Fraction(0), Fraction(0)]
    for strong, chance in ((0, Fraction(1, 10)), (1, Fraction(9, 10))):
        breakfast = sender[strong]
        fights = receiver[breakfast]
        totals[0] += chance * (int(breakfast == 1 - strong) + 2 * (1 - fights))
        totals[1] += chance * int(fights == 1 - strong)
    return totals[0], totals[1]


def burning_money(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """Ben-Porath and Dekel (1992): before a battle of the sexes (3, 1), (1, 3) the first player may burn 1, which the second sees."""
    burns, side = first
    meets = second[burns] == side
    earned = ((3, 1) if side == 0 else (1, 3)) if meets else (0, 0)
    return earned[0] - burns, earned[1]


def blotto(units: int, other_units: int) -> Game:
    """Borel (1921): both divide their units between two fields; a field is won by the larger force."""
    mine = [(k, units - k) for k in range(units + 1)]
    theirs = [(k, other_units - k) for k in range(other_units + 1)]
    return zero_sum([[sum((a > b) - (a < b) for a, b in zip(x, y, strict=True)) for y in theirs] for x in mine])


def second_price(bid: int, other: int) -> tuple[Fraction, Fraction]:
    """Vickrey (1961): values 3 and 2, whole bids, a tie is drawn by lot."""
    wins = Fraction(1, 2) if bid == other else Fraction(int(bid > other))
    return wins * (3 - other), (1 - wins) * (2 - bid)


def first_price(bid: int, other: int) -> tuple[Fraction, Fraction]:
    """The same values and bids; who wins pays the own bid."""
    wins = Fraction(1, 2) if bid == other else Fraction(int(bid > other))
    return wins * (3 - bid), (1 - wins) * (2 - other)


def war_of_attrition(time: int, other: int) -> tuple[Fraction, Fraction]:
    """Maynard Smith (1974) with whole times: a prize of 2, both pay the shorter time, a tie is drawn by lot."""
    wins = Fraction(1, 2) if time == other else Fraction(int(time > other))
    shorter = min(time, other)
    return 2 * wins - shorter, 2 * (1 - wins) - shorter


def kuhn_poker(first: tuple[int, int, int], second: tuple[int, int]) -> tuple[Fraction, Fraction]:
    """Kuhn (1950): three cards, one each, ante and bet of 1; plans that are not dominated.

    first: whether to bet with the jack; whether to call, after a pass, with the queen; whether to bet with the king, and else to call. second: whether to
    bet with the jack after a pass; whether to call a bet with the queen. The king always calls and bets, the jack never calls, a queen never bets.
    """
    bets = {1: first[0], 2: 0, 3: first[2]}
    calls_after_pass = {1: 0, 2: first[1], 3: 1}
    other_bets, other_calls = {1: second[0], 2: 0, 3: 1}, {1: 0, 2: second[1], 3: 1}
    total = Fraction(0)
    for mine, theirs in product((1, 2, 3), repeat=2):
        if mine == theirs:
            continue
        sign = 1 if mine > theirs else -1
        if bets[mine]:
            won = 2 * sign if other_calls[theirs] else 1
        elif other_bets[theirs]:
            won = 2 * sign if calls_after_pass[mine] else -1
        else:
            won = sign
        total += Fraction(won, 6)
    return total, -total


def repeated_dilemma() -> Game:
    """Axelrod and Hamilton (1981): always cooperate, always defect, tit for tat over ten rounds of 5, 3, 1, 0."""
    return symmetric([[30, 0, 30], [50, 10, 14], [30, 9, 30]])


def bertrand(prices: int) -> Game:
    """Price competition with whole prices and cost 0; the lower price sells one unit, equal prices half each."""
    levels = range(1, prices + 1)
    return symmetric([[p if p < q else Fraction(p, 2) if p == q else 0 for q in levels] for p in levels])


def hotelling(places: int) -> Game:
    """Hotelling (1929) on a row of houses: each buys at the nearer shop, half when both are equally near."""

    def sold(mine: int, theirs: int) -> Fraction:
        near = [abs(house - mine) - abs(house - theirs) for house in range(places)]
        return sum((Fraction(1) if gap < 0 else Fraction(int(gap == 0), 2) for gap in near), Fraction(0))

    return from_plays(range(places), range(places), lambda a, b: (sold(a, b), sold(b, a)))


def demand(total: int) -> Game:
    """Nash (1953): both name their part of a total in whole units, and get it if the parts fit."""
    parts = range(total + 1)
    return from_plays(parts, parts, lambda a, b: (a, b) if a + b <= total else (0, 0))


def ultimatum(total: int) -> Game:
    """Güth, Schmittberger and Schwarze (1982): an offer is taken if it is at least what the other asks for."""
    parts = range(total + 1)
    return from_plays(parts, parts, lambda offer, least: (total - offer, offer) if offer >= least else (0, 0))


BOTH = list(product((0, 1), repeat=2))
HEXAGON = [[1, 0, -1], [-1, 0, -1], [1, 0, -2]], [[1, -1, 1], [0, 0, 0], [-1, -1, -2]]

DEGENERATE_GAMES: dict[str, Game] = {
    "nothing at stake": (table([[0] * 3] * 3), table([[0] * 3] * 3)),
    "weakly dominated coordination": (table([[1, 0], [0, 0]]), table([[1, 0], [0, 0]])),
    "von Stengel (2007), 3 x 2 with a tie": (table([[3, 3], [2, 5], [0, 6]]), table([[3, 3], [2, 6], [3, 1]])),
    "Kohlberg and Mertens (1986), hexagon": (table(HEXAGON[0]), table(HEXAGON[1])),
    "battle of the sexes, outside option": (table([[2, 2], [3, 0], [0, 1]]), table([[2, 2], [1, 0], [0, 3]])),
    "Selten (1978), entry": (table([[0, 2], [1, 1]]), table([[0, 2], [4, 4]])),
    "matching pennies with a copy": (table([[1, -1], [-1, 1], [-1, 1]]), table([[-1, 1], [1, -1], [1, -1]])),
    "hawk, dove, pigeon": symmetric([[-1, 4, 4], [0, 2, 2], [0, 2, 2]]),
    "rock, paper, scissors with copies": symmetric(
        [[0, 0, -1, 1, 1], [0, 0, -1, 1, 1], [1, 1, 0, -1, -1], [-1, -1, 1, 0, 0], [-1, -1, 1, 0, 0]]
    ),
    "three pure coordinations, one of two kinds": symmetric([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
    "dominated columns that tie": (
        table([[4, 1, 1], [1, 4, 1], [1, 1, 1]]),
        table([[1, 1, 0], [1, 1, 0], [1, 1, 0]]),
    ),
    "Rosenthal (1981), centipede": from_plays(range(3), range(3), centipede),
    "Cho and Kreps (1987), beer or quiche": from_plays(BOTH, BOTH, beer_or_quiche),
    "Ben-Porath and Dekel (1992), burning money": from_plays(BOTH, BOTH, burning_money),
    "Borel (1921), Blotto with 3 and 2": blotto(3, 2),
    "Borel (1921), Blotto with 4 and 4": blotto(4, 4),
    "Vickrey (1961), second price": from_plays(range(4), range(4), second_price),
    "first price": from_plays(range(4), range(4), first_price),
    "Maynard Smith (1974), war of attrition": from_plays(range(5), range(5), war_of_attrition),
    "Kuhn (1950), poker": from_plays(list(product((0, 1), repeat=3)), BOTH, kuhn_poker),
    "Axelrod and Hamilton (1981), ten rounds": repeated_dilemma(),
    "Bertrand, prices 1 to 4": bertrand(4),
    "Hotelling (1929), six houses": hotelling(6),
    "Nash (1953), demands of 4": demand(4),
    "Güth et al. (1982), ultimatum over 4": ultimatum(4),
}
