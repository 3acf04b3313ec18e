"""Published results reproduced: games between populations have no mixed attractor."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from coopgame import NormalFormGame, catalog, find_rest_points, integrate, replicator

PENNIES = catalog.matching_pennies()


def random_game(populations: int, rng: np.random.Generator, top: int = 9) -> tuple[NormalFormGame, np.ndarray]:
    """A game of two-strategy populations with integer payoffs, and the payoffs by player and profile."""
    payoffs = rng.integers(-top, top + 1, (populations, *[2] * populations))
    return NormalFormGame([array.tolist() for array in payoffs]), payoffs


def strict_equilibria(payoffs: np.ndarray) -> set[tuple[int, ...]]:
    """Profiles from which every single change loses, by trying all; 0 stands for the first strategy."""
    players = len(payoffs)
    return {
        profile
        for profile in product((0, 1), repeat=players)
        if all(
            payoffs[(p, *profile)] > payoffs[(p, *profile[:p], 1 - profile[p], *profile[p + 1 :])]
            for p in range(players)
        )
    }


def test_matching_pennies_is_a_centre() -> None:
    """Hofbauer and Sigmund (1998), section 10.3: equations, eigenvalues +-i, closed orbits."""
    field = replicator(PENNIES)
    for x, y in product((0.1, 0.45, 0.8), repeat=2):
        rates = field({"x": x, "y": y})
        assert rates[[0, 2]] == pytest.approx([2 * x * (1 - x) * (2 * y - 1), -2 * y * (1 - y) * (2 * x - 1)])
    centre = find_rest_points(PENNIES)["I1"]
    assert [float(v) for v in centre.coordinates.values()] == [0.5, 0.5]
    eigenvalues = sorted((complex(v) for v in centre.eigenvalues), key=lambda v: v.imag)
    assert eigenvalues == pytest.approx([-1j, 1j], abs=1e-9)
    assert (centre.stability, centre.attracting) == ("center", "lyapunov")
    assert find_rest_points(PENNIES).attractors == ()


def test_matching_pennies_conserves_its_quantity() -> None:
    """Hofbauer and Sigmund (1998), section 11.2: -log(x(1 - x)y(1 - y)) drifts by less than 3e-9 to t = 50."""
    path = integrate(replicator(PENNIES), {"x": 0.3, "y": 0.5}, t_end=50)
    conserved = -path.log_shares.sum(axis=1)
    expected = -np.log(0.3 * 0.7 * 0.5 * 0.5)
    assert np.abs(conserved / expected - 1).max() < 3e-9
    assert path.outcome.kind == "periodic"


@pytest.mark.parametrize(("populations", "games"), [(2, 40), (3, 30), (4, 5)])
def test_traces_vanish_at_mixed_points(populations: int, games: int) -> None:
    """Selten (1980); Hofbauer and Sigmund (1998), chapters 10 and 11: trace 0 at interior points, so none attracts."""
    rng = np.random.default_rng(populations)
    seen = 0
    for _ in range(games):
        game, _ = random_game(populations, rng)
        field = replicator(game)
        for point in find_rest_points(game):
            if point.kind == "interior":
                seen += 1
                assert abs(np.trace(field.jacobian(point.state))) < 1e-8
                assert point.attracting != "asymptotic"
    assert seen >= populations // 2 - 1 + games // 10


@pytest.mark.parametrize(("populations", "games"), [(2, 80), (3, 80), (4, 6)])
def test_attractors_are_the_strict_equilibria(populations: int, games: int) -> None:
    """Selten (1980); Ritzberger and Weibull (1995): stable states of several populations are strict, ties included."""
    rng = np.random.default_rng(10 * populations)
    seen = 0
    for _ in range(games):
        game, payoffs = random_game(populations, rng, top=2)
        found = {tuple(1 - int(v) for v in point.coordinates.values()) for point in find_rest_points(game).attractors}
        assert found == strict_equilibria(payoffs)
        seen += len(found)
    assert seen >= games // 6
