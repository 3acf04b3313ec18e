"""Rest points beside brute force: zero rates, eigenvalues of the compiled Jacobian, Newton searches, degenerate games."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, PopulationGame, Stability, find_rest_points, replicator
from coopgame.analysis.certify import certified_zeros
from coopgame.analysis.points import RestPoint
from coopgame.analysis.structure import cube_of
from coopgame.errors import ParameterError, StateError, UnsupportedError

SMALL = st.integers(-6, 6)


def cube_game(entries: tuple[int, ...], populations: int) -> NormalFormGame:
    """A game of two-strategy populations from a flat list of payoffs."""
    profiles = list(product(("1", "2"), repeat=populations))
    rows = np.array(entries).reshape(len(profiles), populations)
    names = {f"p{i}": ("1", "2") for i in range(populations)}
    return NormalFormGame({q: row.tolist() for q, row in zip(profiles, rows, strict=True)}, names)


def check_point(game: object, point: RestPoint) -> None:
    field = replicator(game)  # type: ignore[arg-type]
    assert np.abs(field(point.state)).max() < 1e-9
    own = np.sort_complex(np.array([complex(sympy.N(e)) for e in point.eigenvalues]))
    other = np.sort_complex(np.linalg.eigvals(field.jacobian(point.state)).astype(complex))
    assert np.abs(np.sort(own.real) - np.sort(other.real)).max() < 1e-5
    real = other.real
    if point.stability == Stability.SINK:
        assert real.max() < 0 and point.attracting == "asymptotic"
    elif point.stability == Stability.SOURCE:
        assert real.min() > 0
    elif point.stability == Stability.SADDLE:
        assert real.min() < 0 < real.max() and np.abs(real).min() > 1e-9
    elif point.stability == Stability.CENTER:
        assert np.abs(real).max() < 1e-6
    else:
        assert np.abs(real).min() < 1e-5
    if real.max() > 1e-6:
        assert point.attracting == "unstable"
    if point.attracting == "asymptotic":
        assert real.max() < 1e-9


@settings(max_examples=60)
@given(st.tuples(*[SMALL] * 24))
def test_tripartite_points_are_right(entries: tuple[int, ...]) -> None:
    game = cube_game(entries, 3)
    points = find_rest_points(game)
    for point in points:
        check_point(game, point)
    for point in points:
        if point.kind != "vertex":
            assert point.attracting != "asymptotic"


@settings(max_examples=40)
@given(st.tuples(*[SMALL] * 8))
def test_bimatrix_points_are_right(entries: tuple[int, ...]) -> None:
    game = cube_game(entries, 2)
    for point in find_rest_points(game):
        check_point(game, point)


@settings(max_examples=60)
@given(st.tuples(*[SMALL] * 9))
def test_three_strategy_points_are_right(entries: tuple[int, ...]) -> None:
    game = MatrixGame(np.array(entries).reshape(3, 3))
    for point in find_rest_points(game):
        check_point(game, point)


@settings(max_examples=30)
@given(st.tuples(*[SMALL] * 24))
def test_interior_points_equal_those_of_interval_arithmetic(entries: tuple[int, ...]) -> None:
    """The quadratic equation and interval subdivision are independent; they must find the same points."""
    cube = cube_of(cube_game(entries, 3))
    tables = [{corner: q.value({}) for corner, q in table.items()} for table in cube.corners]
    certified = certified_zeros(tables, most_boxes=3000)
    if certified.undecided:
        return
    points = find_rest_points(cube.game)
    if any(c.kind == "other" for c in points.components):
        return
    found = np.array([[float(v) for v in p.coordinates.values()] for p in points if p.kind == "interior"]).reshape(
        -1, 3
    )
    assert len(found) == len(certified.points)
    for row in found:
        assert np.abs(certified.points - row).max(axis=1).min() < 1e-7


def test_no_other_rest_points_are_reached_by_newton() -> None:
    """Newton's method from a grid of starts lands only on listed points, for 20 games."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        game = cube_game(tuple(int(v) for v in rng.integers(-9, 10, 24)), 3)
        points = find_rest_points(game)
        if points.components:
            continue
        known = np.array([[float(v) for v in p.coordinates.values()] for p in points])
        field = replicator(game)
        for start in product((0.15, 0.5, 0.85), repeat=3):
            state = np.array(start)
            for _ in range(50):
                whole = np.stack([state, 1 - state], axis=-1).ravel()
                rates = field.drives(whole, [])[::2] - field.drives(whole, [])[1::2]
                slope = field._jacobian(list(state), [])
                step = np.linalg.lstsq(np.array(slope).reshape(3, 3), state * (1 - state) * rates, rcond=None)[0]
                state = state - step
                if not ((state >= -1e-9) & (state <= 1 + 1e-9)).all():
                    break
                if np.abs(step).max() < 1e-13:
                    assert np.abs(known - state).max(axis=1).min() < 1e-6
                    break


