"""All Nash equilibria of games with any number of players, support by support: exact where rational, else proved by interval arithmetic."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np
from flint import arb, fmpq

from coopgame.analysis.certify import precision, radius_of
from coopgame.analysis.points import Known
from coopgame.equilibria.linear_supports import LinearPiece, Mixtures, filled, linear_piece
from coopgame.equilibria.mixed_supports import index_of, mixed_support
from coopgame.equilibria.pure import whole_numbers
from coopgame.equilibria.result import NashComponent, NashEquilibria, NashEquilibrium, Number
from coopgame.equilibria.simplex_boxes import contracted
from coopgame.equilibria.support_search import SupportGains, possible_supports
from coopgame.equilibria.tables import PayoffTables
from coopgame.errors import UnsupportedError

_MOST_SUPPORTS = 20_000


Key = Hashable  # of an exact point its mixtures, of another one a number


@dataclass(frozen=True)
class _Point:
    mixtures: Mixtures
    quasi_strict: bool = False
    index: int | None = None


@dataclass
class _Found:
    """What the search has met so far: points, products of points by their extreme ones, and what stayed open."""

    names: list[list[str]]
    points: dict[Key, _Point] = field(default_factory=dict)
    pieces: list[frozenset[Key]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    intervals: bool = False


def many_player_equilibria(tables: PayoffTables, most_boxes: int = 20_000) -> NashEquilibria:
    """Return the Nash equilibria of a game of any number of players; several maximisers of one player form a component.

    Supports that contain a dominated strategy, given the others' supports, are left out (Porter, Nudelman and Shoham 2008). Where at most two
    players mix the equations are linear: all equilibria are found exactly, continua too, as products of convex hulls. Three players with two
    strategies each leave a quadratic equation, whose roots are decided exactly. All other mixtures are found by subdivision and
    proved by Krawczyk's test, with at most `most_boxes` parts per support. `complete` is false where a support stays open, and `because` says which.

    index: of a regular equilibrium the sign of det(-J), where J are the derivatives of what the strategies in use earn more than the first of them; these
    add up to 1 (Ritzberger 1994). Where one component alone is not regular its index is what the others leave.

    Raises UnsupportedError for games inside one population, which have two players.
    """
    if tables.symmetric:
        raise UnsupportedError(
            "a game inside one population has two players; give a NormalFormGame of several players"
        )
    wholes = [whole_numbers(table) for table in tables.exact]
    alike = _alike(wholes)
    fewer = [whole[np.ix_(*([first for first, *_ in groups] for groups in alike))] for whole in wholes]
    found = _Found(
        [[names[first] for first, *_ in groups] for names, groups in zip(tables.names, alike, strict=True)]
    )
    supports = list(islice(possible_supports(fewer), _MOST_SUPPORTS + 1))
    for support in supports[:_MOST_SUPPORTS]:
        _search(found, SupportGains(fewer, support), most_boxes)
    if len(supports) > _MOST_SUPPORTS:
        found.open.append(f"only the first {_MOST_SUPPORTS} choices of supports were searched")
    possible = math.prod(2**n - 1 for n in fewer[0].shape)
    return _listed(tables, alike, found, f"{len(supports[:_MOST_SUPPORTS])} of {possible}")


def _alike(tables: Sequence[np.ndarray]) -> list[list[list[int]]]:
    """Return every player's strategies in groups in which all give everyone the same, whatever the others do."""
    grouped = []
    for player, size in enumerate(tables[0].shape):
        groups: dict[Hashable, list[int]] = {}
        for s in range(size):
            key = tuple(value for table in tables for value in table.take(s, axis=player).flat)
            groups.setdefault(key, []).append(s)
        grouped.append(list(groups.values()))
    return grouped


