"""Best response paths beside closed forms: triangles of Shapley, decay in zero-sum games, arrival in finite time, selection."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    BestResponsePath,
    GroupGame,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    Trajectory,
    UnsupportedError,
    best_response,
    integrate,
    leaves,
    logit,
    mean_dynamic,
    pairwise_imitation,
    steps,
)

small = st.integers(-5, 5)


def _path(game: MatrixGame | NormalFormGame, start: object, t_end: float) -> Trajectory:
    return integrate(mean_dynamic(game, best_response()), start, {}, t_end=t_end)


@settings(max_examples=30)
@given(st.lists(small, min_size=9, max_size=9), st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_paths_go_to_best_replies_all_the_way(table: list[int], parts: list[int]) -> None:
    """The velocity plus the state is a mixture of strategies that are best at that state; nothing leaves the simplex."""
    game = MatrixGame([table[:3], table[3:6], table[6:]])
    matrix = np.array(table, dtype=float).reshape(3, 3)
    path = _path(game, [p / sum(parts) for p in parts], 4.0)
    assert (path.shares >= 0).all()
    assert np.abs(path.shares.sum(axis=1) - 1).max() < 1e-13
    assert path.solution is not None
    knots = path.solution.steps
    for low, high in pairwise(knots):
        if high - low < 1e-6:
            continue
        for part in (0.2, 0.5, 0.8):
            time, step = low + part * (high - low), 1e-4 * (high - low)
            before, here, after = path.at([time - step, time, time + step])
            goal = here + (after - before) / (2 * step)
            payoffs = matrix @ here
            assert (payoffs[goal > 1e-4] >= payoffs.max() - 2e-3).all()


@pytest.mark.parametrize("start", [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
def test_zero_sum_games_approach_their_value_like_exp(start: list[float]) -> None:
    """Hofbauer (1995): the largest payoff, in a symmetric zero-sum game the gap of the game, is multiplied by exp(-t)."""
    matrix = np.array([[0, -1, 2], [1, 0, -3], [-2, 3, 0]], dtype=float)
    path = _path(MatrixGame(matrix.astype(int).tolist()), start, 3.0)
    gap = (path.shares @ matrix.T).max(axis=1)
    np.testing.assert_allclose(gap, gap[0] * np.exp(-path.times), rtol=1e-9)


def test_a_mixed_equilibrium_is_reached_in_finite_time_and_kept() -> None:
    """Hawks and doves from x = 0: x(t) = 1 - exp(-t) until x = V/C = 2/3, at t = ln 3; from then on it stays."""
    game = MatrixGame([["(V-C)/2", "V"], [0, "V/2"]], symbol="x", parameters={"V": 4, "C": 6})
    path = _path(game, {"x": 0}, 5.0)
    before = path.times < np.log(3)
    np.testing.assert_allclose(path.coordinate("x")[before], 1 - np.exp(-path.times[before]), atol=1e-14)
    np.testing.assert_allclose(path.coordinate("x")[~before], 2 / 3, atol=1e-14)
    assert isinstance(path.solution, BestResponsePath)
    assert path.solution.ties == pytest.approx([np.log(3)], abs=1e-14)
    assert path.outcome.kind == "converged"


def test_little_noise_tracks_the_path() -> None:
    game = MatrixGame([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])
    exact = _path(game, [0.5, 0.3, 0.2], 2.0)
    noisy = integrate(mean_dynamic(game, logit("1/400")), [0.5, 0.3, 0.2], t_end=2.0)
    assert np.abs(exact.shares - noisy.shares).max() < 0.02


def test_an_unstable_equilibrium_is_kept_and_other_solutions_are_said() -> None:
    """Coordination at its tie: three straight solutions start there; the stated choice is to stay."""
    path = _path(MatrixGame([[1, 0], [0, 1]], symbol="x"), {"x": 0.5}, 5.0)
    assert path.final[0] == 0.5
    assert "not the only solution: 3 straight directions at t = 0" in path.outcome.how


def test_twins_and_equal_payoffs() -> None:
    equal = _path(MatrixGame([[1, 1], [1, 1]], symbol="x"), {"x": 0.3}, 5.0)
    assert equal.final[0] == pytest.approx(0.3, abs=1e-15)  # every direction is possible; the state stays
    twins = _path(MatrixGame([[-1, 4, 4], [0, 2, 2], [0, 2, 2]]), [0.1, 0.5, 0.4], 8.0)
    assert twins.final[0] == pytest.approx(2 / 3, abs=1e-9)
    assert _path(MatrixGame([[5]]), [1], 1.0).final == pytest.approx([1.0])


def test_three_populations_follow_curved_payoffs() -> None:
    """A volunteer's dilemma of three roles: payoffs along a ray are quadratic, and the tie is where y z = 1/2."""
    profiles = {
        (a, b, c): [int(b == "v" and c == "v") * 2 - 1 if a == "v" else 0, 1 if b == "v" else 0, 1 if c == "v" else 0]
        for a in "vw"
        for b in "vw"
        for c in "vw"
    }
    game = NormalFormGame(profiles)
    path = _path(game, {"x": 0.5, "y": 0, "z": 0}, 6.0)
    switch = -np.log(1 - np.sqrt(0.5))
    assert isinstance(path.solution, BestResponsePath)
    assert path.solution.ties[0] == pytest.approx(switch, rel=1e-14)
    assert path.at(switch)[0] == pytest.approx(0.5 * np.exp(-switch))


def test_events_cut_a_path() -> None:
    game = MatrixGame([["(V-C)/2", "V"], [0, "V/2"]], symbol="x", parameters={"V": 4, "C": 6})
    field = mean_dynamic(game, best_response())
    path = integrate(field, {"x": 0}, t_end=5.0, events=[leaves("x < 1/2")])
    assert path.times[-1] == pytest.approx(np.log(2), abs=1e-12)
    assert [str(hit)[:12] for hit in path.events] == ["left x < 1/2"]


class TestBadInput:
    def test_mixed_with_other_laws(self) -> None:
        game = NormalFormGame({(a, b): [0, 0] for a in "ab" for b in "ab"})
        first, second = (p.name for p in game.populations)
        field = mean_dynamic(game, {first: best_response(), second: pairwise_imitation()})
        with pytest.raises(UnsupportedError, match="every population"):
            integrate(field, {"x": 0.5, "y": 0.5})

    def test_schedules(self) -> None:
        game = MatrixGame([["a", 0], [0, 1]], symbol="x", parameters={"a": 1})
        with pytest.raises(UnsupportedError, match="a change in time"):
            integrate(mean_dynamic(game, best_response()), {"x": 0.4}, schedules={"a": steps([1], [1, 2])})

    def test_payoffs_that_are_no_polynomials(self) -> None:
        game = PopulationGame.from_advantages({"x": "exp(x) - 2"})
        with pytest.raises(UnsupportedError, match="polynomials"):
            integrate(mean_dynamic(game, best_response()), {"x": 0.4})


def test_a_high_degree() -> None:
    """Eleven co-players: from 0.4 too few take part, P(Bin(11, 0.4) >= 6) < 1/2; from 0.6 enough do."""
    field = mean_dynamic(GroupGame({"a": "where(k_a >= 6, 1, 0)", "b": "1/2"}, 12), best_response())
    few, many = (integrate(field, {"x": x}, t_end=3) for x in (0.4, 0.6))
    assert few.final[0] == pytest.approx(0.4 * np.exp(-3), rel=1e-12)
    assert many.final[1] == pytest.approx(0.4 * np.exp(-3), rel=1e-12)
