"""Rest points of maps of generations: multipliers beside formulas worked out by hand, plain Jacobians, and what orbits beside them do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GenerationRule,
    IntegrationError,
    MatrixGame,
    NormalFormGame,
    Rest,
    RestPoint,
    Stability,
    UnsupportedError,
    difference_replicator,
    discrete_dynamic,
    exponential,
    find_rest_points,
    fitness_replicator,
    iterate,
)
from coopgame.analysis.multipliers import Multipliers, judge_multipliers

ANTI = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 3}, assumptions=["k > 0"])
CYCLE = MatrixGame(
    [[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]],
    strategies=["R", "P", "S"],
    parameters={"a": 1, "b": 2, "h": 1},
    assumptions=["a > 0", "b > 0", "h > 0"],
)
matrices = st.lists(st.integers(-3, 3), min_size=9, max_size=9).map(lambda v: np.reshape(v, (3, 3)).tolist())


def numbers(point: RestPoint) -> list[complex]:
    return [complex(value) for value in point.eigenvalues]


def assert_same(found: list[complex], wanted: list[complex]) -> None:
    """Compare two lists of multipliers without regard to order."""
    left = list(wanted)
    assert len(found) == len(left)
    for value in found:
        nearest = min(left, key=lambda other: abs(other - value))
        assert abs(nearest - value) < 1e-9
        left.remove(nearest)


def test_the_period_doubles_where_the_step_times_the_slope_is_two() -> None:
    points = find_rest_points(discrete_dynamic(ANTI, difference_replicator()))
    middle = points["I1"]
    k = sympy.Symbol("k")
    assert sympy.cancel(middle.eigenvalues[0] - (1 - k / 2)) == 0
    for value, stable in ((1, True), ("399/100", True), (4, False), ("401/100", False), (9, False)):
        assert middle.stable_if.holds({"k": Fraction(value)}) is stable
    assert all(points[label].attracting == "unstable" for label in ("E1", "E2"))


@pytest.mark.parametrize(
    ("k", "stability", "attracting"),
    [(3, Stability.SINK, "asymptotic"), (4, Stability.NON_HYPERBOLIC, "unknown"), (5, Stability.SOURCE, "unstable")],
)
def test_the_middle_on_both_sides_of_the_doubling(k: int, stability: Stability, attracting: str) -> None:
    middle = find_rest_points(discrete_dynamic(ANTI, difference_replicator()), {"k": k})["I1"]
    assert (middle.stability, middle.attracting) == (stability, attracting)
    assert middle.eigenvalues == (1 - sympy.Rational(k, 2),)
    assert ("attracts in continuous time, but generations overshoot: a multiplier is -1.5" in middle.note) is (k == 5)
    assert ("a factor below 0.8 " in middle.note) is (k == 5)  # the largest step is 2 / (k / 2)


@settings(max_examples=25)
@given(matrices)
def test_multipliers_in_difference_form_are_one_plus_step_times_the_eigenvalues(matrix: list[list[int]]) -> None:
    game = MatrixGame(matrix)
    points = find_rest_points(discrete_dynamic(game, difference_replicator("1/7")))
    base = find_rest_points(game)
    assert [p.label for p in points] == [p.label for p in base]
    assert points.complete == base.complete
    for point, other in zip(points, base, strict=True):
        assert_same(numbers(point), [1 + value / 7 for value in numbers(other)])


@settings(max_examples=25)
@given(matrices)
def test_multipliers_in_fitness_form_are_divided_by_the_mean_fitness(matrix: list[list[int]]) -> None:
    game = MatrixGame(matrix)
    points = find_rest_points(discrete_dynamic(game, fitness_replicator(4)))
    for point, other in zip(points, find_rest_points(game), strict=True):
        mean = float(point.state @ np.array(matrix) @ point.state) + 4
        assert_same(numbers(point), [1 + value / mean for value in numbers(other)])


def two_populations(x: complex, y: complex) -> np.ndarray:
    """The map in fitness form of the game below with backgrounds 1 and 5, for shares of the first strategies."""
    up, down = 3 * y + 1 * (1 - y) + 1, 2 * y + 4 * (1 - y) + 1
    left, right = -1 * x + 2 * (1 - x) + 5, 1 * x - 1 * (1 - x) + 5
    return np.array([x * up / (x * up + (1 - x) * down), y * left / (y * left + (1 - y) * right)])


def test_each_population_has_its_own_mean_fitness() -> None:
    game = NormalFormGame(
        {("u", "l"): (3, -1), ("u", "r"): (1, 1), ("d", "l"): (2, 2), ("d", "r"): (4, -1)},
        populations={"first": ["u", "d"], "second": ["l", "r"]},
    )
    points = find_rest_points(
        discrete_dynamic(game, {"first": fitness_replicator(1), "second": fitness_replicator(5)})
    )
    for point in points:
        x, y = point.state[0], point.state[2]
        np.testing.assert_allclose(two_populations(x, y), [x, y], atol=1e-12)
        columns = [two_populations(x + 1e-30j, y).imag / 1e-30, two_populations(x, y + 1e-30j).imag / 1e-30]
        assert_same(numbers(point), list(np.linalg.eigvals(np.array(columns).T)))
    assert points["I1"].stability == Stability.SOURCE


def test_matching_pennies_repels_at_every_step() -> None:
    pennies = NormalFormGame(
        {("H", "H"): (1, -1), ("H", "T"): (-1, 1), ("T", "H"): (-1, 1), ("T", "T"): (1, -1)},
        populations={"even": ["H", "T"], "odd": ["H", "T"]},
        parameters={"h": 1},
        assumptions=["h > 0"],
    )
    dynamics = discrete_dynamic(pennies, difference_replicator("h"))
    middle = find_rest_points(dynamics)["I1"]
    assert middle.attracting == "unstable"
    for step in (Fraction(1, 100), Fraction(1), Fraction(3)):
        point = find_rest_points(dynamics, {"h": step})["I1"]
        assert_same(numbers(point), [1 + 1j * float(step), 1 - 1j * float(step)])
        assert point.stability == Stability.SOURCE


def test_the_cycle_in_fitness_form_attracts_as_worked_out_by_hand() -> None:
    points = find_rest_points(discrete_dynamic(CYCLE, fitness_replicator("h")))
    middle = points["I1"]
    # with eigenvalues (a - b)/6 +- i sqrt(3) (a + b)/6 and mean fitness (b - a)/3 + h: inside iff a b < (b - a) h
    for a, b, h in ((1, 1, 7), (1, 2, 1), (1, 2, 3), (1, 2, 2), (2, 3, 5), (2, 3, 7), (3, 1, 9)):
        assert middle.stable_if.holds({"a": Fraction(a), "b": Fraction(b), "h": Fraction(h)}) is (a * b < (b - a) * h)
    zero_sum = find_rest_points(discrete_dynamic(CYCLE, fitness_replicator("h")), {"a": 1, "b": 1, "h": 50})["I1"]
    assert zero_sum.stability == Stability.SOURCE
    assert_same(numbers(zero_sum), [1 + 1j / (50 * 3**0.5), 1 - 1j / (50 * 3**0.5)])


def test_a_spiral_that_overshoots_says_so_and_by_how_much() -> None:
    dynamics = discrete_dynamic(CYCLE, difference_replicator("h"))
    middle = find_rest_points(dynamics, {"a": 1, "b": 2, "h": 1})["I1"]
    # |1 + s z|^2 < 1 iff s < 2 |Re z| / |z|^2 = (1/3) / (7/9) for z = -1/6 + i sqrt(3)/2
    assert "generations spiral outwards: a pair of multipliers has modulus 1.202" in middle.note
    assert "a factor below 0.4286 " in middle.note
    below, above = (find_rest_points(dynamics, {"h": h})["I1"] for h in ("428/1000", "429/1000"))
    assert (below.attracting, above.attracting) == ("asymptotic", "unstable")


def test_a_vertex_attracts_only_where_rare_strategies_keep_offspring() -> None:
    game = MatrixGame([["a", 0], [0, 1]], symbol="x", parameters={"a": 1, "h": 1}, assumptions=["a > 0", "h > 0"])
    dynamics = discrete_dynamic(game, difference_replicator("h"))
    vertex = find_rest_points(dynamics).at(x=1)
    for a, h in ((1, "9/10"), (1, 1), (1, "3/2"), (1, 3), ("1/2", "3/2")):
        product = Fraction(a) * Fraction(h)
        assert vertex.stable_if.holds({"a": Fraction(a), "h": Fraction(h)}) is (product < 1)
    # without offspring at the vertex linear terms say nothing with symbols; at values 1 - x^2 + ... > 0 beside it
    assert find_rest_points(dynamics, {"a": 1, "h": 1}).at(x=1).attracting == "asymptotic"
    beyond = find_rest_points(dynamics, {"a": 1, "h": "3/2"}).at(x=1)
    assert numbers(beyond) == [-0.5]
    assert (beyond.stability, beyond.attracting) == (Stability.SINK, "unstable")
    assert "negative offspring" in beyond.because
    assert "beyond the border" in beyond.note
    with pytest.raises(IntegrationError):
        iterate(dynamics, {"x": 0.999}, {"a": 1, "h": "3/2"}, generations=1)


@pytest.mark.parametrize(
    ("bonus", "attracting"), [(-4, "unstable"), (-3, "unstable"), (-2, "asymptotic"), (-1, "asymptotic")]
)
def test_a_strategy_that_leaves_no_offspring_at_a_vertex(bonus: int, attracting: str) -> None:
    # with e = 1 - x the second strategy leaves e (2 + bonus) - e^2 (1 + bonus) offspring under step 1
    dynamics = discrete_dynamic(MatrixGame([[1, -bonus], [0, 0]], symbol="x"), difference_replicator())
    vertex = find_rest_points(dynamics).at(x=1)
    assert numbers(vertex) == [0]
    assert vertex.attracting == attracting
    if attracting == "unstable":
        assert "negative offspring" in vertex.because
        with pytest.raises(IntegrationError):
            dynamics({"x": 0.999})
    else:
        assert dynamics({"x": 0.999})[0] > 0.999


def test_coordination_without_background_attracts_at_once() -> None:
    game = MatrixGame([[2, 0, 0], [0, 1, 0], [0, 0, 1]])
    points = find_rest_points(discrete_dynamic(game, fitness_replicator()))
    assert [points[label].attracting for label in ("E1", "E2", "E3")] == ["asymptotic"] * 3
    assert all(p.attracting == "unstable" for p in points if p.kind != "vertex")
    with_symbols = MatrixGame([["a", 0], [0, 1]], parameters={"a": 2}, assumptions=["a > 0"])
    vertex = find_rest_points(discrete_dynamic(with_symbols, fitness_replicator()))["E1"]
    assert "leaves no offspring" in vertex.open
    assert vertex.never_stable is None


def test_on_the_unit_circle_no_proof_of_instability_is_given() -> None:
    # at k = 4, which is allowed here, the multiplier is -1 and the point attracts by its cubic term
    game = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 4}, assumptions=["k >= 4"])
    middle = find_rest_points(discrete_dynamic(game, difference_replicator()))["I1"]
    assert middle.never_stable is None
    assert middle.attracting == "depends"
    assert "unit circle" in middle.open
    beyond = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 5}, assumptions=["k > 4"])
    middle = find_rest_points(discrete_dynamic(beyond, difference_replicator()))["I1"]
    assert middle.attracting == "unstable"
    assert middle.never_stable is not None


def test_what_is_said_of_the_flow_is_not_said_of_the_map() -> None:
    pennies = NormalFormGame(
        {("H", "H"): (1, -1), ("H", "T"): (-1, 1), ("T", "H"): (-1, 1), ("T", "T"): (1, -1)},
        populations={"even": ["H", "T"], "odd": ["H", "T"]},
    )
    for rule in (difference_replicator("1/10"), fitness_replicator(3)):
        assert find_rest_points(discrete_dynamic(pennies, rule))["I1"].note == ""


def test_a_smaller_step_is_no_remedy_for_what_attracts_by_higher_terms_alone() -> None:
    turning, unit = flint.acb(0, 1), flint.acb(1)
    verdict, note = judge_multipliers(Multipliers([turning, turning.conjugate()], []), "asymptotic")
    assert verdict.attracting == "unstable"
    assert "would let it attract" not in note
    assert judge_multipliers(Multipliers([unit - 1], []), "asymptotic")[0].attracting == "unknown"


def test_a_point_with_no_positive_fitness_is_not_judged() -> None:
    points = find_rest_points(discrete_dynamic(MatrixGame([[-2, 0], [0, -1]], symbol="x"), fitness_replicator("3/2")))
    vertex = points.at(x=1)
    assert vertex.attracting == "unknown"
    assert "not positive" in vertex.because
    assert points.at(x=0).attracting == "unstable"


def test_more_than_two_multipliers_along_a_face_are_left_open_with_symbols() -> None:
    game = MatrixGame(
        [["-c", 1, 1, 1], [1, "-c", 1, 1], [1, 1, "-c", 1], [1, 1, 1, "-c"]],
        parameters={"c": 1},
        assumptions=["c > 0"],
    )
    dynamics = discrete_dynamic(game, difference_replicator("1/10"))
    points = find_rest_points(dynamics)
    middle = next(p for p in points if p.kind == "interior")
    assert "3 multipliers along the face are no formulas; give values" in middle.open
    # three times the eigenvalue -(1 + c)/4
    assert_same(numbers(find_rest_points(dynamics, {"c": 3})[middle.label]), [0.9, 0.9, 0.9])


def test_a_rule_of_ones_own_says_what_rests() -> None:
    weights: Callable[..., np.ndarray] = lambda payoffs, shares, beta: exponential(beta * payoffs)  # noqa: E731
    game = MatrixGame([[0, 3], [1, 0]], symbol="x")
    with pytest.raises(UnsupportedError, match="rest points of weights are not known"):
        find_rest_points(discrete_dynamic(game, GenerationRule("weights", weights, settings={"beta": 2})))
    rule = GenerationRule("weights", weights, settings={"beta": 2}, rest=Rest.RESTRICTED)
    points = find_rest_points(discrete_dynamic(game, rule))
    assert_same(numbers(points.at(x=1)), [np.exp(2.0)])
    assert_same(numbers(points.at(x=0)), [np.exp(6.0)])
    # x' = x e^{2 F1} / mean at 3/4: slope 1 + 2 x (1 - x) (F1 - F2)' with F1 - F2 = 3 - 4 x
    assert_same(numbers(points.at(x="3/4")), [1 - 2 * 0.75 * 0.25 * 4])
