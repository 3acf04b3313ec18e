"""Permanence against closed forms, theorems for families of games, and integration from near the border."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    find_permanence,
    find_rest_points,
)


def _least_share_later(payoffs: np.ndarray, start: np.ndarray, time: float) -> float:
    """The least share in the last tenth of an orbit, integrated in logarithms of shares over the last one."""

    def rates(_: float, u: np.ndarray) -> np.ndarray:
        shares = np.exp(u - u.max())
        earned = payoffs @ (shares / shares.sum())
        return earned - earned[-1]

    times = np.linspace(0.9 * time, time, 300)
    path = solve_ivp(rates, (0, time), start - start[-1], method="LSODA", rtol=1e-9, atol=1e-9, t_eval=times)
    shares = np.exp(path.y - path.y.max(axis=0))
    return float((shares / shares.sum(axis=0)).min())


@pytest.mark.parametrize("size", [3, 4])
def test_random_games_against_orbits_from_near_the_border(size: int) -> None:
    rng = random.Random(size)
    statuses = []
    while len(statuses) < 30:
        table = [
            [Fraction(0 if i == j else rng.randint(-90, 90) + 40 * (size - 3), 10) for j in range(size)]
            for i in range(size)
        ]
        found = find_permanence(MatrixGame(table))
        assert found.status != "undecided"  # no ties, and these sizes leave little room
        if "no interior" in found.because:
            continue
        payoffs = np.array(table, dtype=float)
        starts = [np.where(np.arange(size) == i, 0.0, -9.0 - i) for i in range(size)]
        starts += [np.where(np.arange(size) == i, -9.0, 0.1 * i) for i in range(size)]
        least = min(_least_share_later(payoffs, start, 20_000) for start in starts)
        assert (least > 1e-5) == (found.status == "permanent"), (table, found.because, least)
        statuses.append(found.status)
    assert 5 < statuses.count("permanent") < 28


def test_the_weights_are_those_of_an_average_lyapunov_function() -> None:
    rng = random.Random(7)
    count = 0
    for _ in range(300):
        table = [[Fraction(0 if i == j else rng.randint(-30, 90), 7) for j in range(4)] for i in range(4)]
        game = MatrixGame(table)
        found = find_permanence(game)
        if found.status != "permanent":
            continue
        count += 1
        weights = list((found.weights or {}).values())
        for point in find_rest_points(game):
            if point.kind == "interior":
                continue
            z = [Fraction(int(v.p), int(v.q)) for v in point.coordinates.values()]
            earned = [sum((a * s for a, s in zip(row, z, strict=True)), Fraction(0)) for row in table]
            mean = sum(s * e for s, e in zip(z, earned, strict=True))
            assert sum(w * e for w, e in zip(weights, earned, strict=True)) > mean * sum(weights)
    assert count > 10


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 8])
def test_the_hypercycle_is_permanent(size: int) -> None:
    """Hofbauer and Sigmund (1998), section 12.3: every hypercycle is, the ones without a stable point too."""
    assert find_permanence(MatrixGame(np.roll(np.eye(size, dtype=int), 1, axis=0))).status == "permanent"


@pytest.mark.parametrize(
    ("gain", "loss", "status"), [(2, 1, "permanent"), (1, 2, "not permanent"), (1, 1, "not permanent")]
)
def test_rock_paper_scissors(gain: int, loss: int, status: str) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.7.2: permanent exactly for det A > 0, which is gain > loss here."""
    assert find_permanence(MatrixGame([[0, -loss, gain], [gain, 0, -loss], [-loss, gain, 0]])).status == status


def test_two_strategies_in_closed_form() -> None:
    """Both earn more against the other than the other does against itself."""
    for a in range(-2, 3):
        for b in range(-2, 3):
            expected = "permanent" if a > 0 and b > 0 else "not permanent"
            assert find_permanence(MatrixGame([[0, a], [b, 0]])).status == expected


