"""Proper equilibria of two players, decided exactly by linear programs over polynomials in an infinitesimal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any

import sympy
from flint import fmpz_poly

from coopgame.algebra.ordered_lp import maximise, sign_at_zero
from coopgame.equilibria.refinements import EPSILON, Question, RefinementVerdict, is_perfect, own_rows, question
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_MOST_ORDERS = 3000
_MOST_PAIRS = 20_000
Order = tuple[tuple[int, ...], ...]  # classes of strategies that earn the same, better ones first


def is_proper(game: Game, equilibrium: Any, values: Mapping[str, Any] | None = None) -> RefinementVerdict:
    """Return whether an equilibrium of two players is proper (Myerson 1978), decided exactly.

    It is when strategies that use everything tend to it in which a strategy that earns less than another has a vanishing share of the other's
    probability. Along such a sequence each player's strategies keep one order; those that earn the same at the equilibrium may be ordered in any way. For every
    pair of orders a linear program asks, for an infinitesimal epsilon, for probabilities within epsilon of the equilibrium, that give the other player's
    strategies their order, and of which a worse one has at most epsilon times a better one's: simplex method over polynomials in epsilon,
    ordered by their lowest coefficients. The probabilities found are the certificate of a yes. Of a MatrixGame the
    profile in which both play the state is asked about.

    Raises UnsupportedError when ties allow more than 3000 orders of a player's strategies or 20 000 pairs of orders, and for other than
    two players; StateError for what is no profile of mixtures.

    References: Myerson (1978), International Journal of Game Theory 7, 73-80; Blume, Brandenburger and Dekel (1991), Econometrica 59, 81-98, who
    describe the same sequences by lexicographic beliefs.

    >>> from coopgame import NormalFormGame, is_proper
    >>> myerson = [[1, 0, -9], [0, 0, -7], [-9, -7, -7]]
    >>> print(is_proper(NormalFormGame.from_bimatrix(myerson, myerson), ("2", "2")))
    no: no order of the strategies that earn the same is kept up by trembles in which worse ones are rarer
    """
    perfect = is_perfect(game, equilibrium, values)
    if not perfect:
        return perfect
    asked = question(game, equilibrium, values)
    orders = [_possible_orders(asked, player) for player in range(2)]
    if len(orders[0]) * len(orders[1]) > _MOST_PAIRS:
        raise UnsupportedError(
            f"ties allow {len(orders[0])} and {len(orders[1])} orders of the strategies, more pairs than the {_MOST_PAIRS} that are tried"
        )
    for first, second in product(*orders):
        one = _tremble(asked, 0, first, second)
        other = one and _tremble(asked, 1, second, first)
        if one and other:
            because = "trembles in which strategies that earn less are rarer by a factor epsilon tend to it"
            trembles = tuple(dict(zip(asked.names(p), own, strict=True)) for p, own in enumerate((one, other)))
            return RefinementVerdict(True, because, None, trembles)
    because = "no order of the strategies that earn the same is kept up by trembles in which worse ones are rarer"
    return RefinementVerdict(False, because)


def _possible_orders(asked: Question, player: int) -> list[Order]:
    """Return the orders of a player's strategies that some strategy of the other near the equilibrium gives them."""
    earned = asked.earned[player]
    groups = [[s for s, value in enumerate(earned) if value == level] for level in sorted(set(earned), reverse=True)]
    used = asked.used(player)
    count = _count(len(groups[0]) - len(used), True) * math.prod(_count(len(group), False) for group in groups[1:])
    if count > _MOST_ORDERS:
        raise UnsupportedError(
            f"ties of {asked.who(player)} allow {count} orders of the strategies, more than the {_MOST_ORDERS} that are tried; break some ties"
        )
    rows = own_rows(asked.tables, player)
    found = []
    choices = [_orders_with_first(groups[0], used), *(list(_orders(group)) for group in groups[1:])]
    for parts in product(*choices):
        if _is_given(rows, parts):
            found.append(tuple(own for part in parts for own in part))
    return found


@cache
def _count(size: int, joined: bool) -> int:
    """Return the number of orders with ties of so many strategies, after a class that may take any of them (joined)."""
    rest = sum(math.comb(size, k) * _count(size - k, False) for k in range(1, size + 1)) if size else 1
    return rest + (rest if joined and size else 0)


def _orders(group: Sequence[int]) -> Iterator[Order]:
    """Yield all orders, with ties, of a group of strategies."""
    if not group:
        yield ()
        return
    for size in range(1, len(group) + 1):
        for first in combinations(group, size):
            for rest in _orders([s for s in group if s not in first]):
                yield (first, *rest)


