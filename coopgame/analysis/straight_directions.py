"""Where best replies can move in a straight line from a tie: the Nash equilibria of the game among the tied strategies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import comb

from coopgame.algebra.affine import AffineSet, corners, solve_linear
from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.analysis.exact_payoffs import Numbers

Tied = tuple[tuple[int, ...], ...]

_MOST_TRIED = 10_000  # supports, and choices of zeros on a continuum, before it is enough to have found some


@dataclass(frozen=True)
class Directions:
    """The points to which a solution can move straight from a tie.

    targets: extreme ones, fewest strategies first, then in the order of strategies. strict: those of one strategy in each population from which all
    other tied ones fall behind at once. continuum: whether points between some targets are targets too. complete: whether all
    supports were tried.
    """

    targets: tuple[Numbers, ...]
    strict: tuple[Numbers, ...] = ()
    continuum: bool = False
    complete: bool = True


def find_directions(rows: Sequence[Numbers], constants: Numbers, tied: Tied) -> Directions:
    """Return the Nash equilibria of the game that is restricted to the tied strategies of each population.

    rows, constants: payoffs, linear in all shares. A direction b keeps to best replies exactly when the strategies that b uses stay tied and the
    others do not overtake them: payoffs along the ray to b move straight from those at the state to those at b. Supports are tried in
    order; for each one the extreme points of the equilibria inside it are found in rational arithmetic.

    References: Gilboa and Matsui (1991); Hofbauer (1995), on the existence of piecewise straight solutions.
    """
    size = len(rows)
    if all(len(own) == 1 for own in tied):
        only = {own[0] for own in tied}
        target = tuple(to_fmpq(int(i in only)) for i in range(size))
        return Directions((target,), (target,))
    table = [[to_fraction(v) for v in row] for row in rows]
    fixed = [to_fraction(c) for c in constants]
    found: dict[tuple[Fraction, ...], None] = {}
    continuum, tried = False, 0
    for support in _supports(tied):
        if tried >= _MOST_TRIED and found:
            break
        states, choices = _equilibria(table, fixed, tied, support)
        tried += choices
        continuum = continuum or len(states) > 1
        for state in states:
            found[state] = None
    else:
        tried = 0
    ordered = sorted(found, key=lambda state: (sum(v > 0 for v in state), [-v for v in state]))
    targets = tuple(tuple(to_fmpq(v) for v in state) for state in ordered)
    strict = tuple(target for target in targets if _is_strict(rows, constants, tied, target))
    return Directions(targets, strict, continuum, complete=not tried)


def _is_strict(rows: Sequence[Numbers], constants: Numbers, tied: Tied, target: Numbers) -> bool:
    earned = [
        sum((a * b for a, b in zip(row, target, strict=True)), c) for row, c in zip(rows, constants, strict=True)
    ]
    used = [[i for i in own if target[i] != 0] for own in tied]
    return all(
        len(within) == 1 and all(earned[within[0]] > earned[j] for j in own if j not in within)
        for own, within in zip(tied, used, strict=True)
    )


def _supports(tied: Tied) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield one support in each population, fewest strategies first."""
    sizes = sorted(product(*(range(1, len(own) + 1) for own in tied)), key=lambda counts: (sum(counts), counts))
    for counts in sizes:
        yield from product(*(combinations(own, count) for own, count in zip(tied, counts, strict=True)))


def _equilibria(
    table: list[list[Fraction]], fixed: list[Fraction], tied: Tied, support: tuple[tuple[int, ...], ...]
) -> tuple[list[tuple[Fraction, ...]], int]:
    """Return the extreme equilibria whose strategies are among a support, in which all of the support earns the best payoff.

    With them comes the number of choices that it took.

    Unknowns: the shares of the support, by how much each other tied strategy falls behind, and the best payoff of each population.
    """
    used = [i for own in support for i in own]
    behind = [i for own, within in zip(tied, support, strict=True) for i in own if i not in within]
    places = {i: k for k, i in enumerate([*used, *behind])}
    width = len(places) + len(tied)
    rows: list[list[Fraction]] = []
    right: list[Fraction] = []
    for p, (own, within) in enumerate(zip(tied, support, strict=True)):
        for i in own:
            row = [Fraction(0)] * width
            for j in used:
                row[places[j]] = table[i][j]
            row[len(places) + p] = Fraction(-1)
            if i in behind:
                row[places[i]] = Fraction(1)
            rows.append(row)
            right.append(-fixed[i])
        row = [Fraction(0)] * width
        for i in within:
            row[places[i]] = Fraction(1)
        rows.append(row)
        right.append(Fraction(1))
    solutions = solve_linear(rows, right)
    if solutions is None:
        return [], 1
    states = [_whole(point, places, used, len(table)) for point in _extreme(solutions, len(places))]
    return states, comb(len(places), solutions.dimension)


def _extreme(solutions: AffineSet, count: int) -> Sequence[tuple[Fraction, ...]]:
    if solutions.dimension:
        return corners(solutions, range(count))
    return [solutions.origin] if all(v >= 0 for v in solutions.origin[:count]) else []


def _whole(
    point: tuple[Fraction, ...], places: dict[int, int], used: Sequence[int], size: int
) -> tuple[Fraction, ...]:
    state = [Fraction(0)] * size
    for i in used:
        state[i] = point[places[i]]
    return tuple(state)
