"""Regimes of random games: a partition at rational points, and witnesses that do what is claimed of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from coopgame import Regimes, RestPoint, find_regimes, find_rest_points
from tests.properties import sample_games as games

UNSHRUNK = (Phase.explicit, Phase.generate)  # making a failing game smaller would take minutes
CLEAR = 1e-7  # real parts nearer to zero than this decide nothing
POSITIVE = {"assumptions": ("a > 0", "b > 0")}
ORDERED = {"assumptions": ("a > b", "b > 0")}
SMALL, MANY = games.names(2), games.names(5)
KINDS = {
    "bipartite, two parameters": games.profile_games(((2, 2),), SMALL, **POSITIVE),
    "bipartite, ordered": games.profile_games(((2, 2),), games.names(4), **ORDERED),
    "tripartite": games.profile_games(((2, 2, 2),), MANY, **POSITIVE),
    "two strategies": games.matrix_games((2,), games.names(3)),
    "three strategies": games.short_matrix_games(3, SMALL, **POSITIVE),
    "three strategies, ordered": games.short_matrix_games(3, games.names(3), **ORDERED),
}
Support = tuple[tuple[int, ...], ...]


def support(point: RestPoint) -> Support:
    """Which strategies of every population are played, by the coordinates of the point."""
    shares = {str(name): value for name, value in point.coordinates.items()}
    played = []
    for p, population in enumerate(point.game.populations):
        count = len(population.strategies)
        values = [point.game.share(p, s).subs(shares) for s in range(count)]
        played.append(tuple(s for s in range(count) if values[s] != 0))
    return tuple(played)


def stable_supports(sample: games.Sample, values: Mapping[str, Fraction]) -> set[Support] | None:
    """Supports of all stable rest points, None where an eigenvalue is too near to zero to tell.

    Vertices for every game; for one population mixtures too, from the linear equations of equal payoffs. Several
    populations have no others: the field on a face of two and more keeps a volume, so that nothing there attracts.
    """
    numbers = {name: float(value) for name, value in values.items()}
    found = set()
    for state, played in rest_states(sample, numbers):
        if state is None:
            return None
        parts = np.linalg.eigvals(sample.jacobian(state, numbers)).real
        if parts.max() < -CLEAR:
            found.add(played)
        elif parts.max() < CLEAR:
            return None
    return found


def rest_states(sample: games.Sample, numbers: Mapping[str, float]) -> Iterator[tuple[np.ndarray | None, Support]]:
    """Yield isolated rest states with their supports, None in place of a state that is not clearly there or not."""
    for vertex in product(*map(range, sample.sizes)):
        yield (
            np.concatenate([np.eye(n)[s] for n, s in zip(sample.sizes, vertex, strict=True)]),
            tuple((s,) for s in vertex),
        )
    if len(sample.sizes) > 1:
        return
    (n,) = sample.sizes
    table = np.array([sample.payoffs([unit], numbers)[0] for unit in np.eye(n)], dtype=float).T
    for count in range(2, n + 1):
        for played in combinations(range(n), count):
            inner = table[np.ix_(played, played)]
            equal = np.vstack([inner[1:] - inner[0], np.ones(count)])
            if abs(np.linalg.det(equal)) < 1e-9:
                yield None, (played,)
                continue
            shares = np.linalg.solve(equal, np.eye(count)[-1])
            if np.abs(shares).min() < 1e-9:
                yield None, (played,)
            elif shares.min() > 0:
                state = np.zeros(n)
                state[list(played)] = shares
                yield state, (played,)


def rational_points(regimes: Regimes, seed: int, count: int) -> Iterator[dict[str, Fraction]]:
    """Yield admissible points with small denominators, so that ties are met too."""
    rng = np.random.default_rng(seed)
    while count:
        values = {n: Fraction(int(rng.integers(-20, 40)), int(rng.integers(1, 7))) for n in regimes.game.ring.names}
        if regimes.game.assumptions.contains(values):
            count -= 1
            yield values


@pytest.mark.parametrize("kind", KINDS)
def test_rational_points_lie_in_one_regime_or_on_a_hypersurface(kind: str) -> None:
    @settings(max_examples=10, phases=UNSHRUNK)
    @given(KINDS[kind], st.integers(0, 10**6))
    def check(sample: games.Sample, seed: int) -> None:
        regimes = find_regimes(sample.game)
        assert regimes.cover or len(sample.sizes) == 1  # affine conditions are always decided
        supports = {point.label: support(point) for point in find_rest_points(sample.game)}
        for values in rational_points(regimes, seed, 40):
            holding = [r for r in regimes if r.definition.holds(values)]
            on = [s for s in regimes.hypersurfaces if s.condition.holds(values)]
            unknown = [r for r in regimes.undecided if r.definition.holds(values)]
            assert len(holding) == 1 or (not holding and (on or unknown))
            assert not (holding and unknown)
            assert not any(r.definition.holds(values) for r in regimes.empty)
            for regime in holding:
                assert regime.condition.holds(values)
                wanted = stable_supports(sample, values)
                assert wanted in (None, {supports[label] for label in regime.stable})
            if not (on or unknown):
                assert [r for r in regimes if r.condition.holds(values)] == holding

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_witnesses_have_the_stable_points_claimed_and_no_others(kind: str) -> None:
    @settings(max_examples=5, phases=UNSHRUNK)
    @given(KINDS[kind], st.integers(0, 10**6))
    def check(sample: games.Sample, seed: int) -> None:
        rng = np.random.default_rng(seed)
        for regime in find_regimes(sample.game):
            assert regime.witness is not None
            numbers = {name: float(value) for name, value in regime.witness.items()}
            for point in find_rest_points(sample.game, regime.witness):
                check_point(sample, numbers, point.state, point.label in regime.stable, rng)

    check()


def check_point(
    sample: games.Sample, numbers: Mapping[str, float], state: np.ndarray, stable: bool, rng: np.random.Generator
) -> None:
    """By eigenvalues, and by where interior states beside the point go; vanishing real parts leave the second alone."""
    np.testing.assert_allclose(sample.rates(state, numbers), 0, atol=1e-9)
    largest = float(np.linalg.eigvals(sample.jacobian(state, numbers)).real.max())
    if abs(largest) > CLEAR:
        assert stable == (largest < 0)
    middle = np.concatenate([rng.dirichlet(np.ones(n)) for n in sample.sizes])
    if largest > CLEAR:
        start = 1e-5
        away = distances(sample, numbers, state, state + start * (middle - state), 15 / largest)
        assert away.max() > 20 * away[0]
    elif stable:
        # a vanishing real part means algebraic decay, seen from further away
        start, duration = (1e-5, 15 / -largest) if largest < -CLEAR else (0.02, 3000.0)
        away = distances(sample, numbers, state, state + start * (middle - state), duration)
        assert away[-1] < (0.02 if largest < -CLEAR else 0.95) * away[0]


def distances(
    sample: games.Sample, numbers: Mapping[str, float], state: np.ndarray, start: np.ndarray, duration: float
) -> np.ndarray:
    """How far a trajectory is from a state, from the start to the end of a time, or until it has gone far."""
    first = np.abs(start - state).max()
    ends = np.cumsum(sample.sizes)

    def whole(free: np.ndarray) -> np.ndarray:
        """All shares; the last of a population is what is missing to 1, else an error in the sum could grow."""
        parts = np.split(free, (ends - np.arange(1, len(ends) + 1))[:-1])
        return np.concatenate([np.append(part, 1 - part.sum()) for part in parts])

    def rates(time: float, free: np.ndarray) -> Any:
        return np.delete(sample.rates(whole(free), numbers), ends - 1)

    def gone(time: float, free: np.ndarray) -> float:
        return float(np.abs(whole(free) - state).max() - 30 * first)

    gone.terminal = True  # type: ignore[attr-defined]
    free = np.delete(start, ends - 1)
    path = solve_ivp(rates, (0, duration), free, method="LSODA", events=gone, rtol=1e-7, atol=1e-10)
    assert path.success
    return np.array([np.abs(whole(column) - state).max() for column in path.y.T])
