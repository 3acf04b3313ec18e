"""Supports on which a game played in pairs is negative definite, and the one equilibrium that each family of them can carry; exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq, fmpq_mat

Number = Any  # flint.fmpq, which ships without type information
Table = Sequence[Sequence[Number]]
Shares = tuple[tuple[int, ...], tuple[Number, ...]]  # a support and the shares of its strategies

_ALL_AT_ONCE = 10  # changes of many strategies that bring nothing before one at a time is changed


def definite_equilibria(payoffs: Table, present: Sequence[int], others: Sequence[int]) -> Iterator[Shares | None]:
    """Yield all states with present <= support <= present + others that can be an equilibrium and have a definite support.

    A support is definite where v·Av < 0 for all v != 0 on it that sum to 0; all its parts are so too. Strategies are taken in or left out one
    at a time, until what is left is definite as a whole: on it the game has one equilibrium, which comes out if it holds all that was taken in; None stands for
    one that does not. It is an equilibrium of a part of the game, so it has still to be compared with the strategies outside.

    payoffs: numbers in FLINT's form. present: at least one strategy; nothing comes out when they are not definite.
    """
    base, *more = present
    kept = [*more, *others]
    form = _tangent_form(payoffs, base, kept)
    for _ in more:
        if form[0][0] <= 0:
            return
        form = _eliminated(form, 0)
    left = [k for k, i in enumerate(others) if form[k][k] > 0]
    yield from _branches(payoffs, tuple(present), [others[k] for k in left], _part(form, left))


def all_definite_equilibria(payoffs: Table, among: Sequence[int] | None = None) -> Iterator[Shares | None]:
    """Yield the states of `definite_equilibria` with any support inside `among`, all strategies by default."""
    chosen = list(range(len(payoffs)) if among is None else among)
    for place, base in enumerate(chosen):
        yield from definite_equilibria(payoffs, (base,), chosen[place + 1 :])


def level_shares(payoffs: Table, support: Sequence[int]) -> tuple[Number, ...]:
    """Return the shares on a definite support at which its strategies earn the same; they sum to 1 and may be negative."""
    if len(support) == 1:
        return (fmpq(1),)
    first, *rest = support
    rows = [[payoffs[i][j] - payoffs[first][j] for j in support] for i in rest] + [[fmpq(1)] * len(support)]
    right = fmpq_mat([[fmpq(0)]] * len(rest) + [[fmpq(1)]])
    solution = fmpq_mat(rows).solve(right)
    return tuple(solution[k, 0] for k in range(len(support)))


def earned_against(payoffs: Table, i: int, state: Shares) -> Number:
    """Return what strategy i earns at a state."""
    total = fmpq(0)
    for j, share in zip(*state, strict=True):
        total += payoffs[i][j] * share
    return total


def _tangent_form(payoffs: Table, base: int, kept: Sequence[int]) -> list[list[Number]]:
    """Return the matrix of -2 v·Av in the shares of all strategies but the base, which is negative of their sum."""
    both = {i: payoffs[base][i] + payoffs[i][base] - payoffs[base][base] for i in kept}
    return [[both[i] + both[j] - payoffs[i][j] - payoffs[j][i] for j in kept] for i in kept]


def _eliminated(form: Table, place: int) -> list[list[Number]]:
    """Return the Schur complement of a positive diagonal entry."""
    pivot, row = form[place][place], form[place]
    rest = [k for k in range(len(form)) if k != place]
    factors = {k: row[k] / pivot for k in rest}
    return [[form[i][j] - factors[i] * row[j] for j in rest] for i in rest]


def _part(form: Table, places: Sequence[int]) -> list[list[Number]]:
    return [[form[i][j] for j in places] for i in places]


def _branches(
    payoffs: Table, present: tuple[int, ...], others: list[int], form: list[list[Number]]
) -> Iterator[Shares | None]:
    while (place := _obstacle(form)) is not None:
        inside = _eliminated(form, place)
        rest = others[:place] + others[place + 1 :]
        left = [k for k in range(len(rest)) if inside[k][k] > 0]
        yield from _branches(payoffs, (*present, others[place]), [rest[k] for k in left], _part(inside, left))
        kept = [k for k in range(len(form)) if k != place]
        others, form = rest, _part(form, kept)
    state = _equilibrium(payoffs, [*present, *others])
    yield state if set(present) <= set(state[0]) else None


def _obstacle(form: list[list[Number]]) -> int | None:
    """Return a place whose strategy keeps the whole from being definite, None when it is."""
    size = len(form)
    conflicts = [sum(form[i][j] ** 2 >= form[i][i] * form[j][j] for j in range(size) if j != i) for i in range(size)]
    if any(conflicts):
        return conflicts.index(max(conflicts))
    rest = form
    for place in range(size):
        if rest[0][0] <= 0:
            return place
        rest = _eliminated(rest, 0)
    return None


def _equilibrium(payoffs: Table, reach: Sequence[int]) -> Shares:
    """Return the equilibrium of a definite game on the strategies `reach`, with positive shares only.

    Principal pivoting: strategies with negative shares leave, better replies enter. All of these at once as long as their number falls, else the
    first alone, which ends because the complementarity problem has a P-matrix (Murty 1974; Judice and Pires 1994).
    """
    chosen = list(reach)
    fewest, patience = len(reach) + 1, _ALL_AT_ONCE
    while True:
        wrong = list(reach)
        if chosen:
            shares = level_shares(payoffs, chosen)
            state = (tuple(chosen), shares)
            level = earned_against(payoffs, chosen[0], state)
            negative = {i for i, share in zip(*state, strict=True) if share < 0}
            wrong = [
                i for i in reach if i in negative or (i not in chosen and earned_against(payoffs, i, state) > level)
            ]
            if not wrong:
                kept = sorted((i, share) for i, share in zip(*state, strict=True) if share > 0)
                return tuple(i for i, _ in kept), tuple(share for _, share in kept)
        if len(wrong) < fewest:
            fewest, patience = len(wrong), _ALL_AT_ONCE
        elif patience:
            patience -= 1
        else:
            wrong = wrong[:1]
        chosen = [i for i in reach if (i in chosen) != (i in wrong)]
