"""Where each rest point is stable, derived by the checker from the payoffs alone, in any kind of number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from coopgame.errors import RecordError
from coopgame.report.check_game import Env, Number, StatedGame, ratio
from coopgame.report.check_numbers import Poly

Needed = list[tuple[Any, int]]


def vertex_labels(game: StatedGame) -> dict[str, tuple[str, ...]]:
    """Return the pure profile of every vertex label: the game's own labels, else E1, E2, ….

    E1 is where every population plays its second strategy and the first population changes fastest; with three and
    more strategies of one population they are numbered as they stand.
    """
    if len(game.populations) == 1 and len(game.populations[0][2]) != 2:
        order: list[tuple[str, ...]] = [(s,) for s in game.populations[0][2]]
    else:
        backwards = product(*(s[::-1] for _, _, s in reversed(game.populations)))
        order = [profile[::-1] for profile in backwards]
    return {game.labels.get(", ".join(p), f"E{k}"): p for k, p in enumerate(order, start=1)}


def needed_signs(game: StatedGame, parameters: Env, number: Number, zero: Callable[[Any], bool]) -> dict[str, Needed]:
    """Return for every point that can be stable the values that must be positive (1) or negative (-1) for it.

    A value of None means that more is needed than signs. Several populations: pure states
    only (Selten 1980; Hofbauer and Sigmund 1998, chapter 11). One population of two or three strategies: also the
    points on edges and the interior point, from the sign of trace and determinant.
    """
    labels = vertex_labels(game)
    if len(game.populations) > 1:
        return {
            label: [(value, -1) for value in game.eigenvalues(profile, parameters, number)]
            for label, profile in labels.items()
        }
    if len(game.populations[0][2]) > 3:
        raise RecordError("regimes of such a game are not known to the checker")
    return _one_population(game, labels, parameters, number, zero)


def _one_population(
    game: StatedGame,
    labels: Mapping[str, tuple[str, ...]],
    parameters: Env,
    number: Number,
    zero: Callable[[Any], bool],
) -> dict[str, Needed]:
    strategies = game.populations[0][2]
    n = len(strategies)
    b: list[list[Any]] = [[number(Fraction(0))] * n for _ in range(n)]
    for j in range(n):
        against = iter(game.eigenvalues((strategies[j],), parameters, number))
        for i in range(n):
            if i != j:
                b[i][j] = next(against)
    needed = {label: _vertex(b, strategies.index(profile[0]), zero) for label, profile in labels.items()}
    for k, (i, j) in enumerate(combinations(range(n), 2), start=1):
        into, back = b[i][j], b[j][i]
        outside = [b[m][i] * into + b[m][j] * back - into * back for m in range(n) if m not in (i, j)]
        edge: Needed = [(into, 1), (back, 1), *((None, 1) if zero(value) else (value, -1) for value in outside)]
        needed["I1" if n == 2 else f"F{k}"] = edge
    if n == 3:
        one = number(Fraction(1))
        columns = [[[one if j == k else b[i][j] for j in range(3)] for i in range(3)] for k in range(3)]
        needed["I1"] = [*((_determinant(c), 1) for c in columns), (_determinant(b), 1)]
    return needed


def _vertex(b: list[list[Any]], j: int, zero: Callable[[Any], bool]) -> Needed:
    """Where an eigenvalue is 0 throughout, the second-order term on the edge in its direction decides; of two it is only necessary."""
    others = [i for i in range(len(b)) if i != j]
    level = [i for i in others if zero(b[i][j])]
    needed: Needed = [(b[j][i], 1) if i in level else (b[i][j], -1) for i in others]
    return [*needed, (None, 1)] if len(level) > 1 else needed


def _determinant(m: list[list[Any]]) -> Any:
    (a, b, c), (d, e, f), (g, h, i) = m
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def needed_everywhere(game: StatedGame) -> tuple[dict[str, list[tuple[Poly, int]]], frozenset[str]]:
    """Return the same as polynomials in the free parameters, and the points for which more than these signs is needed."""
    found = needed_signs(game, game.symbols(), ratio, lambda value: not value.top)
    needed = {
        label: [(value.sign_polynomial(), sign) for value, sign in signs if value is not None]
        for label, signs in found.items()
    }
    return needed, frozenset(label for label, signs in found.items() if any(value is None for value, _ in signs))


def stable_at(game: StatedGame, point: Mapping[str, Fraction]) -> tuple[set[str], set[str]]:
    """Return the labels that are stable at exact parameter values, and those left open by a sign that is zero."""
    found = needed_signs(game, game.numbers(point), lambda value: value, lambda value: bool(value == 0))
    stable: set[str] = set()
    undecided: set[str] = set()
    for label, needed in found.items():
        signs = [None if value is None else sign * value for value, sign in needed]
        if any(value is not None and value < 0 for value in signs):
            continue
        (stable if all(value is not None and value > 0 for value in signs) else undecided).add(label)
    return stable, undecided
