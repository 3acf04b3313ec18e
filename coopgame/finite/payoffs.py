"""What members of finite populations earn: from pairs of others, groups of others, members of other populations, or the shares."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.mean import replicator
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import value_at
from coopgame.finite.common_denominator import RATIONAL, Number, over_common_denominator, whole_numbers
from coopgame.finite.group_draws import GroupDraws, can_count, most_terms, scaled_draws, whole_draws
from coopgame.games.document import shown
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.substitution import check_denominators

_MOST_GROUPS = 1_000_000
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
    """Everybody meets every other member as often: ((sum over k of n_k a_jk) - a_ji) / (N - 1) for one of i as one of j.

    numerators, denominator: payoffs are these, divided. Where they are rational the numerators are whole numbers if floats hold their sums: then ties are exact.
    """

    numerators: np.ndarray
    denominator: Any = 1

    @property
    def matrix(self) -> np.ndarray:
        """The payoffs of each strategy against each."""
        return np.asarray(self.numerators / self.denominator)

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the mean payoffs against all others."""
        numbers = counts[0]
        total = numbers @ self.numerators.T
        meetings = numbers.sum(axis=-1)[..., None, None] - 1
        return np.asarray((total[..., None, :] - self.numerators.T) / (meetings * self.denominator))


@dataclass(frozen=True, eq=False)
class GroupPayoffs(FinitePayoffs):
    """Groups are drawn without replacement: means over all sets of co-players.

    numerators, denominator: payoffs by strategy and composition of co-players are these, divided, shape (n, M).
    """

    draws: GroupDraws
    numerators: np.ndarray
    denominator: Any = 1

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the multivariate hypergeometric means."""
        return np.asarray(self.draws.sums(counts[0], self.numerators) / (self.draws.sets * self.denominator))


@dataclass(frozen=True, eq=False)
class TwoStrategyGroups(FinitePayoffs):
    """Groups of two strategies are drawn without replacement. by_others: what each strategy earns with m = 0 … N - 1 players of the first strategy among all others; shape (2, N)."""

    by_others: np.ndarray

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the hypergeometric means."""
        first = counts[0][..., 0]
        last = self.by_others.shape[1] - 1
        others = np.clip(np.stack([first - 1, first], axis=-1), 0, last).astype(np.int64)
        return np.moveaxis(self.by_others[:, others], 0, -1)


@dataclass(frozen=True, eq=False)
class RolePayoffs(FinitePayoffs):
    """Members meet all members of the other populations.

    numerators, denominators: of every population its payoffs as in `PairPayoffs`, own strategy first and then the others in order.
    """

    numerators: tuple[np.ndarray, ...]
    denominators: tuple[Any, ...]

    def seen(self, p: int, counts: Sequence[np.ndarray]) -> np.ndarray:
        """Return the means over the other populations; the own strategy of the member does not matter."""
        payoffs = self.numerators[p]
        others = [numbers for q, numbers in enumerate(counts) if q != p]
        shape = np.broadcast_shapes(*(own.shape[:-1] for own in counts))
        payoffs = np.broadcast_to(payoffs, (*shape, *payoffs.shape))
        meetings: Any = self.denominators[p]
        for numbers in reversed(others):
            wide = numbers.reshape(*numbers.shape[:-1], *(1,) * (payoffs.ndim - len(shape) - 1), numbers.shape[-1])
            payoffs = (payoffs * wide).sum(axis=-1)
            meetings = meetings * numbers.sum(axis=-1)[..., None]
        payoffs = np.asarray(payoffs / meetings)
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


