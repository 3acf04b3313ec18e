"""Published results reproduced: discrete price competition, where of two equilibria one is evolutionarily stable."""

from __future__ import annotations

from pathlib import Path

from coopgame import find_ess, find_nss, find_pure_nash_equilibria, integrate, is_ess, is_nss, read_game, replicator

BERTRAND = read_game(Path(__file__).parent / "games" / "F4-05.toml")


def test_the_table() -> None:
    """Prices 1 to 4, no cost, one unit of demand: the lower price sells, equal prices share (Bertrand's paradox, textbook)."""
    for i, row in enumerate(BERTRAND.payoff_matrix()):  # type: ignore[attr-defined]
        p = i + 1
        assert row.tolist() == [p if p < q else p / 2 if p == q else 0 for q in range(1, 5)]


def test_two_equilibria_and_one_ess() -> None:
    """Bertrand's paradox with discrete prices, textbook: {1} and {2} are equilibria; at 2 a rival with 1 earns as much and more among its like."""
    names = BERTRAND.populations[0].strategies
    assert [e.profile for e in find_pure_nash_equilibria(BERTRAND)] == [(names[0],), (names[1],)]
    (only,) = find_ess(BERTRAND)
    assert only.support == (names[0],) and only.strict and only.payoffs[0] * 2 == 1
    # against price 2 a rival with price 1 earns 1, the same, and against price 1 half of it, where price 2 earns nothing
    assert not is_ess(BERTRAND, {names[1]: 1}) and not is_nss(BERTRAND, {names[1]: 1})
    assert [(s.ess, s.is_point) for s in find_nss(BERTRAND)] == [(True, True)]


def test_prices_fall_to_the_ess() -> None:
    path = integrate(replicator(BERTRAND), [0.1, 0.2, 0.3, 0.4], t_end=500)
    assert path.outcome.kind == "converged" and path.final[0] > 0.99
