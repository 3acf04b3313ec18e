"""Areas of basins: closed forms, symmetry, and counting starts that were integrated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from coopgame import MatrixGame, NormalFormGame, PopulationGame, basin_area, find_basin, read_game
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.games.game import Game

CASES = Path(__file__).resolve().parents[1] / "reference/games"
CORNERS = PopulationGame.from_advantages({"x": "A0 + (A1 - A0)*y", "y": "B0 + (B1 - B0)*x"})
STAG = NormalFormGame({"a, a": ["b", "b"], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})


def test_a_closed_form() -> None:
    """A = B = (-1, 2): y (1-y)**2 = x (1-x)**2, of which y - x splits off; the arc of an ellipse is left.

    y = (2 - x - sqrt(4x - 3x**2))/2, and sqrt(4x - 3x**2) is sqrt(3) times a circle of radius 2/3 around 2/3.
    """
    radius = 2 / 3

    def circle(u: float) -> float:
        return float(u * np.sqrt(radius**2 - u**2) + radius**2 * np.arcsin(u / radius)) / 2

    area = (3 / 2 - np.sqrt(3) * (circle(1 / 3) - circle(-radius))) / 2
    found = basin_area(STAG, {"b": 2})
    assert float(found.of("E1")) == pytest.approx(area, abs=1e-13)
    assert float(found.of("E4")) == pytest.approx(1 - area, abs=1e-13)
    assert float(found.error) < 1e-12


@given(st.floats(0.05, 20), st.floats(0.05, 20))
def test_symmetric_games_share_the_square(a: float, b: float) -> None:
    """Where both strategies are alike the separatrix is symmetric about the centre, however bent."""
    for signs in ((-1, 1), (1, -1)):
        values = {"A0": signs[0] * a, "A1": signs[1] * a, "B0": signs[0] * b, "B1": signs[1] * b}
        found = basin_area(CORNERS, values)
        areas = sorted(float(area) for area in found.areas.values())
        assert areas == pytest.approx([0, 0, 0.5, 0.5], abs=1e-12)


def end_of(corners: tuple[float, float, float, float], x: float, y: float) -> tuple[int, int]:
    """The vertex that a start reaches, by integrating log odds until both shares have made up their mind."""
    a0, a1, b0, b1 = corners

    def field(_t: float, u: np.ndarray) -> list[float]:
        p, q = 1 / (1 + np.exp(-u))
        return [a0 + (a1 - a0) * q, b0 + (b1 - b0) * p]

    def far(_t: float, u: np.ndarray) -> float:
        return float(np.abs(u).min() - 12)

    far.terminal = True  # type: ignore[attr-defined]
    start = [np.log(x / (1 - x)), np.log(y / (1 - y))]
    path = solve_ivp(field, (0, 1e4), start, rtol=1e-10, atol=1e-10, events=far)
    return int(path.y[0, -1] > 0), int(path.y[1, -1] > 0)


@pytest.mark.parametrize(
    "corners", [(-1, 3, -2, 1), (2, -0.5, 1, -1.5), (-0.2, 4, -5, 1), (1, 2, -1, 3), (-1, -2, 3, -1)]
)
def test_areas_agree_with_a_grid_of_starts(corners: tuple[float, float, float, float]) -> None:
    """Brute force: 30 x 30 starts in the middles of equal cells; the border of a basin crosses about 60 cells."""
    values = dict(zip(("A0", "A1", "B0", "B1"), corners, strict=True))
    found = basin_area(CORNERS, values)
    middles = (np.arange(30) + 0.5) / 30
    ends = [end_of(corners, x, y) for x in middles for y in middles]
    labels = {(0, 0): "E1", (1, 0): "E2", (0, 1): "E3", (1, 1): "E4"}
    for vertex, label in labels.items():
        assert ends.count(vertex) / 900 == pytest.approx(float(found.of(label)), abs=0.01)
    rng = np.random.default_rng(3)
    for x, y in rng.uniform(0.02, 0.98, (40, 2)):
        assert find_basin(CORNERS, {"x": x, "y": y}, values) == labels[end_of(corners, x, y)]


@settings(max_examples=30)
@given(st.tuples(*[st.floats(-9, -0.01) | st.floats(0.01, 9)] * 4))
def test_relabelling_turns_the_areas(corners: tuple[float, float, float, float]) -> None:
    """The first population's strategies exchanged: x becomes 1 - x, and A changes its sign."""
    a0, a1, b0, b1 = corners
    own = basin_area(CORNERS, {"A0": a0, "A1": a1, "B0": b0, "B1": b1})
    turned = basin_area(CORNERS, {"A0": -a0, "A1": -a1, "B0": b1, "B1": b0})
    for label, other in (("E1", "E2"), ("E3", "E4")):
        assert float(own.of(label)) == pytest.approx(float(turned.of(other)), abs=1e-10)
    assert sum(float(area) for area in own.areas.values()) + float(own.cycling) == pytest.approx(1, abs=1e-12)


