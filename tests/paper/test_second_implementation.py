"""The models of the paper beside a second implementation that knows only their written payoffs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

from coopgame import Game, cooperation_index, find_regimes, find_rest_points, read_game, replicator
from tests.paper import second

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"
GAMES: dict[str, Game] = {name: read_game(MODELS / f"{name.lower()}.toml") for name in ("M1", "M3", "M4")}
POPULATIONS = {"M1": 1, "M3": 2, "M4": 3}


def rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def random_state(rng: random.Random, model: str) -> list[Fraction]:
    return [Fraction(rng.randint(1, 19), 20) for _ in range(POPULATIONS[model])]


def at(game: Game, shares: list[Fraction], values: Mapping[str, Fraction]) -> dict[sympy.Symbol, sympy.Rational]:
    """Numbers for all symbols of a field."""
    numbers = {**dict(zip(game.coordinates, shares, strict=True)), **values}
    return {sympy.Symbol(name): rational(value) for name, value in numbers.items()}


@pytest.mark.parametrize("model", GAMES)
def test_parameters_are_the_written_ones(model: str) -> None:
    names = {"M1": second.M1_NAMES, "M3": second.M3_NAMES, "M4": second.M4_NAMES}[model]
    assert {p.name for p in GAMES[model].parameters} == set(names)
    rng = random.Random(1)
    for _ in range(50):
        assert GAMES[model].check_values(second.draw(model, rng)) == ()


@pytest.mark.parametrize("model", GAMES)
def test_field_and_jacobian_are_the_same_exactly(model: str) -> None:
    game, rng = GAMES[model], random.Random(2)
    dynamics = replicator(game)
    for _ in range(15):
        values, shares = second.draw(model, rng), random_state(rng, model)
        point = at(game, shares, values)
        wanted = second.field(model, shares, values)
        assert [rate.subs(point) for rate in dynamics.rates] == [rational(v) for v in wanted]
        rows = second.jacobian(model, shares, values)
        assert dynamics.jacobian_expressions.subs(point) == sympy.Matrix([[rational(v) for v in row] for row in rows])
        state = [share for x in shares for share in (float(x), float(1 - x))]
        np.testing.assert_allclose(dynamics(state, values)[::2], [float(v) for v in wanted], atol=1e-13)


@pytest.mark.parametrize("model", GAMES)
def test_vertices_have_the_same_eigenvalues(model: str) -> None:
    game, rng = GAMES[model], random.Random(3)
    vertices = [point for point in find_rest_points(game) if point.kind == "vertex"]
    assert len(vertices) == 2 ** POPULATIONS[model]
    for _ in range(10):
        values = second.draw(model, rng)
        numbers = {sympy.Symbol(name): rational(value) for name, value in values.items()}
        for point in vertices:
            place = [int(v) for v in point.coordinates.values()]
            wanted = second.vertex_eigenvalues(model, place, values)
            assert [e.subs(numbers) for e in point.eigenvalues] == [rational(v) for v in wanted]
            assert point.stable_if.holds(values) == all(e < 0 for e in wanted)


@pytest.mark.parametrize("model", GAMES)
def test_regimes_are_the_sets_of_stable_states(model: str) -> None:
    """In M1 the mixed state counts too; points on a boundary between regimes are left out."""
    game, rng = GAMES[model], random.Random(4)
    regimes = find_regimes(game)
    places = {p.label: tuple(p.coordinates.values()) for p in find_rest_points(game)}
    seen = set()
    for _ in range(400):
        values = second.draw(model, rng)
        vertices = [tuple(map(int, np.binary_repr(i, POPULATIONS[model]))) for i in range(2 ** POPULATIONS[model])]
        if any(e == 0 for v in vertices for e in second.vertex_eigenvalues(model, v, values)):
            continue
        stable = {places[label] for label in regimes.at(values).stable if label != "I1"}
        assert stable == second.stable_vertices(model, values)
        if model == "M1":
            mixed = second.m1_interior(values)
            attracts = mixed is not None and second.jacobian("M1", [mixed], values)[0][0] < 0
            assert ("I1" in regimes.at(values).stable) == attracts
        seen.add(regimes.at(values).name)
    assert len(seen) >= {"M1": 4, "M3": 6, "M4": 6}[model]


def test_the_mixed_state_and_the_index_of_m1() -> None:
    game, rng = GAMES["M1"], random.Random(5)
    mixed = find_rest_points(game)["I1"]
    found = 0
    for _ in range(60):
        values = second.draw("M1", rng)
        wanted = second.m1_interior(values)
        assert mixed.exists.holds(values) == (wanted is not None)
        if wanted is not None:
            found += 1
            point = at(game, [wanted], values)
            assert mixed.coordinates["x"].subs(point) == rational(wanted)
            assert mixed.eigenvalues[0].subs(point) == rational(second.jacobian("M1", [wanted], values)[0][0])
        assert cooperation_index(game, values) == rational(second.m1_cooperation_index(values))
    assert found > 10


@pytest.mark.parametrize("model", ["M3", "M4"])
def test_mixed_points_rest_in_the_second_implementation(model: str) -> None:
    """Face points are exact, so the rates vanish exactly; interior ones are roots, so they vanish to rounding."""
    game, rng = GAMES[model], random.Random(6)
    kinds = set()
    for _ in range(40):
        values = second.draw(model, rng)
        for point in find_rest_points(game, values):
            shares = list(point.coordinates.values())
            if all(share.is_Rational for share in shares):
                exact = [Fraction(int(share.p), int(share.q)) for share in shares]
                assert not any(second.field(model, exact, values))
                matrix = sympy.Matrix([[rational(v) for v in row] for row in second.jacobian(model, exact, values)])
                trace = sum(point.eigenvalues)
                assert abs(complex(trace) - complex(matrix.trace())) < 1e-9
            else:
                near = [Fraction(float(share)) for share in shares]
                assert max(abs(float(v)) for v in second.field(model, near, values)) < 1e-12
            kinds.add(point.kind)
    assert {"vertex", "interior" if model == "M3" else "face"} <= kinds
