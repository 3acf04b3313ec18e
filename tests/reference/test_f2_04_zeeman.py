"""Published results reproduced: Zeeman's game, an attractor that is not evolutionarily stable."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from coopgame import (
    IntegrationOptions,
    MatrixGame,
    catalog,
    find_ess,
    find_ess_vertices,
    find_rest_points,
    integrate,
    is_ess,
    replicator,
)

GAME = catalog.zeeman_game()
TABLE = np.array([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]])
SADDLE = np.array([0.8, 0.0, 0.2])


def test_the_mixture_attracts() -> None:
    """Zeeman (1980); Hofbauer and Sigmund (1998): eigenvalues -1/3 and +-i sqrt(2)/3 at even shares."""
    point = find_rest_points(GAME)["I1"]
    assert [float(v) for v in point.coordinates.values()] == pytest.approx([1 / 3] * 3, abs=1e-12)
    eigenvalues = sorted((complex(v) for v in point.eigenvalues), key=lambda v: v.imag)
    assert [v.real for v in eigenvalues] == pytest.approx([-1 / 3, -1 / 3], abs=1e-6)
    assert [v.imag for v in eigenvalues] == pytest.approx([-0.4714045, 0.4714045], abs=1e-6)
    assert (point.stability, point.attracting) == ("sink", "asymptotic")


def test_the_mixture_is_no_ess_and_the_first_strategy_is() -> None:
    """Zeeman (1980); Sandholm (2010): the mixture loses 4/3 against the first strategy, which is a strict ESS."""
    mixture = np.array([Fraction(1, 3)] * 3)
    mutant = np.array([1, 0, 0])
    assert (mixture - mutant) @ TABLE @ mutant == Fraction(-4, 3)
    assert not is_ess(GAME, list(mixture))
    assert "does at least as well" in is_ess(GAME, list(mixture)).because
    assert find_ess_vertices(GAME) == ("1",)
    (only,) = find_ess(GAME)
    assert only.support == ("1",) and only.strict
    first = find_rest_points(GAME)["E1"]
    assert sorted(float(v) for v in first.eigenvalues) == [-3, -1]
    assert {p.label for p in find_rest_points(GAME).attractors} == {"E1", "I1"}


@pytest.mark.parametrize(
    ("state", "eigenvalues"), [((0.8, 0, 0.2), (-0.6, 0.8)), ((0, 0.625, 0.375), (-1.875, 0.375))]
)
def test_the_saddles_on_edges(state: tuple[float, ...], eigenvalues: tuple[float, float]) -> None:
    """Zeeman (1980): two mixtures of two strategies, both saddles; the third edge has none."""
    points = find_rest_points(GAME)
    assert sum(point.kind == "edge" for point in points) == 2
    point = next(p for p in points if p.state == pytest.approx(state, abs=1e-9))
    assert sorted(float(v) for v in point.eigenvalues) == pytest.approx(eigenvalues, abs=1e-6)
    assert point.stability == "saddle"


@cache
def border_of_the_basins() -> np.ndarray:
    """The stable curve of the saddle (0.8, 0, 0.2): the game with all payoffs reversed, from next to the saddle."""
    slope = replicator(GAME).jacobian(SADDLE)
    eigenvalues, vectors = np.linalg.eig(slope)
    inwards = vectors[:, int(np.argmin(eigenvalues.real))].real
    inwards = np.append(inwards, -inwards.sum()) * np.sign(inwards[1])
    reversed_game = replicator(MatrixGame(-TABLE))
    path = integrate(reversed_game, SADDLE + 1e-6 * inwards, t_end=60, options=IntegrationOptions(points=4001))
    return np.vstack([SADDLE, path.shares])


def test_the_basin_of_the_mixture() -> None:
    """Zeeman (1980), size computed anew: the mixture attracts a part 0.646 of the area of the simplex."""
    curve = border_of_the_basins()
    assert curve[-1] == pytest.approx([0, 1, 0], abs=1e-9)
    polygon = np.vstack([curve, [0, 0, 1]])[:, :2]
    x, y = polygon.T
    area = abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    assert area / 0.5 == pytest.approx(0.6458, abs=0.01)


def test_trajectories_agree_with_the_border() -> None:
    """Zeeman (1980): starts on one side of the border reach the mixture, the others the first strategy."""
    curve = border_of_the_basins()
    curve = curve[curve[:, 1] < 0.99]
    odds = curve[:, 0] / (1 - curve[:, 1])  # share of strategy 1 among 1 and 3, as a function of strategy 2
    assert (np.diff(curve[:, 1]) > 0).all()
    reached = set()
    for i in range(1, 10):
        for j in range(1, 10 - i):
            start = np.array([i, j, 10 - i - j]) / 10
            limit = np.interp(start[1], curve[:, 1], odds)
            expected = "E1" if start[0] / (1 - start[1]) > limit else "I1"
            path = integrate(replicator(GAME), start, t_end=100, options=IntegrationOptions(points=201))
            assert (path.outcome.kind, path.outcome.label) == ("converged", expected)
            reached.add(expected)
    assert reached == {"E1", "I1"}
