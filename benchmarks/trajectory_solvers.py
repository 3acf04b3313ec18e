"""The games that benchmarks/trajectories.py solves, the solvers it compares, and its reference; benchmarks/sweeps.py shares them.

A solver is made ready for a number of strategies and a tolerance, and then takes payoffs of shape (games, n, n) and
starts of shape (games, n); it returns the shares at `TIMES`, shape (games, 2, n), NaN where it fails. Each peer is called
as its documentation shows. To add one: write a `prepare_...` function and a line in `SOLVERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TIMES = (5.0, 50.0)
END = TIMES[-1]
Solve = Callable[[np.ndarray, np.ndarray], np.ndarray]
Prepare = Callable[[int, float], Solve]
Rates = Callable[[float, np.ndarray, np.ndarray], Any]


@dataclass(frozen=True)
class Solver:
    """A solver by name: the package it needs, what a user imports, and whether it takes one game or many at once.

    judged: it also says where the trajectory goes. fixed: its tolerance cannot be chosen. fast: a thousand are no burden.
    """

    name: str
    package: str
    imports: str
    prepare: Prepare
    batch: bool = False
    judged: bool = False
    fixed: bool = False
    fast: bool = False


def random_games(count: int, size: int, shifted: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return payoffs from N(0, 1), shape (count, n, n), and starts, uniform on the simplex with shares of about 1e-3 or more.

    shifted: the least payoff against each strategy is subtracted, which leaves the replicator dynamics as they are.
    """
    rng = np.random.default_rng([2026, size])
    payoffs = rng.standard_normal((count, size, size))
    starts = np.maximum(rng.dirichlet(np.ones(size), count), 1e-3)
    if shifted:
        payoffs -= payoffs.min(axis=1, keepdims=True)
    return payoffs, starts / starts.sum(axis=1, keepdims=True)


