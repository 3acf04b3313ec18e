"""Stability at equilibria beside the search for all rest points, numerical eigenvalues, and theorems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    find_equilibrium_stability,
    find_rest_points,
    mean_dynamic,
    nash_equilibria,
    replicator,
    smith,
)
from coopgame.equilibria import stability
from coopgame.errors import UnsupportedError


def random_bimatrix(seed: int, rows: int, columns: int, top: int = 5) -> NormalFormGame:
    tables = np.random.default_rng(seed).integers(-top, top + 1, (2, rows, columns))
    return NormalFormGame.from_bimatrix(tables[0].tolist(), tables[1].tolist())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 3), st.integers(2, 3))
def test_the_spectrum_alone_agrees_with_the_search_for_all_rest_points(seed: int, rows: int, columns: int) -> None:
    game = random_bimatrix(seed, rows, columns)
    compared(game)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_likewise_in_one_population(seed: int, size: int) -> None:
    compared(MatrixGame(np.random.default_rng(seed).integers(-4, 5, (size, size)).tolist()))


def compared(game: NormalFormGame | MatrixGame) -> None:
    equilibria = nash_equilibria(game)
    full = find_equilibrium_stability(equilibria)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stability, "_MOST_SUPPORTS", 0)
        alone = find_equilibrium_stability(equilibria)
    for wanted, found in zip(full, alone, strict=True):
        if found.verdict.attracting != "unknown":  # theorems on lines and edges are known to the full search only
            assert found.verdict.attracting == wanted.verdict.attracting
        if found.eigenvalues and wanted.eigenvalues:
            sorted_pairs = [
                sorted((complex(v) for v in one.eigenvalues), key=lambda z: (round(z.real, 9), round(z.imag, 9)))
                for one in (wanted, found)
            ]
            np.testing.assert_allclose(*sorted_pairs, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_larger_games_beside_numerical_eigenvalues(seed: int) -> None:
    """Strict equilibria attract, mixed ones never do, and a positive real part means unstable."""
    tables = np.random.default_rng(seed).normal(size=(2, 6, 6))
    game = NormalFormGame.from_bimatrix(*tables.tolist())
    dynamics = replicator(game)
    for one in find_equilibrium_stability(nash_equilibria(game)):
        x, y = one.equilibrium.state[:6], one.equilibrium.state[6:]
        wanted = np.linalg.eigvals(tangent_jacobian(*tables, x, y))
        found = np.array([complex(v) for v in one.eigenvalues])
        assert len(found) == 10
        for value in found:
            assert np.abs(wanted - value).min() < 1e-7
        assert (one.verdict.attracting == "asymptotic") == one.equilibrium.strict
        if wanted.real.max() > 1e-7:
            assert one.verdict.attracting == "unstable"
    assert dynamics.game == game


def tangent_jacobian(a: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Central differences of the replicator field in all shares but the last of each player."""

    def rates(z: np.ndarray) -> np.ndarray:
        p, q = np.append(z[:5], 1 - z[:5].sum()), np.append(z[5:], 1 - z[5:].sum())
        f, g = a @ q, b.T @ p
        return np.concatenate([(p * (f - p @ f))[:5], (q * (g - q @ g))[:5]])

    z = np.concatenate([x[:5], y[:5]])
    steps = 1e-6 * np.eye(10)
    return np.stack([(rates(z + h) - rates(z - h)) / 2e-6 for h in steps], axis=1)


def test_matching_pennies_is_a_centre_and_a_continuum_is_said_to_be_one() -> None:
    pennies = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    (centre,) = find_equilibrium_stability(nash_equilibria(pennies))
    assert (str(centre.verdict.stability), centre.verdict.attracting) == ("center", "lyapunov")
    tied = NormalFormGame.from_bimatrix([[1, 1], [1, 1]], [[1, 1], [1, 1]])
    found = find_equilibrium_stability(nash_equilibria(tied))
    assert len(found) == 4
    assert {one.verdict.attracting for one in found} <= {"unknown", "lyapunov"}


def test_another_dynamics_and_another_game() -> None:
    game = MatrixGame([[4, 1], [3, 3]])
    equilibria = nash_equilibria(game)
    found = find_equilibrium_stability(equilibria, mean_dynamic(game, smith()))
    assert [one.verdict.attracting for one in found if one.equilibrium.strict] == ["asymptotic"] * 2
    table = found.to_dataframe()
    assert list(table.index) == [1, 2, 3] and "Smith" in str(found)
    assert "<table" in found._repr_html_()
    with pytest.raises(UnsupportedError, match="another game"):
        find_equilibrium_stability(equilibria, replicator(MatrixGame(np.eye(3).tolist())))


def test_parameters_get_numbers() -> None:
    game = MatrixGame([["a", 0], [0, "b"]])
    found = find_equilibrium_stability(nash_equilibria(game, {"a": 2, "b": 1}))
    assert sorted(one.verdict.attracting for one in found) == ["asymptotic", "asymptotic", "unstable"]
    assert len(find_rest_points(game, {"a": 2, "b": 1})) == 3
