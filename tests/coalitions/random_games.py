"""Coalitional games drawn at random."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from coopgame import CoalitionalGame

numbers = st.integers(-20, 20).map(Fraction) | st.fractions(-20, 20, max_denominator=6)


@st.composite
def coalitional_games(draw: st.DrawFn, least: int = 1, most: int = 4) -> CoalitionalGame:
    """Draw a game of a few players with any worths."""
    n = draw(st.integers(least, most))
    worths = draw(st.lists(numbers, min_size=2**n, max_size=2**n))
    return of_worths([Fraction(0), *worths[1:]])


@st.composite
def convex_games(draw: st.DrawFn, most: int = 4) -> CoalitionalGame:
    """Draw a convex game: nonnegative multiples of unanimity games of two or more, plus any worths of single players (Shapley 1971)."""
    n = draw(st.integers(1, most))
    dividends = [draw(st.integers(0, 9) if mask & (mask - 1) else st.integers(-9, 9)) for mask in range(2**n)]
    return of_worths(
        [sum(Fraction(d) for m, d in enumerate(dividends) if m and m & mask == m) for mask in range(2**n)]
    )


@st.composite
def superadditive_games(draw: st.DrawFn, least: int = 2, most: int = 4) -> CoalitionalGame:
    """Draw a superadditive game: every coalition gets what its best partition earns."""
    n = draw(st.integers(least, most))
    worths = [Fraction(0), *draw(st.lists(numbers, min_size=2**n - 1, max_size=2**n - 1))]
    for mask in range(1, 2**n):
        parts = [part for part in range(1, mask) if part & mask == part]
        worths[mask] = max([worths[mask], *(worths[part] + worths[mask ^ part] for part in parts)])
    return of_worths(worths)


def of_worths(worths: list[Fraction]) -> CoalitionalGame:
    """Return the game whose coalitions, in binary, have these worths."""
    players = "ABCDEFGH"[: len(worths).bit_length() - 1]
    return CoalitionalGame(list(players), lambda members: worths[sum(1 << players.index(p) for p in members)])
