"""Published results reproduced: the four kinds of games with two strategies."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from coopgame import (
    MatrixGame,
    catalog,
    find_ess,
    find_ess_vertices,
    find_regimes,
    find_rest_points,
    integrate,
    is_ess,
    replicator,
)

GAME = catalog.two_strategies()
DILEMMA = {"a": 3, "b": 0, "c": 5, "d": 1}
STAG_HUNT = {"a": 4, "b": 1, "c": 3, "d": 3}
SNOWDRIFT = {"a": "1", "b": "0.5", "c": "1.5", "d": 0}
HARMONY = {"a": 4, "b": 3, "c": 3, "d": 1}


def test_the_mixed_point_in_symbols() -> None:
    """Hofbauer and Sigmund (1998), section 7.1: the mixture (b - d)/(b - d + c - a), where it exists and attracts."""
    a, b, c, d = sympy.symbols("a b c d")
    mixed = find_rest_points(GAME)["I1"]
    assert sympy.simplify(mixed.coordinates["x"] - (b - d) / (b - d + c - a)) == 0
    assert sympy.simplify(mixed.eigenvalues[0] + (b - d) * (c - a) / (b - d + c - a)) == 0
    assert {sign.text() for sign in mixed.stable_if.signs()} == {"b > d", "a < c"}


@pytest.mark.parametrize(
    ("values", "stable"),
    [(DILEMMA, ("E1",)), (STAG_HUNT, ("E1", "E2")), (SNOWDRIFT, ("I1",)), (HARMONY, ("E2",))],
    ids=["dilemma", "stag hunt", "snowdrift", "harmony"],
)
def test_the_four_regimes(values: dict[str, str], stable: tuple[str, ...]) -> None:
    """Hofbauer and Sigmund (1998), section 7.1: dominance either way, bistability, coexistence, and nothing else."""
    regimes = find_regimes(GAME)
    assert len(regimes.regimes) == 4 and regimes.cover
    assert regimes.at(values).stable == stable


@pytest.mark.parametrize(("values", "ess"), [(DILEMMA, "second"), (HARMONY, "first")], ids=["dilemma", "harmony"])
def test_dominance(values: dict[str, int], ess: str) -> None:
    """The prisoner's dilemma and the harmony game, textbook: the dominant strategy is the only ESS, no mixture rests."""
    assert find_ess_vertices(GAME, values) == (ess,)
    (only,) = find_ess(GAME, values)
    assert only.support == (ess,) and only.strict
    points = find_rest_points(GAME, values)
    assert {point.kind for point in points} == {"vertex"}
    assert [point.profile for point in points.attractors] == [(ess,)]


def test_the_stag_hunt() -> None:
    """The stag hunt, textbook: both pure strategies are ESS, parted at 2/3; hunting hares is risk dominant."""
    assert find_ess_vertices(GAME, STAG_HUNT) == ("first", "second")
    first, second = find_ess(GAME, STAG_HUNT)
    # the second stands against a share 2/3 of the first, the first against 1/3 of the second: what risk dominance means
    assert (first.invasion_barrier.lower, second.invasion_barrier.lower) == (Fraction(1, 3), Fraction(2, 3))
    barrier = find_rest_points(GAME, STAG_HUNT)["I1"]
    assert float(barrier.coordinates["x"]) == pytest.approx(2 / 3, abs=1e-9)
    assert (barrier.stability, barrier.attracting) == ("source", "unstable")
    assert not is_ess(GAME, ["2/3", "1/3"], STAG_HUNT)
    # risk dominance of the second: it is the better reply to an even population, and its basin is the larger one
    earned = replicator(GAME).payoffs({"x": 0.5}, STAG_HUNT)
    assert earned.tolist() == [2.5, 3.0]
    assert barrier.coordinates["x"] > sympy.Rational(1, 2)


@pytest.mark.parametrize(("start", "label"), [(0.66, "E1"), (0.67, "E2")])
def test_the_stag_hunt_is_decided_at_two_thirds(start: float, label: str) -> None:
    """The stag hunt, textbook: starts on either side of 2/3 go to different pure states."""
    path = integrate(replicator(GAME), {"x": start}, STAG_HUNT)
    assert (path.outcome.kind, path.outcome.label) == ("converged", label)


def test_the_snowdrift_game() -> None:
    """Hauert and Doebeli (2004), Nature 428, 643: a share 1 - r with r = c/(2b - c) cooperates, and it is an ESS."""
    game = catalog.snowdrift()
    b, c = sympy.symbols("b c")
    mixed = find_rest_points(game)["I1"]
    assert sympy.simplify(mixed.coordinates["x"] - (1 - c / (2 * b - c))) == 0
    assert (mixed.stability, mixed.exists.text()) == ("sink", "true")
    values = {"b": "1.5", "c": 1}
    assert float(find_rest_points(game, values)["I1"].coordinates["x"]) == pytest.approx(0.5, abs=1e-9)
    assert is_ess(game, ["1/2", "1/2"], values)
    assert find_ess_vertices(game, values) == ()
    assert [str(state) for state in find_ess(game, values)] == ["cooperate = 0.5, defect = 0.5"]


@pytest.mark.parametrize(
    ("game", "table"),
    [
        (catalog.prisoners_dilemma(R=3, S=0, T=5, P=1), DILEMMA),
        (catalog.stag_hunt(R=4, S=1, T=3, P=3), STAG_HUNT),
        (catalog.snowdrift(b="1.5", c=1), SNOWDRIFT),
        (catalog.harmony(R=4, S=3, T=3, P=1), HARMONY),
    ],
    ids=lambda given: getattr(given, "name", None),
)
def test_the_named_games_have_these_payoffs(game: MatrixGame, table: dict[str, str]) -> None:
    """The four textbook tables, each built by its name; they then have the rest points of the table."""
    assert (game.payoff_matrix() == GAME.payoff_matrix(table)).all()
    named, general = find_rest_points(game), find_rest_points(GAME, table)
    assert [(p.label, str(p.stability), p.attracting) for p in named] == [
        (p.label, str(p.stability), p.attracting) for p in general
    ]
