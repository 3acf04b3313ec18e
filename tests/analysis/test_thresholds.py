"""Thresholds and stable ranges beside the analysis at single values, and roots beside NumPy's."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, PopulationGame, find_rest_points, find_thresholds
from coopgame.analysis.real_roots import Root, between, horner, isolated_roots, sign_at
from coopgame.analysis.thresholds import StableRange, Thresholds
from coopgame.errors import ParameterError
from coopgame.games.game import Game

INSPECTION = NormalFormGame(
    {"a, a": ["F - c", "g - F"], "a, b": ["-c", "0"], "b, a": ["0", "g"], "b, b": ["0", "0"]},
    parameters={"F": "> 0", "c": "> 0", "g": "> 0"},
)


def inside(found: StableRange, at: dict[str, Fraction], name: str) -> bool:
    """Whether values lie in a range; open at the ends."""
    exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in at.items()}

    def number(value: object) -> Fraction:
        if isinstance(value, Root):
            assert value.exact is not None or not value.low <= at[name] <= value.high
            return value.low
        result = value.xreplace(exact)  # type: ignore[attr-defined]
        return Fraction(int(result.p), int(result.q))

    above = all(at[name] > number(value) for value in found.above)
    return above and all(at[name] < number(value) for value in found.below) and found.needs.holds(at)


def check(game: Game, thresholds: Thresholds, points: list[dict[str, Fraction]]) -> None:
    """At every point the vertices in one of their ranges are those that attract."""
    left_open = {point for point, _ in thresholds.open}
    for at in points:
        attracting = {
            p.label for p in find_rest_points(game, at) if p.kind == "vertex" and p.attracting == "asymptotic"
        }
        own = {n: v for n, v in at.items() if n in thresholds.game.ring.names}
        found = {r.point for r in thresholds.ranges if inside(r, own, thresholds.parameter)}
        assert found == attracting - left_open, at


def test_the_fine_that_stops_cheating_from_being_stable() -> None:
    """(rest, cheat) is stable while the fine is below its cost; (inspect, cheat) for fines between."""
    thresholds = find_thresholds(INSPECTION, "F")
    assert str(thresholds) == "E3 stable iff F < c\nE4 stable iff F > c and F < g"
    (low, high) = thresholds.of("E4")
    assert {str(low.value), str(high.value)} == {"c", "g"}
    assert {low.effect, high.effect} == {"stabilises", "destabilises"}
    assumptions = INSPECTION.assumptions
    check(INSPECTION, thresholds, [assumptions.exact_point(row) for row in assumptions.sample(60, 1)])


def test_a_slope_of_either_sign_is_split_into_cases() -> None:
    """E1 is stable iff s*(u - v) < w."""
    game = MatrixGame([["0", "s*(u - v) - w"], ["0", "0"]], symbol="x", parameters=dict.fromkeys("suvw", "> 0"))
    thresholds = find_thresholds(game, "s")
    (point, why) = thresholds.open[0]
    assert point == "E1" and "either sign" in why
    cases = {str(t.condition): t.effect for t in thresholds.of("E1")}
    assert cases == {"u > v": "destabilises", "u < v": "stabilises"}
    for threshold in thresholds.of("E1"):
        assert sympy.expand(threshold.value * sympy.sympify("u - v") - sympy.Symbol("w")) != 1
        assert sympy.simplify(threshold.value - sympy.Symbol("w") / (sympy.Symbol("u") - sympy.Symbol("v"))) == 0
    assert "if u > v" in str(thresholds)


def test_what_is_not_affine_needs_values() -> None:
    game = MatrixGame([["b**3 - 2*c", "b"], ["c", "b*b"]], symbol="x", parameters={"b": "> 0", "c": "> 0"})
    thresholds = find_thresholds(game, "b")
    assert "not affine in b; give values to the others" in str(thresholds)
    numeric = find_thresholds(game, "b", {"c": 1})
    assert not numeric.open
    # E2: b**3 - 2 > 1, so b > cube root of 3; E1: b*b > b, so b > 1
    (root,) = [t.value for t in numeric.of("E2")]
    assert isinstance(root, Root) and root.exact is None
    assert root.low**3 < 3 < root.high**3 and root.high - root.low <= Fraction(1, 10**12)
    assert [t.value.exact for t in numeric.of("E1") if isinstance(t.value, Root)] == [1]
    check(game, numeric, [{"b": Fraction(k, 7), "c": Fraction(1)} for k in range(1, 30) if k != 7])


def test_several_ranges_bounds_and_touching() -> None:
    """The eigenvalue of E1 is (t - 1)**2 (t - 2)(3 - t) for 0 < t < 4: it touches 0 at 1 and is positive from 2 to 3."""
    game = MatrixGame(
        [["0", "(t - 1)**2*(t - 2)*(3 - t)"], ["0", "0"]], symbol="x", assumptions=["t > 0", "t < 4", "t != 7/2"]
    )
    thresholds = find_thresholds(game, "t")
    assert [(str(t.value), t.effect) for t in thresholds.of("E1")] == [
        ("1", "touches"),
        ("2", "destabilises"),
        ("3", "stabilises"),
    ]
    assert str(thresholds).splitlines()[0] == (
        "E1 stable iff t > 0 and t < 1 or t > 1 and t < 2 or t > 3 and t < 7/2 or t > 7/2 and t < 4"
    )


def test_a_bound_of_the_assumptions_inside_a_range_does_not_part_it() -> None:
    game = MatrixGame([["0", "t - 5"], ["0", "0"]], symbol="x", assumptions=["(t - 1)**2 >= 0"])
    assert str(find_thresholds(game, "t")) == "E1 stable iff t < 5\nE2 stable iff t > 5"


def test_a_quotient_is_solved_through_its_denominator() -> None:
    game = MatrixGame([["0", "(a - s)/(s + b)"], ["1", "0"]], symbol="x", parameters=dict.fromkeys("sab", "> 0"))
    assert str(find_thresholds(game, "s")) == "E1 stable iff s > a"


def test_never_stable_and_level_points() -> None:
    assert str(find_thresholds(MatrixGame([["0", "0"], ["0", "0"]], parameters={"s": "> 0"}), "s")) == (
        "no pure state is ever stable"
    )
    level = MatrixGame([["1", "s - 2"], ["1", "0"]], symbol="x", parameters={"s": "> 0"})
    assert str(find_thresholds(level, "s")) == "E1 stable iff s > 0 and s < 2\nE2 stable iff s > 2"
    two = MatrixGame([["1", "s - r"], ["1", "0"]], symbol="x", parameters={"s": "> 0", "r": "> 0"})
    assert "0 throughout; stable iff s > r" in str(find_thresholds(two, "s"))


@pytest.mark.parametrize(
    ("parameter", "values", "message"),
    [("Z", {}, "unknown parameter 'Z'"), ("F", {"F": 1}, "leave its value out"), ("F", {"Z": 1}, "unknown")],
)
def test_parameters_are_checked(parameter: str, values: dict[str, int], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        find_thresholds(INSPECTION, parameter, values)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_random_games_in_one_parameter(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def entry() -> str:
        return " + ".join(f"({rng.integers(-3, 4)})*t**{k}" for k in range(4))

    game = PopulationGame.from_advantages(
        {"x": f"({entry()})*y + {entry()}", "y": f"({entry()})*x + {entry()}"}, parameters={"t": None}
    )
    thresholds = find_thresholds(game, "t")
    check(game, thresholds, [{"t": Fraction(int(k), 997)} for k in rng.integers(-4000, 4000, 12)])


@given(st.lists(st.lists(st.integers(-6, 6), max_size=5), max_size=3))
def test_roots_agree_with_numpy(polynomials: list[list[int]]) -> None:
    exact = [[Fraction(c) for c in numbers] for numbers in polynomials]
    roots = isolated_roots(exact)
    assert all(one.high < two.low for one, two in pairwise(roots))
    for numbers in exact:
        if not any(numbers):
            continue
        own = [root for root in roots if sign_at(numbers, root) == 0]
        for root in own:
            assert root.exact is None or horner(numbers, root.exact) == 0
            assert abs(horner(numbers, root.low)) < Fraction(1, 10**8)
        # between neighbouring roots the sign stays: compare with the roots that NumPy finds simple and real
        found = np.roots(np.trim_zeros([float(c) for c in numbers[::-1]], "f"))
        for real in found[np.abs(found.imag) < 1e-9].real:
            assert any(abs(float(root) - real) < 1e-2 for root in own)
        edges = [None, *own, None]
        for left, right in pairwise(edges):
            assert horner(numbers, between(left, right)) != 0


def test_roots_that_are_very_close_are_told_apart() -> None:
    """1 and 1 + 1e-30, and the square root of 2 beside a fraction near it."""
    near = Fraction(1) + Fraction(1, 10**30)
    first = [near, -(1 + near), Fraction(1)]
    roots = isolated_roots(
        [first, [Fraction(-2), Fraction(0), Fraction(1)], [Fraction(-14142135623731, 10**13), Fraction(1)]]
    )
    assert [root.exact for root in roots] == [None, 1, near, None, Fraction(14142135623731, 10**13)]
