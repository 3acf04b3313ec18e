"""Published results reproduced: all equilibria of price competition with whole prices."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from coopgame import MatrixGame, NormalFormGame, find_ess_vertices, nash_equilibria, read_game

GAMES = Path(__file__).parent / "games"


def test_symmetric_equilibria_of_prices_1_to_4() -> None:
    """Bertrand competition, textbook: prices 1 and 2, no mixture; only price 1 is strict, and price 2 goes when payoffs move a little."""
    game = read_game(GAMES / "F4-05.toml")
    found = nash_equilibria(game)
    assert [(e.support, e.strict, e.index) for e in found] == [((("1",),), True, 1), ((("2",),), False, 0)]
    assert found.complete and find_ess_vertices(game) == ("1",)


@pytest.mark.parametrize("prices", [2, 4, 7])
def test_all_equilibria_of_two_sellers(prices: int) -> None:
    """Both ask 1 or both ask 2.

    Let A ask the highest price p of both mixtures, and B the same with chance q. A earns p q / 2 there; p - 1 earns (p - 1) q at least, more if p > 2 and
    q > 0, and if q = 0 asking 1 earns more than nothing. So p <= 2. Asking 2 earns q, asking 1 earns (1 + q) / 2: 2 is asked only if q = 1.
    """
    levels = range(1, prices + 1)
    rows = [[p if p < q else Fraction(p, 2) if p == q else 0 for q in levels] for p in levels]
    found = nash_equilibria(NormalFormGame.from_bimatrix(rows, list(zip(*rows, strict=True))))
    assert [e.support for e in found] == [(("1",), ("1",)), (("2",), ("2",))]
    assert [e.payoffs for e in found] == [(Fraction(1, 2), Fraction(1, 2)), (1, 1)]
    assert [e.strict for e in found] == [True, False] and [e.index for e in found] == [1, 0]
    alone = nash_equilibria(MatrixGame(rows))
    assert [e.support for e in alone] == [(("1",),), (("2",),)]
