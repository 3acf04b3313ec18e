"""Rest points of games whose payoffs depend on the own share, are not linear, or feel an environment."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coopgame import (
    PopulationGame,
    RateModel,
    Stability,
    UnsupportedError,
    find_regimes,
    find_rest_points,
    integrate,
    replicator,
)
from coopgame.algebra.conditions import FALSE
from coopgame.analysis.box import box_of
from coopgame.analysis.box_points import find_places
from coopgame.analysis.weak_focus import is_separable, lyapunov_coefficient

small = st.integers(-4, 4)


def _planar(a: list[int], b: list[int]) -> PopulationGame:
    monomials = ["1", "x", "y", "x*y", "x**2", "y**2"]
    write = lambda c: " + ".join(f"({k})*{m}" for k, m in zip(c, monomials, strict=True))  # noqa: E731
    return PopulationGame.from_advantages({"x": write(a), "y": write(b)})


@settings(max_examples=40)
@given(st.lists(small, min_size=6, max_size=6), st.lists(small, min_size=6, max_size=6))
def test_all_points_of_random_quadratic_payoffs(a: list[int], b: list[int]) -> None:
    """Against resultants: every interior zero that elimination finds is listed, and nothing else."""
    x, y = sympy.symbols("x y")
    game = _planar(a, b)
    points = find_rest_points(game)
    field = replicator(game)
    for point in points:
        assert np.abs(field(point.state)).max() < 1e-9
    if not points.complete:
        return
    first, second = (sympy.Poly(game.advantage(p), x, y) for p in (0, 1))
    if first.is_zero or second.is_zero:
        return
    resultant = sympy.resultant(first, second, y)
    if resultant == 0 or not resultant.free_symbols:
        return
    listed = [p.state[[0, 2]] for p in points if p.kind == "interior"]
    roots = [r for r in sympy.Poly(resultant, x).sqf_part().nroots(n=25, maxsteps=500) if abs(sympy.im(r)) < 1e-15]
    for root in roots:
        for value in _partners(first, second, sympy.re(root)):
            at = np.array([float(sympy.re(root)), value])
            if (at > 1e-6).all() and (at < 1 - 1e-6).all():
                assert min((np.abs(at - other).max() for other in listed), default=1.0) < 1e-6


def _partners(first: sympy.Poly, second: sympy.Poly, x: sympy.Expr) -> list[float]:
    """Return the real y at which both vanish, at a numerical x."""
    found = []
    for equation, other in ((first, second), (second, first)):
        line = [complex(c) for c in sympy.Poly(equation.eval(0, x), sympy.Symbol("y")).all_coeffs()]
        for y in np.roots(np.array(line)) if len(line) > 1 else ():
            if abs(y.imag) < 1e-7 and abs(complex(other.eval((x, y.real)))) < 1e-7:
                found.append(float(y.real))
    return found


@settings(max_examples=40)
@given(st.lists(small, min_size=6, max_size=6), st.lists(small, min_size=6, max_size=6))
def test_types_agree_with_floating_point_eigenvalues(a: list[int], b: list[int]) -> None:
    game = _planar(a, b)
    field = replicator(game)
    for point in find_rest_points(game):
        eigenvalues = np.linalg.eigvals(field.jacobian(point.state))
        assert sorted(complex(e).real for e in point.eigenvalues) == pytest.approx(sorted(eigenvalues.real), abs=1e-6)
        if np.abs(eigenvalues.real).min() > 1e-6:
            below = int((eigenvalues.real < 0).sum())
            assert point.stability == [Stability.SOURCE, Stability.SADDLE, Stability.SINK][below]


@settings(max_examples=12)
@given(
    st.lists(small, min_size=4, max_size=4),
    st.lists(small, min_size=4, max_size=4),
    st.lists(st.fractions(Fraction(-3), Fraction(3), max_denominator=7), min_size=2, max_size=2),
)
def test_formulas_agree_with_numbers(a: list[int], b: list[int], values: list[Fraction]) -> None:
    """Symbolic existence and stability, put in at random rational values, against the points at those values."""
    first = f"({a[0]}) + ({a[1]})*x + p*y + ({a[2]})*x*y + ({a[3]})*y**2"
    second = f"({b[0]}) + q*x + ({b[1]})*y + ({b[2]})*x*y"
    game = PopulationGame.from_advantages({"x": first, "y": second}, parameters={"p": None, "q": None})
    numbers = dict(zip("pq", values, strict=True))
    try:
        symbolic = find_rest_points(game)
    except UnsupportedError:
        return
    numeric = find_rest_points(game, numbers)
    if not numeric.complete or any(c.kind == "other" for c in symbolic.components):
        return
    explicit = [p for p in symbolic if all(str(v) not in "xy" for v in p.coordinates.values())]
    if len(explicit) < len(symbolic):
        return
    found = []
    for point in explicit:
        if point.exists.holds(numbers):
            place = {
                n: float(v.xreplace({sympy.Symbol(k): sympy.Rational(w) for k, w in numbers.items()}))
                for n, v in point.coordinates.items()
            }
            found.append((place, point.stable_if.holds(numbers)))
    _assert_same_points(found, [(p.state, p.attracting, p.stability != Stability.NON_HYPERBOLIC) for p in numeric])


def _assert_same_points(
    found: list[tuple[dict[str, float], bool]], numeric: list[tuple[NDArray[np.float64], str, bool]]
) -> None:
    """Hyperbolic points are listed once and with the same stability; what formulas call stable is stable in numbers."""
    for state, attracting, hyperbolic in numeric:
        near = [stable for place, stable in found if abs(place["x"] - state[0]) + abs(place["y"] - state[2]) < 1e-7]
        if hyperbolic:
            assert near == [attracting == "asymptotic"]
    for place, stable in found:
        if stable:
            near_numeric = [k for s, k, _ in numeric if abs(place["x"] - s[0]) + abs(place["y"] - s[2]) < 1e-7]
            assert "asymptotic" in near_numeric


def test_a_corner_stable_by_a_structural_zero_is_stable_in_numbers() -> None:
    """At (1, 0) the first eigenvalue is 0 for all p and q, and the edge y = 0 decides in both analyses."""
    game = PopulationGame.from_advantages(
        {"x": "3 - 3*x + p*y", "y": "-4 + q*x + 4*y"}, parameters={"p": None, "q": None}
    )
    numbers = {"p": Fraction(2), "q": Fraction(2)}
    assert find_rest_points(game).at(x=1, y=0).stable_if.holds(numbers)
    corner = find_rest_points(game, numbers).at(x=1, y=0)
    assert (corner.stability, corner.attracting) == (Stability.NON_HYPERBOLIC, "asymptotic")


@pytest.mark.parametrize(
    ("fine", "attracting"), [("-x", "asymptotic"), ("x", "unstable"), ("-x**2", "asymptotic"), ("x**3", "unstable")]
)
def test_a_zero_eigenvalue_is_decided_along_the_edge(fine: str, attracting: str) -> None:
    """At (0, 0) the edge y = 0 carries x' = x (1 - x) D(x) with D(0) = 0: the sign of D beside 0 decides."""
    points = find_rest_points(PopulationGame.from_advantages({"x": f"{fine} + y", "y": "x - 2"}))
    corner = points.at(x=0, y=0)
    assert (corner.stability, corner.attracting) == (Stability.NON_HYPERBOLIC, attracting)
    assert "centre manifold" in corner.because


