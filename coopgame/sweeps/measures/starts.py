"""Starts of trajectories, put together from a fixed state and the shares that points give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import ParameterError, StateError
from coopgame.games.declarations import Environment, Population
from coopgame.games.game import Game
from coopgame.sweeps.measure import Points

_TOLERANCE = 1e-9
_ROUNDING = 4 * np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class Starts:
    """The starts of a measure.

    fixed: for every block of a state, entry -> share, as far as they are given. Of a population's shares points and the fixed start
    give all, or all but one; that one is what the others miss to 1.
    """

    game: Game
    fixed: tuple[Mapping[int, float], ...]

    @staticmethod
    def of(game: Game, initial: Any) -> Starts:
        """Return the starts with a fixed state, in any form that `as_state` takes; None for the game's own, if it has one.

        Raises StateError for unknown names, and for arrays of many states.
        """
        if initial is None:
            initial = {name: float(value) for name, value in game.initial}
        if not isinstance(initial, Mapping):
            state = as_state(game, initial)
            if state.ndim != 1:
                raise StateError(f"one fixed start is needed, got an array of shape {state.shape}; sweep over shares")
            return Starts(game, tuple(dict(enumerate(map(float, state[part]))) for part in slices(game)))
        if set(initial) >= set(game.coordinates):
            as_state(game, initial)  # a complete start is checked at once
        fixed, used = [], set()
        for block in game.blocks:
            found = _entries(block, initial)
            used |= {name for name, _ in found}
            fixed.append(dict(entry for _, entries in found for entry in entries.items()))
        for name in initial:
            if name not in used:
                as_state(game, initial)  # knows the closest name
                raise StateError(f"unknown share {name!r}; the shares are {', '.join(game.coordinates)}")
        return Starts(game, tuple(fixed))

    def check(self, names: Sequence[str]) -> None:
        """Raise StateError when shares are missing, or when a share of the points leaves no room for the fixed ones."""
        for block, fixed in zip(self.game.blocks, self.fixed, strict=True):
            _plan(block, fixed, names)

    def states(self, points: Points) -> tuple[np.ndarray, dict[int, str]]:
        """Return the starts of all points, shape (N, number of shares), and the reasons why some are no states."""
        names = share_names(self.game)
        states = np.zeros((len(points), len(names)))
        for block, fixed, part in zip(self.game.blocks, self.fixed, slices(self.game), strict=True):
            columns, kept, rest = _plan(block, fixed, list(points.values))
            for entry, name in columns.items():
                states[:, part.start + entry] = points.values[name]
            for entry, share in kept.items():
                states[:, part.start + entry] = share
            if rest is not None:
                missing = np.ones(len(points))
                for entry in (*columns, *kept):
                    missing -= states[:, part.start + entry]
                small = np.abs(missing) <= _ROUNDING * len(block.strategies)
                states[:, part.start + rest] = np.where(small, 0.0, missing)
        return states, self._wrong(states)

    def _wrong(self, states: np.ndarray) -> dict[int, str]:
        found: dict[int, str] = {}
        names = share_names(self.game)
        for block, part in zip(self.game.blocks, slices(self.game), strict=True):
            top = 1 + _TOLERANCE if block.bounded else np.finfo(float).max
            range_of = "a share lies between 0 and 1" if block.bounded else "a quantity is a finite number from 0 on"
            for i in range(part.start, part.stop):
                for k in np.flatnonzero(~((states[:, i] >= 0) & (states[:, i] <= top))):
                    found.setdefault(int(k), f"the start is no state: {names[i]} = {states[k, i]:.6g}; {range_of}")
            if not block.bounded:
                continue
            total = np.zeros(len(states))
            for i in range(part.start, part.stop):
                total += states[:, i]
            for k in np.flatnonzero(~(np.abs(total - 1) <= _TOLERANCE)):
                found.setdefault(
                    int(k), f"the start is no state: shares of {block.name!r} sum to {total[k]:.6g} instead of 1"
                )
        return found

    def __str__(self) -> str:
        names = share_names(self.game)
        shown = [
            f"{names[part.start + entry]} = {share:g}"
            for fixed, part in zip(self.fixed, slices(self.game), strict=True)
            for entry, share in fixed.items()
        ]
        return ", ".join(shown)


def _names(block: Population | Environment) -> list[tuple[str, int]]:
    """Return the names under which points give shares of a block, each with its entry."""
    if isinstance(block, Environment):
        return [(block.name, 0)]
    dotted = [(f"{block.name}.{strategy}", k) for k, strategy in enumerate(block.strategies)]
    return [*([(block.symbol, 0)] if block.symbol else []), *dotted]


def _entries(block: Population | Environment, initial: Mapping[str, Any]) -> list[tuple[str, dict[int, float]]]:
    """Return what a mapping gives for a block: name -> entry -> share."""
    found = []
    if isinstance(block, Population) and block.name in initial and block.name != block.symbol:
        shares = np.atleast_1d(np.asarray(initial[block.name], dtype=float))
        if shares.shape != (len(block.strategies),):
            raise StateError(
                f"population {block.name!r} has {len(block.strategies)} shares, got an array of shape {shares.shape}"
            )
        found.append((block.name, dict(enumerate(map(float, shares)))))
    for name, entry in _names(block):
        if name in initial:
            found.append((name, {entry: _number(name, initial[name])}))
    return found


def _number(name: str, value: Any) -> float:
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "fiuO":
        raise StateError(f"{name} = {value!r}; a fixed start has one number for each share, sweep over more")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise StateError(f"{name} = {value!r} is no number: {error}") from None


Plan = tuple[dict[int, str], dict[int, float], int | None]


def _plan(block: Population | Environment, fixed: Mapping[int, float], names: Sequence[str]) -> Plan:
    """Return for a block the entries that points give, those that stay fixed, and the one that is left to 1."""
    columns: dict[int, str] = {}
    for name, entry in _names(block):
        if name in names:
            if entry in columns:
                raise ParameterError(f"{columns[entry]} and {name} are the same share; leave one out")
            columns[entry] = name
    count = len(block.strategies)
    if count == 1 and isinstance(block, Population):
        return {}, {0: 1.0}, None
    free = count - 1 if block.bounded else count
    kept = {} if len(columns) >= free else {k: share for k, share in fixed.items() if k not in columns}
    given = len(columns) + len(kept)
    if not columns and given == count:
        if block.bounded and abs(sum(kept.values()) - 1) > _TOLERANCE:
            raise StateError(f"shares of {block.name!r} must sum to 1, got {sum(kept.values()):.6g}")
        return columns, kept, None
    missing = [k for k in range(count) if k not in columns and k not in kept]
    if not columns and len(missing) > 1 and abs(sum(kept.values()) - 1) <= _TOLERANCE:
        return columns, {**dict.fromkeys(range(count), 0.0), **kept}, None
    if block.bounded and columns and kept and not missing:
        raise StateError(
            f"the fixed start gives all shares of {block.name!r}, so {', '.join(columns.values())} cannot change alone; leave one share "
            "out of the start, which is then what the others miss to 1, or sweep over all but one"
        )
    if len(missing) > (1 if block.bounded else 0):
        wanted = ", ".join(name for name, entry in _names(block) if entry in missing)
        enough = f"all shares of {block.name!r} but one" if count > 2 else block.symbol or wanted
        raise StateError(f"no start for {wanted}; give {enough} as a name of the sweep or by `initial`")
    return columns, kept, missing[0] if missing else None