def _orders_with_first(group: Sequence[int], used: Sequence[int]) -> list[Order]:
    """Return the orders of a group in which all strategies in use are in the first class."""
    others = [s for s in group if s not in used]
    orders: list[Order] = []
    for size in range(len(others) + 1):
        for joining in combinations(others, size):
            first = tuple(sorted([*used, *joining]))
            orders += [(first, *rest) for rest in _orders([s for s in others if s not in joining])]
    return orders


def _is_given(rows: Sequence[Sequence[int]], parts: Sequence[Order]) -> bool:
    """Return whether some strategy of the other player, using everything, orders every group as wanted.

    Mixed into the equilibrium with little weight it leaves the order of the groups as it is.
    """
    system, right = [], []
    width = len(rows[0])
    lines = [line for part in parts for line in _order_lines(rows, part)]
    slacks = sum(strict for _, strict in lines)
    at = 0
    for (
        line,
        strict,
    ) in lines:  # the other's probabilities are z + d with d the least of them, and every strict lead is at least d
        slack = [0] * slacks
        if strict:
            slack[at] = -1
            at += 1
        system.append([*line, sum(line) - int(strict), *slack])
        right.append(0)
    system.append([1] * width + [width] + [0] * slacks)
    right.append(1)
    best = maximise([0] * width + [1] + [0] * slacks, system, right)
    return best.status == "optimal" and best.value > 0


def _order_lines(rows: Sequence[Sequence[int]], order: Order) -> list[tuple[list[int], bool]]:
    """Return what orders strategies: differences of payoffs that vanish, and (True) those that are positive."""
    lines = []
    for better, worse in zip(order, [*order[1:], ()], strict=True):
        lines += [(_minus(rows[better[0]], rows[s]), False) for s in better[1:]]
        if worse:
            lines.append((_minus(rows[better[0]], rows[worse[0]]), True))
    return lines


def _minus(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _tremble(asked: Question, player: int, own: Order, others: Order) -> list[sympy.Expr] | None:
    """Return probabilities of a player's strategies, up to a factor, as polynomials in epsilon; None when there are none.

    own: the order of the player's strategies, whose worse ones are rarer; others: the order that the probabilities have to give the other's.
    """
    rows = own_rows(asked.tables, 1 - player)
    size = len(rows[0])
    scale = math.lcm(*(share.denominator for share in asked.mixtures[player]))
    lines: list[
        tuple[list[Any], Any, Any]
    ] = []  # line * x + (factor of the least probability d) >= right, where x = z + d
    tiny = fmpz_poly([0, 1])
    for line, strict in _order_lines(rows, others):
        lines.append((list(line), -int(strict), 0))
        if not strict:
            lines.append(([-v for v in line], 0, 0))
    for better, worse in pairwise(own):
        lines += [([tiny * int(k == t) - int(k == s) for k in range(size)], 0, 0) for t in better for s in worse]
    for s, share in enumerate(asked.mixtures[player]):
        near = [int(k == s) * scale for k in range(size)]
        lines.append((near, 0, int(share * scale) - scale * tiny))
        lines.append(([-v for v in near], 0, -int(share * scale) - scale * tiny))
    system, right = [], []
    for n, (line, extra, bound) in enumerate(lines):
        slack = [fmpz_poly([-int(n == m)]) for m in range(len(lines))]
        system.append([*(fmpz_poly([0]) + v for v in line), fmpz_poly([0]) + sum(line, 0) + extra, *slack])
        right.append(fmpz_poly([0]) + bound)
    one, zero = fmpz_poly([1]), fmpz_poly([0])
    system.append([one] * size + [one * size] + [zero] * len(lines))
    right.append(one)
    best = maximise([zero] * size + [one] + [zero] * len(lines), system, right, zero=zero, sign=sign_at_zero)
    if best.status != "optimal" or sign_at_zero(best.value) <= 0:
        return None
    least = best.solution[size]
    return _simple([share + least for share in best.solution[:size]])


def _simple(polynomials: Sequence[Any]) -> list[sympy.Expr]:
    """Return polynomials without their common factor, as expressions; positive for small arguments."""
    common = fmpz_poly([0])
    for polynomial in polynomials:
        common = common.gcd(polynomial)
    if sign_at_zero(common) < 0:
        common = -common
    shorter = [polynomial // common for polynomial in polynomials]
    return [
        sympy.Add(*(int(c) * EPSILON**power for power, c in enumerate(polynomial.coeffs()))) for polynomial in shorter
    ]
