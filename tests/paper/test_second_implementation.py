"""The models of the paper beside a second implementation that knows only their written payoffs."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

from coopgame import Game, cooperation_index, decompose, find_regimes, find_rest_points, read_game, replicator
from coopgame.algebra.conditions import condition_from_text
from tests.paper import second, second_dynamics, second_models

FOLDER = Path(__file__).parents[2] / "paper_repro" / "models"


@dataclass(frozen=True)
class Model:
    """A game of the package and the same model in the second implementation."""

    game: Game
    names: tuple[str, ...]
    payoffs: second_dynamics.Payoffs
    sizes: tuple[int, ...]
    draw: Callable[[random.Random], dict[str, Fraction]]
    admissible: Callable[[Mapping[str, Fraction]], bool]


def model(name: str) -> Model:
    of = {key: getattr(second_models, f"{key}_{name}") for key in ("payoffs", "draw", "admissible")}
    upper = {key: getattr(second_models, f"{key}_{name.upper()}") for key in ("NAMES", "SIZES")}
    game = read_game(FOLDER / f"{name}.toml")
    return Model(game, upper["NAMES"], of["payoffs"], upper["SIZES"], of["draw"], of["admissible"])


def draw_m1(rng: random.Random) -> dict[str, Fraction]:
    """Values of M1 with small transfers, so that no regime is rare."""
    values = second_models.draw_m1(rng)
    return {**values, "s": values["s"] / 10, "t": values["t"] / 10}


MODELS = {name: model(name) for name in ("m1", "m3", "m4")}


def rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def numbers(values: Mapping[str, Fraction]) -> dict[sympy.Symbol, sympy.Rational]:
    return {sympy.Symbol(name): rational(value) for name, value in values.items()}


def random_point(rng: random.Random, of: Model) -> list[Fraction]:
    return [Fraction(rng.randint(1, 19), 20) for _ in of.sizes]


def generic(of: Model, values: Mapping[str, Fraction]) -> bool:
    """Whether the values lie on no boundary between regimes."""
    return not second_dynamics.zero_eigenvalue_vertices(of.payoffs, of.sizes, values)


@pytest.mark.parametrize("of", MODELS.values(), ids=MODELS)
def test_parameters_and_what_is_assumed_are_the_written_ones(of: Model) -> None:
    assert {p.name for p in of.game.parameters} == set(of.names)
    assert of.admissible(of.game.values())
    rng = random.Random(1)
    for _ in range(100):
        values = of.draw(rng)
        assert of.game.check_values(values) == ()
        name = rng.choice(of.names)
        broken = {**values, name: Fraction(rng.randint(-3000, 3000), 1000)}
        assert (of.game.check_values(broken) == ()) == of.admissible(broken)


@pytest.mark.parametrize("of", MODELS.values(), ids=MODELS)
def test_field_and_jacobian_are_the_same_exactly(of: Model) -> None:
    rng, dynamics = random.Random(2), replicator(of.game)
    for _ in range(10):
        values, point = of.draw(rng), random_point(rng, of)
        place = numbers({**values, **dict(zip(of.game.coordinates, point, strict=True))})
        wanted = second_dynamics.reduced_field(of.payoffs, of.sizes, point, values)
        assert [rate.subs(place) for rate in dynamics.rates] == [rational(v) for v in wanted]
        rows = second_dynamics.jacobian(of.payoffs, of.sizes, point, values)
        assert dynamics.jacobian_expressions.subs(place) == sympy.Matrix([[rational(v) for v in r] for r in rows])
        state = second_dynamics.full_state(of.sizes, point)
        full = [v for row in second_dynamics.field(of.payoffs, of.sizes, state, values) for v in row]
        flat = [float(v) for row in state for v in row]
        np.testing.assert_allclose(dynamics(flat, values), [float(v) for v in full], atol=1e-12)


@pytest.mark.parametrize("of", MODELS.values(), ids=MODELS)
def test_vertices_have_the_same_eigenvalues(of: Model) -> None:
    vertices = [point for point in find_rest_points(of.game) if point.kind == "vertex"]
    assert {tuple(map(int, p.coordinates.values())) for p in vertices} == set(second_dynamics.vertices(of.sizes))
    rng = random.Random(3)
    for _ in range(8):
        values = of.draw(rng)
        for point in vertices:
            place = tuple(map(int, point.coordinates.values()))
            wanted = second_dynamics.vertex_eigenvalues(of.payoffs, of.sizes, place, values)
            assert [e.subs(numbers(values)) for e in point.eigenvalues] == [rational(v) for v in wanted]
            assert point.stable_if.holds(values) == all(e < 0 for e in wanted)


@pytest.mark.parametrize("of", MODELS.values(), ids=MODELS)
def test_regimes_are_the_sets_of_stable_vertices(of: Model) -> None:
    regimes = find_regimes(of.game)
    assert regimes.cover
    places = {p.label: tuple(p.coordinates.values()) for p in find_rest_points(of.game)}
    rng, seen = random.Random(4), set()
    for _ in range(150):
        values = of.draw(rng)
        if generic(of, values):
            regime = regimes.at(values)
            stable = {places[label] for label in regime.stable if label != "I1"}
            assert stable == set(second_dynamics.stable_vertices(of.payoffs, of.sizes, values))
            seen.add(regime.name)
    assert len(seen) >= 3
    for regime in regimes:
        stable = {places[label] for label in regime.stable if label != "I1"}
        assert regime.witness is not None and of.admissible(regime.witness)
        assert stable == set(second_dynamics.stable_vertices(of.payoffs, of.sizes, regime.witness))


def test_m1_regimes_trap_and_mixed_state() -> None:
    game, rng = MODELS["m1"].game, random.Random(5)
    mixed, regimes = find_rest_points(game)["I1"], find_regimes(game)
    words = {("E1",): "price war", ("E2",): "cooperation", ("I1",): "coexistence", ("E1", "E2"): "coordination"}
    seen = set()
    for _ in range(150):
        values = draw_m1(rng)
        wanted = second.regime_m1(values)
        if wanted is None:
            continue
        assert words[regimes.at(values).stable] == wanted
        share = second.interior_point_m1(values)
        assert mixed.exists.holds(values) == (share is not None)
        if share is not None:
            assert mixed.coordinates["x"].subs(numbers(values)) == rational(share)
        index = cooperation_index(game, values)
        assert index == rational(second.cooperation_index_m1(values) or Fraction(0))
        if second.is_trap_m1(values):
            assert index < sympy.Rational(1, 2)
        seen.add((wanted, second.is_trap_m1(values)))
    assert {regime for regime, _ in seen} == set(words.values()) and ("price war", True) in seen


def test_m1_policy_path_passes_where_the_theorem_says() -> None:
    """Coexistence lies between trap and win-win iff A < g + 2v, coordination iff A > g + 2v."""
    rng, seen = random.Random(6), set()
    for _ in range(300):
        p = second_models.draw_m1(rng)
        benefit = (1 - p["psi"]) * p["a"] + (1 - p["phi"]) * p["k"]
        if benefit != p["g"] + 2 * p["v"]:
            smooth = benefit < p["g"] + 2 * p["v"]
            assert second.passage_m1(p) == ("coexistence" if smooth else "coordination")
            seen.add(smooth)
    assert seen == {True, False}


def test_m1_social_cells_and_win_win() -> None:
    game, rng = MODELS["m1"].game, random.Random(7)
    cells = find_regimes(game, split_by={"social": "a + k + d + g - c"})
    assert len(cells) == 8
    gain = condition_from_text(game.ring, "a + k + d + g > c")
    for _ in range(100):
        values = second_models.draw_m1(rng)
        assert gain.holds(values) == (second.social_comparison_m1(values) > 0)
        cell = second.cell_m1(values)
        if cell is not None:
            regime = cells.at(values)
            assert dict(regime.side)["social"] == (">" if cell[1] else "<")
            assert second.is_win_win_m1(values) == (regime.stable == ("E2",) and cell[1])


def test_m4_mixed_points_are_all_found_with_their_type() -> None:
    of, rng, kinds = MODELS["m4"], random.Random(8), set()
    for _ in range(60):
        values = of.draw(rng)
        if not generic(of, values):
            continue
        points = [p for p in find_rest_points(of.game, values) if p.kind != "vertex"]
        faces = second.face_points_m4(values)
        exact = {tuple(rational(v) for v in point.coordinates): point for point in faces}
        for point in points:
            if point.kind == "face":
                twin = exact.pop(tuple(point.coordinates.values()))
                assert (point.stability == "saddle") == (twin.kind == "saddle" and twin.transverse != 0)
                closed_orbits_attract = twin.kind == "centre" and twin.transverse < 0
                assert (point.attracting == "lyapunov") == closed_orbits_attract
                assert any(abs(complex(e) - float(twin.transverse)) < 1e-9 for e in point.eigenvalues)
            kinds.add((point.kind, str(point.stability)))
        assert not exact
        inside = sorted(place for place, where in second.interior_points_m4(values) if where == "interior")
        found = sorted(tuple(float(v) for v in p.coordinates.values()) for p in points if p.kind == "interior")
        np.testing.assert_allclose(found, inside, atol=1e-12)
        assert all(p.attracting == "unstable" for p in points if p.kind == "interior")
    assert {kind for kind, _ in kinds} == {"face", "interior"}


@pytest.mark.parametrize("name", ["m3", "m4"])
def test_common_interest_of_the_larger_models(name: str) -> None:
    of, rng = MODELS[name], random.Random(9)
    for _ in range(3):
        values = of.draw(rng)
        table = second_dynamics.normal_form(of.payoffs, of.sizes, values)
        wanted = second_dynamics.cooperation_index(table)
        assert wanted is not None and cooperation_index(of.game, values) == rational(wanted)
    assert sum(decompose(of.game, values).shares.values()) == 1
