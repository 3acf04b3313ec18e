"""The solvers that benchmarks/sweeps.py compares, each called as its documentation shows.

A solver is made ready for a problem, and then takes parameters of shape (N, m), starts of shape (N, size) and a tolerance; it
returns the states at the two times of the problem, shape (N, 2, size), NaN where it fails. To add one: write a `prepare_...`
function and a line in `SOLVERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from sweep_problems import CubeShape, MatrixShape, Problem, from_coefficients
from trajectory_solvers import (
    heyoka_ratio_system,
    heyoka_system,
    one_by_one,
    prepare_egttools,
    prepare_nashpy,
    prepare_odeint,
    propagated,
    propagated_in_batches,
    rates,
    ratios_of,
    shares_of,
    solve_ivp_by,
)

SolveSweep = Callable[[np.ndarray, np.ndarray, float], np.ndarray]
PrepareSweep = Callable[[Problem], SolveSweep]
JAX_BATCH = 256  # about the fastest for diffrax here; one batch of ten thousand takes three times as long


@dataclass(frozen=True)
class SweepSolver:
    """A solver by name: the package it needs and what a user imports.

    shapes: the games that it can be used for. fixed: its tolerance cannot be chosen. cores: how many it may use.
    """

    name: str
    package: str
    imports: str
    prepare: PrepareSweep
    shapes: tuple[type, ...] = (MatrixShape, CubeShape)
    fixed: bool = False
    cores: int = 1


def coopgame_by(pair: str | None, workers: int = 1) -> PrepareSweep:
    """Return how coopgame is used: the public call with an array for every parameter, and the shares from its result."""

    def prepare(problem: Problem) -> SolveSweep:
        from coopgame import BatchOptions, integrate_many
        from coopgame._kernels import tableaus

        shape, game = problem.shape, problem.shape.game()
        tableau = getattr(tableaus, pair) if pair else None
        shown = slice(0, None, 2) if isinstance(shape, CubeShape) else slice(None)

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            options = BatchOptions(tolerance, tableau, workers=workers)
            values = dict(zip(shape.names, parameters.T, strict=True))
            batch = integrate_many(game, shape.start(starts), values, times=problem.times, options=options)
            return batch.shares[..., shown]

        return solve

    return prepare


def sweep_with(workers: int) -> PrepareSweep:
    """Return how `sweep(measures.attractor_reached(...))` is used on the same points; it returns the numbers of attractors, shape (N, 1, 1)."""

    def prepare(problem: Problem) -> SolveSweep:
        from coopgame import BatchOptions, measures, paired, sweep

        game = problem.shape.game()

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            options, end = BatchOptions(tolerance), problem.times[-1]
            measure = measures.attractor_reached(game, t_end=end, options=options)
            points = dict(zip(problem.shape.names, parameters.T, strict=True)) | problem.shape.start(starts)
            result = sweep(measure, paired(points), workers=workers, progress=False)
            return result["attractor"].to_numpy().reshape(-1, 1, 1)

        return solve

    return prepare


def of_python(problem: Problem) -> Callable[[float, np.ndarray, np.ndarray], Any]:
    """Return the rates as one writes them with numpy, from a vector of numbers."""
    size = problem.shape.size
    if isinstance(problem.shape, MatrixShape):
        return lambda time, shares, numbers: rates(time, shares, numbers.reshape(size, size))

    def cube(time: float, state: np.ndarray, numbers: np.ndarray) -> list[Any]:
        gains = problem.shape.gains(state, numbers)
        return [share * (1 - share) * gain for share, gain in zip(state, gains, strict=True)]

    return cube


def of_numba(problem: Problem) -> Callable[[Any, Any, Any], None]:
    """Return a compiled function that fills in the rates from a state and numbers, which are arrays or pointers."""
    import numba

    if isinstance(problem.shape, MatrixShape):
        size = problem.shape.size

        @numba.njit
        def matrix(state: Any, numbers: Any, change: Any) -> None:
            mean = 0.0
            for i in range(size):
                change[i] = 0.0
                for j in range(size):
                    change[i] += numbers[size * i + j] * state[j]
                mean += state[i] * change[i]
            for i in range(size):
                change[i] = state[i] * (change[i] - mean)

        return matrix

    gains = numba.njit(from_coefficients)

    @numba.njit
    def cube(state: Any, numbers: Any, change: Any) -> None:
        x, y, z = state[0], state[1], state[2]
        first, second, third = gains(x, y, z, numbers)
        change[0] = x * (1 - x) * first
        change[1] = y * (1 - y) * second
        change[2] = z * (1 - z) * third

    return cube


def as_written(prepare: PrepareSweep) -> PrepareSweep:
    """Return the same with rates that are computed from the parameters."""
    return lambda problem: prepare(replace(problem, shape=CubeShape(written=True)))


def prepare_ivp(method: str) -> PrepareSweep:
    """Return how scipy.integrate.solve_ivp is used, with rates in numpy."""

    def prepare(problem: Problem) -> SolveSweep:
        shape, change = problem.shape, of_python(problem)

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            numbers = shape.prepared(parameters)
            return solve_ivp_by(method)(shape.size, tolerance, change, problem.times)(numbers, starts)

        return solve

    return prepare


def prepare_compiled_odeint(problem: Problem) -> SolveSweep:
    """Return how scipy.integrate.odeint is used with rates compiled by numba."""
    import numba

    fill = of_numba(problem)

    @numba.njit
    def change(time: float, state: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        result = np.empty_like(state)
        fill(state, numbers, result)
        return result

    def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
        numbers = problem.shape.prepared(parameters)
        return prepare_odeint(problem.shape.size, tolerance, change, problem.times)(numbers, starts)

    return solve


def of_matrices(prepare: Callable[..., Any]) -> PrepareSweep:
    """Return how a package is used that takes payoff matrices."""

    def prepare_sweep(problem: Problem) -> SolveSweep:
        size = problem.shape.size

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            found: np.ndarray = prepare(size, tolerance, times=problem.times)(
                parameters.reshape(-1, size, size), starts
            )
            return found

        return solve

    return prepare_sweep


def prepare_numbalsoda(problem: Problem) -> SolveSweep:
    """Return how numbalsoda is used: a compiled loop over trajectories that calls LSODA."""
    import numba
    from numbalsoda import lsoda, lsoda_sig

    fill = of_numba(problem)

    @numba.cfunc(lsoda_sig)
    def change(time: float, state: Any, result: Any, numbers: Any) -> None:
        fill(state, numbers, result)

    address, times = change.address, np.array([0.0, *problem.times])

    @numba.njit
    def solve_all(address: int, numbers: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
        found = np.full((len(starts), 2, starts.shape[1]), np.nan)
        for n in range(len(starts)):
            path, success = lsoda(address, starts[n], times, numbers[n], tolerance, tolerance, 1_000_000)
            if success:
                found[n] = path[1:]
        return found

    return lambda parameters, starts, tolerance: solve_all(
        address, problem.shape.prepared(parameters), starts, tolerance
    )


def diffrax_by(method: str) -> PrepareSweep:
    """Return how diffrax is used: the solution of one trajectory, mapped over a batch and compiled."""

    def prepare(problem: Problem) -> SolveSweep:
        import diffrax
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        size = problem.shape.size

        def matrix(time: Any, shares: Any, numbers: Any) -> Any:
            return rates(time, shares, numbers.reshape(size, size))

        def cube(time: Any, state: Any, c: Any) -> Any:
            return jnp.stack(of_python(problem)(time, state, c))

        term = diffrax.ODETerm(matrix if isinstance(problem.shape, MatrixShape) else cube)
        solver, kept = getattr(diffrax, method)(), diffrax.SaveAt(ts=jnp.array(problem.times))

        def one(numbers: Any, start: Any, tolerance: Any) -> Any:
            control = diffrax.PIDController(rtol=tolerance, atol=tolerance)
            settings = {"saveat": kept, "stepsize_controller": control, "throw": False}
            done = diffrax.diffeqsolve(term, solver, 0.0, problem.times[-1], None, start, numbers, **settings)
            return jnp.where(done.result == diffrax.RESULTS.successful, done.ys, jnp.nan)

        many = jax.jit(jax.vmap(one, in_axes=(0, 0, None)))

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            numbers, found = problem.shape.prepared(parameters), []
            for first in range(0, len(starts), JAX_BATCH):
                chosen = np.arange(first, first + JAX_BATCH) % len(starts)  # one size, so that it is compiled once
                found.append(np.asarray(many(numbers[chosen], starts[chosen], tolerance)))
            return np.concatenate(found)[: len(starts)]

        return solve

    return prepare


def heyoka_equations(problem: Problem) -> list[Any]:
    """Return the rates of the state for heyoka."""
    import heyoka as hy

    if isinstance(problem.shape, MatrixShape):
        return heyoka_system(problem.shape.size)
    state = hy.make_vars("x", "y", "z")
    numbers = [hy.par[k] for k in range(problem.shape.numbers)]
    return list(zip(state, of_python(problem)(0.0, state, numbers), strict=True))


def heyoka_log_equations(problem: Problem) -> list[Any]:
    """Return the rates of the logarithms of share ratios for heyoka."""
    import heyoka as hy

    if isinstance(problem.shape, MatrixShape):
        return heyoka_ratio_system(problem.shape.size)
    logits = hy.make_vars("u", "v", "w")
    numbers = [hy.par[k] for k in range(problem.shape.numbers)]
    gains = problem.shape.gains([hy.sigmoid(logit) for logit in logits], numbers)
    return list(zip(logits, gains, strict=True))


def to_logarithms(problem: Problem, states: np.ndarray) -> np.ndarray:
    """Return logarithms of ratios: of shares to the first, or of x, y, z to 1 minus them."""
    return ratios_of(states) if isinstance(problem.shape, MatrixShape) else np.log(states / (1 - states))


def from_logarithms(problem: Problem, logarithms: np.ndarray) -> np.ndarray:
    """Return the states."""
    from scipy.special import expit

    return shares_of(logarithms) if isinstance(problem.shape, MatrixShape) else expit(logarithms)


def heyoka_by(batch: bool, logarithms: bool = False) -> PrepareSweep:
    """Return how heyoka is used: one trajectory after another or as many as the processor has lanes, in states or logarithms."""

    def prepare(problem: Problem) -> SolveSweep:
        import heyoka as hy

        equations = (heyoka_log_equations if logarithms else heyoka_equations)(problem)
        room = (hy.recommended_simd_size(),) if batch else ()
        empty, numbers = np.zeros((len(equations), *room)), np.zeros((problem.shape.numbers, *room))
        kind = hy.taylor_adaptive_batch if batch else hy.taylor_adaptive

        @cache
        def made(tolerance: float) -> Any:
            return kind(equations, empty, pars=numbers, tol=tolerance)

        def solve(parameters: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
            numbers = problem.shape.prepared(parameters)
            first = to_logarithms(problem, starts) if logarithms else starts
            solver, times = made(tolerance), problem.times
            if batch:
                found = propagated_in_batches(solver, numbers, first, times)
            else:
                found = one_by_one(lambda a, x: propagated(solver, a, x, times))(numbers, first)
            return from_logarithms(problem, found) if logarithms else found

        return solve

    return prepare


_COOPGAME = "from coopgame import BatchOptions, integrate_many"
_IVP = "from scipy.integrate import solve_ivp"
_ODEINT = "from scipy.integrate import odeint"
_DIFFRAX = "import diffrax, jax"
_CUBE, _MATRIX = (CubeShape,), (MatrixShape,)
OWN = SweepSolver("coopgame", "coopgame-egt", _COOPGAME, coopgame_by(None))
TWO_CORES = SweepSolver("coopgame, 2 workers", "coopgame-egt", _COOPGAME, coopgame_by(None, workers=2), cores=2)
_SWEEP = "from coopgame import BatchOptions, measures, paired, sweep"
ATTRACTORS = tuple(
    SweepSolver(
        f"sweep of attractor_reached, {cores} workers",
        "coopgame-egt",
        _SWEEP,
        sweep_with(cores),
        (CubeShape,),
        cores=cores,
    )
    for cores in (1, 2)
)
HEYOKA_BATCH = SweepSolver("heyoka, batches", "heyoka", "import heyoka", heyoka_by(batch=True))
DOP853_LOOP = SweepSolver("solve_ivp DOP853", "scipy", _IVP, prepare_ivp("DOP853"))
LSODA_LOOP = SweepSolver("numbalsoda", "numbalsoda", "import numbalsoda", prepare_numbalsoda)
WRITTEN = ", formulas"
SOLVERS = (
    OWN,
    SweepSolver("coopgame, Tsit5", "coopgame-egt", _COOPGAME, coopgame_by("TSIT5")),
    SweepSolver("coopgame, DOP853", "coopgame-egt", _COOPGAME, coopgame_by("DOP853")),
    SweepSolver("solve_ivp RK45", "scipy", _IVP, prepare_ivp("RK45")),
    DOP853_LOOP,
    replace(DOP853_LOOP, name=DOP853_LOOP.name + WRITTEN, prepare=as_written(DOP853_LOOP.prepare), shapes=_CUBE),
    SweepSolver("solve_ivp LSODA", "scipy", _IVP, prepare_ivp("LSODA")),
    SweepSolver("odeint, numba", "scipy", f"{_ODEINT}; import numba", prepare_compiled_odeint),
    SweepSolver("nashpy", "nashpy", "import nashpy", of_matrices(prepare_nashpy), _MATRIX, fixed=True),
    SweepSolver(
        "egttools, odeint", "egttools", f"{_ODEINT}; import egttools", of_matrices(prepare_egttools), _MATRIX
    ),
    LSODA_LOOP,
    SweepSolver("diffrax Tsit5, vmap", "diffrax", _DIFFRAX, diffrax_by("Tsit5")),
    SweepSolver("diffrax Dopri8, vmap", "diffrax", _DIFFRAX, diffrax_by("Dopri8")),
    SweepSolver("heyoka", "heyoka", "import heyoka", heyoka_by(batch=False)),
    HEYOKA_BATCH,
    replace(HEYOKA_BATCH, name=HEYOKA_BATCH.name + WRITTEN, prepare=as_written(HEYOKA_BATCH.prepare), shapes=_CUBE),
    SweepSolver("heyoka, batches, logarithms", "heyoka", "import heyoka", heyoka_by(batch=True, logarithms=True)),
)
