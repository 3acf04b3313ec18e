"""Prepares a mean dynamic for lanes: its code, the numbers that the code takes, and its coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from typing import Any

import numpy as np
import sympy

from coopgame.codegen import Compiled, compile_expressions
from coopgame.codegen.lane_text import lines_of
from coopgame.codegen.lanes import LaneField
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family, Rest
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

_MOST_PROFILES = 32
_NEVER = 2.0  # a bound that no share reaches
_CLEARANCE = 1e-9
_ABSENT = -1e300  # the logarithm of no share at all; adding any rate leaves it where it is


@dataclass(frozen=True, eq=False)
class LaneModel:
    """A mean dynamic in the coordinates of lanes.

    Coordinates: in a block whose absent strategies stay absent, logarithms of share ratios to a reference strategy; elsewhere the
    shares themselves, and environment variables. references: the reference strategy of every block. kind: "shape" when the
    code depends on the numbers of strategies and the laws alone, so that all games of that shape share one kernel; else "model".
    """

    dynamics: VectorField
    references: tuple[int, ...]
    kind: str
    field: LaneField
    _numbers: Compiled
    _table: _Table | None

    @property
    def game(self) -> Game:
        """The game that is played."""
        return self.dynamics.game

    def parameters(self, numbers: Sequence[Any], count: int) -> np.ndarray:
        """Return what the kernel takes at parameters in order (numbers or arrays of shape (N,)); shape (N, m)."""
        entries = self._numbers((), numbers)
        result = np.empty((count, len(entries)))
        for column, entry in zip(result.T, entries, strict=True):
            column[:] = entry
        return result

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return the share of every pure profile above which it is reached for certain; shape (N, profiles), 2 where never."""
        if self._table is None or not self.field.leads:
            return np.full((len(parameters), len(self.field.leads)), _NEVER)
        return self._table.bounds(parameters)

    def coordinates(self, shares: np.ndarray) -> np.ndarray:
        """Return coordinates of states of shape (N, number of shares); shape (N, d)."""
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(shares), _ABSENT)
        columns = []
        for i, reference, relative in self._chart:
            below = 0.0 if reference is None else logs[:, reference]
            columns.append(logs[:, i] - below if relative else shares[:, i])
        return np.ascontiguousarray(np.stack(columns, axis=1)) if columns else np.zeros((len(shares), 0))

    def log_shares(self, u: np.ndarray) -> np.ndarray:
        """Return log shares of coordinates of shape (..., d); shape (..., number of shares)."""
        parts = slices(self.game)
        logs = np.zeros((*u.shape[:-1], parts[-1].stop))
        populations = len(self.game.populations)
        for (i, _, relative), values in zip(self._chart, np.moveaxis(u, -1, 0), strict=True):
            logs[..., i] = values if relative else _logarithm(values)
        for k, (block, part, relative) in enumerate(
            zip(self.game.blocks, parts, self.dynamics.relative, strict=True)
        ):
            if not block.bounded:
                continue
            if relative:
                logs[..., part] -= np.logaddexp.reduce(logs[..., part], axis=-1, keepdims=True)
            elif k < populations:
                logs[..., part] -= _logarithm(np.exp(logs[..., part]).sum(axis=-1, keepdims=True))
            else:
                logs[..., part.start + 1] = _logarithm(1 - u[..., [i for i, *_ in self._chart].index(part.start)])
        return np.where(logs < _ABSENT / 2, -np.inf, logs)

    @cached_property
    def _chart(self) -> tuple[tuple[int, int | None, bool], ...]:
        return tuple(_chart_of(self.dynamics, self.references))


def _logarithm(values: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.clip(values, 0.0, None)))


def _chart_of(dynamics: VectorField, references: Sequence[int]) -> Iterator[tuple[int, int | None, bool]]:
    """Yield for every coordinate the share that it stands for, that of its reference, and whether it is a logarithm.

    A quantity without an upper bound has no reference: its coordinate is its logarithm, or the quantity.
    """
    game = dynamics.game
    populations = len(game.populations)
    for k, (block, part, relative) in enumerate(zip(game.blocks, slices(game), dynamics.relative, strict=True)):
        reference = part.start + references[k]
        if not block.bounded:
            yield part.start, None, relative
        elif relative:
            yield from ((i, reference, True) for i in range(part.start, part.stop) if i != reference)
        elif k < populations:
            yield from ((i, None, False) for i in range(part.start, part.stop))
        else:
            yield part.start, None, False


