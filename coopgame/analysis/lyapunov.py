"""Lyapunov exponents: how fast neighbouring trajectories separate, from the variational equation along a solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from coopgame.analysis.generation_path import GenerationPath
from coopgame.analysis.solution import Solution
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.state import face_directions
from coopgame.errors import IntegrationError, UnsupportedError

if TYPE_CHECKING:
    from coopgame.analysis.orbits import Orbit
    from coopgame.analysis.trajectories import Trajectory

_BLOCKS = 10
_PARTS_OF_A_STEP = (2, 64)
_MOST_STEPS = 50_000
_TRANSIENT = 0.25
_EXPONENTIAL = 5.0
_LINEAR = 2.5
_ROOT = np.sqrt(15.0)
_NODES = np.array([0.5 - _ROOT / 10, 0.5, 0.5 + _ROOT / 10])
_WEIGHTS = np.array([5, 8, 5]) / 18
_STAGES = np.array(
    [
        [5 / 36, 2 / 9 - _ROOT / 15, 5 / 36 - _ROOT / 30],
        [5 / 36 + _ROOT / 24, 2 / 9, 5 / 36 - _ROOT / 24],
        [5 / 36 + _ROOT / 30, 2 / 9 + _ROOT / 15, 5 / 36],
    ]
)


@dataclass(frozen=True, eq=False)
class LyapunovExponents:
    """The spectrum of Lyapunov exponents of a trajectory, largest first, on the face of the strategies that are present.

    exponents: mean rates at which displacements grow, shape (d,), per unit of time or per generation. errors: their standard errors, from ten
    equal stretches of time, shape (d,). times, record: estimates up to each of the times, shapes (m,) and (m, d). gain: logarithm of
    the factor by which a displacement grew over the second half; at most about ln 2 on a regular orbit, where it grows no faster than
    time. divergence: mean divergence of the field along the trajectory, for maps the mean logarithm of |det|, which the exponents sum to.
    """

    exponents: np.ndarray
    errors: np.ndarray
    times: np.ndarray = field(repr=False)
    record: np.ndarray = field(repr=False)
    gain: float
    divergence: float

    @property
    def sensitive(self) -> bool | None:
        """Whether neighbouring trajectories separate exponentially; None when the time was too short to tell."""
        if self.gain > _EXPONENTIAL and self.exponents[0] > 3 * self.errors[0]:
            return True
        return False if self.gain < _LINEAR else None

    @property
    def dimension(self) -> float:
        """Kaplan-Yorke dimension: how many exponents can be added from the largest on before the sum is negative.

        Meaningful on attractors and in conservative systems, after transients.
        """
        sums = np.cumsum(self.exponents)
        count = int(np.count_nonzero(np.logical_and.accumulate(sums >= 0)))
        if count in (0, len(sums)):
            return float(count)
        return count + float(sums[count - 1] / -self.exponents[count])

    def __str__(self) -> str:
        shown = ", ".join(f"{a:.2g} ± {e:.1g}" for a, e in zip(self.exponents, self.errors, strict=True))
        answer = {True: "chaotic", False: "regular", None: "not decided in this time"}[self.sensitive]
        return f"Lyapunov exponents {shown}: {answer} (numerical, up to t = {self.times[-1]:g})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{i}</td><td>{a:.4g}</td><td>{e:.1g}</td></tr>"
            for i, (a, e) in enumerate(zip(self.exponents, self.errors, strict=True), 1)
        )
        return f"<table><tr><th></th><th>exponent</th><th>standard error</th></tr>{rows}</table><p>{self}</p>"


def find_lyapunov_exponents(trajectory: Trajectory | Orbit, after: float | None = None) -> LyapunovExponents:
    """Return the Lyapunov exponents of a trajectory, by the variational equation along its dense solution, or of an orbit of a map.

    after: the time or generation from which displacements are followed, by default a quarter of the whole; at most the last 50 000 steps are
    used. The equation is solved by Gauss collocation of order 6 on parts of the solver's steps, with a QR decomposition after each. Along an orbit the
    Jacobians of the map take its place.

    Raises UnsupportedError for best response, projection and parameters that change in time, IntegrationError when less than one step
    or no strategy beside another is left.

    References: Benettin, Galgani, Giorgilli and Strelcyn (1980), Meccanica 15; Eckmann and Ruelle (1985), Reviews of Modern Physics 57.

    >>> from coopgame import MatrixGame, integrate
    >>> cycle = integrate(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), [0.5, 0.3, 0.2], t_end=300)
    >>> find_lyapunov_exponents(cycle).sensitive
    False
    """
    solution = trajectory.solution
    if isinstance(solution, GenerationPath):
        return exponents_along(solution, int(_TRANSIENT * solution.last if after is None else after))
    if not isinstance(solution, Solution) or solution.chart.schedules:
        raise UnsupportedError(
            f"Lyapunov exponents are known for autonomous dynamics with a Jacobian, not for {trajectory.dynamics}"
            f"{' with parameters that change in time' if isinstance(solution, Solution) else ''}"
        )
    start, end = float(solution.steps[0]), float(solution.steps[-1])
    begin = start + _TRANSIENT * (end - start) if after is None else float(after)
    if not start <= begin < end:
        raise IntegrationError(f"after = {begin:g}; a time from {start:g} up to below {end:g} is needed")
    return exponents_of(solution, begin)


def exponents_along(path: GenerationPath, after: int) -> LyapunovExponents:
    """Return the exponents along an orbit of a map from a generation on."""
    after = max(after, path.last - _MOST_STEPS)
    maps = path.linear_maps(after) if 0 <= after < path.last else np.empty((0, 1, 1))
    if not maps.shape[1] or len(maps) < 2 * _BLOCKS:
        raise IntegrationError(
            f"{len(maps)} generations and {maps.shape[1]} directions are too few for exponents; iterate longer (generations) or from inside"
        )
    determinants = np.maximum(np.abs(np.linalg.det(maps)), np.finfo(float).tiny)
    return exponents_of_maps(maps, np.arange(after, path.last + 1.0), float(np.log(determinants).mean()))


def exponents_of(solution: Solution, after: float) -> LyapunovExponents:
    """Return the exponents along a solution from a time on."""
    dynamics = solution.chart.dynamics
    if any(law.family in (Family.BEST_RESPONSE, Family.PROJECTION) for law in dynamics.laws):
        raise UnsupportedError(f"{dynamics.name} has no Jacobian on the faces that a trajectory meets; no exponents")
    present = np.isfinite(solution(solution.steps[-1:]))[0]
    for part, relative in zip(dynamics.game.parts, dynamics.relative, strict=True):
        present[part] |= not relative
    basis, inverse = face_directions(dynamics.game, present)
    with np.errstate(all="ignore"):
        return _exponents(solution, dynamics, _edges(solution, after), basis, inverse)


def _exponents(
    solution: Solution, dynamics: VectorField, edges: np.ndarray, basis: np.ndarray, inverse: np.ndarray
) -> LyapunovExponents:
    if not basis.shape[1] or len(edges) < 2 * _BLOCKS:
        raise IntegrationError(
            f"{len(edges) - 1} steps and {basis.shape[1]} directions are too few for exponents; integrate longer (t_end) or from inside"
        )
    steps, divergence = _propagators(solution, dynamics, edges, basis, inverse)
    return exponents_of_maps(steps, edges, divergence)


def exponents_of_maps(maps: np.ndarray, edges: np.ndarray, divergence: float) -> LyapunovExponents:
    """Return the exponents of a sequence of linear maps of displacements, from one of the times `edges` to the next.

    maps: shape (m, d, d). edges: shape (m + 1,). divergence: mean logarithm of their determinants over time.
    """
    growth = _growth(maps) if np.isfinite(maps).all() else np.array([np.inf])
    if not np.isfinite(growth).all():
        raise IntegrationError("displacements leave the range of numbers on this trajectory; ask for a shorter one")
    elapsed = np.diff(edges)
    record = np.cumsum(growth, axis=0) / (edges[1:] - edges[0])[:, None]
    blocks = np.array_split(np.arange(len(growth)), _BLOCKS)
    rates = np.array([growth[b].sum(axis=0) / elapsed[b].sum() for b in blocks])
    late = edges[1:] > (edges[0] + edges[-1]) / 2
    order = np.argsort(-record[-1], kind="stable")
    return LyapunovExponents(
        record[-1][order],
        rates.std(axis=0, ddof=1)[order] / np.sqrt(_BLOCKS),
        edges[1:],
        record[:, order],
        float(growth[late][:, order[0]].sum()),
        divergence,
    )


def _edges(solution: Solution, after: float) -> np.ndarray:
    """Return the ends of the parts into which the solver's steps after a time are cut, so that rates times lengths stay below 1."""
    first = max(int(np.searchsorted(solution.steps, after, side="right")) - 1, 0)
    steps = solution.steps[max(first, len(solution.steps) - 1 - _MOST_STEPS) :]
    chart, lengths = solution.chart, np.diff(steps)
    jacobians = chart.dynamics.jacobians(np.exp(solution(steps[:-1] + lengths / 2)), chart.numbers)
    rates = np.abs(jacobians).sum(axis=2).max(axis=1)
    parts = np.clip(np.ceil(rates * lengths), *_PARTS_OF_A_STEP).astype(int)
    ends = np.cumsum(parts)
    inside = np.arange(ends[-1]) - np.repeat(ends - parts, parts)
    return np.append(np.repeat(steps[:-1], parts) + inside * np.repeat(lengths / parts, parts), steps[-1])


