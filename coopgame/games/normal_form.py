"""NormalFormGame: any number of populations, one player drawn from each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import sympy

from coopgame.errors import GameError
from coopgame.expressions import symbols_of, sympy_values
from coopgame.games.declarations import Population
from coopgame.games.game import Game, read_payoff

Profile = tuple[str, ...]


class NormalFormGame(Game):
    """A game in normal form; one population per player role.

    payoffs: a mapping from profile, ("inspect", "cheat") or "inspect, cheat", to payoffs in population order; or one
    nested array per player, indexed in player order. populations: Population objects, or a mapping from name to
    strategies; left out, populations and strategies are named after their numbers and the profiles' words.
    """

    kind = "profiles"

    def __init__(
        self,
        payoffs: Mapping[Any, Sequence[Any]] | Sequence[Any],
        populations: Iterable[Population] | Mapping[str, Sequence[str]] | None = None,
        **common: Any,
    ) -> None:
        if isinstance(populations, Mapping):
            populations = [Population(name, tuple(strategies)) for name, strategies in populations.items()]
        groups = tuple(populations) if populations is not None else _guessed_populations(payoffs)
        table = payoffs if isinstance(payoffs, Mapping) else _from_arrays(payoffs, groups)
        self._table = _read_table(table, groups)
        symbols = frozenset().union(*(symbols_of(u) for row in self._table.values() for u in row))
        super().__init__(groups, symbols, **common)

    @classmethod
    def from_bimatrix(cls, row: Any, column: Any, populations: Any = None, **common: Any) -> NormalFormGame:
        """Return a two-player game; both tables are indexed [row strategy][column strategy]."""
        return cls([row, column], populations, **common)

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        """All pure profiles, the last population changing fastest."""
        return tuple(product(*(p.strategies for p in self.populations)))

    def payoff(self, profile: Sequence[str]) -> tuple[sympy.Expr, ...]:
        """Return the payoffs at a pure profile, in population order."""
        return self._table[tuple(profile)]

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        strategy = self.populations[p].strategies[s]
        terms = []
        for profile in self.profiles:
            if profile[p] != strategy:
                continue
            shares = [
                self.share(q, self.populations[q].strategies.index(name)) for q, name in enumerate(profile) if q != p
            ]
            terms.append(sympy.Mul(*shares, self._table[profile][p]))
        return sympy.Add(*terms)

    def payoff_arrays(self, values: Mapping[str, Any] | None = None) -> list[np.ndarray]:
        """Return one float array per player at values, indexed in player order."""
        point = sympy_values(self.values(values))
        shape = tuple(len(p.strategies) for p in self.populations)
        return [
            np.array([float(self._table[profile][p].xreplace(point)) for profile in self.profiles]).reshape(shape)
            for p in range(len(self.populations))
        ]

    def _content(self) -> tuple[Any, ...]:
        return tuple(self._table[profile] for profile in self.profiles)

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> NormalFormGame:
        table = {k: [u.xreplace(dict(substitution)) for u in row] for k, row in self._table.items()}
        return NormalFormGame(table, self.populations, **common)


def _guessed_populations(payoffs: Any) -> tuple[Population, ...]:
    if not isinstance(payoffs, Mapping):
        arrays = _arrays(payoffs)
        for i, array in enumerate(arrays):
            if array.ndim != len(arrays):
                raise GameError(
                    f"{len(arrays)} payoff arrays are for as many players and need as many axes each; array {i + 1} has "
                    f"shape {array.shape}"
                )
        shape = arrays[0].shape if arrays else ()
        return tuple(Population(f"player{i + 1}", tuple(str(s + 1) for s in range(n))) for i, n in enumerate(shape))
    profiles = [_profile(key) for key in payoffs]
    count = len(profiles[0]) if profiles else 0
    columns = [tuple(dict.fromkeys(profile[i] for profile in profiles)) for i in range(count)]
    return tuple(Population(f"player{i + 1}", names) for i, names in enumerate(columns))


def _profile(key: Any) -> Profile:
    return tuple(part.strip() for part in key.split(",")) if isinstance(key, str) else tuple(key)


def _from_arrays(payoffs: Sequence[Any], groups: Sequence[Population]) -> dict[Profile, list[Any]]:
    shape = tuple(len(p.strategies) for p in groups)
    arrays = _arrays(payoffs)
    if len(arrays) != len(groups):
        raise GameError(f"{len(groups)} populations need as many payoff arrays, got {len(arrays)}")
    for population, array in zip(groups, arrays, strict=True):
        if array.shape != shape:
            raise GameError(f"payoffs of {population.name!r} have shape {array.shape}; the strategies need {shape}")
    indices = product(*(range(n) for n in shape))
    return {
        tuple(p.strategies[i] for p, i in zip(groups, index, strict=True)): [array[index] for array in arrays]
        for index in indices
    }


def _arrays(payoffs: Any) -> list[np.ndarray]:
    """Return one array of objects per player. Raises GameError for what is no list of arrays, and for rows of unequal length."""
    if isinstance(payoffs, str) or not hasattr(payoffs, "__iter__"):
        raise GameError(f"payoffs are {payoffs!r}; one array per player is needed, or a mapping from profiles")
    arrays = [np.asarray(a.tolist() if isinstance(a, sympy.MatrixBase) else a, dtype=object) for a in payoffs]
    for i, array in enumerate(arrays):
        for index, entry in np.ndenumerate(array):
            if isinstance(entry, list | tuple | np.ndarray):
                shown = ", ".join(str(n) for n in index)
                raise GameError(
                    f"payoff array {i + 1} is not rectangular: its rows have unequal lengths, seen at [{shown}], which is {entry!r}"
                )
    return arrays


def _read_table(table: Mapping[Any, Sequence[Any]], groups: Sequence[Population]) -> dict[Profile, tuple[Any, ...]]:
    if not groups:
        raise GameError("a game needs at least one population; give each its strategies")
    wanted = set(product(*(p.strategies for p in groups)))
    result: dict[Profile, tuple[Any, ...]] = {}
    for key, row in table.items():
        profile = _profile(key)
        shown = ", ".join(profile)
        if profile not in wanted:
            raise GameError(f"profile {shown!r} is not one of the strategies in population order")
        if profile in result:
            raise GameError(f"profile {shown!r} stands twice; keep one")
        if isinstance(row, str) or len(row) != len(groups):
            raise GameError(f"profile {shown!r} needs {len(groups)} payoffs, one per population, got {row!r}")
        result[profile] = tuple(
            read_payoff(value, f"of {p.name!r} at {shown!r}") for p, value in zip(groups, row, strict=True)
        )
    missing = [", ".join(profile) for profile in product(*(p.strategies for p in groups)) if profile not in result]
    if missing:
        raise GameError(f"no payoffs for the profiles {'; '.join(missing)}")
    return result
