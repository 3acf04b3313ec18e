"""Prepares a mean dynamic for lanes: its code, the numbers that the code takes, and its coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from typing import Any

import numpy as np
import sympy

from coopgame.batch.payoff_forms import FormulaPayoffs, PayoffForm, PolynomialPayoffs
from coopgame.batch.payoff_tables import PayoffTable
from coopgame.codegen import Compiled, compile_expressions
from coopgame.codegen.lane_text import lines_of
from coopgame.codegen.lanes import LaneField
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.replicator import ReplicatorField
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_ABSENT = -1e300  # the logarithm of no share at all; adding any rate leaves it where it is


@dataclass(frozen=True, eq=False)
class LaneModel:
    """A mean dynamic in the coordinates of lanes.

    Coordinates: in a block whose absent strategies stay absent, logarithms of share ratios to a reference strategy; elsewhere the
    shares themselves, and environment variables. references: the reference strategy of every block.
    """

    dynamics: VectorField
    references: tuple[int, ...]
    field: LaneField
    _numbers: Compiled
    _form: PayoffForm

    @property
    def kind(self) -> str:
        """Whether the code serves all games of a "shape", or this "model" alone."""
        return self._form.kind

    @property
    def game(self) -> Game:
        """The game that is played."""
        return self.dynamics.game

    def parameters(self, numbers: Sequence[Any], count: int) -> np.ndarray:
        """Return what the kernel takes at parameters in order (numbers or arrays of shape (N,)); shape (N, m)."""
        with np.errstate(all="ignore"):  # a division by zero shows as a number that is not finite
            entries = self._numbers((), [np.atleast_1d(v) for v in numbers])
        result = np.empty((count, len(entries)))
        for column, entry in zip(result.T, entries, strict=True):
            column[:] = entry
        return result

    def bounds(self, parameters: np.ndarray) -> np.ndarray:
        """Return the share of every pure profile above which it is reached for certain; shape (N, profiles), 2 where never."""
        return self._form.bounds(parameters)

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
            if relative and part.stop - part.start == 2:
                logs[..., part] = _log_pair(logs[..., part])
            elif relative:
                _normalise(logs[..., part])
            elif k < populations:
                logs[..., part] -= _logarithm(np.exp(logs[..., part]).sum(axis=-1, keepdims=True))
            else:
                logs[..., part.start + 1] = _logarithm(1 - u[..., [i for i, *_ in self._chart].index(part.start)])
        logs[logs < _ABSENT / 2] = -np.inf
        return logs

    @cached_property
    def _chart(self) -> tuple[tuple[int, int | None, bool], ...]:
        return tuple(_chart_of(self.dynamics, self.references))


def _log_pair(logs: np.ndarray) -> np.ndarray:
    """Return the log shares of two strategies, one of which has the logarithm 0: the same as below, without a search for the larger one."""
    ratio = logs[..., 0] - logs[..., 1]
    rest = np.log1p(np.exp(-np.abs(ratio)))
    result = np.empty_like(logs)
    np.subtract(np.minimum(ratio, 0.0), rest, out=result[..., 0])
    np.subtract(np.minimum(-ratio, 0.0), rest, out=result[..., 1])
    return result


def _normalise(logs: np.ndarray) -> None:
    """Subtract ln of the sum of e**logs along the last axis; shares next to 1 keep what they lack, however little it is."""
    columns = [logs[..., i] for i in range(logs.shape[-1])]  # several times faster than along a short last axis
    top = reduce(np.maximum, columns)
    for column in columns:
        column -= top
    largest = logs == 0
    smaller = np.exp(logs)
    np.putmask(smaller, largest, 0.0)
    rest = reduce(np.add, [smaller[..., i] for i in range(logs.shape[-1])])
    if np.count_nonzero(largest) != top.size:
        rest += largest.sum(axis=-1) - 1  # of equal ones one is the largest
    total = np.log1p(rest)
    for column in columns:
        column -= total


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
    form = PayoffTable.of(dynamics) or PolynomialPayoffs.of(dynamics) or FormulaPayoffs(dynamics)
    numbers = list(form.entries)
    settings = [value for law in dynamics.laws for _, value in law.settings]
    lines += form.lines
    lines += _rate_lines(dynamics, chosen, len(numbers))
    leads = form.leads
    field = LaneField(
        sum(1 for _ in _chart_of(dynamics, chosen)),
        len(numbers) + len(settings),
        (*lines, *leads),
        tuple(line.partition(" = ")[0] for line in leads),
        tuple(_growing(dynamics, chosen)),
    )
    compiled = compile_expressions([*numbers, *settings], (), dynamics.game.ring.names)
    return LaneModel(dynamics, chosen, field, compiled, form)


def _growing(dynamics: VectorField, references: Sequence[int]) -> Iterator[int]:
    """Yield the coordinates that are quantities without an upper bound."""
    blocks = {part.start: block for block, part in zip(dynamics.game.blocks, slices(dynamics.game), strict=True)}
    for n, (i, _, relative) in enumerate(_chart_of(dynamics, references)):
        if not relative and i in blocks and not blocks[i].bounded:
            yield n


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
            # one exponential less than strategies: the largest share has 1, and the reference takes the place of that strategy
            others = [i for i in indices if i != reference]
            top = "0.0"
            for i in others:
                top = f"max({top}, u{place[i]})"
            yield f"top{k} = {top}"
            last = "1.0"
            for i in others:
                leads = f"u{place[i]} >= top{k}"
                yield f"x{i} = exponential((0.0 if {leads} else u{place[i]}) - top{k})"
                yield f"e{i} = 1.0 if {leads} else x{i}"
                last = f"(x{i} if {leads} else {last})"
            yield f"e{reference} = {last}"
            yield f"r{k} = 1.0 / ({' + '.join(f'e{i}' for i in indices)})"
            yield from (f"s{i} = e{i} * r{k}" for i in indices)
        elif k < populations:
            yield from (f"s{i} = u{place[i]}" for i in indices)
        else:
            yield f"s{part.start} = u{place[part.start]}"
            yield f"s{part.start + 1} = 1.0 - s{part.start}"


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
    for k, variable in enumerate(game.environment):
        _, relative = game.environment_rate(k)
        start = parts[len(game.populations) + k].start
        downwards = relative and variable.bounded and references[len(game.populations) + k] == 0
        yield f"du{place[start + 1 if downwards else start]} = {'-' if downwards else ''}h{k}"


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
    return [rate + sympy.S.Zero for rate in rates]