@lru_cache(maxsize=64)
def lane_model(dynamics: VectorField, references: tuple[int, ...] | None = None) -> LaneModel:
    """Return a mean dynamic prepared for lanes.

    references: the reference strategy of every block of a state, by default its last.

    Raises UnsupportedError for best response and projection, and for laws or payoffs without a form as formulas.
    """
    for law in dynamics.laws:
        if law.family in (Family.BEST_RESPONSE, Family.PROJECTION):
            raise UnsupportedError(
                f"{law.name} is followed from event to event, one trajectory after another; use integrate() for each"
            )
    parts = slices(dynamics.game)
    chosen = references or tuple(part.stop - part.start - 1 for part in parts)
    lines = list(_share_lines(dynamics, chosen))
    table = _Table.of(dynamics)
    numbers: list[sympy.Expr] = []
    if table is not None:
        lines += table.lines
        numbers += table.entries
    else:
        lines += _payoff_lines(dynamics)
        numbers += [sympy.Symbol(name) for name in dynamics.game.ring.names]
    settings = [value for law in dynamics.laws for _, value in law.settings]
    lines += _rate_lines(dynamics, chosen, len(numbers))
    leads = tuple(_lead_lines(dynamics)) if table is not None else ()
    field = LaneField(
        sum(1 for _ in _chart_of(dynamics, chosen)),
        len(numbers) + len(settings),
        (*lines, *leads),
        tuple(line.partition(" = ")[0] for line in leads),
    )
    compiled = compile_expressions([*numbers, *settings], (), dynamics.game.ring.names)
    return LaneModel(dynamics, chosen, "model" if table is None else "shape", field, compiled, table)


def _share_lines(dynamics: VectorField, references: Sequence[int]) -> Iterator[str]:
    """Yield the shares s0, s1, … from the coordinates."""
    place = {i: n for n, (i, *_) in enumerate(_chart_of(dynamics, references))}
    populations = len(dynamics.game.populations)
    blocks = dynamics.game.blocks
    for k, (block, part, relative) in enumerate(zip(blocks, slices(dynamics.game), dynamics.relative, strict=True)):
        indices, reference = range(part.start, part.stop), part.start + references[k]
        if not block.bounded:
            u = f"u{place[part.start]}"
            yield f"s{part.start} = {f'exponential({u})' if relative else u}"
        elif relative and len(indices) == 1:
            yield f"s{part.start} = 1.0"
        elif relative and len(indices) == 2:
            first = next(i for i in indices if i != reference)
            u = f"u{place[first]}"
            yield f"e{first} = exponential(-abs({u}))"
            yield f"r{first} = 1.0 / (1.0 + e{first})"
            yield f"s{first} = r{first} if {u} >= 0.0 else e{first} * r{first}"
            yield f"s{reference} = e{first} * r{first} if {u} >= 0.0 else r{first}"
        elif relative:
            others = [i for i in indices if i != reference]
            top = "0.0"
            for i in others:
                top = f"max({top}, u{place[i]})"
            yield f"top{k} = {top}"
            yield from (f"e{i} = exponential(u{place[i]} - top{k})" for i in others)
            yield f"e{reference} = exponential(-top{k})"
            yield f"r{k} = 1.0 / ({' + '.join(f'e{i}' for i in indices)})"
            yield from (f"s{i} = e{i} * r{k}" for i in indices)
        elif k < populations:
            yield from (f"s{i} = u{place[i]}" for i in indices)
        else:
            yield f"s{part.start} = u{place[part.start]}"
            yield f"s{part.start + 1} = 1.0 - s{part.start}"


def _names(dynamics: VectorField) -> dict[sympy.Symbol, str]:
    """Return the names in the kernel of the coordinates in which payoffs are written."""
    game = dynamics.game
    found: dict[sympy.Symbol, str] = {}
    for block, part in zip(game.blocks, slices(game), strict=True):
        for i in range(1) if block.symbol else range(len(block.strategies)):
            found[sympy.Symbol(game.coordinates[len(found)])] = f"s{part.start + i}"
    return found


def _payoff_lines(dynamics: VectorField) -> tuple[str, ...]:
    """Return the payoffs f0, f1, … of a game whose payoffs are any formulas."""
    game = dynamics.game
    parameters = {sympy.Symbol(name): f"p{n}" for n, name in enumerate(game.ring.names)}
    payoffs: dict[str, sympy.Expr] = {}
    for p, part in enumerate(slices(game)[: len(game.populations)]):
        count = part.stop - part.start
        last = game.expected_payoff(p, count - 1) if isinstance(dynamics, ReplicatorField) else 0
        for s in range(count):
            payoffs[f"f{part.start + s}"] = sympy.sympify(game.expected_payoff(p, s) - last)
    return lines_of(payoffs, _names(dynamics) | parameters, "c")