def rates(time: float, shares: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Return the replicator rates as one writes them with numpy."""
    earned = payoffs @ shares
    return shares * (earned - shares @ earned)


def one_by_one(solve: Callable[[np.ndarray, np.ndarray], Any]) -> Solve:
    """Return a solver of many games from a solver of one."""

    def solve_all(payoffs: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return np.array([solve(matrix, start) for matrix, start in zip(payoffs, starts, strict=True)])

    return solve_all


def solve_ivp_by(method: str) -> Prepare:
    """Return how scipy.integrate.solve_ivp is used with a method."""

    def prepare(size: int, tolerance: float, change: Rates = rates, times: Sequence[float] = TIMES) -> Solve:
        from scipy.integrate import solve_ivp

        def solve(numbers: np.ndarray, start: np.ndarray) -> np.ndarray:
            done = solve_ivp(
                change, (0, times[-1]), start, method, t_eval=times, args=(numbers,), rtol=tolerance, atol=tolerance
            )
            return done.y.T if done.success else np.full((len(times), size), np.nan)

        return one_by_one(solve)

    return prepare


def prepare_odeint(size: int, tolerance: float, change: Rates = rates, times: Sequence[float] = TIMES) -> Solve:
    """Return how scipy.integrate.odeint is used."""
    from scipy.integrate import odeint

    def solve(numbers: np.ndarray, start: np.ndarray) -> np.ndarray:
        path = odeint(
            change, start, (0, *times), args=(numbers,), rtol=tolerance, atol=tolerance, tfirst=True, mxstep=100_000
        )
        return path[1:]

    return one_by_one(solve)


def prepare_nashpy(size: int, tolerance: float, times: Sequence[float] = TIMES) -> Solve:
    """Return how nashpy is used; it has no tolerance to set."""
    import nashpy

    def solve(payoffs: np.ndarray, start: np.ndarray) -> np.ndarray:
        return nashpy.Game(payoffs).replicator_dynamics(y0=start, timepoints=np.array([0, *times]))[1:]

    return one_by_one(solve)


def prepare_egttools(size: int, tolerance: float, times: Sequence[float] = TIMES) -> Solve:
    """Return how egttools is used: its right-hand side in scipy's odeint."""
    from egttools.analytical import replicator_equation

    return prepare_odeint(size, tolerance, lambda time, shares, payoffs: replicator_equation(shares, payoffs), times)


def heyoka_system(size: int) -> list[Any]:
    """Return the replicator equations for heyoka, with the payoffs as parameters, so that one compilation serves all games."""
    import heyoka as hy

    shares = [hy.make_vars(f"x{i}") for i in range(size)]
    earned = [hy.sum([hy.par[i * size + j] * shares[j] for j in range(size)]) for i in range(size)]
    mean = hy.sum([x * f for x, f in zip(shares, earned, strict=True)])
    return [(x, x * (f - mean)) for x, f in zip(shares, earned, strict=True)]


def prepare_heyoka(size: int, tolerance: float) -> Solve:
    """Return how heyoka is used for one trajectory after the other."""
    import heyoka as hy

    solver = hy.taylor_adaptive(heyoka_system(size), np.zeros(size), pars=np.zeros(size * size), tol=tolerance)
    return one_by_one(lambda payoffs, start: propagated(solver, payoffs, start))


def propagated(solver: Any, numbers: np.ndarray, start: np.ndarray, times: Sequence[float] = TIMES) -> np.ndarray:
    """Return what a scalar integrator of heyoka finds at some times."""
    solver.time, solver.state[:], solver.pars[:] = 0.0, start, numbers.ravel()
    path = solver.propagate_grid(np.array([0, *times]))[-1]
    complete: np.ndarray = path[1:] if len(path) > len(times) else np.full((len(times), len(start)), np.nan)
    return complete


def prepare_heyoka_batch(size: int, tolerance: float) -> Solve:
    """Return how heyoka is used for as many trajectories at once as the processor has lanes."""
    import heyoka as hy

    lanes = hy.recommended_simd_size()
    empty, numbers = np.zeros((size, lanes)), np.zeros((size * size, lanes))
    solver = hy.taylor_adaptive_batch(heyoka_system(size), empty, pars=numbers, tol=tolerance)
    return lambda payoffs, starts: propagated_in_batches(solver, payoffs, starts)


def propagated_in_batches(
    solver: Any, numbers: np.ndarray, starts: np.ndarray, times: Sequence[float] = TIMES, longest: float = np.inf
) -> np.ndarray:
    """Return what a batch integrator of heyoka finds at some times, with steps that are no longer than `longest`."""
    lanes = solver.batch_size
    grid = np.repeat([[0.0], *([t] for t in times)], lanes, axis=1)
    result = np.empty((len(starts), len(times), starts.shape[1]))
    for first in range(0, len(starts), lanes):
        chosen = np.arange(first, first + lanes) % len(starts)  # the last batch is filled with games once more
        solver.set_time(0.0)
        solver.state[:], solver.pars[:] = starts[chosen].T, numbers[chosen].reshape(lanes, -1).T
        path = solver.propagate_grid(grid, max_delta_t=longest)[-1]
        result[chosen] = np.moveaxis(path[1:], -1, 0)
    return result


def coopgame_with(judged: bool) -> Prepare:
    """Return how coopgame is used: the game from its payoffs, the trajectory with 1 001 stored points, the verdict if asked for."""

    def prepare(size: int, tolerance: float) -> Solve:
        from coopgame import IntegrationOptions, MatrixGame, integrate

        options = IntegrationOptions(rtol=tolerance, atol=tolerance)

        def solve(payoffs: np.ndarray, start: np.ndarray) -> np.ndarray:
            trajectory = integrate(MatrixGame(payoffs), start, t_end=END, options=options)
            if judged:
                str(trajectory.outcome)
            return trajectory.at(TIMES)

        return one_by_one(solve)

    return prepare


_COOPGAME = "from coopgame import IntegrationOptions, MatrixGame, integrate"
_SOLVE_IVP = "from scipy.integrate import solve_ivp"
SOLVERS = (
    Solver("coopgame", "coopgame-egt", _COOPGAME, coopgame_with(judged=False)),
    Solver("coopgame and its verdict", "coopgame-egt", _COOPGAME, coopgame_with(judged=True), judged=True),
    Solver("scipy solve_ivp RK45", "scipy", _SOLVE_IVP, solve_ivp_by("RK45")),
    Solver("scipy solve_ivp DOP853", "scipy", _SOLVE_IVP, solve_ivp_by("DOP853")),
    Solver("scipy solve_ivp LSODA", "scipy", _SOLVE_IVP, solve_ivp_by("LSODA")),
    Solver("scipy odeint", "scipy", "from scipy.integrate import odeint", prepare_odeint),
    Solver("nashpy", "nashpy", "import nashpy", prepare_nashpy, fixed=True),
    Solver(
        "egttools and odeint",
        "egttools",
        "from scipy.integrate import odeint; from egttools.analytical import replicator_equation",
        prepare_egttools,
    ),
    Solver("heyoka", "heyoka", "import heyoka", prepare_heyoka, fast=True),
    Solver("heyoka in batches", "heyoka", "import heyoka", prepare_heyoka_batch, batch=True, fast=True),
)


def heyoka_reference(size: int) -> Solve:
    """Return the Taylor method at 1e-16 in logarithms of share ratios, which no compared solver uses."""
    import heyoka as hy

    solver = hy.taylor_adaptive(heyoka_ratio_system(size), np.zeros(size - 1), pars=np.zeros(size * size), tol=1e-16)
    return one_by_one(lambda payoffs, start: shares_of(propagated(solver, payoffs, ratios_of(start))))


def heyoka_ratio_system(size: int) -> list[Any]:
    """Return the replicator equations for heyoka in logarithms of ratios to the first share."""
    import heyoka as hy

    ratios = [hy.make_vars(f"u{i}") for i in range(1, size)]
    weights = [hy.expression(1.0), *(hy.exp(u) for u in ratios)]
    total = hy.sum(weights)
    shares = [weight / total for weight in weights]
    gains = [hy.sum([(hy.par[i * size + j] - hy.par[j]) * shares[j] for j in range(size)]) for i in range(1, size)]
    return list(zip(ratios, gains, strict=True))


def scipy_reference(size: int, times: Sequence[float] = TIMES) -> Solve:
    """Return scipy's DOP853 at 1e-13 in logarithms of share ratios."""
    from scipy.integrate import solve_ivp

    def change(time: float, ratios: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
        earned = payoffs @ shares_of(ratios)
        return earned[1:] - earned[0]

    def solve(payoffs: np.ndarray, start: np.ndarray) -> np.ndarray:
        path = solve_ivp(
            change, (0, times[-1]), ratios_of(start), "DOP853", t_eval=times, args=(payoffs,), rtol=1e-13, atol=1e-13
        )
        return shares_of(path.y.T)

    return one_by_one(solve)


def ratios_of(shares: np.ndarray) -> np.ndarray:
    """Return the logarithms of the ratios to the first share; the last axis is one shorter."""
    return np.log(shares[..., 1:] / shares[..., :1])


def shares_of(ratios: np.ndarray) -> np.ndarray:
    """Return the shares with such logarithms of ratios."""
    logs = np.concatenate([np.zeros((*ratios.shape[:-1], 1)), ratios], axis=-1)
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