def _search(found: _Found, gains: SupportGains, most_boxes: int) -> None:
    """Add the equilibria with given supports."""
    piece = linear_piece(gains)
    if isinstance(piece, LinearPiece):
        if piece.curved:
            found.open.append(f"a continuum with bent edges with the supports {_named(found, gains)}")
        else:
            _add_piece(found, gains, piece)
    if piece is not True:
        return
    mixed = mixed_support(gains, most_boxes)
    found.intervals = found.intervals or mixed.intervals
    found.open += [f"{what} with the supports {_named(found, gains)}" for what in mixed.open]
    for point in mixed.points:
        exact = all(isinstance(share, Fraction) for own in point.mixtures for share in own)
        key: Key = point.mixtures if exact else len(found.points)
        index = point.index or None if point.quasi_strict else None
        found.points[key] = _Point(point.mixtures, point.quasi_strict, index)
        found.pieces.append(frozenset([key]))


def _named(found: _Found, gains: SupportGains) -> str:
    return "; ".join(
        ", ".join(names[s] for s in chosen) for names, chosen in zip(found.names, gains.support, strict=True)
    )


def _add_piece(found: _Found, gains: SupportGains, piece: LinearPiece) -> None:
    points = piece.points
    found.pieces.append(frozenset(points))
    for point in points:
        used = tuple(tuple(s for s, share in enumerate(own) if share) for own in point)
        if used != gains.support:
            found.points.setdefault(point, _Point(point))  # a corner has best replies that it does not use
            continue
        shares = [[own[s] for s in gains.support[p]] for p, own in enumerate(point) if p in gains.mixing]
        leads = (contracted(values, shares) for table in gains.outside.values() for values in table)
        quasi_strict = all(lead < 0 for lead in leads)
        zero = [share for own in shares for share in own[1:]]
        index = index_of(gains, zero) if quasi_strict else None
        found.points[point] = _Point(point, quasi_strict, index or None)


def _listed(tables: PayoffTables, alike: list[list[list[int]]], found: _Found, searched: str) -> NashEquilibria:
    """Return what was found, ordered, with components and indices; strategies that are alike stand for each other."""
    pieces = [piece for piece in found.pieces if not any(piece < other for other in found.pieces)]
    groups = _touching(list(dict.fromkeys(pieces)))
    indices = _indices(tables, found, groups)
    spread = {key: _spread(found.points[key], alike) for piece in pieces for key in piece}
    order = sorted(
        {(key, n) for key, points in spread.items() for n in range(len(points))},
        key=lambda at: _rank(spread[at[0]][at[1]].mixtures),
    )
    place = {at: number for number, at in enumerate(order)}
    components = []
    for group, index in zip(groups, indices, strict=True):
        numbers = [tuple(sorted(place[key, n] for key in piece for n in range(len(spread[key])))) for piece in group]
        components.append(NashComponent(tuple(sorted(numbers)), index))
    components.sort(key=lambda component: component.members)
    single = {component.members[0]: component.index for component in components if component.is_point}
    wholes = [_with_scale(table) for table in tables.exact]
    equilibria = tuple(
        replace(_equilibrium(tables, wholes, spread[key][n]), index=single.get(place[key, n])) for key, n in order
    )
    known: Known = "certified" if found.intervals else "exact"
    because = _because(found, searched)
    return NashEquilibria(tables.game, equilibria, tuple(components), not found.open, because, known)


def _indices(tables: PayoffTables, found: _Found, groups: Sequence[Sequence[frozenset[Key]]]) -> list[int | None]:
    """Return the indices of connected groups; one alone that is not regular has what the others leave of 1."""
    indices = [_index_of_group(group, found) for group in groups]
    if found.open:
        return indices
    if indices.count(None) == 1:
        indices[indices.index(None)] = 1 - sum(index for index in indices if index is not None)
    if None not in indices and sum(index or 0 for index in indices) != 1:
        raise UnsupportedError(
            f"the indices of the equilibria found for {tables.game.name!r} do not add up to 1: one is missing; please report this game as a defect"
        )
    return indices