def _rate_lines(dynamics: VectorField, references: Sequence[int], first_setting: int) -> Iterator[str]:
    """Yield the derivatives du0, du1, … of the coordinates."""
    game = dynamics.game
    parts = slices(game)
    place = {i: n for n, (i, *_) in enumerate(_chart_of(dynamics, references))}
    position = first_setting
    for p, law in enumerate(dynamics.laws):
        part = parts[p]
        reference = part.start + references[p]
        mine = [i for i in range(part.start, part.stop) if i in place]
        settings = {name: f"p{position + n}" for n, (name, _) in enumerate(law.settings)}
        position += len(settings)
        if isinstance(dynamics, ReplicatorField):
            yield from (f"du{place[i]} = f{i} - f{reference}" for i in mine)
            continue
        symbols = {sympy.Symbol(f"{kind}{i}"): f"{kind}{i}" for kind in "fs" for i in range(part.start, part.stop)}
        symbols |= {sympy.Symbol(f"setting.{name}"): text for name, text in settings.items()}
        rates = _law_rates(dynamics, p)
        if law.relative:
            rates = [rate - rates[references[p]] for rate in rates]
        wanted = {f"du{place[i]}": rates[i - part.start] for i in mine}
        yield from lines_of(wanted, symbols, f"g{p}_")
    parameters = {sympy.Symbol(name): f"p{n}" for n, name in enumerate(game.ring.names)}
    for k in range(len(game.environment)):
        drive, relative = game.environment_rate(k)
        start = parts[len(game.populations) + k].start
        downwards = relative and game.environment[k].bounded and references[len(game.populations) + k] == 0
        target = start + 1 if downwards else start
        yield from lines_of(
            {f"du{place[target]}": -drive if downwards else drive}, _names(dynamics) | parameters, f"h{k}_"
        )


def _law_rates(dynamics: VectorField, p: int) -> list[sympy.Expr]:
    """Return growth rates or changes of the shares of a population, in symbols for payoffs, shares and settings."""
    law, part = dynamics.laws[p], slices(dynamics.game)[p]
    payoffs = np.array([sympy.Symbol(f"f{i}") for i in range(part.start, part.stop)], dtype=object)
    shares = np.array([sympy.Symbol(f"s{i}") for i in range(part.start, part.stop)], dtype=object)
    settings = {name: np.array([sympy.Symbol(f"setting.{name}")], dtype=object) for name, _ in law.settings}
    rates = (law.growth if law.relative else law.change)(payoffs, shares, **settings)
    if not all(isinstance(rate, sympy.Expr | int) for rate in rates):
        raise UnsupportedError(
            f"{law.name} has no symbolic form, so many trajectories cannot be computed at once; write its rates with operators and the "
            "functions of coopgame.dynamics.elementwise, or use integrate() for each"
        )
    return [sympy.sympify(rate) for rate in rates]


def _lead_lines(dynamics: VectorField) -> Iterator[str]:
    """Yield for every pure profile the smallest share of its strategies, where that decides what is reached."""
    game = dynamics.game
    parts = slices(game)
    if (
        any(law.rest == Rest.OWN for law in dynamics.laws)
        or prod(len(p.strategies) for p in game.populations) > _MOST_PROFILES
    ):
        return
    for n, profile in enumerate(product(*(range(part.start, part.stop) for part in parts))):
        least = f"s{profile[0]}"
        for i in profile[1:]:
            least = f"min({least}, s{i})"
        yield f"lead{n} = {least}"


@dataclass(frozen=True, eq=False)
class _Table:
    """Payoffs at pure profiles: of every strategy against the strategies of its opponents.

    tensors: for every strategy of a population, entries of the shape of its opponents' numbers of strategies; relative to the last strategy where
    differences suffice.
    """

    game: Game
    tensors: tuple[tuple[np.ndarray, ...], ...]

    @staticmethod
    def of(dynamics: VectorField) -> _Table | None:
        """Return the table of a game whose expected payoffs are linear in every opponent's shares; None for others."""
        game = dynamics.game
        tables = _pure_payoffs(game)
        if tables is None:
            return None
        if isinstance(dynamics, ReplicatorField):
            tables = [[row - rows[-1] for row in rows] for rows in tables]
        return _Table(game, tuple(tuple(rows) for rows in tables))

    @cached_property
    def opponents(self) -> list[list[slice]]:
        """For every population, where the shares of those stand that its members meet."""
        parts = list(slices(self.game)[: len(self.game.populations)])
        return [parts] if len(parts) == 1 else [parts[:p] + parts[p + 1 :] for p in range(len(parts))]

    @property
    def entries(self) -> list[sympy.Expr]:
        """What the code takes: the entries as differences from the last strategy of each opponent in turn."""
        return [
            sympy.sympify(v) for rows in self.tensors for row in self._needed(rows) for v in _differences(row).ravel()
        ]

    def _needed(self, rows: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        return rows[:-1] if all(v == 0 for v in rows[-1].ravel()) else rows

    @property
    def lines(self) -> list[str]:
        """The payoffs f0, f1, … from shares and entries p0, p1, …"""
        found, position = [], 0
        for p, (rows, part) in enumerate(zip(self.tensors, slices(self.game), strict=False)):
            needed = self._needed(rows)
            for s, row in enumerate(rows):
                if s >= len(needed):
                    found.append(f"f{part.start + s} = 0.0")
                    continue
                found.append(f"f{part.start + s} = {_nested(self.opponents[p], row.shape, position)}")
                position += row.size
        return found

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return for each profile the share from which on its strategies earn most for ever; shape (N, profiles), 2 for none.

        While every population plays its strategy of the profile with at least the share q, opponents meet that profile with a chance of at
        least q^m (m opponents), and any other one otherwise: the advantage is at least q^m d + (1 - q^m) w with d at the
        profile and w the worst one. Where that is positive leading shares only grow.
        """
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
