"""Rest points, regimes and bifurcations of quantities from 0 on, beside hand calculations and the literature."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from coopgame import (
    Environment,
    MatrixGame,
    RateModel,
    UnsupportedError,
    analyse,
    catalog,
    find_bifurcations,
    find_branch,
    find_conserved_quantities,
    find_cycling,
    find_effects,
    find_heteroclinic_cycles,
    find_portraits,
    find_regimes,
    find_rest_points,
    logit,
    mean_dynamic,
    publication,
    replicator,
)
from coopgame.report.checker import check_record_data
from coopgame.report.record import analysis_record
from coopgame.report.text import analysis_text

HARVEST = MatrixGame(
    [["1", "1"], ["n/2", "n/2"]],
    strategies=["spare", "harvest"],
    population="users",
    symbol="x",
    environment=[Environment("n", "n*(1 - n/K) - h*(1 - x)*n", between=(0, math.inf))],
    parameters={"h": "> 0", "K": "> 0"},
)
GRAZING = RateModel(
    {"x": "r*x*(1 - x/K) - a*x*y/(1 + a*h*x)", "y": "y*(e*a*x/(1 + a*h*x) - m)"},
    parameters=dict.fromkeys(("r", "K", "a", "h", "e", "m"), "> 0"),
)


def coordinates(points: Any) -> set[tuple[float, ...]]:
    return {tuple(float(v) for v in point.coordinates.values()) for point in points}


def test_a_harvested_stock_by_hand() -> None:
    """dx/dt = x(1 - x)(1 - n/2), dn/dt = n(1 - n/K) - h(1 - x)n. Inside n = 2 and x = 1 - (1 - 2/K)/h; at h = 0.9, K = 4 the
    Jacobian there is ((0, -10/81), (9/5, -1/2)), a stable focus.
    """
    points = find_rest_points(HARVEST, {"h": "0.9", "K": 4})
    assert points.complete and coordinates(points) == {(0, 0), (1, 0), (0, 0.4), (1, 4), (4 / 9, 2)}
    inside = points["I1"]
    assert inside.coordinates == {"x": Fraction(4, 9), "n": 2} and inside.state.tolist() == [4 / 9, 5 / 9, 2]
    trace, determinant = -0.5, 10 / 81 * 9 / 5
    root = complex(0, math.sqrt(determinant - trace**2 / 4))
    assert [complex(v) for v in inside.eigenvalues] == pytest.approx([trace / 2 + root, trace / 2 - root])
    assert (inside.stability, inside.attracting, inside.known) == ("sink", "asymptotic", "exact")
    formula = find_rest_points(HARVEST)["I1"]
    h, K = sympy.symbols("h K")
    assert sympy.simplify(formula.coordinates["x"] - (1 - (1 - 2 / K) / h)) == 0 and formula.coordinates["n"] == 2
    for numbers, there in (({"h": 1, "K": 3}, True), ({"h": 1, "K": "3/2"}, False), ({"h": "1/10", "K": 4}, False)):
        exact = {name: Fraction(value) for name, value in numbers.items()}
        assert formula.exists.holds(exact) is there is formula.stable_if.holds(exact)


def test_logistic_growth_in_symbols() -> None:
    points = find_rest_points(RateModel({"N": "r*N*(1 - N/K)"}, parameters={"r": "> 0", "K": "> 0"}))
    assert [(p.place(), p.stability) for p in points] == [("N = 0", "source"), ("N = K", "sink")]


@pytest.mark.parametrize("unit", [1, "1e-9", "1e12"])
def test_the_search_does_not_depend_on_units(unit: Any) -> None:
    """The budworm's r N (1 - N/q) - N^2/(1 + N^2) has three positive roots at q = 10, r = 1/2, one of them 2."""
    size = Fraction(unit)
    rate = f"N*(1 - N/(10*({size})))/2 - (N/({size}))**2/(1 + (N/({size}))**2)*({size})"
    points = find_rest_points(RateModel({"N": rate}), {})
    # 5(1 - z/10)(1 + z^2) = 10 z, that is (z - 2)(z^2 - 8z + 5) = 0 in units
    roots = [0.0, 2.0, 4 - math.sqrt(11), 4 + math.sqrt(11)]
    found = sorted(float(p.coordinates["N"]) / float(size) for p in points)
    assert points.complete and found == pytest.approx(sorted(roots), rel=1e-9)