def test_symbolic_points_specialise_to_numeric_ones() -> None:
    game = NormalFormGame(
        {"a, a": ["F - c", "g - F"], "a, b": ["-c", "0"], "b, a": ["0", "g"], "b, b": ["0", "0"]},
        parameters={"F": "> 0", "c": "> 0", "g": "> 0"},
    )
    values = {"F": 5, "c": 1, "g": 2}
    symbolic, numeric = find_rest_points(game), find_rest_points(game, values)
    point = {sympy.Symbol(k): sympy.Integer(v) for k, v in values.items()}
    for one, other in zip(symbolic, numeric, strict=True):
        assert one.label == other.label
        assert [v.subs(point) for v in one.coordinates.values()] == list(other.coordinates.values())
        assert {sympy.nsimplify(e.subs(point)) for e in one.eigenvalues} == set(other.eigenvalues)
    assert symbolic["I1"].exists.text() == "F > g and F > c" or symbolic["I1"].exists.text() == "F > c and F > g"
    assert symbolic["I1"].stability == Stability.CENTER


def test_a_mixed_point_of_several_populations_is_never_called_an_ess() -> None:
    game = cube_game((1, -1, -1, 1, -1, 1, 1, -1), 2)
    interior = find_rest_points(game)["I1"]
    assert interior.stability == Stability.CENTER
    assert interior.attracting == "lyapunov"
    assert "not an ESS" in interior.note


def test_lines_and_faces_are_components_not_points() -> None:
    game = PopulationGame.from_advantages({"x": "a*y", "y": "0*x"}, parameters={"a": "> 0"})
    points = find_rest_points(game)
    wheres = {c.where for c in points.components}
    assert {"x = 0", "x = 1", "y = 0"} <= wheres
    assert all(point.kind == "vertex" and point.stability != Stability.SINK for point in points)
    still = find_rest_points(PopulationGame.from_advantages({"x": "0", "y": "0"}))
    assert [c.kind for c in still.components] == ["face"]


def test_equal_payoffs_and_one_strategy() -> None:
    flat = find_rest_points(MatrixGame([[1, 1], [1, 1]]))
    assert [str(c) for c in flat.components] == [
        "line of rest points everywhere (all strategies always earn the same)"
    ]
    assert {p.attracting for p in flat} == {"lyapunov"}
    alone = find_rest_points(MatrixGame([[3]]))
    assert len(alone) == 1 and alone[0].attracting == "asymptotic"
    flat3 = find_rest_points(MatrixGame([[1, 2, 3]] * 3))
    assert flat3.components[0].kind == "face"


def test_a_zero_eigenvalue_on_an_edge_is_decided_by_the_second_order_term() -> None:
    """Strategy 2 ties against 1 and loses against itself, so 1 still wins; reversed, it does not."""
    inward = find_rest_points(MatrixGame([[1, 2], [1, 0]]))
    pure = next(p for p in inward if p.profile == ("1",))
    assert (pure.stability, pure.attracting) == (Stability.NON_HYPERBOLIC, "asymptotic")
    outward = find_rest_points(MatrixGame([[1, 0], [1, 2]]))
    pure = next(p for p in outward if p.profile == ("1",))
    assert (pure.stability, pure.attracting) == (Stability.NON_HYPERBOLIC, "unstable")