def test_arrays_of_values() -> None:
    b = np.array([[0.5, 1.0, 2.0], [0.0, 4.0, -1.0]])
    found = basin_area(STAG, {"b": b})
    assert found.of("E1").shape == b.shape
    assert found.of("E1")[0] == pytest.approx([1 - found.of("E1")[0, 2], 0.5, found.of("E1")[0, 2]], abs=1e-12)
    assert float(found.of("E1")[1, 1]) == float(basin_area(STAG, {"b": 4}).of("E1"))
    # b = 0: all states with x = y = 1 at rest along edges; b < 0: only (b, b) is strict
    assert all(np.isnan(area[1, 0]) for area in found.areas.values()) and np.isnan(found.cycling[1, 0])
    assert float(found.of("E1")[1, 2]) == 1
    assert "6 values" in str(found)
    with pytest.raises(ValueError, match="read-only"):
        found.of("E1")[0, 0] = 1


def test_many_values_are_computed_in_blocks() -> None:
    b = np.geomspace(0.1, 10, 2503)
    found = basin_area(STAG, {"b": b})
    assert (np.diff(found.of("E1")) < 0).all()
    assert float(found.of("E1")[2400]) == float(basin_area(STAG, {"b": b[2400]}).of("E1"))


def test_closed_orbits_and_ties() -> None:
    pennies = NormalFormGame({"a, a": [1, -1], "a, b": [-1, 1], "b, a": [-1, 1], "b, b": [1, -1]})
    found = basin_area(pennies)
    assert float(found.cycling) == 1 and all(float(area) == 0 for area in found.areas.values())
    assert "closed" in str(found)
    assert find_basin(pennies, {"x": 0.3, "y": 0.4}) is None
    assert "not defined" in str(basin_area(STAG, {"b": 0}))
    with pytest.raises(UnsupportedError, match="eigenvalue of a vertex is zero"):
        find_basin(STAG, {"x": 0.3, "y": 0.4}, {"b": 0})


@pytest.mark.parametrize(
    ("game", "values", "error", "message"),
    [
        (STAG, {}, ParameterError, "no value for b"),
        (STAG, {"b": 1, "c": 2}, ParameterError, "unknown parameter 'c'"),
        (STAG, {"b": [1, float("nan")]}, ParameterError, "not finite"),
        (CORNERS, {"A0": [1, 2], "A1": [1, 2, 3], "B0": 1, "B1": 1}, ParameterError, "do not fit together"),
        (MatrixGame([[1, 2], [3, 4]]), {}, UnsupportedError, "two populations, got 1"),
        (read_game(CASES / "F1-02.toml"), {}, UnsupportedError, "two populations, got 3"),
    ],
)
def test_other_games_and_values_are_refused(
    game: Game, values: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        basin_area(game, values)


@pytest.mark.parametrize(
    ("start", "error", "message"),
    [
        ({"x": 0.5}, StateError, "give x and y"),
        ({"x": 0.5, "y": 1}, StateError, "not inside the square"),
        ({"x": "1/2", "y": "1/2"}, UnsupportedError, "on the separatrix"),
    ],
)
def test_starts_are_checked(start: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        find_basin(STAG, start, {"b": 1})
