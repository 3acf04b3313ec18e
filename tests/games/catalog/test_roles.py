"""Named games between two roles: published mixtures, and equal payoffs solved by hand."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from coopgame import (
    NormalFormGame,
    catalog,
    find_pure_nash_equilibria,
    find_regimes,
    find_rest_points,
    parse_expression,
    replicator,
)

X, Y = sympy.symbols("x y")


def equal_payoffs(game: NormalFormGame) -> dict[str, sympy.Expr]:
    """The fully mixed state of a 2 x 2 game: what makes each player's two rows earn the same, from the table."""
    names = [p.strategies for p in game.populations]
    row = [[game.payoff((i, j))[0] for j in names[1]] for i in names[0]]
    column = [[game.payoff((i, j))[1] for j in names[1]] for i in names[0]]
    for_row = Y * (row[0][0] - row[1][0]) + (1 - Y) * (row[0][1] - row[1][1])
    for_column = X * (column[0][0] - column[0][1]) + (1 - X) * (column[1][0] - column[1][1])
    return {"x": sympy.solve(for_column, X)[0], "y": sympy.solve(for_row, Y)[0]}


@pytest.mark.parametrize(
    ("game", "mixture", "squared"),
    [
        (catalog.asymmetric_matching_pennies(), ("1/2", "1/(X + 1)"), "-X/(2*(X + 1))"),
        (catalog.battle_of_the_sexes(), ("a/(a + b)", "b/(a + b)"), "a**2*b**2/(a + b)**2"),
        (
            catalog.dawkins_sexes(),
            ("(C - G)/(C - G + E)", "C/(2*(G - E))"),
            "-(C - G)*E*C*(2*(G - E) - C)/(4*(C - G + E)*(G - E))",
        ),
    ],
    ids=["pennies", "sexes", "Dawkins"],
)
def test_the_mixture_and_its_eigenvalues(game: NormalFormGame, mixture: tuple[str, str], squared: str) -> None:
    """Ochs (1995); Luce and Raiffa (1957); Schuster and Sigmund (1981): each player mixes so that the other is indifferent.

    By hand, the squares of the eigenvalues are x(1 - x) y(1 - y) times the product of both interactions.
    """
    point = find_rest_points(game)["I1"]
    by_hand = equal_payoffs(game)
    for name, text in zip(("x", "y"), mixture, strict=True):
        expected = parse_expression(text)
        assert sympy.simplify(point.coordinates[name] - expected) == 0
        assert sympy.simplify(by_hand[name] - expected) == 0
    wanted = parse_expression(squared)
    for value in point.eigenvalues:
        assert sympy.simplify(value**2 - wanted) == 0


def test_own_prizes_change_what_the_other_one_does() -> None:
    """Ochs (1995), games with prizes 1, 4 and 9: the matcher mixes evenly, the mismatcher with 1/(1 + X)."""
    for prize, tails in ((1, 0.5), (4, 0.2), (9, 0.1)):
        point = find_rest_points(catalog.asymmetric_matching_pennies(X=prize))["I1"]
        assert [float(v) for v in point.coordinates.values()] == pytest.approx([0.5, tails])
        assert (str(point.stability), point.attracting) == ("center", "lyapunov")


def test_faithful_males_and_coy_females() -> None:
    """Dawkins (1976), chapter 9: with 15, 20 and 3, 5/8 of males are faithful and 5/6 of females are coy.

    Schuster and Sigmund (1981): it is a centre, not a stable state.
    """
    game = catalog.dawkins_sexes(G=15, C=20, E=3)
    printed = {
        ("faithful", "coy"): (2, 2),
        ("faithful", "fast"): (5, 5),
        ("philandering", "coy"): (0, 0),
        ("philandering", "fast"): (15, -5),
    }
    assert {profile: game.payoff(profile) for profile in game.profiles} == printed
    point = find_rest_points(game)["I1"]
    assert [str(v) for v in point.coordinates.values()] == ["5/8", "5/6"]
    assert (str(point.stability), point.attracting) == ("center", "lyapunov")
    assert find_pure_nash_equilibria(game) == ()
    assert [r.stable for r in find_regimes(catalog.dawkins_sexes())] == [()]


