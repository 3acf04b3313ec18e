"""What members of finite populations earn: from pairs of others, groups of others, members of other populations, or the shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.mean import replicator
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.substitution import check_denominators

_LARGEST = 1e290  # so that what many members earn together is a float too


class FinitePayoffs(ABC):
    """Payoffs at numbers for all parameters."""

    @abstractmethod
    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return what a member of population p that plays i would earn as one of j, all others as they are; shape (..., n, n).

        counts: for every population the numbers of members by strategy, shape (..., its number of strategies). Rows of strategies that nobody plays are numbers
        without meaning.
        """


@dataclass(frozen=True, eq=False)
class PairPayoffs(FinitePayoffs):
    """Everybody meets every other member as often: ((sum over k of n_k a_jk) - a_ji) / (N - 1) for one of i as one of j."""

    matrix: np.ndarray

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the mean payoffs against all others."""
        numbers = counts[0]
        total = numbers @ self.matrix.T
        return np.asarray((total[..., None, :] - self.matrix.T) / (numbers.sum(axis=-1)[..., None, None] - 1))


@dataclass(frozen=True, eq=False)
class GroupPayoffs(FinitePayoffs):
    """Groups are drawn without replacement. by_others: what each strategy earns with m = 0 … N - 1 players of the first strategy among all others; shape (2, N)."""

    by_others: np.ndarray

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the hypergeometric means."""
        first = counts[0][..., 0]
        last = self.by_others.shape[1] - 1
        others = np.clip(np.stack([first - 1, first], axis=-1), 0, last).astype(np.int64)
        return np.moveaxis(self.by_others[:, others], 0, -1)


@dataclass(frozen=True, eq=False)
class RolePayoffs(FinitePayoffs):
    """Members meet all members of the other populations. tensors: of every population its payoffs, own strategy first and then the others in order."""

    tensors: tuple[np.ndarray, ...]

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the means over the other populations; the own strategy of the member does not matter."""
        payoffs = self.tensors[p]
        others = [numbers / numbers.sum(axis=-1, keepdims=True) for q, numbers in enumerate(counts) if q != p]
        shape = np.broadcast_shapes(*(own.shape[:-1] for own in counts))
        payoffs = np.broadcast_to(payoffs, (*shape, *payoffs.shape))
        for shares in reversed(others):
            wide = shares.reshape(*shares.shape[:-1], *(1,) * (payoffs.ndim - len(shape) - 1), shares.shape[-1])
            payoffs = (payoffs * wide).sum(axis=-1)
        return np.broadcast_to(payoffs[..., None, :], (*payoffs.shape, payoffs.shape[-1]))


@dataclass(frozen=True, eq=False)
class SharePayoffs(FinitePayoffs):
    """Payoffs are given as functions of the shares, in which a member counts with what it plays now, whatever it thinks of playing."""

    game: Game
    point: Mapping[str, Fraction]

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the payoffs at the shares."""
        state = np.concatenate([own / own.sum(axis=-1, keepdims=True) for own in counts], axis=-1)
        payoffs = replicator(self.game).payoffs(state, self.point)
        part = self.game.parts[p]
        own = payoffs[..., part]
        return np.broadcast_to(own[..., None, :], (*own.shape, own.shape[-1]))


def finite_payoffs(game: Game, values: Mapping[str, Any] | None, sizes: Sequence[int]) -> FinitePayoffs:
    """Return the payoffs of a game in populations of given sizes, at values of all parameters.

    Raises ParameterError for missing values and payoffs that are no finite number, UnsupportedError for games with an environment.
    """
    if game.environment:
        raise UnsupportedError("a game whose environment moves has no chain of its own; integrate() follows it")
    point = game.values(values)
    check_denominators(game.denominators, point)
    numbers = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in point.items()}
    if isinstance(game, MatrixGame | NormalFormGame) and _with_shares(game):
        return SharePayoffs(game, point)
    if isinstance(game, MatrixGame):
        return PairPayoffs(_floats(game.payoffs, numbers))
    if isinstance(game, GroupGame):
        return GroupPayoffs(_group_means(_floats(game.payoffs, numbers), sizes[0]))
    if isinstance(game, NormalFormGame) and len(game.populations) > 1:
        shape = tuple(len(q.strategies) for q in game.populations)
        table = _floats([game.payoff(profile) for profile in game.profiles], numbers).reshape(*shape, len(shape))
        return RolePayoffs(tuple(np.moveaxis(table[..., p], p, 0) for p in range(len(shape))))
    return SharePayoffs(game, point)


def is_pair_game(game: Game) -> bool:
    """Return whether members meet in pairs, with payoffs that are no formulas of the shares."""
    return isinstance(game, MatrixGame) and not game.environment and not _with_shares(game)


def _with_shares(game: MatrixGame | NormalFormGame) -> bool:
    rows = game.payoffs if isinstance(game, MatrixGame) else [game.payoff(profile) for profile in game.profiles]
    shares = {sympy.Symbol(name) for name in game.coordinates}
    return any(not entry.is_Rational and entry.free_symbols & shares for row in rows for entry in row)


def _group_means(payoffs: np.ndarray, size: int) -> np.ndarray:
    """Return the expected payoffs by the number of players of the first strategy among the others; shape (2, size)."""
    from scipy.stats import hypergeom

    group = payoffs.shape[1]
    met = np.arange(group)
    chances = hypergeom.pmf(met[:, None], size - 1, np.arange(size)[None, :], group - 1)
    return np.asarray(payoffs @ chances)


def _floats(rows: Sequence[Sequence[sympy.Expr]], numbers: Mapping[sympy.Symbol, sympy.Expr]) -> np.ndarray:
    found = np.array([[_float(entry, numbers) for entry in row] for row in rows])
    wrong = ~(np.abs(found) <= _LARGEST)
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ParameterError(
            f"the payoff {rows[i][j]} is {found[i, j]} at these values; a finite number of at most {_LARGEST:g} is needed"
        )
    return found


def _float(entry: sympy.Expr, numbers: Mapping[sympy.Symbol, sympy.Expr]) -> float:
    number = entry if entry.is_Rational else numbers.get(entry, entry)
    if not number.is_Rational:
        number = entry.xreplace(dict(numbers))
    if not number.is_Rational:
        return float(number)
    try:
        return int(number.p) / int(number.q)
    except OverflowError:
        return np.inf if number > 0 else -np.inf