def test_a_game_may_fall_short_on_the_border_alone() -> None:
    """Four strategies, an interior sink, and beside it an attracting pair of strategies."""
    game = MatrixGame([[0, 3, 1, 1], [3, 0, 1, 1], [1, 1, 0, 9], [1, 1, 9, 0]])
    found = find_permanence(game)
    assert found.status == "not permanent"
    rng = random.Random(1)
    for _ in range(400):
        table = [[0 if i == j else rng.randint(-3, 6) for j in range(4)] for i in range(4)]
        game = MatrixGame(table)
        found = find_permanence(game)
        if found.state is not None:
            state = np.array([float(v) for v in found.state.values()])
            start = np.log(np.where(state > 0, state, 1e-9))
            assert _least_share_later(np.array(table, dtype=float), start, 400) < 1e-9
            return
    raise AssertionError("no game of the kind was met")


def test_several_populations() -> None:
    pennies = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    found = find_permanence(pennies)
    assert found.status == "not permanent" and "volume" in found.because
    crowded = PopulationGame.from_advantages({"x": "1/2 - x", "y": "1/2 - y"})
    assert find_permanence(crowded).status == "undecided"
    split = PopulationGame.from_advantages({"x": "x - 1/2", "y": "1/2 - y"})
    assert find_permanence(split).status == "not permanent"
    rows = NormalFormGame.from_bimatrix([[1, 2, 0], [0, 1, 3]], [[1, 0, 1], [0, 2, 1]])
    assert find_permanence(rows).status == "not permanent"


def test_two_strategies_with_payoffs_of_any_degree() -> None:
    """On a line both ends have to repel: by the sign of the advantage next to them."""
    for advantage, status in (
        ("(1/3 - x)*(x - 1/2)*(x - 2/3)", "permanent"),
        ("(x - 1/3)*(x - 1/2)*(x - 2/3)", "not permanent"),
        ("x*(1/2 - x)", "permanent"),
        ("x*(x - 1/2)", "not permanent"),
    ):
        assert find_permanence(PopulationGame.from_advantages({"x": advantage})).status == status


def test_degenerate_games() -> None:
    assert find_permanence(MatrixGame([[3]], ["only"])).status == "permanent"
    assert "continuum" in find_permanence(MatrixGame([[1, 1], [1, 1]])).because
    twins = MatrixGame([[0, 0, 2], [0, 0, 2], [2, 2, 0]])
    assert "continuum" in find_permanence(twins).because
    tie = find_permanence(MatrixGame([[0, -1, 7], [0, 0, 4], [-1, 4, 0]]))
    assert tie.status == "undecided" and "degenerate" in tie.because
    assert find_permanence(MatrixGame(np.eye(13, dtype=int))).status == "undecided"


def test_a_line_of_rest_points_on_the_border() -> None:
    """1 and 2 are neutral to each other: where others invade the whole line the game can be permanent; against orbits."""
    rng = random.Random(11)
    seen = {"permanent": 0, "not permanent": 0}
    while min(seen.values()) < 3:
        table = [[0 if i == j or {i, j} == {0, 1} else rng.randint(-3, 6) for j in range(4)] for i in range(4)]
        found = find_permanence(MatrixGame(table))
        if found.status == "undecided" or "no interior" in found.because:
            continue
        seen[found.status] += 1
        starts = [[8.0, 8.0 - k, 0.0, -1.0] for k in (-4, 0, 4)] + [[0.0, 9.0, 9.0, 0.0], [9.0, 0.0, 0.0, 9.0]]
        starts += [[9.0 if i == j else 0.0 for j in range(4)] for i in range(4)]
        least = min(_least_share_later(np.array(table, dtype=float), np.array(start), 4000) for start in starts)
        assert (least > 1e-5) == (found.status == "permanent"), (table, found.because, least)


def test_values_and_texts() -> None:
    game = MatrixGame([[0, "-a", 2], [2, 0, "-a"], ["-a", 2, 0]])
    assert find_permanence(game, {"a": 1}).status == "permanent"
    with pytest.raises(ParameterError, match="no value for a"):
        find_permanence(game)
    found: Any = find_permanence(game, {"a": 3})
    assert str(found).startswith("not permanent: ")
    assert "trace" in str(found) or "falls" in str(found)
    assert "weights" in find_permanence(game, {"a": 1})._repr_html_()