def test_four_populations_at_values_are_certified() -> None:
    rng = np.random.default_rng(3)
    game = cube_game(tuple(int(v) for v in rng.integers(-9, 10, 64)), 4)
    points = find_rest_points(game)
    assert points.complete
    for point in points:
        check_point(game, point)


def test_unsupported_games_are_refused_with_a_remedy() -> None:
    root = PopulationGame.from_advantages({"x": "y - sqrt(a)*x", "y": "x"})
    with pytest.raises(UnsupportedError, match=r"sqrt\(a\).*symbolic analysis needs"):
        find_rest_points(root)
    stairs = PopulationGame.from_advantages({"x": "where(y > x, 1, 2) - 1/2", "y": "x - 1/3"})
    with pytest.raises(UnsupportedError, match=r"not smooth.*integrate"):
        find_rest_points(stairs, {})


def test_points_are_found_by_their_coordinates() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], symbol="x", assumptions=["b > c", "c > 0"])
    points = find_rest_points(game)
    assert points.at(x=1).label == "E2" and points.at({"x": 0.0}).label == "E1"
    hawks = find_rest_points(MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], symbol="x", assumptions=["C > 0"]))
    assert hawks.at(x="V/C").label == "I1"
    with pytest.raises(StateError, match=r"x = 1/2; there are x = 0; x = 1"):
        points.at(x="1/2")
    with pytest.raises(StateError, match="give x, each once; got y"):
        points.at(y=1)


def test_values_are_merged_with_defaults_and_substitution_is_not() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], symbol="x", parameters={"b": {"value": 2}, "c": {}})
    assert find_rest_points(game, {"c": 1}).mode == "numeric"
    with pytest.raises(ParameterError, match="no value for c"):
        find_rest_points(game, {})
    assert find_rest_points(game.substitute({"b": 2})).game.ring.names == ("c",)


def test_a_matrix_whose_entries_contain_a_share() -> None:
    """When the share cancels from the advantage the game is linear; a polynomial in it is solved all the same."""
    cancels = MatrixGame([["1 - a*(1 - x)", "2"], ["3 - a*(1 - x)", "4"]], symbol="x")
    assert [p.attracting for p in find_rest_points(cancels)] == ["asymptotic", "unstable"]
    # the advantage is x**2 + 1 - x - 2*x - 1 + x = x**2 - 2*x
    curved = MatrixGame([["x", "1"], ["2", "1"]], symbol="x")
    assert [(str(p.coordinates["x"]), p.attracting) for p in find_rest_points(curved)] == [
        ("0", "asymptotic"),
        ("1", "unstable"),
    ]
    quotient = find_rest_points(MatrixGame([["1/(x + 1)", "2"], ["3", "4"]], symbol="x"))
    assert quotient.complete and [str(p.stability) for p in quotient] == ["sink", "source"]


def test_a_certified_interior_point_counts_in_the_index() -> None:
    points = find_rest_points(
        PopulationGame.from_advantages({"x": "y - 2/5", "y": "z - 3/7", "z": "w - 1/9", "w": "x - 1/3"})
    )
    interior = [point for point in points if point.kind == "interior"]
    assert [float(v) for v in interior[0].coordinates.values()] == pytest.approx(
        [1 / 3, 2 / 5, 3 / 7, 1 / 9], abs=1e-14
    )


def test_mixed_lines_are_listed_in_symbols() -> None:
    game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [["k", "-k"], ["-k", "k"]])
    numeric = {c.where for c in find_rest_points(game, {"k": 0}).components}
    symbolic = {c.where for c in find_rest_points(game).components}
    assert numeric == symbolic


def test_interior_lines_of_three_strategies_in_symbols() -> None:
    game = MatrixGame([["a", "1", "0"], ["1", "a", "0"], ["0", "0", "0"]])
    assert len(find_rest_points(game, {"a": -1}).components) == 1
    symbolic = find_rest_points(game)
    assert any(c.condition.holds({"a": Fraction(-1)}) for c in symbolic.components)
