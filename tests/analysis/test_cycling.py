"""What orbits tend to besides rest points: closed forms, published cases, and trajectories that do what is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    PopulationGame,
    find_cycling,
    find_regimes,
    find_rest_points,
    integrate,
    read_game,
)
from coopgame.analysis.cycling import Cycling
from coopgame.games.game import Game

GAMES = Path(__file__).parents[1] / "reference" / "games"
COMMONS = read_game(GAMES / "F4-01a.toml")
RESOURCE = read_game(GAMES / "F4-02.toml")


def cycling(game: Game) -> tuple[Cycling, ...]:
    points = find_rest_points(game)
    return find_cycling(find_regimes(points.game, points=points), points)


def but(game: Game, *names: str) -> Game:
    return game.substitute({name: value for name, value in game.values().items() if name not in names})


def test_a_limit_cycle_below_the_hopf_point() -> None:
    """Slow strategies: the mixed point is a source for eps < 0.0381, and orbits go round for ever."""
    game = but(RESOURCE, "eps")
    (found,) = cycling(game)
    assert (found.regime, found.kind, found.holds) == ("R1", "limit cycle", "at the witness")
    assert found.witness is not None and found.witness["eps"] < 0.0380713
    inner = integrate(game, {"x": 0.75, "n": 0.73}, found.witness, t_end=3000)
    outer = integrate(game, {"x": 0.1, "n": 0.95}, found.witness, t_end=3000)
    widths = [np.ptp(path.shares[len(path.shares) // 2 :, 0]) for path in (inner, outer)]
    assert widths[0] > 0.3 and widths[0] == pytest.approx(widths[1], rel=1e-2)


def test_a_heteroclinic_cycle_that_attracts() -> None:
    """Weitz et al. (2016): where no point is stable the cycle through the four pure states attracts, and only there."""
    (found,) = cycling(but(COMMONS, "P1"))
    assert (found.regime, found.kind, found.holds) == ("R1", "heteroclinic cycle", "always")
    path = integrate(but(COMMONS, "P1"), {"x": 0.3, "n": 0.6}, {"P1": 1.25}, t_end=6000)
    assert "heteroclinic" in path.outcome.text


def test_rock_paper_scissors() -> None:
    """One population, three strategies: no limit cycles (Hofbauer 1981); without stable point one of two cycles attracts."""
    (found,) = cycling(
        MatrixGame([["0", "-a", "b"], ["b", "0", "-a"], ["-a", "b", "0"]], assumptions=["a > 0", "b > 0"])
    )
    assert (found.kind, found.holds) == ("heteroclinic cycle", "always")
    general = cycling(MatrixGame([["0", "a", "b"], ["c", "0", "d"], ["e", "f", "0"]]))
    assert [(one.regime, one.kind, one.holds) for one in general] == [("R1", "heteroclinic cycle", "sometimes")] * 2


def test_closed_orbits_of_two_populations() -> None:
    square = PopulationGame.from_advantages({"x": "f0 + (f1 - f0)*y", "y": "g0 + (g1 - g0)*x"})
    (found,) = cycling(square)
    assert (found.regime, found.kind, found.holds, found.text) == (
        "R1",
        "closed orbits",
        "always",
        "closed orbits around I1",
    )


def test_closed_orbits_on_a_face_that_attracts() -> None:
    """Matching pennies between two, while the second strategy of a third population is always worse."""
    game = PopulationGame.from_advantages(
        {"x": "a*(1 - 2*y)", "y": "b*(2*x - 1)", "z": "c"}, assumptions=["a > 0", "b > 0", "c > 0"]
    )
    (found,) = cycling(game)
    assert (found.kind, found.holds) == ("closed orbits", "always") and "attract from off their face" in found.text
    path = integrate(game, {"x": 0.7, "y": 0.5, "z": 0.2}, {"a": 1, "b": 1, "c": 1}, t_end=100)
    assert path.outcome.kind == "periodic" and path.shares[-1, 4] > 0.999999


def test_a_saddle_inside_leaves_it_open() -> None:
    """M6 of the paper's models with renewal: the mixed point of the base case is a saddle, or without short formula."""
    game = read_game(Path(__file__).parents[2] / "paper_repro" / "models" / "m6_renewal.toml")
    (found,) = cycling(game)
    assert found.kind == "undecided" and "I1 is no source" in found.text


def test_games_with_stable_points_throughout_have_nothing_to_say() -> None:
    assert cycling(MatrixGame([["1", "0"], ["0", "a"]], symbol="x", assumptions=["a > 0"])) == ()


def test_what_is_not_decided_is_listed() -> None:
    """Three populations chase each other: nothing is stable, and in three dimensions nothing is claimed."""
    game = PopulationGame.from_advantages({"x": "a*(2*y - 1)", "y": "2*z - 1", "z": "1 - 2*x"}, assumptions=["a > 0"])
    (found,) = cycling(game)
    assert (found.kind, found.holds) == ("undecided", "undecided")
    assert str(found).startswith("R1: no rest point is stable")
