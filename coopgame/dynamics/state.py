"""States of populations: reading them, checking them, and the order of shares."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.errors import ParameterError, StateError
from coopgame.expressions import exact_number
from coopgame.games.declarations import Environment
from coopgame.games.game import Game

_TOLERANCE = 1e-9


def share_names(game: Game) -> tuple[str, ...]:
    """Return `population.strategy` for every share; after them each environment variable n, and 1 - n where 1 is its bound."""
    shares = [f"{p.name}.{s}" for p in game.populations for s in p.strategies]
    return (*shares, *(part for variable in game.environment for part in variable.strategies))


def slices(game: Game) -> tuple[slice, ...]:
    """Return where the shares of each population stand in a state, then each environment variable, bounded ones with 1 minus it."""
    return game.parts


def face_directions(game: Game, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the directions in which a state can move among present strategies, in tangent coordinates, and their left inverse.

    present: shape (number of shares,). Shapes (d, k) and (k, d), where d are the entries `game.tangent_entries`.
    """
    columns: list[np.ndarray] = []
    for block, part in zip(game.blocks, slices(game), strict=True):
        inside = [i for i in range(part.start, part.stop) if present[i]]
        for i in inside[1:] if block.bounded else inside:
            direction = np.zeros(len(present))
            direction[i] = 1.0
            if block.bounded:
                direction[inside[0]] = -1.0
            columns.append(direction)
    basis = np.array(columns).reshape(len(columns), len(present)).T[list(game.tangent_entries)]
    return basis, np.linalg.pinv(basis)


def as_state(game: Game, state: Any) -> np.ndarray:
    """Return all shares as floats, population after population; shape (..., number of strategies in all).

    Numbers and arrays that broadcast may stand together. Accepts {"x": 0.5} (share of the first of two strategies), {"strategy": share} where only one population has it,
    {"population.strategy": share}, {"population": [shares]}, {"n": 0.5} for an environment variable, a flat array of all shares (leading axes allowed), or a list with
    one array per population.

    Raises StateError when a name is unknown, a share or quantity is missing, negative or not a number, or shares do not sum to 1.
    """
    if isinstance(state, Mapping):
        state = _in_full(game, state)
        blocks = [_of_population(game, p, state) for p in range(len(game.blocks))]
        leading = np.broadcast_shapes(*(block.shape[:-1] for block in blocks))
        shares = np.concatenate([np.broadcast_to(b, (*leading, b.shape[-1])) for b in blocks], axis=-1)
    else:
        shares = _from_arrays(game, state)
    return _checked(game, shares)


def as_exact_state(game: Game, state: Any) -> tuple[Fraction, ...]:
    """Return the shares of one state as rational numbers; a float is that binary number, and each block is divided by its sum.

    Raises StateError as `as_state` does, and for more than one state.

    >>> from coopgame import MatrixGame
    >>> as_exact_state(MatrixGame([[1, 0], [0, 1]], symbol="x"), {"x": Fraction(1, 3)})
    (Fraction(1, 3), Fraction(2, 3))
    """
    checked = as_state(game, state)
    if checked.ndim != 1:
        raise StateError(f"one start is needed, got an array of shape {checked.shape}; call integrate for each")
    if isinstance(state, Mapping):
        state = _in_full(game, state)
        given = [v for p in range(len(game.blocks)) for v in _exact_of_population(game, p, state)]
    else:
        nested = np.asarray(state, dtype=object).ravel() if not isinstance(state, Sequence) else state
        given = [v for entry in nested for v in (entry if np.iterable(entry) else [entry])]
    shares: list[Fraction] = []
    for block, part in zip(game.blocks, slices(game), strict=True):
        numbers = [exact_number(v, "share") for v in given[part]]
        shares += [v / sum(numbers) for v in numbers] if block.bounded else numbers
    return tuple(shares)