def finite_payoffs(game: Game, point: Mapping[str, Fraction], sizes: Sequence[int]) -> FinitePayoffs:
    """Return the payoffs of a game in populations of given sizes, at numbers for all parameters.

    Raises ParameterError for payoffs that are no finite number, UnsupportedError for games with an environment.
    """
    if game.environment:
        raise UnsupportedError("a game whose environment moves has no chain of its own; integrate() follows it")
    check_denominators(game.denominators, point)
    if isinstance(game, MatrixGame | NormalFormGame) and _with_shares(game):
        return SharePayoffs(game, point)
    if isinstance(game, MatrixGame):
        return PairPayoffs(*_fractions(evaluated_payoffs(game.payoffs, point), sizes[0]))
    if isinstance(game, GroupGame):
        rows = evaluated_payoffs(game.payoffs, point)
        return TwoStrategyGroups(_group_means(rows, sizes[0])) if len(rows) == 2 else _groups(game, rows, sizes[0])
    if isinstance(game, NormalFormGame) and len(game.populations) > 1:
        shape = tuple(len(q.strategies) for q in game.populations)
        rows = evaluated_payoffs([game.payoff(profile) for profile in game.profiles], point)
        tables, denominators = [], []
        for p, size in enumerate(sizes):
            table, denominator = _fractions([[row[p]] for row in rows], math.prod(sizes) // size)
            tables.append(np.moveaxis(table.reshape(shape), p, 0))
            denominators.append(denominator)
        return RolePayoffs(tuple(tables), tuple(denominators))
    return SharePayoffs(game, point)


def is_pair_game(game: Game) -> bool:
    """Return whether members meet in pairs, with payoffs that are no formulas of the shares."""
    return isinstance(game, MatrixGame) and not game.environment and not _with_shares(game)


def _with_shares(game: MatrixGame | NormalFormGame) -> bool:
    rows = game.payoffs if isinstance(game, MatrixGame) else [game.payoff(profile) for profile in game.profiles]
    shares = {sympy.Symbol(name) for name in game.coordinates}
    return any(not entry.is_Rational and entry.free_symbols & shares for row in rows for entry in row)


def _groups(game: GroupGame, rows: Sequence[Sequence[Number]], size: int) -> GroupPayoffs:
    """Return payoffs in groups; where they are rational as whole numbers, if floats hold their sums over all sets of co-players: then ties are exact."""
    compositions = np.array(game.compositions)
    players = game.size - 1
    found = over_common_denominator(rows, most_terms(players, size)) if can_count(players, size) else None
    if found is None:
        return GroupPayoffs(scaled_draws(compositions, size), _floats(rows))
    return GroupPayoffs(whole_draws(compositions, size), *found)


def _group_means(rows: Sequence[Sequence[Number]], size: int) -> np.ndarray:
    """Return the expected payoffs by the number of players of the first strategy among the others; shape (2, size).

    Rational ones are summed over all groups as whole numbers, and divided last.
    """
    group = len(rows[0])
    if all(isinstance(entry, RATIONAL) for row in rows for entry in row) and size * group <= _MOST_GROUPS:
        numerators, scale = whole_numbers(rows)
        whole = np.array(numerators, dtype=object)
        first = np.arange(size).astype(object)
        met, left = _subsets(first, group), _subsets(size - 1 - first, group)
        found = sum(whole[:, [m]] * (met[m] * left[group - 1 - m]) for m in range(group))
        return np.asarray(found / (math.comb(size - 1, group - 1) * scale), dtype=float)
    from scipy.stats import hypergeom

    others = np.arange(group)
    chances = hypergeom.pmf(others[:, None], size - 1, np.arange(size)[None, :], group - 1)
    return np.asarray(_floats(rows) @ chances)


def _subsets(members: np.ndarray, count: int) -> list[np.ndarray]:
    """Return the numbers of ways to choose 0 … count - 1 of so many members, as whole numbers of any size."""
    found = [np.ones(len(members), dtype=object)]
    for m in range(1, count):
        found.append(found[-1] * np.maximum(members - m + 1, 0) // m)
    return found


def _fractions(rows: Sequence[Sequence[Number]], members: int) -> tuple[np.ndarray, float]:
    """Return numerators and denominator; payoffs as they are, and 1, where whole numbers would be too large."""
    found = over_common_denominator(rows, members)
    return (_floats(rows), 1.0) if found is None else found


def evaluated_payoffs(rows: Sequence[Sequence[sympy.Expr]], point: Mapping[str, Fraction]) -> list[list[Number]]:
    """Return payoffs at numbers for all parameters; ParameterError for one that is no finite number."""
    formulas: dict[sympy.Expr, Number] = {}

    def number(entry: sympy.Expr) -> Number:
        if isinstance(entry, sympy.Symbol):
            return _checked(point[entry.name], entry)
        if isinstance(entry, sympy.Rational):
            return _checked(entry, entry)
        if entry not in formulas:
            formulas[entry] = _checked(value_at(entry, point), entry)
        return formulas[entry]

    return [[number(entry) for entry in row] for row in rows]


def _checked(number: Number, entry: sympy.Expr) -> Number:
    size = _float(number)
    if not abs(size) <= _LARGEST:
        raise ParameterError(
            f"the payoff {shown(entry)} is {size} at these values; a finite number of at most {_LARGEST:g} is needed: take a larger unit"
        )
    return number


def _floats(rows: Sequence[Sequence[Number]]) -> np.ndarray:
    return np.array([[_float(entry) for entry in row] for row in rows])


def _float(number: Number) -> float:
    if not isinstance(number, RATIONAL):
        return float(number)
    try:
        return int(number.numerator) / int(number.denominator)
    except OverflowError:
        return np.inf if number > 0 else -np.inf