def _propagators(
    solution: Solution, dynamics: VectorField, edges: np.ndarray, basis: np.ndarray, inverse: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the linear maps of displacements over each step, shape (m, d, d), and the mean divergence.

    The stages K_i = J_i (V + h sum_j a_ij K_j) of a collocation step are one linear system.
    """
    lengths = np.diff(edges)
    times = edges[:-1, None] + lengths[:, None] * _NODES
    shares = np.exp(solution(times.ravel()))
    jacobians = inverse @ dynamics.jacobians(shares, solution.chart.numbers) @ basis
    d, m = basis.shape[1], len(lengths)
    jacobians = jacobians.reshape(m, 3, d, d)
    coupled = np.einsum("mirc,ij->mirjc", jacobians, _STAGES) * lengths[:, None, None, None, None]
    system = np.eye(3 * d) - coupled.reshape(m, 3 * d, 3 * d)
    stages = np.linalg.solve(system, jacobians.reshape(m, 3 * d, d)).reshape(m, 3, d, d)
    maps = np.eye(d) + lengths[:, None, None] * np.einsum("i,mirc->mrc", _WEIGHTS, stages)
    traces = np.einsum("i,mirr->m", _WEIGHTS, jacobians) * lengths
    return maps, float(traces.sum() / lengths.sum())


def _growth(maps: np.ndarray) -> np.ndarray:
    """Return the logarithms by which orthogonal displacements stretch in each step; shape (m, d)."""
    frame = np.eye(maps.shape[1])
    growth = np.empty(maps.shape[:2])
    for k, step in enumerate(maps):
        frame, triangle = np.linalg.qr(step @ frame)
        # a map may flatten a direction altogether; what is left of it then is the smallest number
        growth[k] = np.log(np.maximum(np.abs(np.diag(triangle)), np.finfo(float).tiny))
    return growth
