"""Elasticities and swings beside closed forms, SymPy's derivatives and brute force."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy
from scipy import stats

from coopgame import (
    MatrixGame,
    NormalFormGame,
    Population,
    PopulationGame,
    find_elasticities,
    find_rest_points,
    tornado,
)
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.figures import draw_tornado

HAWKS = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": "> 0", "c": "> 0"})
INSPECTION = NormalFormGame(
    {
        ("inspect", "cheat"): ("F - c", "g - F"),
        ("inspect", "comply"): ("-c", "0"),
        ("rest", "cheat"): ("0", "g"),
        ("rest", "comply"): ("0", "0"),
    },
    populations={"inspector": ["inspect", "rest"], "firm": ["cheat", "comply"]},
    parameters={"F": 5, "c": 1, "g": 2},
    assumptions=["F > c", "c > 0", "g > 0"],
)


def test_a_power_has_its_exponent_as_elasticity() -> None:
    """At the mixed point x = g/F, y = c/F: elasticities 1, -1 and 0, wherever it is looked at."""
    for values in ({}, {"F": "7/3", "g": "0.3"}):
        found = find_elasticities(INSPECTION, ("I1", "x"), values)
        assert {row.parameter: row.exact for row in found} == {"F": -1, "c": 0, "g": 1}
        assert found.known == "exact" and [row.sign for row in found] == ["-", "0", "+"]
    assert found["F"].derivative == pytest.approx(-float(Fraction(3, 10) / Fraction(7, 3) ** 2), rel=1e-15)
    assert found.level == pytest.approx(0.3 / (7 / 3), rel=1e-15)
    assert found["F"].formula is not None
    assert sympy.simplify(found["F"].formula - sympy.sympify("-g/F**2")) == 0


def test_payoffs_at_a_mixed_point() -> None:
    """Hawks and doves earn v/2 (1 - v/c) at x = v/c; both strategies earn the mean."""
    v, c = sympy.symbols("v c")
    mean = v / 2 * (1 - v / c)
    at = {v: sympy.Rational(2), c: sympy.Rational(7, 2)}
    strategies = HAWKS.populations[0].strategies
    for quantity in ("payoff population", *(f"payoff population.{s}" for s in strategies)):
        found = find_elasticities(HAWKS, ("I1", quantity), {"v": 2, "c": "7/2"})
        assert found.formula is not None and sympy.simplify(found.formula - mean) == 0
        for symbol in (v, c):
            wanted = (symbol / mean * sympy.diff(mean, symbol)).xreplace(at)
            assert found[symbol.name].exact == Fraction(int(wanted.p), int(wanted.q))


def test_eigenvalues_of_vertices_and_zero_quantities() -> None:
    found = find_elasticities(INSPECTION, ("E3", "eigenvalue x"), {"F": 5, "c": 1, "g": 2})
    wanted = find_rest_points(INSPECTION)["E3"].eigenvalues[0]
    assert found.formula is not None and sympy.simplify(found.formula - wanted) == 0
    zero = find_elasticities(INSPECTION, ("E3", "x"))
    assert all(math.isnan(row.value) and "no percentage" in row.note for row in zero)
    assert "look at the derivative" in zero.text


def test_measures_are_differentiated_numerically_with_an_error() -> None:
    """A smooth function, away from the exact route; the error bounds what is missing to the closed form."""
    found = find_elasticities(HAWKS, lambda v, c: v**2.5 * math.exp(-c / 3), {"v": 1.7, "c": 4})
    for row, wanted in zip(found, (2.5, -4 / 3), strict=True):
        assert row.known == "numerical" and row.exact is None
        assert 0 < row.error < 1e-3 and abs(row.value - wanted) <= row.error
    assert [row.sign for row in found] == ["+", "-"] and "±" in str(found["v"])
    same = find_elasticities(HAWKS, lambda v, c: v / c, {"v": 2, "c": 3})
    exact = find_elasticities(HAWKS, ("I1", "x"), {"v": 2, "c": 3})
    assert [row.value for row in same] == pytest.approx([row.value for row in exact], rel=1e-6)


def test_a_jump_is_no_elasticity() -> None:
    found = find_elasticities(HAWKS, lambda v, c: 1.0 + (v > 1.999), {"v": 2, "c": 3})
    assert found["v"].sign == "undecided" and "jumps" in found["v"].note
    assert found["c"].value == 0 and not found["c"].note


def test_parameters_that_are_zero_or_that_nobody_asked_for() -> None:
    found = find_elasticities(HAWKS, lambda v, c: 1 + v * c, {"v": 0, "c": 3})
    assert found["v"].value == 0 and "changes nothing" in found["v"].note
    assert [row.parameter for row in find_elasticities(HAWKS, ("I1", "x"), {"v": 2, "c": 3}, parameters=["c"])] == [
        "c"
    ]
    with pytest.raises(KeyError, match="no elasticity for 'w'"):
        found["w"]


def test_tables() -> None:
    found = find_elasticities(HAWKS, ("I1", "x"), {"v": 2, "c": 3})
    assert found.to_dataframe().loc["c", "elasticity"] == -1
    assert float(found.to_xarray()["elasticity"].sel(parameter="v")) == 1
    assert "<table" in found._repr_html_() and found[0] is found["v"]


@pytest.mark.parametrize(
    ("quantity", "values", "words"),
    [
        (("I2", "x"), {}, "no rest point 'I2'"),
        (("I1", "z"), {}, "I1 has no quantity 'z'"),
        (("I1", "payoff firms"), {}, "did you mean 'payoff firm'"),
        (("I1", "x"), {"F": 1, "c": "1/2", "g": 3}, "I1 does not exist at these values"),
        (("I1", "x"), {"G": 1}, "unknown parameter 'G'"),
    ],
)
def test_what_is_refused(quantity: tuple[str, str], values: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        find_elasticities(INSPECTION, quantity, values)


def test_more_refusals() -> None:
    with pytest.raises(ParameterError, match="no value for v"):
        find_elasticities(HAWKS, ("I1", "x"), {"c": 3})
    with pytest.raises(ParameterError, match="unknown parameter 'w'"):
        find_elasticities(HAWKS, ("I1", "x"), {"v": 2, "c": 3}, parameters=["w"])
    with pytest.raises(ParameterError, match="step = 0"):
        find_elasticities(HAWKS, lambda v, c: v, {"v": 2, "c": 3}, step=0)


def test_points_that_are_roots_have_no_formula() -> None:
    numbers = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": 2, "c": 3})
    points = find_rest_points(numbers, {})
    with pytest.raises(ParameterError, match="depends on no parameter"):
        find_elasticities(points, ("I1", "x"))


def test_a_tornado_is_brute_force() -> None:
    def profit(price: float, cost: float, demand: float) -> float:
        return (price - cost) * demand

    ranges = {"price": (4, 6), "cost": (1, 2.5), "demand": stats.norm(100, 10)}
    found = tornado(profit, ranges, {"price": 5, "cost": 2})
    low, high = stats.norm(100, 10).ppf([0.05, 0.95])
    assert found.centre == pytest.approx(300)
    assert {s.parameter: (s.low, s.high) for s in found.swings} == {
        "price": (pytest.approx(200), pytest.approx(400)),
        "cost": (pytest.approx(400), pytest.approx(250)),
        "demand": (pytest.approx(3 * low), pytest.approx(3 * high)),
    }
    assert [s.parameter for s in found.swings] == ["price", "cost", "demand"]
    assert found.to_dataframe().loc["cost", "width"] == pytest.approx(150)
    assert float(found.to_xarray()["low"].sel(parameter="cost")) == pytest.approx(400)
    assert "cost from 1 to 2.5: 400 to 250" in found.text and "<table" in found._repr_html_()
    axes = draw_tornado(found)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["price", "cost", "demand"]
    widths = sorted(abs(bar.get_width()) for bar in axes.patches)
    assert widths == pytest.approx(sorted([100, 100, 100, 50, 300 - 3 * low, 3 * high - 300]))
    assert axes.get_xlabel() == "profit"


def test_rows_alone_draw_nothing() -> None:
    with pytest.raises(ParameterError, match="give centre and quantity"):
        draw_tornado([("a", 0.2, 0.6)])


def test_square_roots_are_exact() -> None:
    """A fine that grows with the share: y = sqrt(c/F), x = g/(F y) = g/sqrt(c F), so the elasticities are halves."""
    game = PopulationGame.from_advantages(
        {"x": "F*y**2 - c", "y": "g - F*y*x"},
        [Population("i", ("a", "b"), "x"), Population("f", ("c", "d"), "y")],
        parameters={"F": 10, "c": 1, "g": 2},
        assumptions=["F > 0", "c > 0", "g > 0"],
    )
    points = find_rest_points(game)
    half = Fraction(1, 2)
    assert {row.parameter: row.exact for row in find_elasticities(points, ("I1", "y"))} == {
        "F": -half,
        "c": half,
        "g": 0,
    }
    assert {row.parameter: row.exact for row in find_elasticities(points, ("I1", "x"))} == {
        "F": -half,
        "c": -half,
        "g": 1,
    }


def test_a_share_without_a_formula_is_refused() -> None:
    """Two roots of a cubic in the share, which depend on a parameter, have no formula; the remedy is named."""
    game = PopulationGame(
        {"crowd": {"stay": "x**3 + k*x", "go": "1/2"}},
        [Population("crowd", ("stay", "go"), "x")],
        parameters={"k": {"value": "1/4", "range": (0, "1/3")}},
    )
    label = next(point.label for point in find_rest_points(game) if point.kind != "vertex")
    with pytest.raises(UnsupportedError, match="give a measure or a function instead"):
        find_elasticities(game, (label, "x"))