def test_plain_quantities_may_rest_at_zero() -> None:
    """dS/dt = a - S: its end is no rest point unless a = 0, and then it is one."""
    model = RateModel({"S": "a - S"}, parameters={"a": ">= 0"})
    (point,) = find_rest_points(model)
    assert point.place() == "S = a" and point.stability == "sink" and point.exists.holds({"a": Fraction(0)})
    (point,) = find_rest_points(model, {"a": 0})
    assert point.coordinates["S"] == 0


def test_functions_that_are_no_polynomials_are_searched_up_to_a_bound() -> None:
    points = find_rest_points(RateModel({"N": "N*(exp(-N) - 1/2)"}), {})
    assert float(points["I1"].coordinates["N"]) == pytest.approx(math.log(2), abs=1e-15)
    assert points["I1"].stability == "sink" and not points.complete


def test_parallel_nullclines_meet_at_infinity_alone() -> None:
    """s12 s21 = 1: no positive rest point, although the equations have a common zero at infinity."""
    values = {"r1": 1, "r2": 1, "K1": 1, "K2": 1, "s12": "0.5", "s21": 2}
    points = find_rest_points(catalog.symbiosis(), values)
    assert points.complete and coordinates(points) == {(0, 0), (1, 0), (0, 1)}


@pytest.mark.parametrize("seed", range(6))
def test_competing_species_at_random(seed: int) -> None:
    """Three species with dN/dt = N(r + A N): every face is linear, solved here by floats alone."""
    rng = np.random.default_rng(seed)
    r, a = rng.integers(1, 6, 3), -rng.integers(1, 4, (3, 3)) * np.where(rng.random((3, 3)) < 0.7, 1, -1)
    a[np.diag_indices(3)] = -7
    rates = {f"N{i}": f"N{i}*({r[i]} + " + " + ".join(f"({a[i, j]})*N{j}" for j in range(3)) + ")" for i in range(3)}
    expected = {(0.0, 0.0, 0.0)}
    for mask in range(1, 8):
        free = [i for i in range(3) if mask >> i & 1]
        inner = np.linalg.solve(a[np.ix_(free, free)], -r[free])
        if (inner > 1e-9).all():
            whole = np.zeros(3)
            whole[free] = inner
            expected.add(tuple(np.round(whole, 9)))
    points = find_rest_points(RateModel(rates), {})
    assert points.complete
    assert {tuple(np.round(p, 9)) for p in coordinates(points)} == expected


def test_grazing_by_formulas() -> None:
    """Rosenzweig and MacArthur's equations: x* = m/(a(e - h m)); a focus that loses its stability in a supercritical Hopf bifurcation
    where x* is the top (K - 1/(a h))/2 of the prey's nullcline."""
    points = find_rest_points(GRAZING)
    a, e, h, m = sympy.symbols("a e h m")
    assert points.complete and [p.label for p in points] == ["E1", "F1", "I1"]
    star = m / (a * (e - h * m))
    assert sympy.simplify(points["I1"].coordinates["x"] - star) == 0
    regimes = find_regimes(GRAZING, points=points)
    assert [regime.stable for regime in regimes] == [(), ("F1",), ("I1",)] and regimes.cover
    numbers = {"r": 1, "a": 1, "h": 1, "e": 1, "m": Fraction(1, 2)}  # x* = 1, so the top is passed at K = 3
    assert regimes.at({**numbers, "K": 2}).stable == ("I1",) and regimes.at({**numbers, "K": 4}).stable == ()
    assert {surface.kind for surface in regimes.hypersurfaces} == {"transcritical", "supercritical Hopf"}
    (cycling,) = find_cycling(regimes, points)
    assert "may grow without bound" in str(cycling)


def test_bifurcations_of_grazing() -> None:
    """At r = a = h = e = 1, m = 1/2: the grazer enters at K = 1, and at K = 3 a small attracting cycle appears."""
    numbers = {"r": 1, "a": 1, "h": 1, "e": 1, "m": "1/2"}
    found = find_bifurcations(GRAZING, "K", ("1/2", 10), numbers)
    assert found.complete
    assert [(b.kind, round(b.value, 9)) for b in found] == [("transcritical", 1), ("Hopf", 3)]
    assert found[1].coefficient is not None and found[1].coefficient < 0
    assert list(found[1].state.values()) == pytest.approx([1, 4 / 3])


