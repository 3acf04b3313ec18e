"""Transfers against payoffs written by hand, and what they stabilise."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy

from coopgame import (
    GameError,
    MatrixGame,
    NormalFormGame,
    Population,
    PopulationGame,
    add_transfer,
    capped,
    find_bifurcations,
    find_rest_points,
    parse_game,
    proportional,
    read_game,
)

REPRO = Path(__file__).parents[2] / "paper_repro" / "models"
PARTIES = {"to": ("regulator", "inspect"), "by": ("platform", "cheat")}
BARE = NormalFormGame.from_bimatrix(
    [["-c", "-c"], [0, 0]],
    [["g", 0], ["g", 0]],
    [Population("regulator", ("inspect", "rest"), "x"), Population("platform", ("cheat", "comply"), "y")],
    parameters={"c": "> 0", "g": "> 0"},
)


def test_a_fixed_fine_gives_the_inspection_game() -> None:
    """Inspection game: x' = x (1 - x)(F y - c), y' = y (1 - y)(g - F x)."""
    fined = add_transfer(BARE, "F", **PARTIES, parameters={"F": "> 0"})
    x, y, fine, cost, gain = sympy.symbols("x y F c g")
    assert sympy.expand(fined.advantage(0) - (fine * y - cost)) == 0
    assert sympy.expand(fined.advantage(1) - (gain - fine * x)) == 0
    assert [p.name for p in fined.parameters] == ["c", "g", "F"] and fined.parameters[-1].assume == "> 0"
    assert parse_game(fined.to_toml()) == fined


def test_the_subsidies_and_fines_of_m4_can_be_taken_apart_and_put_back() -> None:
    """Government, platform, firms: without S and F, then added again as transfers, the field is that of the written model."""
    whole = read_game(REPRO / "m4.toml")
    policy = ("S_p", "S_s", "F_p", "F_s")
    bare = _without(whole, policy)
    government, platform, firms = whole.populations
    support = (government.name, government.strategies[0])
    again = bare
    for amount, place in (
        ("S_p", (platform.name, platform.strategies[0])),
        ("S_s", (firms.name, firms.strategies[0])),
    ):
        again = add_transfer(again, amount, to=place, by=support)
    for amount, place in (
        ("F_p", (platform.name, platform.strategies[1])),
        ("F_s", (firms.name, firms.strategies[1])),
    ):
        again = add_transfer(again, amount, to=support, by=place)
    for p in range(3):
        assert sympy.expand(again.advantage(p) - whole.advantage(p)) == 0


def _without(game: PopulationGame, names: tuple[str, ...]) -> PopulationGame:
    zero = dict.fromkeys(map(sympy.Symbol, names), sympy.Integer(0))
    payoffs = {
        p.name: {s: game.expected_payoff(i, j).xreplace(zero) for j, s in enumerate(p.strategies)}
        for i, p in enumerate(game.populations)
    }
    return PopulationGame(payoffs, game.populations)


def test_what_a_growing_fine_stabilises_and_from_which_strength_on() -> None:
    growing = add_transfer(BARE, proportional("F", "y"), **PARTIES, parameters={"F": "> 0"})
    mixed = find_rest_points(growing)["I1"]
    assert mixed.stable_if == mixed.exists and mixed.stable_if.text() == "c < F and g**2 < c*F"
    found = find_bifurcations(growing, "F", ("1/2", 10), {"c": 1, "g": 2})
    assert max(b.value for b in found) == pytest.approx(4)


def test_a_quadratic_fine_at_values() -> None:
    """By hand: F y**3 = c, x = g/(F y**2)."""
    steep = add_transfer(BARE, proportional("F", "y", 2), **PARTIES)
    point = find_rest_points(steep, {"F": 8, "c": 1, "g": 1}).at(x="1/2", y="1/2")
    assert (str(point.stability), point.known) == ("sink", "exact")


@pytest.mark.parametrize(("cap", "stability"), [(5, "sink"), ("5/2", "center")])
def test_a_capped_fine_is_the_growing_or_the_fixed_one(cap: object, stability: str) -> None:
    game = add_transfer(BARE, capped(proportional("F", "y"), "K"), **PARTIES)
    points = find_rest_points(game, {"F": 10, "c": 1, "g": 2, "K": cap})
    (mixed,) = [p for p in points if p.kind == "interior"]
    assert str(mixed.stability) == stability
    expected = (0.4**0.5, 0.1**0.5) if stability == "sink" else (0.8, 0.4)
    assert tuple(float(v) for v in mixed.coordinates.values()) == pytest.approx(expected, abs=1e-9)


def test_rewards_from_outside_and_penalties_to_it() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], strategies=["give", "keep"], symbol="x")
    rewarded = add_transfer(game, "r", to=("population", "give"))
    assert sympy.expand(rewarded.advantage(0) - sympy.sympify("r - c")) == 0
    punished = add_transfer(game, proportional("p", "x"), by=("population", "keep"))
    assert sympy.expand(punished.advantage(0) - sympy.sympify("p*x - c")) == 0


def test_mistakes_are_named() -> None:
    with pytest.raises(GameError, match="needs who receives"):
        add_transfer(BARE, "F")
    with pytest.raises(GameError, match=r"no strategy 'cheet' of population 'platform'; there are .*platform\.cheat"):
        add_transfer(BARE, "F", by=("platform", "cheet"))
    with pytest.raises(GameError, match="at least 1"):
        proportional("F", "y", 0)