def _spread(point: _Point, alike: list[list[list[int]]]) -> list[_Point]:
    """Return the points at which of strategies that are alike one takes all of their share."""
    choices = []
    quasi_strict = point.quasi_strict
    for own, groups in zip(point.mixtures, alike, strict=True):
        used = [(share, group) for share, group in zip(own, groups, strict=True) if _used(share)]
        quasi_strict = quasi_strict and all(len(group) == 1 for _, group in used)
        mixtures = []
        for members in product(*(group for _, group in used)):
            mixtures.append(filled(sum(map(len, groups)), members, [share for share, _ in used]))
        choices.append(mixtures)
    return [replace(point, mixtures=mixtures, quasi_strict=quasi_strict) for mixtures in product(*choices)]


def _because(found: _Found, searched: str) -> str:
    if found.open:
        shown = "; ".join(found.open[:3])
        more = f"; and {len(found.open) - 3} more" if len(found.open) > 3 else ""
        return f"left open: {shown}{more}"
    how = "exactly, three or more mixing players by interval arithmetic" if found.intervals else "exactly"
    return f"{searched} choices of supports are not dominated, and all were decided {how}"


def _rank(point: Mixtures) -> tuple[Any, ...]:
    """Pure equilibria first, then those with fewer strategies in use; of these by the shares, first strategies first."""
    floats = [-float(share) for own in point for share in own]
    return sum(1 for own in point for share in own if _used(share)), floats


def _used(share: Any) -> bool:
    return isinstance(share, arb) or share != 0


def _touching(pieces: Sequence[frozenset[Key]]) -> list[list[frozenset[Key]]]:
    """Return the pieces in groups that are connected by common extreme points."""
    groups: list[list[frozenset[Key]]] = []
    for piece in pieces:
        near = [group for group in groups if any(piece & other for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([piece, *(other for group in near for other in group)])
    return groups


def _index_of_group(group: Iterable[frozenset[Key]], found: _Found) -> int | None:
    keys = {key for piece in group for key in piece}
    return found.points[keys.pop()].index if len(keys) == 1 else None


def _with_scale(table: np.ndarray) -> tuple[np.ndarray, int]:
    """Return a table as whole numbers, and what they were multiplied by."""
    scale = math.lcm(*(value.denominator for value in table.flat))
    numbers = [value.numerator * (scale // value.denominator) for value in table.flat]
    return np.array(numbers, dtype=object).reshape(table.shape), scale


def _equilibrium(tables: PayoffTables, wholes: Sequence[tuple[np.ndarray, int]], point: _Point) -> NashEquilibrium:
    mixtures = point.mixtures
    exact = all(isinstance(share, Fraction) for own in mixtures for share in own)
    with precision(128):
        if not exact:
            mixtures = tuple(tuple(map(_as_ball, own)) for own in mixtures)
        payoffs = []
        for numbers, scale in wholes:
            mean = contracted(numbers, mixtures)
            payoffs.append(Fraction(mean) / scale if exact else mean / arb(scale))
        values = [*(share for own in point.mixtures for share in own), *payoffs]
        shown: list[Number] = []
        radius = 0.0
        for value in values:
            if isinstance(value, Fraction):
                shown.append(value)
                continue
            middle = float(value.mid())
            if not math.isfinite(middle):
                raise UnsupportedError(
                    "an equilibrium has irrational payoffs beyond what floating point holds; measure payoffs in a larger unit"
                )
            radius = max(radius, radius_of(value, middle))
            shown.append(middle)
    given = iter(shown)
    strategies = tuple({name: next(given) for name in names} for names in tables.names)
    pure = all(sum(1 for share in own if _used(share)) == 1 for own in mixtures)
    return NashEquilibrium(
        tables.game,
        strategies,
        tuple(given),
        "exact" if exact else "certified",
        strict=pure and point.quasi_strict,
        quasi_strict=point.quasi_strict,
        radius=radius,
    )


def _as_ball(share: Any) -> Any:
    return arb(fmpq(share.numerator, share.denominator)) if isinstance(share, Fraction) else share
