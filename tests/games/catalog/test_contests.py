"""Named contests: published stable states, and payoffs derived again from who does what."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import catalog, find_ess_vertices, find_regimes, find_rest_points, integrate, is_ess, replicator

V, C, E = sympy.symbols("V C e")
TABLE = {("h", "h"): (V - C) / 2, ("h", "d"): V, ("d", "h"): sympy.Integer(0), ("d", "d"): V / 2}


def test_a_retaliator_answers_in_kind() -> None:
    """Maynard Smith (1982), chapter 2: hawk against hawks, dove against the others, each payoff from the hawk-dove table."""

    def play(own: str, other: str) -> str:
        return own if own != "r" else ("h" if other == "h" else "d")

    expected = [[TABLE[play(i, j), play(j, i)] for j in "hdr"] for i in "hdr"]
    game = catalog.hawk_dove_retaliator()
    found = [[entry.subs(E, 0) for entry in row] for row in game.payoffs]
    assert all(
        sympy.expand(a - b) == 0 for x, y in zip(found, expected, strict=True) for a, b in zip(x, y, strict=True)
    )
    printed = catalog.hawk_dove_retaliator(V=2, C=4, e="0.1").payoff_matrix()
    assert printed.tolist() == [[-1, 2, -1], [0, 1, 0.9], [-1, 1.1, 1]]


def test_retaliators_are_stable_and_so_is_the_mixture_without_them() -> None:
    """Maynard Smith (1982), chapter 2, and Zeeman (1981): two stable states, with a saddle in between."""
    points = find_rest_points(catalog.hawk_dove_retaliator(V=2, C=4, e="0.1"))
    assert [(p.label, p.kind) for p in points.attractors] == [("E3", "vertex"), ("F1", "edge")]
    assert [str(v) for v in points["F1"].coordinates.values()] == ["1/2", "1/2", "0"]
    assert str(points["I1"].stability) == "saddle" and points.complete
    game = catalog.hawk_dove_retaliator(V=2, C=4, e="0.1")
    assert is_ess(game, ["1/2", "1/2", 0]) and is_ess(game, [0, 0, 1])


@pytest.mark.parametrize(
    ("v", "c", "e"), [(2, 4, "1/10"), (2, 4, "9/10"), (2, 4, "11/10"), (5, 4, "1/10"), (3, 7, "3")]
)
def test_the_mixture_needs_a_small_edge(v: int, c: int, e: str) -> None:
    """By hand: against the mixture a retaliator gains (1 - V/C)(e - V/2), so it stays out exactly for e < V/2."""
    numbers = {"V": v, "C": c, "e": e}
    stable = v < c and Fraction(e) < Fraction(v, 2)
    assert ("F1" in find_regimes(catalog.hawk_dove_retaliator()).at(numbers).stable) == stable
    if v < c:
        mixture = [Fraction(v, c), 1 - Fraction(v, c), 0]
        assert bool(is_ess(catalog.hawk_dove_retaliator(**numbers), mixture)) == stable


def test_without_the_edge_doves_and_retaliators_drift() -> None:
    """Maynard Smith (1982): without hawks nothing tells a dove from a retaliator."""
    points = find_rest_points(catalog.hawk_dove_retaliator(V=2, C=4, e=0))
    assert [(c.kind, c.where) for c in points.components] == [("line", "animal.hawk = 0")]
    assert find_ess_vertices(catalog.hawk_dove_retaliator(V=2, C=4, e=0)) == ()


def test_a_bourgeois_plays_by_ownership() -> None:
    """Maynard Smith (1982), chapter 2: hawk as an owner, dove as an intruder; the mean over both roles."""

    def play(own: str, owner: bool) -> str:
        return own if own != "b" else ("h" if owner else "d")

    def mean(i: str, j: str) -> sympy.Expr:
        return (TABLE[play(i, True), play(j, False)] + TABLE[play(i, False), play(j, True)]) / 2

    game = catalog.hawk_dove_bourgeois()
    for i, row in zip("hdb", game.payoffs, strict=True):
        for j, entry in zip("hdb", row, strict=True):
            assert sympy.expand(entry - mean(i, j)) == 0


@pytest.mark.parametrize(("v", "c", "winner"), [(2, 4, "bourgeois"), (1, 9, "bourgeois"), (5, 4, "hawk")])
def test_ownership_settles_contests_that_are_not_worth_a_fight(v: int, c: int, winner: str) -> None:
    """Maynard Smith (1982), chapter 2: bourgeois is the only ESS for V < C; for V > C all fight."""
    game = catalog.hawk_dove_bourgeois(V=v, C=c)
    assert find_ess_vertices(game) == (winner,)
    assert [p.profile for p in find_rest_points(game).attractors] == [(winner,)]
    path = integrate(replicator(game), [0.45, 0.45, 0.1], t_end=500)
    assert path.outcome.kind == "converged" and path.final[game.populations[0].strategies.index(winner)] > 0.999


def test_the_mixture_of_hawks_and_doves_falls_to_bourgeois() -> None:
    """By hand: a bourgeois earns as much as the mixture with V/C hawks does there, and more once there are some of them."""
    game = catalog.hawk_dove_bourgeois(V=2, C=4)
    point = find_rest_points(game)["F1"]
    assert sorted(float(v) for v in point.eigenvalues) == [-0.5, 0] and point.attracting == "unstable"
    table = game.payoff_matrix()
    mixture = np.array([0.5, 0.5, 0])
    assert (table @ mixture)[2] == mixture @ table @ mixture
    assert table[2, 2] > mixture @ table[:, 2]
    assert not is_ess(game, ["1/2", "1/2", 0])
