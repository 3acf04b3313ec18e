"""Rest points of group games against dense numerical search, and what the signs of the gains decide."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    MatrixGame,
    PopulationGame,
    Prover,
    RestPoints,
    UnsupportedError,
    analyse,
    collective_risk,
    find_regimes,
    find_rest_points,
    find_sign_patterns,
    group_snowdrift,
    integrate,
    linear_public_good,
    replicator,
    threshold_public_good,
    volunteers_dilemma,
)
from coopgame.algebra.conditions import all_of, condition_from_text, negate

WHOLE = st.lists(st.integers(-6, 6), min_size=3, max_size=9)


def game_of(gains: list[int]) -> GroupGame:
    return GroupGame({"A": list(gains), "B": [0] * len(gains)}, len(gains))


def dense(gains: list[int], count: int = 4001) -> tuple[np.ndarray, np.ndarray]:
    """The advantage on a fine grid, by the binomial sum in floats."""
    x = np.linspace(0, 1, count)
    m = len(gains) - 1
    return x, sum(comb(m, k) * d * x**k * (1 - x) ** (m - k) for k, d in enumerate(gains))


def mixed(points: RestPoints) -> list[object]:
    return [point for point in points if point.kind == "interior"]


@settings(max_examples=60)
@given(WHOLE)
def test_every_sign_change_on_a_grid_is_a_root_of_the_right_kind(gains: list[int]) -> None:
    """Between neighbouring listed points the dense advantage has one sign, and stability is what the signs say."""
    points = find_rest_points(game_of(gains))
    if not any(gains):
        assert [c.where for c in points.components] == ["everywhere"]
        assert {p.attracting for p in points} == {"lyapunov"}
        return
    assert points.complete
    places = sorted((float(point.state[0]), point) for point in points)
    x, advantage = dense(gains)
    signs = []
    for (low, _), (high, _) in itertools.pairwise(places):
        inside = advantage[(x > low + 1e-3) & (x < high - 1e-3)]
        if not len(inside):
            return
        assert inside.min() > -1e-12 or inside.max() < 1e-12
        signs.append(np.sign(inside[np.abs(inside).argmax()]))
    for (_, point), before, after in zip(places, [None, *signs], [*signs, None], strict=True):
        stable = before in (None, 1.0) and after in (None, -1.0)
        assert (point.attracting == "asymptotic") == stable
        assert (point.attracting == "unstable") != stable


@settings(max_examples=40)
@given(WHOLE)
def test_eigenvalues_are_those_of_the_jacobian(gains: list[int]) -> None:
    game = game_of(gains)
    for point in find_rest_points(game):
        jacobian = replicator(game).jacobian(point.state)
        assert float(point.eigenvalues[0]) == pytest.approx(float(jacobian[0, 0]), abs=1e-9)
        assert replicator(game)(point.state) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([1, -1, 1], [("I1", "non-hyperbolic", "unstable", "from below")]),  # (1 - 2x)**2
        ([-1, 1, -1], [("I1", "non-hyperbolic", "unstable", "from above")]),
        ([1, -1, 1, -1], [("I1", "non-hyperbolic", "asymptotic", "falls")]),  # (1 - 2x)**3
        ([-1, 1, -1, 1], [("I1", "non-hyperbolic", "unstable", "rises")]),
    ],
)
def test_multiple_roots(gains: list[int], expected: list[tuple[str, str, str, str]]) -> None:
    points = find_rest_points(game_of(gains))
    found = mixed(points)
    assert [(p.label, str(p.stability), p.attracting) for p in found] == [row[:3] for row in expected]
    for point, row in zip(found, expected, strict=True):
        assert point.coordinates == {"x": sympy.Rational(1, 2)} and point.eigenvalues == (0,)
        assert row[3] in point.because
    assert points.complete and "does not apply" in points.complete_because


@pytest.mark.parametrize(
    ("gains", "ends"),
    [
        ([0, 1, 1], ["unstable", "asymptotic"]),
        ([0, -1, 1], ["asymptotic", "asymptotic"]),
        ([0, 0, -1], ["asymptotic", "unstable"]),
        ([-1, 1, 0], ["asymptotic", "asymptotic"]),
        ([-1, 0, 0], ["asymptotic", "unstable"]),
    ],
)
def test_a_pure_state_without_eigenvalue_is_decided_by_the_next_coefficient(
    gains: list[int], ends: list[str]
) -> None:
    points = find_rest_points(game_of(gains))
    assert [points["E1"].attracting, points["E2"].attracting] == ends
    zero = points["E1"] if gains[0] == 0 else points["E2"]
    assert zero.stability == "non-hyperbolic" and zero.eigenvalues == (0,)
    # a trajectory from nearby agrees
    start = 0.02 if zero.label == "E1" else 0.98
    end = integrate(game_of(gains), {"x": start}, t_end=4000).final[0]
    target = 0.0 if zero.label == "E1" else 1.0
    assert (abs(end - target) < 0.01) == (zero.attracting == "asymptotic")


def test_bounds_of_irrational_points_are_proved() -> None:
    points = find_rest_points(collective_risk(6, 3), {"b": 1, "c": "0.1", "r": "0.5"})
    for point in mixed(points):
        low, high = point.within["x"]
        values = [10 * x**2 * (1 - x) ** 3 * Fraction(1, 2) - Fraction(1, 10) for x in (low, high)]
        assert values[0] * values[1] < 0 and high - low < Fraction(1, 10**18)
        assert point.known == "certified" and "Descartes" in point.note
    exact = find_rest_points(game_of([-2, 1, 1]))["I1"]  # -2 + 6 x - 3 x**2
    assert exact.coordinates["x"] == 1 - sympy.sqrt(3) / 3 and exact.known == "exact"


def test_own_share_payoffs_of_any_kind_are_solved_alike() -> None:
    """The same cubic as gains of a group, as a population game, and as a matrix with shares in it."""
    cubic = "(x - 1/5)*(x - 1/2)*(9/10 - x)"
    population = PopulationGame.from_advantages({"x": cubic})
    matrix = MatrixGame([[cubic, cubic], [0, 0]], symbol="x")
    for game in (population, matrix):
        points = find_rest_points(game)
        found = [(str(p.coordinates["x"]), p.attracting) for p in points]
        assert found == [
            ("0", "unstable"),
            ("1", "unstable"),
            ("1/5", "asymptotic"),
            ("1/2", "unstable"),
            ("9/10", "asymptotic"),
        ]
    scaled = PopulationGame.from_advantages({"x": f"({cubic})/(1 + a)"}, parameters={"a": "> 0"})
    assert [p.place() for p in find_rest_points(scaled, {"a": 2})] == [
        p.place() for p in find_rest_points(population)
    ]
    quotient = find_rest_points(PopulationGame.from_advantages({"x": "1/(1 + x) - 2/3"}))
    assert [(p.place(), p.attracting) for p in quotient][2:] == [("x = 0.5", "asymptotic")]
    with pytest.raises(UnsupportedError, match="not a polynomial"):
        find_rest_points(PopulationGame.from_advantages({"x": "sqrt(a)*x**2 - 1"}))


def test_one_sign_change_is_one_point_with_symbols() -> None:
    points = find_rest_points(group_snowdrift(7))
    assert points.complete and [p.label for p in points] == ["E1", "E2", "I1"]
    assert (points["I1"].attracting, points["I1"].exists.text(), points["I1"].stability) == (
        "asymptotic",
        "true",
        "sink",
    )
    regimes = find_regimes(threshold_public_good(6, 1))
    assert {(r.stable, r.condition.text()) for r in regimes} == {
        (("E1",), "b + 5*fee < K"),
        (("E2",), "K < 6*fee"),
        (("I1",), "b + 5*fee > K and K > 6*fee"),
    }
    assert regimes.cover
    linear = find_rest_points(linear_public_good(5))
    assert linear.complete and [str(c) for c in linear.components] == [
        "line of rest points everywhere if r = 5 (both strategies always earn the same)"
    ]


def test_two_sign_changes_are_not_called_complete_with_symbols() -> None:
    points = find_rest_points(threshold_public_good(5, 3))
    assert not points.complete and "find_fold_curve" in points.complete_because
    with pytest.raises(UnsupportedError):
        find_regimes(threshold_public_good(5, 3))
    assert analyse(threshold_public_good(5, 3)).regimes is None


def test_the_condition_of_the_symbolic_point_is_where_there_is_exactly_one() -> None:
    """Against the numbers of roots at random values, ties of gains among them."""
    game = threshold_public_good(4, 2)
    point = find_rest_points(game)["I1"]
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(150):
        fee = Fraction(int(rng.integers(0, 5)), 4)
        values = {
            "b": fee + Fraction(int(rng.integers(0, 3)), 2),
            "K": Fraction(int(rng.integers(1, 20)), 2),
            "fee": fee,
        }
        values["f0"] = Fraction(int(rng.integers(1, 9)), 4)
        if not game.assumptions.contains(values):
            continue
        numeric = find_rest_points(game, values)
        changes = [p for p in mixed(numeric) if p.stability != "non-hyperbolic"]
        exists = point.exists.holds(values)
        seen.add((exists, len(changes)))
        assert exists == (len(changes) == 1)
        if exists:
            assert changes[0].attracting == "unstable"
    assert {(True, 1), (False, 0), (False, 2)} <= seen


@pytest.mark.parametrize(
    "game", [threshold_public_good(6, 2, fee_shared=False), threshold_public_good(5, 3), collective_risk(5, 2)]
)
def test_sign_patterns_cover_the_parameters_and_bound_the_points(game: GroupGame) -> None:
    patterns = find_sign_patterns(game)
    assert patterns.complete
    rng = np.random.default_rng(4)
    hit = set()
    for row in game.assumptions.sample(120, rng):
        values = game.assumptions.exact_point(row)
        if not game.assumptions.contains(values):
            continue
        gains = [_value(gain, values) for gain in game.gains]
        if 0 in gains:
            continue
        holding = [p for p in patterns if p.condition.holds(values)]
        assert len(holding) == 1
        pattern = holding[0]
        hit.add(pattern.shown)
        for (first, last), sign in zip(pattern.ranges, pattern.signs, strict=True):
            assert all((gain > 0) == (sign > 0) for gain in gains[first : last + 1])
        points = find_rest_points(game, values)
        assert len(mixed(points)) in pattern.numbers
        assert pattern.stable_ends == (
            points["E1"].attracting == "asymptotic",
            points["E2"].attracting == "asymptotic",
        )
    assert len(hit) >= 2
    for pattern in patterns:
        assert pattern.condition.holds(pattern.decision.witness or {})


def _value(expression: sympy.Expr, values: dict[str, Fraction]) -> Fraction:
    value = expression.subs({sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()})
    return Fraction(int(value.p), int(value.q))


def test_short_conditions_say_what_the_whole_pattern_says() -> None:
    """Every printed condition implies each sign of its pattern: proved, not sampled."""
    game = threshold_public_good(6, 2, fee_shared=False)
    prover = Prover(game.assumptions)
    for pattern in find_sign_patterns(game):
        for (first, _), sign in zip(pattern.ranges, pattern.signs, strict=True):
            wanted = condition_from_text(game.ring, f"{game.gains[first]} {'>' if sign > 0 else '<'} 0")
            decision = prover.decide(pattern.condition)
            assert decision.status == "realised"
            assert prover.decide(all_of(pattern.condition, negate(wanted))).status == "empty"


def test_large_groups_are_quick_and_right() -> None:
    """Groups of 60: the volunteer's dilemma has x* = 1 - (c/b)**(1/59)."""
    points = find_rest_points(volunteers_dilemma(60), {"b": 10, "c": 1})
    assert float(points["I1"].state[0]) == pytest.approx(1 - 0.1 ** (1 / 59), rel=1e-13)
