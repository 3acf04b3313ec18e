"""Starts of basins: drawn or given, at many points, and the interval of a share of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import as_state, slices
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.games.game import Game
from coopgame.sweeps.measures.attractors import AttractorReached
from coopgame.sweeps.measures.setting import Given, field_of


def draw_starts(
    dynamics: VectorField | Game, n: int, starts: Any = None, rng: int | np.random.Generator = 0
) -> np.ndarray:
    """Return states, shape (n, number of shares): drawn uniformly, drawn by a function, or given; see `find_basin_shares`."""
    game = field_of(dynamics).game
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ParameterError(f"n = {n!r} starts; a whole number of at least 1 is needed")
    if starts is not None and not callable(starts):
        return _many(game, starts)
    generator = np.random.default_rng(rng)
    if starts is not None:
        return _many(game, starts(generator, int(n)))
    if game.unbounded:
        raise UnsupportedError(
            f"{', '.join(sorted(game.unbounded))} has no upper bound, so no uniform distribution; give starts, or a function that draws them"
        )
    blocks = [generator.dirichlet(np.ones(part.stop - part.start), int(n)) for part in slices(game)]
    return np.ascontiguousarray(as_state(game, np.concatenate(blocks, axis=1)))


def _many(game: Game, starts: Any) -> np.ndarray:
    states = as_state(game, starts)
    if states.ndim != 2 or not len(states):
        raise StateError(
            f"starts have the shape {states.shape}; many states of shape (n, number of shares) are needed"
        )
    return np.ascontiguousarray(states)


def at_starts(measure: AttractorReached, given: Given, states: np.ndarray) -> Given:
    """Return the points times the starts, points changing slowest, numbered through; those without finite payoffs are failures."""
    count = len(states)
    values = {name: np.repeat(column, count) for name, column in given.values.items()}
    whole = np.arange(len(given) * count)
    starts = np.ascontiguousarray(np.tile(states, (len(given), 1)))
    return measure.setting.with_finite_payoffs(Given(whole, values, starts))


def check_confidence(confidence: float) -> None:
    """Raise ParameterError for what is no confidence level."""
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 < confidence < 1:
        raise ParameterError(f"confidence = {confidence!r}; a number between 0 and 1 is needed, such as 0.95")


def wilson(count: np.ndarray, total: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Wilson's interval for shares of a total.

    References: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    from scipy.special import ndtri

    z2 = float(ndtri((1 + confidence) / 2)) ** 2
    share = np.asarray(count) / total
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = np.sqrt(z2 * (share * (1 - share) / total + z2 / (4 * total**2))) / (1 + z2 / total)
    low = np.where(np.asarray(count) == 0, 0.0, centre - half)
    high = np.where(np.asarray(count) == total, 1.0, centre + half)
    return low, high
