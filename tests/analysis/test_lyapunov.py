"""Lyapunov exponents beside closed forms, monodromy matrices and the variational equation solved by other means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import (
    IntegrationError,
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    Trajectory,
    UnsupportedError,
    best_response,
    catalog,
    find_lyapunov_exponents,
    integrate,
    logit,
    mean_dynamic,
    projection,
    replicator,
    smith,
)

Array = np.ndarray


def jacobian(table: Array, x: Array) -> Array:
    """Of x_i ((A x)_i - x A x), in all shares."""
    payoffs = table @ x
    return np.diag(payoffs - x @ payoffs) + x[:, None] * (table - (payoffs + table.T @ x))


def by_reorthogonalization(table: Array, start: Array, time: float, every: float) -> Array:
    """Benettin and others: a frame of displacements beside the state, orthonormal again after every stretch of time."""
    n = len(start)
    frame = np.linalg.qr(np.vstack([np.eye(n - 1), -np.ones(n - 1)]))[0]
    x, total = start, np.zeros(n - 1)

    def rates(_t: float, flat: Array) -> Array:
        at, moved = flat[:n], flat[n:].reshape(n, n - 1)
        payoffs = table @ at
        return np.concatenate([at * (payoffs - at @ payoffs), (jacobian(table, at) @ moved).ravel()])

    for _ in range(round(time / every)):
        solution = solve_ivp(rates, (0, every), np.concatenate([x, frame.ravel()]), "DOP853", rtol=1e-10, atol=1e-12)
        x, frame = solution.y[:n, -1] / solution.y[:n, -1].sum(), solution.y[n:, -1].reshape(n, n - 1)
        frame, triangle = np.linalg.qr(frame)
        total += np.log(np.abs(np.diag(triangle)))
    return total / time


def test_beside_another_solution_of_the_variational_equation() -> None:
    table = np.array([[0, -0.6, 0, 1], [1, 0, 0, -0.5], [-1.05, -0.2, 0, 1.75], [0.5, -0.1, 0.1, 0]])
    start = np.array([0.3, 0.2, 0.25, 0.25])
    found = find_lyapunov_exponents(integrate(catalog.skyrms_chaos(), start, t_end=400), after=0)
    assert found.exponents == pytest.approx(by_reorthogonalization(table, start, 400, 5), abs=3e-3)
    assert found.exponents.sum() == pytest.approx(found.divergence, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_at_a_sink_they_are_the_real_parts_of_the_eigenvalues(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(4, 4)) / 2 - 2 * np.eye(4) - 3 * np.ones((4, 4))
    field = replicator(MatrixGame(table.tolist()))
    path = integrate(field, [0.25] * 4, t_end=8000)
    assert path.outcome.kind == "converged" and path.final.min() > 0
    found = find_lyapunov_exponents(path)
    assert found.exponents == pytest.approx(
        np.sort(np.linalg.eigvals(field.jacobian(path.final)).real)[::-1], abs=1e-3
    )
    assert found.sensitive is False and found.dimension == 0


def test_a_limit_cycle_has_its_floquet_exponents() -> None:
    """Five species in a hypercycle: one exponent is 0, the others come from the monodromy matrix of one turn."""
    table = np.roll(np.eye(5), -1, axis=1)
    path = integrate(MatrixGame(table.tolist()), [0.3, 0.25, 0.2, 0.15, 0.1], t_end=6000)
    assert path.outcome.kind == "periodic"
    period, x = path.outcome.period, path.final
    assert period is not None

    def rates(_t: float, flat: Array) -> Array:
        at, moved = flat[:5], flat[5:].reshape(5, 5)
        payoffs = table @ at
        return np.concatenate([at * (payoffs - at @ payoffs), (jacobian(table, at) @ moved).ravel()])

    turn = solve_ivp(rates, (0, period), np.concatenate([x, np.eye(5).ravel()]), "DOP853", rtol=1e-12, atol=1e-14)
    basis = np.vstack([np.eye(4), -np.ones(4)])
    monodromy = np.linalg.lstsq(basis, turn.y[5:, -1].reshape(5, 5) @ basis, rcond=None)[0]
    floquet = np.sort(np.log(np.abs(np.linalg.eigvals(monodromy))))[::-1] / period
    found = find_lyapunov_exponents(path, after=path.times[-1] - 60 * period)
    assert floquet[0] == pytest.approx(0, abs=1e-8)
    assert found.exponents == pytest.approx(floquet, abs=3e-3)
    assert found.sensitive is False
    assert found.dimension == pytest.approx(1, abs=0.1)


def test_orbits_that_conserve_a_quantity_have_exponents_of_zero() -> None:
    path = integrate(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), [0.5, 0.3, 0.2], t_end=4000)
    found = find_lyapunov_exponents(path)
    assert found.sensitive is False and np.abs(found.exponents).max() < 3e-3
    assert found.record[-1] == pytest.approx(found.exponents) and found.times[-1] == 4000
    assert "regular" in str(found) and "<table>" in found._repr_html_()


def test_a_face_counts_the_strategies_that_are_present() -> None:
    """Three of four strategies circle; the absent one would grow, which is no separation of neighbours on the face."""
    table = [[0, -1, 1, 0], [1, 0, -1, 0], [-1, 1, 0, 0], [1, 1, 1, 0]]
    with pytest.warns(match="the start has no"):
        path = integrate(MatrixGame(table), [0.5, 0.3, 0.2, 0], t_end=2000)
    found = find_lyapunov_exponents(path)
    assert found.exponents.shape == (2,) and found.sensitive is False


@pytest.mark.parametrize("law", [smith(), logit("1/10")])
def test_dynamics_in_plain_shares(law: object) -> None:
    """Bad rock-paper-scissors: a cycle under Smith's dynamic, whose field has kinks, and under logit choice."""
    field = mean_dynamic(MatrixGame([[0, -2, 1], [1, 0, -2], [-2, 1, 0]]), law)  # type: ignore[arg-type]
    path = integrate(field, [0.5, 0.3, 0.2], t_end=300)
    assert path.outcome.kind == "periodic"
    found = find_lyapunov_exponents(path, after=100)
    assert found.exponents[0] == pytest.approx(0, abs=1e-2)
    assert found.exponents[1] < -0.05
    assert found.exponents.sum() == pytest.approx(found.divergence, abs=1e-2)


