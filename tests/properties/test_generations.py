"""Maps of generations of games of every kind beside the maps and derivatives written out in the tests."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import difference_replicator, discrete_dynamic, find_rest_points, fitness_replicator
from tests.properties import sample_games as games

PARAMETERS = games.names(4)
KINDS = {
    "matrix": games.matrix_games((2, 3, 4), PARAMETERS),
    "cube": games.profile_games(((2, 2), (2, 2, 2)), PARAMETERS),
    "profiles": games.profile_games(((3, 2), (3, 3), (2, 3, 2), (1, 3)), PARAMETERS),
    "own shares": games.own_share_games(PARAMETERS),
    "group": games.group_games(PARAMETERS),
}


def next_by_fitness(sample: games.Sample, state: np.ndarray, values: games.Values, background: float) -> np.ndarray:
    """The map in fitness form, from payoffs worked out in plain numbers; complex states have complex results."""
    blocks = sample.blocks(state)
    result: list[complex] = []
    for x, earned in zip(blocks, sample.payoffs(blocks, values), strict=True):
        fitness = np.array(earned, dtype=state.dtype) + background
        result.extend(x * fitness / (x * fitness).sum())
    return np.array(result)


@pytest.mark.parametrize("kind", KINDS)
def test_maps_and_their_jacobians(kind: str) -> None:
    @settings(max_examples=10)
    @given(KINDS[kind], st.integers(0, 10**6))
    def check(sample: games.Sample, seed: int) -> None:
        rng = np.random.default_rng(seed)
        values = {name: float(v) for name, v in zip(PARAMETERS, rng.uniform(-3, 3, 4), strict=True)}
        state = np.concatenate([rng.dirichlet(np.ones(len(p.strategies))) for p in sample.game.populations])
        payoffs = [v for row in sample.payoffs(sample.blocks(state), values) for v in row]
        assume(np.ptp(payoffs) < 1e3)
        step = 1 / (4 + np.ptp(payoffs))
        one = discrete_dynamic(sample.game, difference_replicator(step))
        np.testing.assert_allclose(one(state, values), state + step * sample.rates(state, values), atol=1e-12)
        wanted = np.eye(len(one.tangent_coordinates)) + step * sample.jacobian(state, values)
        np.testing.assert_allclose(one.jacobian(state, values), wanted, atol=1e-10)

        background = 1 - min(payoffs)
        two = discrete_dynamic(sample.game, fitness_replicator(background))
        there = two(state, values)
        np.testing.assert_allclose(there, next_by_fitness(sample, state, values, background), atol=1e-12)
        firsts = [i for part in sample.game.parts for i in range(part.start, part.stop - 1)]
        lasts = [part.stop - 1 for part in sample.game.parts for _ in range(part.start, part.stop - 1)]
        columns = []
        for i, last in zip(firsts, lasts, strict=True):
            move = state.astype(complex)
            move[i] += 1e-30j
            move[last] -= 1e-30j
            columns.append(next_by_fitness(sample, move, values, background).imag[firsts] / 1e-30)
        if columns:
            np.testing.assert_allclose(two.jacobian(state, values), np.array(columns).T, atol=1e-9)
        for part in sample.game.parts:
            assert there[part].sum() == pytest.approx(1, abs=1e-14)

    check()


@settings(max_examples=20)
@given(games.matrix_games((4,), PARAMETERS), st.integers(0, 10**6))
def test_faces_stay_faces(sample: games.Sample, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = {name: float(v) for name, v in zip(PARAMETERS, rng.uniform(-3, 3, 4), strict=True)}
    present = rng.permutation(4) < 3
    state = np.where(present, rng.dirichlet(np.ones(4)), 0.0)
    state /= state.sum()
    for rule in (difference_replicator("1/1000"), fitness_replicator(1000)):
        there = discrete_dynamic(sample.game, rule)(state, values)
        assert (there > 0).tolist() == present.tolist()


@pytest.mark.parametrize("kind", ["matrix", "cube"])
def test_conditions_with_symbols_say_what_numbers_do(kind: str) -> None:
    kinds = {
        "matrix": games.short_matrix_games(3, ["a", "b"]),
        "cube": games.profile_games(((2, 2),), ["a", "b"]),
    }
    judged = [0, 0]

    @settings(max_examples=10)
    @given(kinds[kind], st.fractions(-2, 2, max_denominator=5), st.fractions(-2, 2, max_denominator=5))
    def check(sample: games.Sample, a: Fraction, b: Fraction) -> None:
        values = {"a": a, "b": b}
        for rule in (difference_replicator("3/4"), fitness_replicator(7)):
            dynamics = discrete_dynamic(sample.game, rule)
            there = {tuple(float(v) for v in point.state): point for point in find_rest_points(dynamics, values)}
            for point in find_rest_points(dynamics):
                if point.open or not point.exists.holds(values):
                    continue
                coordinates = [
                    complex(v.xreplace({sympy.Symbol(n): sympy.Rational(w) for n, w in values.items()})).real
                    for v in point.coordinates.values()
                ]
                wanted = [
                    p for p in there.values() if np.allclose([float(v) for v in p.coordinates.values()], coordinates)
                ]
                if len(wanted) != 1 or wanted[0].attracting == "unknown" or 0 in wanted[0].eigenvalues:
                    continue
                stable = wanted[0].attracting == "asymptotic"
                assert point.stable_if.holds(values) is stable
                judged[stable] += 1

    check()
    assert min(judged) > 0
