"""Signs of derivatives beside SymPy's own derivatives at random admissible values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, PopulationGame, Prover, find_effects, find_rest_points, read_game
from coopgame.analysis.comparative import Effect, Effects
from coopgame.analysis.points import RestPoint
from coopgame.errors import ParameterError
from coopgame.games.game import Game

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"+": {1}, "-": {-1}, "0": {0}, ">=0": {0, 1}, "<=0": {-1, 0}, "ambiguous": {-1, 0, 1}}
HAWKS = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": "> 0", "c": "> 0"})


def moving(point: RestPoint) -> dict[str, sympy.Expr]:
    """What is printed of a point: coordinates; of a vertex the eigenvalues, without the strategy played by three."""
    if point.kind != "vertex":
        return dict(point.coordinates)
    names = [
        name
        for name, share in point.coordinates.items()
        if len(point.coordinates) < 3 or "." not in name or not share
    ]
    return {f"eigenvalue {name}": value for name, value in zip(names, point.eigenvalues, strict=True)}


def slope(effect: Effect, point: RestPoint, at: Mapping[str, Fraction]) -> sympy.Expr:
    """The derivative by SymPy at exact values."""
    exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in at.items()}
    return sympy.diff(moving(point)[effect.quantity], sympy.Symbol(effect.parameter)).xreplace(exact)


def check(game: Game, seed: int = 0, count: int = 40) -> Effects:
    """Compare every sign with the derivative at sampled values where the point exists; return the effects."""
    points = find_rest_points(game)
    effects = find_effects(points)
    samples = [game.assumptions.exact_point(row) for row in game.assumptions.sample(count, seed)]
    for effect in effects:
        point = points[effect.point]
        for at in samples:
            if point.exists.holds(at):
                value = slope(effect, point, at)
                assert int(sympy.sign(value)) in ALLOWED[effect.sign], f"{effect} at {at}: {value}"
        if effect.sign == "ambiguous":
            for witness, wanted in ((effect.rising, 1), (effect.falling, -1)):
                assert witness is not None and game.assumptions.contains(witness) and point.exists.holds(witness)
                assert sympy.sign(slope(effect, point, witness)) == wanted
        if effect.sign in (">=0", "<=0"):
            assert effect.rising is not None or effect.falling is not None
    return effects


def test_hawks_and_doves() -> None:
    """x* = v/c: more hawks when the prize grows, fewer when the fight costs more."""
    effects = check(HAWKS)
    assert {(e.quantity, e.parameter): e.sign for e in effects if e.point == "I1"} == {
        ("x", "v"): "+",
        ("x", "c"): "-",
    }
    assert effects.on("I1", "x", "v").known in ("exact", "certified")
    assert str(effects).endswith("I1: x rises with v; falls with c")
    assert "<td>I1</td><td>x</td>" in effects._repr_html_()


def test_an_inspection_does_not_punish_who_it_deters() -> None:
    """The inspector mixes so that the firm is indifferent: its share depends on g and F, the firm's on c and F."""
    game = NormalFormGame(
        {"a, a": ["F - c", "g - F"], "a, b": ["-c", "0"], "b, a": ["0", "g"], "b, b": ["0", "0"]},
        assumptions=["F > c", "F > g", "c > 0", "g > 0"],
    )
    effects = check(game)
    signs = {(e.quantity, e.parameter): e.sign for e in effects if e.point == "I1"}
    assert signs == {
        ("x", "F"): "-",
        ("x", "c"): "0",
        ("x", "g"): "+",
        ("y", "F"): "-",
        ("y", "c"): "+",
        ("y", "g"): "0",
    }


def test_a_sign_that_is_zero_somewhere_is_not_called_strict() -> None:
    """The eigenvalue at E1 is r*w - c with 0 <= w <= 1: in r it never falls, and stays where w = 0."""
    game = MatrixGame(
        [["0", "r*w - c"], ["0", "0"]], parameters={"r": "> 0", "w": {"range": [0, 1]}, "c": "> 0"}, symbol="x"
    )
    effects = check(game)
    assert effects.on("E1", "eigenvalue x", "r").sign == ">=0"
    assert effects.on("E1", "eigenvalue x", "w").sign == "+"
    assert effects.on("E1", "eigenvalue x", "c").sign == "-"


def test_three_strategies() -> None:
    game = MatrixGame([["0", "a", "-b"], ["-c", "0", "a"], ["a", "-b", "0"]], parameters=dict.fromkeys("abc", "> 0"))
    effects = check(game, count=25)
    assert {e.point for e in effects} >= {"E1", "E2", "E3", "I1"}
    assert not effects.count("undecided")


def test_points_without_closed_form_are_named() -> None:
    game = PopulationGame.from_advantages(
        {"x": "a*y*z - b", "y": "a*x*z - c", "z": "a*x*y - d"}, parameters=dict.fromkeys("abcd", "> 0")
    )
    effects = find_effects(game)
    assert effects.left_out and all("roots" in why for _, why in effects.left_out)
    assert "left out" in str(effects)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_random_games_of_three_populations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c", "d"]
    table = {
        profile: [f"({rng.integers(-2, 3)})*{names[rng.integers(4)]} + {rng.integers(-2, 3)}" for _ in range(3)]
        for profile in product("12", repeat=3)
    }
    check(NormalFormGame(table, parameters=dict.fromkeys(names, "> 0")), seed, 15)


def test_the_face_points_of_a_model_with_many_parameters_are_decided() -> None:
    """23 parameters, six face points: every sign is proved or witnessed, and agrees with SymPy where the point exists."""
    points = find_rest_points(read_game(ROOT / "paper_repro/models/m4.toml"))
    faces = replace(points, points=tuple(point for point in points if point.kind == "face"))
    effects = find_effects(faces)
    assert len(effects) == 6 * 2 * 23 and effects.count("undecided") == 0 and effects.count("ambiguous") > 0
    prover = Prover(points.game.assumptions)
    witnesses = {point.label: prover.decide(point.exists).witness for point in faces}
    for effect in effects:
        found = [w for w in (witnesses[effect.point], effect.rising, effect.falling) if w is not None]
        assert found
        for at in found:
            assert int(sympy.sign(slope(effect, points[effect.point], at))) in ALLOWED[effect.sign], str(effect)


def test_parameters_may_be_chosen_and_must_exist() -> None:
    effects = find_effects(HAWKS, ["v"])
    assert {e.parameter for e in effects} == {"v"} and len(effects) == 3
    with pytest.raises(ParameterError, match="unknown parameter 'w'; known are v, c"):
        find_effects(HAWKS, ["w"])
    with pytest.raises(ParameterError, match="no effect"):
        effects.on("E9", "x", "v")


def test_without_parameters_there_is_nothing_to_vary() -> None:
    assert len(find_effects(MatrixGame([[1, 3], [2, 0]]))) == 0
