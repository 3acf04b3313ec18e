"""The Nash equilibrium to which a branch of logit equilibria tends, read off where the branch is straight and then solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from coopgame.algebra.affine import solve_linear
from coopgame.equilibria.logit_model import LogitModel, solved_rows
from coopgame.equilibria.logit_path import Step
from coopgame.equilibria.result import NashEquilibrium, Number

_ZERO = Fraction(0)
_NEAR = 1e-3  # how close the branch has to come before its limit is believed
_STAYING, _VANISHING = 0.02, 10.0  # of t times the slope of a log probability
_GONE = -30.0  # log probability of a strategy that vanishes exponentially
Support = list[list[int]]


def separated(model: LogitModel, step: Step) -> Support | None:
    """Return the strategies that stay, where all others vanish exponentially; None where that cannot be told yet."""
    if step.t < 10 or step.rising <= 0:
        return None
    speeds = step.speeds()
    stays = np.abs(speeds) < _STAYING
    vanishes = (speeds < -_VANISHING) & (step.log_p < _GONE)
    if not (stays | vanishes).all():
        return None
    return [[int(i) for i in np.flatnonzero(stays[part])] for part in model.parts]


def exact_limit(model: LogitModel, step: Step) -> NashEquilibrium | None:
    """Return the limit where it is plain: an isolated equilibrium of its support, close by, to which the branch points; None elsewhere.

    It is exact where at most two players mix, else found by Newton's method.
    """
    support = separated(model, step)
    if support is None:
        return None
    mixtures = _isolated(model, support, step)
    if mixtures is None:
        return None
    flat = np.array([float(v) for mixture in mixtures for v in mixture])
    p = np.exp(step.log_p)
    away = float(np.abs(p - flat).max())
    ahead = p * (1 + step.speeds())  # p + t dp/dt, which is the limit up to order 1/t**2
    if away > _NEAR or float(np.abs(ahead - flat).max()) > 0.1 * away + 1e-9:
        return None
    return equilibrium(model, mixtures)


def degenerate_limit(model: LogitModel, step: Step) -> NashEquilibrium:
    """Return the limit where some strategies vanish slowly or the equilibrium is not isolated, from the last place of the branch.

    The isolated equilibrium of the strategies that stay, where there is one close by; else numbers extrapolated from the last place, for which simple
    fractions are taken where those agree to more digits than chance would bring about and are an equilibrium exactly.
    """
    p = np.exp(step.log_p)
    ahead = np.clip(p * (1 + np.clip(step.speeds(), -1, 1)), 0, 1)
    stays = (np.abs(step.speeds()) < _STAYING) & (p > _NEAR)
    support = [[int(i) for i in np.flatnonzero(stays[part])] for part in model.parts]
    fractions = [_simple(ahead[part]) for part in model.parts]
    candidates = [(_isolated(model, support, step), 10 * _NEAR), (fractions, 1e-7)] if all(support) else []
    for mixtures, tolerance in candidates:
        if mixtures is None:
            continue
        flat = np.array([float(v) for mixture in mixtures for v in mixture])
        exact = [v for mixture in mixtures for v in mixture if isinstance(v, Fraction)]
        if np.abs(ahead - flat).max() < tolerance and (len(exact) < len(flat) or _is_equilibrium(model, mixtures)):
            return equilibrium(model, mixtures)
    floats = [[float(v) for v in ahead[part] / ahead[part].sum()] for part in model.parts]
    return _numerical(model, floats, float(np.abs(ahead - p).max()) + 1e-6)


def _simple(p: np.ndarray) -> list[Fraction]:
    """Return fractions with denominators up to 100 that sum to 1, close to probabilities if those are close to such fractions."""
    own = [Fraction(float(v)).limit_denominator(100) for v in p]
    return [value / sum(own) for value in own]


def _isolated(model: LogitModel, support: Support, step: Step) -> Sequence[Sequence[Number]] | None:
    """Return the only equilibrium with a support; None where there is none or where there are several."""
    mixing = [player for player, own in enumerate(support) if len(own) > 1]
    if len(mixing) > 2:
        return _by_newton(model, support, step)
    mixtures = isolated_mixtures(model, support)
    return mixtures if mixtures is not None and _is_equilibrium(model, mixtures) else None


def isolated_mixtures(model: LogitModel, support: Support) -> list[list[Fraction]] | None:
    """Return the only mixtures of at most two players that make each other's strategies indifferent, exactly; all others play one strategy."""
    tables = model.tables
    mixing = [player for player, own in enumerate(support) if len(own) > 1]
    if tables.symmetric:
        own = _mixture(tables.exact[0], support[0], support[0])
        return None if own is None else [own]
    found = [[Fraction(s == own[0]) for s in range(size)] for own, size in zip(support, tables.sizes, strict=True)]
    if len(mixing) == 1:
        return None
    for player, other in (mixing, mixing[::-1]) if mixing else ():
        place = tuple(slice(None) if q in mixing else own[0] for q, own in enumerate(support))
        array = tables.exact[player][place]
        mixture = _mixture(array if player < other else array.T, support[player], support[other])
        if mixture is None:
            return None
        found[other] = mixture
    return found


