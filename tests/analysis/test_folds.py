"""Folds against their defining equations, closed forms, and the numbers of rest points on both sides."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import (
    ParameterError,
    PopulationGame,
    StateError,
    UnsupportedError,
    collective_risk,
    count_mixed_points,
    find_fold_curve,
    find_folds,
    find_rest_points,
    threshold_public_good,
    volunteers_dilemma,
)

X = sympy.Symbol("x")


def put(game: object, values: dict[str, Fraction]) -> sympy.Expr:
    numbers = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    return game.advantage(0).subs(numbers)  # type: ignore[attr-defined]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("pair", [("K", "f0"), ("K", "fee"), ("b", "fee"), ("f0", "b")])
def test_advantage_and_slope_vanish_on_the_curve(pair: tuple[str, str], shared: bool) -> None:
    game = threshold_public_good(6, 3, fee_shared=shared)
    others = {"b": Fraction(1), "K": Fraction(2), "fee": Fraction(1, 5), "f0": Fraction(1, 10)}
    values = {n: v for n, v in others.items() if n not in pair}
    curve = find_fold_curve(game, pair, values)
    for share in ("1/7", "1/2", "9/10"):
        advantage = put(game, {**values, **curve.at(share)})
        at = sympy.Rational(share)
        assert advantage.subs(X, at) == 0
        assert sympy.diff(advantage, X).subs(X, at) == 0


def test_symbols_stay_where_there_are_no_values() -> None:
    game = threshold_public_good(4, 2)
    curve = find_fold_curve(game, ("K", "f0"))
    assert curve.cusps is None and curve.poles is None
    numbers = {"b": sympy.Rational(3, 2), "fee": sympy.Rational(1, 4), "x": sympy.Rational(1, 3)}
    symbolic = {n: e.subs({sympy.Symbol(k): v for k, v in numbers.items()}) for n, e in curve.expressions().items()}
    numeric = find_fold_curve(game, ("K", "f0"), {"b": "3/2", "fee": "1/4"}).at("1/3")
    assert {n: Fraction(int(v.p), int(v.q)) for n, v in symbolic.items()} == numeric
    with pytest.raises(ParameterError, match="depends on b, fee"):
        curve.at("1/3")


def test_two_points_on_one_side_of_the_curve_and_none_on_the_other() -> None:
    game = threshold_public_good(7, 4)
    curve = find_fold_curve(game, ("K", "f0"), {"b": 1, "fee": "1/20"})
    shares = np.linspace(0.05, 0.95, 40)
    inside = curve.admissible(shares)
    places = curve.points(shares)[inside]
    assert inside.sum() > 10
    below = count_mixed_points(game, {"b": 1, "fee": 0.05, "K": places[:, 0] * 0.999, "f0": places[:, 1]})
    above = count_mixed_points(game, {"b": 1, "fee": 0.05, "K": places[:, 0] * 1.001, "f0": places[:, 1]})
    assert set(below.total) == {2} and set(above.total) == {0}


def test_the_cusp_is_a_triple_root() -> None:
    game = threshold_public_good(6, 2, fee_shared=False)
    curve = find_fold_curve(game, ("K", "fee"), {"b": 1, "f0": "1/10"})
    [cusp] = curve.cusps or ()
    assert cusp.order == 3 and cusp.admissible and "cusp" in str(cusp)
    advantage = put(game, {"b": Fraction(1), "f0": Fraction(1, 10), **cusp.place})
    at = sympy.Rational(cusp.share.middle.numerator, cusp.share.middle.denominator)
    for order in range(3):
        assert abs(float(sympy.diff(advantage, X, order).subs(X, at))) < 1e-15
    assert abs(float(sympy.diff(advantage, X, 3).subs(X, at))) > 0.1
    around = [
        (cusp.place["K"] + dk, cusp.place["fee"] + df)
        for dk in np.linspace(-0.02, 0.02, 21)
        for df in np.linspace(-0.01, 0.01, 21)
    ]
    k, fee = (np.array([float(v) for v in column]) for column in zip(*around, strict=True))
    counts = set(count_mixed_points(game, {"b": 1, "f0": 0.1, "K": k, "fee": fee}).total.tolist())
    assert counts == {1, 3}


def test_the_critical_risk_in_closed_form() -> None:
    """r_c = c/(b C(n-1, M-1) x^(M-1) (1-x)^(n-M)) at x = (M-1)/(n-1), where the curve of x is highest."""
    for n, m in ((6, 3), (5, 2), (9, 8), (12, 4)):
        [fold] = find_folds(collective_risk(n, m), "r", {"b": 2, "c": "1/50"})
        x = Fraction(m - 1, n - 1)
        highest = sympy.binomial(n - 1, m - 1) * sympy.Rational(x.numerator, x.denominator) ** (m - 1)
        highest *= sympy.Rational(1 - x) ** (n - m)
        assert fold.share.low == fold.share.high == x and fold.order == 2
        assert fold.place["r"] == Fraction(1, 100) / Fraction(int(highest.p), int(highest.q))


def test_folds_of_one_parameter_separate_the_counts() -> None:
    game = threshold_public_good(8, 3, fee_shared=False)
    base = {"b": 1, "K": Fraction(5, 2), "f0": Fraction(1, 20)}
    folds = find_folds(game, "fee", base)
    places = sorted(float(f.place["fee"]) for f in folds if f.admissible)
    assert len(places) == 2
    numbers = []
    for fee in (places[0] - 1e-6, places[0] + 1e-6, places[1] - 1e-6, places[1] + 1e-6):
        numbers.append(int(count_mixed_points(game, {**base, "fee": fee}).total))
    assert [abs(a - b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)] == [2, 2]


def test_where_there_is_no_curve() -> None:
    with pytest.raises(UnsupportedError, match="in one combination only"):
        find_fold_curve(collective_risk(6, 3), ("r", "c"), {"b": 1})
    with pytest.raises(UnsupportedError, match="not linear in r and b"):
        find_fold_curve(collective_risk(6, 3), ("r", "b"), {"c": 1})
    with pytest.raises(UnsupportedError, match="no single value"):
        find_folds(PopulationGame.from_advantages({"x": "a*(x - 1/3)*(x - 1/2)"}), "a")
    with pytest.raises(UnsupportedError, match="dependent"):
        find_folds(PopulationGame.from_advantages({"x": "(x - 1/3)*(x - a)"}), "a")
    with pytest.raises(ParameterError, match="unknown parameter 'q'"):
        find_folds(volunteers_dilemma(3), "q")
    with pytest.raises(ParameterError, match="repeat"):
        find_fold_curve(volunteers_dilemma(3), ("b", "b"))
    with pytest.raises(ParameterError, match="solved for"):
        find_folds(volunteers_dilemma(3), "b", {"b": 1})
    with pytest.raises(ParameterError, match="no value for c"):
        find_folds(collective_risk(6, 3), "r", {"b": 1})
    curve = find_fold_curve(threshold_public_good(4, 2), ("K", "f0"), {"b": 1, "fee": 0})
    for share in (0, 1, 2, -1):
        with pytest.raises(StateError, match="between 0 and 1"):
            curve.at(share)


def test_one_root_never_folds() -> None:
    assert find_folds(volunteers_dilemma(5), "c", {"b": 1}) == ()


def test_poles_leave_the_plane() -> None:
    """D = p1 + p2 (x - 1/2)**2 + x: slopes are equal to zero at x = 1/2 for the two parts with parameters."""
    game = PopulationGame.from_advantages({"x": "p + q*(x - 1/2)**2 + x"})
    curve = find_fold_curve(game, ("p", "q"))
    [pole] = curve.poles or ()
    assert pole.low == Fraction(1, 2)
    assert np.isnan(curve.points([0.5])).all() and not curve.admissible([0.5])[0]
    with pytest.raises(StateError, match="pole"):
        curve.at("1/2")
    point = curve.at("1/4")
    assert next(p.attracting for p in find_rest_points(game, point) if p.kind == "interior") == "unstable"