def test_folds_of_the_budworm() -> None:
    """r N (1 - N/q) - N^2/(1 + N^2) at q = 10: on the fold r = 2N^3/(1 + N^2)^2 and q = 2N^3/(N^2 - 1), Murray (2002), section 1.2."""
    model = RateModel({"N": "r*N*(1 - N/q) - N**2/(1 + N**2)"})
    found = find_bifurcations(model, "r", ("0.1", "0.9"), {"q": 10})
    assert found.complete and [b.kind for b in found] == ["fold", "fold"]
    for fold in found:
        (n,) = fold.state.values()
        assert 2 * n**3 / (n**2 - 1) == pytest.approx(10, rel=1e-9)
        assert fold.value == pytest.approx(2 * n**3 / (1 + n**2) ** 2, rel=1e-9)


def test_a_centre_where_the_variables_separate() -> None:
    """Volterra's integral d x - c ln x + b y - a ln y has its minimum at (c/d, a/b)."""
    model = catalog.predator_prey()
    inside = find_rest_points(model)["I1"]
    assert (inside.stability, inside.attracting, inside.open) == ("center", "lyapunov", "")
    regimes = find_regimes(model)
    assert [regime.stable for regime in regimes] == [()] and regimes.cover
    assert [str(c) for c in find_cycling(regimes, find_rest_points(model))] == [
        "R1: closed orbits around I1 (always)"
    ]
    assert find_rest_points(model, {"a": 1, "b": 2, "c": 3, "d": 4})["I1"].stability == "center"


def test_a_branch_of_quantities() -> None:
    model = RateModel({"N": "a - N**2"}, parameters={"a": {}})
    branch = find_branch(replicator(model), {"N": 2}, "a", {"a": 4}, to=9)
    assert branch.coordinate("N")[-1] == pytest.approx(3, abs=1e-9)


def test_all_that_is_known_in_one_result() -> None:
    model = catalog.symbiosis().assuming("s12 > 0", "s21 > 0")
    analysis = analyse(model)
    assert (
        analysis.dynamics == "the model's own rates" and analysis.unused_parameters == analysis.dead_parameters == ()
    )
    assert check_record_data(analysis_record(analysis)).ok
    numeric = analyse(model, {"r1": "1e9", "r2": 1, "K1": "1e9", "K2": "1e-3", "s12": "1/3", "s21": "1/7"})
    assert check_record_data(analysis_record(numeric)).ok
    text = analysis_text(analysis)
    assert (
        "Quantity N1: output of the first cluster (from 0 on)" in text
        and "Payoffs" not in text
        and "replicator" not in text
    )
    paper = publication(analysis, language="zh").markdown()
    assert "动态方程" in paper and "支付矩阵" not in paper
    assert any(
        "N1 grows with K1" in str(effect) or "N1" in str(effect) for effect in find_effects(analysis.rest_points)
    )
    assert len(find_portraits(analysis.rest_points)) == 2


def test_what_is_not_meant_for_quantities_says_so() -> None:
    with pytest.raises(UnsupportedError, match="has no upper end"):
        find_heteroclinic_cycles(catalog.symbiosis())
    with pytest.raises(UnsupportedError, match="models of one or two quantities"):
        find_regimes(catalog.cyclic_competition())
    with pytest.raises(UnsupportedError, match="no polynomial"):
        find_conserved_quantities(RateModel({"S": "1 - S"}))
    with pytest.raises(UnsupportedError, match="n has no upper bound, and rest points of logit"):
        find_rest_points(mean_dynamic(HARVEST, logit(1)), {"h": 1, "K": 3})


def test_a_pole_is_no_rest_point() -> None:
    """N(N - 1)/(N - 1): the root of the numerator is one of the denominator too."""
    model = RateModel({"N": "N*(a - N)*(2 - N)/(2 - N)**2"}, parameters={"a": "> 0"})
    assert [p.place() for p in find_rest_points(model)] == ["N = 0", "N = a"]
