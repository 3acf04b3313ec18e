"""Regimes: disjoint, covering, with witnesses that an independent numeric analysis confirms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, PopulationGame, find_regimes, find_rest_points
from coopgame.analysis.regimes import Regimes
from coopgame.errors import UnsupportedError

INSPECTION = NormalFormGame(
    {"a, a": ["F - c", "g - F"], "a, b": ["-c", "0"], "b, a": ["0", "g"], "b, b": ["0", "0"]},
    parameters={"F": "> 0", "c": "> 0", "g": "> 0"},
)


def attractors(game: object, values: dict[str, Fraction]) -> set[str]:
    return {p.label for p in find_rest_points(game, values) if p.attracting == "asymptotic"}  # type: ignore[arg-type]


def check_partition(game: object, regimes: Regimes, seed: int = 0) -> None:
    """Every witness has exactly the stable points claimed; random points lie in exactly one regime, the right one."""
    assert regimes.cover
    for regime in regimes:
        assert regime.witness is not None
        assert attractors(game, regime.witness) == set(regime.stable)
        assert regime.condition.holds(regime.witness)
    assumptions = regimes.game.assumptions
    for row in assumptions.sample(60, seed):
        point = assumptions.exact_point(row)
        holding = [r for r in regimes if r.definition.holds(point)]
        short = [r for r in regimes if r.condition.holds(point)]
        if not holding:
            assert any(s.condition.holds(point) for s in regimes.hypersurfaces)
            continue
        assert len(holding) == 1 and short == holding
        assert attractors(game, point) == set(holding[0].stable)


def test_the_inspection_game_has_three_regimes() -> None:
    regimes = find_regimes(INSPECTION)
    check_partition(INSPECTION, regimes)
    assert {r.stable for r in regimes} == {(), ("E3",), ("E4",)}
    cycling = next(r for r in regimes if r.stable == ())
    assert {part.text() for part in cycling.condition.signs()} == {"F > g", "F > c"}
    assert {s.text for s in regimes.hypersurfaces} == {"F = c", "F = g"}
    for surface in regimes.hypersurfaces:
        for crossing in surface.between:
            assert surface.condition.holds(crossing.witness)


def test_two_strategies_have_four_regimes_with_the_interior_point_among_them() -> None:
    game = MatrixGame([["a", "b"], ["c", "d"]])
    regimes = find_regimes(game)
    check_partition(game, regimes)
    assert {r.stable for r in regimes} == {("E1",), ("E2",), ("I1",), ("E1", "E2")}


def test_three_strategies_have_twenty_one_attractor_regimes() -> None:
    """The known count for generic 3x3 games by point attractors, beside 2000 random games."""
    game = MatrixGame([["0", "a", "b"], ["c", "0", "d"], ["e", "f", "0"]])
    regimes = find_regimes(game)
    assert len(regimes.regimes) == 21
    assert not regimes.undecided
    rng = np.random.default_rng(1)
    points = np.round(rng.normal(size=(2000, 6)), 9)
    labels = regimes.classify(points)
    assert (labels >= 0).all()
    for row, label in list(zip(points, labels, strict=True))[:40]:
        values = {n: Fraction(str(v)) for n, v in zip(game.ring.names, row, strict=True)}
        assert attractors(game, values) == set(regimes.regimes[label].stable)


@settings(max_examples=8)
@given(st.integers(0, 10_000))
def test_random_affine_tripartite_games_are_partitioned(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c", "d", "e", "f"]
    table = {}
    for profile in product(("1", "2"), repeat=3):
        table[profile] = [
            " + ".join(f"({rng.integers(-2, 3)})*{names[k]}" for k in rng.choice(6, 2, replace=False))
            for _ in range(3)
        ]
    game = NormalFormGame(table, parameters=dict.fromkeys(names, "> 0"))
    regimes = find_regimes(game)
    check_partition(game, regimes, seed)
    for regime in regimes.empty:
        assert all(c.verify() for c in regime.proof.certificates)


def test_splits_give_cells_and_prove_the_empty_ones() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], ["C", "D"], parameters={"b": "> 0", "c": "> 0"})
    regimes = find_regimes(game, split_by={"gain": "b - c", "odd": "-b"})
    assert {(r.stable, r.side) for r in regimes} == {
        (("E1",), (("gain", ">"), ("odd", "<"))),
        (("E1",), (("gain", "<"), ("odd", "<"))),
    }


def test_values_fix_parameters_and_at_names_the_regime() -> None:
    regimes = find_regimes(INSPECTION, {"F": 5})
    assert regimes.game.ring.names == ("c", "g")
    assert regimes.at({"c": 1, "g": 2}).stable == ()
    assert regimes.at({"c": 6, "g": 2}).stable == ("E3",)
    with pytest.raises(UnsupportedError, match="hypersurface"):
        regimes.at({"c": 5, "g": 2})


def test_five_populations_are_sampled_and_no_cover_is_claimed() -> None:
    game = PopulationGame.from_advantages({s: f"a*{t} - b" for s, t in zip("xyzwu", "yzwux", strict=True)})
    regimes = find_regimes(game.assuming("a > 0", "b > 0"))
    assert {r.stable for r in regimes} == {("E1",), ("E1", "E32")} and not regimes.cover
    assert regimes.at({"a": 2, "b": 1}).stable == ("E1", "E32")


def test_mixtures_of_six_strategies_are_refused_with_a_remedy() -> None:
    game = MatrixGame([[f"a{i}{j}" for j in range(6)] for i in range(6)])
    with pytest.raises(UnsupportedError, match="up to five strategies"):
        find_regimes(game)


def test_a_level_eigenvalue_leaves_stability_to_the_edge() -> None:
    """Against 1 both earn 1, against 2 strategy 1 earns a more: x' = a x (1 - x)**2, so pure 1 attracts."""
    game = MatrixGame([["1", "a"], ["1", "0"]], parameters={"a": "> 0"})
    assert attractors(game, {"a": Fraction(1)}) == {"E2"}
    (regime,) = find_regimes(game)
    assert regime.stable == ("E2",)


def test_every_set_is_listed_or_contains_an_excluded_one() -> None:
    game = MatrixGame([["0", "a", "b"], ["c", "0", "d"], ["e", "f", "0"]])
    regimes = find_regimes(game)
    labels = [point.label for point in find_rest_points(game)]
    listed = [set(r.stable) for r in (*regimes.regimes, *regimes.empty, *regimes.undecided)]
    for mask in product((False, True), repeat=len(labels)):
        chosen = {label for label, inside in zip(labels, mask, strict=True) if inside}
        outside = any(set(exclusion.stable) <= chosen for exclusion in regimes.excluded)
        assert listed.count(chosen) == (0 if outside else 1)


def test_the_steps_to_a_short_condition_are_proved() -> None:
    for regime in find_regimes(INSPECTION):
        for step in regime.steps:
            assert step.proof.kind in ("identity", "farkas")
            assert step.dropped.text() not in regime.condition.text()