@pytest.mark.parametrize("sign", [1, -1])
def test_a_saddle_node_inside_is_unstable(sign: int) -> None:
    """x' = x (1 - x) s (x - 1/2)**2, y' attracts to 1/2: semistable whatever the sign."""
    game = PopulationGame.from_advantages({"x": f"{sign}*(x - 1/2)**2", "y": "1/2 - y"})
    places = [p for p in find_rest_points(game) if p.kind == "interior"]
    assert all(p.attracting == "unstable" for p in places)


def test_a_weak_sink_inside_by_its_centre_manifold() -> None:
    """x' = x (1 - x) (-(x - 1/2)**3 + (y - 1/2)), y' = ...: on the centre manifold y is 1/2 and x falls by the cube."""
    from flint import arb, fmpq

    from coopgame.analysis.box_points import Place, _rest_point

    game = PopulationGame.from_advantages({"x": "-(x - 1/2)**3 + (y - 1/2)", "y": "1/2 - y"})
    half = Fraction(1, 2)
    balls = (arb(fmpq(1, 2)), arb(fmpq(1, 2)))
    point = _rest_point(box_of(game), Place((None, None), balls, (half, half)), "I1")
    assert (point.stability, point.attracting) == (Stability.NON_HYPERBOLIC, "asymptotic")
    path = integrate(game, {"x": 0.7, "y": 0.6}, t_end=3000)
    assert path.coordinate("x")[-1] == pytest.approx(0.5, abs=0.03)