def _mixture(payoffs: np.ndarray, rows: Sequence[int], columns: Sequence[int]) -> list[Fraction] | None:
    """Return the only mixture of columns against which the rows earn the same."""
    base, *others = rows
    system = [[payoffs[i, j] - payoffs[base, j] for j in columns] for i in others] + [[Fraction(1)] * len(columns)]
    found = solve_linear(system, [*[_ZERO] * len(others), Fraction(1)])
    if found is None or found.dimension:
        return None
    mixture = [_ZERO] * payoffs.shape[1]
    for j, value in zip(columns, found.origin, strict=True):
        mixture[j] = value
    return mixture


def _by_newton(model: LogitModel, support: Support, step: Step) -> list[list[float]] | None:
    """Return the mixtures at which the strategies in the support earn the same, from the place where the branch points."""
    places = [part.start + s for part, own in zip(model.parts, support, strict=True) for s in own]
    p = np.zeros(model.size)
    p[places] = (np.exp(step.log_p) * (1 + step.speeds()))[places]
    for _ in range(30):
        earned, slopes = model.payoffs(p), model.slopes(p)
        rows, right = [], []
        for part, own in zip(model.parts, support, strict=True):
            first = part.start + own[0]
            for s in own[1:]:
                rows.append(slopes[part.start + s] - slopes[first])
                right.append(earned[part.start + s] - earned[first])
            rows.append(np.array([float(part.start <= k < part.stop) for k in range(model.size)]))
            right.append(p[part].sum() - 1)
        change = solved_rows(np.array(rows)[:, places], np.array(right))
        if change is None:
            return None
        p[places] -= change
        if np.abs(change).max() < 1e-14:
            break
    earned = model.payoffs(p)
    fits = all(earned[part].max() <= p[part] @ earned[part] + 1e-10 and p[part].min() >= 0 for part in model.parts)
    return [list(map(float, p[part])) for part in model.parts] if fits else None


def _earned(model: LogitModel, mixtures: Sequence[Sequence[Number]], player: int) -> list[Fraction]:
    """Return what each strategy of a player earns against mixtures, exactly."""
    arrays = [
        np.array(mixture, dtype=object) for mixture in (list(mixtures) * 2 if model.tables.symmetric else mixtures)
    ]
    array = model.tables.exact[player]
    for j in reversed(range(len(arrays))):
        if j != player:
            array = np.tensordot(array, arrays[j], axes=([j], [0]))
    return list(array)


def _is_equilibrium(model: LogitModel, mixtures: Sequence[Sequence[Number]]) -> bool:
    for player, mixture in enumerate(mixtures):
        earned = _earned(model, mixtures, player)
        best = max(earned)
        if min(mixture) < 0 or sum(mixture) != 1 or any(m and e < best for m, e in zip(mixture, earned, strict=True)):
            return False
    return True


def equilibrium(model: LogitModel, mixtures: Sequence[Sequence[Number]]) -> NashEquilibrium:
    """Return mixtures as a Nash equilibrium, whether strict and quasi-strict decided exactly where they are exact."""
    if not all(isinstance(value, Fraction) for mixture in mixtures for value in mixture):
        return _numerical(model, [[float(v) for v in mixture] for mixture in mixtures], 1e-12)
    exact = [[Fraction(value) for value in mixture] for mixture in mixtures]
    payoffs, strict, quasi_strict = [], True, True
    for player, mixture in enumerate(exact):
        earned = _earned(model, exact, player)
        best = max(earned)
        replies = sum(value == best for value in earned)
        payoffs.append(best)
        strict &= replies == 1
        quasi_strict &= replies == sum(value > 0 for value in mixture)
    return NashEquilibrium(model.tables.game, _named(model, exact), tuple(payoffs), "exact", strict, quasi_strict)


def _numerical(model: LogitModel, mixtures: list[list[float]], radius: float) -> NashEquilibrium:
    with np.errstate(divide="ignore"):
        logs = np.log(np.array([value for mixture in mixtures for value in mixture]))
    payoffs = tuple(model.payoff_units(logs))
    return NashEquilibrium(model.tables.game, _named(model, mixtures), payoffs, "numerical", radius=radius)


def _named(model: LogitModel, mixtures: Sequence[Sequence[Number]]) -> tuple[dict[str, Number], ...]:
    return tuple(
        dict(zip(names, mixture, strict=True)) for names, mixture in zip(model.tables.names, mixtures, strict=False)
    )