def test_both_agreements_are_stable() -> None:
    """Luce and Raiffa (1957): two strict equilibria that are ranked against each other, and a saddle."""
    game = catalog.battle_of_the_sexes(a=2, b=1)
    assert {e.profile: e.strict for e in find_pure_nash_equilibria(game)} == {
        ("opera", "opera"): True,
        ("football", "football"): True,
    }
    assert {game.payoff(p.profile) for p in find_rest_points(game).attractors} == {(2, 1), (1, 2)}
    assert str(find_rest_points(game)["I1"].stability) == "saddle"


def test_best_replies_of_shapleys_game_go_round_six_profiles() -> None:
    """Shapley (1964): best replies cycle through six of nine profiles, never through the three with payoffs (0, 0)."""
    first, second = catalog.shapley_game().payoff_arrays()
    profile, seen = (0, 0), []
    for _ in range(6):
        seen.append(profile)
        i, j = profile
        better_j = int(second[i].argmax())
        profile = (i, better_j) if better_j != j else (int(first[:, j].argmax()), j)
    assert profile == (0, 0) and len(set(seen)) == 6
    assert {(i, j) for i in range(3) for j in range(3) if first[i, j] == second[i, j] == 0} == {
        (i, j) for i in range(3) for j in range(3)
    } - set(seen)


def test_shapleys_game_has_one_equilibrium_that_is_a_saddle() -> None:
    """Shapley (1964): even mixtures are the only equilibrium. Eigenvalues by numpy from the payoff tables."""
    game = catalog.shapley_game()
    assert find_pure_nash_equilibria(game) == ()
    points = find_rest_points(game)
    assert points.complete and [p.kind for p in points].count("interior") == 1
    point = points["I1"]
    assert {str(v) for v in point.coordinates.values()} == {"1/3"} and str(point.stability) == "saddle"
    first, second = game.payoff_arrays()
    centre = np.eye(3) - np.full((3, 3), 1 / 3)
    whole = np.block([[np.zeros((3, 3)), centre @ first / 3], [centre @ second.T / 3, np.zeros((3, 3))]])
    expected = [v for v in np.linalg.eigvals(whole) if abs(v) > 1e-6]
    assert len(expected) == 4
    for value in point.eigenvalues:
        assert min(abs(complex(value) - v) for v in expected) < 1e-9
    assert sorted(round(v.real, 9) for v in expected) == pytest.approx([-1 / 6, -1 / 6, 1 / 6, 1 / 6])


def test_learners_of_rock_paper_scissors_are_symmetric() -> None:
    """Sato, Akiyama and Farmer (2002): both use the same table up to the tie, and ex + ey = 0 makes it zero-sum."""
    game = catalog.rock_paper_scissors_between_two(ex="1/2", ey="-1/2")
    first, second = game.payoff_arrays()
    assert (first + second == 0).all()
    ex, ey = sympy.symbols("ex ey")
    free = catalog.rock_paper_scissors_between_two()
    for i, j in free.profiles:
        mirrored = [u.subs({ex: ey, ey: ex}, simultaneous=True) for u in free.payoff((j, i))]
        assert free.payoff((i, j)) == tuple(reversed(mirrored))
    assert free.payoff(("paper", "rock")) == (1, -1)


def test_matching_pennies_turn_with_unit_frequency() -> None:
    """Hofbauer and Sigmund (1998), section 10.3: eigenvalues +-i; here from finite differences of the field."""
    field = replicator(catalog.matching_pennies())
    step = 1e-6
    columns = []
    for name in ("x", "y"):
        up, down = ({"x": 0.5, "y": 0.5} for _ in range(2))
        up[name] += step
        down[name] -= step
        columns.append((field(up) - field(down))[[0, 2]] / (2 * step))
    assert np.sort_complex(np.linalg.eigvals(np.array(columns).T)) == pytest.approx([-1j, 1j], abs=1e-8)