def test_separable_fields_have_centres() -> None:
    """x' = x (1 - x) (1 - 2y), y' = y (1 - y) (2x - 1) separates; so does the same with a factor 1 + x."""
    for factor in ("1", "(1 + x)"):
        game = PopulationGame.from_advantages({"x": f"{factor}*(1 - 2*y)", "y": "2*x - 1 + 0*y"})
        box = box_of(PopulationGame.from_advantages({"x": f"{factor}*(1 - 2*y)", "y": "2*x - 1"}))
        assert is_separable(box)
        point = find_rest_points(game).at(x="1/2", y="1/2")
        assert (point.stability, point.attracting) == (Stability.CENTER, "lyapunov")


@pytest.mark.parametrize("k", [-3, -1, 1, 2])
def test_weak_foci_turn_as_their_lyapunov_coefficient_says(k: int) -> None:
    """Against integration: the first coefficient is negative where orbits come nearer, although the trace vanishes."""
    game = PopulationGame.from_advantages(
        {"x": f"1/2 - y + {k}*(x - 1/2)**3", "y": "x - 1/2 + (x - 1/2)**2*(y - 1/2)"}
    )
    box = box_of(game)
    (place,) = [p for p in find_places(box).places if len(p.mixed) == 2]
    coefficient = float(lyapunov_coefficient(box, place).mid())
    point = find_rest_points(game).at(x="1/2", y="1/2")
    path = integrate(game, {"x": 0.6, "y": 0.5}, t_end=400)
    distance = np.hypot(path.coordinate("x") - 0.5, path.coordinate("y") - 0.5)
    assert np.sign(distance[-200:].max() - distance[:200].max()) == np.sign(coefficient)
    assert point.attracting == ("asymptotic" if coefficient < 0 else "unstable")
    assert not is_separable(box)


def test_edges_at_rest_and_dependent_equations_are_continua() -> None:
    flat = find_rest_points(PopulationGame.from_advantages({"x": "y - y", "y": "x - 1/2"}))
    assert [(c.kind, c.where) for c in flat.components if c.kind == "line"] == [
        ("line", "y = 0"),
        ("line", "y = 1"),
        ("line", "x = 1/2"),
    ]
    curve = find_rest_points(
        PopulationGame.from_advantages({"x": "x + y - 1", "y": "(x + y - 1)*(x + 2)"}, parameters={})
    )
    assert not curve.complete and [c.where for c in curve.components if c.kind == "other"] == ["x + y - 1 = 0"]


def test_an_environment_that_renews_itself() -> None:
    """de/dt = r x (1 - e) - d e keeps 0 and 1 only where r x or d vanish: e* = r x/(r x + d) on the ends of x."""
    game = PopulationGame.from_advantages(
        {"x": "a - b*e"},
        parameters={"a": "> 0", "b": "> 0", "r": "> 0", "d": "> 0"},
        environment={"e": "r*x*(1 - e) - d*e"},
    )
    points = find_rest_points(game)
    assert points.at(x=1, e="r/(d + r)").exists.text() == "true"
    mixed = points.at(x="a*d/(r*(b - a))", e="a/b")
    assert mixed.exists.text() == "a*r + a*d < b*r"
    assert mixed.attracting == "asymptotic"
    path = integrate(game, {"x": 0.3, "e": 0.2}, {"a": 1, "b": 3, "r": 2, "d": 1}, t_end=400)
    assert path.final[[0, 2]] == pytest.approx([0.25, 1 / 3], abs=1e-6)
    assert path.outcome.label == "I1"


