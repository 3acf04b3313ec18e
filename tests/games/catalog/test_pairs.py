"""Named games of pairs: textbook results, beside brute force over integer payoffs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import sympy

from coopgame import MatrixGame, catalog, find_ess_vertices, find_regimes, find_rest_points, integrate, replicator


def stable_rows(table: np.ndarray) -> tuple[int, ...]:
    """Pure evolutionarily stable strategies by the definition of Maynard Smith and Price, against pure mutants."""
    n = len(table)
    return tuple(
        i
        for i in range(n)
        if all(
            table[i, i] > table[j, i] or (table[i, i] == table[j, i] and table[i, j] > table[j, j])
            for j in range(n)
            if j != i
        )
    )


def orders() -> list[tuple[int, int, int, int]]:
    """All T, R, P, S from 0 to 3."""
    return list(product(range(4), repeat=4))


def named(game: MatrixGame) -> tuple[int, ...]:
    """Pure ESS of a game as row numbers."""
    strategies = game.populations[0].strategies
    return tuple(strategies.index(name) for name in find_ess_vertices(game))


def test_the_prisoners_dilemma_leaves_defection() -> None:
    """Rapoport and Chammah (1965): for T > R > P > S defection dominates, and cooperation would pay more."""
    assert [r.stable for r in find_regimes(catalog.prisoners_dilemma())] == [("E1",)]
    for t, r, p, s in orders():
        if t > r > p > s:
            assert (
                named(catalog.prisoners_dilemma(T=t, R=r, P=p, S=s))
                == stable_rows(np.array([[r, s], [t, p]]))
                == (1,)
            )


def test_the_harmony_game_leaves_cooperation() -> None:
    """Santos, Pacheco and Lenaerts (2006), the quadrant R > T, S > P."""
    assert [r.stable for r in find_regimes(catalog.harmony())] == [("E2",)]
    for t, r, p, s in orders():
        if r > t and s > p:
            assert named(catalog.harmony(T=t, R=r, P=p, S=s)) == stable_rows(np.array([[r, s], [t, p]])) == (0,)


def test_the_stag_hunt() -> None:
    """Skyrms (2004); Harsanyi and Selten (1988): two ESS, parted where the risk dominant one has the larger basin."""
    symbols = sympy.symbols("T R P S")
    t, r, p, s = symbols
    barrier = find_rest_points(catalog.stag_hunt())["I1"]
    assert sympy.simplify(barrier.coordinates["x"] - (p - s) / (r - s - t + p)) == 0
    assert (str(barrier.stability), barrier.exists.text()) == ("source", "true")
    for numbers in orders():
        t, r, p, s = numbers
        if r > t >= p > s:
            game = catalog.stag_hunt(T=t, R=r, P=p, S=s)
            assert named(game) == stable_rows(np.array([[r, s], [t, p]])) == (0, 1)
            parted = find_rest_points(game)["I1"].coordinates["x"]
            assert np.sign(float(parted) - 0.5) == np.sign(t + p - r - s)


def test_the_donation_game_has_equal_gains() -> None:
    """Nowak (2006): dx/dt = -c x (1 - x), whatever b is."""
    x, c = sympy.symbols("x c")
    assert sympy.expand(catalog.donation_game().advantage(0)) == -c
    field = replicator(catalog.donation_game(b=3, c=1))
    for share in (0.1, 0.5, 0.9):
        assert field({"x": share})[0] == pytest.approx(-share * (1 - share), abs=1e-14)
    assert sympy.simplify(find_rest_points(catalog.donation_game())["E1"].eigenvalues[0] + c) == 0 and x != c


def test_the_snowdrift_game_and_the_dilemma_beyond_it() -> None:
    """Hauert and Doebeli (2004): coexistence at 1 - c/(2 b - c) for b > c, by equal payoffs here."""
    x, b, c = sympy.symbols("x b c")
    shared = sympy.solve(x * (b - c / 2) + (1 - x) * (b - c) - x * b, x)
    found = find_rest_points(catalog.snowdrift())["I1"]
    assert [sympy.simplify(found.coordinates["x"] - root) for root in shared] == [0]
    assert sympy.simplify(shared[0] - (1 - c / (2 * b - c))) == 0 and str(found.stability) == "sink"


def test_coordination_favours_the_better_convention() -> None:
    """Kandori, Mailath and Rob (1993): the risk dominant convention, a > b, has more than half of all states."""
    a, b = sympy.symbols("a b")
    barrier = find_rest_points(catalog.coordination())["I1"]
    assert sympy.simplify(barrier.coordinates["x"] - b / (a + b)) == 0 and str(barrier.stability) == "source"
    game = catalog.coordination(a=2, b=1)
    for start, kept in ((0.32, "B"), (0.34, "A")):
        path = integrate(replicator(game), {"x": start})
        assert find_rest_points(game)[str(path.outcome.label)].profile == (kept,)


@pytest.mark.parametrize("size", [2, 3, 5, 8])
@pytest.mark.parametrize("likeness", ["0", "1/2", "9/10"])
def test_every_language_is_stable_and_equal_shares_are_not(size: int, likeness: str) -> None:
    """Nowak, Komarova and Niyogi (2001), without mistakes of learners: eigenvalues (1 - a)/n at equal shares."""
    game = catalog.language_game(size, a=likeness)
    table = game.payoff_matrix()
    assert named(game) == stable_rows(table) == tuple(range(size))
    # payoff differences between shares along any direction that sums to zero: (1 - a)/n times the direction
    direction = np.zeros(size)
    direction[:2] = 1, -1
    a = float(sympy.Rational(likeness))
    assert (table @ direction) / size == pytest.approx((1 - a) / size * direction)
    jacobian = replicator(game).jacobian(np.full(size, 1 / size))
    assert jacobian == pytest.approx((1 - a) / size * np.eye(size - 1), abs=1e-12)
