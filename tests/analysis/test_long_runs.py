"""Long integrations keep what exact solutions keep: orbits under shifted payoffs, the sum of shares, constants of motion."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import IntegrationOptions, MatrixGame, NormalFormGame, find_conserved_quantities, integrate, replicator

TIGHT = IntegrationOptions(rtol=1e-13, atol=1e-13)
RPS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])


@pytest.mark.parametrize("shift", [-1, -1000])
def test_a_constant_added_to_all_payoffs_changes_no_orbit(shift: int) -> None:
    """The mean payoff is negative then, and shares summed in floats would drift away from 1."""
    start = [0.5, 0.3, 0.2]
    plain, shifted = (integrate(MatrixGame((RPS + c).tolist()), start, t_end=100, options=TIGHT) for c in (0, shift))
    assert np.abs(plain.shares - shifted.shares).max() < 1e-9
    assert np.abs(shifted.shares.sum(axis=1) - 1).max() < 1e-14


def test_shares_sum_to_one_after_a_long_time() -> None:
    path = integrate(MatrixGame((RPS - 1).tolist()), [0.5, 0.3, 0.2], t_end=1e4)
    assert np.abs(path.shares.sum(axis=1) - 1).max() < 1e-14
    assert np.abs(path.at(np.linspace(9990, 1e4, 7)).sum(axis=1) - 1).max() < 1e-14


@pytest.mark.parametrize(("seed", "time"), [(0, 1e4), (1, 2e3), (2, 2e3)])
def test_orbits_of_zero_sum_games_conserve_their_constant(seed: int, time: float) -> None:
    """Rock-paper-scissors-like 3 x 3 games with a mixed equilibrium, which weighs the logarithms of the shares."""
    rng = np.random.default_rng(seed)
    if seed == 0:
        game = NormalFormGame.from_bimatrix(RPS.tolist(), (-RPS).tolist())
    else:
        a, b, c = (int(v) for v in rng.integers(1, 6, 3))
        table = np.array([[0, -a, b], [a, 0, -c], [-b, c, 0]])
        game = NormalFormGame.from_bimatrix(table.tolist(), (-table).tolist())
    start = [0.05 + 0.85 * rng.dirichlet([1, 1, 1]) for _ in range(2)]
    path = integrate(replicator(game), start, t_end=time, options=TIGHT)
    (quantity,) = (q for q in find_conserved_quantities(game) if q.rate == 0)
    values = quantity.value(path.shares)
    assert np.abs(values / values[0] - 1).max() < 1e-8
    (drift,) = path.invariants
    assert drift.drift < 1e-8 and "is constant" in str(drift)


def test_invariants_belong_to_autonomous_replicator_dynamics() -> None:
    cycle = MatrixGame([[0, "-a", 1], [1, 0, "-a"], ["-a", 1, 0]])
    assert len(integrate(cycle, [0.5, 0.3, 0.2], {"a": 1}, t_end=10).invariants) == 1
    assert integrate(cycle, [0.5, 0.3, 0.2], {"a": 2}, t_end=10).invariants == ()
    changing = integrate(cycle, [0.5, 0.3, 0.2], {"a": 1}, t_end=10, schedules={"a": lambda t: 1 + t / 10})
    assert changing.invariants == ()