class TestBadInput:
    path: Trajectory = integrate(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), [0.5, 0.3, 0.2], t_end=50)

    @pytest.mark.parametrize("after", [-1, 50, 60, np.nan])
    def test_times_outside(self, after: float) -> None:
        with pytest.raises(IntegrationError, match="a time from 0 up to below 50"):
            find_lyapunov_exponents(self.path, after)

    def test_too_few_steps(self) -> None:
        with pytest.raises(IntegrationError, match=r"integrate longer \(t_end\)"):
            find_lyapunov_exponents(self.path, 49.9)

    def test_dynamics_without_a_jacobian(self) -> None:
        for law in (best_response(), projection()):
            field = mean_dynamic(self.path.game, law)
            with pytest.raises(UnsupportedError, match=r"Lyapunov exponents are known for|no exponents"):
                find_lyapunov_exponents(integrate(field, [0.5, 0.3, 0.2]))

    def test_parameters_that_change(self) -> None:
        game = MatrixGame([["a", 0], [0, 1]])
        path = integrate(game, [0.5, 0.5], {"a": 1}, schedules={"a": lambda t: 1 + t / 100})
        with pytest.raises(UnsupportedError, match="change in time"):
            find_lyapunov_exponents(path)


class TestVerdicts:
    def test_a_two_torus_is_quasi_periodic(self) -> None:
        """Two rock-paper-scissors players with a zero-sum interior: two frequencies, never closing."""
        game = catalog.rock_paper_scissors_between_two(ex=0, ey=0)
        options = IntegrationOptions(rtol=1e-9, atol=1e-9)
        outcome = integrate(game, [0.5, 0.05, 0.45, 0.5, 0.25, 0.25], t_end=9000, options=options).outcome
        assert outcome.kind == "quasi-periodic" and outcome.cycling
        assert outcome.exponents is not None and outcome.exponents.sensitive is False
        short = integrate(game, [0.5, 0.05, 0.45, 0.5, 0.25, 0.25], t_end=500).outcome
        assert short.kind == "undecided" and short.cycling
        assert "to tell quasi-periodic from chaotic, integrate to" in short.text

    def test_chaos_between_two_learners(self) -> None:
        game = catalog.rock_paper_scissors_between_two(ex="1/2", ey="-1/2")
        outcome = integrate(game, [0.5, 0.01, 0.49, 0.5, 0.25, 0.25], t_end=1000).outcome
        assert outcome.kind == "chaotic" and "neighbours separate" in outcome.text
        assert outcome.exponents is not None and outcome.exponents.exponents[0] > 0.01

    def test_two_uncoupled_games_in_resonance_close_after_several_turns(self) -> None:
        """Small swings about the centres of two pairs of matching pennies, the second with twice the payoffs: 1 : 2."""
        turn = [[1, -1], [-1, 1]]

        def pay(sign: int, scale: int, me: int, other: int) -> list:
            return [
                [
                    [[sign * scale * turn[(a, b, c, d)[me]][(a, b, c, d)[other]] for d in (0, 1)] for c in (0, 1)]
                    for b in (0, 1)
                ]
                for a in (0, 1)
            ]

        game = NormalFormGame([pay(1, 1, 0, 1), pay(-1, 1, 1, 0), pay(1, 2, 2, 3), pay(-1, 2, 3, 2)])
        # with equal amplitudes the second pair turns exactly twice as fast, so everything closes after one slow turn
        start = [0.3, 0.7, 0.5, 0.5, 0.3, 0.7, 0.5, 0.5]
        outcome = integrate(game, start, t_end=200).outcome
        slow = integrate(NormalFormGame.from_bimatrix(turn, (-np.array(turn)).tolist()), start[:4], t_end=200).outcome
        assert outcome.kind == slow.kind == "periodic"
        assert outcome.period == pytest.approx(slow.period, rel=1e-6)
