"""Hypersurfaces of games with two parameters, beside their regions drawn by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from coopgame import Game, MatrixGame, NormalFormGame, PopulationGame, Regimes, find_regimes

Point = dict[str, Fraction]
Stable = frozenset[str]


def meetings(regimes: Regimes) -> dict[str, set[frozenset[Stable]]]:
    """Pairs of sets of stable points that meet, by hypersurface."""
    return {
        surface.text: {
            frozenset({frozenset(regimes[c.below].stable), frozenset(regimes[c.above].stable)})
            for c in surface.between
        }
        for surface in regimes.hypersurfaces
    }


def pairs(*texts: str) -> set[frozenset[Stable]]:
    """`"E1|E1 E2"` as a pair of sets of stable points."""
    return {frozenset(frozenset(side.split()) for side in text.split("|")) for text in texts}


def check_witnesses(
    regimes: Regimes, values: dict[str, Callable[[Point], Fraction]], stable: Callable[[Point], Stable]
):
    """Every witness lies on its hypersurface and on no other, and both regimes lie next to it."""
    assert {surface.text for surface in regimes.hypersurfaces} == set(values)
    for surface in regimes.hypersurfaces:
        assert surface.between
        for crossing in surface.between:
            point = crossing.witness
            assert [text for text, value in values.items() if value(point) == 0] == [surface.text]
            around = set()
            for name in point:
                for step in (Fraction(-1, 10**9), Fraction(1, 10**9)):
                    moved = {**point, name: point[name] + step}
                    if values[surface.text](moved) != 0:
                        around.add(stable(moved))
            found = {frozenset(regimes[name].stable) for name in (crossing.below, crossing.above)}
            assert around == found and len(found) == 2


def coordination(point: Point) -> Stable:
    """Stable points of [[a, 0], [0, b]] by hand: each pure state if its payoff is positive, else the mixture."""
    pure = [label for label, name in (("E2", "a"), ("E1", "b")) if point[name] > 0]
    return frozenset(pure or ["I1"])


def test_two_strategies_with_two_parameters() -> None:
    """[[a, 0], [0, b]]: the axes part the four quadrants."""
    regimes = find_regimes(MatrixGame([["a", "0"], ["0", "b"]]))
    assert meetings(regimes) == {
        "a = 0": pairs("E1|E1 E2", "I1|E2"),
        "b = 0": pairs("E2|E1 E2", "I1|E1"),
    }
    check_witnesses(regimes, {"a = 0": lambda p: p["a"], "b = 0": lambda p: p["b"]}, coordination)
    happens = {surface.text: surface.happens for surface in regimes.hypersurfaces}
    assert happens == {
        "a = 0": "I1 passes through E2 at x = 1 (transcritical)",
        "b = 0": "I1 passes through E1 at x = 0 (transcritical)",
    }


def thresholds(point: Point) -> Stable:
    """Stable corners of x' ~ y - a, y' ~ x - b by hand: each population follows the other above its threshold."""
    a, b = point["a"], point["b"]
    corners = {
        "E1": a > 0 and b > 0,
        "E2": a < 0 and b > 1,
        "E3": a > 1 and b < 0,
        "E4": a < 1 and b < 1,
    }
    return frozenset(label for label, holds in corners.items() if holds)


def test_two_populations_with_two_thresholds() -> None:
    """Nine cells of the plane of thresholds, five sets of stable corners, four lines."""
    regimes = find_regimes(PopulationGame.from_advantages({"x": "y - a", "y": "x - b"}))
    assert len(regimes.regimes) == 5
    assert meetings(regimes) == {
        "a = 0": pairs("E2|E1", "E4|E1 E4"),
        "a = 1": pairs("E4|E3", "E1 E4|E1"),
        "b = 0": pairs("E3|E1", "E4|E1 E4"),
        "b = 1": pairs("E4|E2", "E1 E4|E1"),
    }
    lines: dict[str, Callable[[Point], Fraction]] = {
        "a = 0": lambda p: p["a"],
        "a = 1": lambda p: p["a"] - 1,
        "b = 0": lambda p: p["b"],
        "b = 1": lambda p: p["b"] - 1,
    }
    check_witnesses(regimes, lines, thresholds)
    happens = {surface.text: surface.happens for surface in regimes.hypersurfaces}
    for text, edge in (("a = 0", "y = 0"), ("a = 1", "y = 1"), ("b = 0", "x = 0"), ("b = 1", "x = 1")):
        assert f"all states with {edge} are at rest" in happens[text]


def test_every_cell_of_the_plane_is_classified() -> None:
    regimes = find_regimes(PopulationGame.from_advantages({"x": "y - a", "y": "x - b"}))
    for a in (-1, Fraction(1, 2), 2):
        for b in (-1, Fraction(1, 3), 3):
            point = {"a": Fraction(a), "b": Fraction(b)}
            assert frozenset(regimes.at(point).stable) == thresholds(point)


def test_a_curved_hypersurface() -> None:
    """[[a**2 - b, 0], [0, 1]]: a parabola, with exact points on it."""
    regimes = find_regimes(MatrixGame([["a**2 - b", "0"], ["0", "1"]]))
    assert meetings(regimes) == {"a**2 = b": pairs("E1|E1 E2")}
    check_witnesses(
        regimes,
        {"a**2 = b": lambda p: p["a"] ** 2 - p["b"]},
        lambda p: frozenset({"E1", "E2"} if p["a"] ** 2 > p["b"] else {"E1"}),
    )


def test_assumptions_remove_hypersurfaces() -> None:
    """With b > 0 only the sign of a is left."""
    regimes = find_regimes(MatrixGame([["a", "0"], ["0", "b"]], parameters={"a": {}, "b": "> 0"}))
    assert meetings(regimes) == {"a = 0": pairs("E1|E1 E2")}
    for surface in regimes.hypersurfaces:
        assert all(crossing.witness["b"] > 0 for crossing in surface.between)
    certain = find_regimes(MatrixGame([["a", "0"], ["0", "b"]], parameters={"a": "> 0", "b": "> 0"}))
    assert certain.hypersurfaces == ()


@pytest.mark.parametrize(
    "game",
    [
        MatrixGame([["0", "-a", "b"], ["b", "0", "-a"], ["-a", "b", "0"]], parameters={"a": "> 0", "b": "> 0"}),
        NormalFormGame.from_bimatrix([["a", "b"], ["b", "a"]], [["1", "0"], ["0", "1"]]),
    ],
    ids=["rock-paper-scissors", "matching or not"],
)
def test_equal_stakes_are_the_border(game: Game) -> None:
    """In both games, what happens depends on which of a and b is the larger."""
    regimes = find_regimes(game)
    assert [surface.text for surface in regimes.hypersurfaces] == ["a = b"]
    (surface,) = regimes.hypersurfaces
    assert all(crossing.witness["a"] == crossing.witness["b"] for crossing in surface.between)
    assert len(regimes.regimes) == 2 and len(surface.between) == 1
    if len(game.populations) == 1:
        assert meetings(regimes) == {"a = b": pairs("|I1")}
        assert "closed orbits" in surface.happens
    else:
        assert meetings(regimes) == {"a = b": pairs("|E1 E4")}


def test_points_that_gain_stability_together_do_not_exchange_it() -> None:
    """The first population wants to match; once the second does too, a > 0, both corners where they match are stable."""
    match = [[1, 0], [0, 1]]
    regimes = find_regimes(NormalFormGame.from_bimatrix(match, [["a", "0"], ["0", "a"]]))
    (surface,) = regimes.hypersurfaces
    assert surface.happens.startswith("E1 and E4 gain or lose stability together")
    both = [["t", "1 - t"], ["1 - t", "t"]]
    (surface,) = find_regimes(NormalFormGame.from_bimatrix(both, both)).hypersurfaces
    assert surface.happens == "E1, E2, E3 and E4 exchange stability; all states are at rest (line of rest points)"
