"""All extreme symmetric equilibria of a game inside one population, the sets that they span, and their indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coopgame.equilibria.components import TOO_MANY_PIECES, connected, largest_cliques, members
from coopgame.equilibria.feasible_bases import FeasibleBases, find_bases, vertex_of
from coopgame.equilibria.label_sets import whole
from coopgame.equilibria.reply_polytopes import ReplyPolytope, ReplyVertex, reply_polytope
from coopgame.equilibria.result import NashComponent, NashEquilibria, NashEquilibrium
from coopgame.equilibria.tables import PayoffTables


def symmetric_equilibria(tables: PayoffTables, *, exact: bool = False) -> NashEquilibria:
    """Return the extreme states of a population that are equilibria: vertices at which every strategy is absent or a best reply.

    Labels 0, 1, ... say that a strategy is absent, n, n + 1, ... that it is a best reply. Where two vertices have one of both labels of every
    strategy in common, all states between them are equilibria too; so it is for more vertices when it is for any two of them.
    """
    n = tables.sizes[0]
    polytope = reply_polytope(tables.whole[0], range(2 * n))
    bases = find_bases(polytope, exact=exact)
    states = _states(polytope, bases)
    order = sorted(
        states, key=lambda tight: (len(states[tight].used), states[tight].used, states[tight].solution.mixture)
    )
    components, whole_pieces = _components(order, n)
    complete, because = bases.complete, bases.because
    if complete:
        indices = _indices(polytope, bases, order, components)
        components = [NashComponent(part.pieces, index) for part, index in zip(components, indices, strict=True)]
        if sum(indices) != 1:
            raise AssertionError(
                f"the indices of all components sum to {sum(indices)}, not 1; please report this game"
            )
    alone = {part.members[0]: part.index for part in components if part.is_point}
    equilibria = tuple(_equilibrium(tables, states[tight], alone.get(k)) for k, tight in enumerate(order))
    if complete and not whole_pieces:
        complete, because = False, TOO_MANY_PIECES
    return NashEquilibria(tables.game, equilibria, tuple(components), complete, because, bases.known)


def _is_whole(sets: np.ndarray, n: int) -> np.ndarray:
    """Return which sets hold one of both labels of every strategy."""
    bits = np.unpackbits(sets.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    return np.asarray((bits[:, :n] | bits[:, n : 2 * n]).all(axis=1))


def _states(polytope: ReplyPolytope, bases: FeasibleBases) -> dict[int, ReplyVertex]:
    """Return the equilibria by their labels; base 0 is z = 0, which is no state."""
    n = polytope.strategies
    found: dict[int, ReplyVertex] = {}
    for number in np.nonzero(_is_whole(bases.tight, n))[0].tolist():
        tight = whole(bases.tight[number])
        if number == 0 or tight in found:
            continue
        vertex = vertex_of(polytope, bases, number)
        if vertex is not None and set(vertex.used) <= set(vertex.best):
            found.setdefault(vertex.labels, vertex)
    return found


def _components(order: Sequence[int], n: int) -> tuple[list[NashComponent], bool]:
    half = (1 << n) - 1

    def spans(one: int, other: int) -> bool:
        common = one & other
        return (common | common >> n) & half == half

    neighbours = [sum(1 << k for k, b in enumerate(order) if k != j and spans(a, b)) for j, a in enumerate(order)]
    found, whole_pieces = [], True
    for part in connected(neighbours):
        cliques, all_listed = largest_cliques(neighbours, sum(1 << k for k in part))
        found.append(NashComponent(tuple(sorted(tuple(members(clique)) for clique in cliques))))
        whole_pieces &= all_listed
    return found, whole_pieces


def _indices(
    polytope: ReplyPolytope, bases: FeasibleBases, order: Sequence[int], components: Sequence[NashComponent]
) -> list[int]:
    """Return the index of each component: the sum over the equilibria of the perturbed, nondegenerate game that are close to it.

    It has minus the sign of the determinant of the normals of its facets in the order of strategies, beside that of z = 0 (Shapley 1974). From the
    order of labels, an absent strategy passes the lower ones that are not: as many as its own number, less the absent ones among them.
    """
    part_of = {order[k]: place for place, part in enumerate(components) for k in part.members}
    totals = [0] * len(components)
    n = polytope.strategies
    for number in np.nonzero(_is_whole(bases.nonbasic, n))[0].tolist():
        if number:
            absent = list(members(whole(bases.nonbasic[number]) & (1 << n) - 1))
            passed = sum(absent) - len(absent) * (len(absent) - 1) // 2
            totals[part_of[whole(bases.tight[number])]] -= int(bases.signs[number]) * (-1) ** passed
    return totals


def _equilibrium(tables: PayoffTables, state: ReplyVertex, index: int | None) -> NashEquilibrium:
    return NashEquilibrium(
        tables.game,
        (dict(zip(tables.names[0], state.solution.mixture, strict=True)),),
        (state.solution.payoff,),
        strict=len(state.used) == len(state.best) == 1,
        quasi_strict=state.used == state.best,
        index=index,
    )
