"""Stability of Nash equilibria under dynamics that rest at them alone: theorems, and the leading terms in the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import sympy

from coopgame.algebra.conditions import TRUE
from coopgame.analysis.classes import classify_game
from coopgame.analysis.ess import best_replies, exact_payoffs, is_ess
from coopgame.analysis.points import Known, RestPoint
from coopgame.analysis.stability import Stability, Verdict
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.matrix import MatrixGame

_COVERED = {Family.PAIRWISE_COMPARISON, Family.EXCESS_PAYOFF, Family.BEST_RESPONSE}
_HOMOGENEOUS = {*_COVERED, Family.PROJECTION}
_CLEAR = 1e-9
_NONE = Stability.NOT_DIFFERENTIABLE
Speeds = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
_INSIDE = 1e-10  # sectors are looked at up to that distance from their ends
_GRID = 41


def nash_verdict(dynamics: VectorField, point: RestPoint) -> tuple[Verdict, Known | None]:
    """Return what nearby states do at a Nash equilibrium at values, and how it is known when not exactly.

    In turn: strict equilibria; one population with two strategies, where the sign of the advantage decides; evolutionarily
    stable states; stable (contractive) games with one equilibrium; the leading terms next to an interior equilibrium of
    a planar state space. `unknown` where none of them applies.

    References: Sandholm (2010), Theoretical Economics 5; Hofbauer and Sandholm (2009), Journal of Economic Theory 144; Nagurney and
    Zhang (1997).
    """
    game = dynamics.game
    if point.kind == "vertex" and _is_strict(dynamics, point):
        return Verdict(
            _NONE, "asymptotic", "strict Nash equilibrium: the best paid strategy grows all around it"
        ), None
    if len(game.blocks) == 1 and len(game.populations[0].strategies) == 2:
        because = "on a line the sign of the advantage decides, as under the replicator"
        return Verdict(_NONE, point.attracting, because), None
    families = {law.family for law in dynamics.laws}
    if isinstance(game, MatrixGame):
        found = _in_one_population(game, point, families)
        if found is not None:
            return found, None
    if len(families) == 1:
        found = _in_a_stable_game(dynamics, point, families)
        if found is not None:
            return found, None
    if point.kind == "interior" and len(dynamics.tangent_coordinates) == 2:
        planar = _in_the_plane(dynamics, point)
        if planar is not None:
            return planar, "numerical"
    text = "no theorem applies to this equilibrium under this dynamic; integrate() from states beside it"
    return Verdict(_NONE, "unknown", text), None


def _is_strict(dynamics: VectorField, point: RestPoint) -> bool:
    """Whether every population would lose by any other pure strategy, decided exactly."""
    game = dynamics.game
    if game.environment:
        return False
    at = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    for p, population in enumerate(game.populations):
        count = range(len(population.strategies))
        earned = [game.expected_payoff(p, s).xreplace(at) for s in count]
        (present,) = (s for s in count if game.share(p, s).xreplace(at) != 0)
        for s in count:
            gain = sympy.expand(earned[s] - earned[present])
            if s != present and not (gain.is_Rational and gain < 0):
                return False
    return True


def _in_one_population(game: MatrixGame, point: RestPoint, families: set[Family]) -> Verdict | None:
    if any(not value.is_Rational for value in point.coordinates.values()):
        return None
    shares = _shares(game, point)
    ess = is_ess(game, shares, {})
    if not ess:
        return None
    if families == {Family.PROJECTION}:
        because = "evolutionarily stable state: its distance falls all around it (Nagurney and Zhang 1997)"
        return Verdict(_NONE, "asymptotic", because)
    if families <= _COVERED and _is_regular(game, shares):
        because = "regular evolutionarily stable state (Sandholm 2010)"
        return Verdict(_NONE, "asymptotic", because)
    return None


def _shares(game: MatrixGame, point: RestPoint) -> list[Fraction]:
    at = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    shares = [game.share(0, s).xreplace(at) for s in range(len(game.populations[0].strategies))]
    return [Fraction(int(v.p), int(v.q)) for v in shares]


def _is_regular(game: MatrixGame, shares: list[Fraction]) -> bool:
    """Whether all best replies to an equilibrium are present in it; at an ESS the rest of regularity follows."""
    replies = best_replies(exact_payoffs(game, {}), shares)
    return isinstance(replies, list) and all(shares[i] > 0 for i in replies)


def _in_a_stable_game(dynamics: VectorField, point: RestPoint, families: set[Family]) -> Verdict | None:
    """The equilibria of a stable game: one that is alone attracts all states; under projection no distance to any grows."""
    from coopgame.analysis.rest_points import find_rest_points

    game = dynamics.game
    try:
        classes = classify_game(game)
    except UnsupportedError:
        return None
    strictly = classes.strictly_stable == TRUE
    if not strictly and classes.null_stable != TRUE:
        return None
    if families == {Family.PROJECTION}:
        source = "(Nagurney and Zhang 1997; Lahkar and Sandholm 2008)"
        if strictly:
            return Verdict(_NONE, "asymptotic", f"stable game: the distance to its equilibrium falls {source}")
        return Verdict(_NONE, "lyapunov", f"stable game: the distance to an equilibrium never grows {source}")
    found = find_rest_points(game, {})
    nash = [other.label for other in found if other.saturated is not False]
    if families <= _COVERED and found.complete and not found.components and nash == [point.label]:
        because = (
            "the only Nash equilibrium of a stable game, where it attracts all states (Hofbauer and Sandholm 2009)"
        )
        return Verdict(_NONE, "asymptotic", because)
    return None


def _in_the_plane(dynamics: VectorField, point: RestPoint) -> Verdict | None:
    """Decide an interior equilibrium of a planar state space by the leading terms around it.

    Payoff differences are linear in the displacement, and rates homogeneous in them, so in polar coordinates r'/r = R(angle) and
    angle' = T(angle), up to a common power of r; both are smooth in the sectors between ties. Where T keeps its sign, a turn changes
    ln r by the integral of R/T. Where T has simple zeros, orbits leave or arrive along these rays as R says.
    """
    leading = _leading_terms(dynamics, point)
    if leading is None:
        return None
    speeds, ties = leading
    sectors = [(low, high) for low, high in pairwise([*ties, ties[0] + 2 * np.pi]) if high - low > 1e-9]
    turning = [speeds(np.linspace(low + _INSIDE, high - _INSIDE, _GRID))[1] for low, high in sectors]
    size = max(float(np.abs(t).max()) for t in turning)
    if all(np.abs(t).min() > _CLEAR * size for t in turning) and len({float(np.sign(t[0])) for t in turning}) == 1:
        return _around(speeds, sectors, float(np.sign(turning[0][0])))
    return _along_rays(speeds, sectors, turning, size)


def _around(speeds: Speeds, sectors: Sequence[tuple[float, float]], way: float) -> Verdict | None:
    change, rough = (
        way * sum(float(weights @ np.divide(*speeds(nodes))) for nodes, weights in _quadrature(sectors, count))
        for count in (48, 32)
    )
    if abs(change) <= 1e-6 + 100 * abs(change - rough):
        return None
    text = f"leading terms: once around it the distance changes by the factor {np.exp(change):.6g}"
    return Verdict(_NONE, "asymptotic" if change < 0 else "unstable", text)


def _quadrature(sectors: Sequence[tuple[float, float]], count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    for low, high in sectors:
        for first, last in pairwise(np.linspace(low, high, 9)):
            half = (last - first) / 2
            yield first + half * (1 + nodes), half * weights


def _along_rays(
    speeds: Speeds, sectors: Sequence[tuple[float, float]], turning: Sequence[np.ndarray], size: float
) -> Verdict | None:
    from scipy.optimize import brentq

    def turn(angle: float) -> float:
        return float(speeds(np.array([angle]))[1][0])

    rays: list[float] = []
    for (low, high), speed, after in zip(sectors, turning, [*turning[1:], turning[0]], strict=True):
        angles = np.linspace(low + _INSIDE, high - _INSIDE, _GRID)
        if (np.abs(speed[1:-1]) <= _CLEAR * size).any():
            return None  # a zero on the grid may be a double one
        rays += [
            brentq(turn, angles[i], angles[i + 1], xtol=1e-14) for i in np.flatnonzero(speed[:-1] * speed[1:] < 0)
        ]
        ends = abs(speed[-1]) > _CLEAR * size, abs(after[0]) > _CLEAR * size
        if any(ends) and speed[-1] * after[0] < 0:
            return None  # best replies change in a jump there, and orbits may slide along the ray
        rays += [] if all(ends) else [high]
    if not rays:
        return None
    radial, strength = (
        speeds(np.array(rays))[0],
        max(float(np.abs(speeds(a)[0]).max()) for a, _ in _quadrature(sectors, 8)),
    )
    if (radial > _CLEAR * strength).any():
        return Verdict(_NONE, "unstable", "leading terms: orbits leave along a ray")
    if (radial < -_CLEAR * strength).all():
        return Verdict(
            _NONE, "asymptotic", "leading terms: orbits arrive along all rays that they do not turn across"
        )
    return None


def _leading_terms(dynamics: VectorField, point: RestPoint) -> tuple[Speeds, list[float]] | None:
    """Return radial and turning speed of the leading terms by angle, and the angles of ties.

    None where rates are no power of the gains.
    """
    game = dynamics.game
    if any(law.family not in _HOMOGENEOUS for law in dynamics.laws) or game.environment:
        return None
    parts, state = slices(game), point.state
    slope = dynamics.payoff_slopes(state, dynamics.numbers({}))
    basis = _tangent_basis([part.stop - part.start for part in parts])
    settings = dynamics.settings(dynamics.numbers({}))

    def change(moved: np.ndarray) -> np.ndarray:
        rates = np.zeros(moved.shape)
        for law, own, part in zip(dynamics.laws, settings, parts, strict=True):
            gains = moved @ slope[part].T
            gains = gains - (gains * state[part]).sum(axis=-1, keepdims=True)
            # shares of the equilibrium: what their change adds is of higher order
            rates[:, part] = law.change(gains, np.broadcast_to(state[part], gains.shape), **own)
        return rates

    def leading(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        way = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        moving = change(way @ basis) @ basis.T
        across = np.stack([-way[:, 1], way[:, 0]], axis=-1)
        return (moving * way).sum(axis=-1), (moving * across).sum(axis=-1)

    probe = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0.1, 6.0, 7)]) @ basis
    whole, half, quarter = (change(scale * probe) for scale in (1.0, 0.5, 0.25))
    degree = np.log2(np.linalg.norm(whole) / np.linalg.norm(half))
    same = [np.allclose(one, other * 2**degree, rtol=1e-9) for one, other in ((whole, half), (half, quarter))]
    return (leading, _tie_angles(basis, slope, state, parts)) if all(same) else None


def _tie_angles(basis: np.ndarray, slope: np.ndarray, state: np.ndarray, parts: Sequence[slice]) -> list[float]:
    """Return the angles, from 0 to 2 pi, at which two payoffs tie, or one and the mean."""
    found = [0.0]
    for part in parts:
        gains = slope[part] @ basis.T
        forms = [*(gains - state[part] @ gains), *(a - b for a, b in combinations(gains, 2))]
        for across, along in forms:
            if np.hypot(across, along) > 1e-12:
                angle = float(np.arctan2(-across, along)) % np.pi
                found += [angle, angle + np.pi]
    return sorted(found)


def _tangent_basis(sizes: Sequence[int]) -> np.ndarray:
    """Return two orthonormal directions that keep all sums of shares; shape (2, shares)."""
    rows = []
    start = 0
    for size in sizes:
        for k in range(1, size):
            row = np.zeros(sum(sizes))
            row[start : start + k], row[start + k] = 1.0, -k
            rows.append(row / np.linalg.norm(row))
        start += size
    return np.array(rows)
