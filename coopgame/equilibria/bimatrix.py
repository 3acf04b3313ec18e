"""All extreme equilibria of a game of two players, the sets that they span, and their indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from coopgame.equilibria.components import TOO_MANY_PIECES, connected, largest_products
from coopgame.equilibria.feasible_bases import FeasibleBases, find_bases, least_known, vertex_of
from coopgame.equilibria.label_sets import covering, distinct, parting, whole
from coopgame.equilibria.reply_polytopes import ReplyPolytope, ReplyVertex, reply_polytope
from coopgame.equilibria.result import NashComponent, NashEquilibria, NashEquilibrium
from coopgame.equilibria.tables import PayoffTables

Pair = tuple[int, int]  # places of a vertex of the first and of the second polytope among the distinct ones


def two_player_equilibria(tables: PayoffTables, *, exact: bool = False) -> NashEquilibria:
    """Return the extreme equilibria of a game of two players: the pairs of vertices of the two best-response polytopes that have all labels.

    A strategy has its label in a mixture of its owner when it is not used, in one of the other player when it is a best reply.
    """
    m, n = tables.sizes
    rows, columns = range(m), range(m, m + n)
    first = Side.of(reply_polytope(tables.whole[1].T, [*rows, *columns]), exact)
    second = Side.of(reply_polytope(tables.whole[0], [*columns, *rows]), exact)
    pairs = _verified(first, second)
    complete, because, known = least_known(first.bases, second.bases)
    components, whole_pieces = _components(pairs)
    if complete:
        indices = _indices(first, second, pairs, components)
        components = [NashComponent(part.pieces, index) for part, index in zip(components, indices, strict=True)]
        total = sum(indices)
        if total != 1:
            raise AssertionError(f"the indices of all components sum to {total}, not 1; please report this game")
    alone = {part.members[0]: part.index for part in components if part.is_point}
    equilibria = tuple(_equilibrium(tables, first, second, p, alone.get(k)) for k, p in enumerate(pairs))
    if complete and not whole_pieces:
        complete, because = False, TOO_MANY_PIECES
    return NashEquilibria(tables.game, equilibria, tuple(components), complete, because, known)


@dataclass(frozen=True, eq=False)
class Side:
    """The best-response polytope of one player's mixtures, its bases, the first basis of each vertex, and each basis's vertex."""

    polytope: ReplyPolytope
    bases: FeasibleBases
    first: np.ndarray
    place: np.ndarray
    _vertices: dict[int, ReplyVertex | None] = field(default_factory=dict)

    @classmethod
    def of(cls, polytope: ReplyPolytope, exact: bool) -> Side:
        """Return the side with all bases of its polytope."""
        bases = find_bases(polytope, exact=exact)
        alone = np.arange(len(bases.tight))
        return cls(polytope, bases, *((alone, alone) if bases.simple else distinct(bases.tight)))

    @property
    def tight(self) -> np.ndarray:
        """The labels of each vertex, (vertices, words)."""
        return self.bases.tight if self.bases.simple else np.asarray(self.bases.tight[self.first])

    @property
    def everything(self) -> int:
        """All labels, as bits."""
        return (1 << len(self.polytope.labels)) - 1

    def vertex(self, place: int) -> ReplyVertex | None:
        """Return a vertex; None where a basis that is not known to be feasible is not."""
        if place not in self._vertices:
            self._vertices[place] = vertex_of(self.polytope, self.bases, self.first[place])
        return self._vertices[place]

    def sure_vertex(self, place: int) -> ReplyVertex:
        """Return a vertex that is one."""
        found = self.vertex(place)
        assert found is not None, "kept pairs are pairs of vertices"
        return found


def _verified(first: Side, second: Side) -> list[Pair]:
    """Return the pairs of vertices that are equilibria, the pure ones first.

    Where both polytopes are simple, the strategies that are used tell the equilibria apart: those of each side are the best replies to the other.
    """
    sure = "numerical" not in (first.bases.known, second.bases.known)
    simple = sure and first.bases.simple and second.bases.simple
    kept: dict[object, Pair] = {}
    for pair in paired_vertices(first, second):
        x, y = first.vertex(pair[0]), second.vertex(pair[1])
        if x and y and x.labels | y.labels == first.everything:
            kept.setdefault(pair if sure else (x.solution.mixture, y.solution.mixture), pair)

    def order(pair: Pair) -> tuple[object, ...]:
        x, y = first.sure_vertex(pair[0]), second.sure_vertex(pair[1])
        used = len(x.used) + len(y.used), x.used, y.used
        return used if simple else (*used, x.solution.mixture, y.solution.mixture)

    return sorted(kept.values(), key=order)


def paired_vertices(first: Side, second: Side) -> Iterator[Pair]:
    """Yield the pairs of vertices that have all labels together; place 0 is z = 0, which is no mixture."""
    if first.bases.simple and second.bases.simple:
        yield from (
            (a, b) for a, b in parting(first.tight, second.tight, _everything(first, second)).tolist() if a and b
        )
        return
    fewest = first.polytope.strategies, second.polytope.strategies
    for pairs in covering(first.tight, second.tight, _everything(first, second), fewest):
        yield from ((a, b) for a, b in pairs.tolist() if a and b)


def _everything(first: Side, second: Side) -> np.ndarray:
    """Return the set of all labels: at z = 0, the first basis of each side, all its strategies have theirs."""
    words: np.ndarray = first.bases.nonbasic[0] | second.bases.nonbasic[0]
    return words


def _components(pairs: Sequence[Pair]) -> tuple[list[NashComponent], bool]:
    """Return the connected components of the equilibria, and whether all their pieces are listed.

    Two equilibria with the same mixture of one player span only equilibria.
    """
    if len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs):
        return [NashComponent(((k,),)) for k in range(len(pairs))], True
    number = {pair: k for k, pair in enumerate(pairs)}
    ends = [{pair[0] for pair in pairs}, {pair[1] for pair in pairs}]
    place = {(side, end): k for k, (side, end) in enumerate((s, e) for s in (0, 1) for e in sorted(ends[s]))}
    neighbours = [0] * len(place)
    for a, b in pairs:
        neighbours[place[0, a]] |= 1 << place[1, b]
        neighbours[place[1, b]] |= 1 << place[0, a]
    part_of = {v: k for k, part in enumerate(connected(neighbours)) for v in part}
    parts: dict[int, list[Pair]] = {}
    for pair in pairs:
        parts.setdefault(part_of[place[0, pair[0]]], []).append(pair)
    found, whole_pieces = [], True
    for part in parts.values():
        products, all_listed = largest_products(part)
        pieces = (tuple(sorted(number[a, b] for a in one for b in other)) for one, other in products)
        found.append(NashComponent(tuple(sorted(pieces))))
        whole_pieces &= all_listed
    return found, whole_pieces


def _indices(first: Side, second: Side, pairs: Sequence[Pair], components: Sequence[NashComponent]) -> list[int]:
    """Return the index of each component: the sum over the equilibria of the perturbed, nondegenerate game that are close to it.

    The perturbed right-hand sides are those of a game with payoffs nearby, whose equilibria are the pairs of bases that part the labels. Such a pair
    has minus the sign of the determinant of the normals of its facets in the order of labels, beside that of z = 0 on both sides (Shapley 1974). To
    bring the labels of both sides in order, each passes all lower ones of the other side: in sum as many, but for an even number, as there are odd labels.
    """
    part_of = {pairs[k][0]: place for place, part in enumerate(components) for k in part.members}
    totals = [0] * len(components)
    simple = first.bases.simple and second.bases.simple
    bases = (
        pairs if simple else parting(first.bases.nonbasic, second.bases.nonbasic, _everything(first, second)).tolist()
    )
    odd = sum(1 << label for label in range(1, len(first.polytope.labels), 2))
    start = whole(first.bases.nonbasic[0])
    for a, b in bases:
        if a or b:
            passed = ((whole(first.bases.nonbasic[a]) ^ start) & odd).bit_count()
            totals[part_of[int(first.place[a])]] -= (
                int(first.bases.signs[a]) * int(second.bases.signs[b]) * (-1) ** passed
            )
    return totals


def _equilibrium(tables: PayoffTables, first: Side, second: Side, pair: Pair, index: int | None) -> NashEquilibrium:
    x, y = first.sure_vertex(pair[0]), second.sure_vertex(pair[1])
    quasi_strict = not x.labels & y.labels  # no strategy is a best reply and not used
    return NashEquilibrium(
        tables.game,
        lambda: tuple(
            dict(zip(own, v.solution.mixture, strict=True)) for own, v in zip(tables.names, (x, y), strict=True)
        ),
        lambda: (y.solution.payoff, x.solution.payoff),
        strict=quasi_strict and len(x.used) == len(y.used) == 1,
        quasi_strict=quasi_strict,
        index=index,
    )
