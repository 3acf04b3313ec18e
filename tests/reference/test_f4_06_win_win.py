"""Published results reproduced: a family of games from zero-sum to win-win."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy

from coopgame import (
    cooperation_index,
    find_pure_nash_equilibria,
    find_regimes,
    find_rest_points,
    integrate,
    read_game,
    replicator,
)

GAME = read_game(Path(__file__).parent / "games" / "F4-06a.toml")
# theta, square of the eigenvalues at even shares
SQUARES = [("0", -1), ("1/4", -0.5), ("3/4", 0.5), ("1", 1)]


@pytest.mark.parametrize(("theta", "square"), SQUARES)
def test_eigenvalues_at_even_shares(theta: str, square: float) -> None:
    """Constructed after Kalai and Kalai (2013): eigenvalues +-sqrt(2 theta - 1), a centre below 1/2, a saddle above."""
    point = find_rest_points(GAME, {"theta": theta})["I1"]
    assert [float(v) for v in point.coordinates.values()] == [0.5, 0.5]
    first, second = (complex(v) for v in point.eigenvalues)
    assert [first**2, second**2] == pytest.approx([square, square], abs=1e-9)
    assert abs(first + second) < 1e-12
    assert point.stability == ("center" if square < 0 else "saddle")


def test_eigenvalues_in_symbols() -> None:
    """Constructed after Kalai and Kalai (2013): eigenvalues +-sqrt(2 theta - 1) for every theta."""
    theta = sympy.Symbol("theta")
    point = find_rest_points(GAME)["I1"]
    assert {sympy.expand(v**2) for v in point.eigenvalues} == {2 * theta - 1}
    assert sympy.simplify(sum(point.eigenvalues)) == 0


@pytest.mark.parametrize(("theta", "square"), SQUARES)
def test_win_win_equilibria_appear_above_one_half(theta: str, square: float) -> None:
    """Constructed after Kalai and Kalai (2013): strict equilibria (1, 1) and (0, 0) for theta > 1/2, none below."""
    strict = {e.profile for e in find_pure_nash_equilibria(GAME, {"theta": theta}) if e.strict}
    win_win = {("up", "left"), ("down", "right")}
    assert strict == (win_win if square > 0 else set())
    points = find_rest_points(GAME, {"theta": theta})
    assert {p.label for p in points.attractors} == ({"E1", "E4"} if square > 0 else set())
    path = integrate(replicator(GAME), {"x": 0.6, "y": 0.7}, {"theta": theta}, t_end=100)
    assert path.outcome.kind == ("converged" if square > 0 else "periodic")
    assert path.outcome.label == ("E4" if square > 0 else None)


def test_the_switch_is_degenerate() -> None:
    """Constructed after Kalai and Kalai (2013): at theta = 1/2 the second player is indifferent, states rest on lines."""
    points = find_rest_points(GAME, {"theta": "1/2"})
    assert {c.where for c in points.components} == {"x = 0", "x = 1", "y = 1/2"}
    assert points.attractors == ()
    for x in (0.2, 0.5, 0.9):
        assert replicator(GAME)({"x": x, "y": 0.5}, {"theta": "1/2"}) == pytest.approx([0] * 4, abs=1e-15)
        slope = replicator(GAME).jacobian({"x": x, "y": 0.5}, {"theta": "1/2"})
        assert (slope @ slope).tolist() == [[0, 0], [0, 0]]


def test_two_regimes_meet_at_one_half() -> None:
    """Constructed after Kalai and Kalai (2013): one switch, at theta = 1/2."""
    regimes = find_regimes(GAME)
    assert {regime.stable: regime.condition.text() for regime in regimes} == {
        (): "2*theta < 1",
        ("E1", "E4"): "2*theta > 1",
    }
    assert [surface.text for surface in regimes.hypersurfaces] == ["2*theta = 1"]


@pytest.mark.parametrize("theta", ["0", "1/4", "1/2", "3/4", "1"])
def test_the_share_of_common_interest(theta: str) -> None:
    """Kalai and Kalai (2013): payoffs M and (2 theta - 1) M have common part theta M, so its share is
    theta**2/(theta**2 + (1 - theta)**2).
    """
    t = sympy.Rational(theta)
    assert cooperation_index(GAME, {"theta": theta}) == t**2 / (t**2 + (1 - t) ** 2)
