"""Payoffs at pure profiles as what a lane kernel takes: one kernel for all games with the same numbers of strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
import sympy

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.dynamics.state import slices
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

_MOST_PROFILES = 32
_MOST_ENTRIES = 1000
_NEVER = 2.0  # a bound that no share reaches
_CLEARANCE = 1e-9
# of these dynamics it is known that the share of a strategy that earns more than all others does not fall: nobody leaves it, or those who
# leave by imitation are outweighed. Under excess-payoff dynamics it may fall while a better mean is approached.
_BEST_GROWS = (Family.IMITATION, Family.PAIRWISE_COMPARISON)


@dataclass(frozen=True, eq=False)
class PayoffTable:
    """Payoffs at pure profiles: of every strategy against the strategies of its opponents.

    tensors: for every strategy of a population, entries of the shape of its opponents' numbers of strategies; relative to the last strategy where
    differences suffice.
    """

    dynamics: VectorField
    tensors: tuple[tuple[np.ndarray, ...], ...]

    kind = "shape"

    @staticmethod
    def of(dynamics: VectorField) -> PayoffTable | None:
        """Return the table of a game whose expected payoffs are linear in every opponent's shares; None for others."""
        game = dynamics.game
        tables = _pure_payoffs(game)
        if tables is None or sum(row.size for rows in tables for row in rows) > _MOST_ENTRIES:
            return None
        if isinstance(dynamics, ReplicatorField):
            tables = [[row - rows[-1] for row in rows] for rows in tables]
        return PayoffTable(dynamics, tuple(tuple(rows) for rows in tables))

    @cached_property
    def opponents(self) -> list[list[slice]]:
        """For every population, where the shares of those stand that its members meet."""
        parts = list(slices(self.dynamics.game)[: len(self.dynamics.game.populations)])
        return [parts] if len(parts) == 1 else [parts[:p] + parts[p + 1 :] for p in range(len(parts))]

    @property
    def entries(self) -> list[sympy.Expr]:
        """What the code takes: the entries as differences from the last strategy of each opponent in turn."""
        return [v for rows in self.tensors for row in self._needed(rows) for v in _differences(row).ravel()]

    def _needed(self, rows: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        return rows[:-1] if all(v == 0 for v in rows[-1].ravel()) else rows

    @property
    def lines(self) -> list[str]:
        """The payoffs f0, f1, … from shares and entries p0, p1, …."""
        found, position = [], 0
        for p, (rows, part) in enumerate(zip(self.tensors, slices(self.dynamics.game), strict=False)):
            needed = self._needed(rows)
            for s, row in enumerate(rows):
                if s >= len(needed):
                    found.append(f"f{part.start + s} = 0.0")
                    continue
                found.append(f"f{part.start + s} = {_nested(self.opponents[p], row.shape, position)}")
                position += row.size
        return found

    @cached_property
    def leads(self) -> tuple[str, ...]:
        """For every pure profile the smallest share of its strategies, where that decides what is reached."""
        parts = slices(self.dynamics.game)
        if any(law.family not in _BEST_GROWS for law in self.dynamics.laws):
            return ()
        if prod(part.stop - part.start for part in parts) > _MOST_PROFILES:
            return ()
        found = []
        for n, profile in enumerate(product(*(range(part.start, part.stop) for part in parts))):
            least = f"s{profile[0]}"
            for i in profile[1:]:
                least = f"min({least}, s{i})"
            found.append(f"lead{n} = {least}")
        return tuple(found)

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return for each profile the share from which on its strategies earn most for ever; shape (N, profiles), 2 for none.

        While every population plays its strategy of the profile with at least the share q, opponents meet that profile with a chance of at
        least q^m (m opponents), and any other one otherwise: the advantage is at least q^m d + (1 - q^m) w with d at the
        profile and w the worst one. Where that is positive leading shares only grow.
        """
        if not self.leads:
            return np.empty((len(parameters), 0))
        values, position = [], 0
        for rows in self.tensors:
            tensor = np.zeros((len(parameters), len(rows), *rows[0].shape))
            for s, row in enumerate(self._needed(rows)):
                entries = parameters[:, position : position + row.size].reshape(-1, *row.shape)
                tensor[:, s] = _summed(entries)
                position += row.size
            values.append(tensor)
        sizes = [len(rows) for rows in self.tensors]
        return np.stack([self._bound(values, profile) for profile in product(*map(range, sizes))], axis=1)

    def _bound(self, values: Sequence[np.ndarray], profile: Sequence[int]) -> np.ndarray:
        bound = np.full(len(values[0]), 0.5)
        single = len(values) == 1
        for p, tensor in enumerate(values):
            met = profile if single else [s for q, s in enumerate(profile) if q != p]
            for s in range(tensor.shape[1]):
                if s == profile[p]:
                    continue
                ahead = tensor[:, profile[p]] - tensor[:, s]
                here = ahead[(slice(None), *met)]
                worst = np.minimum(ahead.reshape(len(ahead), -1).min(axis=1), 0.0)
                scale = np.abs(tensor).reshape(len(ahead), -1).max(axis=1)
                safe = here > 1e-12 * scale
                least = (worst / np.where(safe, worst - here, -1.0)) ** (1 / len(met))
                bound = np.maximum(bound, np.where(safe, least + _CLEARANCE, _NEVER))
        return np.where(bound < 1 - _CLEARANCE, bound, _NEVER)


def _pure_payoffs(game: Game) -> list[list[np.ndarray]] | None:
    """Return the payoffs of every strategy at its opponents' pure strategies, where expected payoffs are linear in each opponent's shares."""
    if game.environment:
        return None
    if isinstance(game, MatrixGame):
        return [[np.array(row, dtype=object) for row in game.payoffs]]
    if isinstance(game, NormalFormGame) and len(game.populations) > 1:
        shape = tuple(len(p.strategies) for p in game.populations)
        found = []
        for p in range(len(shape)):
            whole = np.array([game.payoff(profile)[p] for profile in game.profiles], dtype=object).reshape(shape)
            found.append(list(np.moveaxis(whole, p, 0)))
        return found
    return _of_two_strategies(game)


def _of_two_strategies(game: Game) -> list[list[np.ndarray]] | None:
    count = len(game.populations)
    if count == 1 or any(not p.symbol for p in game.populations):
        return None
    symbols = [sympy.Symbol(str(p.symbol)) for p in game.populations]
    found: list[list[np.ndarray]] = []
    for p in range(count):
        others = symbols[:p] + symbols[p + 1 :]
        rows = []
        for s in (0, 1):
            payoff = game.expected_payoff(p, s)
            if symbols[p] in payoff.free_symbols or not payoff.is_polynomial(*others):
                return None
            if any(degree > 1 for degree in sympy.Poly(payoff, *others).degree_list()):
                return None
            corners = [
                payoff.xreplace({q: sympy.Integer(1 - c) for q, c in zip(others, corner, strict=True)})
                for corner in product((0, 1), repeat=count - 1)
            ]
            rows.append(np.array(corners, dtype=object).reshape((2,) * (count - 1)))
        found.append(rows)
    return found


def _differences(tensor: np.ndarray) -> np.ndarray:
    """Return the entries minus the last one along every axis in turn; the last ones stay."""
    result = tensor.copy()
    for axis in range(tensor.ndim):
        rows = np.moveaxis(result, axis, 0)
        rows[:-1] = rows[:-1] - rows[-1]
    return result


def _summed(entries: np.ndarray) -> np.ndarray:
    """Return the inverse of `_differences`, along all axes but the first."""
    result = entries.copy()
    for axis in range(1, entries.ndim):
        rows = np.moveaxis(result, axis, 0)
        rows[:-1] += rows[-1]
    return result


def _nested(opponents: Sequence[slice], shape: tuple[int, ...], position: int) -> str:
    """Return the expected payoff as text, one opponent after another: last + sum of share times (entry - last)."""
    if not shape:
        return f"p{position}"
    stride = prod(shape[1:])
    text = _nested(opponents[1:], shape[1:], position + stride * (shape[0] - 1))
    for k in range(shape[0] - 1):
        inner = _nested(opponents[1:], shape[1:], position + stride * k)
        text += f" + s{opponents[0].start + k} * {f'({inner})' if '+' in inner else inner}"
    return text