def test_regimes_with_an_interior_sink() -> None:
    """Inspection with a fine that grows with cheating: cover proved, the interior sink in one of four regimes."""
    game = PopulationGame.from_advantages(
        {"x": "F*y**2 - c", "y": "g - F*y*x"}, parameters=dict.fromkeys("Fcg", "> 0")
    )
    regimes = find_regimes(game)
    assert regimes.cover and len(regimes) == 4
    assert regimes.at({"F": 10, "c": 1, "g": 2}).stable == ("I1",)
    rng = np.random.default_rng(3)
    for _ in range(20):
        values = {name: Fraction(int(v), 10) for name, v in zip("Fcg", rng.integers(1, 90, 3), strict=True)}
        try:
            stable = regimes.at(values).stable
        except UnsupportedError:
            continue
        numeric = find_rest_points(game, values)
        assert len(numeric.attractors) == len(stable) == 1


@pytest.mark.parametrize("power", [1, 2, 3])
@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("turn", [1, -1])
def test_an_eigenvalue_that_is_zero_throughout_is_decided_along_the_edge(power: int, end: int, turn: int) -> None:
    """Near x = end only x moves, by a power of its distance from there; y falls to 0 where c < 0. Numbers say the same."""
    game = PopulationGame.from_advantages(
        {"x": f"({turn})*k*(x - {end})**{power} + y", "y": "c"}, assumptions=["k > 0"]
    )
    symbolic = find_rest_points(game).at(x=end, y=0)
    for c in (-1, 1):
        numeric = find_rest_points(game, {"k": 2, "c": c}).at(x=end, y=0)
        assert symbolic.stable_if.holds({"k": Fraction(2), "c": Fraction(c)}) == (numeric.attracting == "asymptotic")
    beside = turn if end == 0 else turn * (-1) ** power
    assert (symbolic.stable_if != FALSE) == (beside < 0 if end == 0 else beside > 0)
    assert not symbolic.open


def test_two_eigenvalues_that_are_zero_throughout_are_left_open() -> None:
    """x and y both fall to 0, which no eigenvalue says; no regime claims to know."""
    points = find_rest_points(
        PopulationGame.from_advantages({"x": "-x - k*y", "y": "-x - y"}, parameters={"k": None})
    )
    point = points.at(x=0, y=0)
    assert point.stable_if == FALSE and "2 eigenvalues are 0 throughout" in point.open
    assert not find_regimes(points.game, points=points).cover


def test_no_point_is_lost_where_both_drives_are_products() -> None:
    """The part that is divided by in the elimination vanishes at one of the two solutions, for all parameters."""
    model = RateModel(
        {"x": "x*(y - a)*(x - b)", "y": "y*(y - c)*(x - d)"}, parameters=dict.fromkeys("abcd", "> 0"), name="products"
    )
    points = [p.coordinates for p in find_rest_points(replicator(model)) if p.label.startswith("I")]
    assert [{k: str(v) for k, v in point.items()} for point in points] == [{"x": "b", "y": "c"}, {"x": "d", "y": "a"}]
    apart = RateModel({"x": "x*(x - a)*(x - b)", "y": "y*(y**2 - c)"}, parameters=dict.fromkeys("abc", "> 0"))
    inner = [p.coordinates for p in find_rest_points(replicator(apart)) if p.label.startswith("I")]
    assert {(str(p["x"]), str(p["y"])) for p in inner} == {("a", "sqrt(c)"), ("b", "sqrt(c)")}