def _in_full(game: Game, state: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return shares by population.strategy where the strategy alone is given and only one population has it."""
    known = _known(game)
    full: dict[Any, Any] = {}
    for name, value in state.items():
        owners = [p.name for p in game.populations if name in p.strategies] if name not in known else []
        own = f"{owners[0]}.{name}" if len(owners) == 1 else name
        if own in full:
            raise StateError(f"the share of {own} is given twice; leave one of them out")
        full[own] = value
    _refuse_unknown(game, full)
    return full


def _known(game: Game) -> set[str]:
    return {*game.coordinates, *share_names(game), *(p.name for p in game.blocks)}


def _exact_of_population(game: Game, p: int, state: Mapping[str, Any]) -> list[Fraction]:
    population = game.blocks[p]
    if population.name in state and population.name != population.symbol:
        return [
            exact_number(v, population.name) for v in np.atleast_1d(np.asarray(state[population.name], dtype=object))
        ]
    if population.symbol in state:
        first = exact_number(state[str(population.symbol)], str(population.symbol))
        return [first, 1 - first] if population.bounded else [first]
    names = [f"{population.name}.{s}" for s in population.strategies]
    if len(names) == 1:
        return [Fraction(1)]
    return [exact_number(state.get(name, 0), name) for name in names]


def _of_population(game: Game, p: int, state: Mapping[str, Any]) -> np.ndarray:
    population = game.blocks[p]
    if population.name in state and population.name != population.symbol:
        return np.atleast_1d(_numbers(population.name, state))
    if population.symbol in state:
        first = _numbers(str(population.symbol), state, population.bounded)
        return np.stack([first, 1 - first] if population.bounded else [first], axis=-1)
    if isinstance(population, Environment):
        raise StateError(f"no {'environment' if game.populations else 'quantity'}; give {population.name}")
    names = [f"{population.name}.{s}" for s in population.strategies]
    given = [name for name in names if name in state]
    if not given and len(names) > 1:
        raise StateError(
            f"no shares for population {population.name!r}; give {population.symbol or ', '.join(names)}"
        )
    absent = np.array(0.0 if given else 1.0)
    parts = [_numbers(name, state) if name in state else absent for name in names]
    return np.stack(np.broadcast_arrays(*parts), axis=-1)


def _numbers(name: str, state: Mapping[str, Any], bounded: bool = True) -> np.ndarray:
    """Return what a state gives for a share, a population or a quantity, each number within its range."""
    wanted = "a share between 0 and 1" if bounded else "a finite number from 0 on"
    given = state[name]
    try:
        shares = np.asarray(float(exact_number(given)) if isinstance(given, str) else given, dtype=float)
    except (TypeError, ValueError, OverflowError, ParameterError):
        raise StateError(f"{name} = {given!r} is not a number; give {wanted}") from None
    wrong = shares[~((shares >= 0) & (shares <= (1 + _TOLERANCE if bounded else np.finfo(float).max)))]
    if wrong.size:
        raise StateError(f"{name} = {wrong.flat[0]:.6g}; {_range_of(bounded)}")
    return shares


def _range_of(bounded: bool) -> str:
    return "a share lies between 0 and 1" if bounded else "a quantity is a finite number from 0 on"


def _refuse_unknown(game: Game, state: Mapping[str, Any]) -> None:
    known = _known(game)
    for name in state:
        if name not in known:
            several = [f"{p.name}.{name}" for p in game.populations if name in p.strategies]
            if several:
                raise StateError(f"{name!r} is a strategy of several populations; write {' or '.join(several)}")
            close = difflib.get_close_matches(str(name), known, 1)
            one, all_of_them = ("share", "shares") if game.populations else ("quantity", "quantities")
            hint = f"did you mean {close[0]!r}?" if close else f"the {all_of_them} are {', '.join(game.coordinates)}"
            raise StateError(f"unknown {one} {name!r}; {hint}")


def _from_arrays(game: Game, state: Any) -> np.ndarray:
    count = sum(len(p.strategies) for p in game.blocks)
    try:
        if isinstance(state, Sequence) and len(state) == len(game.blocks) and not np.isscalar(state[0]):
            shares = np.concatenate([np.asarray(part, dtype=float) for part in state], axis=-1)
        else:
            shares = np.asarray(state, dtype=float)
    except (TypeError, ValueError) as error:
        raise StateError(f"{state!r} is not a state: {error}; give shares as numbers") from None
    if shares.shape[-1:] != (count,):
        raise StateError(
            f"a state of this game has {count} {'shares' if game.populations else 'quantities'} ({', '.join(share_names(game))}), got "
            f"shape {shares.shape}"
        )
    return shares


def _checked(game: Game, shares: np.ndarray) -> np.ndarray:
    shares = np.array(shares, dtype=float)
    wrong = ~((shares >= 0) & np.isfinite(shares))
    if wrong.any():
        first = np.argwhere(wrong)[0]
        known = shares.shape[-1] == len(share_names(game))
        name = share_names(game)[first[-1]] if known else "a share"
        raise StateError(f"{name} = {shares[tuple(first)]:.6g}; {_range_of(name not in game.unbounded)}")
    for population, part in zip(game.blocks, slices(game), strict=True):
        block = shares[..., part]
        if block.shape[-1] != len(population.strategies):
            raise StateError(
                f"population {population.name!r} has {len(population.strategies)} shares, got {block.shape[-1]}"
            )
        if not population.bounded:
            continue
        columns = [block[..., i] for i in range(block.shape[-1])]  # several times faster than along a short last axis
        totals = np.asarray(sum(columns))
        if not totals.size:
            continue
        worst = float(np.ravel(totals)[np.argmax(np.abs(np.ravel(totals) - 1))])
        if abs(worst - 1) > _TOLERANCE:
            raise StateError(f"shares of {population.name!r} must sum to 1, got {worst:.6g}; divide by the sum first")
        for column in columns:
            column /= totals
    return shares
